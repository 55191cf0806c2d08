"""Four corridor-like networks with fixed seeds: S, M and L in the plane with three modes, XL a grid with shortcuts.

A share of the vertices sends, another receives. A root balances them: what can't be delivered comes from it at the
price of a shortage, and what isn't sent goes to it for nothing, so that no change makes an instance infeasible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

import corridors as cd

PLENTY = 10**9
"""Capacity of the root's arcs: more than all supply."""

# Rail, pipeline and ferry: how many links, cost of a kilometre and of loading, capacity before the multiplier.
SHARE, PER_KM, LOADING, CAPACITY = [0.6, 0.3, 0.1], [1.0, 0.6, 1.6], [20, 10, 400], [300, 500, 120]


@dataclass(frozen=True)
class Instance:
    """A problem whose first `real` arcs are the network's; the others are those of the root, the last vertex."""

    name: str
    problem: cd.Problem
    real: int


@cache
def instance(name: str) -> Instance:
    """S (121 vertices, 439 arcs), M (501, 2,165), L (5,001, 21,650) or XL (99,857, 504,103)."""
    # The multipliers of capacity leave 2 % of the demand unmet and 12-16 % of the used arcs full.
    if name == "S":
        return planar(name, vertices=120, arcs=400, multiplier=4.089863172065567, seed=1)
    if name == "M":
        return planar(name, vertices=500, arcs=2000, multiplier=4.516587001153456, seed=12)
    if name == "L":
        return planar(name, vertices=5000, arcs=20000, multiplier=4.700116338325629, seed=3)
    return grid(name, side=316, shortcuts=100_000, seed=9)


def planar(name: str, *, vertices: int, arcs: int, multiplier: float, seed: int) -> Instance:
    """A spanning tree and the shortest of the other Delaunay edges, in both directions, over 3000 by 1000 km."""
    rng = np.random.default_rng(seed)
    place = rng.random((vertices, 2)) * [3000.0, 1000.0]
    corners = Delaunay(place).simplices
    sides = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    link = np.unique(np.sort(sides, axis=1), axis=0)
    km = np.hypot(*(place[link[:, 0]] - place[link[:, 1]]).T)
    tree = minimum_spanning_tree(coo_array((km, link.T), shape=(vertices, vertices))).tocoo()
    in_tree = np.isin(link @ [vertices, 1], np.sort(np.column_stack(tree.coords), axis=1) @ [vertices, 1])
    chosen = np.lexsort((km * rng.lognormal(0, 0.3, len(km)), ~in_tree))[: arcs // 2]
    link, km = link[chosen], km[chosen]

    mode = rng.choice(3, len(link), p=SHARE)
    there = 10 * km * np.array(PER_KM)[mode] * rng.lognormal(0, 0.15, len(link)) + np.array(LOADING)[mode]
    there = there.astype(np.int64) + 1
    back = (there * rng.lognormal(0, 0.05, len(link))).astype(np.int64) + 1
    capacity = np.array(CAPACITY)[mode] * rng.lognormal(0, 0.6, len(link))
    capacity = np.maximum(1, capacity * multiplier).astype(np.int64)
    order = rng.permutation(2 * len(link))

    senders, takers = max(4, int(0.08 * vertices)), max(10, int(0.25 * vertices))
    place = rng.permutation(vertices)
    supply = np.zeros(vertices, np.int64)
    supply[place[:senders]] = rng.integers(500, 3000, senders)
    wanted = rng.lognormal(0, 0.7, takers)
    wanted = (wanted / wanted.sum() * 0.9 * supply.sum()).astype(np.int64)
    supply[place[senders : senders + takers]] = -np.maximum(1, wanted)
    return with_root(
        name,
        np.concatenate((link[:, 0], link[:, 1]))[order],
        np.concatenate((link[:, 1], link[:, 0]))[order],
        np.concatenate((capacity, capacity))[order],
        np.concatenate((there, back))[order],
        supply,
        shortage=200_000,
    )


def grid(name: str, *, side: int, shortcuts: int, seed: int) -> Instance:
    """A square grid, in both directions, and random arcs of up to twenty steps across."""
    rng = np.random.default_rng(seed)
    vertices = side * side
    at = np.arange(vertices).reshape(side, side)
    west, east, north, south = at[:, :-1].ravel(), at[:, 1:].ravel(), at[:-1].ravel(), at[1:].ravel()
    start = rng.integers(0, vertices, shortcuts)
    row, column = np.divmod(start, side)
    row = np.clip(row + rng.integers(-20, 21, shortcuts), 0, side - 1)
    column = np.clip(column + rng.integers(-20, 21, shortcuts), 0, side - 1)
    end = row * side + column
    real = start != end
    tail = np.concatenate((west, east, north, south, start[real]))
    head = np.concatenate((east, west, south, north, end[real]))
    cost, capacity = rng.integers(1, 10_001, len(tail)), rng.integers(10, 1_001, len(tail))
    order = rng.permutation(len(tail))

    place = rng.permutation(vertices)
    supply = np.zeros(vertices, np.int64)
    supply[place[:2000]] = rng.integers(200, 1500, 2000)
    wanted = rng.random(4000)
    wanted = (wanted / wanted.sum() * 0.95 * supply.sum()).astype(np.int64)
    supply[place[2000:6000]] = -np.maximum(1, wanted)
    return with_root(name, tail[order], head[order], capacity[order], cost[order], supply, shortage=1_000_000)


def with_root(name, tail, head, capacity, cost, supply, *, shortage) -> Instance:
    """The network and a root that makes up for what is short and takes what is left."""
    root, real = len(supply), len(tail)
    takers, senders = np.flatnonzero(supply < 0), np.flatnonzero(supply > 0)
    return Instance(
        name,
        cd.Problem(
            np.concatenate((tail, np.full(len(takers), root), senders)),
            np.concatenate((head, takers, np.full(len(senders), root))),
            np.concatenate((capacity, np.full(len(takers) + len(senders), PLENTY))),
            np.concatenate((cost, np.full(len(takers), shortage), np.zeros(len(senders), np.int64))),
            np.append(supply, -supply.sum()),
        ),
        real,
    )
