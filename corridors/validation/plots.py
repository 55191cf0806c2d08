"""What was observed next to what the model says: loads of links on a map, counts at gates on a chart."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from corridors import arguments
from corridors.errors import InputError, complaint, whole
from corridors.maps import style
from corridors.maps.charts import bars, label_axis
from corridors.maps.flow_map import LABELS, compose, source_line, view_for
from corridors.maps.flows import HAIRLINE, looks_of_idle
from corridors.maps.sheet import room_of
from corridors.maps.strokes import idle_look, stroke_looks
from corridors.maps.surround import Group, Surround, Swatch
from corridors.network import Network
from corridors.validation.observed import TOLERANCES

EDGES = (0.5, 0.7, 1.3, 2.0)
"""Where the steps of model over record end; within the middle two a load counts as near."""
STEPS = (
    ("less than half", "#a63a08"),
    ("50 to 70 %", "#ee9f63"),
    ("within 30 %", "#8b9a6b"),
    ("130 to 200 %", "#86b3dc"),
    ("more than twice", "#174f8f"),
)
ORDER = 10.0
"""A count of class C is right to an order of magnitude."""


def plot_link_loads(
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
    """Draw the links whose load was observed: how much the model says of it.

    Parameters
    ----------
    network : Network
    table : DataFrame
        What `corridors.link_loads` gave.
    title : str
        What to write over it.
    extent, labels, inset, ax, figsize
        As for `corridors.plot_map`.

    Returns
    -------
    Axes
        The map, in metres of its projection. A line is as wide as the observed load; orange where the model has less
        of it, blue where it has more.

    Raises
    ------
    InputError
        The table is of something else or of another network; nodes without coordinates.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "x_coord": [51.2, 49.9], "y_coord": [43.6, 40.4]})
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "tariff": [10.0], "flow": [180.0], "flow_year": [2024]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> loads = cd.link_loads(network, cd.solve(network, demand))
    >>> ax = cd.plot_link_loads(network, loads, extent="caspian", inset=False)
    >>> [line.get_color() for line in ax.lines if line.get_gid() == "link-ferry"]  # 56 %
    ['#ee9f63']
    """
    arguments.words(title=title)
    arguments.placed_nodes(network)
    table = arguments.table_of("table", table, ["link"], numbers=["observed", "modelled"], source="link_loads")
    unknown = table.link[~table.link.isin(network.links.link_id)]
    if len(unknown):
        raise InputError(complaint("table", "link is not in the network", unknown, "draw it on its own network"))
    table = table[table.observed.notna() & table.modelled.notna()]
    widths = style.Widths.up_to(float(table.observed.max()) if len(table) else 0.0, room_of(ax, figsize))
    looks = _looks(looks_of_idle(network, room_of(ax, figsize)), table, widths)
    signs = [Swatch(text, tuple(stroke_looks(color, 3.4))) for text, color in STEPS]
    legend_of = (
        Group("The model has of the load", (*signs, Swatch("No record", (idle_look(style.FADED, HAIRLINE),))), rows=2),
        Group(
            "Observed, Mt a year",
            tuple(Swatch(style.mass(t), tuple(stroke_looks(style.INK, float(widths(t))))) for t in widths.steps()),
            rows=2,
        ),
    )  # fmt: skip
    near = int((_step(table) == 2).sum())
    words = f"Links whose load was published, both directions together; {near} of {len(table)} are within 30 %"
    view = view_for(network, extent)
    surround = Surround(
        title or "Loads of links, modelled over observed", words, legend_of, source_line(view, network, table)
    )
    return compose(network, looks, view, surround, labels=labels, inset=inset, ax=ax, figsize=figsize)


def _step(table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Which of `STEPS` each row is on; a load of nothing that the model has as nothing is near."""
    observed = table.observed.to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(table.modelled == observed, 1.0, table.modelled.to_numpy(float) / observed)
    low, near, high, twice = EDGES
    return np.select([ratio < low, ratio < near, ratio <= high, ratio <= twice], [0, 1, 2, 3], 4)


def _looks(looks: pd.DataFrame, table: pd.DataFrame, widths: style.Widths) -> pd.DataFrame:
    """Looks of links of which a load is known by how near the model is; the others are hairlines."""
    looks = looks.drop(columns=["label_load", "label_width"])
    looks["color"] = style.FADED
    ids = table.link.to_numpy()
    looks.loc[ids, "load"] = table.observed.to_numpy(float)
    looks.loc[ids, "width"] = np.maximum(widths(table.observed.to_numpy(float)), 1.6)
    looks.loc[ids, "color"] = [STEPS[step][1] for step in _step(table)]
    looks.loc[ids, "drawn"] = "flow"
    return looks


