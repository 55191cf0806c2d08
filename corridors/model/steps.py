"""Cost steps in a model: a link or transfer has an arc a step, and all classes that a ladder covers share each width.

::

              ┌── step 1, for nothing more ───┐    a class's arcs of step 1, and those of all others that the
    node×mode ┼── step 2, for 2 USD/t more ───┼──► ladder covers, have the first width between them; and so on.
              └── step 3, for 6 USD/t more ───┘    The last step has no end.

Costs rise from step to step, so that an optimum fills the first before the second: the sum of what is carried pays what
the ladder says. The capacity of the link or transfer counts all of its arcs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.network import Network
from corridors.schema.cost_steps import ladders, origins_named
from corridors.schema.definitions import DIRECTIONS


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of all ladders of a network, those of a ladder one after another.

    Parameters
    ----------
    covered : DataFrame
        A row a ladder: ``table`` (``links`` or ``transfers``), ``row`` (of that table), ``id``, ``commodities`` and
        ``direction`` as `ladders` gives them, and ``origins`` (a set of nodes and zones; empty for all).
    first, count : (M,) int
        The first step of each ladder, and how many it has.
    ladder, order : (N,) int
        The ladder of each step, and its place there, from 0.
    row : (N,) int
        The row of the table `cost_steps`; -1 for what stands before the first load that a ladder gives.
    load, width, extra_cost : (N,) float
        t/year from which the step holds, t/year (inf: no end) and USD/t.
    """

    covered: pd.DataFrame
    first: IntArray
    count: IntArray
    ladder: IntArray
    order: IntArray
    row: IntArray
    load: FloatArray
    width: FloatArray
    extra_cost: FloatArray

    @cached_property
    def _covers(self) -> list[tuple[Any, ...]]:
        """The rows of `covered`."""
        return list(self.covered.itertuples(index=False, name=None))

    @cached_property
    def _of_origin(self) -> dict[str, list[int]]:
        """The ladders that are for some origins only, by each of these."""
        found: dict[str, list[int]] = {}
        for number, (*_, origins, _) in enumerate(self._covers):
            for origin in origins:
                found.setdefault(origin, []).append(number)
        return found

    @cached_property
    def _of_goods(self) -> dict[str, tuple[int, ...]]:
        """Those of the others that some goods meet, as far as they were asked for."""
        return {}

    def met(self, commodity: str, origin: str) -> tuple[int, ...]:
        """The ladders that a class meets, on all links and transfers."""
        if commodity not in self._of_goods:
            self._of_goods[commodity] = tuple(
                number
                for number, (*_, goods, origins, _) in enumerate(self._covers)
                if not origins and (not goods or commodity in goods)
            )
        own = [n for n in self._of_origin.get(origin, ()) if not (goods := self._covers[n][3]) or commodity in goods]
        return tuple(sorted([*self._of_goods[commodity], *own])) if own else self._of_goods[commodity]

    def ladders_on(self, table: str, rows: int, met: tuple[int, ...]) -> IntArray:
        """Which of some ladders is on each link or transfer and direction, (rows, 2); -1 for none."""
        found = np.full((rows, 2), -1, np.int64)
        for number in met:
            of, row, _, _, _, direction = self._covers[number]
            if of == table:
                found[row, DIRECTIONS.index(direction) if direction else slice(None)] = number
        return found

    def ladder_of(self, table: str, rows: int, commodity: str, origin: str) -> IntArray:
        """The ladder that a class meets on each link or transfer and direction, (rows, 2); -1 for none."""
        return self.ladders_on(table, rows, self.met(commodity, origin))

    def named(self, steps: IntArray) -> list[str]:
        """What some steps are called in errors: ``cost_steps:dostyk``."""
        return [f"cost_steps:{name}" for name in self.covered.id.to_numpy()[self.ladder[steps]]]


def costs_when_empty(network: Network, table: str, commodity: str) -> FloatArray:
    """What cost steps add for the first tonne of a commodity, (rows, 2 directions) USD/t, whatever its origin.

    Steps that hold for some origins only are left out.
    """
    rows = len(network.links if table == "links" else network.transfers)
    if not len(network.cost_steps):
        return np.zeros((rows, 2))
    steps = steps_of(network)
    ladder = steps.ladder_of(table, rows, commodity, "")
    extra = np.zeros((rows, 2))
    extra[ladder >= 0] = steps.extra_cost[steps.first[ladder[ladder >= 0]]]
    return extra


def steps_of(network: Network) -> Steps:
    """The cost steps of a network, laid out."""
    table = ladders(network.cost_steps)
    named = origins_named(network.cost_steps, network.nodes, network.zones)
    first = np.flatnonzero(~table.ladder.duplicated().to_numpy())
    one = table.iloc[first]
    on_link = (one.link_id != "").to_numpy(bool)
    of_link = pd.Series(network.links.index, index=network.links.link_id).reindex(one.link_id)
    of_transfer = pd.Series(network.transfers.index, index=network.transfers.transfer_id).reindex(one.transfer_id)
    covered = pd.DataFrame(
        {
            "table": np.where(on_link, "links", "transfers"),
            "row": np.where(on_link, of_link, of_transfer).astype(np.int64),
            "id": np.where(on_link, one.link_id, one.transfer_id),
            "commodities": one.commodities.to_numpy(),
            "origins": [frozenset().union(*(named[name] for name in names)) for names in one.origins],
            "direction": one.direction.to_numpy(),
        }
    )
    count = np.diff(first, append=len(table))
    ladder = np.repeat(np.arange(len(first)), count)
    order = np.arange(len(table)) - np.repeat(first, count)
    numbers = (table[name].to_numpy(float) for name in ("load", "width", "extra_cost"))
    return Steps(covered, first, count, ladder, order, table.row.to_numpy(np.int64), *numbers)
