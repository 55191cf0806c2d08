"""Checks of a table against the schema: what comes out has the schema's columns, clean ids and plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, complaint, listed, warn
from corridors.places import apart
from corridors.schema.columns import absent, as_country, as_id, cells, ids_in, split
from corridors.schema.definitions import CRS, KEYS, TABLES, Column

__all__ = ["as_country", "as_id", "check_reference", "checked", "split"]

MOVED = 1e-5
"""Degrees, a metre on the ground: a point that is further from its node's coordinates was moved."""


def checked(table: str, frame: Any, columns: tuple[Column, ...] | None = None) -> pd.DataFrame:
    """The table with the schema's columns first, ids as text, numbers as floats, and all its other columns kept.

    Parameters
    ----------
    table : str
        Its name in `corridors.schema.definitions.TABLES`.
    frame : DataFrame, GeoDataFrame, mapping of columns, or None
        What the user gave; None is a table without rows.
    columns : tuple of Column, optional
        Its columns, where it is no table of a network or of demand.

    Raises
    ------
    InputError
        A column missing, an id twice or blank, a number that is NaN where it must be given, infinite, negative or no
        number at all, a value that is not among those allowed, coordinates without a reference system.

    Warns
    -----
    InputWarning
        A column whose name is nearly that of the schema: it is kept, and not read. Nodes whose points are not at their
        coordinates: the points count.
    """
    columns = TABLES[table] if columns is None else columns
    if frame is None:
        return pd.DataFrame({c.name: absent(c, 0) for c in columns}, index=pd.RangeIndex(0))
    given = _as_frame(table, frame, columns)
    missing = [c.name for c in columns if c.required and c.name not in given]
    if missing:
        near = _nearly(given, missing)
        guess = f"; is it {listed(near)}?" if near else ""
        raise InputError(
            f"{table}: column {listed(missing)} is missing; give it ({_meanings(columns, missing)}){guess}"
        )
    if near := _nearly(given, [c.name for c in columns if c.name not in given], ignore=[c.name for c in columns]):
        problem = f"{table}: column {listed(near)} is kept but not read; was another name meant?"
        warn(f"{problem} There is {listed(near.values())}")
    names = cache(lambda: _row_names(table, given))
    clean: dict[str, Any] = {
        c.name: cells(table, c, given[c.name], names) if c.name in given else absent(c, len(given)) for c in columns
    }
    extras = {str(name): given[name].to_numpy() for name in given.columns if name not in clean}
    result = pd.DataFrame({**clean, **extras}, index=pd.RangeIndex(len(given)))
    if name := getattr(frame, "attrs", {}).get("name"):
        result.attrs["name"] = name
    if key := KEYS.get(table):
        _check_unique(table, key, result[key])
    return result


def check_reference(table: str, frame: pd.DataFrame, column: str, known: Iterable[str], where: str) -> None:
    """Raise where `column` holds an id that `where` does not."""
    if not len(frame):
        return
    # As objects: pandas looks strings of Arrow up among millions by making a Python object of each in turn.
    bad = ~frame[column].astype(object).isin(known.to_numpy(object) if isinstance(known, pd.Series) else set(known))
    if bad.any():
        unknown = frame.loc[bad, column].unique()
        rows = _row_names(table, frame)[bad.to_numpy()]
        raise InputError(
            complaint(table, f"{column} {listed(unknown)} is not in {where}", rows, f"add it to {where} or correct it")
        )


def _as_frame(table: str, frame: Any, columns: tuple[Column, ...]) -> pd.DataFrame:
    if isinstance(frame, Mapping):
        try:
            frame = pd.DataFrame(frame)
        except (TypeError, ValueError) as error:
            raise InputError(f"{table}: is no table ({error}); give columns of one length") from None
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{table}: is a {type(frame).__name__}; give a DataFrame, such as pandas.read_csv makes")
    if frame.columns.nlevels > 1:
        raise InputError(f"{table}: column names have {frame.columns.nlevels} levels; give one, by droplevel or join")
    if getattr(frame, "active_geometry_name", None) is not None:
        frame = _in_degrees(table, frame)
    elif table == "nodes" and "geometry" in frame:
        frame = _placed(frame, frame["geometry"].map(_shape).to_numpy(dtype=object), needed=False)
    frame = pd.DataFrame(frame).rename(columns=lambda name: str(name).removeprefix("\ufeff").strip())
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"{table}: column {listed(twice)} is there twice; keep one")
    held = [name for name in frame.index.names if name in {c.name for c in columns} and name not in frame]
    return frame.reset_index(held) if held else frame


def _in_degrees(table: str, frame: Any) -> Any:
    """A GeoDataFrame in longitude and latitude; points of nodes become their coordinates."""
    if frame.crs is None:
        raise InputError(f"{table}: has a geometry but no CRS; set it, for degrees by .set_crs({CRS!r})")
    frame = frame.to_crs(CRS)
    if frame.active_geometry_name != "geometry":
        frame = frame.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return frame if table != "nodes" else _placed(frame, frame.geometry.to_numpy(dtype=object), needed=True)


