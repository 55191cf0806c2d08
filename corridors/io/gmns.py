"""Networks in the General Modeling Network Specification (GMNS): node.csv, link.csv, geometry.csv and config.csv.

The format is that of the Zephyr Foundation, github.com/zephyr-data-specs/GMNS, folder ``spec``, versions 0.85 to 0.97:
``directed`` is required; ``dir_flag`` says in which direction the shape points run (1 from the first node, -1 to it, 0
for links of both directions or without shape); ``length`` is in the unit ``long_length`` of config.csv, ``free_speed``
in its unit ``speed``, coordinates in its ``crs``; "NaN" and blank are missing values.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from corridors import arguments
from corridors.errors import InputError, InputWarning, a_number, complaint, listed
from corridors.io.files import local_path, read_csv
from corridors.network import Network
from corridors.schema.definitions import CRS

NODE = ("node_id", "name", "x_coord", "y_coord", "node_type")
LINK = ("link_id", "name", "from_node_id", "to_node_id", "directed", "length")

KILOMETRES = {"km": 1.0, "kilometer": 1.0, "kilometre": 1.0, "m": 1e-3, "meter": 1e-3, "metre": 1e-3,
              "mi": 1.609344, "mile": 1.609344, "ft": 3.048e-4, "foot": 3.048e-4, "feet": 3.048e-4,
              "yd": 9.144e-4, "yard": 9.144e-4}  # fmt: skip
"""Kilometres in a unit of length, by its names in config.csv (a plural s aside)."""
KMH = {"kmh": 1.0, "km/h": 1.0, "km/hr": 1.0, "kph": 1.0, "kmph": 1.0, "mph": 1.609344, "mi/h": 1.609344,
       "m/s": 3.6, "mps": 3.6, "ft/s": 1.09728, "fps": 1.09728}  # fmt: skip
"""Kilometres an hour in a unit of speed, by its names; units of length an hour too."""
SPEEDS = (1.0, 1000.0)
"""Kilometres an hour: the middle one of a network's free speeds is between these."""
SHAPES = {"wkt": shapely.from_wkt, "geojson": shapely.from_geojson, "wkb": shapely.from_wkb}
"""How shapes are read, by ``geometry_field_format``."""


def read_gmns(
    folder: str | Path,
    *,
    mode: str = "road",
    tonnes: float | None = None,
    kilometres: float | None = None,
    kmh: float | None = None,
    directed: bool | None = None,
) -> Network:
    """Read a network from a folder in GMNS: ``node.csv``, ``link.csv``, ``geometry.csv`` and ``config.csv`` if there.

    GMNS counts vehicles an hour and lane, so capacities are taken only where `tonnes` says what that comes to.

    Parameters
    ----------
    folder : path
    mode : str
        The mode of all links.
    tonnes : float, optional
        Tonnes a year that one vehicle an hour comes to; with it a link's capacity is ``capacity x lanes x tonnes``,
        each direction for a link of both directions.
    kilometres : float, optional
        Kilometres that a unit of length is: 0.001 for metres, 1.609344 for miles. By default what ``long_length`` of
        config.csv says, else 1. Files are known whose config.csv says miles and whose lengths are in feet: a length
        that is implausible against the map is warned of.
    kmh : float, optional
        Kilometres an hour that a unit of ``free_speed`` is. By default what ``speed`` of config.csv says, else a unit
        of length an hour.
    directed : bool, optional
        What links are that have neither ``directed`` nor ``dir_flag``: whether they run from -> to only.

    Returns
    -------
    Network
        With ``length``, and ``time`` from ``free_speed`` where that is given; coordinates in degrees; tariffs are still
        to be added, by ``replace(links=...)`` or rates. Without ``directed``, a link whose ``dir_flag`` is 1 runs from
        -> to only, one whose flag is 0 in both directions, as osm2gmns and Path4GMNS write them.

    Raises
    ------
    InputError
        A file or a column that is not there, links that do not say whether they are directed, units or coordinates that
        are not known, numbers that are none, a speed of zero, or what `Network` refuses.

    Warns
    -----
    InputWarning
        Speeds that are hardly in the unit taken, and what `Network` warns of.

    References
    ----------
    Zephyr Foundation, General Modeling Network Specification 0.97, spec/link.schema.json and spec/config.schema.json.
    """
    arguments.texts(mode=mode)
    arguments.numbers_or_none(0, kilometres=kilometres, tonnes=tonnes, kmh=kmh)
    path = local_path(folder, "folder")
    nodes, links = _table(path, "node", ("node_id",)), _table(path, "link", ("link_id", "from_node_id", "to_node_id"))
    config = _config(path)
    kilometres, kmh = _units(config, kilometres, kmh)
    clean = links[[c for c in LINK if c in links]].assign(mode=mode, directed=_directed(links, directed))
    clean["length"] = _numbers(links, "length") * kilometres
    clean["time"] = _numbers(links, "length") / _speeds(links) * (kilometres / kmh)
    if tonnes is not None:
        per_vehicle = a_number(tonnes)
        if not 0 < per_vehicle < np.inf:
            raise InputError(f"gmns: tonnes={tonnes!r} does not fit; give tonnes a year > 0")
        clean["capacity"] = _numbers(links, "capacity") * _numbers(links, "lanes").fillna(1.0) * per_vehicle
        clean["capacity_scope"] = "each"
    places = nodes[[c for c in NODE if c in nodes]]
    clean["geometry"] = _geometry(path, links, config.get("geometry_field_format", ""))
    _warn_of_speeds(clean)
    return Network(*_in_degrees(places, clean, config.get("crs", "")))


