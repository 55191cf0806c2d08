"""Charts of why an answer is what it is: routes by kind of cost, and what links may carry."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import whole
from corridors.maps import style
from corridors.maps.charts import MUTED, SERIES, bars, label_axis, legend
from corridors.methods.route_costs import COSTS

ROOM = 26.0
"""Points over the bars for the legend."""


def plot_explanation(routes: pd.DataFrame, *, title: str = "") -> Axes:
    """Draw what the next tonne pays on each route of a demand row, by kind of cost.

    Parameters
    ----------
    routes : DataFrame
        ``routes`` of what `corridors.explain` gave.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        A bar a route, USD a tonne, cut by kind of cost.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "country": ["KZ", "AZ"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [2e6, 2e6]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [3e6], "value": [220.0]})
    >>> found = cd.explain(network, demand, cd.solve(network, demand), "g", progress=False)
    >>> ax = cd.plot_explanation(found.routes)
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['1: 2 Mt a year', '2: 1 Mt a year'], 'USD a tonne')
    >>> [part.get_text() for part in ax.get_legend().get_texts()]
    ['tariff', 'rent']
    """
    arguments.words(title=title)
    numbers = ("volume", "cost", "costlier_by", *COSTS)
    routes = arguments.table_of("routes", routes, ["route"], numbers=numbers, source="explain", some=True)
    labels = [_label(row) for row in routes.itertuples()]
    subtitle = "What one more tonne pays, with the rents of what is full"
    ax = bars(labels, title or "The routes of a demand row", subtitle, top=ROOM)
    row = np.arange(len(routes))
    past, below = np.zeros(len(routes)), np.zeros(len(routes))
    with style.settings():
        for color, kind in zip((*SERIES[:2], MUTED, *SERIES[2:]), COSTS, strict=False):
            amount = np.nan_to_num(routes[kind].to_numpy(float))
            if not np.abs(amount).any():
                continue
            start = np.where(amount >= 0, past, below)
            ax.barh(row, amount, 0.6, left=start, color=color, label=kind)
            past, below = past + np.maximum(amount, 0.0), below + np.minimum(amount, 0.0)
        for at, (cost, more) in enumerate(zip(routes.cost, routes.costlier_by, strict=True)):
            words = f"{cost:,.2f}" + (f"  (+{more:,.2f})" if more > 0 else "")
            ax.annotate(words, (max(past[at], 0.0), at), (5, 0), textcoords="offset points", va="center", fontsize=8.5)
        ax.set_xlim(min(0.0, 1.05 * float(below.min())), 1.2 * max(float(past.max()), 1e-9))
        handles = ax.get_legend_handles_labels()
        if handles[0]:
            ax.legend(*handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(handles[0]), fontsize=8.5,
                      frameon=False, borderaxespad=0.2)  # fmt: skip
    label_axis(ax, "USD a tonne")
    return ax


def _label(row: Any) -> str:
    """A route and what it carries."""
    return f"{row.route}: {row.volume / 1e6:,.3g} Mt a year" if row.volume > 0 else str(row.route)


def plot_flow_ranges(table: pd.DataFrame, *, title: str = "", most: int = 20) -> Axes:
    """Draw the least and the most that links carry over all flows of least loss, the widest ranges first.

    Parameters
    ----------
    table : DataFrame
        What `corridors.flow_ranges` gave.
    title : str
        What to write over it.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a link and direction whose flow is not certain, million tonnes a year.

    Raises
    ------
    InputError
        A table without the columns; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": 10.0, "capacity": [2e6, 3e6]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [3e6], "value": [220.0]})
    >>> ax = cd.plot_flow_ranges(cd.flow_ranges(network, demand, progress=False))
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['ferry', 'barge'], 'million tonnes a year')
    """
    arguments.words(title=title)
    most = whole("plot_flow_ranges: most", most, 1)
    numbers = ("low", "flow", "high", "width")
    table = arguments.table_of("table", table, ["link_id", "name", "direction"], numbers=numbers, source="flow_ranges")
    open_ = table[table.width > 0]
    shown = open_.head(most)
    names = [
        textwrap.shorten(name or link, 44, placeholder="...") + (", back" if side == "rev" else "")
        for link, name, side in zip(shown.link_id, shown["name"], shown.direction, strict=True)
    ]
    note = f"{len(open_)} of {len(table)} links and directions are not certain."
    subtitle = "Bars: from the least to the most over all optima. Mark: the flow that is shown elsewhere"
    ax = bars(names, title or "What links may carry at the same loss", subtitle, note=note)
    row = np.arange(len(shown))
    with style.settings():
        ax.barh(row, shown.width / 1e6, 0.55, left=shown.low / 1e6, color=MUTED, label="range")
        ax.plot(shown.flow / 1e6, row, "|", color=style.LOST, markersize=13, markeredgewidth=2.2, label="shown")
        ax.set_xlim(left=0)
    label_axis(ax, "million tonnes a year")
    legend(ax, "lower right")
    return ax
