"""A map put together: ground, links, inset, scale bar, nodes and names, in the order they must be drawn."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from corridors.maps import style
from corridors.maps.basemap import draw_ground, land_of
from corridors.maps.labels import Clutter
from corridors.maps.lines import courses
from corridors.maps.nodes import draw_names, draw_nodes
from corridors.maps.parallel_lines import side_by_side
from corridors.maps.projection import EXTENTS, Floats, View
from corridors.maps.sheet import Box, Sheet, sheet_within
from corridors.maps.strokes import draw_links, samples
from corridors.maps.surround import draw_scale, emptiest
from corridors.network import Network
from corridors.places import straight

INSET_SHARE = 0.26
"""Width of the inset as a share of the map's."""
INSET_GAIN = 1.7
"""An inset that enlarges less than this is left out."""
INSET_LABELS = 24
SPACING = 3.0
"""Distance between the samples along lines that labels avoid, points."""


def draw_network(sheet: Sheet, network: Network, looks: pd.DataFrame, *, labels: int, inset: bool) -> None:
    """Draw ground, links, nodes and labels on a sheet, and the Caspian inset where it is wanted and fits.

    Parameters
    ----------
    sheet : Sheet
        Where to draw.
    network : Network
        What to draw.
    looks : DataFrame
        Looks of its links, as `flows.looks_of_flows` makes them.
    labels : int
        The most node labels, inset aside.
    inset : bool
        Whether an inset is wanted.
    """
    looks, shut = _closed_nodes(network, looks)
    clutter = _draw_ground_and_links(sheet, network, looks)
    shown = _draw_inset(sheet, network, looks, clutter, shut) if inset else None
    draw_scale(sheet.ax, sheet.view, clutter)
    draw_names(sheet, clutter, largest=True)
    draw_nodes(sheet, network, looks, clutter, labels, apart=shown, shut=shut)
    draw_names(sheet, clutter)


