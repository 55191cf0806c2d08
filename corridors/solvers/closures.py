"""The worst closures within a budget as one mixed-integer programme on the dual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.typing import BoolArray, FloatArray, IntArray
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
        What closing each group costs, of the budget; infinity for what can't be closed.
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
    A closed arc stays, but at a cost that no optimum pays (Israeli & Wood 2002, section 3), so by strong duality the
    worst case of the least-cost flow is one maximum over potentials p, rents r, values of capacity b and closures z::

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
    columns = _columns(problem, bundles, len(groups))
    arc, closures = columns.arc, columns.closures
    if not len(arc) and not problem.supply.any():
        return Attack((), 0.0, 0.0, 0)
    capacity = problem.capacity[arc[columns.bounded]].astype(float)
    limit = np.zeros(0) if bundles is None else bundles.limit[columns.limited].astype(float)
    cost_unit, flow_unit = _unit(problem.cost[arc], penalty[arc]), _unit(problem.supply, capacity, limit)
    matrix = _reduced_costs(problem, bundles, groups, penalty, columns)
    matrix.data /= np.where(matrix.indices >= closures, cost_unit, 1.0)
    loss = np.concatenate([problem.supply, limit, capacity]) / flow_unit
    objective = np.concatenate([loss, np.zeros(len(groups))])
    affordable = prices <= budget + 1e-9
    spent = csr_array(
        (np.where(affordable, prices, 0.0), (np.zeros(len(groups), int), closures + np.arange(len(groups)))),
        (1, columns.size),
    )
    answer = milp(
        objective,
        integrality=np.concatenate([np.zeros(closures), np.ones(len(groups))]),
        bounds=_bounds(problem, columns, affordable, roots),
        constraints=[
            LinearConstraint(-matrix, -np.inf, problem.cost[arc] / cost_unit),
            LinearConstraint(spent, -np.inf, budget + 1e-9),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": int(nodes), "time_limit": float(seconds)},
    )
    if answer.x is None:
        raise SolverError(f"closures: no solution ({answer.message}); give more seconds, or a problem that is feasible")
    unit = cost_unit * flow_unit
    closed = tuple(int(g) for g in np.flatnonzero(answer.x[closures:] > 0.5))
    bound = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun
    return Attack(closed, -float(answer.fun) * unit, -float(bound) * unit, int(answer.mip_node_count or 0))


class _Columns(NamedTuple):
    """What the rows and columns of the programme stand for; its rows are the arcs that may carry flow.

    ``arc`` (A,): the arc of each row. ``row`` (E,): the row of each arc, -1 where it has none. ``bounded`` (N,): rows
    whose arc has a capacity. ``limited`` (L,): bundles that have a limit. Columns are V potentials; L rents, from
    ``rents`` on; N values of capacity, from ``capacities`` on; closures, from ``closures`` on; ``size`` in all.
    """

    arc: IntArray
    row: IntArray
    bounded: IntArray
    limited: IntArray
    rents: int
    capacities: int
    closures: int
    size: int


def _columns(problem: Problem, bundles: Bundles | None, groups: int) -> _Columns:
    arc = np.flatnonzero(problem.capacity > 0)
    row = np.full(problem.E, -1)
    row[arc] = np.arange(len(arc))
    bounded = np.flatnonzero(problem.capacity[arc] != UNCAPACITATED)
    limited = np.zeros(0, np.int64) if bundles is None else np.flatnonzero(bundles.limit != UNCAPACITATED)
    return _Columns(arc, row, bounded, limited, *np.cumsum([problem.V, len(limited), len(bounded), groups]).tolist())


def _reduced_costs(
    problem: Problem, bundles: Bundles | None, groups: Sequence[IntArray], penalty: FloatArray, columns: _Columns
) -> csr_array:
    """What potentials, rents, values of capacity and closures add to the reduced cost of each arc, (A, size)."""
    arc, row, bounded = columns.arc, columns.row, columns.bounded
    every = np.arange(len(arc))
    parts: list[tuple[IntArray, IntArray, FloatArray]] = [
        (every, problem.tail[arc], np.ones(len(arc))),
        (every, problem.head[arc], -np.ones(len(arc))),
        (bounded, columns.capacities + np.arange(len(bounded)), np.ones(len(bounded))),
    ]
    if bundles is not None:
        rent = np.full(bundles.B, -1)
        rent[columns.limited] = columns.rents + np.arange(len(columns.limited))
        counted = (rent[bundles.bundle] >= 0) & (row[bundles.arc] >= 0)
        weight = bundles.weight[counted].astype(float)
        parts.append((row[bundles.arc[counted]], rent[bundles.bundle[counted]], weight))
    for group, arcs in enumerate(groups):
        usable = np.asarray(arcs)[row[arcs] >= 0]
        parts.append((row[usable], np.full(len(usable), columns.closures + group), penalty[usable]))
    rows, places, values = (np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(3))
    return csr_array(coo_array((values.astype(float), (rows, places)), shape=(len(arc), columns.size)))


def _bounds(problem: Problem, columns: _Columns, affordable: BoolArray, roots: IntArray | None) -> Bounds:
    """Potentials of any sign, zero at the roots; the rest >= 0, and closures <= 1, or 0 beyond the budget."""
    low = np.concatenate([np.full(problem.V, -np.inf), np.zeros(columns.size - problem.V)])
    high = np.concatenate([np.full(columns.closures, np.inf), np.where(affordable, 1.0, 0.0)])
    if roots is not None:
        low[roots] = high[roots] = 0.0
    return Bounds(low, high)


def _unit(*arrays: npt.ArrayLike) -> float:
    """The power of two that brings the largest magnitude to about a thousand."""
    largest = max((float(np.abs(np.asarray(a, float)).max(initial=0.0)) for a in arrays), default=0.0)
    return float(2.0 ** (np.ceil(np.log2(largest)) - 10)) if largest > 0 else 1.0
