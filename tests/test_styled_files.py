"""Files that other people's tools open with our looks, and that come back as they were."""

import json
import sqlite3
import xml.etree.ElementTree as ElementTree
from contextlib import closing

import pandas as pd
import pytest
import valid_calls

import corridors as cd

QGIS = [
    "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML", "styleSLD",
    "useAsDefault", "description", "owner", "ui", "update_time",
]  # fmt: skip
"""The columns of the table in which QGIS keeps styles, as it makes it itself."""


def network():
    base = valid_calls.network()
    modes = ["ferry", "rail-1676", "rail-1520", "oil_pipeline"]
    types = ["seaport", "refinery", ""]
    return base.replace(
        nodes=base.nodes.assign(node_type=types),
        links=base.links.assign(mode=modes, status=["operating", "operating", "closed", "planned"]),
    )


def same(one, other):
    for table in ("nodes", "links"):
        tables = (pd.DataFrame(getattr(of, table)).drop(columns="geometry", errors="ignore") for of in (one, other))
        pd.testing.assert_frame_equal(*tables, check_like=True, check_dtype=False)


@pytest.fixture
def package(tmp_path):
    with closing(sqlite3.connect(cd.write(network(), tmp_path / "a.gpkg"))) as base:
        yield base


def test_a_geopackage_holds_the_styles_that_qgis_looks_for(package):
    assert [row[1] for row in package.execute("PRAGMA table_info(layer_styles)")] == QGIS
    found = "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
    assert package.execute(found).fetchall() == [("attributes",)]
    asked = (  # what QGIS asks for as it opens a layer
        "SELECT styleQML FROM layer_styles WHERE f_table_schema = '' AND f_table_name = ? AND f_geometry_column = "
        "(SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?) ORDER BY useAsDefault DESC"
    )
    for table, layer in (("links", "SimpleLine"), ("nodes", "SimpleMarker")):
        (text,) = package.execute(asked, (table, table)).fetchone()
        style = ElementTree.fromstring(text)
        assert style.tag == "qgis"
        assert {of.get("class") for of in style.iter("layer")} == {layer}
        symbols = {symbol.get("name") for symbol in style.iter("symbol")}
        assert {rule.get("symbol") for rule in style.iter("rule")} == symbols


@pytest.mark.parametrize(("table", "count"), [("links", 4), ("nodes", 3)])
def test_each_row_has_one_look(package, table, count):
    (text,) = package.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = ?", (table,)).fetchone()
    where = [rule.get("filter") for rule in ElementTree.fromstring(text).iter("rule")]
    named = [rule for rule in where if rule != "ELSE"]
    rest = [f"NOT coalesce({' OR '.join(named)}, 0)"] if "ELSE" in where else []
    matched = [package.execute(f"SELECT count(*) FROM {table} WHERE {rule}").fetchone()[0] for rule in [*named, *rest]]
    assert sum(matched) == package.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count
    assert sum(map(bool, matched)) == 3


def test_styles_are_no_table_of_a_network(tmp_path):
    path = cd.write(network(), tmp_path / "a.gpkg")
    same(cd.read(path).network, network())
    cd.write(cd.read(path).network, path)
    same(cd.read(path).network, network())


def test_features_of_a_geojson_say_how_they_look(tmp_path):
    path = cd.write(network(), tmp_path / "a.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    looks = [one["properties"] for one in features if one["geometry"]["type"] == "LineString"]
    assert [look["stroke"] for look in looks] == ["#0e857d", "#34597f", "#1c355e", "#a13a28"]
    assert [look["stroke-opacity"] for look in looks] == [1.0, 1.0, 0.4, 0.4]
    marks = [one["properties"] for one in features if one["geometry"]["type"] == "Point"]
    assert [mark["marker-size"] for mark in marks] == ["medium", "medium", "small"]
    same(cd.read(path).network, network())


def test_columns_of_the_same_name_stay(tmp_path):
    base = network()
    own = base.replace(links=base.links.assign(stroke=["a", "b", "c", "d"]))
    same(cd.read(cd.write(own, tmp_path / "a.geojson")).network, own)
