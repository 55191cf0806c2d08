"""Demand as matrices: Open Matrix files (OMX), and square tables whose first column and first row are places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, listed, warn
from corridors.io.files import parsing
from corridors.io.limits import check_size
from corridors.io.optional import needed
from corridors.schema.columns import as_id

MAGIC = b"\x89HDF\r\n\x1a\n"


def is_omx(path: Path) -> bool:
    """Whether a file is HDF5, which OMX is."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8) == MAGIC


def read_omx(path: Path) -> pd.DataFrame:
    """All matrices of a file as ``commodity, origin, destination, volume``, a row a cell that is not zero.

    Places are those of the file's first lookup, else numbers from 1. The matrix's name is the commodity.

    References
    ----------
    Open Matrix format (OMX) 0.2: groups ``data`` and ``lookup`` of an HDF5 file.
    """
    h5py = needed("h5py", "h5py", "Open Matrix files")
    with parsing(path, "Open Matrix file"), h5py.File(path, "r", locking=False) as file:
        data = file.get("data")
        if not isinstance(data, h5py.Group) or not len(data):
            raise InputError(f"read: {path.name} has no group data with matrices; give a file in the format OMX")
        matrices = {str(name): data[name] for name in data if isinstance(data.get(name), h5py.Dataset)}
        check_size(path, sum(matrix.size * matrix.dtype.itemsize for matrix in matrices.values()))
        places = _places(file, h5py)
        frames = [_cells(np.asarray(matrix[()], float), places, name) for name, matrix in matrices.items()]
        return pd.concat(frames, ignore_index=True)


def is_square(table: pd.DataFrame) -> bool:
    """Whether a table is a matrix: whether the names of its columns are the places in its first column."""
    rows = table.iloc[:, 0].astype(object).map(as_id) if table.shape[1] > 1 else pd.Series(dtype=object)
    return len(rows) > 0 and len(rows) == table.shape[1] - 1 and set(rows) == {as_id(c) for c in table.columns[1:]}


def from_square(table: pd.DataFrame) -> pd.DataFrame:
    """A matrix as ``origin, destination, volume``: origins down, destinations across; blank cells are zero."""
    places = table.iloc[:, 0].astype(object).map(as_id).to_numpy()
    values = table.iloc[:, 1:].replace("", 0).apply(pd.to_numeric, errors="coerce")
    values = values.where(table.iloc[:, 1:].notna(), 0.0)
    bad = np.argwhere(values.isna().to_numpy())
    if len(bad):
        cells = [f"{places[i]} to {table.columns[j + 1]}: {table.iloc[i, j + 1]!r}" for i, j in bad]
        raise InputError(f"demand: {len(bad)} cells are no number ({listed(cells)}); give tonnes, or leave them blank")
    columns = np.array([as_id(c) for c in table.columns[1:]], dtype=object)
    volumes = values.to_numpy(float)
    i, j = np.nonzero(volumes)
    return pd.DataFrame({"origin": places[i], "destination": columns[j], "volume": volumes[i, j]})


def _cells(volumes: Any, places: Any, name: str) -> pd.DataFrame:
    if volumes.ndim != 2 or volumes.shape[0] != volumes.shape[1]:
        raise InputError(f"read: matrix {name} has the shape {volumes.shape}; give a square one")
    if places is not None and len(places) != len(volumes):
        raise InputError(f"read: matrix {name} has {len(volumes)} rows, and the lookup {len(places)}; give one a row")
    at = np.arange(1, len(volumes) + 1) if places is None else places
    i, j = np.nonzero(np.nan_to_num(volumes))
    return pd.DataFrame({"commodity": name, "origin": at[i], "destination": at[j], "volume": volumes[i, j]})


def _places(file: Any, h5py: Any) -> Any:
    """The first lookup of a file; None where there is none."""
    lookup = file.get("lookup")
    if not isinstance(lookup, h5py.Group) or not len(lookup):
        return None
    first = next(iter(lookup))
    found = np.asarray(lookup[first][()])
    if len(lookup) > 1:
        warn(
            f"read: {Path(str(file.filename)).name} has the lookups {listed(lookup)}, and places are called as in "
            f"{first} ({listed(found.tolist())}); leave that one alone in the file where others are meant"
        )
    return np.array([v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in found.tolist()], dtype=object)
