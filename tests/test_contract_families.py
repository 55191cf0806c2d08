"""Problems of a few thousand arcs, in the manner of the generators that flow codes are tried on."""

import numpy as np
import pytest
from solvers import solved

import corridors as cd


def torus(rng, *, side, reach, degree, most, costliest):
    """A grid on a torus, in the manner of GOTO: one sender, one receiver, many ties and parallel arcs."""
    n = side * side
    tail = np.repeat(np.arange(n), degree)
    right, up = rng.integers(0, reach, (2, n * degree))
    head = (tail % side + right) % side + (tail // side + up) % side * side
    along = np.arange(n - 1)
    supply = np.zeros(n, int)
    supply[[0, -1]] = most * degree // 2, -(most * degree // 2)
    return cd.Problem(
        np.concatenate((tail, along)),
        np.concatenate((head, along + 1)),
        np.concatenate((rng.integers(0, most, n * degree), np.full(n - 1, most * n))),
        np.concatenate((rng.integers(0, costliest, n * degree) * (1 + right), np.full(n - 1, 3 * costliest))),
        supply,
    )


def scattered(rng, *, vertices, arcs, senders, most, costliest, free):
    """Arcs at random over a path that keeps it feasible, in the manner of NETGEN; a share without bound."""
    path = rng.permutation(vertices)
    tail = rng.integers(0, vertices, arcs)
    head = (tail + rng.integers(1, vertices, arcs)) % vertices
    capacity = np.where(rng.random(arcs) < free, cd.UNCAPACITATED, rng.integers(0, most, arcs))
    back_and_forth = np.full(2 * vertices - 2, costliest)
    sent = rng.multinomial(1000 * senders, np.ones(senders) / senders)
    received = rng.multinomial(1000 * senders, np.ones(senders) / senders)
    supply = np.zeros(vertices, int)
    place = rng.permutation(vertices)
    supply[place[:senders]] += sent
    supply[place[-senders:]] -= received
    return cd.Problem(
        np.concatenate((tail, path[:-1], path[1:])),
        np.concatenate((head, path[1:], path[:-1])),
        np.concatenate((capacity, np.full(2 * vertices - 2, 10**7))),
        np.concatenate((rng.integers(-costliest // 50 if free == 0 else 0, costliest, arcs), back_and_forth)),
        supply,
    )


def few(rng, *, vertices, arcs):
    """Two thousand arcs between a handful of vertices: nearly all of them parallel."""
    tail, head = rng.integers(0, vertices, (2, arcs))
    supply = rng.integers(-500, 501, vertices)
    supply[0] -= supply.sum()
    return cd.Problem(tail, head, rng.integers(0, 60, arcs), rng.integers(-3, 40, arcs), supply)


def matching(rng, *, size, costliest):
    """One each to one each, with few different costs."""
    tail, head = np.divmod(np.arange(size * size), size)
    cost = rng.integers(0, costliest, size * size)
    return cd.Problem(tail, head + size, np.ones(size * size, int), cost, np.repeat([1, -1], size))


@pytest.mark.parametrize(
    ("family", "shape"),
    [
        (torus, {"side": 16, "reach": 3, "degree": 8, "most": 16384, "costliest": 4096}),
        (torus, {"side": 16, "reach": 3, "degree": 8, "most": 3, "costliest": 2}),
        (torus, {"side": 32, "reach": 4, "degree": 6, "most": 100, "costliest": 10}),
        (scattered, {"vertices": 256, "arcs": 2048, "senders": 20, "most": 500, "costliest": 10_000, "free": 0.2}),
        (scattered, {"vertices": 512, "arcs": 4096, "senders": 100, "most": 2000, "costliest": 100, "free": 0}),
        (scattered, {"vertices": 1024, "arcs": 8192, "senders": 8, "most": 9000, "costliest": 10**9, "free": 0.5}),
        (few, {"vertices": 5, "arcs": 2000}),
        (few, {"vertices": 40, "arcs": 4000}),
        (matching, {"size": 50, "costliest": 2}),
        (matching, {"size": 50, "costliest": 100}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_larger_problems_of_every_family_agree_and_are_proven(family, shape, seed):
    problem = family(np.random.default_rng(seed), **shape)
    assert solved(problem, "simplex") == solved(problem, "ortools")


@pytest.mark.parametrize("seed", range(3))
def test_large_changes_of_a_larger_problem_are_cold_solves(seed):
    rng = np.random.default_rng(seed)
    shape = {"vertices": 200, "arcs": 1500, "senders": 30, "most": 3000, "costliest": 1000, "free": 0.1}
    problem = scattered(rng, **shape)
    S, E, V = 12, problem.E, problem.V
    scenario, arc = np.repeat(np.arange(S), E), np.tile(np.arange(E), S)
    costly = (scenario, arc, rng.integers(0, 1000, S * E))
    scale = rng.uniform(0, 3, S).repeat(E)
    wide = (scenario, arc, np.rint(np.minimum(np.tile(problem.capacity, S), 10**6) * scale).astype(int))
    turned = (np.repeat(np.arange(S), V), np.tile(np.arange(V), S), np.outer(np.arange(S) - 5, problem.supply).ravel())
    for groups in ({"cost": costly}, {"capacity": wide}, {"supply": turned}, {"cost": costly, "supply": turned}):
        changes = cd.Changes.from_coo(S, **groups)
        warm = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
        cold = cd.min_cost_flow_sweep(problem, changes, solver="ortools")
        assert warm.status.tolist() == cold.status.tolist()
        assert warm.cost.tolist() == cold.cost.tolist()
        cd.check_sweep(problem, changes, warm)
