"""Files in and out: tables are read as they stand or refused by file and line, and writing loses nothing."""

import os
import sqlite3
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import corridors as cd
from corridors.commands.inputs import demand_of
from corridors.io import geopackage
from corridors.io.files import read_csv, replacing, write_csv

# a (50 E) ──l1── b (51 E) ──l2── c (52 E), all at 43 N; 7 t from a to b

NODES = "node_id,x_coord,y_coord\na,50,43\nb,51,43\nc,52,43\n"
LINKS = "link_id,from_node_id,to_node_id,mode,tariff\nl1,a,b,rail,1\nl2,b,c,rail,2\n"
DEMAND = {
    "demand_id": ["d"],
    "commodity": ["grain"],
    "origin": ["a"],
    "destination": ["b"],
    "volume": [7.0],
    "value": [100.0],
}


def network(**links):
    table = {"link_id": ["l1", "l2"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "mode": "rail"}
    nodes = {"node_id": ["a", "b", "c"], "x_coord": [50.0, 51.0, 52.0], "y_coord": 43.0}
    return cd.Network(nodes, table | {"tariff": [1.0, 2.0]} | links)


def folder(tmp_path, nodes=NODES, links=LINKS):
    for name, text in (("nodes", nodes), ("links", links)):
        (tmp_path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def refused(call):
    with pytest.raises(cd.InputError) as error:
        call()
    return str(error.value)


# Tables


@pytest.mark.parametrize(
    "nodes",
    [
        NODES.replace("\n", ",\n"),
        NODES.replace("43\n", "43,\n"),
        NODES.replace("\n", "\r\n"),
        "\n" + NODES + "\n,,\n",
        ("\ufeff" + NODES).encode(),
        NODES.encode("utf-16"),
        NODES.replace(",", "\t").encode("utf-16"),
        NODES.replace("a,", '"a",').replace("x_coord", " x_coord "),
    ],
)
def test_a_table_means_the_same_however_a_spreadsheet_left_it(tmp_path, nodes):
    made = cd.read(folder(tmp_path, nodes)).network.nodes
    assert made[["node_id", "x_coord", "y_coord"]].to_numpy().tolist() == [
        [n, 50.0 + i, 43] for i, n in enumerate("abc")
    ]


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        (NODES.replace("b,51,43", "b,51,43,9"), "nodes.csv, line 3: 4 cells for 3 columns; quote cells with commas"),
        (NODES.replace("b,51,43", "b,51"), "nodes.csv, line 3: 2 cells for 3 columns; give each a cell"),
        ("", "nodes.csv: is empty; give a line of column names"),
        (" \n\n", "nodes.csv: is empty; give a line of column names"),
        (NODES.replace("c,", "Köln,").encode("latin-1"), "nodes.csv, line 4: is not UTF-8 text (byte f6); save"),
        (NODES.replace("c,", "Актау,").encode("cp1251"), "nodes.csv, line 4: is not UTF-8 text (byte c0); save"),
        (NODES.encode("utf-16-le"), "nodes.csv, line 1: holds a zero byte, so it is no text; save the file as CSV"),
        (NODES.encode("utf-16")[:-1], "nodes.csv: is not UTF-8 text"),
        (NODES.replace("b,", '"b,'), "nodes.csv, line 3: a quote is not closed"),
        (NODES.replace("y_coord", "x_coord"), "nodes.csv: column x_coord is there twice; keep one"),
        (NODES.replace(",", ";"), "nodes.csv: cells are split by ';'; save it with commas"),
    ],
)
def test_a_table_that_can_not_be_meant_is_refused_by_file_and_line(tmp_path, nodes, complaint):
    assert refused(lambda: cd.read(folder(tmp_path, nodes))).startswith(complaint)


def test_all_readers_of_tables_are_one(tmp_path):
    rows = "demand_id,commodity,origin,destination,volume,value,\nd,grain,a,b,7,100,\n"
    (tmp_path / "demand.csv").write_text(rows)
    made = demand_of(str(tmp_path / "demand.csv"))
    assert float(cd.solve(network(), made).loss) == 7
    (tmp_path / "demand.csv").write_text(rows + "e,grain,a\n")
    assert refused(lambda: demand_of(str(tmp_path / "demand.csv"))).startswith("demand.csv, line 3: 3 cells for 6")
    (tmp_path / "node.csv").write_text(NODES.replace("\n", ",\n"))
    (tmp_path / "link.csv").write_text("link_id,from_node_id,to_node_id,directed,length,\n1,a,b,true,82,\n")
    assert cd.read(tmp_path).network.nodes.x_coord.tolist() == [50, 51, 52]
    (tmp_path / "link.csv").write_text("link_id,from_node_id,to_node_id,directed\n1,a\n")
    assert refused(lambda: cd.read(tmp_path)).startswith("link.csv, line 2: 2 cells for 4 columns")


