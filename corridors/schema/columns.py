"""Checks of the cells of one column, by its kind: ids, numbers, text, lists, flags and lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, complaint, listed
from corridors.schema.definitions import Column

Names = Callable[[], np.ndarray[Any, Any]]
"""What messages call the rows of a table: asked only where there is a message."""

HIGHEST = {"USD/t": 1e9, "USD/t/h": 1e6, "USD/t/km": 1e6, "h": 1e6, "km": 1e6}
"""No figure of a unit is above this: past it, sums leave what floats and 64-bit integers hold to a cent."""
HIGHEST_ELSE = 1e12

SHORT = 1000
"""Columns of no more cells are looked at cell by cell, in Python: what pandas does at once takes a while to begin."""

_NOT_IDS = {"", "nan", "NaN", "NaT", "None", "<NA>"}
_PRINTED = r"[!-~](?:[ -~]*[!-~])?"
"""Texts that are ids as they stand: printed letters of ASCII, no blank first or last."""
_is_printed = re.compile(_PRINTED).fullmatch
_TRUE = {"true", "yes", "1", "1.0"}
_FALSE = {"false", "no", "0", "0.0"}


def cells(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    """The column's values, checked and of its kind."""
    return _KINDS[column.kind](table, column, values, names)


def absent(column: Column, rows: int) -> Any:
    """The values of a column that is not there."""
    if column.kind == "number":
        return np.full(rows, np.nan if column.default is None else column.default, float)
    if column.kind == "flag":
        return np.full(rows, bool(column.default))
    return np.full(rows, column.default, object)


def as_id(value: object) -> str:
    """An id as text: 1, 1.0 and "1" are one; blank where there is none.

    Examples
    --------
    >>> as_id(1.0), as_id(" aktau "), as_id(None)
    ('1', 'aktau', '')
    """
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):  # a text is never missing, and most ids are texts: tables have millions
        if _is_missing(value):
            return ""
        if isinstance(value, (float, np.floating)) and float(value).is_integer():
            return str(int(value))
    text = str(value).strip("\ufeff\u200b \t\r\n").strip()
    return "" if text in _NOT_IDS else text if text.isascii() else unicodedata.normalize("NFC", text)


def each(values: pd.Series[Any], function: Callable[[Any], Any]) -> pd.Series[Any]:
    """A function of every cell; of texts it is called once for all that are equal.

    Examples
    --------
    >>> each(pd.Series([" aktau", "baku ", " aktau"]), str.strip).tolist()
    ['aktau', 'baku', 'aktau']
    """
    if not isinstance(values.dtype, pd.StringDtype):
        return values.astype(object).map(function)
    if len(values) <= SHORT:
        texts = values.tolist()
        by_text = {text: function(text) for text in dict.fromkeys(texts)}
        return pd.Series([by_text[text] for text in texts], values.index, dtype=object)
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    found = pd.Series([function(value) for value in distinct.tolist()], dtype=object)
    return found.take(codes).set_axis(values.index)


def ids_in(values: pd.Series[Any]) -> pd.Series[Any]:
    """Every cell as an id, as `as_id` has it.

    Examples
    --------
    >>> ids_in(pd.Series(["aktau", " baku ", None])).tolist()
    ['aktau', 'baku', '']
    """
    if isinstance(values.dtype, pd.StringDtype) or pd.api.types.infer_dtype(values, skipna=False) == "string":
        texts = values.astype("str")  # one search of a column takes a tenth of the time of a call for each cell
        if texts.str.fullmatch(_PRINTED, na=False).all() and not texts.isin(_NOT_IDS).any():
            return texts
    return each(values, as_id)


def as_country(value: object) -> str:
    """A country as text: a code of two letters in capitals, however it is written; other names as they are.

    Examples
    --------
    >>> as_country(" kz "), as_country("Kazakhstan"), as_country(None)
    ('KZ', 'Kazakhstan', '')
    """
    text = as_id(value)
    return text.upper() if len(text) == 2 else text


def as_known(name: object, known: Iterable[str]) -> str:
    """A name as it is known: itself where it is, else the one that differs in case only; else the name as it is.

    Examples
    --------
    >>> as_known("Xian", ["xian", "aktau"]), as_known("titr", ["TITR"]), as_known("Mars", ["xian"])
    ('xian', 'TITR', 'Mars')
    """
    text, choices = as_id(name), list(known)
    if text in choices:
        return text
    alike = [one for one in choices if one.casefold() == text.casefold()]
    return alike[0] if len(alike) == 1 else text


def as_ids(given: object) -> list[str]:
    """Ids as text, of one or of several.

    Examples
    --------
    >>> as_ids(1), as_ids("aktau"), as_ids([1, 2.0, "baku"])
    (['1'], ['aktau'], ['1', '2', 'baku'])
    """
    if isinstance(given, str) or not isinstance(given, Iterable) or getattr(given, "shape", None) == ():
        return [as_id(given)]
    return [as_id(one) for one in given]


