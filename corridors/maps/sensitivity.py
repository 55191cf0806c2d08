"""Charts of sensitivity: a tornado of one number at a time, and indices of all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import InputError, whole
from corridors.maps import style
from corridors.maps.charts import MUTED, SERIES, bars, label_axis, legend, unit_of

WORDS = {"loss": "loss", "cost": "cost", "unmet_total": "what is left behind"}


def plot_tornado(table: pd.DataFrame, *, title: str = "", most: int = 20) -> Axes:
    """Draw what each number does at its low and its high end, the widest on top.

    Parameters
    ----------
    table : DataFrame
        What `corridors.tornado` gave.
    title : str
        What to write over it.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a number, from what its low end does to what its high end does.

    Raises
    ------
    InputError
        A table without the columns; numbers that are none.

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
    >>> vary = {"north": ("links", "north", "tariff", "add"), "middle": ("links", "middle", "tariff", "add")}
    >>> table = cd.tornado(network, demand, {"north": (0, 50), "middle": (0, 10)}, vary, progress=False)
    >>> ax = cd.plot_tornado(table)
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['north  (0 to 50)', 'middle  (0 to 10)'], 'million USD a year')
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, ["name"], numbers=("low", "high", "at_low", "at_high"), source="tornado")
    of, base = table.attrs.get("of", "loss"), table.attrs.get("base", np.nan)
    part = table.head(whole("most", most, 1))
    unit, words = _unit(part[["at_low", "at_high"]], of)
    ranges = zip(part["name"], part.low, part.high, strict=True)
    named = [f"{name}  ({low:g} to {high:g})" for name, low, high in ranges]
    ax = bars(
        named,
        title or f"What the {WORDS[of]} depends on",
        f"Change of the {WORDS[of]} over the base, one number at a time at its low and its high end",
        note="" if np.isnan(base) else f"Base: {base / unit:,.3f} {words}.",
    )
    row = np.arange(len(part))
    with style.settings():
        for column, color, label in (("at_low", MUTED, "at its low end"), ("at_high", SERIES[0], "at its high end")):
            values = part[column] / unit
            ax.barh(row, values, 0.62, color=color, label=label)
            for at, value in zip(row, values, strict=True):
                if abs(value) < 5e-4 * np.abs(part[["at_low", "at_high"]].to_numpy()).max() / unit:
                    continue
                side = 1 if value > 0 else -1
                place: dict[str, Any] = {
                    "textcoords": "offset points",
                    "va": "center",
                    "ha": "left" if side > 0 else "right",
                }
                ax.annotate(f"{value:+,.2f}", (value, at), (5 * side, 0), fontsize=8, color=style.INK, **place)
        ax.axvline(0, color=style.INK, linewidth=0.9)
        ax.margins(x=0.14)
    label_axis(ax, words)
    legend(ax, "lower right")
    return ax


def plot_sensitivity(table: pd.DataFrame, *, title: str = "", most: int = 20) -> Axes:
    """Draw Sobol's or Morris's indices with their intervals, the most important number on top.

    Parameters
    ----------
    table : DataFrame
        What `corridors.sensitivity` gave.
    title : str
        What to write over it.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a number.

    Raises
    ------
    InputError
        A table without the columns; numbers that are none.

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
    >>> vary = {"north": ("links", "north", "tariff", "add"), "middle": ("links", "middle", "tariff", "add")}
    >>> ranges = {"north": (0, 50), "middle": (0, 10)}
    >>> ax = cd.plot_sensitivity(cd.sensitivity(network, demand, ranges, vary, samples=64, progress=False))
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['north', 'middle'], '% of the variance of the loss')
    """
    arguments.words(title=title)
    table = arguments.table_of("table", table, ["name"], source="sensitivity")
    method, of = table.attrs.get("method"), table.attrs.get("of", "loss")
    if method not in ("sobol", "morris"):
        raise InputError("table: names no method; give what sensitivity gave, unchanged")
    figures = ("S1", "S1_conf", "ST", "ST_conf") if method == "sobol" else ("mu_star", "mu_star_conf", "sigma")
    part = arguments.table_of("table", table, numbers=figures, source="sensitivity").head(whole("most", most, 1))
    row = np.arange(len(part))
    solved = f"{table.attrs['solved']:,} solves. Whiskers: 95 % intervals."
    if method == "sobol":
        said = "Share of the variance: dark, of each number alone; pale, with its interactions with others"
        ax = bars(part["name"].tolist(), title or f"Why the {WORDS[of]} varies", said, note=solved)
        with style.settings():
            whisker: dict[str, Any] = {"ecolor": style.FADED, "capsize": 2.5}
            ax.barh(row - 0.17, 100 * part.S1, 0.32, color=SERIES[0], xerr=100 * part.S1_conf, label="alone", **whisker)
            ax.barh(
                row + 0.17,
                100 * part.ST,
                0.32,
                color=MUTED,
                xerr=100 * part.ST_conf,
                label="with interactions",
                **whisker,
            )
            ax.set_xlim(left=min(0.0, float(100 * part.S1.min())))
        label_axis(ax, f"% of the variance of the {WORDS[of]}")
    else:
        unit, words = _unit(part[["mu_star", "sigma"]], of)
        said = (
            "Bars: mean absolute effect over the range. Diamond: spread of the effects (nonlinearity or interactions)"
        )
        ax = bars(part["name"].tolist(), title or f"What the {WORDS[of]} depends on", said, note=solved)
        with style.settings():
            errors = part.mu_star_conf / unit
            ax.barh(
                row, part.mu_star / unit, 0.62, color=SERIES[0], xerr=errors, ecolor=style.FADED, label="mean effect"
            )
            ax.plot(part.sigma / unit, row, "D", color=style.LOST, markersize=5, label="spread")
            ax.set_xlim(left=0)
        label_axis(ax, words)
    legend(ax, "lower right")
    return ax


def _unit(values: pd.DataFrame, of: str) -> tuple[float, str]:
    return (1e6, "Mt a year") if of == "unmet_total" else unit_of(values)
