"""Longitudes are circular: what lies on both sides of 180 degrees is near."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import corridors as cd
from corridors.maps.lines import courses
from corridors.maps.projection import view_of
from corridors.places import apart, course_km, ground_km, straight

# anadyr (178 E) ──ship── rim (180) ──ship── nome (166 W)


def network(courses=(None, None), rim=180.0):
    nodes = pd.DataFrame({"node_id": ["anadyr", "rim", "nome"], "x_coord": [178.0, rim, -166.0], "y_coord": 64.0})
    links = pd.DataFrame(
        {
            "link_id": ["west", "east"],
            "from_node_id": ["anadyr", "rim"],
            "to_node_id": ["rim", "nome"],
            "mode": "ship",
            "tariff": 1.0,
            "geometry": list(courses),
        }
    )
    return cd.Network(nodes, links)


@pytest.mark.parametrize("rim", [180.0, -180.0])
@pytest.mark.parametrize("side", ["180", "-180"])
def test_a_course_may_end_on_either_side_of_the_rim(rim, side):
    made = network([f"LINESTRING (178 64, {side} 64)", f"LINESTRING ({side} 64, -166 64)"], rim)
    assert [line.geom_type for line in made.links.geometry] == ["LineString"] * 2


def test_a_course_that_is_far_on_the_short_way_round_is_still_refused():
    with pytest.raises(cd.InputError, match=r"links: geometry is far from its nodes for 1 link \(east\)"):
        network([None, "LINESTRING (177 64, -166 64)"])


def test_a_line_across_the_rim_is_cut_there_and_as_long_as_the_ground():
    line = straight((179.0, 60.0), (-179.0, 60.0))
    assert shapely.get_parts(line).tolist() == [
        shapely.LineString([(179, 60), (180, 60)]),
        shapely.LineString([(-180, 60), (-179, 60)]),
    ]
    # 2 degrees at 60 N on a ball of 6371 km: half of 222.4 km; the ellipsoid is a few per mille longer there
    assert ground_km([[179.0, 60.0]], [[-179.0, 60.0]]) == pytest.approx([111.2], rel=0.005)
    assert course_km([shapely.LineString([(179, 60), (-179, 60)]), None])[0] == pytest.approx(111.2, rel=0.005)
    assert np.isnan(course_km([None])[0])


@pytest.mark.parametrize(("start", "end"), [((180, 1), (-170, 2)), ((-170, 2), (180, 1)), ((180, 0), (-180, 1))])
def test_a_line_from_the_rim_lies_on_the_side_of_its_other_end(start, end):
    line = straight(start, end)
    assert line.geom_type == "LineString"
    assert line.length < 11
    assert apart([line.coords[0], line.coords[-1]], [start, end]).tolist() == [0, 0]


def test_degrees_between_places_are_counted_the_short_way_round():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-180, 180, (2, 50, 2)) * [1, 0.5]
    by_hand = [min(abs(x - u + turn) for turn in (-360, 0, 360)) for (x, _), (u, _) in zip(a, b, strict=True)]
    assert apart(a, b) == pytest.approx(np.maximum(by_hand, np.abs(a - b)[:, 1]))


def test_a_link_across_the_rim_is_drawn_the_short_way_round():
    made = network([None, "LINESTRING (-180 64, -166 64)"])
    view = view_of(made.nodes[["x_coord", "y_coord"]].to_numpy(float))
    lines = courses(made.links, made.nodes, view, None)
    for name in ("west", "east"):
        steps = np.hypot(*np.diff(lines[name], axis=0).T)
        assert steps.sum() < 750_000  # 14 degrees at 64 N are 683 km


def test_a_geopackage_holds_a_link_across_the_rim_and_gives_it_back(tmp_path):
    nodes = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [178.0, -166.0], "y_coord": [64.0, 64.0]})
    links = pd.DataFrame({"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ship"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cd.write(cd.Network(nodes, links), tmp_path / "n.gpkg")
        back = cd.read(tmp_path / "n.gpkg").network
    drawn = gpd.read_file(tmp_path / "n.gpkg", layer="links").geometry[0]
    assert drawn.length == pytest.approx(16)
    assert back.links.geometry.tolist() == [None]


def test_a_length_across_the_rim_is_judged_by_the_short_way():
    nodes = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [179.5, -179.5], "y_coord": [0.0, 0.0]})
    links = {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ship"]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cd.Network(nodes, links | {"length": [120.0]})
    with pytest.warns(cd.InputWarning, match="l: 3.9e\\+04 km for 111.3 km on the map"):
        cd.Network(nodes, links | {"length": [39000.0]})
