"""Nodes on a map, marked by kind and labelled by importance; and the names of countries and seas behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from corridors import symbols
from corridors.maps import style
from corridors.maps.basemap import names_within
from corridors.maps.labels import Clutter, Label, importance, place, short_name, spread, write
from corridors.maps.sheet import Box, Sheet
from corridors.maps.strokes import CROSS, marker_look
from corridors.network import Network

NOTABLE = 0.07
"""Importance of a node, as a share of the most important one's, from which it may have a label."""
_FINEST = {1: np.inf, 2: 14.0, 3: 7.0, 4: 3.5}
"""Kilometres a point beyond which a name of each rank is not written."""
_NAME_SIZE = {1: 9.0, 2: 8.0, 3: 7.0, 4: 6.5}
_NAME_COST = 2.5
"""Cost of what it would cover above which a name is not written."""
_LARGEST_COST = 90.0
"""The same for the largest countries and seas."""
_DOT: dict[str, Any] = {
    "marker": "o",
    "markersize": 1.7,
    "markerfacecolor": "white",
    "markeredgecolor": style.INK,
    "markeredgewidth": 0.45,
}
_PLAIN: dict[str, Any] = {"linestyle": "", "scalex": False, "scaley": False}


def draw_nodes(
    sheet: Sheet,
    network: Network,
    looks: pd.DataFrame,
    clutter: Clutter,
    labels: int,
    *,
    apart: Box | None = None,
    small: bool = False,
    shut: Sequence[str] = (),
) -> None:
    """Mark the nodes that carry flow (all, without flow), and label the most important ones.

    Parameters
    ----------
    sheet : Sheet
        Where to draw.
    network : Network
        Whose nodes.
    looks : DataFrame
        Looks of links.
    clutter : Clutter
        What is on the sheet already; grows by the labels.
    labels : int
        The most labels.
    apart : tuple of float, optional
        The part of the map, in its metres, that an inset shows and labels.
    small : bool
        Whether this is the inset, which is there for its ports.
    shut : sequence of str
        Nodes that are closed: each has a cross, and a label before all others.
    """
    nodes = network.nodes
    ax, view = sheet.ax, sheet.view
    at = pd.DataFrame(view.project(nodes.x_coord, nodes.y_coord), index=nodes.node_id, columns=["x", "y"])
    types = nodes["node_type"] if "node_type" in nodes else pd.Series("", index=nodes.index)
    kinds = pd.Series([symbols.kind_of_node(str(t)) for t in types], index=nodes.node_id)
    worth = importance(network, looks, kinds)
    if small:  # an inset is there for its ports
        worth = worth * kinds.map({"port": 4.0}).fillna(1.0)
    closed = worth.index.isin(list(shut))
    shown = at.x.between(*view.xlim) & at.y.between(*view.ylim)
    if apart is not None:
        shown &= ~(at.x.between(apart[0], apart[2]) & at.y.between(apart[1], apart[3]))
    if (worth > 0).any():
        shown &= (worth > 0) | closed
    notable = shown & ((worth >= NOTABLE * worth[shown].max()) | closed)
    worth = worth.where(~closed, 2 * max(float(worth.max()), 1.0))
    spots = pd.DataFrame(sheet.points(at.to_numpy()), index=at.index, columns=["x", "y"])
    order = spread(worth[notable], spots[notable], 3 * labels, near=0.04 * sheet.width)
    names = pd.Series([str(n) for n in nodes.get("name", nodes.node_id)], index=nodes.node_id)
    wanted = [
        Label(
            spots.x[i],
            spots.y[i],
            short_name(names[i]) or i,
            8.4 if k < labels / 3 else 7.4,
            4.0,
            i,
            tolerance=2.5 if small and kinds[i] == "port" else 1.5 if k < labels / 3 else 1.0,
        )
        for k, i in enumerate(order)
    ]
    clutter.marks = spots.loc[order[:labels]].to_numpy(float)
    # The markers of the most important nodes are kept free; labels may cover the others.
    clutter.boxes.extend(
        (spots.x[i] - 2.6, spots.y[i] - 2.6, spots.x[i] + 2.6, spots.y[i] + 2.6) for i in order[:labels]
    )
    found = place(wanted, clutter, at_most=labels)
    named = [p.label.node_id for p in found]
    write(ax, found, [(at.x[i], at.y[i]) for i in named])
    rest = shown & ~at.index.isin(named)
    ax.plot(at.x[rest], at.y[rest], zorder=6.5, gid="nodes", **_PLAIN, **_DOT)
    crossed = at.index[shown & closed]
    ax.plot(at.x[crossed], at.y[crossed], zorder=8, gid="nodes-closed", **_PLAIN, **CROSS)
    for kind in symbols.NODES:
        ids = [i for i in named if kinds[i] == kind and i not in shut]
        if ids:
            ax.plot(at.x[ids], at.y[ids], zorder=7, gid=f"nodes-{kind}", **_PLAIN, **marker_look(kind))


AFAR = 350.0
"""How far the name of a sea may be from its place, km; of a country twice that: on small maps points are long ways."""


def draw_names(sheet: Sheet, clutter: Clutter, *, largest: bool = False) -> None:
    """Write names of countries and seas where there is room left for them; small ones on large scales only.

    Parameters
    ----------
    sheet : Sheet
    clutter : Clutter
        What is on the sheet already; grows by the names.
    largest : bool
        Whether to write the largest countries and seas alone, whose names find room before those of nodes, and may
        be farther from their middle. Else the others.
    """
    km_per_point = sheet.point / 1e3
    rows: Any = names_within(sheet.view).itertuples()
    for row in rows:
        if km_per_point > _FINEST[int(row.rank)] or largest != (row.rank == 1):
            continue
        sea = row.kind == "sea"
        size = _NAME_SIZE[int(row.rank)]
        text = str(row.name if sea else " ".join(row.name.replace(" ", "  ")))
        (x, y), *_ = sheet.points(np.array([[row.x, row.y]]))
        wide = style.text_size(text, size, italic=sea)[0]
        moves = np.array(
            [(0.0, 0.0)]
            + [
                (1.6 * r * np.cos(a), r * np.sin(a))
                for r in ((7, 14, 24, 36) if largest and not sea else (7, 14))
                for a in np.arange(8) * np.pi / 4
                if 1.6 * r * km_per_point <= (AFAR if sea else 2 * AFAR)
            ]
        )
        middle, half = np.array([x, y]) + moves, np.array([wide / 2, size / 2])
        boxes = np.hstack([middle - half, middle + half])
        cost = 2 * clutter.cost(boxes) + 0.05 * np.hypot(*moves.T)
        best = int(np.argmin(cost))
        if cost[best] > (_LARGEST_COST if largest else _NAME_COST):
            continue
        clutter.boxes.append(tuple(boxes[best]))
        sheet.ax.annotate(
            text,
            (row.x, row.y),
            tuple(moves[best]),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=size,
            style="italic" if sea else "normal",
            color=style.SEA_INK if sea else style.COUNTRY_INK,
            zorder=6 if sea else 2,  # of seas over the lines, which leave little of them
            parse_math=False,
            path_effects=style.halo(1.6, style.SEA if sea else style.LAND, 0.8),
            gid=f"name-{row.name}",
        )
