"""Tables that can't be used as they are: the whole message, so that a change of any word is seen here."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import corridors as cd

MODES = (
    "rail, rail-1000, rail-1067, rail-1435, rail-1520, rail-1668, rail-1676, road, ship, ferry, barge, air, pipeline, "
    "oil_pipeline, gas_pipeline"
)
ALONG = shapely.LineString([(51.2, 43.6), (49.9, 40.4)])
PLACES = [shapely.Point(51.2, 43.6), shapely.Point(49.9, 40.4), shapely.Point(41.7, 42.1)]


#   aktau ──ferry── baku ──rail── poti
def nodes(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"node_id": ["aktau", "baku", "poti"], **columns})


def links(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "link_id": ["ferry", "rail"],
            "from_node_id": ["aktau", "baku"],
            "to_node_id": ["baku", "poti"],
            "mode": ["ferry", "rail-1520"],
            "tariff": [10.0, 12.0],
            **columns,
        }
    )


def zones(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"zone_id": "sea", "role": "destination", "node_id": ["baku", "poti"], **columns})


def transfers(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"transfer_id": ["berth"], "node_id": ["baku"], "from_mode": ["ferry"], "to_mode": ["rail-1520"], **columns}
    )


def commodities(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"commodity": ["grain", "oil"], **columns})


def demand(**columns: object) -> pd.DataFrame:
    row = {"demand_id": "g1", "commodity": "grain", "origin": "aktau", "destination": "baku", "volume": 9, "value": 99}
    return pd.DataFrame({name: [cell] for name, cell in row.items()} | columns)


def network(**tables: object) -> cd.Network:
    return cd.Network(**({"nodes": nodes(), "links": links()} | tables))


def solve(rows: object, **tables: object) -> float:
    return float(cd.solve(network(**tables), rows).loss)


def placed(geometry: object, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(nodes(**columns), geometry=geometry, crs="EPSG:4326")


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    # ids that another table does not have
    "a link to an unknown node": (
        lambda: network(links=links(to_node_id=["baku", "batumi"])),
        "links: to_node_id batumi is not in nodes for 1 link (rail); add it to nodes or correct it",
    ),
    "many links to unknown nodes": (
        lambda: network(
            links=pd.DataFrame(
                {
                    "link_id": [f"l{i}" for i in range(7)],
                    "from_node_id": "aktau",
                    "to_node_id": [f"p{i}" for i in range(7)],
                    "mode": "ship",
                }
            )
        ),
        "links: to_node_id p0, p1, p2, p3, p4 and 2 more is not in nodes for 7 links (l0, l1, l2, l3, l4 and 2 more); "
        "add it to nodes or correct it",
    ),
    "a transfer at an unknown node": (
        lambda: network(transfers=transfers(node_id=["alat"])),
        "transfers: node_id alat is not in nodes for 1 transfer (berth); add it to nodes or correct it",
    ),
    "a zone of an unknown node": (
        lambda: network(zones=zones(node_id=["baku", "batumi"])),
        "zones: node_id batumi is not in nodes for 1 zone (sea:batumi); add it to nodes or correct it",
    ),
    "a link for an unknown commodity": (
        lambda: network(links=links(commodities=["oil;tea", "tea"]), commodities=commodities()),
        "links: commodities tea is not in commodities for 2 links (ferry, rail); add it to commodities or correct it",
    ),
    "a transfer for an unknown commodity": (
        lambda: network(transfers=transfers(commodities=["tea"]), commodities=commodities()),
        "transfers: commodities tea is not in commodities for 1 transfer (berth); add it to commodities or correct it",
    ),
    "a rate of an unknown commodity": (
        lambda: network(commodities=commodities(), rates={"mode": ["ship"], "commodity": ["tea"], "rate": [1]}),
        "rates: commodity tea is not in commodities for 1 rate (ship:tea); add it to commodities or correct it",
    ),
    "demand for an unknown commodity": (
        lambda: solve(demand(commodity=["tea"]), commodities=commodities()),
        "demand: commodity tea is not in commodities for 1 row (g1); add it to commodities or correct it",
    ),
    "demand from an unknown place": (
        lambda: solve(demand(origin=["tengiz"])),
        "demand: origin tengiz is not in nodes or zones for 1 row (g1); add it to nodes or zones or correct it",
    ),
    "an unknown mode": (
        lambda: network(links=links(mode=["boat", "rail-1520"])),
        f"links: mode 'boat' is unknown for 1 link (ferry); give one of {MODES}",
    ),
    "a commodity on an unknown mode": (
        lambda: network(commodities=commodities(modes=["ship;railway", ""])),
        f"commodities: modes 'railway' is unknown for 1 commodity (grain); give one of {MODES}",
    ),
    "a blank mode": (
        lambda: network(links=links(mode=["ferry", None])),
        f"links: mode is blank for 1 link (rail); give one of {MODES}",
    ),
    "a status that there is not": (
        lambda: network(links=links(status=["Open", "operating"])),
        "links: status 'Open' is unknown for 1 link (ferry); give one of operating, planned, closed",
    ),
    # ids twice, ids alike
    "an id twice": (
        lambda: network(nodes=nodes(node_id=["aktau", "baku", "baku"])),
        "nodes: node_id is there twice for 1 node (baku); give every row an id of its own",
    ),
    "one number in three spellings": (
        lambda: network(nodes=nodes(node_id=pd.Series(["1", 1, 1.0], dtype=object))),
        "nodes: node_id is there twice for 1 node (1); give every row an id of its own",
    ),
    "an id with blanks around it": (
        lambda: network(nodes=nodes(node_id=["baku", " baku ", "poti"])),
        "nodes: node_id is there twice for 1 node (baku); give every row an id of its own",
    ),
    "an id with a byte order mark": (
        lambda: network(nodes=nodes(node_id=["\ufeffbaku", "baku", "poti"])),
        "nodes: node_id is there twice for 1 node (baku); give every row an id of its own",
    ),
    "an id whose accent is a letter of its own": (
        lambda: network(nodes=nodes(node_id=["\u00e9tang", "e\u0301tang", "poti"])),
        "nodes: node_id is there twice for 1 node (étang); give every row an id of its own",
    ),
    "ids that differ in case": (
        lambda: network(nodes=nodes(node_id=["Baku", "baku", "poti"])),
        "nodes: node_id differs in case only for 2 nodes (Baku, baku); use one spelling, or rename one",
    ),
    "blank ids": (
        lambda: network(nodes=nodes(node_id=pd.Series([" ", None, pd.NaT], dtype=object))),
        "nodes: node_id is blank for 3 nodes (row 0, row 1, row 2); give every row one",
    ),
    "missing ids made text": (
        lambda: network(nodes=nodes(node_id=pd.Series(["aktau", "baku", np.nan]).astype(str).replace("nan", "<NA>"))),
        "nodes: node_id is blank for 1 node (row 2); give every row one",
    ),
    "an id that would part a list": (
        lambda: network(nodes=nodes(node_id=["aktau;kuryk", "baku", "poti"])),
        "nodes: node_id holds a ; for 1 node (aktau;kuryk); take it out: it parts the items of lists",
    ),
    "a demand row twice": (
        lambda: solve(pd.concat([demand(), demand()])),
        "demand: demand_id is there twice for 1 row (g1); give every row an id of its own",
    ),
    "a rate twice": (
        lambda: network(rates={"mode": ["ship", "ship"], "rate": [0.1, 0.2]}),
        "rates: mode and commodity are there twice for 1 rate (ship); keep one row",
    ),
    # numbers
    "a negative capacity": (
        lambda: network(links=links(capacity=[-1, -2])),
        "links: capacity is negative for 2 links (ferry, rail); give t/year >= 0",
    ),
    "words for a number": (
        lambda: network(links=links(tariff=["free", "12"])),
        "links: tariff 'free' is no number for 1 link (ferry); give USD/t >= 0, with a point and no other separators",
    ),
    "a number with separators": (
        lambda: network(links=links(capacity=["1,000", "2 000"])),
        "links: capacity '1,000', '2 000' is no number for 2 links (ferry, rail); give t/year >= 0, with a point and "
        "no other separators",
    ),
    "nan in words": (
        lambda: network(links=links(tariff=["nan", "12"])),
        "links: tariff 'nan' is no number for 1 link (ferry); give USD/t >= 0, with a point and no other separators",
    ),
    "an infinite tariff": (
        lambda: network(links=links(tariff=[np.inf, 12])),
        "links: tariff is infinite for 1 link (ferry); give USD/t >= 0",
    ),
    "a capacity of minus infinity": (
        lambda: network(links=links(capacity=[-np.inf, 12])),
        "links: capacity is infinite for 1 link (ferry); give t/year >= 0",
    ),
    "truth values for numbers": (
        lambda: network(links=links(capacity=[True, False])),
        "links: capacity True, False is no number for 2 links (ferry, rail); give t/year >= 0",
    ),
    "complex numbers": (
        lambda: network(links=links(capacity=[1 + 2j, 3])),
        "links: capacity (1+2j), (3+0j) is no number for 2 links (ferry, rail); give t/year >= 0",
    ),
    "dates for numbers": (
        lambda: network(links=links(time=pd.to_timedelta(["20h", "8h"]))),
        "links: time Timedelta('0 days 20:00:00'), Timedelta('0 days 08:00:00') is no number for 2 links (ferry, rail);"
        " give h >= 0",
    ),
    "a list for a number": (
        lambda: network(links=links(capacity=[[1], [2]])),
        "links: capacity [1], [2] is no number for 2 links (ferry, rail); give t/year >= 0",
    ),
    "a number beyond all floats": (
        lambda: network(links=links(capacity=pd.Series([10**400, 1], dtype=object))),
        "links: capacity is beyond 1e+12 for 1 link (ferry); give t/year, blank for no limit",
    ),
    "a tariff that integers can't hold": (
        lambda: network(links=links(tariff=[1e300, 12])),
        "links: tariff is beyond 1e+09 for 1 link (ferry); give USD/t",
    ),
    "a rate and a length that integers can't hold": (
        lambda: solve(
            demand(), links=links(tariff=np.nan, length=1e6), rates={"mode": ["ferry", "rail-1520"], "rate": 1e6}
        ),
        "links: cost is beyond 1e+09 USD/t for 2 links (ferry, rail); check tariff or rate x length, time or length / "
        "speed, and what an hour of grain is worth",
    ),
    "demand without a volume": (
        lambda: solve(demand(volume=[None])),
        "demand: volume is missing for 1 row (g1); give t/year >= 0",
    ),
    "demand of an infinite value": (
        lambda: solve(demand(value=[np.inf])),
        "demand: value is infinite for 1 row (g1); give USD/t >= 0",
    ),
    "a speed of zero": (
        lambda: network(rates={"mode": ["ship"], "speed": [0]}),
        "rates: speed is zero for 1 rate (ship); give km/h > 0",
    ),
    "a negative limit of a zone": (
        lambda: network(zones=zones(limit=[-1, 2])),
        "zones: limit is negative for 1 zone (sea:baku); give t/year >= 0",
    ),
    "a flag that is none": (
        lambda: network(links=links(directed=["both", 2])),
        "links: directed 'both', 2 is no flag for 2 links (ferry, rail); give true or false",
    ),
    "neither tariff nor rate": (
        lambda: solve(demand(), links=links(tariff=[np.nan, 12])),
        "links: tariff is missing for 1 link (ferry); give it, or the rate of its mode for grain (USD/t/km), a length",
    ),
    "time that counts but is not given": (
        lambda: solve(demand(), commodities=commodities(value_of_time=[0.1, 0])),
        "links: time is missing for 2 links (ferry, rail); give it, or the speed of its mode for grain (km/h), a "
        "length",
    ),
    # tables and columns
    "columns missing": (
        lambda: network(links=links().drop(columns=["to_node_id", "mode"])),
        "links: column to_node_id, mode is missing; give it (to_node_id: where a directed link ends; mode: what runs "
        "on it, with its gauge)",
    ),
    "a column missing that is there in another spelling": (
        lambda: network(links=links().rename(columns={"mode": "Mode"})),
        "links: column mode is missing; give it (mode: what runs on it, with its gauge); is it Mode?",
    ),
    "the tables swapped": (
        lambda: cd.Network(links(), nodes()),
        "nodes: column node_id is missing; give it (node_id: name of the node in every other table)",
    ),
    "a table without columns": (
        lambda: cd.Network(pd.DataFrame(), pd.DataFrame()),
        "nodes: column node_id is missing; give it (node_id: name of the node in every other table)",
    ),
    "a column twice": (
        lambda: network(links=pd.concat([links(), links()[["tariff"]]], axis=1)),
        "links: column tariff is there twice; keep one",
    ),
    "a column twice but for a blank": (
        lambda: network(links=links(**{" tariff": 1})),
        "links: column tariff is there twice; keep one",
    ),
    "columns of two levels": (
        lambda: network(nodes=pd.DataFrame({("node_id", "id"): ["aktau"]})),
        "nodes: column names have 2 levels; give one, by droplevel or join",
    ),
    "columns of two lengths": (
        lambda: network(nodes={"node_id": ["aktau", "baku"], "name": ["Aktau"]}),
        "nodes: is no table (All arrays must be of the same length); give columns of one length",
    ),
    "a path for a table": (
        lambda: network(nodes="nodes.csv"),
        "nodes: is a str; give a DataFrame, such as pandas.read_csv makes",
    ),
    "a table that there is not": (
        lambda: network().replace(link=links()),
        "network: has no table link; "
        "it has nodes, links, transfers, zones, commodities, rates, tariffs, fleets, cost_steps, blocs",
    ),
    "a part that there is not": (
        lambda: network().subset(nodes=["aktau", "kuryk"]),
        "subset: node_id kuryk is not in nodes; give some of aktau, baku, poti",
    ),
    # what joins what
    "a link from a node to itself": (
        lambda: network(links=links(to_node_id=["aktau", "poti"])),
        "links: both ends are the same node for 1 link (ferry); give two nodes",
    ),
    "a transfer from a mode to itself": (
        lambda: network(transfers=transfers(to_mode=["ferry"])),
        "transfers: from_mode and to_mode are the same for 1 transfer (berth); give two modes",
    ),
    "demand from a node to itself": (
        lambda: solve(demand(destination=["aktau"])),
        "demand: origin is the destination for 1 row (g1); give two different ends, or leave the row out",
    ),
    "a zone with two roles": (
        lambda: network(zones=zones(role=["origin", "destination"])),
        "zones: role differs by member for 1 zone (sea); give a zone one role",
    ),
    "a role that there is not": (
        lambda: network(zones=zones(role=["sink", "destination"])),
        "zones: role 'sink' is unknown for 1 zone (sea:baku); give one of origin, destination",
    ),
    "a zone used against its role": (
        lambda: solve(demand(origin=["sea"]), zones=zones()),
        "demand: origin is a zone whose role is not origin for 1 row (g1); give a zone with the role origin",
    ),
    "a zone with a member twice": (
        lambda: network(zones=zones(node_id=["poti", "poti"])),
        "zones: a node is there twice for 1 zone (sea:poti); give each member one row",
    ),
    "a zone named as a node": (
        lambda: network(zones=zones(zone_id="Poti")),
        "zones: zone_id is also a node for 1 zone (Poti); rename the zone",
    ),
    "zones that differ in case": (
        lambda: network(zones=zones(zone_id=["sea", "Sea"])),
        "zones: zone_id differs in case only for 2 zones (sea, Sea); use one spelling",
    ),
    # where things are
    "points without a reference system": (
        lambda: network(nodes=gpd.GeoDataFrame(nodes(), geometry=PLACES)),
        "nodes: has a geometry but no CRS; set it, for degrees by .set_crs('EPSG:4326')",
    ),
    "lines without a reference system in a column of another name": (
        lambda: network(links=gpd.GeoDataFrame(links(course=[ALONG, None]), geometry="course")),
        "links: has a geometry but no CRS; set it, for degrees by .set_crs('EPSG:4326')",
    ),
    "areas for nodes": (
        lambda: network(nodes=placed([PLACES[0].buffer(1), *PLACES[1:]])),
        "nodes: geometry is Polygon, not a point for 1 node (aktau); give a point, such as a polygon's "
        ".representative_point()",
    ),
    "nodes without a place": (
        lambda: network(nodes=placed([shapely.Point(), None, PLACES[2]])),
        "nodes: geometry is empty or missing, not a point for 2 nodes (aktau, baku); give a point, such as a polygon's "
        ".representative_point()",
    ),
    "lines of several parts": (
        lambda: network(links=links(geometry=[shapely.MultiLineString([ALONG, ALONG]), PLACES[0]])),
        "links: geometry is MultiLineString or Point, not one line for 2 links (ferry, rail); give a LINESTRING from "
        "the first node to the last, in degrees (parts that touch: shapely.line_merge)",
    ),
    "a line without end": (
        lambda: network(links=links(geometry=["LINESTRING (51.2 43.6, 49.9", "LINESTRING EMPTY"])),
        "links: geometry is no geometry or empty, not one line for 2 links (ferry, rail); give a LINESTRING from the "
        "first node to the last, in degrees (parts that touch: shapely.line_merge)",
    ),
    "a line in metres": (
        lambda: network(links=links(geometry=["LINESTRING (5699558 5404072, 5554843 4926201)", None])),
        "links: geometry is outside of degrees, not one line for 1 link (ferry); give a LINESTRING from the first node "
        "to the last, in degrees (parts that touch: shapely.line_merge)",
    ),
    "a line with longitude and latitude swapped": (
        lambda: network(nodes=placed(PLACES), links=links(geometry=["LINESTRING (43.6 51.2, 40.4 49.9)", None])),
        "links: geometry is far from its nodes for 1 link (ferry); swap its longitudes and latitudes",
    ),
    "a line between other places": (
        lambda: network(nodes=placed(PLACES), links=links(geometry=[None, ALONG])),
        "links: geometry is far from its nodes for 1 link (rail); draw it from node to node, in degrees",
    ),
    "a latitude beyond the pole": (
        lambda: network(nodes=nodes(x_coord=[43.6, 40.4, 42.1], y_coord=[51.2, 49.9, 121.5])),
        "nodes: y_coord is above 90 for 1 node (poti); give degrees north <= 90; are x_coord and y_coord swapped, or "
        "in metres?",
    ),
    "a longitude that stands for none": (
        lambda: network(nodes=nodes(x_coord=[-999, 40.4, 42.1], y_coord=[51.2, 49.9, 41.5])),
        "nodes: x_coord is below -180 for 1 node (aktau); give degrees east >= -180",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_used_is_refused_by_table_rows_column_and_remedy(what: str) -> None:
    call, message = REFUSED[what]
    with pytest.raises(cd.InputError) as refused:
        call()
    assert str(refused.value) == message


def test_a_column_that_is_nearly_one_of_the_schema_is_warned_of() -> None:
    with pytest.warns(cd.InputWarning) as warned:
        network(links=links(capcity=[1, 2]), transfers=transfers())
    assert [str(w.message) for w in warned] == [
        "links: column capcity is kept but not read; was another name meant? There is capacity"
    ]


def test_a_warning_points_at_the_line_that_gave_the_tables() -> None:
    with pytest.warns(cd.InputWarning, match="cuntry") as warned:
        given = cd.Network(nodes(cuntry="KZ"), links(), transfers())
    assert [one.filename for one in warned] == [__file__]
    with pytest.warns(cd.InputWarning, match="comodities") as warned:
        given.replace(links=links(comodities="grain"))
    assert [one.filename for one in warned] == [__file__]  # of nodes it was warned when they were given


def test_columns_of_ones_own_are_kept_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own = links(tracks=[2, 1], **{"7": "x"}).rename(columns={"7": 7})
        made = network(links=own, transfers=transfers())
    assert made.links.tracks.tolist() == [2, 1]
    assert made.links["7"].tolist() == ["x", "x"]


def _pyarrow(frame: pd.DataFrame) -> pd.DataFrame:
    pytest.importorskip("pyarrow")
    return frame.convert_dtypes(dtype_backend="pyarrow")


@pytest.mark.parametrize(
    "dressed",
    [
        lambda frame: frame.convert_dtypes(),
        lambda frame: frame.astype(object),
        lambda frame: frame.astype("category"),
        lambda frame: frame.map(lambda cell: np.str_(cell) if isinstance(cell, str) else cell).astype(object),
        lambda frame: frame.set_axis([7] * len(frame)),
        lambda frame: frame.set_index(pd.MultiIndex.from_product([["x"], range(len(frame))])),
        lambda frame: frame.set_index(frame.columns[0]),
        lambda frame: frame.rename(columns=lambda name: f" {name} "),
        lambda frame: frame.rename(columns={frame.columns[0]: f"\ufeff{frame.columns[0]}"}),
        lambda frame: frame.to_dict("list"),
        lambda frame: gpd.GeoDataFrame(frame),
        _pyarrow,
    ],
    ids=[
        "nullable",
        "objects",
        "categories",
        "numpy strings",
        "an index of one label",
        "an index of two levels",
        "ids as the index",
        "blanks in names",
        "a byte order mark",
        "lists by name",
        "no geometry",
        "arrow",
    ],
)
def test_a_table_means_the_same_in_any_dress(dressed: Callable[[pd.DataFrame], object]) -> None:
    plain = links(capacity=[60.0, None], directed=[True, None], commodities=["grain;oil", None], time=[None, 8])
    expected = cd.solve(network(links=plain), demand(volume=[90]))
    made = network(nodes=dressed(nodes()), links=dressed(plain))
    pd.testing.assert_frame_equal(made.links, network(links=plain).links)
    assert float(cd.solve(made, dressed(demand(volume=[90]))).loss) == float(expected.loss) == 60 * 10 + 30 * 99


@pytest.mark.parametrize(
    ("column", "cells", "kept"),
    [
        ("capacity", ["inf", np.inf], [np.nan, np.nan]),
        ("capacity", ["", None], [np.nan, np.nan]),
        ("capacity", [Decimal("1.5"), np.float32(2)], [1.5, 2.0]),
        ("capacity", pd.array([1, None], dtype="Int64"), [1.0, np.nan]),
        ("capacity", pd.arrays.SparseArray([0.0, 5.0]), [0.0, 5.0]),
        ("directed", ["TRUE", "no"], [True, False]),
        ("directed", [1.0, 0], [True, False]),
        ("directed", [np.True_, pd.NA], [True, False]),
        ("commodities", [["grain", "oil"], ("tea",)], ["grain;oil", "tea"]),
        ("commodities", [" grain ;; oil;", pd.NA], ["grain;oil", ""]),
        ("status", [None, "planned"], ["operating", "planned"]),
        ("geometry", [pd.NA, ""], [None, None]),
    ],
)
def test_a_cell_may_be_written_in_several_ways(column: str, cells: object, kept: list[object]) -> None:
    made = network(links=links(**{column: cells})).links[column].tolist()
    assert pd.Series(made, dtype=object).equals(pd.Series(kept, dtype=object))


def test_ids_may_be_numbers_in_one_table_and_text_in_another() -> None:
    made = network(
        nodes=nodes(node_id=[1, 2, 3]),
        links=links(from_node_id=["1", "2"], to_node_id=[2.0, 3.0]),
        zones=zones(node_id=pd.array([2, 3], dtype="Int64")),
    )
    assert made.links.to_node_id.tolist() == made.zones.node_id.tolist() == ["2", "3"]
    assert float(cd.solve(made, demand(origin=[1], destination=[3])).loss) == 9 * 99
    assert made.subset(nodes=[1, 2]).links.link_id.tolist() == ["ferry"]


def test_points_become_coordinates_whatever_their_reference_system() -> None:
    metres = placed(PLACES).to_crs("EPSG:3857").rename_geometry("where")
    made = network(nodes=metres)
    assert made.nodes[["x_coord", "y_coord"]].to_numpy() == pytest.approx(np.array([p.coords[0] for p in PLACES]))


def test_a_line_may_be_missing_and_may_run_from_the_last_node_to_the_first() -> None:
    made = network(nodes=placed(PLACES), links=links(geometry=[ALONG.reverse(), None]))
    assert made.links.geometry.tolist() == [ALONG.reverse(), None]


def test_nothing_at_all_is_a_network() -> None:
    empty = cd.Network(nodes().iloc[:0], links().iloc[:0])
    assert float(cd.solve(empty, demand().iloc[:0]).loss) == 0
    with pytest.raises(cd.InputError, match="demand: is None"):
        cd.solve(empty, None)


def test_what_is_wanted_at_an_isolated_node_stays_behind() -> None:
    alone = network(nodes=nodes(node_id=["aktau", "baku", "poti"]), links=links().iloc[:0])
    result = cd.solve(alone, demand())
    assert (float(result.loss), float(result.cost), result.unmet.item()) == (9 * 99, 0, 9)


def test_a_table_given_is_never_changed() -> None:
    given = {"nodes": nodes(), "links": links(), "zones": zones(), "transfers": transfers()}
    before = {name: frame.copy(deep=True) for name, frame in given.items()}
    made = network(**given)
    own = made.links
    own["tariff"] = 0.0
    cd.solve(made, demand())
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert made.links.tariff.tolist() == [10, 12]