def keyed(what: str, given: Any, spelt: Callable[[str], str] = str) -> dict[str, Any]:
    """A mapping or Series by id, the ids as text, spelt as the network spells them.

    Raises
    ------
    InputError
        An id twice.

    Examples
    --------
    >>> keyed("costs", {1: 2.5, "rail": 1.0})
    {'1': 2.5, 'rail': 1.0}
    """
    names = [spelt(name) for name in as_ids(given.keys())]
    if len(set(names)) < len(names):
        twice = [name for name, count in Counter(names).items() if count > 1]
        raise InputError(complaint(what, "is given twice", twice, "give each one"))
    return dict(zip(names, (value for _, value in given.items()), strict=True))


def matching(ids: Iterable[str], names: Iterable[str]) -> dict[str, list[str]]:
    """The ids that each name means: itself where it is one; else those that it fits, ``*`` for any letters.

    No other letter of a name has a meaning of its own.

    Examples
    --------
    >>> matching(["ferry", "ferry*", "rail[1]"], ["ferry*", "rail[*", "f?rry"])
    {'ferry*': ['ferry*'], 'rail[*': ['rail[1]'], 'f?rry': []}
    """
    known = dict.fromkeys(ids)
    found = {}
    for name in names:
        fits = re.compile(".*".join(map(re.escape, name.split("*"))), re.DOTALL).fullmatch
        found[name] = [name] if name in known else [i for i in known if fits(i)] if "*" in name else []
    return found


def split(cell: str) -> tuple[str, ...]:
    """The items of a list cell.

    Examples
    --------
    >>> split("grain; coal;")
    ('grain', 'coal')
    """
    return tuple(item for item in (part.strip() for part in cell.split(";")) if item)


def _is_missing(value: object) -> bool:
    return value is None or value is np.ma.masked or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _refuse(table: str, problem: str, bad: Any, names: Names, remedy: str) -> None:
    if np.any(bad):
        raise InputError(complaint(table, problem, names()[bad], remedy))


def _are_plain(values: pd.Series[Any]) -> bool:
    """Whether a short column holds ids as they stand."""
    if len(values) > SHORT or not isinstance(values.dtype, pd.StringDtype):
        return False
    texts = values.tolist()
    plain = all(isinstance(text, str) and ";" not in text and _is_printed(text) for text in texts)
    return plain and _NOT_IDS.isdisjoint(texts)


