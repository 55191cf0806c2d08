"""What a notebook shows of networks and scenarios: counts, units and a small picture; names stay text."""

import re
from xml.etree import ElementTree

import pandas as pd
import valid_calls

import corridors as cd


def test_a_network_shows_its_tables_modes_and_a_line_for_each_link_that_has_a_place():
    network = valid_calls.network()
    shown = network._repr_html_()
    assert f"<th>links</th><td>{len(network.links)}</td>" in shown
    assert all(mode in shown for mode in network.links["mode"])
    assert "Mt/year" in shown
    picture = ElementTree.fromstring(shown[shown.index("<svg") :])
    assert len(picture.findall(".//{*}path")) == len(network.links)


def test_a_network_without_places_has_no_picture():
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"]})
    assert "<svg" not in cd.Network(nodes, links)._repr_html_()


def test_lines_stay_in_the_frame_and_a_link_that_does_not_operate_is_pale():
    network = cd.load_network()
    picture = ElementTree.fromstring(re.search(r"<svg.*</svg>", network._repr_html_())[0])
    left, top, width, height = map(float, picture.get("viewBox").split())
    paths = picture.findall(".//{*}path")
    assert sum(path.get("opacity") is not None for path in paths) == (network.links.status != "operating").sum()
    for path in paths:
        for x, y in re.findall(r"(-?\d+) (-?\d+)", path.get("d")):
            assert left <= float(x) <= left + width
            assert top <= float(y) <= top + height


def test_scenarios_show_what_they_change_and_say_how_many_there_are():
    network = valid_calls.network()
    shown = cd.outages(network)._repr_html_()
    assert f"<td>{len(cd.outages(network))}</td>" in shown
    assert "status close" in shown
    assert "0.5" in cd.grid({"room": (("links", network.links.link_id[0], "capacity", "scale"), [0.5])})._repr_html_()


def test_hostile_names_stay_text():
    name = "<script>alert(1)</script>"
    links = pd.DataFrame({"link_id": [name], "from_node_id": ["a"], "to_node_id": ["b"], "mode": "rail"})
    network = cd.Network(pd.DataFrame({"node_id": ["a", "b"], "x_coord": [0, 1.0], "y_coord": 0.0}), links)
    for shown in (network.named(name)._repr_html_(), cd.outages(network)._repr_html_()):
        assert "<script" not in shown
