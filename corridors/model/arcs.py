"""The arcs of all flow classes, stacked: each class is a component of its own.

::

      price        free         links, transfers          member's price       - value
    world ──► gate ──► node×mode ──► ... ──► node×mode ──────────────────► row ──► world
      ORIGIN   ACCESS         LINK, TRANSFER               EGRESS            DEMAND

A vertex is a place (node × mode) seen by one class, a gate (a member where the class starts), a row (a demand row's
end) or the class's world. A zone is never passed through: gates are entered from the world only, rows left to it only.
Where a link or transfer has cost steps, a class has an arc a step (`corridors.model.steps`).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from corridors.arrays.typing import IntArray
from corridors.model.costs import Costs, starts_by
from corridors.network import Network, class_names


class Kind(enum.IntEnum):
    """What an arc stands for."""

    ORIGIN = 0
    ACCESS = 1
    LINK = 2
    TRANSFER = 3
    EGRESS = 4
    DEMAND = 5


@dataclass(frozen=True, eq=False)
class Arcs:
    """The arcs of every class, a row an arc, and the vertices between them.

    Parameters
    ----------
    tail, head : (E,) int
        Vertices.
    kind : (E,) int
        A `Kind`.
    item : (E,) int
        The row of the link, transfer, zone member or demand row that the arc stands for; -1 for none.
    direction : (E,) int
        0 from -> to, 1 back; 0 for arcs that have no direction.
    node : (E,) int
        The row of the node where the arc handles goods; -1 on links and at the world's side of a demand row.
    owner : (E,) int
        The class of the arc.
    step : (E,) int
        The cost step that the arc is of its link or transfer; -1 where there is none for the class.
    vertex_owner, vertex_node : (V,) int
        The class of a vertex, and the row of its node; -1 where it has none.
    world : (C,) int
        The world's vertex of each class.
    row_vertex : (D,) int
        The vertex of each demand row.
    """

    tail: IntArray
    head: IntArray
    kind: IntArray
    item: IntArray
    direction: IntArray
    node: IntArray
    owner: IntArray
    step: IntArray
    vertex_owner: IntArray
    vertex_node: IntArray
    world: IntArray
    row_vertex: IntArray

    @property
    def passage(self) -> IntArray:
        """The first of the arcs by which a class passes the same link in the same direction, an arc a cost step, (E,).

        The arc itself where it is the only one.
        """
        first = np.arange(len(self.tail))
        again = self.step[1:] >= 0
        for column in (self.owner, self.kind, self.item, self.direction):
            again &= column[1:] == column[:-1]
        first[1:][again] = 0
        return np.maximum.accumulate(first)

    def passages(self, arc: IntArray) -> IntArray:
        """Numbers for the passages of some arcs, which ascend: as `passage` tells them apart, from 0, (N,)."""
        again = self.step[arc[1:]] >= 0
        for column in (self.owner, self.kind, self.item, self.direction):
            again &= column[arc[1:]] == column[arc[:-1]]
        return np.concatenate([np.zeros(min(len(arc), 1), np.int64), np.cumsum(~again)])

    def of(self, kind: Kind) -> IntArray:
        """The arcs of a kind, in order."""
        return np.flatnonzero(self.kind == kind)


def classes_of(demand: pd.DataFrame) -> pd.DataFrame:
    """The flow classes, commodity x origin, in the order in which demand rows first name them.

    Returns
    -------
    DataFrame
        ``class`` ("crude_oil from tengiz"), ``commodity``, ``origin``; the index is the class's number.
    """
    classes = demand[["commodity", "origin"]].drop_duplicates(ignore_index=True)
    classes.insert(0, "class", class_names(classes))
    return classes


@dataclass(frozen=True, eq=False)
class Reached:
    """What goods can come to: places, by their number in a graph, and the arcs between them, by places' order here."""

    place: IntArray
    tail: IntArray
    head: IntArray
    kind: IntArray
    item: IntArray
    direction: IntArray


