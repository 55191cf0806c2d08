"""Labels that do not collide: the most important first, each in the emptiest place next to its node.

A greedy choice among fixed candidate positions, scored by what each would cover (Christensen, Marks, Shieber 1995, An
empirical study of algorithms for point-feature label placement, section 3.1: the order of importance replaces their
random one). Covering a label or a marker is forbidden, covering a line costs by its weight, and a label that would
cover too much is left out. All lengths are points (1/72 inch) from the lower left corner of the figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors.maps import style
from corridors.maps.projection import Floats
from corridors.network import Network

TOO_MUCH = 9.0
"""Cost above which a label is left out."""
AMBIGUOUS = 2.5
"""Cost of a label close to another node's mark."""
_SIDES = (
    (1.0, 0.0, 0.0, 0.5, 0.0),
    (0.8, 0.75, 0.0, 0.25, 0.3),
    (0.8, -0.75, 0.0, 0.75, 0.4),
    (-1.0, 0.0, 1.0, 0.5, 0.5),
    (0.0, 1.0, 0.5, 0.0, 0.6),
    (-0.8, 0.75, 1.0, 0.25, 0.7),
    (-0.8, -0.75, 1.0, 0.75, 0.8),
    (0.0, -1.0, 0.5, 1.0, 0.9),
    (0.0, 1.0, 0.2, 0.0, 0.9),
    (0.0, 1.0, 0.8, 0.0, 0.9),
    (0.0, -1.0, 0.2, 1.0, 1.1),
    (0.0, -1.0, 0.8, 1.0, 1.1),
)
"""Where to write, east of the node first: how many gaps east and north of the node, which point of the box (as shares
of its width and height) is placed there, and the cost of the place."""
_RINGS = ((0.0, 0.0), (3.0, 0.5), (9.0, 3.0), (17.0, 5.0), (26.0, 7.5))
"""Distances from the node added to the gap, points, and the cost of each; from the third on with a leader."""
LEADER_FROM = 9.0


@dataclass(frozen=True)
class Label:
    """A text wanted next to a point: coordinates, text, letter size in points, gap left for the marker, its node,
    and by what factor it may cover more than others.
    """

    x: float
    y: float
    text: str
    size: float
    gap: float
    node_id: str = ""
    tolerance: float = 1.0


@dataclass(frozen=True)
class Placed:
    """A label and the box found for it: left, bottom, right, top; and whether a leader connects it to its node."""

    label: Label
    box: tuple[float, float, float, float]
    leader: bool


@dataclass
class Clutter:
    """What is on the page already.

    Parameters
    ----------
    frame : tuple of float
        Left, bottom, right, top that labels stay within.
    points : array (n, 2)
        Samples along lines.
    reach : array (n,)
        Half the width of the line there.
    weight : array (n,)
        Cost of covering the sample.
    boxes : list of tuple
        Boxes that may not be touched: left, bottom, right, top.
    marks : array (n, 2)
        Marked nodes: a label close to another's mark would seem to be its name.
    """

    frame: tuple[float, float, float, float]
    points: Floats
    reach: Floats
    weight: Floats
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    marks: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def cost(self, boxes: Floats) -> Floats:
        """What covering each box (n, 4) costs; infinite where it leaves the frame or touches what it may not."""
        left, bottom, right, top = boxes.T
        x0, y0, x1, y1 = self.frame
        bad = (left < x0 + 2) | (bottom < y0 + 2) | (right > x1 - 2) | (top > y1 - 2)
        if self.boxes:
            a, b, c, d = np.array(self.boxes).T
            bad |= ((left[:, None] < c) & (right[:, None] > a) & (bottom[:, None] < d) & (top[:, None] > b)).any(axis=1)
        near = (
            (self.points[:, 0] > left.min() - 6)
            & (self.points[:, 0] < right.max() + 6)
            & (self.points[:, 1] > bottom.min() - 6)
            & (self.points[:, 1] < top.max() + 6)
        )
        (x, y), reach = self.points[near].T, self.reach[near]
        inside = (
            (x > left[:, None] - reach)
            & (x < right[:, None] + reach)
            & (y > bottom[:, None] - reach)
            & (y < top[:, None] + reach)
        )
        return np.where(bad, np.inf, inside @ self.weight[near])

    def others_near(self, boxes: Floats, x: float, y: float, near: float = 5.0) -> Floats:
        """How many marks other than that at `x, y` are near each box (n, 4)."""
        others = self.marks[np.hypot(*(self.marks - (x, y)).T) > 0.5]
        left, bottom, right, top = boxes.T[..., None]
        inside = (others[:, 0] > left - near) & (others[:, 0] < right + near)
        inside &= (others[:, 1] > bottom - near) & (others[:, 1] < top + near)
        return np.asarray(inside.sum(axis=1), dtype=float)


def place(wanted: Sequence[Label], clutter: Clutter, *, at_most: int | None = None) -> list[Placed]:
    """Find a box for each label, the first ones first; a label without a good place is left out.

    Parameters
    ----------
    wanted : sequence of Label
        The most important first.
    clutter : Clutter
        What is on the page; grows by the boxes found.
    at_most : int, optional
        How many to place.

    Examples
    --------
    >>> import numpy as np
    >>> page = Clutter((0, 0, 200, 100), np.empty((0, 2)), np.empty(0), np.empty(0))
    >>> found = place([Label(50, 50, "Aktau", 8, 4), Label(52, 50, "Kuryk", 8, 4)], page)
    >>> found[0].box[0] > 50, found[1].box[2] < 52
    (True, True)
    """
    found: list[Placed] = []
    for label in wanted:
        if at_most is not None and len(found) >= at_most:
            break
        if any(p.label.text == label.text and np.hypot(p.label.x - label.x, p.label.y - label.y) < 40 for p in found):
            continue  # two stations of one town
        boxes, extra, has_leader = _candidates(label)
        cost = clutter.cost(boxes) + extra + AMBIGUOUS * clutter.others_near(boxes, label.x, label.y)
        best = int(np.argmin(cost))
        if cost[best] > TOO_MUCH * label.tolerance:
            continue
        left, bottom, right, top = (float(v) for v in boxes[best])
        found.append(Placed(label, (left, bottom, right, top), bool(has_leader[best])))
        clutter.boxes.append((left - 1.0, bottom - 0.5, right + 1.0, top + 0.5))
    return found


