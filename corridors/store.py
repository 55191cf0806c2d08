"""A folder that holds the answers of a long sweep block by block, so that one that is killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError
from corridors.model.engines import Answers
from corridors.network import Network
from corridors.scenarios.batch import FEW, Scenarios

MANIFEST = "sweep.json"
LOOKED_AT = 16
"""Blocks of a batch of more than `FEW` scenarios that are looked at to tell it from another."""
BLOCK = 1024


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
            "network": _digest(*(getattr(network, field.name) for field in fields(network))),
            "demand": _digest(demand),
            "scenarios": _digest(scenarios.atoms, *_blocks(scenarios)),
            "size": len(scenarios),
            "keep": sorted(keep),
            "solver": solver,
        }
        manifest = self.folder / MANIFEST
        if manifest.exists():
            held = json.loads(manifest.read_text(encoding="utf-8"))
            other = [name for name, value in asked.items() if held.get(name) != value]
            if other:
                raise InputError(
                    f"store: {self.folder} holds another sweep (another {', '.join(other)}); "
                    "give another folder, or delete this one"
                )
            return
        if self.folder.exists() and any(self.folder.iterdir()):
            raise InputError(f"store: {self.folder} holds files that are no sweep; give a new folder, or an empty one")
        self.folder.mkdir(parents=True, exist_ok=True)
        _written(manifest, lambda path: path.write_text(json.dumps(asked, indent=1), encoding="utf-8"))

    def read(self, first: int, last: int) -> Answers | None:
        """The answers of scenarios `first` to `last` - 1, if they are there and whole."""
        try:
            with np.load(self._file(first, last), allow_pickle=False) as held:
                kept = {name.removeprefix("kept."): held[name] for name in held.files if name.startswith("kept.")}
                return Answers(**{name: held[name] for name in held.files if name not in _kept_names(held)}, kept=kept)
        except (FileNotFoundError, zipfile.BadZipFile, ValueError, EOFError):
            return None

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


def _written(path: Path, write: Any) -> None:
    partial = path.with_suffix(".part")
    write(partial)
    os.replace(partial, path)


def _blocks(scenarios: Scenarios) -> list[Any]:
    """Arrays that tell a batch: all of its changes, or of a large one some, evenly spread."""
    size = len(scenarios)
    starts = np.arange(0, size, BLOCK)
    if size > FEW:
        starts = starts[np.linspace(0, len(starts) - 1, LOOKED_AT).astype(int)]
    ends = np.minimum(starts + BLOCK, size)
    parts: list[Any] = []
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        parts += [*scenarios.block(first, last), scenarios.source.weights(first, last)]
    return parts


def _digest(*parts: Any) -> str:
    """What stands for tables and arrays."""
    out = hashlib.sha256()
    for part in parts:
        if isinstance(part, pd.DataFrame):
            out.update("|".join(map(str, part.columns)).encode())
            out.update(pd.util.hash_pandas_object(part.astype(str), index=False).to_numpy().tobytes())
        else:
            out.update(np.ascontiguousarray(part).tobytes())
    return out.hexdigest()
