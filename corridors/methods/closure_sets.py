"""Closures settled by the flow's support: what no goods use can close for free.

If the optimum with some groups closed uses no link of another group, that group closes at no further loss: the same
flow is still there, and no other is better than it was. So a set of closures is solved only when each of them, taken in
some order, closes something that was in use; every other set has the loss of one of these. And of groups that close
the same links, or links in series with them (`corridors.methods.links_in_series`), one stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.methods.digits import Digits
from corridors.methods.links_in_series import in_series
from corridors.methods.solved import require_solved
from corridors.model.units import Units, units_in
from corridors.network import Network, class_names
from corridors.scenarios.atoms import closing
from corridors.scenarios.batch import ATOM, Scenarios
from corridors.scenarios.groups import Groups
from corridors.scenarios.labels import together
from corridors.scenarios.sources import Listed
from corridors.sweeping.progress import counted
from corridors.sweeping.solve import Sweeps

CHUNK = 512
"""Sets in one sweep at the most: their flows are in memory at once."""
ROOM = 8e6
"""Numbers of flows in memory at once: sets x links x directions x flow classes."""
YEAR = 365.0
"""Days over which losses and tonnes a year are spread."""
IN_USE = 1e-3
"""Flow from which a link is in use, as a share of what the model counts as one.

