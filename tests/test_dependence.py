"""Dependence on a bloc: shares from routes, cuts, and the frontier of what less of it costs."""

from __future__ import annotations

import warnings
from itertools import pairwise
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from generated import Case, case
from independent import least_loss

import corridors as cd
from corridors.scenarios.crossings import crossings
from corridors.schema.homes import homes, homes_of_members

EXACT: dict[str, Any] = {"accuracy": 0.0, "progress": False}


def with_countries(number: int) -> Case:
    """A generated case whose nodes are in three countries."""
    example, random = case(Random(number)), Random(number)
    nodes = example.network.nodes.assign(
        country=["RU", *(random.choice(["KZ", "RU", "AZ"]) for _ in example.network.nodes.index[1:])]
    )
    return Case(example.network.replace(nodes=nodes), example.demand)


def one_gate(room: float | None = None) -> tuple[cd.Network, pd.DataFrame]:
    """Oil and grain go from KZ to the sea: through RU over one gate, which may have room for so much, or around it."""
    nodes = pd.DataFrame({"node_id": ["field", "samara", "baku", "sea"], "country": ["KZ", "RU", "AZ", "TR"]})
    links = pd.DataFrame(
        [
            ("gate", "field", "samara", 10.0, room, "oil"),
            ("out", "samara", "sea", 10.0, None, ""),
            ("ferry", "field", "baku", 25.0, 300.0, "oil"),
            ("btc", "baku", "sea", 20.0, 260.0, ""),
            ("lorry", "field", "sea", 100.0, 150.0, ""),
        ],
        columns=["link_id", "from_node_id", "to_node_id", "tariff", "capacity", "commodities"],
    ).assign(mode="road")
    rows = [("o", "oil", "field", "sea", 900.0, 500.0), ("g", "grain", "field", "sea", 100.0, 120.0)]
    columns = ["demand_id", "commodity", "origin", "destination", "volume", "value"]
    return cd.Network(nodes, links), pd.DataFrame(rows, columns=columns)


def test_the_frontier_is_the_least_loss_at_every_capacity_of_the_only_gate() -> None:
    network, demand = one_gate()
    frontier = cd.hedging_frontier(network, demand, bloc="RU", select={"commodity": "oil"}, values=[1], **EXACT)
    assert frontier.through.tolist() == [900.0, 640.0, 590.0, 490.0, 0.0]
    assert frontier.cost_of_autonomy.tolist()[:-1] == [25.0, 80.0, 100.0, 480.0]
    for through in np.linspace(0, 900, 19):
        known = np.interp(through, frontier.through[::-1], frontier.loss[::-1])
        assert known == pytest.approx(least_loss(*one_gate(room=float(through))).loss)


def many_gates(number: int) -> tuple[cd.Network, pd.DataFrame]:
    """Oil goes from KZ to the sea through RU, or around it over links of little room, each costlier than the last."""
    costs = 20 + np.cumsum(np.random.default_rng(number).integers(1, 30, 24))
    ids = [f"around_{n}" for n in range(len(costs))]
    links = pd.DataFrame(
        {"link_id": ["in", "out", *ids], "mode": "road", "tariff": [10.0, 10.0, *costs],
         "from_node_id": ["field", "samara", *["field"] * len(ids)],
         "to_node_id": ["samara", "sea", *["sea"] * len(ids)],
         "capacity": [None, None, *[25.0] * len(ids)]}
    )  # fmt: skip
    nodes = pd.DataFrame({"node_id": ["field", "samara", "sea"], "country": ["KZ", "RU", "TR"]})
    row = {"demand_id": "o", "commodity": "oil", "origin": "field", "destination": "sea", "volume": 1e3, "value": 2e3}
    return cd.Network(nodes, links), pd.DataFrame([row])


