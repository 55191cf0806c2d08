"""A coupled problem whose classes share the graphs that are the same for them: memory grows with links, not classes.

A class has its own arcs out of its world and of the *gates* that only its world leads to, and into its demand rows. All
between the other vertices, its *places*, is a graph; classes with the same ends, costs, closed arcs and bundles on it
hold it once. Where a class's arcs do not come one after another, or have capacities of their own, nothing is shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.sparse import AT_A_TIME, in_turn, side_by_side
from corridors.arrays.typing import IntArray
from corridors.kernels.multicommodity.types import Coupled
from corridors.solvers.multicommodity.layout import Layout, demand_arcs, lay_out, starts, with_capacity

Bools = npt.NDArray[np.bool_]


class _Classes(NamedTuple):
    """The classes of a circulation.

    Parameters
    ----------
    vertex, arc : (C + 1,) int
        The first vertex and the first arc of each, and the end of the last.
    first, last : (C,) int
        Its places, as vertices of its own, `last` not among them; both 0 where it shares no graph.
    inner : (N,) int
        The arcs between places, ascending.
    cut : (C + 1,) int
        Where those of each class begin in `inner`.
    own : (M,) int
        All other arcs but those of demand, by tail.
    """

    vertex: IntArray
    arc: IntArray
    first: IntArray
    last: IntArray
    inner: IntArray
    cut: IntArray
    own: IntArray


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
    if worlds[0] or begin[0] or begin[-1] != problem.E or (np.diff(begin) < 0).any():
        return lay_out(problem, bundles, demand)
    classes = _classes(problem, rows, vertex, begin)
    if classes is None:
        return lay_out(problem, bundles, demand)
    by_arc = _by_arc(bundles, problem.E)
    arc: Any = np.full(problem.E, -1, np.int32)
    graphs = _Graphs()
    graph_of = _share(problem, by_arc, classes, graphs, arc)
    own = classes.own
    kept = np.concatenate([np.zeros(0, np.int64), *graphs.arcs, own])
    arc[own] = len(kept) - len(own) + np.arange(len(own))
    coupled = _coupled(problem, bundles, by_arc, kept, len(own), classes, graphs, graph_of, rows)
    return Layout(coupled, arc, rows, with_capacity(problem, own), bundles.B, begin)


def _by_arc(bundles: Bundles, arcs: int) -> csr_array:
    """The weights of arcs on bundles, by arc, in the smallest type that holds them."""
    kind = np.min_scalar_type(int(bundles.weight.max(initial=1)))
    return csr_array((bundles.weight.astype(kind), (bundles.arc, bundles.bundle)), shape=(arcs, max(bundles.B, 1)))


def _classes(problem: Problem, rows: IntArray, vertex: IntArray, begin: IntArray) -> _Classes | None:
    """Classes by their ranges of vertices and arcs; None where other arcs are among them, or lead back to a world."""
    many, tail, head, worlds = len(vertex) - 1, problem.tail, problem.head, vertex[:-1]
    each = np.arange(many, dtype=np.min_scalar_type(many))
    of_vertex, owner = (np.repeat(each, np.diff(part)) for part in (vertex, begin))
    if (
        (of_vertex[tail] != owner).any()
        or (of_vertex[head] != owner).any()
        or (head[rows] != worlds[owner[rows]]).any()
    ):
        return None
    del of_vertex
    going = np.ones(problem.E, bool)
    going[rows] = False
    world, goal, place = np.zeros((3, problem.V), bool)
    world[worlds], goal[tail[rows]] = True, True
    if (going & world[head]).any() or (going & goal[tail]).any():
        return None
    for part in in_turn(problem.E):
        place[head[part][going[part] & ~world[tail[part]]]] = True
    place[goal] = False
    at = np.flatnonzero(place)
    low, high = np.searchsorted(at, vertex[:-1]), np.searchsorted(at, vertex[1:])
    first, last, some = np.zeros(many, np.int64), np.zeros(many, np.int64), high > low
    first[some], last[some] = at[low[some]] - worlds[some], at[high[some] - 1] + 1 - worlds[some]
    inner = going & place[tail] & place[head]
    bounded = inner & (problem.capacity > 0) & (problem.capacity != UNCAPACITATED)
    alone = last - first > high - low  # places are not side by side
    alone[owner[bounded]] = True  # an arc has a capacity of its own
    if alone.any():
        inner &= ~alone[owner]
    if (inner & (problem.cost < 0)).any():
        return None  # where a cycle of them may have no bound
    within: Any = np.concatenate(
        [part.start + np.flatnonzero(inner[part]).astype(np.int32) for part in in_turn(problem.E)]
    )
    cut = np.searchsorted(within, begin)
    shares = np.diff(cut) > 0
    own = np.flatnonzero(going & ~inner)
    own = own[np.argsort(tail[own], kind="stable")]
    return _Classes(vertex, begin, np.where(shares, first, 0), np.where(shares, last, 0), within, cut, own)


def _share(problem: Problem, by_arc: csr_array, classes: _Classes, graphs: _Graphs, arc: IntArray) -> IntArray:
    """Number the arcs that classes share, in `arc`, and give the graph of each class, (C,); -1 for none."""
    places, begin = classes.last - classes.first, classes.vertex[:-1] + classes.first
    found = np.full(len(places), -1)
    for c, parts in _told_apart(problem, by_arc, classes):
        inner, key = classes.inner[slice(*classes.cut[c : c + 2].tolist())], _digest(int(places[c]), parts)
        if key not in graphs.number:
            graphs.number[key] = len(graphs.order)
            order = np.argsort(parts[0], kind="stable")
            graphs.order.append(order)
            graphs.arcs.append(inner[order])
            graphs.vertex.append(int(begin[c]))
            graphs.places.append(int(places[c]))
            graphs.begin.append(graphs.begin[-1] + len(order))
        found[c] = number = graphs.number[key]
        arc[inner[graphs.order[number]]] = np.arange(*graphs.begin[number : number + 2], dtype=np.int32)
    return found


def _told_apart(problem: Problem, by_arc: csr_array, classes: _Classes) -> Iterator[tuple[int, list[Any]]]:
    """What tells the graph of each class that shares one from others, tails first: by place and entry on bundles."""
    sharing = np.flatnonzero(np.diff(classes.cut))
    if not len(sharing):
        return
    for some in np.split(sharing, np.flatnonzero(np.diff(classes.cut[sharing] // AT_A_TIME)) + 1):
        cut = np.append(classes.cut[some], classes.cut[some[-1] + 1])
        inner, cut = classes.inner[cut[0] : cut[-1]], cut - cut[0]
        off = np.repeat((classes.vertex[:-1] + classes.first)[some], np.diff(cut))
        tail, head = ((ends[inner] - off).astype(np.int32) for ends in (problem.tail, problem.head))
        count = by_arc.indptr[inner + 1] - by_arc.indptr[inner]
        entry = np.concatenate([[0], np.cumsum(count, dtype=np.int64)])
        at = side_by_side(by_arc.indptr[inner], count)
        of_arcs = (tail, head, problem.cost[inner], problem.capacity[inner] == 0, count)
        of_entries = (by_arc.indices[at], by_arc.data[at])
        for c, here in zip(some.tolist(), map(slice, cut[:-1].tolist(), cut[1:].tolist()), strict=False):
            entries = slice(int(entry[here.start]), int(entry[here.stop]))
            yield c, [*(part[here] for part in of_arcs), *(part[entries] for part in of_entries)]


def _digest(places: int, parts: list[Any]) -> bytes:
    """What tells graphs apart."""
    found = hashlib.blake2b(np.array([places, len(parts[0])]).tobytes(), digest_size=20)
    for part in parts:
        found.update(part.data)
    return found.digest()


def _coupled(
    problem: Problem,
    bundles: Bundles,
    by_arc: csr_array,
    kept: IntArray,
    own: int,
    classes: _Classes,
    graphs: _Graphs,
    graph_of: IntArray,
    rows: IntArray,
) -> Coupled:
    """The coupled problem of the arcs `kept`: those of graphs, then classes' own."""
    C, N, A = len(graph_of), len(graphs.places), len(kept)
    shared = A - own
    lead = np.concatenate([[0], np.cumsum(graphs.places)]).astype(np.int64)
    off = np.repeat(np.array(graphs.vertex, np.int64) - lead[:-1], [len(arcs) for arcs in graphs.arcs])
    tail, head = problem.tail[kept], problem.head[kept]
    tail[:shared] -= off
    head[:shared] -= off
    worlds = classes.vertex[:-1]
    begin = worlds + classes.first
    od_class = np.searchsorted(worlds, problem.tail[rows], side="right") - 1
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
        place_last=worlds + classes.last,
        place_shift=np.where(graph_of >= 0, lead[graph_of] - begin, 0) if N else np.zeros(C, np.int64),
        place_graph=C + np.repeat(np.arange(N), graphs.places),
        graph_of=np.where(graph_of >= 0, C + graph_of, -1),
        user_start=np.concatenate([np.arange(C), C + starts(graph_of[graph_of >= 0], N)]),
        users=np.concatenate([np.arange(C), np.flatnonzero(graph_of >= 0)[users]]),
        cost=problem.cost[kept].astype(float),
        shut=(problem.capacity[kept] == 0).astype(np.uint8),
        class_start=classes.vertex,
        vertex_class=np.repeat(np.arange(C), np.diff(classes.vertex)),
        source=worlds,
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
    at = side_by_side(by_arc.indptr[kept], size)
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
