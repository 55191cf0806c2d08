"""Single closures: what closes together, detours against figures by hand, paths around links against NetworkX."""

from __future__ import annotations

from random import Random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case

import corridors as cd
from corridors.methods.uses import BY_CLASS, used_paths
from corridors.scenarios.groups import closures
from corridors.scenarios.make import baseline


def fork(room: float = np.nan) -> tuple[cd.Network, pd.DataFrame]:
    """Kazakh grain: by rail to Aktau, then straight to Baku (100 km, 10 h) or by Turkmenbashi (140 km, 24 h)."""
    nodes = pd.DataFrame(
        {
            "node_id": ["astana", "aktau", "baku", "turkmenbashi"],
            "country": ["KZ", "KZ", "AZ", "TM"],
            "x_coord": [71.4, 51.2, 49.9, 53.0],
            "y_coord": [51.2, 43.6, 40.4, 40.0],
        }
    )
    links = pd.DataFrame(
        {
            "link_id": ["rail", "ferry", "coast", "tanker"],
            "from_node_id": ["astana", "aktau", "aktau", "turkmenbashi"],
            "to_node_id": ["aktau", "baku", "turkmenbashi", "baku"],
            "mode": ["ship", "ferry", "ferry", "ferry"],
            "country": ["KZ", "KZ;AZ", "KZ;TM", "TM;AZ"],
            "corridors": ["middle", "middle", "", ""],
            "length": [2000.0, 100.0, 80.0, 60.0],
            "time": [90.0, 10.0, 14.0, 10.0],
            "tariff": [30.0, 5.0, 6.0, 7.0],
            "capacity": [np.nan, np.nan, room, np.nan],
        }
    )
    port = {"transfer_id": ["port"], "node_id": ["aktau"], "from_mode": ["ship"], "to_mode": ["ferry"], "time": [24.0]}
    row = {"demand_id": "g", "commodity": "grain", "origin": "astana", "destination": "baku"}
    network = cd.Network(nodes, links, pd.DataFrame(port))
    return network, pd.DataFrame([{**row, "volume": 1e6, "value": 200.0}])


def test_borders_and_ports_close_with_all_their_links() -> None:
    network, _ = fork()
    assert {name: [i for _, i in items] for name, items in closures(network, "border").items()} == {
        "AZ-KZ": ["ferry"],
        "AZ-TM": ["tanker"],
        "KZ-TM": ["coast"],
    }
    assert list(closures(network, "port")) == ["astana", "aktau", "baku", "turkmenbashi"]
    assert ("transfers", "port") in closures(network, "port")["aktau"]
    eurasia = cd.load_network()
    ports, borders = closures(eurasia, "port"), closures(eurasia, "border")
    assert {"aktau_port", "kuryk_port", "novorossiysk_cpc"} <= set(ports)
    assert not {"khorgos_cn", "almaty"} & set(ports)
    assert ("links", "oil_atyrau_astrakhan_cpc") in borders["KZ-RU"]
    assert all(a < b for a, b in (name.split("-") for name in borders))
    # A railway that starts and ends at home and runs abroad in between crosses that border too.
    assert ("links", "rail_karshi_termez") in borders["TM-UZ"]


def test_a_network_without_countries_has_no_borders() -> None:
    network, demand = fork()
    bare = network.replace(nodes=network.nodes.assign(country=""), links=network.links.assign(country=""))
    with pytest.raises(cd.InputError, match="no border of the network operates"):
        cd.criticality(bare, demand, by="border")
    with pytest.raises(cd.InputError, match="by='planet' is unknown; give one of link, node, port, border"):
        cd.criticality(network, demand, by="planet")


def test_a_detour_is_what_one_works_out_by_hand() -> None:
    table = cd.criticality(*fork(), progress=False).set_index("scenario")
    ferry = table.loc["ferry"]
    assert (ferry.base_flow, ferry.redundancy, ferry.unmet) == (1e6, 1.0, 0.0)
    assert (ferry.loss, ferry.length) == (8e6, 40e6)
    assert ferry.detour_length == pytest.approx(40.0)
    assert ferry.detour_time == pytest.approx(14 / 24)
    assert ferry.time == pytest.approx(14e6 / 24)
    assert table.loc["rail", "redundancy"] == 0.0
    assert np.isnan(table.loc["rail", "detour_length"])
    assert np.isnan(table.loc["coast", "redundancy"])  # nothing went there


def test_what_stays_behind_lowers_redundancy_and_leaves_the_detour_untold() -> None:
    ferry = cd.criticality(*fork(room=4e5), progress=False).set_index("scenario").loc["ferry"]
    assert ferry.redundancy == pytest.approx(0.4)
    assert ferry.unmet == pytest.approx(6e5)
    assert np.isnan(ferry.detour_length)


def test_a_tonne_counts_once_however_many_closed_links_it_passes() -> None:
    table = cd.criticality(*fork(), by="corridor", progress=False)
    assert table[["scenario", "base_flow"]].to_numpy().tolist() == [["middle", 1e6]]


