"""The short run: what can be added to a flow in time, by hand and next to a linear programme of other code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from independent import least_loss

import corridors as cd

SURGE = pd.DataFrame(
    [
        ("links", "mode", "road", "", "room", 0.1, 0.5, np.nan),
        ("links", "id", "narrow", "", "tonnes", 0.0, 2.0, np.nan),
        ("demand", "origin", "field", "oil", "value", 0.25, 0.5, 1.0),
    ],
    columns=["table", "field", "which", "commodity", "of", "week", "month", "year"],
)


def case() -> tuple[cd.Network, pd.DataFrame]:
    """A field sends 60 t of 90 t by a wide road; a narrow and a far one stand by, of 20 and 40 t."""
    links = pd.DataFrame(
        {
            "link_id": ["wide", "narrow", "far"],
            "from_node_id": "field",
            "to_node_id": "sea",
            "mode": "road",
            "tariff": [1.0, 2.0, 3.0],
            "capacity": [90.0, 20.0, 40.0],
        }
    )
    demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"], "destination": ["sea"]})
    return cd.Network(pd.DataFrame({"node_id": ["field", "sea"]}), links), demand.assign(volume=60.0, value=100.0)


@pytest.mark.parametrize(("within", "left", "value"), [("week", 56, 25), ("month", 38, 50), ("year", 0, 100)])
def test_a_closure_finds_what_can_be_added_in_time_and_the_rest_is_shut_in(
    within: str, left: float, value: float
) -> None:
    network, demand = case()
    limits = cd.short_run(network, demand, cd.solve(network, demand), within=within, surge=SURGE)
    result = cd.sweep(network, demand, limits * cd.outages(network), progress=False).sel(
        scenario=f"within a {within} * wide"
    )
    # Of 40 t of room on the far road a tenth, a half or all; on the narrow one nothing, 2 t or its 20 t.
    assert result.unmet.item() == left
    moved = {"week": 4 * 3, "month": 2 * 2 + 20 * 3, "year": 20 * 2 + 40 * 3}[within]
    assert result.loss.item() == moved + left * value


def test_who_loses_adds_up_to_the_loss_where_oil_is_shut_in() -> None:
    network, demand = case()
    network = network.replace(nodes=network.nodes.assign(country=["KZ", "RU"]))
    base = cd.solve(network, demand)
    limits = cd.short_run(network, demand, base, within="week", surge=SURGE)
    table = cd.criticality(network, demand, scenarios=limits * cd.outages(network).select(["wide"]))
    # 4 t by the far road and 56 t at a quarter of their value, where 60 t had paid 1 USD each.
    assert table.loss.item() == 4 * 3 + 56 * 25 - 60
    assert table.losers_origin.item() == f"KZ {table.loss.item() / 1e6:.2g}"


def test_the_limits_change_nothing_by_themselves() -> None:
    network, demand = case()
    base = cd.solve(network, demand)
    limits = cd.short_run(network, demand, base, within="week", surge=SURGE)
    assert cd.sweep(network, demand, limits, progress=False).loss.item() == base.loss.item()


@pytest.mark.parametrize("number", range(6))
def test_a_closure_in_the_short_run_is_that_of_a_network_with_these_capacities(number: int) -> None:
    rng = np.random.default_rng(number)
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("b", "d"), ("a", "d")]
    links = pd.DataFrame(pairs, columns=["from_node_id", "to_node_id"]).assign(
        link_id=[f"l{i}" for i in range(6)], mode="road", directed=True,
        tariff=rng.integers(1, 20, 6) * 1.0, capacity=rng.integers(20, 60, 6) * 1.0,
    )  # fmt: skip
    network = cd.Network(pd.DataFrame({"node_id": list("abcd")}), links)
    demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": "g", "origin": ["a", "b"], "destination": ["d", "c"]})
    demand = demand.assign(volume=rng.integers(10, 40, 2) * 1.0, value=70.0)
    base = cd.solve(network, demand)
    surge = SURGE[:1].assign(month=0.25)
    closures = cd.short_run(network, demand, base, within="month", surge=surge) * cd.outages(network)
    found = cd.sweep(network, demand, closures, progress=False).loss.to_numpy()
    flow = base.flow.sum(["direction", "commodity"]).to_numpy()
    short = links.assign(capacity=flow + 0.25 * (links.capacity - flow))
    statuses = [np.where(short.link_id == link, "closed", "operating") for link in links.link_id]
    other = [least_loss(network.replace(links=short.assign(status=status)), demand) for status in statuses]
    np.testing.assert_allclose(found, [least.loss for least in other], rtol=1e-9)


def test_a_port_may_not_take_more_than_its_quota_in_time() -> None:
    network, demand = case()
    zones = pd.DataFrame({"zone_id": "sea_ports", "role": "destination", "node_id": ["sea"], "limit": [100.0]})
    network, demand = network.replace(zones=zones), demand.assign(destination="sea_ports")
    surge = pd.DataFrame(
        [("zones", "role", "destination", "room", 0.1)], columns=["table", "field", "which", "of", "month"]
    )
    limits = cd.short_run(network, demand, cd.solve(network, demand), within="month", surge=surge)
    assert limits.changes(0)[["table", "id", "field", "value"]].to_numpy().tolist() == [
        ["zones", "sea_ports:sea", "limit", 64.0]
    ]


def test_what_can_not_be_meant_is_refused() -> None:
    network, demand = case()
    base = cd.solve(network, demand)
    with pytest.raises(cd.InputError, match="within: 'decade' is unknown; give week, month, year"):
        cd.short_run(network, demand, base, within="decade")
    with pytest.raises(cd.InputError, match="surge: table or basis is unknown"):
        cd.short_run(network, demand, base, within="week", surge=SURGE.assign(of="share"))
    with pytest.raises(cd.InputError, match="within needs the flows of the base"):
        cd.shocks(network, demand, cd.load_shocks().head(0), within="week")


def test_oil_is_shut_in_when_cpc_halves_within_a_month() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    base = cd.solve(network, demand)
    at_once = cd.shocks(network, demand).select(["cpc_half"])
    in_time = cd.shocks(network, demand, within="month", base=base).select(["within a month * cpc_half"])
    left = [cd.sweep(network, demand, found, progress=False).unmet.sum().item() for found in (at_once, in_time)]
    assert left[1] > 2 * left[0]
