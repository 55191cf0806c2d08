"""Geographic files: a network with its flows to a GeoPackage, and a network back from one or from a folder of CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr

from corridors.errors import InputError, complaint, listed
from corridors.network import Network
from corridors.schema import CRS, TABLES

PARTS = ("nodes", "links", "transfers", "zones", "commodities", "rates")


def write(network: Network, path: str | Path, *, result: xr.Dataset | None = None) -> Path:
    """Write a network to a GeoPackage, a layer a table; flows beside the links where a result is given.

    Parameters
    ----------
    network : Network
    path : path
        Ends in ``.gpkg``; an older file is replaced.
    result : Dataset, optional
        What `corridors.solve` gave: links get ``flow`` and a ``flow_<commodity>`` each (t/year, both directions), and
        ``flow_fwd, flow_rev``.

    Returns
    -------
    Path
        The file written.
    """
    path = local_path(path)
    if path.suffix != ".gpkg":
        raise InputError(f"write: {path.name} is no GeoPackage; give a name that ends in .gpkg")
    path.unlink(missing_ok=True)
    geo = to_geo(network, result)
    for table in PARTS:
        frame = geo.get(table, getattr(network, table))
        if not len(frame):
            continue
        if isinstance(frame, gpd.GeoDataFrame):
            frame.to_file(path, layer=table, driver="GPKG", engine="pyogrio")
        else:
            gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=CRS).to_file(
                path, layer=table, driver="GPKG", engine="pyogrio"
            )
    return path


def read(path: str | Path) -> Network:
    """Read a network from a GeoPackage that `write` made, or from a folder with a CSV file a table.

    Parameters
    ----------
    path : path
        A ``.gpkg`` file with the layers ``nodes, links`` and others, or a folder with ``nodes.csv, links.csv``, ...
        URLs and GDAL's virtual paths are refused.

    Raises
    ------
    InputError
        No such file, no nodes or links in it, or what `Network` refuses.
    """
    path = local_path(path)
    if path.is_dir():
        tables = {name: pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
                  for name in PARTS if (path / f"{name}.csv").exists()}  # fmt: skip
    elif path.suffix == ".gpkg" and path.exists():
        tables = {name: _layer(path, name) for name in gpd.list_layers(path).name if name in PARTS}
    else:
        raise InputError(f"read: {path} is neither a folder nor a .gpkg file; give one that is there")
    missing = [name for name in ("nodes", "links") if name not in tables]
    if missing:
        raise InputError(f"read: {path} has no table {listed(missing)}; give {', '.join(PARTS[:2])} at least")
    return Network(**tables)


def to_geo(network: Network, result: xr.Dataset | None = None) -> dict[str, gpd.GeoDataFrame]:
    """Nodes and links as GeoDataFrames in degrees; links with flows where a result is given.

    Raises
    ------
    InputError
        Nodes without coordinates.
    """
    nodes, links = network.nodes, network.links
    unplaced = nodes.x_coord.isna() | nodes.y_coord.isna()
    if unplaced.any():
        raise InputError(complaint("nodes", "x_coord or y_coord is missing", nodes.node_id[unplaced], "give degrees"))
    points = gpd.GeoDataFrame(nodes, geometry=gpd.points_from_xy(nodes.x_coord, nodes.y_coord), crs=CRS)
    if result is not None:
        flows = _flow_columns(result).reset_index(drop=True)
        links = pd.concat([links.drop(columns=flows.columns, errors="ignore"), flows], axis=1)
    lines = gpd.GeoDataFrame(links.drop(columns="geometry"), geometry=link_lines(network), crs=CRS)
    return {"nodes": points, "links": lines}


def link_lines(network: Network) -> list[shapely.LineString]:
    """The course of each link, a straight line where it has none of its own."""
    at = network.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    ends = zip(network.links.from_node_id, network.links.to_node_id, network.links.geometry, strict=True)
    return [line if line is not None else shapely.LineString([at.loc[a], at.loc[b]]) for a, b, line in ends]


def _flow_columns(result: xr.Dataset) -> pd.DataFrame:
    flow = result.flow
    by_way = flow.sum("commodity").to_pandas().add_prefix("flow_")
    by_commodity = flow.sum("direction").to_pandas().add_prefix("flow_")
    return pd.concat([by_way.sum(axis=1).rename("flow"), by_way, by_commodity], axis=1)


def _layer(path: Path, name: str) -> pd.DataFrame:
    frame = gpd.read_file(path, layer=name, engine="pyogrio")
    if name != "links":
        return pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    known = {c.name for c in TABLES["links"]}
    flows = [c for c in frame.columns if c not in known and (c == "flow" or c.startswith("flow_"))]
    return frame.drop(columns=flows)


def local_path(path: Any) -> Path:
    """A path of this file system, or an error: URLs and GDAL's virtual paths are not read."""
    text = str(path)
    if "://" in text or text.startswith("/vsi") or "\0" in text:
        raise InputError(f"path: {text!r} is no plain path; give a file or folder of this computer")
    return Path(text)


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV that no spreadsheet takes for formulas: text that begins like one gets a leading quote.

    Parameters
    ----------
    table : DataFrame
    path : Path
    """
    safe = table.copy()
    for name in safe.columns:
        if safe[name].dtype.kind not in "fiub":
            text = safe[name].astype(object)
            risky = text.map(lambda v: isinstance(v, str) and v[:1] in ("=", "+", "-", "@", "\t", "\r"))
            safe[name] = np.where(risky, "'" + text.astype(str), text)
    safe.to_csv(path, index=False, lineterminator="\n", float_format="%.10g")
    return path