def test_a_closure_meets_only_those_it_is_for_and_a_later_opening_undoes_it() -> None:
    network, demand = fork()
    coal = demand.assign(demand_id="c", commodity="coal", volume=3e6)
    home = demand.assign(demand_id="h", origin="baku", destination="aktau", volume=5e5)
    rows = [
        ("all", "ferry", "close", "", "", ""),
        ("grain", "ferry", "close", "grain", "", ""),
        ("from baku", "ferry", "close", "", "baku", ""),
        ("back", "ferry", "close", "", "", "rev"),
        ("grain forth", "ferry", "close", "grain", "astana", "fwd"),
        ("nobody", "ferry", "close", "coal", "baku", ""),
        ("opened", "ferry", "close", "", "", ""),
        ("opened", "ferry", "open", "", "", ""),
        ("opened to coal", "ferry", "close", "", "", ""),
        ("opened to coal", "ferry", "open", "coal", "", ""),
    ]
    table = pd.DataFrame(rows, columns=["scenario", "id", "operation", "commodity", "origin", "direction"])
    labels = list(dict.fromkeys(table.scenario))
    changes = table.assign(table="links", field="status", value=np.nan, scenario=table.scenario.map(labels.index))
    # Coal from Baku goes by the tanker alone.
    no = demand.assign(demand_id="n", commodity="coal", origin="baku", destination="turkmenbashi", volume=1e6)
    scenarios = cd.Scenarios(labels, changes)
    found = cd.criticality(network, pd.concat([demand, coal, home, no]), scenarios=scenarios, progress=False)
    assert found.set_index("scenario").base_flow[labels].to_dict() == {
        "all": 4.5e6,
        "grain": 1.5e6,
        "from baku": 5e5,
        "back": 5e5,
        "grain forth": 1e6,
        "nobody": 0.0,
        "opened": 0.0,
        "opened to coal": 1.5e6,
    }
    answer = found.set_index("scenario")
    assert answer.redundancy["grain forth"] == 1.0
    assert answer.detour_length["grain forth"] == pytest.approx(40.0)
    assert np.isnan(answer.redundancy["opened"])


def test_what_a_price_keeps_away_beside_a_closure_leaves_the_redundancy_untold() -> None:
    network, demand = fork()
    home = demand.assign(demand_id="h", origin="turkmenbashi", volume=5e5)
    rows = [("links", "rail", "status", "close", np.nan), ("demand", "h", "value", "scale", 0.001)]
    changes = pd.DataFrame(rows, columns=["table", "id", "field", "operation", "value"]).assign(scenario=0)
    scenarios = cd.Scenarios(["both"], changes)
    table = cd.criticality(network, pd.concat([demand, home]), scenarios=scenarios, progress=False)
    assert table[["unmet", "base_flow"]].to_numpy().tolist() == [[1.5e6, 1e6]]
    assert table.redundancy.isna().all()


def test_transit_refused_meets_the_goods_of_others_and_not_those_of_the_country() -> None:
    network, demand = fork()
    home = demand.assign(demand_id="h", origin="turkmenbashi", volume=5e5)
    away = network.replace(links=network.links.assign(status=["operating", "closed", "operating", "operating"]))
    shock = {"shock_id": "tm", "kind": "refuse_transit", "target": "TM", "commodity": "", "origins": "", "value": ""}
    rows = pd.concat([demand, home])
    scenarios = cd.shocks(away, rows, pd.DataFrame([shock]))
    table = cd.criticality(away, rows, scenarios=scenarios, progress=False)
    assert table[["base_flow", "redundancy"]].to_numpy().tolist() == [[1e6, 0.0]]


@pytest.mark.parametrize("number", [1, 4, 9, 11, 27])
def test_used_paths_a_flow_add_up_to_it(number: int) -> None:
    example = case(Random(number))
    keep = ("flow", "transfer_flow", "member_flow", *BY_CLASS)
    base = cd.sweep(example.network, example.demand, baseline(), keep=keep, progress=False).isel(scenario=0)
    network = example.network
    over = {"links": np.zeros(len(network.links)), "transfers": np.zeros(len(network.transfers))}
    over["zones"] = np.zeros(len(network.zones))
    for path in used_paths(network, base):
        for table, row, _ in path.uses:
            if table in over:
                over[table][row] += path.tonnes
    for table, name in (("links", "flow"), ("transfers", "transfer_flow"), ("zones", "member_flow")):
        whole = base[name].sum([d for d in base[name].dims if d in ("direction", "commodity")]).to_numpy()
        assert over[table] == pytest.approx(whole, abs=2.0 if table == "zones" else 1e-3), table


