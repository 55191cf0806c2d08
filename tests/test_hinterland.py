"""Hinterlands: every piece against shortest paths of the changed network, and where each flips."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.errors import InputError


@pytest.fixture(scope="module")
def fork() -> cd.Network:
    """Xi'an ── north: 60 ── Moscow ── west: 30 ── Berlin; Xi'an ── middle: 85 ── Poti ── sea: 25 ── Berlin."""
    nodes = pd.DataFrame(
        {
            "node_id": ["xian", "moscow", "poti", "berlin", "island"],
            "name": ["Xi'an", "Moscow", "Poti", "Berlin", "Island"],
            "x_coord": [109.0, 37.6, 41.7, 13.4, 0.0],
            "y_coord": [34.3, 55.8, 42.2, 52.5, 50.0],
        }
    )
    links = pd.DataFrame(
        {
            "link_id": ["north", "middle", "west", "sea"],
            "from_node_id": ["xian", "xian", "moscow", "poti"],
            "to_node_id": ["moscow", "poti", "berlin", "berlin"],
            "mode": "ship",
            "corridors": ["north", "middle", "north", "middle"],
            "length": 100.0,
            "tariff": [60.0, 85.0, 30.0, 25.0],
            "capacity": 1.0,
        }
    )
    return cd.Network(nodes, links)


TOLL = ("links", "north", "tariff", "add")


@pytest.mark.parametrize("number", [3, 9])
def test_pieces_are_skims_of_the_changed_network(number: int) -> None:
    network = case(Random(number)).network
    # A skim is between nodes, whatever the goods came by.
    network = network.replace(commodities=network.commodities.assign(start_modes=""))
    links = network.links
    some = links.link_id[(links.status == "operating") & links.tariff.notna()].tolist()[:3]
    table = cd.hinterland(
        network, ("links", some, "tariff", "add"), 0, 60, commodity="oil", origin="n0", progress=False
    )
    assert len(table)
    for value in np.linspace(0, 60, 7):
        there = network.replace(
            links=links.assign(tariff=links.tariff + np.where(links.link_id.isin(some), value, 0.0))
        )
        cost = cd.skim(there, commodity="oil", origins="n0").set_index("destination").cost
        here = table[(table.low <= value) & (value <= table.high)]
        found = here.cost_low + (value - here.low) * here.slope
        assert found.to_numpy() == pytest.approx(cost[here.node_id].to_numpy(), abs=1e-3)
        assert set(here.node_id) == set(cost.index[cost.notna()]) - {"n0"}


def test_a_destination_flips_where_its_two_ways_cost_the_same(fork: cd.Network) -> None:
    table = cd.hinterland(fork, TOLL, 0, 50, commodity="boxes", origin="xian", progress=False)
    answer = cd.next_flips(table, 0).set_index("node_id")
    assert answer.preferred.to_dict() == {"moscow": "north", "poti": "middle", "berlin": "north"}
    assert answer.cost.to_dict() == {"moscow": 60, "poti": 85, "berlin": 90}
    assert answer.flip["berlin"] == 20
    assert answer.flips_to["berlin"] == "middle"
    assert np.isnan(answer.flip["poti"])
    beyond = cd.next_flips(table, 30).set_index("node_id")
    assert beyond.preferred["berlin"] == "middle"
    assert beyond.cost["berlin"] == 110


def test_the_map_rings_what_flips(fork: cd.Network) -> None:
    table = cd.hinterland(fork, TOLL, 0, 50, commodity="boxes", origin="xian", progress=False)
    ax = cd.plot_hinterland(fork, cd.next_flips(table, 0), name="toll, USD a tonne")
    dots = {line.get_gid(): line for line in ax.lines if str(line.get_gid()).startswith("hinterland-")}
    assert set(dots) == {"hinterland-moscow", "hinterland-poti", "hinterland-berlin"}
    ring = dots["hinterland-berlin"].get_markeredgecolor()
    assert ring == dots["hinterland-poti"].get_markerfacecolor()
    assert "Berlin 20" in [text.get_text() for text in ax.texts]
    with pytest.raises(InputError, match="99 is not in the range"):
        cd.next_flips(table, 99)
    with pytest.raises(InputError, match="give what next_flips gave"):
        cd.plot_hinterland(fork, table)


def test_wrong_input_is_told(fork: cd.Network) -> None:
    with pytest.raises(InputError, match="origin: is unknown for 1 origin"):
        cd.hinterland(fork, TOLL, 0, 1, commodity="boxes", origin="mars", progress=False)
    with pytest.raises(InputError, match="destinations: there is none but xian"):
        cd.hinterland(fork, TOLL, 0, 1, commodity="boxes", origin="xian", destinations="xian", progress=False)
    room = ("links", "north", "capacity", "set")
    with pytest.raises(InputError, match="capacities do not count here"):
        cd.hinterland(fork, room, 1, 2, commodity="boxes", origin="xian", progress=False)
