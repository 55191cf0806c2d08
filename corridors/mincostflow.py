"""Min-cost flow on plain arrays: one problem, a sweep of what-ifs, and the proof of either."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection, Iterable
from types import ModuleType
from typing import Any, Literal

import numpy as np
from scipy import sparse

from corridors.arrays.changes import Changes
from corridors.arrays.codes import Path, Status
from corridors.arrays.problem import Bundles, Problem, numbers, whole
from corridors.arrays.results import NO_COST, FlowResult, Proof, SweepProof, SweepResult
from corridors.errors import InputError, RangeError, SolverError, kind_of, listed
from corridors.errors import whole as whole_number
from corridors.kernels import certificate
from corridors.kernels.certificates import optimal_rows

Solver = Literal["simplex", "ortools", "networkx", "lp"]
"""The solvers on arrays."""

_MODULE: dict[Solver, str] = {
    "simplex": "simplex",
    "ortools": "with_ortools",
    "networkx": "with_networkx",
    "lp": "lp",
}
"""Where in `corridors.solvers` each is."""

KEEPABLE = ("flow", "potential")


def min_cost_flow(problem: Problem, solver: Solver = "simplex", *, bundles: Bundles | None = None) -> FlowResult:
    """The cheapest flow that obeys supply and bounds.

    Source: Ahuja, Magnanti & Orlin 1993, chapter 11 (the network simplex).

    Parameters
    ----------
    problem : Problem
        Arcs, bounds, costs and supply.
    solver : {"simplex", "ortools", "networkx", "lp"}
        The library's own network simplex; the others are references, and "lp" knows bundles.
    bundles : Bundles, optional
        Shared capacities; only "lp" takes them.

    Returns
    -------
    FlowResult
        Status, exact cost, flow (E,), potential (V,). INFEASIBLE comes with a cut, UNBOUNDED with a feasible flow and a
        cycle; what is infeasible is never UNBOUNDED.

    Raises
    ------
    InputError
        No such solver, or one that does not know bundles.
    RangeError
        Costs or flows that could leave 64-bit integers; found before anything is solved.
    KeyboardInterrupt
        Ctrl-C; "simplex" stops at once, the others when they end.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> result = cd.min_cost_flow(problem)
    >>> result.status.name, result.cost, result.flow.tolist()
    ('OPTIMAL', 17, [4, 1, 4])
    """
    _kinds(problem=problem)
    if bundles is not None:
        _kinds(bundles=bundles)
    result: FlowResult = _module(solver).solve(problem, bundles)
    return result


def min_cost_flow_sweep(
    problem: Problem,
    changes: Changes,
    *,
    keep: Collection[str] = (),
    totals: Any = None,
    threads: int | None = None,
    solver: Solver = "simplex",
) -> SweepResult:
    """The cheapest flow of every scenario.

    Source: Ahuja, Magnanti & Orlin 1993, chapter 11 (the network simplex, from the last basis).

    Parameters
    ----------
    problem : Problem
        The base that each scenario starts from; may itself be infeasible.
    changes : Changes
        S scenarios.
    keep : collection of {"flow", "potential"}
        Which arrays to keep besides status and cost: (S, E) and (S, V) int64.
    totals : (K, E) array or sparse array of int, optional
        Weights; ``flow @ totals.T`` of each scenario is kept.
    threads : int, optional
        How many threads work; as many as there are cores by default. The result does not depend on it.
    solver : {"simplex", "ortools", "networkx", "lp"}
        "simplex" re-optimises from the base's optimum; the others solve each scenario from scratch, for reference.

    Returns
    -------
    SweepResult
        Where a scenario is not OPTIMAL its cost is the smallest int64 and its arrays are zero.

    Raises
    ------
    InputError
        Changes that do not fit the problem, weights of another shape, an unknown name in `keep`.
    RangeError
        Costs or flows that could leave 64-bit integers.
    KeyboardInterrupt
        Ctrl-C; what was done is its ``partial``, a SweepResult whose other scenarios have the status LIMIT.

    Examples
    --------
    Close each arc in turn.

    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> changes = cd.Changes.from_coo(3, capacity=([0, 1, 2], [0, 1, 2], [0, 0, 0]))
    >>> result = cd.min_cost_flow_sweep(problem, changes)
    >>> [cd.Status(s).name for s in result.status], result.cost[[0, 2]].tolist()
    (['OPTIMAL', 'INFEASIBLE', 'OPTIMAL'], [25, 25])
    """
    _kinds(problem=problem, changes=changes)
    if not isinstance(keep, Iterable):
        raise InputError(f'keep: is {kind_of(keep)}; give a tuple of "flow", "potential"')
    names = [keep] if isinstance(keep, str) else list(keep)
    unknown = [name for name in names if not isinstance(name, str) or name not in KEEPABLE]
    if unknown or isinstance(keep, str):
        raise InputError(f'keep: {listed(unknown or names)} is no tuple of "flow", "potential"; give one')
    if threads is not None:
        threads = whole_number("threads", threads, 1, 4096)
    weights = None if totals is None else _weights(totals, problem.E)
    changes.checked(problem)
    module = _module(solver)
    if hasattr(module, "sweep"):
        result: SweepResult = module.sweep(problem, changes, tuple(keep), weights, threads)
        return result
    return _cold_sweep(module, problem, changes, keep, weights)


def check(problem: Problem, result: FlowResult) -> Proof:
    """Prove a result right in exact arithmetic, by code that no solver shares.

    OPTIMAL is proven by conservation, bounds, complementary slackness and equal primal and dual cost; INFEASIBLE by a
    vertex set whose supply exceeds the capacity that leaves it; UNBOUNDED by a flow that obeys supply and bounds, and a
    cycle of arcs without bound and of negative cost. LIMIT claims nothing.

    Parameters
    ----------
    problem : Problem
    result : FlowResult
        What `corridors.min_cost_flow` gave for it, or another code's flow with its potentials, cut or cycle.

    Returns
    -------
    Proof
        What was proven: ``status``, and the figures that agree.

    Raises
    ------
    SolverError
        A claim that does not hold: which, where and by how much; or a part of its proof that is missing or of another
        shape.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> cd.check(problem, cd.min_cost_flow(problem))
    Proof(status=<Status.OPTIMAL: 0>, cost=17, bound=17, excess=None, cycle_cost=None)
    """
    _kinds(problem=problem, result=(result, FlowResult))
    return certificate.proof(problem, result)


def check_sweep(problem: Problem, changes: Changes, result: SweepResult) -> SweepProof:
    """Prove every scenario of a sweep right in exact arithmetic.

    Optimal ones are proven from the flows and potentials kept; for the others a cut or cycle is sought by
    OR-Tools, and then checked.

    Parameters
    ----------
    problem, changes
        What was swept, as for `corridors.min_cost_flow_sweep`.
    result : SweepResult
        Of a sweep with ``keep=("flow", "potential")``.

    Returns
    -------
    SweepProof
        What was proven of each scenario.

    Raises
    ------
    InputError
        Flows or potentials were not kept; arrays of other shapes, an unknown status.
    SolverError
        Scenarios whose claim does not hold.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> changes = cd.Changes.from_coo(2, capacity=([0, 1], [0, 1], [0, 0]))
    >>> result = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
    >>> cd.check_sweep(problem, changes, result)
    SweepProof(optimal=1, infeasible=1, unbounded=0, limit=0)
    """
    _kinds(problem=problem, changes=changes, result=(result, SweepResult))
    if result.flow is None or result.potential is None:
        raise InputError('check_sweep: flow or potential is missing; sweep with keep=("flow", "potential")')
    changes.checked(problem)
    _check_shapes(problem, changes, result)
    solved = np.flatnonzero(result.status == Status.OPTIMAL)
    optimal_rows(problem, changes, solved, result.flow, result.potential, result.cost)
    for s in np.flatnonzero(result.status != Status.OPTIMAL).tolist():
        if result.cost[s] != NO_COST or result.flow[s].any() or result.potential[s].any():
            raise SolverError(f"check: scenario {s} has no optimum, yet a cost, flow or potential")
        _prove_no_optimum(problem, changes, s, Status(int(result.status[s])))
    counts = np.bincount(result.status, minlength=len(Status)).tolist()
    return SweepProof(*counts)


def _check_shapes(problem: Problem, changes: Changes, result: SweepResult) -> None:
    """An error for a result whose arrays can't be of these changes."""
    for name, *shape in (
        ("status", changes.S),
        ("cost", changes.S),
        ("flow", changes.S, problem.E),
        ("potential", changes.S, problem.V),
    ):
        given = getattr(result, name)
        if not isinstance(given, np.ndarray) or given.dtype.kind != "i" or np.ma.getmaskarray(given).any():
            raise InputError(f"check_sweep: {name} is no array of integers; give the result as the sweep made it")
        if given.shape != tuple(shape):
            raise InputError(
                f"check_sweep: the result has {len(given)} scenarios in {name}{given.shape}, the changes have "
                f"{changes.S}; {tuple(shape)} is wanted"
            )
    unknown = np.flatnonzero(~np.isin(result.status, list(Status)))
    if len(unknown):
        raise InputError(f"check_sweep: status is unknown for scenarios {listed(unknown)}; give 0 to {max(Status)}")


