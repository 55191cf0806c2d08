"""One problem, solved from nothing: ours, OR-Tools, pylmcf, NetworkX."""

from __future__ import annotations

import time
from collections.abc import Callable

import networkx as nx
import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

import corridors as cd
from benchmarks.instances import instance
from benchmarks.options import Options, peers_for
from benchmarks.peers import lemon_graph
from benchmarks.table import Table, ratio, times


def measure(options: Options) -> Table:
    """A row an instance."""
    peers = [peer for peer in SOLVE if peer in options.peers]
    table = Table(
        "Cold solves",
        "Time of one solve, from arrays in memory to the cost; CPU time, median of the rounds taken in turn. "
        "A peer's column is how many times longer it takes.",
        ["instance", "vertices", "arcs", "ours", *peers],
    )
    for name in options.instances:
        problem = instance(name).problem
        able = peers_for(name, tuple(peers))
        solvers: dict[str, Callable[[], int]] = {"ours": ours(problem)}
        solvers |= {peer: SOLVE[peer](problem) for peer in able}
        costs = {who: solve() for who, solve in solvers.items()}
        assert len(set(costs.values())) == 1, costs
        repeat = {"S": 50, "M": 10, "L": 2, "XL": 1}[name]
        seconds: dict[str, list[float]] = {who: [] for who in solvers}
        for _ in range(1 if name == "XL" else options.rounds):
            for who, solve in solvers.items():
                started = time.process_time()
                for _ in range(repeat):
                    solve()
                seconds[who].append((time.process_time() - started) / repeat)
        median = {who: float(np.median(all_)) for who, all_ in seconds.items()}
        compared = [ratio(median[peer], median["ours"]) if peer in median else "" for peer in peers]
        table.rows.append([name, f"{problem.V:,}", f"{problem.E:,}", times(median["ours"]), *compared])
    return table


def ours(problem: cd.Problem) -> Callable[[], int]:
    """The simplex."""
    return lambda: cd.min_cost_flow(problem).cost


def ortools(problem: cd.Problem) -> Callable[[], int]:
    """Arcs added in bulk, which is the most of its time that can be saved."""
    tail, head = problem.tail.astype(np.int32), problem.head.astype(np.int32)
    vertices = np.arange(problem.V, dtype=np.int32)

    def solve() -> int:
        model = SimpleMinCostFlow()
        model.add_arcs_with_capacity_and_unit_cost(tail, head, problem.capacity, problem.cost)
        model.set_nodes_supplies(vertices, problem.supply)
        assert model.solve() == SimpleMinCostFlow.OPTIMAL
        return model.optimal_cost()

    return solve


def pylmcf(problem: cd.Problem) -> Callable[[], int]:
    """LEMON's network simplex; sorting the arcs counts, as it does for us."""

    def solve() -> int:
        graph, _ = lemon_graph(problem)
        graph.solve()
        return graph.total_cost()

    return solve


def networkx(problem: cd.Problem) -> Callable[[], int]:
    """Network simplex in Python; the graph's making is not counted."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((v, {"demand": -s}) for v, s in enumerate(problem.supply.tolist()))
    columns = (problem.tail.tolist(), problem.head.tolist(), problem.capacity.tolist(), problem.cost.tolist())
    for tail, head, capacity, cost in zip(*columns, strict=True):
        graph.add_edge(tail, head, capacity=capacity, weight=cost)
    return lambda: nx.network_simplex(graph, backend="networkx")[0]


SOLVE = {"OR-Tools": ortools, "pylmcf": pylmcf, "NetworkX": networkx}
