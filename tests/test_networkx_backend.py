"""NetworkX calls the library for its flow functions: with the same costs, cuts and exceptions as it has itself."""

import os
import random
import subprocess
import sys

import networkx as nx
import pytest

import corridors as cd
from corridors.networkx_backend import interface
from corridors.networkx_backend.info import FLOWS, TERMINALS, get_info

TESTS = [f"networkx.algorithms.flow.tests.test_{name}" for name in ("mincost", "networksimplex", "maxflow")]


def random_graph(seed, kind=nx.DiGraph, negative=False):
    rng = random.Random(seed)
    graph = kind()
    nodes = rng.randint(2, 7)
    graph.add_nodes_from(range(nodes))
    for _ in range(rng.randint(1, 20)):
        tail, head = rng.randrange(nodes), rng.randrange(nodes)
        data = {"weight": rng.randint(-3 if negative else 0, 9), "capacity": rng.randint(0, 8)}
        if rng.random() < 0.15:
            del data["capacity"]
        graph.add_edge(tail, head, **data)
    moved = rng.randint(0, 6)
    start, end = rng.sample(range(nodes), 2)
    graph.nodes[start]["demand"], graph.nodes[end]["demand"] = -moved, moved
    return graph


def outcome(call):
    """What a call gives, or the kind of its error."""
    try:
        return call()
    except nx.NetworkXException as error:
        return type(error)


def cost(graph, flow):
    """The cost of a flow, which has to obey capacities and meet demands."""
    arriving = dict.fromkeys(graph, 0)
    total = 0
    for *edge, data in graph.edges(keys=True, data=True) if graph.is_multigraph() else graph.edges(data=True):
        amount = flow
        for part in edge:
            amount = amount[part]
        assert 0 <= amount <= data.get("capacity", float("inf"))
        arriving[edge[0]] -= amount
        arriving[edge[1]] += amount
        total += amount * data.get("weight", 0)
    assert arriving == {node: graph.nodes[node].get("demand", 0) for node in graph}
    return total


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiDiGraph])
def test_cheapest_flows_cost_what_networkx_says_and_obey_the_graph(kind):
    seen = set()
    for seed in range(150):
        graph = random_graph(seed, kind, negative=True)
        theirs = outcome(lambda g=graph: nx.network_simplex(g, backend="networkx"))
        for function in (nx.network_simplex, nx.capacity_scaling):
            ours = outcome(lambda f=function, g=graph: f(g, backend="corridors"))
            if isinstance(ours, tuple):
                assert ours[0] == theirs[0] == cost(graph, ours[1])
            elif ours is not theirs:  # NetworkX's scaling looks for what is unbounded first
                assert (function, ours, theirs) == (nx.capacity_scaling, nx.NetworkXUnbounded, nx.NetworkXUnfeasible)
                assert outcome(lambda g=graph: nx.capacity_scaling(g, backend="networkx")) is ours
            seen.add("solved" if isinstance(ours, tuple) else ours)
    assert seen >= {"solved", nx.NetworkXUnfeasible, nx.NetworkXUnbounded}


def test_maximum_flows_and_minimum_cuts_are_as_large_as_networkx_says():
    for seed in range(150):
        graph = random_graph(seed, nx.Graph if seed % 2 else nx.DiGraph)
        nx.set_node_attributes(graph, 0, "demand")
        ours, theirs = (
            outcome(lambda b=b, g=graph: nx.maximum_flow(g, 0, 1, backend=b)) for b in ("corridors", "networkx")
        )
        if not isinstance(ours, tuple):
            assert ours is theirs
            continue
        assert ours[0] == theirs[0] == sum(ours[1][0].values()) - sum(ours[1][u].get(0, 0) for u in graph)
        value, (near, far) = nx.minimum_cut(graph, 0, 1, backend="corridors")
        crossing = [(u, v) for u in near for v in graph[u] if v in far]
        assert value == ours[0] == sum(graph[u][v]["capacity"] for u, v in crossing)
        assert (near, far) == nx.minimum_cut(graph, 0, 1, backend="networkx")[1]
        if graph.is_directed():
            flow = nx.max_flow_min_cost(graph, 0, 1, backend="corridors")
            assert nx.cost_of_flow(graph, flow) == nx.cost_of_flow(
                graph, nx.max_flow_min_cost(graph, 0, 1, backend="networkx")
            )


def test_what_can_not_be_taken_says_why():
    graph = nx.DiGraph([(0, 1, {"weight": 0.5}), (1, 2, {"weight": 2, "capacity": 10**30})])
    assert interface.can_run("network_simplex", (graph,), {}) == "a capacity is 10" + "0" * 29 + ", which is too large"
    del graph[1][2]["capacity"]
    assert interface.can_run("network_simplex", (graph,), {}) == "a weight is 0.5, and only integers are taken"
    assert interface.can_run("network_simplex", (graph,), {"weight": "none"}) is True
    assert interface.can_run("maximum_flow", (graph, 0, 2), {"flow_func": len}) == "a flow_func is given"
    assert interface.can_run("maximum_flow", (graph, 0, 2), {"capacity": lambda u, v, d: 1}) == (
        "a capacity or weight is a function"
    )
    assert "parallel edges" in interface.can_run("maximum_flow", (nx.MultiDiGraph(graph), 0, 2), {})
    nx.min_cost_flow_cost(graph, weight="none", backend="corridors")  # keeps a conversion without the weights
    with pytest.raises(NotImplementedError, match="'corridors' backend raised NotImplementedError"):
        nx.min_cost_flow_cost(graph, backend="corridors")
    assert interface.should_run("network_simplex", (graph,), {}) == "the graph has 200 edges or fewer"
    assert interface.should_run("network_simplex", (nx.complete_graph(30, nx.DiGraph),), {}) is True


