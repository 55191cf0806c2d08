"""Scenarios that are solved again and again under other limits, each from an optimum of its own that is near."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import FloatArray, IntArray
from corridors.kernels.multicommodity.block import Kept
from corridors.kernels.multicommodity.scenario import LIMIT, VOLUME, Cases
from corridors.kernels.multicommodity.types import DONE, Bases, Ints, Q, Work
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.kernel_calls import MOST, run, workspace_at
from corridors.solvers.multicommodity.optimum import basis_at
from corridors.solvers.multicommodity.threads import Job

SLOTS = 6
"""Optima of a scenario that are remembered, at the most."""


class Standing(NamedTuple):
    """An optimum of a scenario: where its limits were, (L,), and its basis."""

    place: FloatArray
    bases: Bases


class LastOptima:
    """Where scenarios stood when they were solved, by numbers that the caller gives them.

    With a few limits changed, a scenario is nearer to its own optimum than to that of the base; and an uncertain case
    in which something closes is nearer to the case. What is found is as exact; only where optima tie, it may be another
    one. A number is of the same costs and volumes each time, of limits that may differ, and of what closed the first
    time or more. The caller says where the limits are, in coordinates of its own, and a scenario starts from the
    nearest optimum known: at each place from that which was found there first.

    Parameters
    ----------
    most : float
        Bytes after which optima are forgotten that were not started from for longest.
    """

    def __init__(self, most: float = 400e6) -> None:
        self.left = most
        self._of: dict[int, list[Standing]] = {}
        self._base: Base | None = None
        self._spare: list[Work] = []
        self._lock = threading.Lock()

    def _bind(self, base: Base) -> None:
        """Hold what is of this base from now on."""
        with self._lock:
            if self._base is base:
                return
            self.left += sum(_bytes(known.bases) for several in self._of.values() for known in several)
            self._of, self._spare, self._base = {}, [], base
            pool = base.start.pool
            shape = len(pool.od), len(base.layout.coupled.limit)
            self._entries = csr_array((pool.entry_weight, pool.entry_bundle, pool.entry_start), shape=shape)

    def solve(self, job: Job, cases: Cases, numbers: IntArray, place: FloatArray) -> Kept:
        """Solve scenarios, each from its nearest optimum, or else from the base; remember where they stand.

        Parameters
        ----------
        job : Job
        cases : Cases
            S scenarios.
        numbers : (S,) int
            The number of each; those not reached before a stop keep the code -1.
        place : (L,) float
            Where the limits of all of them are.
        """
        self._bind(job.base)
        start, kept = job.base.start, job.room(len(numbers), loaded=False)
        kind = cases.change["kind"]
        counted = np.concatenate([[0], np.cumsum((kind == LIMIT) | (kind == VOLUME))])[cases.start]

        def work() -> None:
            w = self._borrow(job.base)
            try:
                for s, number in enumerate(numbers.tolist()):
                    if job.flag[0]:
                        return
                    # without a change of limits or volumes, amounts would stay as those of the last time
                    own = self._nearest(number, place) if counted[s] < counted[s + 1] else None
                    for bases in (own, start.bases):
                        if bases is not None:
                            run(start.coupled, start.pool, start.optimum, bases, cases, w, first=s, last=s + 1,
                                weights=job.weights, kept=kept, most=MOST, stop=job.flag)  # fmt: skip
                            if kept.code[s] == DONE:
                                break
                    if kept.code[s] == DONE:
                        self._remember(number, place, w, job.base)
            finally:
                with self._lock:
                    self._spare.append(w)

        job.share(work)
        return kept

    def _borrow(self, base: Base) -> Work:
        with self._lock:
            if self._spare:
                return self._spare.pop()
        start, coupled = base.start, base.layout.coupled
        own = 9 * len(coupled.volume) + len(coupled.limit) + 64
        return workspace_at(coupled, start.pool, start.optimum, start.bases, own=own)

    def _nearest(self, number: int, place: FloatArray) -> Bases | None:
        """The nearest optimum of a scenario, which is the last to be forgotten from now on."""
        with self._lock:
            several = self._of.get(number)
            if not several:
                return None
            nearest = min(several, key=lambda known: float(np.abs(known.place - place).sum()))
            several.append(several.pop(next(at for at, known in enumerate(several) if known is nearest)))
            return nearest.bases

    def _remember(self, number: int, place: FloatArray, w: Work, base: Base) -> None:
        with self._lock:
            before = self._of.get(number, [])
            if any(np.array_equal(known.place, place) for known in before):
                return
            found = Standing(place, self._standing(w, base))
            several = before[1 - SLOTS :]
            self.left += sum(_bytes(known.bases) for known in before) - sum(_bytes(known.bases) for known in several)
            self.left -= _bytes(found.bases)
            while self.left < 0 and several:
                self.left += _bytes(several.pop(0).bases)
            if self.left < 0:
                self.left += _bytes(found.bases)
            else:
                several.append(found)
            self._of[number] = several

    def _standing(self, w: Work, base: Base) -> Bases:
        """The basis at which a workspace stands, with the columns that the pool has not."""
        pool, basis = base.start.pool, basis_at(w)
        known, size = len(pool.od), int(w.n[Q])
        basic = np.concatenate([basis.key, basis.other])
        own = np.unique(basic[basic >= known])
        number = np.arange(int(own.max(initial=known - 1)) + 1)
        number[own] = known + np.arange(len(own))
        dual = w.rows["value"] - w.reduced[: len(w.rows)]
        reduced = np.concatenate([pool.cost + self._entries @ basis.rent - dual[pool.od], np.zeros(len(own))])
        key, other = number[basis.key], number[basis.other]
        reduced[key] = reduced[other] = 0.0
        entry, entry_start = _ranges(w.columns["entry_start"], own)
        path, path_start = _ranges(w.columns["path_start"], own)
        room = max(size, 1)

        def padded(values: Any, *shape: int) -> Any:
            out = np.zeros((1, *shape), values.dtype)
            out[0][tuple(slice(n) for n in values.shape)] = values
            return out

        return Bases(
            size=np.array([size]),
            tight=padded(basis.tight, room),
            other=padded(other, room),
            x_other=padded(basis.x_other, room),
            key=key[None],
            x_key=basis.x_key[None],
            inverse=padded(basis.inverse, room, room),
            load=basis.load[None],
            rent=basis.rent[None],
            reduced=reduced[None],
            pivots=np.zeros(1, np.int64),
            of_group=np.zeros(base.groups.shape[0], np.int64),
            own_start=np.array([0, len(own)]),
            own_od=w.columns["od"][own],
            own_entry_start=entry_start,
            own_entry_bundle=w.entries["bundle"][entry].astype(np.int64),  # as the base has, which kernels are for
            own_entry_weight=w.entries["weight"][entry],
            own_path_start=path_start,
            own_path_arc=w.path_arc[path],
        )


def _ranges(start: Ints, some: Ints) -> tuple[Ints, Ints]:
    """Places of what some own, of what all own from `start` on, one after the other; and where each one's begin."""
    first, size = start[some], start[some + 1] - start[some]
    begin = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return side_by_side(first, size), begin


def _bytes(bases: Bases) -> int:
    return sum(part.nbytes for part in bases)
