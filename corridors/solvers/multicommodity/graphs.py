"""A coupled problem whose classes share the graphs that are the same for them: memory grows with links, not classes.

A class has its own arcs out of its world and of the *gates* that only its world leads to, and into its demand rows. All
between the other vertices, its *places*, is a graph; classes with the same ends, costs, closed arcs and bundles on it
hold it once. Where a class's arcs do not come one after another, or have capacities of their own, nothing is shared.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.typing import IntArray
from corridors.kernels.multicommodity.types import Coupled
from corridors.solvers.multicommodity.layout import Layout, demand_arcs, lay_out, starts, with_capacity

Bools = npt.NDArray[np.bool_]


class _Class(NamedTuple):
    """A class: its vertices and arcs from `vertex` and `arc` on, its places, and which arcs are between these."""

    vertex: int
    vertices: int
    arc: int
    first: int
    last: int
    inner: Bools
    own: Bools


@dataclass
class _Graphs:
    """Graphs found so far: their arcs in the first class that has them, by tail, how many places each has, and how
    many arcs there are in all before it.
    """

    number: dict[bytes, int] = field(default_factory=dict)
    order: list[IntArray] = field(default_factory=list)
    arcs: list[IntArray] = field(default_factory=list)
    vertex: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    begin: list[int] = field(default_factory=lambda: [0])


def lay_out_shared(problem: Problem, bundles: Bundles, demand: npt.ArrayLike | None = None) -> Layout:
    """What `corridors.solvers.multicommodity.layout.lay_out` gives, with shared graphs where classes have them."""
    rows = demand_arcs(problem, demand)
    worlds = np.unique(problem.head[rows])
    vertex = np.append(worlds, problem.V)
    begin = np.searchsorted(problem.tail, vertex)  # holds where arcs are class by class, which is looked at below
    if worlds[0] or begin[0] or begin[-1] != problem.E:
        return lay_out(problem, bundles, demand)
    by_arc = _by_arc(bundles, problem.E)
    arc: Any = np.full(problem.E, -1, np.int32)
    graph_of = np.full(len(worlds), -1, np.int64)
    graphs, classes = _Graphs(), []
    for c in range(len(worlds)):
        one = _class(problem, rows, vertex[c : c + 2], begin[c : c + 2])
        if one is None:
            return lay_out(problem, bundles, demand)
        classes.append(_shared(problem, by_arc, one, graphs, arc, graph_of[c : c + 1]))
    own = np.concatenate([_by_tail(problem, one.arc + np.flatnonzero(one.own)) for one in classes])
    shared = [np.zeros(0, np.int64), *graphs.arcs]
    kept = np.concatenate([*shared, own])
    arc[own] = len(kept) - len(own) + np.arange(len(own))
    coupled = _coupled(problem, bundles, by_arc, kept, len(own), classes, graphs, graph_of, rows)
    return Layout(coupled, arc, rows, with_capacity(problem, own), bundles.B, begin)


def _by_arc(bundles: Bundles, arcs: int) -> csr_array:
    """The weights of arcs on bundles, by arc, in the smallest type that holds them."""
    kind = np.min_scalar_type(int(bundles.weight.max(initial=1)))
    return csr_array((bundles.weight.astype(kind), (bundles.arc, bundles.bundle)), shape=(arcs, max(bundles.B, 1)))


def _class(problem: Problem, rows: IntArray, vertex: IntArray, begin: IntArray) -> _Class | None:
    """A class by its range of vertices and arcs; None where other arcs are among them, or lead back to its world."""
    n, here = int(vertex[1] - vertex[0]), slice(int(begin[0]), int(begin[1]))
    tail, head = problem.tail[here] - vertex[0], problem.head[here] - vertex[0]
    going = np.ones(len(tail), bool)
    demanded = rows[np.searchsorted(rows, begin[0]) : np.searchsorted(rows, begin[1])] - begin[0]
    going[demanded] = False
    if min(tail.min(), head.min()) < 0 or max(tail.max(), head.max()) >= n or head[demanded].any():
        return None
    goal, entered, place = (np.zeros(n, bool) for _ in range(3))
    goal[tail[demanded]] = True
    place[head[going & (tail > 0)]] = True
    entered[head[going]] = True
    if entered[0] or goal[tail[going]].any():
        return None
    place[0], place[goal] = False, False
    at = np.flatnonzero(place)
    first, last = (int(at[0]), int(at[-1]) + 1) if len(at) else (0, 0)
    inner = going & (tail >= first) & (tail < last) & (head >= first) & (head < last)
    bounded = problem.capacity[here][inner]
    if last - first > len(at) or ((bounded > 0) & (bounded != UNCAPACITATED)).any():
        first = last = 0  # places are not side by side, or an arc has a capacity of its own
        inner[:] = False
    if (problem.cost[here][inner] < 0).any():
        return None  # where a cycle of them may have no bound
    return _Class(int(vertex[0]), n, here.start, first, last, inner, going & ~inner)


def _shared(
    problem: Problem, by_arc: csr_array, one: _Class, graphs: _Graphs, arc: IntArray, graph_of: IntArray
) -> _Class:
    """Number the arcs of a class that it shares, in `arc`, by the graph that it has, which goes to `graph_of`."""
    inner = one.arc + np.flatnonzero(one.inner)
    if not len(inner):
        return one._replace(first=0, last=0)
    key = _digest(problem, by_arc, one, inner)
    if key not in graphs.number:
        graphs.number[key] = len(graphs.order)
        order = np.argsort(problem.tail[inner], kind="stable")
        graphs.order.append(order)
        graphs.arcs.append(inner[order])
        graphs.vertex.append(one.vertex + one.first)
        graphs.places.append(one.last - one.first)
        graphs.begin.append(graphs.begin[-1] + len(inner))
    number = graphs.number[key]
    graph_of[0] = number
    arc[inner[graphs.order[number]]] = graphs.begin[number] + np.arange(len(inner), dtype=np.int32)
    return one


def _digest(problem: Problem, by_arc: csr_array, one: _Class, inner: IntArray) -> bytes:
    """What tells graphs apart."""
    first = one.vertex + one.first
    count = np.diff(by_arc.indptr[one.arc : one.arc + len(one.inner) + 1])
    entries = slice(by_arc.indptr[one.arc], by_arc.indptr[one.arc + len(one.inner)])
    shared = np.repeat(one.inner, count)
    found = hashlib.blake2b(np.array([one.last - one.first, len(inner)]).tobytes(), digest_size=20)
    for part in (
        (problem.tail[inner] - first).astype(np.int32),
        (problem.head[inner] - first).astype(np.int32),
        problem.cost[inner],
        problem.capacity[inner] == 0,
        count[one.inner],
        by_arc.indices[entries][shared],
        by_arc.data[entries][shared],
    ):
        found.update(np.ascontiguousarray(part).data)
    return found.digest()


def _by_tail(problem: Problem, arcs: IntArray) -> IntArray:
    return arcs[np.argsort(problem.tail[arcs], kind="stable")]


def _coupled(
    problem: Problem,
    bundles: Bundles,
    by_arc: csr_array,
    kept: IntArray,
    own: int,
    classes: list[_Class],
    graphs: _Graphs,
    graph_of: IntArray,
    rows: IntArray,
) -> Coupled:
    """The coupled problem of the arcs `kept`: those of graphs, then classes' own."""
    C, N, A = len(classes), len(graphs.places), len(kept)
    shared = A - own
    lead = np.concatenate([[0], np.cumsum(graphs.places)]).astype(np.int64)
    off = np.repeat(np.array(graphs.vertex, np.int64) - lead[:-1], [len(arcs) for arcs in graphs.arcs])
    tail, head = problem.tail[kept], problem.head[kept]
    tail[:shared] -= off
    head[:shared] -= off
    begin = np.array([one.vertex + one.first for one in classes])
    vertices = [one.vertices for one in classes]
    od_class = np.searchsorted([one.vertex for one in classes], problem.tail[rows], side="right") - 1
    in_order = [np.argsort(part, kind="stable") for part in (head[:shared], head[shared:])]
    users = np.argsort(graph_of[graph_of >= 0], kind="stable")
    return Coupled(
        tail=tail,
        head=head,
        out_start=shared + starts(tail[shared:], problem.V),
        in_start=shared + starts(head[shared:], problem.V),
        in_arc=np.concatenate([in_order[0], shared + in_order[1]]),
        place_out=starts(tail[:shared], int(lead[-1])),
        place_in=starts(head[:shared], int(lead[-1])),
        place_first=begin,
        place_last=begin + [one.last - one.first for one in classes],
        place_shift=np.where(graph_of >= 0, lead[graph_of] - begin, 0) if N else np.zeros(C, np.int64),
        place_graph=C + np.repeat(np.arange(N), graphs.places),
        graph_of=np.where(graph_of >= 0, C + graph_of, -1),
        user_start=np.concatenate([np.arange(C), C + starts(graph_of[graph_of >= 0], N)]),
        users=np.concatenate([np.arange(C), np.flatnonzero(graph_of >= 0)[users]]),
        cost=problem.cost[kept].astype(float),
        shut=(problem.capacity[kept] == 0).astype(np.uint8),
        class_start=np.append([one.vertex for one in classes], problem.V),
        vertex_class=np.repeat(np.arange(C), vertices),
        source=np.array([one.vertex for one in classes]),
        od_vertex=problem.tail[rows],
        od_class=od_class,
        volume=problem.capacity[rows].astype(float),
        value=-problem.cost[rows].astype(float),
        rows_start=starts(od_class, C),
        rows=np.argsort(od_class, kind="stable"),
        **_bundles(problem, bundles, by_arc, kept, shared),
    )


