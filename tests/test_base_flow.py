"""What a closure meets: tonnes that in the base use what is closed, each once, whatever it is that closes."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import case
from independent import least_loss

import corridors as cd


def sea() -> tuple[cd.Network, pd.DataFrame]:
    """Oil of KZ, 50 t, goes to the sea: 30 by pipe over RU's port, 20 by the ferry, where there is room for 20 more.

    ::

        field (KZ) ──pipe 10── port (RU: member of the sea)       wagons change to the ferry at aktau
          └──rail 5── aktau (KZ) ──ferry 40, at most 40── baku (AZ: member of the sea)
    """
    nodes = pd.DataFrame({"node_id": ["field", "port", "aktau", "baku"], "country": ["KZ", "RU", "KZ", "AZ"]})
    links = pd.DataFrame(
        {
            "link_id": ["pipe", "rail", "ferry"],
            "from_node_id": ["field", "field", "aktau"],
            "to_node_id": ["port", "aktau", "baku"],
            "mode": ["oil_pipeline", "rail-1520", "ferry"],
            "tariff": [10.0, 5.0, 40.0],
            "capacity": [30.0, np.nan, 40.0],
        }
    )
    berth = {"transfer_id": ["berth"], "node_id": ["aktau"], "from_mode": ["rail-1520"], "to_mode": ["ferry"]}
    zones = pd.DataFrame({"zone_id": "sea", "role": "destination", "node_id": ["port", "baku"]})
    demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"], "destination": ["sea"]})
    network = cd.Network(nodes, links, pd.DataFrame(berth), zones=zones)
    return network, demand.assign(volume=50.0, value=500.0)


def measures(*changes: tuple[object, ...]) -> pd.Series:
    network, demand = sea()
    columns = ["table", "id", "field", "operation", "value"]
    scenarios = cd.Scenarios(["s"], pd.DataFrame(changes, columns=columns).assign(scenario=0))
    return cd.criticality(network, demand, scenarios=scenarios, progress=False).iloc[0]


def test_refused_transit_meets_what_is_loaded_at_the_ports_of_the_country() -> None:
    network, demand = sea()
    shock = {"shock_id": "ru", "kind": "refuse_transit", "target": "RU", "commodity": "", "origins": "", "value": ""}
    row = cd.criticality(
        network, demand, scenarios=cd.shocks(network, demand, pd.DataFrame([shock])), progress=False
    ).iloc[0]
    # 30 t were loaded in RU; 20 of them take the ferry, 10 stay behind.
    assert (row.base_flow, row.unmet, row.redundancy) == (30.0, 10.0, pytest.approx(2 / 3))


def test_refused_transit_is_refused_however_much_a_tonne_is_worth() -> None:
    network, demand = sea()
    shock = {"shock_id": "ru", "kind": "refuse_transit", "target": "RU", "commodity": "", "origins": "", "value": ""}
    dear = demand.assign(value=190_000.0)
    after = cd.sweep(network, dear, cd.shocks(network, dear, pd.DataFrame([shock])), progress=False)
    assert after.unmet.item() == 10.0


CLOSURES = {
    "a link": (("links", "pipe", "status", "close", np.nan), 30.0, 10.0),
    "a transfer": (("transfers", "berth", "status", "close", np.nan), 20.0, 20.0),
    "a member": (("zones", "sea:port", "status", "close", np.nan), 30.0, 10.0),
    "a link without room": (("links", "pipe", "capacity", "set", 0.0), 30.0, 10.0),
    "a link scaled to nothing": (("links", "pipe", "capacity", "scale", 0.0), 30.0, 10.0),
    "a link full of other goods": (("links", "pipe", "background", "set", 30.0), 30.0, 10.0),
    "a transfer without room": (("transfers", "berth", "capacity", "set", 0.0), 20.0, 20.0),
    "a node that moves nothing": (("nodes", "aktau", "capacity", "set", 0.0), 20.0, 20.0),
    "a node that loads nothing": (("nodes", "field", "capacity", "set", 0.0), 50.0, 50.0),
    "a member that takes nothing": (("zones", "sea:baku", "limit", "set", 0.0), 20.0, 20.0),
}


@pytest.mark.parametrize(("change", "met", "behind"), CLOSURES.values(), ids=CLOSURES)
def test_whatever_closes_meets_the_tonnes_that_use_it(change: tuple[object, ...], met: float, behind: float) -> None:
    row = measures(change)
    assert (row.base_flow, row.unmet) == (met, behind)
    assert row.redundancy == pytest.approx(1 - behind / met)


def test_a_tonne_counts_once_over_links_transfers_and_members() -> None:
    shut = [change for change, _, _ in CLOSURES.values() if change[1] not in ("pipe", "sea:port", "field")]
    assert measures(*shut, ("links", "ferry", "status", "close", np.nan)).base_flow == 20.0
    assert measures(*(change for change, _, _ in CLOSURES.values())).base_flow == 50.0


def test_where_nothing_closes_there_is_no_base_flow_to_tell() -> None:
    for change in (
        ("links", "pipe", "capacity", "scale", 0.5),
        ("links", "pipe", "tariff", "add", 1000.0),
        ("demand", "o", "value", "scale", 0.01),
        ("links", "pipe", "status", "open", np.nan),
    ):
        row = measures(change)
        assert np.isnan(row.base_flow), change
        assert np.isnan(row.redundancy), change
    assert measures(("demand", "o", "value", "scale", 0.01)).unmet == 50.0


@pytest.mark.parametrize("number", [1, 4, 9, 11, 27])
def test_closed_members_lose_what_a_network_without_them_does(number: int) -> None:
    example = case(Random(number))
    network, demand = example.network, example.demand
    members = (network.zones.zone_id + ":" + network.zones.node_id).tolist()
    if not members:
        pytest.fail("the case has no zones: choose another number")
    changes = pd.DataFrame({"scenario": range(len(members)), "table": "zones", "id": members, "field": "status"})
    scenarios = cd.Scenarios(members, changes.assign(operation="close", value=np.nan))
    table = cd.criticality(network, demand, scenarios=scenarios, progress=False).set_index("scenario")
    base = cd.sweep(network, demand, cd.Scenarios(["base"], changes[:0].assign(operation="", value=np.nan)),
                    keep=["member_flow"], progress=False).isel(scenario=0)  # fmt: skip
    used = base.member_flow.sum("commodity").to_series()
    whole = least_loss(network, demand).loss
    by_lp = cd.sweep(network, demand, scenarios, solver="lp", progress=False).loss.to_series()
    for row, member in enumerate(members):
        shut = network.replace(
            zones=network.zones.assign(limit=network.zones.limit.where(network.zones.index != row, 0))
        )
        loss = least_loss(shut, demand).loss
        assert table.loss[member] + whole == pytest.approx(loss, rel=1e-9, abs=1e-3)
        assert by_lp[member] == pytest.approx(loss, rel=1e-9, abs=1e-3)
        assert table.base_flow[member] == pytest.approx(used[member], abs=2.0)
