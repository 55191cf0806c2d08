"""A sweep from its base: changes in the kernels' terms, workers, and what to do about the scenarios they give back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from corridors.errors import RangeError
from corridors.kernels.basis import UNLIMITED, Basis
from corridors.kernels.certificate import magnitude
from corridors.kernels.changes import Changes
from corridors.kernels.closures import Groups, groups, keep_base, own_groups, sort_by_next, sweep_closures
from corridors.kernels.cold import ColdStart, cold_start, solve_cold
from corridors.kernels.fallback import solve_afresh
from corridors.kernels.net import Net, Warm, copied, warm
from corridors.kernels.output import Output
from corridors.kernels.primal import DONE, ENDLESS_CYCLE, NO_FEASIBLE_FLOW
from corridors.kernels.ranges import (
    Ranges,
    clamped,
    inner,
    net_supply,
    objective_bounds,
    penalty_above,
    ranges,
    room,
)
from corridors.kernels.scenario import Batch
from corridors.kernels.sweep import sweep_scenarios
from corridors.kernels.types import NO_COST, UNCAPACITATED, IntArray, Path, Problem, Status, SweepResult
from corridors.kernels.work import Work, workspace

Task = Callable[[Basis, Net, Work], None]
"""What a worker does with a basis and room of its own."""
LEVELS = 4
"""How many arcs of a chain of closures are shared by scenarios, and one."""
BLOCKS = 16
"""Blocks of scenarios for each thread, so that none waits long for another."""
STATUS = {
    DONE: Status.OPTIMAL,
    NO_FEASIBLE_FLOW: Status.INFEASIBLE,
    ENDLESS_CYCLE: Status.UNBOUNDED,
}
"""What the codes of the kernels mean."""
LOOK = 0.1
"""Seconds between two looks for an interrupt."""


def bounds_of_sweep(problem: Problem, changes: Changes) -> tuple[Ranges, IntArray]:
    """The numbers that base and scenarios keep to, and the width of each arc of the base, (E,).

    Raises
    ------
    RangeError
        Flows, potentials or a scenario's cost could leave 64 bits.
    """
    width = room(problem)
    widest, largest = width.copy(), np.where(width < UNLIMITED, width, 0)
    changed = shifted(problem, changes)
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
    bounded = changes.cap_value < UNCAPACITATED
    width = np.where(bounded, changes.cap_value - problem.lower[changes.cap_arc], UNLIMITED)
    return np.minimum(np.maximum(width, 0), UNLIMITED)


def running_sums(values: Any, ptr: IntArray) -> Any:
    """Sum of the values of each scenario, (S,)."""
    total = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    return total[ptr[1:]] - total[ptr[:-1]]


@dataclass(frozen=True)
class Sweep:
    """A base solved, and a batch in its terms.

    Parameters
    ----------
    problem : Problem
        The base.
    changes : Changes
        As given.
    bounds : Ranges
        The numbers that all scenarios keep to.
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
    bounds: Ranges
    width: IntArray
    supply: IntArray
    start: ColdStart
    code: int

    @classmethod
    def of(cls, problem: Problem, changes: Changes) -> Sweep:
        """Solve the base."""
        bounds, width = bounds_of_sweep(problem, changes)
        width, supply = clamped(width, bounds), net_supply(problem)
        start = cold_start(problem, width, supply, penalty_above(magnitude(problem.cost), problem.V))
        code, _ = solve_cold(start)
        return cls(problem, changes, bounds, width, supply, start, code)

    def hopeless(self) -> Any:
        """Whether a scenario has a capacity below its arc's lower bound, (S,) bool."""
        c = self.changes
        return running_sums((c.cap_value < self.problem.lower[c.cap_arc]).astype(np.int64), c.cap_ptr) > 0

    def batch(self, base: Warm) -> Batch:
        """The changes as the kernels take them."""
        c = self.changes
        return Batch(
            *(writable(x) for x in (c.cap_ptr, base.arc[c.cap_arc], clamped(shifted(self.problem, c), self.bounds))),
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

    def afresh(self, s: int, stop: IntArray) -> tuple[ColdStart, int, bool]:
        """Scenario `s` without the warm kernels."""
        c = self.changes
        capacity, cost, supply = self.width.copy(), self.problem.cost.copy(), self.supply.copy()
        own = slice(c.cap_ptr[s], c.cap_ptr[s + 1])
        capacity[c.cap_arc[own]] = clamped(shifted(self.problem, c)[own], self.bounds)
        own = slice(c.cost_ptr[s], c.cost_ptr[s + 1])
        cost[c.cost_arc[own]] = c.cost_value[own]
        own = slice(c.supply_ptr[s], c.supply_ptr[s + 1])
        supply[c.supply_vertex[own]] += c.supply_value[own] - self.problem.supply[c.supply_vertex[own]]
        penalty = penalty_above(magnitude(cost), self.problem.V)
        return solve_afresh(self.start, capacity, cost, supply, penalty, stop)


def writable(array: Any) -> IntArray:
    """The one kind of array that kernels are compiled for: contiguous, writable int64."""
    out = np.ascontiguousarray(array, np.int64)
    return out if out.flags.writeable else out.copy()


def empty_result(problem: Problem, S: int, keep: Collection[str], rows: int, with_totals: bool) -> SweepResult:
    """A result in which nothing is solved yet."""
    return SweepResult(
        status=np.full(S, Status.LIMIT, np.int8),
        cost=np.full(S, NO_COST, np.int64),
        flow=np.zeros((S, problem.E), np.int64) if "flow" in keep else None,
        potential=np.zeros((S, problem.V), np.int64) if "potential" in keep else None,
        totals=np.zeros((S, rows), np.int64) if with_totals else None,
        path=np.full(S, Path.PENDING, np.int8),
    )


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
    ids = np.flatnonzero(result.path == Path.PENDING)

    def fresh_worker() -> Callable[[int], None]:
        return lambda s: keep_fresh(job, result, totals, s, stop)

    share(fresh_worker, ids.tolist(), threads, stop)


def warm_tasks(job: Sweep, base: Warm, result: SweepResult, totals: Any, blocks: int) -> list[Task]:
    """The pending scenarios in blocks for the warm kernels: closures by their chains, the rest as they come."""
    batch, out = job.batch(base), output(job, base, result, totals)
    pending = result.path == Path.PENDING
    closing = closures_only(job.changes, batch) & pending & (job.code == DONE)
    some = [writable(ids) for ids in np.array_split(np.flatnonzero(pending & ~closing), blocks)]
    tasks = [sweeping(batch, out, ids) for ids in some if len(ids)]
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
    closes = running_sums((batch.cap_value != 0).astype(np.int64), changes.cap_ptr) == 0
    closes &= np.diff(changes.cap_ptr) > 0
    return closes & (np.diff(changes.cost_ptr) == 0) & (np.diff(changes.supply_ptr) == 0)


def sweeping(batch: Batch, out: Output, ids: IntArray) -> Task:
    """Scenarios one by one."""
    return lambda b, net, w: sweep_scenarios(b, net, w, batch, out, ids)


def closing_chains(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures whose chains have arcs."""
    return lambda b, net, w: sweep_closures(b, net, w, batch, out, own_groups(g), first, end)


def keeping_base(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures that change nothing."""
    return lambda b, net, w: keep_base(b, net, w, batch, out, g, first, end)


def keep_fresh(job: Sweep, result: SweepResult, totals: Any, s: int, stop: IntArray) -> None:
    """Solve scenario `s` afresh and keep what is asked for. Modified in place: result."""
    start, code, reuse = job.afresh(s, stop)
    if stop[0]:
        return
    result.path[s] = Path.REPAIRED if reuse else Path.COLD
    result.status[s] = STATUS.get(code, Status.LIMIT)
    if code != DONE:
        return
    flow = start.flow() + job.problem.lower
    c = job.changes
    cost = job.problem.cost.copy()
    own = slice(c.cost_ptr[s], c.cost_ptr[s + 1])
    cost[c.cost_arc[own]] = c.cost_value[own]
    result.cost[s] = inner(cost, flow)
    if result.flow is not None:
        result.flow[s] = flow
    if result.potential is not None:
        result.potential[s] = start.potential()
    if result.totals is not None:
        result.totals[s] = totals @ flow


def output(job: Sweep, base: Warm, result: SweepResult, totals: Any) -> Output:
    """The result's arrays and the base's rows, as the kernels take them."""
    E, V = job.problem.E, job.problem.V
    flow = job.start.flow() + job.problem.lower
    weights = None if totals is None else totals.tocsc()[:, base.order]
    none = np.zeros((0, 0), np.int64)
    return Output(
        status=result.status,
        cost=result.cost,
        path=result.path,
        flow=np.zeros((0, E), np.int64) if result.flow is None else result.flow,
        potential=np.zeros((0, V), np.int64) if result.potential is None else result.potential,
        totals=none if result.totals is None else result.totals,
        base_cost=base_costs(job, base, flow),
        base_flow=flow,
        base_totals=np.zeros(0, np.int64) if totals is None else writable(totals @ flow),
        order=base.order,
        vertex=base.vertex,
        weight_ptr=np.zeros(E + 1, np.int64) if weights is None else writable(weights.indptr),
        weight_row=np.zeros(0, np.int64) if weights is None else writable(weights.indices),
        weight=np.zeros(0, np.int64) if weights is None else writable(weights.data),
    )


def base_costs(job: Sweep, base: Warm, flow: IntArray) -> IntArray:
    """Cost of the base's basis in each scenario, (S,), modulo 2^64.

    Artificial arcs count where the base is infeasible, and lower bounds at the costs of the scenario.
    """
    artificial = job.start.penalty * int(base.net.flow[job.problem.E :].sum())
    cost = np.full(job.changes.S, wrapped(inner(job.problem.cost, flow) + artificial))
    lower = job.problem.lower[job.changes.cost_arc]
    if lower.any():
        change = lower * (job.changes.cost_value - job.problem.cost[job.changes.cost_arc])
        cost += running_sums(change, job.changes.cost_ptr)
    return cost


def wrapped(value: int) -> int:
    """A Python int modulo 2^64, as int64 holds it."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def share(make_worker: Callable[[], Callable[[Any], None]], jobs: list[Any], threads: int, stop: IntArray) -> None:
    """Let threads take the jobs in turn, each with a workspace of its own, while this one listens for an interrupt.

    Kernels let go of the interpreter, so a signal is heard at once; they look at `stop`, so they end soon after.
    """
    if not jobs:
        return
    left = deque(jobs)

    def work() -> None:
        do = make_worker()
        while not stop[0]:
            try:
                job = left.popleft()
            except IndexError:
                return
            do(job)

    with ThreadPoolExecutor(min(threads, len(jobs))) as pool:
        futures = [pool.submit(work) for _ in range(min(threads, len(jobs)))]
        try:
            pending = set(futures)
            while pending:
                pending = wait(pending, timeout=LOOK)[1]
        except BaseException:
            stop[0] = 1
            raise
    for future in futures:
        future.result()
