"""A map of criticality: what it costs if each link, border, port, country or corridor closes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.maps.basemap import countries_of
from corridors.maps.flow_map import LABELS, compose, source_line, view_for
from corridors.maps.flows import looks_of_idle
from corridors.maps.labels import Clutter, Label, place, short_name, write
from corridors.maps.picture import draw_network
from corridors.maps.sheet import Sheet, room_of, sheet_for
from corridors.maps.strokes import stroke_looks
from corridors.maps.style import INK, Look, lighter, settings
from corridors.maps.surround import Group, Surround, Swatch, draw_surround
from corridors.network import Network
from corridors.scenarios.groups import Groups, closures

STEPS = ("#5b0f1a", "#b3361c", "#e2853f", "#f0c08d")
"""Colours of losses, the largest first: a step is a tenth."""
LINE, SPOT = (6.0, 4.4, 3.0, 1.9), (15.0, 11.0, 8.0, 5.5)
"""Widths of links and sizes of nodes by step, points."""
PALE = 0.25
"""How much lighter areas are than lines: names are read on them."""
WORDS = {"link": "link", "node": "node", "port": "port", "border": "border", "country": "country"}
AT_NODES = ("node", "port")
STRIPES = Outline([(-1, 0), (0, 1), (-1, -1), (1, 1), (0, -1), (1, 0)], [Outline.MOVETO, Outline.LINETO] * 3)
"""The marker of stripes, which in an area are white."""
CORE = 0.3
"""How wide the white core is of what may be on a lower step, next to the line or circle."""


def plot_criticality(
    network: Network,
    table: pd.DataFrame,
    *,
    by: str = "link",
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw what the closure of each part costs.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.criticality` gave: ``scenario`` (names of what closes) and ``loss`` (USD/year).
    by : str
        What closed, as for `corridors.criticality`. Countries are filled, nodes and ports are circles; a link shows the
        largest loss among the closures that include it. Where the table has ``low`` (`corridors.criticality` with
        ``draws``), a white core marks links, nodes and ports, and white stripes countries, whose loss is a step lower
        at the low end of nine of ten cases.
    title : str
        What to write over it.
    extent, labels, inset, ax, figsize
        As for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map, in metres of its projection.

    Raises
    ------
    InputError
        The table is of something else, or the network has no coordinates.

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
    >>> table = cd.criticality(network, demand, progress=False)
    >>> ax = cd.plot_criticality(network, table, title="What each closure costs", extent="caspian", inset=False)
    >>> widths = {line.get_gid(): line.get_linewidth() for line in ax.lines}
    >>> widths["link-rail"], widths["link-ferry"]  # points: 574 and 40 million USD
    (6.0, 4.4)
    """
    arguments.words(title=title)
    nodes = arguments.placed_nodes(network)
    table = arguments.table_of("table", table, ["scenario"], numbers=["loss"], source="criticality")
    groups = closures(network, by)
    unknown = [name for name in table.scenario if name not in groups]
    if unknown:
        raise InputError(complaint("table", f"is no operating {by}", unknown, "name what closed: by=..."))
    # Less than a dollar, or than a millionth of the most on a small network, is rounding.
    loss = table.set_index("scenario").loss.where(lambda v: v >= min(1.0, 1e-6 * v.max())).dropna()
    loss = loss[loss > 0]
    top = _top(loss)
    looks = looks_of_idle(network, room_of(ax, figsize))
    if by not in (*AT_NODES, "country"):
        looks = _with_losses(looks, loss, groups, top)
    view = view_for(network, extent)
    what = WORDS.get(by, by)
    legend: tuple[Group, ...] = (Group(f"USD a year more if the {what} closes", _entries(top, by), rows=2),)
    unsure = _unsure(table, loss, top)
    if unsure:
        sign: tuple[Look, ...] = (*stroke_looks(STEPS[0], LINE[0]), _core(LINE[0]))
        if by in AT_NODES:
            sign = (_spot(STEPS[0], 11.0), _core(11.0, "o"))
        elif by == "country":
            stripes: Look = {"marker": STRIPES, "markeredgecolor": "white", "markeredgewidth": 0.8}
            sign = (_area(STEPS[0]), {**_area("white"), **stripes})
        legend += (Group("How sure", (Swatch("nine of ten cases reach a step lower", sign),)),)
    words = "Loss over the base case, each closure alone and all flows at their new optimum"
    title = title or f"What the closure of each {what} costs"
    surround = Surround(title, words, legend, source_line(view, network, table))
    if by not in (*AT_NODES, "country"):
        drawn = compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)
        _draw_cores(drawn, _links_of(unsure, loss, groups))
        return drawn
    with settings():
        sheet = sheet_for(view, surround, ax, figsize)
        draw_network(sheet, network, looks, labels=0, inset=False)
        if by == "country":
            _draw_countries(sheet, nodes, loss, top, unsure)
        else:
            _draw_spots(sheet, nodes, nodes.node_id.map(loss).to_numpy(float), top, labels, unsure)
        draw_surround(sheet.ax, surround, sheet.width, sheet.height)
    return sheet.ax


