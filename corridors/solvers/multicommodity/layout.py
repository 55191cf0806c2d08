"""A circulation and its bundles as a coupled problem: classes, demand rows, arcs by tail, bundles both ways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed
from corridors.kernels.multicommodity.types import Coupled


@dataclass(frozen=True, eq=False)
class Layout:
    """A coupled problem, and where the arcs of the circulation are in it.

    Parameters
    ----------
    coupled : Coupled
        A arcs, V vertices, C classes, D demand rows, B bundles: those given, then one for each arc with a capacity.
    arc : (E,) int
        Number of a circulation's arc among the coupled problem's; -1 where it has none.
    demand : (D,) int
        The circulation's arc of each demand row, ascending.
    limited : (N,) int
        The circulation's arcs that have a capacity of their own, ascending.
    given : int
        How many bundles were given; the others follow them, one for each of `limited`.
    begin : (C + 1,) int, optional
        Where classes share graphs: the first of the circulation's arcs of each.
    """

    coupled: Coupled
    arc: IntArray
    demand: IntArray
    limited: IntArray
    given: int
    begin: IntArray | None = None

    @cached_property
    def row(self) -> IntArray:
        """The demand row of each of the circulation's arcs, (E,); -1 for arcs that are none."""
        return _numbered(self.demand, 0, len(self.arc))

    def apart(self, problem: Problem, bundles: Bundles) -> Layout:
        """The layout of the same circulation in which every class has its own arcs."""
        return self if self.begin is None else lay_out(problem, bundles, self.demand)

    @cached_property
    def sharers(self) -> IntArray:
        """For how many of the circulation's arcs each arc stands, (A,)."""
        return np.bincount(self.arc[self.arc >= 0], minlength=len(self.coupled.tail))

    @property
    def back(self) -> tuple[IntArray, IntArray]:
        """The circulation's arcs in an order, and what makes numbers of arcs places in it, (C + 1,).

        First come the shared arcs of each class, for which a class has a number, then all other arcs (the last).
        """
        shared, classes = int(self.coupled.out_start[0]), len(self.coupled.source)
        own = np.flatnonzero(self.arc >= shared)
        own = own[np.argsort(self.arc[own])]
        parts, shift, size = [], np.zeros(classes + 1, np.int64), 0
        begin = np.zeros(1, np.int64) if self.begin is None else self.begin
        for c in range(len(begin) - 1):
            arc = self.arc[begin[c] : begin[c + 1]]
            inner = np.flatnonzero((arc >= 0) & (arc < shared))
            inner = inner[np.argsort(arc[inner])]
            if len(inner):
                parts.append(begin[c] + inner)
                shift[c] = size - arc[inner[0]]
                size += len(inner)
        shift[classes] = size - shared
        return np.concatenate([*parts, own]), shift

    @cached_property
    def own_bundle(self) -> IntArray:
        """The bundle that holds an arc's own capacity, (E,); -1 where it has none."""
        return _numbered(self.limited, self.given, len(self.arc))


def _numbered(items: IntArray, first: int, size: int) -> IntArray:
    found: Any = np.full(size, -1, np.int32)
    found[items] = first + np.arange(len(items))
    return found


def demand_arcs(problem: Problem, demand: npt.ArrayLike | None) -> IntArray:
    """The demand arcs of a circulation, ascending; arguments and errors as for `lay_out`."""
    if problem.supply.any() or problem.lower.any():
        raise InputError("coupled: the problem has supply or lower bounds; give a circulation (see Problem)")
    if demand is None:
        demand = np.flatnonzero((problem.cost <= 0) & (problem.capacity != UNCAPACITATED))
    rows = np.unique(np.asarray(demand, np.int64))
    if not len(rows):
        raise InputError("coupled: there is no demand arc (capacity, cost below zero); name the arcs by demand=")
    return rows


