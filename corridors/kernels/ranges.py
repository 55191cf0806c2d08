"""What must fit into 64 bits is settled here, in exact arithmetic, before the first pivot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.arrays.problem import UNCAPACITATED, Problem
from corridors.arrays.typing import IntArray
from corridors.errors import RangeError, listed
from corridors.kernels.basis import UNLIMITED
from corridors.kernels.certificate import dot, magnitude, total
from corridors.kernels.compiled import entry

SAFE = 1 << 62
"""Sums below this fit whatever their order."""
MOST_FLOW = 1 << 60
"""Flows stay below this, so that UNLIMITED less a flow is never taken for a finite capacity."""
LARGE = 1 << 40
"""A million numbers below this can't wrap when they are summed."""
MOST_POTENTIAL = 1 << 61
"""Differences of potentials stay below this."""


@dataclass(frozen=True)
class Ranges:
    """The bounds that a family of problems keeps, and the numbers that follow from them.

    Parameters
    ----------
    largest : int
        Finite capacities are clamped to this. Unless capacities are enormous it is above them all, and nothing is
        clamped.
    most_flow : int
        No arc of an optimal basis carries more: supplies, and what negative cycles can turn round.
    sent : int
        No flow without cycles carries more through an arc: what all senders send.
    penalty : int
        Cost of an artificial arc: so far above any path that a cut shows in the potentials.
    """

    largest: int
    most_flow: int
    sent: int
    penalty: int


def absolute(values: IntArray) -> int:
    """The exact sum of absolute values."""
    if magnitude(values) * len(values) < SAFE:
        return int(np.abs(values).sum())
    return sum(abs(v) for v in values.tolist())


def inner(x: IntArray, y: IntArray, most: int | None = None) -> int:
    """The exact sum of products, cheap where it is known that no product is above `most`, or where that is found."""
    if (magnitude(x) * magnitude(y) if most is None else most) * len(x) < SAFE:
        return int(x @ y)
    if float(np.abs(x.astype(float) * y).sum()) < SAFE:  # no matrix product, whose threads would take longer to wake
        return int(x @ y)
    return dot(x, y)


