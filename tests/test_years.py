"""One year for network and demand, and their names on everything that is found."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.commands.inputs import network_and_demand
from corridors.datasets import DEMAND_YEARS, folder


@pytest.mark.parametrize(
    ("year", "demand", "names"),
    [
        (None, None, ("eurasia 2024 with preferences", "2024")),
        (2030, None, ("eurasia 2030 with preferences", "2030")),
        (None, "2030", ("eurasia 2030 with preferences", "2030")),
        (2024, "2030", ("eurasia 2024 with preferences", "2030")),  # asked for
    ],
)
def test_network_and_demand_are_of_one_year_unless_both_are_given(year, demand, names):
    network, rows = network_and_demand("eurasia", year, demand)
    assert (network.name, rows.attrs["name"]) == names


def test_a_year_without_demand_asks_for_one():
    run = CliRunner().invoke(main, ["report", "--year", "2027"])
    assert run.exit_code == 1
    assert "no demand of 2027" in run.output
    assert "2025" in run.output
    network, rows = network_and_demand("eurasia", 2027, "2025")
    assert (network.name, rows.attrs["name"]) == ("eurasia 2027 with preferences", "2025")


def test_the_years_of_demand_are_those_of_the_data():
    assert sorted(path.stem.partition("_")[2] for path in folder().glob("demand_*.csv")) == list(DEMAND_YEARS)


def test_results_carry_the_names_of_network_and_demand():
    network, demand = cd.load_network(), cd.load_demand("2022")
    part = cd.select_demand(network, demand, commodity="uranium")
    base = cd.solve(network, part)
    assert (base.attrs["network"], base.attrs["demand"]) == ("eurasia 2024 with preferences", "2022")
    swept = cd.sweep(network, part, cd.baseline(), progress=False)
    assert (swept.attrs["network"], swept.attrs["demand"]) == ("eurasia 2024 with preferences", "2022")
    changed = network.replace(links=network.links.assign(tariff_factor=2.0))
    assert changed.name == "eurasia 2024 with preferences"


def test_the_foot_of_a_map_names_network_and_demand():
    network, demand = cd.load_network(year=2030), cd.load_demand("2030")
    base = cd.solve(network, cd.select_demand(network, demand, commodity="uranium"))
    figure = cd.plot_map(network, base, labels=5, inset=False).get_figure(root=True)
    (foot,) = [t.get_text() for t in figure.findobj(lambda t: t.get_gid() == "source")][:1]
    assert foot.startswith("Network eurasia 2030 with preferences, demand 2030. ")


def test_tables_of_studies_and_the_feet_of_their_maps_name_network_and_demand():
    network = cd.load_network()
    demand = cd.select_demand(network, cd.load_demand("2022"), commodity="uranium")
    ranked = cd.criticality(network, demand, by="country", progress=False)
    tables = [ranked, cd.rents(network, demand, progress=False), cd.dependence(network, demand)]
    names = ("eurasia 2024 with preferences", "2022")
    assert [(table.attrs["network"], table.attrs["demand"]) for table in tables] == [names] * 3
    figure = cd.plot_criticality(network, ranked, by="country", labels=5, inset=False).get_figure(root=True)
    (foot,) = [t.get_text() for t in figure.findobj(lambda t: t.get_gid() == "source")][:1]
    assert foot.startswith("Network eurasia 2024 with preferences, demand 2022. ")


def test_networks_without_a_name_leave_none():
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"], "tariff": 1})
    demand = pd.DataFrame({"demand_id": ["d"], "commodity": ["x"], "origin": ["a"], "destination": ["b"],
                           "volume": [1.0], "value": [9.0]})  # fmt: skip
    assert not {"network", "demand"} & set(cd.solve(cd.Network(nodes, links), demand).attrs)


def test_commands_print_and_leave_the_names(tmp_path):
    out = tmp_path / "out"
    run = CliRunner().invoke(main, ["dependence", "--commodity", "uranium", "--year", "2030", "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert run.output.startswith("network eurasia 2030 with preferences, demand 2030 (")
    assert json.loads((out / "case.json").read_text()) == {"network": "eurasia 2030 with preferences", "demand": "2030"}