def test_the_index_that_pandas_writes_shifts_nothing_and_long_cells_are_read(tmp_path):
    course = "LINESTRING (" + ", ".join(f"{50 + i / 20000} 43" for i in range(20001)) + ")"
    table = pd.DataFrame({"link_id": ["l"], "geometry": [course]})
    table.to_csv(tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv")[["link_id", "geometry"]].to_numpy().tolist() == [["l", course]]


# Writing


def test_flows_are_joined_to_links_by_id(tmp_path):
    made = network()
    result = cd.solve(made, DEMAND)
    turned = made.replace(links=made.links.iloc[::-1])
    for flows in (result, result.isel(link=[1, 0])):
        cd.write(turned, tmp_path / "x.gpkg", result=flows)
        links = gpd.read_file(tmp_path / "x.gpkg", layer="links").set_index("link_id")
        assert links.flow.to_dict() == {"l1": 7, "l2": 0}
        assert links.flow_grain.to_dict() == links.flow_fwd.to_dict() == {"l1": 7, "l2": 0}


def test_a_result_of_another_network_or_of_several_scenarios_is_refused(tmp_path):
    made = network()
    more = made.replace(links=made.links.assign(link_id=["l1", "l3"]))
    result = cd.solve(made, DEMAND)
    sweep = cd.sweep(made, DEMAND, cd.outages(made), keep=("flow",), progress=False)
    for call in (lambda n, r: cd.write(n, tmp_path / "x.gpkg", result=r), lambda n, r: cd.to_networkx(n, result=r)):
        assert refused(lambda call=call: call(more, result)).startswith("links: the result has no flow for 1 link (l3)")
        assert refused(lambda call=call: call(made, sweep)).startswith("result: has 2 scenarios; choose one")
        assert refused(lambda call=call: call(made, sweep.drop_vars("flow"))).startswith("result: has no flow")
        assert refused(lambda call=call: call(made, 7)).startswith("result: is a int")
        call(made, sweep.isel(scenario=0))
        call(made, sweep.isel(scenario=[1]))


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"Tracks": 1, "tracks": 2}, "links: columns Tracks, tracks differ in case only"),
        ({"Mode": 1}, "links: columns mode, Mode differ in case only"),
        ({"wait": pd.to_timedelta([1, 2], unit="h")}, "links: column wait (durations) does not go into a GeoPackage"),
        ({"parts": [[1], [2]]}, "links: column parts (list) does not go into a GeoPackage"),
        ({"both": ["a", 1]}, "links: column both (int and str) does not go into a GeoPackage"),
        ({"phase": [1j, 2j]}, "links: column phase (complex) does not go into a GeoPackage"),
    ],
)
def test_a_write_that_is_refused_leaves_the_older_file_whole(tmp_path, columns, complaint):
    file = tmp_path / "x.gpkg"
    cd.write(network(), file)
    before = file.read_bytes()
    assert refused(lambda: cd.write(network(**columns), file)).startswith(complaint)
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.gpkg"]


def test_a_write_that_fails_on_its_way_leaves_the_older_file_whole(tmp_path, monkeypatch):
    file = tmp_path / "x.gpkg"
    cd.write(network(), file)
    before, put = file.read_bytes(), geopackage._put

    def break_off(path, table, frame, about):
        if table == "links":
            raise KeyboardInterrupt
        put(path, table, frame, about)

    monkeypatch.setattr(geopackage, "_put", break_off)
    with pytest.raises(KeyboardInterrupt):
        cd.write(network(), file)
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.gpkg"]


