"""A sweep from its base: changes as the kernels need them, workers, and the scenarios that they leave unsolved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from corridors.arrays.changes import Changes
from corridors.arrays.codes import Path
from corridors.arrays.problem import UNCAPACITATED, Problem
from corridors.arrays.results import NO_COST, SweepResult
from corridors.arrays.typing import IntArray
from corridors.errors import RangeError
from corridors.kernels.basis import UNLIMITED, Basis
from corridors.kernels.certificate import magnitude
from corridors.kernels.closures import Groups, groups, keep_base, own_groups, sort_by_next, sweep_closures
from corridors.kernels.cold import ColdStart, cold_start, solve_cold
from corridors.kernels.fallback import solve_in_full
from corridors.kernels.net import Net, Warm, copied, warm
from corridors.kernels.output import Output
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW
from corridors.kernels.ranges import (
    Ranges,
    clamped,
    net_supply,
    objective_bounds,
    penalty_above,
    ranges,
    room,
)
from corridors.kernels.scenario import Batch
from corridors.kernels.sweep import sweep_scenarios
from corridors.kernels.work import Work, workspace
from corridors.solvers.kept import keep_fresh, output, running_sums, writable
from corridors.solvers.threads import listen, share

Task = Callable[[Basis, Net, Work], None]
"""What a worker does with a basis and a workspace of its own."""
LEVELS = 4
"""How many arcs of a chain of closures are shared by scenarios, and one."""
BLOCKS = 16
"""Blocks of scenarios for each thread, so that none waits long for another."""
SOON = 5000
"""Arcs and vertices of a problem that is solved before a user could interrupt it: a thread would cost more."""


def solve_listening(start: ColdStart) -> tuple[int, IntArray | None]:
    """`solve_cold`, which Ctrl-C stops."""
    if len(start.order) + len(start.supply) <= SOON:
        return solve_cold(start)
    stop = np.zeros(1, np.int64)
    (found,) = listen(lambda: solve_cold(start, stop), stop)
    return found


def bounds_of_sweep(problem: Problem, changes: Changes, changed: IntArray) -> tuple[Ranges, IntArray]:
    """The ranges that base and scenarios keep to, and the width of each arc of the base, (E,).

    Raises
    ------
    RangeError
        Flows, potentials or a scenario's cost could leave 64 bits.
    """
    width = room(problem)
    widest, largest = width.copy(), np.where(width < UNLIMITED, width, 0)
    np.maximum.at(widest, changes.cap_arc, changed)
    np.maximum.at(largest, changes.cap_arc, np.where(changed < UNLIMITED, changed, 0))
    least, most = problem.cost.copy(), problem.cost.copy()
    np.minimum.at(least, changes.cost_arc, changes.cost_value)
    np.maximum.at(most, changes.cost_arc, changes.cost_value)
    extra = running_sums(np.abs(changes.supply_value).astype(float), changes.supply_ptr)
    bounds = ranges(problem, widest, (least, most), 2 * int(extra.max(initial=0)), largest)
    lowest, highest = objective_bounds(problem, widest, (least, most), bounds)
    if highest >= -NO_COST or lowest <= NO_COST:
        raise RangeError(
            f"sweep: costs could reach {max(highest, -lowest)}, beyond 64 bits; use larger units of cost or flow"
        )
    return bounds, width


def shifted(problem: Problem, changes: Changes) -> IntArray:
    """Changed capacities above the lower bounds of their arcs, (N,), UNLIMITED for no bound; at least 0."""
    width = np.minimum(changes.cap_value, UNLIMITED)
    if problem.lower.any():
        bounded = changes.cap_value < UNCAPACITATED
        width = np.where(bounded, changes.cap_value - problem.lower[changes.cap_arc], UNLIMITED)
        np.minimum(width, UNLIMITED, out=width)
    return np.maximum(width, 0, out=width)


@dataclass(frozen=True)
class Sweep:
    """A base, solved, and the changes of a sweep.

    Parameters
    ----------
    problem : Problem
        The base.
    changes : Changes
        As given.
    changed : (N,) int64
        Changed capacities above lower bounds, clamped.
    width : (E,) int64
        Capacities of the base above lower bounds, clamped.
    supply : (V,) int64
        Supplies of the base, lower bounds settled.
    start : ColdStart
        The base, solved.
    code : int
        Its status.
    """

    problem: Problem
    changes: Changes
    changed: IntArray
    width: IntArray
    supply: IntArray
    start: ColdStart
    code: int

    @classmethod
    def of(cls, problem: Problem, changes: Changes) -> Sweep:
        """Solve the base."""
        changed = shifted(problem, changes)
        bounds, width = bounds_of_sweep(problem, changes, changed)
        width, supply = clamped(width, bounds), net_supply(problem)
        start = cold_start(problem, width, supply, penalty_above(magnitude(problem.cost), problem.V))
        code, _ = solve_listening(start)
        return cls(problem, changes, clamped(changed, bounds), width, supply, start, code)

    def below_lower(self) -> Any:
        """Whether a scenario has a capacity below its arc's lower bound, (S,) bool."""
        c = self.changes
        too_low = c.cap_value < (self.problem.lower[c.cap_arc] if self.problem.lower.any() else 0)
        if not too_low.any():
            return np.zeros(c.S, bool)
        return running_sums(too_low.astype(np.int64), c.cap_ptr) > 0

    def batch(self, base: Warm) -> Batch:
        """The changes as the kernels need them."""
        c = self.changes
        return Batch(
            *(writable(x) for x in (c.cap_ptr, base.arc[c.cap_arc], self.changed)),
            *(writable(x) for x in (c.cost_ptr, base.arc[c.cost_arc], c.cost_value)),
            *(
                writable(x)
                for x in (
                    c.supply_ptr,
                    base.vertex[c.supply_vertex],
                    c.supply_value - self.problem.supply[c.supply_vertex],
                )
            ),
        )

    def in_full(self, s: int, stop: IntArray) -> tuple[ColdStart, int, bool]:
        """Scenario `s` without the warm kernels."""
        c = self.changes
        capacity, cost, supply = self.width.copy(), self.problem.cost.copy(), self.supply.copy()
        own = slice(c.cap_ptr[s], c.cap_ptr[s + 1])
        capacity[c.cap_arc[own]] = self.changed[own]
        own = slice(c.cost_ptr[s], c.cost_ptr[s + 1])
        cost[c.cost_arc[own]] = c.cost_value[own]
        own = slice(c.supply_ptr[s], c.supply_ptr[s + 1])
        supply[c.supply_vertex[own]] += c.supply_value[own] - self.problem.supply[c.supply_vertex[own]]
        penalty = penalty_above(magnitude(cost), self.problem.V)
        return solve_in_full(self.start, capacity, cost, supply, penalty, stop)


