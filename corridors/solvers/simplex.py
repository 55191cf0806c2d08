"""The network simplex: cold solves, and warm sweeps over many small changes."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

import numpy as np

from corridors.arrays.changes import Changes
from corridors.arrays.codes import Path, Status
from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.results import FlowResult, SweepResult
from corridors.arrays.typing import IntArray
from corridors.kernels.closures import sweep_closures
from corridors.kernels.cold import cold_start
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW, optimise
from corridors.kernels.ranges import clamped, easy, inner, net_supply, ranges, room
from corridors.solvers.announce import announce_compilation
from corridors.solvers.kept import empty_result
from corridors.solvers.prepared import Sweep, solve_listening
from corridors.solvers.standard import no_optimum, refuse_bundles
from corridors.solvers.sweeping import run


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
    KeyboardInterrupt
        Ctrl-C; solving stops at once.

    Examples
    --------
    >>> from corridors.arrays.problem import Problem
    >>> r = solve(Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5]))
    >>> r.status.name, r.cost, r.flow.tolist()
    ('OPTIMAL', 17, [4, 1, 4])
    """
    refuse_bundles("simplex", bundles)
    announce_compilation(optimise)
    width, supply, penalty, most = _bounded(problem)
    start = cold_start(problem, width, supply, penalty)
    code, cycle = solve_listening(start)
    if cycle is not None:
        costless = cold_start(problem, width, supply, penalty, free=True)
        code, _ = solve_listening(costless)
        if code == DONE:
            return no_optimum(problem, Status.UNBOUNDED, cycle, costless.flow + problem.lower)
        start = costless
    if code == NO_FEASIBLE_FLOW:
        return no_optimum(problem, Status.INFEASIBLE, np.flatnonzero(start.potential() < 0))
    if code != DONE:
        return no_optimum(problem, Status.LIMIT, np.zeros(0, np.int64))
    flow = start.flow + problem.lower
    return FlowResult(Status.OPTIMAL, inner(problem.cost, flow, most), flow, start.potential())


def _bounded(problem: Problem) -> tuple[IntArray, IntArray, int, int | None]:
    """Capacities and supplies with lower bounds settled, the penalty, and the most cost x flow of an arc."""
    simple = easy(problem)
    if simple is not None:
        width, bounds = simple
        return width, problem.supply.copy(), bounds.penalty, bounds.penalty * bounds.most_flow
    width = room(problem)
    bounds = ranges(problem, width)
    return clamped(width, bounds), net_supply(problem), bounds.penalty, None


def sweep(
    problem: Problem,
    changes: Changes,
    keep: Collection[str] = (),
    totals: Any = None,
    threads: int | None = None,
) -> SweepResult:
    """Solve every scenario, each from the optimal basis of the base.

    Parameters
    ----------
    problem : Problem
        The base; it may itself be infeasible or unbounded.
    changes : Changes
        S scenarios that fit the problem.
    keep : collection of {"flow", "potential"}
        Which arrays to keep in addition to status and cost.
    totals : (K, E) sparse array of int64, optional
        Weights of flows to keep the sums of.
    threads : int, optional
        How many threads work; as many as there are cores by default.

    Returns
    -------
    SweepResult
        What is kept of a scenario is a function of base and scenario alone.

    Raises
    ------
    RangeError
        Flows, potentials or costs could leave 64 bits.
    KeyboardInterrupt
        With what was done as its ``partial``, a SweepResult; its other scenarios have the status LIMIT, the path NONE.

    Examples
    --------
    >>> from corridors.arrays.problem import Problem
    >>> from corridors.arrays.changes import Changes
    >>> p = Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> sweep(p, Changes.from_coo(2, capacity=([0, 1], [0, 1], [0, 6]))).cost.tolist()
    [25, 17]
    """
    announce_compilation(sweep_closures)
    kept = empty_result(problem, changes.S, keep, 0 if totals is None else totals.shape[0], totals is not None)
    try:
        job = Sweep.of(problem, changes)
        below_lower = job.below_lower()
        kept.status[below_lower] = Status.INFEASIBLE
        kept.path[below_lower] = Path.ABSORBED
        run(job, kept, totals, threads or os.cpu_count() or 1)
    except KeyboardInterrupt as interrupt:
        interrupt.partial = kept  # type: ignore[attr-defined]
        raise
    return kept
