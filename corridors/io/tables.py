"""A network, its demand and its flows as tables for a file; what is no table stands in ``about``.

``about`` is JSON: ``flows`` names columns of links that are no part of the network, ``renamed`` says what others are
called next to them, ``straight`` names links that have no course of their own, ``network`` and ``demand`` are names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr

from corridors.errors import InputError, complaint
from corridors.io.flows import flows_of, renamed
from corridors.network import Network, case_names
from corridors.places import straight
from corridors.schema.columns import as_id
from corridors.schema.definitions import CRS, TABLES

ITEM = "corridors"
"""Where files keep ``about``: a layer's metadata, a member of an object, an attribute."""


def tables_of(
    network: Network, demand: pd.DataFrame | None, result: xr.Dataset | None
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables with rows, in the schema's order, and ``about``; links with flows where a result is given.

    Raises
    ------
    InputError
        What `corridors.io.flows.flows_of` raises.
    """
    tables = {name: getattr(network, name) for name in TABLES if name != "demand"}
    about: dict[str, Any] = {"network": network.name, **case_names(network, demand)}
    if demand is not None:
        tables["demand"] = pd.DataFrame(demand)
    if result is not None:
        flows = flows_of(network, result)
        new = renamed(tables["links"], flows)
        tables["links"] = tables["links"].rename(columns=new).join(flows, on="link_id")
        about |= {"flows": list(flows), "renamed": new}
    always = ("nodes", "links", "demand")
    return {name: table for name, table in tables.items() if len(table) or name in always}, about


def without_flows(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Tables as they were before flows were joined to links."""
    tables = dict(tables)
    if "links" in tables:
        links = tables["links"]
        links = links.drop(columns=[name for name in _list(about, "flows") if name in links])
        names = about.get("renamed", {})
        own = {here: own for own, here in names.items()} if isinstance(names, Mapping) else {}
        tables["links"] = links.rename(columns=own)
    return tables


def on_the_map(
    tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Tables whose nodes are points and whose links are lines in degrees, and ``about`` with those that are straight.

    Raises
    ------
    InputError
        Nodes without coordinates.
    """
    nodes, links = tables["nodes"], tables["links"]
    unplaced = nodes.x_coord.isna() | nodes.y_coord.isna()
    if unplaced.any():
        raise InputError(complaint("nodes", "x_coord or y_coord is missing", nodes.node_id[unplaced], "give degrees"))
    points = gpd.GeoDataFrame(nodes, geometry=gpd.points_from_xy(nodes.x_coord, nodes.y_coord), crs=CRS)
    lines = gpd.GeoDataFrame(links.drop(columns="geometry"), geometry=courses(nodes, links), crs=CRS)
    return {**tables, "nodes": points, "links": lines}, {
        **about,
        "straight": links.link_id[links.geometry.isna()].tolist(),
    }


def without_straight_lines(links: pd.DataFrame, about: Mapping[str, Any]) -> pd.DataFrame:
    """Links without the straight lines that `on_the_map` drew; one that was given more points since is kept."""
    if "link_id" not in links or "geometry" not in links or not _list(about, "straight"):
        return links
    course = links["geometry"].to_numpy(dtype=object)
    as_written = (shapely.get_num_coordinates(course) <= 2) | (shapely.get_num_geometries(course) > 1)
    links.loc[links.link_id.isin(_list(about, "straight")) & as_written, "geometry"] = None
    return links


def courses(nodes: pd.DataFrame, links: pd.DataFrame) -> list[shapely.LineString | shapely.MultiLineString]:
    """The course of each link; a straight line where it has none of its own, cut where it crosses 180 degrees."""
    at = {name: (x, y) for name, x, y in nodes[["node_id", "x_coord", "y_coord"]].itertuples(index=False)}
    ends = zip(links.from_node_id, links.to_node_id, links.geometry, strict=True)
    return [line if line is not None else straight(at[a], at[b]) for a, b, line in ends]


def with_wkt(table: pd.DataFrame) -> pd.DataFrame:
    """A table with its shapes as well-known text, of as many digits as give the same coordinates back."""
    if "geometry" not in table:
        return table
    text = [None if shape is None else shapely.to_wkt(shape, rounding_precision=-1) for shape in table["geometry"]]
    return pd.DataFrame(table).assign(geometry=pd.Series(text, index=table.index, dtype=object))


def kind_of_cells(cells: pd.Series[Any]) -> str:
    """What a column holds, in words; the types of its items where they are objects."""
    if cells.dtype.kind in "biufMm":
        return {"b": "flags", "M": "dates", "m": "durations"}.get(cells.dtype.kind, "numbers")
    found = {type(cell) for cell in cells[cells.notna()]}
    for types, kind in (((bool, np.bool_), "flags"), ((int, float, np.integer, np.floating), "numbers"), (str, "text")):
        if all(issubclass(t, types) and (kind != "numbers" or not issubclass(t, bool)) for t in found):
            return kind
    return " and ".join(sorted(t.__name__ for t in found))


def named(table: pd.DataFrame | None, about: Mapping[str, Any], what: str) -> str:
    """The name that a file gives a network or its demand; blank where it gives none."""
    return as_id(about.get(what)) if table is not None else ""


def _list(about: Mapping[str, Any], what: str) -> list[str]:
    found = about.get(what)
    return [str(item) for item in found] if isinstance(found, list) else []
