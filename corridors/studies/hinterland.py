"""Hinterlands: which corridor is cheapest to each destination, and the tariff at which each one flips."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from corridors import arguments
from corridors.edits.selection import without_capacities
from corridors.errors import InputError
from corridors.methods.digits import places
from corridors.methods.route_groups import By, namer
from corridors.model.costs import may_carry
from corridors.network import Network
from corridors.scenarios.atoms import Parameter
from corridors.schema.columns import as_id
from corridors.studies.break_even import Lines

TONNES = 1000.0
"""Tonnes sent to each destination: enough that rounding to 1e-4 USD/t does not show."""
WORTH = 1e5
"""Value of a tonne, USD: no route costs more."""


def hinterland(
    network: Network,
    parameter: Parameter,
    low: float,
    high: float,
    *,
    commodity: str,
    origin: str,
    destinations: str | Iterable[str] | None = None,
    routes_by: By = "corridor",
    progress: bool = True,
) -> pd.DataFrame:
    """Which route is cheapest to each destination over a parameter's range, each tonne on its own (no capacities).

    Parameters
    ----------
    network : Network
    parameter : tuple or DataFrame
        A cost, as for `corridors.break_even`.
    low, high : float
        Its range.
    commodity : str
    origin : str
        A node.
    destinations : str or iterable of str, optional
        Nodes; by default all at links whose mode takes the commodity.
    routes_by : str or mapping
        As for `corridors.break_even`.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        By destination, one row per piece: ``node_id, name, country, low, high`` (of the parameter), ``cost_low,
        cost_high`` (generalised, USD/t), ``slope`` (what a unit of the parameter adds, USD/t), ``preferred``, ``flips``
        (whether another route was preferred in the piece before). Destinations that nothing reaches are left out.

    Raises
    ------
    InputError
        An unknown node; a range or parameter that `corridors.break_even` would not take.

    Notes
    -----
    The parametric shortest paths of Karp & Orlin 1981 for all destinations at once, found as `corridors.break_even`
    finds its pieces; the area in which a route is cheapest is its market area (Hotelling 1929) or a port's hinterland.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "middle", "on"], "from_node_id": ["xian", "xian", "poti"],
    ...                       "to_node_id": ["moscow", "poti", "moscow"], "mode": "ship",
    ...                       "corridors": ["north", "middle", "middle"], "tariff": [60.0, 85.0, 20.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "moscow", "poti"]}), links)
    >>> toll = ("links", "north", "tariff", "add")
    >>> table = cd.hinterland(network, toll, 0, 100, commodity="containers", origin="xian")
    >>> table[["node_id", "low", "high", "cost_low", "cost_high", "preferred"]]
      node_id   low   high  cost_low  cost_high preferred
    0  moscow   0.0   45.0      60.0      105.0     north
    1  moscow  45.0  100.0     105.0      105.0    middle
    2    poti   0.0    5.0      80.0       85.0     north
    3    poti   5.0  100.0      85.0       85.0    middle
    """
    arguments.networks(network=network)
    arguments.texts(commodity=commodity, origin=origin)
    commodity, origin = as_id(commodity), as_id(origin)
    known = network.commodities.commodity
    if len(known):
        remedy = f"give one of {', '.join(known)}"
        [commodity] = arguments.known_names("commodity", commodity, known, "is unknown", remedy)
    namer(network, routes_by)
    origin, ends = _ends(network, destinations, commodity, origin)
    ids = [f"to {name}" for name in ends]
    rows = pd.DataFrame(
        {"demand_id": ids, "commodity": commodity, "origin": origin, "destination": ends, "volume": 0.0, "value": WORTH}
    )
    sent = [
        pd.DataFrame(
            {"table": ["demand"], "id": [i], "field": ["volume"], "operation": ["set"], "value": [TONNES]}, dtype=object
        )
        for i in ids
    ]
    lines = Lines(without_capacities(network), rows, parameter, low, high, sent, progress)
    if not lines.slope.on_cost:
        raise InputError("hinterland: capacities do not count here, nor do volumes; give a cost, or use break_even")
    table = _by_destination(network.nodes, ends, lines.table(rows, routes_by))
    table.attrs["solved"] = lines.solved
    return table


def _ends(
    network: Network, destinations: str | Iterable[str] | None, commodity: str, origin: str
) -> tuple[str, list[str]]:
    """The origin, and the nodes to send goods to without it."""
    given = destinations is not None
    wanted = arguments.names_of("destinations", destinations) if given else _touched(network, commodity)
    (origin,), wanted = (
        arguments.known_names(end, names, network.nodes.node_id, "is unknown", "give ids in nodes.node_id")
        for end, names in (("origin", [origin]), ("destinations", wanted))
    )
    ends = [name for name in wanted if name != origin]
    if not ends:
        raise InputError(f"destinations: there is none but {origin}; give others, or links that lead to some")
    return origin, ends


def _touched(network: Network, commodity: str) -> list[str]:
    """Nodes at the ends of operating links of modes that take a commodity."""
    links = network.links[may_carry(network, "links", commodity) & (network.links.status == "operating").to_numpy()]
    touched = {*links.from_node_id, *links.to_node_id}
    return [node for node in network.nodes.node_id if node in touched]


def _by_destination(nodes: pd.DataFrame, ends: list[str], pieces: pd.DataFrame) -> pd.DataFrame:
    """The pieces of destinations that are reached, in dollars a tonne."""
    reached = pieces[pieces.preferred != "nothing"]
    table = pd.DataFrame({"node_id": [ends[line] for line in reached.line]})
    by_node = nodes.set_index("node_id")
    for column in ("name", "country"):
        table[column] = table.node_id.map(by_node[column])
    for column in ("low", "high", "loss_low", "loss_high", "slope"):
        per_tonne = 1.0 if column in ("low", "high") else TONNES
        values = reached[column] / per_tonne
        digits = 9 if per_tonne == 1 else places(4, values, 10.0)
        table[column.replace("loss", "cost")] = values.round(digits).to_numpy() + 0.0
    table["preferred"], table["flips"] = reached.preferred.to_numpy(), reached.flips.to_numpy()
    return table


def next_flips(table: pd.DataFrame, now: float) -> pd.DataFrame:
    """The cheapest route to each destination at a value of the parameter, and the next flip above it.

    Parameters
    ----------
    table : DataFrame
        What `hinterland` gave.
    now : float
        A value in its range.

    Returns
    -------
    DataFrame
        One row per destination: ``node_id, name, country, cost`` (USD/t), ``preferred``, ``flip`` (the value at which
        another route becomes the cheapest, missing where none does), ``flips_to``.

    Raises
    ------
    InputError
        A value outside the range.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "middle", "on"], "from_node_id": ["xian", "xian", "poti"],
    ...                       "to_node_id": ["moscow", "poti", "moscow"], "mode": "ship",
    ...                       "corridors": ["north", "middle", "middle"], "tariff": [60.0, 85.0, 20.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "moscow", "poti"]}), links)
    >>> toll = ("links", "north", "tariff", "add")
    >>> table = cd.hinterland(network, toll, 0, 100, commodity="containers", origin="xian", progress=False)
    >>> cd.next_flips(table, 10)[["node_id", "cost", "preferred", "flip", "flips_to"]]
      node_id  cost preferred  flip flips_to
    0  moscow  70.0     north  45.0   middle
    1    poti  85.0    middle   NaN
    """
    columns = ("node_id", "name", "country", "preferred")
    figures = ("low", "high", "cost_low", "slope")
    table = arguments.table_of("table", table, columns, numbers=figures, source="hinterland", some=True)
    arguments.numbers(now=now)
    if table.empty or not table.low.min() <= now <= table.high.max():
        raise InputError(f"next_flips: now={now:g} is not in the range of the table; give a value within it")
    rows, digits = [], places(4, table.cost_high, 10.0)
    for node, part in table.groupby("node_id", sort=False):
        here = part[(part.low <= now) & (now <= part.high)].iloc[-1]
        later = part[(part.low > now) & (part.preferred != here.preferred)].head(1)
        cost = here.cost_low + (now - here.low) * here.slope
        flip, to = (float(later.low.iloc[0]), later.preferred.iloc[0]) if len(later) else (float("nan"), "")
        rows.append((node, here["name"], here.country, round(cost, digits), here.preferred, flip, to))
    flips = pd.DataFrame(rows, columns=["node_id", "name", "country", "cost", "preferred", "flip", "flips_to"])
    flips.attrs.update(now=float(now), high=float(table.high.max()))
    return flips
