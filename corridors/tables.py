"""Checks of a table against the schema: what comes out has the schema's columns, clean ids and plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, complaint, listed
from corridors.schema import CRS, KEYS, TABLES, Column


def checked(table: str, frame: Any) -> pd.DataFrame:
    """The table with the schema's columns first, ids as text, numbers as floats, and all its other columns kept.

    Parameters
    ----------
    table : str
        Its name in `corridors.schema.TABLES`.
    frame : DataFrame, GeoDataFrame, mapping of columns, or None
        What the user gave; None is a table without rows.

    Raises
    ------
    InputError
        A column missing, an id twice or blank, a number that is NaN where it must be given, infinite, negative or no
        number at all, a value that is not among those allowed, coordinates without a reference system.
    """
    columns = TABLES[table]
    given = _as_frame(table, frame, columns)
    missing = [c.name for c in columns if c.required and c.name not in given]
    if missing:
        raise InputError(f"{table}: column {listed(missing)} is missing; give it ({_meanings(columns, missing)})")
    names = _row_names(table, given)
    clean: dict[str, Any] = {c.name: _column(table, c, given, names) for c in columns}
    extras = {str(name): given[name].to_numpy() for name in given.columns if name not in clean}
    result = pd.DataFrame({**clean, **extras}, index=pd.RangeIndex(len(given)))
    if key := KEYS[table]:
        _check_unique(table, key, result[key])
    return result


def check_reference(table: str, frame: pd.DataFrame, column: str, known: Iterable[str], where: str) -> None:
    """Raise where `column` holds an id that `where` does not."""
    bad = ~frame[column].isin(set(known))
    if bad.any():
        unknown = frame.loc[bad, column].unique()
        rows = _row_names(table, frame)[bad.to_numpy()]
        raise InputError(
            complaint(table, f"{column} {listed(unknown)} is not in {where}", rows, f"add it to {where} or correct it")
        )


def split(cell: str) -> tuple[str, ...]:
    """The items of a list cell.

    Examples
    --------
    >>> split("grain; coal;")
    ('grain', 'coal')
    """
    return tuple(item for item in (part.strip() for part in cell.split(";")) if item)


def _as_frame(table: str, frame: Any, columns: tuple[Column, ...]) -> pd.DataFrame:
    if frame is None:
        return pd.DataFrame({c.name: [] for c in columns})
    if isinstance(frame, Mapping):
        frame = pd.DataFrame(frame)
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{table}: is a {type(frame).__name__}; give a DataFrame")
    frame = frame.rename(columns=lambda name: str(name).removeprefix("\ufeff").strip())
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"{table}: column {listed(twice)} is there twice; keep one")
    if hasattr(frame, "crs") and "geometry" in frame:
        frame = _in_degrees(table, frame)
    return pd.DataFrame(frame)


def _in_degrees(table: str, frame: Any) -> Any:
    """A GeoDataFrame in longitude and latitude; points of nodes become their coordinates."""
    if frame.crs is None:
        raise InputError(f"{table}: has a geometry but no CRS; set it, for degrees by .set_crs({CRS!r})")
    frame = frame.to_crs(CRS)
    if table == "nodes":
        if "x_coord" not in frame:
            frame = frame.assign(x_coord=frame.geometry.x, y_coord=frame.geometry.y)
        frame = frame.drop(columns="geometry")
    return frame


def _row_names(table: str, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """What messages call the rows: their ids where the table has a key, else their numbers from 0."""
    key = KEYS[table]
    if key and key in frame:
        return frame[key].astype(str).to_numpy()
    return np.array([f"row {i}" for i in range(len(frame))], dtype=object)


def _column(table: str, column: Column, frame: pd.DataFrame, names: np.ndarray[Any, Any]) -> Any:
    if column.name not in frame:
        return _absent(column, len(frame))
    values = frame[column.name]
    if column.kind == "id":
        return _ids(table, column, values)
    if column.kind == "number":
        return _numbers(table, column, values, names)
    if column.kind == "flag":
        return _flags(table, column, values, names)
    if column.kind == "geometry":
        return _geometries(table, column, values, names)
    text = values.astype(object).where(values.notna(), column.default or "").map(lambda v: str(v).strip())
    if column.kind == "list":
        text = text.map(lambda cell: ";".join(split(cell)))
    if column.default:
        text = text.where(text != "", column.default)
    if column.allowed:
        bad = (~text.isin(column.allowed)).to_numpy()
        if bad.any():
            found = listed(dict.fromkeys(repr(v) for v in text[bad]))
            allowed = ", ".join(v for v in column.allowed if v)
            raise InputError(
                complaint(table, f"{column.name} {found} is unknown", names[bad], f"give one of {allowed}")
            )
    return text.to_numpy(dtype=object)


def _absent(column: Column, rows: int) -> Any:
    if column.kind == "number":
        return np.full(rows, np.nan if column.default is None else column.default, float)
    if column.kind == "flag":
        return np.full(rows, bool(column.default))
    return np.full(rows, column.default, object)


def _ids(table: str, column: Column, values: pd.Series[Any]) -> Any:
    def text(value: object) -> str:
        if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
            return ""
        if isinstance(value, (float, np.floating)) and float(value).is_integer():
            return str(int(value))
        return str(value).removeprefix("\ufeff").strip()

    ids = values.astype(object).map(text)
    blank = np.flatnonzero((ids == "").to_numpy())
    if len(blank):
        raise InputError(complaint(table, f"{column.name} is blank", (f"row {i}" for i in blank), "give every row one"))
    return ids.to_numpy(dtype=object)


def _numbers(table: str, column: Column, values: pd.Series[Any], names: np.ndarray[Any, Any]) -> Any:
    remedy = f"give {column.unit}" + (f" >= {column.low:g}" if column.low is not None else "")
    blank = values.isna() | values.astype(object).map(lambda v: isinstance(v, str) and not v.strip())
    numbers = pd.to_numeric(values.where(~blank), errors="coerce").astype(float)
    bad = (numbers.isna() & ~blank).to_numpy()
    if bad.any():
        raise InputError(complaint(table, f"{column.name} is no number", names[bad], remedy))
    if column.default is not None:
        numbers = numbers.fillna(float(str(column.default)))
    out: np.ndarray[Any, Any] = numbers.to_numpy(copy=True)
    if column.name in ("capacity", "limit"):
        out[np.isposinf(out)] = np.nan
    if column.required and np.isnan(out).any():
        raise InputError(complaint(table, f"{column.name} is missing", names[np.isnan(out)], remedy))
    if np.isinf(out).any():
        raise InputError(complaint(table, f"{column.name} is infinite", names[np.isinf(out)], remedy))
    if column.low is not None and (bad := out < column.low).any():
        problem = "is negative" if column.low == 0 else f"is below {column.low:g}"
        raise InputError(complaint(table, f"{column.name} {problem}", names[bad], remedy))
    high = {"x_coord": 180.0, "y_coord": 90.0}.get(column.name, np.inf)
    if (bad := out > high).any():
        remedy = f"give {column.unit} <= {high:g}; are x_coord and y_coord the wrong way round?"
        raise InputError(complaint(table, f"{column.name} is above {high:g}", names[bad], remedy))
    return out


_TRUE = {"true", "yes", "1", "1.0"}
_FALSE = {"false", "no", "0", "0.0"}


def _flags(table: str, column: Column, values: pd.Series[Any], names: np.ndarray[Any, Any]) -> Any:
    text = values.astype(object).where(values.notna(), column.default).map(lambda v: str(v).strip().lower())
    text = text.where(text != "", str(column.default).lower())
    bad = (~text.isin(_TRUE | _FALSE)).to_numpy()
    if bad.any():
        raise InputError(complaint(table, f"{column.name} is no flag", names[bad], "give true or false"))
    return text.isin(_TRUE).to_numpy()


def _geometries(table: str, column: Column, values: pd.Series[Any], names: np.ndarray[Any, Any]) -> Any:
    out = np.full(len(values), None, object)
    for i, value in enumerate(values):
        if value is None or (isinstance(value, float) and np.isnan(value)) or value == "":
            continue
        try:
            out[i] = shapely.from_wkt(value) if isinstance(value, str) else value
        except shapely.errors.GEOSException:
            out[i] = value
        if not isinstance(out[i], shapely.LineString) or out[i].is_empty:
            kind = getattr(out[i], "geom_type", "no geometry")
            remedy = "give one LINESTRING from the first node to the last, in degrees"
            raise InputError(complaint(table, f"{column.name} is {kind}, not a line", names[[i]], remedy))
    return out


def _check_unique(table: str, key: str, ids: pd.Series[Any]) -> None:
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        raise InputError(complaint(table, f"{key} is there twice", twice, "give every row an id of its own"))
    alike = ids[ids.str.casefold().duplicated(keep=False)]
    if len(alike):
        raise InputError(complaint(table, f"{key} differs in case only", alike, "spell it one way, or rename one"))


def _meanings(columns: tuple[Column, ...], names: list[str]) -> str:
    return "; ".join(f"{c.name}: {c.meaning}" + (f", {c.unit}" if c.unit else "") for c in columns if c.name in names)
