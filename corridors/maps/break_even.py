"""The chart of a break-even: shares of routes and the loss over one parameter."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from corridors import arguments
from corridors.errors import InputError
from corridors.maps import style
from corridors.maps.charts import (
    NINE_OF_TEN,
    SERIES,
    WIDTH,
    chart,
    dress,
    known_intervals,
    label_axis,
    unit_of,
    whiskers,
)
from corridors.maps.sheet import figure_of

REST = "#c9ced3"
SHOWN = len(SERIES)
"""Routes with a colour of their own."""
ENTRY = 8.5
"""Letter size of the legend, points."""


def plot_break_even(
    table: pd.DataFrame,
    *,
    name: str = "parameter",
    now: float | None = None,
    intervals: pd.DataFrame | None = None,
    title: str = "",
) -> Axes:
    """Draw which routes goods take over the range of a parameter, and what that costs.

    Parameters
    ----------
    table : DataFrame
        What `corridors.break_even` gave.
    name : str
        What to call the parameter, with its unit.
    now : float, optional
        Its value today, drawn as a line; losses are differences from the loss there.
    intervals : DataFrame, optional
        What `corridors.intervals` gave of the same flips: whiskers across them.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        That of the shares; the loss is under it.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "middle"], "from_node_id": "xian", "to_node_id": "duisburg",
    ...                       "mode": "ship", "corridors": ["north", "middle"], "tariff": [60.0, 85.0],
    ...                       "capacity": [None, 3e6]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "duisburg"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["duisburg"], "volume": [4e6], "value": [300.0]})
    >>> table = cd.break_even(network, demand, ("links", "north", "tariff", "add"), 0, 300, progress=False)
    >>> ax = cd.plot_break_even(table, name="toll on the northern route, USD/t", now=0)
    >>> [name.get_text() for name in ax.get_legend().get_texts()], ax.get_ylabel()
    (['middle', 'north'], '% of the tonnes moved')
    """
    arguments.words(title=title, name=name)
    figures = ("low", "high", "loss_low", "loss_high")
    table = arguments.table_of("table", table, ["flips"], numbers=figures, source="break_even", some=True)
    arguments.numbers_or_none(now=now)
    sure = known_intervals(intervals, ["before", "after", "value"], "break_even")
    tables = [table.attrs.get(key, {}) for key in ("shares", "shares_low", "shares_high")]
    if "shares" not in table.attrs or any(len(column) != len(table) for shares in tables for column in shares.values()):
        raise InputError("plot_break_even: the table has no shares; give what break_even gave, unchanged")
    if not table.low.iloc[0] < table.high.iloc[-1]:
        raise InputError("table: low to high is no range; give what break_even gave, unchanged")
    shares = pd.DataFrame(table.attrs["shares"], index=table.index)
    edges = np.append(table.low, table.high.iloc[-1])
    losses = np.append(table.loss_low, table.loss_high.iloc[-1])
    here = edges[0] if now is None else now
    change = losses - np.interp(here, edges, losses)
    unit, words = unit_of(change)
    flips = table.low[table.flips].tolist()
    ax = chart(
        title or "Which route is preferred, and where it flips",
        "Above: share of each route. Below: loss " + (f"over that at {here:g}" if now is None else "over today's"),
        height=6.2,
        note="Breaks are exact: between two of them "
        + (
            "flows stay, only the costs change."
            if table.attrs.get("on_cost", True)
            else "each further unit is worth the same."
        )
        + (f" {NINE_OF_TEN}" if sure is not None else ""),
    )
    figure = figure_of(ax)
    order = _ranked(shares, table.high - table.low)
    x0, y0, wide, high = ax.get_position().bounds
    wide -= room_of_legend(order)
    ax.set_position((x0, y0 + 0.42 * high, wide, 0.58 * high))
    under = figure.add_axes((x0, y0, wide, 0.34 * high), sharex=ax)
    colors = colors_of(order)
    with style.settings():
        dress(under)
        x = table[["low", "high"]].to_numpy().ravel()
        floor = np.zeros(len(x))
        for route in order[:SHOWN]:
            ends = np.column_stack([table.attrs["shares_low"][route], table.attrs["shares_high"][route]]).ravel()
            ax.fill_between(x, floor, floor + 100 * ends, color=colors[route], linewidth=0)
            floor = floor + 100 * ends
        ax.fill_between(x, floor, np.where(floor > 0, 100.0, 0.0), color=REST, linewidth=0)
        ax.set_xlim(edges[0], edges[-1])
        ax.set_ylim(0, 100)
        ax.tick_params(labelbottom=False)
        under.plot(edges, change / unit, color=style.INK, linewidth=1.8)
        under.plot(edges[1:-1], change[1:-1] / unit, "o", color=style.INK, markersize=3.2)
        for axes in (ax, under):
            for flip in flips:
                axes.axvline(flip, color="white" if axes is ax else style.LOST, linewidth=1.4, linestyle=(0, (4, 2)))
            if now is not None and edges[0] <= now <= edges[-1]:
                axes.axvline(now, color="black", linewidth=1.0, linestyle=(0, (1, 2)))
        for flip in flips:
            ax.annotate(
                f"{flip:,.4g}",
                (flip, 100),
                (0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=style.LOST,
            )
        if sure is not None:
            drawn = sure[sure["value"].isin(flips)]
            whiskers(ax, drawn.low, drawn.high, 6.0 + 8.0 * np.arange(len(drawn)))
        legend_at_right(ax, order, colors, rest=bool(((floor > 0) & (floor < 99.5)).any()))
    label_axis(ax, "", "% of the tonnes moved")
    label_axis(under, name, words)
    return ax


def colors_of(order: list[str]) -> dict[str, str]:
    """A colour for each route: its own for the first ones, grey for the rest."""
    return {route: SERIES[i] if i < SHOWN else REST for i, route in enumerate(order)}


def _ranked(shares: pd.DataFrame, width: pd.Series) -> list[str]:
    """Routes by the area that they take, the largest first."""
    area = shares.mul(width, axis=0).sum()
    return [str(route) for route in area.sort_values(ascending=False, kind="stable").index]


def legend_at_right(ax: Axes, order: list[str], colors: dict[str, str], *, rest: bool) -> None:
    """Name the routes to the right of a chart, the first on top."""
    entries = [Patch(color=colors[route], label=_short(route)) for route in order[:SHOWN]]
    if rest:
        entries.append(Patch(color=REST, label="other routes"))
    ax.legend(
        handles=entries,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        fontsize=ENTRY,
        frameon=False,
        labelcolor=style.INK,
        borderaxespad=0.0,
        handlelength=1.2,
    )


def room_of_legend(order: list[str]) -> float:
    """Share of a chart's width that its legend takes."""
    lines = [line for route in [*order[:SHOWN], "other routes"] for line in _short(route).split("\n")]
    return (max(style.text_size(line, ENTRY)[0] for line in lines) + 24) / (72 * WIDTH)


def _short(name: str, most: int = 20) -> str:
    """A name that fits next to a chart, broken where it is long."""
    words, lines = name.replace(";", " ; ").split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3] + (["..."] if len(lines) > 3 else []))