def _kinds(**given: Any) -> None:
    """Raise where an argument is of another class than its name says, or than the class given with it."""
    of_name = {"problem": Problem, "changes": Changes, "bundles": Bundles}
    for name, value in given.items():
        argument, wanted = value if name == "result" else (value, of_name[name])
        if not isinstance(argument, wanted):
            raise InputError(f"{name}: is {kind_of(argument)}; give a {wanted.__name__}")


def _prove_no_optimum(problem: Problem, changes: Changes, s: int, status: Status) -> None:
    """Prove that scenario s has no optimum, for the reason it gives."""
    if status == Status.LIMIT:
        return
    scenario = _scenario(problem, changes, s)
    found = Status.INFEASIBLE
    if scenario is not None:
        result = min_cost_flow(scenario, solver="ortools")
        certificate.proof(scenario, result)
        found = result.status
    if found != status:
        raise SolverError(f"check: scenario {s} is {found.name}, not {status.name}; the result can't be trusted")


def _cold_sweep(
    module: ModuleType, problem: Problem, changes: Changes, keep: Collection[str], weights: sparse.csr_array | None
) -> SweepResult:
    """Each scenario solved from scratch."""
    from corridors.solvers.kept import empty_result

    kept = empty_result(problem, changes.S, keep, 0 if weights is None else weights.shape[0], weights is not None)
    try:
        for s in range(changes.S):
            _keep_cold(module, kept, _scenario(problem, changes, s), s, weights)
    except KeyboardInterrupt as interrupt:
        interrupt.partial = kept  # type: ignore[attr-defined]
        raise
    return kept


