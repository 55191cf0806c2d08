"""Large changes: patch the base's optimal tree until it is feasible, then pivot; or start from scratch.

Where many supplies rise or many arcs close, a dual pivot for each violated arc costs more than a fresh start. So flows
are recomputed on the old tree in one pass; a tree arc that would be beyond a bound stays at it, and its subtree is
joined to the root by its artificial arc, which carries the rest. That tree is feasible, and nearly always close to
optimal.
"""

from __future__ import annotations

import numpy as np

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import CLOSED, LOWER, TREE, UNLIMITED, UPPER, At, Basis
from corridors.kernels.by_reference import without_journal
from corridors.kernels.cold import ColdStart, pivot_cap, solve_cold
from corridors.kernels.compiled import entry, inlined
from corridors.kernels.net import copied
from corridors.kernels.primal import ENDLESS_CYCLE, NO_FEASIBLE_FLOW, OUT_OF_PIVOTS, star
from corridors.kernels.tree import exchange


def solve_in_full(
    base: ColdStart, capacity: IntArray, cost: IntArray, supply: IntArray, penalty: int, stop: IntArray
) -> tuple[ColdStart, int, bool]:
    """Solve another problem on the base's arcs, from the base's tree or else from scratch.

    Parameters
    ----------
    base : ColdStart
        Solved.
    capacity, cost : (E,) int64
        Of the problem's arcs, shifted and clamped.
    supply : (V,) int64
        What vertices send, lower bounds settled.
    penalty : int
        Cost of an artificial arc.
    stop : (1,) int64
        Other than zero where the solve is to stop.

    Returns
    -------
    tuple
        The solved problem, the status of the kernels, and whether the base's tree was used.
    """
    E = len(base.order)
    for reuse in (True, False):
        b = copied(base.basis)
        b.capacity[:E] = capacity[base.order]
        b.arc["cost"][:E] = cost[base.order]
        b.arc["cost"][E:] = penalty
        if reuse:
            patch_tree(b, supply, np.zeros(len(b.node), np.int64))
        else:
            star(b, supply, penalty)
        start = ColdStart.of(b, supply, base.order, penalty)
        cap = 2 * int(base.pivots[0]) + 1000 if reuse else pivot_cap(b)
        code, _ = solve_cold(start, stop, cap)
        if code != OUT_OF_PIVOTS or stop[0]:
            break
    if code == ENDLESS_CYCLE and not feasible(base, capacity, supply, stop):
        return start, NO_FEASIBLE_FLOW, reuse
    return start, code, reuse


def feasible(base: ColdStart, capacity: IntArray, supply: IntArray, stop: IntArray) -> bool:
    """Whether there is any flow, whatever it costs."""
    b = copied(base.basis)
    E = len(base.order)
    b.capacity[:E] = capacity[base.order]
    b.arc["cost"][:E] = 0
    star(b, supply, base.penalty)
    code, _ = solve_cold(ColdStart.of(b, supply, base.order, base.penalty), stop)
    return code != NO_FEASIBLE_FLOW


@entry
def patch_tree(b: Basis, supply: IntArray, excess: IntArray) -> None:
    """Make the tree feasible for other capacities, costs and supplies. Modified in place: b, excess.

    Parameters
    ----------
    b : Basis
        A tree for other numbers; the root is the last vertex, artificial arc E + v belongs to vertex v.
    supply : (V,) int64
        What vertices send.
    excess : (V + 1,) int64
        Room for what is left to send at each vertex.
    """
    V = len(supply)
    E = len(b.arc) - V
    root = At(V)
    b = without_journal(b)
    for v in range(V):
        excess[v] = supply[v]
    excess[root] = 0
    for e in range(E):
        if b.state[e] == TREE:
            continue
        if b.capacity[e] == 0:
            b.state[e] = CLOSED
        elif b.state[e] == UPPER and b.capacity[e] < UNLIMITED:
            excess[b.arc[e].tail] -= b.capacity[e]
            excess[b.arc[e].head] += b.capacity[e]
        else:
            b.state[e] = LOWER
    v = b.node[root].back
    for _ in range(V):
        before = b.node[v].back
        e = b.node[v].pred
        if e < E:
            rises = b.arc[e].tail == v
            wanted = excess[v] if rises else -excess[v]
            flow = min(max(wanted, 0), b.capacity[e])
            up = flow if rises else -flow
            excess[b.node[v].parent] += up
            if flow == wanted:
                b.node[v].up = b.capacity[e] - flow if rises else flow
                b.node[v].down = flow if rises else b.capacity[e] - flow
            else:
                b.state[e] = CLOSED if b.capacity[e] == 0 else (LOWER if flow == 0 else UPPER)
                excess[v] -= up
                exchange(b, v, v, root, At(E + v), root)
                b.state[E + v] = TREE
                carry(b, v, root, excess[v])
        else:
            carry(b, v, root, excess[v])
        v = before
    v = b.thread[root]
    for _ in range(V):
        e = b.node[v].pred
        cost = b.arc[e].cost
        b.potential[v] = b.potential[b.node[v].parent] + (-cost if b.arc[e].tail == v else cost)
        v = b.thread[v]


@inlined
def carry(b: Basis, v: int, root: int, excess: int) -> None:
    """Let the artificial arc of vertex `v` carry `excess` to the root, or what lacks from it. Modified in place: b."""
    e = b.node[v].pred
    sends = excess >= 0
    b.arc[e].tail = v if sends else root
    b.arc[e].head = root if sends else v
    b.node[v].up = UNLIMITED - excess if sends else -excess
    b.node[v].down = excess if sends else UNLIMITED + excess
