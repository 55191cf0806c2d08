"""The map of the page: the paper map's view, ground and courses of lines, as paths of whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from corridors import arguments, symbols
from corridors.maps.basemap import ground, names_within
from corridors.maps.flows import looks_of_flows
from corridors.maps.labels import importance, short_name
from corridors.maps.lines import courses
from corridors.maps.projection import Floats, View
from corridors.maps.strokes import halfway
from corridors.network import Network

WIDE = 8000
"""Units of the drawing across the map: a fifth of a pixel on a large screen, two or three kilometres of Eurasia."""
AROUND = 0.5
"""Ground drawn around the view, as a share of its width, for a reader who moves the map."""


class Canvas:
    """Metres of a view as whole numbers, x from the left and y from the top.

    Parameters
    ----------
    view : View
        What the map shows at first.
    """

    def __init__(self, view: View) -> None:
        (x0, x1), (_, self._top) = view.xlim, view.ylim
        self._left, self._scale = x0, WIDE / (x1 - x0)
        self.width, self.height = WIDE, round(WIDE * view.aspect)

    def place(self, points: Floats) -> np.ndarray[Any, Any]:
        """Points in metres of the view, (n, 2), as whole numbers."""
        return np.rint((points - (self._left, self._top)) * (self._scale, -self._scale)).astype(np.int64)

    def path(self, line: Floats, *, closed: bool = False, tolerance: float = 1.0) -> str:
        """A line as the data of an SVG path: one move, then steps from point to point; blank where nothing is left."""
        shape = shapely.simplify(shapely.LineString(line), tolerance / self._scale)
        points = self.place(shapely.get_coordinates(shape))
        steps = np.diff(points, axis=0)
        kept = steps.any(axis=1)
        if not kept.any():
            return ""
        text = f"M{points[0, 0]} {points[0, 1]}l" + " ".join(f"{x} {y}" for x, y in steps[kept])
        return text + "z" * closed


def drawing_of(network: Network, view: View, flows: pd.DataFrame) -> dict[str, Any]:
    """What the page draws of a network.

    Parameters
    ----------
    network : Network
        With coordinates.
    view : View
        What is shown at first, as `corridors.maps.flow_map.view_for` gives it.
    flows : DataFrame
        Flows of the base by ``link_id``: ``fwd`` and ``rev``, t/year. The most loaded places are named first.

    Returns
    -------
    dict
        ``size`` (width and height), ``land`` and ``borders`` and ``disputed`` (paths), ``names`` (of countries and
        seas), ``nodes`` (by row of the table: place, mark, label, rank) and ``links`` (path, middle, heading, kind).
    """
    canvas = Canvas(view)
    wide = _widened(view)
    land = ground(wide, "land")
    return {
        "size": [canvas.width, canvas.height],
        **_ground(canvas, wide, land),
        "names": _names(canvas, wide),
        "nodes": _nodes(canvas, view, network, flows),
        "links": _links(canvas, view, network, shapely.union_all(shapely.make_valid(land.geometry.values))),
    }


def _widened(view: View) -> View:
    (x0, x1), (y0, y1) = view.xlim, view.ylim
    more = AROUND * (x1 - x0)
    return View(view.crs, view.words, (x0 - more, x1 + more), (y0 - more, y1 + more))


def _ground(canvas: Canvas, view: View, land: Any) -> dict[str, list[str]]:
    frame = shapely.box(view.xlim[0], view.ylim[0], view.xlim[1], view.ylim[1])
    shapes = shapely.get_parts(shapely.intersection(shapely.make_valid(land.geometry.values), frame))
    rings = [
        "".join(canvas.path(shapely.get_coordinates(ring), closed=True) for ring in (shape.exterior, *shape.interiors))
        for shape in shapes
        if isinstance(shape, shapely.Polygon)
    ]
    borders = ground(view, "borders")
    found = {"land": [ring for ring in rings if ring]}
    for name, disputed in (("borders", False), ("disputed", True)):
        chosen = borders.geometry[borders.disputed.astype(bool) == disputed].to_numpy()
        lines = shapely.get_parts(shapely.intersection(chosen, frame))
        paths = [canvas.path(shapely.get_coordinates(line)) for line in lines if line.geom_type == "LineString"]
        found[name] = [path for path in paths if path]
    return found


def _names(canvas: Canvas, view: View) -> list[dict[str, Any]]:
    names = names_within(view)
    places = canvas.place(names[["x", "y"]].to_numpy(float))
    return [
        {"name": str(row.name), "kind": str(row.kind), "x": int(x), "y": int(y)}
        for row, (x, y) in zip(names.itertuples(index=False), places, strict=True)
    ]


def _nodes(canvas: Canvas, view: View, network: Network, flows: pd.DataFrame) -> list[dict[str, Any]]:
    nodes = arguments.placed_nodes(network)
    types = nodes.get("node_type", pd.Series("", index=nodes.index))
    kinds = pd.Series([symbols.kind_of_node(str(kind)) for kind in types], index=nodes.node_id)
    looks, _ = looks_of_flows(network, flows)
    worth = importance(network, looks, kinds).rank(method="first", ascending=False).astype(int)
    places = canvas.place(view.project(nodes.x_coord, nodes.y_coord))
    names = nodes.get("name", nodes.node_id)
    return [
        {
            "name": str(name) or str(node),
            "label": short_name(str(name)) or str(node),
            "kind": kind,
            "rank": int(rank),
            "x": int(x),
            "y": int(y),
        }
        for node, name, kind, rank, (x, y) in zip(nodes.node_id, names, kinds, worth, places, strict=True)
    ]


def _links(canvas: Canvas, view: View, network: Network, land: BaseGeometry) -> list[dict[str, Any]]:
    lines = courses(network.links, arguments.placed_nodes(network), view, land)
    found = []
    for link, mode in zip(network.links.link_id, network.links["mode"], strict=True):
        line = lines[link]
        kind = symbols.kind_of_mode(str(mode))
        if len(line) < 2:
            found.append({"path": "", "kind": kind, "at": [0, 0], "ahead": 0})
            continue
        middle = halfway(line)
        near = int(np.argmin(np.hypot(*(line - middle).T)))
        before, after = line[max(near - 1, 0)], line[min(near + 1, len(line) - 1)]
        (x, y), (dx, dy) = canvas.place(middle[None, :])[0], after - before
        ahead = round(float(np.degrees(np.arctan2(-dy, dx))))
        found.append({"path": canvas.path(line), "kind": kind, "at": [int(x), int(y)], "ahead": ahead})
    return found
