"""Proofs that need no trust in a solver: each claim of a result is checked in exact arithmetic.

Nothing here is shared with the simplex. The conditions are those of Ahuja, Magnanti & Orlin (1993), section 9.3
(optimality by complementary slackness), 6.7 (a cut that supply can't leave) and 9.1 (a cycle that pays for ever, and a
flow that obeys supply and bounds).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.codes import Status
from corridors.arrays.problem import UNCAPACITATED, Problem
from corridors.arrays.results import FlowResult, Proof
from corridors.arrays.typing import IntArray
from corridors.errors import SolverError, listed

Whole = npt.NDArray[Any]
"""int64 where nothing can wrap, else Python integers in an object array."""

SAFE = 2**62


def proof(problem: Problem, result: FlowResult) -> Proof:
    """Check one result.

    Raises
    ------
    SolverError
        A claim that does not hold: says which, where and by how much.
    """
    try:
        status = Status(result.status)
    except ValueError:
        raise SolverError(f"check: {result.status!r} is no status; the result can't be trusted") from None
    if status == Status.OPTIMAL:
        cost, bound = optimal(problem, result.flow, result.potential)
        if cost != result.cost:
            raise SolverError(f"check: the flow costs {cost}, not {result.cost}; the result can't be trusted")
        return Proof(status, cost=cost, bound=bound)
    if status == Status.LIMIT:
        return Proof(status)
    if result.certificate is None:
        raise SolverError(f"check: {status.name} comes without a certificate; solve it with another solver")
    if status == Status.INFEASIBLE:
        return Proof(status, excess=cut_excess(problem, result.certificate))
    feasible(problem, result.flow)
    return Proof(status, cycle_cost=cycle_cost(problem, result.certificate))


def optimal(problem: Problem, flow: Any, potential: Any) -> tuple[int, int]:
    """Cost and dual cost of a flow (E,) that obeys supply and bounds and, with its potential (V,), is optimal."""
    flow, potential = feasible(problem, flow), _integers("potential", potential, problem.V)
    reduced = reduced_cost(problem.tail, problem.head, problem.cost, potential)
    slack = (flow < problem.capacity) & (reduced < 0) | (flow > problem.lower) & (reduced > 0)
    _hold("complementary slackness fails", slack, "arcs")

    cost = dot(problem.cost, flow)
    at_bound = np.where(reduced > 0, problem.lower, np.where(reduced < 0, problem.capacity, 0))
    bound = dot(reduced, at_bound) - dot(potential, problem.supply)
    if cost != bound:
        raise SolverError(f"check: the flow costs {cost} but its potentials prove {bound} only")
    return cost, bound


def feasible(problem: Problem, flow: Any) -> Whole:
    """The flow (E,), which obeys supply and bounds."""
    given = _integers("flow", flow, problem.E)
    _hold("flow is below lower or above capacity", (given < problem.lower) | (given > problem.capacity), "arcs")
    net = balance(problem, given)
    _hold("supply is not what flows out less what flows in", net != problem.supply, "vertices")
    return given


def cut_excess(problem: Problem, vertices: Any) -> int:
    """By how much the supply of a vertex set exceeds the capacity that leaves it, net of what must enter; > 0."""
    inside = _members(_integers("certificate", vertices), problem.V, "vertices")
    leaves = inside[problem.tail] & ~inside[problem.head]
    enters = ~inside[problem.tail] & inside[problem.head]
    _hold("an arc that leaves the cut has no bound", leaves & (problem.capacity == UNCAPACITATED), "arcs")
    excess = total(problem.supply[inside]) + total(problem.lower[enters]) - total(problem.capacity[leaves])
    if excess <= 0:
        raise SolverError(f"check: the cut lets {-excess} more leave than its supply; INFEASIBLE is not proven")
    return excess


def cycle_cost(problem: Problem, arcs: Any) -> int:
    """What a unit sent around a cycle of arcs without bound costs; < 0."""
    arcs = _integers("certificate", arcs)
    inside = _members(arcs, problem.E, "arcs")
    _hold("an arc of the cycle has a bound", inside & (problem.capacity != UNCAPACITATED), "arcs")
    heads, tails = problem.head[arcs], problem.tail[arcs]
    if len(arcs) == 0 or (heads != np.roll(tails, -1)).any():
        raise SolverError(f"check: arcs {listed(arcs)} are no cycle in this order; UNBOUNDED is not proven")
    cost = total(problem.cost[arcs])
    if cost >= 0:
        raise SolverError(f"check: the cycle costs {cost} a unit, not less than zero; UNBOUNDED is not proven")
    return cost


def balance(problem: Problem, flow: Whole) -> Whole:
    """What flows out of each vertex less what flows in (V,), exactly."""
    degree = np.bincount(problem.tail, minlength=problem.V) + np.bincount(problem.head, minlength=problem.V)
    if magnitude(flow) * int(degree.max(initial=0)) >= SAFE:
        flow = flow.astype(object)
    net = np.zeros(problem.V, flow.dtype)
    np.add.at(net, problem.tail, flow)
    np.subtract.at(net, problem.head, flow)
    return net


def reduced_cost(tail: IntArray, head: IntArray, cost: Whole, potential: Whole) -> Whole:
    """``cost + potential[tail] - potential[head]`` of each arc (E,), exactly."""
    if magnitude(cost) + 2 * magnitude(potential) >= SAFE:
        cost, potential = cost.astype(object), potential.astype(object)
    return cost + potential[tail] - potential[head]


def dot(a: Whole, b: Whole) -> int:
    """The exact sum of products of two arrays of integers (N,)."""
    if magnitude(a) * magnitude(b) * len(a) >= SAFE:
        a, b = a.astype(object), b.astype(object)
    return int((a * b).sum())


def total(a: Whole) -> int:
    """The exact sum of an array of integers."""
    return int(a.sum()) if magnitude(a) * len(a) < SAFE else sum(a.tolist())


def magnitude(a: Whole) -> int:
    """The largest absolute value, as a Python integer: the smallest int64 has none in int64."""
    return max(int(a.max()), -int(a.min())) if a.size else 0


def _integers(name: str, values: Any, size: int | None = None) -> Whole:
    """A part of a result as an array of so many integers, or an error for what is missing, masked or of another kind.

    int64, or Python integers in an object array where it was given so.
    """
    wanted = "integers" if size is None else f"{size} integers"
    if values is None:
        raise SolverError(f"check: {name} is missing; {wanted} are wanted")
    try:
        given = np.asarray(values)
    except (TypeError, ValueError):
        raise SolverError(f"check: {name} is no array; {wanted} are wanted") from None
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        raise SolverError(f"check: {name} is masked; {wanted} are wanted")
    whole = given.dtype.kind in "iu" or not given.size
    if given.dtype.kind == "O":
        whole = all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) for v in given.ravel().tolist())
    if not whole or given.ndim != 1 or (size is not None and len(given) != size):
        raise SolverError(f"check: {name} is {given.dtype}{given.shape}; {wanted} are wanted")
    return given if given.dtype.kind == "O" and given.size else _widened(given)


def _widened(given: npt.NDArray[Any]) -> Whole:
    """As int64, or as Python integers where unsigned ones do not fit."""
    beyond = given.dtype.kind == "u" and given.size and int(given.max()) > UNCAPACITATED
    return given.astype(object if beyond else np.int64)


def _members(ids: IntArray, size: int, noun: str) -> npt.NDArray[np.bool_]:
    """A mask (size,) of distinct ids."""
    inside = np.zeros(size, bool)
    if len(ids) and not 0 <= ids.min() <= ids.max() < size:
        raise SolverError(f"check: the certificate names {noun} that do not exist; 0 to {size - 1} do")
    inside[ids] = True
    if inside.sum() != len(ids):
        raise SolverError(f"check: the certificate names {noun} twice")
    return inside


def _hold(claim: str, broken: npt.NDArray[np.bool_], noun: str) -> None:
    where = np.flatnonzero(broken)
    if len(where):
        raise SolverError(f"check: {claim} for {len(where)} {noun} ({listed(where)}); the result can't be trusted")
