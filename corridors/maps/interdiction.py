"""Interdiction drawn: what is attacked and what is protected on a map, and the loss over the budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.maps import style
from corridors.maps.charts import SERIES, chart, label_axis, legend, unit_of
from corridors.maps.flow_map import LABELS, compose, source_line, view_for
from corridors.maps.flows import looks_of_idle
from corridors.maps.sheet import room_of
from corridors.maps.strokes import CROSS, stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network
from corridors.scenarios.labels import parted

ATTACKED, LEFT, SAFE = "#8c1d18", "#e2853f", style.GAINED
"""Colours of the worst closures, of those that are left when some links are protected, and of these."""
WIDTH = 5.0
"""Width of the links that are marked, points."""


def plot_interdiction(
    network: Network,
    table: pd.DataFrame,
    *,
    title: str = "",
    extent: str | Sequence[float] | None = None,
    labels: int = LABELS,
    inset: bool = True,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the worst closures, and what to protect against them.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.fortify` or `corridors.interdiction_curve` gave for links. Of `fortify`: the worst
        closures without protection, the links protected in the last row, and the worst closures that are left; of
        `interdiction_curve`: the last row.
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
        The table is not of links of this network.

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
    >>> curve = cd.interdiction_curve(network, demand, 1, progress=False)
    >>> ax = cd.plot_interdiction(network, curve, title="The worst closure", extent="caspian", inset=False)
    >>> crosses = next(line for line in ax.lines if line.get_gid() == "closed")
    >>> curve.closed.tolist(), len(crosses.get_xdata())
    (['', 'rail'], 1)
    """
    arguments.words(title=title)
    view = view_for(network, extent)
    closures = _closures_of(network, table)
    looks = looks_of_idle(network, room_of(ax, figsize))
    for links, color in ((closures.left, LEFT), (closures.attacked, ATTACKED), (closures.safe, SAFE)):
        looks.loc[links, ["width", "drawn", "color", "load"]] = [WIDTH, "flow", color, 1.0]
    crossed = {*closures.attacked, *closures.left} - {*closures.safe}
    looks["cross"] = looks.index.isin(crossed)
    words = "Loss over the base case with all flows at their new optimum. A cross marks what is closed"
    groups = _groups(network, closures, looks.color)
    title = title or "The worst closures within a budget"
    surround = Surround(title, words, groups, source_line(view, network, table))
    return compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)


class _Closures(NamedTuple):
    """Links: the worst closures without protection, what is protected, and the worst closures with it."""

    attacked: list[str]
    safe: list[str]
    again: list[str]
    loss: float
    loss_left: float

    @property
    def left(self) -> list[str]:
        """Closures that are worst only when some links are protected."""
        return [name for name in self.again if name not in self.attacked]


def _closures_of(network: Network, table: pd.DataFrame) -> _Closures:
    """What a table of `corridors.fortify` or `corridors.interdiction_curve` says of the links of a network."""
    source = "fortify or interdiction_curve"
    table = arguments.table_of("table", table, numbers=["loss"], source=source, some=True)
    fortified = "protected" in table
    table = arguments.table_of("table", table, ["worst" if fortified else "closed"], source=source)
    last = table.iloc[-1]
    if fortified:
        first, safe = table.iloc[0], _names(last["protected"])
        again = _names(last["worst"]) if safe else []
        found = _Closures(_names(first["worst"]), safe, again, float(first.loss), float(last.loss))
    else:
        found = _Closures(_names(last["closed"]), [], [], float(last.loss), float(last.loss))
    ids = set(network.links.link_id)
    unknown = [name for name in (*found.attacked, *found.safe, *found.left) if name not in ids]
    if unknown:
        raise InputError(complaint("table", "is no link of this network", unknown, "make it with by='link'"))
    return found


