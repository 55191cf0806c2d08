"""Shortest distances where lengths may be negative, a whole round of arcs at a time."""

from __future__ import annotations

import numpy as np

from corridors.arrays.typing import IntArray


def distances(V: int, tail: IntArray, head: IntArray, length: IntArray) -> tuple[IntArray, IntArray | None]:
    """Distances (V,) from a source that reaches every vertex at no cost, or a cycle of negative length.

    Bellman and Ford's rounds, each over all arcs at once; the predecessors are searched for a cycle after
    1, 2, 4, ... rounds, so that one is found long before V rounds (Ahuja, Magnanti & Orlin 1993, section 5.5).

    Parameters
    ----------
    V : int
        Number of vertices.
    tail, head, length : (N,) int64
        The arcs; (max |length| + 1) · (V + 1) must stay below 2^62.

    Returns
    -------
    distance : (V,) int64
        At most zero; ``distance[head] <= distance[tail] + length`` on every arc if there is no cycle.
    cycle : (K,) int64 or None
        Arcs of a cycle of negative length, in order.
    """
    distance = np.zeros(V, np.int64)
    if not (length < 0).any():
        return distance, None
    order = np.argsort(head, kind="stable")
    tail, head, length = tail[order], head[order], length[order]
    first = np.flatnonzero(np.concatenate(([True], head[1:] != head[:-1])))
    size = np.diff(np.concatenate((first, [len(head)])))
    reached = head[first]
    before = np.full(V + 1, V)  # the vertex a path comes from, V where it starts
    by = np.zeros(V, np.int64)  # and the arc it takes

    rounds, next_look = 0, 1
    while True:
        candidate = distance[tail] + length
        best = np.minimum.reduceat(candidate, first)
        better = best < distance[reached]
        if not better.any():
            return distance, None
        taken = np.flatnonzero((candidate == np.repeat(best, size)) & np.repeat(better, size))
        distance[reached[better]] = best[better]
        by[head[taken]] = taken  # of equals the last; both columns name the same arc
        before[:V][head[taken]] = tail[by[head[taken]]]
        rounds += 1
        if rounds == next_look:
            next_look *= 2
            cycle = _cycle(before, by)
            if cycle is not None:
                return distance, order[cycle]


def _cycle(before: IntArray, by: IntArray) -> IntArray | None:
    """Arcs of a cycle among the predecessors (V + 1,), found by doubling the jumps, or None."""
    V = len(before) - 1
    jump = before
    for _ in range(V.bit_length()):
        jump = jump[jump]
    on = np.flatnonzero(jump != V)
    if not len(on):
        return None
    start = at = int(jump[on[0]])
    arcs = []
    while True:
        arcs.append(int(by[at]))
        at = int(before[at])
        if at == start:
            return np.array(arcs[::-1], np.int64)
