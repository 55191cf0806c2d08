"""Broken and hostile files of every format do no harm; `fuzz` goes on for as long as it is asked to."""

import json
import tempfile
import warnings
from pathlib import Path

import pandas as pd
import pytest
from fuzz import fuzz, try_one
from generated import thorough
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cd

SECONDS = 2.0
CELLS = st.sampled_from(
    ["", "a", "nan", "inf", "-1", "1e400", "9" * 400, "true", "=1+1", "a;b", "\u202e", "\x00", "-0", "0x1p3", "1,5",
     "٣", "LINESTRING (0 0, 1 1)", "POINT EMPTY", "LINESTRING (nan 0, 1 1)", "GEOMETRYCOLLECTION EMPTY", "((((",
     "a" * 9999]
)  # fmt: skip
COLUMNS = st.sampled_from(
    ["node_id", "link_id", "from_node_id", "to_node_id", "mode", "x_coord", "y_coord", "capacity", "length", "tariff",
     "time", "directed", "geometry", "status", "commodities", "zone_id", "role", "price", "speed", "\ufeff"]
)  # fmt: skip
TABLE = st.dictionaries(COLUMNS, st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | CELLS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(COLUMNS | CELLS, inside, max_size=3),
    max_leaves=6,
)
GOOD = {
    "nodes": {"node_id": ["a", "b"], "x_coord": ["50", "51"], "y_coord": ["43", "43"]},
    "links": {"link_id": ["l", "m"], "from_node_id": ["a", "b"], "to_node_id": ["b", "a"], "mode": ["rail", "road"]},
}


def test_broken_files_raise_only_the_library_s_own_errors():
    assert fuzz(SECONDS, seed=1) > 20


@pytest.fixture(autouse=True)
def silent():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cd.InputWarning)
        yield


@settings(thorough, max_examples=40)
@given(st.sampled_from(["nodes", "links", "zones", "transfers", "demand", "fleets", "cost_steps"]), TABLE)
def test_hostile_cells_raise_only_the_library_s_own_errors(name, table):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for part, cells in {**GOOD, name: {**GOOD.get(name, {}), **table}}.items():
            pd.DataFrame(cells).to_csv(folder / f"{part}.csv", index=False)
        try_one(folder, folder / f"{name}.csv", repr(table).encode())


@settings(thorough, max_examples=40)
@given(
    st.dictionaries(st.sampled_from(["resources", "corridors", "name"]), JUNK, max_size=3),
    st.dictionaries(st.sampled_from(["tables", "names", "units", "words", "fill", "about"]), JUNK, max_size=3),
    st.booleans(),
)
def test_hostile_descriptions_and_recipes_raise_only_the_library_s_own_errors(description, recipe, described):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for part, cells in GOOD.items():
            pd.DataFrame(cells).to_csv(folder / f"{part}.csv", index=False)
        if described:
            fields = [{"name": part, "path": f"{part}.csv"} for part in GOOD]
            (folder / "datapackage.json").write_text(json.dumps({"resources": fields, **description}), "utf-8")
        (folder / "recipe.yaml").write_text(json.dumps(recipe), "utf-8")
        try_one(folder, folder / "recipe.yaml", repr((description, recipe)).encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("huge.min", "p min 999999999999 999999999999\n"),
        ("many.min", "p min 200000000 1\na 1 2 0 5 1\n"),
        ("x_net.tntp", "<NUMBER OF LINKS> 99999999999\n<END OF METADATA>\n~\tinit_node\tterm_node\t;\n\t1\t2\t;\n"),
        ("deep.geojson", '{"type": "FeatureCollection", "features": ' + "[" * 100_000),
        ("deep.csv.yaml", "names: " + "{a: " * 5_000),
        ("bomb.csv.yaml", "a: &a [1,1,1,1,1,1,1,1]\n" + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(12)
        )),
    ],
)  # fmt: skip
def test_huge_and_deep_declarations_are_refused_at_once(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    path = tmp_path / name.removesuffix(".yaml")
    if not path.exists():
        path.write_text("link_id,from_node_id,to_node_id,mode\nl,a,b,rail\n")
        (tmp_path / "node.csv").write_text("node_id\na\nb\n")
    with pytest.raises(cd.CorridorsError):
        cd.read(path)
    try_one(path, path, text[:200].encode())
