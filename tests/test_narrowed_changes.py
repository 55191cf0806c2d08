"""Changes that hold for one commodity, one origin or one direction only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from independent import least_loss

import corridors as cd


def case() -> tuple[cd.Network, pd.DataFrame]:
    """Two nodes, one link that both directions and three classes use."""
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["road"], "tariff": 1})
    zones = pd.DataFrame({"zone_id": ["b_market"], "role": ["destination"], "node_id": ["b"], "price": [0.0]})
    rows = [("out", "grain", "a", "b_market"), ("back", "grain", "b", "a"), ("oil", "oil", "a", "b_market")]
    demand = pd.DataFrame(rows, columns=["demand_id", "commodity", "origin", "destination"])
    return cd.Network(nodes, links, zones=zones), demand.assign(volume=[10.0, 20.0, 40.0], value=5.0)


def unmet(**narrowed: str) -> dict[str, float]:
    network, demand = case()
    change = {"scenario": 0, "table": "links", "id": "ab", "field": "status", "operation": "close", "value": None}
    shut = cd.Scenarios(["shut"], pd.DataFrame([change | narrowed]))
    result = cd.sweep(network, demand, shut, progress=False).sel(scenario="shut")
    return {str(row): float(tonnes) for row, tonnes in zip(result.demand.values, result.unmet.values, strict=True)}


def test_a_closure_may_hold_for_a_commodity_an_origin_or_a_direction() -> None:
    assert unmet() == {"out": 10, "back": 20, "oil": 40}
    assert unmet(commodity="grain") == {"out": 10, "back": 20, "oil": 0}
    assert unmet(origin="a") == {"out": 10, "back": 0, "oil": 40}
    assert unmet(direction="rev") == {"out": 0, "back": 20, "oil": 0}
    assert unmet(commodity="grain", direction="fwd") == {"out": 10, "back": 0, "oil": 0}
    assert unmet(origin="b", direction="fwd") == {"out": 0, "back": 0, "oil": 0}


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ({"table": "links", "id": "ab", "field": "tariff"}, 70 + 70),
        ({"table": "links", "id": "ab", "field": "tariff", "origin": "a", "commodity": "oil"}, 70 + 40),
        ({"table": "links", "id": "ab", "field": "border_fee", "direction": "rev"}, 70 + 20),
        ({"table": "zones", "id": "b_market:b", "field": "price", "commodity": "grain"}, 70 + 10),
        ({"table": "zones", "id": "b_market:b", "field": "price", "origin": "a"}, 70 + 50),
    ],
)
def test_a_toll_may_hold_for_a_commodity_an_origin_or_a_direction(change: dict[str, str], loss: float) -> None:
    network, demand = case()
    toll = pd.DataFrame([{"scenario": 0, "operation": "add", "value": 1.0, **change}])
    assert cd.sweep(network, demand, cd.Scenarios(["toll"], toll), progress=False).loss.item() == loss


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"field": "background", "origin": "a"}, "commodity, origin or direction does not fit the field"),
        ({"field": "capacity", "origin": "a", "operation": "scale"}, "capacity is not there to scale"),
        ({"field": "tariff", "direction": "back"}, "direction is unknown"),
        ({"field": "tariff", "origin": "c"}, "origins: of a scenario is not moved for 1 origin"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, str], message: str) -> None:
    network, demand = case()
    row = {"scenario": 0, "table": "links", "id": "ab", "operation": "set", "value": 1.0} | change
    with pytest.raises(cd.InputError, match=message):
        cd.sweep(network, demand, cd.Scenarios(["x"], pd.DataFrame([row])), progress=False)


def test_a_capacity_may_hold_for_some_of_the_users_of_a_link() -> None:
    network, demand = case()
    link = {"scenario": 0, "table": "links", "id": "ab", "field": "capacity", "operation": "set", "value": 8.0}
    scenarios = [
        cd.Scenarios([name], pd.DataFrame([link | narrowed]))
        for name, narrowed in {
            "grain": {"commodity": "grain"},
            "from a": {"origin": "a"},
            "back": {"direction": "rev"},
            "all": {},
        }.items()
    ]
    result = cd.sweep(network, demand, sum(scenarios[1:], scenarios[0]), progress=False)
    assert result.unmet.sum("demand").to_series().to_dict() == {"grain": 22, "from a": 42, "back": 12, "all": 62}


def random_case(number: int) -> tuple[cd.Network, pd.DataFrame]:
    """Seven links with capacities between five nodes, and four goods that start at different places."""
    rng = np.random.default_rng(number)
    names = list("abcde")
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "c"), ("b", "e"), ("a", "e")]
    links = pd.DataFrame(pairs, columns=["from_node_id", "to_node_id"]).assign(
        link_id=[f"l{i}" for i in range(7)],
        mode="road",
        tariff=rng.integers(1, 20, 7).astype(float),
        capacity=rng.integers(5, 40, 7).astype(float),
    )
    ends = [rng.choice(names, 2, replace=False) for _ in range(4)]
    demand = pd.DataFrame(ends, columns=["origin", "destination"]).assign(
        demand_id=[f"d{i}" for i in range(4)], commodity=[f"c{i}" for i in range(4)], value=50.0
    )
    return cd.Network(pd.DataFrame({"node_id": names}), links), demand.assign(volume=rng.integers(5, 40, 4) * 1.0)


@pytest.mark.parametrize("number", range(12))
def test_a_capacity_for_one_commodity_is_that_of_a_track_of_its_own(number: int) -> None:
    # A linear programme of other code: its own track with that capacity, one for the rest, and a fleet over both.
    network, demand = random_case(number)
    busiest = cd.solve(network, demand).flow.sum("direction").to_series().idxmax()
    link, commodity = busiest
    scenario = cd.Scenarios(
        ["less"],
        pd.DataFrame(
            [
                {
                    "scenario": 0,
                    "table": "links",
                    "id": link,
                    "field": "capacity",
                    "operation": "scale",
                    "value": 0.25,
                    "commodity": commodity,
                }
            ]
        ),
    )
    found = cd.sweep(network, demand, scenario, progress=False).loss.item()
    row = network.links[network.links.link_id == link]
    others = ";".join(name for name in demand.commodity if name != commodity)
    own = row.assign(link_id="own", commodities=commodity, capacity=row.capacity * 0.25)
    rest = row.assign(link_id="rest", commodities=others)
    fleet = pd.DataFrame({"fleet_id": "both", "link_id": ["own", "rest"], "capacity": row.capacity.item()})
    links = pd.concat([network.links[network.links.link_id != link], own, rest], ignore_index=True)
    assert found == pytest.approx(least_loss(network.replace(links=links, fleets=fleet), demand).loss, rel=1e-9)