def ranges(
    problem: Problem,
    capacity: IntArray,
    costs: tuple[IntArray, IntArray] | None = None,
    extra_supply: int = 0,
    largest: IntArray | None = None,
) -> Ranges:
    """The bounds for a problem, or for all that a sweep makes of it.

    Parameters
    ----------
    problem : Problem
        The base.
    capacity : (E,) int64
        Largest capacity of each arc above its lower bound; UNLIMITED for no bound.
    costs : pair of (E,) int64, optional
        Least and largest cost of each arc over all scenarios; the base's own otherwise.
    extra_supply : int
        The most that a scenario adds to the absolute supplies.
    largest : (E,) int64, optional
        Largest finite capacity of each arc over base and scenarios: an arc without bound here may have one there.

    Raises
    ------
    RangeError
        Flows or potentials can leave 64 bits.
    """
    least, most = (problem.cost, problem.cost) if costs is None else costs
    lower_in = absolute(problem.lower) if problem.lower.any() else 0
    supply = absolute(problem.supply) + extra_supply + 2 * lower_in
    paying = least < 0
    finite = capacity < UNLIMITED
    if largest is None:
        largest = np.where(finite, capacity, 0)
    turning = largest[paying] if finite[paying].all() else largest
    most_flow = supply + total(turning) + 1
    if most_flow >= MOST_FLOW:
        raise RangeError(
            f"problem: supplies and the capacities of negative cycles add up to {most_flow}; "
            f"keep them below {MOST_FLOW}, by a larger unit of flow or smaller capacities"
        )
    steepest = max(magnitude(least), magnitude(most))
    penalty = penalty_above(steepest, problem.V)
    if 4 * penalty >= MOST_POTENTIAL:
        raise RangeError(
            f"cost: {problem.V} vertices at a cost of up to {steepest} can leave 64 bits; "
            f"keep cost x vertices below {MOST_POTENTIAL // 8}, by a larger unit of cost"
        )
    whole = supply + total(largest) + 1
    return Ranges(MOST_FLOW if whole < MOST_FLOW else most_flow, most_flow, supply // 2 + 1, penalty)


def penalty_above(steepest: int, V: int) -> int:
    """Cost of an artificial arc: with it, no path of V arcs up to so steep can hide a cut."""
    return 2 * steepest * V + 1


def objective_bounds(
    problem: Problem, capacity: IntArray, costs: tuple[IntArray, IntArray], bounds: Ranges
) -> tuple[int, int]:
    """The least and the largest cost that an optimum of a sweep can have; arguments as for :func:`ranges`."""
    least, most = costs
    steepest = np.maximum(np.abs(least), np.abs(most))
    fixed = inner(steepest, np.abs(problem.lower))
    gain = inner(np.minimum(least, 0), np.minimum(capacity, bounds.most_flow))
    loss = inner(np.maximum(most, 0), np.minimum(capacity, bounds.sent))  # of some flow without cycles
    return gain - fixed, loss + fixed


def easy(problem: Problem) -> tuple[IntArray, Ranges] | None:
    """`room` and `ranges` in one pass, where there are no lower bounds and all numbers are far from 64 bits."""
    width = np.empty(problem.E, np.int64)
    simple, steepest, supply, turning, whole = tally(
        problem.lower, problem.capacity, problem.cost, problem.supply, width
    )
    penalty = penalty_above(steepest, problem.V)
    if not simple or supply + whole + 1 >= MOST_FLOW or 4 * penalty >= MOST_POTENTIAL:
        return None
    return width, Ranges(MOST_FLOW, supply + turning + 1, supply // 2 + 1, penalty)


@entry
def tally(
    lower: IntArray, capacity: IntArray, cost: IntArray, supply: IntArray, width: IntArray
) -> tuple[bool, int, int, int, int]:
    """Whether there are neither lower bounds nor large numbers; if so, the sums that `ranges` works with.

    Modified: width (E,), the capacity of each arc, UNLIMITED for no bound. Returns, after the answer, the largest
    absolute cost, the absolute supplies, the finite capacities of arcs that pay (of all, if one that pays has none),
    and all finite capacities.
    """
    steepest, sent, turning, whole = 0, 0, 0, 0
    endless, simple = False, len(cost) < 1 << 20 and len(supply) < 1 << 20
    for e in range(len(cost)):
        bounded = capacity[e] < UNCAPACITATED
        room = int(capacity[e]) if bounded else 0
        simple = simple and lower[e] == 0 and room < LARGE and -LARGE < cost[e] < LARGE
        width[e] = room if bounded else UNLIMITED
        whole += room
        if cost[e] < 0:
            turning += room
            endless |= not bounded
        steepest = max(steepest, abs(int(cost[e])))
    for v in range(len(supply)):
        simple = simple and bool(-LARGE < supply[v] < LARGE)
        sent += abs(int(supply[v]))
    return simple, steepest, sent, whole if endless else turning, whole


def room(problem: Problem) -> IntArray:
    """Capacity above the lower bound, (E,), UNLIMITED for no bound.

    Raises
    ------
    RangeError
        The two bounds of an arc are further apart than 64 bits can hold.
    """
    bounded = problem.capacity < UNCAPACITATED
    # exact where it fits: wrapped differences come out negative
    width = np.where(bounded, problem.capacity - problem.lower, UNLIMITED)
    wrong = np.flatnonzero(bounded & (width < 0))
    if len(wrong):
        raise RangeError(f"problem: lower and capacity are too far apart for arcs {listed(wrong)}; keep within 2^62")
    return np.minimum(width, UNLIMITED)


def clamped(width: IntArray, bounds: Ranges) -> IntArray:
    """Capacities for the kernels, (E,): finite ones no larger than any flow can be.

    An optimal basis never carries more than ``largest - 1`` through an arc of negative reduced cost: the flow would
    contain more negative cycles than there are capacities to close them.
    """
    return np.where(width == UNLIMITED, UNLIMITED, np.minimum(width, bounds.largest))


def net_supply(problem: Problem) -> IntArray:
    """Supplies left when each arc carries its lower bound, (V,)."""
    supply = problem.supply.copy()
    if problem.lower.any():
        np.subtract.at(supply, problem.tail, problem.lower)
        np.add.at(supply, problem.head, problem.lower)
    return supply
