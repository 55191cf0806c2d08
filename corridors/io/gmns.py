"""The General Modeling Network Specification (GMNS): node.csv, link.csv, geometry.csv and config.csv.

The format is that of the Zephyr Foundation, github.com/zephyr-data-specs/GMNS, folder ``spec``, versions 0.85 to 0.97:
``directed`` is required; ``dir_flag`` says in which direction the shape points run (1 from the first node, -1 to it, 0
for links of both directions or without shape); ``length`` is in the unit ``long_length`` of config.csv, ``free_speed``
in its unit ``speed``, coordinates in its ``crs``; ``capacity`` counts vehicles an hour and lane; "NaN" and blank are
missing values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, complaint, listed
from corridors.io import csv_folder
from corridors.io.case import Content
from corridors.io.cells import column
from corridors.io.files import read_csv, replacing_folder, write_csv
from corridors.io.places import in_degrees
from corridors.io.recipe import SPEED, Recipe
from corridors.schema.definitions import TABLES

TONNES = "tonnes_a_year"
"""What `write` calls the capacity of a link and its background: GMNS has vehicles under that name."""
SHAPES = {"wkt": shapely.from_wkt, "geojson": shapely.from_geojson, "wkb": shapely.from_wkb}
"""How shapes are read, by ``geometry_field_format``."""
KNOWN = {column.name for name in ("nodes", "links") for column in TABLES[name]} | {TONNES, "dir_flag", "free_speed"}
"""Columns of nodes and links that are read by their names."""
VERSION = "0.97"


def is_one(path: Path) -> bool:
    """Whether a folder has node.csv and link.csv, or a file is a table of links with node.csv next to it."""
    return {"node", "link"} <= set(_files(path))


def read(path: Path) -> Content:
    """Nodes and links, and tables of this library that `write` put next to them."""
    files = _files(path)
    nodes = _table(files["node"], ("node_id",))
    links = _table(files["link"], ("link_id", "from_node_id", "to_node_id"))
    config = _config(files.get("config"))
    shape = config.get("geometry_field_format", "")
    links = links.assign(geometry=_geometry(files.get("geometry"), links, shape))
    links = _with_lanes(links.drop(columns=[c for c in ("geometry_id",) if c in links]))
    if "directed" in links or "dir_flag" in links:
        links["directed"] = _directed(links)
    own = TONNES in links
    described = csv_folder.read(path) if path.is_dir() and (path / csv_folder.DESCRIPTION).is_file() else Content({})
    others = {name: table for name, table in described.tables.items() if name not in ("node", "link", "config")}
    nodes, links = (
        _typed(*pair) for pair in ((nodes, described.tables.get("node")), (links, described.tables.get("link")))
    )
    names: dict[str, str | None] = {"free_speed": SPEED}
    if own:
        names = {TONNES: "capacity", "free_speed": None, "dir_flag": None}
    told = {"length": config.get("long_length", ""), SPEED: config.get("speed", "")}
    length = told["length"] or "km"
    units = {"length": length, SPEED: told[SPEED] or f"{length}/h"}
    recipe = Recipe(
        names={"links": names},
        units={**units, **({} if own else {"capacity": "vehicles/h"})},
        fill={} if own else {"links": {"capacity_scope": "each", "mode": "road"}},
    )
    nodes, links = in_degrees({"nodes": nodes, "links": links}, config.get("crs", "")).values()
    assumed = {} if own else {column: unit for column, unit in units.items() if not told[column]}
    return Content({**others, "nodes": nodes, "links": links}, described.about, recipe, assumed)


def write(content: Content, path: Path) -> None:
    """Write node.csv, link.csv and config.csv, and the tables that GMNS does not have as they are here."""
    tables = dict(content.tables)
    nodes, links = tables.pop("nodes"), tables.pop("links")
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = (links.length / links.time).where(links.time > 0)
    drawn = links.geometry.notna()
    links = links.rename(columns={"capacity": TONNES}).assign(
        dir_flag=np.where(drawn & links.directed, 1, 0), free_speed=speed, directed=links.directed
    )
    config = {
        "dataset_name": content.about.get("network", ""), "short_length": "meter", "long_length": "kilometer",
        "speed": "km/h", "crs": "EPSG:4326", "geometry_field_format": "wkt", "currency": "USD",
        "version_number": VERSION, "id_type": "string",
    }  # fmt: skip
    with replacing_folder(path) as temporary:
        csv_folder.put(Content({"node": nodes, "link": links, **tables}, content.about), temporary)
        write_csv(pd.DataFrame([config]), temporary / "config.csv")


def _files(path: Path) -> dict[str, Path]:
    """The files of a folder, or of the folder of a table of links, by what they hold."""
    if path.is_dir():
        names = {file.name.casefold(): file for file in path.iterdir() if file.is_file()}
        found = {
            name: names[f"{name}.csv"] for name in ("node", "link", "geometry", "config") if f"{name}.csv" in names
        }
        return found
    if path.is_file() and path.suffix.casefold() == ".csv" and path.name.casefold() != "node.csv":
        found = _files(path.parent) if path.parent.is_dir() else {}
        return {**found, "link": path} if "node" in found and _is_links(path) else {}
    return {}


def _is_links(path: Path) -> bool:
    with path.open("rb") as file:
        names = file.readline(10_000).removeprefix(b"\xef\xbb\xbf").strip().split(b",")
    return {b"link_id", b"from_node_id"} <= {name.strip(b' "') for name in names}


def _table(file: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    table = read_csv(file).map(str.strip)
    missing = [c for c in needed if c not in table]
    if missing:
        raise InputError(f"gmns: {file.name} has no column {listed(missing)}; it has {listed(table.columns)}")
    return table.where(~table.isin(["NaN", "NULL"]), "")


def _typed(table: pd.DataFrame, described: pd.DataFrame | None) -> pd.DataFrame:
    """A table whose columns that no specification has are numbers and flags where its description calls them so."""
    if described is None:
        return table
    own = [c for c in table if c not in KNOWN and c in described and described[c].dtype.kind in "bf"]
    return table.assign(**{c: described[c] for c in own})


def _config(file: Path | None) -> dict[str, str]:
    """The one row of config.csv; nothing where there is no such file."""
    if file is None:
        return {}
    table = _table(file, ())
    if len(table) != 1:
        raise InputError(f"gmns: config.csv has {len(table)} rows; give one")
    return {str(name): str(value) for name, value in table.iloc[0].items()}


def _directed(links: pd.DataFrame) -> Any:
    """Whether links run in one direction only: by ``directed``, else by ``dir_flag``."""
    directed = links.directed if "directed" in links else pd.Series("", index=links.index)
    flag = links.dir_flag.replace({"1.0": "1", "+1": "1", "0.0": "0", "-1.0": "-1"}) if "dir_flag" in links else None
    return directed.where(directed != "", "" if flag is None else flag.map({"1": "true", "0": "false"}).fillna(""))


def check_directed(links: pd.DataFrame) -> None:
    """Raise where links do not say whether they run in one direction only: most tools mean one, some mean both."""
    open_ = links.directed.astype(object).map(str).eq("") if "directed" in links else pd.Series(True, links.index)
    turned = open_ & (links.dir_flag.isin(["-1", "-1.0"]) if "dir_flag" in links else False)
    if turned.any():
        problem = "dir_flag is -1 and directed is missing"
        remedy = "it may mean a shape drawn backwards or a link that runs backwards: add the column directed"
        raise InputError(f"gmns: {complaint('links', problem, links.link_id[turned], remedy)}")
    if open_.any():
        remedy = "add the column directed, true where a link runs from -> to only, or give directed= for all of them"
        raise InputError(f"gmns: {complaint('links', 'directed is missing', links.link_id[open_], remedy)}")


def _with_lanes(links: pd.DataFrame) -> pd.DataFrame:
    """Capacities of all lanes together; one lane where their number is missing."""
    if "capacity" not in links or "lanes" not in links or TONNES in links:
        return links
    return links.assign(capacity=column("links", links, "capacity") * column("links", links, "lanes").fillna(1.0))


def _geometry(file: Path | None, links: pd.DataFrame, kind: str) -> Any:
    """Lines: the link's own, else the one that it names in geometry.csv; blank where there is none."""
    own = links.geometry if "geometry" in links else pd.Series("", index=links.index)
    if "geometry_id" in links and file is not None:
        named = _table(file, ("geometry_id", "geometry"))
        twice = named.geometry_id[named.geometry_id.duplicated()]
        if len(twice):
            raise InputError(f"gmns: geometry.csv has geometry_id {listed(twice.unique())} twice; keep one row")
        named = named.set_index("geometry_id").geometry
        own = own.where(own != "", links.geometry_id.map(named).fillna(""))
    if (own != "").any() and kind and kind.casefold() not in SHAPES:
        raise InputError(f"gmns: config.csv has geometry_field_format {kind!r}; give one of {', '.join(SHAPES)}")
    return own.map(lambda cell: _line(cell, SHAPES[kind.casefold() or "wkt"])).astype(object)


def _line(cell: str, read: Any) -> Any:
    """A shape of the text; the text where it is none, which the network complains of."""
    try:
        return read(cell) if cell else None
    except (shapely.errors.ShapelyError, ValueError):
        return cell