A trickle too many costs a solve, one too few a wrong answer.
"""


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
    shares : dict
        By name of a group, the share of its capacity that is left when it is in a set, above 0 and below 1; the others
        close.
    one_for_all : bool
        Whether a group stands for all that close the same; else each is listed by itself.
    """

    network: Network
    demand: Any
    groups: Groups
    progress: bool = True
    shares: Mapping[str, float] = field(default_factory=dict)
    one_for_all: bool = True
    known: dict[int, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = list(self.groups)
        self.digits, self.units = Digits.of(self.demand), Units()
        self._lay_out()
        row = {i: k for k, i in enumerate(self.network.links.link_id)}
        self.member = np.zeros((len(self.names), len(row)), bool)
        for group, items in enumerate(self.groups.values()):
            self.member[group, [row[i] for table, i in items if table == "links"]] = True
        rows, price = self.demand, self.network.zones.price
        # A tonne that a zone pays a premium for loses that as well.
        premium = 2 * max(0.0, -float(price.min())) if len(price) else 0.0
        value = rows.assign(name=class_names(rows)).groupby("name", sort=False).value.max()
        self.worth = value + premium
        self.stands_for = self._alike()
        self._sweeps = Sweeps(self.network, rows, keep="class_flow", progress=False)
        self._chunk = int(np.clip(ROOM / (2 * max(len(row), 1) * max(len(value), 1)), 32, CHUNK))

    def _alike(self) -> list[list[int]]:
        """For each group, those that close the same, itself included; one list for all of these, the first first."""
        chain = in_series(self.network, self.demand) if self.one_for_all else {}
        alike: dict[Any, list[int]] = {}
        found = []
        for number, (name, items) in enumerate(self.groups.items()):
            same = frozenset((table, chain.get(i, i) if table == "links" else i) for table, i in items)
            key = same if self.one_for_all and name not in self.shares else name
            found.append(alike.setdefault(key, []))
            found[-1].append(number)
        self._plain = all(len(same) == 1 for same in found)
        return found

    def equivalent(self, closed: int) -> int:
        """The set that stands for a set: of groups that close the same, the first."""
        return closed if self._plain else sum(1 << i for i in {self.stands_for[i][0] for i in bits_of(closed)})

    def _lay_out(self) -> None:
        """The atoms of all groups, their values, and each group's by number."""
        shut = {name: items for name, items in self.groups.items() if name not in self.shares}
        atoms, numbered = closing(shut)
        of = dict(zip(shut, numbered, strict=True))
        parts, values = [atoms], [np.full(len(atoms), np.nan)]
        for name, share in self.shares.items():
            rows = [(table, i, "capacity", "scale") for table, i in self.groups[name]]
            first = sum(len(part) for part in parts)
            of[name] = first + np.arange(len(rows))
            parts.append(pd.DataFrame(rows, columns=list(ATOM[:4]), dtype=object))
            values.append(np.full(len(rows), float(share)))
        self.atoms, self._values = pd.concat(parts, ignore_index=True), np.concatenate(values)
        self.numbered = [of[name] for name in self.groups]

    def solve(self, sets: Iterable[int]) -> None:
        """Solve those sets that are not known yet, each by the set that stands for it."""
        wanted = list(dict.fromkeys(s for s in map(self.equivalent, sets) if s not in self.known))
        if not wanted:
            return
        with counted("closures", len(wanted), "sets", self.progress) as count:
            for first in range(0, len(wanted), self._chunk):
                part = wanted[first : first + self._chunk]
                try:
                    result = self._sweeps(self._scenarios(part))
                except KeyboardInterrupt as interrupt:
                    interrupt.partial = self.to_frame()  # type: ignore[attr-defined]
                    raise
                loss = result.loss.to_numpy()
                require_solved("closures", loss)
                flow = result.class_flow.sum("direction")
                self.units = units_in(result)
                busy = flow.sum("class").to_numpy() > IN_USE * self.units.tonne
                worth = flow.to_numpy() @ self.worth[flow["class"].to_numpy()].to_numpy()
                used = busy @ self.member.T
                stake = worth @ self.member.T
                unmet = result.unmet_total.to_numpy()
                for i, closed in enumerate(part):
                    bits = sum(1 << int(group) for group in np.flatnonzero(used[i]))
                    self.known[closed] = Known(
                        round(float(loss[i]), self.digits.loss + 2), float(unmet[i]), bits & ~closed, stake[i]
                    )
                count(len(part))

    def to_frame(self) -> pd.DataFrame:
        """The sets that are known: ``closed`` (names, joined by `` + ``), ``loss`` (USD/year), ``unmet`` (t/year)."""
        rows = [
            (together(self.names[i] for i in bits_of(closed)), known.loss, known.unmet)
            for closed, known in self.known.items()
        ]
        return pd.DataFrame(rows, columns=["closed", "loss", "unmet"])

    def grow(self, depth: int) -> None:
        """Solve every set up to a size that has to be solved."""
        layer = [0]
        for size in range(depth + 1):
            self.solve(layer)
            if size < depth:
                layer = sorted({self.equivalent(s | 1 << i) for s in layer for i in bits_of(self.known[s].used)})

    def settle(self, sets: Iterable[int]) -> None:
        """Solve what gives the loss of some sets, of any size, all of them one step at a time."""
        open_sets = {self.equivalent(int(s)): 0 for s in sets}
        while open_sets:
            self.solve(sorted(set(open_sets.values())))
            steps = {}
            for closed, settled in open_sets.items():
                if used := self.known[settled].used & closed:
                    steps[closed] = settled | used & -used
            open_sets = steps

    def of(self, closed: int) -> Known:
        """The outcome of a set, after `grow` to its size or `settle` of it."""
        closed, settled = self.equivalent(closed), 0
        while used := self.known[settled].used & closed:
            settled |= used & -used
        return self.known[settled]

    def every_loss(self) -> FloatArray:
        """The loss of every set, (2**G,), by its number."""
        count = len(self.names)
        self.grow(count)
        used, loss = np.zeros(1 << count, np.int64), np.full(1 << count, np.nan)
        for closed, known in self.known.items():
            used[closed], loss[closed] = known.used, known.loss
        every, settled = np.arange(1 << count), np.zeros(1 << count, np.int64)
        for first, *others in {id(same): same for same in self.stands_for}.values():
            for other in others:
                every = np.where(every >> other & 1 == 1, every & ~(1 << other) | 1 << first, every)
        while (in_use := used[settled] & every).any():
            settled |= in_use & -in_use
        return loss[settled]

    def _scenarios(self, sets: list[int]) -> Scenarios:
        parts = [np.unique(np.concatenate([_none, *(self.numbered[i] for i in bits_of(s))])) for s in sets]
        start = np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64)
        atom = np.concatenate([_none, *parts])
        source = Listed(start, atom, self._values[atom], [str(i) for i in range(len(sets))], np.ones(len(sets)))
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
