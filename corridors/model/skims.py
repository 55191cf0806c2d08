"""Skims: cost, time, distance and path of the best route between places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.model.arcs import Graph, Kind, TransportGraph
from corridors.model.costs import link_parts, transfer_parts
from corridors.model.steps import costs_when_empty
from corridors.network import Network
from corridors.schema.columns import as_id
from corridors.solvers.paths import path_to, shortest_paths

MEASURES = ("cost", "time", "length")


def skim(
    network: Network,
    *,
    commodity: str,
    origins: Iterable[str] | str | None = None,
    destinations: Iterable[str] | str | None = None,
    minimise: str = "cost",
) -> pd.DataFrame:
    """Generalised cost, time, distance and path by pair of nodes, each tonne on its own.

    There are no capacities, and of cost steps those count that hold where nothing passes yet, whatever the origin.

    Parameters
    ----------
    network : Network
        Its operating links and transfers.
    commodity : str
        What is moved: it decides modes, rates and the value of time. It leaves a node by any mode, as goods that pass:
        by which modes it starts (`start_modes`) is not asked.
    origins, destinations : str or iterable of str, optional
        Node ids; all nodes by default.
    minimise : str
        What the best route has least of: ``cost, time`` or ``length``.

    Returns
    -------
    DataFrame
        A row a pair: ``origin, destination, cost`` (generalised, USD/t), ``time`` (h), ``length`` (km), ``modes``,
        ``links``, ``transfers`` (ids in order, split by ``;``). Missing numbers where there is no route.

    Raises
    ------
    InputError
        An unknown commodity, node or measure; a link without a time or length where `minimise` wants one.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": "ship", "tariff": [3.0, 4.0], "length": [300.0, 400.0], "time": [20.0, 25.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links)
    >>> cd.skim(network, commodity="grain", origins="x", destinations="z").iloc[0].to_dict()
    {'origin': 'x', 'destination': 'z', 'cost': 7.0, 'time': 45.0, 'length': 700.0, 'modes': 'ship', 'links': 'a;b',
     'transfers': ''}
    """
    arguments.networks(network=network)
    arguments.texts(commodity=commodity, minimise=minimise)
    commodity = as_id(commodity)
    if minimise not in MEASURES:
        raise InputError(f"skim: minimise={minimise!r} is unknown; give one of {', '.join(MEASURES)}")
    known = network.commodities.commodity
    if len(known):
        remedy = f"give one of {', '.join(known)}"
        [commodity] = arguments.known_names("commodity", commodity, known, "is unknown", remedy)
    starts, ends = (
        _node_rows(network, nodes, what) for nodes, what in ((origins, "origins"), (destinations, "destinations"))
    )
    graph = TransportGraph(network).of(commodity)
    measures = measures_of(network, graph, commodity)
    weight = measures[minimise]
    open_arcs = open_arcs_of(network, graph)
    missing = open_arcs[np.isnan(weight[open_arcs])]
    if len(missing):
        ids = network.links.link_id.to_numpy()[np.unique(graph.item[missing])]
        raise InputError(
            complaint("links", f"{minimise} is missing", ids, f"give it, or skim by another of {', '.join(MEASURES)}")
        )
    return _pairs(network, graph, measures, open_arcs, weight, starts, ends)


def measures_of(network: Network, graph: Graph, commodity: str) -> dict[str, FloatArray]:
    """Cost (of cost steps that of the first tonne), time and length of every arc."""
    on_link = graph.kind == Kind.LINK

    def arcs(of_links: Any, of_transfers: Any) -> FloatArray:
        values = np.zeros(len(graph.item))
        values[on_link] = np.asarray(of_links, float)[graph.item[on_link]]
        values[~on_link] = np.asarray(of_transfers, float)[graph.item[~on_link]]
        return values

    links, transfers = link_parts(network, commodity), transfer_parts(network, commodity)
    cost = arcs(links.cost(), transfers.cost())
    for table, chosen in (("links", on_link), ("transfers", ~on_link)):
        cost[chosen] += costs_when_empty(network, table, commodity)[graph.item[chosen], graph.direction[chosen]]
    return {
        "cost": cost,
        "time": arcs(links.hours(), transfers.time),
        "length": arcs(network.links.length, np.zeros(len(transfers.time))),
    }


def open_arcs_of(network: Network, graph: Graph) -> IntArray:
    """The arcs of a graph whose link or transfer operates."""
    on_link = graph.kind == Kind.LINK
    is_open = np.zeros(len(graph.item), bool)
    for chosen, table in ((on_link, network.links), (~on_link, network.transfers)):
        is_open[chosen] = (table.status == "operating").to_numpy()[graph.item[chosen]]
    return np.flatnonzero(is_open)


def _pairs(
    network: Network,
    graph: Graph,
    measures: dict[str, FloatArray],
    open_arcs: IntArray,
    weight: FloatArray,
    starts: IntArray,
    ends: IntArray,
) -> pd.DataFrame:
    """All pairs: each origin is a vertex that enters its node's places, each destination one that they enter."""
    places = len(graph.place_node)
    leave, at_start = np.nonzero(starts[:, None] == graph.place_node[None, :])
    reach, at_end = np.nonzero(ends[:, None] == graph.place_node[None, :])
    tail = np.concatenate([graph.tail[open_arcs], places + leave, at_end])
    head = np.concatenate([graph.head[open_arcs], at_start, places + len(starts) + reach])
    lengths = np.concatenate([weight[open_arcs], np.zeros(len(leave) + len(reach))])
    vertices = places + len(starts) + len(ends)
    distance, last = shortest_paths(tail, head, lengths, vertices, places + np.arange(len(starts)))
    names = network.nodes.node_id.to_numpy()
    rows = []
    for i, start in enumerate(starts):
        for j, end in enumerate(ends):
            goal = places + len(starts) + j
            found = np.isfinite(distance[i, goal])
            path = [a for a in path_to(last[i], tail, goal) if a < len(open_arcs)] if found else []
            rows.append(
                {
                    "origin": names[start],
                    "destination": names[end],
                    **_told(network, graph, measures, open_arcs[path], found),
                }
            )
    return pd.DataFrame(rows, columns=["origin", "destination", *MEASURES, "modes", "links", "transfers"])


def _told(
    network: Network, graph: Graph, measures: dict[str, FloatArray], path: IntArray, found: bool
) -> dict[str, Any]:
    on_link = graph.kind[path] == Kind.LINK
    links, transfers = graph.item[path[on_link]], graph.item[path[~on_link]]
    modes = network.links["mode"].to_numpy()[links]
    return {
        **{name: float(values[path].sum()) if found else np.nan for name, values in measures.items()},
        "modes": ";".join(m for k, m in enumerate(modes) if k == 0 or m != modes[k - 1]),
        "links": ";".join(network.links.link_id.to_numpy()[links]),
        "transfers": ";".join(network.transfers.transfer_id.to_numpy()[transfers]),
    }


def _node_rows(network: Network, wanted: Iterable[str] | str | None, what: str) -> IntArray:
    nodes = network.nodes.node_id
    if wanted is None:
        return np.arange(len(nodes))
    names = arguments.known_names(what, wanted, nodes, "is no node of the network", "give ids in nodes.node_id")
    found: IntArray = pd.Index(nodes).get_indexer(pd.Index(names, dtype=object)).astype(np.int64)
    return found
