"""Checks of the arguments that many public functions share: each says which argument it is, and what to give instead.

They take arguments by name, ``texts(by=by, method=method)``, so that a message names what the user wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint, kind_of, listed, nearest
from corridors.network import Network
from corridors.schema.columns import as_id, as_known


def networks(**given: Any) -> None:
    """Arguments that have to be networks.

    Raises
    ------
    InputError
        Something else.

    Examples
    --------
    >>> networks(network=None)
    Traceback (most recent call last):
    corridors.errors.InputError: network: is None; give a Network, such as load_network gives
    """
    for name, value in given.items():
        if not isinstance(value, Network):
            raise InputError(f"{name}: is {kind_of(value)}; give a Network, such as load_network gives")


def placed_nodes(network: Network) -> pd.DataFrame:
    """The nodes of a network that is to be drawn, each with coordinates.

    Raises
    ------
    InputError
        There is no node, or a node has none.
    """
    networks(network=network)
    nodes = network.nodes
    if nodes.empty:
        raise InputError("nodes: the network has none, so there is nothing to draw; give at least one node")
    if "x_coord" not in nodes or "y_coord" not in nodes:
        raise InputError("nodes: no columns x_coord and y_coord; give longitude and latitude in degrees")
    bare = nodes.node_id[nodes[["x_coord", "y_coord"]].isna().any(axis="columns")]
    if len(bare):
        raise InputError(
            complaint("nodes", "x_coord or y_coord is missing", bare, "give longitude and latitude in degrees")
        )
    return nodes


def texts(**given: Any) -> None:
    """Arguments that have to be a text; a whole number is the id that reads like it.

    Examples
    --------
    >>> texts(by="link", origin=7)
    >>> texts(by=["link"])
    Traceback (most recent call last):
    corridors.errors.InputError: by: is a list; give one text
    """
    for name, value in given.items():
        if not _is_text(value):
            raise InputError(f"{name}: is {kind_of(value)}; give one text")


def texts_or_none(**given: Any) -> None:
    """Arguments that have to be a text, where they are given."""
    texts(**{name: value for name, value in given.items() if value is not None})


def words(**given: Any) -> None:
    """Arguments that have to be a text to write, such as a title; None leaves it to the function."""
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"{name}: is {kind_of(value)}; give a text to write")


def flags(**given: Any) -> None:
    """Arguments that have to be true or false, where a text would be taken for true.

    Examples
    --------
    >>> flags(drivers="no")
    Traceback (most recent call last):
    corridors.errors.InputError: drivers: is the text 'no'; give True or False
    """
    for name, value in given.items():
        if not isinstance(value, (bool, np.bool_)):
            raise InputError(f"{name}: is {kind_of(value)}; give True or False")


def numbers(least: float = -np.inf, most: float = np.inf, /, **given: Any) -> None:
    """Arguments that have to be finite numbers, in a range where there is one.

    Examples
    --------
    >>> numbers(0, low=-1.0)
    Traceback (most recent call last):
    corridors.errors.InputError: low: is -1.0; give a finite number of 0 or more
    """
    for name, value in given.items():
        number = number_of(value)
        if not (np.isfinite(number) and least <= number <= most):
            limits = (
                "" if least == -np.inf else f" of {least:g} or more" if most == np.inf else f" {least:g} to {most:g}"
            )
            raise InputError(f"{name}: is {kind_of(value)}; give a finite number{limits}")


def numbers_or_none(least: float = -np.inf, most: float = np.inf, /, **given: Any) -> None:
    """Arguments that have to be finite numbers, where they are given."""
    numbers(least, most, **{name: value for name, value in given.items() if value is not None})


def number_of(value: Any) -> float:
    """A single real number, or NaN for anything else: no text is read as a number.

    Examples
    --------
    >>> number_of(3), number_of("3"), number_of([3])
    (3.0, nan, nan)
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (bool, np.bool_, complex, np.complexfloating, str, bytes)) or not hasattr(value, "__float__"):
        return float("nan")
    if hasattr(value, "__len__") or hasattr(value, "data_vars"):
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def number_or_nan(name: str, value: Any) -> float:
    """An argument that has to be a number; None is NaN: nothing to show."""
    if value is None:
        return float("nan")
    number = number_of(value)
    if np.isnan(number) and not (isinstance(value, (float, np.floating)) and np.isnan(value)):
        raise InputError(f"{name}: is {kind_of(value)}; give a number")
    return number


def names_of(name: str, value: Any, *, some: bool = False) -> list[str]:
    """The ids or names of a list, as text; a single one is a list of one.

    Parameters
    ----------
    name : str
        The argument.
    value : str or iterable of str
    some : bool
        Whether at least one is required.

    Examples
    --------
    >>> names_of("among", "ferry"), names_of("among", [1, "rail"])
    (['ferry'], ['1', 'rail'])
    >>> names_of("among", 3.5)
    Traceback (most recent call last):
    corridors.errors.InputError: among: is 3.5; give names as texts
    """
    if _is_text(value):
        return [as_id(value)]
    if not isinstance(value, Iterable) or isinstance(value, (bytes, pd.DataFrame)) or getattr(value, "ndim", 1) > 1:
        raise InputError(f"{name}: is {kind_of(value)}; give names as texts")
    found = list(value)
    strange = [one for one in found if not _is_text(one) or as_id(one) == ""]
    if strange:
        raise InputError(f"{name}: holds {kind_of(strange[0])}; give names as texts")
    if some and not found:
        raise InputError(f"{name}: is empty; give one name or more")
    return [as_id(one) for one in found]


