"""The errors of the library, all under one root, and the checks of an argument that many share.

::

    CorridorsError
    ├── InputError (ValueError)      a table, an array or an argument can't be used as it is
    │   └── RangeError (OverflowError)   the numbers would leave 64-bit integers; found before anything is solved
    └── SolverError (RuntimeError)   a solver gave no answer that could be certified

    InputWarning (UserWarning)       a table can be used, but probably not as it was meant
"""

from __future__ import annotations

import operator
import sys
import warnings
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

SHOWN = 5
"""How many ids a message lists before it says how many more there are."""


class CorridorsError(Exception):
    """The root of all errors that this library raises on purpose.

    Examples
    --------
    >>> import corridors as cd
    >>> issubclass(cd.InputError, cd.CorridorsError), issubclass(cd.SolverError, cd.CorridorsError)
    (True, True)
    """


class InputError(CorridorsError, ValueError):
    """Input that can't be used: says which table, which ids, which column, how many, and what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> try:
    ...     cd.Network(pd.DataFrame({"node_id": ["a", "a"]}), pd.DataFrame())
    ... except cd.InputError as error:
    ...     print(error)
    nodes: node_id is there twice for 1 node (a); give every row an id of its own
    """


class RangeError(InputError, OverflowError):
    """Numbers whose sums or products would leave 64-bit integers.

    Examples
    --------
    >>> import corridors as cd
    >>> try:
    ...     cd.min_cost_flow(cd.Problem(tail=[0], head=[1], capacity=[1], cost=[2**62], supply=[1, -1]))
    ... except cd.RangeError as error:
    ...     print(type(error).__name__, "is an OverflowError:", isinstance(error, OverflowError))
    RangeError is an OverflowError: True
    """


class InputWarning(UserWarning):
    """Input that can be used, but that probably does not say what was meant.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["rail", "ferry"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"],
    ...                       "mode": ["rail", "ferry"]})
    >>> with warnings.catch_warnings():  # to refuse what is doubtful
    ...     warnings.simplefilter("error", cd.InputWarning)
    ...     try:
    ...         _ = cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), links)
    ...     except cd.InputWarning as warning:
    ...         print(str(warning)[:25])
    transfers: there are none
    """


class SolverError(CorridorsError, RuntimeError):
    """A solver stopped without an answer that could be certified.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0], head=[1], capacity=[3], cost=[2], supply=[1, -1])
    >>> result = cd.min_cost_flow(problem)
    >>> try:
    ...     cd.check(problem, replace(result, cost=5))  # the proof does not hold for another cost
    ... except cd.SolverError as error:
    ...     print(error)
    check: the flow costs 2, not 5; the result can't be trusted
    """


def warn(message: str) -> None:
    """Warn of what was given, at the line that gave it: the nearest one outside of this library."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "corridors":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, InputWarning, stacklevel=level)


def listed(ids: Iterable[object]) -> str:
    """The first few ids, and how many more there are.

    Examples
    --------
    >>> listed(["aktau-baku", "baku-poti"])
    'aktau-baku, baku-poti'
    >>> listed(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    every = [str(i) for i in ids]
    shown = ", ".join(every[:SHOWN])
    return shown if len(every) <= SHOWN else f"{shown} and {len(every) - SHOWN} more"


def complaint(table: str, problem: str, ids: Iterable[object], remedy: str) -> str:
    """One sentence about rows of a table: what is wrong, how many, which, and what to do.

    Examples
    --------
    >>> complaint("links", "capacity is negative", ["aktau-baku", "baku-poti"], "give tonnes per year >= 0")
    'links: capacity is negative for 2 links (aktau-baku, baku-poti); give tonnes per year >= 0'
    """
    every = list(ids)
    one, more = {"commodities": ("commodity", table), "demand": ("row", "rows")}.get(
        table, (table.removesuffix("s"), table)
    )
    noun = one if len(every) == 1 else more
    return f"{table}: {problem} for {len(every)} {noun} ({listed(every)}); {remedy}"


def nearest(
    names: Iterable[object], known: Iterable[object], words: Mapping[str, str] | None = None, most: int = 3
) -> str:
    """What the names that are not known may mean, as the end of a message; blank where nothing is near.

    A name is near another that holds it, or that differs in few letters, whatever the case. `words` are others for
    what is known, such as the names of countries that are known by two letters.

    Examples
    --------
    >>> nearest(["oil"], ["crude_oil", "oil_products", "coal"])
    '; is it crude_oil or oil_products?'
    >>> nearest(["Khorgoz"], ["khorgos_cn", "aktau"]), nearest(["tea"], ["coal"])
    ('; is it khorgos_cn?', '')
    >>> nearest(["Rusia"], ["KZ", "RU"], {"Kazakhstan": "KZ", "Russia": "RU"})
    '; is it RU (Russia)?'
    """
    choices = [str(name) for name in known]
    plain = {_plain(word): f"{name} ({word})" for word, name in (words or {}).items() if name in choices}
    for choice in choices:
        plain.setdefault(_plain(choice), choice)
    found: list[str] = []
    for name in map(_plain, names):
        holding = [key for key in plain if len(name) > 2 and (name in key or (len(key) > 2 and key in name))]
        starts = {key[: len(name)]: key for key in reversed(plain) if name}
        close = [starts.get(key, key) for key in get_close_matches(name, {**starts, **dict.fromkeys(plain)}, most, 0.7)]
        found += [plain[key] for key in [*sorted(holding, key=len), *close]][:most]
    shown = list(dict.fromkeys(found))[:most]
    return f"; is it {' or '.join(shown)}?" if shown else ""


def _plain(name: object) -> str:
    """A name's letters and digits, in small letters."""
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def kind_of(value: Any) -> str:
    """What a value is, in few words, for messages.

    Examples
    --------
    >>> kind_of(None), kind_of(2.5), kind_of([1]), kind_of("ferry")
    ('None', '2.5', 'a list', "the text 'ferry'")
    """
    if value is None or isinstance(value, (bool, int, float, complex)):
        return repr(value)
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIO' else 'a'} {kind}"


def whole(what: str, value: Any, least: int = 0, most: int | None = None) -> int:
    """An argument that has to be a whole number, from `least` on, and to `most` where there is one.

    Raises
    ------
    InputError
        Something else.

    Examples
    --------
    >>> whole("sample: n", 3.0, 1)
    3
    >>> whole("sample: n", 1.5, 1)
    Traceback (most recent call last):
    corridors.errors.InputError: sample: n=1.5 does not fit; give 1 or more, a whole number
    """
    try:
        number = operator.index(int(value) if isinstance(value, float) and value.is_integer() else value)
    except (TypeError, ValueError):
        number = least - 1
    if number < least or (most is not None and number > most):
        some = f"{least} or more" if most is None else f"{least} to {most}"
        given = repr(value) if isinstance(value, (int, float, complex, str, type(None))) else kind_of(value)
        raise InputError(f"{what}={given} does not fit; give {some}, a whole number")
    return number


def a_number(value: Any) -> float:
    """A value as a number; NaN where it is none, so that a check of its range refuses it.

    Examples
    --------
    >>> a_number("0.5"), a_number("x"), a_number(None)
    (0.5, nan, nan)
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return float("nan")
