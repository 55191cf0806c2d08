"""What the page answers: each choice's loss, who bears it, and the flows that it changes, from sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray, IntArray
from corridors.edits.selection import end_countries
from corridors.methods.solved import require_solved
from corridors.model.units import units_in
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline
from corridors.scenarios.sources import Listed
from corridors.sweeping.solve import Sweeps, sweep_all

KEEP = ("flow", "row_cost")
"""What a sweep must keep for answers."""
KEPT = 40e6 / 8
"""Numbers of flow that one part of a sweep may keep."""
MOST_LOSERS = 8
"""Countries whose loss is kept, among origins and among destinations."""

NOISE = 6
"""Decimals of a grain that are kept before it is rounded: beyond them half a grain is noise of the last digits."""


@dataclass(frozen=True)
class Unit:
    """What numbers are shown in: `per` of it are one in the tables, and whole numbers of `grain` are kept.

    Examples
    --------
    >>> Unit.of_flow(70e6)
    Unit(name='Mt', per=1000000.0, grain=1000.0)
    >>> Unit.of_money(26148.0).name
    'thousand USD'
    """

    name: str
    per: float
    grain: float

    @classmethod
    def of_flow(cls, most: float) -> Unit:
        """The unit of flows, t/year, of which the largest is given."""
        name, per = next((u, p) for u, p in (("Mt", 1e6), ("kt", 1e3), ("t", 1.0)) if most >= p or p == 1.0)
        return cls(name, per, per / 1e3)

    @classmethod
    def of_money(cls, most: float) -> Unit:
        """The unit of losses, USD/year, of which the largest is given."""
        names = (("million USD", 1e6), ("thousand USD", 1e3), ("USD", 1.0))
        name, per = next((u, p) for u, p in names if most >= 10 * p or p == 1.0)
        return cls(name, per, per / 1e2)

    def last_digit(self, amount: float) -> float:
        """What one more in the last digit of an amount of money is, as the page shows it: three figures and more.

        >>> unit = Unit.of_money(26e9)
        >>> [unit.last_digit(usd) for usd in (150e6, -15e6, 1.5e6)]
        [1000000.0, 100000.0, 10000.0]
        """
        shown = abs(amount) / self.per
        return self.per / (1.0 if shown >= 100 else 10.0 if shown >= 10 else 100.0)

    def as_told(self) -> dict[str, Any]:
        """As the page's script takes it."""
        return {"name": self.name, "per": self.per, "grain": self.grain}


@dataclass(frozen=True)
class Flows:
    """Flows in whole numbers of a unit's grain, by place in ``link x commodity x direction`` flattened.

    Parameters
    ----------
    place : (n,) int
    value : (n,) int
    """

    place: IntArray
    value: IntArray

    @classmethod
    def of(cls, flow: xr.DataArray, unit: Unit) -> Flows:
        """The flows that are not zero, t/year by link, commodity and direction."""
        values = in_grains(_by_commodity(flow), unit)
        carried = np.flatnonzero(values)
        return cls(carried, values[carried])

    def as_told(self) -> dict[str, list[int]]:
        """As the page's script takes it: places as differences, which are small numbers, and values."""
        return {"place": np.diff(self.place, prepend=0).tolist(), "value": self.value.tolist()}


@dataclass(frozen=True)
class Answer:
    """What one scenario does, compared with the base.

    Parameters
    ----------
    loss, unmet : float
        USD/year and t/year more than in the base.
    flows : Flows
        The flows that differ, as they are in the scenario.
    losers : list
        ``(end, country, USD/year)``, those who lose or gain most first.
    """

    loss: float
    unmet: float
    flows: Flows
    losers: list[tuple[str, str, float]]


