"""Emissions against hand calculation, and a price of carbon against a network whose tariffs hold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main


def network(**columns: object) -> cd.Network:
    links = pd.DataFrame(
        {
            "link_id": ["lorry", "train", "ship"],
            "from_node_id": ["a", "a", "a"],
            "to_node_id": ["b", "b", "b"],
            "mode": ["road", "rail-1520", "ship"],
            "length": [1000.0, 1200.0, 3000.0],
            "tariff": [50.0, 53.0, 60.0],
            "capacity": [np.nan, 70.0, np.nan],
        }
    )
    return cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links.assign(**columns))


def wanted() -> pd.DataFrame:
    rows = {"demand_id": ["g", "o"], "commodity": ["grain", "crude_oil"], "origin": "a", "destination": "b"}
    return pd.DataFrame(rows | {"volume": [100.0, 50.0], "value": [500.0, 500.0]})


FACTORS = pd.DataFrame(
    {
        "mode": ["rail", "road", "ship", "ship"],
        "commodity": ["", "", "", "crude_oil"],
        "factor": [20.0, 75.0, 12.0, 7.0],
    }
)


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_emissions_are_tonne_kilometres_times_the_factor_of_mode_and_commodity() -> None:
    base = cd.solve(network(tariff=[60.0, 53.0, 55.0]), wanted())  # the train is full, the rest goes by ship
    by_mode = cd.emissions(network(), base, factors=FACTORS).set_index("mode")
    assert by_mode.tonne_km.to_dict() == {"ship": 80 * 3000.0, "rail-1520": 70 * 1200.0}
    assert by_mode.emissions["rail-1520"] == pytest.approx(70 * 1200 * 20e-6)
    on_ship = base.flow.sel(link="ship").sum("direction").to_series()
    grams = 3000 * (12 * on_ship["grain"] + 7 * on_ship["crude_oil"])
    assert by_mode.emissions["ship"] == pytest.approx(grams * 1e-6)
    assert by_mode.share.sum() == pytest.approx(1.0)
    for per in ("link", "commodity"):
        table = cd.emissions(network(), base, per=per, factors=FACTORS)
        assert table.emissions.sum() == pytest.approx(by_mode.emissions.sum())


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_a_carbon_price_is_a_tariff_by_link_and_commodity() -> None:
    plain, rows = network(), wanted()
    prices = [0.0, 40.0, 900.0]
    result = cd.sweep(plain, rows, cd.carbon_price(plain, rows, prices, factors=FACTORS), keep=("flow",))
    assert result.scenario.to_numpy().tolist() == ["carbon=0", "carbon=40", "carbon=900"]
    grams = {"grain": [75_000.0, 24_000.0, 36_000.0], "crude_oil": [75_000.0, 24_000.0, 21_000.0]}
    goods = pd.DataFrame({"commodity": list(grams)})
    for i, price in enumerate(prices):
        tariffs = pd.concat(
            pd.DataFrame({"link_id": plain.links.link_id, "commodity": name, "tariff": plain.links.tariff
                          + price * 1e-6 * np.array(own)}) for name, own in grams.items()
        )  # fmt: skip
        changed = cd.solve(plain.replace(tariffs=tariffs, commodities=goods), rows)
        assert float(result.loss[i]) == pytest.approx(float(changed.loss))
    total = cd.emissions(plain, result, factors=FACTORS).groupby("scenario", sort=False).emissions.sum()
    assert total.is_monotonic_decreasing
    assert total["carbon=900"] < total["carbon=0"]


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_what_can_not_be_counted_is_refused() -> None:
    rows, base = wanted(), cd.solve(network(), wanted())
    with pytest.raises(cd.InputError, match="factors: factor is missing for 1 factor \\(road\\); give g CO2e"):
        cd.emissions(network(), base, factors=FACTORS[FACTORS["mode"] != "road"])
    with pytest.raises(cd.InputError, match="factors: a mode and commodity is there twice for 1 factor \\(rail\\)"):
        cd.emissions(network(), base, factors=pd.concat([FACTORS, FACTORS.head(1)]))
    with pytest.raises(cd.InputError, match="links: length is missing for 1 link \\(ship\\)"):
        cd.carbon_price(network(length=[1.0, 2.0, np.nan]), rows, 50, factors=FACTORS)
    for wrong, says in (
        ([50.0, -1.0], "prices: is -1.0; give a finite number of 0 or more"),
        ("50", "prices: is the text '50'; give a finite number"),
        ([50.0, "60"], "prices: is the text '60'; give a finite number"),
        ([], "prices: is empty; give USD per tonne of CO2e, one or more"),
    ):
        with pytest.raises(cd.InputError, match=says):
            cd.carbon_price(network(), rows, wrong)  # type: ignore[arg-type]
    with pytest.raises(cd.InputError, match="per='tonne' is unknown; give one of mode, link, commodity"):
        cd.emissions(network(), base, per="tonne")


def test_the_library_has_a_factor_for_every_mode_of_its_network() -> None:
    modes = cd.load_network(preferences=False).links["mode"].unique()
    table = cd.load_emission_factors()
    assert {mode.partition("-")[0] for mode in modes} <= set(table["mode"])
    assert set(table.confidence) == {"low"}
    assert (table.source != "").all()


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_the_command_lists_emissions_and_what_prices_change(tmp_path: Path) -> None:
    cd.write(network(), tmp_path / "net", demand=wanted())
    options = ["--network", str(tmp_path / "net"), "--price", "900", "--out", str(tmp_path / "out")]
    shown = CliRunner().invoke(main, ["emissions", *options])
    assert shown.exit_code == 0, shown.output
    table = pd.read_csv(tmp_path / "out" / "carbon_prices.csv").set_index("price")
    assert table.emissions[900.0] < table.emissions[0.0]
    assert table.cost[900.0] > table.cost[0.0]
    assert (tmp_path / "out" / "emissions.png").is_file()