def streets(number: int) -> tuple[cd.Network, nx.MultiDiGraph]:
    """A random network with parallel and directed links, and the same as a graph of NetworkX."""
    random = Random(number)
    rows = [(f"l{i}", *random.sample("abcdefg", 2), random.randint(1, 30), random.random() < 0.3) for i in range(14)]
    links = pd.DataFrame(rows, columns=["link_id", "from_node_id", "to_node_id", "length", "directed"])
    links = links.assign(mode="road", tariff=1.0).astype({"length": float})
    graph = nx.MultiDiGraph()
    graph.add_nodes_from("abcdefg")
    for name, start, end, length, directed in rows:
        graph.add_edge(start, end, key=name, length=length)
        if not directed:
            graph.add_edge(end, start, key=name, length=length)
    return cd.Network(pd.DataFrame({"node_id": list("abcdefg")}), links), graph


@pytest.mark.parametrize("number", range(10 * TIMES))
def test_ways_around_links_are_those_that_networkx_finds(number: int) -> None:
    network, graph = streets(number)
    table = cd.redundancy(network).set_index("link_id")
    assert set(table.index) == set(network.links.link_id)
    for name, start, end, length in network.links[["link_id", "from_node_id", "to_node_id", "length"]].to_numpy():
        left = graph.copy()
        left.remove_edges_from([(a, b, k) for a, b, k in graph.edges(keys=True) if k == name])
        row = table.loc[name]
        assert row.detour == nx.has_path(left, start, end)
        unit = nx.DiGraph()
        unit.add_nodes_from(left)
        for a, b in {(a, b) for a, b, _ in left.edges(keys=True)}:
            unit.add_edge(a, b, capacity=left.number_of_edges(a, b))
        assert row.alternatives == nx.maximum_flow_value(unit, start, end, backend="networkx")
        if row.detour:
            best = nx.shortest_path_length(left, start, end, "length")
            assert (row.alt_length, row.diff_length) == (best, best - length)
            path = row.alt_links.split(";")
            assert network.links.set_index("link_id").length[path].sum() == best
            assert name not in path
        else:
            assert np.isnan(row.alt_length)


def test_used_paths_a_commodity_are_those_that_a_skim_finds_without_the_link() -> None:
    for number in (1, 4, 11):
        network = case(Random(number)).network
        table = cd.redundancy(network, commodity="grain", minimise="cost")
        for row in table.head(6).itertuples():
            shut = network.links.status.where(network.links.link_id != row.link_id, "closed")
            closed = network.replace(links=network.links.assign(status=shut))
            ends = {"origins": row.from_node_id, "destinations": row.to_node_id}
            other = cd.skim(closed, commodity="grain", **ends).cost.iloc[0]
            assert row.alt_length == pytest.approx(other, nan_ok=True)


def test_what_can_not_be_gone_round_says_so() -> None:
    network, _ = fork()
    with pytest.raises(cd.InputError, match="minimise='cost' does not fit; give length, or name a commodity"):
        cd.redundancy(network, minimise="cost")
    with pytest.raises(cd.InputError, match="among: is no operating link for 1 among"):
        cd.redundancy(network, among="tunnel")
    bare = network.replace(links=network.links.assign(length=np.nan))
    with pytest.raises(cd.InputError, match="links: length is missing for 4 links"):
        cd.redundancy(bare)


@pytest.mark.parametrize("by", ["link", "port", "border"])
def test_a_map_of_criticality_shows_what_is_dear(by: str) -> None:
    network, demand = fork()
    table = cd.criticality(network, demand, by=by, progress=False)
    ax = cd.plot_criticality(network, table, by=by, figsize=(7, 6))
    drawn = {str(a.get_gid()): a for a in ax.get_children()}
    if by == "port":
        assert {"critical-aktau", "critical-baku", "critical-astana"} <= set(drawn)
        assert "critical-turkmenbashi" not in drawn
    else:
        assert drawn["link-ferry"].get_linewidth() > drawn["link-tanker"].get_linewidth()
    costliest = table.scenario[0]
    unsure = table.assign(low=table.loss.where(table.scenario != costliest, table.loss / 20), high=table.loss)
    ax = cd.plot_criticality(network, unsure, by=by, figsize=(7, 6))
    cores = {str(a.get_gid()).removeprefix("core-") for a in ax.lines if str(a.get_gid()).startswith("core-")}
    closed = {item for _, item in closures(network, by)[costliest]}
    assert cores
    assert cores <= (closed if by != "port" else {costliest})
    with pytest.raises(cd.InputError, match="table: is no operating country"):
        cd.plot_criticality(network, table, by="country")


def test_countries_of_unsure_loss_are_striped() -> None:
    network, demand = fork()
    table = cd.criticality(network, demand, by="country", progress=False)
    costly = table[table.loss > 0].scenario.tolist()
    unsure = table.assign(low=table.loss.where(table.scenario != costly[0], table.loss / 20), high=table.loss)
    ax = cd.plot_criticality(network, unsure, by="country", figsize=(7, 6))
    striped = {str(a.get_gid()): a.get_hatch() is not None for a in ax.collections}
    filled = {name: striped[f"critical-{name}"] for name in costly if f"critical-{name}" in striped}
    assert len(filled) > 1
    assert filled == {name: name == costly[0] for name in filled}