def _keep_cold(
    module: ModuleType, kept: SweepResult, scenario: Problem | None, s: int, weights: sparse.csr_array | None
) -> None:
    """Solve scenario s and keep what is asked for. Modified in place: kept."""
    result = None if scenario is None else module.solve(scenario)
    if result is not None and result.status == Status.OPTIMAL:
        if not NO_COST < result.cost < -NO_COST:
            raise RangeError(f"sweep: scenario {s} costs {result.cost}, beyond 64 bits; use a larger unit of cost")
        kept.cost[s] = result.cost
        if kept.flow is not None:
            kept.flow[s] = result.flow
        if kept.potential is not None:
            kept.potential[s] = result.potential
        if kept.totals is not None and weights is not None:
            kept.totals[s] = weights @ result.flow
    kept.status[s] = Status.INFEASIBLE if result is None else result.status
    kept.path[s] = Path.ABSORBED if result is None else Path.COLD


def _scenario(problem: Problem, changes: Changes, s: int) -> Problem | None:
    """Scenario s as a problem of its own; None where a capacity is below its lower bound."""
    capacity, cost, supply = changes.applied(problem, s)
    if (capacity < problem.lower).any():
        return None
    return Problem(problem.tail, problem.head, capacity, cost, supply, problem.lower)


def _weights(totals: Any, E: int) -> sparse.csr_array:
    """Weights as a (K, E) int64 CSR array."""
    if sparse.issparse(totals):
        given = sparse.coo_array(totals)
        # As int64 before entries for the same place are summed: small integers would wrap.
        matrix = sparse.coo_array((whole("totals", given.data), given.coords), shape=given.shape)
    else:
        dense = np.atleast_2d(numbers("totals", totals))
        matrix = sparse.coo_array(whole("totals", dense.ravel()).reshape(dense.shape))
    if len(matrix.shape) != 2:
        raise InputError(f"totals: has {len(matrix.shape)} dimensions; give a row a total, a column an arc")
    if matrix.shape[1] != E:
        raise InputError(f"totals: has {matrix.shape[1]} columns; give one an arc, {E}")
    return sparse.csr_array(matrix)


def _module(solver: Solver) -> ModuleType:
    """The solver's module, loaded when first asked for."""
    if not isinstance(solver, str) or solver not in _MODULE:
        raise InputError(f"solver: {solver!r} is not known; give one of {', '.join(_MODULE)}")
    name = f"corridors.solvers.{_MODULE[solver]}"
    return sys.modules.get(name) or importlib.import_module(name)  # which takes as long as a tenth of a small solve
