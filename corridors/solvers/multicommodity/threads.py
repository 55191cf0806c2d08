"""Scenarios on threads: the kernel runs without the interpreter's lock, a workspace each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.kernels.multicommodity.block import Kept, Weights
from corridors.kernels.multicommodity.scenario import CLOSE, Cases
from corridors.kernels.multicommodity.types import Bytes
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.kernel_calls import MOST, Stopped, run, select_cases
from corridors.solvers.multicommodity.singles import FEW, Singles
from corridors.solvers.multicommodity.start import Start
from corridors.solvers.threads import listen

CHUNK = 32
"""How many scenarios a thread takes at a time."""


@dataclass(eq=False)
class Job:
    """What is asked of every scenario, and how many threads there are for it."""

    base: Base
    keep: tuple[str, ...]
    totals: Any
    threads: int
    stop: threading.Event | None
    progress: Callable[[int], None]
    weights: Weights
    flag: Bytes = field(default_factory=lambda: np.zeros(1, np.uint8))

    def __post_init__(self) -> None:
        if self.totals is not None:
            self.totals = csr_array(self.totals)
            self.demand_totals = csr_array(self.totals[:, self.base.layout.demand])

    def room(self, S: int, loaded: bool) -> Kept:
        """Arrays for S scenarios."""
        base = self.base
        D, B = len(base.layout.coupled.volume), len(base.layout.coupled.limit)
        K = 0 if self.totals is None else self.totals.shape[0]
        return Kept(
            code=np.full(S, -1),
            objective=np.zeros(S),
            bound=np.zeros(S),
            effort=np.zeros((S, 3), np.int64),
            unmet=np.zeros((S, D)),
            rent=np.zeros((S if "rent" in self.keep else 0, B)),
            row_cost=np.zeros((S if "row_cost" in self.keep else 0, D)),
            totals=np.zeros((S if K else 0, K)),
            loaded=np.zeros((S if loaded else 0, base.groups.shape[0]), np.uint8),
        )

    @property
    def stopped(self) -> bool:
        """Whether a stop was asked for and the kernels know."""
        return bool(self.flag[0])

    def share(self, work: Callable[[], None], threads: int = 1, look: Callable[[], None] = lambda: None) -> None:
        """Do `work` on threads; they end where the job is stopped. Calls `look` now and then."""

        def watch() -> None:
            if self.stop is not None and self.stop.is_set():
                self.flag[0] = 1
            look()

        def until_stopped() -> None:
            with contextlib.suppress(Stopped):
                work()

        listen(until_stopped, self.flag, threads=threads, look=watch)

    def singles(self) -> Singles | None:
        """The base's optima without each loaded group; None where the job was stopped before they were known."""
        found: list[Singles] = []
        self.share(lambda: found.append(self.base.singles(self.flag)))
        return found[0] if found else None

    def solve(self, cases: Cases, S: int, *, loaded: bool = False, settles: bool = True) -> Kept:
        """Solve S scenarios; those not reached before a stop keep the code -1."""
        kept, by_singles = self.room(S, loaded), self._by_singles(cases)
        singles = self.singles() if by_singles.any() else None
        for start, which in ((self.base.start, ~by_singles), (singles and singles.start, by_singles)):
            rows = np.flatnonzero(which)
            if len(rows) == 0 or start is None or self.stopped:
                continue
            if len(rows) == S:
                self._solve_from(start, cases, kept, settles)
                continue
            some = self.room(len(rows), loaded)
            self._solve_from(start, select_cases(cases, rows), some, settles)
            for name in Kept._fields:
                if len(getattr(kept, name)):
                    getattr(kept, name)[rows] = getattr(some, name)
        return kept

    def _by_singles(self, cases: Cases) -> npt.NDArray[np.bool_]:
        """Which scenarios start from an optimum without one of the groups they close.

        Those that close a few loaded groups; more are as far from it as from the base.
        """
        base, S = self.base, len(cases.start) - 1
        scenario = np.repeat(np.arange(S), np.diff(cases.start))
        closes = cases.change["kind"] == CLOSE
        closes[closes] = base.loaded[cases.change["index"][closes]]
        count = np.bincount(scenario[closes], minlength=S)
        several: npt.NDArray[np.bool_] = (count > 1) & (count <= FEW)
        return several

    def _solve_from(self, start: Start, cases: Cases, kept: Kept, settles: bool) -> None:
        S, lock = len(kept.code), threading.Lock()
        state = {"next": 0, "settled": 0, "reported": 0}

        def work() -> None:
            w = start.borrow()
            try:
                while not self.flag[0]:
                    with lock:
                        first = state["next"]
                        state["next"] = last = min(first + CHUNK, S)
                    if first == last:
                        break
                    run(
                        start.coupled,
                        start.pool,
                        start.optimum,
                        start.bases,
                        cases,
                        w,
                        first=first,
                        last=last,
                        weights=self.weights,
                        kept=kept,
                        most=MOST,
                        stop=self.flag,
                    )
                    with lock:
                        state["settled"] += last - first
            finally:
                start.put_back(w)

        def report() -> None:
            if settles:
                self.progress(state["settled"] - state["reported"])
                state["reported"] = state["settled"]

        self.share(work, min(self.threads, -(-S // CHUNK)), report)
        report()
