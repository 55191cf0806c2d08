"""A graph of NetworkX as arrays: what the conversion gives, and NetworkX keeps with the graph for the next call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat
from operator import itemgetter
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
        self.rows = {node: list(row) for node, row in graph._adj.items()} if self.directed and not self.multi else None
        self.data = data_of(graph)
        if self.rows is None:
            self.edges = edges_of(graph)
        starts, ends = (map(itemgetter(end), self.edges) for end in (0, 1)) if self.rows is None else ends_of(self.rows)
        self.tail, self.head = (
            np.fromiter(map(self.place.__getitem__, nodes), np.int64, len(self.data)) for nodes in (starts, ends)
        )
        self.edge_values = {name: _of(self.data, name, default) for name, default in edge_attrs.items()}
        self.node_values = {name: _of(graph._node.values(), name, default) for name, default in node_attrs.items()}
        self._numbers: dict[tuple[str, str], IntArray] = {}

    @cached_property
    def edges(self) -> list[tuple[Any, ...]]:
        """Edges by their ends, and key in a multigraph."""
        return list(zip(*ends_of(self.rows or {}), strict=True))

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
        return self._kept("capacity", name, self.edge_values, np.inf)

    def weights(self, name: str) -> IntArray:
        """Weights of the edges, zero where there is none."""
        return self._kept("weight", name, self.edge_values, 0)

    def demands(self, name: str) -> IntArray:
        """Demands of the nodes, zero where there is none."""
        return self._kept("demand", name, self.node_values, 0)

    def _kept(self, what: str, name: str, values: Mapping[str, list[Any]], default: Any) -> IntArray:
        """Numbers of an attribute: as they were converted, where the conversion knew of it."""
        if name not in values:
            return integers([0] * len(self) if what == "demand" else _of(self.data, name, default), what)
        if (what, name) not in self._numbers:
            given = values[name] if what != "demand" else [0 if value is None else value for value in values[name]]
            self._numbers[what, name] = integers(given, what)
        return self._numbers[what, name]


def edges_of(graph: Any) -> list[tuple[Any, ...]]:
    """Edges by their ends, and key in a multigraph."""
    return list(graph.edges(keys=True) if graph.is_multigraph() else graph.edges)


def ends_of(rows: Mapping[Any, list[Any]]) -> tuple[Iterable[Any], Iterable[Any]]:
    """Where edges start and end, of those that leave each node."""
    return chain.from_iterable(repeat(node, len(row)) for node, row in rows.items()), chain.from_iterable(rows.values())


def data_of(graph: Any) -> list[Mapping[str, Any]]:
    """The attributes of each edge, in the order of ``ArrayGraph.edges``."""
    if graph.is_multigraph() or not graph.is_directed():
        return [edge[-1] for edge in graph.edges(data=True)]
    return list(chain.from_iterable(row.values() for row in graph._adj.values()))  # in a fifth of the time


def integers(values: Sequence[Any], what: str) -> IntArray:
    """Values of edges or nodes as integers of 64 bits; an infinite capacity as `UNCAPACITATED`.

    Raises
    ------
    NotImplementedError
        Others: NetworkX takes the call itself where this backend was not asked for by name.
    """
    endless = np.array([value == np.inf for value in values]) if what == "capacity" and np.inf in values else None
    finite = values if endless is None else [0 if value == np.inf else value for value in values]
    if not all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in set(map(type, finite))):
        wrong = next(v for v in finite if isinstance(v, bool) or not isinstance(v, (int, np.integer)))
        raise NotImplementedError(f"a {what} is {wrong!r}, and only integers are taken")
    try:
        found = np.array(finite, np.int64)
    except OverflowError:
        found = None
    if found is None or not -BOUND < found.min(initial=0) <= found.max(initial=0) < BOUND:
        raise NotImplementedError(f"a {what} is {max(finite, key=abs)!r}, which is too large")
    if endless is not None:
        found[endless] = UNCAPACITATED
    return found


def _of(owners: Iterable[Mapping[str, Any]], name: str, default: Any) -> list[Any]:
    return [own.get(name, default) for own in owners]
