"""Freight by link and commodity, waits for departures, and routes of the data next to what is published of them."""

from __future__ import annotations

import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError
from corridors.network import Network
from corridors.validation.compare_published import NEAR, validate_all
from corridors.validation.legs import compare_legs

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


def two_ferries(**columns: object) -> Network:
    """Kuryk and Turkmenbashi, served by ships that carry 10 t a year in all."""
    ends = {"from_node_id": ["kuryk", "turkmenbashi"], "to_node_id": "alat"}
    return Network(
        pd.DataFrame({"node_id": ["kuryk", "turkmenbashi", "alat"]}),
        pd.DataFrame({"link_id": ["north", "south"], "mode": "ferry", "tariff": [10.0, 9.0]} | ends),
        fleets=pd.DataFrame({"fleet_id": "ferries", "link_id": ["north", "south"], "capacity": 10.0} | columns),
    )


WANTED_ON_BOTH = pd.DataFrame(
    {
        "demand_id": ["n", "s"],
        "commodity": "grain",
        "origin": ["kuryk", "turkmenbashi"],
        "destination": "alat",
        "volume": 8.0,
        "value": 100.0,
    }
)


def test_links_of_a_fleet_share_what_it_carries() -> None:
    result = cd.solve(two_ferries(), WANTED_ON_BOTH)
    assert result.unmet.to_numpy().tolist() == [6.0, 0.0]
    assert float(result.rent.sel(bundle="fleet:ferries")) == 90.0
    assert float(result.throughput.sel(bundle="fleet:ferries")) == 10.0


def test_a_scenario_halves_a_fleet() -> None:
    change = {
        "scenario": 0,
        "table": "fleets",
        "id": "ferries",
        "field": "capacity",
        "operation": "scale",
        "value": 0.5,
    }
    halved = cd.sweep(two_ferries(), WANTED_ON_BOTH, cd.Scenarios(["half"], pd.DataFrame([change])), keep=["unmet"])
    assert halved.unmet.sel(scenario="half").to_numpy().tolist() == [8.0, 3.0]


def test_a_fleet_of_two_capacities_and_one_of_no_link_are_refused() -> None:
    with pytest.raises(InputError, match="fleets: capacity differs by link"):
        two_ferries(capacity=[10.0, 12.0])
    with pytest.raises(InputError, match="fleets: link_id canal is not in links"):
        two_ferries(link_id=["north", "canal"])
    with pytest.raises(InputError, match="fleets: a link is there twice"):
        two_ferries(link_id=["north", "north"])


def test_ferries_of_the_caspian_carry_no_more_than_the_whole_fleet() -> None:
    result = cd.solve(cd.load_network(), cd.load_demand())
    lines = ["ferry_kuryk_port_baku_port", "ferry_turkmenbashi_port_baku_port"]
    assert 1e6 < float(result.flow.sel(link=lines).sum()) <= 4.5e6
    assert float(result.throughput.sel(bundle="fleet:caspian_ferries")) == float(result.flow.sel(link=lines).sum())


def test_published_costs_that_the_tables_do_not_know_are_met_in_the_median() -> None:
    table = validate_all(kinds=["cost"])
    corridor = cd.load_references().set_index("reference_id").corridor
    table = table[(table.group == "never seen") & (table.unit != "USD per 500 km per 20 t")]
    ratios = table.groupby(table.fact_id.map(corridor)).ratio
    assert ratios.size()["TITR"] >= 9
    assert ratios.median()[["TITR", "northern"]].between(0.9, 1.1).all()


def test_legs_of_the_middle_corridor_take_what_is_published() -> None:
    legs = compare_legs(cd.load_network()).set_index("leg_id")
    days = (legs.days / legs.published_days).dropna()
    assert list(days[(days - 1).abs() > NEAR].index) == ["aktau_alat"]  # waits for weather are no headway
    ferries = ["kuryk_alat", "turkmenbashi_alat"]
    assert (legs.usd_feu / legs.published_usd_feu)[ferries].round(3).to_numpy().tolist() == [1.0, 1.0]


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
