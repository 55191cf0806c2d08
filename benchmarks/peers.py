"""What a user could pick instead, each used as well as its Python interface allows.

A peer is a function of the problem and its changes that gets everything ready, the base solved where that helps, and
gives a function that solves scenarios `a` to `b` and returns their costs. Only the latter is timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import networkx as nx
import numpy as np
import pylmcf
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

import corridors as cd

Run = Callable[[int, int], list[int]]
Peer = Callable[[cd.Problem, cd.Changes], Run]


def corridors(problem: cd.Problem, changes: cd.Changes) -> Run:
    """Our own sweep on one thread; a call solves the base again, as a user's call does."""

    def run(a: int, b: int) -> list[int]:
        return cd.min_cost_flow_sweep(problem, changes[a:b], threads=1).cost.tolist()

    return run


def ortools(problem: cd.Problem, changes: cd.Changes) -> Run:
    """OR-Tools, arcs added in bulk to a new model: it has no warm start, and can't change a cost."""
    tail, head = problem.tail.astype(np.int32), problem.head.astype(np.int32)
    vertices = np.arange(problem.V, dtype=np.int32)

    def run(a: int, b: int) -> list[int]:
        costs = []
        for s in range(a, b):
            capacity, cost, supply = changes.applied(problem, s)
            model = SimpleMinCostFlow()
            model.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
            model.set_nodes_supplies(vertices, supply)
            assert model.solve() == SimpleMinCostFlow.OPTIMAL
            costs.append(model.optimal_cost())
        return costs

    return run


def ortools_reused(problem: cd.Problem, changes: cd.Changes) -> Run:
    """OR-Tools, one model whose capacities and supplies are changed and put back."""
    if len(changes.cost_arc):
        return ortools(problem, changes)
    model = SimpleMinCostFlow()
    model.add_arcs_with_capacity_and_unit_cost(
        problem.tail.astype(np.int32), problem.head.astype(np.int32), problem.capacity, problem.cost
    )
    model.set_nodes_supplies(np.arange(problem.V, dtype=np.int32), problem.supply)
    arc, vertex = changes.cap_arc.astype(np.int32), changes.supply_vertex.astype(np.int32)
    base_capacity, base_supply = problem.capacity[arc], problem.supply[vertex]

    def run(a: int, b: int) -> list[int]:
        costs = []
        for s in range(a, b):
            arcs = slice(changes.cap_ptr[s], changes.cap_ptr[s + 1])
            vertices = slice(changes.supply_ptr[s], changes.supply_ptr[s + 1])
            model.set_arc_capacities(arc[arcs], changes.cap_value[arcs])
            model.set_nodes_supplies(vertex[vertices], changes.supply_value[vertices])
            assert model.solve() == SimpleMinCostFlow.OPTIMAL
            costs.append(model.optimal_cost())
            model.set_arc_capacities(arc[arcs], base_capacity[arcs])
            model.set_nodes_supplies(vertex[vertices], base_supply[vertices])
        return costs

    return run


def lemon(repair: str) -> Peer:
    """pylmcf: LEMON's network simplex, from the basis of the scenario before, by one of its warm repairs."""

    def peer(problem: cd.Problem, changes: cd.Changes) -> Run:
        graph, order = lemon_graph(problem)
        graph.set_warm_repair(repair)
        graph.solve()
        place = np.argsort(order)
        cap_arc, cost_arc, vertex = place[changes.cap_arc], place[changes.cost_arc], changes.supply_vertex
        capacity, cost, supply = problem.capacity[order], problem.cost[order], problem.supply.copy()
        groups = (
            (capacity, changes.cap_ptr, cap_arc, changes.cap_value, graph.set_edge_capacities),
            (cost, changes.cost_ptr, cost_arc, changes.cost_value, graph.set_edge_costs),
            (supply, changes.supply_ptr, vertex, changes.supply_value, graph.set_node_supply),
        )
        groups = tuple((*group, group[0][group[2]]) for group in groups if len(group[2]))

        def run(a: int, b: int) -> list[int]:
            costs = []
            for s in range(a, b):
                for dense, ptr, index, value, give, base in groups:
                    own = slice(ptr[s], ptr[s + 1])
                    dense[index[own]] = value[own]
                    give(dense)
                    dense[index[own]] = base[own]
                graph.solve()
                costs.append(graph.total_cost())
            return costs

        return run

    return peer


def lemon_graph(problem: cd.Problem) -> tuple[pylmcf.Graph, np.ndarray]:
    """The problem as pylmcf wants it, and the order of its arcs there."""
    order = np.lexsort((problem.head, problem.tail))
    graph = pylmcf.Graph(problem.V, problem.tail[order], problem.head[order])
    graph.set_edge_costs(problem.cost[order])
    graph.set_edge_capacities(problem.capacity[order])
    graph.set_node_supply(problem.supply.copy())
    return graph, order


def networkx(problem: cd.Problem, changes: cd.Changes) -> Run:
    """NetworkX's network simplex on one graph whose attributes are changed and put back."""
    graph = nx.MultiDiGraph()
    for vertex, supply in enumerate(problem.supply.tolist()):
        graph.add_node(vertex, demand=-supply)
    ends = list(zip(problem.tail.tolist(), problem.head.tolist(), range(problem.E), strict=True))
    for end, capacity, cost in zip(ends, problem.capacity.tolist(), problem.cost.tolist(), strict=True):
        graph.add_edge(*end, capacity=capacity, weight=cost)

    def put(s: int, values: Callable[[np.ndarray, np.ndarray, np.ndarray], list[int]]) -> None:
        for name, base, ptr, index, value in (
            ("capacity", problem.capacity, changes.cap_ptr, changes.cap_arc, changes.cap_value),
            ("weight", problem.cost, changes.cost_ptr, changes.cost_arc, changes.cost_value),
            ("demand", -problem.supply, changes.supply_ptr, changes.supply_vertex, -changes.supply_value),
        ):
            own = slice(ptr[s], ptr[s + 1])
            for at, new in zip(index[own].tolist(), values(base, index[own], value[own]), strict=True):
                (graph.nodes[at] if name == "demand" else graph.edges[ends[at]])[name] = new

    def run(a: int, b: int) -> list[int]:
        costs = []
        for s in range(a, b):
            put(s, lambda base, index, value: value.tolist())
            costs.append(nx.network_simplex(graph, backend="networkx")[0])
            put(s, lambda base, index, value: base[index].tolist())
        return costs

    return run


VARIANTS: dict[str, list[Peer]] = {
    "OR-Tools": [ortools, ortools_reused],
    "pylmcf": [lemon("dual"), lemon("dual_greedy"), lemon("dual_ratio"), lemon("primal")],
    "NetworkX": [networkx],
}


def fastest(name: str, problem: cd.Problem, changes: cd.Changes, trial: int) -> Run:
    """The variant of a peer that is fastest on the first few scenarios."""
    runs = [peer(problem, changes) for peer in VARIANTS[name]]
    times = []
    for run in runs if len(runs) > 1 else []:
        run(0, 1)
        started = time.process_time()
        run(0, trial)
        times.append(time.process_time() - started)
    return runs[int(np.argmin(times))] if times else runs[0]
