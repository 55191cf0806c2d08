"""One scenario from the base's optimum: its changes, the dual for bounds and supplies, the primal for costs."""

from __future__ import annotations

from typing import NamedTuple

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import (
    ARCS_KEPT,
    CLOSED,
    LOWER,
    ROOT,
    TREE,
    UNLIMITED,
    UPPER,
    At,
    Basis,
    note,
    note_arc,
    reduced_cost,
    set_state,
)
from corridors.kernels.compiled import helper, inlined
from corridors.kernels.costs import change_cost, follow, list_candidates, reprice
from corridors.kernels.dual import carry_down, list_if_violated, repair, send_around
from corridors.kernels.net import Net
from corridors.kernels.primal import DONE
from corridors.kernels.work import COST, PAYING, PIVOTS, VIOLATED, WORK, Work, list_violated

FEW = 16
"""Pushes for each 2^FEW_SHIFT vertices from which one pass over the tree is cheaper than a path each."""


class Batch(NamedTuple):
    """The changes of S scenarios as kernels need them: arcs and vertices of the net, bounds shifted and clamped."""

    cap_ptr: IntArray
    cap_arc: IntArray
    cap_value: IntArray
    cost_ptr: IntArray
    cost_arc: IntArray
    cost_value: IntArray
    supply_ptr: IntArray
    supply_vertex: IntArray
    supply_change: IntArray
    """Supplies are differences from the base's; the rest are values."""


@helper
def solve_scenario(b: Basis, net: Net, w: Work, c: Batch, s: int) -> tuple[int, int, int]:
    """Bring the basis from the base's optimum to that of scenario `s`. Modified in place: b, w.

    Returns
    -------
    tuple of int
        A status of the kernels; dual and primal pivots. ``w.counter[COST]`` says how much more the optimum costs.
    """
    clear(w)
    lifted = change_bounds(b, net, w, c, s)
    code = DONE
    if w.counter[VIOLATED] > 0:
        code = repair(b, net, w, net.budget[0])
        clear_violated(w)
    dual = w.counter[PIVOTS]
    first, last = c.cost_ptr[s], c.cost_ptr[s + 1]
    if code != DONE or (first == last and not lifted):
        return code, dual, 0
    moved = False
    if lifted:
        for n in range(b.counter[ARCS_KEPT]):
            moved |= change_cost(b, w, At(b.kept_arc[n, 0]), b.kept_arc[n, 3])
    for k in range(first, last):
        moved |= change_cost(b, w, At(c.cost_arc[k]), c.cost_value[k])
    if moved:
        follow(b, w)
    list_candidates(b, net, w)
    code = reprice(b, net, w, 2 * net.budget[0])
    clear_paying(w)
    return code, dual, w.counter[PIVOTS] - dual


@inlined
def clear(w: Work) -> None:
    """Count from zero. Modified in place: w."""
    w.counter[WORK] = 0
    w.counter[COST] = 0
    w.counter[PIVOTS] = 0


@helper
def clear_violated(w: Work) -> None:
    """Empty the list of violated vertices. Modified in place: w."""
    for k in range(w.counter[VIOLATED]):
        w.is_violated[w.violated[k]] = 0
    w.counter[VIOLATED] = 0


@helper
def clear_paying(w: Work) -> None:
    """Empty the list of arcs that may pay. Modified in place: w."""
    for k in range(w.counter[PAYING]):
        w.is_paying[w.paying[k]] = 0
    w.counter[PAYING] = 0


@helper
def change_bounds(b: Basis, net: Net, w: Work, c: Batch, s: int) -> bool:
    """Set the capacities and supplies of scenario `s`; list what that violates. Modified in place: b, w.

    Returns
    -------
    bool
        Whether costs were lifted that must be put right later.
    """
    for k in range(len(net.broken)):
        list_violated(w, At(net.broken[k]))
    lifted = False
    supplies = c.supply_ptr[s + 1] - c.supply_ptr[s]
    in_bulk = supplies * FEW > len(b.node) or (c.cap_ptr[s + 1] - c.cap_ptr[s]) > len(b.node)
    for k in range(c.cap_ptr[s], c.cap_ptr[s + 1]):
        lifted |= change_capacity(b, w, At(c.cap_arc[k]), c.cap_value[k], in_bulk)
    for k in range(c.supply_ptr[s], c.supply_ptr[s + 1]):
        v, change = At(c.supply_vertex[k]), c.supply_change[k]
        w.counter[COST] -= change * b.potential[v]
        if in_bulk:
            w.excess[v] += change
        else:
            send_around(b, w, v, ROOT, -change)
    if in_bulk:
        settle(b, w)
    return lifted


@inlined
def change_capacity(b: Basis, w: Work, e: int, capacity: int, in_bulk: bool) -> bool:
    """Give arc `e` another capacity and keep the basis dual feasible. Modified in place: b, w.

    Returns
    -------
    bool
        Whether the cost of the arc was lifted: it pays, but can no longer wait at a capacity that it has lost.
    """
    change = capacity - b.capacity[e]
    if change == 0:
        return False
    state = b.state[e]
    if state == TREE:
        note_arc(b, e)
        b.capacity[e] = capacity
        tail = b.arc[e].tail
        if b.node[tail].pred == e:
            note(b, tail)
            b.node[tail].up += change
            list_if_violated(b, w, tail)
        else:
            head = b.arc[e].head
            note(b, head)
            b.node[head].down += change
            list_if_violated(b, w, head)
        return False
    if state == LOWER and capacity != 0:
        note_arc(b, e)
        b.capacity[e] = capacity
        return False
    return change_bound(b, w, e, capacity, in_bulk)


@helper
def change_bound(b: Basis, w: Work, e: int, capacity: int, in_bulk: bool) -> bool:
    """What `change_capacity` does for the few arcs that wait at their capacity, or are or will be closed.

    Modified in place: b, w.
    """
    old = b.capacity[e]
    note_arc(b, e)
    b.capacity[e] = capacity
    state = b.state[e]
    ask = reduced_cost(b, e)
    if state == LOWER or (state == CLOSED and ask >= 0):
        set_state(b, e, CLOSED if capacity == 0 else LOWER)
        return False
    if capacity == UNLIMITED:
        w.counter[COST] -= ask * old
        b.arc[e].cost -= ask
        send(b, w, e, -old, in_bulk)
        set_state(b, e, LOWER)
        return True
    w.counter[COST] += ask * (capacity - old)
    send(b, w, e, capacity - old, in_bulk)
    set_state(b, e, CLOSED if capacity == 0 else UPPER)
    return False


@inlined
def send(b: Basis, w: Work, e: int, amount: int, in_bulk: bool) -> None:
    """Let arc `e`, outside the tree, carry `amount` more. Modified in place: b, w."""
    tail, head = b.arc[e].tail, b.arc[e].head
    if in_bulk:
        w.excess[tail] -= amount
        w.excess[head] += amount
    else:
        send_around(b, w, tail, head, amount)


@helper
def settle(b: Basis, w: Work) -> None:
    """Send each vertex's excess up the base's tree, numbered in preorder. Modified in place: b, w."""
    for v in range(len(b.node) - 1, 0, -1):
        amount = w.excess[v]
        if amount != 0:
            w.excess[v] = 0
            carry_down(b, w, At(v), -amount)
            w.excess[b.node[v].parent] += amount
    w.excess[0] = 0
