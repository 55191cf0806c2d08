"""What went into a folder of results and what came out: hashes of files, versions, the command."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "pandas", "xarray", "numba", "networkx", "ortools", "geopandas", "shapely", "pyogrio")
NAME = "manifest.json"


def write_manifest(folder: Path, inputs: Iterable[Path], study: Mapping[str, Any]) -> Path:
    """Write ``manifest.json`` into a folder of results.

    Parameters
    ----------
    folder : Path
        Every file in it is listed with its hash.
    inputs : iterable of Path
        Files, or folders of files, that the results are of.
    study : mapping
        What was asked for.
    """
    manifest = {
        "corridors": version("corridors"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "command": sys.argv,
        "study": dict(study),
        "inputs": {str(path): own for path in inputs for own in [_hashes(path)]},
        "outputs": {name: value for name, value in _folder(folder).items() if name != NAME},
    }
    path = folder / NAME
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return path


def _hashes(path: Path) -> str | dict[str, str]:
    return _folder(path) if path.is_dir() else _hash(path)


def _folder(path: Path) -> dict[str, str]:
    """Files in a folder by their names; links out of it are not followed."""
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and not file.is_symlink())
    return {str(file.relative_to(path)): _hash(file) for file in files}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
