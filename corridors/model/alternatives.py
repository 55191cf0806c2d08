"""What else the next tonne of a demand row could take, with the rents of what is full charged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.solvers.paths import further_paths, path_to, shortest_paths

Bools = npt.NDArray[np.bool_]

MIXED = 100
"""Mixes of the routes that are used, at most, before the last of them counts as the next route."""


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The passages that one demand row may take, each at what its next tonne pays: rents, and the cost step it is at.

    Parameters
    ----------
    arc : (A,) int
        The arc of the model by which the next tonne passes; of several cost steps the cheapest.
    tail, head : (A,) int
        Vertices of the class, from 0.
    what : (A,) int
        A number for each link in each direction, and each member of a zone; -1 for all else.
    cost : (A,) float
        At least 0, in units of the problem's costs.
    shift : float
        What has to be added to the sum over a path, because prices at members may be negative.
    vertices : int
    ends : (int, int)
        The vertices of the class's world and of the row.
    """

    arc: IntArray
    tail: IntArray
    head: IntArray
    what: IntArray
    cost: FloatArray
    shift: float
    vertices: int
    ends: tuple[int, int]

    def cost_of(self, path: Sequence[int]) -> float:
        """The cost of a path, in units of the problem's costs."""
        return float(self.cost[list(path)].sum()) + self.shift

    def same(self, place: int) -> list[int]:
        """All passages that stand for the same: the arcs to a member of a zone are several."""
        return [place] if self.what[place] < 0 else np.flatnonzero(self.what == self.what[place]).tolist()

    def best(self, without: Collection[int] = ()) -> list[int]:
        """The cheapest path without some passages; empty where there is none."""
        left = np.ones(len(self.arc), bool)
        left[list(without)] = False
        kept = np.flatnonzero(left)
        source, target = self.ends
        distance, last = shortest_paths(self.tail[kept], self.head[kept], self.cost[kept], self.vertices, source)
        if not np.isfinite(distance[0, target]):
            return []
        return [int(place) for place in kept[path_to(last[0], self.tail[kept], target)]]

    def next(self, known: Sequence[Sequence[int]]) -> list[int]:
        """The cheapest path over a link or member of a zone that no known path has; empty where there is none.

        Where known paths cross, a mix of them is none that is looked for, nor is a change of mode alone.
        """
        used = {-1, *(int(self.what[place]) for path in known for place in path)}
        paths = further_paths(self.tail, self.head, self.cost, self.vertices, self.ends, known)
        path: list[int] = []
        for path in islice(paths, MIXED):
            if not used.issuperset(self.what[path].tolist()):
                break
        return path


def alternatives_of(model: Model, charged: FloatArray, row: int) -> Alternatives:
    """The passages of a demand row.

    Parameters
    ----------
    model : Model
    charged : (E,) float
        Costs with rents, as `corridors.model.prices.charged_costs` gives them.
    row : int
        The demand row.
    """
    arcs, problem = model.arcs, model.problem
    owner = arcs.vertex_owner[arcs.row_vertex[row]]
    own = np.flatnonzero((arcs.owner == owner) & (arcs.kind != Kind.DEMAND) & (problem.capacity > 0))
    own = own[np.lexsort((own, charged[own], arcs.passage[own]))]
    arc = own[np.diff(arcs.passage[own], prepend=-1) != 0]
    arc = arc[~_idle_changes(model, arc)]
    cost, shift = charged[arc].copy(), 0.0
    for kind in (Kind.ORIGIN, Kind.EGRESS):  # a path has one arc of each
        least = min(float(cost[arcs.kind[arc] == kind].min(initial=0.0)), 0.0)
        cost[arcs.kind[arc] == kind] -= least
        shift += least
    first, last = np.searchsorted(arcs.vertex_owner, [owner, owner + 1])
    ends = int(arcs.world[owner] - first), int(arcs.row_vertex[row] - first)
    kind, tail, head = arcs.kind[arc], problem.tail[arc] - first, problem.head[arc] - first
    what = np.where(kind == Kind.LINK, 4 * arcs.item[arc] + arcs.direction[arc], 4 * arcs.item[arc] + 2)
    what[(kind == Kind.TRANSFER) | (arcs.item[arc] < 0)] = -1
    return Alternatives(arc, tail, head, what, np.maximum(cost, 0.0), shift, int(last - first), ends)


def _idle_changes(model: Model, arc: IntArray) -> Bools:
    """Changes of mode at the one node where a class starts, to a mode by which it may start as well.

    Where it starts at several nodes, what comes from another may change there.
    """
    arcs, problem = model.arcs, model.problem
    kind = arcs.kind[arc]
    starts = problem.head[arc[kind == Kind.ACCESS]]
    here, there = np.isin(problem.tail[arc], starts), np.isin(problem.head[arc], starts)
    idle: Bools = (kind == Kind.TRANSFER) & here & there & (np.count_nonzero(kind == Kind.ORIGIN) == 1)
    return idle