def _groups(network: Network, closures: _Closures, color_of: pd.Series[str]) -> tuple[Group, ...]:
    """The legend: worst closures, what is protected, worst closures that are left."""
    name_of = network.links.set_index("link_id").name
    red = dict.fromkeys(closures.attacked, ATTACKED)
    groups = [_group(f"Worst closures: {_loss(closures.loss)}", closures.attacked, red, name_of, crossed=True)]
    if closures.safe:
        left = f"Worst that is left: {_loss(closures.loss_left)}"
        groups.append(_group("Protected", closures.safe, color_of, name_of, crossed=False))
        groups.append(_group(left, closures.again, color_of, name_of, crossed=True))
    return tuple(group for group in groups if group.entries)


def plot_interdiction_curve(curve: pd.DataFrame, fortified: pd.DataFrame | None = None, *, title: str = "") -> Axes:
    """Draw the worst loss against the budget, and how protection lowers it.

    Parameters
    ----------
    curve : DataFrame
        What `corridors.interdiction_curve` gave.
    fortified : DataFrame, optional
        What `corridors.fortify` gave for the largest budget: one mark per row, at that budget.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        Budget along; the worst loss up, in the unit that it says.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

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
    >>> curve = cd.interdiction_curve(network, demand, 2, progress=False)
    >>> ax = cd.plot_interdiction_curve(curve, cd.fortify(network, demand, 1, 2, progress=False))
    >>> (ax.lines[0].get_xdata(), ax.lines[0].get_ydata()), ax.get_ylabel()
    ((array([0, 1, 2]), array([  0., 230., 610.])), 'million USD a year')
    """
    arguments.words(title=title)
    figures = ("budget", "loss", "bound", "gap")
    curve = arguments.table_of("curve", curve, numbers=figures, source="interdiction_curve", some=True)
    arguments.numbers(**{"curve: the last budget": curve.budget.iloc[-1]})
    if fortified is not None:
        fortified = arguments.table_of("fortified", fortified, ["protected"], numbers=["loss"], source="fortify")
    unit, words = unit_of(curve.bound)
    ax = chart(
        title or "The worst loss within a budget of closures",
        "Loss over the base case of the worst closures within the budget",
        note="Each point is proven to be the worst." if (curve.gap == 0).all() else "Shade: up to the proven bound.",
    )
    with style.settings():
        ax.fill_between(curve.budget, curve.loss / unit, curve.bound / unit, color=SERIES[0], alpha=0.15, linewidth=0)
        ax.plot(curve.budget, curve.loss / unit, "-o", color=SERIES[0], linewidth=1.8, markersize=5, label="worst loss")
        if fortified is not None:
            at = float(curve.budget.iloc[-1])
            safe = fortified[fortified.protected != ""]
            for number, row in enumerate(safe.itertuples(), 1):
                label = "with one or more links protected" if number == 1 else None
                ax.plot([at], [row.loss / unit], "D", color=style.LOST, markersize=6, label=label)
                words_of = f"{len(_names(str(row.protected)))} protected"
                ax.annotate(
                    words_of, (at, row.loss / unit), (9, 0), textcoords="offset points", va="center", fontsize=8
                )
        ax.set_xticks(curve.budget)
        ax.set_ylim(bottom=0)
        ax.set_xlim(-0.08, float(curve.budget.iloc[-1]) + (0.08 if fortified is None else 0.6))
    label_axis(ax, "budget of closures", words)
    legend(ax, "lower right")
    return ax


def _names(cell: Any) -> list[str]:
    return parted(str(cell))


def _loss(value: float) -> str:
    unit, words = unit_of([value])
    return f"{value / unit:,.2f} {words}"


def _group(title: str, names: list[str], color_of: Any, name_of: Any, *, crossed: bool) -> Group:
    mark: tuple[style.Look, ...] = ({"linestyle": "", **CROSS},) if crossed else ()
    entries = tuple(Swatch(str(name_of[n] or n), (*stroke_looks(color_of[n], 4.0), *mark)) for n in names)
    return Group(title, entries, rows=max(len(entries), 1))
