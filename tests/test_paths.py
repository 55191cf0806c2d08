"""Flows as paths: one decomposition, so that routes, break-evens and costs of rows agree where paths cross."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from generated import case

import corridors as cd
from corridors.methods.route_groups import KEPT, tonnes_by_route
from corridors.model.arcs import Kind
from corridors.model.build import build
from corridors.model.decode import coordinates, routes
from corridors.model.paths import _Ends, paths, paths_of
from corridors.model.views import Views
from corridors.sweeping.solve import solved


def crossing() -> tuple[cd.Network, pd.DataFrame]:
    """Two fields whose oil meets at a hub, and two harbours after it: the flow is unique, its paths are not.

    ::

        field ── west 6 ──┐       ┌── north 5 ── poti
                          ├─ hub ─┤
        shelf ── east 4 ──┘       └── south 5 ── batumi (by sea, after a change of mode)
    """
    nodes = pd.DataFrame({"node_id": ["field", "shelf", "hub", "poti", "batumi"]})
    links = pd.DataFrame(
        {
            "link_id": ["west", "east", "north", "south", "by_sea"],
            "from_node_id": ["field", "shelf", "hub", "hub", "hub"],
            "to_node_id": ["hub", "hub", "poti", "batumi", "batumi"],
            "mode": ["rail", "rail", "rail", "rail", "ship"],
            "capacity": [6.0, 4.0, 5.0, 2.0, 3.0],
            "tariff": 10.0,
        }
    )
    transfers = pd.DataFrame(
        {"transfer_id": ["crane"], "node_id": ["hub"], "from_mode": ["rail"], "to_mode": ["ship"], "cost": [1.0]}
    )
    zones = pd.DataFrame({"zone_id": "kz", "role": "origin", "node_id": ["field", "shelf"]})
    demand = pd.DataFrame(
        {
            "demand_id": ["p", "b"],
            "commodity": "crude_oil",
            "origin": "kz",
            "destination": ["poti", "batumi"],
            "volume": 5.0,
            "value": 100.0,
        }
    )
    return cd.Network(nodes, links, transfers=transfers, zones=zones), demand


def both(network: cd.Network, demand: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    """Tonnes by links in order, of one and the same flow: as `routes` has them, and as groups of routes have them."""
    model = build(network, demand)
    solution = solved(model)
    table = routes(solution)
    by_links = table[table.links != ""].groupby("links").volume.sum().to_dict()
    views, dims = Views(model), {"class_flow": "link", "class_transfer_flow": "transfer"}
    kept = xr.Dataset(
        {name: ((dims[name], "direction", "class"), views.of(name, solution.flow)) for name in KEPT},
        coords=coordinates(model),
        attrs=model.attributes(),
    )
    return by_links, tonnes_by_route(network, kept.expand_dims(scenario=["now"]), model.demand, "link")[0]


def test_routes_and_groups_of_routes_divide_a_crossing_alike() -> None:
    by_routes, by_groups = both(*crossing())
    assert by_routes == by_groups
    assert by_routes == {"west;north": 5.0, "west;by_sea": 1.0, "east;by_sea": 2.0, "east;south": 2.0}


def test_a_break_even_names_the_routes_that_routes_lists() -> None:
    network, demand = crossing()
    listed = cd.routes(network, demand).groupby("links").volume.sum() / demand.volume.sum()
    table = cd.break_even(network, demand, ("links", "west", "tariff", "add"), 0, 1, routes_by="link", progress=False)
    shares = table.attrs["shares"]
    assert {route: share for route, (share,) in shares.items()} == pytest.approx(listed.to_dict())


@pytest.mark.parametrize("number", range(12))
def test_routes_and_groups_of_routes_agree_where_costs_tie(number: int) -> None:
    example = case(Random(number))
    flat = example.network.replace(links=example.network.links.assign(tariff=5.0, border_fee=0.0))
    by_routes, by_groups = both(flat, example.demand)
    assert by_groups == pytest.approx(by_routes)


@pytest.mark.parametrize("number", range(12))
def test_paths_add_up_to_the_flow_and_serve_each_row(number: int) -> None:
    example = case(Random(number))
    model = build(example.network, example.demand)
    solution = solved(model)
    flow = model.units.tonnes(solution.flow)
    carried = np.zeros(len(flow))
    found = list(paths(model, solution.flow))
    rows = [model.arcs.item[path[-1]] for path, _ in found]
    assert rows == sorted(rows)
    for path, amount in found:
        assert (model.problem.head[path[:-1]] == model.problem.tail[path[1:]]).all()
        assert model.problem.tail[path[0]] == model.problem.head[path[-1]]
        carried[path] += amount
    slack = 2 * model.units.trace(flow) * len(model.demand)
    assert (carried <= flow + slack).all()
    served = model.arcs.of(Kind.DEMAND)
    assert carried[served] == pytest.approx(flow[served], abs=slack)


def test_a_cycle_is_on_no_path() -> None:
    ends = np.array([[0, 1], [1, 2], [2, 1], [1, 3]])
    flow = np.array([[5.0, 0], [9.0, 0], [9.0, 0], [5.0, 0]])
    assert paths_of(flow, ends, 0.5) == [([(0, 0), (3, 0)], 5.0)]


@pytest.mark.parametrize(
    ("ends", "flow", "expected"),
    [
        ([[0, 1], [1, 2]], [5.0, 2.0], [([(0, 0)], 3.0), ([(0, 0), (1, 0)], 2.0)]),
        ([[1, 2], [0, 1]], [2.0, 5.0], [([(1, 0)], 3.0), ([(1, 0), (0, 0)], 2.0)]),
        ([[0, 1], [1, 0], [0, 3], [3, 0], [0, 2]], [9.0, 9.0, 8.0, 8.0, 4.0], [([(4, 0)], 4.0)]),
        ([[0, 1], [1, 2], [2, 3]], [2.0, 2.5, 2.0], [([(0, 0), (1, 0), (2, 0)], 2.0)]),
        ([[0, 1], [1, 2], [2, 3]], [3.0, 2.6, 2.2], [([(0, 0), (1, 0), (2, 0)], 2.2)]),
    ],
    ids=["goods stay and pass", "and are listed backwards", "two cycles at the source", "more and", "less in between"],
)
def test_paths_end_where_goods_stay(
    ends: list[list[int]], flow: list[float], expected: list[tuple[list[tuple[int, int]], float]]
) -> None:
    assert paths_of(np.column_stack([flow, np.zeros(len(flow))]), np.array(ends), 0.5) == expected


def test_rows_are_in_order_though_their_routes_and_members_are_not() -> None:
    network, demand = crossing()
    zones = pd.DataFrame(
        {"zone_id": ["kz", "kz", "b", "p"], "role": ["origin"] * 2 + ["destination"] * 2}
        | {"node_id": ["field", "shelf", "batumi", "poti"]}
    )
    found = routes(solved(build(network.replace(zones=zones), demand.assign(destination=["p", "b"]))))
    assert found.demand_id.tolist() == sorted(found.demand_id, reverse=True)
    assert all(part.volume.is_monotonic_decreasing for _, part in found.groupby("demand_id"))
    assert found.demand_id.value_counts().max() > 1
    assert [*found] == [
        *("demand_id", "commodity", "origin", "destination", "volume", "cost", "length", "modes", "links"),
    ]
    model = build(network.replace(zones=zones), demand.assign(destination=["p", "b"]))
    rows = [model.arcs.item[path[-1]] for path, _ in paths(model, solved(model).flow)]
    assert rows == sorted(rows)
    assert set(rows) == {0, 1}


def test_links_are_passed_against_the_order_of_their_ends() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b", "c"]})
    links = pd.DataFrame({"link_id": ["late", "early"], "from_node_id": ["c", "b"], "to_node_id": ["b", "a"]})
    rows = pd.DataFrame(
        {"demand_id": ["x", "y"], "origin": ["a", "b"], "destination": ["c", "a"], "volume": [3.0, 2.0]}
    )
    network = cd.Network(nodes, links.assign(mode="rail", tariff=1.0))
    found = cd.routes(network, rows.assign(commodity="grain", value=9.0))
    assert [(row.demand_id, row.links, row.volume) for row in found.itertuples()] == [
        ("x", "early;late", 3.0),
        ("y", "early", 2.0),
    ]


def test_goods_start_and_end_by_the_first_arcs_that_are_left() -> None:
    ends = _Ends(np.array([3, 1, 1]), np.array([4, 7, 8]), np.array([2.0, 3.0, 2.0]), 0.5)
    assert ends.vertices == [3, 1]
    assert (ends.at(1), ends.at(2)) == (5.0, 0)
    assert ends.take(2, 4.0) == []
    assert ends.take(1, 0.5) == []  # no more than a trace
    assert ends.take(1, 4.0) == [(7, 3.0), (8, 1.0)]
    assert ends.at(1) == 1.0
    assert ends.take(1, 9.0) == [(8, 1.0)]
    assert ends.take(3, 1.5) == [(4, 1.5)]
    assert ends.at(3) == 0  # what was left was a trace


def test_what_is_wanted_where_it_starts_takes_a_route_without_links() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"], "tariff": [1.0]}
    zones = pd.DataFrame({"zone_id": "near", "role": "destination", "node_id": ["a", "b"]})
    row = {"demand_id": ["d"], "commodity": ["ore"], "origin": ["a"], "destination": ["near"], "volume": [5.0]}
    network = cd.Network(nodes, pd.DataFrame(links), zones=zones)
    found = cd.routes(network, pd.DataFrame({**row, "value": [9.0]}))
    assert {(r.origin, r.destination, r.links): r.volume for r in found.itertuples()} == {("a", "a", ""): 5.0}


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_what_is_wanted_where_nothing_runs_takes_a_route_without_links() -> None:
    """Goods of c, which no link enters, and a destination zone that holds c."""
    links = {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"], "tariff": [1.0]}
    zones = pd.DataFrame({"zone_id": "near", "role": "destination", "node_id": ["a", "c"]})
    rows = pd.DataFrame({"demand_id": ["d", "e"], "commodity": "ore", "origin": ["c", "b"], "destination": "near"})
    network = cd.Network(pd.DataFrame({"node_id": [*"abc"]}), pd.DataFrame(links), zones=zones)
    found = cd.routes(network, rows.assign(volume=[5.0, 7.0], value=9.0))
    assert found[["origin", "destination", "links", "volume"]].to_numpy().tolist() == [
        ["c", "c", "", 5.0],
        ["b", "a", "l", 7.0],
    ]
