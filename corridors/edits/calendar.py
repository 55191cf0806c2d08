"""The periods of a year: their names, where they begin and end, and what part of a year's total each has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, complaint, nearest, whole
from corridors.schema.columns import as_id, matching, split
from corridors.schema.seasons import DAYS, HOURS, daily

MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of the months."""
WEEKS = 52
"""Weeks of a year, of equal length: a day longer than the calendar's in all."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """The periods of a year, in their order.

    Parameters
    ----------
    names : tuple of str
        ``01`` to ``12`` for months.
    start, end : (P,) float
        Days from 1 January; a year that begins elsewhere goes past 365.

    Examples
    --------
    >>> months = calendar_of("months")
    >>> months.names[2], months.days[:3].tolist()
    ('03', [31.0, 28.0, 31.0])
    >>> calendar_of("months", first="12").names[:2]
    ('12', '01')
    """

    names: tuple[str, ...]
    start: FloatArray
    end: FloatArray

    def __len__(self) -> int:
        return len(self.names)

    @property
    def days(self) -> FloatArray:
        """How long each is, (P,)."""
        return self.end - self.start

    @property
    def hours(self) -> FloatArray:
        """How long each is, (P,) h."""
        return HOURS * self.days

    def shares(self, factor: FloatArray | None = None) -> FloatArray:
        """The part of a year's total that each period has, (P,), by what each day of the year has (1: all alike)."""
        if factor is None:
            return self.days / DAYS
        total = np.concatenate([[0.0], np.cumsum(np.tile(factor, 2))])
        at = np.arange(len(total))
        found: FloatArray = (np.interp(self.end, at, total) - np.interp(self.start, at, total)) / DAYS
        return found


def calendar_of(into: str | int, first: str | None = None) -> Calendar:
    """The periods that a year is cut into.

    Parameters
    ----------
    into : str or int
        ``months``, ``weeks``, or a number of equal parts.
    first : str, optional
        The name of the period with which the year begins.

    Raises
    ------
    InputError
        No such periods, or no period of that name.
    """
    if isinstance(into, str) and into == "months":
        edges = np.array([0.0, *accumulate(MONTHS)])
    else:
        parts = WEEKS if isinstance(into, str) and into == "weeks" else _parts(into)
        edges = DAYS * np.arange(parts + 1) / parts
    count = len(edges) - 1
    digits = max(2, len(str(count)))
    names = [f"{number:0{digits}}" for number in range(1, count + 1)]
    begin = 0 if first is None else _place(as_id(first), names)
    later = np.arange(begin, begin + count)
    past = DAYS * (later >= count)
    return Calendar(
        tuple(names[at % count] for at in later), edges[later % count] + past, edges[later % count + 1] + past
    )


def _parts(into: object) -> int:
    if isinstance(into, str):
        near = nearest([into], ["months", "weeks"])
        raise InputError(f"into: {into!r} is unknown; give months, weeks, or how many equal parts{near}")
    return whole("into", into, 1, 366)


def _place(first: str, names: list[str]) -> int:
    name = first.zfill(len(names[0]))
    if name not in names:
        raise InputError(f"first: there is no period {first!r}; give one of {names[0]} to {names[-1]}")
    return names.index(name)


def seasonal_shares(
    calendar: Calendar, seasons: pd.DataFrame, table: str, ids: pd.Series[str], commodity: pd.Series[str] | None = None
) -> FloatArray:
    """The part of a year's total that each row of a table has in each period, (rows, P).

    Parameters
    ----------
    calendar : Calendar
    seasons : DataFrame
        The table `seasons`, checked.
    table : str
        Whose rows.
    ids : Series
        What seasons call the rows.
    commodity : Series, optional
        The commodity of each row, of demand and supply.

    Raises
    ------
    InputError
        An id that the table does not have; blank ids of a table whose rows have no commodity.
    """
    found = np.tile(calendar.shares(), (len(ids), 1))
    rows = seasons[seasons.table == table]
    if rows.empty:
        return found
    number: dict[str, list[int]] = {}
    for place, name in enumerate(ids):
        number.setdefault(name, []).append(place)
    of: dict[int, list[int]] = {}
    for place, row in enumerate(rows.itertuples(index=False)):
        if not row.ids and commodity is None:
            raise InputError(complaint("seasons", "ids is blank", [row.season_id], f"give ids of {table}"))
        names = _meant(row.season_id, table, split(row.ids), number) if row.ids else list(number)
        goods = split(row.commodities)
        for at in (at for name in names for at in number[name]):
            if commodity is None or not goods or commodity.iloc[at] in goods:
                of.setdefault(at, []).append(place)
    known: dict[tuple[int, ...], FloatArray] = {}
    for at, places in of.items():
        key = tuple(places)
        if key not in known:
            known[key] = calendar.shares(daily(rows.iloc[places]))
        found[at] = known[key]
    return found


def _meant(season: str, table: str, names: tuple[str, ...], known: Iterable[str]) -> list[str]:
    meant = matching(known, list(names))
    if none := [name for name, ids in meant.items() if not ids]:
        where = "nodes where goods start" if table == "supply" else table
        remedy = f"give ids of {where}, * for any letters{nearest(none, known)}"
        raise InputError(complaint("seasons", f"ids of {season} are not in {where}", none, remedy))
    return list(dict.fromkeys(name for ids in meant.values() for name in ids))
