"""Maps of prices: what goods cost delivered at each node, and what one more tonne of full capacities saves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError
from corridors.maps import style
from corridors.maps.flow_map import LABELS, compose, source_line, tie_note, view_for
from corridors.maps.flows import HAIRLINE, looks_of_idle
from corridors.maps.labels import short_name
from corridors.maps.projection import View
from corridors.maps.sheet import room_of
from corridors.maps.strokes import idle_look, shut_look, stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.model.costs import may_carry
from corridors.network import Network
from corridors.results import read_result

RAMP = ("#f0bf4c", "#e98d35", "#d9572f", "#b02a52", "#7a1a63", "#4a1260", "#1d0c45")
"""From cheap to costly: ever darker, so that it reads in grey too."""
RENT = "#a3123f"
TIGHT = "#d98ba2"
"""Full, but a tonne more saves nothing."""
SHOWN = 8
"""Bottlenecks named in the legend."""


def plot_prices(
    network: Network,
    table: pd.DataFrame,
    result: xr.Dataset | None = None,
    *,
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw what a tonne costs delivered at each node, and on the links between them.

    Parameters
    ----------
    network : Network
        What was solved.
    table : DataFrame
        What `corridors.delivered_costs` gave.
    result : Dataset, optional
        The result that the prices are of: links that carry the commodity are drawn wide.
    title : str
        What to write over it.
    extent, labels, inset, ax, figsize
        As for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map. Wide lines carry the commodity; the number at a name is its price, USD/t.

    Raises
    ------
    InputError
        A table without prices; nodes without coordinates.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "x_coord": [51.2, 49.9, 41.7],
    ...                       "y_coord": [43.6, 40.4, 42.1]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "baku", "poti"], "mode": "ship", "tariff": [10.0, 30.0, 12.0],
    ...                       "capacity": [2e6, None, None]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [3e6], "value": [220.0]})
    >>> result = cd.solve(network, demand)
    >>> table = cd.delivered_costs(network, result, commodity="grain")
    >>> ax = cd.plot_prices(network, table, result, extent="caspian", inset=False)
    >>> sorted(name.get_text() for name in ax.texts if str(name.get_gid()).startswith("label-"))
    ['aktau 0', 'baku 30', 'poti 42']
    """
    arguments.words(title=title)
    nodes = arguments.placed_nodes(network)
    table = arguments.table_of("table", table, ["node_id"], numbers=["cost"], source="delivered_costs")
    if "origin" not in table.attrs or not table.cost.notna().any():
        raise InputError(
            "plot_prices: table has no price at any node; give what delivered_costs gave of a solved scenario"
        )
    goods, start = table.attrs["commodity"], table.attrs["origin"]
    tied = bool(table.attrs.get("tied"))
    cost = table.set_index("node_id").cost.reindex(nodes.node_id)
    edges = steps(float(cost.min()), float(cost.max()))
    looks = _looks(network, result, goods, cost, edges, room_of(ax, figsize))
    view = view_for(network, extent)
    named = network.replace(nodes=nodes.assign(name=_with_price(nodes, cost)))
    legend = _legend(edges, looks)
    from_ = short_name(dict(zip(nodes.node_id, nodes.name, strict=True)).get(start, "")) or start.replace("_", " ")
    surround = Surround(
        title or f"What a tonne of {goods.replace('_', ' ')} from {from_} costs delivered",
        "Colour and number: price at the node (its dual), USD a tonne, with the rents of what is scarce on its route"
        + ("" if result is None else ". Wide: carries the commodity"),
        legend,
        source_line(view, network, table),
        tie_note([result]) or ("Prices are those of one optimum: others cost the same." if tied else ""),
    )
    drawn = compose(named, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)
    _dots(drawn, view, nodes, cost, edges)
    return drawn


