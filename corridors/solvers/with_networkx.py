"""NetworkX's network simplex, kept as a reference: slow, and in Python's integers that never wrap."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np

from corridors.arrays.codes import Status
from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.results import FlowResult
from corridors.arrays.typing import IntArray
from corridors.solvers.standard import (
    Standard,
    no_optimum,
    optimal,
    refuse_bundles,
    standard,
    unbounded_cycle,
    without_costs,
)

OWN = "networkx"
"""NetworkX's own code, even where the environment has it prefer a backend, which may be this library."""


def solve(problem: Problem, bundles: Bundles | None = None) -> FlowResult:
    """The cheapest flow, by NetworkX.

    A problem that is infeasible and has a cycle that pays for ever is INFEASIBLE.

    Raises
    ------
    InputError
        Bundles, which it does not know.
    RangeError
        Flows or costs that could leave 64-bit integers.
    """
    refuse_bundles("networkx", bundles)
    small = standard(problem)
    cycle = unbounded_cycle(problem)
    if cycle is not None:
        found = solve(without_costs(problem))
        return replace(found, status=Status.UNBOUNDED, certificate=cycle) if found.status == Status.OPTIMAL else found
    if problem.V == 0:
        return optimal(problem, small.start)
    try:
        _, flows = nx.network_simplex(_graph(small), backend=OWN)
    except nx.NetworkXUnfeasible:
        cut = violated_cut(small)
        if cut is None:
            raise
        return no_optimum(problem, Status.INFEASIBLE, cut)
    flow = small.start.copy()
    for from_vertex in flows.values():
        for parallel in from_vertex.values():
            for arc, amount in parallel.items():
                flow[small.arcs[arc]] += amount
    return optimal(problem, flow)


def violated_cut(small: Standard) -> IntArray | None:
    """Vertices whose supply exceeds what can leave them, or None: the least cut of a maximum flow."""
    graph: nx.DiGraph[int | str] = nx.DiGraph()
    graph.add_nodes_from(("source", "sink"))
    for tail, head, capacity in zip(small.tail.tolist(), small.head.tolist(), small.capacity.tolist(), strict=True):
        before = graph.edges[tail, head]["capacity"] if graph.has_edge(tail, head) else 0
        graph.add_edge(tail, head, capacity=before + capacity)
    for vertex, supply in enumerate(small.supply.tolist()):
        if supply > 0:
            graph.add_edge("source", vertex, capacity=supply)
        elif supply < 0:
            graph.add_edge(vertex, "sink", capacity=-supply)
    carried, (source_side, _) = nx.minimum_cut(graph, "source", "sink", backend=OWN)
    if carried == small.sent:
        return None
    return np.array(sorted(source_side - {"source"}), np.int64)


def _graph(small: Standard) -> nx.MultiDiGraph[int]:
    """Every arc under its own key: parallel arcs stay apart."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for vertex, supply in enumerate(small.supply.tolist()):
        graph.add_node(vertex, demand=-supply)
    columns = (small.tail.tolist(), small.head.tolist(), small.capacity.tolist(), small.cost.tolist())
    for arc, (tail, head, capacity, cost) in enumerate(zip(*columns, strict=True)):
        graph.add_edge(tail, head, key=arc, capacity=capacity, weight=cost)
    return graph
