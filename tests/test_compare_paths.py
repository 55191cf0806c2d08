"""Paths of the base next to the best between their ends: cost, length, and seas passed twice."""

from __future__ import annotations

import pandas as pd
import pytest

import corridors as cd


@pytest.fixture
def caspian() -> tuple[cd.Network, pd.DataFrame]:
    """From astrakhan to baku: by ship over anzali for 9 USD/t, by the coast for 10; 100 t, 60 t of it by the coast."""
    links = pd.DataFrame(
        {
            "link_id": ["south", "back", "coast", "steppe"],
            "from_node_id": ["astrakhan", "anzali", "astrakhan", "astrakhan"],
            "to_node_id": ["anzali", "baku", "baku", "baku"],
            "mode": ["ship", "ship", "rail", "rail"],
            "tariff": [5.0, 4.0, 10.0, 13.5],
            "length": [1000.0, 300.0, 900.0, 1500.0],
            "capacity": [30.0, None, 60.0, None],
        }
    )
    nodes = pd.DataFrame({"node_id": ["astrakhan", "anzali", "baku"]})
    demand = pd.DataFrame(
        {"demand_id": ["g"], "commodity": "grain", "origin": "astrakhan", "destination": "baku", "volume": 100.0}
        | {"value": 220.0}
    )
    return cd.Network(nodes, links), demand


NONE = pd.DataFrame({"commodity": [], "links": [], "reason": []})
SEAS = pd.DataFrame({"sea": "Caspian Sea", "node_id": ["astrakhan", "anzali", "baku"]})


def test_a_path_is_held_against_the_best_between_its_ends(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.compare_paths(*caspian, exceptions=NONE, seas=SEAS).set_index("links")
    assert table.volume.to_dict() == {"steppe": 10.0, "south;back": 30.0, "coast": 60.0}
    assert set(table.best_links) == {"south;back"}
    assert table.cost.to_dict() == {"steppe": 13.5, "south;back": 9.0, "coast": 10.0}
    assert table.cost_ratio.to_dict() == pytest.approx({"steppe": 1.5, "south;back": 1.0, "coast": 10 / 9})
    assert table.length_ratio.to_dict() == pytest.approx({"steppe": 15 / 13, "south;back": 1.0, "coast": 9 / 13})
    assert table.wrong.to_dict() == {"steppe": "cost", "south;back": "sea", "coast": ""}
    assert table.seas["south;back"] == "Caspian Sea"


def test_an_exception_gives_the_reason_of_what_is_wrong(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    known = pd.DataFrame({"commodity": ["", "coal"], "links": ["steppe;other", "south"], "reason": ["full", "coal"]})
    table = cd.compare_paths(*caspian, exceptions=known, seas=SEAS).set_index("links")
    assert table.reason.to_dict() == {"steppe": "full", "south;back": "", "coast": ""}
    assert table.index[0] == "south;back"  # what nobody has explained comes first


def test_the_length_of_the_best_is_that_of_the_cheapest(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = caspian
    shut = network.replace(links=network.links.assign(status=["closed", *["operating"] * 3]))
    table = cd.compare_paths(shut, demand, exceptions=NONE, seas=SEAS[:0]).set_index("links")
    assert table.best_length.to_dict() == {"steppe": 900.0, "coast": 900.0}
    assert table.wrong.to_dict() == {"steppe": "cost;length", "coast": ""}


def test_cost_steps_count_as_the_first_tonne_pays_them(caspian: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = caspian
    steps = {"link_id": "south", "load": [0.0, 20.0], "extra_cost": [3.0, 4.0]}
    table = cd.compare_paths(network.replace(cost_steps=steps), demand, exceptions=NONE, seas=SEAS[:0]).set_index(
        "links"
    )
    assert table.cost.to_dict() == {"steppe": 13.5, "south;back": 12.0, "coast": 10.0}
    assert set(table.best_links) == {"coast"}


def test_no_path_of_the_base_is_long_or_costly_without_a_reason() -> None:
    table = cd.compare_paths(cd.load_network(), cd.load_demand())
    assert len(table) > 150
    unexplained = table[(table.wrong != "") & (table.reason == "")]
    assert unexplained[["demand_id", "origin", "destination", "wrong", "seas"]].to_numpy().tolist() == []


def test_exceptions_name_links_and_goods_of_the_library_and_a_source() -> None:
    network, known = cd.load_network(), cd.load_path_exceptions()
    assert set(known.links.str.split(";").explode().dropna()) <= set(network.links.link_id)
    assert set(known.commodity) - {""} <= set(network.commodities.commodity)
    assert (known[["reason", "source"]] != "").all(axis=None)
    assert set(cd.load_seas().node_id) <= set(network.nodes.node_id)
