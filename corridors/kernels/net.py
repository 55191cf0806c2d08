"""What a sweep knows of its base: the optimal basis with vertices in preorder, arcs by tail, and pricing order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import CLOSED, IN, NODE, NONE, OUT, TREE, UPPER, Basis, empty_basis
from corridors.kernels.cold import ColdStart, basis_flow

STEP = 20
"""What a pivot costs in addition to the vertices and arcs that it scans, in the same unit."""
PATIENCE = 8
"""A repair may take this part of the steps of the base's cold solve; real ones take a fifth of that or far more."""

Places = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]
# unsigned: the compiler need not ask whether an index counts from the end


class Net(NamedTuple):
    """What no scenario changes. E real arcs, N vertices with the root, which is vertex 0."""

    first_out: Places
    """(N + 1,) real arcs that leave vertex v are ``first_out[v]`` to ``first_out[v + 1] - 1``."""
    first_in: Places
    """(N + 1,) where the arcs that enter vertex v start in `in_arc`."""
    head: Numbers
    """(E,) head of each real arc."""
    in_arc: Numbers
    """(E,) real arcs by head."""
    in_tail: Numbers
    """(E,) their tails."""
    potential: IntArray
    """(N,) potentials of the base's optimum."""
    near: Numbers
    """(E,) real arcs by the size of their base reduced cost: those that turn first come first."""
    distance: IntArray
    """(E,) that size, in this order."""
    flow: IntArray
    """(A,) flow of the base's optimum, lower bounds settled."""
    broken: IntArray
    """(K,) vertices whose tree arc violates a bound in the base already: the base is infeasible."""
    budget: IntArray
    """(1,) steps that a repair may take before a fresh start is faster."""


@dataclass(frozen=True)
class Warm:
    """A base ready to be swept.

    Parameters
    ----------
    net : Net
        What no scenario changes.
    basis : Basis
        The optimal basis of the base; each worker copies it.
    arc : (E,) int64
        Number of each of the problem's arcs in the net.
    vertex : (V,) int64
        Number of each of the problem's vertices in the net.
    order : (E,) int64
        The problem's arc of each of the net's.
    """

    net: Net
    basis: Basis
    arc: IntArray
    vertex: IntArray
    order: IntArray


def warm(start: ColdStart, levels: int) -> Warm:
    """Number vertices in preorder and arcs by tail: a scenario then touches memory in stretches."""
    old = start.basis
    N, A = len(old.node), len(old.arc)
    E, V = A - N + 1, N - 1
    preorder = ring(old)
    vertex = np.empty(N, np.int64)
    vertex[preorder] = np.arange(N)
    tail, head = vertex[old.arc["tail"]], vertex[old.arc["head"]]
    by_tail = np.concatenate([np.lexsort((head[:E], tail[:E])), np.arange(E, A)])
    arc = np.empty(A, np.int64)
    arc[by_tail] = np.arange(A)

    b = empty_basis(E, V, levels)
    b.arc["tail"], b.arc["head"], b.arc["cost"] = tail[by_tail], head[by_tail], old.arc["cost"][by_tail]
    b.capacity[:], b.state[:] = old.capacity[by_tail], old.state[by_tail]
    for field in NODE.names or ():
        b.node[field] = old.node[field][preorder]
    b.thread[:] = vertex[old.thread[preorder]]
    for field, number in (("parent", vertex), ("back", vertex), ("last", vertex), ("pred", arc)):
        there = b.node[field] != NONE
        b.node[field][there] = number[b.node[field][there]]
    b.node["stamp"] = 0
    b.potential[:] = old.potential[preorder]
    close_artificial_arcs(b, E)
    for at, ends in ((OUT, "tail"), (IN, "head")):
        b.uppers[:, at] = np.bincount(b.arc[ends][b.state == UPPER], minlength=N)

    reduced = np.abs(b.arc["cost"] + b.potential[b.arc["tail"]] - b.potential[b.arc["head"]])[:E]
    near = np.argsort(reduced, kind="stable")
    by_head = np.lexsort((b.arc["tail"][:E], b.arc["head"][:E]))
    net = Net(
        first_out=np.searchsorted(b.arc["tail"][:E], np.arange(N + 1)).astype(np.uint64),
        first_in=np.searchsorted(b.arc["head"][:E][by_head], np.arange(N + 1)).astype(np.uint64),
        head=b.arc["head"][:E].astype(np.uint32),
        in_arc=by_head.astype(np.uint32),
        in_tail=b.arc["tail"][:E][by_head].astype(np.uint32),
        potential=b.potential.copy(),
        near=near.astype(np.uint32),
        distance=reduced[near],
        flow=basis_flow(b),
        broken=np.flatnonzero((b.node["up"] < 0) | (b.node["down"] < 0)),
        budget=np.array([start.pivots[0] * (STEP + int(np.sqrt(E))) // PATIENCE + 10 * A]),
    )
    order = start.order[by_tail[:E]]
    rank = np.empty(E, np.int64)
    rank[order] = np.arange(E)
    return Warm(net, b, rank, vertex[:V], order)


def close_artificial_arcs(b: Basis, E: int) -> None:
    """Take the capacity of the artificial arcs away: one that carried flow is now violated. Modified in place: b."""
    child = np.flatnonzero((b.node["pred"] >= E) & (b.node["pred"] != NONE))
    e = b.node["pred"][child]
    leaves = b.arc["tail"][e] == child
    flow = np.where(leaves, b.node["down"][child], b.node["up"][child])
    b.node["up"][child] = np.where(leaves, -flow, flow)
    b.node["down"][child] = np.where(leaves, flow, -flow)
    b.capacity[E:] = 0
    b.state[E:] = np.where(b.state[E:] == TREE, TREE, CLOSED)


def ring(b: Basis) -> IntArray:
    """The vertices in preorder from the root, (N,)."""
    thread = b.thread.tolist()
    v = len(thread) - 1
    out = np.empty(len(thread), np.int64)
    for k in range(len(thread)):
        out[k] = v
        v = thread[v]
    return out


def copied(b: Basis) -> Basis:
    """A basis of one's own, with an empty journal."""
    arrays: list[Any] = [
        np.empty_like(array) if name.startswith("kept") else array.copy() for name, array in b._asdict().items()
    ]
    return Basis(*arrays)
