"""Prices from rents: delivered costs by node, and the bound that proves an optimum.

Once every shared capacity is charged its rent, nothing limits a class but what its demand rows want. So its optimum at
those charges is a matter of shortest paths, and Lagrange's bound (Ahuja, Magnanti & Orlin 1993, section 17.2)

    sum over demand rows of volume x min(0, distance - value)  -  sum over bundles of rent x limit

is never above the objective of any flow, and equals it at the optimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import Problem
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.solvers.paths import distances_from, reached_from


def charged_costs(model: Model, rent: FloatArray) -> FloatArray:
    """Cost of each arc with the rents of its bundles, (E,), in units of the problem's costs."""
    bundles = model.bundles
    cost = model.problem.cost.astype(float)
    paying = np.flatnonzero((rent != 0.0)[bundles.bundle])
    np.add.at(cost, bundles.arc[paying], bundles.weight[paying] * rent[bundles.bundle[paying]])
    return cost


def distances(model: Model, cost: FloatArray) -> FloatArray:
    """Cheapest cost from the class's world to each vertex over arcs that are open, (V,); inf where there is none."""
    arcs, problem = model.arcs, model.problem
    # Prices at members may be negative: a path has one arc of each of these kinds, so a shift of all changes no path.
    shift = {kind: min(float(cost[arcs.kind == kind].min(initial=0.0)), 0.0) for kind in (Kind.ORIGIN, Kind.EGRESS)}
    distance = np.full(problem.V, np.inf)
    for begin, end, first, last in _batches(model):
        kind, lengths = arcs.kind[begin:end], cost[begin:end].copy()
        for of, by in shift.items():
            lengths[kind == of] -= by
        going, tail, head = _from_worlds(model, begin, end, first, last)
        lengths = np.concatenate([np.maximum(lengths[going], 0.0), np.zeros(len(tail) - len(going))])
        distance[first:last] = distances_from(tail, head, lengths, last - first + 1, last - first)[:-1]
    distance[np.isfinite(distance)] += shift[Kind.ORIGIN]
    distance[arcs.world] = 0.0
    distance[arcs.row_vertex] += shift[Kind.EGRESS]
    return distance


def reached(model: Model) -> npt.NDArray[np.bool_]:
    """To which vertices there is a path from the class's world over arcs that are open, (V,)."""
    found = np.zeros(model.problem.V, bool)
    for begin, end, first, last in _batches(model):
        _, tail, head = _from_worlds(model, begin, end, first, last)
        found[first:last] = reached_from(tail, head, last - first + 1, last - first)[:-1]
    return found


def _from_worlds(model: Model, begin: int, end: int, first: int, last: int) -> tuple[IntArray, IntArray, IntArray]:
    """The open arcs of some classes but those of demand, by their place among these, and where they lead.

    At the end of `tail` and `head` the classes' worlds are joined to one source, the vertex after the last.
    """
    arcs, problem = model.arcs, model.problem
    going = np.flatnonzero((arcs.kind[begin:end] != Kind.DEMAND) & (problem.capacity[begin:end] > 0))
    worlds = arcs.world[(first <= arcs.world) & (arcs.world < last)] - first
    tail = np.concatenate([problem.tail[begin:end][going] - first, np.full(len(worlds), last - first)])
    return going, tail, np.concatenate([problem.head[begin:end][going] - first, worlds])


AT_ONCE = 200_000
"""Arcs that are looked at together, such as those of some classes: few calls of small parts, little room for large."""


def _batches(model: Model) -> Iterator[tuple[int, int, int, int]]:
    """Consecutive classes: their first arc and vertex, and those after their last."""
    owner, classes = model.arcs.owner, np.arange(len(model.arcs.world) + 1, dtype=np.int32)  # as owners are
    arc, vertex = np.searchsorted(owner, classes), np.searchsorted(model.arcs.vertex_owner, classes)
    first = 0
    for last in classes[1:]:
        if last == classes[-1] or arc[last + 1] - arc[first] > AT_ONCE:
            yield int(arc[first]), int(arc[last]), int(vertex[first]), int(vertex[last])
            first = last


def surpluses(model: Model) -> FloatArray:
    """The most that a tonne over each arc can gain, capacities and rents aside, (E,), in units of the problem's costs.

    Value less cost of the best route from the class's world over the arc and back to it; -inf where there is none.
    An arc whose surplus is not above zero has no part in an optimum, whatever closes or is scarce.
    """
    arcs, problem = model.arcs, model.problem
    cost = problem.cost.astype(float)
    open_arcs = problem.capacity > 0
    ahead = distances(model, cost)
    # Back from the worlds: each route has one arc of these kinds, so a shift of all of them changes no route.
    lift = {kind: min(float(cost[arcs.kind == kind].min(initial=0.0)), 0.0) for kind in (Kind.EGRESS, Kind.DEMAND)}
    lengths = cost.copy()
    for kind, by in lift.items():
        lengths[arcs.kind == kind] -= by
    going = open_arcs & (arcs.kind != Kind.ORIGIN)
    goal = problem.V
    tail = np.concatenate([problem.head[going], np.full(len(arcs.world), goal)])
    head = np.concatenate([problem.tail[going], arcs.world])
    back = np.concatenate([np.maximum(lengths[going], 0.0), np.zeros(len(arcs.world))])
    onward = distances_from(tail, head, back, problem.V + 1, goal)[:-1]
    onward += lift[Kind.EGRESS] + lift[Kind.DEMAND]
    onward[arcs.row_vertex] -= lift[Kind.EGRESS]
    onward[arcs.world] = 0.0
    gain = -(ahead[problem.tail] + cost + onward[problem.head])
    return np.where(open_arcs & np.isfinite(gain), gain, -np.inf)


def reduced(model: Model) -> tuple[Model, FloatArray]:
    """The model with each arc's cost less what the cheapest path to its head saves, and the potentials (V,) behind it.

    Every circulation costs what it did (Ahuja, Magnanti & Orlin 1993, section 2.4). What floats hold is gains and
    detours, where prices and values may be so large next to them that they drown.
    """
    problem = model.problem
    ahead = distances(model, problem.cost.astype(float))
    potential = np.where(np.isfinite(ahead), ahead, 0.0).astype(np.int64)
    cost = problem.cost + potential[problem.tail] - potential[problem.head]
    return replace(model, problem=replace(problem, cost=cost)), potential.astype(float)


def worth_their_way(model: Model) -> Problem:
    """The problem of a reduced model without the arcs that no optimum uses, whose costs would set how numbers scale.

    They are closed, no path reaches their tail, or a tonne over them loses more than any demand row gains.
    """
    problem = model.problem
    come = reached(model)
    demanded = model.arcs.of(Kind.DEMAND)
    gain = -problem.cost[demanded[come[problem.tail[demanded]]]]
    used = come[problem.tail] & (problem.capacity > 0) & (problem.cost <= max(int(gain.max(initial=0)), 0))
    return replace(problem, cost=np.where(used, problem.cost, 0), capacity=np.where(used, problem.capacity, 0))


def lower_bound(model: Model, rent: FloatArray, distance: FloatArray) -> float:
    """The bound above, in units of the problem's costs: no flow has a smaller objective.

    Parameters
    ----------
    model : Model
    rent : (B,) float
        Any rents >= 0.
    distance : (V,) float
        `distances` at those rents.
    """
    demanded = model.arcs.of(Kind.DEMAND)
    gain = np.minimum(distance[model.problem.tail[demanded]] + model.problem.cost[demanded], 0.0)
    return float(gain @ model.problem.capacity[demanded].astype(float) - rent @ model.bundles.limit.astype(float))
