"""By which mode goods start: crude oil comes out of the field's pipeline, and to rail over the rack."""

import pandas as pd
import pytest

import corridors as cd

NODES = pd.DataFrame({"node_id": ["field", "port"]})
LINKS = pd.DataFrame(
    {
        "link_id": ["pipe", "rail"],
        "from_node_id": "field",
        "to_node_id": "port",
        "mode": ["oil_pipeline", "rail-1520"],
        "capacity": [60.0, None],
        "tariff": [10.0, 5.0],
    }
)
RACK = pd.DataFrame(
    {
        "transfer_id": ["rack"],
        "node_id": ["field"],
        "from_mode": ["oil_pipeline"],
        "to_mode": ["rail-1520"],
        "cost": [7.0],
    }
)
OIL = pd.DataFrame(
    {"demand_id": ["d"], "commodity": ["oil"], "origin": ["field"], "destination": ["port"], "volume": [100.0],
     "value": [90.0]}
)  # fmt: skip


def network(start_modes="", **tables):
    goods = pd.DataFrame({"commodity": ["oil"], "start_modes": [start_modes]})
    return cd.Network(NODES, **{"links": LINKS, "transfers": RACK, **tables}, commodities=goods)


def test_oil_that_starts_by_pipeline_pays_the_rack_before_it_goes_by_rail():
    assert float(cd.solve(network(), OIL).loss) == 100 * 5
    base = cd.solve(network("oil_pipeline"), OIL)
    assert float(base.loss) == 60 * 10 + 40 * (7 + 5)
    assert float(base.transfer_flow.sum()) == 40


def test_without_a_rack_such_oil_stays_off_the_rails():
    base = cd.solve(network("oil_pipeline", transfers=None), OIL)
    assert float(base.unmet.sum()) == 40


def test_an_origin_without_a_mode_to_start_by_sends_nothing_and_the_reason_is_given():
    rail = LINKS[LINKS.link_id == "rail"]
    with pytest.warns(cd.InputWarning, match="no operating link at field takes oil, which starts by oil_pipeline"):
        assert float(cd.solve(network("oil_pipeline", links=rail, transfers=None), OIL).unmet.sum()) == 100
    racked = cd.solve(network("oil_pipeline", links=rail), OIL)  # the rack is where the pipeline ends
    assert float(racked.loss) == 100 * (7 + 5)


def test_several_modes_to_start_by_may_be_given_and_rail_means_every_gauge():
    assert float(cd.solve(network("oil_pipeline;rail"), OIL).loss) == 100 * 5


def test_a_closed_pipeline_does_not_let_oil_start_by_rail():
    closed = LINKS.assign(status=["closed", "operating"])
    assert float(cd.solve(network("oil_pipeline", links=closed), OIL).loss) == 100 * (7 + 5)
    shut = cd.sweep(network("oil_pipeline"), OIL, cd.outages(network(), by="link"), progress=False)
    assert float(shut.loss.sel(scenario="pipe")) == 100 * (7 + 5)


def test_a_skim_is_between_nodes_whatever_the_goods_came_by():
    cost = cd.skim(network("oil_pipeline"), commodity="oil", origins="field", destinations="port").cost.item()
    assert cost == 5


def test_a_mode_that_there_is_not_is_refused():
    with pytest.raises(cd.InputError, match="start_modes"):
        network("pipe")


def test_crude_from_tengiz_that_goes_by_rail_passes_the_rack():
    whole, demand = cd.load_network(), cd.load_demand()
    base = cd.solve(whole, cd.select_demand(whole, demand, commodity="crude_oil", origin="KZ"))
    by_rail = base.flow.sel(link="rail_kulsary_kulsary_tengiz", commodity="crude_oil").sum()
    racked = base.transfer_flow.sel(transfer="tengiz_oil_pipeline_rail1520_crude", commodity="crude_oil").sum()
    assert float(by_rail) > 0
    assert float(racked) == float(by_rail)
