"""Charts of tables, with the look of the maps: bars, curves and frontiers on one plain sheet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.sheet import figure_of

WIDTH = 9.0
"""Width of a figure, inches."""
TITLE, FOOT = 62.0, 30.0
"""Points over a chart for its title, and under its lower label for the note."""
ABOVE = 18.0
"""Points that a legend over a chart takes."""
MUTED = "#8fa3b5"
SERIES = ("#1c355e", "#d1541f", "#0e857d", "#e39021", "#7a4f9a", "#4f7fb5")
"""Colours of several series, which the red-green colour-blind can distinguish too."""


def chart(
    title: str, subtitle: str, *, height: float = 4.6, left: float = 66.0, note: str = "", width: float = WIDTH
) -> Axes:
    """An empty chart: title and subtitle over it, a note under it, faint lines at the ticks.

    Parameters
    ----------
    title, subtitle, note : str
    height, width : float
        Of the figure, inches.
    left : float
        Points left of the chart, for its labels.
    """
    with style.settings():
        figure = plt.figure(figsize=(width, height), facecolor="white")
        wide, high = 72 * width, 72 * height
        bottom = 44.0 + (FOOT if note else 8.0)
        box = (left / wide, bottom / high, (wide - left - 24) / wide, (high - bottom - TITLE) / high)
        ax = figure.add_axes(box)
        ax.set_gid("chart")
        for text, most, bold, color, down in (
            (title, 14.0, True, style.INK, 24),
            (subtitle, 9.0, False, style.FADED, 44),
        ):
            size = most * min(1.0, (wide - 28) / max(style.text_size(text, most, bold=bold)[0], 1.0))
            weight = "bold" if bold else "normal"
            figure.text(16 / wide, 1 - down / high, text, fontsize=size, fontweight=weight, color=color, va="center")
        if note:
            figure.text(16 / wide, 14 / high, note, fontsize=7.5, color=style.FADED, va="center")
        dress(ax)
    return ax


def dress(ax: Axes) -> None:
    """Give an axes the look of these charts."""
    ax.set_axisbelow(True)
    ax.grid(True, color="#e6e8ea", linewidth=0.8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set(color=style.FRAME, linewidth=0.8)
    ax.tick_params(colors=style.INK, labelsize=8.5, length=3, width=0.8)


def bars(
    labels: Sequence[str], title: str, subtitle: str, *, note: str = "", width: float = WIDTH, top: float = 0.0
) -> Axes:
    """An empty bar chart with one row per label, the first on top, `top` points under the subtitle."""
    room = max((style.text_size(label, 9)[0] for label in labels), default=0.0)
    height = (150 + top + 24 * max(len(labels), 3)) / 72
    ax = chart(title, subtitle, height=height, left=34 + room, note=note, width=width)
    if top:
        box = ax.get_position()
        ax.set_position((box.x0, box.y0, box.width, box.height - top / (72 * height)))
    with style.settings():
        ax.set_yticks(range(len(labels)), labels, fontsize=9, color=style.INK)
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(False, axis="y")
        ax.spines["left"].set_visible(False)
    return ax


def label_axis(ax: Axes, x: str = "", y: str = "") -> None:
    """Name the axes."""
    with style.settings():
        ax.set_xlabel(x, fontsize=9, color=style.INK)
        ax.set_ylabel(y, fontsize=9, color=style.INK)


def legend(ax: Axes, place: Any = "best", **how: Any) -> None:
    """The legend of a chart."""
    look = {"fontsize": 8.5, "frameon": True, "framealpha": 0.9, "edgecolor": "none", "labelcolor": style.INK}
    with style.settings():
        if ax.get_legend_handles_labels()[0]:
            ax.legend(loc=place, **look, **how)


def legend_above(ax: Axes) -> None:
    """The legend of a chart in a row over it, `ABOVE` points high, where it covers nothing."""
    legend(ax, "lower left", ncols=len(ax.get_legend_handles_labels()[0]), bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2)


def unit_of(values: object) -> tuple[float, str]:
    """What to divide USD/year by, and the name of that unit.

    Examples
    --------
    >>> unit_of([3e9, 2e7]), unit_of([5e6])
    ((1000000000.0, 'billion USD a year'), (1000000.0, 'million USD a year'))
    """
    top = float(np.nanmax(np.abs(np.asarray(values, float)), initial=0.0))
    return (1e9, "billion USD a year") if top >= 1e9 else (1e6, "million USD a year")


def known_intervals(
    intervals: Any, columns: Sequence[str], of: str, numbers: Sequence[str] = ("low", "high")
) -> pd.DataFrame | None:
    """What `corridors.intervals` gave of a study, with numbers where it should have them; None where there is none.

    Raises
    ------
    InputError
        Intervals of another study.
    """
    if intervals is None:
        return None
    return arguments.table_of("intervals", intervals, columns, numbers=numbers, source=f"intervals of {of}")


def whiskers(ax: Axes, low: Any, high: Any, at: Any, *, upright: bool = False) -> None:
    """Draw intervals of nine of ten cases, with ends, along an axis: on light ground and on dark."""
    low, high, at = (np.atleast_1d(np.asarray(values, float)) for values in (low, high, at))
    finite = np.isfinite(low) & np.isfinite(high)
    ends = np.concatenate([low[finite], high[finite]])
    lines, mark = (ax.vlines, "_") if upright else (ax.hlines, "|")
    for color, wide in (("white", 3.0), ("black", 1.2)):
        lines(at[finite], low[finite], high[finite], color=color, linewidth=wide, zorder=4)
        twice = np.tile(at[finite], 2)
        x, y = (twice, ends) if upright else (ends, twice)
        ax.plot(x, y, mark, color=color, markersize=7 + wide, markeredgewidth=wide, zorder=4)


NINE_OF_TEN = "Whiskers: nine of ten cases, all figures drawn by their confidence."

COLUMN = 46.0
"""Points right of a chart for a column of numbers."""
_HANDS = ("shapley", "last", "alone")


def plot_leverage(
    table: pd.DataFrame, before: pd.DataFrame | None = None, *, intervals: pd.DataFrame | None = None, title: str = ""
) -> Axes:
    """Draw what each player is worth to the whole.

    Parameters
    ----------
    table : DataFrame
        What `corridors.leverage` gave.
    before : DataFrame, optional
        The same table without the planned links, for the same players: drawn as hollow marks.
    intervals : DataFrame, optional
        What `corridors.intervals` gave of the same players: drawn as whiskers.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        A bar a player, in the unit that it says.

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
    >>> ax = cd.plot_leverage(cd.leverage(network, demand, ["ferry", "barge"], by="link", progress=False))
    >>> [name.get_text() for name in ax.get_yticklabels()], [round(float(bar.get_width())) for bar in ax.patches]
    (['ferry', 'barge'], [325, 285])
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, ["player"], numbers=(*_HANDS, "error"), source="leverage", some=True)
    if before is not None:
        before = arguments.table_of("before", before, ["player"], numbers=["shapley"], source="leverage")
    sure = known_intervals(intervals, ["player"], "leverage")
    unit, words = unit_of(table[["shapley", "last", "alone"]])
    names = table.player.tolist()
    drawn = "bars: Shapley value; diamond: what is lost if it alone leaves; circle: its worth without the others"
    kind = "all coalitions" if table.attrs.get("method") == "exact" else "sampled, with two standard errors"
    note = f"Worth of all: {table.attrs.get('worth', np.nan) / unit:,.2f} {words}; {kind}."
    if sure is not None:
        note += f" {NINE_OF_TEN}"
    ax = bars(names, title or "Transit leverage", drawn[0].upper() + drawn[1:], note=note)
    row = np.arange(len(table))
    with style.settings():
        errors = 2 * table.error / unit if (table.error > 0).any() else None
        ax.barh(row, table.shapley / unit, 0.62, color=SERIES[0], xerr=errors, ecolor=style.FADED, label="Shapley")
        ax.plot(table["last"] / unit, row, "D", color=style.LOST, markersize=5, label="last to leave")
        ax.plot(table.alone / unit, row, "o", color=SERIES[2], markersize=5, label="alone")
        if sure is not None:
            ends = sure.set_index("player")[["low", "high"]].reindex(names) / unit
            whiskers(ax, ends.low, ends.high, row - 0.18)
        if before is not None:
            past = before.set_index("player").shapley.reindex(names) / unit
            ax.plot(past, row, "|", color="black", markersize=16, markeredgewidth=1.6, label="Shapley before")
        x0, y0, w, h = ax.get_position().bounds
        ax.set_position((x0, y0, w - COLUMN / (72 * WIDTH), h))
        at_edge: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "ha": "right"}
        for at, value in zip(row, table.shapley / unit, strict=True):
            ax.annotate(f"{value:,.2f}", (1.0, at), (COLUMN, 0), va="center", fontsize=8.5, **at_edge)
        ax.annotate("Shapley", (1.0, -0.6), (COLUMN, 2), va="bottom", fontsize=8, color=style.FADED, **at_edge)
        ax.set_xlim(left=min(0.0, float(table[["shapley", "last", "alone"]].min().min()) / unit))
    label_axis(ax, words)
    legend(ax, "lower right")
    return ax


