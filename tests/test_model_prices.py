"""Prices and bounds of a model, against shortest paths by NetworkX and sums written out."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from generated import TIMES, model

from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.prices import charged_costs, distances, lower_bound, reduced, surpluses, worth_their_way
from corridors.solvers import lp

every_model = pytest.mark.parametrize("number", range(-2, 6 * TIMES))


def rents(number: int) -> np.ndarray:
    """Some rents, many of them zero."""
    rng = np.random.default_rng(number + 2)
    bundles = model(number).bundles.B
    return rng.integers(0, 40, bundles) * rng.integers(0, 2, bundles) / model(number).units.cost / 4


def graph(whole: Model, cost: np.ndarray, *, back: bool, without: Kind | None = None) -> nx.DiGraph:
    """The open arcs with their costs, the cheapest of parallel ones; or each turned round."""
    made = nx.DiGraph()
    made.add_nodes_from(range(whole.problem.V))
    for i, (tail, head) in enumerate(zip(whole.problem.tail.tolist(), whole.problem.head.tolist(), strict=True)):
        if whole.problem.capacity[i] > 0 and whole.arcs.kind[i] != without:
            start, end = (head, tail) if back else (tail, head)
            known = made.get_edge_data(start, end, {"weight": np.inf})["weight"]
            made.add_edge(start, end, weight=min(float(cost[i]), known))
    return made


def from_worlds(whole: Model, cost: np.ndarray, *, back: bool = False) -> np.ndarray:
    """Cheapest costs from the worlds without what leads into them again, (V,); inf where there is no path."""
    found = np.full(whole.problem.V, np.inf)
    streets = graph(whole, cost, back=back, without=Kind.ORIGIN if back else Kind.DEMAND)
    for world in whole.arcs.world.tolist():
        for vertex, length in nx.single_source_bellman_ford_path_length(streets, world).items():
            found[vertex] = length
    return found


@every_model
def test_charged_costs_add_the_rent_of_every_bundle(number: int) -> None:
    whole, rent = model(number), rents(number)
    cost = whole.problem.cost.astype(float)
    for bundle, arc in zip(whole.bundles.bundle.tolist(), whole.bundles.arc.tolist(), strict=True):
        cost[arc] += rent[bundle]
    assert charged_costs(whole, rent) == pytest.approx(cost)


@every_model
def test_distances_are_shortest_paths(number: int) -> None:
    whole = model(number)
    cost = charged_costs(whole, rents(number))
    assert distances(whole, cost) == pytest.approx(from_worlds(whole, cost))


@every_model
def test_a_surplus_is_what_the_best_route_over_an_arc_gains(number: int) -> None:
    whole = model(number)
    problem, cost = whole.problem, whole.problem.cost.astype(float)
    ahead, onward = from_worlds(whole, cost), from_worlds(whole, cost, back=True)
    gain = -(ahead[problem.tail] + cost + onward[problem.head])
    assert surpluses(whole) == pytest.approx(np.where(problem.capacity > 0, gain, -np.inf))


@every_model
def test_any_rents_bound_the_objective_from_below_and_those_of_the_optimum_equal_it(number: int) -> None:
    whole = model(number)
    best = lp.solve(whole.problem, whole.bundles)
    some = [rents(number), np.zeros(whole.bundles.B), best.rent]
    bounds = [lower_bound(whole, rent, distances(whole, charged_costs(whole, rent))) for rent in some]
    slack = 1e-9 * abs(float(best.cost)) + 1e-6
    assert max(bounds) <= float(best.cost) + slack
    assert bounds[2] == pytest.approx(float(best.cost), abs=slack)
    for rent, bound in zip(some, bounds, strict=True):
        distance = from_worlds(whole, charged_costs(whole, rent))
        rows = whole.arcs.of(Kind.DEMAND)
        gain = np.minimum(distance[whole.problem.tail[rows]] + whole.problem.cost[rows], 0.0)
        gained = float((gain * whole.problem.capacity[rows]).sum())
        assert bound == pytest.approx(gained - sum(rent * whole.bundles.limit), abs=slack)


@every_model
def test_reduced_costs_are_those_of_the_cheapest_paths(number: int) -> None:
    whole = model(number)
    changed, potential = reduced(whole)
    problem, ahead = whole.problem, from_worlds(whole, whole.problem.cost.astype(float))
    assert potential.tolist() == np.where(np.isfinite(ahead), ahead, 0).tolist()
    for tail, head, before, now in zip(problem.tail, problem.head, problem.cost, changed.problem.cost, strict=True):
        assert now == before + potential[tail] - potential[head]
    reached = np.isfinite(ahead[problem.tail]) & (problem.capacity > 0)
    assert (changed.problem.cost[reached & (whole.arcs.kind != Kind.DEMAND)] >= 0).all()


@every_model
def test_arcs_that_no_optimum_uses_are_closed_and_the_optimum_stays(number: int) -> None:
    whole, _ = reduced(model(number))
    found = worth_their_way(whole)
    problem, reached = whole.problem, np.isfinite(from_worlds(whole, whole.problem.cost.astype(float)))
    most = max((-c for t, c, kind in zip(problem.tail, problem.cost, whole.arcs.kind, strict=True)
                if kind == Kind.DEMAND and reached[t]), default=0)  # fmt: skip
    for i in range(problem.E):
        used = reached[problem.tail[i]] and problem.capacity[i] > 0 and problem.cost[i] <= max(most, 0)
        assert (found.cost[i], found.capacity[i]) == ((problem.cost[i], problem.capacity[i]) if used else (0, 0))
    assert lp.solve(found, whole.bundles).cost == pytest.approx(lp.solve(problem, whole.bundles).cost, abs=1e-3)
