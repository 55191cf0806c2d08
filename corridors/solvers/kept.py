"""What a sweep keeps: the result's arrays, as the kernels fill them, and as solves from scratch do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from corridors.arrays.codes import Path, Status
from corridors.arrays.problem import Problem
from corridors.arrays.results import NO_COST, SweepResult
from corridors.arrays.typing import IntArray
from corridors.kernels.net import Warm
from corridors.kernels.output import Output
from corridors.kernels.primal import DONE, ENDLESS_CYCLE, NO_FEASIBLE_FLOW
from corridors.kernels.ranges import inner
from corridors.solvers.prepared import Sweep, running_sums, writable

STATUS = {
    DONE: Status.OPTIMAL,
    NO_FEASIBLE_FLOW: Status.INFEASIBLE,
    ENDLESS_CYCLE: Status.UNBOUNDED,
}
"""What the codes of the kernels mean."""


def empty_result(problem: Problem, S: int, keep: Collection[str], rows: int, with_totals: bool) -> SweepResult:
    """A result in which nothing is solved yet."""
    return SweepResult(
        status=np.full(S, Status.LIMIT, np.int8),
        cost=np.full(S, NO_COST, np.int64),
        flow=np.zeros((S, problem.E), np.int64) if "flow" in keep else None,
        potential=np.zeros((S, problem.V), np.int64) if "potential" in keep else None,
        totals=np.zeros((S, rows), np.int64) if with_totals else None,
        path=np.full(S, Path.NONE, np.int8),
    )


def output(job: Sweep, base: Warm, result: SweepResult, totals: Any) -> Output:
    """The result's arrays and the base's rows, as the kernels need them."""
    E, V = job.problem.E, job.problem.V
    flow = job.start.flow + job.problem.lower
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


def keep_fresh(job: Sweep, result: SweepResult, totals: Any, s: int, stop: IntArray) -> None:
    """Solve scenario `s` in full and keep what is asked for. Modified in place: result."""
    start, code, reuse = job.in_full(s, stop)
    if stop[0]:
        return
    result.path[s] = Path.REPAIRED if reuse else Path.COLD
    result.status[s] = STATUS.get(code, Status.LIMIT)
    if code != DONE:
        return
    flow = start.flow + job.problem.lower
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
