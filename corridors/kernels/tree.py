"""The spanning tree: how one arc replaces another.

A subtree is an interval of the thread, so cutting it, turning it over and attaching it elsewhere costs its stem and
the paths above, not its size.
"""

from __future__ import annotations

from corridors.kernels.basis import LAST_MARK, NONE, At, Basis, note, note_potential
from corridors.kernels.compiled import helper, inlined
from corridors.kernels.work import Work


@inlined
def push_down(b: Basis, v: int, top: int, amount: int) -> None:
    """Send `amount` along the tree from `top` down to its descendant `v`. Modified in place: b."""
    while v != top:
        note(b, v)
        b.node[v].down -= amount
        b.node[v].up += amount
        v = b.node[v].parent


@inlined
def exchange(b: Basis, q: int, inner: int, outer: int, e: int, join: int) -> None:
    """Replace the tree arc above `q` by arc `e` from `inner`, in the subtree of `q`, to `outer`, outside it.

    The caller sets afterwards what `e` can still carry, at `inner`. `join` is the apex of the cycle that `e` closes.
    Modified in place: b.
    """
    cut(b, q, join)
    end = turn_over(b, q, inner)
    attach(b, inner, outer, end, join)
    b.node[inner].pred = e


@inlined
def cut(b: Basis, q: int, join: int) -> None:
    """Take the subtree of `q` out of the thread and out of its ancestors' counts. Modified in place: b."""
    end = b.node[q].last
    before = b.node[q].back
    after = b.thread[end]
    note(b, before)
    note(b, after)
    b.thread[before] = after
    b.node[after].back = before
    n = b.node[q].size
    w = b.node[q].parent
    while w != join:
        note(b, w)
        b.node[w].size -= n
        w = b.node[w].parent
    w = b.node[q].parent
    while w != NONE and b.node[w].last == end:
        note(b, w)
        b.node[w].last = before
        w = b.node[w].parent


@inlined
def turn_over(b: Basis, q: int, inner: int) -> int:
    """Make `inner` the root of the subtree cut at `q`: reverse the stem between them. Modified in place: b.

    The new preorder is the subtree of `inner`, then, stem vertex by stem vertex, the rest of its subtree.

    Returns
    -------
    int
        The last vertex of the new preorder.
    """
    total = b.node[q].size
    note(b, inner)
    child = inner
    old = b.node[child]
    child_size, child_end, before = old.size, old.last, old.back
    pred, up, down = old.pred, old.up, old.down
    w = old.parent
    after = b.thread[child_end]
    b.node[child].size = total
    end = child_end
    while child != q:
        note(b, w)
        note(b, end)
        old = b.node[w]
        w_size, w_end, w_before, w_parent = old.size, old.last, old.back, old.parent
        w_after = after if w_end == child_end else b.thread[w_end]
        b.thread[end] = w
        old.back = end
        if w_end == child_end:
            end = before
        else:
            note(b, before)
            note(b, after)
            b.thread[before] = after
            b.node[after].back = before
            end = w_end
        # the arc between child and w now belongs to w, seen from its other side
        old.parent = child
        pred, old.pred = old.pred, pred
        w_up, w_down = old.up, old.down
        old.up, old.down = down, up
        up, down = w_up, w_down
        old.size = total - child_size
        child, child_size, child_end, before, after = w, w_size, w_end, w_before, w_after
        w = w_parent
    w = q
    while w != inner:
        b.node[w].last = end
        w = b.node[w].parent
    b.node[inner].last = end
    return end


@inlined
def attach(b: Basis, inner: int, outer: int, end: int, join: int) -> None:
    """Attach the loose subtree of `inner`, which ends in `end`, below `outer`. Modified in place: b."""
    after = b.thread[outer]
    note(b, end)
    note(b, outer)
    note(b, after)
    b.node[inner].parent = outer
    b.thread[outer] = inner
    b.node[inner].back = outer
    b.thread[end] = after
    b.node[after].back = end
    n = b.node[inner].size
    w = outer
    while w != join:
        note(b, w)
        b.node[w].size += n
        w = b.node[w].parent
    w = outer
    while w != NONE and b.node[w].last == outer:
        note(b, w)
        b.node[w].last = end
        w = b.node[w].parent


@inlined
def smaller_side(b: Basis, q: int) -> tuple[int, int, bool]:
    """The smaller side of the cut above `q`: its first vertex in the ring, how many, and whether it is `q`'s."""
    n = int(b.node[q].size)
    rest = len(b.node) - n
    if n <= rest:
        return q, n, True
    return b.thread[b.node[q].last], rest, False


@helper
def mark_side(b: Basis, w: Work, first: int, n: int) -> tuple[int, int]:
    """Mark `n` vertices of the ring from `first` on, and list in `w.run` where they follow each other by number.

    In a sweep vertices are numbered in the base's preorder, so a subtree is nearly always a few long runs, and its arcs
    lie side by side. Modified in place: b, w.

    Returns
    -------
    tuple of int
        The mark, a number not used before; how many runs.
    """
    mark = b.counter[LAST_MARK] + 1
    b.counter[LAST_MARK] = mark
    runs = 0
    v = first
    while n > 0:
        w.run[runs, 0] = v
        follows = True
        while follows:
            b.mark[v] = mark
            n -= 1
            after = b.thread[v]
            v = At(v + 1)
            follows = after == v and n > 0
        w.run[runs, 1] = v
        runs += 1
        v = after
    return mark, runs


@inlined
def shift_side(b: Basis, top: int, amount: int) -> None:
    """Raise the potentials in the subtree of `top` by `amount` over all others, on the smaller side. Modified: b."""
    if amount == 0:
        return
    w, n, inside = smaller_side(b, top)
    change = amount if inside else -amount
    for _ in range(n):
        note_potential(b, w)
        b.potential[w] += change
        w = b.thread[w]


@inlined
def shift_runs(b: Basis, w: Work, runs: int, change: int) -> None:
    """Raise the potentials of the side that is listed in `w.run`. Modified in place: b."""
    for r in range(runs):
        for v in range(w.run[r, 0], w.run[r, 1]):
            note_potential(b, At(v))
            b.potential[v] += change