def known_names(
    name: str, value: Any, known: Iterable[str], what: str, remedy: str, *, some: bool = False
) -> list[str]:
    """The names of a list as they are known, found whatever their case.

    Parameters
    ----------
    name : str
        The argument.
    value : str or iterable of str
    known : iterable of str
        The names there are.
    what : str
        What a name is not where it is unknown: ``"is no node of the network"``.
    remedy : str
        What to give instead; names that are nearly those given are suggested as well.
    some : bool
        Whether at least one is required.

    Raises
    ------
    InputError
        A name that is not known.

    Examples
    --------
    >>> known_names("origins", "Xian", ["xian", "aktau"], "is no node", "give ids")
    ['xian']
    >>> known_names("origins", "aktauu", ["xian", "aktau"], "is no node", "give ids")
    Traceback (most recent call last):
    corridors.errors.InputError: origins: is no node for 1 origin (aktauu); give ids; is it aktau?
    """
    choices = dict.fromkeys(known)
    found = [as_known(one, choices) for one in names_of(name, value, some=some)]
    unknown = [one for one in found if one not in choices]
    if unknown:
        raise InputError(complaint(name, what, unknown, remedy) + nearest(unknown, choices))
    return found


def mappings(**given: Any) -> None:
    """Arguments that have to be mappings, such as a dict or a Series, from names."""
    for name, value in given.items():
        if not isinstance(value, (Mapping, pd.Series)):
            raise InputError(f"{name}: is {kind_of(value)}; give a dict by name")
        strange = [key for key in value.keys() if not _is_text(key)]  # noqa: SIM118 (a Series holds values)
        if strange:
            raise InputError(f"{name}: holds {kind_of(strange[0])} as a name; give a dict by name")


def mappings_or_none(**given: Any) -> None:
    """Arguments that have to be mappings, where they are given."""
    mappings(**{name: value for name, value in given.items() if value is not None})


def table_of(
    name: str,
    value: Any,
    columns: Iterable[str] = (),
    *,
    numbers: Iterable[str] = (),
    source: str = "",
    some: bool = False,
) -> pd.DataFrame:
    """A table that has the columns that are read.

    Parameters
    ----------
    name : str
        The argument.
    value : DataFrame
    columns : iterable of str
        Columns of any kind.
    numbers : iterable of str
        Columns of numbers; NaN or a blank is one that is missing.
    source : str
        What makes such a table.
    some : bool
        Whether at least one row is required.

    Raises
    ------
    InputError
        No table, a column missing or twice, a cell that is no number.

    Examples
    --------
    >>> table_of("table", pd.DataFrame({"loss": ["x"]}), numbers=["loss"], source="n_minus_k")
    Traceback (most recent call last):
    corridors.errors.InputError: table: column loss is no number in 1 row (0); give what n_minus_k gave
    """
    remedy = f"give what {source} gave" if source else "give a DataFrame"
    if not isinstance(value, pd.DataFrame):
        raise InputError(f"{name}: is {kind_of(value)}; {remedy}")
    if value.columns.nlevels > 1:
        raise InputError(f"{name}: column names have {value.columns.nlevels} levels; {remedy}")
    wanted = list(dict.fromkeys([*columns, *numbers]))
    missing = [column for column in wanted if column not in value]
    if missing:
        listing = remedy if source else f"give {', '.join(wanted)}"
        raise InputError(f"{name}: column {listed(missing)} is missing; {listing}")
    twice = value.columns[value.columns.duplicated()]
    if len(twice):
        raise InputError(f"{name}: column {listed(dict.fromkeys(twice))} is there twice; keep one")
    if some and not len(value):
        raise InputError(f"{name}: has no rows; {remedy}")
    for column in numbers:
        _refuse_text(name, value[column], remedy)
    return value


def _refuse_text(name: str, column: pd.Series[Any], remedy: str) -> None:
    """Raise where a cell of a column of numbers is none; NaN and blanks are numbers that are missing."""
    if column.dtype.kind in "iufb":
        return
    cell = pd.to_numeric(column, errors="coerce")
    bad = (cell.isna() & column.notna() & (column != "")).to_numpy()
    if bad.any():
        rows = column.index[bad]
        noun = "row" if len(rows) == 1 else "rows"
        raise InputError(f"{name}: column {column.name} is no number in {len(rows)} {noun} ({listed(rows)}); {remedy}")


def _is_text(value: Any) -> bool:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return isinstance(value, str) or whole or (isinstance(value, (float, np.floating)) and float(value).is_integer())
