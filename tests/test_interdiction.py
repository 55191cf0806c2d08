"""Interdiction: both methods against enumeration, on arrays and on corridors, and against NetworkX."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case

import corridors as cd
from corridors.edits.selection import free_of_charge, without_capacities
from corridors.methods.closure_sets import Known
from corridors.methods.worst_closures import by_search
from corridors.scenarios.groups import closures
from corridors.solvers.closures import worst_closures
from corridors.studies.interdiction import fortify, interdiction


class Small:
    """A random circulation: goods go over some of twelve arcs, or stay behind at what they are worth.

    ``problem`` is a min-cost flow (capacities and costs), a shortest path (no capacities) or a largest flow (no costs).
    """

    def __init__(self, number: int, kind: str) -> None:
        random = Random(number)
        count, vertices = 12, 6
        ends = [tuple(random.sample(range(vertices), 2)) for _ in range(count)]
        cost = [0 if kind == "largest" else random.randint(1, 20) for _ in ends]
        room = [cd.UNCAPACITATED if kind == "shortest" else random.randint(1, 9) for _ in ends]
        self.volume, self.value = random.randint(5, 20), 1 if kind == "largest" else 60
        tail, head = ([a for a, _ in ends], [b for _, b in ends])
        back = (vertices - 1, 0)
        self.problem = cd.Problem(
            tail=[*tail, back[0]],
            head=[*head, back[1]],
            capacity=[*room, self.volume],
            cost=[*cost, -self.value],
            supply=[0] * vertices,
        )
        self.names = [f"a{i}" for i in range(count)]
        self.prices = np.array([random.choice([1.0, 1.0, 2.0, 0.5]) for _ in ends])
        self.budget = random.choice([1.0, 2.0, 3.0])
        self.known: dict[int, Known] = {}

    def flow(self, closed: int) -> Any:
        capacity = self.problem.capacity.copy()
        capacity[[i for i in range(len(self.names)) if closed >> i & 1]] = 0
        p = self.problem
        return cd.min_cost_flow(cd.Problem(p.tail, p.head, capacity, p.cost, p.supply))

    def solve(self, sets: Any) -> None:
        """What the search asks of `corridors.methods.closure_sets.Support`."""
        for closed in sets:
            r = self.flow(closed)
            used = sum(1 << i for i in range(len(self.names)) if r.flow[i] > 0)
            stake = r.flow[:-1] * float(self.value)
            self.known[closed] = Known(float(r.cost), 0.0, used & ~closed, stake)

    def most(self) -> float:
        """The largest cost over all sets within the budget, each solved."""
        best = -np.inf
        for size in range(int(self.budget / self.prices.min()) + 1):
            for members in combinations(range(len(self.names)), size):
                if self.prices[list(members)].sum() <= self.budget:
                    best = max(best, self.flow(sum(1 << i for i in members)).cost)
        return best


KINDS = ("flow", "shortest", "largest")


@pytest.mark.parametrize("number", range(10 * TIMES))
def test_both_methods_find_what_enumeration_finds(number: int) -> None:
    small = Small(number, KINDS[number % 3])
    most = small.most()
    base = small.flow(0).cost
    found = by_search(small, small.prices, small.budget, limit=10_000, protected=0)  # type: ignore[arg-type]
    assert found.loss == pytest.approx(most - base, abs=1e-6)
    assert found.gap == 0
    groups = [np.array([i]) for i in range(len(small.names))]
    penalty = np.full(small.problem.E, float(small.value))
    attack = worst_closures(small.problem, None, groups, penalty, small.prices, small.budget, roots=np.array([0]))
    assert attack.cost == pytest.approx(most, abs=1e-5)
    assert attack.bound == pytest.approx(most, abs=1e-5)
    assert small.flow(sum(1 << g for g in attack.closed)).cost == most
    assert small.prices[list(attack.closed)].sum() <= small.budget


def losses_without(network: cd.Network, demand: pd.DataFrame, names: list[str]) -> dict[frozenset[str], float]:
    """The loss over the base of closing every set of these links, by solving every one."""
    loss = cd.sweep(network, demand, cd.coalitions(network, names, by="link"), progress=False).loss.to_numpy()
    closed = [frozenset(n for i, n in enumerate(names) if not c >> i & 1) for c in range(len(loss))]
    return dict(zip(closed, loss - loss[-1], strict=True))


@pytest.mark.parametrize("number", range(0, 12, 2))
def test_the_worst_closures_are_those_of_enumeration(number: int) -> None:
    random, example = Random(number), case(Random(number))
    operating = list(closures(example.network, "link"))
    if not operating:
        pytest.skip("nothing may close")
    names = random.sample(operating, min(5, len(operating)))
    costs = {name: random.choice([1.0, 1.0, 0.5, 2.0]) for name in names}
    budget = random.choice([1.0, 2.0, 3.0])
    every = losses_without(example.network, example.demand, names)
    most = max(loss for closed, loss in every.items() if sum(costs[n] for n in closed) <= budget)
    for method in ("search", "milp"):
        worst = interdiction(
            example.network, example.demand, budget, costs=costs, among=names, method=method, progress=False
        )
        assert worst.loss == pytest.approx(most, rel=1e-9, abs=0.02), method
        assert worst.gap == 0
        assert sum(costs[name] for name in worst.closed) <= budget


def chain(number: int) -> tuple[cd.Network, pd.DataFrame, nx.DiGraph]:
    """A directed network with lengths and capacities, one demand from its first node to its last, and NetworkX's."""
    random = Random(number)
    ends = {tuple(random.sample(range(6), 2)) for _ in range(14)}
    ends -= {(a, b) for a, b in ends if a == 5 or b == 0}
    links = pd.DataFrame(sorted(ends), columns=["from_node_id", "to_node_id"]).astype(str)
    links = links.assign(link_id=links.from_node_id + "-" + links.to_node_id, mode="road", directed=True)
    links = links.assign(tariff=[random.randint(1, 9) for _ in ends], capacity=[random.randint(1, 9) for _ in ends])
    graph = nx.DiGraph()
    graph.add_nodes_from("012345")
    for link in links.itertuples():
        graph.add_edge(link.from_node_id, link.to_node_id, weight=link.tariff, capacity=link.capacity)
    row = {"demand_id": "d", "commodity": "grain", "origin": "0", "destination": "5", "volume": 1000.0, "value": 100.0}
    return cd.Network(pd.DataFrame({"node_id": list("012345")}), links), pd.DataFrame([row]), graph