def _unsure(table: pd.DataFrame, loss: pd.Series[Any], top: float) -> set[str]:
    """The closures whose loss is on a lower step at the low end of its interval."""
    if "low" not in table:
        return set()
    low = table.set_index("scenario").low.reindex(loss.index).dropna()
    return {str(name) for name, value in low.items() if value <= 0 or _step(value, top) > _step(loss[name], top)}


def _links_of(unsure: set[str], loss: pd.Series[Any], groups: Groups) -> set[str]:
    """The links whose costliest closure is one of those."""
    found: dict[str, str] = {}
    for name in loss.sort_values().index:
        found.update({item: str(name) for kind, item in groups[str(name)] if kind == "links"})
    return {link for link, name in found.items() if name in unsure}


def _core(size: float, marker: str = "") -> Look:
    """The look of a core in a line of a width, or in a circle of a size."""
    if marker:
        return {"linestyle": "", "marker": marker, "markersize": CORE * size, "markerfacecolor": "white",
                "markeredgewidth": 0.0}  # fmt: skip
    return {"color": "white", "linewidth": CORE * size, "solid_capstyle": "butt"}


def _draw_cores(ax: Axes, links: set[str]) -> None:
    """White cores in the lines of some links."""
    for axes in (ax, *ax.child_axes):
        lines = {line.get_gid(): line for line in axes.lines}  # the last is on top
        for link in sorted(links):
            if (line := lines.get(f"link-{link}")) is not None:
                look = _core(line.get_linewidth())
                axes.add_line(Line2D(*line.get_data(), zorder=line.get_zorder() + 0.01, gid=f"core-{link}", **look))


def _draw_countries(sheet: Sheet, nodes: pd.DataFrame, loss: pd.Series[Any], top: float, unsure: set[str]) -> None:
    """Fill countries by their loss, and stripe those of which it is unsure."""
    for country, outlines in countries_of(sheet.view, nodes).items():
        if country in loss.index:
            color = STEPS[_step(float(loss[country]), top)]
            areas = PathCollection(
                outlines,
                facecolor=lighter(color, PALE),
                edgecolor="white",
                linewidth=0.8,
                zorder=1.15,
                hatch="///" if country in unsure else None,
                gid=f"critical-{country}",
            )
            sheet.ax.add_collection(areas, autolim=False)


def _with_losses(looks: pd.DataFrame, loss: pd.Series[Any], groups: Groups, top: float) -> pd.DataFrame:
    """Looks of links by the largest loss among the closures that include them."""
    on_link = pd.Series(0.0, index=looks.index)
    for name, value in loss.items():
        closed = [item for kind, item in groups[str(name)] if kind == "links"]
        on_link[closed] = np.maximum(on_link[closed], float(value))
    looks = looks.assign(load=on_link)
    costly = on_link.index[on_link > 0]
    step = [_step(value, top) for value in on_link[costly]]
    looks.loc[costly, "width"] = [LINE[s] for s in step]
    looks.loc[costly, "color"] = [STEPS[s] for s in step]
    looks.loc[costly, "drawn"] = "flow"
    return looks


