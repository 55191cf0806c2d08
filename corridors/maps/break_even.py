"""Charts of break-evens: shares and loss over one parameter, and which corridor is preferred over two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from corridors.errors import InputError
from corridors.maps import style
from corridors.maps.charts import SERIES, WIDTH, chart, dress, label_axis, unit_of
from corridors.maps.sheet import figure_of

REST = "#c9ced3"
SHOWN = len(SERIES)
"""Ways with a colour of their own."""
ENTRY = 8.5
"""Letter size of the legend."""


def plot_break_even(table: pd.DataFrame, *, name: str = "parameter", now: float | None = None, title: str = "") -> Axes:
    """Draw which ways goods take over the range of a parameter, and what that costs.

    Parameters
    ----------
    table : DataFrame
        What `corridors.break_even` gave.
    name : str
        What to call the parameter, with its unit.
    now : float, optional
        Its value today, drawn as a line; the loss is told over that.
    title : str

    Returns
    -------
    Axes
        That of the shares; the loss is under it.
    """
    if "shares" not in table.attrs or table.empty:
        raise InputError("plot_break_even: the table has no shares; give what break_even gave, unchanged")
    shares = pd.DataFrame(table.attrs["shares"], index=table.index)
    edges = np.append(table.low, table.high.iloc[-1])
    losses = np.append(table.loss_low, table.loss_high.iloc[-1])
    here = edges[0] if now is None else now
    change = losses - np.interp(here, edges, losses)
    unit, words = unit_of(change)
    flips = table.low[table.flips].tolist()
    ax = chart(
        title or "Which way is preferred, and where it flips",
        "Above: share of each way. Below: loss " + (f"over that at {here:g}" if now is None else "over today's"),
        height=6.2,
        note="Breaks are exact: between two of them "
        + (
            "nothing moves but the bill." if table.attrs.get("on_cost", True) else "what a unit of room is worth stays."
        ),
    )
    figure = figure_of(ax)
    order = _ranked(shares, table.high - table.low)
    x0, y0, wide, high = ax.get_position().bounds
    wide -= _room(order)
    ax.set_position((x0, y0 + 0.42 * high, wide, 0.58 * high))
    under = figure.add_axes((x0, y0, wide, 0.34 * high), sharex=ax)
    colors = colors_of(order)
    with style.settings():
        dress(under)
        x = table[["low", "high"]].to_numpy().ravel()
        floor = np.zeros(len(x))
        for way in order[:SHOWN]:
            ends = np.column_stack([table.attrs["shares_low"][way], table.attrs["shares_high"][way]]).ravel()
            ax.fill_between(x, floor, floor + 100 * ends, color=colors[way], linewidth=0)
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
        _legend(ax, order, colors, rest=bool(((floor > 0) & (floor < 99.5)).any()))
    label_axis(ax, "", "% of the tonnes moved")
    label_axis(under, name, words)
    return ax


def plot_atlas(
    table: pd.DataFrame,
    *,
    along: str = "first parameter",
    across: str = "second parameter",
    now: tuple[float, float] | None = None,
    title: str = "",
) -> Axes:
    """Draw which way is preferred over two parameters; paler where its share is smaller.

    Parameters
    ----------
    table : DataFrame
        What `corridors.atlas` gave.
    along, across : str
        What to call the parameters, with their units.
    now : tuple of float, optional
        Both values today, drawn as a cross.
    title : str
    """
    levels = np.unique(table.level)
    middles = (levels[1:] + levels[:-1]) / 2
    edges = np.concatenate([levels[:1], middles, levels[-1:]]) if len(levels) > 1 else levels[0] + np.array([-0.5, 0.5])
    row = np.searchsorted(levels, table.level)
    wide = (table.high - table.low) * (edges[row + 1] - edges[row])
    order = wide.groupby(table.preferred).sum().sort_values(ascending=False, kind="stable").index.tolist()
    colors = colors_of(order)
    ax = chart(
        title or "Which way is preferred where",
        "Colour: the way of most tonnes, paler where its share is smaller",
        height=5.6,
        note=f"Borders are exact from left to right, at {len(levels)} levels from bottom to top.",
    )
    x0, y0, w, h = ax.get_position().bounds
    ax.set_position((x0, y0, w - _room(order), h))
    with style.settings():
        for k, piece in zip(row, table.itertuples(), strict=True):
            pale = style.lighter(colors.get(piece.preferred, REST), 0.75 * (1 - piece.share))
            size = (piece.high - piece.low, edges[k + 1] - edges[k])
            ax.bar(piece.low, size[1], size[0], edges[k], align="edge", color=pale, antialiased=False)
        ax.add_collection(LineCollection(_borders(table, row, edges), colors="white", linewidths=1.3, zorder=4))
        ax.grid(False)
        ax.set_xlim(table.low.min(), table.high.max())
        ax.set_ylim(edges[0], edges[-1])
        if now is not None:
            ax.plot(*now, "P", color="black", markeredgecolor="white", markersize=10, clip_on=False, zorder=5)
            halo = [withStroke(linewidth=2.5, foreground="white")]
            ax.annotate("today", now, (9, 7), textcoords="offset points", fontsize=9, zorder=5, path_effects=halo)
        _legend(ax, order, colors, rest=len(order) > SHOWN)
    label_axis(ax, along, across)
    return ax


Segment = tuple[tuple[float, float], tuple[float, float]]


def _borders(table: pd.DataFrame, row: Any, edges: Any) -> list[Segment]:
    """Lines between pieces of different ways: upright where a level flips, level where neighbours overlap."""
    found: list[Segment] = []
    for k, piece in zip(row, table.itertuples(), strict=True):
        if piece.flips:
            found.append(((piece.low, edges[k]), (piece.low, edges[k + 1])))
        for over in table[row == k + 1].itertuples():
            left, right = max(piece.low, over.low), min(piece.high, over.high)
            if right > left and over.preferred != piece.preferred:
                found.append(((left, edges[k + 1]), (right, edges[k + 1])))
    return found


def colors_of(order: list[str]) -> dict[str, str]:
    """A colour for each way: its own for the first, grey for the rest."""
    return {way: SERIES[i] if i < SHOWN else REST for i, way in enumerate(order)}


def _ranked(shares: pd.DataFrame, width: pd.Series) -> list[str]:
    """Ways by the area that they take."""
    area = shares.mul(width, axis=0).sum()
    return [str(way) for way in area.sort_values(ascending=False, kind="stable").index]


def _legend(ax: Axes, order: list[str], colors: dict[str, str], *, rest: bool) -> None:
    """Ways beside a chart, the first on top."""
    entries = [Patch(color=colors[way], label=_short(way)) for way in order[:SHOWN]]
    if rest:
        entries.append(Patch(color=REST, label="other ways"))
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


def _room(order: list[str]) -> float:
    """Share of a chart's width that its legend takes."""
    lines = [line for way in [*order[:SHOWN], "other ways"] for line in _short(way).split("\n")]
    return (max(style.text_size(line, ENTRY)[0] for line in lines) + 24) / (72 * WIDTH)


def _short(name: str, most: int = 20) -> str:
    """A name that fits beside a chart, broken where it is long."""
    words, lines = name.replace(";", " ; ").split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3] + (["..."] if len(lines) > 3 else []))
