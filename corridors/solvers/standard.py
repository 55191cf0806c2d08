"""What the reference solvers share: a problem with finite bounds from zero, and the proofs of what they found.

An arc's lower bound is sent before anything is solved, a self loop is settled by its cost's sign, and an arc without
a bound gets one that an optimum need not reach (Ahuja, Magnanti & Orlin 1993, section 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays.codes import Status
from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.results import FlowResult
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, RangeError, SolverError
from corridors.kernels.certificate import balance, dot, magnitude, total
from corridors.solvers.distances import distances

LIMIT = 2**62
"""Sums of flows and of costs along a path stay below this."""


@dataclass(frozen=True, eq=False)
class Standard:
    """A problem without lower bounds, self loops and missing capacities.

    Parameters
    ----------
    arcs : (K,) int64
        Which of the problem's arcs are left.
    tail, head, capacity, cost : (K,) int64
        Of those arcs; an optimum that exists at all exists with every flow below a capacity that was missing.
    supply : (V,) int64
        What is left to send.
    start : (E,) int64
        Flow already sent on each of the problem's arcs.
    sent : int
        All that is left to send.
    """

    arcs: IntArray
    tail: IntArray
    head: IntArray
    capacity: IntArray
    cost: IntArray
    supply: IntArray
    start: IntArray
    sent: int


def standard(problem: Problem) -> Standard:
    """The problem in standard form.

    Raises
    ------
    RangeError
        Flows or costs that could leave 64-bit integers.
    """
    loop = problem.tail == problem.head
    start = np.where(loop & (problem.cost < 0) & (problem.capacity != UNCAPACITATED), problem.capacity, problem.lower)
    net = balance(problem, start)
    supply = problem.supply.astype(object) - net if net.dtype == object else problem.supply - net
    sent = total(supply[supply > 0])
    room = np.where(problem.capacity == UNCAPACITATED, 0, problem.capacity)
    if magnitude(room) + magnitude(problem.lower) < LIMIT:
        room = room - problem.lower
    else:
        room = np.where(problem.capacity == UNCAPACITATED, 0, room.astype(object) - problem.lower)

    arcs = np.flatnonzero(~loop)
    room, cost = room[arcs], problem.cost[arcs]
    open_ended = problem.capacity[arcs] == UNCAPACITATED
    # Beyond what is sent, an arc carries cycles; one that pays holds an arc with a bound, and a cheap one if it can.
    paying = cost < 0
    finite = ~open_ended & paying if not (paying & open_ended).any() else ~open_ended
    enough = sent + total(room[finite]) * bool(paying.any()) + 1
    if enough >= LIMIT:
        raise RangeError(
            f"problem: flows could reach {enough}, beyond 64-bit sums; "
            "give smaller supplies and capacities, or UNCAPACITATED for a capacity that only stands for none"
        )
    longest = (magnitude(problem.cost) + 1) * (problem.V + 1)
    if longest >= LIMIT:
        raise RangeError(
            f"problem: costs of a path could reach {longest}, beyond 64-bit sums; use a larger unit of cost"
        )
    capacity = np.where(open_ended | (room > enough), enough, room).astype(np.int64)
    return Standard(
        arcs,
        problem.tail[arcs],
        problem.head[arcs],
        capacity,
        cost,
        supply.astype(np.int64),
        start,
        sent,
    )


def unbounded_cycle(problem: Problem) -> IntArray | None:
    """Arcs without bound that form a cycle of negative cost, in order, or None."""
    arcs = np.flatnonzero(problem.capacity == UNCAPACITATED)
    if not (problem.cost[arcs] < 0).any():
        return None
    cycle = distances(problem.V, problem.tail[arcs], problem.head[arcs], problem.cost[arcs])[1]
    return None if cycle is None else arcs[cycle]


def optimal(problem: Problem, flow: IntArray) -> FlowResult:
    """The result for an optimal flow (E,): its exact cost, and potentials from shortest paths over its residual arcs.

    Raises
    ------
    SolverError
        A residual cycle of negative cost, so the flow is not optimal.
    """
    more, less = flow < problem.capacity, flow > problem.lower
    potential, cycle = distances(
        problem.V,
        np.concatenate((problem.tail[more], problem.head[less])),
        np.concatenate((problem.head[more], problem.tail[less])),
        np.concatenate((problem.cost[more], -problem.cost[less])),
    )
    if cycle is not None:
        raise SolverError("the flow found can be made cheaper around a cycle; report this problem, use another solver")
    return FlowResult(Status.OPTIMAL, dot(problem.cost, flow), flow, potential)


def no_optimum(problem: Problem, status: Status, certificate: IntArray, flow: IntArray | None = None) -> FlowResult:
    """The result where there is no optimum; UNBOUNDED wants a flow that obeys supply and bounds."""
    given = np.zeros(problem.E, np.int64) if flow is None else flow
    return FlowResult(status, 0, given, np.zeros(problem.V, np.int64), certificate)


def without_costs(problem: Problem) -> Problem:
    """The problem of any feasible flow."""
    return replace(problem, cost=np.zeros(problem.E, np.int64))


def refuse_bundles(solver: str, bundles: Bundles | None) -> None:
    """An error for a solver that knows no shared capacities."""
    if bundles is not None and bundles.B:
        raise InputError(f'solver: "{solver}" takes no bundles, and there are {bundles.B}; use solver="lp"')
