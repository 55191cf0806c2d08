"""What the page answers: each choice's loss, who bears it, and the flows that it changes, from sweeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray, IntArray
from corridors.methods.solved import require_solved
from corridors.network import Network
from corridors.scenarios.batch import ATOM, NARROWED, Scenarios
from corridors.studies.criticality import losers
from corridors.sweeping.solve import Sweeps

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
        values = in_grains(flow, unit)
        carried = np.flatnonzero(values)
        return cls(carried, values[carried])


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


class Answers:
    """Solves scenarios of one case, and keeps of each what the page shows.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand.
    base : Dataset
        What `corridors.solve` gave.
    progress : bool
    """

    def __init__(self, network: Network, demand: pd.DataFrame, base: xr.Dataset, *, progress: bool) -> None:
        self.network, self.demand, self.base, self.progress = network, demand, base, progress
        self.unit = Unit.of_flow(float(np.abs(base.flow.to_numpy()).max(initial=0.0)))
        self._now = in_grains(base.flow, self.unit)

    def of(self, changes: Sequence[pd.DataFrame]) -> list[Answer]:
        """The answers to scenarios, each given by its changes, in their order.

        Raises
        ------
        SolverError
            One of them could not be solved.
        """
        if not changes:
            return []
        together = pd.concat([rows.assign(scenario=number) for number, rows in enumerate(changes)], ignore_index=True)
        together = together.fillna(dict.fromkeys(NARROWED, "")).drop_duplicates(["scenario", *ATOM])
        batch = Scenarios([str(number) for number in range(len(changes))], together)
        found: list[Answer] = []
        sweeps = Sweeps(self.network, self.demand, keep=KEEP, progress=self.progress)
        step = max(1, int(KEPT // max(self._now.size, 1)))
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
        names = [str(number) for number in range(len(result.scenario))]
        result = result.assign_coords(scenario=np.array(names, object))
        bear: Any = losers(self.network, self.demand, self.base, result)
        bear = bear.reindex(bear["loss"].abs().sort_values(ascending=False, kind="stable").index)
        borne: dict[str, list[tuple[str, str, float]]] = {name: [] for name in names}
        for (name, end), rows in bear.groupby(["scenario", "end"], sort=False):
            borne[str(name)] += [(str(end), c, v) for c, v in zip(rows.country, rows["loss"], strict=True)][
                :MOST_LOSERS
            ]
        more = (result.loss - self.base.loss).to_numpy(), (result.unmet - self.base.unmet).sum("demand").to_numpy()
        for number, name in enumerate(names):
            after = in_grains(result.flow[number], self.unit)
            differs = np.flatnonzero(after != self._now)
            flows = Flows(differs, after[differs])
            yield Answer(float(more[0][number]), float(more[1][number]), flows, borne[name])


def in_grains(flow: xr.DataArray, unit: Unit) -> IntArray:
    """Flows in whole numbers of the grain, flattened by link, commodity and direction; halves to the even one."""
    values: FloatArray = flow.transpose("link", "commodity", "direction").to_numpy()
    return np.rint(np.round(values.ravel() / unit.grain, NOISE)).astype(np.int64)
