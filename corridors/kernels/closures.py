"""Closures in bulk: few optima settle many sets of closed arcs.

If the optimum with some arcs R of a set C closed carries nothing on the rest of C, it is the optimum for C. So a
scenario is a chain: from the base, close its first arc that carries flow, repair, close the first that carries flow
now, and so on until none does. Scenarios whose chains begin with the same arcs are solved together, a level of the
journal for each arc; most end at the base or after one arc. The chain depends on base and scenario alone, and so does
what is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corridors.arrays.typing import IntArray
from corridors.kernels.basis import ARCS_KEPT, NODES_KEPT, POTENTIALS_KEPT, At, Basis, arc_flow, open_level, take_back
from corridors.kernels.by_reference import by_reference
from corridors.kernels.compiled import entry, helper, inlined
from corridors.kernels.dual import repair
from corridors.kernels.net import Net
from corridors.kernels.output import (
    ABSORBED,
    DUAL,
    INFEASIBLE,
    MEMO,
    NOT_SOLVED,
    OPTIMAL,
    Output,
    kept_rows,
    touched,
    write_rows,
)
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW
from corridors.kernels.scenario import Batch, change_capacity, clear_violated
from corridors.kernels.work import COST, VIOLATED, WORK, Work

NOTHING: Any = np.int64(0)
"""The capacity of a closed arc."""
NEVER: Any = np.bool_(False)
"""Pushes for a closure are never gathered."""
FIRST, END, NODES, POTENTIALS, ARCS, COST_BEFORE = range(6)
"""Columns of ``Groups.level``."""


class Groups(NamedTuple):
    """Scenarios sorted by the arc that their chain closes next. S scenarios, E arcs, D levels."""

    ids: IntArray
    """(K,) the scenarios to solve; those of a group are consecutive."""
    key: IntArray
    """(S,) by scenario: the arc its chain closes next, -1 where it ends."""
    link: IntArray
    """(S,) by scenario: the one before it with the same key."""
    head: IntArray
    """(E,) by key: the last scenario so far, while sorting; -1 between uses. A worker's own."""
    keys: IntArray
    """(E,) the keys found while sorting. A worker's own."""
    level: IntArray
    """(D, 6) of each open level: scenarios left to do, how full the journal was, the cost before. A worker's own."""


def groups(ids: IntArray, scenarios: int, arcs: int, levels: int) -> Groups:
    """Room to sort the scenarios `ids` of so many, in levels one fewer than the journal's."""
    return Groups(
        ids=ids.copy(),
        key=np.full(scenarios, -1, np.int64),
        link=np.zeros(scenarios, np.int64),
        head=np.full(arcs, -1, np.int64),
        keys=np.zeros(arcs, np.int64),
        level=np.zeros((levels, 6), np.int64),
    )


def own_groups(g: Groups) -> Groups:
    """The same scenarios with a worker's own room to sort."""
    return g._replace(head=np.full_like(g.head, -1), keys=np.zeros_like(g.keys), level=np.zeros_like(g.level))


@entry
def sort_by_next(b: Basis, c: Batch, g: Groups, first: int, end: int) -> int:
    """Sort ``ids[first:end]`` by the arc that their chains close next; those whose chain ends come first.

    Modified in place: g.

    Returns
    -------
    int
        Where the scenarios with a next arc begin.
    """
    return sort_chains(by_reference(b), by_reference(c), by_reference(g), first, end)


@helper
def sort_chains(b: Basis, c: Batch, g: Groups, first: int, end: int) -> int:
    """What `sort_by_next` does, for compiled functions. Modified in place: g."""
    n = first
    found = 0
    for k in range(first, end):
        s = g.ids[k]
        e = next_arc(b, c, s)
        g.key[s] = e
        if e < 0:
            g.ids[n] = s
            n += 1
        else:
            if g.head[e] < 0:
                g.keys[found] = e
                found += 1
            g.link[s] = g.head[e]
            g.head[e] = s
    start = n
    for k in range(found):
        e = g.keys[k]
        s = g.head[e]
        g.head[e] = -1
        while s >= 0:
            g.ids[n] = s
            n += 1
            s = g.link[s]
    return start


@inlined
def next_arc(b: Basis, c: Batch, s: int) -> int:
    """The first arc that scenario `s` closes and that carries flow, -1 if none does."""
    for k in range(c.cap_ptr[s], c.cap_ptr[s + 1]):
        e = c.cap_arc[k]
        if arc_flow(b, At(e)) != 0:
            return e
    return -1


@entry
def keep_base(b: Basis, net: Net, w: Work, c: Batch, out: Output, g: Groups, first: int, end: int) -> None:
    """Keep the base's optimum for ``ids[first:end]``. Modified in place: out."""
    w.counter[COST] = 0
    b, net, w = by_reference(b), by_reference(net), by_reference(w)
    keep(b, net, w, by_reference(c), by_reference(out), by_reference(g), first, end, NOTHING)


