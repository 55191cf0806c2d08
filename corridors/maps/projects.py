"""What projects do to the leverage of each player: a panel per project, a bar per player."""

from __future__ import annotations

import textwrap

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.maps import style
from corridors.maps.charts import bars, dress, unit_of
from corridors.maps.sheet import figure_of

GAP = 26.0
"""Points between panels."""
LEAST = 0.005
"""A change smaller than this share of the largest one is not labelled."""


def plot_projects(table: pd.DataFrame, *, title: str = "") -> Axes:
    """Draw by how much each project changes the Shapley value of each player.

    Parameters
    ----------
    table : DataFrame
        What `corridors.project_leverage` gave.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        The first panel; the figure has one per project.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> table = pd.DataFrame({"project": "bridge", "name": "Bridge to Baku", "player": ["RU", "AZ"], "saved": 1e8,
    ...                       "before": [4e8, 1e8], "after": [3e8, 3e8], "change": [-1e8, 2e8]})
    >>> ax = cd.plot_projects(table)
    >>> [name.get_text() for name in ax.get_yticklabels()], [float(bar.get_width()) for bar in ax.patches]
    (['RU', 'AZ'], [-100.0, 200.0])
    """
    arguments.words(title=title)
    columns, figures = ("project", "name", "player"), ("before", "change", "saved")
    table = arguments.table_of("table", table, columns, numbers=figures, source="project_leverage", some=True)
    players = _ranked(table)
    projects = table.groupby("project", sort=False)
    width = max(9.0, 3.0 + 2.6 * len(projects))
    unit, words = unit_of(table.change)
    ax = bars(
        players,
        title or "What each project does to the leverage of each player",
        f"Change of the Shapley value, {words}: blue gains, orange loses. Players by their value before",
        note="In brackets: what the project saves in total, million USD a year. Each project alone, all else equal.",
        width=width,
        top=30.0,
    )
    largest = float(table.change.abs().max()) / unit or 1.0
    with style.settings():
        for panel, (project, rows) in zip(_panels(ax, len(projects), GAP / (72 * width)), projects, strict=True):
            change = rows.set_index("player").change.reindex(players).to_numpy() / unit
            _draw_changes(panel, change, largest)
            panel.tick_params(axis="y", length=0, labelleft=panel is ax)
            name = textwrap.fill(f"{rows.name.iloc[0]} ({rows.saved.iloc[0] / 1e6:,.0f})", 30)
            panel.set_title(name, fontsize=8.5, color=style.INK, fontweight="bold")
            panel.set_gid(f"project-{project}")
            panel.set_xlabel(words, fontsize=8.5, color=style.INK)
    return ax


def _ranked(table: pd.DataFrame) -> list[str]:
    """The players, those with the largest value before first."""
    before = table.groupby("player").before.max()
    return sorted(before.index, key=lambda player: (-before[player], player))


def _panels(ax: Axes, count: int, gap: float) -> list[Axes]:
    """Part an axes into panels side by side, itself the first; `gap` is a share of the figure's width."""
    box = ax.get_position()
    each = (box.width - (count - 1) * gap) / count
    places = [(box.x0 + number * (each + gap), box.y0, each, box.height) for number in range(count)]
    ax.set_position(places[0])
    return [ax, *(figure_of(ax).add_axes(place, sharey=ax) for place in places[1:])]


def _draw_changes(panel: Axes, change: npt.NDArray[np.float64], largest: float) -> None:
    """Draw a bar for each player, its value at its end; bars too short to be seen have none."""
    row = np.arange(len(change))
    dress(panel)
    panel.grid(False, axis="y")
    panel.spines["left"].set_visible(False)
    panel.barh(row, change, 0.62, color=np.where(change >= 0, style.GAINED, style.LOST))
    panel.axvline(0.0, color=style.FRAME, linewidth=0.9)
    panel.set_xlim(-1.45 * largest, 1.45 * largest)
    panel.locator_params(axis="x", nbins=5)
    visible = np.abs(change) >= LEAST * largest
    for at, value in zip(row[visible], change[visible], strict=True):
        side = 1 if value > 0 else -1
        panel.annotate(
            f"{value:+,.2f}", (value, at), (4 * side, 0), textcoords="offset points",
            ha="left" if side > 0 else "right", va="center", fontsize=7.5, color=style.INK,
        )  # fmt: skip
    if not visible.any():
        panel.text(0.97, 0.05, "hardly any change", transform=panel.transAxes, fontsize=8, color=style.FADED,
                   ha="right", style="italic")  # fmt: skip