def plot_frontier(
    table: pd.DataFrame, *, bloc: str = "the bloc", intervals: pd.DataFrame | None = None, title: str = ""
) -> Axes:
    """Draw a hedging frontier: what it costs to send less through a bloc, in total and per tonne.

    Parameters
    ----------
    table : DataFrame
        What `corridors.hedging_frontier` gave: a line a factor of values, or a group where there are several, those of
        most tonnes.
    bloc : str
        What to call the bloc.
    intervals : DataFrame, optional
        What `corridors.intervals` gave of the same frontier, without groups: whiskers at its ends.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        That of the loss; the figure has one more, of the cost of autonomy.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["xian", "omsk", "baku", "duisburg"], "country": ["CN", "RU", "AZ", "DE"]})
    >>> links = pd.DataFrame({"link_id": ["east", "north", "middle", "west"], "mode": "ship",
    ...                       "from_node_id": ["xian", "omsk", "xian", "baku"],
    ...                       "to_node_id": ["omsk", "duisburg", "baku", "duisburg"],
    ...                       "tariff": [30.0, 30.0, 45.0, 40.0], "capacity": [None, None, 3e6, None]})
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["duisburg"], "volume": [4e6], "value": [300.0]})
    >>> table = cd.hedging_frontier(cd.Network(nodes, links), demand, bloc="RU", values=[1.0], progress=False)
    >>> ax = cd.plot_frontier(table, bloc="Russia")
    >>> [(round(float(x)), round(float(y))) for x, y in ax.lines[0].get_xydata()], ax.get_ylabel()
    ([(100, 0), (25, 75), (0, 315)], 'million USD a year')
    """
    arguments.words(title=title, bloc=bloc)
    figures = ("value_factor", "entering_share", "extra_loss", "cost_of_autonomy")
    table = arguments.table_of("table", table, numbers=figures, source="hedging_frontier", some=True)
    sure = known_intervals(intervals, ["value_factor", "measure"], "hedging_frontier")
    unit, words = unit_of(table.extra_loss)
    frontiers = _frontiers(table)
    lines = "penalties of unmet demand as given, or times a factor"
    if len(frontiers) > table.value_factor.nunique():
        lines = "goods of which most enters" if len(frontiers) > len(SERIES) else "goods"
    ax = chart(
        title or f"What it costs to depend less on {bloc}",
        "Left: loss over that of free choice. Right: cost of autonomy, the toll at which the next tonnes leave",
        note=f"Lines: {lines}. Marks: corners of the convex frontier."
        + (f" {NINE_OF_TEN}" if sure is not None else ""),
        width=11,
    )
    figure = figure_of(ax)
    low, height = ax.get_position().y0, ax.get_position().height
    ax.set_position((0.075, low, 0.4, height))
    right = figure.add_axes((0.575, low, 0.4, height), sharex=ax)
    with style.settings():
        for color, (name, part) in zip(SERIES, frontiers, strict=False):
            share = 100 * part.entering_share
            ax.plot(share, part.extra_loss / unit, "-o", color=color, markersize=3.5, linewidth=1.6, label=name)
            cost = part.cost_of_autonomy.to_numpy()
            right.step(share, np.append(cost[:-1], cost[-2:][:1]), where="post", color=color, linewidth=1.6, label=name)
        if sure is not None:
            _at_ends(ax, right, frontiers, sure, unit)
        far = _within_reach(table)
        if far < table.cost_of_autonomy.max():
            right.set_ylim(0, far)
            top = f"up to {table.cost_of_autonomy.max():,.0f} above"
            right.annotate(top, (1, 1), (0, 2), xycoords="axes fraction", textcoords="offset points", ha="right",
                           va="bottom", fontsize=8, color=style.FADED)  # fmt: skip
        most = float(table.entering_share.max()) if table.entering_share.gt(0).any() else 0.01
        if sure is not None:
            most = max(most, float(sure.high[sure.measure.str.startswith("entering_share")].max()))
        ax.set_xlim(102 * most, -2)
        for axes in (ax, right):
            dress(axes)
            axes.set_ylim(bottom=0)
    label_axis(ax, f"tonnes entering {bloc}, % of those wanted", words)
    label_axis(right, f"tonnes entering {bloc}, % of those wanted", "USD a tonne moved off")
    legend(ax, "upper left")
    return ax


