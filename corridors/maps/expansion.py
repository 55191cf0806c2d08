"""What to build: the frontier of budget against what it saves, and the candidates by what each brings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, kind_of, whole
from corridors.maps import style
from corridors.maps.charts import COLUMN, MUTED, SERIES, chart, dress, known_intervals, label_axis, legend, unit_of
from corridors.maps.sheet import figure_of

WIDTH = 12.0
GAP = 84.0
"""Points between the panels, next to the labels of the right one."""
NUMBERS = 96.0
"""Points right of the bars for two columns of numbers."""


def plot_expansion(result: Any, *, intervals: pd.DataFrame | None = None, title: str = "", most: int = 14) -> Axes:
    """Draw the frontier of an expansion, and its candidates.

    Parameters
    ----------
    result : Expansion
        What `corridors.expansion` gave.
    intervals : DataFrame, optional
        What `corridors.intervals` gave of it: in how many of a hundred cases each candidate is built, as a column.
    title : str
        What to write over it.
    most : int
        Candidates drawn at the most: those built, then those that would save most.

    Returns
    -------
    Axes
        That of the frontier; the figure has one more, of the candidates.

    Raises
    ------
    InputError
        What `corridors.expansion` did not give.

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
    >>> ships = pd.DataFrame({"candidate_id": ["ship"], "id": ["ferry"], "amount": [5e5], "cost": [5e6],
    ...                       "kind": ["modules"], "most": [4]})
    >>> found = cd.expansion(network, demand, ships, budget=2e7, steps=2, progress=False)
    >>> ax = cd.plot_expansion(found)
    >>> [axes.get_gid() for axes in ax.figure.axes], ax.get_xlabel()
    (['chart', 'candidates'], 'budget, million USD')
    >>> ax.lines[0].get_xdata(), ax.lines[0].get_ydata()
    (array([ 0.,  5., 10.]), array([ 0., 10., 20.]))
    """
    arguments.words(title=title)
    most = whole("plot_expansion: most", most, 1)
    if not (hasattr(result, "frontier") and hasattr(result, "candidates")):
        raise InputError(f"result: is {kind_of(result)}; give what expansion gave")
    candidates = _ranked(result.candidates, most)
    sure = known_intervals(intervals, ["candidate_id"], "expansion", ("low", "high", "found"))
    if sure is not None:
        candidates["found"] = candidates.candidate_id.map(sure.set_index("candidate_id").found).fillna(0.0)
    room = max(style.text_size(name, 8.5)[0] for name in candidates.name)
    height = (170 + 22 * max(len(candidates), 9)) / 72
    ax = chart(
        title or "What to build",
        "Left: what the best portfolio of a budget saves. Right: candidates, bars: saved on top of the rest of the "
        "portfolio; rings: alone",
        note="Blue: built. Net: saved less what capital costs a year. BCR: benefit by cost, of the last one in. "
        f"{len(result.candidates)} candidates in all; the bound is within {100 * result.gap:.2g} % of what all save."
        + (" Built in: share of cases, all figures drawn." if sure is not None else ""),
        height=height,
        width=WIDTH,
    )
    wide = 72 * WIDTH
    low, tall, left = ax.get_position().y0, ax.get_position().height, ax.get_position().x0
    start = left + 0.30 + (GAP + room - 40) / wide
    ax.set_position((left, low, 0.30, tall))
    numbers = NUMBERS + (COLUMN if sure is not None else 0.0)
    right = figure_of(ax).add_axes((start, low, 1 - start - numbers / wide, tall))
    right.set_gid("candidates")
    _draw_frontier(ax, result.frontier)
    _draw_candidates(right, candidates)
    return ax


def _ranked(candidates: pd.DataFrame, most: int) -> pd.DataFrame:
    """The candidates built, then the others, each by what it saves as the last one in."""
    ranked = candidates.assign(is_built=candidates.built > 0, best=candidates[["last", "alone"]].max(axis=1))
    ranked = ranked.sort_values(["is_built", "last", "best"], ascending=False, kind="stable").head(most)
    times = ranked.modules.map(lambda modules: "" if modules == 1 else f" x {modules:.4g}")
    return ranked.assign(name=ranked.name + times).reset_index(drop=True)


def _draw_frontier(ax: Axes, frontier: pd.DataFrame) -> None:
    unit, words = unit_of(frontier[["saved", "net"]])
    capital, of_capital = unit_of(frontier.budget)
    with style.settings():
        for color, column, name in ((SERIES[0], "saved", "saved"), (SERIES[2], "net", "net of capital")):
            ax.plot(frontier.budget / capital, frontier[column] / unit, "-o", color=color, markersize=4, label=name)
        if "regret" in frontier:
            ax.plot(frontier.budget / capital, frontier.regret / unit, "--s", color=SERIES[1], markersize=4,
                    label="largest regret")  # fmt: skip
        ax.set_xlim(left=0)
        ax.set_ylim(bottom=min(0.0, float(frontier.net.min()) / unit))
    label_axis(ax, f"budget, {of_capital.removesuffix(' a year')}", words)
    legend(ax, "lower right")


def _draw_candidates(ax: Axes, candidates: pd.DataFrame) -> None:
    unit, words = unit_of(candidates[["last", "alone"]])
    row = np.arange(len(candidates))
    with style.settings():
        dress(ax)
        ax.grid(False, axis="y")
        ax.barh(row, candidates["last"] / unit, 0.6, color=np.where(candidates.is_built, style.GAINED, MUTED))
        ax.plot(candidates.alone / unit, row, "o", color=style.INK, markerfacecolor="none", markersize=5.5)
        ax.set_yticks(row, candidates.name, fontsize=8.5, color=style.INK)
        ax.set_ylim(len(row) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlim(left=min(0.0, float(candidates["last"].min()) / unit))
        cost = [f"{value / 1e6:,.0f}" for value in candidates.cost]
        ratio = ["any" if np.isinf(value) else f"{value:.2f}" for value in candidates.last_bcr]
        columns = [("M USD", cost), ("BCR", ratio)]
        if "found" in candidates:
            columns.append(("built in", [f"{100 * share:.0f} %" for share in candidates.found]))
        for shift, (head, texts) in zip((44, 80, 80 + COLUMN), columns, strict=False):
            place: Any = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "ha": "right"}
            ax.annotate(head, (1, -0.6), (shift, 3), va="bottom", fontsize=8, color=style.FADED, **place)
            for at, text in zip(row, texts, strict=True):
                ax.annotate(text, (1, at), (shift, 0), va="center", fontsize=8.5, color=style.INK, **place)
    label_axis(ax, words)
