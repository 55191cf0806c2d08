"""What projects do to everybody's hand: a panel a project, a bar a player."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.maps import style
from corridors.maps.charts import bars, dress, unit_of
from corridors.maps.sheet import figure_of

GAP = 26.0
"""Points between panels."""


def plot_projects(table: pd.DataFrame, *, title: str = "") -> Axes:
    """Draw by how much each project changes the Shapley value of each player.

    Parameters
    ----------
    table : DataFrame
        What `corridors.project_leverage` gave.
    title : str

    Returns
    -------
    Axes
        The first panel; the figure holds one a project.
    """
    arguments.words(title=title)
    columns, figures = ("project", "name", "player"), ("before", "change", "saved")
    table = arguments.table_of("table", table, columns, numbers=figures, source="project_leverage", some=True)
    projects = list(dict.fromkeys(table.project))
    most = table.groupby("player").change.agg(lambda c: c.abs().max())
    first = table.groupby("player", sort=False).before.max()
    players = sorted(most.index, key=lambda p: (-first[p], p))
    wide = max(9.0, 3.0 + 2.6 * len(projects))
    unit, words = unit_of(table.change)
    saved = table.groupby("project", sort=False).saved.first()
    ax = bars(
        players,
        title or "What each project does to everybody's hand",
        f"Change of the Shapley value, {words}: blue gains, orange loses. Players by what they were worth before",
        note="In brackets: what the project saves all together, million USD a year. Each alone, all else equal.",
        width=wide,
        top=30.0,
    )
    figure = figure_of(ax)
    points = 72 * wide
    box = ax.get_position()
    each = (box.width - (len(projects) - 1) * GAP / points) / len(projects)
    row = np.arange(len(players))
    reach = float(table.change.abs().max()) / unit or 1.0
    with style.settings():
        for number, project in enumerate(projects):
            place = (box.x0 + number * (each + GAP / points), box.y0, each, box.height)
            panel = ax if number == 0 else figure.add_axes(place, sharey=ax)
            panel.set_position(place)
            part = table[table.project == project].set_index("player").reindex(players)
            change = part.change.to_numpy() / unit
            color = np.where(change >= 0, style.GAINED, style.LOST)
            panel.barh(row, change, 0.62, color=color)
            panel.axvline(0.0, color=style.FRAME, linewidth=0.9)
            panel.set_xlim(-1.45 * reach, 1.45 * reach)
            for at, value in zip(row, change, strict=True):
                if abs(value) >= 0.005 * reach:
                    side = 1 if value > 0 else -1
                    panel.annotate(
                        f"{value:+,.2f}", (value, at), (4 * side, 0), textcoords="offset points",
                        ha="left" if side > 0 else "right", va="center", fontsize=7.5, color=style.INK,
                    )  # fmt: skip
            dress(panel)
            panel.grid(False, axis="y")
            panel.spines["left"].set_visible(False)
            panel.tick_params(axis="y", length=0, labelleft=number == 0)
            panel.locator_params(axis="x", nbins=5)
            name = textwrap.fill(f"{part.name.iloc[0]} ({saved[project] / 1e6:,.0f})", 30)
            panel.set_title(name, fontsize=8.5, color=style.INK, fontweight="bold")
            panel.set_gid(f"project-{project}")
            panel.set_xlabel(words, fontsize=8.5, color=style.INK)
            if not (np.abs(change) >= 0.005 * reach).any():
                panel.text(0.97, 0.05, "next to nothing", transform=panel.transAxes, fontsize=8, color=style.FADED,
                           ha="right", style="italic")  # fmt: skip
    return ax
