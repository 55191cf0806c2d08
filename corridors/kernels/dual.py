"""The dual network simplex: from a basis with right prices that violates bounds to an optimal one.

The most violated tree arc leaves; of the arcs that cross its cut in the direction that is short, the one of least
reduced cost enters, and arcs that are cheaper still but too small go to their other bound first: the bound
flipping ratio test (Maros 2003; for networks Helgason & Kennington 1977, Ali, Padman & Thiagarajan 1989). A cut without
enough arcs is a proof that there is no feasible flow.
"""

from __future__ import annotations

from corridors.kernels.basis import IN, LOWER, NONE, OUT, UPPER, At, Basis, Number, note, reduced_cost, set_state
from corridors.kernels.compiled import helper, inlined
from corridors.kernels.net import STEP, Net
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW, OUT_OF_PIVOTS, POLL, enter_tree, leave_tree
from corridors.kernels.tree import mark_side, shift_runs, smaller_side
from corridors.kernels.work import COST, PIVOTS, VIOLATED, WORK, Work, list_violated


@helper
def repair(b: Basis, net: Net, w: Work, budget: int) -> int:
    """Pivot until no tree arc on the list of violated ones is beyond a bound. Modified in place: b, w.

    Parameters
    ----------
    b : Basis
        Dual feasible: no arc pays to enter.
    net : Net
        Arcs by vertex.
    w : Work
        With the violated vertices listed; the cost so far is kept.
    budget : int
        Steps that may be spent; also where a forecast from the pivots so far would go beyond it.

    Returns
    -------
    int
        DONE, NO_FEASIBLE_FLOW or OUT_OF_PIVOTS.
    """
    n = 0
    while True:
        q = most_violated(b, w)
        if q == NONE:
            w.counter[PIVOTS] += n
            return DONE
        steps = w.counter[WORK]
        if steps > budget or (n & POLL == POLL and steps // n * w.counter[VIOLATED] > budget):
            return OUT_OF_PIVOTS
        if n & POLL == POLL and w.stop[0] != 0:
            return OUT_OF_PIVOTS
        if not replace(b, net, w, q):
            w.counter[PIVOTS] += n
            return NO_FEASIBLE_FLOW
        n += 1


@helper
def most_violated(b: Basis, w: Work) -> int:
    """The vertex whose tree arc is furthest beyond a bound, NONE if none is; sweeps the list. Modified in place: w."""
    worst = 0
    found = NONE
    n = 0
    for k in range(w.counter[VIOLATED]):
        v = At(w.violated[k])
        room = min(b.node[v].up, b.node[v].down)
        if room < 0:
            w.violated[n] = v
            n += 1
            if room < worst:
                worst = room
                found = v
        else:
            w.is_violated[v] = 0
    w.counter[VIOLATED] = n
    return found


@inlined
def replace(b: Basis, net: Net, w: Work, q: int) -> bool:
    """Let the arc above `q` leave at the bound that it violates, and the right arc enter. Modified in place: b, w.

    Returns
    -------
    bool
        False where the cut has not enough arcs: no flow is feasible.
    """
    upwards = b.node[q].up < 0  # too much goes up: so much must leave the subtree elsewhere
    short = -b.node[q].up if upwards else -b.node[q].down
    first, count, inside = smaller_side(b, q)
    mark, runs = mark_side(b, w, first, count)
    offers = gather(b, net, w, runs, mark, upwards == inside)
    w.counter[WORK] += count + offers + STEP
    while True:
        k = cheapest(w, offers)
        if k < 0:
            return False
        e, price = At(w.offer[k]), w.price[k]
        if b.capacity[e] >= short:
            break
        short -= b.capacity[e]
        w.counter[COST] += price * b.capacity[e]
        circulate(b, w, e, b.capacity[e])
        set_state(b, e, -b.state[e])
        offers -= 1
        w.offer[k], w.price[k] = w.offer[offers], w.price[offers]
    w.counter[COST] += price * short
    join = circulate(b, w, e, short)
    tail, head = b.arc[e].tail, b.arc[e].head
    tail_inside = (b.mark[tail] == mark) == inside
    inner, outer = (tail, head) if tail_inside else (head, tail)
    leave_tree(b, q)
    rise = enter_tree(b, q, inner, outer, e, join, short)
    shift_runs(b, w, runs, rise if inside else -rise)
    v = q  # along the stem, arcs have moved to other vertices
    while v != outer:
        list_if_violated(b, w, v)
        v = b.node[v].parent
    return True


@helper
def gather(b: Basis, net: Net, w: Work, runs: int, mark: int, outwards: bool) -> int:
    """List the arcs that can carry more across the cut: out of the marked side, or into it. Modified in place: w.

    Arcs at their capacity in the other direction help by carrying less; most vertices have none, as their counts say.
    """
    n = 0
    for r in range(runs):
        first, end = w.run[r, 0], w.run[r, 1]
        if outwards:
            n = gather_out(b, net, w, first, end, mark, LOWER, n)
            for u in range(first, end):
                if b.uppers[u, IN] > 0:
                    n = gather_in(b, net, w, At(u), At(u) + At(1), mark, UPPER, n)
        else:
            n = gather_in(b, net, w, first, end, mark, LOWER, n)
            for u in range(first, end):
                if b.uppers[u, OUT] > 0:
                    n = gather_out(b, net, w, At(u), At(u) + At(1), mark, UPPER, n)
    return n


@inlined
def gather_out(b: Basis, net: Net, w: Work, first: int, end: int, mark: int, state: Number, n: int) -> int:
    """List the arcs in `state` that leave the marked side from the run of vertices. Modified in place: w."""
    for e in range(net.first_out[first], net.first_out[end]):
        if b.mark[net.head[e]] != mark and b.state[e] == state:
            w.offer[n] = e
            w.price[n] = abs(reduced_cost(b, e))
            n += 1
    return n


@inlined
def gather_in(b: Basis, net: Net, w: Work, first: int, end: int, mark: int, state: Number, n: int) -> int:
    """List the arcs in `state` that enter the marked side at the run of vertices. Modified in place: w."""
    for k in range(net.first_in[first], net.first_in[end]):
        if b.mark[net.in_tail[k]] != mark:
            e = net.in_arc[k]
            if b.state[e] == state:
                w.offer[n] = e
                w.price[n] = abs(reduced_cost(b, e))
                n += 1
    return n


@helper
def cheapest(w: Work, offers: int) -> int:
    """Place of the offer of least price, -1 if there is none."""
    found = -1
    for k in range(offers):
        if found < 0 or w.price[k] < w.price[found]:
            found = k
    return found


@helper
def circulate(b: Basis, w: Work, e: int, amount: int) -> int:
    """Move arc `e` by `amount` from its bound and send the same around the tree; list what that violates.

    Modified in place: b, w.

    Returns
    -------
    int
        The apex of the cycle.
    """
    w.counter[WORK] += 1
    tail, head = b.arc[e].tail, b.arc[e].head
    return send_around(b, w, tail, head, amount if b.state[e] == LOWER else -amount)


@helper
def send_around(b: Basis, w: Work, u: int, v: int, amount: int) -> int:
    """Send `amount` through the tree from `v` to `u`, and list the vertices that this violates.

    One walk does it all: the smaller subtree is never the ancestor, so the two meet at their apex, which is the answer.
    Modified in place: b, w.
    """
    while u != v:
        if b.node[u].size < b.node[v].size:
            carry_down(b, w, u, amount)
            u = b.node[u].parent
        else:
            carry_down(b, w, v, -amount)
            v = b.node[v].parent
    return u


@inlined
def carry_down(b: Basis, w: Work, v: int, amount: int) -> None:
    """Let the tree arc above `v` carry `amount` more down, and list `v` where that violates it. Modified: b, w."""
    note(b, v)
    b.node[v].down -= amount
    b.node[v].up += amount
    list_if_violated(b, w, v)


@inlined
def list_if_violated(b: Basis, w: Work, v: int) -> None:
    """List vertex `v` if its tree arc is beyond a bound. Modified in place: w."""
    if b.node[v].up < 0 or b.node[v].down < 0:
        list_violated(w, v)
