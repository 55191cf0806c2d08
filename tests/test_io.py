"""Networks from other tools, and back."""

import networkx as nx
import pytest

import corridors as cd

# a ──rail, 10── b ──rail, 10── c, and a second, costlier track from a to b


def graph():
    g = nx.MultiDiGraph()
    for name, x in zip("abc", (50.0, 51.0, 52.0), strict=True):
        g.add_node(name, x=x, y=43.0, country="KZ")
    g.add_edge("a", "b", weight=10.0, capacity=5.0)
    g.add_edge("a", "b", weight=30.0, capacity=9.0)
    g.add_edge("b", "c", weight=10.0, capacity=8.0)
    return g


DEMAND = {
    "demand_id": ["d"],
    "commodity": ["grain"],
    "origin": ["a"],
    "destination": ["c"],
    "volume": [7.0],
    "value": [100.0],
}
NAMES = {"weight": "tariff", "x": "x_coord", "y": "y_coord"}


def test_parallel_edges_of_a_graph_are_links_of_their_own():
    network = cd.from_networkx(graph(), names=NAMES, mode="rail-1520")
    assert network.links.link_id.tolist() == ["a-b-0", "a-b-1", "b-c"]
    result = cd.solve(network, DEMAND)
    assert float(result.loss) == 5 * 10 + 2 * 30 + 7 * 10
    assert network.nodes.country.tolist() == ["KZ"] * 3


def test_edges_of_an_undirected_graph_run_both_ways():
    g = nx.Graph()
    g.add_edge("c", "b", weight=1.0)
    g.add_edge("b", "a", weight=1.0)
    assert float(cd.solve(cd.from_networkx(g, names=NAMES, mode="road"), DEMAND).loss) == 14


def test_a_network_goes_to_networkx_and_comes_back():
    network = cd.from_networkx(graph(), names=NAMES, mode="rail-1520")
    there = cd.to_networkx(network, result=cd.solve(network, DEMAND))
    assert there.edges["a", "b", "a-b-1"]["flow"] == 2
    back = cd.from_networkx(there)
    assert float(cd.solve(back, DEMAND).loss) == float(cd.solve(network, DEMAND).loss)


def test_edges_without_a_mode_are_refused():
    with pytest.raises(cd.InputError, match="3 edges have no mode; give them an attribute mode, or mode= for all"):
        cd.from_networkx(graph())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "node.csv").write_text("node_id,x_coord,y_coord\n1,50,43\n2,51,43\n3,52,43\n")
    (tmp_path / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,lanes,geometry_id\n"
        "10,1,2,true,80000,50000,2,2,g\n11,2,3,false,90000,50000,,,\n"
    )
    (tmp_path / "geometry.csv").write_text('geometry_id,geometry\ng,"LINESTRING (50 43, 50.5 43.2, 51 43)"\n')
    return tmp_path


def test_a_gmns_folder_is_a_network_in_kilometres_hours_and_tonnes(folder):
    units = {"length": "m", "speed": "m/h", "capacity": "1000 t/year"}
    links = cd.read(folder, units=units).network.links
    assert links.length.tolist() == [80, 90]
    assert links.time.tolist() == [1.6, 1.8]
    assert links.capacity[0] == 4000
    assert links.directed.tolist() == [True, False]
    assert len(links.geometry[0].coords) == 3


def test_a_gmns_folder_without_a_file_or_column_says_so(folder):
    (folder / "node.csv").write_text("id\n1\n")
    with pytest.raises(cd.InputError, match=r"gmns: node.csv has no column node_id; it has id"):
        cd.read(folder)
    (folder / "link.csv").unlink()
    with pytest.raises(cd.InputError, match=r"gmns: node.csv has no column|has no table links"):
        cd.read(folder)
