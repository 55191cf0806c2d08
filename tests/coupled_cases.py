"""Random small circulations of several classes under shared capacities, and scenarios of every kind; by seed."""

import numpy as np
from scipy.sparse import csr_array

import corridors as cd
from corridors.solvers.multicommodity import CoupledChanges


def coupled_case(seed):
    """A problem, its bundles, and groups of arcs.

    Each class is a layered random graph of its own from its world to its demand rows; groups are arcs of the same
    number in every class, as a link is. Small numbers, so that ties, empty limits and unreachable rows are common.
    """
    rng = np.random.default_rng(seed)
    classes, places, streets = int(rng.integers(1, 5)), int(rng.integers(2, 7)), int(rng.integers(2, 16))
    most = int(rng.choice([3, 20, 1000]))
    tails, heads = rng.integers(0, places, streets), rng.integers(0, places, streets)
    tail, head, capacity, cost, link = [], [], [], [], []
    first = 0
    for _ in range(classes):
        world, at = first, first + 1
        for place in rng.permutation(places)[: rng.integers(1, 3)]:
            add(tail, head, capacity, cost, link, world, at + place, cd.UNCAPACITATED, rng.integers(-2, 3), -1)
        for number in range(streets):
            if rng.random() < 0.8:
                room = cd.UNCAPACITATED if rng.random() < 0.8 else int(rng.integers(0, most))
                price = int(rng.integers(2, most + 3))
                add(tail, head, capacity, cost, link, at + tails[number], at + heads[number], room, price, number)
        rows = int(rng.integers(1, 4))
        for row in range(rows):
            vertex = at + places + row
            for place in rng.permutation(places)[: rng.integers(1, 3)]:
                add(tail, head, capacity, cost, link, at + place, vertex, cd.UNCAPACITATED, rng.integers(-2, 3), -1)
            add(tail, head, capacity, cost, link, vertex, world, rng.integers(0, most), -rng.integers(2, 5 * most), -2)
        first = at + places + rows
    tail, head, capacity, cost, link = (np.array(a, np.int64) for a in (tail, head, capacity, cost, link))
    problem = cd.Problem(tail, head, capacity, cost, np.zeros(first, np.int64))
    groups = csr_array(link[None, :] == np.arange(streets)[:, None])
    return problem, random_bundles(rng, link, streets, most), groups, np.flatnonzero(link == -2)


def add(tail, head, capacity, cost, link, *values):
    """One arc more."""
    for column, value in zip((tail, head, capacity, cost, link), values, strict=True):
        column.append(int(value))


def random_bundles(rng, link, streets, most):
    """Shared capacities over some arcs of one to three streets, or of what starts or ends; weights up to three."""
    bundle, arc, weight, limit = [], [], [], []
    for number in range(int(rng.integers(0, 9))):
        chosen = rng.choice(np.arange(-1, streets), int(rng.integers(1, 4)))
        arcs = np.flatnonzero(np.isin(link, chosen) & (rng.random(len(link)) < 0.9))
        bundle += [number] * len(arcs)
        arc += arcs.tolist()
        weight += rng.choice([1, 1, 1, 2, 3], len(arcs)).tolist()
        limit.append(int(rng.choice([0, rng.integers(0, 2 * most), cd.UNCAPACITATED], p=[0.1, 0.8, 0.1])))
    return cd.Bundles(bundle, arc, weight, limit)


def random_changes(seed, problem, bundles, groups, demand, S):
    """Scenarios: closures alone, capacities, demand, costs, limits, or all of it."""
    rng = np.random.default_rng(seed)
    closed, capacity, cost, limit = [], [], [], []
    own = (problem.capacity > 0) & (problem.capacity != cd.UNCAPACITATED)
    for s in range(S):
        kinds = rng.random(4) < rng.choice([0.25, 0.8])
        if kinds[0] or not kinds.any():
            closed += [(s, g) for g in np.flatnonzero(rng.random(groups.shape[0]) < rng.choice([0.1, 0.5]))]
        if kinds[1]:
            for e in np.flatnonzero(rng.random(problem.E) < 0.2):
                able = own[e] or e in demand
                value = int(rng.integers(0, 30)) if able else rng.choice([0, cd.UNCAPACITATED])
                capacity.append((s, e, value))
        if kinds[2]:
            for e in np.flatnonzero(rng.random(problem.E) < 0.3):
                value = rng.integers(0, 60) if problem.cost[e] > 2 else problem.cost[e]
                cost.append((s, e, -rng.integers(0, 100) if e in demand else value))
        if kinds[3]:
            limit += [
                (s, b, rng.choice([0, rng.integers(0, 40), cd.UNCAPACITATED], p=[0.15, 0.75, 0.1]))
                for b in np.flatnonzero(rng.random(bundles.B) < 0.5)
            ]
    parts = {"closed": (closed, 2), "capacity": (capacity, 3), "cost": (cost, 3), "limit": (limit, 3)}
    return CoupledChanges.from_coo(
        S,
        **{name: tuple(np.array(rows, np.int64).reshape(-1, width).T) for name, (rows, width) in parts.items() if rows},
    )
