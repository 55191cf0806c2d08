"""Cost steps in a model: a link has an arc a step, and all classes that a ladder covers share the width of each step.

::

              ┌── step 1, for nothing more ───┐    a class's arcs of step 1, and those of all others that the
    node×mode ┼── step 2, for 2 USD/t more ───┼──► ladder covers, have the first width between them; and so on.
              └── step 3, for 6 USD/t more ───┘    The last step has no end.

Costs rise from step to step, so that an optimum fills the first before the second: the sum of what is carried pays what
the ladder says. The link's own capacity counts all of its arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.network import Network
from corridors.schema.cost_steps import ladders
from corridors.schema.definitions import DIRECTIONS


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of all ladders of a network, those of a ladder one after another.

    Parameters
    ----------
    covered : DataFrame
        A row a ladder: ``row`` (of its link), ``commodities, origin, direction`` as `ladders` gives them.
    first, count : (M,) int
        The first step of each ladder, and how many it has.
    order : (N,) int
        The place of each step in its ladder, from 0.
    width, extra_cost : (N,) float
        t/year (inf: no end) and USD/t.
    """

    covered: pd.DataFrame
    first: IntArray
    count: IntArray
    order: IntArray
    width: FloatArray
    extra_cost: FloatArray

    def ladder_of(self, links: int, commodity: str, origin: str) -> IntArray:
        """The ladder that a class meets on each link and direction, (links, 2); -1 for none."""
        found = np.full((links, 2), -1, np.int64)
        for number, (row, goods, start, direction) in enumerate(self.covered.itertuples(index=False)):
            if (not goods or commodity in goods) and start in ("", origin):
                found[row, DIRECTIONS.index(direction) if direction else slice(None)] = number
        return found

    def named(self, steps: IntArray, links: pd.Series[str]) -> list[str]:
        """What some steps are called in errors: ``cost_steps:dostyk``."""
        rows = self.covered.row.to_numpy(np.int64)[np.searchsorted(self.first, steps, side="right") - 1]
        return [f"cost_steps:{name}" for name in links.iloc[rows]]


def costs_when_empty(network: Network, commodity: str) -> FloatArray:
    """What cost steps add for the first tonne of a commodity, (links, 2 directions) USD/t, whatever its origin.

    Steps that hold for one origin only are left out.
    """
    steps, links = steps_of(network), len(network.links)
    ladder = steps.ladder_of(links, commodity, "")
    extra = np.zeros((links, 2))
    extra[ladder >= 0] = steps.extra_cost[steps.first[ladder[ladder >= 0]]]
    return extra


def steps_of(network: Network) -> Steps:
    """The cost steps of a network, laid out."""
    table = ladders(network.cost_steps)
    first = np.flatnonzero(~table.ladder.duplicated().to_numpy())
    covered = table.iloc[first][["commodities", "origin", "direction"]].reset_index(drop=True)
    row = pd.Series(network.links.index, index=network.links.link_id)
    covered.insert(0, "row", row.reindex(table.link_id.iloc[first]).to_numpy())
    count = np.diff(first, append=len(table))
    order = np.arange(len(table)) - np.repeat(first, count)
    width, extra_cost = table.width.to_numpy(float), table.extra_cost.to_numpy(float)
    return Steps(covered, first, count, order, width, extra_cost)