def _at_ends(ax: Axes, right: Axes, frontiers: list[tuple[str, pd.DataFrame]], sure: pd.DataFrame, unit: float) -> None:
    """Whiskers at the ends of frontiers: what enters in free choice, what it costs if nothing does, the first toll."""
    ends = sure.set_index(["value_factor", "measure"])[["low", "high"]]
    for number, (_, part) in enumerate(frontiers[: len(SERIES)]):
        factor = part.value_factor.iloc[0]
        for axes, name, at, by, upright in (
            (ax, "entering_share, free choice", (0.04 + 0.04 * number) * ax.get_ylim()[1], 100.0, False),
            (ax, "extra_loss, nothing enters", 0.6 * number, 1 / unit, True),
            (right, "cost_of_autonomy, first tonnes", 100 * part.entering_share.iloc[0] - 0.6 * number, 1.0, True),
        ):
            if (factor, name) in ends.index:
                low, high = ends.loc[(factor, name)] * by
                whiskers(axes, low, high, at, upright=upright)


def _frontiers(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each frontier with what it is called: by its factor of values, of several groups by its group too."""
    groups = table.group.astype(str) if "group" in table else pd.Series("all", table.index)
    several, factors = groups.drop_duplicates().size > 1, table.value_factor.unique()
    found = []
    for (group, factor), part in table.groupby([groups, "value_factor"], sort=False):
        name = "penalties as given" if factor == 1 else f"penalties x {factor:g}"
        if several:
            name = str(group).replace("_", " ") + (f", {name}" if len(factors) > 1 else "")
            if not part.through.gt(0).any():
                continue
        found.append((name, part))
    if several:
        found.sort(key=lambda pair: -float(pair[1].through.max()))
    return found


def _within_reach(table: pd.DataFrame) -> float:
    """The end of the axis of the cost of autonomy: a few tonnes of great value must not flatten all others.

    It shows the steps by which nine in ten of the tonnes leave, of the factor where these cost most.
    """
    ends = []
    for _, part in _frontiers(table):
        left = -np.diff(part.entering_share)
        if left.sum() <= 0:
            continue
        cost = part.cost_of_autonomy.to_numpy()[:-1]
        order = np.argsort(cost, kind="stable")
        reached = np.cumsum(left[order]) >= 0.9 * left.sum() - 1e-12
        ends.append(float(cost[order][int(np.argmax(reached))]))
    most = float(table.cost_of_autonomy.max())
    if not ends:
        return most
    return min(1.25 * max(ends), most) if most <= 4 * max(ends) else 1.25 * max(ends)


def plot_dependence(table: pd.DataFrame, *, title: str = "", most: int = 15) -> Axes:
    """Draw the share of goods that goes through each country, bloc, node and so on.

    Parameters
    ----------
    table : DataFrame
        What `corridors.dependence` gave, of one group or several: the first is drawn.
    title : str
        What to write over it.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a place, percent of the tonnes moved.

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
    >>> ax = cd.plot_dependence(cd.dependence(network, demand, on="link"))
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['ferry', 'barge'], '% of the tonnes moved')
    >>> [round(float(bar.get_width()), 1) for bar in ax.patches[:2]]
    [66.7, 33.3]
    """
    arguments.words(title=title)
    figures = ("touching_share", "transit_share", "value_share")
    table = arguments.table_of("table", table, ("group", "through"), numbers=figures, source="dependence", some=True)
    part = table[table.group == table.group.iloc[0]].head(whole("most", most, 1))
    note = "Each tonne counts once for each place it touches, so the shares do not sum to 100 %."
    names = part.through.tolist()
    if "counted" in part:
        note = "Tonnes that pass a corridor's gate; * has no gate: tonnes on any of its links."
        names = [name + "*" * counted.startswith("no gate") for name, counted in zip(names, part.counted, strict=True)]
    ax = bars(
        names,
        title or "Through whom goods go",
        "Share of tonnes moved that touch each: dark, those that neither start nor end there. Mark: share of the value",
        note=note,
        top=ABOVE,
    )
    row = np.arange(len(part))
    with style.settings():
        ax.barh(row, 100 * part.touching_share, 0.62, color=MUTED, label="starts or ends there")
        ax.barh(row, 100 * part.transit_share, 0.62, color=SERIES[0], label="in transit")
        ax.plot(100 * part.value_share, row, "D", color=style.LOST, markersize=5, label="share of value")
        ax.set_xlim(0, 105)
    label_axis(ax, "% of the tonnes moved")
    legend_above(ax)
    return ax


def plot_losses(table: pd.DataFrame, *, title: str = "", label: str = "scenario", most: int = 25) -> Axes:
    """Draw what scenarios cost: the penalty for goods left behind, and costlier routes for the rest.

    Parameters
    ----------
    table : DataFrame
        What `corridors.criticality` gave: ``loss, cost`` (USD/year) and a column that names the rows; whiskers where it
        has ``low, high``.
    title : str
        What to write over it.
    label : str
        The column that names the rows.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a row, in the unit that it says, costlier routes first.

    Raises
    ------
    InputError
        A table without the columns; numbers that are none.

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
    >>> ax = cd.plot_losses(cd.criticality(network, demand, progress=False), title="What a closure costs")
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['ferry', 'barge'], 'million USD a year')
    >>> [float(bar.get_width()) for bar in ax.patches]  # costlier routes; then the penalty for what stays behind
    [10.0, 0.0, 220.0, 190.0]
    """
    arguments.words(title=title)
    arguments.texts(label=label)
    table = arguments.table_of("table", table, numbers=("loss", "cost"), source="criticality")
    if label not in table:
        raise InputError(f"label: the table has no column {label}; give one of {', '.join(map(str, table.columns))}")
    part = table.head(whole("most", most, 1))
    unit, words = unit_of(part.loss)
    names, words_over = part[label].astype(str).tolist(), "Loss over the base case, by cause"
    ax = bars(names, title or "What closures cost", words_over, top=ABOVE)
    row = np.arange(len(part))
    cheaper = part.cost < 0
    routes = np.where(cheaper & (part.loss > part.cost), 0.0, part.cost) / unit
    behind = part.loss / unit - routes
    penalty = "penalty for goods left behind" + ", less the freight they save" * bool((cheaper & (behind > 0)).any())
    with style.settings():
        ax.barh(row, routes, 0.62, color=SERIES[0], label="costlier routes")
        ax.barh(row, behind, 0.62, left=routes, color=style.LOST, label=penalty)
        ends, texts = part.loss / unit, [f"{loss:,.2f}" for loss in part.loss / unit]
        if {"low", "high"} <= set(part):
            low, high = part.low / unit, part.high / unit
            ax.hlines(row, low, high, color="black", linewidth=1.2, label="nine of ten cases")
            ends = ends.where(high.isna(), np.maximum(ends, high))
            spans = zip(texts, low, high, strict=True)
            texts = [text if np.isnan(a) else f"{text} ({a:,.2f} to {b:,.2f})" for text, a, b in spans]
        for at, end, text in zip(row, ends, texts, strict=True):
            ax.annotate(text, (max(end, 0.0), at), (6, 0), textcoords="offset points", va="center", fontsize=8)
        ax.margins(x=0.22 if "low" in part else 0.1)
    label_axis(ax, words)
    legend_above(ax)
    return ax


def plot_exceedance(table: pd.DataFrame, *, expected: float = np.nan, title: str = "") -> Axes:
    """Draw how likely it is that a loss is reached.

    Parameters
    ----------
    table : DataFrame
        ``loss`` (USD/year) and ``probability``, as in the ``exceedance`` of `corridors.reliability`.
    expected : float
        The expected loss, USD/year, drawn as a line.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        Loss along, in the unit that it says; probability up, by powers of ten.

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
    >>> result = cd.reliability(network, demand, {"ferry": 0.9, "barge": 0.8}, progress=False)
    >>> ax = cd.plot_exceedance(result.exceedance, expected=result.expected)
    >>> ax.lines[0].get_xdata(), ax.lines[0].get_ydata(), ax.get_xlabel()
    (array([  0., 190., 230., 610.]), array([1.  , 0.28, 0.1 , 0.02]), 'million USD a year')
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, numbers=("loss", "probability"), source="reliability", some=True)
    if not table.probability.gt(0).any():
        raise InputError("table: column probability is nowhere above 0; give what reliability gave")
    expected = arguments.number_or_nan("expected", expected)
    unit, words = unit_of(table.loss)
    ax = chart(
        title or "How bad it gets",
        "Probability that the loss over the base case reaches the value on the axis",
        note="" if np.isnan(expected) else f"Dashed: expected loss, {expected / unit:,.3g} {words}.",
    )
    with style.settings():
        ax.step(table.loss / unit, table.probability, where="pre", color=SERIES[0], linewidth=1.8)
        if not np.isnan(expected):
            ax.axvline(expected / unit, color=style.LOST, linewidth=1.4, linestyle=(0, (4, 3)))
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set_xlim(left=0)
    label_axis(ax, words, "probability of reaching it")
    return ax