@helper
def keep(b: Basis, net: Net, w: Work, c: Batch, out: Output, g: Groups, first: int, end: int, closed: int) -> None:
    """Keep the current optimum, with so many arcs closed, for ``ids[first:end]``. Modified in place: out, w."""
    rows = kept_rows(out) and end > first
    n = touched(b, w, len(net.near)) if rows else NOTHING
    for k in range(first, end):
        s = g.ids[k]
        out.status[s] = OPTIMAL
        out.cost[s] = out.base_cost[s] + w.counter[COST]
        all_closed = closed == c.cap_ptr[s + 1] - c.cap_ptr[s]
        out.path[s] = ABSORBED if closed == 0 else (DUAL if all_closed else MEMO)
        if rows:
            write_rows(b, net, w, out, s, n)


@entry
def sweep_closures(b: Basis, net: Net, w: Work, c: Batch, out: Output, g: Groups, first: int, end: int) -> None:
    """Solve the sorted scenarios ``ids[first:end]``. Modified in place: out, g; b and w are as before in the end."""
    b, net, w, c, out, g = (
        by_reference(b),
        by_reference(net),
        by_reference(w),
        by_reference(c),
        by_reference(out),
        by_reference(g),
    )
    g.level[0, FIRST] = first
    g.level[0, END] = end
    w.counter[COST] = 0
    depth = int(first * 0)  # no literal
    while depth >= 0:
        k = g.level[depth, FIRST]
        last = g.level[depth, END]
        if k == last or w.stop[0] != 0:
            if depth > 0:
                undo_level(b, w, g, depth)
            depth -= 1
            continue
        e = g.key[g.ids[k]]
        n = k
        while n < last and g.key[g.ids[n]] == e:
            n += 1
        g.level[depth, FIRST] = n
        depth += 1
        begin_level(b, w, g, depth)
        code = close(b, net, w, e)
        if code != DONE:
            give_up(out, g, k, n, code)
            undo_level(b, w, g, depth)
            depth -= 1
            continue
        ready = sort_chains(b, c, g, k, n)
        keep(b, net, w, c, out, g, k, ready, depth)
        if depth < len(g.level) - 1:
            g.level[depth, FIRST] = ready
            g.level[depth, END] = n
        else:
            for i in range(ready, n):
                finish_alone(b, net, w, c, out, g, i, depth)
            undo_level(b, w, g, depth)
            depth -= 1


@helper
def begin_level(b: Basis, w: Work, g: Groups, depth: int) -> None:
    """Remember how things are before another arc is closed. Modified in place: b, g."""
    g.level[depth, NODES] = b.counter[NODES_KEPT]
    g.level[depth, POTENTIALS] = b.counter[POTENTIALS_KEPT]
    g.level[depth, ARCS] = b.counter[ARCS_KEPT]
    g.level[depth, COST_BEFORE] = w.counter[COST]
    open_level(b)


@helper
def undo_level(b: Basis, w: Work, g: Groups, depth: int) -> None:
    """Go back to how things were. Modified in place: b, w."""
    take_back(b, g.level[depth, NODES], g.level[depth, POTENTIALS], g.level[depth, ARCS])
    w.counter[COST] = g.level[depth, COST_BEFORE]


@helper
def close(b: Basis, net: Net, w: Work, e: int) -> int:
    """Take arc `e` away and repair; a status of the kernels. Modified in place: b, w."""
    w.counter[WORK] = 0
    change_capacity(b, w, At(e), NOTHING, NEVER)
    code = DONE
    if w.counter[VIOLATED] > 0:
        code = repair(b, net, w, net.budget[0])
        clear_violated(w)
    return code


@helper
def finish_alone(b: Basis, net: Net, w: Work, c: Batch, out: Output, g: Groups, place: int, closed: int) -> None:
    """Follow the chain of the scenario at `place` to its end, where levels run out. Modified in place: out."""
    nodes, potentials, arcs = b.counter[NODES_KEPT], b.counter[POTENTIALS_KEPT], b.counter[ARCS_KEPT]
    cost = w.counter[COST]
    open_level(b)
    s = g.ids[place]
    e = g.key[s]
    code = DONE
    while e >= 0 and code == DONE:
        code = close(b, net, w, e)
        closed += 1
        e = next_arc(b, c, s)
    if code == DONE:
        keep(b, net, w, c, out, g, place, place + 1, closed)
    else:
        give_up(out, g, place, place + 1, code)
    take_back(b, nodes, potentials, arcs)
    w.counter[COST] = cost


@helper
def give_up(out: Output, g: Groups, first: int, end: int, code: int) -> None:
    """No flow is feasible for ``ids[first:end]``, or too much work. Modified in place: out."""
    for k in range(first, end):
        s = g.ids[k]
        if code == NO_FEASIBLE_FLOW:
            out.status[s] = INFEASIBLE
            out.path[s] = DUAL
        else:
            out.path[s] = NOT_SOLVED
