"""GeoPackage, a layer a table; and other SQLite files whose layers are tables, such as projects of AequilibraE."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from corridors.errors import InputError, listed
from corridors.io.case import Content
from corridors.io.files import parsing, replacing
from corridors.io.qgis import TABLE as STYLES
from corridors.io.qgis import add_styles
from corridors.io.tables import ITEM, kind_of_cells, on_the_map
from corridors.schema.definitions import CRS, TABLES


def is_one(path: Path) -> bool:
    """Whether a file is an SQLite database, or says by its name that it should be."""
    return _begins(path, b"SQLite format 3\0") or (path.is_file() and path.suffix.lower() == ".gpkg")


def read(path: Path) -> Content:
    """The layers of a file; its integrity is checked first, as GDAL takes what it can of a damaged one."""
    with parsing(path, "GeoPackage"):
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            state = base.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            raise InputError(f"read: {path.name} is damaged ({state.splitlines()[-1]}); take another copy")
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0] if name != STYLES]
        tables = {name: _layer(path, name) for name in names}
        return Content(tables, _about(path, names))


def write(content: Content, path: Path) -> None:
    """Write a GeoPackage; an older file is replaced, once the new one is whole."""
    tables, about = on_the_map(content.tables, content.about)
    tables = {table: _storable(table, frame) for table, frame in tables.items() if len(frame)}
    with replacing(path) as temporary:
        for table, frame in tables.items():
            _put(temporary, table, frame, about)
        add_styles(temporary, tables)


def _begins(path: Path, magic: bytes) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _storable(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with columns that a GeoPackage holds, and that come back as they were."""
    alike = frame.columns[frame.columns.str.casefold().duplicated(keep=False)]
    if len(alike):
        raise InputError(
            f"{table}: columns {listed(alike)} differ in case only, and a GeoPackage takes one; rename one"
        )
    known = {c.name for c in TABLES[table]}
    kinds = {name: kind_of_cells(frame[name]) for name in frame if name not in known and name != "geometry"}
    wrong = [f"{name} ({kind})" for name, kind in kinds.items() if kind not in _STORED]
    if wrong:
        raise InputError(f"{table}: column {listed(wrong)} does not go into a GeoPackage; give numbers or text")
    return frame.assign(**{name: _STORED[kind](frame[name]) for name, kind in kinds.items()})


def _numbers(cells: pd.Series[Any]) -> Any:
    return cells if cells.dtype.kind in "if" and cells.dtype.itemsize <= 8 else pd.to_numeric(cells).astype(float)


_STORED: dict[str, Callable[[Any], Any]] = {
    "flags": lambda cells: cells.astype("boolean"),
    "numbers": _numbers,
    "dates": lambda cells: cells,
    "text": lambda cells: cells.astype(object).where(cells.notna(), None),
}
"""How a column of each kind is handed over; others a GeoPackage has no type for."""


def _put(path: Path, table: str, frame: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Write a layer. Its own columns, of rows and of shapes, get names that the table does not have."""
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=CRS)
    taken = set(frame.columns.str.casefold()) - {"geometry"}
    fid, geom = (next(n for n in (name, *(f"{name}_{i}" for i in range(len(taken)))) if n not in taken)
                 for name in ("fid", "geom"))  # fmt: skip
    try:
        frame.to_file(
            path,
            layer=table,
            driver="GPKG",
            engine="pyogrio",
            layer_options={"FID": fid, "GEOMETRY_NAME": geom},
            layer_metadata={ITEM: json.dumps(about)} if table == "links" else None,
        )
    except (RuntimeError, NotImplementedError, ValueError, TypeError, OSError) as error:
        raise InputError(f"write: {table} could not be written ({error})") from error


def _layer(path: Path, name: str) -> pd.DataFrame:
    frame = gpd.read_file(path, layer=name, engine="pyogrio")
    if "geometry" in frame and frame["geometry"].isna().all():
        frame = pd.DataFrame(frame.drop(columns="geometry"))
    return frame


def _about(path: Path, names: list[str]) -> dict[str, Any]:
    if "links" not in names:
        return {}
    text = (pyogrio.read_info(path, layer="links")["layer_metadata"] or {}).get(ITEM, "{}")
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
