"""A map of false redundancy: links that can each fail but not all at once, a colour for each set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.charts import SERIES
from corridors.maps.flow_map import LABELS, compose, source_line, view_for
from corridors.maps.flows import looks_of_idle
from corridors.maps.sheet import room_of
from corridors.maps.strokes import stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network

LONGEST = 620.0
"""Length of a legend entry, points, above which names are shortened."""


def plot_n_minus_k(
    network: Network,
    table: pd.DataFrame,
    *,
    most: int = 6,
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the sets of links with the largest synergy, a colour for each set.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.n_minus_k` gave for links.
    most : int
        Sets drawn, at most 6: the largest, then those that share no link with an earlier one and differ in synergy.
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
        The table is not of links.

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
    >>> table = cd.n_minus_k(network, demand, progress=False)
    >>> ax = cd.plot_n_minus_k(network, table, extent="caspian", inset=False)
    >>> colours = {line.get_gid(): line.get_color() for line in ax.lines}
    >>> colours["link-ferry"] == colours["link-barge"] != colours["link-rail"]  # one needs the other
    True
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, ["first"], numbers=("loss", "synergy"), source="n_minus_k")
    most = whole("most", most, 1)
    columns = list(table.columns[: table.columns.get_loc("loss")])
    view = view_for(network, extent)
    ids = set(network.links.link_id)
    top = _apart(table[table.synergy > 0], columns, min(most, len(SERIES)))
    sets = [[str(name) for name in row] for row in top[columns].itertuples(index=False)]
    if any(name not in ids for links in sets for name in links):
        raise InputError("plot_n_minus_k: the table is not of links of this network; make it with by='link'")
    looks = looks_of_idle(network, room_of(ax, figsize))
    for color, links in zip(SERIES, sets, strict=False):
        looks.loc[links, ["width", "drawn", "color", "load"]] = [4.5, "flow", color, 1.0]
    legend = (_legend(network, sets, top.synergy),)
    words = "Each link of a colour can fail while the others operate; all of a colour together cost more"
    surround = Surround(title or "False redundancy", words, legend, source_line(view, network, table))
    return compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)


def _legend(network: Network, sets: list[list[str]], synergies: pd.Series[float]) -> Group:
    """An entry for each set: what its links cost together beyond each alone, and their names."""
    title_of = network.links.set_index("link_id").name
    entries = []
    for color, links, synergy in zip(SERIES, sets, synergies, strict=False):
        text = f"{synergy / 1e6:,.0f}: " + " + ".join(title_of[name] or name for name in links)
        if style.text_size(text, 8)[0] > LONGEST:
            text = text.replace(" pump station", "").replace(" oil pipeline", "").replace(" railway", "")
        entries.append(Swatch(text, tuple(stroke_looks(color, 4.0))))
    head = "Million USD a year that all of a colour cost together beyond each alone"
    none = "No links cost more together than each alone"
    return Group(head if entries else none, tuple(entries), rows=max(len(entries), 1))


def _apart(table: pd.DataFrame, columns: list[str], most: int) -> pd.DataFrame:
    """The first sets, without those that share a link with an earlier one or have its synergy (same routes cut).

    Examples
    --------
    >>> table = pd.DataFrame({"first": list("abc"), "second": list("def"), "synergy": [9.0, 9.0, 4.0]})
    >>> _apart(table, ["first", "second"], 6).synergy.tolist()
    [9.0, 4.0]
    """
    kept: list[int] = []
    links_kept: set[str] = set()
    last = np.inf
    for at, row in enumerate(table.itertuples()):
        members = {str(getattr(row, column)) for column in columns}
        synergy = float(str(row.synergy))
        if not members & links_kept and synergy < last * (1 - 1e-6):
            kept.append(at)
            links_kept |= members
            last = synergy
        if len(kept) == most:
            break
    return table.iloc[kept]
