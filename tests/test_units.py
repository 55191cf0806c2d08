"""What a model counts in follows its numbers: nothing small vanishes, and nothing large changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.model import compile
from corridors.model.units import Units

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
