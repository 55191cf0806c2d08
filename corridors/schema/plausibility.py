"""Warnings of numbers that are hardly in the unit that is read, with examples: a wrong unit is no error of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import complaint, warn
from corridors.schema.columns import each

FASTEST = {"rail": 400.0, "road": 150.0, "ship": 100.0, "ferry": 120.0, "barge": 50.0, "pipeline": 150.0, "air": 1200.0}
"""No goods go faster, km/h: gas in a pipeline runs at some 30, freight trains and lorries below 120."""
TOO_SMALL = 100.0
"""The largest row of demand is no more than so many times the largest capacity."""
TOO_LARGE = 1e-4
"""All demand is no less than this share of the smallest capacity."""

SPEEDS = (1.0, 1000.0)
"""Kilometres an hour: a barge upstream and an aeroplane are within."""
CAPACITIES = (10.0, 1e9)
"""Tonnes a year: a lorry a year; ten times the busiest railway of the world carries."""
COSTLIEST = 1e4
"""USD a tonne for a passage: air freight round the world costs less."""


def warn_of_speeds(links: pd.DataFrame, rates: pd.DataFrame) -> None:
    """Warn of rates and links on which goods go faster than anything of the mode does."""
    fast = rates[rates.speed > _fastest(rates["mode"])]
    if len(fast):
        shown = [f"{row.mode}: {row.speed:,.4g} km/h" for row in fast.itertuples(index=False)]
        message = complaint("rates", "speed is out of all range", shown, "give km/h")
        warn(message)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = links.length.to_numpy() / links.time.to_numpy()
    bad = (speed > _fastest(links["mode"])) & (links.time > 0).to_numpy()
    if bad.any():
        rows = zip(links.link_id[bad], links.length[bad], links.time[bad], speed[bad], strict=True)
        shown = [f"{name}: {km:,.4g} km in {hours:,.4g} h, {kmh:,.4g} km/h" for name, km, hours, kmh in rows]
        message = complaint("links", "length by time is out of all range", shown, "give hours and kilometres")
        warn(message)


def _fastest(modes: pd.Series[Any]) -> Any:
    """The limit of each mode, of its first part that has one: ``rail-1520`` is rail, ``gas_pipeline`` a pipeline."""
    return each(modes, lambda mode: next(limit for part, limit in FASTEST.items() if part in mode)).to_numpy(float)


def warn_of_tonnes(links: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Warn where demand and capacities of links are hardly in the same unit, tonnes a year."""
    capacity = links.capacity[links.capacity > 0]
    wanted = rows.volume[rows.volume > 0]
    if capacity.empty or wanted.empty:
        return
    if wanted.max() > TOO_SMALL * capacity.max():
        warn(
            f"links: the largest capacity ({capacity.max():,.6g} t/year) is far below the largest volume of demand "
            f"({wanted.max():,.6g} t/year); give both in tonnes a year (times 1,000 where capacities are in kt)"
        )
    elif wanted.sum() < TOO_LARGE * capacity.min():
        warn(
            f"demand: all volumes together ({wanted.sum():,.6g} t/year) are far below the smallest capacity "
            f"({capacity.min():,.6g} t/year); give both in tonnes a year (times 1,000,000 where volumes are in Mt)"
        )


def warn_of_implausible(links: pd.DataFrame, nodes: pd.DataFrame, transfers: pd.DataFrame) -> None:
    """Warn of speeds, capacities and tariffs of a file that are out of all range; `Network` itself warns of lengths.

    Warns
    -----
    InputWarning
        A line for each column, with examples.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = links.length / links.time
    _warn(links, (speed < SPEEDS[0]) | (speed > SPEEDS[1]), speed, "length and time come to an implausible speed",
          "km/h", "say in which units they are: units={'length': 'mi', 'time': 'min'}")  # fmt: skip
    for table, frame in (("links", links), ("nodes", nodes), ("transfers", transfers)):
        odd = (frame.capacity > 0) & ~frame.capacity.between(*CAPACITIES)
        _warn(frame, odd, frame.capacity, "capacity is implausible", "t/year",
              "say in which unit it is: units={'capacity': 'kt/day'}", table)  # fmt: skip
    _warn(links, links.tariff > COSTLIEST, links.tariff, "tariff is implausible", "USD/t",
          "say in which unit it is: units={'tariff': 'USD/kt'}")  # fmt: skip


def _warn(
    frame: pd.DataFrame,
    odd: pd.Series[bool],
    values: pd.Series[float],
    problem: str,
    unit: str,
    remedy: str,
    table: str = "links",
) -> None:
    if odd.any():
        shown = [f"{name}: {value:.4g} {unit}" for name, value in zip(frame.iloc[:, 0][odd], values[odd], strict=True)]
        warn(complaint(table, problem, shown, remedy))