def plot_rents(
    network: Network,
    table: pd.DataFrame,
    *,
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the links, ports and yards that are full, by what a tonne more of them saves.

    Parameters
    ----------
    network : Network
        What was solved.
    table : DataFrame
        What `corridors.rents` gave; where it was of a result, the duals are drawn.
    title : str
        What to write over it.
    extent, labels, inset, ax, figsize
        As for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map; links that have room are hairlines. What is full in series saves together; where a tonne more saves
        nothing but a tonne less costs, lines and rings are pale. Limits of zone members and of fleets are not drawn.

    Raises
    ------
    InputError
        A table of something else, or of another network; nodes without coordinates.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "x_coord": [51.2, 49.9, 41.7],
    ...                       "y_coord": [43.6, 40.4, 42.1]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "baku", "poti"], "mode": "ship", "tariff": [10.0, 30.0, 12.0],
    ...                       "capacity": [2e6, None, None]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [3e6], "value": [220.0]})
    >>> table = cd.rents(network, demand, progress=False)
    >>> ax = cd.plot_rents(network, table, title="What is full", extent="caspian", inset=False)
    >>> widths = {line.get_gid(): line.get_linewidth() for line in ax.lines}
    >>> widths["link-ferry"] > widths["link-rail"]  # full, and with room to spare
    True
    """
    arguments.words(title=title)
    nodes = arguments.placed_nodes(network)
    columns, figures = ("kind", "id", "name", "group"), ("dual", "saves_together", "costs_less")
    table = arguments.table_of("table", table, columns, numbers=figures, source="rents")
    table = table[~table.kind.isin(["zone", "fleet"])]
    of_result = bool(len(table)) and bool(table.saves_together.isna().all())
    if of_result:
        table = table.assign(saves_together=table.dual)
    by_link = table[table.kind == "link"].groupby("id").saves_together.max()
    at = network.transfers.set_index("transfer_id").node_id
    points = table[table.kind.isin(["node", "transfer"])]
    by_node = points.groupby(points.id.where(points.kind == "node", points.id.map(at))).saves_together.max()
    top = max(float(table.saves_together.max()), 1e-4) if len(table) else 1.0
    widths = style.Widths(top, cap=7.0, floor=1.8)
    looks = _looks_of_full(network, looks_of_idle(network, room_of(ax, figsize)), by_link, by_node, widths)
    view = view_for(network, extent)
    what = "its dual, USD a tonne" if of_result else "what one more tonne a year of room saves, in series together"
    words = f"Width, and size of a ring around a port or yard: {what}"
    legend = (_legend_of_full(table, widths, of_result),)
    surround = Surround(title or "Where room is scarce", words, legend, source_line(view, network, table))
    drawn = compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)
    place = nodes.set_index("node_id")
    for node, value in by_node.items():
        x, y = view.project(*[place.loc[[node], axis].to_numpy() for axis in ("x_coord", "y_coord")])[0]
        for axes in with_inset(drawn):
            ring = _ring(RENT if value > 0 else TIGHT, 7 + 9 * float(np.sqrt(value / top)))
            axes.plot(x, y, **ring, zorder=7.5, scalex=False, scaley=False)
    return drawn


def _looks_of_full(
    network: Network, looks: pd.DataFrame, by_link: pd.Series[float], by_node: pd.Series[float], widths: style.Widths
) -> pd.DataFrame:
    """Looks of links that are full, by what a tonne more of them saves; the others are hairlines."""
    full = looks.index.isin(by_link.index)
    saves = by_link.reindex(looks.index).fillna(0.0)
    ends_full = network.links.from_node_id.isin(by_node.index) | network.links.to_node_id.isin(by_node.index)
    looks["load"] = np.maximum(saves, np.where(ends_full | full, 1e-3 * widths.top, 0.0))
    looks["width"] = np.where(full, widths(saves), looks.width)
    looks["drawn"] = np.where(full, "flow", looks.drawn)
    looks["color"] = np.where(full, np.where(saves > 0, RENT, TIGHT), style.FADED)
    return looks


def _legend_of_full(table: pd.DataFrame, widths: style.Widths, of_result: bool) -> Group:
    """An entry for each group that is full in series: what a tonne more saves, what one less costs, and names.

    Of a result only the duals are known.
    """
    entries = []
    groups = table.groupby("group", sort=False)
    for _, group in list(groups)[:SHOWN]:
        row = group.iloc[0]
        color = RENT if row.saves_together > 0 else TIGHT
        line = tuple(stroke_looks(color, float(widths(row.saves_together))))
        costs = "-" if pd.isna(row.costs_less) else f"{row.costs_less:,.2f}"
        figures = f"{row.saves_together:,.2f}" if of_result else f"{row.saves_together:,.2f} | {costs}"
        label = f"{figures}  {' + '.join(group['name'].where(group['name'] != '', group.id))}"
        entries.append(Swatch(label, line if row.kind == "link" else (_ring(color, 8),)))
    head = f"The first {len(entries)}" if len(groups) > SHOWN else "All that are full"
    title = f"{head}, USD: {'dual' if of_result else 'a tonne more saves | one less costs'}"
    return Group(title, (*entries, _idle("Room to spare")), rows=3)


def _ring(color: str, size: float) -> dict[str, Any]:
    """The look of a ring around a port or yard."""
    look = {"linestyle": "", "marker": "o", "markersize": size, "markerfacecolor": "none"}
    return {**look, "markeredgecolor": color, "markeredgewidth": 2.2}


def steps(low: float, high: float, most: int = len(RAMP)) -> list[float]:
    """Round edges of at most `most` classes that hold all from `low` to `high`.

    Examples
    --------
    >>> steps(0.0, 824.6)
    [0.0, 150.0, 300.0, 450.0, 600.0, 750.0, 900.0]
    >>> steps(12.0, 12.0)
    [12.0, 13.0]
    """
    if high - low < 1e-9:
        return [float(np.floor(low)), float(np.floor(low)) + 1.0]
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    for factor in (1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 20.0):
        step = factor * power
        first, last = np.floor(low / step), np.ceil(high / step)
        if last - first <= most:
            break
    return [float(round(step * k, 9)) for k in np.arange(first, last + 1)]


def _looks(
    network: Network, result: xr.Dataset | None, commodity: str, cost: Any, edges: list[float], room: float
) -> pd.DataFrame:
    links = network.links.set_index("link_id")
    looks = looks_of_idle(network, room)
    between = (links.from_node_id.map(cost) + links.to_node_id.map(cost)) / 2
    may = may_carry(network, "links", commodity) & between.notna().to_numpy() & (links.status == "operating").to_numpy()
    carried = np.zeros(len(links))
    if result is not None and not (isinstance(result, xr.Dataset) and "flow" not in result):
        carried = (
            read_result(network, result, ["flow"], part=True)
            .flow.sel(commodity=commodity)
            .sum("direction")
            .to_series()
            .reindex(links.index)
            .to_numpy()
        )
    looks["color"] = np.where(may, [_color(c, edges) for c in between.fillna(edges[0])], style.FADED)
    looks["load"] = np.where(may, np.maximum(carried, 1.0), 0.0)
    looks["width"] = np.where(may, np.where(carried > 0, 3.4, 1.3), HAIRLINE)
    looks["drawn"] = np.where(may, "flow", looks.drawn)
    return looks


def _color(cost: float, edges: list[float]) -> str:
    number = int(np.clip(np.searchsorted(edges, cost, side="right") - 1, 0, len(edges) - 2))
    spread = (len(RAMP) - 1) / max(len(edges) - 2, 1)
    return RAMP[round(number * spread)]


def _legend(edges: list[float], looks: pd.DataFrame) -> tuple[Group, ...]:
    classes = tuple(
        Swatch(f"{low:,.4g} to {high:,.4g}", tuple(stroke_looks(_color(low, edges), 4.0)))
        for low, high in pairwise(edges)
    )
    rest = [_idle("Not reached")] if (looks.drawn == "idle").any() else []
    if (looks.drawn == "shut").any():
        rest.append(Swatch("Planned or closed", (shut_look(style.FADED),)))
    groups = [Group("Delivered cost, USD a tonne", classes, rows=1)]
    return (*groups, Group("Other", tuple(rest), rows=1)) if rest else tuple(groups)


def _idle(words: str) -> Swatch:
    return Swatch(words, (idle_look(style.FADED, HAIRLINE),))


def _with_price(nodes: pd.DataFrame, cost: pd.Series[float]) -> list[str]:
    priced = zip(nodes.node_id, nodes.name, strict=True)
    return [
        f"{short_name(str(name)) or node} {cost[node]:,.0f}" if cost[node] == cost[node] else str(name)
        for node, name in priced
    ]


def _dots(ax: Axes, view: View, nodes: pd.DataFrame, cost: pd.Series[float], edges: list[float]) -> None:
    """Colour the nodes that have a price."""
    priced = nodes[nodes.node_id.map(cost).notna()]
    x, y = view.project(priced.x_coord, priced.y_coord).T
    colors = [_color(value, edges) for value in priced.node_id.map(cost)]
    for axes in with_inset(ax):
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        held = (x > x0) & (x < x1) & (y > y0) & (y < y1)
        spots = axes.scatter(
            x[held], y[held], s=17, c=np.array(colors)[held], edgecolors="white", linewidths=0.7, zorder=7.3
        )
        spots.set_gid("prices")
        axes.set_xlim(x0, x1)
        axes.set_ylim(y0, y1)


def with_inset(ax: Axes) -> list[Axes]:
    """A map and its inset, where it has one: both are in metres of one projection."""
    return [ax, *(child for child in ax.child_axes if isinstance(child, Axes) and child.get_gid() == "inset")]
