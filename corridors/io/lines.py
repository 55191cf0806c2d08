"""A network of any layer of lines: ends snapped, lines split where they meet, gaps bridged, chains merged.

Lines are straight in degrees, so distances are taken on a map that keeps them so: metres at the middle latitude of the
layer, from its middle meridian, so that there is no seam at 180 degrees.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.spatial import cKDTree
from shapely.ops import substring

from corridors import arguments
from corridors.errors import InputError, kind_of, listed, warn
from corridors.io.chains import merged
from corridors.network import Network
from corridors.places import course_km, tips, turned
from corridors.schema.columns import as_id
from corridors.schema.definitions import CRS

BRIDGED, COMPONENT = "bridged", "component"
"""Columns of links and of nodes: whether a link closes a gap; the part of the network, the largest 1."""


METRES = 111_320.0
"""Metres in a degree of latitude."""


class Plane(NamedTuple):
    """Metres east of a meridian and north of the equator; straight lines stay straight."""

    meridian: float
    in_degree: float

    def metres(self, places: Any) -> Any:
        """Places in degrees, (n, 2), in metres."""
        return np.column_stack([turned(places[:, 0] - self.meridian) * self.in_degree, places[:, 1] * METRES])

    def degrees(self, places: Any) -> Any:
        """Places in metres, (n, 2), in degrees."""
        lon = places[:, 0] / self.in_degree + self.meridian
        lon = np.where(np.abs(lon) > 180.0, turned(lon), lon)
        return np.column_stack([lon.round(12), (places[:, 1] / METRES).round(12)])


class Pieces(NamedTuple):
    """Lines between nodes: shapes, (n,); the row of the layer each is of, -1 for a gap; its two nodes, (n, 2)."""

    shapes: np.ndarray[Any, Any]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    ends: np.ndarray[Any, np.dtype[np.int64]]


def from_lines(
    lines: gpd.GeoDataFrame,
    *,
    mode: str | None = None,
    tolerance: float = 1.0,
    bridge: float = 0.0,
    merge: bool = True,
) -> Network:
    """A network of a layer of lines: a link between any two places where lines end or meet.

    Ends within `tolerance` of each other become one node; a line is split where another ends on it, or where both have
    a vertex. Lines that merely cross stay apart, as roads and railways on two levels do.

    Parameters
    ----------
    lines : GeoDataFrame
        LineStrings or MultiLineStrings, with heights or without, in any reference system; a ``link_id`` where lines
        have names. Other columns are kept.
    mode : str, optional
        The mode of lines that have none.
    tolerance : float
        Metres up to which ends are the same place.
    bridge : float
        Metres up to which a gap between a dead end and another part of the network is closed by a straight link, to
        where it is nearest; none by default.
    merge : bool
        Whether links that only follow each other, with the same attributes, become one.

    Returns
    -------
    Network
        Links with ``length`` (km over ground) and ``bridged`` (whether a gap was closed), and nodes ``n1, n2, ...``,
        both with ``component``, the part of the network that they are in, the largest 1.

    Raises
    ------
    InputError
        No layer of lines, no reference system, no lines in it, or what `Network` refuses.

    Warns
    -----
    InputWarning
        Several components, with their sizes; gaps that were bridged, with their lengths; lines that lead nowhere, and
        lines that are drawn twice.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> import corridors as cd
    >>> shapes = shapely.from_wkt(["LINESTRING (50 43, 51 43)", "LINESTRING (50.5 43, 50.5 44)"])
    >>> lines = gpd.GeoDataFrame({"link_id": ["main", "branch"]}, geometry=shapes, crs=4326)
    >>> network = cd.from_lines(lines, mode="rail")
    >>> network.links[["link_id", "from_node_id", "to_node_id"]].to_numpy().tolist()
    [['main.1', 'n1', 'n2'], ['main.2', 'n2', 'n3'], ['branch', 'n2', 'n4']]
    """
    if not isinstance(lines, gpd.GeoDataFrame):
        raise InputError(f"lines: is {kind_of(lines)}; give a GeoDataFrame, such as geopandas.read_file gives")
    arguments.texts_or_none(mode=mode)
    arguments.numbers(0, 1e6, tolerance=tolerance, bridge=bridge)
    table, shapes, plane = _on_a_plane(lines)
    places, pieces = _split(shapes, float(tolerance))
    if len(targets := _targets(places, pieces, shapes, float(bridge))):
        places, pieces = _split(shapes, float(tolerance), targets)
    _report_lines(lines, table, shapes, pieces)
    gaps = _gaps(places, pieces, float(bridge))
    pieces = Pieces(*(np.concatenate(parts) for parts in zip(pieces, gaps, strict=True)))
    if merge:
        pieces = Pieces(*merged(table, *pieces))
    kept = np.unique(pieces.ends)
    nodes = _nodes(places, pieces, kept, plane)
    links = _links(table, pieces, kept, plane, mode)
    links[COMPONENT] = links.from_node_id.map(nodes.set_index("node_id")[COMPONENT])
    _report(nodes, links)
    return Network(nodes, links)


def _on_a_plane(lines: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Any, Plane]:
    """Attributes and shapes of single lines, in metres; and the plane that they are on."""
    if lines.crs is None:
        raise InputError(f"lines: has no reference system; set it, for degrees by .set_crs({CRS!r})")
    whole = lines.to_crs(CRS)
    if whole.active_geometry_name != "geometry":
        whole = whole.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    whole = whole.assign(link_id=_names(whole))
    whole = whole[~(whole.geometry.isna() | whole.geometry.is_empty)]
    other = ~whole.geom_type.isin(["LineString", "MultiLineString"])
    if other.any() or not len(whole):
        found = listed(sorted(set(whole.geom_type[other]))) or "no lines"
        raise InputError(f"lines: has {found}; give LineStrings or MultiLineStrings")
    single = whole.explode(index_parts=False).reset_index(drop=True)
    single = single[shapely.length(single.geometry.to_numpy()) > 0].reset_index(drop=True)
    degrees = shapely.get_coordinates(single.geometry.to_numpy())
    if not np.isfinite(degrees).all():
        raise InputError(
            "lines: have coordinates that are no numbers in degrees; give the reference system that they are in"
        )
    angle = np.radians(degrees[:, 0])
    middle = np.degrees(np.arctan2(np.sin(angle).mean(), np.cos(angle).mean()))
    plane = Plane(middle, METRES * np.cos(np.radians(degrees[:, 1].mean())))
    shapes = shapely.transform(shapely.force_2d(single.geometry.to_numpy()), plane.metres)
    return pd.DataFrame(single.drop(columns="geometry")), shapes, plane


def _names(lines: gpd.GeoDataFrame) -> list[str]:
    """What lines are called: by their index, where they have no ``link_id`` or a blank one."""
    given = [as_id(name) for name in lines["link_id"]] if "link_id" in lines else [""] * len(lines)
    return [name or f"line {as_id(index)}" for name, index in zip(given, lines.index, strict=True)]


def _split(shapes: Any, tolerance: float, targets: Any = None) -> tuple[Any, Pieces]:
    """Places of nodes, (n, 2) metres, and lines between them; `targets` on lines are nodes too."""
    places = np.concatenate([_one_of_each(np.concatenate(tips(shapes)), tolerance), _shared_vertices(shapes)])
    places = places if targets is None else np.concatenate([places, targets])
    places = _one_of_each(places, tolerance)
    points = shapely.points(places)
    line, node = shapely.STRtree(points).query(shapes, predicate="dwithin", distance=max(tolerance, 1e-6))
    at = shapely.line_locate_point(shapes[line], points[node])
    order = np.lexsort((at, line))
    line, node, at = line[order], node[order], at[order]
    parts, rows, ends = [], [], []
    for i, shape in enumerate(shapes):
        first, last = np.searchsorted(line, [i, i + 1])
        on = list(zip(at[first:last].tolist(), node[first:last].tolist(), strict=True))
        if shape.is_ring and on:
            on = [*on, (shape.length, on[0][1])]
        for (start, a), (end, b) in pairwise(on):
            if a != b and end - start > 1e-9:
                part = shapely.get_coordinates(substring(shape, start, end))
                part[0], part[-1] = places[a], places[b]
                parts.append(shapely.LineString(part))
                rows.append(i)
                ends.append((a, b))
    return places, Pieces(_array(parts), np.array(rows, np.int64), np.array(ends, np.int64).reshape(-1, 2))


def _one_of_each(points: Any, tolerance: float) -> Any:
    """Points without those that are within the tolerance of an earlier one, directly or over others."""
    pairs = cKDTree(points).query_pairs(max(tolerance, 1e-6), output_type="ndarray")
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points),) * 2)
    _, group = sparse.csgraph.connected_components(graph, directed=False)
    return points[np.sort(np.unique(group, return_index=True)[1])]


def _shared_vertices(shapes: Any) -> Any:
    """Vertices that several lines have."""
    points, line = shapely.get_coordinates(shapes, return_index=True)
    keyed = pd.DataFrame({"x": points[:, 0].round(3), "y": points[:, 1].round(3), "line": line}).drop_duplicates()
    return points[keyed.index[keyed.duplicated(["x", "y"])]]


def _targets(places: Any, pieces: Pieces, shapes: Any, bridge: float) -> Any:
    """Places on lines of another part that are nearer to a dead end than any node there, (n, 2)."""
    part = parts_of(len(places), pieces.ends)
    degree = np.bincount(pieces.ends.ravel(), minlength=len(places))
    ends = np.flatnonzero(degree == 1) if bridge > 0 else np.zeros(0, np.int64)
    if not len(ends):
        return places[:0]
    points = shapely.points(places[ends])
    end, line = shapely.STRtree(pieces.shapes).query(points, predicate="dwithin", distance=bridge)
    other = part[pieces.ends[line, 0]] != part[ends[end]]
    end, line = end[other], line[other]
    far = shapely.distance(points[end], pieces.shapes[line])
    order = np.lexsort((far, end))
    end, line = end[order], line[order]
    nearest = np.unique(end, return_index=True)[1]
    end, line = end[nearest], line[nearest]
    at = shapely.line_locate_point(pieces.shapes[line], points[end])
    inside = (at > 0) & (at < shapely.length(pieces.shapes[line]))
    return shapely.get_coordinates(shapely.line_interpolate_point(pieces.shapes[line], at))[inside]


def _gaps(places: Any, pieces: Pieces, bridge: float) -> Pieces:
    """Straight links from dead ends to the nearest node of another part of the network."""
    shapes, ends = [], []
    part = parts_of(len(places), pieces.ends)
    degree = np.bincount(pieces.ends.ravel(), minlength=len(places))
    used = np.flatnonzero(degree)
    tree = cKDTree(places[used])
    for node in np.flatnonzero(degree == 1) if bridge > 0 else ():
        near = used[tree.query_ball_point(places[node], bridge)]
        near = near[part[near] != part[node]]
        if len(near):
            other = near[np.argmin(np.hypot(*(places[near] - places[node]).T))]
            part[part == part[other]] = part[node]
            shapes.append(shapely.LineString(places[[node, other]]))
            ends.append((node, other))
    return Pieces(_array(shapes), np.full(len(ends), -1, np.int64), np.array(ends, np.int64).reshape(-1, 2))


def parts_of(nodes: int, ends: Any) -> Any:
    """The connected part of each node, (nodes,)."""
    graph = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    return sparse.csgraph.connected_components(graph, directed=False)[1]


def _nodes(places: Any, pieces: Pieces, kept: Any, plane: Plane) -> pd.DataFrame:
    lon, lat = plane.degrees(places[kept]).T
    part = parts_of(len(places), pieces.ends)[kept]
    largest = pd.Series(part).map(pd.Series(part).value_counts()).to_numpy()
    ranked = pd.Series(part[np.lexsort((part, -largest))]).drop_duplicates().reset_index(drop=True)
    rank = {name: i + 1 for i, name in ranked.items()}
    return pd.DataFrame({"node_id": _ids(kept), "x_coord": lon, "y_coord": lat, COMPONENT: [rank[p] for p in part]})


def _links(table: pd.DataFrame, pieces: Pieces, kept: Any, plane: Plane, mode: str | None) -> pd.DataFrame:
    shapes = shapely.transform(pieces.shapes, plane.degrees)
    gap = pieces.rows < 0
    own = table.drop(columns=["from_node_id", "to_node_id", "length", "link_id"], errors="ignore")
    links = own.iloc[np.maximum(pieces.rows, 0)].reset_index(drop=True)
    if gap.any():
        blank = links.columns.difference(["mode"])
        links[blank] = links[blank].astype(object)
        links.loc[gap, blank] = None
    if mode is not None:
        links = links.assign(mode=links["mode"].fillna(mode) if "mode" in links else mode)
    place = dict(zip(kept.tolist(), _ids(kept), strict=True))
    names = pd.Series(
        np.where(gap, "gap", table.link_id.map(as_id).to_numpy()[np.maximum(pieces.rows, 0)]), dtype=object
    )
    number, count = names.groupby(names).cumcount() + 1, names.groupby(names).transform("size")
    return pd.DataFrame(
        {
            "link_id": names.where((count == 1) & (names != "gap"), names + "." + number.astype(str)),
            "from_node_id": [place[node] for node in pieces.ends[:, 0]],
            "to_node_id": [place[node] for node in pieces.ends[:, 1]],
            **{str(name): links[name] for name in links},
            "length": course_km(shapes),
            BRIDGED: gap,
            "geometry": pd.Series(list(shapes), dtype=object),
        }
    )


def _ids(kept: Any) -> list[str]:
    return [f"n{node + 1}" for node in kept]


def _report_lines(lines: gpd.GeoDataFrame, table: pd.DataFrame, shapes: Any, pieces: Pieces) -> None:
    """Warn of lines that lead nowhere, and of those that are there twice."""
    names = table.link_id.to_numpy(object)
    left = sorted({*_names(lines)} - {*names[pieces.rows]})
    if left:
        what = "have no shape, are within the tolerance, or are rings that meet the rest in one place at most"
        warn(f"lines: {len(left)} of {len(lines)} lead nowhere ({listed(left)}) and are left out: they {what}")
    twice = pd.Series(shapely.to_wkb(shapely.normalize(shapes))).duplicated().to_numpy()
    if twice.any():
        several = "s are" if twice.sum() > 1 else " is"
        warn(f"lines: {twice.sum()} line{several} drawn twice ({listed(names[twice])}); each is a link of its own")


def _report(nodes: pd.DataFrame, links: pd.DataFrame) -> None:
    gaps = links[links[BRIDGED]]
    if len(gaps):
        shown = listed(f"{row.link_id}: {row.length * 1e3:.0f} m" for row in gaps.itertuples())
        warn(f"lines: {len(gaps)} gaps were bridged ({shown}); see links.bridged")
    sizes = nodes[COMPONENT].value_counts().sort_index()
    if len(sizes) > 1:
        shown = listed(f"{part}: {size} nodes" for part, size in sizes.items())
        remedy = "raise tolerance= or bridge= where they should meet; nodes.component says which is which"
        warn(f"lines: {len(sizes)} parts do not meet ({shown}); {remedy}")


def _array(shapes: list[Any]) -> Any:
    return np.array([*shapes, None], dtype=object)[:-1]
