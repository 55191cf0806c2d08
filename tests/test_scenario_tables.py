"""Scenarios from the tables of freight and risk tools: a hazard a file, links under other names."""

import pandas as pd
import pytest

import corridors as cd


def left(scenarios, network):
    """What is left of each link's capacity, by scenario."""
    demand = {"demand_id": ["d"], "commodity": ["c"], "origin": ["x"], "destination": ["y"], "volume": [100.0],
              "value": [1000.0]}  # fmt: skip
    result = cd.sweep(network, demand, scenarios, keep=("flow",), progress=False)
    return dict(zip(result.scenario.to_numpy().tolist(), (100 - result.unmet_total).to_numpy().tolist(), strict=True))


@pytest.fixture(scope="module")
def network():
    links = {"link_id": [1], "from_node_id": ["x"], "to_node_id": ["y"], "mode": "road", "capacity": [40.0],
             "tariff": [1.0]}  # fmt: skip
    return cd.Network({"node_id": ["x", "y"]}, links)


def test_hazards_a_file_each_are_scenarios_called_as_their_files_are(tmp_path, network):
    head = "link_id,from_node_id,to_node_id,Value,link_availability,comments\n"
    (tmp_path / "haz1.csv").write_text(head + "1,x,y,0.2,0.5,\n")
    (tmp_path / "haz2.csv").write_text(head + "1,x,y,0.9,0,\n")
    assert left(cd.read_scenarios(tmp_path), network) == {"haz1": 20, "haz2": 0}
    assert left(cd.read_scenarios(tmp_path / "haz1.csv"), network) == {"haz1": 20}
    pd.read_csv(tmp_path / "haz1.csv").to_parquet(tmp_path / "haz3.parquet")
    assert left(cd.read_scenarios(tmp_path / "haz3.parquet"), network) == {"haz3": 20}


def test_links_may_be_called_unique_link_id(network):
    table = pd.DataFrame({"mode": ["road"], "unique_link_id": [1], "link_availability": [0.25]})
    assert left(cd.from_table(table), network) == {"scenario": 10}
    assert left(cd.from_table({"flood": table, "calm": table.assign(link_availability=1)}), network) == {
        "flood": 10,
        "calm": 40,
    }


def test_tables_of_changes_are_scenarios_too(tmp_path, network):
    head = "scenario_id,table,id,field,operation,value\n"
    (tmp_path / "a.csv").write_text(head + "low,links,1,capacity,scale,0.5\nnone,links,1,status,close,\n")
    (tmp_path / "b.csv").write_text("table,id,field,operation,value\nlinks,1,capacity,set,30\n")
    (tmp_path / "c.csv").write_text("link_id,link_availability\n1,0.25\n")
    assert left(cd.read_scenarios(tmp_path / "a.csv"), network) == {"low": 20, "none": 0}
    assert left(cd.read_scenarios(tmp_path), network) == {"low": 20, "none": 0, "b": 30, "c": 10}
    (tmp_path / "b.csv").write_text("table,id,field,operation,value\nlinks,1,capacity,set,many\n")
    with pytest.raises(cd.InputError, match="value 'many' is no number"):
        cd.read_scenarios(tmp_path)


def test_tables_that_are_none_are_refused_with_what_is_missing(tmp_path):
    with pytest.raises(cd.InputError, match="table: column link_id, link_availability is missing"):
        cd.from_table({"a": pd.DataFrame({"scenario_id": [1]})})
    with pytest.raises(cd.InputError, match="has no table; give a folder with a CSV"):
        cd.read_scenarios(tmp_path)