def _table(path: Path, name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    file = path / f"{name}.csv"
    if not file.is_file():
        raise InputError(f"gmns: there is no {name}.csv in {path}; give a folder with node.csv and link.csv")
    table = read_csv(file).map(str.strip)
    missing = [c for c in needed if c not in table]
    if missing:
        raise InputError(f"gmns: {name}.csv has no column {listed(missing)}; it has {listed(table.columns)}")
    return table.where(table != "NaN", "")


def _config(path: Path) -> dict[str, str]:
    """The one row of config.csv; nothing where there is no such file."""
    if not (path / "config.csv").is_file():
        return {}
    table = _table(path, "config", ())
    if len(table) != 1:
        raise InputError(f"gmns: config.csv has {len(table)} rows; give one")
    return {str(name): str(value) for name, value in table.iloc[0].items()}


def _units(config: dict[str, str], kilometres: float | None, kmh: float | None) -> tuple[float, float]:
    """Kilometres in a unit of length and kilometres an hour in one of speed."""
    length, speed = config.get("long_length", ""), config.get("speed", "")
    if kilometres is None:
        kilometres = _unit(length, KILOMETRES, "long_length", "kilometres") if length else 1.0
    if kmh is None:
        kmh = _unit(speed, KMH | {f"{u}/h": v for u, v in KILOMETRES.items()}, "speed", "kmh") if speed else kilometres
    for name, value in (("kilometres", kilometres), ("kmh", kmh)):
        if not 0 < a_number(value) < np.inf:
            raise InputError(f"gmns: {name}={value!r} does not fit; give what a unit comes to, > 0")
    return float(kilometres), float(kmh)


def _unit(name: str, known: dict[str, float], column: str, argument: str) -> float:
    plain = name.casefold().replace(" per hour", "/h").replace("/hour", "/h").replace(" ", "")
    for form in (plain, plain.removesuffix("s"), plain.replace("s/h", "/h")):
        if form in known:
            return known[form]
    raise InputError(f"gmns: config.csv has {column} {name!r}; give {argument}= for what a unit of it is")


def _directed(links: pd.DataFrame, given: bool | None) -> Any:
    """Whether links run in one direction only: by ``directed``, else by ``dir_flag``, else as the caller says."""
    directed = links.directed if "directed" in links else pd.Series("", index=links.index)
    flag = links.dir_flag.replace({"1.0": "1", "+1": "1", "0.0": "0", "-1.0": "-1"}) if "dir_flag" in links else None
    by_flag = "" if flag is None else flag.map({"1": "true", "0": "false"}).fillna("")
    found = directed.where(directed != "", by_flag)
    if given is not None:
        found = found.where(found != "", str(bool(given)))
    open_ = found == ""
    if open_.any():
        turned = open_ & (flag == "-1") if flag is not None else open_ & False
        if turned.any():
            problem = "dir_flag is -1 and directed is missing"
            remedy = "it may mean a shape drawn backwards or a link that runs backwards: add the column directed"
            raise _refusal("links", problem, links.link_id[turned], remedy)
        remedy = "add the column directed, true where a link runs from -> to only, or give directed= for all of them"
        raise _refusal("links", "directed is missing", links.link_id[open_], remedy)
    return found


def _numbers(table: pd.DataFrame, column: str) -> Any:
    """A column as floats, NaN where it is blank."""
    if column not in table:
        return pd.Series(np.nan, index=table.index)
    cells = table[column]
    numbers = pd.to_numeric(cells.where(cells != ""), errors="coerce").astype(float)
    bad = ~np.isfinite(numbers) & (cells != "")
    if bad.any():
        found = listed(dict.fromkeys(repr(cell) for cell in cells[bad]))
        problem = f"{column} {found} is no number"
        of = "links" if "link_id" in table else "nodes"
        raise _refusal(of, problem, table[f"{of[:-1]}_id"][bad], "give one or leave it blank")
    return numbers


def _refusal(table: str, problem: str, ids: Any, remedy: str) -> InputError:
    return InputError(f"gmns: {complaint(table, problem, ids, remedy)}")


def _speeds(links: pd.DataFrame) -> Any:
    speeds = _numbers(links, "free_speed")
    still = speeds <= 0
    if still.any():
        remedy = "give a speed > 0, leave it blank, or leave the link out where it is closed"
        raise _refusal("links", "free_speed is zero or negative", links.link_id[still], remedy)
    return speeds


def _warn_of_speeds(links: pd.DataFrame) -> None:
    speed = (links.length / links.time).median()
    if not np.isnan(speed) and not SPEEDS[0] <= speed <= SPEEDS[1]:
        remedy = "give kmh= for what a unit of free_speed is, and kilometres= for one of length"
        warnings.warn(f"gmns: speeds come to {speed:.4g} km/h in the middle; {remedy}", InputWarning, stacklevel=3)


def _geometry(path: Path, links: pd.DataFrame, kind: str) -> Any:
    """Lines: the link's own, else the one that it names in geometry.csv; blank where there is none."""
    own = links.geometry if "geometry" in links else pd.Series("", index=links.index)
    if "geometry_id" in links and (path / "geometry.csv").is_file():
        named = _table(path, "geometry", ("geometry_id", "geometry"))
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
    except shapely.errors.ShapelyError:
        return cell


def _in_degrees(nodes: pd.DataFrame, links: pd.DataFrame, crs: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coordinates and shapes of another reference system as longitude and latitude."""
    if not crs:
        return nodes, links
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        raise InputError(f"gmns: config.csv has crs {crs!r}, which pyproj does not know; give such as {CRS}") from None
    if found.equals(pyproj.CRS.from_user_input(CRS), ignore_axis_order=True):
        return nodes, links
    turn = pyproj.Transformer.from_crs(found, CRS, always_xy=True)

    def points(xy: Any) -> Any:
        return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))

    drawn = links.geometry.map(lambda shape: isinstance(shape, shapely.Geometry))
    lines = links.geometry.mask(drawn, links.geometry[drawn].map(lambda shape: shapely.transform(shape, points)))
    if "x_coord" in nodes and "y_coord" in nodes:
        lon, lat = turn.transform(*(_numbers(nodes, axis).to_numpy() for axis in ("x_coord", "y_coord")))
        nodes = nodes.assign(
            x_coord=np.where(np.isfinite(lon), lon, np.nan), y_coord=np.where(np.isfinite(lat), lat, np.nan)
        )
    return nodes, links.assign(geometry=lines)
