"""How links and nodes are stroked: casing, band and dashes of a line, hairlines, markers."""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, TransformedBbox

from corridors import symbols
from corridors.maps import style
from corridors.maps.projection import Floats

CASING = "#ffffff"
ARROW_FROM = 2.4
"""Width from which a line has an arrow of its main direction, points."""
_BAND = 0.45
"""How light the band under the dashes is: it shows the width in the gaps of the dashes."""
CROSS: style.Look = {
    "marker": "X",
    "markersize": 8.5,
    "markerfacecolor": style.INK,
    "markeredgecolor": "white",
    "markeredgewidth": 0.9,
}
"""The mark on a link that was closed."""


class Stroke(Line2D):
    """A line on a map, clipped to the box that all lines of its axes share.

    A map has hundreds of them, and a box for each, as matplotlib makes it, takes a fifth of the time that a map does.
    """

    _boxes: ClassVar[WeakKeyDictionary[Rectangle, TransformedBbox]] = WeakKeyDictionary()

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """As of matplotlib."""
        if not isinstance(path, Rectangle) or transform is not None:
            super().set_clip_path(path, transform)
            return
        if path not in self._boxes:
            self._boxes[path] = TransformedBbox(Bbox.unit(), path.get_transform())
        self.set_clip_box(self._boxes[path])


def stroke_looks(color: str, width: float, dash: tuple[float, ...] = ()) -> list[style.Look]:
    """Looks of the lines that make a link that carries flow, from the lowest: casing, band, dashes.

    Dashes grow a little with the width, so that neither a thick line looks like beads nor a thin one like sand.
    """
    casing = {
        "color": CASING,
        "linewidth": width + min(1.4, 0.5 + 0.3 * width),
        "alpha": 0.85,
        "solid_capstyle": "butt",
    }
    if not dash:
        return [casing, {"color": color, "linewidth": width, "solid_capstyle": "round", "solid_joinstyle": "round"}]
    grow = 0.75 + 0.25 * width
    pattern = tuple(d * grow for d in dash)
    return [
        casing,
        {"color": style.lighter(color, _BAND), "linewidth": width, "solid_capstyle": "round"},
        {"color": color, "linewidth": width, "linestyle": (0, pattern), "dash_capstyle": "butt"},
    ]


def idle_look(color: str, width: float) -> style.Look:
    """Look of a link that carries nothing."""
    return {"color": style.lighter(color, 0.45), "linewidth": width, "alpha": 0.75, "solid_capstyle": "round"}


def shut_look(color: str) -> style.Look:
    """Look of a link that is planned or closed."""
    return {"color": style.lighter(color, 0.35), "linewidth": 0.7, "linestyle": (0, (0.8, 2.2)), "alpha": 0.9}


def marker_look(kind: str, scale: float = 1.0) -> style.Look:
    """Look of a labelled node."""
    node = symbols.NODES[kind]
    return {
        "marker": node.marker,
        "markersize": node.size * scale,
        "markerfacecolor": "white",
        "markeredgecolor": style.INK,
        "markeredgewidth": 0.9,
    }


def draw_links(ax: Axes, courses: dict[str, Floats], looks: pd.DataFrame, point: float) -> None:
    """Draw all links, thin over thick; each line has its link's id as gid.

    Parameters
    ----------
    ax : Axes
        The map.
    courses : dict
        Lines in metres of the map by ``link_id``.
    looks : DataFrame
        Looks of links: ``kind, width, color, drawn, direction, cross``.
    point : float
        Metres of the map in a point.
    """
    rank = {"idle": 0, "shut": 1, "kept": 2, "flow": 3}
    order = looks.assign(rank=looks.drawn.map(rank)).sort_values(
        ["rank", "width"], ascending=[True, False], kind="stable"
    )
    rows: Any = order.itertuples()
    for i, row in enumerate(rows):
        link_id = str(row.Index)
        if row.drawn == "idle":
            layers = [idle_look(row.color, row.width)]
        elif row.drawn == "shut":
            layers = [shut_look(row.color)]
        elif row.drawn == "kept":
            layers = [{"color": row.color, "linewidth": row.width}]
        else:
            dash = symbols.MODES[row.kind].dash if row.color == symbols.MODES[row.kind].color else ()
            layers = stroke_looks(row.color, row.width, dash)
        for part, look in enumerate(layers):
            line = Stroke(*courses[link_id].T, zorder=3 + i * 1e-3 + part * 1e-5, **look)
            line.set_gid(f"link-{link_id}" if part == len(layers) - 1 else f"under-{link_id}")
            ax.add_artist(line)
        if row.drawn == "flow" and row.direction and row.width >= ARROW_FROM:
            _draw_arrow(ax, courses[link_id], row.width, row.direction, point, 3 + (i + 0.5) * 1e-3)
    crossed = [courses[i] for i in looks.index[looks.cross]]
    if crossed:
        middles = np.array([halfway(c) for c in crossed])
        ax.plot(*middles.T, linestyle="", zorder=7, gid="closed", scalex=False, scaley=False, **CROSS)


def _draw_arrow(ax: Axes, course: Floats, width: float, direction: int, point: float, zorder: float) -> None:
    """A chevron halfway along a line that is long enough, pointing where most of the flow goes."""
    line = samples(course, 2.0 * point)
    if len(line) < 12:
        return
    middle = len(line) // 2
    ahead = (line[middle + 1] - line[middle - 1]) * direction
    ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
    across = np.array([-ahead[1], ahead[0]])
    reach = 0.36 * width * point
    tip, back = line[middle] + 0.5 * reach * ahead, line[middle] - 0.5 * reach * ahead
    wings = np.array([back + reach * across, tip, back - reach * across])
    look: style.Look = {
        "color": CASING,
        "linewidth": 0.5 + 0.12 * width,
        "solid_capstyle": "round",
        "solid_joinstyle": "miter",
    }
    ax.add_artist(Stroke(*wings.T, zorder=zorder, gid="direction", **look))


def halfway(course: Floats) -> Floats:
    """The point halfway along a line."""
    far = np.append(0.0, np.cumsum(np.hypot(*np.diff(course, axis=0).T)))
    return np.array([np.interp(far[-1] / 2, far, course[:, k]) for k in (0, 1)])


def samples(course: Floats, step: float) -> Floats:
    """Points along a line, `step` apart in its own units."""
    far = np.append(0.0, np.cumsum(np.hypot(*np.diff(course, axis=0).T)))
    at = np.arange(0.0, far[-1] + step / 2, step)
    return np.column_stack([np.interp(at, far, course[:, k]) for k in (0, 1)])
