"""A layer of lines becomes a network that goods can run on, wherever lines end near each other or meet."""

import warnings

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import corridors as cd


def layer(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=[shapely.from_wkt(shape) for shape in shapes], crs=4326)


def made(lines, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return cd.from_lines(lines, mode="rail", **options)


def degrees(network):
    ends = pd.concat([network.links.from_node_id, network.links.to_node_id])
    return sorted(ends.value_counts().tolist())


def test_a_line_is_split_where_another_ends_on_it_and_where_both_have_a_vertex():
    assert degrees(made(layer("LINESTRING (50 43, 51 43)", "LINESTRING (50.5 43, 50.5 44)"))) == [1, 1, 1, 3]
    crossing = layer("LINESTRING (50 43, 50.5 43, 51 43)", "LINESTRING (50.5 42, 50.5 43, 50.5 44)")
    assert degrees(made(crossing)) == [1, 1, 1, 1, 4]


def test_lines_that_cross_on_two_levels_stay_apart():
    lines = layer("LINESTRING (50 43, 51 43)", "LINESTRING (50.5 42, 50.5 44)")
    with pytest.warns(cd.InputWarning, match=r"2 parts do not meet \(1: 2 nodes, 2: 2 nodes\)"):
        network = cd.from_lines(lines, mode="rail")
    assert network.nodes.component.tolist().count(1) == 2


def test_ends_that_nearly_meet_are_one_node():
    # 0.00001 degrees of latitude are 1.1 m
    lines = layer("LINESTRING (50 43, 50 44)", "LINESTRING (50 44.00001, 50 45)", track=[1, 2])
    network = made(lines, tolerance=2)
    assert (len(network.nodes), len(network.links)) == (3, 2)
    with pytest.warns(cd.InputWarning, match="2 parts do not meet"):
        assert len(cd.from_lines(lines, mode="rail", tolerance=1).nodes) == 4


def test_chains_of_the_same_attributes_are_one_link_of_their_length():
    lines = layer("LINESTRING (50 43, 50 44)", "LINESTRING (50 45, 50 44)", "LINESTRING (50 45, 50 46)",
                  track=[1, 1, 2])  # fmt: skip
    network = made(lines)
    assert network.links.track.tolist() == [1, 2]
    assert network.links.length.tolist() == pytest.approx([222.2, 111.1], abs=0.1)
    assert len(made(lines, merge=False).links) == 3


def test_directed_links_are_merged_only_where_one_follows_the_other():
    shapes = ("LINESTRING (50 43, 50 44)", "LINESTRING (50 45, 50 44)", "LINESTRING (50 46, 50 45)")
    network = made(layer(*shapes, directed=[True] * 3))
    ends = network.links.merge(network.nodes, left_on="from_node_id", right_on="node_id").y_coord
    assert sorted(ends.round(3)) == [43, 46]


def test_gaps_up_to_a_length_are_bridged_and_named():
    lines = layer("LINESTRING (50 43, 50 44)", "LINESTRING (50 44.001, 50 45)", capacity=[5.0, 6.0])
    with pytest.warns(cd.InputWarning, match=r"lines: 1 gaps were bridged \(gap.1: 111 m\)"):
        network = cd.from_lines(lines, mode="rail", bridge=200)
    assert network.nodes.component.tolist() == [1] * 4
    assert network.links.bridged.tolist() == [False, False, True]
    assert pd.isna(network.links.capacity[2])


def test_a_dead_end_is_bridged_to_where_a_line_is_nearest():
    lines = layer("LINESTRING (50 43, 51 43)", "LINESTRING (50.5 43.0005, 50.5 44)")
    with pytest.warns(cd.InputWarning, match=r"lines: 1 gaps were bridged \(gap.1: 56 m\)"):
        network = cd.from_lines(lines, mode="rail", bridge=60)
    assert (len(network.nodes), len(network.links), network.nodes.component.max()) == (5, 4, 1)


def test_what_is_drawn_twice_is_two_links_and_what_leads_nowhere_is_told():
    lines = layer("LINESTRING (50 43, 51 43)", "LINESTRING (51 43, 50 43)", "LINESTRING EMPTY",
                  "LINESTRING (50 43, 50.000001 43)", "LINESTRING (50 43, 49 43, 49 42, 50 43)",
                  link_id=["a", "b", "none", None, "ring"])  # fmt: skip
    with pytest.warns(cd.InputWarning) as said:
        network = cd.from_lines(lines, mode="rail")
    assert sorted(network.links.link_id) == ["a", "b"]
    assert len(network.nodes) == 2
    assert "lines: 3 of 5 lead nowhere (line 3, none, ring) and are left out: they have no shape, are" in str(
        said[0].message
    )
    assert "lines: 1 line is drawn twice (b); each is a link of its own" in str(said[1].message)


def test_parts_with_heights_meet_across_180_degrees():
    lines = layer("MULTILINESTRING Z ((179 60 5, 180 60 5), (-180 60 5, -179 60 5))", "LINESTRING (-179 60, -178 60)")
    network = made(lines)
    assert len(network.links) == 1
    assert network.links.length[0] == pytest.approx(3 * 55.8, abs=0.2)
    assert not network.links.geometry[0].has_z


def test_layers_that_are_none_are_refused():
    with pytest.raises(cd.InputError, match="lines: has Point; give LineStrings"):
        cd.from_lines(layer("POINT (1 2)"))
    with pytest.raises(cd.InputError, match="lines: has no reference system; set it"):
        cd.from_lines(layer("LINESTRING (50 43, 51 43)").set_crs(None, allow_override=True))
    with pytest.raises(cd.InputError, match="column mode is missing"):
        cd.from_lines(layer("LINESTRING (50 43, 51 43)"))