def test_the_backend_is_found_by_its_entry_points_and_lists_its_functions():
    assert "corridors" in nx.utils.backends.backends
    assert set(get_info()["functions"]) == {*FLOWS, *TERMINALS}
    assert all(callable(getattr(interface, name)) for name in (*FLOWS, *TERMINALS))
    assert all("corridors" in getattr(nx, name).backends for name in (*FLOWS, *TERMINALS))


def test_attributes_that_a_conversion_did_not_name_are_read_from_the_edges():
    graph = nx.DiGraph([(0, 1, {"room": 3}), (1, 2, {"room": 2}), (0, 2, {"room": 1})])
    assert interface.maximum_flow_value(interface.convert_from_nx(graph, preserve_edge_attrs=True), 0, 2, "room") == 3


def test_a_graph_is_converted_once(monkeypatch):
    graph, made = random_graph(3), []
    convert = interface.convert_from_nx
    monkeypatch.setattr(interface, "convert_from_nx", lambda *given, **more: made.append(1) or convert(*given, **more))
    first = outcome(lambda: nx.min_cost_flow_cost(graph, backend="corridors"))
    assert outcome(lambda: nx.min_cost_flow_cost(graph, backend="corridors")) == first
    assert len(made) == 1


def test_a_graph_of_an_older_file_is_converted_once_and_again_after_a_change(monkeypatch):
    graph, made = nx.DiGraph([(0, 1, {"capacity": 2, "weight": 3})]), []
    graph.nodes[0]["demand"], graph.nodes[1]["demand"] = -2, 2
    del graph.__networkx_cache__  # as pickles of NetworkX before 3.2 have none
    real = interface.ArrayGraph.__init__
    monkeypatch.setattr(interface.ArrayGraph, "__init__", lambda *given: made.append(1) or real(*given))
    assert [nx.min_cost_flow_cost(graph, backend="corridors") for _ in range(3)] == [6, 6, 6]
    assert len(made) == 1
    graph.add_edge(0, 1, weight=4)
    assert nx.min_cost_flow_cost(graph, backend="corridors") == 8
    assert len(made) == 2


def test_what_was_looked_at_for_one_call_is_not_taken_for_the_next():
    graph = nx.DiGraph([(0, 1, {"capacity": 2, "weight": 3})])
    graph.nodes[0]["demand"], graph.nodes[1]["demand"] = -2, 2
    with nx.config.backend_priority(algos=["corridors"]):
        assert nx.min_cost_flow_cost(graph) == 6  # looked at, and left to NetworkX as it is small
    graph[0][1]["weight"] = 5  # by hand, of which NetworkX knows nothing
    assert nx.min_cost_flow_cost(graph, backend="corridors") == 10
    with nx.config(cache_converted_graphs=False):
        graph[0][1]["weight"] = 6
        assert nx.min_cost_flow_cost(graph, backend="corridors") == 12


def test_functions_are_refused_for_the_numbers_that_they_read_alone():
    graph = nx.DiGraph([(0, 1, {"capacity": 2, "weight": 0.5})])
    graph.nodes[0]["demand"] = 0.25
    assert interface.can_run("maximum_flow", (graph, 0, 1), {}) is True
    assert nx.maximum_flow_value(graph, 0, 1, backend="corridors") == 2
    for name, what in (("max_flow_min_cost", "weight"), ("network_simplex", "weight")):
        assert f"a {what} is 0.5" in interface.can_run(name, (nx.DiGraph(graph), 0, 1)[: 3 if "max" in name else 1], {})
    graph[0][1]["weight"] = 1
    assert "a demand is 0.25" in interface.can_run("network_simplex", (nx.DiGraph(graph),), {})


@pytest.mark.parametrize("supply", [[2, 0, -2], [9, 0, -9]])
def test_the_solver_networkx_is_networkx_itself_whatever_backend_is_preferred(supply, monkeypatch):
    def never(*given, **more):
        raise AssertionError("the library was compared with itself")

    for name in (*FLOWS, *TERMINALS):
        monkeypatch.setattr(interface, name, never)
    monkeypatch.setattr(interface, "should_run", lambda *given: True)
    problem = cd.Problem([0, 1], [1, 2], [5, 5], [1, 1], supply)
    with nx.config.backend_priority(algos=["corridors"]):
        with pytest.raises(AssertionError, match="with itself"):
            nx.min_cost_flow_cost(nx.DiGraph([(0, 1)]))  # a call of the user's own does go to the backend
        found = cd.min_cost_flow(problem, solver="networkx")
    assert found.status == (cd.Status.OPTIMAL if supply[0] == 2 else cd.Status.INFEASIBLE)


def test_the_flow_tests_of_networkx_pass():
    environment = {**os.environ, "NETWORKX_TEST_BACKEND": "corridors", "NETWORKX_FALLBACK_TO_NX": "True"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--pyargs", *TESTS]
    ran = subprocess.run(command, env=environment, cwd=os.path.dirname(nx.__file__), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert " passed" in ran.stdout
