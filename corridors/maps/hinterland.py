"""A map of hinterlands: which route is cheapest to each destination, and where that flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.maps import style
from corridors.maps.break_even import REST, colors_of
from corridors.maps.flow_map import LABELS, compose, source_line, view_for
from corridors.maps.flows import looks_of_idle
from corridors.maps.labels import short_name
from corridors.maps.prices import with_inset
from corridors.maps.sheet import room_of
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network

SIZE = 5.2
"""Diameter of a dot, points."""


def plot_hinterland(
    network: Network,
    table: pd.DataFrame,
    *,
    name: str = "parameter",
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw which route is cheapest to each destination today, and at what value of the parameter another one is.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.next_flips` gave.
    name : str
        What to call it, with its unit.
    title : str
        What to write over it.
    extent, labels, inset, ax, figsize
        As for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map. A dot has the colour of the route that is cheapest today; one that flips has a ring of the colour that
        it flips to, and next to its name the value at which it does.

    Raises
    ------
    InputError
        Another table; nodes without coordinates.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "x_coord": [51.2, 49.9, 41.7],
    ...                       "y_coord": [43.6, 40.4, 42.1]})
    >>> links = pd.DataFrame({"link_id": ["north", "ferry", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["poti", "baku", "poti"], "mode": "ship", "tariff": [15.0, 10.0, 12.0],
    ...                       "corridors": ["north", "middle", "middle"]})
    >>> network = cd.Network(nodes, links)
    >>> toll = ("links", "north", "tariff", "add")
    >>> table = cd.hinterland(network, toll, 0, 100, commodity="grain", origin="aktau", progress=False)
    >>> ax = cd.plot_hinterland(network, cd.next_flips(table, 0), name="toll, USD/t", extent="caspian", inset=False)
    >>> sorted(name.get_text() for name in ax.texts if str(name.get_gid()).startswith("label-"))
    ['aktau', 'baku', 'poti 7']
    """
    arguments.words(title=title, name=name)
    nodes = arguments.placed_nodes(network)
    flips, now, high = _checked_flips(table)
    colors = _colors_of_routes(flips)
    flip = flips.flip.reindex(nodes.node_id).to_numpy()
    looks = looks_of_idle(network, room_of(ax, figsize))
    # Names go first to places that flip: their names carry a number.
    has_flip = network.links.from_node_id.map(flips.flip).notna() | network.links.to_node_id.map(flips.flip).notna()
    looks["load"] = np.where(has_flip, 60.0, 1.0)
    looks["color"] = style.FADED
    names = [
        f"{short_name(str(text)) or node}{'' if np.isnan(at) else f' {_value(at)}'}"
        for node, text, at in zip(nodes.node_id, nodes.name, flip, strict=True)
    ]
    view = view_for(network, extent)
    surround = Surround(
        title or "Which route is cheapest where, and where it flips",
        f"Number at a name: {name}, at which another route becomes cheapest; today {now:g}, searched up to {high:g}",
        (Group("Cheapest route (destinations)", _entries(flips, colors), rows=2),),
        source_line(view, network, table),
    )
    named = network.replace(nodes=nodes.assign(name=names))
    drawn = compose(named, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)
    _draw_dots(drawn, view.project(nodes.x_coord, nodes.y_coord), nodes.node_id.tolist(), flips, colors)
    return drawn


def _value(number: float) -> str:
    """Three figures at least: a flip may be at 1.22 times today's tariff.

    Examples
    --------
    >>> _value(1.217), _value(131.25), _value(2400.0)
    ('1.22', '131', '2,400')
    """
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _checked_flips(table: Any) -> tuple[pd.DataFrame, float, float]:
    """The flips by destination, the value today and the highest value searched."""
    table = arguments.table_of("table", table, source="next_flips")
    if table.empty or "flips_to" not in table or "now" not in table.attrs:
        raise InputError("plot_hinterland: table has no flips; give what next_flips gave, unchanged")
    columns = ("node_id", "preferred")
    table = arguments.table_of("table", table, columns, numbers=["flip"], source="next_flips")
    wrong = table.node_id[table.flip.notna() & (table.flips_to == "")]
    if len(wrong):
        raise InputError(complaint("table", "flips to nothing", wrong, "give what next_flips gave, unchanged"))
    return table.set_index("node_id"), table.attrs["now"], table.attrs["high"]


def _colors_of_routes(flips: pd.DataFrame) -> dict[str, str]:
    """A colour for each route, first those that are or become cheapest to most destinations."""
    routes = [*flips.preferred, *flips.flips_to[flips.flips_to != ""]]
    order = pd.Series(routes).value_counts(sort=False).sort_values(ascending=False, kind="stable").index.tolist()
    return colors_of(order)


def _entries(flips: pd.DataFrame, colors: dict[str, str]) -> tuple[Swatch, ...]:
    """The legend: a dot for each route with the number of its destinations, and a ringed dot if any flips."""
    counts = flips.preferred.value_counts()
    entries = [
        Swatch(f"{route} ({counts.get(route, 0)})", (_dot(color),)) for route, color in colors.items() if color != REST
    ]
    if REST in colors.values():
        entries.append(Swatch("other routes", (_dot(REST),)))
    for row in flips[flips.flip.notna()].head(1).itertuples():
        look = _dot(colors[row.preferred], colors[row.flips_to])
        entries.append(Swatch("flips: the ring shows to what, the number where", (look,)))
    return tuple(entries)


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


def _draw_dots(ax: Axes, places: Any, ids: list[str], flips: pd.DataFrame, colors: dict[str, str]) -> None:
    """Draw the dots; those that flip lie over the others."""
    for axes in with_inset(ax):
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        for node, (x, y) in zip(ids, places, strict=True):
            if node not in flips.index or not (x0 < x < x1 and y0 < y < y1):
                continue
            row = flips.loc[node]
            look = _dot(colors[row.preferred], colors[row.flips_to] if row.flips_to else "white")
            line = axes.plot(x, y, zorder=7.4 if row.flips_to else 7.3, scalex=False, scaley=False, **look)[0]
            line.set_gid(f"hinterland-{node}")