def plot_observed(table: pd.DataFrame, *, title: str = "", most: int = 40) -> Axes:
    """Draw counts at gates, what each class of them allows, and what the model says.

    Parameters
    ----------
    table : DataFrame
        What `corridors.compare_observed` gave.
    title : str
        What to write over it.
    most : int
        At most so many gates are drawn, those with the largest counts.

    Returns
    -------
    Axes
        A row a gate, Mt a year on a scale of powers of ten. The bar is what the class of the count allows; the mark is
        the model's, hollow where demand was made from the count, and at the edge where it has less than is drawn.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> table = pd.DataFrame({"name": ["Aktau to Baku", "Astara"], "observed": [2.8e6, 7e5], "modelled": [3e6, 2e6],
    ...                       "tolerance": ["A", "B"], "within": [True, False], "restates": False})
    >>> ax = cd.plot_observed(table)
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_legend_handles_labels()[1]
    (['Aktau to Baku', 'Astara'], ['model, as near as the count', 'model, farther off'])
    """
    arguments.words(title=title)
    most = whole("plot_observed: most", most, 1)
    columns = ("name", "tolerance", "within", "restates")
    table = arguments.table_of(
        "table", table, columns, numbers=("observed", "modelled"), source="compare_observed", some=True
    )
    rows = table[table.observed > 0].sort_values("observed", ascending=False, kind="stable").head(most)
    labels = [textwrap.shorten(str(name).replace("_", " "), 50, placeholder="...") for name in rows.name]
    left = len(table) - len(rows)
    note = (
        "Bar: what the class of the count allows (A 10 %, B 30 %, C a factor of 10). Hollow: demand was made from it."
    )
    ax = bars(
        labels,
        title or "Counts at gates, and the model",
        f"{int(rows.within.sum())} of {len(rows)} are as near as the class of the count"
        + (f"; {left} more are not drawn" if left else ""),
        note=note,
        top=22.0,
    )
    at, observed = np.arange(len(rows)), rows.observed.to_numpy(float)
    low, high = np.array([_allowed(str(name)) for name in rows.tolerance]).reshape(-1, 2).T * observed
    least = 10.0 ** np.floor(np.log10(np.nanmin(low))) if len(rows) else 1.0
    restates = rows.restates.to_numpy(bool)
    modelled = np.maximum(rows.modelled.to_numpy(float), least)
    with style.settings():
        ax.set_xscale("log")
        ax.barh(at, high - low, 0.62, left=low, color="#d5dde3")
        ax.plot(observed, at, "|", color=style.INK, markersize=11, markeredgewidth=1.4)
        for within, color, words in ((True, style.GAINED, "as near as the count"), (False, style.LOST, "farther off")):
            some = rows.within.to_numpy(bool) == within
            if some.any():
                look: style.Look = {"s": 42.0, "edgecolor": color, "linewidth": 1.3, "zorder": 4, "clip_on": False}
                own, made = some & ~restates, some & restates
                ax.scatter(modelled[own], at[own], facecolor=color, label=f"model, {words}", **look)
                ax.scatter(modelled[made], at[made], facecolor="white", **look)
        if len(rows):
            ax.set_xlim(least, 2 * max(np.nanmax(high), np.nanmax(modelled)))
        ax.xaxis.set_major_formatter(lambda tonnes, _: style.mass(tonnes))
        ax.xaxis.set_minor_formatter(NullFormatter())
        handles = [Line2D([], [], linestyle="", marker="|", color=style.INK, markersize=11, markeredgewidth=1.4)]
        marks, texts = ax.get_legend_handles_labels()
        ax.legend(
            [*handles, *marks], ["observed", *texts], loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3,
            fontsize=8.5, frameon=False, labelcolor=style.INK, borderaxespad=0.2, handletextpad=0.2,
        )  # fmt: skip
    label_axis(ax, "Mt a year")
    return ax


def _allowed(tolerance: str) -> tuple[float, float]:
    """The factors of a count between which its class allows a model to be."""
    if tolerance == "C":
        return 1 / ORDER, ORDER
    share = TOLERANCES.get(tolerance, 0.0)
    return 1 - share, 1 + share
