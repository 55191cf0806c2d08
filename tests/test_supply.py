"""Freight by link and commodity, waits for departures, and routes of the data next to what is published of them."""

from __future__ import annotations

import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError
from corridors.network import Network
from corridors.validation.compare_published import validate_all

CASPIAN = ("ship_aktau_port_baku_port", "ferry_kuryk_port_baku_port")


def crossing(**columns: object) -> Network:
    """A ferry for boxes and grain; an hour is worth 2 USD/t to boxes and nothing to grain."""
    links = {"link_id": "ferry", "from_node_id": "kuryk", "to_node_id": "alat", "mode": "ferry", "time": 25.0}
    return Network(
        pd.DataFrame({"node_id": ["kuryk", "alat"]}),
        pd.DataFrame([links | {"tariff": 10.0} | columns]),
        commodities=pd.DataFrame({"commodity": ["boxes", "grain"], "value_of_time": [2.0, 0.0]}),
        tariffs=pd.DataFrame({"link_id": ["ferry"], "commodity": ["boxes"], "tariff": [54.5]}),
    )


def wanted(commodity: str) -> pd.DataFrame:
    row = {"demand_id": "d", "origin": "kuryk", "destination": "alat", "volume": 10.0, "value": 1000.0}
    return pd.DataFrame([row | {"commodity": commodity}])


def test_a_commodity_pays_its_own_tariff_and_the_rest_that_of_the_link() -> None:
    assert float(cd.solve(crossing(), wanted("boxes")).loss) == 10 * (54.5 + 2 * 25)
    assert float(cd.solve(crossing(), wanted("grain")).loss) == 10 * 10.0


def test_goods_wait_half_of_the_time_between_departures() -> None:
    weekly = crossing(headway=168.0)
    assert float(cd.solve(weekly, wanted("boxes")).loss) == 10 * (54.5 + 2 * (25 + 84))
    assert float(cd.skim(weekly, commodity="boxes").time.max()) == 25 + 84


def test_a_scenario_with_fewer_sailings_costs_half_of_the_longer_headway() -> None:
    changes = {"table": "links", "id": "ferry", "field": "headway", "operation": "scale", "value": 2.0}
    halved = cd.Scenarios(["half"], pd.DataFrame([changes | {"scenario": 0}]))
    loss = cd.sweep(crossing(headway=168.0), wanted("boxes"), halved).loss
    assert float(loss.squeeze()) == 10 * (54.5 + 2 * (25 + 168))


def test_legs_tell_the_wait_apart() -> None:
    network = crossing(headway=168.0)
    way = cd.skim(network, commodity="boxes", origins="kuryk", destinations="alat").iloc[0]
    legs = cd.route_legs(network, "boxes", way)
    assert legs[["kind", "time", "money"]].to_numpy().tolist() == [["wait", 84.0, 0.0], ["link", 25.0, 54.5]]
    assert legs.cost.sum() == pytest.approx(way.cost)


def test_a_tariff_given_twice_and_one_of_no_link_are_refused() -> None:
    network = crossing()
    with pytest.raises(InputError, match="tariffs: link_id and commodity are there twice"):
        network.replace(tariffs=pd.concat([network.tariffs] * 2))
    with pytest.raises(InputError, match="tariffs"):
        network.replace(tariffs=network.tariffs.assign(link_id="canal"))


def test_published_costs_that_the_tables_do_not_know_are_met_in_the_median() -> None:
    table = validate_all(kinds=["cost"])
    corridor = cd.load_references().set_index("reference_id").corridor
    table = table[(table.group == "never seen") & (table.unit != "USD per 500 km per 20 t")]
    ratios = table.groupby(table.fact_id.map(corridor)).ratio
    assert ratios.size()["TITR"] >= 9
    assert ratios.median()[["TITR", "northern"]].between(0.9, 1.1).all()


def test_boxes_pay_by_the_box_and_ships_wait_handle_and_clear_at_both_ends() -> None:
    network = cd.load_network()
    links, boxes = network.links.set_index("link_id"), network.tariffs.set_index("link_id").tariff
    dry = links[links["mode"].isin(["ship", "ferry"]) & (links.commodities != "crude_oil")]
    at_sea = dry[dry.from_node_id.isin(_ports(network)) & dry.to_node_id.isin(_ports(network))]
    assert (boxes[at_sea.index.difference(["ferry_van_tatvan"])] > 16.0).all()
    assert (at_sea[(at_sea.status == "operating")].headway > 0).all()
    abroad = at_sea[at_sea.country.str.contains(";")]
    assert (abroad.border_time >= 12).all()
    assert (boxes[list(CASPIAN)] > 2.5 * links.tariff[list(CASPIAN)] / 2).all()


def _ports(network: Network) -> set[str]:
    """Where goods change between ship or ferry and land."""
    return set(network.transfers.node_id[network.transfers.kind == "port"])
