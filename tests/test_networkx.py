"""Graphs of NetworkX: what a network means goes there and comes back, and what contradicts itself is refused."""

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import corridors as cd

# a ──ferry, 10 t shared by both directions── b ──rail── c, a transfer at b; zone sea = {c}


def network(**links):
    table = {
        "link_id": ["l1", "l2"],
        "from_node_id": ["a", "b"],
        "to_node_id": ["b", "c"],
        "mode": ["ferry", "rail"],
        "length": [100.0, 200.0],
        "capacity": [10.0, np.nan],
        "tariff": [1.0, np.nan],
        "time": [3.0, np.nan],
    }
    return cd.Network(
        {"node_id": ["a", "b", "c"], "key": [1, 2, 3], "node_for_adding": "x"},
        table | links,
        transfers={"transfer_id": ["t"], "node_id": ["b"], "from_mode": ["ferry"], "to_mode": ["rail"], "cost": [2.0]},
        zones={"zone_id": ["sea"], "role": ["destination"], "node_id": ["c"], "price": [0.5]},
        commodities={"commodity": ["grain"], "value_of_time": [0.1]},
        rates={"mode": ["rail"], "commodity": [""], "rate": [0.01], "speed": [50.0]},
        cost_steps={"link_id": "l1", "commodities": "grain", "load": [0.0, 4.0], "extra_cost": [0.5, 2.0]},
        blocs={"bloc": ["union"], "country": ["KZ"]},
    )


DEMAND = pd.DataFrame(
    {
        "demand_id": ["there", "back"],
        "commodity": "grain",
        "origin": ["a", "c"],
        "destination": ["sea", "a"],
        "volume": [8.0, 8.0],
        "value": 100.0,
    }
)
TABLES = ("nodes", "links", "transfers", "zones", "commodities", "rates", "tariffs", "fleets", "cost_steps", "blocs")


def same(one, other):
    for table in TABLES:
        a, b = getattr(one, table), getattr(other, table)
        pd.testing.assert_frame_equal(a, b[a.columns], check_dtype=False)


def refused(graph, **options):
    with pytest.raises(cd.InputError) as error:
        cd.from_networkx(graph, **options)
    return str(error.value)


def test_a_network_comes_back_from_networkx_with_all_its_tables():
    made = network()
    back = cd.from_networkx(cd.to_networkx(made))
    same(made, back)
    # 10 t of 16 pass the ferry, at 1 + 2 + 2 USD and 3 + 4 hours of 0.1 each, 2 of them into the zone; 6 t are lost.
    # The ferry adds 0.5 USD to each of 4 t and 2 USD to the others.
    assert float(cd.solve(back, DEMAND).loss) == pytest.approx(10 * 5.7 + 2 * 0.5 + 600 + 4 * 0.5 + 6 * 2)
    assert float(cd.solve(back, DEMAND).loss) == float(cd.solve(made, DEMAND).loss)


def test_flows_are_beside_the_network_and_not_in_it():
    made = network(flow=[5.0, 6.0], flow_fwd=["x", "y"], direction=["up", "down"], key=["k", "k"], u_for_edge=[1, 2])
    result = cd.solve(made, DEMAND)
    graph = cd.to_networkx(made, result=result)
    ferry = graph.edges["a", "b", "l1"], graph.edges["b", "a", "l1"]
    assert [edge["flow"] for edge in ferry] == [
        float(result.flow.sel(link="l1", direction=d).sum()) for d in ("fwd", "rev")
    ]
    assert sum(edge["flow"] for edge in ferry) == 10
    assert ferry[0]["network_flow"] == 5
    assert ferry[1]["direction"] == "rev"
    same(made, cd.from_networkx(graph))


def test_flows_go_to_the_links_of_their_names_whatever_the_order():
    made = network()
    result = cd.solve(made, DEMAND)
    graph = cd.to_networkx(made, result=result.isel(link=[1, 0]).transpose("commodity", "direction", "link", ...))
    assert graph.edges["a", "b", "l1"]["flow"] == float(result.flow.sel(link="l1", direction="fwd").sum())


def test_links_that_run_one_way_stay_so_and_a_removed_direction_is_one():
    made = network(directed=[True, False])
    graph = cd.to_networkx(made)
    assert cd.from_networkx(graph).links.directed.tolist() == [True, False]
    graph.remove_edge("b", "c", "l2")
    links = cd.from_networkx(graph).links.set_index("link_id")
    assert links.loc["l2", ["from_node_id", "to_node_id", "directed"]].tolist() == ["c", "b", True]