def _bundles(problem: Problem, bundles: Bundles, by_arc: csr_array, kept: IntArray, shared: int) -> dict[str, Any]:
    """The bundles of the arcs kept, both ways, and those of capacities that arcs have by themselves."""
    limited = with_capacity(problem, kept[shared:])
    place = np.zeros(0, np.int64)
    if len(limited):
        number = np.argsort(kept[shared:], kind="stable")
        place = shared + number[np.searchsorted(kept[shared:][number], limited)]
    size = np.diff(by_arc.indptr)[kept].astype(np.int64)
    at = np.repeat(by_arc.indptr[kept] - np.cumsum(size) + size, size) + np.arange(size.sum())
    arc = np.concatenate([np.repeat(np.arange(len(kept)), size), place])
    bundle = np.concatenate([by_arc.indices[at], bundles.B + np.arange(len(limited))]).astype(np.int64)
    weight = np.concatenate([by_arc.data[at], np.ones(len(limited))]).astype(float)
    limit = np.concatenate([bundles.limit, problem.capacity[limited]])
    by_bundle, in_order = np.lexsort((arc, bundle)), np.lexsort((bundle, arc))
    return {
        "bundle_start": starts(bundle, len(limit)),
        "bundle_arc": arc[by_bundle],
        "bundle_weight": weight[by_bundle],
        "arc_start": starts(arc, len(kept)),
        "arc_bundle": bundle[in_order],
        "arc_weight": weight[in_order],
        "limit": np.where(limit == UNCAPACITATED, np.inf, limit.astype(float)),
    }
