"""A map of false redundancy: links that hide behind each other, a colour a set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.charts import SERIES
from corridors.maps.flow_map import LABELS, _drawn, _source, _view
from corridors.maps.flows import looks_of_idle, placed_nodes
from corridors.maps.sheet import room_of
from corridors.maps.strokes import stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network

LONGEST = 620.0
"""Length of a legend entry, points, above which names are shortened."""


def plot_n_minus_k(network: Network, table: pd.DataFrame, *, most: int = 6, title: str = "", **options: Any) -> Axes:
    """Draw the sets of links with the largest synergy, a colour a set.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.n_minus_k` gave for links.
    most : int
        Sets drawn, at most 6: the largest, and then those that share no link with one before and are not the same trap
        cut elsewhere.
    title : str
    **options
        ``extent, labels, inset, ax, figsize``, as for `corridors.plot_map`.

    Raises
    ------
    InputError
        The table is not of links.
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, ["first"], numbers=("loss", "synergy"), source="n_minus_k")
    most = whole("most", most, 1)
    columns = list(table.columns[: table.columns.get_loc("loss")])
    nodes = placed_nodes(network)
    ids = set(network.links.link_id)
    top = _apart(table[table.synergy > 0], columns, min(most, len(SERIES)))
    named = [[str(name) for name in row] for row in top[columns].itertuples(index=False)]
    if any(name not in ids for row in named for name in row):
        raise InputError("plot_n_minus_k: the table is not of links of this network; make it with by='link'")
    looks = looks_of_idle(network, room_of(options.get("ax"), options.get("figsize")))
    title_of = network.links.set_index("link_id").name
    entries = []
    for color, row, synergy in zip(SERIES, named, top.synergy, strict=False):
        looks.loc[row, ["width", "drawn", "color", "load"]] = [4.5, "flow", color, 1.0]
        text = f"{synergy / 1e6:,.0f}: " + " + ".join(title_of[name] or name for name in row)
        if style.text_size(text, 8)[0] > LONGEST:
            text = text.replace(" pump station", "").replace(" oil pipeline", "").replace(" railway", "")
        entries.append(Swatch(text, tuple(stroke_looks(color, 4.0))))
    head = "Million USD a year that all of a colour cost together beyond each alone"
    legend = (
        Group(
            head if entries else "No links cost more together than each alone",
            tuple(entries),
            rows=max(len(entries), 1),
        ),
    )
    view = _view(network, nodes, options.get("extent"))
    words = "Each link of a colour can fail while the others stand; together they are dear"
    surround = Surround(title or "False redundancy", words, legend, _source(view, network, table))
    labels, inset = options.get("labels", LABELS), options.get("inset", True)
    return _drawn(network, looks, view, surround, labels, inset, options.get("ax"), options.get("figsize"))


def _apart(table: pd.DataFrame, columns: list[str], most: int) -> pd.DataFrame:
    """The first sets without those that share a link with one before, or have its synergy: the same trap cut elsewhere.

    Examples
    --------
    >>> table = pd.DataFrame({"first": list("abc"), "second": list("def"), "synergy": [9.0, 9.0, 4.0]})
    >>> _apart(table, ["first", "second"], 6).synergy.tolist()
    [9.0, 4.0]
    """
    kept: list[int] = []
    taken: set[str] = set()
    last = np.inf
    for at, row in enumerate(table.itertuples()):
        members = {str(getattr(row, column)) for column in columns}
        synergy = float(str(row.synergy))
        if not members & taken and synergy < last * (1 - 1e-6):
            kept.append(at)
            taken |= members
            last = synergy
        if len(kept) == most:
            break
    return table.iloc[kept]