def test_two_edges_of_one_link_that_were_made_to_differ_are_refused():
    graph = cd.to_networkx(network())
    graph.edges["b", "a", "l1"]["capacity"] = 3.0
    assert refused(graph) == (
        "links: its two edges differ in capacity for 1 link (l1); give both the same, or call them two links that are "
        "directed"
    )


def test_a_link_that_runs_one_way_is_refused_in_a_graph_without_directions():
    graph = cd.to_networkx(network(directed=[True, False])).to_undirected()
    assert "an attribute directed contradicts the graph for 1 link (a-b: True)" in refused(graph)


def test_an_attribute_that_renames_nodes_or_turns_edges_is_refused():
    graph = nx.DiGraph()
    graph.add_node("aktau", node_id="baku")
    graph.add_node("baku", node_id="aktau")
    graph.add_edge("aktau", "baku", mode="ferry")
    assert refused(graph) == (
        "nodes: an attribute node_id contradicts the graph for 2 nodes (aktau: baku, baku: aktau); take it out, or "
        "relabel the graph by it"
    )
    for name, node in (("aktau", "aktau"), ("baku", "baku")):
        graph.nodes[name]["node_id"] = node
    graph.edges["aktau", "baku"].update(from_node_id="baku", to_node_id="aktau")
    assert "an attribute from_node_id contradicts the graph for 1 link (aktau-baku: baku)" in refused(graph)
    graph.edges["aktau", "baku"].update(from_node_id="aktau", to_node_id="baku", directed="yes")
    assert cd.from_networkx(graph).links.from_node_id.tolist() == ["aktau"]
    graph.edges["aktau", "baku"]["directed"] = False
    assert "an attribute directed contradicts the graph for 1 link (aktau-baku: False)" in refused(graph)


@pytest.mark.parametrize("attributes", [{"weight": 10.0, "tariff": 99.0}, {"tariff": 99.0, "weight": 10.0}])
def test_two_attributes_of_one_name_are_refused_whatever_their_order(attributes):
    graph = nx.DiGraph()
    graph.add_edge("a", "b", mode="road", **attributes)
    assert "are both called tariff; rename or delete one" in refused(graph, names={"weight": "tariff"})


def test_keys_of_numpy_are_written_plainly():
    graph = nx.MultiDiGraph()
    graph.add_edge((np.float64(1.5), np.int64(2)), (np.float64(3.0), np.int64(4)), mode="road")
    graph.add_edge(np.int64(7), np.str_("x"), mode="road")
    made = cd.from_networkx(graph)
    assert made.nodes.node_id.tolist() == ["(1.5, 2)", "(3.0, 4)", "7", "x"]
    assert made.links.link_id.tolist() == ["(1.5, 2)-(3.0, 4)", "7-x"]


def osmnx_like():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=76.90, y=43.24)
    graph.add_node(2, x=76.98, y=43.24)
    graph.add_node(3, x=77.00, y=43.24)
    graph.add_edge(1, 2, osmid=[5, 6], length=6727.0, name=["Abay", "Abaya"], oneway=True)
    graph.add_edge(2, 3, osmid=7, length=1623.0, oneway=True)
    return graph


def test_lengths_of_a_street_graph_in_metres_are_warned_of_and_can_be_turned():
    with pytest.warns(cd.InputWarning, match=r"length is implausible .* \(1-2: 6727 km for 6.498 km on the map, 2-3"):
        assert cd.from_networkx(osmnx_like(), mode="road").links.length.sum() == 8350
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = cd.from_networkx(osmnx_like(), mode="road", kilometres=0.001)
    assert made.links.length.sum() == pytest.approx(8.35)
    assert made.nodes.x_coord.tolist() == pytest.approx([76.9, 76.98, 77.0])


def test_units_of_a_street_graph_are_turned_and_edges_to_themselves_left_out():
    graph = osmnx_like()
    graph.add_edge(2, 2, length=90.0)
    graph.edges[1, 2, 0]["travel_time"] = 484.344
    names, units = {"travel_time": "time"}, {"length": "m", "time": "s"}
    with pytest.warns(cd.InputWarning, match=r"both ends are the same node for 1 link \(2-2\); they are left out"):
        made = cd.from_networkx(graph, mode="road", names=names, units=units)
    assert made.links.length.tolist() == pytest.approx([6.727, 1.623])
    assert made.links.time[0] == pytest.approx(6.727 / 50)
    assert cd.to_networkx(made).graph["units"]["length"] == "km"
    with pytest.raises(cd.InputError, match="length is in 'ell', which is no km"):
        cd.from_networkx(graph, mode="road", units={"length": "ell"})


def test_the_library_s_own_network_goes_there_and_comes_back():
    made = cd.load_network().subset(countries=["KZ", "AZ", "GE"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(made, cd.from_networkx(cd.to_networkx(made)))
