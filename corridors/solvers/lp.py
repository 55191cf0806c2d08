"""Min-cost flow as a linear programme on its arcs, by SciPy's HiGHS: the one solver here that takes bundles."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from corridors.arrays.codes import Status
from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.results import FlowResult
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, SolverError
from corridors.kernels import certificate
from corridors.solvers.standard import no_optimum, standard, unbounded_cycle, without_costs
from corridors.solvers.with_ortools import violated_cut


def solve(problem: Problem, bundles: Bundles | None = None) -> FlowResult:
    """Solve a min-cost-flow problem, with shared capacities where `bundles` are given.

    Parameters
    ----------
    problem : Problem
        Of V vertices and E arcs.
    bundles : Bundles, optional
        B shared capacities.

    Returns
    -------
    FlowResult
        Without bundles flow, potential and cost are integers and exact; with them the optimum may be fractional, and
        ``rent`` is the dual of each limit: a unit more saves at most this.

    Raises
    ------
    InputError
        A bundle's arc that the problem has not.
    SolverError
        What was found for a problem without bundles could not be rounded to an exact answer with its proof.

    Notes
    -----
    The arc formulation of Ahuja, Magnanti & Orlin (1993), sections 1.2 and 17.1, solved by HiGHS (Huangfu & Hall
    2018). Flows and costs are scaled by powers of two, which floats take without loss.
    """
    if bundles is not None and (bundles.arc >= problem.E).any():
        raise InputError(f"bundles: arc {bundles.arc.max()} is not in the problem; give 0 to {problem.E - 1}")
    if not problem.E:  # SciPy refuses a programme without variables
        if problem.supply.any():
            return _none(problem, bundles, Status.INFEASIBLE)
        idle = np.zeros(0, np.int64 if bundles is None else float)
        rent = np.zeros(0 if bundles is None else bundles.B)
        return FlowResult(Status.OPTIMAL, 0, idle, np.zeros(problem.V, idle.dtype), rent=rent)
    flow_unit = _power_of_two(problem.supply, problem.lower, _finite(problem.capacity), _finite(_limits(bundles)))
    cost_unit = _power_of_two(problem.cost)
    answer = _linprog(problem, bundles, problem.cost / cost_unit, flow_unit)
    if answer.status == 1:
        return _none(problem, bundles, Status.LIMIT)
    if answer.status != 0:
        feasible = _linprog(problem, bundles, np.zeros(problem.E), flow_unit)
        if feasible.status == 1:
            return _none(problem, bundles, Status.LIMIT)
        if feasible.status != 0:
            return _none(problem, bundles, Status.INFEASIBLE)
        return _none(problem, bundles, Status.UNBOUNDED, feasible.x * flow_unit)
    potential = -answer.eqlin.marginals * cost_unit
    if bundles is None:
        return _exact(problem, answer.x * flow_unit, potential)
    flow = np.clip(answer.x * flow_unit, problem.lower, problem.capacity)
    rent = np.maximum(-answer.ineqlin.marginals * cost_unit, 0.0)
    return FlowResult(Status.OPTIMAL, float(flow @ problem.cost), flow, potential, rent=_all_bundles(bundles, rent))


def _linprog(problem: Problem, bundles: Bundles | None, cost: FloatArray, flow_unit: float) -> Any:
    from scipy.optimize import linprog  # it takes longer to load than most cases to solve

    arcs = np.arange(problem.E)
    ends = np.concatenate([problem.tail, problem.head])
    signs = np.repeat([1.0, -1.0], problem.E)
    balance = csr_array((signs, (ends, np.tile(arcs, 2))), shape=(problem.V, problem.E))
    upper = np.where(problem.capacity == UNCAPACITATED, np.inf, problem.capacity / flow_unit)
    shared: dict[str, Any] = {}
    if bundles is not None:
        bound = np.flatnonzero(bundles.limit != UNCAPACITATED)
        rows = csr_array((bundles.weight.astype(float), (bundles.bundle, bundles.arc)), shape=(bundles.B, problem.E))
        shared = {"A_ub": rows[bound], "b_ub": bundles.limit[bound] / flow_unit}
    return linprog(
        cost,
        A_eq=balance,
        b_eq=problem.supply / flow_unit,
        bounds=np.column_stack([problem.lower / flow_unit, upper]),
        method="highs-ds",
        **shared,
    )


def _exact(problem: Problem, flow: FloatArray, potential: FloatArray) -> FlowResult:
    """Round a basic optimum, which is integral, and prove that it still is one (strong duality in Python integers)."""
    whole, price = np.rint(flow).astype(np.int64), np.rint(potential).astype(np.int64)
    try:
        cost, _ = certificate.optimal(problem, whole, price)
    except SolverError as error:
        raise SolverError(f"{INEXACT} ({error})") from None
    return FlowResult(Status.OPTIMAL, cost, whole, price)


INEXACT = "lp: the floating-point optimum is not exact for numbers of this size; use solver='simplex'"


def _none(problem: Problem, bundles: Bundles | None, status: Status, flow: FloatArray | None = None) -> FlowResult:
    """The result where there is no optimum, with its proof where no bundle has a part in it."""
    if bundles is not None:
        given = np.zeros(problem.E) if flow is None else np.clip(flow, problem.lower, problem.capacity)
        return FlowResult(status, 0, given, np.zeros(problem.V), rent=np.zeros(bundles.B))
    if status == Status.LIMIT:
        return no_optimum(problem, status, np.zeros(0, np.int64))
    if flow is None:
        cut = violated_cut(standard(problem))
        if cut is None:
            raise SolverError(f"{INEXACT} (no cut shows that there is no flow)")
        return no_optimum(problem, status, cut)
    cycle = unbounded_cycle(problem)
    if cycle is None:
        raise SolverError(f"{INEXACT} (no cycle shows that there is no bound)")
    whole = _exact(without_costs(problem), flow, np.zeros(problem.V)).flow
    return no_optimum(problem, status, cycle, whole)


def _all_bundles(bundles: Bundles, rent: FloatArray) -> FloatArray:
    """Rents of all bundles from those of the limited ones."""
    every = np.zeros(bundles.B)
    every[bundles.limit != UNCAPACITATED] = rent
    return every


def _limits(bundles: Bundles | None) -> Any:
    return np.zeros(0, np.int64) if bundles is None else bundles.limit


def _finite(values: Any) -> Any:
    return values[values != UNCAPACITATED]


def _power_of_two(*arrays: Any) -> float:
    """The power of two that brings the largest magnitude of the arrays to about a thousand."""
    largest = max((float(np.abs(a).max()) for a in arrays if len(a)), default=0.0)
    return float(2.0 ** max(np.ceil(np.log2(largest)) - 10, 0)) if largest > 0 else 1.0
