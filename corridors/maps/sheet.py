"""The sheet of a map: an axes with room for title, legend and source line around it, measured in points."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corridors.errors import InputError, a_number, kind_of
from corridors.maps import style
from corridors.maps.projection import Floats, View
from corridors.maps.surround import TITLE_HEIGHT, Surround

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
WIDTH = 13.0
"""Width of a new figure, inches."""
MARGIN = 16.0
LOWEST, HIGHEST = 0.6, 0.78
"""Height over width of a map in a new figure."""
LEAST = 72.0
"""A map lower or narrower than this, points, is refused."""


@dataclass(frozen=True)
class Sheet:
    """An axes set up for a view, and the size of the map on it in points."""

    ax: Axes
    view: View
    width: float
    height: float

    @property
    def point(self) -> float:
        """Metres of the map in a point."""
        return (self.view.xlim[1] - self.view.xlim[0]) / self.width

    def points(self, xy: Floats) -> Floats:
        """Metres of the map as points from the figure's lower left corner."""
        return np.asarray(self.ax.transData.transform(xy), dtype=float) * 72 / figure_of(self.ax).dpi

    def metres(self, points: Floats) -> Floats:
        """Points from the figure's lower left corner as metres of the map."""
        return np.asarray(self.ax.transData.inverted().transform(points * figure_of(self.ax).dpi / 72), dtype=float)

    @property
    def frame(self) -> Box:
        """Left, bottom, right, top of the map, points."""
        (x0, y0), (x1, y1) = self.points(
            np.array([(x, y) for x, y in zip(self.view.xlim, self.view.ylim, strict=True)])
        )
        return float(x0), float(y0), float(x1), float(y1)


def room_of(ax: Axes | None, figsize: tuple[float, float] | None) -> float:
    """Width that a map will have, points."""
    if ax is not None and not isinstance(ax, Axes):
        raise InputError(f"ax: is {kind_of(ax)}; give an Axes of matplotlib, or None")
    if figsize is not None:
        size = list(figsize) if isinstance(figsize, (tuple, list, np.ndarray)) else []
        if len(size) != 2 or not all(np.isfinite(a_number(side)) and 0 < a_number(side) < 1e3 for side in size):
            raise InputError(f"figsize: is {kind_of(figsize)}; give width and height, inches")
    if ax is None:
        return 72 * (figsize[0] if figsize else WIDTH) - 2 * MARGIN
    return float(ax.get_position(original=True).width * figure_of(ax).get_size_inches()[0] * 72)


def sheet_for(
    view: View, surround: Surround, ax: Axes | None = None, figsize: tuple[float, float] | None = None
) -> Sheet:
    """Set up an axes for a view: that of a new figure, or part of the room of the one given.

    Parameters
    ----------
    view : View
        What to show; its frame grows to the room there is.
    surround : Surround
        Title, legend and source around the map, which take room.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    figsize : tuple of float, optional
        Size of the new figure, inches.
    """
    if ax is None:
        wide, high = figsize or (WIDTH, 0.0)
        room = room_of(None, figsize)
        foot = surround.foot(room)
        if figsize is None:
            high = (room * float(np.clip(view.aspect, LOWEST, HIGHEST)) + foot + TITLE_HEIGHT + 1.2 * MARGIN) / 72
        own = threading.current_thread() is not threading.main_thread()  # a window is the main thread's to open
        figure = (Figure if own else plt.figure)(figsize=(wide, high), facecolor="white")
        ax = figure.add_axes((0, 0, 1, 1))
        left, bottom, right, top = MARGIN, 0.6 * MARGIN, 72 * wide - MARGIN, 72 * high - 0.6 * MARGIN
    else:
        if figsize is not None:
            raise InputError("figsize: an axes has the size of its figure; give ax or figsize, not both")
        box, size = ax.get_position(original=True), figure_of(ax).get_size_inches() * 72
        (left, bottom), (right, top) = np.array([box.min, box.max]) * size
        foot = surround.foot(right - left)
    low, high_at = bottom + foot, top - TITLE_HEIGHT
    if right - left < LEAST or high_at - low < LEAST:
        raise InputError(
            f"figsize: leaves a map of {right - left:.0f} x {high_at - low:.0f} points next to title and legend; "
            f"give at least {LEAST:g} x {LEAST:g}"
        )
    inches = figure_of(ax).get_size_inches() * 72
    ax.set_position((left / inches[0], low / inches[1], (right - left) / inches[0], (high_at - low) / inches[1]))
    ax.set_gid("map")
    return _set_up(Sheet(ax, view.shaped((high_at - low) / (right - left)), right - left, high_at - low))


def sheet_within(sheet: Sheet, view: View, box: Box) -> Sheet:
    """A smaller sheet inside another one, in a box of points, drawn over it."""
    x0, y0, x1, y1 = sheet.frame
    left, bottom, right, top = box
    share = ((left - x0) / (x1 - x0), (bottom - y0) / (y1 - y0), (right - left) / (x1 - x0), (top - bottom) / (y1 - y0))
    ax = sheet.ax.inset_axes(share, zorder=10)
    ax.set_gid("inset")
    return _set_up(Sheet(ax, view.shaped((top - bottom) / (right - left)), right - left, top - bottom))


def figure_of(ax: Axes) -> Figure:
    """The figure that an axes is on, through all subfigures."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def _set_up(sheet: Sheet) -> Sheet:
    ax = sheet.ax
    ax.set_xlim(*sheet.view.xlim)
    ax.set_ylim(*sheet.view.ylim)
    ax.set_aspect("equal", adjustable="box")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(color=style.FRAME, linewidth=0.8, zorder=12)
    return sheet
