"""The primal network simplex: from a feasible spanning tree to an optimal one.

Strongly feasible spanning trees and the leaving-arc rule of Cunningham (1976) keep it from cycling; the entering arc is
the best of a block of arcs (Grigoriadis 1986). See Ahuja, Magnanti & Orlin (1993), sections 11.5-11.6.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import (
    CLOSED,
    ENDLESS,
    LOWER,
    NONE,
    TREE,
    UNLIMITED,
    UPPER,
    At,
    Basis,
    reduced_cost,
    set_state,
)
from corridors.kernels.by_reference import without_journal
from corridors.kernels.compiled import entry, helper, inlined
from corridors.kernels.tree import exchange, push_down, shift_side

DONE = 0
"""No arc would pay to enter."""
NO_FEASIBLE_FLOW = 1
"""An artificial arc still carries flow; only the cold start and the dual say so."""
ENDLESS_CYCLE = 2
"""A negative cycle without a finite capacity: the entering arc closes it."""
OUT_OF_PIVOTS = 3
"""The cap on pivots, or a stop that was asked for, came first."""

FLIPPED: Any = At(0xFFFFFFFE)
UNBLOCKED: Any = At(0xFFFFFFFD)
"""What a pivot answers instead of a vertex."""

BLOCK = 1.0
"""Arcs priced at a time, as a share of the square root of their number: from 0.5 to 1 it makes little difference on
corridors; with 1, random networks and NetworkX's netgen-2 take a tenth to a third less than with 0.7."""
POLL = 63
"""The stop flag is looked at once in so many pivots, less one."""


@entry
def lay_out(
    b: Basis,
    tail: IntArray,
    head: IntArray,
    capacity: IntArray,
    cost: IntArray,
    order: IntArray,
    supply: IntArray,
    penalty: int,
) -> None:
    """Set the real arcs, in another order, and the basis of artificial arcs alone. Modified in place: b.

    Parameters
    ----------
    b : Basis
        Empty.
    tail, head, capacity, cost : (E,) int64
        Of the problem's arcs.
    order : (E,) int64
        Which of them each arc of the basis is.
    supply, penalty
        As for `star`.
    """
    for e in range(len(order)):
        a = order[e]
        b.arc[e].tail, b.arc[e].head, b.arc[e].cost = tail[a], head[a], cost[a]
        b.capacity[e] = capacity[a]
    set_star(without_journal(b), supply, penalty)


@entry
def star(b: Basis, supply: IntArray, penalty: int) -> None:
    """Set the basis of artificial arcs alone: a strongly feasible star. Modified in place: b.

    Parameters
    ----------
    b : Basis
        With tail, head, cost and capacity of the real arcs set.
    supply : (V,) int64
        What each vertex sends; its artificial arc carries it.
    penalty : int
        Cost of an artificial arc: above any path of real arcs.
    """
    set_star(without_journal(b), supply, penalty)


@helper
def set_star(b: Basis, supply: IntArray, penalty: int) -> None:
    """What `star` does, for compiled functions. Modified in place: b."""
    V = len(supply)
    E = len(b.arc) - V
    root = V
    for e in range(E):
        b.state[e] = CLOSED if b.capacity[e] == 0 else LOWER
    for v in range(V):
        e = E + v
        sends = supply[v] >= 0
        b.arc[e].tail = v if sends else root
        b.arc[e].head = root if sends else v
        b.arc[e].cost = penalty
        b.capacity[e] = UNLIMITED
        b.state[e] = TREE
        b.node[v].parent = root
        b.node[v].pred = e
        b.thread[v] = v + 1
        b.node[v].back = v - 1 if v > 0 else root
        b.node[v].size = 1
        b.node[v].last = v
        b.node[v].up = UNLIMITED - supply[v] if sends else -supply[v]
        b.node[v].down = supply[v] if sends else UNLIMITED + supply[v]
        b.potential[v] = -penalty if sends else penalty
    b.node[root].parent = NONE
    b.node[root].pred = NONE
    b.thread[root] = 0 if V > 0 else root
    b.node[root].back = V - 1 if V > 0 else root
    b.node[root].size = V + 1
    b.node[root].last = V - 1 if V > 0 else root
    b.node[root].up = 0
    b.node[root].down = 0
    b.potential[root] = 0


@entry
def optimise(b: Basis, place: IntArray, pivots: int, stop: IntArray, flow: IntArray) -> tuple[int, int, int]:
    """Pivot until no arc pays to enter. Modified in place: b.

    Parameters
    ----------
    b : Basis
        Primal feasible.
    place : (E,) int64
        Where the flow of each real arc is written; artificial ones never come back once they have left.
    pivots : int
        The cap on pivots.
    stop : (1,) int64
        Other than zero where the solve is to stop.
    flow : (E,) int64
        The flow of the optimum. Modified.

    Returns
    -------
    tuple of int
        DONE, NO_FEASIBLE_FLOW, ENDLESS_CYCLE or OUT_OF_PIVOTS; the pivots made; the last entering arc.
    """
    b = without_journal(b)
    arcs = len(place)
    block = max(int(BLOCK * np.sqrt(arcs)), 20)
    start = int(arcs * 0)  # no literal: price_block is compiled once
    for n in range(pivots):
        if n & POLL == 0 and stop[0] != 0:
            return OUT_OF_PIVOTS, n, -1
        e, start = price_block(b, start, block, arcs)
        if e == NONE:
            return NO_FEASIBLE_FLOW if write_flow(b, place, flow) else DONE, n, -1
        if pivot(b, e)[0] == UNBLOCKED:
            return ENDLESS_CYCLE, n, int(e)
    return OUT_OF_PIVOTS, pivots, -1


