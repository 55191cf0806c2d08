"""The chart of an atlas: which route is preferred over two parameters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from corridors import arguments
from corridors.errors import InputError, kind_of
from corridors.maps import style
from corridors.maps.break_even import REST, SHOWN, colors_of, legend_at_right, room_of_legend
from corridors.maps.charts import chart, label_axis

Point = tuple[float, float]
Region = tuple[list[Point], str, float]
"""Corners, the preferred route and its share."""
SAME = 1e-6
"""Slopes that differ by less, relative, are those of one optimum."""


def plot_atlas(
    table: pd.DataFrame,
    *,
    along: str = "first parameter",
    across: str = "second parameter",
    now: tuple[float, float] | None = None,
    title: str = "",
) -> Axes:
    """Draw which route is preferred over two parameters; paler where its share is smaller.

    The borders are exact at each level of the second parameter. Between two levels at which the same optima follow one
    another, they are the straight lines that join those of both; between others they are steps halfway.

    Parameters
    ----------
    table : DataFrame
        What `corridors.atlas` gave.
    along, across : str
        What to call the parameters, with their units.
    now : tuple of float, optional
        Both values today, drawn as a cross.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        Parameters along both axes; the legend names the routes.

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
    >>> toll, ferry = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "add")
    >>> table = cd.atlas(network, demand, (toll, 0, 100), (ferry, [0, 50]), progress=False)
    >>> ax = cd.plot_atlas(table, along="toll in the north, USD/t", across="dearer ferry, USD/t", now=(0, 0))
    >>> [name.get_text() for name in ax.get_legend().get_texts()], ax.get_ylabel()
    (['middle', 'north'], 'dearer ferry, USD/t')
    """
    arguments.words(title=title, along=along, across=across)
    figures = ("level", "low", "high", "share", "slope")
    table = arguments.table_of("table", table, ("preferred", "flips"), numbers=figures, source="atlas", some=True)
    if now is not None:
        if not isinstance(now, (tuple, list)) or len(now) != 2:
            raise InputError(f"now: is {kind_of(now)}; give the values of both parameters today")
        arguments.numbers(**{"now: along": now[0], "now: across": now[1]})
    if not table.low.min() < table.high.max() or not np.isfinite(table.level).all():
        raise InputError("table: low to high is no range, or level is missing; give what atlas gave, unchanged")
    levels = [float(level) for level in np.unique(table.level)]
    regions, borders, stepped = regions_of(table)
    area = pd.Series([_area(corners) for corners, *_ in regions], dtype=float)
    sizes = area.groupby([route for _, route, _ in regions]).sum()
    order = sizes.sort_values(ascending=False, kind="stable").index.tolist()
    colors = colors_of(order)
    ax = chart(
        title or "Which route is preferred where",
        "Colour: the route of most tonnes, paler where its share is smaller",
        height=5.6,
        note=_note(len(levels), stepped),
    )
    x0, y0, w, h = ax.get_position().bounds
    ax.set_position((x0, y0, w - room_of_legend(order), h))
    with style.settings():
        shades = [style.lighter(colors.get(route, REST), 0.75 * (1 - share)) for _, route, share in regions]
        corners = [corners for corners, *_ in regions]
        ax.add_collection(PolyCollection(corners, facecolors=shades, edgecolors=shades, linewidths=0.3))
        ax.add_collection(LineCollection(borders, colors="white", linewidths=1.3, zorder=4))
        ax.grid(False)
        ax.set_xlim(table.low.min(), table.high.max())
        low, high = (levels[0], levels[-1]) if len(levels) > 1 else (levels[0] - 0.5, levels[0] + 0.5)
        ax.set_ylim(low, high)
        if len(order) == 1:
            shares = f"{table.share.min():.0%} to {table.share.max():.0%}"
            said = f"{order[0]} is preferred everywhere, with {shares} of the tonnes"
            plain = style.halo(3.0)
            ax.annotate(said, (0.5, 0.5), xycoords="axes fraction", ha="center", fontsize=10, path_effects=plain)
        if now is not None:
            ax.plot(*now, "P", color="black", markeredgecolor="white", markersize=10, clip_on=False, zorder=5)
            halo = style.halo(2.5)
            ax.annotate("today", now, (9, 7), textcoords="offset points", fontsize=9, zorder=5, path_effects=halo)
        legend_at_right(ax, order, colors, rest=len(order) > SHOWN)
    label_axis(ax, along, across)
    return ax


def regions_of(table: pd.DataFrame) -> tuple[list[Region], list[list[Point]], int]:
    """The regions of an atlas, the borders between preferred routes, and between how many pairs of levels they step."""
    by_level = [(float(level), rows.reset_index(drop=True)) for level, rows in table.groupby("level", sort=True)]
    regions: list[Region] = []
    borders: list[list[Point]] = []
    stepped = 0
    if len(by_level) == 1:
        level, rows = by_level[0]
        return *_band(rows, level - 0.5, level + 0.5), 0
    for (low, under), (high, over) in pairwise(by_level):
        if _same_optima(under, over):
            parts = [_strip(under, over, low, high)]
        else:
            stepped += 1
            middle = (low + high) / 2
            parts = [_band(under, low, middle), _band(over, middle, high), ([], _step(under, over, middle))]
        for found, lines in parts:
            regions += found
            borders += lines
    return regions, borders, stepped


def _same_optima(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether the same routes at the same slope follow one another at two levels."""
    if one.preferred.tolist() != other.preferred.tolist():
        return False
    return bool(np.allclose(one.slope, other.slope, rtol=SAME, atol=SAME))


def _strip(under: pd.DataFrame, over: pd.DataFrame, low: float, high: float) -> tuple[list[Region], list[list[Point]]]:
    """The pieces of two levels, each joined to its like corner by corner."""
    pairs = list(zip(under.itertuples(), over.itertuples(), strict=True))
    regions: list[Region] = [
        ([(a.low, low), (a.high, low), (b.high, high), (b.low, high)], a.preferred, (a.share + b.share) / 2)
        for a, b in pairs
    ]
    return regions, [[(a.low, low), (b.low, high)] for a, b in pairs if a.flips]


def _band(rows: pd.DataFrame, low: float, high: float) -> tuple[list[Region], list[list[Point]]]:
    """Pieces of one level from one height to another."""
    regions: list[Region] = [
        ([(r.low, low), (r.high, low), (r.high, high), (r.low, high)], r.preferred, r.share) for r in rows.itertuples()
    ]
    return regions, [[(r.low, low), (r.low, high)] for r in rows.itertuples() if r.flips]


def _step(under: pd.DataFrame, over: pd.DataFrame, at: float) -> list[list[Point]]:
    """Horizontal borders, where the routes above and below differ."""
    found: list[list[Point]] = []
    for a in under.itertuples():
        for b in over.itertuples():
            left, right = max(a.low, b.low), min(a.high, b.high)
            if right > left and a.preferred != b.preferred:
                found.append([(left, at), (right, at)])
    return found


def _area(corners: list[Point]) -> float:
    """The area of a polygon, by the shoelace formula."""
    x, y = np.array(corners).T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _note(levels: int, stepped: int) -> str:
    if levels == 1:
        return "Borders are exact, at one level of the second parameter."
    if not stepped:
        return f"Borders are exact at {levels} levels; between them the same optima meet, along straight lines."
    return (
        f"Borders are exact at {levels} levels, and straight between two with the same optima; "
        f"between {stepped} of the pairs of levels the optima differ: steps halfway."
    )