class Comparison:
    """What the page shows of scenarios of one case, from their optima.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand, whose values no scenario changes.
    base : Dataset
        What `corridors.solve` gave.
    """

    def __init__(self, network: Network, demand: pd.DataFrame, base: xr.Dataset) -> None:
        self.base = base
        self.unit = Unit.of_flow(float(np.abs(base.flow.to_numpy()).max(initial=0.0)))
        self._flow = _by_commodity(base.flow).ravel()
        self._now = in_grains(self._flow, self.unit)
        self._loss, self._unmet = float(base.loss), base.unmet.to_numpy()
        self._value, self._least = demand.value.to_numpy(float), units_in(base).dollar
        self._borne = base.row_cost.to_numpy() + self._value * self._unmet
        self._ends = [
            (end, *np.unique(end_countries(network, demand, end).to_numpy(str), return_inverse=True))
            for end in ("origin", "destination")
        ]

    @property
    def size(self) -> int:
        """How many flows there are."""
        return len(self._now)

    def answer(self, loss: float, unmet: FloatArray, row_cost: FloatArray, flow: FloatArray) -> Answer:
        """What a scenario does.

        Parameters
        ----------
        loss : float
            USD/year.
        unmet, row_cost : (D,) float
            By demand row, t/year and USD/year.
        flow : (links, 2, commodities) float
            t/year.
        """
        flows = flow.swapaxes(1, 2).ravel()
        changed = np.flatnonzero(flows != self._flow)  # a few of all, and the others are the same in whole grains
        after = in_grains(flows[changed], self.unit)
        differs = after != self._now[changed]
        more = row_cost + self._value * unmet - self._borne
        return Answer(
            float(loss - self._loss),
            float((unmet - self._unmet).sum()),
            Flows(changed[differs], after[differs]),
            [loser for end, names, of_row in self._ends for loser in self._losers(end, names, of_row, more)],
        )

    def _losers(self, end: str, names: Any, of_row: IntArray, loss: FloatArray) -> Iterator[tuple[str, str, float]]:
        """Countries that lose or gain at one end of the goods' routes, those of the most first."""
        borne = np.bincount(of_row, loss, len(names))
        order = np.argsort(-np.abs(borne), kind="stable")[:MOST_LOSERS]
        return ((end, str(names[i]), float(borne[i])) for i in order if abs(borne[i]) >= self._least)


class Answers:
    """Solves scenarios of one case, and keeps of each what the page shows.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand.
    base : Dataset
        What `comparable` gave.
    progress : bool
    """

    def __init__(self, network: Network, demand: pd.DataFrame, base: xr.Dataset, *, progress: bool) -> None:
        self.network, self.demand, self.base, self.progress = network, demand, base, progress
        self.compared = Comparison(network, demand, base)

    def of(self, batch: Scenarios, *, grouped: bool = True) -> list[Answer]:
        """The answers to scenarios, in their order.

        Parameters
        ----------
        batch : Scenarios
        grouped : bool
            As for `corridors.sweeping.job.Job`.

        Raises
        ------
        SolverError
            One of them could not be solved.
        """
        sweeps = Sweeps(self.network, self.demand, keep=KEEP, progress=self.progress, grouped=grouped)
        found: list[Answer] = []
        step = max(1, int(KEPT // max(self.compared.size, 1)))
        for first in range(0, len(batch), step):
            found += self.in_sweep(sweeps(batch.take(range(first, min(first + step, len(batch))))))
        return found

    def in_sweep(self, result: xr.Dataset) -> Iterator[Answer]:
        """The answers to the scenarios of a sweep of this case that kept `KEEP`, in their order.

        Raises
        ------
        SolverError
            One of them could not be solved.
        """
        require_solved("write_page", result.loss.to_numpy())
        columns = (result[name].to_numpy() for name in ("loss", "unmet", "row_cost", "flow"))
        return (self.compared.answer(*row) for row in zip(*columns, strict=True))


def comparable(network: Network, demand: pd.DataFrame, base: xr.Dataset) -> xr.Dataset:
    """A solved base with the row costs of a sweep.

    Rows of a class share its flow: what each pays is comparable where one method divides it.
    """
    swept = sweep_all(network, demand, baseline(), keep=["row_cost"], progress=False)
    return base.assign(row_cost=swept.row_cost.isel(scenario=0, drop=True))


def pairs_in(batch: Scenarios, pairs: Iterable[tuple[int, int]]) -> Scenarios:
    """Pairs of a batch's scenarios, by number; what both change is changed once."""
    block = batch.block(0, len(batch))
    entries = [np.zeros(0, np.int64)]
    for pair in pairs:
        both = np.concatenate([np.arange(block.start[i], block.start[i + 1]) for i in pair])
        entries.append(both[np.sort(np.unique(block.atom[both], return_index=True)[1])])
    start, chosen = np.cumsum([len(part) for part in entries]), np.concatenate(entries)
    labels = [str(number) for number in range(len(entries) - 1)]
    return batch.over(Listed(start, block.atom[chosen], block.value[chosen], labels, np.ones(len(labels))))


def in_grains(flow: FloatArray, unit: Unit) -> IntArray:
    """Flows, t/year, in whole numbers of the grain, in one row; halves to the even one."""
    return np.rint(np.round(flow.ravel() / unit.grain, NOISE)).astype(np.int64)


def _by_commodity(flow: xr.DataArray) -> FloatArray:
    values: FloatArray = flow.transpose("link", "commodity", "direction").to_numpy()
    return values
