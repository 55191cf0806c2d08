"""The proofs of :mod:`corridors.kernels.certificate` for many scenarios at once, a row each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.arrays.changes import Changes
from corridors.arrays.problem import Problem
from corridors.arrays.typing import IntArray
from corridors.errors import SolverError, listed
from corridors.kernels.certificate import SAFE, magnitude, optimal

CELLS = 4_000_000
"""Numbers of a block of scenarios written out in full."""


def optimal_rows(
    problem: Problem, changes: Changes, scenarios: IntArray, flow: IntArray, potential: IntArray, cost: IntArray
) -> None:
    """Prove some rows optimal, and their costs right.

    Parameters
    ----------
    changes : Changes
        Of S scenarios.
    scenarios : (N,) int64
        Those that are claimed to be optimal.
    flow : (S, E) int64
    potential : (S, V) int64
    cost : (S,) int64

    Raises
    ------
    SolverError
        Rows that are not: which claim fails, and for which.
    """
    step = max(1, CELLS // max(1, problem.E + problem.V))
    for start in range(0, len(scenarios), step):
        rows = scenarios[start : start + step]
        _block(problem, changes, flow[rows], potential[rows], cost[rows], rows)


def _block(
    problem: Problem, changes: Changes, flow: IntArray, potential: IntArray, cost: IntArray, rows: IntArray
) -> None:
    dense = [changes.applied(problem, s) for s in rows.tolist()]
    capacity, unit_cost, supply = (np.stack(column) for column in zip(*dense, strict=True))
    if not _fits(problem, unit_cost, supply, flow, potential):
        _one_by_one(problem, dense, flow, potential, cost, rows)
        return

    _hold(rows, (flow < problem.lower) | (flow > capacity), "flow is below lower or above capacity")
    net = _sums(flow, problem.tail, problem.V) - _sums(flow, problem.head, problem.V)
    _hold(rows, net != supply, "supply is not what flows out less what flows in")
    reduced = unit_cost + potential[:, problem.tail] - potential[:, problem.head]
    slack = (flow < capacity) & (reduced < 0) | (flow > problem.lower) & (reduced > 0)
    _hold(rows, slack, "complementary slackness fails")
    _hold(rows, ((unit_cost * flow).sum(axis=1) != cost)[:, None], "the cost is not that of the flow")
    # With these, primal and dual cost are equal: sum(reduced * flow) is cost + potential . supply, and flow is at the
    # bound that the sign of the reduced cost picks.


def _fits(
    problem: Problem, unit_cost: IntArray, supply: IntArray, flow: IntArray, potential: IntArray
) -> np.bool_ | bool:
    """Whether no sum of the block can leave 64 bits."""
    largest = magnitude(flow)
    return (
        largest * magnitude(unit_cost) * problem.E < SAFE
        and largest * problem.E + magnitude(supply) < SAFE
        and magnitude(unit_cost) + 2 * magnitude(potential) < SAFE
    )


def _one_by_one(
    problem: Problem,
    dense: list[tuple[IntArray, IntArray, IntArray]],
    flow: IntArray,
    potential: IntArray,
    cost: IntArray,
    rows: IntArray,
) -> None:
    """The same in Python's integers."""
    for row, (capacity, unit_cost, supply) in enumerate(dense):
        scenario = Problem(problem.tail, problem.head, capacity, unit_cost, supply, problem.lower)
        found, _ = optimal(scenario, flow[row], potential[row])
        _hold(rows[row : row + 1], np.array([[found != int(cost[row])]]), "the cost is not that of the flow")


def _sums(flow: IntArray, end: IntArray, V: int) -> IntArray:
    """Flow (S, E) summed over the arcs of each vertex (S, V)."""
    out = np.zeros((V, len(flow)), np.int64)
    order = np.argsort(end, kind="stable")
    if len(order):
        first = np.flatnonzero(np.concatenate(([True], np.diff(end[order]) > 0)))
        out[end[order[first]]] = np.add.reduceat(flow.T[order], first, axis=0)
    return out.T


def _hold(rows: IntArray, broken: npt.NDArray[np.bool_], claim: str) -> None:
    where = rows[broken.any(axis=1)]
    if len(where):
        raise SolverError(f"check: {claim} in {len(where)} scenarios ({listed(where)}); the result can't be trusted")
