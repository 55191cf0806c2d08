"""The corridor of `toy_networks`, whose numbers are computed by hand there."""

import numpy as np
import pandas as pd
import pytest
from toy_networks import demand, network

import corridors as cd


@pytest.fixture(scope="module")
def base():
    return cd.solve(network(), demand())


def test_the_loss_is_the_one_computed_by_hand(base):
    by_ferry, by_north, to_poti, to_batumi = 20 * 63, 30 * 88, 30 * 23, 10 * 30
    assert float(base.loss) == pytest.approx(by_ferry + by_north + to_poti + to_batumi, abs=1e-6)
    assert float(base.cost) == float(base.loss)
    assert float(base.objective) == pytest.approx(float(base.loss) - 50 * 200 - 40 * 60)
    assert float(base.gap) <= 1e-9


def test_the_flows_are_those_computed_by_hand(base):
    flow = base.flow.sel(direction="fwd").to_pandas()
    assert flow.containers.to_dict() == pytest.approx(
        {"plain": 50, "steppe": 20, "ferry": 20, "to_poti": 20, "to_batumi": 0, "north": 30}
    )
    assert flow.grain.to_dict() == pytest.approx(
        {"plain": 0, "steppe": 0, "ferry": 40, "to_poti": 30, "to_batumi": 10, "north": 0}
    )
    assert base.flow.sel(direction="rev").sum() == 0
    assert base.unmet.sum() == 0
    assert not base.tied


def test_transfers_and_zone_members_show_what_they_handled(base):
    assert base.transfer_flow.sel(transfer="gauge_yard", direction="fwd", commodity="containers") == 50
    assert base.transfer_flow.sel(transfer="loading").sum() == 20  # grain starts at the quay
    assert base.member_flow.sel(commodity="grain").to_pandas().to_dict() == pytest.approx(
        {"black_sea:poti": 30, "black_sea:batumi": 10}
    )


def test_where_no_optimum_ties_a_rent_is_what_one_more_tonne_saves(base):
    rent = base.rent.to_pandas()
    assert rent.to_dict() == pytest.approx({"link:ferry": 25, "link:north": 0, "zone:black_sea:poti": 7})
    wider = network().links.assign(capacity=[np.nan, np.nan, 61, np.nan, np.nan, 50])
    assert float(base.loss) - float(cd.solve(network().replace(links=wider), demand()).loss) == pytest.approx(25)


def test_prices_are_what_one_more_tonne_costs_with_the_rents_on_its_way(base):
    boxes = base.price.sel({"class": "containers from xian"}).to_pandas()
    assert boxes.to_dict() == pytest.approx(
        {"xian": 0, "khorgos": 10, "aktau": 38, "baku": 70, "poti": 88, "batumi": 91}, nan_ok=True
    )
    wheat = base.price.sel({"class": "grain from aktau"}).to_pandas()
    assert wheat[["aktau", "baku", "poti", "batumi"]].to_dict() == pytest.approx(
        {"aktau": 0, "baku": 30, "poti": 48, "batumi": 51}
    )


def test_routes_are_the_paths_of_the_flow():
    routes = cd.routes(network(), demand())
    found = {(r.demand_id, r.destination, r.links): (r.volume, r.cost) for r in routes.itertuples()}
    assert found == {
        ("boxes", "poti", "plain;north"): (30, 88),
        ("boxes", "poti", "plain;steppe;ferry;to_poti"): (20, 63),
        ("wheat", "poti", "ferry;to_poti"): (30, 23),
        ("wheat", "batumi", "ferry;to_batumi"): (10, 30),
    }


@pytest.mark.parametrize(
    ("closed", "loss"),
    [
        ("ferry", 50 * 88 + 40 * 60),  # the north holds all boxes; no wheat sails
        ("north", 50 * 63 + 10 * 23 + 30 * 60),  # a box gains 137 by the ferry, a tonne of wheat 37: boxes sail first
        ("plain", 50 * 200 + 30 * 23 + 10 * 30),  # a full cut of the boxes
        ("to_poti", 50 * 88 + 40 * 30),  # wheat to batumi, and boxes have no route but the north
        ("to_batumi", 30 * 63 + 20 * 88 + 30 * 23 + 10 * 60),  # poti takes no more wheat, so more boxes sail
    ],
)
def test_a_closure_does_what_it_must(closed, loss):
    result = cd.sweep(network(), demand(), cd.outages(network()), progress=False)
    assert float(result.loss.sel(scenario=closed)) == pytest.approx(loss, abs=1e-6)


def test_the_ways_back_share_the_capacity_of_a_single_track():
    both = pd.concat(
        [demand(), demand().head(1).assign(demand_id="back", origin="poti", destination="xian", volume=20)]
    )
    # 20 t back by the ferry save 25 a tonne like any box: the berths are full in either case, and the loss is unique.
    result = cd.solve(network(), both)
    assert float(result.throughput.sel(bundle="link:ferry")) == pytest.approx(60)
    assert float(result.throughput.sel(bundle="link:north")) == pytest.approx(50)
    assert float(result.loss) == pytest.approx(30 * 23 + 10 * 30 + 20 * 63 + 50 * 88, abs=1e-6)
    assert bool(result.tied)
