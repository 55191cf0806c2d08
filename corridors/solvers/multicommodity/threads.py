"""Scenarios on threads: the kernel runs without the interpreter's lock, a workspace each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from corridors.errors import InputError
from corridors.kernels.multicommodity.block import Kept
from corridors.kernels.multicommodity.scenario import Cases
from corridors.kernels.multicommodity.types import Bytes
from corridors.solvers.multicommodity.kernel_calls import MOST, Stopped, run, weights_of
from corridors.solvers.multicommodity.training import Base
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
    flag: Bytes = field(default_factory=lambda: np.zeros(1, np.uint8))

    def __post_init__(self) -> None:
        layout = self.base.layout
        if self.totals is not None:
            self.totals = csr_array(self.totals)
            if self.totals.shape[1] != self.base.problem.E:
                raise InputError(
                    f"coupled: totals has {self.totals.shape[1]} columns; give one an arc ({self.base.problem.E})"
                )
            self.demand_totals = csr_array(self.totals[:, layout.demand])
        self.weights = weights_of(layout, self.totals, self.base.groups)

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
        """Whether somebody wanted an end, and kernels were told so."""
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

    def solve(self, cases: Cases, S: int, *, loaded: bool = False, settles: bool = True) -> Kept:
        """Solve S scenarios; those not reached before a stop keep the code -1."""
        base, kept, lock = self.base, self.room(S, loaded), threading.Lock()
        state = {"next": 0, "settled": 0, "told": 0}

        def work() -> None:
            w = base.borrow()
            try:
                while not self.flag[0]:
                    with lock:
                        first = state["next"]
                        state["next"] = last = min(first + CHUNK, S)
                    if first == last:
                        break
                    run(
                        base.layout.coupled,
                        base.pool,
                        base.optimum,
                        base.bases,
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
                base.put_back(w)

        def tell() -> None:
            if settles:
                self.progress(state["settled"] - state["told"])
                state["told"] = state["settled"]

        self.share(work, min(self.threads, -(-S // CHUNK)), tell)
        tell()
        return kept
