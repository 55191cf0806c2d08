"""NetworkX graphs to networks and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from corridors import arguments
from corridors.errors import InputError, a_number, complaint, listed
from corridors.io.complete import without_loops
from corridors.io.flows import flows_of, renamed
from corridors.io.recipe import Recipe, applied
from corridors.network import Network
from corridors.schema.checks import as_id
from corridors.schema.definitions import CRS, TABLES

KEPT = ("transfers", "zones", "commodities", "rates", "tariffs", "fleets", "cost_steps", "blocs")
"""The tables that a graph keeps among its own attributes, as lists of rows."""
ITEM = "corridors"
"""The attribute of a graph that `to_networkx` made: ``flows``, attributes of edges that are no part of the network,
``renamed``, what others are called next to them, and ``order``, the links as they stood."""
ENDS = ("from_node_id", "to_node_id", "directed")
"""What the graph itself says of an edge."""


def from_networkx(
    graph: Any,
    *,
    names: Mapping[str, str] | None = None,
    units: Mapping[str, Any] | None = None,
    mode: str | None = None,
    kilometres: float = 1.0,
) -> Network:
    """A network from a NetworkX graph: a node a node, an edge a link, attributes as columns.

    A graph that `to_networkx` made comes back as the network that it was: two edges of a link are one link again, and
    transfers, zones, commodities, rates and cost steps are the graph's own attributes.

    Parameters
    ----------
    graph : Graph, DiGraph, MultiGraph or MultiDiGraph
        Edges of a directed graph run in one direction. Parallel edges are kept. Where the graph has an attribute
        ``crs``, as those of OSMnx have, ``x`` and ``y`` of its nodes are coordinates in it.
    names : mapping, optional
        What attributes are called here: ``{"weight": "tariff", "x": "x_coord"}``.
    units : mapping, optional
        By column as it is called here, its unit in the graph: ``{"length": "m", "time": "s"}``, as OSMnx has them; as
        in `corridors.read`.
    mode : str, optional
        The mode of edges that have no attribute ``mode``.
    kilometres : float
        Kilometres that a unit of ``length`` is, in place of ``units={"length": ...}``.

    Returns
    -------
    Network
        Links are called by the attribute ``link_id``, else by their ends, ``a-b``, and their key where they are
        parallel.

    Raises
    ------
    InputError
        Edges without a mode; two attributes that come to one column; attributes that contradict the graph's own nodes
        and ends; two edges of one link that differ; a unit that is not known; or what `Network` refuses.

    Warns
    -----
    InputWarning
        Edges that end where they start, which are left out.

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
    arguments.mappings_or_none(names=names, units=units)
    arguments.texts_or_none(mode=mode)
    if not 0 < a_number(kilometres) < np.inf:
        raise InputError(f"graph: kilometres={kilometres!r} does not fit; give what a unit of length comes to, > 0")
    metadata = graph.graph.get(ITEM, {})
    called = {**{own: here for here, own in metadata.get("renamed", {}).items()}, **dict(names or {})}
    nodes = _nodes(graph, called)
    links = _links(graph, called, mode, metadata.get("flows", ()))
    place = {name: i for i, name in enumerate(metadata.get("order", ()))}
    links = links.sort_values("link_id", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
    if kilometres != 1.0 and "length" in links:
        links["length"] = pd.to_numeric(links.length, errors="coerce") * kilometres
    tables = applied({"nodes": nodes, "links": links}, Recipe(units=dict(units or {})))
    nodes, links = tables["nodes"], without_loops(tables["links"])
    kept = {table: pd.DataFrame(graph.graph[table]) for table in KEPT if ITEM in graph.graph and graph.graph.get(table)}
    return Network(nodes, links, **kept)


def to_networkx(network: Network, *, result: xr.Dataset | None = None) -> Any:
    """A network as a directed multigraph: an edge a direction of a link, its key the link's id.

    Both edges of a link have all its attributes, and ``direction`` (``fwd`` or ``rev``). Where ``capacity_scope`` is
    ``both``, they share one capacity: an algorithm that takes each edge's for its own takes it twice. Transfers, zones,
    commodities, rates and cost steps are in ``graph.graph``, as lists of rows, and so are ``units``, by attribute.

    Parameters
    ----------
    network : Network
    result : Dataset, optional
        What `corridors.solve` gave: edges get ``flow``, t/year; a column ``flow`` of the network becomes
        ``network_flow``. `from_networkx` leaves the flows out again.

    Returns
    -------
    networkx.MultiDiGraph
        Its nodes are those of the network, with all their columns.

    Raises
    ------
    InputError
        A result of another network or of several scenarios.

    Examples
    --------
    >>> import corridors as cd
    >>> graph = cd.to_networkx(cd.load_network("eurasia").subset(modes=["ferry"]))
    >>> sorted(graph["kuryk_port"]["baku_port"])
    ['ferry_kuryk_port_baku_port']
    """
    arguments.networks(network=network)
    graph: Any = nx.MultiDiGraph()
    for row in network.nodes.to_dict("records"):
        node = row.pop("node_id")
        graph.add_node(node)
        graph.nodes[node].update(row)
    flows = pd.DataFrame(columns=["direction"]) if result is None else flows_of(network, result)
    new = renamed(network.links, flows[[c for c in ("flow", "direction") if c in flows]].assign(direction=""))
    graph.graph.update({table: getattr(network, table).to_dict("records") for table in KEPT})
    graph.graph["units"] = {column.name: column.unit for table in ("nodes", "links") for column in TABLES[table]
                            if column.unit and column.name in getattr(network, table)}  # fmt: skip
    graph.graph[ITEM] = {
        "flows": ["direction", *(["flow"] if result is not None else [])],
        "renamed": new,
        "order": network.links.link_id.tolist(),
    }
    for row in network.links.rename(columns=new).to_dict("records"):
        link, ends = row["link_id"], (row.pop("from_node_id"), row.pop("to_node_id"))
        for direction, (tail, head) in ({"fwd": ends} if row["directed"] else {"fwd": ends, "rev": ends[::-1]}).items():
            graph.add_edge(tail, head, key=link)
            carried = {} if result is None else {"flow": float(flows.loc[link, f"flow_{direction}"])}
            graph.edges[tail, head, link].update(row, direction=direction, **carried)
    return graph


def _nodes(graph: Any, called: Mapping[str, str]) -> pd.DataFrame:
    rows = [{**_renamed(data, called), "node_id": _plain(node)} for node, data in graph.nodes(data=True)]
    named = [(node, _renamed(data, called)["node_id"]) for node, data in graph.nodes(data=True)
             if "node_id" in _renamed(data, called)]  # fmt: skip
    _agree("nodes", "node_id", [(_text(node), _text(_plain(node)), _text(given)) for node, given in named])
    nodes = pd.DataFrame(rows, columns=None if rows else ["node_id"])
    if graph.graph.get("crs") and {"x", "y"} <= set(nodes) and not {"x_coord", "y_coord"} & set(nodes):
        try:
            turn = pyproj.Transformer.from_crs(graph.graph["crs"], CRS, always_xy=True)
        except pyproj.exceptions.CRSError:
            raise InputError(f"graph: crs {graph.graph['crs']!r} is not known; give such as {CRS}") from None
        lon, lat = turn.transform(*(pd.to_numeric(nodes[axis]).to_numpy(float) for axis in ("x", "y")))
        nodes = nodes.assign(x_coord=lon, y_coord=lat)
    return nodes


def _links(graph: Any, called: Mapping[str, str], mode: str | None, flows: Any) -> pd.DataFrame:
    rows, clashes = [], []
    for tail, head, key, data in _edges(graph):
        own = f"{_text(tail)}-{_text(head)}"
        if graph.is_multigraph() and graph.number_of_edges(tail, head) > 1:
            own = f"{own}-{_text(key)}"
        given = _renamed({name: value for name, value in data.items() if name not in flows}, called)
        ends = {"from_node_id": _plain(tail), "to_node_id": _plain(head), "directed": graph.is_directed()}
        direction = data.get("direction") if "direction" in flows else None
        said = ENDS if direction is None else () if graph.is_directed() else ("directed",)
        clashes += [(name, own, _said(ends[name]), _said(given[name])) for name in said if name in given]
        row = {"link_id": own, **({"mode": mode} if mode else {}), **given, **ends}
        rows.append((direction, bool(given.get("directed", False)), row))
    for name in ENDS:
        _agree("links", name, [clash[1:] for clash in clashes if clash[0] == name])
    links = list(_joined(rows))
    if not all(isinstance(link.get("mode"), str) and link["mode"] for link in links):
        without = sum(not (isinstance(link.get("mode"), str) and link["mode"]) for link in links)
        raise InputError(f"graph: {without} edges have no mode; give them an attribute mode, or mode= for all")
    return pd.DataFrame(links, columns=None if links else ["link_id", "from_node_id", "to_node_id", "mode"])


def _joined(rows: list[tuple[Any, bool, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Rows of links; the two directions of one, as `to_networkx` parts them, joined again."""
    back = {_text(row["link_id"]): row for direction, _, row in rows if direction == "rev"}
    for direction, directed, row in rows:
        other = back.pop(_text(row["link_id"]), None) if direction == "fwd" and not directed else None
        if other is not None:
            turned = {**other, "from_node_id": other["to_node_id"], "to_node_id": other["from_node_id"]}
            differ = [name for name in dict.fromkeys([*row, *turned]) if not _same(row.get(name), turned.get(name))]
            if differ:
                problem = f"its two edges differ in {listed(differ)}"
                remedy = "give both the same, or call them two links that are directed"
                raise InputError(complaint("links", problem, [row["link_id"]], remedy))
            yield {**row, "directed": False}
        elif direction != "rev":
            yield row
    yield from back.values()


def _same(one: Any, other: Any) -> bool:
    missing = [value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value))) for value in (one, other)]
    return all(missing) or (not any(missing) and bool(np.all(one == other)))


def _agree(table: str, column: str, rows: list[tuple[str, str, str]]) -> None:
    """Refuse attributes that say something else than the graph: row, what the graph says, and what they say."""
    wrong = [f"{row}: {given}" for row, own, given in rows if given not in (own, "")]
    if wrong:
        remedy = "take it out, or relabel the graph by it"
        raise InputError(complaint(table, f"an attribute {column} contradicts the graph", wrong, remedy))


def _edges(graph: Any) -> Any:
    if graph.is_multigraph():
        return graph.edges(keys=True, data=True)
    return ((tail, head, None, data) for tail, head, data in graph.edges(data=True))


def _plain(key: Any) -> Any:
    """A key without NumPy's scalars, which would be written as such."""
    if isinstance(key, tuple):
        return str(tuple(_plain(part) for part in key))
    return key.item() if isinstance(key, np.generic) else key


def _text(key: Any) -> str:
    return as_id(_plain(key))


def _said(value: Any) -> str:
    """An attribute as text; what means true and false in tables does so here."""
    text = _text(value)
    return {"true": "True", "yes": "True", "false": "False", "no": "False"}.get(text.casefold(), text)


def _renamed(data: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    new: dict[str, Any] = {}
    for name, value in data.items():
        column = called.get(name, name)
        if column in new:
            both = listed(own for own in data if called.get(own, own) == column)
            raise InputError(f"graph: attributes {both} are both called {column}; rename or delete one")
        new[column] = value
    return new
