"""Shortest paths on arrays that keep parallel arcs apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra

from corridors.arrays.typing import FloatArray, IntArray


def shortest_paths(
    tail: IntArray, head: IntArray, cost: npt.NDArray[Any], vertices: int, sources: npt.ArrayLike
) -> tuple[FloatArray, IntArray]:
    """Distances from each source, and the last arc of a shortest path to each vertex (Dijkstra 1959).

    Parameters
    ----------
    tail, head : (E,) int
        Ends of the arcs; of parallel arcs the cheapest counts, the first where they tie.
    cost : (E,) float
        Costs >= 0.
    vertices : int
        How many vertices there are, V.
    sources : (S,) int
        Where to start from.

    Returns
    -------
    distance : (S, V) float
        inf where there is no path.
    arc : (S, V) int
        The arc by which a shortest path enters the vertex; -1 at the source and where there is none.
    """
    key = tail * vertices + head
    order = np.lexsort((cost, key))
    first = order[np.diff(key[order], prepend=-1) != 0]
    pointer = np.searchsorted(tail[first], np.arange(vertices + 1))
    # Built from its parts: a matrix built from pairs would add parallel arcs up.
    graph = csr_array((np.asarray(cost, float)[first], head[first], pointer), shape=(vertices, vertices))
    distance, before = dijkstra(graph, indices=np.atleast_1d(sources), return_predecessors=True)
    wanted = before.astype(np.int64) * vertices + np.arange(vertices)
    place = np.searchsorted(key[first], np.maximum(wanted, 0)).clip(max=max(len(first) - 1, 0))
    arc = np.where(before >= 0, first[place] if len(first) else -1, -1)
    return distance, arc


def distances_from(tail: IntArray, head: IntArray, cost: FloatArray, vertices: int, source: int) -> FloatArray:
    """Distances from one source, (V,), inf where there is no path; arguments as for `shortest_paths`."""
    order, pointer = _by_tail(tail, vertices)
    # Built from its parts: a matrix built from pairs would add parallel arcs up.
    graph = csr_array((cost[order], head[order], pointer), shape=(vertices, vertices))
    distance: FloatArray = dijkstra(graph, indices=source)
    return distance


def reached_from(tail: IntArray, head: IntArray, vertices: int, source: int) -> npt.NDArray[np.bool_]:
    """To which vertices there is a path from one source, (V,)."""
    order, pointer = _by_tail(tail, vertices)
    graph = csr_array((np.ones(len(order), np.int8), head[order], pointer), shape=(vertices, vertices))
    found = np.zeros(vertices, bool)
    found[breadth_first_order(graph, source, return_predecessors=False)] = True
    return found


def _by_tail(tail: IntArray, vertices: int) -> tuple[IntArray, IntArray]:
    """The arcs by tail, those of a tail in order, and where those of each begin: sorted by counting."""
    arcs = np.arange(len(tail) + 1)
    by_tail = csr_array((arcs[:-1], tail, arcs), shape=(len(tail), vertices)).tocsc()
    return by_tail.data, by_tail.indptr


def path_to(arc: IntArray, tail: IntArray, vertex: int) -> list[int]:
    """The arcs of the path to a vertex, in order.

    Parameters
    ----------
    arc : (V,) int
        The last arc to each vertex, a row of what `shortest_paths` gives.
    tail : (E,) int
        Where arcs start.
    vertex : int
        Where the path ends.
    """
    path: list[int] = []
    while arc[vertex] >= 0:
        path.append(int(arc[vertex]))
        vertex = int(tail[arc[vertex]])
    return path[::-1]


def further_paths(
    tail: IntArray,
    head: IntArray,
    cost: FloatArray,
    vertices: int,
    ends: tuple[int, int],
    known: Sequence[Sequence[int]],
) -> Iterator[list[int]]:
    """Paths without a cycle, the cheapest first, without those known.

    Every other path leaves the known ones at some arc: after each beginning that they have, the cheapest path on is
    sought that takes none of their next arcs and does not come back (Yen 1971; Lawler 1972).

    Parameters
    ----------
    tail, head, cost, vertices
        As for `shortest_paths`.
    ends : (int, int)
        Where paths start and end.
    known : sequence of sequences of int
        Paths as arcs in order.

    Examples
    --------
    >>> tail, head = np.array([0, 0, 1, 1]), np.array([1, 1, 2, 2])
    >>> list(further_paths(tail, head, np.array([1.0, 2.0, 1.0, 5.0]), 3, (0, 2), [[0, 2]]))
    [[1, 2], [0, 3], [1, 3]]
    """
    source, target = ends
    taken: dict[tuple[int, ...], set[int]] = {(): set()}
    found: list[tuple[float, tuple[int, ...], int]] = []

    def learn(path: Sequence[int], start: int) -> list[tuple[int, ...]]:
        """Note the next arc after each beginning of a path from some length on; gives these beginnings."""
        begun = [tuple(path[:i]) for i in range(start, len(path))]
        for beginning, arc in zip(begun, path[start:], strict=True):
            taken.setdefault(beginning, set()).add(arc)
        return begun

    def seek(begun: tuple[int, ...]) -> None:
        """The cheapest path that leaves the known ones after a beginning."""
        at = int(head[begun[-1]]) if begun else source
        left = ~np.isin(head, tail[list(begun)])
        left[list(taken[begun])] = False
        kept = np.flatnonzero(left)
        distance, last = shortest_paths(tail[kept], head[kept], cost[kept], vertices, at)
        if np.isfinite(distance[0, target]):
            path = (*begun, *kept[path_to(last[0], tail[kept], target)].tolist())
            heappush(found, (float(cost[list(path)].sum()), path, len(begun)))

    for path in known:
        learn(path, 0)
    for begun in list(taken):
        seek(begun)
    while found:
        _, cheapest, start = heappop(found)
        yield list(cheapest)
        for begun in learn(cheapest, start):
            seek(begun)
