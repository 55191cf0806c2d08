"""What differs by season, and what is stored: the columns of the tables that `corridors.periods` takes, and their days.

A row of seasons multiplies what something has a day, from one day of the year to another, by a factor; rows of one
thing that overlap multiply each other. Where the total of the year is to stay (a canal's tonnes are those of its open
months), the factors are those of a day next to the others, and all are scaled alike.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.schema.definitions import MODES, Column, origin_of_a_row

SEASONAL = ("links", "transfers", "nodes", "zones", "fleets", "demand", "supply")
"""What a season may be of: capacities, a zone's member limits, volumes wanted, or what comes to its origin."""
DAYS = 365
"""Days of a year; the 29th of February is the 28th."""
HOURS = 24.0

PERIOD_TABLES: dict[str, tuple[Column, ...]] = {
    "seasons": (
        Column("season_id", "text", "name of the season, of one row or more", required=True),
        Column("table", "text", "what has the season", required=True, allowed=SEASONAL),
        Column("ids", "list", "ids there, * for any letters; of demand and supply blank means all", default=""),
        Column("commodities", "list", "of demand and supply, whose; blank means all", default=""),
        Column("start", "text", "first day, month-day", required=True),
        Column("end", "text", "last day, month-day; before the first where the new year lies between", required=True),
        Column("factor", "number", "what a day has, next to any other day", "1", required=True, low=0),
        Column("keeps_total", "flag", "whether the total of the year stays, on the days that are left", default=False),
        *origin_of_a_row(),
    ),
    "storages": (
        Column("storage_id", "id", "name of the silo, tank farm, yard or anchorage", required=True),
        Column("node_id", "id", "where it is", required=True, refers="nodes.node_id"),
        Column("modes", "list", "the modes from which goods go in, and to which they return", required=True,
               allowed=MODES),
        Column("commodities", "list", "the commodities it takes; blank means all that take the mode", default=""),
        Column("capacity", "number", "what it holds at a time; missing means unlimited", "t", low=0),
        Column("throughput", "number", "what can go in, and what out; missing means unlimited", "t/year", low=0),
        Column("handling", "number", "cost of going in and out", "USD/t", default=0.0, low=0),
        Column("cost", "number", "cost of a year in it, the value of the goods' time apart", "USD/t", default=0.0,
               low=0),
        Column("stock", "number", "the most that is in it when the year begins, and again when it ends; missing means "
               "what it holds", "t", low=0),
        Column("name", "text", "name for people", default=""),
        *origin_of_a_row(),
    ),
}  # fmt: skip
"""The columns of the tables of `corridors.periods` that a network does not have."""


def day_numbers(seasons: pd.DataFrame, column: str) -> IntArray:
    """The days of a column of month-days, from 0 (1 January) to 364.

    Raises
    ------
    InputError
        A cell that is no month and day.

    Examples
    --------
    >>> day_numbers(pd.DataFrame({"season_id": ["ice", "ice"], "start": ["12-01", "02-29"]}), "start")
    array([334,  58])
    """
    found = [_day(cell) for cell in seasons[column]]
    bad = [f"{name}: {cell}" for name, cell, day in zip(seasons.season_id, seasons[column], found, strict=True)
           if day is None]  # fmt: skip
    if bad:
        raise InputError(complaint("seasons", f"{column} is no day", bad, "give month-day, such as 03-31"))
    return np.array(found, np.int64)


def _day(cell: str) -> int | None:
    month, _, day = cell.partition("-")
    try:
        of_month = min(int(day), 28) if (int(month), int(day)) == (2, 29) else int(day)
        return date(2001, int(month), of_month).timetuple().tm_yday - 1
    except ValueError:
        return None


def daily(seasons: pd.DataFrame) -> FloatArray:
    """What each day of a year has, (365,), by rows of seasons of one thing; their mean is 1 where the total stays.

    Raises
    ------
    InputError
        No day is left, while the total is to stay.

    Examples
    --------
    >>> ice = pd.DataFrame({"season_id": ["ice"], "start": ["12-01"], "end": ["03-31"], "factor": [0.0],
    ...                     "keeps_total": [True]})
    >>> daily(ice)[[0, 89, 90, 333, 334]].round(3)
    array([0.   , 0.   , 1.496, 1.496, 0.   ])
    """
    factor = np.ones(DAYS)
    first, last = day_numbers(seasons, "start"), day_numbers(seasons, "end")
    for start, end, by in zip(first, last, seasons.factor, strict=True):
        day = np.arange(DAYS)
        within = (day >= start) & (day <= end) if start <= end else (day >= start) | (day <= end)
        factor[within] *= by
    if seasons.keeps_total.any():
        if not factor.sum():
            problem, remedy = "no day of the year is left", "give a factor above 0 on some days"
            raise InputError(complaint("seasons", problem, seasons.season_id.unique(), remedy))
        factor *= DAYS / factor.sum()
    return factor