def lay_out(problem: Problem, bundles: Bundles, demand: npt.ArrayLike | None = None) -> Layout:
    """Recognise classes and demand rows of a circulation.

    Parameters
    ----------
    problem : Problem
        A circulation: no supply, no lower bounds. Every arc that is part of a cycle of flow is on a path from a
        class's world to a demand arc, and demand arcs lead back to the world.
    bundles : Bundles
    demand : (D,) int, optional
        The demand arcs; by default the arcs that have a capacity and a cost of zero or less.

    Raises
    ------
    InputError
        Supply or lower bounds; no demand arcs; demand arcs of a component that lead to several worlds.
    """
    E, V = problem.E, problem.V
    rows = demand_arcs(problem, demand)
    going = np.ones(E, bool)
    going[rows] = False
    graph = csr_array((np.ones(E, np.int8), (problem.tail, problem.head)), shape=(V, V))
    count, component = connected_components(graph, directed=False)
    world = np.full(count, -1, np.int64)
    world[component[problem.head[rows]]] = problem.head[rows]
    bad = rows[world[component[problem.head[rows]]] != problem.head[rows]]
    if len(bad):
        raise InputError(
            f"coupled: {len(bad)} demand arcs ({listed(bad)}) do not lead back to the one world of their class; "
            "name the demand arcs by demand="
        )
    served = world >= 0
    class_of = np.full(count, -1, np.int64)
    class_of[served] = np.arange(served.sum())
    vertex_class = class_of[component]
    vertices = np.flatnonzero(vertex_class >= 0)
    vertices = vertices[np.argsort(vertex_class[vertices], kind="stable")]
    number = np.full(V, -1, np.int64)
    number[vertices] = np.arange(len(vertices))

    kept = np.flatnonzero(going & (number[problem.tail] >= 0))
    kept = kept[np.argsort(number[problem.tail[kept]], kind="stable")]
    arc = np.full(E, -1, np.int64)
    arc[kept] = np.arange(len(kept))
    idle = going & (arc < 0) & (problem.cost < 0)
    if idle.any():
        raise InputError(
            f"coupled: {idle.sum()} arcs of negative cost ({listed(np.flatnonzero(idle))}) are on no path to a demand "
            "arc; solve them with solver='lp'"
        )
    limited = with_capacity(problem, kept)
    classes = int(served.sum())
    coupled = _coupled(problem, bundles, kept, arc, number, limited)._replace(
        **no_graphs(classes),
        class_start=starts(vertex_class[vertices], classes),
        vertex_class=vertex_class[vertices],
        source=number[world[served]],
        od_vertex=number[problem.tail[rows]],
        od_class=vertex_class[problem.tail[rows]],
        volume=problem.capacity[rows].astype(float),
        value=-problem.cost[rows].astype(float),
        rows_start=starts(vertex_class[problem.tail[rows]], classes),
        rows=np.argsort(vertex_class[problem.tail[rows]], kind="stable"),
    )
    return Layout(coupled, arc, rows, limited, bundles.B)


def with_capacity(problem: Problem, arcs: IntArray) -> IntArray:
    """Those of some arcs that have a capacity of their own, ascending."""
    return np.sort(arcs[(problem.capacity[arcs] != UNCAPACITATED) & (problem.capacity[arcs] > 0)])


def no_graphs(classes: int) -> dict[str, Any]:
    """The parts of a `Coupled` that say what classes share: nothing."""
    nothing, ends = np.zeros(classes, np.int64), np.zeros(1, np.int64)
    return {
        **dict.fromkeys(("place_out", "place_in"), ends),
        **dict.fromkeys(("place_first", "place_last", "place_shift"), nothing),
        "place_graph": np.zeros(0, np.int64),
        "graph_of": np.full(classes, -1),
        "user_start": np.arange(classes + 1),
        "users": np.arange(classes),
    }


def _coupled(
    problem: Problem, bundles: Bundles, kept: IntArray, arc: IntArray, number: IntArray, limited: IntArray
) -> Coupled:
    """The parts of a `Coupled` that depend on arcs; the others are empty."""
    A, B = len(kept), bundles.B + len(limited)
    tail, head = number[problem.tail[kept]], number[problem.head[kept]]
    V = int(number.max(initial=-1)) + 1
    held = arc[bundles.arc] >= 0
    bundle = np.concatenate([bundles.bundle[held], bundles.B + np.arange(len(limited))])
    member = np.concatenate([arc[bundles.arc[held]], arc[limited]])
    weight = np.concatenate([bundles.weight[held], np.ones(len(limited), np.int64)])
    by_bundle, by_arc = np.lexsort((member, bundle)), np.lexsort((bundle, member))
    limit = np.concatenate([bundles.limit, problem.capacity[limited]])
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    return Coupled(
        tail=tail,
        head=head,
        out_start=starts(tail, V),
        in_start=starts(head, V),
        in_arc=np.argsort(head, kind="stable"),
        cost=problem.cost[kept].astype(float),
        shut=(problem.capacity[kept] == 0).astype(np.uint8),
        **no_graphs(0),
        class_start=none,
        vertex_class=none,
        source=none,
        od_vertex=none,
        od_class=none,
        volume=nothing,
        value=nothing,
        rows_start=none,
        rows=none,
        bundle_start=starts(bundle, B),
        bundle_arc=member[by_bundle],
        bundle_weight=weight[by_bundle].astype(float),
        arc_start=starts(member, A),
        arc_bundle=bundle[by_arc],
        arc_weight=weight[by_arc].astype(float),
        limit=np.where(limit == UNCAPACITATED, np.inf, limit.astype(float)),
    )


def starts(rows: Any, size: int) -> IntArray:
    """CSR starts of entries that are in rows, once they are in their order."""
    found = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=found[1:])
    return found
