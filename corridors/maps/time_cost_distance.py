"""Time-cost-distance charts: where along a route the hours and the money go (as in CAREC's CPMM; UNESCAP 1999)."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridors import arguments, symbols
from corridors.errors import InputError, kind_of
from corridors.maps import style
from corridors.model.legs import route_legs
from corridors.model.skims import skim
from corridors.network import Network

MEASURES = {
    "time": ("Time, days", " d", 24.0),
    "money": ("Freight, fees and handling, USD a tonne", " USD/t", 1.0),
    "cost": ("Generalised cost, USD a tonne", " USD/t", 1.0),
}
"""What may be on the vertical axis: its name, its unit in labels, and how many of the model's units make one."""
COLORS = (style.LOST, style.GAINED, style.SEA_INK, style.COUNTRY_INK)
"""Colours of the routes compared, the longest first."""
LEAST = 0.02
"""The share of the whole that a stop must take to be named."""
NEAR = 25.0
"""Stops no further apart than this, km, are one: a border station and the yard beyond it."""
GAP = 0.042
"""How far apart names are, as a share of the height."""


def plot_time_cost_distance(
    network: Network,
    *,
    commodity: str,
    origin: str,
    destination: str,
    measure: str = "time",
    routes: dict[str, Network] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw time or cost along a route: slopes are passages, vertical jumps are borders, ports and gauge yards.

    Parameters
    ----------
    network : Network
    commodity : str
        What is moved.
    origin, destination : str
        Nodes; the cheapest route between them is drawn.
    measure : str
        ``time`` (days), ``money`` (freight, fees and handling, USD/t) or ``cost`` (with the value of time, USD/t).
    routes : dict of str to Network, optional
        Other networks to compare, by name: the same with a country closed, say. The first network is then drawn only
        if it is among them.
    title : str, optional
        What to write over the chart.
    ax : Axes, optional
        Where to draw. By default a new figure.

    Returns
    -------
    Axes
        Kilometres on x. `corridors.save_figure` saves it.

    Raises
    ------
    InputError
        No such measure, or no route.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": ["rail", "ship"], "tariff": [3.0, 4.0], "length": [300.0, 400.0],
    ...                       "time": [20.0, 25.0], "border_time": [6.0, 0.0]})
    >>> port = pd.DataFrame({"transfer_id": ["port"], "node_id": ["y"], "from_mode": ["rail"], "to_mode": ["ship"]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links, port)
    >>> ax = cd.plot_time_cost_distance(network, commodity="grain", origin="x", destination="z")
    >>> ax.get_xlabel()
    'Distance, km'
    """
    arguments.words(title=title)
    arguments.networks(network=network)
    arguments.texts(commodity=commodity, origin=origin, destination=destination, measure=measure)
    if routes is not None:
        arguments.mappings(routes=routes)
        arguments.networks(**{f"routes: {name}": part for name, part in routes.items()})
        if not len(routes):
            raise InputError("routes: is empty; give a network by name, or None")
    if ax is not None and not isinstance(ax, Axes):
        raise InputError(f"ax: is {kind_of(ax)}; give an Axes of matplotlib, or None")
    if measure not in MEASURES:
        raise InputError(f"chart: measure {measure!r} is unknown; give one of {', '.join(MEASURES)}")
    profiles = {
        name: profile(part, commodity, origin, destination, measure)
        for name, part in ({"": network} if routes is None else routes).items()
    }
    for table in profiles.values():
        for column, what in (("distance", "length"), ("after", "time")):
            if not np.isfinite(table[column]).all():
                other = f", or another measure than {measure}" if what == "time" else ""
                raise InputError(f"chart: links of the route have no {what}; give them a column {what}{other}")
    with style.settings():
        if ax is None:
            _, ax = plt.subplots(figsize=(11, 6.2), layout="constrained")
        top = max(table.after.iloc[-1] for table in profiles.values())
        far = max(table.distance.iloc[-1] for table in profiles.values())
        names = network.nodes.set_index("node_id").name
        whole = len(profiles) == 1
        written: set[str] = set()
        highest = max(profiles, key=lambda name: float(profiles[name].after.iloc[-1]))
        for number, label in enumerate(sorted(profiles, key=lambda name: name != highest)):
            table = profiles[label]
            color = style.INK if whole else COLORS[number % len(COLORS)]
            _draw(ax, table, color, by_mode=whole)
            stops = _stops(table, names, top, MEASURES[measure][1])
            _name_stops(ax, stops[~stops.text.isin(written)], top, far, color, left=label == highest)
            written |= set(stops.text)
            end = table.iloc[-1]
            ax.annotate(
                f"{label}: {_number(end.after)}" if label else _number(end.after), (end.distance, end.after), (6, 0),
                textcoords="offset points", va="center", color=color, weight="bold", fontsize=9,
            )  # fmt: skip
        _name_axes(ax, network, commodity, origin, destination, measure, title)
        ax.set_xlim(0, far * (1.05 if whole else 1.16))
        ax.set_ylim(0, top * 1.06)
        if whole:
            ax.legend(loc="lower right", frameon=False, fontsize=9, labelcolor=style.INK)
    return ax


def profile(network: Network, commodity: str, origin: str, destination: str, measure: str) -> pd.DataFrame:
    """The parts of the cheapest route with running sums.

    Returns
    -------
    DataFrame
        As `corridors.route_legs`, and ``distance`` (km, at the end of the part), ``before, after`` (the measure there,
        in days or USD/t), ``came_by`` (the mode before).
    """
    route = skim(network, commodity=commodity, origins=origin, destinations=destination).iloc[0]
    if np.isnan(route.cost):
        raise InputError(f"chart: there is no route for {commodity} from {origin} to {destination}; give other nodes")
    table = route_legs(network, commodity, route)
    sums = table[measure].cumsum() / MEASURES[measure][2]
    came_by = table["mode"].shift(fill_value="")
    return table.assign(distance=table.length.cumsum(), before=sums.shift(fill_value=0.0), after=sums, came_by=came_by)


def _draw(ax: Axes, table: pd.DataFrame, color: str, *, by_mode: bool) -> None:
    in_legend: set[str] = set()
    for part in table.itertuples():
        start = part.distance - part.length
        if part.kind != "link":
            ax.plot([start, start], [part.before, part.after], color=color, linewidth=2.2, solid_capstyle="round")
            continue
        look = symbols.MODES[symbols.kind_of_mode(part.mode)]
        label = look.label if by_mode and look.label not in in_legend else None
        in_legend.add(look.label)
        ax.plot(
            [start, part.distance], [part.before, part.after], color=look.color if by_mode else color, linewidth=3.0,
            linestyle=(0, look.dash) if look.dash and by_mode else "-", solid_capstyle="butt", label=label,
        )  # fmt: skip


def _stops(table: pd.DataFrame, names: pd.Series[str], top: float, unit: str) -> pd.DataFrame:
    """Jumps close to each other are one stop: where, from what to what, and what it is called."""
    jumps = table[table.kind != "link"]
    run = (jumps.distance.diff() > NEAR).cumsum()
    rows = []
    for _, stop in jumps.groupby(run):
        size = stop.after.iloc[-1] - stop.before.iloc[0]
        if size >= LEAST * top:
            what = ", ".join(dict.fromkeys(_kind(part) for part in stop.itertuples()))
            where = stop.to_node_id.iloc[int((stop.after - stop.before).to_numpy().argmax())]
            place = str(names.get(where) or where).partition(" (")[0]
            kind = "" if what == "port" and "port" in place.lower() else f" ({what})"
            text = f"{place}{kind} +{_number(size)}{unit}"
            rows.append((stop.distance.iloc[0], stop.before.iloc[0], stop.after.iloc[-1], text))
    return pd.DataFrame(rows, columns=["distance", "before", "after", "text"])


def _kind(part: Any) -> str:
    if part.kind in ("border", "wait"):
        return str(part.kind)
    gauge = part.mode.startswith("rail") and part.came_by.startswith("rail")
    return "gauge" if gauge else "port" if {part.mode, part.came_by} & set(symbols.WATER) else "terminal"


def _name_stops(ax: Axes, stops: pd.DataFrame, top: float, far: float, color: str, *, left: bool) -> None:
    """Names next to the jumps, left above the line or right below it; each clear of the last."""
    lowest = -np.inf
    side = -1 if left else 1
    for stop in stops.itertuples():
        middle = (stop.before + stop.after) / 2
        height = max(middle - side * 0.02 * top, lowest + GAP * top)
        lowest = height
        ax.annotate(
            stop.text, (stop.distance, middle), (stop.distance + side * 0.012 * far, height),
            ha="right" if left else "left", va="center", fontsize=8, color=color,
            arrowprops={"arrowstyle": "-", "color": style.FADED, "linewidth": 0.5, "shrinkA": 1, "shrinkB": 1},
        )  # fmt: skip


def _name_axes(
    ax: Axes, network: Network, commodity: str, origin: str, destination: str, measure: str, title: str | None
) -> None:  # fmt: skip
    names = network.nodes.set_index("node_id").name
    ends = " to ".join(names.get(node) or node for node in (origin, destination))
    said = title or f"{commodity.replace('_', ' ').capitalize()}, {ends}"
    ax.set_title(said, loc="left", color=style.INK, weight="bold")
    ax.set_xlabel("Distance, km", color=style.INK)
    ax.set_ylabel(MEASURES[measure][0], color=style.INK)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.grid(color="#e6e8ea", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(colors=style.FADED)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(style.FRAME)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.3g}"