@dataclass(frozen=True, eq=False)
class Graph:
    """Places and the arcs between them that one commodity may use: `place_*`, `usable`, `start` (P,), the rest (A,).

    `start` says where the commodity may start: crude oil in the pipeline, so that it comes to rail over the rack.
    """

    place_node: IntArray
    place_mode: IntArray
    usable: npt.NDArray[np.bool_]
    start: npt.NDArray[np.bool_]
    tail: IntArray
    head: IntArray
    kind: IntArray
    item: IntArray
    direction: IntArray

    @cached_property
    def next_places(self) -> csr_array:
        """Which places an arc leads to from each, sparse (P, P)."""
        places = len(self.place_node)
        return csr_array((np.ones(len(self.tail), np.int8), (self.tail, self.head)), shape=(places, places))

    def reached(self, nodes: IntArray) -> Reached:
        """What goods that start at some nodes can come to, so that each place has a price, wanted there or not.

        From places between which goods go both ways they come to the same, so that it is looked for once.
        """
        strong, starts, at = self._starts
        spans = [at[node] for node in nodes.tolist() if node in at]
        seeds = sorted({place for first, last in spans for place in starts[first:last]})
        parts = tuple(sorted({strong[seed] for seed in seeds}))
        if parts not in self._reached:
            seen = np.zeros(len(self.place_node), bool)
            for seed in seeds:
                if not seen[seed]:
                    seen[breadth_first_order(self.next_places, seed, return_predecessors=False)] = True
            number, inner = np.cumsum(seen) - 1, seen[self.tail] & seen[self.head]
            tail, head = number[self.tail[inner]], number[self.head[inner]]
            columns = (self.kind[inner], self.item[inner], self.direction[inner])
            self._reached[parts] = Reached(np.flatnonzero(seen), tail, head, *columns)
        return self._reached[parts]

    @cached_property
    def _reached(self) -> dict[tuple[int, ...], Reached]:
        return {}

    @cached_property
    def _starts(self) -> tuple[list[int], list[int], dict[int, tuple[int, int]]]:
        """The strong component of each place, the places where the commodity may start, and which are at a node."""
        starts = np.flatnonzero(self.usable & self.start)
        nodes, first, count = np.unique(self.place_node[starts], return_index=True, return_counts=True)
        spans = zip(first.tolist(), (first + count).tolist(), strict=True)
        strong = connected_components(self.next_places, connection="strong")[1]
        return strong.tolist(), starts.tolist(), dict(zip(nodes.tolist(), spans, strict=True))


class TransportGraph:
    """Link and transfer arcs between places, for all commodities; `of` picks those of one."""

    def __init__(self, network: Network) -> None:
        self.network, self.costs = network, Costs(network)
        node_row = pd.Series(network.nodes.index, index=network.nodes.node_id)
        links, transfers = network.links, network.transfers
        link_from, link_to = node_row[links.from_node_id].to_numpy(), node_row[links.to_node_id].to_numpy()
        at = node_row[transfers.node_id].to_numpy()
        mode_names = pd.concat([links["mode"], transfers.from_mode, transfers.to_mode]).unique()
        mode = pd.Series(np.arange(len(mode_names)), index=mode_names)
        modes = max(len(mode_names), 1)
        link_mode = mode[links["mode"]].to_numpy()
        tails = [link_from * modes + link_mode, at * modes + mode[transfers.from_mode].to_numpy()]
        heads = [link_to * modes + link_mode, at * modes + mode[transfers.to_mode].to_numpy()]
        places, index = np.unique(np.concatenate(tails + heads).astype(np.int64), return_inverse=True)
        self.place_node, self.place_mode = places // modes, places % modes
        self.mode_names = [str(name) for name in mode_names]
        half = len(links) + len(transfers)
        tail, head = index[:half], index[half:]
        kind = np.repeat([Kind.LINK, Kind.TRANSFER], [len(links), len(transfers)])
        item = np.concatenate([np.arange(len(links)), np.arange(len(transfers))])
        back = ~np.concatenate([links.directed, transfers.directed]).astype(bool)
        self.tail = np.concatenate([tail, head[back]])
        self.head = np.concatenate([head, tail[back]])
        self.kind = np.concatenate([kind, kind[back]])
        self.item = np.concatenate([item, item[back]])
        self.direction = np.repeat([0, 1], [half, back.sum()])
        self.back = back
        self.made: dict[str, Graph] = {}

    def of(self, commodity: str) -> Graph:
        if commodity not in self.made:
            may = np.concatenate([self.costs.may_carry(table, commodity) for table in ("links", "transfers")])
            keep = np.concatenate([may, may[self.back]])
            usable = np.zeros(len(self.place_node), bool)
            usable[self.tail[keep]] = usable[self.head[keep]] = True
            start = starts_by(self.network, commodity, self.mode_names)[self.place_mode]
            columns = (self.tail, self.head, self.kind, self.item, self.direction)
            self.made[commodity] = Graph(self.place_node, self.place_mode, usable, start, *(c[keep] for c in columns))
        return self.made[commodity]


Members = tuple[IntArray, IntArray]
"""The nodes where goods start or end, and their rows in zones (-1 for a node that is named itself)."""


class Ends:
    """The nodes of every end that demand may name, by role and id."""

    def __init__(self, network: Network) -> None:
        self.node_row = {name: row for row, name in enumerate(network.nodes.node_id)}
        zones = network.zones
        self.node_of = zones.node_id.map(self.node_row).to_numpy(np.int64)
        self.members = zones.groupby(["role", "zone_id"], sort=False).indices if len(zones) else {}

    def of(self, role: str, end: str) -> Members:
        """The nodes of an end, an ``origin`` or a ``destination``."""
        if (role, end) in self.members:
            rows = np.asarray(self.members[role, end], np.int64)
            return self.node_of[rows], rows
        return np.array([self.node_row[end]]), np.array([-1])
