"""Validation: every published figure has its counterpart or a reason, and the page says so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import valid_calls
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.commands import validation as commands
from corridors.errors import InputError
from corridors.validation import compare_published as validation
from corridors.validation import page as validation_page
from corridors.validation.aims import aims
from corridors.validation.measures import MEASURES, Measures, in_unit

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def compared() -> pd.DataFrame:
    """Times, costs, distances and capacities: what takes no solve."""
    return validation.validate_all(kinds=["time", "cost", "distance", "capacity"])


def test_every_figure_has_a_measure_or_a_reason() -> None:
    rows = cd.load_validation()
    figures = [*cd.load_references().reference_id, *cd.load_flows().flow_id]
    assert len(figures) == 147 + 248
    assert [i for i in rows.fact_id if not i.startswith("x")] == figures
    assert set(rows.measure) <= {"", *MEASURES}
    assert set(rows.reason[rows.measure == ""]) == set(validation.REASONS)
    assert set(rows.reason[rows.measure != ""]) == {""}


def test_at_least_sixty_figures_are_tested_apart_from_those_given() -> None:
    rows = cd.load_validation()
    groups = pd.Series([validation.group_of(row) for row in rows[~rows.fact_id.str.startswith("x")].itertuples()])
    assert (groups.isin(["calibrated", "held out", "never seen"])).sum() >= 60


def test_seven_in_ten_times_costs_and_distances_are_within_a_quarter(compared: pd.DataFrame) -> None:
    tested = compared[compared.kind.isin(["time", "cost", "distance"])]
    assert len(tested) >= 60
    assert (tested.error <= validation.NEAR).mean() >= 0.7


def test_the_worst_come_first_and_leave_out_what_is_given(compared: pd.DataFrame) -> None:
    worst = validation.worst(compared, 5)
    assert len(worst) == 5
    assert "given" not in set(worst.group)
    off = worst.ratio.where(worst.ratio >= 1, 1 / worst.ratio)
    assert off.is_monotonic_decreasing


def test_the_page_tells_every_figure_once_or_gives_its_reason() -> None:
    page = PAGE.read_text(encoding="utf-8")
    body, untested = page.split("## Not testable")
    body = body[body.index("## Never seen") :]
    rows = cd.load_validation()
    rows = rows[~rows.fact_id.str.startswith("x")]
    assert sorted(re.findall(r"^\| ([rd]\d{3}):", body, re.M)) == sorted(rows.fact_id[rows.measure != ""])
    listed = [
        i
        for line in untested.splitlines()
        for i in line.removeprefix("- ").rpartition(": ")[2].split(", ")
        if line.startswith("- ")
    ]
    assert sorted(listed) == sorted(rows.fact_id[rows.measure == ""])


def test_the_page_has_the_figures_that_the_model_gives(compared: pd.DataFrame) -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = validation_page.page(compared)
    rows = [line for line in found.splitlines() if re.match(r"\| [rd]\d{3}:", line)]
    assert [line for line in rows if line not in page] == []


def test_an_unknown_kind_or_measure_says_what_there_is() -> None:
    with pytest.raises(InputError, match="give some of time, cost"):
        validation.validate_all(kinds=["colour"])
    row = cd.load_validation().iloc[0].copy()
    row["measure"] = "colour"
    with pytest.raises(InputError, match="give one of length"):
        Measures(cd.load_network()).value(row)


def test_units_follow_the_factors_of_the_data() -> None:
    assert in_unit(48.0, "time", "days") == 2.0
    assert in_unit(1_100.0, "flow", "TEU") == 100.0
    assert in_unit(100.0, "money", "USD/FEU") == 2_200.0
    assert in_unit(700_000.0, "flow", "bcm") == 1.0
    assert in_unit(5.0, "flow", "t") == 5.0


def test_a_case_is_compared_with_the_figures_of_its_year(compared: pd.DataFrame) -> None:
    table = cd.validate(cd.load_network(year=2025), cd.load_demand("2025"), year=2025, kinds=["time", "cost"])
    of_all = compared[
        (compared.year == 2025) & compared.kind.isin(["time", "cost"]) | (compared.group == "not testable")
    ]
    helper = table.fact_id == "r035"  # less than a figure of another year, which a single case measures on itself
    pd.testing.assert_frame_equal(table[~helper].reset_index(drop=True),
                                  of_all[of_all.fact_id != "r035"].reset_index(drop=True))  # fmt: skip
    assert set(table.year.dropna()) == {2025}


def test_a_network_is_measured_as_it_is_given() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    longer = network.replace(links=network.links.assign(length=1.001 * network.links.length))
    models = (cd.validate(given, demand, kinds=["distance"]).model.dropna() for given in (network, longer))
    before, after = (model.to_numpy(float) for model in models)
    assert len(before) == 4
    assert after == pytest.approx(1.001 * before)


def test_a_share_of_what_does_not_move_is_missing() -> None:
    demand = cd.load_demand().query("commodity == 'grain'").head(1)
    table = cd.validate(cd.load_network(), demand, kinds=["flow"])
    assert table.model.dtype == float
    assert np.isnan(table.set_index("fact_id").model["d105"])  # trains by a way, by its share of the boxes


def test_the_command_takes_a_network_and_its_year() -> None:
    result = CliRunner().invoke(main, ["validate", "--year", "2025", "--without-flows"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("network eurasia 2025 with preferences, demand 2025")
    refused = CliRunner().invoke(main, ["calibrate", "--year", "2025", "--free", "luck"])
    assert "free: is no parameter for 1 free (luck)" in refused.output


def test_aims_say_what_is_reached_and_which_limits_are_no_quotas() -> None:
    nodes = pd.DataFrame({"node_id": ["field", "sea"]})
    links = pd.DataFrame({"link_id": ["pipe"], "from_node_id": ["field"], "to_node_id": ["sea"], "mode": "road"})
    zones = pd.DataFrame({"zone_id": "z", "role": "origin", "node_id": ["field", "sea"], "limit_basis": ["quota", ""]})
    figures = pd.DataFrame(
        [("r049", "cost", 1.05), ("r050", "cost", 0.85), ("r036", "cost", 0.5), ("d1", "flow", 1.0)],
        columns=["fact_id", "kind", "ratio"],
    )  # two costs of the northern route, one of the TITR
    figures = figures.assign(group="never seen", error=(figures.ratio - 1).abs())
    rents = pd.DataFrame(
        {"id": ["pipe", "z:field", "z:sea"], "kind": ["link", "zone", "zone"], "dual": [1.0, 3.0, 2.0]}
    )
    found = aims(figures, pd.DataFrame({"ratio": [1.2, 1.4]}), rents, cd.Network(nodes, links, zones=zones))
    by_aim = found.set_index("aim").reached
    assert by_aim["never seen and held out flows within 25 %"]
    assert not by_aim["never seen times, costs and distances within 25 %"]  # 2 of 3
    assert not by_aim["recorded loads of links within 30 %"]  # 1 of 2
    assert by_aim["median ratio of model to published cost, northern"]
    assert not by_aim["median ratio of model to published cost, TITR"]
    assert found.found.iloc[-1] == "2, 1 of them quotas; z:sea"
    page = validation_page.page(
        figures.assign(what="", year=2024, reference=1.0, low=float("nan"), high=float("nan"), model=1.0, unit="t",
                       confidence="", source="", note=""),
        reached=found,
    )  # fmt: skip
    assert "| recorded loads of links within 30 % | 70% or more | 1 of 2 (50%) | missed |" in page


def test_the_page_shows_loads_and_counts_and_leaves_its_figures_beside_it(tmp_path: Path) -> None:
    parts = {"loads": valid_calls.table_of("link_loads"), "counts": valid_calls.table_of("observed")}
    names = commands._pictures(valid_calls.with_loads(), parts, tmp_path / "page.md")
    assert list(names.values()) == ["page_loads.png", "page_counts.png"]
    assert all((tmp_path / name).stat().st_size > 9_000 for name in names.values())
    text = validation_page.page(validation.validate_all(kinds=["distance"]), **parts, pictures=names)
    assert all(f"]({name})" in text for name in names.values())
    assert "| Caspian | A | 0.00 | 0.00 | 1.12 | no | no |" in text


def test_the_command_prints_its_table_with_units_as_json() -> None:
    result = CliRunner().invoke(main, ["validate", "--year", "2025", "--without-flows", "--json"])
    printed = json.loads(result.stdout)
    table = cd.validate(cd.load_network(year=2025), cd.load_demand(2025), year=2025,
                        kinds=["time", "cost", "distance", "capacity"])  # fmt: skip
    assert [row["fact_id"] for row in printed["tables"]["validation"]] == table.fact_id.tolist()
    assert printed["units"]["validation"] == {
        **dict.fromkeys(("reference", "low", "high", "model"), "that of the row: unit"),
        **dict.fromkeys(("ratio", "error"), "1"),
    }


def test_the_fits_of_a_calibration_are_printed_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    def fitted(network: object, demand: object, *, free: list[str], evaluations: int) -> cd.Calibration:
        parameters = cd.load_parameters().assign(low=0.0, high=9.0, value=1.0)
        flows = pd.DataFrame({"fact_id": ["d1"], "group": "calibrated", "reference": 2.0, "before": 1.0, "after": 2.0})
        return cd.Calibration(parameters.assign(free=parameters.parameter_id.isin(free)), flows, evaluations)

    monkeypatch.setattr("corridors.validation.calibration.calibrate", fitted)
    names = cd.load_parameters().parameter_id.tolist()
    plain = json.loads(CliRunner().invoke(main, ["calibrate", "--free", names[0], "--json"]).stdout)
    assert [row["parameter_id"] for row in plain["tables"]["parameters"] if row["free"]] == names[:1]
    assert [(row["when"], row["median"]) for row in plain["tables"]["errors"]][:2] == [("before", 0.5), ("after", 0.0)]
    assert plain["units"]["flows"]["after"] == "that of the row: unit"
    thirds = json.loads(CliRunner().invoke(main, ["calibrate", "--thirds", "--json"]).stdout)["tables"]
    assert len(thirds) == 9
    assert all(row["free"] for row in thirds[f"parameters_of_{len(names)}"])
