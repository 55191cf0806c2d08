"""What fails, and what it costs, as a person asks it: tables, figures, and one line where the input is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from written import assert_is_what_it_is_called

from corridors.cli import main

OIL = ["--commodity", "crude_oil", "--origin", "KZ"]
CPC = "oil_atyrau_astrakhan_cpc"


@pytest.mark.parametrize(
    ("command", "said", "files"),
    [
        (["criticality", "--by", "port", *OIL], "novorossiysk_cpc", ["criticality.csv", "criticality.png"]),
        (["redundancy", "--commodity", "containers"], "links have no path around", ["redundancy.csv"]),
        (
            ["interdiction", "--method", "milp", "--budget", "2", "--protect", "1", *OIL],
            "29,131",
            ["interdiction.csv", "fortification.csv", "interdiction.png", "interdiction_budget.png"],
        ),
        (
            ["reliability", "--by", "corridor", "--outage", "CPC=300,10", "--draws", "40", *OIL],
            "40 years with",
            [
                "reliability.csv",
                "reliability_quantiles.csv",
                "reliability_exceedance.csv",
                "reliability_outages.csv",
                "reliability.png",
            ],
        ),
        (
            ["recovery", "--down", f"{CPC}=30", "--left", f"{CPC}=0.4", "--start", f"{CPC}=5", *OIL],
            f"repairs start in this order: {CPC}",
            ["recovery.csv", "recovery_order.csv", "recovery.png"],
        ),
        (
            ["projects", "--player", "RU", "--player", "AZ", "--project", "transcaspian_oil", *OIL],
            "Trans-Caspian oil pipeline of 20 Mt: saves all together 14.9 M USD/year",
            ["projects.csv", "projects.png"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_study_of_failures_prints_its_table_and_leaves_it_in_a_folder(
    command: list[str], said: str, files: list[str], tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert said in result.output
    for name in files:
        assert_is_what_it_is_called(tmp_path / "out" / name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["recovery", "--down", CPC, *OIL], f"'{CPC}' has no =; give a name and a number"),
        (["recovery", "--down", f"{CPC}=long", *OIL], "'long' is no number"),
        (
            ["recovery", "--down", f"{CPC}=30", "--down", f"{CPC}=40", *OIL],
            f"--down is given twice for {CPC} (30, 40); give it once",
        ),
        (["recovery", "--down", f"{CPC}=30", *["--left", f"{CPC}=0.4"] * 2, *OIL], f"--left is given twice for {CPC}"),
        (["recovery", "--down", f"{CPC}=30", *["--start", f"{CPC}=2"] * 2, *OIL], f"--start is given twice for {CPC}"),
        (
            ["reliability", "--by", "corridor", "--outage", "CPC=300,10", "--outage", "CPC=300,5", *OIL],
            "--outage is given twice for CPC (300,10, 300,5)",
        ),
        (["criticality", "--by", "planet", *OIL], "by='planet' is unknown"),
        (["redundancy", "--minimise", "cost"], "minimise='cost' does not fit; give length, or name a commodity"),
        (["projects", "--player", "RU", "--project", "canal"], "projects: is unknown for 1 project (canal)"),
    ],
    ids=["pair", "number", "down", "left", "start", "outage", "by", "measure", "project"],
)
def test_wrong_input_is_told_in_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["recovery", "--close", "x"], "no such option --close; there are --down, --left, --start, --crews, --by"),
        (["what-if", "--clos", "x"], "no such option --clos; is it --close?"),
        (["list", "nods"], "'nods' is not one of 'nodes', 'links'"),
        (["validate", "--ot", "x"], "no such option --ot; is it --out?"),
        (["trade", "--of", "Kazakstan"], "UZ, ZA; is it KZ (Kazakhstan)?"),
        (
            ["hinterland", "--of", "contaners", "--start", "xian", "--vary", "toll country RU add 0 9"],
            "is it containers?",
        ),
        (["trade", "--of", "Kazakstan"], "'Kazakstan' is no country of the nodes; give one of AF, AM"),
        (
            ["reliability", "--availability", "2"],
            "availability: is 2; give the probability of being up, between 0 and 1",
        ),
    ],
)
def test_what_a_command_has_not_is_told_before_any_work(line, said, monkeypatch):
    monkeypatch.setattr("corridors.sweeping.solve.solve", None)
    result = CliRunner().invoke(main, line)
    assert said in " ".join(result.output.split())
    assert result.exit_code in (1, 2)
