"""Networks in GMNS: directions, units and missing values as the specification has them."""

import warnings

import pandas as pd
import pytest
import shapely

import corridors as cd

# 1 ──10── 2 ──11── 3: two links of a Sioux Falls, 0.01 degrees of longitude (0.87 km at 38.5 N) each

NODES = "node_id,x_coord,y_coord\n1,-77.00,38.5\n2,-76.99,38.5\n3,-76.98,38.5\n"
HEAD = "link_id,from_node_id,to_node_id,directed,dir_flag,length,free_speed,capacity,lanes\n"
CONFIG = "dataset_name,short_length,long_length,speed,crs,geometry_field_format,currency,version_number,id_type\n"


def folder(tmp_path, links, nodes=NODES, config=None, **others):
    files = {"node": nodes, "link": links} | ({} if config is None else {"config": CONFIG + config}) | others
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def flags(tmp_path, column, cells, **options):
    rows = "".join(f"{10 + i},{1 + i},{2 + i},{cell}\n" for i, cell in enumerate(cells))
    there = folder(tmp_path, f"link_id,from_node_id,to_node_id,{column}\n{rows}")
    return cd.read(there, **options).network.links.directed.tolist()


def refused(call):
    with pytest.raises(cd.InputError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(("cells", "one_way"), [(["1", "0"], [True, False]), (["1.0", "1"], [True, True])])
def test_links_without_directed_follow_dir_flag(tmp_path, cells, one_way):
    assert flags(tmp_path, "dir_flag", cells) == one_way


def test_a_link_runs_one_way_by_its_flag_so_nothing_goes_back(tmp_path):
    there = folder(tmp_path, "link_id,from_node_id,to_node_id,dir_flag\n10,1,2,1\n11,2,3,1\n")
    back = {"demand_id": ["d"], "commodity": ["x"], "origin": [3], "destination": [1], "volume": [5], "value": [9]}
    assert float(cd.solve(cd.read(there).network, back).loss) == 45


def test_directed_counts_where_both_are_there_and_a_blank_one_follows_the_flag(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,dir_flag\n10,1,2,TRUE,-1\n11,2,3,,0\n"
    assert cd.read(folder(tmp_path, links)).network.links.directed.tolist() == [True, False]


def test_links_that_do_not_say_whether_they_are_directed_are_refused(tmp_path):
    assert refused(lambda: flags(tmp_path, "name", ["a", "b"])) == (
        "gmns: links: directed is missing for 2 links (10, 11); add the column directed, true where a link runs from "
        "-> to only, or give directed= for all of them"
    )
    assert flags(tmp_path, "name", ["a", "b"], directed=True) == [True, True]
    assert "directed is missing for 1 link (11)" in refused(lambda: flags(tmp_path, "directed", ["true", "NaN"]))


def test_a_flag_of_minus_one_alone_is_refused_as_it_has_two_meanings(tmp_path):
    assert refused(lambda: flags(tmp_path, "dir_flag", ["-1", "1"])).startswith(
        "gmns: links: dir_flag is -1 and directed is missing for 1 link (10); it may mean"
    )


@pytest.mark.parametrize(
    ("unit", "length", "km"),
    [("mile", "1", 1.609344), ("feet", "3000", 0.9144), ("meters", "900", 0.9), ("km", "0.9", 0.9)],
)
def test_lengths_and_speeds_are_in_the_units_of_config(tmp_path, unit, length, km):
    links = HEAD + f"10,1,2,1,,{length},60,,\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = cd.read(folder(tmp_path, links, config=f"d,foot,{unit},mph,4326,wkt,,0.97,integer\n")).network
    assert made.links.length[0] == pytest.approx(km)
    assert made.links.time[0] == pytest.approx(km / 96.56064)


def test_an_argument_counts_more_than_config(tmp_path):
    there = folder(tmp_path, HEAD + "10,1,2,1,,2640,25,,\n", config="d,foot,mile,mph,4326,wkt,,0.94,\n")
    with pytest.warns(cd.InputWarning, match=r"10: 4249 km for 0.8723 km on the map\); give kilometres"):
        cd.read(there)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cd.read(there, units={"length": "feet"}).network.links.length[0] == pytest.approx(0.804672)


@pytest.mark.parametrize("length", ["2862", "872.4"])
def test_feet_and_metres_taken_for_kilometres_are_warned_of(tmp_path, length):
    with pytest.warns(cd.InputWarning, match="length is implausible against the map for 1 link"):
        cd.read(folder(tmp_path, HEAD + f"10,1,2,1,,{length},,,\n"))


def test_miles_taken_for_kilometres_are_warned_of(tmp_path):
    with pytest.warns(cd.InputWarning, match=r"10: 0.55 km for 0.8723 km on the map"):
        cd.read(folder(tmp_path, HEAD + "10,1,2,1,,0.55,,,\n11,2,3,1,,0.56,,,\n"))


def test_speeds_in_another_unit_than_lengths_are_warned_of_and_can_be_given(tmp_path):
    there = folder(tmp_path, HEAD + "10,1,2,1,,900,60,,\n")
    with pytest.warns(cd.InputWarning, match=r"an implausible speed for 1 link \(10: 0.06 km/h\); say in which units"):
        cd.read(there, units={"length": "m", "speed": "m/h"})
    assert cd.read(there, units={"length": "m"}).network.links.time[0] == pytest.approx(0.015)


def test_units_that_no_config_says_are_told(tmp_path):
    there = folder(tmp_path, HEAD + "10,1,2,1,,0.9,60,,\n")
    said = r"does not say its units, and is taken to have length in km, free_speed in km/h; say them, units=\{'length'"
    with pytest.warns(cd.InputWarning, match=said):
        cd.read(there)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cd.read(there, units={"links.length": "km", "speed": "mph"})
        cd.read(folder(tmp_path, HEAD + "10,1,2,1,,,,,\n"))


def test_links_of_path4gmns_run_one_way_in_miles_and_may_have_blank_ids(tmp_path):
    nodes = "name,node_id,zone_id,x_coord,y_coord\n,1,1,-77.00,38.5\n,2,,-76.99,38.5\n"
    links = (
        "name,link_id,from_node_id,to_node_id,dir_flag,length,free_speed,capacity\nx,,1,2,,0.55,30,\ny,,2,1,,0.55,30,\n"
    )
    there = folder(tmp_path, links, nodes)
    assert "gmns: links: directed is missing" in refused(lambda: cd.read(there))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = cd.read(there, recipe="path4gmns").network.links
    assert read.link_id.tolist() == ["1-2", "2-1"]
    assert read.directed.tolist() == [True, True]
    assert read.length[0] == pytest.approx(0.55 * 1.609344)
    assert read.time[0] == pytest.approx(0.55 / 30)


def test_a_file_of_links_with_a_mark_or_quotes_is_known_and_touching_parts_are_one_line(tmp_path):
    shape = '"MULTILINESTRING Z ((-76.995 38.5 1, -76.99 38.5 2),(-77 38.5 1, -76.995 38.5 1))"'
    links = f'\ufeff"link_id","from_node_id","to_node_id","directed","geometry"\r\n10,1,2,1,{shape}\r\n'
    there = folder(tmp_path, links, demand="o_zone_id,d_zone_id,volume\n1,2,30\n")
    geometry = cd.read(there / "link.csv").network.links.geometry[0]
    assert geometry.wkt == "LINESTRING (-77 38.5, -76.995 38.5, -76.99 38.5)"
    assert cd.read_demand(there, recipe="path4gmns", commodity="x", value=1).volume.tolist() == [30]


def test_units_that_are_not_known_are_refused_by_name(tmp_path):
    there = folder(tmp_path, HEAD + "10,1,2,1,,1,1,,\n", config="d,foot,furlong,knots,4326,wkt,,,\n")
    assert refused(lambda: cd.read(there)) == (
        "units: links: length is in 'furlong', which is no km; say what one comes to, such as "
        "units={'length': '12 km'}, or leave it out: names={'length': None}"
    )
    assert "speed is in 'knots', which is no km/h" in refused(lambda: cd.read(there, units={"length": 0.201168}))
    assert cd.read(there, units={"length": 0.9, "speed": "1.852 km/h"}).network.links.length[0] == 0.9


def test_coordinates_and_shapes_are_in_the_reference_system_of_config(tmp_path):
    # EPSG:3857, metres of a Mercator map on a ball of 6378137 m: 1 degree of longitude is 111319.49 m, the equator is 0
    nodes = "node_id,x_coord,y_coord\n1,0,0\n2,111319.49,0\n3,NaN,NaN\n"
    links = "link_id,from_node_id,to_node_id,directed,length,geometry\n" + (
        '10,1,2,1,112,"LINESTRING (0 0, 55659.745 1000, 111319.49 0)"\n11,2,3,0,5,\n'
    )
    made = cd.read(folder(tmp_path, links, nodes, config="d,m,km,kph,EPSG:3857,WKT,,,\n")).network
    assert made.nodes.x_coord[:2].tolist() == pytest.approx([0, 1])
    assert pd.isna(made.nodes.x_coord[2])
    assert shapely.get_coordinates(made.links.geometry[0])[1] == pytest.approx([0.5, 0.008983], abs=1e-6)
    (tmp_path / "config.csv").write_text(CONFIG + "d,m,km,kph,the moon,WKT,,,\n")
    assert "crs: 'the moon' is no reference system that pyproj knows" in refused(lambda: cd.read(tmp_path))


def test_nan_is_missing_by_the_specification(tmp_path):
    links = HEAD + "10,1,2,true,NaN,NaN,NaN,800,NaN\n11,2,3,false,,1,50,NaN,2\n"
    made = cd.read(folder(tmp_path, links), units={"capacity": "10 t/year"}).network.links
    assert made.length.isna().tolist() == [True, False]
    assert made.capacity.tolist()[0] == 8000
    assert made.capacity.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("25 mph", "links: speed '25 mph' is no number for 1 link (10); give one or leave it blank"),
        ("inf", "links: speed 'inf' is no number for 1 link (10); give one or leave it blank"),
        ("0", "links: speed is zero or negative for 1 link (10); give a speed > 0"),
    ],
)
def test_a_speed_that_is_none_is_shown(tmp_path, cell, complaint):
    assert refused(lambda: cd.read(folder(tmp_path, HEAD + f"10,1,2,1,,1,{cell},,\n"))).startswith(complaint)


