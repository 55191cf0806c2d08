"""Closures settled by the flow's support: what nobody uses can close for free.

If the optimum with some groups closed uses no link of another group, that group closes at no further loss: the same
flow is still there, and no other is better than it was. So a set of closures is solved only when each of them, taken in
some order, closes something that was in use; every other set has the loss of one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corridors.errors import SolverError
from corridors.kernels.types import FloatArray, IntArray
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.groups import Groups
from corridors.scenarios.make import closing
from corridors.scenarios.sources import Listed
from corridors.sweeps import sweep

CHUNK = 512
"""Sets in one sweep: their flows are in memory at once."""
IN_USE = 1e-3
"""Flow from which a link is in use, t/year. A trickle too many costs a solve, one too few a wrong answer."""


@dataclass
class Known:
    """What closing one set of groups leads to.

    Parameters
    ----------
    loss : float
        USD/year.
    unmet : float
        t/year.
    used : int
        Groups in use, bit i for group i.
    at_stake : (G,) float
        By group, the value of what goes over its links, USD/year: no less than what closing it can add.
    """

    loss: float
    unmet: float
    used: int
    at_stake: Any


@dataclass
class Support:
    """Sets of closures of one network, and what is known of them. A set is a whole number with a bit a group.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked rows.
    groups : dict
        What closes together, by name, as `corridors.scenarios.groups.closures` gives it.
    progress : bool
    """

    network: Network
    demand: Any
    groups: Groups
    progress: bool = True
    known: dict[int, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = list(self.groups)
        self.atoms, self.numbered = closing(self.groups)
        row = {i: k for k, i in enumerate(self.network.links.link_id)}
        self.member = np.zeros((len(self.names), len(row)), bool)
        for group, items in enumerate(self.groups.values()):
            self.member[group, [row[i] for table, i in items if table == "links"]] = True
        rows, price = self.demand, self.network.zones.price
        # A tonne that a zone pays a premium for loses that as well.
        premium = 2 * max(0.0, -float(price.min())) if len(price) else 0.0
        value = rows.assign(name=rows.commodity + " from " + rows.origin).groupby("name", sort=False).value.max()
        self.worth = value + premium

    def solve(self, sets: Iterable[int]) -> None:
        """Solve those sets that are not known yet."""
        wanted = list(dict.fromkeys(s for s in sets if s not in self.known))
        for first in range(0, len(wanted), CHUNK):
            part = wanted[first : first + CHUNK]
            result = sweep(self.network, self.demand, self._scenarios(part), keep="class_flow", progress=self.progress)
            loss = result.loss.to_numpy()
            if len(loss) < len(part) or not np.isfinite(loss).all():
                raise SolverError(f"closures: {int(np.isfinite(loss).sum())} of {len(part)} are solved; run it again")
            flow = result.class_flow.sum("direction")
            busy = flow.sum("class").to_numpy() > IN_USE
            worth = flow.to_numpy() @ self.worth[flow["class"].to_numpy()].to_numpy()
            used = busy @ self.member.T
            stake = worth @ self.member.T
            unmet = result.unmet_total.to_numpy()
            for i, closed in enumerate(part):
                bits = sum(1 << int(group) for group in np.flatnonzero(used[i]))
                self.known[closed] = Known(round(float(loss[i]), 4), float(unmet[i]), bits & ~closed, stake[i])

    def grow(self, depth: int) -> None:
        """Solve every set up to a size that has to be solved."""
        layer = [0]
        for size in range(depth + 1):
            self.solve(layer)
            if size < depth:
                layer = sorted({s | 1 << i for s in layer for i in bits_of(self.known[s].used)})

    def settle(self, sets: Iterable[int]) -> None:
        """Solve what tells the loss of some sets, of any size, all of them a step at a time."""
        open_sets = {int(s): 0 for s in sets}
        while open_sets:
            self.solve(sorted(set(open_sets.values())))
            steps = {}
            for closed, settled in open_sets.items():
                if hit := self.known[settled].used & closed:
                    steps[closed] = settled | hit & -hit
            open_sets = steps

    def of(self, closed: int) -> Known:
        """What a set leads to, after `grow` to its size or `settle` of it."""
        settled = 0
        while hit := self.known[settled].used & closed:
            settled |= hit & -hit
        return self.known[settled]

    def every_loss(self) -> FloatArray:
        """The loss of every set, (2**G,), by its number."""
        count = len(self.names)
        self.grow(count)
        used, loss = np.zeros(1 << count, np.int64), np.full(1 << count, np.nan)
        for closed, known in self.known.items():
            used[closed], loss[closed] = known.used, known.loss
        every, settled = np.arange(1 << count), np.zeros(1 << count, np.int64)
        while (hit := used[settled] & every).any():
            settled |= hit & -hit
        return loss[settled]

    def _scenarios(self, sets: list[int]) -> Scenarios:
        parts = [np.unique(np.concatenate([_none, *(self.numbered[i] for i in bits_of(s))])) for s in sets]
        start = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
        atom = np.concatenate([_none, *parts])
        source = Listed(start, atom, np.full(len(atom), np.nan), [str(i) for i in range(len(sets))], np.ones(len(sets)))
        return Scenarios.of(self.atoms, source)


_none: IntArray = np.zeros(0, np.int64)


def bits_of(number: int) -> Iterator[int]:
    """The places of the bits that are 1.

    Examples
    --------
    >>> list(bits_of(0b1010))
    [1, 3]
    """
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