@helper
def write_flow(b: Basis, place: IntArray, out: IntArray) -> bool:
    """Flow of arcs outside the tree as their state says, of those in it from their lower vertex.

    Modified: out (E,), where arc e of the basis writes to ``place[e]``. Returns whether an arc without a place carries
    flow.
    """
    arcs, beyond = len(place), False
    for e in range(arcs):
        out[place[e]] = b.capacity[e] if b.state[e] == UPPER else 0
    for v in range(len(b.node)):
        if b.node[v].parent != NONE:
            e = b.node[v].pred
            flow = b.node[v].down if b.arc[e].tail == v else b.node[v].up
            if e < arcs:
                out[place[e]] = flow
            elif flow > 0:
                beyond = True
    return beyond


@inlined
def price_block(b: Basis, start: int, block: int, arcs: int) -> tuple[int, int]:
    """The arc that violates optimality most in the first block that has one, and where the next search starts.

    The arc is NONE after a full round without any.
    """
    worst = 0
    entering = NONE
    e = start
    left = arcs
    while left > 0:
        end = min(e + min(block, left), arcs)
        left -= end - e
        for k in range(e, end):
            a = At(k)
            violation = b.state[a] * reduced_cost(b, a)
            if violation < worst:
                worst = violation
                entering = a
        e = 0 if end == arcs else end
        if entering != NONE:
            break
    return entering, e


@helper
def pivot(b: Basis, e: int) -> tuple[int, int]:
    """Bring arc `e` into the basis, or to its other bound. Modified in place: b.

    The flow goes around the cycle that `e` closes, in the direction that pays. The last blocking arc met on the path
    from the apex leaves: this keeps a strongly feasible tree strongly feasible.

    Returns
    -------
    tuple of int
        The vertex that is now the top of the subtree whose potentials moved, FLIPPED where only the bound changed,
        UNBLOCKED where nothing limits the flow; and the amount sent around.
    """
    if b.state[e] == LOWER:
        first, second = b.arc[e].tail, b.arc[e].head
    else:
        first, second = b.arc[e].head, b.arc[e].tail
    u, v = first, second
    before = after = UNLIMITED  # the tightest on the path from the apex to `first`, and from `second` back
    leave_before = leave_after = NONE
    while u != v:
        if b.node[u].size < b.node[v].size:
            if b.node[u].down < before:
                before = b.node[u].down
                leave_before = u
            u = b.node[u].parent
        else:
            if b.node[v].up <= after:
                after = b.node[v].up
                leave_after = v
            v = b.node[v].parent
    join = u
    amount = min(before, after, b.capacity[e])
    if amount >= ENDLESS:
        return UNBLOCKED, amount
    if amount > 0:
        push_down(b, first, join, amount)
        push_down(b, second, join, -amount)
    if after > amount and b.capacity[e] == amount:
        set_state(b, e, -b.state[e])
        return FLIPPED, amount
    if after == amount:
        q, inner, outer = leave_after, second, first
    else:
        q, inner, outer = leave_before, first, second
    leave_tree(b, q)
    shift_side(b, inner, enter_tree(b, q, inner, outer, e, join, amount))
    return inner, amount


@inlined
def leave_tree(b: Basis, q: int) -> None:
    """Take the arc above `q` out of the basis, at the bound that it has reached. Modified in place: b."""
    e = b.node[q].pred
    flow = b.node[q].down if b.arc[e].tail == q else b.node[q].up
    if b.capacity[e] == 0:
        set_state(b, e, CLOSED)
    else:
        set_state(b, e, LOWER if flow == 0 else UPPER)


@helper
def enter_tree(b: Basis, q: int, inner: int, outer: int, e: int, join: int, amount: int) -> int:
    """Put arc `e`, which moves by `amount` from its bound, in the place of the arc above `q`. Modified in place: b.

    Returns
    -------
    int
        By how much the potentials in the subtree of `inner` must still rise.
    """
    flow = amount if b.state[e] == LOWER else b.capacity[e] - amount
    ask = reduced_cost(b, e)
    set_state(b, e, TREE)
    exchange(b, q, inner, outer, e, join)
    rises = b.arc[e].tail == inner
    b.node[inner].up = b.capacity[e] - flow if rises else flow
    b.node[inner].down = flow if rises else b.capacity[e] - flow
    return -ask if rises else ask
