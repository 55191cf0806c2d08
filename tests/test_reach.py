"""Demand that nothing can serve is reported, with what is missing."""

import warnings

import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main

NODES = pd.DataFrame({"node_id": ["farm", "akt", "bak", "pot", "con", "gal", "wien", "far"]})
LINKS = pd.DataFrame(
    [
        ("farm_akt", "farm", "akt", "rail-1520"),
        ("akt_bak", "akt", "bak", "ferry"),
        ("bak_pot", "bak", "pot", "rail-1520"),
        ("pot_con", "pot", "con", "ferry"),
        ("con_wien", "con", "wien", "rail-1435"),
        ("wien_gal", "wien", "gal", "rail-1435"),
    ],
    columns=["link_id", "from_node_id", "to_node_id", "mode"],
).assign(tariff=1.0)


def transfers(*places):
    modes = {"akt": ("rail-1520", "ferry"), "bak": ("ferry", "rail-1520"), "pot": ("rail-1520", "ferry"),
             "con": ("ferry", "rail-1435")}  # fmt: skip
    rows = [(f"at_{node}", node, *modes[node], 2.0) for node in places]
    return pd.DataFrame(rows, columns=["transfer_id", "node_id", "from_mode", "to_mode", "cost"])


def wanted(origin="farm", destination="gal", commodity="grain"):
    return pd.DataFrame(
        {
            "demand_id": ["g"],
            "commodity": [commodity],
            "origin": [origin],
            "destination": [destination],
            "volume": [7.0],
            "value": [100.0],
        }
    )


def heard(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in caught if issubclass(w.category, cd.InputWarning)]


def test_modes_that_meet_without_a_transfer_are_named_where_demand_needs_the_change():
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "con"))
    said = heard(lambda: cd.solve(network, wanted()))
    assert len(said) == 1
    assert "demand: there is no path" in said[0]
    assert "(g)" in said[0]
    assert "rail-1520 and ferry meet at pot without a transfer that takes grain" in said[0]


def test_every_change_that_is_missing_is_named_and_none_that_is_there():
    network = cd.Network(NODES, LINKS, transfers("bak"))
    (said,) = heard(lambda: cd.solve(network, wanted()))
    for part in (
        "rail-1520 and ferry meet at akt",
        "rail-1520 and ferry meet at pot",
        "ferry and rail-1435 meet at con",
    ):
        assert part in said
    assert "meet at bak" not in said


def test_with_all_transfers_all_is_delivered_and_nothing_is_said():
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "pot", "con"))
    assert heard(lambda: cd.solve(network, wanted())) == []
    assert float(cd.solve(network, wanted()).loss) == 7 * (6 + 4 * 2)


@pytest.mark.parametrize("ends", [("farm", "far"), ("far", "gal")])
def test_an_end_without_links_is_named(ends):
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "pot", "con"))
    (said,) = heard(lambda: cd.solve(network, wanted(*ends)))
    assert "no operating link at far takes grain" in said


def test_a_transfer_for_other_goods_or_not_in_operation_counts_as_missing():
    for change in ({"commodities": "coal"}, {"status": "planned"}):
        network = cd.Network(NODES, LINKS, transfers("akt", "bak", "pot", "con").assign(**change))
        (said,) = [found for found in heard(lambda network=network: cd.solve(network, wanted())) if "no path" in found]
        assert "rail-1520 and ferry meet at akt" in said


def test_links_that_do_not_operate_leave_no_path():
    closed = LINKS.assign(status=["operating"] * 4 + ["closed", "operating"])
    network = cd.Network(NODES, closed, transfers("akt", "bak", "pot", "con"))
    (said,) = heard(lambda: cd.solve(network, wanted()))
    assert "no operating links that take grain lead from farm to gal" in said


def test_one_way_links_against_the_traffic_leave_no_path():
    network = cd.Network(NODES, LINKS.assign(directed=True), transfers("akt", "bak", "pot", "con"))
    (said,) = heard(lambda: cd.solve(network, wanted("gal", "farm")))
    assert "lead from gal to farm" in said


def test_a_sweep_says_it_too():
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "con"))
    scenarios = cd.outages(network, by="link")
    said = heard(lambda: cd.sweep(network, wanted(), scenarios, progress=False))
    assert len(said) == 1
    assert "rail-1520 and ferry meet at pot" in said[0]


def test_a_network_whose_modes_meet_without_any_transfer_says_where():
    (said,) = heard(lambda: cd.Network(NODES, LINKS))
    assert "transfers: there are none" in said
    assert "akt" in said
    assert "con" in said
    assert heard(lambda: cd.Network(NODES, LINKS, transfers("akt"))) == []
    assert heard(lambda: cd.Network(NODES, LINKS[LINKS["mode"] == "ferry"])) == []


def test_the_command_line_says_it_in_one_line(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    for name, table in (("nodes", NODES), ("links", LINKS), ("transfers", transfers("akt", "bak", "con"))):
        table.to_csv(folder / f"{name}.csv", index=False)
    wanted().to_csv(tmp_path / "demand.csv", index=False)
    run = CliRunner().invoke(
        main, ["criticality", "--network", str(folder), "--demand", str(tmp_path / "demand.csv"), "--by", "link"]
    )
    assert run.exit_code == 0
    lines = [line for line in run.output.splitlines() if line.startswith("Warning: demand: there is no path")]
    assert len(lines) == 1
    assert ".py" not in lines[0]


def test_what_is_not_wanted_is_not_missed_and_a_single_tonne_is():
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "con"))
    assert heard(lambda: cd.solve(network, wanted().assign(volume=0.0))) == []
    assert len(heard(lambda: cd.solve(network, wanted().assign(volume=1.0)))) == 1


def test_an_end_whose_links_are_closed_is_named():
    closed = LINKS.assign(status=["closed"] + ["operating"] * 5)
    network = cd.Network(NODES, closed, transfers("akt", "bak", "pot", "con"))
    (said,) = heard(lambda: cd.solve(network, wanted()))
    assert "no operating link at farm takes grain" in said


def test_reasons_come_in_the_order_of_the_demand():
    network = cd.Network(NODES, LINKS, transfers("akt", "bak", "con"))
    rows = pd.concat([wanted(), wanted("far", "gal").assign(demand_id="h")], ignore_index=True)
    first, second = heard(lambda: cd.solve(network, rows))
    assert "meet at pot" in first
    assert "no operating link at far" in second


def test_the_library_data_has_paths_for_all_demand_of_its_year():
    for year in (2024, 2030):
        assert heard(lambda year=year: cd.solve(cd.load_network(year=year), cd.load_demand(str(year)))) == []