@pytest.mark.parametrize("number", range(3))
def test_paths_and_largest_flows_are_interdicted_as_networkx_enumerates(number: int) -> None:
    network, demand, graph = chain(number)
    cuts = list(combinations(graph.edges, 2))

    def without(closed: tuple[tuple[str, str], ...]) -> nx.DiGraph:
        left = graph.copy()
        left.remove_edges_from(closed)
        return left

    def path(left: nx.DiGraph) -> float:
        return min(nx.shortest_path_length(left, "0", "5", "weight") if nx.has_path(left, "0", "5") else 100, 100)

    longest = max(path(without(closed)) for closed in cuts) - path(graph)
    least = min(nx.maximum_flow_value(without(closed), "0", "5", backend="networkx") for closed in cuts)
    for method in ("search", "milp"):
        options = {"method": method, "progress": False}
        worst = interdiction(without_capacities(network), demand, 2, **options)
        assert worst.loss == pytest.approx(1000 * longest)
        fewest = interdiction(free_of_charge(network), demand.assign(value=1.0), 2, **options)
        assert fewest.loss == pytest.approx(nx.maximum_flow_value(graph, "0", "5", backend="networkx") - least)
        assert worst.gap == fewest.gap == 0


@pytest.mark.parametrize("number", range(3))
def test_protection_leaves_the_least_worst(number: int) -> None:
    network, demand, _ = chain(number)
    names = network.links.link_id.tolist()[:7]
    table = fortify(network, demand, 2, 2, among=names, progress=False)
    every = losses_without(network, demand, names)
    for size, row in enumerate(table.itertuples()):
        left = [
            max(loss for closed, loss in every.items() if len(closed) <= 2 and not closed & set(safe))
            for safe in combinations(names, size)
        ]
        assert row.loss == pytest.approx(min(left), abs=0.02)
    assert table.loss.is_monotonic_decreasing


def test_a_search_cut_short_says_how_far_it_is_proven() -> None:
    network, demand, _ = chain(3)
    cut = interdiction(network, demand, 3, limit=1, progress=False)
    full = interdiction(network, demand, 3, progress=False)
    assert cut.loss <= full.loss <= cut.bound
    assert full.gap == 0
    curve = cd.interdiction_curve(network, demand, 3, progress=False)
    assert curve.loss.is_monotonic_increasing
    assert curve.loss.iloc[-1] == full.loss
    with pytest.raises(cd.InputError, match="method='guess' is unknown; give one of search, milp"):
        interdiction(network, demand, 1, method="guess")
    with pytest.raises(cd.InputError, match="costs: is not above 0 for 1 cost"):
        interdiction(network, demand, 1, costs={network.links.link_id[0]: 0.0})


@pytest.mark.parametrize("number", range(3))
def test_what_has_no_price_is_not_closed_by_either_method(number: int) -> None:
    network, demand, _ = chain(number)
    free = interdiction(network, demand, 2, progress=False)
    safe = free.closed[0]
    others = [name for name in network.links.link_id if name != safe]
    without = interdiction(network, demand, 2, among=others, progress=False)
    for method in ("search", "milp"):
        worst = interdiction(network, demand, 2, costs={safe: np.inf}, method=method, progress=False)
        assert safe not in worst.closed
        assert worst.loss == pytest.approx(without.loss)
        assert worst.gap == 0
    nothing = dict.fromkeys(network.links.link_id, np.inf)
    for method in ("search", "milp"):
        assert interdiction(network, demand, 2, costs=nothing, method=method, progress=False).closed == ()


def test_numbers_that_do_not_fit_are_told() -> None:
    network, demand, _ = chain(0)
    first = network.links.link_id[0]
    for method in ("search", "milp"):
        with pytest.raises(cd.InputError, match="interdiction: limit=-1 does not fit; give 0 or more, a whole number"):
            interdiction(network, demand, 1, method=method, limit=-1)
        with pytest.raises(cd.InputError, match="costs: is not above 0 for 1 cost"):
            interdiction(network, demand, 1, method=method, costs={first: "dear"})
    with pytest.raises(cd.InputError, match=r"fortify: protect=1.5 does not fit; give 0 or more, a whole number"):
        fortify(network, demand, 1.5, 2)
    with pytest.raises(cd.InputError, match=r"interdiction: budget=nan does not fit; give a finite number >= 0"):
        interdiction(network, demand, np.nan)
    with pytest.raises(cd.InputError, match="among: is no operating link for 1 among"):
        interdiction(network, demand, 1, among="bridge")


def test_the_worst_closures_are_a_table_of_one_row() -> None:
    network, demand, _ = chain(0)
    worst = interdiction(network, demand, 2, progress=False)
    table = worst.to_frame()
    assert table.to_dict("records") == [
        {"closed": " + ".join(worst.closed), "loss": worst.loss, "bound": worst.bound, "gap": 0.0}
        | {"solved": worst.solved}
    ]
    curve = cd.interdiction_curve(network, demand, 2, progress=False)
    assert list(curve.columns) == ["budget", *table.columns]
