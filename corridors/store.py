"""A folder that holds the answers of a long sweep block by block, so that one that is killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError
from corridors.model.engines import Answers
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios

MANIFEST = "sweep.json"
PARTIAL = ".part"
"""Ends the name of a file that is being written."""


class Store:
    """The answers of one sweep, a file a block.

    Parameters
    ----------
    folder : str or Path
        Made where there is none.
    network, demand, scenarios, keep, solver
        What is asked, as in `corridors.sweep`.

    Raises
    ------
    InputError
        The folder holds another sweep, or files of something else.
    """

    def __init__(
        self,
        folder: str | Path,
        network: Network,
        demand: Any,
        scenarios: Scenarios,
        keep: tuple[str, ...],
        solver: str,
    ) -> None:
        self.folder = Path(folder)
        asked = {
            "network": _digest(network),
            "demand": _digest(checked_demand(network, demand)),
            "scenarios": _digest(scenarios.atoms, scenarios.source),
            "keep": sorted(keep),
            "solver": solver,
        }
        manifest = self.folder / MANIFEST
        if manifest.exists():
            held = _told(manifest)
            other = [name for name, value in asked.items() if held.get(name) != value]
            if other:
                raise InputError(
                    f"store: {self.folder} holds another sweep (another {', '.join(other)}); "
                    "give another folder, or delete this one"
                )
            return
        strange = self.folder.exists() and not self.folder.is_dir()
        if strange or (self.folder.exists() and any(path.suffix != PARTIAL for path in self.folder.iterdir())):
            raise InputError(f"store: {self.folder} holds files that are no sweep; give a new folder, or an empty one")
        self.folder.mkdir(parents=True, exist_ok=True)
        _written(manifest, lambda path: path.write_text(json.dumps(asked, indent=1), encoding="utf-8"))

    def read(self, first: int, last: int) -> Answers | None:
        """The answers of scenarios `first` to `last` - 1, if they are there and whole."""
        try:
            with np.load(self._file(first, last), allow_pickle=False) as held:
                kept = {name.removeprefix("kept."): held[name] for name in held.files if name.startswith("kept.")}
                return Answers(**{name: held[name] for name in held.files if name not in _kept_names(held)}, kept=kept)
        except (OSError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError):
            return None  # not there, or damaged

    def write(self, first: int, last: int, answers: Answers) -> None:
        """Hold the answers of scenarios `first` to `last` - 1; a file is there whole or not at all."""
        arrays = {f.name: getattr(answers, f.name) for f in fields(answers) if f.name != "kept"}
        arrays |= {f"kept.{name}": values for name, values in answers.kept.items()}

        def write(path: Path) -> None:
            with path.open("wb") as file:
                np.savez_compressed(file, **arrays)

        _written(self._file(first, last), write)

    def _file(self, first: int, last: int) -> Path:
        return self.folder / f"{first:010d}-{last:010d}.npz"


def _kept_names(held: Any) -> list[str]:
    return [name for name in held.files if name.startswith("kept.")]


def _told(manifest: Path) -> Mapping[str, Any]:
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        held = None
    if not isinstance(held, dict):
        raise InputError(f"store: {manifest} can't be read; give another folder, or delete this one")
    return held


def _written(path: Path, write: Any) -> None:
    partial = path.with_suffix(PARTIAL)
    write(partial)
    os.replace(partial, path)


def _digest(*parts: Any) -> str:
    """What stands for tables, arrays, and values made of them."""
    out = hashlib.sha256()
    for part in parts:
        _feed(out, part)
    return out.hexdigest()


POINTS = np.linspace(0.005, 0.995, 100)
"""Where distributions are looked at."""


def _feed(out: Any, value: Any) -> None:
    out.update(type(value).__name__.encode())
    if isinstance(value, pd.DataFrame):
        out.update("|".join(map(str, value.columns)).encode())
        out.update(pd.util.hash_pandas_object(value.astype(str), index=False).to_numpy().tobytes())
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufSU":
        out.update(f"{value.dtype}{value.shape}".encode())
        out.update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _feed(out, getattr(value, field.name))
    elif isinstance(value, str | int | float | np.generic | None):
        out.update(repr(value).encode() + b";")
    elif callable(getattr(value, "ppf", None)):
        _feed(out, np.asarray(value.ppf(POINTS), float))
    elif isinstance(value, Mapping):
        _feed(out, [part for pair in value.items() for part in pair])
    else:
        for part in value:
            _feed(out, part)
        out.update(b".")