def test_a_table_that_can_not_be_written_leaves_the_older_one_whole(tmp_path):
    class Broken:
        def __str__(self):
            raise RuntimeError("no")

    write_csv(pd.DataFrame({"a": [1.0]}), tmp_path / "t.csv")
    with pytest.raises(RuntimeError):
        write_csv(pd.DataFrame({"a": [1.0], "b": [Broken()]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "a\n1\n"
    with replacing(tmp_path / "t.csv") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "t.csv").read_text() == "new"
    assert os.listdir(tmp_path) == ["t.csv"]


def test_a_missing_folder_and_a_name_of_another_kind_are_refused(tmp_path):
    assert "there is no folder" in refused(lambda: cd.write(network(), tmp_path / "there" / "x.gpkg"))
    assert "give a name that ends in .gpkg" in refused(lambda: cd.write(network(), tmp_path / "x.shp"))
    (tmp_path / "y.gpkg").mkdir()
    assert "is a folder; give the name of a file" in refused(lambda: cd.write(network(), tmp_path / "y.gpkg"))


def test_columns_of_ones_own_come_back_from_a_geopackage_as_they_were(tmp_path):
    own = {
        "fid": ["x", "x"],
        "geom": [1, 2],
        "flow": [5.0, np.nan],
        "flow_fwd": ["a", "b"],
        "flow_year": [2020, 2021],
        "good": [True, False],
        "seen": pd.to_datetime(["2024-01-01", "2024-02-01"]),
        "big": np.array([1, 2**63], "uint64"),
        "maybe": pd.array([1, None], "Int64"),
        "flags": [True, None],
    }
    made = network(**own)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cd.write(made, tmp_path / "x.gpkg", result=cd.solve(made, DEMAND))
        back = cd.read(tmp_path / "x.gpkg").network.links
    assert back.columns.tolist() == made.links.columns.tolist()
    for name in set(own) - {"maybe", "flags"}:
        pd.testing.assert_series_equal(back[name], made.links[name], check_dtype=False)
    assert back.maybe[0] == 1
    assert bool(back["flags"][0])
    assert back[["maybe", "flags"]].isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert back.geometry.tolist() == [None, None]


def test_the_library_s_own_network_comes_back_bit_for_bit(tmp_path):
    made = cd.load_network()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cd.write(made, tmp_path / "x.gpkg")
        back = cd.read(tmp_path / "x.gpkg").network
    for table in set(cd.schema.TABLES) - {"demand"}:
        pd.testing.assert_frame_equal(getattr(made, table), getattr(back, table))


# Damaged files


def test_a_geopackage_that_is_damaged_is_refused(tmp_path):
    file = tmp_path / "x.gpkg"
    file.write_bytes(b"no database at all")
    assert refused(lambda: cd.read(file)).startswith("read: x.gpkg is no GeoPackage that can be read")
    file.write_bytes(b"")
    assert "x.gpkg" in refused(lambda: cd.read(file))
    cd.write(network(), file)
    whole = file.read_bytes()
    rng = np.random.default_rng(1)
    for kept in (1000, 5000, len(whole) // 2, len(whole) - 4096):
        file.write_bytes(whole[:kept])
        assert "x.gpkg" in refused(lambda: cd.read(file))
    for place in rng.integers(0, len(whole), 8):
        file.write_bytes(whole[:place] + rng.bytes(600) + whole[place + 600 :])
        try:
            cd.read(file)
        except cd.InputError:
            continue


def test_a_geopackage_without_links_is_refused(tmp_path):
    cd.write(network(), tmp_path / "x.gpkg")
    with sqlite3.connect(tmp_path / "x.gpkg") as base:
        base.execute("DELETE FROM gpkg_contents WHERE table_name = 'links'")
        base.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'links'")
        base.execute("DROP TABLE links")
    base.close()
    assert "has no table links" in refused(lambda: cd.read(tmp_path / "x.gpkg"))


# Places


def points(**columns):
    table = {"node_id": ["a", "b", "c"]} | columns
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy([50, 51, 52], [43.0] * 3), crs=4326)


LINE = pd.DataFrame({"link_id": ["l1"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"]})


def test_nodes_of_a_geopackage_have_the_coordinates_of_their_points(tmp_path):
    file = tmp_path / "qgis.gpkg"
    points().to_crs(3857).to_file(file, layer="nodes", engine="pyogrio")
    course = shapely.MultiLineString([[(50, 43), (50.5, 43.2), (51, 43)]])
    gpd.GeoDataFrame(LINE, geometry=[course], crs=4326).to_file(file, layer="links", engine="pyogrio")
    made = cd.read(file).network
    assert made.nodes.x_coord.tolist() == pytest.approx([50, 51, 52])
    assert made.links.geometry.tolist() == [shapely.LineString([(50, 43), (50.5, 43.2), (51, 43)])]


def test_a_node_that_was_moved_in_a_gis_is_where_it_was_moved_to(tmp_path):
    file = tmp_path / "x.gpkg"
    cd.write(network(), file)
    nodes = gpd.read_file(file, layer="nodes")
    nodes.loc[0, "geometry"] = shapely.Point(50.25, 43.5)
    nodes.to_file(file, layer="nodes", engine="pyogrio")
    with pytest.warns(
        cd.InputWarning, match=r"nodes: x_coord and y_coord are not where the geometry is for 1 node \(a\)"
    ):
        made = cd.read(file).network
    assert made.nodes.loc[0, ["x_coord", "y_coord"]].tolist() == [50.25, 43.5]
    assert made.links.geometry.tolist() == [None, None]


def test_points_count_wherever_nodes_have_them():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cd.Network(points(x_coord=["50", "", np.nan]), LINE).nodes.x_coord.tolist() == [50, 51, 52]
        plain = pd.DataFrame(points()).assign(geometry=[shapely.Point(1, 2), "POINT (3 4)", shapely.Point(5, 6)])
        assert cd.Network(plain, LINE).nodes[["x_coord", "y_coord"]].to_numpy().tolist() == [[1, 2], [3, 4], [5, 6]]
        bare = points(x_coord=[50.0, 51.0, 7.0], y_coord=[43.0, 43.0, 8.0])
        bare.loc[2, "geometry"] = None
        assert cd.Network(bare, LINE).nodes.x_coord.tolist() == [50, 51, 7]
        blank = pd.DataFrame({"node_id": ["a", "b"], "geometry": ["", "POINT (3 4)"]})
        assert cd.Network(blank, LINE).nodes.x_coord.isna().tolist() == [True, False]
    assert "x_coord 'far' is no number" in refused(lambda: cd.Network(blank.assign(x_coord="far"), LINE))
    with pytest.warns(cd.InputWarning, match="are not where the geometry is for 3 nodes"):
        made = cd.Network(points(x_coord=[5565974.0, 5677294.0, 5788613.0], y_coord=5311971.0), LINE)
    assert made.nodes.x_coord.tolist() == [50, 51, 52]


# Commodities


def alone(cell):
    made = network(commodities=[cell, ""])
    return float(cd.solve(made, DEMAND | {"destination": ["c"]}).loss)


@pytest.mark.parametrize("cell", ["grain, coal", "coal,grain", " grain ; coal", "grain,coal;oil", ["grain", "coal"]])
def test_a_list_of_commodities_may_be_written_with_commas(cell):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert alone(cell) == 7 * 3


@pytest.mark.parametrize("cell", ["Grain", "grian", "wheat", "grains; coal"])
def test_a_commodity_that_demand_does_not_have_is_warned_of(cell):
    with pytest.warns(
        cd.InputWarning, match=r"links: commodities .* is not in demand for 1 link \(l1\); demand has grain"
    ):
        assert alone(cell) == 700


def test_transfers_and_rates_are_checked_as_links_are():
    transfer = {
        "transfer_id": ["t"],
        "node_id": ["b"],
        "from_mode": ["rail"],
        "to_mode": ["ferry"],
        "commodities": "GRAIN",
    }
    made = network().replace(transfers=transfer, rates={"mode": ["rail"], "commodity": ["Grain"], "rate": [0.1]})
    with pytest.warns(cd.InputWarning) as warned:
        cd.solve(made, DEMAND)
    assert [str(w.message).partition(";")[0] for w in warned] == [
        "transfers: commodities 'GRAIN' is not in demand for 1 transfer (t)",
        "rates: commodity 'Grain' is not in demand for 1 rate (rail)",
    ]


def test_a_commodity_with_a_comma_in_its_name_stays_one():
    made = network()
    goods = ["oil, crude", "oil, crude; grain, coal"]
    known = {"commodity": ["oil, crude", "grain", "coal"]}
    links = made.replace(links=made.links.assign(commodities=goods), commodities=known).links
    assert links.commodities.tolist() == ["oil, crude", "oil, crude;grain;coal"]
