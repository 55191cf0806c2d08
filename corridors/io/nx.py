"""NetworkX graphs to networks and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
import pandas as pd
import xarray as xr

from corridors.errors import InputError
from corridors.network import Network


def from_networkx(graph: Any, *, names: Mapping[str, str] | None = None, mode: str | None = None) -> Network:
    """A network from a NetworkX graph: a node a node, an edge a link, attributes as columns.

    Parameters
    ----------
    graph : Graph, DiGraph, MultiGraph or MultiDiGraph
        Edges of a directed graph run one way. Parallel edges are kept.
    names : mapping, optional
        What attributes are called here: ``{"weight": "tariff", "x": "x_coord"}``.
    mode : str, optional
        The mode of edges that have no attribute ``mode``.

    Returns
    -------
    Network
        Links are called by the attribute ``link_id``, else by their ends, ``a-b``, and their key where they are
        parallel.

    Raises
    ------
    InputError
        Edges without a mode, or what `Network` refuses.

    Examples
    --------
    >>> import networkx as nx
    >>> import corridors as cd
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("aktau", "baku", weight=10.3, capacity=2.6e6)
    >>> network = cd.from_networkx(graph, names={"weight": "tariff"}, mode="ferry")
    >>> network.links[["link_id", "directed", "tariff"]].to_dict("records")
    [{'link_id': 'aktau-baku', 'directed': True, 'tariff': 10.3}]
    """
    if not isinstance(graph, nx.Graph):
        raise InputError(f"graph: is a {type(graph).__name__}; give a graph of NetworkX")
    called = dict(names or {})
    nodes = [{"node_id": n, **_renamed(data, called)} for n, data in graph.nodes(data=True)]
    links = []
    for tail, head, key, data in _edges(graph):
        own = f"{tail}-{head}" + (f"-{key}" if graph.is_multigraph() and graph.number_of_edges(tail, head) > 1 else "")
        ends = {"from_node_id": tail, "to_node_id": head, "directed": graph.is_directed()}
        links.append({"link_id": own, **({"mode": mode} if mode else {}), **_renamed(data, called), **ends})
    if links and not all(link.get("mode") for link in links):
        without = sum(not link.get("mode") for link in links)
        raise InputError(f"graph: {without} edges have no mode; give them an attribute mode, or mode= for all")
    empty = pd.DataFrame(columns=["link_id", "from_node_id", "to_node_id", "mode"])
    return Network(pd.DataFrame(nodes, columns=None if nodes else ["node_id"]), pd.DataFrame(links) if links else empty)


def to_networkx(network: Network, *, result: xr.Dataset | None = None) -> Any:
    """A network as a directed multigraph: an edge a direction of a link, its key the link's id.

    Parameters
    ----------
    network : Network
    result : Dataset, optional
        What `corridors.solve` gave: edges get ``flow``, t/year.

    Examples
    --------
    >>> import corridors as cd
    >>> graph = cd.to_networkx(cd.load_network("eurasia").subset(modes=["ferry"]))
    >>> sorted(graph["kuryk_port"]["baku_port"])
    ['ferry_kuryk_port_baku_port']
    """
    graph: Any = nx.MultiDiGraph()
    for row in network.nodes.to_dict("records"):
        graph.add_node(row.pop("node_id"), **row)
    flow = None if result is None else result.flow.sum("commodity").to_pandas()
    for row in network.links.to_dict("records"):
        link, ends = row.pop("link_id"), (row.pop("from_node_id"), row.pop("to_node_id"))
        ways = {"fwd": ends} if row["directed"] else {"fwd": ends, "rev": ends[::-1]}
        for way, (tail, head) in ways.items():
            carried = {} if flow is None else {"flow": float(flow.loc[link, way])}
            graph.add_edge(tail, head, key=link, **row, **carried)
    return graph


def _edges(graph: Any) -> Any:
    if graph.is_multigraph():
        return graph.edges(keys=True, data=True)
    return ((tail, head, None, data) for tail, head, data in graph.edges(data=True))


def _renamed(data: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    return {called.get(name, name): value for name, value in data.items()}
