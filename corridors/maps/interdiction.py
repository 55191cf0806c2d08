"""Interdiction drawn: what is attacked and what is protected on a map, and the loss against the budget."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.maps import style
from corridors.maps.charts import SERIES, chart, label_axis, legend, unit_of
from corridors.maps.flow_map import LABELS, _drawn, _source, _view
from corridors.maps.flows import looks_of_idle, placed_nodes
from corridors.maps.sheet import room_of
from corridors.maps.strokes import CROSS, stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network
from corridors.scenarios.labels import parted

ATTACKED, LEFT, SAFE = "#8c1d18", "#e2853f", style.GAINED
"""Colours of the worst closures, of those that are left when some links are protected, and of these."""
WIDTH = 5.0
"""Of what is drawn, points."""


def plot_interdiction(network: Network, table: pd.DataFrame, *, title: str = "", **options: Any) -> Axes:
    """Draw the worst closures, and what to protect against them.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.fortify` or `corridors.interdiction_curve` gave for links. Of the first, the attack on
        nothing protected, the links protected in the last row and the attack that is left; of the second, the last
        row.
    title : str
    **options
        ``extent, labels, inset, ax, figsize``, as for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map, in metres of its projection.

    Raises
    ------
    InputError
        The table is not of links of this network.
    """
    arguments.words(title=title)
    nodes = placed_nodes(network)
    source = "fortify or interdiction_curve"
    table = arguments.table_of("table", table, numbers=["loss"], source=source, some=True)
    table = arguments.table_of("table", table, ["worst" if "protected" in table else "closed"], source=source)
    fortified = "protected" in table
    first, last = (table.iloc[0], table.iloc[-1]) if fortified else (table.iloc[-1], table.iloc[-1])
    attacked = _names(first["worst"] if fortified else first["closed"])
    safe = _names(last["protected"]) if fortified else []
    left = [name for name in _names(last["worst"]) if name not in attacked] if fortified and safe else []
    unknown = [name for name in (*attacked, *safe, *left) if name not in set(network.links.link_id)]
    if unknown:
        raise InputError(complaint("table", "is no link of this network", unknown, "make it with by='link'"))
    looks = looks_of_idle(network, room_of(options.get("ax"), options.get("figsize")))
    for names, color in ((left, LEFT), (attacked, ATTACKED), (safe, SAFE)):
        looks.loc[names, ["width", "drawn", "color", "load"]] = [WIDTH, "flow", color, 1.0]
    looks["cross"] = looks.index.isin([name for name in (*attacked, *left) if name not in safe])
    name_of = network.links.set_index("link_id").name
    groups = [
        _group(
            f"Worst closures: {_loss(first.loss)}", attacked, dict.fromkeys(attacked, ATTACKED), name_of, crossed=True
        )
    ]
    if safe:
        groups.append(_group("Protected", safe, looks.color, name_of, crossed=False))
        again = _names(last["worst"])
        groups.append(_group(f"Worst that is left: {_loss(last.loss)}", again, looks.color, name_of, crossed=True))
    view = _view(network, nodes, options.get("extent"))
    words = "Loss over the base case with all flows at their new optimum. A cross marks what is closed"
    shown = tuple(group for group in groups if group.entries)
    surround = Surround(title or "The worst closures within a budget", words, shown, _source(view, network, table))
    labels, inset = options.get("labels", LABELS), options.get("inset", True)
    return _drawn(network, looks, view, surround, labels, inset, options.get("ax"), options.get("figsize"))


def plot_interdiction_curve(curve: pd.DataFrame, fortified: pd.DataFrame | None = None, *, title: str = "") -> Axes:
    """Draw the worst loss against the budget, and how protection lowers it.

    Parameters
    ----------
    curve : DataFrame
        What `corridors.interdiction_curve` gave.
    fortified : DataFrame, optional
        What `corridors.fortify` gave for the largest budget: a mark a row at that budget.
    title : str
    """
    arguments.words(title=title)
    figures = ("budget", "loss", "bound", "gap")
    curve = arguments.table_of("curve", curve, numbers=figures, source="interdiction_curve", some=True)
    arguments.numbers(**{"curve: the last budget": curve.budget.iloc[-1]})
    if fortified is not None:
        fortified = arguments.table_of("fortified", fortified, ["protected"], numbers=["loss"], source="fortify")
    unit, words = unit_of(curve.bound)
    ax = chart(
        title or "The worst loss that a budget of closures buys",
        "Loss over the base case of the worst closures within the budget",
        note="Each point is proven to be the worst." if (curve.gap == 0).all() else "Shade: up to what is proven.",
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
