"""A package that is not there, or that can't be loaded, loses only what needs it, and the message says which it is."""

import subprocess
import sys
import textwrap

import pandas as pd
import pytest

import corridors as cd
from corridors.io.table import write_table

NETWORK = cd.Network(
    {"node_id": ["a", "b"], "x_coord": [50.0, 51.0], "y_coord": 43.0},
    {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": "rail"},
)


@pytest.mark.parametrize(
    ("module", "call", "words"),
    [
        ("pyarrow.parquet", lambda path: cd.write(NETWORK, path, format="geoparquet"), "Parquet files: needs pyarrow"),
        ("pyarrow.parquet", lambda path: write_table(pd.DataFrame({"a": [1]}), path / "t.parquet"), "needs pyarrow"),
        ("openpyxl", lambda path: cd.write(NETWORK, path / "a.xlsx"), "Excel workbooks: needs openpyxl"),
        ("yaml", lambda path: cd.read(cd.write(NETWORK, path / "a.gpkg"), recipe="osmnx"), "recipes: needs PyYAML"),
    ],
)
def test_a_format_whose_package_is_missing_says_what_to_install(tmp_path, monkeypatch, module, call, words):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        cd.InputError, match=rf"{words}.*pip install .*, or in a checkout pip install --editable '.\[files\]'"
    ):
        call(tmp_path)
    assert cd.read(cd.write(NETWORK, tmp_path / "b.gpkg")).network.links.link_id.tolist() == ["l"]


def test_where_ortools_can_not_be_loaded_the_other_solvers_work():
    script = """
    import sys
    sys.modules["ortools"] = None
    import corridors as cd
    problem = cd.Problem([0, 0, 1], [1, 2, 2], [4, 2, 5], [2, 5, 1], [5, 0, -5])
    print([cd.min_cost_flow(problem, solver=s).cost for s in ("simplex", "networkx", "lp")])
    try:
        cd.min_cost_flow(problem, solver="ortools")
    except cd.SolverError as error:
        print(error)
    """
    printed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    ).stdout
    assert printed.splitlines()[0] == "[17, 17, 17]"
    assert printed.splitlines()[1].startswith('"ortools" can\'t be loaded in this process')


def test_solving_a_case_imports_no_dask():
    script = """
    import sys
    import pandas as pd
    import corridors as cd
    links = {"link_id": ["l"], "from_node_id": "a", "to_node_id": "b", "mode": "rail", "tariff": 2.0}
    network = cd.Network({"node_id": ["a", "b"]}, links)
    row = {"commodity": "oil", "origin": "a", "destination": "b", "volume": 1.0, "value": 9.0}
    demand = pd.DataFrame({"demand_id": ["d"], **row})
    base = cd.solve(network, demand)
    swept = cd.sweep(network, demand, cd.outages(network), progress=False)
    print(float(base.loss), swept.loss.values.tolist(), "dask" in sys.modules)
    """
    printed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split() == ["2.0", "[9.0]", "False"]