@pytest.mark.parametrize(("number", "accuracy"), [(1, 0.1), (2, 0.01), (3, 0.002)])
def test_a_frontier_of_fewer_corners_says_how_far_it_may_be_above_the_least_loss(number: int, accuracy: float) -> None:
    exact, few = (
        cd.hedging_frontier(*many_gates(number), bloc="RU", values=[1], accuracy=part, progress=False)
        for part in (0.0, accuracy)
    )
    assert len(few) < len(exact) == 26
    assert (exact.error.dropna() == 0).all()
    between = np.interp(exact.through[::-1], few.through[::-1], few.loss[::-1])
    above = between - exact.loss[::-1].to_numpy()
    of = np.searchsorted(few.through[::-1].to_numpy(), exact.through[::-1].to_numpy())  # the edge of each, from below
    assert (above >= -1e-6).all()
    assert (above <= few.error[::-1].to_numpy()[of.clip(1)] + 1e-6).all()
    assert few.error.max() <= accuracy * few.extra_loss.max()


@pytest.mark.parametrize("number", range(8))
def test_the_frontier_is_convex_and_its_ends_are_free_choice_and_a_ban(number: int) -> None:
    example = with_countries(number)
    network, demand = example.network, example.demand
    frontier = cd.hedging_frontier(network, demand, bloc="RU", values=[1, 0.5], **EXACT)
    into = crossings(network, ["RU"])
    into = into[into.crossing == "in"]
    shut = into.rename(columns={"link_id": "id"}).assign(
        scenario=0, table="links", field="status", operation="close", value=np.nan
    )
    banned = cd.sweep(network, demand, cd.Scenarios(["ban"], shut), progress=False).loss.item()
    for factor, part in frontier.groupby("value_factor"):
        assert (part.through.diff().dropna() < 0).all()
        assert (part.loss.diff().dropna() > 0).all()
        assert (part.cost_of_autonomy.dropna().diff().dropna() > 0).all()
        if factor == 1:
            assert part.loss.iloc[0] == pytest.approx(least_loss(network, demand).loss, rel=1e-9, abs=1e-3)
            assert part.loss.iloc[-1] == pytest.approx(banned, rel=1e-9, abs=1e-3)
        assert part.through.iloc[-1] == pytest.approx(0, abs=1e-3)
        # What an independent programme loses at a toll is never below the frontier's best, and its slope in the toll
        # is what goes through.
        if factor == 1 and len(part) > 1:
            for toll in part.cost_of_autonomy.dropna().head(2):
                tolled = least_loss(*_tolled(network, demand, into, toll)).loss
                assert tolled == pytest.approx((part.loss + toll * part.through).min(), rel=1e-6, abs=1e-2)
            for more, less in pairwise(part.cost_of_autonomy.dropna().head(3)):
                step = 0.01 * (less - more)
                middle = (more + less) / 2
                around = [least_loss(*_tolled(network, demand, into, middle + s)).loss for s in (-step, step)]
                corner = part[part.cost_of_autonomy == less]
                assert (around[1] - around[0]) / (2 * step) == pytest.approx(corner.through.item(), rel=1e-4, abs=1e-2)


def _tolled(
    network: cd.Network, demand: pd.DataFrame, into: pd.DataFrame, toll: float
) -> tuple[cd.Network, pd.DataFrame]:
    """Each entry over a two-way link passes a booth: the link ends there, and two one-way links lead on."""
    links, nodes = network.links, network.nodes
    parts, booths = [], []
    for link in links.to_dict("records"):
        directions = set(into.direction[into.link_id == link["link_id"]])
        if not directions or link["directed"] or len(directions) == 2:
            parts.append({**link, "border_fee": link["border_fee"] + toll * bool(directions)})
            continue
        booth = f"booth {link['link_id']}"
        booths.append({"node_id": booth, "country": "RU"})
        free = {**link, "directed": True, "capacity": np.nan, "background": 0.0, "tariff": 0.0, "time": 0.0}
        free |= {"headway": 0.0, "border_fee": 0.0, "border_time": 0.0}
        free |= {"from_node_id": booth, "to_node_id": link["to_node_id"]}
        parts.append({**link, "to_node_id": booth})
        fees = {"fwd": toll * ("fwd" in directions), "rev": toll * ("rev" in directions)}
        parts.append({**free, "link_id": f"{link['link_id']} on", "border_fee": fees["fwd"]})
        back = {"from_node_id": link["to_node_id"], "to_node_id": booth}
        parts.append({**free, **back, "link_id": f"{link['link_id']} back", "border_fee": fees["rev"]})
    together = pd.concat([nodes, pd.DataFrame(booths)], ignore_index=True)
    return network.replace(nodes=together, links=pd.DataFrame(parts)), demand