def plot_recovery(curve: pd.DataFrame, *, lost: float = np.nan, title: str = "") -> Axes:
    """Draw a resilience curve: what each day costs until all is repaired.

    Parameters
    ----------
    curve : DataFrame
        ``day, failed, repaired, loss`` (USD a day), as in the ``curve`` of `corridors.recovery`.
    lost : float
        The area under it, USD.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        Days along; million USD a day up.

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
    >>> plan = cd.recovery(network, demand, {"ferry": 30, "barge": 10}, progress=False)
    >>> ax = cd.plot_recovery(plan.curve, lost=plan.lost)
    >>> [step.get_text() for step in ax.texts], ax.get_ylabel()
    (['ferry + barge fail', 'barge repaired', 'ferry repaired'], 'million USD a day')
    """
    arguments.words(title=title)
    columns = ("failed", "repaired")
    curve = arguments.table_of("curve", curve, columns, numbers=("day", "loss"), source="recovery", some=True)
    arguments.numbers(**{"curve: the last day": curve.day.iloc[-1]})
    lost = arguments.number_or_nan("lost", lost)
    ax = chart(
        title or "What each day costs until all is repaired",
        "Loss over the base case, million USD a day; each step up is an outage, each step down a repair",
        note="" if np.isnan(lost) else f"Area: {lost / 1e6:,.1f} million USD in all.",
    )
    with style.settings():
        ax.fill_between(curve.day, curve.loss / 1e6, step="post", color=SERIES[0], alpha=0.18, linewidth=0)
        ax.step(curve.day, curve.loss / 1e6, where="post", color=SERIES[0], linewidth=1.8)
        high = float(curve.loss.max()) / 1e6
        ax.set_ylim(0, 1.35 * high if high > 0 else 1.0)
        ax.set_xlim(0, 1.35 * max(float(curve.day.iloc[-1]), 1.0))
        _name_steps(ax, curve)
    label_axis(ax, "day", "million USD a day")
    return ax


