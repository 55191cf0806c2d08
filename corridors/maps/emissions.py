"""A chart of emissions by mode, link or commodity."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.errors import whole
from corridors.maps import style
from corridors.maps.charts import ABOVE, SERIES, bars, label_axis, legend_above

NAMES = ("name", "link_id", "mode", "commodity")
"""Columns that name a row, the best for people first."""


def plot_emissions(table: pd.DataFrame, *, title: str = "", most: int = 15) -> Axes:
    """Draw what freight emits, the most first; of a sweep a bar a scenario, of the first six.

    Parameters
    ----------
    table : DataFrame
        What `corridors.emissions` gave.
    title : str
        What to write over it.
    most : int
        At most so many rows are drawn.

    Returns
    -------
    Axes
        A bar a row, million tonnes of CO2e a year.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["rail", "ferry"], "from_node_id": ["almaty", "aktau"],
    ...                       "to_node_id": ["aktau", "baku"], "mode": ["rail-1520", "ferry"], "tariff": [50.0, 10.0],
    ...                       "length": [2500.0, 450.0]})
    >>> port = pd.DataFrame({"transfer_id": ["port"], "node_id": ["aktau"], "from_mode": ["rail-1520"],
    ...                      "to_mode": ["ferry"]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["almaty", "aktau", "baku"]}), links, port)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["almaty"],
    ...                        "destination": ["baku"], "volume": [1e6], "value": [220.0]})
    >>> ax = cd.plot_emissions(cd.emissions(network, cd.solve(network, demand)))
    >>> [name.get_text() for name in ax.get_yticklabels()], ax.get_xlabel()
    (['rail-1520', 'ferry'], 'million tonnes of CO2e a year')
    """
    arguments.words(title=title)
    most = whole("plot_emissions: most", most, 1)
    table = arguments.table_of("table", table, numbers=("emissions", "intensity"), source="emissions", some=True)
    column = next((name for name in NAMES if name in table), None)
    named = table if column else table.assign(name="all")
    by = named.pivot_table(
        index=column or "name", columns="scenario" if "scenario" in table else None, values="emissions",
        aggfunc="sum", sort=False,
    )  # fmt: skip
    by = by.fillna(0.0).head(most) / 1e6
    labels = [textwrap.shorten(str(name).replace("_", " "), 44, placeholder="...") for name in by.index]
    total = float(np.nan_to_num(table.emissions).sum()) / 1e6 / max(len(by.columns), 1)
    each = ", the mean of the scenarios" if len(by.columns) > 1 else ""
    drawn = by.iloc[:, : len(SERIES)]
    if len(drawn.columns) < len(by.columns):
        each += f"; {len(drawn.columns)} of {len(by.columns)} scenarios are drawn"
    subtitle = "Well to wheel, tonne-kilometres times a factor of the mode; handling is not counted"
    ax = bars(
        labels,
        title or "Greenhouse gases of freight",
        subtitle,
        note=f"All together: {total:,.3g} Mt CO2e a year{each}.",
        top=ABOVE if "scenario" in table else 0.0,
    )
    row, thick = np.arange(len(by)), 0.66 / max(len(drawn.columns), 1)
    with style.settings():
        for i, (name, color) in enumerate(zip(drawn.columns, SERIES, strict=False)):
            place = row + (i - (len(drawn.columns) - 1) / 2) * thick
            ax.barh(place, drawn[name], thick, color=color, label=str(name) if "scenario" in table else "")
    label_axis(ax, "million tonnes of CO2e a year")
    if "scenario" in table:
        legend_above(ax)
    return ax