def test_shares_count_each_tonne_once_for_each_country() -> None:
    network, demand = one_gate()
    shares = cd.dependence(network, demand, of="commodity").set_index(["group", "through"])
    assert shares.tonnes["oil", "RU"] == 900
    assert shares.touching_share["oil", "KZ"] == 1
    assert shares.transit_share["oil", "RU"] == 1
    assert shares.transit_share["oil", "TR"] == 0
    assert ("grain", "RU") not in shares.index
    gates = cd.concentration(network, demand, of="all")
    assert gates[["gates", "largest"]].iloc[0].tolist() == [2, "RU"]
    assert gates.herfindahl[0] == pytest.approx(0.9**2 + 0.1**2)


def test_an_end_at_a_zone_over_several_countries_is_transit() -> None:
    network, demand = one_gate()
    zones = pd.DataFrame({"zone_id": "any_sea", "role": "destination", "node_id": ["samara", "sea"], "price": [5.0, 0]})
    demand = demand.assign(destination="any_sea")[:1]
    shares = cd.dependence(network.replace(zones=zones), demand).set_index("through")
    assert shares.transit_share.to_dict() == {"KZ": 0.0, "RU": 1.0}


@pytest.mark.parametrize("number", range(15))
def test_cuts_are_those_of_networkx(number: int) -> None:
    random = Random(number)
    nodes = [f"n{i}" for i in range(7)]
    ends = [random.sample(nodes, 2) for _ in range(16)]
    links = pd.DataFrame(ends, columns=["from_node_id", "to_node_id"]).assign(
        link_id=[f"l{i}" for i in range(16)],
        mode="road",
        tariff=[random.randint(1, 9) for _ in ends],
        capacity=[float(random.randint(1, 50)) for _ in ends],
        directed=[random.random() < 0.5 for _ in ends],
    )
    network = cd.Network(pd.DataFrame({"node_id": nodes}), links)
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    for link in links.itertuples():
        for start, end in [(link.from_node_id, link.to_node_id), (link.to_node_id, link.from_node_id)][
            : 2 - link.directed
        ]:
            room = graph.get_edge_data(start, end, {"capacity": 0})["capacity"]
            graph.add_edge(start, end, capacity=room + link.capacity)
    cut = cd.min_cut(network, ["n0"], ["n6"], commodity="grain")
    assert cut.attrs["flow"] == nx.maximum_flow_value(graph, "n0", "n6", backend="networkx")
    assert (cut["limit"] * cut.weight).sum() == pytest.approx(cut.attrs["flow"])


def test_a_fleet_alone_is_a_cut():
    links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ferry"]})
    fleets = pd.DataFrame({"fleet_id": ["ferries"], "link_id": ["ab"], "capacity": [5.0]})
    nodes = pd.DataFrame({"node_id": ["a", "b"], "country": ["KZ", "AZ"]})
    cut = cd.min_cut(cd.Network(nodes, links, fleets=fleets), "KZ", "AZ", commodity="grain")
    assert cut[["id", "limit"]].to_numpy().tolist() == [["ferries", 5.0]]


