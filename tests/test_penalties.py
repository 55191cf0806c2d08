"""Penalties and prices are distinguished in the data, in tables, and wherever closures are ranked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.datasets import load_penalties

YEARS = ("2022", "2024", "2025", "2030")


def two_goods(**columns: object) -> tuple[cd.Network, pd.DataFrame]:
    """Coal and copper take the same route, worth 200 and 9,000 USD a tonne left behind."""
    nodes = pd.DataFrame({"node_id": ["a", "b"], "country": ["KZ", "RU"], "x_coord": [70.0, 60.0], "y_coord": 50.0})
    links = pd.DataFrame(
        {"link_id": ["l1", "l2"], "from_node_id": "a", "to_node_id": "b", "mode": "rail", "tariff": [1.0, 2.0]}
    )
    demand = pd.DataFrame({"demand_id": ["c1", "c2", "m"], "commodity": ["coal", "coal", "copper"], "origin": "a"})
    demand = demand.assign(destination="b", volume=[30.0, 10.0, 5.0], value=[200.0, 200.0, 9000.0])
    return cd.Network(nodes, links), demand.assign(**columns)


def test_penalty_and_price_stand_side_by_side() -> None:
    network, demand = two_goods(price=[60.0, 100.0, 9000.0])
    table = cd.penalties(network, demand).set_index("commodity")
    assert table.loc["coal", ["volume", "penalty", "price", "price_low", "price_high"]].tolist() == [
        40,
        200,
        70,
        60,
        100,
    ]
    assert table.ratio.to_dict() == {"coal": pytest.approx(200 / 70), "copper": 1.0}


def test_a_row_without_a_price_has_that_of_its_commodity_or_none() -> None:
    network, demand = two_goods(price=[60.0, np.nan, np.nan])
    priced = network.replace(commodities=pd.DataFrame({"commodity": ["coal", "copper"], "price": [80.0, np.nan]}))
    table = cd.penalties(priced, demand).set_index("commodity")
    assert table.price["coal"] == (30 * 60 + 10 * 80) / 40
    assert np.isnan(table.price["copper"])
    assert cd.penalties(*two_goods()).price.isna().all()
    none = cd.penalties(*two_goods(price=50.0, volume=0.0)).set_index("commodity")
    assert none.loc["coal", ["volume", "penalty", "price"]].tolist() == [0.0, 200.0, 50.0]


RANKINGS = {
    "criticality": lambda network, demand: cd.criticality(network, demand, progress=False),
    "n_minus_k": lambda network, demand: cd.n_minus_k(network, demand, 2, progress=False),
    "leverage": lambda network, demand: cd.leverage(network, demand, ["KZ"], progress=False),
    "interdiction_curve": lambda network, demand: cd.interdiction_curve(network, demand, 1, progress=False),
    "fortify": lambda network, demand: cd.fortify(network, demand, 1, 1, progress=False),
}


@pytest.mark.parametrize("study", RANKINGS)
def test_every_ranking_of_closures_says_which_penalty_is_no_price(study: str) -> None:
    said = RANKINGS[study](*two_goods(price=[60.0, 100.0, 9000.0])).attrs["values"]
    assert "a penalty, not its price: coal 200 (price 60-100) USD a tonne" in said
    assert "copper" not in said
    assert "costs its price" in RANKINGS[study](*two_goods(price=[200.0, 200.0, 9000.0])).attrs["values"]
    assert "a penalty, not a price" in RANKINGS[study](*two_goods()).attrs["values"]


def test_commands_say_under_their_tables_what_is_a_penalty(tmp_path) -> None:
    network, demand = two_goods(price=[60.0, 100.0, 9000.0])
    for name in ("nodes", "links"):
        getattr(network, name).to_csv(tmp_path / f"{name}.csv", index=False)
    demand.to_csv(tmp_path / "demand.csv", index=False)
    given = ["--network", str(tmp_path), "--demand", str(tmp_path / "demand.csv")]
    for command in (["criticality"], ["n-minus-k"], ["interdiction", "--budget", "1"], ["leverage", "--player", "KZ"]):
        result = CliRunner().invoke(main, [*command, *given])
        assert result.exit_code == 0, result.output
        assert "not its price: coal 200 (price 60-100) USD a" in result.output, command


@pytest.mark.parametrize("year", YEARS)
def test_every_value_of_the_data_is_its_price_within_the_bounds_of_the_rule(year: str) -> None:
    rules, demand = load_penalties().set_index("commodity"), cd.load_demand(year)
    assert rules.source.str.startswith("rule: default ").all()
    assert (rules.confidence == "low").all()
    floor, cap = (demand.commodity.map(rules[name]).astype(float) for name in ("floor", "cap"))
    expected = np.fmin(np.fmax(demand.price, floor), cap)
    assert demand.value.tolist() == expected.tolist()
    assert (demand.value_basis == "price").tolist() == (demand.value == demand.price).tolist()


def test_prices_of_commodities_are_prices_of_the_market() -> None:
    commodities = cd.load_network().commodities.set_index("commodity")
    assert commodities.price[["coal", "uranium"]].tolist() == [75.0, 190_000.0]
    assert (commodities.source != "").all()
    assert "penalty_rule" not in commodities
    table = cd.penalties(cd.load_network(), cd.load_demand()).set_index("commodity")
    assert table.loc["uranium", ["penalty", "price"]].tolist() == [20_000.0, 190_000.0]
