"""A map of hinterlands: which way wins at each destination, and where it flips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.maps import style
from corridors.maps.break_even import REST, colors_of
from corridors.maps.flow_map import _drawn, _source, _view
from corridors.maps.flows import looks_of_idle, placed_nodes
from corridors.maps.labels import short_name
from corridors.maps.prices import asked, with_inset
from corridors.maps.sheet import room_of
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network

SIZE = 5.2
"""Diameter of a dot, points."""


def plot_hinterland(
    network: Network, table: pd.DataFrame, *, name: str = "parameter", title: str = "", **options: Any
) -> Axes:
    """Draw which way is cheapest to each destination today, and at what value of the parameter another one is.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.next_flips` gave.
    name : str
        What to call it, with its unit.
    title : str
    **options
        ``extent, labels, inset, ax, figsize``, as for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map. A dot has the colour of the way that wins today; one that flips has a ring of the colour that it flips
        to, and its name the value at which it does.

    Raises
    ------
    InputError
        Another table; nodes without coordinates.
    """
    arguments.words(title=title, name=name)
    nodes = placed_nodes(network)
    table = arguments.table_of("table", table, source="next_flips")
    if table.empty or "flips_to" not in table or "now" not in table.attrs:
        raise InputError("plot_hinterland: table tells no flips; give what next_flips gave, unchanged")
    columns = ("node_id", "preferred")
    table = arguments.table_of("table", table, columns, numbers=["flip"], source="next_flips")
    wrong = table.node_id[table.flip.notna() & (table.flips_to == "")]
    if len(wrong):
        raise InputError(complaint("table", "flips to nothing", wrong, "give what next_flips gave, unchanged"))
    told, now, high = table.set_index("node_id"), table.attrs["now"], table.attrs["high"]
    ways = [*told.preferred, *told.flips_to[told.flips_to != ""]]
    order = pd.Series(ways).value_counts(sort=False).sort_values(ascending=False, kind="stable").index.tolist()
    colors = colors_of(order)
    looks = looks_of_idle(network, room_of(options.get("ax"), options.get("figsize")))
    flip = told.flip.reindex(nodes.node_id).to_numpy()
    # Names go to places that flip first, for they have something to tell.
    places = network.links.from_node_id.map(told.flip).notna() | network.links.to_node_id.map(told.flip).notna()
    looks["load"] = np.where(places, 60.0, 1.0)
    looks["color"] = style.FADED
    named = [
        f"{short_name(str(text)) or node}{'' if np.isnan(at) else f' {at:,.0f}'}"
        for node, text, at in zip(nodes.node_id, nodes.name, flip, strict=True)
    ]
    view = _view(network, nodes, options.get("extent"))
    counts = told.preferred.value_counts()
    entries = [Swatch(f"{way} ({counts.get(way, 0)})", (_dot(colors[way]),)) for way in order if colors[way] != REST]
    if any(colors[way] == REST for way in order):
        entries.append(Swatch("other ways", (_dot(REST),)))
    for row in told[told.flip.notna()].head(1).itertuples():
        look = _dot(colors[row.preferred], colors[row.flips_to])
        entries.append(Swatch("flips: the ring tells to what, the number where", (look,)))
    ends = f"today {now:g}, followed to {high:g}"
    words = f"Number at a name: {name}, at which another way becomes the cheapest; {ends}"
    legend = (Group("Cheapest way (destinations)", tuple(entries), rows=2),)
    surround = Surround(
        title or "Which way is cheapest where, and where it flips", words, legend, _source(view, network, table)
    )
    ax = _drawn(network.replace(nodes=nodes.assign(name=named)), looks, view, surround, *asked(options))
    _draw_dots(ax, view.project(nodes.x_coord, nodes.y_coord), nodes.node_id.tolist(), told, colors)
    return ax


def _dot(color: str, ring: str = "white") -> dict[str, Any]:
    wide = 0.7 if ring == "white" else 1.9
    return {
        "linestyle": "",
        "marker": "o",
        "markersize": SIZE if ring == "white" else SIZE + 1.6,
        "markerfacecolor": color,
        "markeredgecolor": ring,
        "markeredgewidth": wide,
    }


def _draw_dots(ax: Axes, places: Any, ids: list[str], told: pd.DataFrame, colors: dict[str, str]) -> None:
    """Dots that flip over those that do not."""
    for axes in with_inset(ax):
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        for node, (x, y) in zip(ids, places, strict=True):
            if node not in told.index or not (x0 < x < x1 and y0 < y < y1):
                continue
            row = told.loc[node]
            look = _dot(colors[row.preferred], colors[row.flips_to] if row.flips_to else "white")
            line = axes.plot(x, y, zorder=7.4 if row.flips_to else 7.3, scalex=False, scaley=False, **look)[0]
            line.set_gid(f"hinterland-{node}")
