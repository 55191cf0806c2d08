"""A folder that holds what long work has found, file by file, so that what is killed goes on where it was."""

from __future__ import annotations

import hashlib
import io
import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, listed
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.sweeping.engines import Answers

PARTIAL = ".part"
"""Ends the name of a file that is being written, or that was when its process was killed: nobody reads it."""

DIGEST = hashlib.sha256().digest_size
KEPT = "kept."
"""Begins the names of arrays in `Answers.kept`."""


class Folder:
    """Arrays of one question, a file each: an ``.npz`` with a digest of its bytes, its name and the question.

    Several processes may share it: each does what it does not find there.

    Parameters
    ----------
    folder : str or Path
        Made where there is none.
    asked : mapping
        What stands for each part of the question.
    what : str
        What a question is called; the manifest is named by it.

    Raises
    ------
    InputError
        The folder holds another question, files of something else, or symbolic links.
    """

    def __init__(self, folder: str | Path, asked: Mapping[str, Any], what: str) -> None:
        self.folder, self.what = Path(folder).absolute(), what  # workers may run elsewhere
        self.question = json.dumps(asked, sort_keys=True)
        self._refuse_links()
        manifest = self.folder / f"{what}.json"
        if not manifest.exists():
            self._begin(manifest, json.dumps(asked, indent=1))
        held = _told(manifest)
        other = [name for name, value in asked.items() if held.get(name) != value]
        if other:
            raise InputError(
                f"store: {self.folder} holds another {what} (another {', '.join(other)}); "
                "give another folder, or delete this one"
            )

    def _refuse_links(self) -> None:
        """Read nothing that lies elsewhere: a folder from somebody else may name any file of this machine."""
        linked = (
            sorted(path.name for path in self.folder.iterdir() if path.is_symlink()) if self.folder.is_dir() else []
        )
        if linked:
            raise InputError(
                f"store: {self.folder} has {len(linked)} symbolic links ({listed(linked)}), and nothing is read from "
                "elsewhere; put the files in their place, or give another folder"
            )

    def _begin(self, manifest: Path, text: str) -> None:
        """Make the folder and its manifest, unless another process is first."""
        strange = self.folder.exists() and not self.folder.is_dir()
        strange = strange or (self.folder.exists() and any(path.suffix != PARTIAL for path in self.folder.iterdir()))
        if strange and not manifest.exists():  # by now
            problem = f"store: {self.folder} holds files that are no {self.what}"
            raise InputError(f"{problem}; give a new folder, or an empty one")
        self.folder.mkdir(parents=True, exist_ok=True)
        _written(manifest, text.encode(), _placed)

    def arrays(self, name: str) -> dict[str, Any] | None:
        """The arrays of a file, if they are there exactly as they were written."""
        try:
            content = (self.folder / f"{name}.npz").read_bytes()
        except OSError:
            return None
        block, digest = content[:-DIGEST], content[-DIGEST:]
        if digest != self._digest(name, block):
            return None
        with np.load(io.BytesIO(block), allow_pickle=False) as held:
            return {key: held[key] for key in held.files}

    def hold(self, name: str, arrays: Mapping[str, Any]) -> None:
        """Hold arrays in a file, which is there whole or not at all."""
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)
        block = out.getvalue()
        _written(self.folder / f"{name}.npz", block + self._digest(name, block), _replaced)

    def _digest(self, name: str, block: bytes) -> bytes:
        """What stands for a file: its bytes, and what of which question they are of."""
        return hashlib.sha256(f"{self.question} {name}\n".encode() + block).digest()


class Store(Folder):
    """The answers of one sweep, a file a block of scenarios.

    Parameters
    ----------
    folder : str or Path
        As for `Folder`.
    network, demand, scenarios, keep, solver
        What is asked, as in `corridors.sweep`.
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
        asked = {
            "network": digest(network),
            "demand": digest(checked_demand(network, demand)),
            "scenarios": digest(scenarios.atoms, scenarios.source),
            "keep": sorted(keep),
            "solver": solver,
        }
        super().__init__(folder, asked, "sweep")

    def read(self, first: int, last: int) -> Answers | None:
        """The answers of scenarios `first` to `last` - 1, if they are there exactly as they were written."""
        arrays = self.arrays(_block(first, last))
        if arrays is None:
            return None
        kept = {name.removeprefix(KEPT): arrays.pop(name) for name in list(arrays) if name.startswith(KEPT)}
        return Answers(**arrays, kept=kept)

    def write(self, first: int, last: int, answers: Answers) -> None:
        """Hold the answers of scenarios `first` to `last` - 1."""
        arrays = {f.name: getattr(answers, f.name) for f in fields(answers) if f.name != "kept"}
        self.hold(_block(first, last), arrays | {f"{KEPT}{name}": values for name, values in answers.kept.items()})


def _block(first: int, last: int) -> str:
    return f"{first:010d}-{last:010d}"


def _told(manifest: Path) -> Mapping[str, Any]:
    try:
        held = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        held = None
    if not isinstance(held, dict):
        raise InputError(f"store: {manifest} can't be read; give another folder, or delete this one")
    return held


def _written(path: Path, content: bytes, place: Callable[[Path, Path], None]) -> None:
    """Write a file under a name of its own, and put it in its place when it is whole."""
    partial = _aside(path)
    try:
        partial.write_bytes(content)
        place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    """A name for a temporary file in the same folder, which no other process, of this machine or another, takes."""
    return path.with_name(f"{path.stem}-{os.getpid()}-{uuid.uuid4().hex}{PARTIAL}")


def _replaced(partial: Path, path: Path) -> None:
    """Put a file in the place of whatever is there; a folder is set aside."""
    if path.is_dir():
        path.rename(_aside(path))
    partial.replace(path)


def _placed(partial: Path, path: Path) -> None:
    """Put a file where there is none; where there is one by now, that stays."""
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        partial.replace(path)


def digest(*parts: Any) -> str:
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
