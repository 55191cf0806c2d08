"""Trade in money: partners, blocs, corridors and commodities, and what is published of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError


def sea() -> tuple[cd.Network, pd.DataFrame]:
    """Grain from Kazakhstan to Baku and to a sea port that sells it on; cars from Baku to Kazakhstan."""
    nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "rail"],
            "from_node_id": ["aktau", "baku"],
            "to_node_id": ["baku", "poti"],
            "mode": "ship",
            "tariff": 10.0,
            "capacity": [100.0, 30.0],
            "corridors": ["TITR", "TITR;Georgia"],
            "gates": ["TITR", ""],
        }
    )
    blocs = pd.DataFrame({"country": ["AZ", "IT", "RO"], "bloc": ["ots", "eu", "eu"]})
    demand = pd.DataFrame(
        {
            "demand_id": ["near", "far:a", "cars"],
            "part_of": ["near", "far", "cars"],
            "commodity": ["grain", "grain", "cars"],
            "origin": ["aktau", "aktau", "baku"],
            "destination": ["baku", "poti", "aktau"],
            "volume": [10.0, 40.0, 5.0],
            "value": 220.0,
            "price": [200.0, 300.0, 1000.0],
        }
    )
    return cd.Network(nodes, links, blocs=blocs), demand


BUYERS = pd.DataFrame({"part_of": ["far", "far"], "partner": ["IT", "RO"], "share": [0.5, 0.3]})
TOTALS = pd.DataFrame(
    {"country": "KZ", "partner": ["EU", "EU", "AZ"], "year": [2023, 2024, 2023], "value": [1.0, 9600.0, 14000.0]}
)


def test_what_is_delivered_counts_for_its_partner_at_its_price() -> None:
    network, demand = sea()
    table = cd.trade(network, demand, cd.solve(network, demand), partners=BUYERS).set_index("partner")
    tonnes = {"AZ": 10.0, "IT": 15.0, "RO": 9.0, "unknown": 6.0}  # 30 of 40 t pass the rail
    assert table.export_tonnes.to_dict() == pytest.approx(tonnes)
    assert table.import_value["AZ"] == 5000.0
    assert table.value.to_dict() == pytest.approx({"AZ": 7000.0, "IT": 4500.0, "RO": 2700.0, "unknown": 1800.0})
    assert table.attrs["known"] == pytest.approx(14200 / 16000)


def test_a_bloc_has_the_trade_of_its_members_and_its_latest_total() -> None:
    network, demand = sea()
    result = cd.solve(network, demand)
    table = cd.trade(network, demand, result, per="bloc", partners=BUYERS, published=TOTALS).set_index("bloc")
    assert table.value.to_dict() == pytest.approx({"eu": 7200.0, "ots": 7000.0})
    assert (table.published["eu"], table.coverage["eu"]) == (9600.0, pytest.approx(0.75))
    assert np.isnan(table.coverage["ots"])
    partner = cd.trade(network, demand, result, partners=BUYERS, published=TOTALS).set_index("partner")
    assert partner.coverage["AZ"] == 0.5


def test_a_corridor_has_what_passes_its_gate_and_a_scenario_what_it_leaves() -> None:
    network, demand = sea()
    table = cd.trade(network, demand, cd.routes(network, demand), per="corridor").set_index("corridor")
    assert table.export_tonnes.to_dict() == {"TITR": 40.0, "Georgia": 30.0}
    closed = cd.outages(network).select(["rail"])
    result = cd.sweep(network, demand, closed, keep=("unmet",), progress=False).isel(scenario=0)
    goods = cd.trade(network, demand, result, per="commodity").set_index("commodity")
    assert goods.export_tonnes.to_dict() == {"cars": 0.0, "grain": 10.0}


def test_what_is_missing_is_named() -> None:
    network, demand = sea()
    result = cd.solve(network, demand)
    with pytest.raises(InputError, match="per='colour' is unknown; give one of partner, bloc"):
        cd.trade(network, demand, result, per="colour")
    with pytest.raises(InputError, match=r"needs routes; give what cd.routes gave"):
        cd.trade(network, demand, result, per="corridor")
    with pytest.raises(InputError, match=r"shares of far sum to 1.300"):
        cd.trade(network, demand, result, partners=BUYERS.assign(share=[0.5, 0.8]))
    with pytest.raises(InputError, match="3 rows have no price"):
        cd.trade(network, demand.drop(columns="price"), result)


def test_kazakh_trade_of_2024_is_near_what_is_published() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    totals, partners = cd.load_published_trade(), cd.load_partners()
    result = cd.solve(network, demand)
    table = cd.trade(network, demand, result, partners=partners, published=totals).set_index("partner")
    assert 0.8 <= table.coverage["CN"] <= 1.25
    assert 0.7 <= table.coverage["RU"] <= 1.2
    bloc = cd.trade(network, demand, result, per="bloc", partners=partners, published=totals).set_index("bloc")
    assert 0.45 <= bloc.coverage["eu"] <= 1.1
    assert table.attrs["known"] > 0.95
    assert set(partners.part_of) <= set(demand.part_of) | set(cd.load_demand("2025").part_of)
