"""What a reader of the served page can move, and the names it goes by."""

from __future__ import annotations

from typing import Any

import pandas as pd

from corridors.errors import InputError
from corridors.network import Network
from corridors.page.choices import country_names
from corridors.scenarios.groups import closures

OFFERED = (
    ("toll", "country", "add", "Toll on entry into", "USD/t more"),
    ("toll", "bloc", "add", "Toll on entry into", "USD/t more"),
    ("border_fee", "border", "add", "Fee at", "USD/t more"),
    ("tariff", "corridor", "scale", "Tariff of", "times today's"),
    ("tariff", "link", "add", "Tariff of", "USD/t more"),
    ("capacity", "link", "scale", "Capacity of", "times today's"),
    ("capacity", "link", "set", "Capacity of", "t a year"),
    ("capacity", "corridor", "scale", "Capacity of", "times today's"),
    ("cost", "node", "add", "Handling at", "USD/t more"),
    ("volume", "commodity", "scale", "Demand for", "times today's"),
    ("volume", "demand", "scale", "Demand of row", "times today's"),
)
"""What can be moved: field, kind and operation as for `corridors.named_parameter`, words and unit."""


def live_of(network: Network, demand: pd.DataFrame) -> dict[str, Any]:
    """What the page needs to compose questions.

    Returns
    -------
    dict
        ``moves``, rows of `OFFERED` with the list that their names are in; ``names``, id and name, by list. Only links
        whose capacity is limited are offered for it: for others the base has nothing to start from.
    """
    names = {kind: _names(network, demand, kind) for kind in dict.fromkeys(kind for _, kind, *_ in OFFERED)}
    limited = set(network.links.link_id[network.links.capacity.notna()])
    names["limited"] = [row for row in names["link"] if row[0] in limited]
    moves = [(*row, "limited" if row[:2] == ("capacity", "link") else row[1]) for row in OFFERED]
    return {"moves": [row for row in moves if names[row[-1]]], "names": names}


def _names(network: Network, demand: pd.DataFrame, kind: str) -> list[tuple[str, str]]:
    if kind == "demand":
        rows = zip(demand.demand_id, demand.commodity, demand.origin, demand.destination, strict=True)
        return [(row, f"{commodity} {origin} - {destination}") for row, commodity, origin, destination in rows]
    if kind == "commodity":
        return [(name, name.replace("_", " ")) for name in demand.commodity.unique()]
    try:
        ids = list(network.transfers.node_id.unique() if kind == "node" else closures(network, kind))
    except InputError:  # a network without countries has no borders, say
        return []
    known = {
        "country": country_names(),
        "link": dict(zip(network.links.link_id, network.links.name, strict=True)),
        "node": dict(zip(network.nodes.node_id, network.nodes.name, strict=True)),
    }.get(kind, {})
    return [(name, known.get(name) or name) for name in ids]
