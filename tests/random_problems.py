"""Random problems on arrays that several tests share."""

import numpy as np

from corridors.arrays.problem import UNCAPACITATED, Problem

KINDS = (
    "transport",
    "assignment",
    "circulation",
    "grid",
    "parallel",
    "degenerate",
    "closed",
    "lower",
    "loops",
    "apart",
)


def random_problem(rng, kind):
    """A small problem of a kind; about a tenth end up infeasible, and some unbounded."""
    V = int(rng.integers(2, 12))
    E = int(rng.integers(1, 5 * V))
    tail, head = rng.integers(0, V, E), rng.integers(0, V, E)
    cost, capacity = rng.integers(0, 20, E), rng.integers(0, 15, E)
    supply, lower = np.zeros(V, int), np.zeros(E, int)
    for _ in range(int(rng.integers(0, V))):
        a, b, amount = rng.integers(0, V), rng.integers(0, V), rng.integers(0, 6)
        supply[a] += amount
        supply[b] -= amount
    if kind in ("transport", "assignment"):
        m, n = int(rng.integers(1, 6)), int(rng.integers(1, 6))
        if kind == "assignment":
            n = m
        V, supply = m + n, np.zeros(m + n, int)
        tail, head = (x.ravel() for x in np.meshgrid(np.arange(m), m + np.arange(n)))
        E = len(tail)
        cost, capacity, lower = rng.integers(-5, 20, E), rng.integers(1, 10, E), np.zeros(E, int)
        supply[:m] = 1 if kind == "assignment" else rng.integers(0, 8, m)
        share = rng.multinomial(supply.sum(), np.full(n, 1 / n)) if kind == "transport" else np.ones(n, int)
        supply[m:] = -share
    if kind == "circulation":
        supply[:], cost = 0, rng.integers(-20, 20, E)
    if kind == "grid":
        k = int(rng.integers(2, 4))
        index = np.arange(k * k).reshape(k, k)
        one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
        two = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
        tail, head = np.concatenate([one, two]), np.concatenate([two, one])
        E, supply = len(tail), np.zeros(k * k, int)
        cost, capacity, lower = rng.integers(0, 9, E), rng.integers(0, 9, E), np.zeros(E, int)
        supply[0], supply[-1] = 5, -5
    if kind == "parallel":
        tail, head = rng.integers(0, 2, E), rng.integers(0, 2, E)
    if kind == "degenerate":
        cost, capacity, supply = rng.integers(0, 2, E), rng.integers(0, 2, E), np.sign(supply)
        supply[-1] -= supply.sum()
    if kind == "closed":
        capacity[rng.random(E) < 0.5] = 0
    if kind == "lower":
        lower = rng.integers(-6, 6, E)
        capacity = lower + rng.integers(0, 9, E)
        cost = rng.integers(-9, 20, E)
    if kind == "loops":
        head[: E // 2] = tail[: E // 2]
        cost = rng.integers(-5, 9, E)
    if kind == "apart":
        tail, head = tail // 2 * 2 % V, head // 2 * 2 % V
        cost = rng.integers(-3, 9, E)
    if rng.random() < 0.5:
        capacity = capacity.copy()
        capacity[rng.random(E) < rng.choice([0.1, 0.5, 1.0])] = UNCAPACITATED
    return Problem(tail, head, capacity, cost, supply, lower)


def corridor(rng, n=60):
    """A grid-like network whose demand can go unmet at a price: every scenario is feasible."""
    tail = rng.integers(0, n, 5 * n)
    head = (tail + rng.integers(1, 9, 5 * n)) % n
    supply = np.zeros(n + 1, int)
    supply[rng.choice(n, 6, replace=False)] = 40
    sinks = rng.choice(n, 20, replace=False)
    supply[sinks] -= 12
    slack = np.arange(n)
    supply[n] = -supply.sum()
    return Problem(
        np.concatenate([tail, np.full(n, n), slack]),
        np.concatenate([head, slack, np.full(n, n)]),
        np.concatenate([rng.integers(5, 40, 5 * n), np.full(2 * n, 10**6)]),
        np.concatenate([rng.integers(1, 30, 5 * n), np.full(n, 1000), np.zeros(n, int)]),
        supply,
    )
