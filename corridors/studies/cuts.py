"""Cuts: the capacities that bound what can go from one region to another."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.edits.selection import free_of_charge
from corridors.errors import InputError, InputWarning
from corridors.methods.digits import places
from corridors.model.build import build
from corridors.model.decode import limits_of, unmet_of
from corridors.network import Network
from corridors.scenarios.crossings import members
from corridors.schema.columns import as_id
from corridors.schema.fleets import capacities
from corridors.sweeping.optimum import solved


def min_cut(network: Network, origins: Any, destinations: Any, *, commodity: str) -> pd.DataFrame:
    """The shared capacities that bound what can go from one region to another, without costs or other demand.

    Parameters
    ----------
    network : Network
    origins, destinations : str or iterable of str
        Countries, blocs, or node ids; see `corridors.scenarios.crossings.members`.
    commodity : str
        What is moved, which decides the links that may carry it.

    Returns
    -------
    DataFrame
        ``bundle, table, id, limit`` (t/year), ``weight`` (how often it counts). ``attrs["flow"]`` is the largest flow,
        t/year, which equals the sum of limit times weight. Where no capacity bounds it, it is infinite, and the table
        is one row, ``unlimited``, with a limit of infinity.

    Raises
    ------
    InputError
        Regions that overlap or have no place that takes the commodity.

    Notes
    -----
    Ford & Fulkerson 1956: the cut is the optimal dual of the largest flow. It is found by `corridors.solve` on the same
    network without costs.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti"], "mode": "ship", "tariff": 10.0, "capacity": [2e6, 9e6]})
    >>> cd.min_cut(cd.Network(nodes, links), "KZ", "GE", commodity="grain")
            bundle table     id      limit  weight
    0  link:ferry  link  ferry  2000000.0     1.0
    """
    arguments.networks(network=network)
    arguments.texts(commodity=commodity)
    commodity = as_id(commodity)
    free = free_of_charge(network)
    ends = {
        "cut origin": _region(network, "origins", origins),
        "cut destination": _region(network, "destinations", destinations),
    }
    overlap = set.intersection(*(set(nodes) for nodes in ends.values()))
    if overlap:
        raise InputError(f"min_cut: regions share {len(overlap)} nodes ({sorted(overlap)[0]}); give two apart")
    zones = [
        pd.DataFrame({"zone_id": zone, "role": zone.removeprefix("cut "), "node_id": nodes})
        for zone, nodes in ends.items()
    ]
    tables = (network.links, network.nodes, network.transfers, capacities(network.fleets))
    room = sum(float(table.capacity.sum()) for table in tables)
    row = {"demand_id": "cut", "commodity": commodity, "origin": "cut origin", "destination": "cut destination"}
    asked = pd.DataFrame([{**row, "volume": 3 * room or 1.0, "value": 1.0}])
    free = free.replace(zones=pd.concat(zones, ignore_index=True))
    with warnings.catch_warnings():  # the volume asked for is more than all room there is, and nobody's unit
        warnings.simplefilter("ignore", InputWarning)
        solution = solved(build(free, asked))
    model = solution.model
    flow = -float(model.units.usd(solution.objective))
    labels = model.labels.assign(limit=limits_of(model), weight=(solution.rent * model.units.cost).round(6))
    table = labels[labels.weight > 0][["bundle", "table", "id", "limit", "weight"]].reset_index(drop=True)
    unbounded = float(unmet_of(model, solution.flow)[0]) < model.units.tonne / 2
    if unbounded:
        table = pd.DataFrame([("unlimited", "", "", np.inf, 1.0)], columns=table.columns)
    table.attrs["flow"] = np.inf if unbounded else round(flow, places(3, [flow], 1e6))
    return table


def _region(network: Network, name: str, region: Any) -> list[str]:
    names = arguments.names_of(name, region, some=True)
    nodes = network.nodes
    if set(names) <= set(nodes.node_id):
        return names
    try:
        within = members(network, names)
    except InputError as error:
        raise InputError(f"{name}: neither nodes nor countries of the network; {error}") from None
    return nodes.node_id[nodes.country.isin(within)].tolist()
