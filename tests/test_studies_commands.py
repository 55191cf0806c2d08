"""The studies as a person runs them: tables on the screen, files in a folder, and one line where the input is wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.text import Text
from written import assert_is_what_it_is_called

import corridors as cd
from corridors.cli import main
from corridors.maps.charts import chart, label_axis

OIL = ["--commodity", "crude_oil", "--origin", "KZ"]
CPC = "tariff link oil_atyrau_astrakhan_cpc scale 0.5 2"


@pytest.mark.parametrize(
    ("command", "said", "files"),
    [
        (["leverage", "--player", "AZ", "--player", "GE"], "shapley", ["leverage.csv", "leverage.png"]),
        (["hedging", "--bloc", "AZ", "--values", "1"], "cost_of_autonomy", ["hedging.csv", "hedging.png"]),
        (
            ["hedging", "--bloc", "AZ", "--exports", "KZ"],
            "saved_alone",
            ["hedging.csv", "exports.csv", "autonomy.csv", "gates.csv", "blocs.csv", "hedging.png"],
        ),
        (["dependence", "--on", "corridor"], "herfindahl", ["dependence.csv", "dependence.png"]),
        (["trade", "--by", "bloc"], "export_value", ["trade.csv"]),
        (["shocks"], "Russian transit refused", ["shocks.csv", "shocks.png"]),
        (["n-minus-k", "--by", "country"], "synergy", ["n_minus_k.csv"]),
        (["interdiction", "--budget", "1"], "oil_atyrau_astrakhan_cpc", ["interdiction.csv"]),
        (["reliability", "--by", "corridor", "--draws", "50"], "expected loss", ["reliability.csv", "reliability.svg"]),
        (
            ["break-even", "--routes-by", "country", "--vary", "toll country RU add 0 300"],
            "The preferred route is RU all over",
            ["break_even.csv", "break_even.png"],
        ),
        (
            ["atlas", "--vary", "toll country RU add 0 300", "--vary", "toll country AZ add 0 300", "--levels", "3"],
            "its part of the field",
            ["atlas.csv", "atlas.png"],
        ),
        (
            ["sensitivity", "--vary", "toll country RU add 0 50", "--vary", CPC, "--samples", "8"],
            "ST_conf",
            ["sensitivity.csv", "sensitivity.png"],
        ),
        (
            ["tornado", "--vary", "toll country RU add 0 50", "--vary", CPC],
            "tariff of link oil atyrau astrakhan cpc, scale",
            ["tornado.csv", "tornado.png"],
        ),
        (
            ["prices", "--of", "crude_oil", "--start", "tengiz"],
            "delivered cost by country",
            ["prices.csv", "rents.csv", "prices.svg", "rents.svg"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_study_prints_its_table_and_leaves_it_in_a_folder(
    command: list[str], said: str, files: list[str], tmp_path: Path
) -> None:
    some = OIL[:2] if "--exports" in command else OIL  # which names the country itself
    result = CliRunner().invoke(main, [*command, *some, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert said in result.output
    assert_fits_a_screen(result.output)
    for name in files:
        assert_is_what_it_is_called(tmp_path / "out" / name)


@pytest.mark.parametrize("some", [[], ["--commodity", "crude_oil"], ["--origin", "KZ"]])
def test_published_trade_is_compared_with_all_goods_only(some: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["trade", "--by", "bloc", *some, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert ("coverage" in pd.read_csv(tmp_path / "trade.csv")) == ("coverage" in result.output) == (not some)


def assert_fits_a_screen(text: str) -> None:
    """A summary is at most 45 lines of at most 120 characters."""
    lines = text.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("broken", ["no data", "data outside its frame", "no words"])
def test_a_figure_that_shows_nothing_is_found_out(broken: str, tmp_path: Path) -> None:
    ax = chart("Losses", "Of a year", note="None.")
    label_axis(ax, "USD", "probability")
    ax.axvline(0.5)
    curve = ax.plot([0, 1, 2], [1, 2, 1])[0]
    cd.save_figure(ax, tmp_path / "whole.svg")
    assert_is_what_it_is_called(tmp_path / "whole.svg")
    if broken == "no data":
        curve.remove()
    elif broken == "data outside its frame":
        ax.set_xlim(10, 11)
    else:
        for text in [*ax.figure.findobj(Text), *ax.findobj(Text)]:
            text.set_visible(False)
    cd.save_figure(ax, tmp_path / "broken.svg")
    with pytest.raises(AssertionError):
        assert_is_what_it_is_called(tmp_path / "broken.svg")
