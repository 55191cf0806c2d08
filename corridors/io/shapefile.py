"""Shapefiles, read only: their names of columns have ten letters, so that they are no format to write networks to."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from corridors.io.case import Content
from corridors.io.files import parsing
from corridors.schema.definitions import TABLES

MAGIC = b"\x00\x00\x27\x0a"
"""The file code 9994, big endian (ESRI Shapefile Technical Description, 1998, page 4)."""

LETTERS = 10
"""No name of a column has more (dBASE III)."""
CUT = {c.name[:LETTERS]: c.name for name in ("nodes", "links") for c in TABLES[name] if len(c.name) > LETTERS}
"""Columns by what is left of their names."""


def is_one(path: Path) -> bool:
    """Whether a file is a shapefile, or a folder has some."""
    return _is_shape(path) if path.is_file() else path.is_dir() and any(_files(path))


def read(path: Path) -> Content:
    """The tables of a folder by the names of its files, or the one of a file."""
    tables = {}
    for file in _files(path) if path.is_dir() else [path]:
        with parsing(file, "shapefile"):
            table = gpd.read_file(file, engine="pyogrio")
        tables[file.stem] = table.rename(columns={c: CUT[c.casefold()] for c in table if c.casefold() in CUT})
    return Content(tables)


def _is_shape(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.casefold() != ".shx" and file.read(4) == MAGIC


def _files(path: Path) -> list[Path]:
    return sorted(file for file in path.iterdir() if file.is_file() and _is_shape(file))
