"""Closures that need no solve of their own.

If an optimum with the groups C' closed carries nothing on the rest of C, it is optimal with C closed: closing more
never lowers the cost, and this flow is still there. So a scenario is settled by one of its groups if the optimum
without that group (`singles`) uses none of the others. Else it starts with all it closes of the base's loaded groups,
adds what the optimum so found uses, and goes on until that uses nothing more; where these are more than a few, which no
other scenario is likely to share, with all it closes. How a scenario is solved is a function of
the base and its own closures, whatever other scenarios are asked for; scenarios only share the solves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import IntArray
from corridors.errors import InputError
from corridors.kernels.multicommodity.block import Kept, Weights
from corridors.kernels.multicommodity.scenario import Cases
from corridors.kernels.multicommodity.types import DONE
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.kernel_calls import cases_of, select_cases, weights_of
from corridors.solvers.multicommodity.singles import FEW, Singles
from corridors.solvers.multicommodity.threads import Job


class Memory:
    """What sweeps with the same base and wishes share: the weights of arcs, and optima of sets of closed groups.

    Parameters
    ----------
    most : float
        Bytes after which nothing more is remembered.
    """

    def __init__(self, most: float = 250e6) -> None:
        self.left = most
        self.rows: dict[bytes, tuple[Any, ...]] = {}
        self.of: tuple[Base, tuple[str, ...], Any, Weights] | None = None
        self.weights_apart: Weights | None = None

    def bind(self, base: Base, keep: tuple[str, ...], totals: Any) -> Weights:
        """Hold from now on what is kept of this base; returns what its arcs weigh in totals and groups.

        Raises
        ------
        InputError
            The memory holds that of another base, of other wishes; totals of another number of arcs.
        """
        if self.of is None:
            if totals is not None and totals.shape[1] != base.problem.E:
                raise InputError(f"coupled: totals has {totals.shape[1]} columns; give one an arc ({base.problem.E})")
            self.of = base, keep, totals, weights_of(base.layout, totals, base.members)
        if self.of[0] is not base or self.of[1] != keep or self.of[2] is not totals:
            raise InputError("coupled: the memory is of another base, keep or totals; give each a Memory of its own")
        return self.of[3]

    def apart(self, job: Job) -> Job:
        """The job for scenarios that need arcs of their own for every class."""
        base = job.base.apart()
        if self.weights_apart is None:
            self.weights_apart = weights_of(base.layout, job.totals, base.members)
        return replace(job, base=base, weights=self.weights_apart)

    def solve(self, sets: Cases, solve: Callable[[Cases, int], Kept]) -> Kept:
        """What is kept of each set: remembered, or solved now."""
        start, group = sets.start, sets.change["index"].copy()
        keys = [group[start[s] : start[s + 1]].tobytes() for s in range(len(start) - 1)]
        found = [self.rows.get(key) for key in keys]
        new = [s for s, row in enumerate(found) if row is None]
        if len(new) == len(keys):
            solved = solve(sets, len(keys))
        elif new:
            solved = solve(select_cases(sets, np.array(new)), len(new))
        for i, s in enumerate(new):
            row = tuple(part[i] if len(part) else None for part in solved)
            found[s] = row
            if row[0] == DONE and self.left > 0:
                self.rows[keys[s]] = tuple(None if part is None else part.copy() for part in row)
                self.left -= sum(part.nbytes for part in row if part is not None) + len(keys[s]) + 500
        if len(new) == len(keys):
            return solved
        nothing = np.zeros((0, 0))
        parts: Any = zip(*cast("list[tuple[Any, ...]]", found), strict=True)
        columns: Any = (nothing if part[0] is None else np.stack(part) for part in parts)
        return Kept(*columns)


class Closures:
    """The scenarios that only close groups, until each has its optimum.

    Attributes
    ----------
    others : (N,) int
        Scenarios that change something else too.
    unloaded : (N,) int
        Scenarios whose groups carry nothing in the base.
    waiting : (N,) int
        Scenarios without an optimum so far.
    """

    def __init__(self, base: Base, changes: CoupledChanges) -> None:
        pure = np.ones(changes.S, bool)
        for part in (changes.capacity, changes.cost, changes.limit):
            pure &= np.diff(part.start) == 0
        self.others = np.flatnonzero(~pure)
        self.members = base.members
        entry_scenario = changes.closed.scenario
        waits = pure[entry_scenario]
        # One entry a closed group of a waiting scenario, and whether it is among those closed so far (C').
        self.scenario, self.group = entry_scenario[waits], changes.closed.index[waits]
        self.taken = base.loaded[self.group]
        count = np.bincount(self.scenario[self.taken], minlength=changes.S)
        started = count > 0
        self.taken |= count[self.scenario] > FEW
        self.unloaded = np.flatnonzero(pure & ~started)
        self.waiting = np.flatnonzero(started)
        self._drop(started)
        self.row = np.zeros(changes.S, np.int64)

    @property
    def several(self) -> npt.NDArray[np.bool_]:
        """Which entries are of a scenario that closes several loaded groups, but a few."""
        count = np.bincount(self.scenario[self.taken], minlength=len(self.row))
        several: npt.NDArray[np.bool_] = (count[self.scenario] > 1) & (count[self.scenario] <= FEW)
        return several

    def settle_by_one(self, singles: Singles) -> None:
        """Leave in C' one group alone whose own optimum avoids all others of the scenario: by `rank`, the first."""
        size = np.bincount(self.scenario, minlength=len(self.row))
        start = np.cumsum(size) - size
        where = np.flatnonzero(self.taken & self.several & (singles.number[self.group] >= 0))
        single = singles.number[self.group[where]]
        clashes = np.zeros(len(where), np.int64)
        for k in range(int(size.max(initial=0))):
            other = np.minimum(start[self.scenario[where]] + k, len(self.group) - 1)
            holds = k < size[self.scenario[where]]
            clashes += holds & (singles.uses[single, self.group[other]] == 1)
        alone = where[clashes == 0]
        alone = alone[np.lexsort((singles.rank[self.group[alone]], self.scenario[alone]))]
        _, first = np.unique(self.scenario[alone], return_index=True)
        settled = np.zeros(len(self.row), bool)
        settled[self.scenario[alone[first]]] = True
        self.taken &= ~settled[self.scenario]
        self.taken[alone[first]] = True

    def _drop(self, waiting: npt.NDArray[np.bool_]) -> None:
        stay = waiting[self.scenario]
        self.scenario, self.group, self.taken = self.scenario[stay], self.group[stay], self.taken[stay]

    def next_sets(self) -> Cases:
        """The distinct sets of groups closed next, as scenarios; ``row`` says which is a scenario's."""
        scenario, group = self.scenario[self.taken], self.group[self.taken]
        size = np.bincount(scenario, minlength=len(self.row))[self.waiting]
        # entries are ordered by scenario, groups ascending within it, so equal sets are equal rows
        wide = np.full((len(self.waiting), int(size.max())), -1, np.int64)
        ends = np.cumsum(size)
        wide[np.repeat(np.arange(len(size)), size), np.arange(len(group)) - np.repeat(ends - size, size)] = group
        sets, self.row[self.waiting] = np.unique(wide, axis=0, return_inverse=True)
        named = sets >= 0
        scenario = np.repeat(np.arange(len(sets)), named.sum(1))
        return cases_of(self.members, len(sets), close=(scenario, sets[named], 1.0))

    def accept(self, kept: Kept) -> tuple[IntArray, IntArray, npt.NDArray[np.bool_]]:
        """Take what was found; returns the scenarios it settles, the row of each, and whether all was closed for it."""
        used = ~self.taken & (kept.loaded[self.row[self.scenario], self.group] == 1)
        more = np.zeros(len(self.row), bool)
        more[self.scenario[used]] = True
        whole = np.ones(len(self.row), bool)
        whole[self.scenario[~self.taken]] = False
        self.taken |= used
        # What was abandoned or not reached has no flow to look at: it is settled as it is.
        solved = kept.code[self.row[self.waiting]] == 0
        settled = self.waiting[~(more[self.waiting] & solved)]
        self.waiting = self.waiting[more[self.waiting] & solved]
        self._drop(more)
        return settled, self.row[settled], whole[settled]