def _top(loss: pd.Series[Any]) -> float:
    """The largest power of ten that is no more than the largest loss."""
    return 10.0 ** math.floor(math.log10(loss.max())) if len(loss) else 1e6


def _step(value: float, top: float) -> int:
    """Which step a loss is on: 0 from the largest power of ten, 1 from a tenth of it, and so on.

    Examples
    --------
    >>> [_step(v, 1e9) for v in (3e9, 1e8, 9.9e7, 5.0)]
    [0, 1, 2, 3]
    """
    return min(max(math.ceil(math.log10(top) - math.log10(value) - 1e-12), 0), len(STEPS) - 1)


def _entries(top: float, by: str) -> tuple[Swatch, ...]:
    found = []
    for step, (color, wide, size) in enumerate(zip(STEPS, LINE, SPOT, strict=True)):
        text = (
            _money(top / 10**step) + " and more" if step < len(STEPS) - 1 else f"under {_money(top / 10 ** (step - 1))}"
        )
        looks: tuple[Look, ...] = tuple(stroke_looks(color, wide))
        if by in AT_NODES:
            looks = (_spot(color, min(size, 11.0)),)
        elif by == "country":
            looks = (_area(color),)
        found.append(Swatch(text, looks))
    return tuple(found)


def _spot(color: str, size: float) -> Look:
    return {
        "linestyle": "",
        "marker": "o",
        "markersize": size,
        "markerfacecolor": color,
        "markeredgecolor": INK,
        "markeredgewidth": 0.7,
    }


def _area(color: str) -> Look:
    """The sign of a filled country."""
    return {**_spot(color, 11.0), "marker": "s", "markeredgewidth": 0.0, "markerfacecolor": lighter(color, PALE)}


def _draw_spots(sheet: Sheet, nodes: pd.DataFrame, loss: Any, top: float, labels: int, unsure: set[str]) -> None:
    """Circles at nodes, small ones over large ones, with the names of the costliest."""
    at = sheet.view.project(nodes.x_coord, nodes.y_coord)
    (x0, x1), (y0, y1) = sheet.view.xlim, sheet.view.ylim
    seen = (loss > 0) & (at[:, 0] > x0) & (at[:, 0] < x1) & (at[:, 1] > y0) & (at[:, 1] < y1)
    order = [int(i) for i in np.argsort(-np.nan_to_num(loss), kind="stable") if seen[i]]
    spots = sheet.points(at)
    sizes = {i: SPOT[_step(float(loss[i]), top)] for i in order}
    half = np.array([sizes[i] / 2 for i in order])
    clutter = Clutter(sheet.frame, spots[order], half + 1.0, np.full(len(order), 4.0))
    clutter.marks = spots[order]
    names, ids = nodes.name.to_numpy(), nodes.node_id.to_numpy()
    wanted = [
        Label(
            spots[i, 0],
            spots[i, 1],
            short_name(str(names[i])) or ids[i],
            8.4,
            sizes[i] / 2 + 2.5,
            ids[i],
            tolerance=2.5,
        )
        for i in order
    ]
    found = place(wanted, clutter, at_most=labels)
    where = {ids[i]: tuple(at[i].tolist()) for i in order}
    write(sheet.ax, found, [where[p.label.node_id] for p in found])
    for i in order:
        look = _spot(STEPS[_step(float(loss[i]), top)], sizes[i])
        sheet.ax.plot(*at[i], zorder=7.5, gid=f"critical-{ids[i]}", scalex=False, scaley=False, **look)
        if ids[i] in unsure:
            core = _core(sizes[i], "o")
            sheet.ax.plot(*at[i], zorder=7.5, gid=f"core-{ids[i]}", scalex=False, scaley=False, **core)


def _money(value: float) -> str:
    """A round sum in words.

    Examples
    --------
    >>> _money(1e9), _money(1e7), _money(1e5)
    ('1 billion', '10 million', '0.1 million')
    """
    return f"{value / 1e9:g} billion" if value >= 1e9 else f"{value / 1e6:g} million"
