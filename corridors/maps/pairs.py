"""A map of false redundancy: links that hide behind each other, a colour a set."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from corridors.errors import InputError
from corridors.maps.charts import SERIES
from corridors.maps.flows import looks_of_flows, placed_nodes
from corridors.maps.furniture import Group, Surround, Swatch
from corridors.maps.sheet import room_of
from corridors.maps.static import LABELS, _drawn, _source, _view
from corridors.maps.strokes import stroke_looks
from corridors.network import Network


def plot_synergy(network: Network, table: pd.DataFrame, *, most: int = 6, title: str = "", **options: Any) -> Axes:
    """Draw the sets of links with the largest synergy, a colour a set.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.n_minus_k` gave for links.
    most : int
        Sets drawn, at most 6. A link in several of them has the colour of the first; of sets that differ by another
        link of the same chain the first is drawn.
    title : str
    **options
        ``extent, labels, inset, ax, figsize``, as for `corridors.plot_map`.

    Raises
    ------
    InputError
        The table is not of links.
    """
    columns = list(table.columns[: table.columns.get_loc("loss")])
    nodes = placed_nodes(network)
    ids = set(network.links.link_id)
    top = _apart(table[table.synergy > 0], columns, min(most, len(SERIES)))
    named = [[str(name) for name in row] for row in top[columns].itertuples(index=False)]
    if any(name not in ids for row in named for name in row):
        raise InputError("plot_synergy: the table is not of links of this network; make it with by='link'")
    nothing = pd.DataFrame(0.0, index=network.links.link_id, columns=["fwd", "rev"])
    looks, _ = looks_of_flows(network, nothing, room_of(options.get("ax"), options.get("figsize")))
    title_of = network.links.set_index("link_id").name
    entries = []
    for color, row, synergy in zip(SERIES, named, top.synergy, strict=False):
        free = [name for name in row if looks.drawn[name] != "flow"]
        looks.loc[free, ["width", "drawn", "color", "load"]] = [4.5, "flow", color, 1.0]
        text = f"{synergy / 1e6:,.0f}: " + " + ".join(title_of[name] or name for name in row)
        entries.append(Swatch(text, tuple(stroke_looks(color, 4.0))))
    legend = (Group("Million USD a year that both closed cost beyond each alone", tuple(entries), rows=len(entries)),)
    view = _view(network, nodes, options.get("extent"))
    words = "Each link of a colour can fail while the others stand; together they are dear"
    surround = Surround(title or "False redundancy", words, legend, _source(view))
    labels, inset = options.get("labels", LABELS), options.get("inset", True)
    return _drawn(network, looks, view, surround, labels, inset, options.get("ax"), options.get("figsize"))


def _apart(table: pd.DataFrame, columns: list[str], most: int) -> pd.DataFrame:
    """The first sets, without those that only put one link of a chain for another of the same chain."""
    kept: list[int] = []
    seen: list[tuple[float, set[str]]] = []
    for at, row in enumerate(table.itertuples(index=False)):
        members = {getattr(row, column) for column in columns}
        if not any(loss == row.loss and members & others for loss, others in seen):
            kept.append(at)
        seen.append((float(row.loss), members))
        if len(kept) == most:
            break
    return table.iloc[kept]
