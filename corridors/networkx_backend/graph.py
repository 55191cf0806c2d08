"""A graph of NetworkX as arrays: what the conversion gives, and NetworkX keeps with the graph for the next call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import IntArray

BOUND = 1 << 53
"""Numbers of a graph are below this, so that sums of a few thousand of them stay within 64 bits."""


class ArrayGraph:
    """Nodes by their place, arcs by their ends' places, and the attributes that were asked for.

    NetworkX may ask for all (``preserve_edge_attrs``) and name none: these are read from the edges when they are used.

    Parameters
    ----------
    graph : Graph
        Of NetworkX, of any of its four kinds.
    edge_attrs, node_attrs : mapping
        Names of attributes, and what stands where there is none; None where it has to be there.
    """

    __networkx_backend__ = "corridors"

    def __init__(self, graph: Any, edge_attrs: Mapping[str, Any], node_attrs: Mapping[str, Any]) -> None:
        self.source = graph
        self.nodes = list(graph)
        self.directed = graph.is_directed()
        self.multi = graph.is_multigraph()
        self.place = {node: i for i, node in enumerate(self.nodes)}
        self.edges, self.data = edges_of(graph)
        place = self.place
        self.tail = np.fromiter((place[edge[0]] for edge in self.edges), np.int64, len(self.edges))
        self.head = np.fromiter((place[edge[1]] for edge in self.edges), np.int64, len(self.edges))
        self.edge_values = {name: [own.get(name, default) for own in self.data] for name, default in edge_attrs.items()}
        self.node_values = {
            name: [own.get(name, default) for own in graph._node.values()] for name, default in node_attrs.items()
        }

    def is_directed(self) -> bool:
        """Whether edges run in one direction; NetworkX asks."""
        return bool(self.directed)

    def is_multigraph(self) -> bool:
        """Whether edges have keys; NetworkX asks."""
        return bool(self.multi)

    def __len__(self) -> int:
        return len(self.nodes)

    def capacities(self, name: str) -> IntArray:
        """Capacities of the edges, infinite ones as `UNCAPACITATED`."""
        given = checked(self._of_edges(name, np.inf), "capacity", infinite=True)
        return np.array([UNCAPACITATED if c == np.inf else c for c in given], np.int64)

    def weights(self, name: str) -> IntArray:
        """Weights of the edges, zero where there is none."""
        return np.array(checked(self._of_edges(name, 0), "weight"), np.int64)

    def _of_edges(self, name: str, default: Any) -> list[Any]:
        return self.edge_values[name] if name in self.edge_values else [own.get(name, default) for own in self.data]

    def demands(self, name: str) -> IntArray:
        """Demands of the nodes, zero where there is none."""
        given = self.node_values.get(name, [0] * len(self.nodes))
        return np.array(checked([0 if value is None else value for value in given], "demand"), np.int64)


def checked(values: list[Any], what: str, *, infinite: bool = False) -> list[Any]:
    """Values that can be taken; NetworkX takes the call itself where this backend was not asked for by name.

    Raises
    ------
    NotImplementedError
        Others.
    """
    if reason := why_not(values, what, infinite=infinite):
        raise NotImplementedError(reason)
    return values


def edges_of(graph: Any) -> tuple[list[tuple[Any, ...]], list[Mapping[str, Any]]]:
    """Edges by their ends, and key in a multigraph, and the attributes of each."""
    if graph.is_multigraph():
        every = list(graph.edges(keys=True, data=True))
    elif graph.is_directed():  # the same as graph.edges(data=True), in half the time
        every = [(u, v, data) for u, beyond in graph._adj.items() for v, data in beyond.items()]
    else:
        every = list(graph.edges(data=True))
    return [edge[:-1] for edge in every], [edge[-1] for edge in every]


def why_not(values: Sequence[Any], what: str, *, infinite: bool = False) -> str:
    """Why values of edges or nodes can't be taken; blank where they can."""
    finite = [value for value in values if value != np.inf] if infinite else values
    if {type(value) for value in finite} <= {int} and (not finite or (min(finite) > -BOUND and max(finite) < BOUND)):
        return ""
    for value in finite:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            return f"a {what} is {value!r}, and only integers are taken"
        if not -BOUND < value < BOUND:
            return f"a {what} is {value!r}, which is too large"
    return ""
