"""Scenarios on threads: the kernel runs without the interpreter's lock, a workspace each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from corridors.errors import InputError
from corridors.kernels.coupled.block import Kept
from corridors.kernels.coupled.scenario import Cases
from corridors.solvers.coupled.running import MOST, run, weights_of
from corridors.solvers.coupled.training import Base

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
    stopped: bool = False

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

    def solve(self, cases: Cases, S: int, *, loaded: bool = False, settles: bool = True) -> Kept:
        """Solve S scenarios; those not reached before a stop keep the code -1."""
        kept = self.room(S, loaded)
        flag, done, lock = np.zeros(1, np.uint8), threading.Event(), threading.Lock()
        state = {"next": 0, "running": min(self.threads, -(-S // CHUNK)), "settled": 0}
        failures: list[BaseException] = []

        def work() -> None:
            w = None
            try:
                w = self.base.borrow()
                while not flag[0]:
                    with lock:
                        first = state["next"]
                        state["next"] = last = min(first + CHUNK, S)
                    if first == last:
                        break
                    base = self.base
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
                        stop=flag,
                    )
                    with lock:
                        state["settled"] += last - first
            except BaseException as failure:  # told in the caller's thread
                failures.append(failure)
            finally:
                if w is not None:
                    self.base.put_back(w)
                with lock:
                    state["running"] -= 1
                    if not state["running"]:
                        done.set()

        workers = [threading.Thread(target=work, daemon=True) for _ in range(state["running"])]
        for worker in workers:
            worker.start()
        told = 0
        try:
            while workers and not done.wait(0.1):
                if self.stop is not None and self.stop.is_set():
                    flag[0] = 1
                if settles:
                    self.progress(state["settled"] - told)
                    told = state["settled"]
        except BaseException:
            flag[0] = 1
            raise
        finally:
            for worker in workers:
                worker.join()
        self.stopped |= bool(flag[0])
        if failures:
            raise failures[0]
        if settles:
            self.progress(state["settled"] - told)
        return kept
