"""Changes that hold for one commodity, one origin or one direction only."""

from __future__ import annotations

import pandas as pd
import pytest

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
        ({"field": "capacity", "origin": "a"}, "commodity, origin or direction does not fit the field"),
        ({"field": "tariff", "direction": "back"}, "direction is unknown"),
        ({"field": "tariff", "origin": "c"}, "origins: of a scenario is not moved for 1 origin"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, str], message: str) -> None:
    network, demand = case()
    row = {"scenario": 0, "table": "links", "id": "ab", "operation": "set", "value": 1.0} | change
    with pytest.raises(cd.InputError, match=message):
        cd.sweep(network, demand, cd.Scenarios(["x"], pd.DataFrame([row])), progress=False)
