"""What a model counts in follows its numbers: nothing small vanishes, and nothing large changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import corridors as cd
from corridors.model import compile
from corridors.model.units import NONE, Numbers, Units, is_large, units_for, units_in

SOLVERS = ("lp", "columns")


def line(capacity: float | None = None, tariff: tuple[float, float] = (1.0, 2.0)) -> cd.Network:
    """::

    a ──1── b ──2── c
    """
    links = pd.DataFrame(
        {
            "link_id": ["l1", "l2"],
            "from_node_id": ["a", "b"],
            "to_node_id": ["b", "c"],
            "mode": "rail",
            "tariff": tariff,
            "capacity": [capacity, capacity],
        }
    )
    return cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), links)


def rows(*volumes: float, value: float = 100.0) -> pd.DataFrame:
    ids = [f"d{i}" for i in range(len(volumes))]
    ends = {"commodity": "grain", "origin": "a", "destination": "c", "value": value}
    return pd.DataFrame({"demand_id": ids, "volume": np.array(volumes, float), **ends})


def one(result: Any) -> float:
    return float(result.loss)


def losses(network: cd.Network, demand: pd.DataFrame) -> list[float]:
    """The loss by `solve` and by a sweep with either solver."""
    shut = cd.Scenarios(["as it is"], pd.DataFrame(columns=["scenario", "table", "id", "field", "operation", "value"]))
    swept = [cd.sweep(network, demand, shut, solver=solver, progress=False).loss.to_numpy()[0] for solver in SOLVERS]
    return [one(cd.solve(network, demand)), *swept]


@pytest.mark.parametrize(
    ("capacity", "volumes", "loss"),
    [
        (None, [0.4], 1.2),
        (2.6, [2.6], 7.8),
        (2.6, [3.0], 7.8 + 40.0),
        (None, [0.0000004, 3.4], 10.2000012),  # Mt
        (None, [0.4, 3400.0], 10201.2),  # kt
        (0.75, [0.25, 0.125], 1.125),
        (1 / 3, [1.0], 1.0 + 200 / 3),
        (None, [0.4, 341_900_000.0], 1_025_700_001.2),
        (None, [0.0, 7.0], 21.0),
    ],
)
def test_a_loss_is_right_in_any_unit_of_quantity(capacity: float | None, volumes: list[float], loss: float) -> None:
    assert losses(line(capacity), rows(*volumes)) == pytest.approx([loss] * 3, rel=1e-9)


@pytest.mark.parametrize("size", [1.0, 3e-2, 3e-5, 7e-9])
def test_a_loss_is_right_in_any_unit_of_cost(size: float) -> None:
    network, demand = line(tariff=(size, 2 * size)), rows(7.0, value=100 * size)
    assert losses(network, demand) == pytest.approx([21 * size] * 3, rel=1e-9)


def test_a_small_cost_beside_a_large_one_still_chooses_the_way() -> None:
    links = line().links.assign(link_id=["dear", "cheap"], from_node_id="a", to_node_id="c", tariff=[0.00004, 0.00003])
    network = cd.Network(pd.DataFrame({"node_id": ["a", "c"]}), links)
    result = cd.solve(network, rows(1e6, value=5000.0))
    assert one(result) == pytest.approx(30.0, rel=1e-9)
    assert result.flow.sel(link="cheap", direction="fwd").sum() == 1e6


def test_flow_unmet_limit_rent_and_routes_come_in_tonnes() -> None:
    network, demand = line(2.6), rows(3.0)
    result = cd.solve(network, demand)
    assert result.flow.sel(direction="fwd").to_numpy().ravel().tolist() == [2.6, 2.6]
    assert result.unmet.to_numpy() == pytest.approx([0.4])
    assert result["limit"].to_numpy().tolist() == [2.6, 2.6] == result.throughput.to_numpy().tolist()
    assert float(result.rent.sum()) == pytest.approx(97.0)
    assert float(result.row_cost[0]) == pytest.approx(7.8)
    assert cd.routes(network, demand).volume.tolist() == [2.6]
    assert cd.rents(network, result).used.tolist() == [2.6]


def test_the_unit_is_told_in_the_result() -> None:
    for result in (cd.solve(line(2.6), rows(3.0)), cd.sweep(line(2.6), rows(3.0), cd.outages(line()), progress=False)):
        assert result.attrs["quantity_unit"] == 0.1
        assert result.attrs["cost_unit"] == 1e-4
        assert "counted in 0.1 t and 0.0001 USD/t" in result.attrs["rounding"]


def test_whole_tonnes_are_counted_in_tonnes_and_large_fractions_do_not_matter() -> None:
    for volume in (7.0, 341_900_000.5, 10_001.9):
        assert cd.solve(line(), rows(volume)).attrs["quantity_unit"] == 1.0


def test_the_eurasian_base_is_counted_in_tonnes() -> None:
    base = cd.solve(cd.load_network(), cd.load_demand())
    assert (base.attrs["quantity_unit"], base.attrs["cost_unit"]) == (1.0, 1e-4)


def test_numbers_that_can_not_be_counted_together_are_named() -> None:
    with pytest.raises(
        cd.InputError, match=r"quantities: 1 too small to count \(demand:d1; 1e-09 next to 1e\+12 t/year"
    ):
        cd.solve(line(), rows(1e12, 1e-9))
    with pytest.raises(cd.InputError, match=r"quantities: 2 too small to count \(link:l1, link:l2; 1e-08 next to"):
        cd.solve(line(1e-8), rows(1e12))
    with pytest.raises(cd.InputError, match=r"costs: 1 too small to count \(link:l1; 1e-12 next to 1e\+08 USD/t"):
        cd.solve(line(tariff=(1e-12, 2.0)), rows(7.0, value=1e8))


def test_what_equal_decimals_leave_is_no_room() -> None:
    links = line().links.assign(capacity=0.1 + 0.2, background=0.3)
    assert one(cd.solve(line().replace(links=links), rows(7.0))) == 700.0


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("change", "loss"),
    [
        (("demand", "d0", "volume", "scale", 1e-3), 0.021),
        (("demand", "d0", "volume", "set", 0.4), 1.2),
        (("demand", "d0", "volume", "set", 1e-9), 3e-9),
        (("demand", "d0", "value", "set", 0.00003), 0.00021),
        (("links", "l1", "capacity", "set", 0.4), 1.2 + 660.0),
        (("links", "l1", "capacity", "set", 1 / 3), 1.0 + 2000 / 3),
        (("links", "l1", "tariff", "set", 0.00003), 14.00021),
        (("links", "l2", "tariff", "scale", 1e-6), 7.000014),
    ],
)
def test_what_a_scenario_brings_does_not_vanish(solver: str, change: tuple[Any, ...], loss: float) -> None:
    names = ("table", "id", "field", "operation", "value")
    table = pd.DataFrame([dict(zip(names, change, strict=True)) | {"scenario": 1}])
    result = cd.sweep(line(), rows(7.0), cd.Scenarios(["as it is", "changed"], table), solver=solver, progress=False)
    assert result.loss.to_numpy() == pytest.approx([21.0, loss], rel=1e-9)


def test_many_scenarios_on_a_small_network_are_counted_finely_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "LOOKED", 1000)
    share, level = np.linspace(0.0, 1.0, 1001), np.linspace(0.5, 1.0, 7)
    levels = {
        "room": (("links", "l1", "capacity", "scale"), share),
        "toll": (("links", "l2", "tariff", "scale"), level),
    }
    result = cd.sweep(line(7.0), rows(7.0), cd.grid(levels), reduce=["loss_mean"], progress=False)
    moved = 7 * share[:, None] * (1 + 2 * level) + 7 * (1 - share[:, None]) * 100
    assert float(result.loss_mean) == pytest.approx(moved.mean(), rel=1e-8)
    assert result.attrs["quantity_unit"] <= 7e-8


def test_a_limit_below_a_tonne_is_none_on_a_network_of_millions() -> None:
    half = cd.grid({"l1": (("links", "l1", "capacity", "set"), [0.4, 3.6])})
    result = cd.sweep(line(5e8), rows(3e8), half, progress=False)
    assert result.attrs["quantity_unit"] == 1.0
    assert result.loss.to_numpy().tolist() == [3e10, 3e10 - 3 * 97]


def test_a_scenario_beyond_all_counting_is_named() -> None:
    sweeps = cd.grid({"volume": (("demand", "d0", "volume", "set"), [1e12])})
    with pytest.raises(cd.InputError, match="too small to count"):
        cd.sweep(line(), rows(1e-9), sweeps, progress=False)


def diamond(quantity: float, money: float) -> tuple[cd.Network, pd.DataFrame]:
    """::

        north (RU): 40 Mt room, cheap
    a ═══════════════════════════════ d ── e
        middle (AZ): 30 Mt, costlier; a port on it
    """
    nodes = pd.DataFrame({"node_id": list("anmde"), "country": ["KZ", "RU", "AZ", "TR", "TR"]})
    links = pd.DataFrame(
        {
            "link_id": ["north1", "north2", "middle1", "middle2", "on"],
            "from_node_id": ["a", "n", "a", "m", "d"],
            "to_node_id": ["n", "d", "m", "d", "e"],
            "mode": "ship",
            "country": ["KZ;RU", "RU;TR", "KZ;AZ", "AZ;TR", "TR"],
            "corridors": ["north", "north", "middle", "middle", ""],
            "length": 100.0,
            "time": 10.0,
            "tariff": np.array([10.0, 11.0, 17.5, 20.0, 3.0]) * money,
            "capacity": np.array([41e6, 40e6, 30e6, 31e6, 80e6]) * quantity,
            "background": np.array([1e6, 0.0, 0.0, 0.0, 0.0]) * quantity,
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["oil", "grain", "ore"],
            "commodity": ["oil", "grain", "oil"],
            "origin": "a",
            "destination": ["e", "d", "d"],
            "volume": np.array([50e6, 7e6, 5000.0]) * quantity,
            "value": np.array([500.0, 220.0, 310.5]) * money,
        }
    )
    return cd.Network(nodes, links), demand


def by_solve(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    result = cd.solve(network, demand)
    return {
        "money": [one(result), float(result.cost), *result.row_cost.to_numpy()],
        "tonnes": [*result.flow.to_numpy().ravel(), *result.unmet.to_numpy()],
        "cost": [*np.nan_to_num(result.price.to_numpy()).ravel(), *np.sort(result.rent.to_numpy())],
    }


def by_sweep(solver: str) -> Callable[..., dict[str, Any]]:
    def study(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
        closed = cd.outages(network, by="link")
        scaled = cd.grid(
            {
                "middle": (("links", "middle1", "capacity", "scale"), [0.25, 0.9]),
                "oil": (("demand", "oil", "volume", "scale"), [0.5, 1.1]),
                "toll": (("links", "north2", "tariff", "scale"), [0.5, 3.0]),
            }
        )
        keep = ("flow", "unmet", "rent", "row_cost")
        result = cd.sweep(network, demand, closed + scaled, keep=keep, solver=solver, progress=False)
        return {
            "money": [*result.loss.to_numpy(), *result.row_cost.to_numpy().ravel()],
            "tonnes": [*result.flow.to_numpy().ravel(), *result.unmet.to_numpy().ravel()],
        }

    return study


def by_routes(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.routes(network, demand)
    return {"tonnes": table.volume.tolist(), "cost": table.cost.tolist(), "same": [table.links.tolist()]}


def by_skim(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.skim(network, commodity="oil", origins="a")
    return {"cost": table.cost.fillna(0).tolist(), "same": [table.links.tolist()]}


def by_break_even(field: str, operation: str, low: float, high: float) -> Callable[..., dict[str, Any]]:
    def study(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
        link = network.links.set_index("link_id").loc["middle1"]
        size = {"scale": 1.0, "add": float(link.tariff) / 17.5, "set": float(link.capacity) / 30e6}[operation]
        change = ("links", "middle1" if field == "capacity" else "north2", field, operation)
        table = cd.break_even(network, demand, change, low * size, high * size, progress=False)
        return {
            "same": [table.preferred.tolist(), table.flips.tolist()],
            "shares": [*(table.low / size), *(table.high / size), *table.share],
            "money": [*table.loss_low, *table.loss_high],
        }

    return study


def by_criticality(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.criticality(network, demand, progress=False)
    return {
        "same": [table.scenario.tolist()],
        "money": [*table.loss, *table.cost],
        "tonnes": [*table.unmet, *table.base_flow],
        "shares": [*table.redundancy.fillna(-1), *table.detour_time.fillna(-1)],
    }


def by_hedging(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.hedging_frontier(network, demand, bloc="RU", values=[1.0, 0.5], accuracy=0.0, progress=False)
    return {
        "money": [*table.loss, *table.extra_loss],
        "tonnes": [*table.through, *table.unmet],
        "cost": table.cost_of_autonomy.fillna(0).tolist(),
        "shares": table.entering_share.tolist(),
    }


def by_cut(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.min_cut(network, "KZ", "TR", commodity="oil")
    return {"tonnes": [table.attrs["flow"], *table["limit"]], "same": [table.id.tolist(), table.weight.tolist()]}


def by_sets(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    table = cd.n_minus_k(network, demand, 2, progress=False)
    worst = cd.interdiction(network, demand, 2, progress=False)
    players = cd.leverage(network, demand, ["RU", "AZ"], progress=False)
    return {
        "money": [*table.loss, *table.synergy, worst.loss, worst.bound, *players.shapley, *players.nucleolus],
        "tonnes": table.unmet.tolist(),
        "same": [table["first"].tolist(), worst.closed],
    }


def by_rents(network: cd.Network, demand: pd.DataFrame) -> dict[str, Any]:
    base = cd.solve(network, demand)
    table = cd.rents(network, base)
    prices = cd.delivered_costs(network, base, commodity="oil")
    return {
        "cost": [*table.dual, *prices.cost.fillna(0)],
        "tonnes": [*table.used, *table["limit"]],
        "same": [table.id.tolist()],
    }


STUDIES = {
    "solve": by_solve,
    "sweep, warm": by_sweep("columns"),
    "sweep, lp": by_sweep("lp"),
    "routes": by_routes,
    "skim": by_skim,
    "break_even, toll": by_break_even("tariff", "add", 0.0, 60.0),
    "break_even, scale": by_break_even("tariff", "scale", 0.5, 9.0),
    "break_even, capacity": by_break_even("capacity", "set", 1e6, 60e6),
    "criticality": by_criticality,
    "hedging_frontier": by_hedging,
    "min_cut": by_cut,
    "sets of closures": by_sets,
    "rents": by_rents,
}


@cache
def of_diamond(name: str, quantity: float, money: float) -> dict[str, Any]:
    return STUDIES[name](*diamond(quantity, money))


SIZES = [(name, *size) for name in STUDIES for size in ((1e-6, 1.0), (1.0, 1e-4))]
SMALLER = [(name, 1e-9, 1e-6) for name in ("solve", "sweep, warm", "sweep, lp", "break_even, toll", "min_cut")]


@pytest.mark.parametrize(("name", "quantity", "money"), [*SIZES, *SMALLER])
def test_a_study_scales_with_the_unit_of_its_quantities_and_costs(name: str, quantity: float, money: float) -> None:
    base, small = of_diamond(name, 1.0, 1.0), of_diamond(name, quantity, money)
    factor = {"money": quantity * money, "tonnes": quantity, "cost": money, "shares": 1.0}
    assert small.keys() == base.keys()
    for kind, values in base.items():
        if kind == "same":
            assert small[kind] == values
        else:
            expected = np.array(values, float) * factor[kind]
            assert np.array(small[kind], float) == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.abs(expected).max())


def test_units_round_limits_down_but_take_decimals_as_they_print() -> None:
    units = Units(2, 4)
    assert units.floored([0.29, 0.299, 0.57, np.inf]).tolist() == [29.0, 29.0, 57.0, np.inf]
    assert units.tonnes(units.floored([0.29])).tolist() == [0.29]


def test_units_count_and_give_back_at_any_places() -> None:
    fine, coarse = Units(2, 6), Units()
    assert fine.nearest([1.234, 0.006, 7.0]).tolist() == [123, 1, 700]
    assert fine.costs([2.4e-6, -1.6e-6]).tolist() == [2, -2]
    assert fine.tonnes([123, 50]).tolist() == [1.23, 0.5]
    money = [fine.usd(10**8), fine.usd(3), coarse.usd(10**4), coarse.usd(3)]
    assert money == pytest.approx([1.0, 3e-8, 1.0, 3e-4], rel=1e-12)
    assert (fine.money, coarse.money, fine.dollar, coarse.dollar) == (1e-8, 1e-4, 1e-4, 1.0)
    assert fine.attributes() == {"quantity_unit": 0.01, "cost_unit": 1e-6}
    assert Units().attributes() == {"quantity_unit": 1.0, "cost_unit": 1e-4}


def test_a_trace_is_half_a_unit_or_what_solvers_leave() -> None:
    assert Units(1).trace([]) == Units(1).trace([0.0, 3.0]) == 0.05
    assert Units(1).trace([1.0, 1e12]) == pytest.approx(10.0)


def test_steps_to_try_are_a_unit_or_a_millionth_of_all() -> None:
    assert (Units(0, 4).cost_step(0.0), Units(0, 4).cost_step(500.0), Units(0, 4).cost_step(3.0)) == (1e-4, 1e-4, 1e-6)
    assert (Units(0).quantity_step(0.0), Units(0).quantity_step(9e7), Units(0).quantity_step(25.0)) == (1.0, 1.0, 1e-5)


@pytest.mark.parametrize(
    ("other", "finer"), [(Units(1, 4), False), (Units(0, 4), True), (Units(1, 3), True), (Units(2, 4), False)]
)
def test_units_are_finer_where_either_is(other: Units, finer: bool) -> None:
    assert Units(1, 4).finer(other) == finer


def test_a_network_is_large_where_no_unit_of_either_kind_counts() -> None:
    for volume, value, large in ((1e8, 1e4, True), (0.9e8, 1e4, False), (1e8, 0.9e4, False), (1e9, 1e5, True)):
        assert is_large(pd.DataFrame({"volume": [volume / 2] * 2, "value": [value, 1.0]})) == large


def test_a_result_without_units_is_counted_as_a_plain_model() -> None:
    plain, fine = xr.Dataset(), xr.Dataset(attrs={"quantity_unit": 0.01, "cost_unit": 1e-7, "name": "x"})
    assert units_in(plain) == Units()
    assert units_in(fine) == Units(2, 7)


def numbers(**given: list[float]) -> Numbers:
    given = {"volume": [5.0], "limit": [np.inf], "value": [10.0], "cost": [1.0], **given}
    return Numbers(*(np.array(given[name]) for name in Numbers._fields))


@pytest.mark.parametrize(
    ("own", "brought", "expected"),
    [
        ({}, {}, (0, 4)),
        ({"volume": [0.5]}, {}, (1, 4)),
        ({"volume": [1234.5]}, {}, (1, 4)),  # a tonne would lose 4e-4 of it
        ({"volume": [12345.4]}, {}, (0, 4)),  # and 3e-5
        ({"limit": [1.3, np.inf]}, {}, (1, 4)),
        ({"limit": [9001.0, 10001.9]}, {}, (0, 4)),
        ({"limit": [8001.9]}, {}, (1, 4)),  # limits are rounded down
        ({"value": [0.00123]}, {}, (0, 5)),
        ({"value": [0.10004]}, {}, (0, 5)),
        ({"cost": [0.10004]}, {}, (0, 4)),  # a cost may lose 1e-3 of itself
        ({"cost": [0.01004]}, {}, (0, 5)),
        ({"cost": [-0.01004]}, {}, (0, 5)),
        ({}, {"volume": [0.25]}, (2, 4)),
        ({"volume": [9e7]}, {"limit": [0.4]}, (1, 4)),
        ({"volume": [1e8]}, {"limit": [0.4]}, (0, 4)),  # nothing next to all that is wanted
        ({"value": [9e3]}, {"cost": [4e-5]}, (0, 5)),
        ({"value": [1e4]}, {"cost": [4e-5]}, (0, 4)),
        ({}, None, (8, 7)),
        ({"volume": [1e8], "value": [1e4]}, None, (0, 4)),
        ({"volume": [2e15, 0.5]}, {}, None),
        ({"volume": [2e12], "limit": [0.004]}, {}, (3, 4)),
        ({"volume": []}, {}, (0, 4)),
        ({"volume": [0.0]}, None, (0, 7)),
    ],
)
def test_units_are_the_coarsest_that_keep_each_number(
    own: dict[str, list[float]], brought: dict[str, list[float]] | None, expected: tuple[int, int] | None
) -> None:
    empty = {name: [] for name in Numbers._fields}
    asked = None if brought is None else numbers(**{**empty, **brought})
    if expected is None:
        with pytest.raises(
            cd.InputError, match=r"quantities: 1 too small to count \(volume 1; 0.5 next to 2e\+15 t/year"
        ):
            units_for(numbers(**own), lambda name, places: [f"{name} {place}" for place in places], asked)
    else:
        assert units_for(numbers(**own), lambda name, places: [name], asked) == Units(*expected)


def units_of(volume: list[float], value: float = 1.0, brought: Numbers | None = NONE) -> Units:
    own = Numbers(np.array(volume), np.zeros(0), np.array([value]), np.zeros(0))
    return units_for(own, lambda what, places: [f"{what} {place}" for place in places], brought)


@pytest.mark.parametrize(
    ("volume", "places"),
    [
        ([0.4, 8.5e14], 1),
        ([0.4, 8.5e13], 1),
        ([0.04, 8.5e13], 2),
        ([0.5, 2**53 / 10 - 0.5], 1),
        ([3e-30], 30),
        ([0.0], 0),
    ],
)
def test_a_unit_is_as_fine_as_numbers_need_while_the_largest_is_below_two_to_the_53(
    volume: list[float], places: int
) -> None:
    assert units_of(volume) == Units(places, 4)


@pytest.mark.parametrize("volume", [[0.4, 1.2e15], [0.04, 8.5e14]])
def test_a_number_that_no_unit_takes_beside_the_largest_is_refused(volume: list[float]) -> None:
    with pytest.raises(cd.InputError, match=r"quantities: 1 too small to count \(volume 0; "):
        units_of(volume)


def test_values_may_be_far_below_a_dollar() -> None:
    assert units_of([5.0], 3e-30) == Units(0, 30)
    assert units_of([5.0], 3e-30, None) == Units(8, 38)  # 1e-8 of all there is


def test_counts_become_the_decimals_that_they_stand_for() -> None:
    assert Units(1, 4).usd(3) == 3e-5  # and not 3.0000000000000004e-5
    assert Units(0, 4).usd(30_000) == 3.0
    assert Units(13).trace([0.0]) == 5e-14
    assert Units(13).trace([0.0, 4.0]) == 4e-11
    assert (Units().quantity_step(0.5), Units().quantity_step(0.0), Units().quantity_step(3e7)) == (1e-7, 1.0, 1.0)
    assert (Units().cost_step(0.5), Units().cost_step(0.0), Units().cost_step(3e7)) == (1e-7, 1e-4, 1e-4)