def _name_steps(ax: Axes, curve: pd.DataFrame) -> None:
    """Write over each step of a recovery what fails or is repaired, over what is written already."""
    box = ax.get_position()
    size = np.array([box.width, box.height]) * ax.get_figure(root=True).get_size_inches() * 72  # type: ignore[union-attr]
    wide, high = size / (ax.get_xlim()[1], ax.get_ylim()[1])
    written: list[tuple[float, float, float, float]] = []
    before = 0.0
    for row in curve.itertuples():
        top, before = max(before, row.loss / 1e6), row.loss / 1e6
        falls = "fail" if " + " in str(row.failed) else "fails"
        said = [f"{names} {word}" for names, word in ((row.repaired, "repaired"), (row.failed, falls)) if str(names)]
        if not said:
            continue
        text = textwrap.fill(", ".join(said), 34)
        lines = text.split("\n")
        left, bottom = row.day * wide + 2, top * high + 5
        right, tall = left + max(style.text_size(line, 8)[0] for line in lines), 11.0 * len(lines)
        while any(left < r and right > x and bottom < t and bottom + tall > y for x, y, r, t in written):
            bottom += 3
        written.append((left, bottom, right + 4, bottom + tall))
        lifted = bottom - top * high
        ax.annotate(
            text,
            (row.day, top),
            (2, lifted),
            textcoords="offset points",
            fontsize=8,
            zorder=5,
            path_effects=style.halo(3.0),
            arrowprops={"arrowstyle": "-", "color": style.FADED, "lw": 0.5, "relpos": (0, 0)} if lifted > 6 else None,
        )