def test_a_cut_warns_of_no_volume_since_none_is_given() -> None:
    many = {f"l{i}": ("a", "b", 1.0) for i in range(60)}
    links = pd.DataFrame(many, index=["from_node_id", "to_node_id", "capacity"]).T.rename_axis("link_id").reset_index()
    network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links.assign(mode="ship"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cd.min_cut(network, "a", "b", commodity="grain").attrs["flow"] == 60


def test_a_way_without_a_capacity_has_no_cut() -> None:
    network, _ = one_gate()
    cut = cd.min_cut(network, "KZ", "TR", commodity="oil")
    assert cut.attrs["flow"] == np.inf
    assert cut[["bundle", "limit", "weight"]].to_numpy().tolist() == [["unlimited", np.inf, 1.0]]
    with pytest.raises(cd.InputError, match="regions share 1 nodes"):
        cd.min_cut(network, ["KZ", "RU"], "RU", commodity="oil")
    with pytest.raises(cd.InputError, match="blocs: is unknown for 1 bloc"):
        cd.hedging_frontier(network, one_gate()[1], bloc="XX")


def supplied() -> tuple[cd.Network, pd.DataFrame]:
    """A refinery in HU takes crude from the field in RU, at most 60 t, or from a terminal in HR, which costs more."""
    nodes = pd.DataFrame({"node_id": ["field", "brody", "terminal", "refinery"], "country": ["RU", "UA", "HR", "HU"]})
    links = pd.DataFrame(
        {
            "link_id": ["east", "west", "adria"],
            "from_node_id": ["field", "brody", "terminal"],
            "to_node_id": ["brody", "refinery", "refinery"],
            "mode": "road",
            "tariff": 10.0,
        }
    )
    zones = pd.DataFrame(
        {
            "zone_id": "crude",
            "role": "origin",
            "node_id": ["field", "terminal"],
            "limit": [60.0, np.nan],
            "price": [0.0, 30.0],
            "country": ["RU", ""],
        }
    )
    demand = pd.DataFrame(
        {"demand_id": ["d"], "commodity": "oil", "origin": "crude", "destination": "refinery", "volume": [100.0],
         "value": [500.0], "price": [400.0]}
    )  # fmt: skip
    return cd.Network(nodes, links, zones=zones), demand


def test_goods_of_a_zone_of_suppliers_start_in_the_country_of_the_member_they_come_from() -> None:
    network, demand = supplied()
    by_country = cd.dependence(network, demand, on="country").set_index("through")
    assert by_country.transit_share.to_dict() == {"HU": 0.0, "RU": 0.0, "UA": 0.6, "HR": 0.4}
    assert cd.dependence(network, demand, of="origin").groupby("group").tonnes.max().to_dict() == {
        "RU": 60,
        "crude": 40,
    }
    assert cd.select_demand(network, demand, origin="RU").demand_id.tolist() == ["d"]
    exported = {}
    for result in (cd.routes(network, demand), cd.solve(network, demand)):
        table = cd.trade(network, demand, result, of="HU").set_index("partner")
        exported[len(exported)] = table.import_tonnes.to_dict()
    assert exported == {0: {"RU": 60.0, "unknown": 40.0}, 1: {"RU": 60.0, "unknown": 40.0}}
    east = cd.criticality(network, demand, by="link").set_index("scenario").losers_origin
    assert "RU" in east["east"]
    assert "crude" not in east["east"]


def test_a_refusal_of_transit_lets_what_the_country_sells_to_a_zone_of_suppliers_pass() -> None:
    network, demand = supplied()
    row = {"shock_id": "s", "target": "RU", "commodity": "", "origins": "", "value": None}
    table = pd.DataFrame([row | {"kind": "refuse_transit"}, row | {"shock_id": "ban", "kind": "ban_export"}])
    result = cd.sweep(network, demand, cd.shocks(network, demand, table), progress=False)
    base = cd.solve(network, demand)
    assert (result.loss - base.loss).to_series().to_dict() == {"s": 0.0, "ban": 60.0 * 20.0}


def test_a_zone_is_at_home_where_all_of_its_members_lie_unless_they_say_otherwise() -> None:
    network, _ = supplied()
    assert homes(network.zones, network.nodes)["crude"] == "RU"
    blank = network.replace(zones=network.zones.assign(country=""))
    assert homes(blank.zones, blank.nodes)["crude"] == ""
    within = blank.replace(nodes=network.nodes.assign(country="RU"))
    assert homes_of_members(within.zones, within.nodes).tolist() == ["RU", "RU"]
    both = network.replace(zones=network.zones.assign(country=["RU", "HR"]))
    assert homes(both.zones, both.nodes)["crude"] == ""