def _closed_nodes(network: Network, looks: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Nodes of which each link is marked as closed, two at least, bear the cross instead of their links."""
    links = network.links
    ends = pd.concat([links.set_index(column).link_id for column in ("from_node_id", "to_node_id")])
    crossed = ends.map(looks.cross).groupby(level=0).agg(["all", "size"])
    shut = crossed.index[crossed["all"].astype(bool) & (crossed["size"] > 1)].tolist()
    at_shut = links.from_node_id.isin(shut) | links.to_node_id.isin(shut)
    return looks.assign(cross=looks.cross & ~looks.index.isin(links.link_id[at_shut])), shut


def _draw_ground_and_links(sheet: Sheet, network: Network, looks: pd.DataFrame) -> Clutter:
    """Draw the lowest layers; return what labels have to avoid on them."""
    draw_ground(sheet.ax, sheet.view)
    lines = side_by_side(_courses(network, sheet.view), looks, sheet.point)
    draw_links(sheet.ax, lines, looks, sheet.point)
    return _clutter(sheet, lines, looks)


@lru_cache(maxsize=4)
def _courses(network: Network, view: View) -> dict[str, Floats]:
    """The lines of all links; kept for the next maps of the same network."""
    return courses(network.links, network.nodes, view, land_of(view))


def _clutter(sheet: Sheet, lines: dict[str, Floats], looks: pd.DataFrame) -> Clutter:
    """What labels have to avoid: lines that carry flow, wide ones most; hairlines hardly."""
    (x0, x1), (y0, y1) = sheet.view.xlim, sheet.view.ylim
    points, reach, weight = [np.empty((0, 2))], [np.empty(0)], [np.empty(0)]
    widths = looks.get("label_width", looks.width)
    for link_id, width, drawn in zip(looks.index, widths, looks.drawn, strict=True):
        along = samples(lines[link_id], SPACING * sheet.point)
        along = along[(along >= (x0, y0)).all(axis=1) & (along <= (x1, y1)).all(axis=1)]
        points.append(along)
        reach.append(np.full(len(along), width / 2 + 0.8))
        weight.append(np.full(len(along), 0.5 + 0.35 * width if drawn == "flow" else 0.12))
    return Clutter(sheet.frame, sheet.points(np.vstack(points)), np.concatenate(reach), np.concatenate(weight))


def _draw_inset(sheet: Sheet, network: Network, looks: pd.DataFrame, clutter: Clutter, shut: list[str]) -> Box | None:
    """Draw the Caspian larger over the emptiest part of the map; return the part that it shows, metres of the map."""
    nodes, view = network.nodes, sheet.view
    west, south, east, north = EXTENTS["caspian"]
    part = view.zoomed(EXTENTS["caspian"])
    (x0, x1), (y0, y1) = part.xlim, part.ylim
    held = nodes.x_coord.between(west, east) & nodes.y_coord.between(south, north)
    within = view.xlim[0] < x0 and x1 < view.xlim[1] and view.ylim[0] < y0 and y1 < view.ylim[1]
    if held.sum() < 3 or not within or INSET_SHARE * (view.xlim[1] - view.xlim[0]) < INSET_GAIN * (x1 - x0):
        return None
    (left, bottom), (right, top) = sheet.points(np.array([[x0, y0], [x1, y1]]))
    clutter.boxes.append((left, bottom, right, top))
    wide = INSET_SHARE * sheet.width
    box = emptiest(clutter, wide, wide * part.aspect, ((left + right) / 2, (bottom + top) / 2))
    clutter.boxes.pop()
    if box is None:
        return None
    small = sheet_within(sheet, part, box)
    near = _links_near(network, part)
    clutter_of_inset = _draw_ground_and_links(small, near, looks.loc[near.links.link_id])
    draw_names(small, clutter_of_inset, largest=True)
    draw_nodes(small, near, looks.loc[near.links.link_id], clutter_of_inset, INSET_LABELS, small=True, shut=shut)
    draw_names(small, clutter_of_inset)
    clutter.boxes.append((box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2))
    shown = (x0, y0, x1, y1)
    _tie(sheet, shown, box)
    return shown


@lru_cache(maxsize=2)
def _links_near(network: Network, view: View) -> Network:
    """The network without the links that are far from what a view shows; kept for the next maps of it."""
    links = network.links
    place = network.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    ends = (place.loc[links[column]].to_numpy(float) for column in ("from_node_id", "to_node_id"))
    shapes = [
        course if isinstance(course, shapely.Geometry) else straight(start, end)
        for course, start, end in zip(links.geometry, *ends, strict=True)
    ]
    near = links[shapely.intersects(shapely.box(*view.bounds), shapes)]
    return network.replace(links=near, **network.of_links(near.link_id))


def _tie(sheet: Sheet, shown: Box, box: Box) -> None:
    """Frame the part that the inset shows, and join two of its corners to the inset's by lines that cross neither."""
    x0, y0, x1, y1 = shown
    ax = sheet.ax
    look: style.Look = {"color": style.FRAME, "linewidth": 0.7, "zorder": 6}
    ax.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, gid="inset-source", **look))
    (a0, b0), (a1, b1) = sheet.metres(np.array([box[:2], box[2:]]))
    bodies = [shapely.box(*shown).buffer(-1.0), shapely.box(a0, b0, a1, b1).buffer(-1.0)]
    corners = [((x0, y0), (a0, b0)), ((x0, y1), (a0, b1)), ((x1, y0), (a1, b0)), ((x1, y1), (a1, b1))]
    for ends in corners:
        tie = shapely.LineString(ends)
        if not any(tie.intersects(body) for body in bodies):
            dots: style.Look = {**look, "linestyle": (0, (1.0, 3.0)), "linewidth": 0.6, "zorder": 1.3}
            ax.add_artist(Line2D(*zip(*ends, strict=True), gid="inset-tie", **dots))
