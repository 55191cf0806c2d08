"""What if: one case by names, for some days, against the same scenario swept; its command; and the list of names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from valid_calls import demand, network
from written import assert_is_what_it_is_called

import corridors as cd
from corridors.cli import main


def test_a_closure_costs_its_share_of_the_year() -> None:
    found, rows = network(), demand()
    table = cd.criticality(found, rows).set_index("scenario")
    result = cd.what_if(found, rows, close="Ferry", days=73)
    assert result.loss == pytest.approx(table.loss["ferry"] / 5)
    assert result.unmet == pytest.approx(table.unmet["ferry"] / 5)
    assert result.cost == pytest.approx(table.cost["ferry"] / 5)
    assert result.closed == ("ferry",)
    for _, part in result.payers.groupby("end"):
        assert part.loss.sum() == pytest.approx(result.loss)
    assert result.goods.loss.sum() == pytest.approx(result.loss)
    assert result.goods.wanted.sum() == pytest.approx(90 / 5)
    moved = result.diversions.set_index("link_id")
    assert moved.change["ferry"] == -moved.before["ferry"] < 0 < moved.change["barge"]
    assert result.to_frame().attrs["units"] == {"days": "d", "loss": "USD", "cost": "USD", "unmet": "t"}


def test_changes_by_name_are_those_of_the_same_network_changed() -> None:
    found, rows = network(), demand()
    links = found.links.set_index("link_id")
    base = float(cd.solve(found, rows).loss)

    def extra(**columns: dict[str, object]) -> float:
        changed = links.copy()
        for column, values in columns.items():
            for link, value in values.items():
                changed.loc[link, column] = value
        return float(cd.solve(found.replace(links=changed.reset_index()), rows).loss) - base

    assert cd.what_if(found, rows, scale={"Middle": 0.5}).loss == pytest.approx(
        extra(capacity={"ferry": 30.0, "rail": 40.0})
    )
    assert cd.what_if(found, rows, open="north").loss == pytest.approx(extra(status={"new": "operating"}))
    assert cd.what_if(found, rows, toll={"corridor:middle": 4.0}).loss == pytest.approx(
        extra(tariff={"ferry": 14.0, "rail": 16.0})
    )
    both = cd.what_if(found, rows, toll={"GE": 7.0, "rail": 1.0})
    assert both.loss == pytest.approx(extra(tariff={"rail": 20.0}))  # it enters Georgia: both are paid
    shut = cd.what_if(found, rows, close=["AZ-GE"], scenario=cd.outages(found).select(["barge"]))
    assert shut.loss == pytest.approx(extra(status={"rail": "closed", "barge": "closed"}))


def test_whose_goods_are_meant_is_selected() -> None:
    found, rows = network(), demand()
    result = cd.what_if(found, rows, close="ferry", select={"commodity": "grain"})
    assert result.closed == ()
    assert float(result.after.flow.sel(link="ferry", commodity="grain").sum()) == 0
    assert float(result.after.flow.sel(link="ferry", commodity="ore").sum()) == 40


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "nothing changes; name what to close"),
        ({"close": "fery"}, "close: nothing is called fery; give a link, node, border"),
        ({"close": "fery"}, "is it ferry?"),
        ({"open": "rail"}, "open: has nothing that is planned for 1 open (rail)"),
        ({"open": "dostyk_moyinty"}, "It is a candidate, which corridors.with_candidates builds"),
        ({"scale": {"barge": 0.5}}, "scale: barge has no capacity that is limited"),
        ({"scale": {"ferry": -1.0}}, "scale: ferry: is -1.0; give a finite number of 0 or more"),
        ({"close": "ferry", "days": 0}, "days: is 0; give for how many days it lasts"),
    ],
)
def test_what_can_not_be_asked_says_so(changes: dict[str, object], message: str) -> None:
    with pytest.raises(cd.InputError) as error:
        cd.what_if(network(), demand(), **changes)  # type: ignore[arg-type]
    assert message in str(error.value)


@pytest.fixture
def folder(tmp_path: Path) -> list[str]:
    """A network of three nodes and its demand as files, as options."""
    found = network()
    place = tmp_path / "mine"
    place.mkdir()
    for name in ("nodes", "links"):
        getattr(found, name).drop(columns="geometry", errors="ignore").to_csv(place / f"{name}.csv", index=False)
    demand().to_csv(tmp_path / "demand.csv", index=False)
    return ["--network", str(place), "--demand", str(tmp_path / "demand.csv")]


def test_the_command_prints_and_writes_what_the_function_finds(folder: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = CliRunner().invoke(main, ["what-if", *folder, "--close", "FERRY", "--days", "73", "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert "ferry closed, for 73 days" in run.output
    expected = cd.what_if(network(), demand(), close="ferry", days=73)
    assert pd.read_csv(out / "what_if.csv").loss[0] == pytest.approx(expected.loss)
    units = json.loads((out / "units.json").read_text(encoding="utf-8"))
    assert units["what_if.csv"] == {"days": "d", "loss": "USD", "cost": "USD", "unmet": "t"}
    assert units["diversions.csv"]["change"] == "t/year"
    for name in ("before.png", "after.png", "difference.png", "payers.csv", "goods.csv"):
        assert_is_what_it_is_called(out / name)


def test_json_holds_what_the_tables_hold(folder: list[str], tmp_path: Path) -> None:
    changes = tmp_path / "low.csv"
    changes.write_text("link_id,link_availability\nferry,0.5\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["what-if", *folder, "--scenarios", str(changes), "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.stdout)
    expected = cd.what_if(network(), demand(), scale={"ferry": 0.5})
    assert said["tables"]["what_if"][0]["loss"] == pytest.approx(expected.loss)
    assert said["units"]["payers"] == {"loss": "USD"}
    assert len(said["tables"]["diversions"]) == len(expected.diversions)


def test_one_of_several_scenarios_is_named(folder: list[str], tmp_path: Path) -> None:
    hazards = tmp_path / "hazards"
    hazards.mkdir()
    (hazards / "low.csv").write_text("link_id,link_availability\nferry,0.5\n", encoding="utf-8")
    (hazards / "none.csv").write_text("link_id,link_availability\nferry,0\n", encoding="utf-8")
    given = ["what-if", *folder, "--scenarios", str(hazards), "--json"]
    several = CliRunner().invoke(main, given)
    assert several.exit_code == 2
    assert "holds 2 scenarios (low, none); name one" in several.output
    run = CliRunner().invoke(main, [*given, "--scenario", "low"])
    expected = cd.what_if(network(), demand(), scale={"ferry": 0.5})
    assert json.loads(run.stdout)["tables"]["what_if"][0]["loss"] == pytest.approx(expected.loss)
    ranked = CliRunner().invoke(main, ["criticality", *folder, "--scenarios", str(hazards), "--json"])
    assert [row["scenario"] for row in json.loads(ranked.stdout)["tables"]["criticality"]] == ["none", "low"]


@pytest.mark.parametrize(
    ("kind", "find", "name"),
    [
        ("nodes", "AKTAU", "aktau"),
        ("links", "rail", "rail"),
        ("ports", "poti", "poti"),
        ("borders", "az", "AZ-KZ"),
        ("corridors", "Mid", "middle"),
        ("countries", "georgia", "GE"),
        ("shocks", "druzhba", "druzhba_stop"),
        ("projects", "zangezur", "tripp"),
    ],
)
def test_names_are_listed(kind: str, find: str, name: str, folder: list[str]) -> None:
    run = CliRunner().invoke(main, ["list", kind, *folder[:2], "--find", find, "--json"])
    assert run.exit_code == 0, run.output
    assert name in {next(iter(row.values())) for row in json.loads(run.stdout)["tables"][kind]}


def test_a_name_that_is_not_listed_is_suggested(folder: list[str]) -> None:
    run = CliRunner().invoke(main, ["list", "corridors", *folder[:2], "--find", "midle"])
    assert "none of 2 corridors holds 'midle'; is it middle?" in run.output
    run = CliRunner().invoke(main, ["criticalty"])
    assert "is it criticality?" in run.output


def test_a_day_is_a_part_of_the_year_on_the_screen_alone(folder: list[str]) -> None:
    by = {
        per: CliRunner().invoke(main, ["criticality", *folder, "--per", per, *extra])
        for per, extra in (("year", ()), ("day", ()))
    }
    assert "kt/day" in by["day"].output
    assert "Mt/year" in by["year"].output
    files = [
        CliRunner().invoke(main, ["criticality", *folder, "--per", per, "--json"]).stdout for per in ("year", "day")
    ]
    assert files[0] == files[1]
    assert not np.isnan(json.loads(files[0])["tables"]["criticality"][0]["loss"])


def test_a_folder_is_tried_before_the_work(folder: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr("corridors.commands.inputs.network_and_demand", lambda *_: pytest.fail("work began"))
    run = CliRunner().invoke(main, ["criticality", *folder, "--out", str(tmp_path / "file" / "out")])
    assert run.exit_code == 2
    assert "can't be written to" in run.output


def test_what_changes_nothing_says_none_and_shows_no_empty_table(folder: list[str]) -> None:
    result = CliRunner().invoke(main, ["what-if", "--toll", "GE=0", *folder])
    assert result.exit_code == 0, result.output
    assert "Who pays, by country of origin and of destination\nnone\n" in result.output
    assert "Empty DataFrame" not in result.output


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["shocks"], "the named shocks are for the library's network; ask for a change of yours by corridors what-if"),
        (["periods"], "the seasons and storages are for the library's network; give yours by --seasons and --storages"),
        (["projects", "--player", "KZ"], "the projects are for the library's network; open planned links of yours"),
        (["expansion"], "the candidates are for the library's network; give yours by --candidates"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_data_of_the_library_says_that_it_does_not_fit_another_network(
    command: list[str], said: str, folder: list[str]
) -> None:
    result = CliRunner().invoke(main, [*command, *folder])
    assert result.exit_code == 1
    assert said in result.output
