"""The network simplex: cold solves, and warm sweeps over many small changes."""

from __future__ import annotations

import numpy as np

from corridors.kernels.cold import cold_start, solve_cold
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW
from corridors.kernels.ranges import clamped, inner, net_supply, ranges, room
from corridors.kernels.types import Bundles, FlowResult, Problem, Status
from corridors.solvers.standard import no_flow, refuse_bundles


def solve(problem: Problem, bundles: Bundles | None = None) -> FlowResult:
    """Solve a min-cost-flow problem with the primal network simplex.

    Parameters
    ----------
    problem : Problem
        Vertices, arcs, bounds, costs and supplies.
    bundles : Bundles, optional
        Must be None: the simplex on a tree knows no shared capacities.

    Returns
    -------
    FlowResult
        With the exact cost. INFEASIBLE comes before UNBOUNDED where both are true.

    Raises
    ------
    InputError
        There are bundles.
    RangeError
        Flows or potentials could leave 64 bits.

    Examples
    --------
    >>> from corridors.kernels.types import Problem
    >>> r = solve(Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5]))
    >>> r.status.name, r.cost, r.flow.tolist()
    ('OPTIMAL', 17, [4, 1, 4])
    """
    refuse_bundles("simplex", bundles)
    width = room(problem)
    bounds = ranges(problem, width)
    start = cold_start(problem, clamped(width, bounds), net_supply(problem), bounds.penalty)
    code, cycle = solve_cold(start)
    if cycle is not None:
        feasible = cold_start(problem, clamped(width, bounds), net_supply(problem), bounds.penalty, free=True)
        code_free, _ = solve_cold(feasible)
        if code_free != NO_FEASIBLE_FLOW:
            return no_flow(problem, Status.UNBOUNDED, cycle)
        code, start = code_free, feasible
    if code == NO_FEASIBLE_FLOW:
        return no_flow(problem, Status.INFEASIBLE, np.flatnonzero(start.basis.potential[:-1] < 0))
    if code != DONE:
        return no_flow(problem, Status.LIMIT, np.zeros(0, np.int64))
    flow = start.flow() + problem.lower
    return FlowResult(Status.OPTIMAL, inner(problem.cost, flow), flow, start.basis.potential[:-1].copy())
