"""The loss as a function of volumes wanted is convex, and its pieces are those of single solves."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case

import corridors as cd


def two_ways() -> tuple[cd.Network, pd.DataFrame]:
    """A cheap route of 60 t and a costly one of 30; each tonne behind costs 100."""
    links = pd.DataFrame({"link_id": ["cheap", "dear"], "from_node_id": "a", "to_node_id": "b", "mode": "ship",
                          "tariff": [10.0, 50.0], "capacity": [60.0, 30.0],
                          "corridors": ["cheap", "dear"]})  # fmt: skip
    demand = pd.DataFrame({"demand_id": ["g", "h"], "commodity": ["grain", "ore"], "origin": "a", "destination": "b",
                           "volume": [40.0, 10.0], "value": [100.0, 300.0]})  # fmt: skip
    return cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links), demand


def test_a_tonne_more_costs_its_way_and_at_last_its_value() -> None:
    network, demand = two_ways()
    volume = cd.named_parameter(network, demand, "volume", "commodity", "grain", "set")
    table = cd.break_even(network, demand, volume, 0, 120, progress=False)
    assert table[["low", "high", "slope"]].to_numpy().tolist() == [[0, 50, 10], [50, 80, 50], [80, 120, 100]]
    assert table.loss_low.tolist() == [100.0, 600.0, 2100.0]
    assert table.loss_high.tolist() == [600.0, 2100.0, 6100.0]
    assert table.preferred.tolist() == ["cheap"] * 3
    assert not table.attrs["on_cost"]


def test_rows_are_named_by_commodity_or_by_id() -> None:
    network, demand = two_ways()
    by_id = cd.named_parameter(network, demand, "volume", "demand", ["h"], "scale")
    by_commodity = cd.named_parameter(network, demand, "volume", "commodity", "ore", "scale")
    pd.testing.assert_frame_equal(by_id, by_commodity)
    assert cd.named_parameter(network, demand, "value", "demand", "g").id.tolist() == ["g"]
    with pytest.raises(cd.InputError, match=r"is no demand row there for 1 parameter \(x\)"):
        cd.named_parameter(network, demand, "volume", "demand", "x")
    with pytest.raises(cd.InputError, match="a volume is shared by all"):
        cd.named_parameter(network, demand, "volume", "commodity", "ore", origin="a")


@pytest.mark.parametrize("seed", range(3 * TIMES))
def test_the_loss_along_volumes_is_that_of_single_solves(seed: int) -> None:
    random = Random(seed)
    example = case(random)
    network, demand = example.network, example.demand
    ids = random.sample(demand.demand_id.tolist(), min(len(demand), random.randint(1, 3)))
    operation, low, high = (("add", 0, 40), ("set", 0, 60))[seed % 2]
    volume = cd.named_parameter(network, demand, "volume", "demand", ids, operation)
    table = cd.break_even(network, demand, volume, low, high, routes_by="link", progress=False)
    assert (np.diff(table.slope) >= 0).all()
    tries = np.unique(np.round(np.concatenate([table.low, table.high, (table.low + table.high) / 2])))
    swept = cd.sweep(network, demand, cd.grid({"x": (volume, tries)}), keep=("row_price",), progress=False)
    mine = demand.demand_id.isin(ids).to_numpy()
    for x, loss in zip(tries, swept.loss.to_numpy(), strict=True):
        now = demand.assign(volume=demand.volume.where(~mine, x if operation == "set" else demand.volume + x))
        piece = table[(table.low <= x) & (x <= table.high)].iloc[0]
        assert piece.loss_low + piece.slope * (x - piece.low) == pytest.approx(loss, abs=0.02)
        assert loss == pytest.approx(float(cd.solve(network, now).loss), rel=1e-9)
    least, most = (swept.row_price.to_numpy()[i, mine].sum() for i in (0, -1))
    assert table.slope.iloc[0] - 1e-4 <= most
    assert table.slope.iloc[-1] + 1e-4 >= least


def test_the_price_of_a_row_is_what_a_tonne_more_adds_by_either_solver() -> None:
    network, demand = two_ways()
    one = cd.named_parameter(network, demand, "volume", "commodity", "grain", "set")
    levels = cd.grid({"x": (one, [20.0, 60.0, 100.0])})
    for solver in ("columns", "lp"):
        found = cd.sweep(network, demand, levels, keep=("row_price",), solver=solver, progress=False)
        assert found.row_price.to_numpy().round(6).tolist() == [[10, 10], [50, 50], [100, 100]]
    assert cd.solve(network, demand).row_price.to_numpy().tolist() == [10, 10]


def test_studies_of_parameters_take_volumes() -> None:
    network, demand = two_ways()
    volume = cd.named_parameter(network, demand, "volume", "commodity", "grain", "scale")
    toll = ("links", "cheap", "tariff", "add")
    table = cd.atlas(network, demand, (volume, 0, 3), (toll, [0.0, 60.0]), progress=False)
    assert table[table.level == 0].high.tolist() == [1.25, 2.0, 3.0]
    # With the toll, the other route is the cheaper one: 30 t at 50, then 60 t at 70.
    assert table[table.level == 60].high.tolist() == [0.5, 1.25, 2.0, 3.0]
    assert table[table.level == 60].slope.tolist() == [40 * 50.0, 40 * 70.0, 40 * 70.0, 40 * 100.0]
    assert table[table.level == 60].preferred.tolist() == ["dear", "dear", "cheap", "cheap"]
    across = cd.atlas(network, demand, (toll, 0, 100), (volume, [1.0, 2.0]), progress=False)
    assert across[across.level == 2].slope.tolist() == [60.0, 0.0]
    swings = cd.tornado(network, demand, {"grain": (0.5, 2)}, {"grain": volume}, progress=False)
    assert swings[["at_low", "at_high"]].to_numpy().tolist() == [[-200.0, 1600.0]]
    spread = cd.sensitivity(
        network, demand, {"grain": (0.5, 2)}, {"grain": volume}, samples=8, method="morris", progress=False
    )
    assert spread.mu_star[0] > 0
    both = pd.concat([volume, cd.named_parameter(network, demand, "capacity", "link", "cheap")], ignore_index=True)
    grown = cd.break_even(network, demand, both, 1, 2, progress=False)
    assert grown.loss_low.iloc[0] == 500.0
    assert grown.loss_high.iloc[-1] == 900.0
    with pytest.raises(cd.InputError, match="a number falls below 0"):
        cd.break_even(network, demand, volume, -1, 1, progress=False)
    rows = ("demand", "to b", "volume", "add")
    with pytest.raises(cd.InputError, match="nor do volumes"):
        cd.hinterland(network, rows, 0, 1, commodity="grain", origin="a", destinations="b", progress=False)
