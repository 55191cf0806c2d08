"""What changes: six mixes of scenarios, all pairs of closures, random triples; fixed seeds."""

from __future__ import annotations

import numpy as np

import corridors as cd
from benchmarks.instances import Instance

MIXES = ("n1", "close3", "cost5", "cap5", "dem", "mix")
"""One closure; three; 5 % of costs by up to 20 %; 5 % of capacities by up to half; all demands by 10 %; all of it."""


def mix(instance: Instance, kind: str, S: int) -> cd.Changes:
    """S scenarios of a kind."""
    rng = np.random.default_rng(1000)
    problem, real = instance.problem, instance.real
    takers = np.flatnonzero(problem.supply[:-1] < 0)
    root = problem.V - 1
    some = max(1, round(0.05 * real))
    capacity, cost, supply = Group(), Group(), Group()
    if kind == "n1":
        order = np.concatenate([rng.permutation(real) for _ in range(-(-S // real))])[:S]
        return cd.Changes.from_coo(S, capacity=(np.arange(S), order, np.zeros(S, np.int64)))
    for s in range(S):
        if kind == "close3":
            capacity.add(s, rng.choice(real, 3, replace=False), 0)
        if kind in ("cost5", "mix"):
            arcs = rng.choice(real, some, replace=False)
            cost.add(s, arcs, np.rint(problem.cost[arcs] * rng.uniform(0.8, 1.2, some)))
        if kind in ("cap5", "mix"):
            arcs = rng.choice(real, some, replace=False)
            scaled = np.rint(problem.capacity[arcs] * rng.uniform(0.5, 1.5, some))
            scaled[0] = 0 if kind == "mix" else scaled[0]
            capacity.add(s, arcs, scaled)
        if kind in ("dem", "mix"):
            wanted = np.minimum(-1, np.rint(problem.supply[takers] * rng.uniform(0.9, 1.1, len(takers))))
            rest = -(wanted.sum() + problem.supply[:-1][problem.supply[:-1] > 0].sum())
            supply.add(s, np.append(takers, root), np.append(wanted, rest))
    return cd.Changes.from_coo(S, capacity=capacity.entries(), cost=cost.entries(), supply=supply.entries())


def pairs(instance: Instance) -> cd.Changes:
    """Every two real arcs closed together."""
    arcs = np.column_stack(np.triu_indices(instance.real, 1))
    return closures(arcs)


def triples(instance: Instance, S: int) -> cd.Changes:
    """S random closures of three real arcs."""
    rng = np.random.default_rng(2000)
    arcs = rng.integers(0, instance.real - np.arange(3), (S, 3))
    # A draw from what is left: each later number steps over those before it, lowest first.
    arcs[:, 1] += arcs[:, 1] >= arcs[:, 0]
    low, high = np.sort(arcs[:, :2], axis=1).T
    arcs[:, 2] += arcs[:, 2] >= low
    arcs[:, 2] += arcs[:, 2] >= high
    return closures(arcs)


def closures(arcs: np.ndarray) -> cd.Changes:
    """A scenario a row of arcs (S, k), all of them closed."""
    S, k = arcs.shape
    return cd.Changes.from_coo(S, capacity=(np.repeat(np.arange(S), k), arcs.ravel(), np.zeros(S * k, np.int64)))


class Group:
    """Entries of one group of changes, gathered a scenario at a time."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, s: int, index: np.ndarray, value: np.ndarray | int) -> None:
        """Those values in scenario s."""
        self.parts.append((np.full(len(index), s), index, np.broadcast_to(value, len(index)).astype(np.int64)))

    def entries(self) -> tuple[np.ndarray, ...] | None:
        """Scenario, index and value, as Changes takes them."""
        return tuple(np.concatenate(column) for column in zip(*self.parts, strict=True)) if self.parts else None