def _candidates(label: Label) -> tuple[Floats, Floats, Floats]:
    """Candidate boxes (n, 4) around a label's point, the cost of each, and whether it needs a leader."""
    wide, _ = style.text_size(label.text, label.size)
    high = label.size
    choices = [(label.gap + away, away >= LEADER_FROM, cost, side) for away, cost in _RINGS for side in _SIDES]
    gap = np.array([c[0] for c in choices])
    east, north, across, up, dislike = np.array([c[3] for c in choices]).T
    left, bottom = label.x + east * gap - across * wide, label.y + north * gap - up * high
    boxes = np.column_stack([left, bottom, left + wide, bottom + high])
    return boxes, dislike + np.array([c[2] for c in choices]), np.array([c[1] for c in choices])


def write(ax: Axes, placed: Sequence[Placed], spots: Sequence[tuple[float, float]]) -> None:
    """Write placed labels and their leaders; tied to `spots`, in data coordinates, they keep their place at any dpi."""
    for found, (x, y) in zip(placed, spots, strict=True):
        label, (left, bottom, right, top) = found.label, found.box
        if found.leader:
            tip = np.clip(label.x, left, right), np.clip(label.y, bottom, top)
            ax.annotate(
                "",
                (x, y),
                (tip[0] - label.x, tip[1] - label.y),
                textcoords="offset points",
                arrowprops={
                    "arrowstyle": "-",
                    "color": style.FADED,
                    "lw": 0.5,
                    "shrinkA": 0.5,
                    "shrinkB": label.gap - 1.5,
                },
                zorder=8.9,
            )
        ax.annotate(
            label.text,
            (x, y),
            (left - label.x, bottom + 0.2 * label.size - label.y),
            textcoords="offset points",
            ha="left",
            va="baseline",
            fontsize=label.size,
            color=style.INK,
            parse_math=False,
            path_effects=style.halo(2.0, style.HALO, 0.9),
            gid=f"label-{label.node_id}",
            zorder=9,
            annotation_clip=False,
        )


_TYPE = re.compile(
    r"[\s,/]+(sea |ferry |deep sea |oil |rail |marine |intermodal |international )?"
    r"(ports?|pump station|oil metering point|refinery|freight station|station|terminal|compressor|(gas |oil )?field)$",
    re.IGNORECASE,
)


def short_name(name: str) -> str:
    """A name for the map: without brackets, second names and the kind of place that its symbol shows.

    Examples
    --------
    >>> short_name("Urumqi (Sanping / Urumqi West)"), short_name("Aktau sea port"), short_name("CPC marine terminal")
    ('Urumqi', 'Aktau', 'CPC marine terminal')
    """
    short = re.split(r" / | and |, ", re.sub(r"\s*\(.*?\)", "", name))[0].strip()
    bare = short
    while (barer := _TYPE.sub("", bare).strip()) != bare:
        bare = barer
    return bare if len(bare) > 3 else short or name


def importance(network: Network, looks: pd.DataFrame, kinds: pd.Series) -> pd.Series:
    """How important it is to label a node: the root of its links' load, more where lines end, meet or change mode.

    Parameters
    ----------
    network : Network
        Whose nodes.
    looks : DataFrame
        Looks of links, with their ``load`` in t/year; without any load, all links count alike.
    kinds : Series
        Kind of node by ``node_id``, a key of `symbols.NODES`.

    Returns
    -------
    Series
        By ``node_id``; zero for a node that no flow touches.
    """
    links = network.links
    load = links.link_id.map(looks.get("label_load", looks.load).abs()).to_numpy(float)
    if not load.any():
        load = np.ones(len(links))
    ends = pd.concat([pd.Series(load, index=links.from_node_id), pd.Series(load, index=links.to_node_id)])
    ends = ends[ends > 0]
    met = ends.groupby(level=0).agg(["sum", "count"]).reindex(kinds.index, fill_value=0.0)
    by_count = np.select([met["count"] == 1, met["count"] == 2, met["count"] == 3], [1.5, 0.55, 1.0], 1.3)
    by_kind = kinds.map({"port": 1.6, "border": 1.5, "terminal": 0.9, "junction": 1.0}).astype(float)
    return pd.Series(np.sqrt(met["sum"].to_numpy()) * by_count * by_kind.to_numpy(), index=kinds.index)


def spread(worth: pd.Series, spots: pd.DataFrame, count: int, near: float) -> list[str]:
    """The `count` most important ids in order; each one chosen lowers the importance of those within `near` points."""
    left = worth.to_numpy(float).copy()
    xy = spots[["x", "y"]].to_numpy(float)
    order: list[str] = []
    for _ in range(min(count, len(left))):
        best = int(np.argmax(left))
        order.append(str(worth.index[best]))
        left *= 1.0 - 0.75 * np.exp(-(((xy - xy[best]) ** 2).sum(axis=1)) / near**2)
        left[best] = -1.0
    return order
