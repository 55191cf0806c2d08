"""All exports of a country: over how few blocs they go, frontiers by commodity, what projects and partners save."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.studies import autonomy as studied

QUIET: dict[str, Any] = {"progress": False}


def exports() -> tuple[cd.Network, pd.DataFrame]:
    """Oil and grain from KZ to the sea: by RU, by AZ (6 of room), by IR (6), and a pipeline that is planned by TM.

    field --10-- samara --10-- sea        grain of 2 is sold in samara as well
    field --25-- baku ---20-- sea         grain too
    field --40-- iran ---40-- sea
    field --(30)-- awaza (30)-- sea       planned
    """
    nodes = pd.DataFrame(
        {
            "node_id": ["field", "samara", "baku", "iran", "awaza", "sea"],
            "country": ["KZ", "RU", "AZ", "IR", "TM", "TR"],
        }
    )
    rows = [
        ("in", "field", "samara", 10.0, None, "operating"), ("out", "samara", "sea", 10.0, None, "operating"),
        ("ferry", "field", "baku", 25.0, 6.0, "operating"), ("btc", "baku", "sea", 20.0, None, "operating"),
        ("swap", "field", "iran", 40.0, 6.0, "operating"), ("rail", "iran", "sea", 40.0, None, "operating"),
        ("pipe", "field", "awaza", 30.0, 5.0, "planned"), ("on", "awaza", "sea", 30.0, None, "planned"),
    ]  # fmt: skip
    columns = ["link_id", "from_node_id", "to_node_id", "tariff", "capacity", "status"]
    blocs = pd.DataFrame({"bloc": ["union", "union", "turkic", "turkic"], "country": ["RU", "KZ", "AZ", "TR"]})
    network = cd.Network(nodes, pd.DataFrame(rows, columns=columns).assign(mode="road"), blocs=blocs)
    demand = pd.DataFrame(
        [
            ("o", "oil", "field", "sea", 10.0, 500.0),
            ("g", "grain", "field", "sea", 4.0, 100.0),
            ("r", "grain", "field", "samara", 2.0, 100.0),
        ],
        columns=["demand_id", "commodity", "origin", "destination", "volume", "value"],
    )
    return network, demand


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> tuple[cd.Network, pd.DataFrame]:
    row = {"project_id": "awaza", "name": "Awaza", "field": "status", "links": "pipe;on"}
    table = pd.DataFrame([row | {"before": "planned", "after": "operating"}])
    monkeypatch.setattr(studied, "load_projects", lambda: table)
    return exports()


def test_frontiers_by_commodity_are_those_of_each_commodity_alone() -> None:
    network, demand = exports()
    together = cd.hedging_frontier(network, demand, bloc="RU", of="commodity", values=[1, 0.5], accuracy=0.0, **QUIET)
    assert together.group.drop_duplicates().tolist() == ["oil", "grain"]
    for commodity, part in together.groupby("group"):
        alone = cd.hedging_frontier(
            network, demand, bloc="RU", select={"commodity": commodity}, values=[1, 0.5], accuracy=0.0, **QUIET
        )
        assert (alone.group == "all").all()
        pd.testing.assert_frame_equal(part.reset_index(drop=True).drop(columns="group"), alone.drop(columns="group"))
    with pytest.raises(cd.InputError, match="of='origin' is unknown; give one of all, commodity"):
        cd.hedging_frontier(network, demand, bloc="RU", of="origin", **QUIET)


def test_a_tonne_that_touches_several_blocs_counts_in_equal_parts_for_each() -> None:
    network, demand = exports()
    table = cd.concentration(network, demand, of="commodity", blocs=["union", "turkic"]).set_index("group")
    # All goes by RU: oil and 4 of grain end in TR, which is turkic; 2 of grain end in RU.
    assert table.gates.to_dict() == {"oil": 2, "grain": 2}
    assert table.herfindahl["oil"] == pytest.approx(0.5)
    assert table.herfindahl["grain"] == pytest.approx((4 / 6) ** 2 + (2 / 6) ** 2)
    assert table.exported.to_dict() == {"oil": 10.0, "grain": 6.0}
    assert table.largest["grain"] == "union"
    # A country of no bloc that is named stands for itself, and one of several is of the first.
    by_country = cd.concentration(network, demand, of="commodity", blocs=["TR"]).set_index("group")
    assert by_country.largest["grain"] == "RU"
    both = cd.concentration(network, demand, of="all", blocs=["RU", "union"])
    assert both.largest[0] == "RU"
    with pytest.raises(cd.InputError, match="blocs: is unknown for 1 bloc"):
        cd.concentration(network, demand, blocs=["nato"])


def test_projects_and_partners_save_what_the_case_without_them_loses(planned: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = planned
    table = cd.autonomy(network, demand, bloc="RU", **QUIET).set_index("option")
    # As things are all goes by RU. With RU shut, 14 want 12 of room by AZ and IR; the 2 sold in RU stay.
    # Oil (10): 6 by AZ at 45, 4 by IR at 80; grain (4): 2 by IR at 80, 2 left behind at 100.
    shut = 6 * 45 + 6 * 80 + 2 * 100 + 2 * 100
    assert table.attrs["loss"] == 10 * 20 + 4 * 20 + 2 * 10
    assert table.attrs["loss_shut"] == shut
    assert table.saved.to_dict() == {"awaza": 0.0, "AZ": 0.0, "IR": 0.0}
    # The pipeline takes 5 at 60: 2 of grain that stayed, and 3 of the 6 by IR.
    assert table.saved_shut["awaza"] == 2 * (100 - 60) + 3 * (80 - 60)
    # Without AZ the 6 by IR are oil: 4 of oil stay at 500, and grain with them; without IR likewise.
    assert table.saved_shut["AZ"] == (6 * 80 + 4 * 500 + 4 * 100 + 2 * 100) - shut
    assert table.saved_shut["IR"] == (6 * 45 + 4 * 500 + 4 * 100 + 2 * 100) - shut
    assert table.saved_alone[["AZ", "IR"]].tolist() == [6 * (500 - 45), 6 * (500 - 80)]
    assert pd.isna(table.saved_alone["awaza"])
    assert table.index.tolist() == ["awaza", "AZ", "IR"]  # TM lets nothing pass, and TR is where all ends
    oil = cd.autonomy(network, demand, bloc="RU", select={"commodity": "oil"}, partners=["az", "TM"], **QUIET)
    assert oil.option.tolist() == ["awaza", "AZ", "TM"]
    assert oil.attrs["loss_shut"] == 6 * 45 + 4 * 80 + 4 * 20 + 2 * 10  # grain still goes by RU


def test_a_project_that_is_there_is_compared_with_the_case_before_it(planned: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = planned
    built = network.replace(links=network.links.assign(status="operating"))
    one, other = (cd.autonomy(each, demand, bloc="RU", partners=[], **QUIET) for each in (network, built))
    assert one.saved_shut.tolist() == other.saved_shut.tolist() == [140.0]
    assert other.attrs["loss_shut"] == one.attrs["loss_shut"] - 140.0


def test_what_autonomy_can_not_be_asked_of_is_said(planned: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = planned
    with pytest.raises(cd.InputError, match=r"partners: is in the bloc for 1 partner \(RU\)"):
        cd.autonomy(network, demand, bloc="union", partners=["RU"], **QUIET)
    with pytest.raises(cd.InputError, match=r"projects: is unknown for 1 project \(canal\); give some of awaza"):
        cd.autonomy(network, demand, bloc="RU", projects=["canal"], **QUIET)
    bare = network.replace(links=network.links.iloc[:6])
    with pytest.raises(cd.InputError, match=r"projects: has links that the network lacks for 1 project \(awaza\)"):
        cd.autonomy(bare, demand, bloc="RU", projects=["awaza"], **QUIET)
    assert cd.autonomy(bare, demand, bloc="RU", **QUIET).kind.eq("partner").all()


def test_the_command_refuses_options_that_all_exports_do_not_take() -> None:
    for option in (["--origin", "KZ"], ["--draws", "2"]):
        result = CliRunner().invoke(main, ["hedging", "--bloc", "RU", "--exports", "KZ", *option])
        assert result.exit_code == 2
        assert f"--exports takes no {option[0]}" in result.output
