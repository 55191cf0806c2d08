"""Geographic files: a network with its flows to a GeoPackage, and a network back from one or from a folder of CSV."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import xarray as xr

from corridors import arguments
from corridors.errors import InputError, complaint, listed
from corridors.io.files import local_path, read_csv, replacing
from corridors.io.flows import flows_of, renamed
from corridors.network import Network
from corridors.places import straight
from corridors.schema.definitions import CRS, TABLES

PARTS = ("nodes", "links", "transfers", "zones", "commodities", "rates", "tariffs", "fleets", "cost_steps", "blocs")
ITEM = "corridors"
"""The item of a layer's metadata, JSON, of what is no part of the network: ``flows`` names columns, ``renamed`` says
what others are called next to them, ``straight`` names links that have no course of their own."""


def write(network: Network, path: str | Path, *, result: xr.Dataset | None = None) -> Path:
    """Write a network to a GeoPackage, a layer a table; flows joined to the links where a result is given.

    Parameters
    ----------
    network : Network
    path : path
        Ends in ``.gpkg``; an older file is replaced, once the new one is whole.
    result : Dataset, optional
        What `corridors.solve` gave: links get ``flow`` and a ``flow_<commodity>`` each (t/year, both directions), and
        ``flow_fwd, flow_rev``, by their ids. A column of the network with such a name is called ``network_flow`` in the
        file. `read` leaves the flows out and gives that column its name back.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        A path that is no ``.gpkg`` in a folder that is there; nodes without coordinates; a result of another network or
        of several scenarios; columns that a GeoPackage can't hold: names that differ in case only, durations, lists.
        The older file is as it was.
    """
    arguments.networks(network=network)
    path = local_path(path)
    if path.suffix.lower() != ".gpkg":
        raise InputError(f"write: path {path.name} is no GeoPackage; give a name that ends in .gpkg")
    geo = to_geo(network, result)
    frames = {table: geo.get(table, getattr(network, table)) for table in PARTS}
    frames = {table: _storable(table, frame) for table, frame in frames.items() if len(frame)}
    with replacing(path) as temporary:
        for table, frame in frames.items():
            _put(temporary, table, frame)
    return path


def read(path: str | Path) -> Network:
    """Read a network from a GeoPackage that `write` made, or from a folder with a CSV file a table.

    The points of nodes are their coordinates, so a node that was moved in a GIS is where it was moved to.

    Parameters
    ----------
    path : path
        A ``.gpkg`` file with the layers ``nodes, links`` and others, or a folder with ``nodes.csv, links.csv``, ...
        URLs and GDAL's virtual paths are refused.

    Raises
    ------
    InputError
        No such file, a file that is damaged, no nodes or links in it, or what `Network` refuses.
    """
    path = local_path(path)
    if path.is_dir():
        tables = {name: read_csv(path / f"{name}.csv") for name in PARTS if (path / f"{name}.csv").exists()}
    elif path.suffix.lower() == ".gpkg" and path.is_file():
        tables = _layers(path)
    else:
        raise InputError(f"read: path {path} is neither a folder nor a .gpkg file; give one that is there")
    missing = [name for name in ("nodes", "links") if name not in tables]
    if missing:
        raise InputError(f"read: {path} has no table {listed(missing)}; give {', '.join(PARTS[:2])} at least")
    return Network(**tables)


def to_geo(network: Network, result: xr.Dataset | None = None) -> dict[str, gpd.GeoDataFrame]:
    """Nodes and links as GeoDataFrames in degrees; links with flows where a result is given.

    Raises
    ------
    InputError
        Nodes without coordinates; what `corridors.io.flows.flows_of` raises.
    """
    nodes, links = network.nodes, network.links
    unplaced = nodes.x_coord.isna() | nodes.y_coord.isna()
    if unplaced.any():
        raise InputError(complaint("nodes", "x_coord or y_coord is missing", nodes.node_id[unplaced], "give degrees"))
    points = gpd.GeoDataFrame(nodes, geometry=gpd.points_from_xy(nodes.x_coord, nodes.y_coord), crs=CRS)
    lines = gpd.GeoDataFrame(links.drop(columns="geometry"), geometry=link_lines(network), crs=CRS)
    metadata: dict[str, Any] = {"straight": network.links.link_id[network.links.geometry.isna()].tolist()}
    if result is not None:
        flows = flows_of(network, result)
        new = renamed(lines, flows)
        lines = lines.rename(columns=new).join(flows, on="link_id")
        metadata |= {"flows": list(flows), "renamed": new}
    lines.attrs[ITEM] = metadata
    return {"nodes": points, "links": lines}


def link_lines(network: Network) -> list[shapely.LineString | shapely.MultiLineString]:
    """The course of each link; a straight line where it has none of its own, cut where it crosses 180 degrees."""
    at = {name: (x, y) for name, x, y in network.nodes[["node_id", "x_coord", "y_coord"]].itertuples(index=False)}
    ends = zip(network.links.from_node_id, network.links.to_node_id, network.links.geometry, strict=True)
    return [line if line is not None else straight(at[a], at[b]) for a, b, line in ends]


def _storable(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with columns that a GeoPackage holds, and that come back as they were."""
    alike = frame.columns[frame.columns.str.casefold().duplicated(keep=False)]
    if len(alike):
        raise InputError(
            f"{table}: columns {listed(alike)} differ in case only, and a GeoPackage takes one; rename one"
        )
    known = {c.name for c in TABLES[table]}
    kinds = {name: _kind(frame[name]) for name in frame if name not in known and name != "geometry"}
    wrong = [f"{name} ({kind})" for name, kind in kinds.items() if kind not in _STORED]
    if wrong:
        raise InputError(f"{table}: column {listed(wrong)} does not go into a GeoPackage; give numbers or text")
    return frame.assign(**{name: _STORED[kind](frame[name]) for name, kind in kinds.items()})