def test_a_shape_that_is_there_twice_or_in_an_unknown_format_is_refused(tmp_path):
    links = "link_id,from_node_id,to_node_id,directed,geometry_id\n10,1,2,1,g\n"
    shape = '"LINESTRING (-77 38.5, -76.99 38.5)"'
    there = folder(tmp_path, links, geometry=f"geometry_id,geometry\ng,{shape}\ng,{shape}\n")
    assert "geometry.csv has geometry_id g twice" in refused(lambda: cd.read(there))
    there = folder(tmp_path, links, config="d,,,,,polyline,,,\n", geometry=f"geometry_id,geometry\ng,{shape}\n")
    assert "geometry_field_format 'polyline'; give one of wkt, geojson, wkb" in refused(lambda: cd.read(there))


def test_capacities_in_vehicles_are_refused_until_one_vehicle_is_said_to_carry_something(tmp_path):
    there = folder(tmp_path, HEAD + "10,1,2,true,,1,50,600,2\n11,2,3,false,,1,50,500,\n")
    assert refused(lambda: cd.read(there)) == (
        "units: links: capacity is in 'vehicles/h', which is no t/year; say what one comes to, such as "
        "units={'capacity': '12 t/h'}, or leave it out: names={'capacity': None}"
    )
    links = cd.read(there, units={"capacity": "12 t/h"}).network.links
    assert links.capacity.tolist() == [600 * 2 * 12 * 8760, 500 * 12 * 8760]
    assert links.capacity_scope.tolist() == ["each", "each"]
    assert cd.read(there, names={"capacity": None}).network.links.capacity.isna().all()


def test_a_table_of_links_by_another_name_takes_the_nodes_next_to_it(tmp_path):
    folder(tmp_path, HEAD)
    (tmp_path / "base02.csv").write_text("link_id,from_node_id,to_node_id,directed,length,free_speed\n1,1,2,1,0.9,60\n")
    made = cd.read(tmp_path / "base02.csv", recipe="rdr").network
    assert made.links.length[0] == pytest.approx(0.9 * 1.609344)
    assert made.links.time[0] == pytest.approx(0.9 / 60)
    assert made.links["mode"].tolist() == ["road"]
