"""Small multiples: the same map once a year, scenario, month or week, with one scale of widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, kind_of, listed, whole
from corridors.maps import style
from corridors.maps.flow_map import goods_in_words, source_line, tie_note, view_for
from corridors.maps.flows import link_flows, looks_of_flows
from corridors.maps.legend import flow_legend
from corridors.maps.picture import draw_network
from corridors.maps.projection import View
from corridors.maps.sheet import Box, Sheet, sheet_for, sheet_within
from corridors.maps.surround import TITLE_HEIGHT, Surround, draw_surround
from corridors.network import Network

WIDTH = 13.0
"""Width of the figure, inches."""
GAP, NAME = 6.0, 15.0
"""Points between panels, and over each for its name."""
MOST = 60
"""Panels that a sheet has room for."""
ASPECT = 0.62
"""Height over width of a panel."""


def plot_year(
    network: Network,
    results: xr.Dataset | Mapping[str, xr.Dataset],
    *,
    commodity: str | Sequence[str] | None = None,
    extent: str | Sequence[float] | None = None,
    title: str | None = None,
    labels: int = 5,
    columns: int = 4,
) -> Axes:
    """Draw flows as small multiples: a map a month, week, year or scenario, all to one scale of widths.

    Parameters
    ----------
    network : Network
        Of the year. Its nodes need coordinates.
    results : Dataset or mapping
        What `by_period` gave; what `sweep` gave with ``keep=("flow",)``; or results of `solve` by their names, such as
        years.
    commodity, extent, title
        As for `plot_map`.
    labels : int
        The most node labels on each map.
    columns : int
        Maps side by side.

    Returns
    -------
    Axes
        The sheet that the maps are on. `corridors.save_figure` saves it.

    Raises
    ------
    InputError
        Results without flow or with neither periods nor scenarios, more than 60 of them, or what `plot_map` raises.

    See Also
    --------
    plot_map, by_period

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [51.2, 49.4], "y_coord": [43.6, 40.0]})
    >>> links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ferry"],
    ...                       "tariff": [10.0]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
    ...                        "volume": [1e6], "value": [220.0]})
    >>> quarters, rows = cd.periods(network, demand, into=4)
    >>> ax = cd.plot_year(network, cd.by_period(quarters, rows, cd.solve(quarters, rows)), columns=2)
    >>> ax.get_gid()
    'map'
    """
    arguments.networks(network=network)
    arguments.words(title=title)
    labels, columns = whole("labels", labels), whole("columns", columns, 1, MOST)
    panels = _panels(results)
    view = view_for(network, extent)
    flows = {name: link_flows(network, result, commodity) for name, result in panels.items()}
    largest = np.max([part.abs().sum(axis=1).to_numpy() for part in flows.values()], axis=0)
    whole_year = pd.DataFrame({"fwd": largest, "rev": 0.0}, index=network.links.link_id)
    columns = min(columns, len(panels))
    room = (72 * WIDTH - 32.0 - GAP * (columns - 1)) / columns
    looks = {name: looks_of_flows(network, part, room, whole_year) for name, part in flows.items()}
    first, widths = next(iter(looks.values()))
    ever = first.assign(drawn=np.where(largest > 0, "flow", first.drawn), load=largest)
    words = "One scale of widths: both directions together, Mt in each. Arrows: where most of it goes"
    one = next(iter(panels.values()))
    heading = title or f"Flow of {goods_in_words(one, commodity)}"
    legend, source = flow_legend(network, ever, widths, "Mt"), source_line(view, network, one)
    surround = Surround(heading, words, legend, source, tie_note(list(panels.values())))
    with style.settings():
        sheet, boxes = _grid(view, surround, len(panels), columns, room)
        for (name, (look, _)), box in zip(looks.items(), boxes, strict=True):
            part = sheet_within(sheet, view, box)
            draw_network(part, network, look, labels=labels, inset=False)
            part.ax.set_title(name, fontsize=9, fontweight="bold", color=style.INK, loc="left", pad=3)
        draw_surround(sheet.ax, surround, sheet.width, sheet.height)
    return sheet.ax


def _panels(results: object) -> dict[str, xr.Dataset]:
    """What is drawn, by the name of its panel."""
    if isinstance(results, Mapping) and not isinstance(results, xr.Dataset):
        found = {str(name): result for name, result in results.items()}
        if bad := [name for name, result in found.items() if not isinstance(result, xr.Dataset)]:
            raise InputError(f"results: {listed(bad)} is no Dataset; give what solve gave, by its name")
    elif isinstance(results, xr.Dataset) and "flow" in results:
        dims = [dim for dim in ("scenario", "period") if dim in results["flow"].dims]
        if len(dims) != 1:
            has = " and ".join(dims) or "neither periods nor scenarios"
            raise InputError(f"results: flow has {has}; give those of one dimension, such as .sel(scenario=...)")
        labels = results[dims[0]].to_numpy()
        found = {str(label): results.isel({dims[0]: at}, drop=True) for at, label in enumerate(labels)}
    else:
        raise InputError(f"results: is {kind_of(results)} without flow; give what by_period gave, or results by name")
    if not 1 <= len(found) <= MOST:
        raise InputError(f"results: are {len(found)}; give 1 to {MOST}")
    return found


def _grid(view: View, surround: Surround, count: int, columns: int, room: float) -> tuple[Sheet, list[Box]]:
    """An empty sheet, and the boxes of its panels in points, row by row."""
    rows = -(-count // columns)
    high = room * float(np.clip(view.aspect, 0.4, ASPECT))
    body = rows * (high + NAME) + (rows - 1) * GAP
    foot = surround.foot(72 * WIDTH - 32.0)
    sheet = sheet_for(view, surround, None, (WIDTH, (body + foot + TITLE_HEIGHT + 19.2) / 72))
    for spine in sheet.ax.spines.values():
        spine.set_visible(False)
    left, _, _, top = sheet.frame
    boxes = []
    for number in range(count):
        row, column = divmod(number, columns)
        x, y = left + column * (room + GAP), top - row * (high + NAME + GAP) - NAME
        boxes.append((x, y - high, x + room, y))
    return sheet, boxes