def _kind(cells: pd.Series[Any]) -> str:
    """What a column holds, in words; the types of its items where they are objects."""
    if cells.dtype.kind in "biufMm":
        return {"b": "flags", "M": "dates", "m": "durations"}.get(cells.dtype.kind, "numbers")
    found = {type(cell) for cell in cells[cells.notna()]}
    for types, kind in (((bool, np.bool_), "flags"), ((int, float, np.integer, np.floating), "numbers"), (str, "text")):
        if all(issubclass(t, types) and (kind != "numbers" or not issubclass(t, bool)) for t in found):
            return kind
    return " and ".join(sorted(t.__name__ for t in found))


def _numbers(cells: pd.Series[Any]) -> Any:
    return cells if cells.dtype.kind in "if" and cells.dtype.itemsize <= 8 else pd.to_numeric(cells).astype(float)


_STORED: dict[str, Callable[[Any], Any]] = {
    "flags": lambda cells: cells.astype("boolean"),
    "numbers": _numbers,
    "dates": lambda cells: cells,
    "text": lambda cells: cells.astype(object).where(cells.notna(), None),
}
"""How a column of each kind is handed over; others a GeoPackage has no type for."""


def _put(path: Path, table: str, frame: pd.DataFrame) -> None:
    """Write a layer. Its own columns, of rows and of shapes, get names that the table does not have."""
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=CRS)
    taken = set(frame.columns.str.casefold()) - {"geometry"}
    fid, geom = (next(n for n in (name, *(f"{name}_{i}" for i in range(len(taken)))) if n not in taken)
                 for name in ("fid", "geom"))  # fmt: skip
    try:
        frame.to_file(
            path,
            layer=table,
            driver="GPKG",
            engine="pyogrio",
            layer_options={"FID": fid, "GEOMETRY_NAME": geom},
            layer_metadata={ITEM: json.dumps(frame.attrs[ITEM])} if ITEM in frame.attrs else None,
        )
    except (RuntimeError, NotImplementedError, ValueError, TypeError, OSError) as error:
        raise InputError(f"write: {table} could not be written ({error})") from error


def _layers(path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a GeoPackage; its integrity is checked first, as GDAL takes what it can of a damaged one."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            state = base.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            raise InputError(f"read: {path.name} is damaged ({state.splitlines()[-1]}); take another copy")
        return {name: _layer(path, name) for name in pyogrio.list_layers(path)[:, 0] if name in PARTS}
    except (
        sqlite3.Error,
        RuntimeError,
        ValueError,
        TypeError,
        KeyError,
        OSError,
        shapely.errors.ShapelyError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"read: {path.name} is no GeoPackage that can be read ({error}); take another copy") from error


def _layer(path: Path, name: str) -> pd.DataFrame:
    frame = gpd.read_file(path, layer=name, engine="pyogrio")
    if name not in ("nodes", "links") or frame.geometry.isna().all():
        return pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    metadata = json.loads((pyogrio.read_info(path, layer=name)["layer_metadata"] or {}).get(ITEM, "{}"))
    frame = frame.drop(columns=[column for column in metadata.get("flows", ()) if column in frame])
    frame = frame.rename(columns={here: own for own, here in metadata.get("renamed", {}).items()})
    if name == "links" and "link_id" in frame:
        course = frame.geometry.to_numpy(dtype=object)  # of more points where it was drawn in a GIS since
        as_written = (shapely.get_num_coordinates(course) <= 2) | (shapely.get_num_geometries(course) > 1)
        frame.loc[frame.link_id.isin(metadata.get("straight", ())) & as_written, "geometry"] = None
    return frame
