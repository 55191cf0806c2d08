"""The studies as a person runs them: tables on the screen, files in a folder, and one line where the input is wrong."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image as mpimg
import pandas as pd
import pytest
from click.testing import CliRunner

from corridors.cli import main

OIL = ["--commodity", "crude_oil", "--origin", "KZ"]
CPC = "tariff link oil_atyrau_astrakhan_cpc scale 0.5 2"


@pytest.mark.parametrize(
    ("command", "told", "files"),
    [
        (["leverage", "--player", "AZ", "--player", "GE"], "shapley", ["leverage.csv", "leverage.png"]),
        (["hedging", "--bloc", "AZ", "--values", "1"], "cost_of_autonomy", ["hedging.csv", "hedging.png"]),
        (["dependence", "--on", "corridor"], "herfindahl", ["dependence.csv", "dependence.png"]),
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
    command: list[str], told: str, files: list[str], tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, [*command, *OIL, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert told in result.output
    for name in files:
        assert_is_what_it_is_called(tmp_path / "out" / name)


def assert_is_what_it_is_called(path: Path) -> None:
    """A table has rows and no blank column name, and a figure has something drawn on it."""
    if path.suffix == ".csv":
        table = pd.read_csv(path)
        assert len(table)
        assert not any(name.startswith("Unnamed") for name in table)
    elif path.suffix == ".png":
        shades = mpimg.imread(path)[..., :3].reshape(-1, 3)
        inked = (shades != shades[0]).any(axis=1).mean()
        assert 0.002 < inked < 0.998
    else:
        assert {"path", "text"} & {node.tag.rpartition("}")[2] for node in ElementTree.parse(path).iter()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["leverage", "--player", "XX", *OIL], "players: is no country of the network for 1 player (XX)"),
        (["hedging", "--bloc", "nato", *OIL], "blocs: is unknown for 1 bloc (nato)"),
        (["dependence", "--commodity", "tea"], "demand: no row has commodity tea"),
        (["hedging", "--bloc", "RU", "--values", "half"], "'half' is no number"),
        (["break-even", "--vary", "toll RU 0 300"], "has 4 words, not 6; give FIELD BY WHICH OPERATION LOW HIGH"),
        (["break-even", "--vary", "toll country RU add 0 much"], "does not end in two numbers"),
        (["break-even", "--vary", "toll country 'RU add 0 9"], "can't be split into words (No closing quotation)"),
        (["tornado", "--vary", CPC, "--vary", CPC.replace("2", "3")], "cpc, scale' 2 times; give each once"),
        (["tornado", "--vary", "tariff corridor titr scale 1 2"], "give some of TITR"),
        (["atlas", "--vary", "toll country RU add 0 9"], "--vary is there 1 times"),
        (["hinterland", "--of", "oil", "--start", "mars", "--vary", CPC], "origin: is unknown for 1 origin (mars)"),
        (
            ["prices", "--of", "crude_oil", "--start", "mars"],
            "--start: no crude_oil starts at mars; give one of kz_kto",
        ),
        (["prices", "--of", "tea"], "--of: no tea is moved; give one of "),
    ],
    ids=[
        "player",
        "bloc",
        "commodity",
        "values",
        "vary",
        "numbers",
        "quote",
        "again",
        "corridor",
        "twice",
        "end",
        "start",
        "of",
    ],
)
def test_wrong_input_is_told_in_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output


def test_prices_are_of_the_largest_origin_where_none_is_named() -> None:
    result = CliRunner().invoke(main, ["prices", "--of", "containers", "--commodity", "containers"])
    assert result.exit_code == 0, result.output
    assert "\ncontainers: from xian, where most starts (6.2 of 23.0 Mt a year); --start takes" in result.output
    assert "containers from xian: delivered cost by country" in result.output


def test_sets_without_a_trap_are_drawn_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["n-minus-k", "--most", "2", *OIL, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert not (pd.read_csv(tmp_path / "n_minus_k.csv").synergy > 0).any()
    assert "No links cost more together" in (tmp_path / "n_minus_k.svg").read_text(encoding="utf-8")


def test_a_hinterland_tells_who_flips_first(tmp_path: Path) -> None:
    start = ["hinterland", "--of", "gas", "--start", "galkynysh", "--vary", "tariff country UZ scale 0.5 3"]
    result = CliRunner().invoke(main, [*start, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "destinations flip up to 3" in result.output
    assert_is_what_it_is_called(tmp_path / "hinterland.png")
    assert set(pd.read_csv(tmp_path / "hinterland.csv").columns) >= {"node_id", "low", "high", "preferred"}
