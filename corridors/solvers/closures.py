"""The worst closures within a budget as one mixed-integer programme on the dual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, SolverError


@dataclass(frozen=True)
class Attack:
    """The worst closures found.

    Parameters
    ----------
    closed : tuple of int
        Groups.
    cost : float
        Cost of the least-cost flow with these closed, as the programme has it.
    bound : float
        No closures within the budget lead to a greater cost.
    nodes : int
        Nodes of branch and bound.
    """

    closed: tuple[int, ...]
    cost: float
    bound: float
    nodes: int


def worst_closures(
    problem: Problem,
    bundles: Bundles | None,
    groups: Sequence[IntArray],
    penalty: npt.ArrayLike,
    prices: npt.ArrayLike,
    budget: float,
    *,
    roots: IntArray | None = None,
    nodes: int = 100_000,
    seconds: float = 600.0,
) -> Attack:
    """Close groups of arcs within a budget so that the least-cost flow costs the most.

    Parameters
    ----------
    problem : Problem
        Of V vertices and E arcs without lower bounds; it must be feasible whatever closes, at a price: give it arcs for
        what stays behind.
    bundles : Bundles, optional
        Shared capacities.
    groups : sequence of (n,) int
        Arcs that close together.
    penalty : (E,) float
        A cost of a unit over a closed arc at which no optimum uses it: no less than what a unit of flow is worth.
    prices : (G,) float
        What closing each group takes of the budget; infinity for what can't be closed.
    budget : float
    roots : (R,) int, optional
        Vertices whose potential is zero, one a component: they have no other part in the optimum.
    nodes : int
        Nodes of branch and bound at the most.
    seconds : float
        Time at the most.

    Raises
    ------
    InputError
        Lower bounds, or arrays whose lengths do not fit.
    SolverError
        The programme has no solution within the limits: the problem is infeasible, or time was too short for any.

    Notes
    -----
    A closed arc stays, but at a cost that nobody pays (Israeli & Wood 2002, section 3), so by strong duality the worst
    case of the least-cost flow is one maximum over potentials p, rents r, values of capacity b and closures z::

        max   - supply p - limit r - capacity b
        s.t.  cost + penalty z + p[tail] - p[head] + weight r + b >= 0     for each arc
              price z <= budget,  z 0 or 1,  r, b >= 0

    For largest flows it is Wood's (1993) programme. Solved by HiGHS (Huangfu & Hall 2018).
    """
    penalty, prices = np.asarray(penalty, float), np.asarray(prices, float)
    if problem.lower.any():
        raise InputError("closures: the problem has lower bounds; give arcs that may stay empty")
    if len(penalty) != problem.E or len(prices) != len(groups):
        raise InputError(
            f"closures: {len(penalty)} penalties and {len(prices)} prices; give {problem.E}, one an arc, "
            f"and {len(groups)}, one a group"
        )
    arc = np.flatnonzero(problem.capacity > 0)
    if not len(arc) and not problem.supply.any():
        return Attack((), 0.0, 0.0, 0)
    number = np.full(problem.E, -1)
    number[arc] = np.arange(len(arc))
    bounded = np.flatnonzero(problem.capacity[arc] != UNCAPACITATED)
    kept = np.zeros(0, np.int64) if bundles is None else np.flatnonzero(bundles.limit != UNCAPACITATED)
    first = np.cumsum([0, problem.V, len(kept), len(bounded), len(groups)])
    rows, columns, values = _lines(problem, bundles, groups, penalty, arc, number, kept, bounded, first)
    cost_unit = _unit(problem.cost[arc], penalty[arc])
    capacity = problem.capacity[arc[bounded]].astype(float)
    limit = np.zeros(0) if bundles is None else bundles.limit[kept].astype(float)
    flow_unit = _unit(problem.supply, capacity, limit)
    matrix = csr_array(coo_array((values, (rows, columns)), shape=(len(arc), int(first[-1]))))
    matrix.data /= np.where(matrix.indices >= first[3], cost_unit, 1.0)
    loss = np.concatenate([problem.supply, limit, capacity]) / flow_unit
    objective = np.concatenate([loss, np.zeros(len(groups))])
    low = np.concatenate([np.full(problem.V, -np.inf), np.zeros(int(first[-1]) - problem.V)])
    within = prices <= budget + 1e-9
    high = np.concatenate([np.full(int(first[3]), np.inf), np.where(within, 1.0, 0.0)])
    if roots is not None:
        low[roots] = high[roots] = 0.0
    spent = csr_array(
        (np.where(within, prices, 0.0), (np.zeros(len(groups), int), first[3] + np.arange(len(groups)))),
        (1, int(first[-1])),
    )
    answer = milp(
        objective,
        integrality=np.concatenate([np.zeros(int(first[3])), np.ones(len(groups))]),
        bounds=Bounds(low, high),
        constraints=[
            LinearConstraint(-matrix, -np.inf, problem.cost[arc] / cost_unit),
            LinearConstraint(spent, -np.inf, budget + 1e-9),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": int(nodes), "time_limit": float(seconds)},
    )
    if answer.x is None:
        raise SolverError(f"closures: no solution ({answer.message}); give more seconds, or a problem that is feasible")
    unit = cost_unit * flow_unit
    closed = tuple(int(g) for g in np.flatnonzero(answer.x[first[3] :] > 0.5))
    bound = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun
    return Attack(closed, -float(answer.fun) * unit, -float(bound) * unit, int(answer.mip_node_count or 0))


def _lines(
    problem: Problem,
    bundles: Bundles | None,
    groups: Sequence[IntArray],
    penalty: FloatArray,
    arc: IntArray,
    number: IntArray,
    kept: IntArray,
    bounded: IntArray,
    first: IntArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """What potentials, rents, values of capacity and closures add to the reduced cost of each arc."""
    here = np.arange(len(arc))
    parts: list[tuple[IntArray, IntArray, FloatArray]] = [
        (here, problem.tail[arc], np.ones(len(arc))),
        (here, problem.head[arc], -np.ones(len(arc))),
        (bounded, first[2] + np.arange(len(bounded)), np.ones(len(bounded))),
    ]
    if bundles is not None:
        place = np.full(bundles.B, -1)
        place[kept] = np.arange(len(kept))
        mine = (place[bundles.bundle] >= 0) & (number[bundles.arc] >= 0)
        weight = bundles.weight[mine].astype(float)
        parts.append((number[bundles.arc[mine]], first[1] + place[bundles.bundle[mine]], weight))
    for group, arcs in enumerate(groups):
        there = np.asarray(arcs)[number[arcs] >= 0]
        parts.append((number[there], np.full(len(there), first[3] + group), penalty[there]))
    rows, columns, values = (np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(3))
    return rows, columns, values.astype(float)


def _unit(*arrays: npt.ArrayLike) -> float:
    """The power of two that brings the largest magnitude to about a thousand."""
    largest = max((float(np.abs(np.asarray(a, float)).max(initial=0.0)) for a in arrays), default=0.0)
    return float(2.0 ** (np.ceil(np.log2(largest)) - 10)) if largest > 0 else 1.0
