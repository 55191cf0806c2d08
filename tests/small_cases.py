"""Random small problems of the families in which flow codes have gone wrong; a seed names a case for ever."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import corridors as cd

Random = np.random.Generator


def small_case(seed: int, size: int = 1) -> cd.Problem:
    """The case of a seed: its family by turns, then a share of twists that make it infeasible or unbounded.

    With a larger size there are as many times more vertices, with wider arcs.
    """
    rng = np.random.default_rng(seed)
    tail, head, capacity, cost, supply = FAMILIES[seed % len(FAMILIES)](rng, size)
    lower = np.zeros(len(tail), np.int64)
    if size > 1:  # or hardly one would be feasible
        capacity = np.where(capacity == cd.UNCAPACITATED, capacity, size * np.minimum(capacity, 99))
    for twist, share in ((free_arcs, 0.25), (low_bounds, 0.2), (loops, 0.1), (closed, 0.1), (starve, 0.05)):
        if rng.random() < share:
            tail, head, capacity, cost, supply, lower = twist(rng, tail, head, capacity, cost, supply, lower)
    return cd.Problem(tail, head, np.maximum(capacity, lower), cost, supply, lower)


# Families: tail, head, capacity, cost, supply --------------------------------------------------------------------


def transport(rng: Random, size: int):
    """Senders to receivers, every pair joined."""
    m, n = size * rng.integers(1, 5, 2)
    tail, head = np.divmod(np.arange(m * n), n)
    sent = rng.integers(0, 9, m)
    supply = np.concatenate((sent, -split(rng, int(sent.sum()), n)))
    return tail, head + m, rng.integers(1, 9, m * n), rng.integers(0, 20, m * n), supply


def assignment(rng: Random, size: int):
    """One each to one each: every basis is degenerate."""
    n = size * int(rng.integers(1, 5))
    tail, head = np.divmod(np.arange(n * n), n)
    supply = np.repeat([1, -1], n)
    return tail, head + n, np.ones(n * n, np.int64), rng.integers(0, 6, n * n), supply


def circulation(rng: Random, size: int):
    """No supply; what flows, flows because a cycle pays."""
    n = size * int(rng.integers(2, 8))
    e = int(rng.integers(1, 3 * n))
    return *ends(rng, n, e), rng.integers(0, 9, e), rng.integers(-9, 10, e), np.zeros(n, np.int64)


def anything(rng: Random, size: int):
    """Arcs at random, supply at random: often infeasible."""
    n = size * int(rng.integers(2, 9))
    e = int(rng.integers(1, 4 * n))
    return *ends(rng, n, e), rng.integers(0, 12, e), rng.integers(-3, 15, e), spread(rng, n)


def grid(rng: Random, size: int):
    """Both directions along the streets of a small town."""
    rows, columns = (1 + size) // 2 * rng.integers(1, 4, 2)
    at = np.arange(rows * columns).reshape(rows, columns)
    one = np.concatenate((at[:, :-1].ravel(), at[:-1].ravel()))
    other = np.concatenate((at[:, 1:].ravel(), at[1:].ravel()))
    tail, head = np.concatenate((one, other)), np.concatenate((other, one))
    e = len(tail)
    return tail, head, rng.integers(1, 9, e), rng.integers(1, 9, e), spread(rng, rows * columns)


def parallel(rng: Random, size: int):
    """Few vertices, many arcs between the same two."""
    n = size * int(rng.integers(2, 4))
    e = size * int(rng.integers(4, 16))
    return *ends(rng, n, e), rng.integers(0, 6, e), rng.integers(-2, 9, e), spread(rng, n)


def degenerate(rng: Random, size: int):
    """Costs and capacities of zero, one and two: ties everywhere."""
    n = size * int(rng.integers(2, 8))
    e = int(rng.integers(n, 4 * n))
    return *ends(rng, n, e), rng.integers(0, 3, e), rng.integers(0, 2, e), spread(rng, n, most=2)


def disconnected(rng: Random, size: int):
    """Two problems that share nothing, and a vertex without arcs."""
    one, other = FAMILIES[rng.integers(0, 7)](rng, size), FAMILIES[rng.integers(0, 7)](rng, size)
    n = len(one[4])
    joined = [np.concatenate(pair) for pair in zip(one, other, strict=True)]
    joined[0][len(one[0]) :] += n
    joined[1][len(one[1]) :] += n
    return *joined[:4], np.append(joined[4], 0)


def corridor(rng: Random, size: int):
    """A chain with detours, and slack arcs for what stays behind: never infeasible."""
    n = size * int(rng.integers(3, 8))
    along = np.arange(n - 1)
    more = int(rng.integers(0, 2 * n))
    tail, head = ends(rng, n, more)
    supply = np.append(spread(rng, n), 0)
    senders, takers = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    tail = np.concatenate((along, along + 1, tail, senders, np.full(len(takers), n)))
    head = np.concatenate((along + 1, along, head, np.full(len(senders), n), takers))
    e, slack = len(tail), len(senders) + len(takers)
    capacity, cost = rng.integers(0, 10, e), rng.integers(1, 20, e)
    capacity[e - slack :] = cd.UNCAPACITATED
    cost[e - slack :] = 500
    return tail, head, capacity, cost, supply


FAMILIES: list[Callable] = [
    transport,
    assignment,
    circulation,
    anything,
    grid,
    parallel,
    degenerate,
    corridor,
    disconnected,
]


# Twists ------------------------------------------------------------------------------------------------------------


def free_arcs(rng: Random, tail, head, capacity, cost, supply, lower):
    """Bounds taken away; a cycle that pays may go on for ever."""
    free = rng.random(len(tail)) < rng.choice([0.2, 1.0])
    return tail, head, np.where(free, cd.UNCAPACITATED, capacity), cost, supply, lower


def low_bounds(rng: Random, tail, head, capacity, cost, supply, lower):
    """Flow that must be, or may go backwards."""
    some = rng.random(len(tail)) < 0.4
    lowest = np.minimum(rng.integers(-4, 3, len(tail)), capacity)
    return tail, head, capacity, cost, supply, np.where(some, lowest, lower)


def loops(rng: Random, tail, head, capacity, cost, supply, lower):
    """Arcs from a vertex to itself."""
    some = rng.random(len(tail)) < 0.2
    return tail, np.where(some, tail, head), capacity, cost - 3 * some, supply, lower


def closed(rng: Random, tail, head, capacity, cost, supply, lower):
    """Arcs without capacity."""
    return tail, head, np.where(rng.random(len(tail)) < 0.3, 0, capacity), cost, supply, lower


def starve(rng: Random, tail, head, capacity, cost, supply, lower):
    """Capacities too small for the supply."""
    return tail, head, np.where(capacity == cd.UNCAPACITATED, capacity, capacity // 3), cost, supply, lower


# Parts -------------------------------------------------------------------------------------------------------------


def ends(rng: Random, n: int, e: int):
    """Tails and heads, without self loops."""
    tail = rng.integers(0, n, e)
    return tail, (tail + rng.integers(1, n, e)) % n


def spread(rng: Random, n: int, most: int = 9):
    """Supply of n vertices that sums to zero, most of it zero."""
    out = rng.integers(-most, most + 1, n) * (rng.random(n) < 0.6)
    out[int(rng.integers(0, n))] -= out.sum()
    return out


def split(rng: Random, whole: int, n: int):
    """A whole in n parts."""
    return np.bincount(rng.integers(0, n, whole), minlength=n)


# What-ifs ----------------------------------------------------------------------------------------------------------


def small_changes(problem: cd.Problem, S: int, seed: int) -> cd.Changes:
    """Scenarios of a problem: closures, capacities, costs, supplies, or all at once; some change nothing."""
    rng = np.random.default_rng([seed, S])
    groups: dict[str, list] = {"capacity": [], "cost": [], "supply": []}
    for s in range(S):
        kind = rng.integers(0, 6)
        if kind in (1, 5):
            for arc in some(rng, problem.E, rng.choice([3, 9])):
                groups["capacity"].append((s, arc, 0))
        elif kind in (2, 4):
            for arc in some(rng, problem.E, 4):
                groups["capacity"].append((s, arc, rng.choice([rng.integers(-2, 15), cd.UNCAPACITATED], p=[0.9, 0.1])))
        if kind in (3, 5):
            for arc in some(rng, problem.E, 5):
                groups["cost"].append((s, arc, rng.integers(-4, 20)))
        if kind in (4, 5) and problem.V > 1:
            vertices = rng.permutation(problem.V)[: rng.integers(2, problem.V + 1)]
            shift = spread(rng, len(vertices), most=4)
            groups["supply"] += [(s, v, problem.supply[v] + d) for v, d in zip(vertices, shift, strict=True)]
    return cd.Changes.from_coo(S, **{name: tuple(zip(*rows, strict=True)) for name, rows in groups.items() if rows})


def some(rng: Random, size: int, most: int):
    """A few of the first whole numbers, each once."""
    return rng.permutation(size)[: rng.integers(0, most + 1)]
