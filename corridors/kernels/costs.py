"""Costs that changed: new potentials on the old tree, then primal pivots priced by what moved.

Only arcs whose reduced cost was smaller than the potentials moved apart can have come to pay; after that, a pivot can
only make arcs pay that cross the cut of the subtree it moved.
"""

from __future__ import annotations

from corridors.kernels.basis import (
    ARCS_KEPT,
    NONE,
    ROOT,
    TREE,
    UPPER,
    At,
    Basis,
    arc_flow,
    note_arc,
    note_potential,
    reduced_cost,
)
from corridors.kernels.compiled import helper
from corridors.kernels.net import Net
from corridors.kernels.primal import DONE, ENDLESS_CYCLE, FLIPPED, OUT_OF_PIVOTS, POLL, UNBLOCKED, pivot
from corridors.kernels.tree import mark_side, smaller_side
from corridors.kernels.work import COST, PAYING, PIVOTS, WORK, Work, list_paying


@helper
def change_cost(b: Basis, w: Work, e: int, cost: int) -> bool:
    """Give arc `e` a new cost, and the flow that it carries. Modified in place: b, w.

    Returns
    -------
    bool
        Whether potentials must follow: the arc is in the tree. Its vertex's excess holds by how much.
    """
    change = cost - b.arc[e].cost
    if change == 0:
        return False
    note_arc(b, e)
    b.arc[e].cost = cost
    if b.state[e] == TREE:
        w.counter[COST] += change * arc_flow(b, e)
        tail = b.arc[e].tail
        if b.node[tail].pred == e:
            w.excess[tail] -= change
        else:
            w.excess[b.arc[e].head] += change
        return True
    if b.state[e] == UPPER:
        w.counter[COST] += change * b.capacity[e]
    return False


@helper
def follow(b: Basis, w: Work) -> None:
    """Move potentials down the tree by what `excess` says of each tree arc. Modified in place: b, w."""
    v = b.thread[0]
    while v != ROOT:
        w.excess[v] += w.excess[b.node[v].parent]
        if w.excess[v] != 0:
            note_potential(b, v)
            b.potential[v] += w.excess[v]
        v = b.thread[v]
    w.excess[:] = 0


@helper
def list_candidates(b: Basis, net: Net, w: Work) -> None:
    """List the arcs that may pay: those near enough to turn in the base, and those the scenario touched.

    Modified in place: w.
    """
    low = high = 0
    for v in range(len(b.node)):
        moved = b.potential[v] - net.potential[v]
        low = min(low, moved)
        high = max(high, moved)
    spread = high - low
    for k in range(len(net.near)):
        if net.distance[k] >= spread:
            break
        e = net.near[k]
        if b.state[e] * reduced_cost(b, e) < 0:
            list_paying(w, e)
    for n in range(b.counter[ARCS_KEPT]):
        e = At(b.kept_arc[n, 0])
        if e < len(net.near) and b.state[e] * reduced_cost(b, e) < 0:
            list_paying(w, e)


@helper
def reprice(b: Basis, net: Net, w: Work, budget: int) -> int:
    """Pivot until no arc on the list of paying ones pays. Modified in place: b, w.

    Returns
    -------
    int
        DONE, ENDLESS_CYCLE or OUT_OF_PIVOTS.
    """
    n = 0
    while True:
        e = most_paying(b, w)
        if e == NONE:
            w.counter[PIVOTS] += n
            return DONE
        if w.counter[WORK] > budget or (n & POLL == 0 and w.stop[0] != 0):
            return OUT_OF_PIVOTS
        gain = abs(reduced_cost(b, e))
        top, amount = pivot(b, e)
        if top == UNBLOCKED:
            return ENDLESS_CYCLE
        w.counter[COST] -= gain * amount
        if top != FLIPPED:
            list_cut(b, net, w, top)
        n += 1


@helper
def most_paying(b: Basis, w: Work) -> int:
    """The listed arc that pays most, NONE if none does; sweeps the list. Modified in place: w."""
    best = 0
    found = NONE
    n = 0
    for k in range(w.counter[PAYING]):
        e = At(w.paying[k])
        gain = b.state[e] * reduced_cost(b, e)
        if gain < 0:
            w.paying[n] = e
            n += 1
            if gain < best:
                best = gain
                found = e
        else:
            w.is_paying[e] = 0
    w.counter[PAYING] = n
    return found


@helper
def list_cut(b: Basis, net: Net, w: Work, top: int) -> None:
    """List the arcs that pay across the cut above `top`. Modified in place: b, w."""
    first, count, _ = smaller_side(b, top)
    mark, runs = mark_side(b, w, first, count)
    w.counter[WORK] += count
    for r in range(runs):
        first, end = w.run[r, 0], w.run[r, 1]
        for e in range(net.first_out[first], net.first_out[end]):
            if b.mark[net.head[e]] != mark and b.state[e] * reduced_cost(b, e) < 0:
                list_paying(w, At(e))
        for k in range(net.first_in[first], net.first_in[end]):
            if b.mark[net.in_tail[k]] != mark:
                e = net.in_arc[k]
                if b.state[e] * reduced_cost(b, e) < 0:
                    list_paying(w, e)
