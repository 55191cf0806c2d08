"""Whether an optimum is the only one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order

from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.prices import charged_costs, distances

Bools = npt.NDArray[np.bool_]

NOTHING, NOISE = 1e-3, 1e-12
"""Reduced costs below this, in units of the problem's costs or of the largest of them, are zero but for rounding."""


def tied(model: Model, flow: FloatArray, rent: FloatArray, distance: FloatArray | None = None) -> bool:
    """Whether another flow has the same objective.

    The optimal flows are those that use arcs of zero reduced cost only and fill every bundle that has a rent
    (complementary slackness). The set is a single point unless a linear function of random weights takes two values
    on it; weights for which it would take one by accident have probability zero.

    Parameters
    ----------
    model : Model
    flow : (E,) float
        An optimal flow.
    rent : (B,) float
        Optimal rents.
    distance : (V,) float, optional
        `distances` at those rents.
    """
    problem, cost = model.problem, charged_costs(model, rent)
    distance = distances(model, cost) if distance is None else distance
    nothing = max(NOTHING, NOISE * float(np.abs(problem.cost).max(initial=0)))
    arc = _candidates(model, cost, distance, nothing)
    enters = np.bincount(problem.head[arc], minlength=problem.V)
    enters[model.arcs.world] = 0
    undecided = (model.arcs.kind[arc] == Kind.DEMAND) & (flow[arc] < problem.capacity[arc])
    if (enters <= 1).all() and not undecided.any():
        return False
    certain = (model.arcs.kind[arc] == Kind.DEMAND) & (cost[arc] + distance[problem.tail[arc]] < -nothing)
    return _has_width(model, arc, certain, flow, rent > nothing)


def _candidates(model: Model, cost: FloatArray, distance: FloatArray, nothing: float) -> IntArray:
    """Arcs that some optimal flow may use: of zero reduced cost, on a route to a demand row that is worth serving."""
    arcs, problem = model.arcs, model.problem
    with np.errstate(invalid="ignore"):
        reduced = cost + distance[problem.tail] - distance[problem.head]
        worth = np.where(arcs.kind == Kind.DEMAND, reduced <= nothing, np.abs(reduced) <= nothing)
    arc = np.flatnonzero(worth & (problem.capacity > 0))
    inner = arc[arcs.kind[arc] != Kind.DEMAND]
    goals = problem.tail[arc[arcs.kind[arc] == Kind.DEMAND]]
    rows = np.concatenate([problem.head[inner], np.full(len(goals), problem.V)])
    columns = np.concatenate([problem.tail[inner], goals])
    back = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(problem.V + 1,) * 2)
    useful = np.zeros(problem.V + 1, bool)
    useful[breadth_first_order(back, problem.V, return_predecessors=False)] = True
    useful[arcs.world] = True
    return arc[useful[problem.tail[arc]] & useful[problem.head[arc]]]


def _has_width(model: Model, arc: IntArray, certain: Bools, flow: FloatArray, full: Bools) -> bool:
    """Whether several flows on some arcs fill the bundles that are `full` and the demand arcs that are `certain`."""
    problem, bundles = model.problem, model.bundles
    unit = max(float(np.abs(flow).max(initial=0.0)), 1.0)
    n = len(arc)
    ends = np.concatenate([problem.tail[arc], problem.head[arc]])
    vertex, row = np.unique(ends, return_inverse=True)
    signs = np.repeat([1.0, -1.0], n)
    balance = csr_array((signs, (row, np.tile(np.arange(n), 2))), shape=(len(vertex), n))
    shared = csr_array((bundles.weight.astype(float), (bundles.bundle, bundles.arc)), shape=(bundles.B, problem.E))
    shared = shared[:, arc]
    loose = ~full & (bundles.limit != UNCAPACITATED)
    upper = np.where(problem.capacity[arc] == UNCAPACITATED, np.inf, problem.capacity[arc] / unit)
    bounds = np.column_stack([np.where(certain, upper, 0.0), upper])
    limits: dict[str, Any] = {
        "A_eq": vstack([balance, shared[np.flatnonzero(full)]]),
        "b_eq": np.concatenate([np.zeros(len(vertex)), bundles.limit[full] / unit]),
        "A_ub": shared[np.flatnonzero(loose)],
        "b_ub": bundles.limit[loose] / unit,
        "bounds": bounds,
        "method": "highs",
    }
    # Tonnes of a class that pass a link by one of its cost steps or another are the same flow: one weight for all.
    passage = np.unique(model.arcs.passage[arc], return_inverse=True)[1]
    weights = np.random.default_rng(0).random(n)[passage]
    least, most = linprog(weights, **limits), linprog(-weights, **limits)
    if least.status != 0 or most.status != 0:
        return True  # not shown to be the only one
    return bool(-most.fun - least.fun > 1e-6)
