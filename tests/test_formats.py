"""Every format that is written is read back as it was, and files of other tools are read as they are meant."""

import gzip
import json
import warnings
import zipfile

import geopandas as gpd
import h5py
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

import corridors as cd
from corridors.commands.inputs import network_and_demand
from corridors.io import limits
from corridors.io.formats import format_of
from corridors.io.recipe import shipped
from corridors.schema import TABLES

WRITTEN = {"a.gpkg": None, "a.xlsx": None, "a.geojson": None, "csv": None, "gmns": "gmns", "parquet": "geoparquet"}


@pytest.fixture(scope="module")
def eurasia():
    network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
    return network, demand, round(float(cd.solve(network, demand).loss), 2)


def refused(call):
    with pytest.raises(cd.InputError) as error:
        call()
    return str(error.value)


def small(**links):
    """Nodes a (50 E) --l1-- b (51 E) --l2-- c (52 E), all at 43 N."""
    table = {"link_id": ["l1", "l2"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "mode": "rail"}
    nodes = {"node_id": ["a", "b", "c"], "x_coord": [50.0, 51.0, 52.0], "y_coord": 43.0}
    return cd.Network(nodes, table | {"tariff": [1.0, 2.0]} | links)


# There and back


@pytest.mark.parametrize(("name", "format"), WRITTEN.items())
def test_eurasia_comes_back_from_each_format_with_the_same_loss(tmp_path, eurasia, name, format):
    network, demand, loss = eurasia
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        case = cd.read(cd.write(network, tmp_path / name, demand=demand, format=format))
    for table in TABLES:
        own = [column.name for column in TABLES[table]]
        made, back = (demand, case.demand) if table == "demand" else (getattr(network, table), getattr(case[0], table))
        pd.testing.assert_frame_equal(made[own], back[own])
        assert list(made) == list(back), table
    assert (case.network.name, case.demand.attrs["name"]) == (network.name, demand.attrs["name"])
    assert round(float(cd.solve(*case).loss), 2) == loss


@pytest.mark.parametrize(("name", "format"), WRITTEN.items())
def test_flows_are_written_and_left_out_again(tmp_path, name, format):
    network = small(flow=[5.0, 6.0])
    demand = {"demand_id": ["d"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
              "volume": [7.0], "value": [100.0]}  # fmt: skip
    path = cd.write(network, tmp_path / name, result=cd.solve(network, demand), format=format)
    links = format_of(path).read(path).tables["links"]
    assert [float(v) for v in links.flow_grain] == [7, 0]
    assert [float(v) for v in links.network_flow] == [5, 6]
    back = cd.read(path)
    assert back.demand is None
    assert list(back.network.links) == list(network.links)
    assert [float(v) for v in back.network.links.flow] == [5, 6]


def test_content_decides_what_a_file_is_and_not_its_name(tmp_path):
    for name in ("a.gpkg", "a.xlsx", "a.geojson"):
        other = cd.write(small(), tmp_path / name).rename(tmp_path / "file.dat")
        assert cd.read(other).network.links.tariff.tolist() == [1, 2]
    (tmp_path / "b.gpkg").write_text("no database")
    assert "b.gpkg is no GeoPackage" in refused(lambda: cd.read(tmp_path / "b.gpkg"))
    (tmp_path / "c.txt").write_text("words")
    assert "is a file of no known format; a network is read from geopackage" in refused(
        lambda: cd.read(tmp_path / "c.txt")
    )


def test_a_folder_of_csv_describes_itself_as_frictionless_data_has_it(tmp_path):
    cd.write(small(seen=[1, 2]), tmp_path / "net")
    package = json.loads((tmp_path / "net" / "datapackage.json").read_text())
    links = next(resource for resource in package["resources"] if resource["name"] == "links")
    fields = {field["name"]: field for field in links["schema"]["fields"]}
    assert fields["length"]["unit"] == "km"
    assert fields["mode"]["constraints"]["required"]
    assert fields["seen"]["type"] == "number"
    assert {"fields": "to_node_id", "reference": {"resource": "nodes", "fields": "node_id"}} in links["schema"][
        "foreignKeys"
    ]
    assert cd.read(tmp_path / "net").network.links.seen.tolist() == [1, 2]


def test_a_description_may_name_other_files_and_units(tmp_path):
    cd.write(small(length=[80.0, 81.0]), tmp_path / "net")
    file = tmp_path / "net" / "datapackage.json"
    package = json.loads(file.read_text())
    for resource in package["resources"]:
        (tmp_path / "net" / resource["path"]).rename(tmp_path / "net" / f"my_{resource['path']}")
        resource["path"] = f"my_{resource['path']}"
        for field in resource["schema"]["fields"]:
            field.update({"unit": "mi"} if field["name"] == "length" else {})
    file.write_text(json.dumps(package))
    assert cd.read(tmp_path / "net").network.links.length.tolist() == pytest.approx([80 * 1.609344, 81 * 1.609344])
    file.write_text(json.dumps(package).replace("my_links.csv", "../links.csv"))
    assert "path '../links.csv' of links is outside of the folder" in refused(lambda: cd.read(tmp_path / "net"))
    file.write_text(json.dumps(package))
    (tmp_path / "net" / "my_links.csv").rename(tmp_path / "elsewhere.csv")
    (tmp_path / "net" / "my_links.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert "path 'my_links.csv' of links is outside of the folder" in refused(lambda: cd.read(tmp_path / "net"))


def test_text_is_no_formula_in_a_workbook_or_a_table_and_comes_back_as_it_was(tmp_path):
    network = small(name=['=HYPERLINK("http://x","y")', "-1+1"], note=["'=x", "@a"])
    for name in ("a.xlsx", "csv"):
        back = cd.read(cd.write(network, tmp_path / name)).network.links
        assert back.name.tolist() == network.links.name.tolist()
        assert back.note.tolist() == network.links.note.tolist()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["links"]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "inlineStr", "n", "b"}
    assert "\n-1" not in (tmp_path / "csv" / "links.csv").read_text().replace(",", "\n")


def test_a_workbook_says_what_its_columns_are(tmp_path):
    cd.write(small(), tmp_path / "a.xlsx")
    columns = pd.read_excel(tmp_path / "a.xlsx", sheet_name="columns").set_index(["table", "column"])
    assert columns.unit["links", "capacity"] == "t/year"


# Problems of DIMACS

MIN = "c two ways\np min 3 4\nn 1 5\nn 3 -5\na 1 2 0 4 2\na 1 3 0 2 5\na 2 3 0 -1 1\na 2 2 0 9 1\n"


@pytest.mark.parametrize("name", ["t.min", "t.min.gz"])
def test_a_network_goes_into_a_file_of_dimacs_whose_least_cost_is_the_loss(tmp_path, name):
    network = small(capacity=[6e6, None]).replace(
        links=pd.concat([small(capacity=[6e6, None]).links,
                         pd.DataFrame({"link_id": ["long"], "from_node_id": "c", "to_node_id": "a", "mode": "rail",
                                       "tariff": 30.0, "capacity": 1e6})], ignore_index=True)
    )  # fmt: skip
    demand = pd.DataFrame({"demand_id": ["near", "far"], "commodity": "coal", "origin": "a", "destination": ["b", "c"],
                           "volume": [4e6, 5e6], "value": [40.0, 50.5]})  # fmt: skip
    result, problem = cd.solve(network, demand), cd.to_problem(network, demand)
    unit = result.attrs["quantity_unit"] * result.attrs["cost_unit"]
    assert float(result.unmet.sum()) == 2e6
    assert cd.min_cost_flow(problem).cost * unit == pytest.approx(float(result.loss), rel=1e-12)
    file = cd.write(problem, tmp_path / name)
    assert cd.min_cost_flow(cd.read_dimacs(file)).cost == cd.min_cost_flow(problem).cost
    again = cd.solve(*cd.read(file))
    assert float(again.loss) * unit == pytest.approx(float(result.loss), rel=1e-9)
    assert float(again.unmet.sum()) == 0.0


def test_what_no_file_of_dimacs_holds_is_told(tmp_path, eurasia):
    network, demand, _ = eurasia
    assert "is shared by several flows for" in refused(lambda: cd.to_problem(network, demand))
    assert "give what cd.to_problem makes of both" in refused(lambda: cd.write(small(), tmp_path / "a.min"))
    problem = cd.Problem([0], [1], [4], [2], [3, -3])
    assert "end its name in .min or .min.gz" in refused(lambda: cd.write(problem, tmp_path / "a.xlsx"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_problem_of_dimacs_is_arrays_and_is_a_network(tmp_path, packed):
    file = tmp_path / "p.min"
    file.write_bytes(gzip.compress(MIN.encode()) if packed else MIN.encode())
    problem = cd.read_dimacs(file)
    assert (problem.tail.tolist(), problem.supply.tolist()) == ([0, 0, 1, 1], [5, 0, -5])
    assert problem.capacity.tolist() == [4, 2, cd.UNCAPACITATED, 9]
    assert float(cd.solve(*cd.read(file)).loss) == cd.min_cost_flow(problem).cost == 4 * 3 + 5
    again = cd.read_dimacs(cd.write_dimacs(problem, tmp_path / ("q.min.gz" if packed else "q.min")))
    for name in ("tail", "head", "capacity", "cost", "supply", "lower"):
        assert getattr(again, name).tolist() == getattr(problem, name).tolist()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("p min 3 4", "p max 3 4", "line 2: 'p max 3 4' is no line of a problem 'p min'"),
        ("p min 3 4", "p min 3 5", "has 4 arcs and announces 3 vertices and 5 arcs"),
        ("n 1 5", "n 9 5", "n names vertex 9; give 1 to 3"),
        ("n 1 5", "n 1 five", "line 3: '1 five' are no whole numbers"),
        ("a 1 2 0 4 2", "a 1 2 0 4 2.5", "an arc has a number that is no whole one"),
        ("n 3 -5", "n 3 -4", "supply sums to 1, not to zero"),
    ],
)
def test_a_problem_that_is_none_is_refused_by_line(tmp_path, old, new, words):
    (tmp_path / "p.min").write_text(MIN.replace(old, new))
    assert words in refused(lambda: cd.read_dimacs(tmp_path / "p.min"))


# Demand


def test_a_square_matrix_is_demand_by_cells(tmp_path):
    (tmp_path / "od.csv").write_text("from,a,b,c\na,0,1,\nb,2,0,0\nc,0,0.5,0\n")
    rows = cd.read_demand(tmp_path / "od.csv", commodity="coal", value=200, units={"volume": "kt/year"})
    found = rows[["origin", "destination", "volume"]].to_numpy().tolist()
    assert found == [["a", "b", 1000], ["b", "a", 2000], ["c", "b", 500]]
    assert set(rows.commodity) == {"coal"}
    assert "column value is missing" in refused(lambda: cd.read_demand(tmp_path / "od.csv", commodity="coal"))
    (tmp_path / "od.csv").write_text("from,a,b\na,0,many\nb,2,0\n")
    assert "1 cells are no number (a to b: 'many')" in refused(lambda: cd.read_demand(tmp_path / "od.csv"))


def test_matrices_of_an_open_matrix_file_are_commodities(tmp_path):
    with h5py.File(tmp_path / "od.omx", "w") as file:
        file.attrs["OMX_VERSION"] = b"0.2"
        file.create_dataset("data/coal", data=[[0, 3.0], [0, 0]])
        file.create_dataset("data/grain", data=[[0, 0], [4.0, np.nan]])
        file.create_dataset("lookup/zone", data=np.array([101, 205]))
    rows = cd.read_demand(tmp_path / "od.omx", value=100)
    assert rows[["commodity", "origin", "destination", "volume"]].to_numpy().tolist() == [
        ["coal", "101", "205", 3.0],
        ["grain", "205", "101", 4.0],
    ]


def test_cells_within_a_place_are_left_out_and_several_lookups_are_told(tmp_path):
    with h5py.File(tmp_path / "a.omx", "w") as file:
        file["data/cars"] = np.array([[1.0, 2], [3, np.nan]])
        file["lookup/index"], file["lookup/taz"] = [0, 1], [7, 9]
    with pytest.warns(cd.InputWarning) as said:
        rows = cd.read_demand(tmp_path / "a.omx", value=9)
    assert rows[["origin", "destination", "volume"]].to_numpy().tolist() == [["0", "1", 2.0], ["1", "0", 3.0]]
    assert "a.omx has the lookups index, taz, and places are called as in index (0, 1)" in str(said[0].message)
    assert "origin is the destination for 1 row (0); such rows are left out, 1 t/year in all" in str(said[1].message)


def test_demand_is_read_from_every_kind_of_table(tmp_path, eurasia):
    network, demand, _ = eurasia
    demand.to_parquet(tmp_path / "d.parquet")
    demand.to_excel(tmp_path / "d.xlsx", index=False)
    demand.to_csv(tmp_path / "d.csv", index=False)
    cd.write(network, tmp_path / "d.gpkg", demand=demand)
    for name in ("d.parquet", "d.xlsx", "d.csv", "d.gpkg"):
        own = [column.name for column in TABLES["demand"]]
        pd.testing.assert_frame_equal(cd.read_demand(tmp_path / name)[own], demand[own])


# Other tools


def test_demand_of_path4gmns_is_by_zones(tmp_path):
    (tmp_path / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,2,100\n2,1,50\n")
    rows = cd.read_demand(tmp_path / "demand.csv", recipe="path4gmns", commodity="parts", value=9, units={"volume": 12})
    assert rows[["origin", "destination", "volume"]].to_numpy().tolist() == [["1", "2", 1200.0], ["2", "1", 600.0]]


def test_demand_between_traffic_zones_comes_to_their_nodes(tmp_path):
    (tmp_path / "node.csv").write_text(
        "node_id,x_coord,y_coord,zone_id\n10,50,43,1\n11,50.2,43,2\n12,50.3,43,2\n2,50.1,43,\n"
    )
    (tmp_path / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,tariff\na,10,2,0,1\nb,2,11,0,1\nc,2,12,0,1\n"
    )
    network = cd.read(tmp_path, mode="road").network
    (tmp_path / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,2,100\n2,1,50\n1,1,7\n")
    options = {"recipe": "path4gmns", "commodity": "parts", "value": 900, "network": network}
    with pytest.warns(cd.InputWarning, match=r"a row starts and ends in one place for 1 row \(1 to 1\)"):
        rows = cd.read_demand(tmp_path / "demand.csv", **options)
    assert rows[["demand_id", "origin", "destination", "volume"]].to_numpy().tolist() == [
        ["1:1", "10", "11", 50.0], ["1:2", "10", "12", 50.0], ["2:1", "11", "10", 25.0], ["2:2", "12", "10", 25.0],
    ]  # fmt: skip
    assert rows.attrs["name"] == "demand.csv"
    assert cd.solve(network, rows).unmet.sum() == 0
    (tmp_path / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,3,100\n4,1,50\n")
    said = refused(lambda: cd.read_demand(tmp_path / "demand.csv", **options))
    assert "origin is the zone_id of no node for 1 row (4)" in said
    plain = network.replace(nodes=network.nodes.drop(columns="zone_id"))
    said = refused(lambda: cd.read_demand(tmp_path / "demand.csv", **{**options, "network": plain}))
    assert "nodes have no column zone_id" in said


def test_tntp_is_read_once_its_units_are_given(tmp_path):
    (tmp_path / "Town_net.tntp").write_text(
        "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 3\n<FIRST THRU NODE> 1\n<NUMBER OF LINKS> 2\n<END OF METADATA>\n\n"
        "~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;\n"
        "\t1\t3\t900\t6\t4\t0.15\t4\t0\t0\t1\t;\n\t3\t2\t800\t3\t2\t0.15\t4\t0\t0\t1\t;\n"
    )
    (tmp_path / "Town_node.tntp").write_text("node\tX\tY\t;\n1\t50\t43\t;\n2\t50.1\t43\t;\n3\t50.05\t43\t;\n")
    (tmp_path / "Town_trips.tntp").write_text(
        "<NUMBER OF ZONES> 2\n<TOTAL OD FLOW> 150.0\n<END OF METADATA>\n\nOrigin \t1 \n    2 :    100.0;    1 : 0.0;\n"
        "Origin 2\n 1 : 50.0;\n"
    )
    assert "capacity is in 'vehicles/h'" in refused(lambda: cd.read(tmp_path))
    said = (
        r"does not say its units, and is taken to have length in km, free_flow_time in min; say them, units=\{'length'"
    )
    with pytest.warns(cd.InputWarning, match=said):
        network = cd.read(tmp_path, units={"capacity": "10 t/h"}).network
    assert network.links.capacity.tolist() == [900 * 10 * 8760, 800 * 10 * 8760]
    assert network.links.time.tolist() == pytest.approx([4 / 60, 2 / 60])
    assert network.nodes.x_coord.tolist() == [50, 50.05, 50.1]
    trips = cd.read_demand(tmp_path / "Town_trips.tntp", commodity="trips", value=9, units={"volume": "10 t/day"})
    assert trips.volume.tolist() == [365_000, 182_500]
    assert len(cd.read_demand(tmp_path, commodity="trips", value=9)) == 2
    with pytest.raises(cd.InputError, match=r"Town_trips.tntp has demand and no network; cd.read_demand reads"):
        cd.read(tmp_path / "Town_trips.tntp")


def test_nothing_passes_through_zones_of_tntp_that_are_not_to_be_passed(tmp_path):
    # 1 -> 4 -> 2 -> 5 -> 3 is short and leads through zone 2; 4 -> 5 takes 9; 1 -> 2 is direct
    arcs = ["1 4 1", "4 2 1", "2 5 1", "5 3 1", "4 5 9", "1 2 1", "2 1 5"]
    (tmp_path / "Town_net.tntp").write_text(
        "<NUMBER OF ZONES> 3\n<NUMBER OF NODES> 5\n<FIRST THRU NODE> 4\n<NUMBER OF LINKS> 7\n<END OF METADATA>\n"
        "~ Init node\tTerm node\tLength (mi)\t;\n" + "".join(f"{arc.replace(' ', chr(9))} ;\n" for arc in arcs)
    )
    (tmp_path / "Town_node.tntp").write_text(
        "Node X Y ;\n" + "".join(f"{i} {50000 + i} 51000 ;\n" for i in range(1, 6))
    )
    (tmp_path / "Town_trips.tntp").write_text(
        "<NUMBER OF ZONES> 3\n<TOTAL OD FLOW> 34\n<END OF METADATA>\nOrigin 1\n 1 : 4; 2 : 10; 3 : 20;\n"
    )
    said = refused(lambda: cd.read(tmp_path))
    assert "x_coord and y_coord are no degrees for 5 nodes (1: 50001 51000" in said
    assert "names={'x_coord': None" in said
    with pytest.warns(
        cd.InputWarning, match=r"nothing passes through 3 zones \(1, 2, 3\), so that goods of 1 start at"
    ):
        network = cd.read(tmp_path, names={"x_coord": None, "y_coord": None}).network
    assert network.links.length.tolist()[4] == pytest.approx(9 * 1.609344)
    network = network.replace(links=network.links.assign(tariff=[1.0, 1, 1, 1, 9, 1, 5]))
    with pytest.warns(cd.InputWarning, match=r"a row starts and ends in one place for 1 row \(1 to 1\)"):
        trips = cd.read_demand(tmp_path, commodity="cars", value=1000, network=network)
    assert float(cd.solve(network, trips).loss) == 10 * 1 + 20 * (1 + 9 + 1)
    (tmp_path / "recipe.yaml").write_text(
        "names:\n  nodes: {x_coord: null, y_coord: null}\n  links: {length: tariff}\n"
    )
    (tmp_path / "Town_trips.tntp.yaml").write_text("fill: {demand: {commodity: cars, value: 1000}}\n")
    with pytest.warns(cd.InputWarning):
        _, rows = network_and_demand(str(tmp_path), None, str(tmp_path / "Town_trips.tntp"))
    assert rows[["origin", "destination"]].to_numpy().tolist() == [["1 out", "2 in"], ["1 out", "3 in"]]
    assert rows.attrs["name"] == "Town_trips.tntp"


@pytest.mark.parametrize(
    "names",
    [
        "~\tInit node\tTerm node\tCapacity\tLength\tFree Flow Time\tB\tPower\tSpeed limit\tToll\tType\t;\t.",
        "~ Init node  Term node  Capacity (veh/h)  Length (km)  Free Flow Time (min)  B  Power  Speed  Toll  Type ;",
        "~from  to  capacity  length  ftime(min)  B  power  speed(mpm)  toll  type",
        "~ Init node Term node Capacity Length Free Flow Time B Power Speed limit Toll Type ;",
    ],
)
def test_names_of_columns_of_tntp_are_split_by_tabs_or_blanks(tmp_path, names):
    rows = "\t1\t2\t1.49999e+006\t0.33\t30\t0.1\t1.5\t50\t0\t1;\n\t2\t1\t900\t0.33\t30\t0.1\t1.5\t50\t0\t1 ; \n"
    (tmp_path / "Town_net.tntp").write_text(f"<NUMBER OF LINKS> 2\n<END OF METADATA> \n\n{names}\n{rows}")
    (tmp_path / "Town_node.tntp").write_text("1 50 43 ;\n2 50.003 43 ;\n")
    options = {"units": {"capacity": "1 t/year", "length": "km", "time": "min"}}
    made = cd.read(tmp_path, **options).network
    assert made.links[["capacity", "length", "time"]].to_numpy().tolist() == [[1.49999e6, 0.33, 0.5], [900, 0.33, 0.5]]
    assert made.nodes.x_coord.tolist() == [50, 50.003]


def test_a_file_of_tntp_without_names_of_columns_has_those_of_the_format(tmp_path):
    (tmp_path / "Town_net.tntp").write_text("<NUMBER OF LINKS> 1\n<END OF METADATA>\n1 2 900 6 30 0.15 4 0 0 1 ;\n")
    links = cd.read(tmp_path, names={"capacity": None}, units={"length": "km", "time": "min"}).network.links
    assert links[["from_node_id", "to_node_id", "length", "time"]].to_numpy().tolist() == [["1", "2", 6.0, 0.5]]


def lines(**columns):
    shapes = [shapely.LineString([(50, 43), (50.5, 43.2), (51, 43)]), shapely.LineString([(51, 43), (52, 43)])]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def test_edges_of_open_gira_are_read_with_the_lengths_of_their_lines(tmp_path):
    edges = lines(edge_id=["e1", "e2"], from_node_id=["a", "b"], to_node_id=["b", "c"], tag_railway="rail")
    edges.to_parquet(tmp_path / "rail_edges.gpq")
    network = cd.read(tmp_path / "rail_edges.gpq", recipe="open-gira", mode="rail").network
    assert network.links.link_id.tolist() == ["e1", "e2"]
    assert network.links.length.tolist() == pytest.approx([92.9, 81.5], abs=0.5)
    assert network.nodes[["node_id", "x_coord"]].to_numpy().tolist() == [["a", 50], ["b", 51], ["c", 52]]
    points = gpd.GeoDataFrame({"node_id": ["a", "b", "c"], "station": [1, 0, 1]},
                              geometry=gpd.points_from_xy([50, 51, 52], [43] * 3), crs=4326)  # fmt: skip
    points.to_parquet(tmp_path / "rail_nodes.gpq")
    assert cd.read(tmp_path / "rail_edges.gpq", recipe="open-gira", mode="rail").network.nodes.station.tolist() == [
        1,
        0,
        1,
    ]
    assert "mode is missing for 2 links (e1, e2); give mode=" in refused(
        lambda: cd.read(tmp_path / "rail_edges.gpq", recipe="open-gira")
    )


def test_a_graph_of_osmnx_is_in_kilometres_and_hours(tmp_path):
    nodes = gpd.GeoDataFrame({"osmid": [1, 2, 3], "y": [43.0] * 3, "x": [50.0, 51.0, 52.0]},
                             geometry=gpd.points_from_xy([50, 51, 52], [43] * 3), crs=4326)  # fmt: skip
    way = {"u": [1, 2], "v": [2, 3], "key": 0, "osmid": [7, 8], "oneway": [True, False], "length": [92900.0, 81500.0],
           "speed_kph": [50.0, 80.0], "travel_time": [6688.8, 3667.5]}  # fmt: skip
    for name, columns, one_way, recipe in (
        ("a", {"from": [2, 2], "to": [1, 3]}, [True, False], "osmnx"),
        ("b", {}, [True, True], "osmnx-directed"),
    ):
        file = tmp_path / f"{name}.gpkg"
        nodes.to_file(file, layer="nodes")
        edges = lines(**way, **columns)
        edges.to_file(file, layer="edges")
        links = cd.read(file, recipe=recipe).network.links
        assert links.length.tolist() == pytest.approx([92.9, 81.5])
        assert links.time.tolist() == pytest.approx([1.858, 1.01875])
        assert links.directed.tolist() == one_way
        other = {"osmnx", "osmnx-directed"} - {recipe}
        assert "links: column" in refused(lambda file=file, other=other: cd.read(file, recipe=other.pop()))
    assert cd.read(tmp_path / "a.gpkg", recipe="osmnx").network.links.from_node_id.tolist() == ["2", "2"]


def test_a_project_of_aequilibrae_runs_as_its_directions_say(tmp_path):
    links = lines(link_id=[1, 2], a_node=[1, 2], b_node=[2, 3], direction=[-1, 0], distance=[92900.0, 81500.0],
                  modes="ct", link_type="rail", capacity_ab=[100.0, 200.0], speed_ab=[40.0, 40.0])  # fmt: skip
    file = tmp_path / "project_database.sqlite"
    links.to_file(file, layer="links", driver="SQLite")
    points = gpd.GeoDataFrame({"node_id": [1, 2, 3]}, geometry=gpd.points_from_xy([50, 51, 52], [43] * 3), crs=4326)
    points.to_file(file, layer="nodes", driver="SQLite", mode="a")
    read = cd.read(file, recipe="aequilibrae", mode="rail", units={"capacity": "20 t/h"}).network.links
    assert read[["from_node_id", "to_node_id", "directed"]].to_numpy().tolist() == [["2", "1", True], ["2", "3", False]]
    assert read.geometry[0].coords[0] == (51, 43)
    assert read.length.tolist() == pytest.approx([92.9, 81.5])
    assert read.capacity.tolist() == [100 * 20 * 8760, 200 * 20 * 8760]
    assert read["mode"].tolist() == ["rail", "rail"]


def test_links_of_aequilibrae_whose_directions_differ_are_two(tmp_path):
    nodes = pd.DataFrame({"node_id": [1, 2, 3]})
    links = pd.DataFrame({"link_id": [1, 2, 3, 4], "a_node": [1, 2, 1, 1], "b_node": [2, 3, 3, 2],
                          "direction": [0, -1, 0, 1], "distance": 1000.0, "capacity_ab": [100.0, None, 7, 8],
                          "capacity_ba": [50.0, 30, 7, None], "travel_time_ab": 6.0, "travel_time_ba": 6.0,
                          })  # fmt: skip
    for name, table in (("nodes", nodes), ("links", links)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    read = cd.read(tmp_path, recipe="aequilibrae", units={"capacity": "1 t/year"}).network.links
    wanted = [["1_ab", "1", "2", True, 100], ["1_ba", "2", "1", True, 50], ["2", "3", "2", True, 30],
              ["3", "1", "3", False, 7], ["4", "1", "2", True, 8]]  # fmt: skip
    assert read[["link_id", "from_node_id", "to_node_id", "directed", "capacity"]].to_numpy().tolist() == wanted
    assert read.time.tolist() == [0.1] * 5


def test_links_of_pypsa_run_both_ways_where_their_least_power_is_negative(tmp_path):
    (tmp_path / "buses.csv").write_text("name,x,y\na,50,43\nb,51,43\n")
    (tmp_path / "links.csv").write_text("name,bus0,bus1,p_nom,p_min_pu\np,a,b,1000,-1.0\nq,a,b,1000,0.0\nr,a,b,9,\n")
    links = cd.read(tmp_path, recipe="pypsa", mode="gas_pipeline", names={"p_nom": None}).network.links
    assert links.directed.tolist() == [False, True, True]


def test_links_of_pypsa_want_to_know_what_a_megawatt_is(tmp_path):
    (tmp_path / "buses.csv").write_text("name,x,y\na,50,43\nb,51,43\n")
    (tmp_path / "links.csv").write_text("name,bus0,bus1,p_nom,length,marginal_cost\np,a,b,1000,90,1.5\n")
    assert "capacity is in 'MW', which is no t/year" in refused(
        lambda: cd.read(tmp_path, recipe="pypsa", mode="gas_pipeline")
    )
    units = {"capacity": "0.072 t/h", "tariff": 13.9}
    links = cd.read(tmp_path, recipe="pypsa", mode="gas_pipeline", units=units).network.links
    assert links.capacity[0] == pytest.approx(1000 * 0.072 * 8760)
    assert links.tariff[0] == pytest.approx(1.5 * 13.9)
    assert links.directed.all()


def test_shapefiles_are_read_with_the_names_of_their_columns(tmp_path):
    edges = lines(ID=[1, 2], A=["a", "b"], B=["b", "c"], KIND=["R", "R"], KM=[93.0, 82.0]).to_crs(3857)
    edges.to_file(tmp_path / "roads.shp")
    names = {"ID": "link_id", "A": "from_node_id", "B": "to_node_id", "KIND": "mode", "KM": "length"}
    recipe = {"words": {"links": {"mode": {"R": "rail"}}}}
    links = cd.read(tmp_path / "roads.shp", names=names, recipe=recipe).network.links
    assert links[["link_id", "mode", "length"]].to_numpy().tolist() == [["1", "rail", 93], ["2", "rail", 82]]
    (tmp_path / "roads.prj").unlink()
    call = lambda **crs: cd.read(tmp_path / "roads.shp", names=names, recipe=recipe, **crs)  # noqa: E731
    assert "links: has shapes and no reference system; give it, crs=" in refused(call)
    assert call(crs=3857).network.links.length.tolist() == [93, 82]
    assert "column from_node_id, to_node_id is missing; name the columns of the ends" in refused(
        lambda: cd.read(tmp_path / "roads.shp", crs=3857)
    )


def test_names_of_columns_that_a_shapefile_cut_or_capitals_changed_are_known(tmp_path):
    edges = lines(LINK_ID=[1, 2], from_node_id=["a", "b"], to_node_id=["b", "c"], Mode="rail", capacity_scope="each",
                  Capacity=[5e6, 6e6])  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that are cut
        edges.to_file(tmp_path / "rails.shp")
    links = cd.read(tmp_path / "rails.shp").network.links
    assert links[["link_id", "from_node_id", "capacity_scope", "capacity"]].to_numpy().tolist() == [
        ["1", "a", "each", 5e6], ["2", "b", "each", 6e6],
    ]  # fmt: skip


def test_blank_lengths_are_those_of_lines_unless_they_are_ours(tmp_path):
    lines(
        link_id=["1", "2"], from_node_id=["a", "b"], to_node_id=["b", "c"], mode="rail", length=[None, 82.0]
    ).to_parquet(tmp_path / "rails.parquet")
    read = cd.read(tmp_path / "rails.parquet").network
    assert read.links.length.tolist() == [pytest.approx(92.9, abs=0.5), 82]
    unknown = read.replace(links=read.links.assign(length=[None, 82.0]))
    for name, format in WRITTEN.items():
        cd.write(unknown, tmp_path / name, format=format)
        assert cd.read(tmp_path / name).network.links.length.isna().tolist() == [True, False], name


def test_coordinates_of_geojson_are_degrees_unless_the_file_or_the_caller_says_otherwise(tmp_path):
    table = {"link_id": ["1"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": "rail"}
    layer = gpd.GeoDataFrame(table, geometry=[shapely.LineString([(50, 43), (51, 43)])], crs=4326)
    file = tmp_path / "a.geojson"
    layer.to_file(file)
    assert cd.read(file).network.nodes.x_coord.tolist() == [50, 51]
    found = json.loads(layer.to_crs(3857).to_json())
    for crs, options in (
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}, {}),
        (None, {"crs": 3857}),
    ):
        file.write_text(json.dumps({**found, "crs": crs}))
        assert cd.read(file, **options).network.nodes.x_coord.tolist() == pytest.approx([50, 51])
    assert "x_coord and y_coord are no degrees for 2 nodes (a: 5565974.5 5311971.8" in refused(lambda: cd.read(file))
    found["features"][0]["geometry"] = None
    file.write_text(json.dumps(found))
    assert "links: there is neither a table of nodes nor a line that ends at them for 1 link (1)" in refused(
        lambda: cd.read(file)
    )


def test_a_recipe_may_be_like_one_that_is_shipped(tmp_path):
    (tmp_path / "links.csv").write_text("link_id,a_node,b_node,direction,distance,kind\n1,1,2,1,4000,R\n")
    (tmp_path / "nodes.csv").write_text("node_id\n1\n2\n")
    (tmp_path / "recipe.yaml").write_text(
        "like: aequilibrae\nnames: {links: {kind: mode}}\nwords: {links: {mode: {R: rail}}}\n"
    )
    links = cd.read(tmp_path).network.links
    assert links[["mode", "length", "directed"]].to_numpy().tolist() == [["rail", 4.0, True]]
    assert "recipe: like is 'qgis'; give one of aequilibrae" in refused(
        lambda: cd.read(tmp_path, recipe={"like": "qgis"})
    )


def test_a_recipe_next_to_the_file_is_taken(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "places.csv").write_text("place,lon,lat\na,50,43\nb,51,43\n")
    (folder / "links.csv").write_text("id,a,b,miles\nl,a,b,51\n")
    (folder / "recipe.yaml").write_text(
        "tables: {nodes: places}\nnames:\n  nodes: {place: node_id, lon: x_coord, lat: y_coord}\n"
        "  links: {id: link_id, a: from_node_id, b: to_node_id, miles: length}\nunits: {length: mi}\n"
        "fill: {links: {mode: rail}}\n"
    )
    assert cd.read(folder).network.links.length.tolist() == pytest.approx([51 * 1.609344])


def test_recipes_that_are_none_are_refused(tmp_path):
    assert set(shipped()) >= {"osmnx", "open-gira", "aequilibrae", "pypsa", "rdr", "ftot"}
    file = cd.write(small(), tmp_path / "a.gpkg")
    assert "Is it osmnx?" in refused(lambda: cd.read(file, recipe="osmx"))
    assert "names: no table has a column 'tarif'; is it tariff?" in refused(lambda: cd.read(file, names={"tarif": "x"}))
    assert "units: capasity is no column with a unit; is it capacity?" in refused(
        lambda: cd.read(file, units={"capasity": "t/year"})
    )
    assert "recipe has" in refused(lambda: cd.read(file, recipe={"columns": {}}))
    (tmp_path / "r.yaml").write_text("a: [1\n")
    assert "r.yaml: is no YAML that can be read" in refused(lambda: cd.read(file, recipe=tmp_path / "r.yaml"))
    (tmp_path / "r.yaml").write_text("!!python/object/apply:os.system ['true']\n")
    assert "r.yaml: is no YAML that can be read" in refused(lambda: cd.read(file, recipe=tmp_path / "r.yaml"))


def test_numbers_out_of_all_range_are_warned_of_with_examples(tmp_path):
    cd.write(small(length=[80.0, 81.0], time=[90.0, 1.0], capacity=[1e6, 5e10]), tmp_path / "a.gpkg")
    with pytest.warns(cd.InputWarning) as warned:
        cd.read(tmp_path / "a.gpkg")
    assert [str(w.message).partition(";")[0] for w in warned] == [
        "links: length and time come to an implausible speed for 1 link (l1: 0.8889 km/h)",
        "links: capacity is implausible for 1 link (l2: 5e+10 t/year)",
    ]


# Hostile files


def test_a_workbook_that_unpacks_to_gigabytes_or_declares_entities_is_not_read(tmp_path, monkeypatch):
    cd.write(small(), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as book:
        for name, part in parts.items():
            book.writestr(name, bomb + sheet if name == "xl/worksheets/sheet1.xml" else part)
    assert "b.xlsx declares entities in xl/worksheets/sheet1.xml" in refused(lambda: cd.read(tmp_path / "b.xlsx"))
    monkeypatch.setattr(limits, "SMALL", 1 << 20)
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in (parts | {"xl/huge.xml": bytes(20_000_000)}).items():
            book.writestr(name, part)
    assert "c.xlsx unpacks to 19 MiB" in refused(lambda: cd.read(tmp_path / "c.xlsx"))


def test_a_packed_problem_that_unpacks_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SMALL", 1 << 20)
    (tmp_path / "p.min.gz").write_bytes(gzip.compress(b"p min 3 4\n" + b"\n" * 20_000_000, 1))
    assert "unpacks to more than a problem would" in refused(lambda: cd.read_dimacs(tmp_path / "p.min.gz"))
