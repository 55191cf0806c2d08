"""Numbers out of all range warn, and those of the data set and of ordinary toys do not."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import corridors as cd

NODES = pd.DataFrame({"node_id": ["aktau", "baku"], "x_coord": [51.2, 49.9], "y_coord": [43.6, 40.4]})
LINKS = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": ["ferry"]})
LINKS = LINKS.assign(capacity=2.6e6, tariff=10.0, length=470.0, time=24.0)
DEMAND = pd.DataFrame(
    {"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"], "volume": [3e6]}
).assign(value=220.0)


def test_what_is_in_its_units_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", cd.InputWarning)
        cd.solve(cd.Network(NODES, LINKS), DEMAND)
        cd.select_demand(cd.load_network(), cd.load_demand(), commodity="uranium")


@pytest.mark.parametrize(
    ("links", "rows", "message"),
    [
        ({"capacity": 2600.0}, {}, r"largest capacity \(2,600 t/year\) is far below .* capacities are in kt"),
        ({}, {"volume": 3.0}, r"all volumes together \(3 t/year\) are far below .* volumes are in Mt"),
    ],
    ids=["capacity in kt", "volume in Mt"],
)
def test_tonnes_in_another_unit_warn(links: dict[str, float], rows: dict[str, float], message: str) -> None:
    network = cd.Network(NODES, LINKS.assign(**links))
    with pytest.warns(cd.InputWarning, match=message):
        cd.solve(network, DEMAND.assign(**rows))


def test_speeds_that_nothing_has_warn() -> None:
    with pytest.warns(cd.InputWarning, match=r"links: .*ferry: 470 km in 0.06 h, 7,833 km/h.*give hours"):
        cd.Network(NODES, LINKS.assign(time=0.06))
    rates = pd.DataFrame({"mode": ["rail-1520"], "rate": [0.03], "speed": [8000.0]})
    with pytest.warns(cd.InputWarning, match=r"rates: speed is out of all range for 1 rate \(rail-1520: 8,000 km/h\)"):
        cd.Network(NODES, LINKS, rates=rates)


def test_swapped_coordinates_warn() -> None:
    nodes = NODES.rename(columns={"x_coord": "y_coord", "y_coord": "x_coord"})
    far = pd.DataFrame({"node_id": ["poti"], "x_coord": [42.1], "y_coord": [41.7]})
    links = pd.concat([LINKS, LINKS.assign(link_id="rail", from_node_id="baku", to_node_id="poti", length=800.0)])
    with pytest.warns(cd.InputWarning, match="only where x_coord and y_coord of nodes are swapped"):
        cd.Network(pd.concat([nodes, far]), links.assign(length=[400.0, 700.0]))
