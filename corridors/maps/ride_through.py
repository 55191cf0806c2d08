"""A chart of what an outage costs by its length, for several stocks."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments
from corridors.maps import style
from corridors.maps.charts import SERIES, chart, dress, label_axis, legend, unit_of
from corridors.maps.sheet import figure_of


def plot_ride_through(table: pd.DataFrame, *, title: str = "") -> Axes:
    """Draw what an outage costs and what it leaves behind, by its length, a line a stock.

    Parameters
    ----------
    table : DataFrame
        What `corridors.ride_through` gave.
    title : str
        What to write over it.

    Returns
    -------
    Axes
        Of the loss; what stays behind is on the axes right of it.

    Raises
    ------
    InputError
        A table without the columns, or without rows; numbers that are none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["pipe", "sea"], "from_node_id": ["field", "port"], "mode": "oil_pipeline",
    ...                       "to_node_id": ["port", "market"], "tariff": [10.0, 5.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["field", "port", "market"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"],
    ...                        "destination": ["market"], "volume": [12e6], "value": [500.0]})
    >>> tanks = pd.DataFrame({"storage_id": ["tanks"], "node_id": ["port"], "modes": ["oil_pipeline"],
    ...                       "capacity": [1.5e6]})
    >>> table = cd.ride_through(network, demand, "pipe", storages=tanks, into=12, longest=2, progress=False)
    >>> ax = cd.plot_ride_through(table)
    >>> ax.get_xlabel(), [name.get_text() for name in ax.get_legend().get_texts()]
    ('days of the outage', ['no stock', '1.5 Mt (as they are)', '3 Mt'])
    """
    arguments.words(title=title)
    figures = ("stock", "capacity", "days", "loss", "unmet")
    table = arguments.table_of("table", table, numbers=figures, source="ride_through", some=True)
    unit, words = unit_of(table.loss)
    ax = chart(
        title or "How long stocks carry an outage",
        "Left: loss over that without the outage. Right: what is not delivered",
        note="The outage comes as a surprise, on stocks as full as they may be; when the year ends they are so again. "
        "Between marks, which are whole periods, lines are straight.",
        width=11,
    )
    low, height = ax.get_position().y0, ax.get_position().height
    ax.set_position((0.075, low, 0.4, height))
    right = figure_of(ax).add_axes((0.575, low, 0.4, height), sharex=ax)
    with style.settings():
        for color, (stock, part) in zip(SERIES, table.groupby("stock", sort=False), strict=False):
            held = part.capacity.iloc[0] / 1e6
            name = "no stock" if stock == 0 else f"{held:.3g} Mt" + (" (as they are)" if stock == 1 else "")
            part = pd.concat([part.head(1).assign(days=0.0, loss=0.0, unmet=0.0), part])
            ax.plot(part.days, part.loss / unit, "-o", color=color, markersize=3.5, linewidth=1.6, label=name)
            right.plot(part.days, part.unmet / 1e6, "-o", color=color, markersize=3.5, linewidth=1.6)
        dress(right)
        for axes in (ax, right):
            axes.set_xlim(left=0)
            axes.set_ylim(bottom=0)
    label_axis(ax, "days of the outage", words.removesuffix(" a year"))
    label_axis(right, "days of the outage", "Mt not delivered")
    legend(ax, "upper left")
    return ax
