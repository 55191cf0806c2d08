"""The courses of links on the map: their real bends where known, smooth, and at sea kept off the land."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from corridors import symbols
from corridors.maps.projection import Floats, View
from corridors.places import turned

GRAIN = 8
"""Points drawn between two bends of a line."""
STRAY = 0.01
"""Share of its length by which smoothing may bring a line at sea over land (ports lie a little inland)."""

_globe = Geod(ellps="WGS84")


def courses(links: pd.DataFrame, nodes: pd.DataFrame, view: View, land: BaseGeometry | None) -> dict[str, Floats]:
    """The line of every link, in metres of the map, from its first node to its last.

    Parameters
    ----------
    links, nodes : DataFrame
        Tables of a network.
    view : View
        What is shown.
    land : geometry or None
        Land within the view, in metres of the map, that lines at sea keep off.

    Returns
    -------
    dict
        Arrays (n, 2) by ``link_id``.
    """
    place = dict(zip(nodes.node_id, zip(nodes.x_coord, nodes.y_coord, strict=True), strict=True))
    found: dict[str, Floats] = {}
    shapes = links["geometry"] if "geometry" in links else pd.Series(None, index=links.index, dtype=object)
    rows: Any = links.itertuples()
    for row, shape in zip(rows, shapes, strict=True):
        ends = place[row.from_node_id], place[row.to_node_id]
        bends = _bends(shape, *ends)
        line = view.project(bends[:, 0], bends[:, 1])
        line = line[np.isfinite(line).all(axis=1)]
        found[row.link_id] = _smooth_at_sea(line, land) if row.mode in symbols.WATER else smooth(line)
    return found


def _bends(shape: BaseGeometry | None, start: tuple[float, float], end: tuple[float, float]) -> Floats:
    """Degrees of a link's bends, ends included; a great circle where it has no geometry."""
    if shape is None or not isinstance(shape, BaseGeometry) or shape.is_empty:
        km = _globe.inv(*start, *end)[2] / 1e3
        between = _globe.npts(*start, *end, max(1, int(km // 100)))
        return np.array([start, *between, end], dtype=float)
    if shape.geom_type != "LineString":
        shape = shapely.line_merge(shape)
    bends = shapely.get_coordinates(shape)
    first, last = (tip - np.array(start) for tip in (bends[0], bends[-1]))
    backward = np.hypot(turned(first[0]), first[1]) > np.hypot(turned(last[0]), last[1])
    return np.vstack([[start], bends[::-1] if backward else bends, [end]])


def smooth(line: Floats) -> Floats:
    """A curve through all points of a line: the centripetal Catmull-Rom spline, which makes no loops.

    References
    ----------
        Yuksel, Schaefer, Keyser (2011), Parameterization and applications of Catmull-Rom curves, section 3.

    Examples
    --------
        >>> import numpy as np
        >>> smooth(np.array([[0.0, 0.0], [1.0, 0.0]])).tolist()
        [[0.0, 0.0], [1.0, 0.0]]
        >>> len(smooth(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])))
        17
    """
    apart = np.append(True, np.any(np.abs(np.diff(line, axis=0)) > 1.0e-9, axis=1))
    line = line[apart]
    if len(line) < 3:
        return line
    points = np.vstack([2 * line[0] - line[1], line, 2 * line[-1] - line[-2]])
    knots = np.append(0.0, np.cumsum(np.sqrt(np.hypot(*np.diff(points, axis=0).T))))
    last, share = len(line) - 1, np.linspace(0.0, 1.0, GRAIN, endpoint=False)[:, None]
    p0, p1, p2, p3 = (points[i : i + last, None] for i in range(4))
    t0, t1, t2, t3 = (knots[i : i + last, None, None] for i in range(4))
    t = t1 + (t2 - t1) * share
    a1 = (p0 * (t1 - t) + p1 * (t - t0)) / (t1 - t0)
    a2 = (p1 * (t2 - t) + p2 * (t - t1)) / (t2 - t1)
    a3 = (p2 * (t3 - t) + p3 * (t - t2)) / (t3 - t2)
    b1 = (a1 * (t2 - t) + a2 * (t - t0)) / (t2 - t0)
    b2 = (a2 * (t3 - t) + a3 * (t - t1)) / (t3 - t1)
    between = (b1 * (t2 - t) + b2 * (t - t1)) / (t2 - t1)
    return np.vstack([between.reshape(-1, 2), line[-1:]])


def _smooth_at_sea(line: Floats, land: BaseGeometry | None) -> Floats:
    """The spline if it keeps off the land, else the line with its corners cut, else the line as it is."""
    curve = smooth(line)
    if land is None or len(line) < 3:
        return curve
    allowed = _ashore(line, land) + STRAY * shapely.LineString(line).length
    return next((c for c in (curve, smooth(_cut_corners(line))) if _ashore(c, land) <= allowed), line)


def _ashore(line: Floats, land: BaseGeometry) -> float:
    return float(shapely.intersection(shapely.LineString(line), land).length)


def _cut_corners(line: Floats) -> Floats:
    """Chaikin's corner cutting, once, ends kept."""
    before, after = line[:-1], line[1:]
    cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
    return np.vstack([line[:1], cut, line[-1:]])