def _ids(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    if _are_plain(values):
        return values.astype("str").array
    ids = ids_in(values)
    blank = np.flatnonzero((ids == "").to_numpy())
    if len(blank):
        raise InputError(complaint(table, f"{column.name} is blank", (f"row {i}" for i in blank), "give every row one"))
    _refuse(
        table,
        f"{column.name} holds a ;",
        ids.str.contains(";", regex=False),
        names,
        "take it out: it parts the items of lists",
    )
    return ids.array


def _numbers(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    remedy = f"give {column.unit}" + (f" >= {column.low:g}" if column.low is not None else "")
    if values.dtype.kind in "iuf":
        out = values.to_numpy(float, copy=True, na_value=np.nan)
    else:
        cells = values.astype(object).tolist()
        out = np.array([_number(cell) for cell in cells], float)
        bad = np.array([np.isnan(n) and not _is_blank(cell) for n, cell in zip(out, cells, strict=True)], bool)
        found = listed(dict.fromkeys(repr(cell) for cell, is_bad in zip(cells, bad, strict=True) if is_bad))
        worded = any(isinstance(cell, str) for cell, is_bad in zip(cells, bad, strict=True) if is_bad)
        written = ", with a point and no other separators" if worded else ""
        _refuse(table, f"{column.name} {found} is no number", bad, names, remedy + written)
    if column.default is not None:
        out[np.isnan(out)] = float(str(column.default))
    if column.name in ("capacity", "limit"):
        out[np.isposinf(out)] = np.nan
    if column.required:
        _refuse(table, f"{column.name} is missing", np.isnan(out), names, remedy)
    _refuse(table, f"{column.name} is infinite", np.isinf(out), names, remedy)
    if column.low is not None:
        below = "is negative" if column.low == 0 else f"is below {column.low:g}"
        _refuse(table, f"{column.name} {below}", out < column.low, names, remedy)
    if column.name == "speed":
        _refuse(table, "speed is zero", out == 0, names, f"give {column.unit} > 0")
    high = {"x_coord": 180.0, "y_coord": 90.0}.get(column.name)
    if high is not None:
        remedy = f"give {column.unit} <= {high:g}; are x_coord and y_coord swapped, or in metres?"
        _refuse(table, f"{column.name} is above {high:g}", out > high, names, remedy)
    high = HIGHEST.get(column.unit, HIGHEST_ELSE)
    remedy = f"give {column.unit}" + (", blank for no limit" if column.name in ("capacity", "limit") else "")
    _refuse(table, f"{column.name} is beyond {high:g}", np.abs(out) > high, names, remedy)
    return out


def _is_blank(cell: object) -> bool:
    return _is_missing(cell) or (isinstance(cell, str) and not cell.strip())


def _number(cell: Any) -> float:
    """The cell as a float; NaN where it is none: a date, a truth value, a complex number, words, "nan"."""
    if cell is np.ma.masked or isinstance(
        cell, (bool, np.bool_, complex, np.complexfloating, np.datetime64, np.timedelta64)
    ):
        return np.nan
    try:
        return float(cell)
    except (TypeError, ValueError):
        return np.nan
    except OverflowError:
        return float(np.finfo(float).max)


def _text(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    text = each(values, lambda cell: _cleaned(column, cell))
    if column.required:
        remedy = f"give one of {', '.join(column.allowed)}" if column.allowed else f"give {column.meaning}"
        _refuse(table, f"{column.name} is blank", text == "", names, remedy)
    if column.allowed:
        parts = {cell: split(cell) if column.kind == "list" else (cell,) for cell in text.unique()}
        unknown = {cell: [part for part in of if part not in column.allowed] for cell, of in parts.items()}
        found = listed(dict.fromkeys(repr(part) for of in unknown.values() for part in of))
        allowed = ", ".join(v for v in column.allowed if v)
        bad = text.isin([cell for cell, of in unknown.items() if of]).to_numpy()
        _refuse(table, f"{column.name} {found} is unknown", bad, names, f"give one of {allowed}")
    return text.to_numpy(dtype=object)


def _cleaned(column: Column, cell: object) -> str:
    """A cell as text, as its column has it."""
    text = "" if _is_missing(cell) else _joined(cell) if column.kind == "list" else _worded(cell).strip()
    if column.name == "country":
        text = ";".join(as_country(name) for name in split(text))
    return text or str(column.default or "")


def _joined(cell: object) -> str:
    items = cell if isinstance(cell, Iterable) and not isinstance(cell, str) else [cell]
    return ";".join(part for item in items for part in split(_worded(item)))


def _worded(cell: object) -> str:
    """A cell as text: a country or corridor may be named by a number, and 1 and 1.0 are one."""
    return cell if isinstance(cell, str) else as_id(cell)


def _flags(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    text = each(values, lambda v: "" if _is_missing(v) else str(v).strip().lower())
    text = text.where(text != "", str(column.default).lower())
    bad = ~text.isin(_TRUE | _FALSE)
    found = listed(dict.fromkeys(repr(v) for v in values[bad]))
    _refuse(table, f"{column.name} {found} is no flag", bad, names, "give true or false")
    return text.isin(_TRUE).to_numpy()


def _lines(table: str, column: Column, values: pd.Series[Any], names: Names) -> Any:
    given = values.astype(object).to_numpy()
    out = np.full(len(given), None, object)
    kinds: dict[str, list[int]] = {}
    for i, value in enumerate(given):
        if isinstance(value, shapely.LineString):
            out[i] = value
        elif not _is_blank(value):
            out[i] = _geometry(value)
            if not isinstance(out[i], shapely.LineString):
                kinds.setdefault(_kind(out[i]), []).append(i)
    lines = np.flatnonzero([isinstance(shape, shapely.LineString) for shape in out])
    points, owner = shapely.get_coordinates(out[lines], return_index=True)
    beyond = ~(np.abs(points) <= [180.0, 90.0]).all(axis=1)  # NaN is
    for kind, bad in (
        ("empty", shapely.is_empty(out[lines])),
        ("outside of degrees", np.bincount(owner[beyond], minlength=len(lines)) > 0),
    ):
        if bad.any():
            kinds.setdefault(kind, []).extend(lines[bad].tolist())
    if kinds:
        problem = f"{column.name} is {' or '.join(kinds)}, not one line"
        remedy = "give a LINESTRING from the first node to the last, in degrees (parts that touch: shapely.line_merge)"
        bad = np.isin(np.arange(len(out)), [i for rows in kinds.values() for i in rows])
        _refuse(table, problem, bad, names, remedy)
    return out


def _geometry(value: Any) -> Any:
    if not isinstance(value, str):
        return value.geoms[0] if isinstance(value, shapely.MultiLineString) and len(value.geoms) == 1 else value
    try:
        return _geometry(shapely.from_wkt(value))
    except shapely.errors.GEOSException:
        return value


def _kind(shape: Any) -> str:
    return str(getattr(shape, "geom_type", "no line")) if isinstance(shape, shapely.Geometry) else "no geometry"


_KINDS: dict[str, Callable[[str, Column, pd.Series[Any], Names], Any]] = {
    "id": _ids,
    "number": _numbers,
    "text": _text,
    "list": _text,
    "flag": _flags,
    "geometry": _lines,
}