def _placed(frame: Any, points: Any, needed: bool) -> pd.DataFrame:
    """Nodes whose points are their coordinates; those without a point keep what stands in x_coord and y_coord.

    Where a place is `needed`, a node has one or the other.
    """
    lon, lat = (_degrees(frame, column) for column in ("x_coord", "y_coord"))
    blank = np.array([point is None or bool(shapely.is_empty(point)) for point in points])
    bad = np.array([getattr(point, "geom_type", "no geometry") != "Point" for point in points], bool)
    bad = np.where(blank, needed & (np.isnan(lon) | np.isnan(lat)), bad).astype(bool)
    if bad.any():
        kinds = ["missing" if p is None else "empty" if e else getattr(p, "geom_type", "no geometry")
                 for p, e in zip(points[bad], blank[bad], strict=True)]  # fmt: skip
        problem = f"geometry is {' or '.join(dict.fromkeys(kinds))}, not a point"
        remedy = "give a point, such as a polygon's .representative_point()"
        raise InputError(complaint("nodes", problem, _row_names("nodes", frame)[bad], remedy))
    at = shapely.get_coordinates(points[~blank])
    moved = apart(at, np.column_stack([lon, lat])[~blank]) > MOVED
    if moved.any():
        problem = "x_coord and y_coord are not where the geometry is"
        remedy = "the geometry counts: take the columns out, or move the points"
        warn(complaint("nodes", problem, _row_names("nodes", frame)[~blank][moved], remedy))
    result = pd.DataFrame(frame).drop(columns="geometry")
    for column, degrees in zip(("x_coord", "y_coord"), at.T, strict=True):
        cells = result[column].to_numpy(dtype=object, copy=True) if column in result else np.full(len(result), None)
        cells[~blank] = degrees
        result[column] = pd.Series(cells, index=result.index).infer_objects()
    return result


def _degrees(frame: Any, column: str) -> Any:
    """A column of coordinates as floats; NaN where there is none, or no number."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(pd.Series(frame[column].to_numpy()), errors="coerce").to_numpy(float, copy=True)


def _shape(cell: Any) -> Any:
    """A point as shapely has it, of WKT where it is text; None where the cell is blank."""
    if isinstance(cell, shapely.Geometry):
        return cell
    text = as_id(cell)
    try:
        return shapely.from_wkt(text) if text else None
    except shapely.errors.GEOSException:
        return cell


def _nearly(frame: pd.DataFrame, wanted: Iterable[str], ignore: Iterable[str] = ()) -> dict[str, str]:
    """Columns of the frame that are nearly one of those wanted, and which."""
    return _close(tuple(map(str, frame.columns.difference(list(ignore), sort=False))), tuple(wanted))


@lru_cache
def _close(names: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, str]:
    near = {}
    for name in names:
        if found := get_close_matches(name.casefold().replace(" ", "_"), wanted, 1, 0.9):
            near[name] = found[0]
    return near


def _row_names(table: str, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """What messages call the rows: their ids where the table has a key, else what sets them apart, or their number."""
    parts = [name for name in (KEYS.get(table), *_DISTINCT_BY.get(table, ())) if name and name in frame]
    rows = np.array([f"row {i}" for i in range(len(frame))], dtype=object)
    if not parts:
        return rows
    texts = [ids_in(frame[name]) for name in parts]
    joined = [":".join(text for text in row if text) for row in zip(*texts, strict=True)]
    return np.where(np.array(joined, object) == "", rows, np.array(joined, object))


_DISTINCT_BY = {
    "zones": ("zone_id", "node_id"),
    "rates": ("mode", "commodity"),
    "tariffs": ("link_id", "commodity"),
    "fleets": ("fleet_id", "link_id"),
    "blocs": ("bloc", "country"),
    "seasons": ("season_id", "ids"),
    "storages": ("storage_id",),
    "cost_steps": ("link_id", "transfer_id", "commodities", "origins", "direction", "load"),
    "candidates": ("candidate_id",),
}
"""What names a row of a table without a key."""


def _check_unique(table: str, key: str, ids: pd.Series[Any]) -> None:
    if len({text.casefold() for text in ids.tolist()}) == len(ids):
        return
    alike = ids[ids.str.casefold().duplicated(keep=False)]
    twice = alike[alike.duplicated()].unique()
    if len(twice):
        raise InputError(complaint(table, f"{key} is there twice", twice, "give every row an id of its own"))
    if len(alike):
        raise InputError(complaint(table, f"{key} differs in case only", alike, "use one spelling, or rename one"))


def _meanings(columns: tuple[Column, ...], names: list[str]) -> str:
    return "; ".join(f"{c.name}: {c.meaning}" + (f", {c.unit}" if c.unit else "") for c in columns if c.name in names)
