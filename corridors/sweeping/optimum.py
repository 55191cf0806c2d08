"""The proven optimum of a model: one case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corridors import arguments
from corridors.arrays.codes import Status
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, SolverError
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.decode import Solution
from corridors.model.prices import charged_costs, distances, lower_bound, reduced, worth_their_way
from corridors.solvers import lp

GAP = 1e-9
"""The largest gap of an optimum, relative to its objective, or to one unit of cost where that is more."""

SOLVERS = ("columns", "lp")
"""The methods on corridors: the path formulation by column generation, re-optimised from scenario to scenario; and the
linear programme on arcs, by HiGHS, each scenario from scratch: the reference."""


def check_solver(name: str, solver: str) -> None:
    """Refuse what is no method.

    Parameters
    ----------
    name : str
        The function that was called.
    solver : str

    Raises
    ------
    InputError
    """
    arguments.texts(solver=solver)
    if solver not in SOLVERS:
        raise InputError(f"{name}: solver={solver!r} is unknown; give {' or '.join(SOLVERS)}")


def solved(model: Model, solver: str = "columns") -> Solution:
    """The optimum of a model with its prices, and the bound that proves it.

    Where objective and bound are further apart than `GAP`, because goods are hardly worth their transport and few
    figures are left of sums of large prices, costs are reduced, and where that does not do, the other method is tried.

    Parameters
    ----------
    model : Model
    solver : str
        One of `SOLVERS`.

    Raises
    ------
    SolverError
        No method found an optimum. A corridor problem always has one: nothing moved is feasible, and no more is
        gained than the value of all demand.
    """
    best = None
    for solution in _attempts(model, solver):
        if best is None or solution.gap < best.gap:
            best = solution
        if abs(best.objective - best.bound) <= GAP * max(abs(best.objective), 1.0):
            return best
    if best is None:
        raise SolverError("solve: no method found the optimum that there is; report it with its input")
    return best


Flow = tuple[FloatArray, FloatArray, float]
"""Flow of each arc, rent of each bundle, and the circulation's cost, in units of the problem."""


def _attempts(model: Model, solver: str) -> Iterator[Solution]:
    """Solutions by one method after another, each more careful with figures than the one before."""
    order = [solver, *(other for other in SOLVERS if other != solver)] if len(model.demand) else ["lp"]
    for method in order:
        found = _METHODS[method](model)
        if found is not None:
            yield _priced(model, *found, method)
        less, potential = reduced(model)
        if found is not None:
            yield _of_reduced(model, less, potential, *found[:2], method)
        if method == "lp":  # the method by columns reduces costs itself
            found = _METHODS[method](replace(less, problem=worth_their_way(less)))
            if found is not None:
                yield _of_reduced(model, less, potential, *found[:2], method)


def _by_columns(model: Model) -> Flow | None:
    from corridors.solvers import multicommodity  # its kernels take a while to load

    try:
        return multicommodity.solve(model.problem, model.bundles, demand=model.arcs.of(Kind.DEMAND))
    except SolverError:
        return None


def _by_lp(model: Model) -> Flow | None:
    result = lp.solve(model.problem, model.bundles)
    if result.status != Status.OPTIMAL:
        return None
    return result.flow.astype(float), result.rent, float(result.cost)


_METHODS = {"columns": _by_columns, "lp": _by_lp}


def _priced(model: Model, flow: FloatArray, rent: FloatArray, objective: float, solver: str) -> Solution:
    """A flow and its rents, with the bound that they prove."""
    distance = distances(model, charged_costs(model, rent))
    return Solution(model, flow, rent, distance, objective, lower_bound(model, rent, distance), solver)


def _of_reduced(
    model: Model, less: Model, potential: FloatArray, flow: FloatArray, rent: FloatArray, solver: str
) -> Solution:
    """A flow, priced at the reduced costs of `less`; its distances are those of the model."""
    found = _priced(less, flow, rent, float(flow @ less.problem.cost), solver)
    return replace(found, model=model, distance=found.distance + potential)