def run(job: Sweep, result: SweepResult, totals: Any, threads: int) -> None:
    """Solve the scenarios that are still pending. Modified in place: result."""
    stop = np.zeros(1, np.int64)
    if job.code in (DONE, NO_FEASIBLE_FLOW):
        base = warm(job.start, LEVELS + 1)
        tasks = warm_tasks(job, base, result, totals, threads * BLOCKS)

        def worker() -> Callable[[Task], None]:
            b, w = copied(base.basis), workspace(job.problem.E, job.problem.V + 1, stop)
            return lambda task: task(b, base.net, w)

        share(worker, tasks, threads, stop)
    ids = np.flatnonzero(result.path == Path.NONE)

    def fresh_worker() -> Callable[[int], None]:
        return lambda s: keep_fresh(job, result, totals, s, stop)

    share(fresh_worker, ids.tolist(), threads, stop)


def warm_tasks(job: Sweep, base: Warm, result: SweepResult, totals: Any, blocks: int) -> list[Task]:
    """The pending scenarios in blocks for the warm kernels: closures by their chains, the rest in order."""
    batch, out = job.batch(base), output(job, base, result, totals)
    pending = result.path == Path.NONE
    closing = closures_only(job.changes, batch) & pending & (job.code == DONE)
    blocks_of_rest = [writable(ids) for ids in np.array_split(np.flatnonzero(pending & ~closing), blocks)]
    tasks = [sweeping(batch, out, ids) for ids in blocks_of_rest if len(ids)]
    if closing.any():
        g = groups(np.flatnonzero(closing), job.changes.S, job.problem.E, LEVELS)
        start = sort_by_next(base.basis, batch, g, 0, len(g.ids))
        key = g.key[g.ids]
        begins = np.concatenate([np.flatnonzero(np.diff(key, prepend=-2)), [len(key)]])
        cuts = np.unique(begins[np.searchsorted(begins, np.linspace(start, len(key), blocks + 1).astype(int))])
        tasks += [closing_chains(batch, out, g, k, n) for k, n in pairwise(cuts.tolist())]
        cuts = np.unique(np.linspace(0, start, blocks + 1).astype(int))
        tasks += [keeping_base(batch, out, g, k, n) for k, n in pairwise(cuts.tolist())]
    return tasks


def closures_only(changes: Changes, batch: Batch) -> Any:
    """Whether a scenario closes arcs and does nothing else, (S,) bool."""
    closes = (np.diff(changes.cap_ptr) > 0) & (np.diff(changes.cost_ptr) == 0) & (np.diff(changes.supply_ptr) == 0)
    closes[closes] = batch.cap_value[changes.cap_ptr[:-1][closes]] == 0  # the first, which settles most of them
    if closes.any():
        closes &= running_sums((batch.cap_value != 0).astype(np.int64), changes.cap_ptr) == 0
    return closes


def sweeping(batch: Batch, out: Output, ids: IntArray) -> Task:
    """Scenarios one by one."""
    return lambda b, net, w: sweep_scenarios(b, net, w, batch, out, ids)


def closing_chains(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures whose chains have arcs."""
    return lambda b, net, w: sweep_closures(b, net, w, batch, out, own_groups(g), first, end)


def keeping_base(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures that change nothing."""
    return lambda b, net, w: keep_base(b, net, w, batch, out, g, first, end)
