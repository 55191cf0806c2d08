"""Numbers that can hardly be meant: warned of with examples, as a wrong unit is no error that a table shows."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from corridors.errors import InputWarning, complaint
from corridors.network import Network

SPEEDS = (1.0, 1000.0)
"""Kilometres an hour: a barge upstream and an aeroplane are within."""
CAPACITIES = (10.0, 1e9)
"""Tonnes a year: a lorry a year; ten times the busiest railway of the world carries."""
COSTLIEST = 1e4
"""USD a tonne for a passage: air freight round the world costs less."""


def warn_of_implausible(network: Network) -> None:
    """Warn of speeds, capacities and tariffs out of all range; `Network` itself warns of lengths.

    Warns
    -----
    InputWarning
        A line for each column, with examples.
    """
    links, nodes = network.links, network.nodes
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = links.length / links.time
    _warn(links, (speed < SPEEDS[0]) | (speed > SPEEDS[1]), speed, "length and time come to an implausible speed",
          "km/h", "say in which units they are: units={'length': 'mi', 'time': 'min'}")  # fmt: skip
    for table, frame in (("links", links), ("nodes", nodes), ("transfers", network.transfers)):
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
        warnings.warn(complaint(table, problem, shown, remedy), InputWarning, stacklevel=4)
