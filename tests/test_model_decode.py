"""What a result says, against its definition: gaps, costs of rows, prices of nodes, and what passes cost steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from generated import model

import corridors as cd
from corridors.model.arcs import Kind
from corridors.model.build import build
from corridors.model.decode import (
    Solution,
    decode,
    flows_of,
    limits_of,
    node_prices,
    routes,
    row_costs,
    row_prices,
    unmet_of,
)
from corridors.sweeping.solve import solved


@pytest.mark.parametrize(
    ("objective", "bound", "gap"), [(-200.0, -210.0, 0.05), (-200.0, -190.0, 0.0), (0.5, 0.0, 0.5), (4.0, 1.0, 0.75)]
)
def test_a_gap_is_a_share_of_the_objective(objective: float, bound: float, gap: float) -> None:
    nothing = np.zeros(0)
    assert Solution(model(-2), nothing, nothing, nothing, objective, bound, "lp").gap == pytest.approx(gap)


def ladder() -> Solution:
    """Two fields and a port; of what the line carries the first 4 t pay nothing more, the next 3 t 2 USD, others 5."""
    nodes = pd.DataFrame({"node_id": ["port", "field", "pit"]})
    links = pd.DataFrame({"link_id": ["line", "road"], "from_node_id": ["field", "pit"], "to_node_id": "port"})
    links = links.assign(mode="rail", directed=True, tariff=[10.0, 1.0], length=[7.0, 3.0], capacity=[9.0, np.nan])
    steps = pd.DataFrame({"link_id": "line", "load": [0.0, 4.0, 7.0], "extra_cost": [0.0, 2.0, 5.0]})
    rows = {
        "demand_id": ["a", "b", "c"],
        "commodity": "ore",
        "origin": ["field", "pit", "field"],
        "destination": "port",
    }
    rows = pd.DataFrame({**rows, "volume": [6.0, 2.0, 5.0], "value": [100.0, 50.0, 14.0]})
    return solved(build(cd.Network(nodes, links, cost_steps=steps), rows))


def test_rows_pay_the_average_of_the_steps_that_their_goods_pass() -> None:
    solution = ladder()
    assert unmet_of(solution.model, solution.flow).tolist() == [0, 0, 4]
    passed = (4 * 10 + 3 * 12) / 7
    assert row_costs(solution) == pytest.approx([6 * passed, 2 * 1, passed])
    found = routes(solution)
    assert found[["demand_id", "origin", "destination", "links", "modes"]].to_numpy().tolist() == [
        ["a", "field", "port", "line", "rail"],
        ["b", "pit", "port", "road", "rail"],
        ["c", "field", "port", "line", "rail"],
    ]
    assert found.volume.tolist() == [6, 2, 1]
    assert found.cost.to_numpy() == pytest.approx([passed, 1, passed])
    assert found.length.tolist() == [7, 3, 7]
    assert (flows_of(solution, ["flow"])["flow"].sel(direction="fwd", commodity="ore") == [7, 2]).all()


def test_rows_and_nodes_have_the_price_of_one_more_tonne() -> None:
    solution = ladder()
    made, unit = solution.model, solution.model.units.cost
    assert row_prices(made, solution.distance) * unit == pytest.approx([14, 1, 14])
    assert node_prices(made, solution.distance) * unit == pytest.approx(
        np.array([[14, 1], [0, np.nan], [np.nan, 0]]), nan_ok=True
    )
    assert limits_of(made).tolist() == [9.0]


def test_what_is_more_than_wanted_is_nothing_unmet() -> None:
    made = ladder().model
    flow = np.zeros(made.problem.E)
    demanded = made.arcs.of(Kind.DEMAND)
    flow[demanded] = np.array([7.0, 2.0, 1.0])[made.arcs.item[demanded]]
    assert unmet_of(made, flow).tolist() == [0, 0, 4]
    unlimited = replace(made.bundles, limit=np.full_like(made.bundles.limit, cd.UNCAPACITATED))
    assert np.isinf(limits_of(replace(made, bundles=unlimited))).all()


def test_a_loss_is_what_is_paid_and_the_value_of_what_is_missing() -> None:
    solution = ladder()
    result = decode(solution)
    assert float(result.cost) == pytest.approx(4 * 10 + 3 * 12 + 2 * 1)
    assert float(result.cost) == pytest.approx(float(result.row_cost.sum()))
    assert float(result.loss) == pytest.approx(float(result.cost) + 4 * 14)
    assert float(result.objective) == pytest.approx(float(result.loss) - (6 * 100 + 2 * 50 + 5 * 14))


def test_a_row_pays_the_price_of_the_member_that_takes_it() -> None:
    links = {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"], "tariff": [2.0]}
    zones = pd.DataFrame({"zone_id": ["market"], "role": ["destination"], "node_id": ["b"], "price": [3.0]})
    row = {"demand_id": ["d"], "commodity": ["ore"], "origin": ["a"], "destination": ["market"], "volume": [4.0]}
    network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), pd.DataFrame(links), zones=zones)
    solution = solved(build(network, pd.DataFrame({**row, "value": [9.0]})))
    assert row_costs(solution).tolist() == [20.0]
    assert routes(solution).cost.tolist() == [5.0]


def test_routes_of_a_row_are_listed_from_the_largest() -> None:
    """Over x pass 10 t, which part beyond it, over y 6 t, and 4 t of the row after it go by rail."""
    links = pd.DataFrame({"link_id": ["ax", "xb", "xb too", "ay", "yb"], "mode": "rail", "directed": True})
    links = links.assign(
        from_node_id=[*"axxay"], to_node_id=[*"xbbyb"], tariff=1.0, capacity=[10.0, 5.0, 5.0, 6.0, 6.0]
    )
    links.loc[5] = {**links.loc[0], "link_id": "ac", "to_node_id": "c", "capacity": np.nan}
    rows = pd.DataFrame({"demand_id": ["d", "e"], "commodity": "ore", "origin": "a", "destination": ["b", "c"]})
    network = cd.Network(pd.DataFrame({"node_id": [*"abcxy"]}), links)
    found = routes(solved(build(network, rows.assign(volume=[16.0, 4.0], value=9.0))))
    assert found.columns.tolist() == [*rows, "volume", "cost", "length", "modes", "links"]
    assert [*zip(found.demand_id, found.volume, strict=True)] == [("d", 6.0), ("d", 5.0), ("d", 5.0), ("e", 4.0)]
    assert (found.links[0], {*found.links[1:3]}, found.links[3]) == ("ay;yb", {"ax;xb", "ax;xb too"}, "ac")
