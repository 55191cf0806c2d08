"""A graph of NetworkX as arrays: what the conversion gives, and NetworkX keeps with the graph for the next call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

import networkx as nx
import numpy as np

from corridors.arrays.problem import UNCAPACITATED, Problem, sealed
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
        Names of attributes, and what stands where there is none; None is zero, as for demands.
    """

    __networkx_backend__ = "corridors"

    def __init__(self, graph: Any, edge_attrs: Mapping[str, Any], node_attrs: Mapping[str, Any]) -> None:
        self.source = graph
        self.nodes = list(graph)
        self.directed = graph.is_directed()
        self.multi = graph.is_multigraph()
        self.place = {node: i for i, node in enumerate(self.nodes)}
        simple = self.directed and not self.multi
        self.rows = {node: dict.fromkeys(row, 0) for node, row in graph._adj.items()} if simple else None
        """No flow on any edge, by its ends; of directed graphs without parallel edges."""
        self.data = data_of(graph)
        if self.rows is None:
            self.edges = edges_of(graph)
            self.tail, self.head = (self._places(map(itemgetter(end), self.edges)) for end in (0, 1))
        else:
            self.tail = sealed(np.repeat(np.arange(len(self.rows)), list(map(len, self.rows.values()))))
            self.head = self._places(chain.from_iterable(self.rows.values()))
        self.edge_values = {name: _of(self.data, name, default) for name, default in edge_attrs.items()}
        self.node_values = {name: _of(graph._node.values(), name, default) for name, default in node_attrs.items()}
        self._numbers: dict[tuple[str, str], IntArray] = {}
        self._problems: dict[tuple[str, str, str], Problem] = {}

    @cached_property
    def edges(self) -> list[tuple[Any, ...]]:
        """Edges by their ends, and key in a multigraph."""
        return [(start, end) for start, row in (self.rows or {}).items() for end in row]

    def _places(self, nodes: Iterable[Any]) -> IntArray:
        return sealed(np.fromiter(map(self.place.__getitem__, nodes), np.int64, len(self.data)))

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

    def problem(self, demand: str, capacity: str, weight: str) -> Problem:
        """The flow that meets all demands as a problem on arrays, kept where the conversion knew of all attributes.

        Raises
        ------
        NetworkXUnfeasible
            Demands that do not sum to zero, or a negative capacity.
        """
        names = (demand, capacity, weight)
        found = self._problems.get(names)
        if found is None:
            found = self.problem_of(self.demands(demand), *names[1:])
            if demand in self.node_values and {capacity, weight} <= set(self.edge_values):
                self._problems[names] = found
        return found

    def problem_of(self, demand: IntArray, capacity: str, weight: str) -> Problem:
        """The same of other demands, (V,)."""
        if demand.sum():
            raise nx.NetworkXUnfeasible("total node demand is not zero")
        most = self.capacities(capacity)
        if (most < 0).any():
            edge = self.edges[int(np.flatnonzero(most < 0)[0])]
            raise nx.NetworkXUnfeasible(f"edge {edge!r} has negative capacity")
        return Problem(self.tail, self.head, most, self.weights(weight), sealed(-demand))

    def _kept(self, what: str, name: str, values: Mapping[str, list[Any]], default: Any) -> IntArray:
        """Numbers of an attribute: as they were converted, where the conversion knew of it."""
        if name not in values:
            return integers([0] * len(self) if what == "demand" else _of(self.data, name, default), what)
        if (what, name) not in self._numbers:
            self._numbers[what, name] = integers(values[name], what)
        return self._numbers[what, name]


def edges_of(graph: Any) -> list[tuple[Any, ...]]:
    """Edges by their ends, and key in a multigraph."""
    return list(graph.edges(keys=True) if graph.is_multigraph() else graph.edges)


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
    kinds = set(map(type, values))
    open_ended = what == "capacity" and not kinds <= {int} and np.inf in values
    endless = np.array([value == np.inf for value in values]) if open_ended else None
    finite = values if endless is None else [0 if value == np.inf else value for value in values]
    kinds = kinds if endless is None else set(map(type, finite))
    if not all(issubclass(kind, (int, np.integer)) and kind is not bool for kind in kinds):
        wrong = next(v for v in finite if isinstance(v, bool) or not isinstance(v, (int, np.integer)))
        raise NotImplementedError(f"a {what} is {wrong!r}, and only integers are taken")
    try:
        found = np.fromiter(finite, np.int64, len(finite))
    except OverflowError:
        found = None
    if found is None or not -BOUND < found.min(initial=0) <= found.max(initial=0) < BOUND:
        raise NotImplementedError(f"a {what} is {max(finite, key=abs)!r}, which is too large")
    if endless is not None:
        found[endless] = UNCAPACITATED
    return sealed(found)


def _of(owners: Iterable[Mapping[str, Any]], name: str, default: Any) -> list[Any]:
    return [own.get(name, default or 0) for own in owners]
