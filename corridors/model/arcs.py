"""The arcs of all flow classes, stacked: each class is a component of its own.

::

      price        free         links, transfers          member's price       - value
    world ──► gate ──► node×mode ──► ... ──► node×mode ──────────────────► row ──► world
      ORIGIN   ACCESS         LINK, TRANSFER               EGRESS            DEMAND

A vertex is a place (node × mode) seen by one class, a gate (a member where the class starts), a row (a demand row's
end) or the class's world. A zone is never a way through: gates are entered from the world only, rows left to it only.
Where a link has cost steps, a class has an arc a step (`corridors.model.steps`).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from corridors.arrays.typing import IntArray
from corridors.model.costs import starts_by, takes
from corridors.model.steps import Steps
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
        The cost step that the arc is of its link; -1 where the link has none for the class.
    passage : (E,) int
        The first of the arcs by which the class passes the same link in the same direction, an arc a cost step; the
        arc itself where it is the only one.
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
    passage: IntArray
    vertex_owner: IntArray
    vertex_node: IntArray
    world: IntArray
    row_vertex: IntArray

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


def build_arcs(network: Network, demand: pd.DataFrame, classes: pd.DataFrame, steps: Steps) -> Arcs:
    """Lay out the arcs of every class.

    Links and transfers that are planned or closed are laid out as well (a scenario may open them); whether an arc
    carries anything is a matter of its capacity. Places that no tonne of the class can come to are left out.
    """
    streets = Streets(network)
    ends = ends_of(network)
    parts: list[dict[str, IntArray]] = []
    vertices: list[tuple[IntArray, int]] = []
    world: list[int] = []
    row_vertex = np.full(len(demand), -1, np.int64)
    first = 0
    rows_of = demand.groupby(["commodity", "origin"], sort=False).indices
    for number, (_, commodity, origin) in enumerate(classes.itertuples(index=False)):
        rows = np.asarray(rows_of[(commodity, origin)], np.int64)
        targets = [ends["destination", end] for end in demand.destination.iloc[rows]]
        part, nodes, row_vertex[rows] = _class_arcs(streets.of(commodity), ends["origin", origin], rows, targets)
        part = _by_step(part, steps, steps.ladder_of(len(network.links), commodity, origin))
        parts.append({**part, "tail": part["tail"] + first, "head": part["head"] + first})
        parts[-1]["owner"] = np.full(len(part["tail"]), number)
        row_vertex[rows] += first
        vertices.append((nodes, number))
        world.append(first)
        first += len(nodes)
    names = ("tail", "head", "kind", "item", "direction", "node", "owner", "step")
    stacked = {name: _joined([p[name] for p in parts]) for name in names}
    step = stacked["step"]
    passage = np.arange(len(step))
    passage[step >= 0] -= steps.order[step[step >= 0]]
    return Arcs(
        **stacked,
        passage=passage,
        vertex_owner=_joined([np.full(len(n), c) for n, c in vertices]),
        vertex_node=_joined([n for n, _ in vertices]),
        world=np.array(world, np.int64),
        row_vertex=row_vertex,
    )


def _by_step(part: dict[str, IntArray], steps: Steps, ladder_of: IntArray) -> dict[str, IntArray]:
    """The arcs of a class with those of links that have cost steps repeated, an arc a step."""
    ladder = np.full(len(part["tail"]), -1)
    on_link = part["kind"] == Kind.LINK
    ladder[on_link] = ladder_of[part["item"][on_link], part["direction"][on_link]]
    stepped = ladder >= 0
    count = np.ones(len(ladder), np.int64)
    count[stepped] = steps.count[ladder[stepped]]
    step = np.full(count.sum(), -1)
    at = np.repeat(stepped, count)
    start = np.repeat(np.cumsum(count) - count, count)
    step[at] = steps.first[np.repeat(ladder, count)[at]] + (np.arange(len(step)) - start)[at]
    return {**{name: np.repeat(values, count) for name, values in part.items()}, "step": step}


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


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


class Streets:
    """Link and transfer arcs between places, for all commodities; `of` picks those of one."""

    def __init__(self, network: Network) -> None:
        self.network = network
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
            may = np.concatenate([takes(self.network, table, commodity) for table in ("links", "transfers")])
            keep = np.concatenate([may, may[self.back]])
            usable = np.zeros(len(self.place_node), bool)
            usable[self.tail[keep]] = usable[self.head[keep]] = True
            start = starts_by(self.network, commodity, self.mode_names)[self.place_mode]
            columns = (self.tail, self.head, self.kind, self.item, self.direction)
            self.made[commodity] = Graph(self.place_node, self.place_mode, usable, start, *(c[keep] for c in columns))
        return self.made[commodity]


_Members = tuple[IntArray, IntArray]
"""The nodes where goods start or end, and their rows in zones (-1 for a node that is named itself)."""


def ends_of(network: Network) -> dict[tuple[str, str], _Members]:
    """The nodes of every end that demand may name, by role and id."""
    node_row = pd.Series(network.nodes.index, index=network.nodes.node_id)
    ends: dict[tuple[str, str], _Members] = {}
    for node, row in node_row.items():
        ends["origin", str(node)] = ends["destination", str(node)] = (np.array([row]), np.array([-1]))
    for (role, zone), rows in network.zones.groupby(["role", "zone_id"], sort=False):
        ends[str(role), str(zone)] = (node_row[rows.node_id].to_numpy(), rows.index.to_numpy())
    return ends


def _class_arcs(
    graph: Graph, origin: _Members, rows: IntArray, targets: list[_Members]
) -> tuple[dict[str, IntArray], IntArray, IntArray]:
    """Arcs of one class with vertices from 0 (the world), the node of each vertex, and the vertex of each row."""
    target_node = np.concatenate([nodes for nodes, _ in targets])
    target_zone = np.concatenate([zones for _, zones in targets])
    target_row = np.repeat(np.arange(len(rows)), [len(nodes) for nodes, _ in targets])
    useful = _reached(graph, origin[0])
    place = np.flatnonzero(useful)
    gates = 1 + np.arange(len(origin[0]))
    number = np.full(len(graph.place_node), -1, np.int64)
    number[place] = 1 + len(gates) + np.arange(len(place))
    row_vertex = 1 + len(gates) + len(place) + np.arange(len(rows))

    inner = useful[graph.tail] & useful[graph.head]
    enter_gate, enter = _places_at(origin[0], graph.place_node, place[graph.start[place]])
    leave_target, leave = _places_at(target_node, graph.place_node, place)
    # Goods wanted where they start need nothing that runs there: an arc of their own where they enter no place.
    nowhere = ~np.isin(gates - 1, enter_gate)
    stay_gate, stay_target = np.nonzero((origin[0][:, None] == target_node[None, :]) & nowhere[:, None])
    last = np.concatenate([leave_target, stay_target])
    zero, none = np.zeros, -np.ones(1, np.int64)

    def block(kind: Kind, tail: IntArray, head: IntArray, item: IntArray, node: IntArray) -> dict[str, IntArray]:
        n = len(tail)
        return {
            "tail": tail,
            "head": head,
            "kind": np.full(n, kind),
            "item": item,
            "direction": zero(n, np.int64),
            "node": node,
        }

    street = {
        "tail": number[graph.tail[inner]],
        "head": number[graph.head[inner]],
        "kind": graph.kind[inner],
        "item": graph.item[inner],
        "direction": graph.direction[inner],
        "node": np.where(graph.kind[inner] == Kind.TRANSFER, graph.place_node[graph.tail[inner]], -1),
    }
    blocks = [
        block(Kind.ORIGIN, zero(len(gates), np.int64), gates, origin[1], origin[0]),
        block(Kind.ACCESS, gates[enter_gate], number[enter], none.repeat(len(enter)), none.repeat(len(enter))),
        street,
        block(
            Kind.EGRESS,
            np.concatenate([number[leave], gates[stay_gate]]),
            row_vertex[target_row[last]],
            target_zone[last],
            target_node[last],
        ),
        block(Kind.DEMAND, row_vertex, zero(len(rows), np.int64), rows, none.repeat(len(rows))),
    ]
    arcs = {name: np.concatenate([b[name] for b in blocks]) for name in street}
    nodes = np.concatenate([none, origin[0], graph.place_node[place], none.repeat(len(rows))])
    return arcs, nodes, row_vertex


def _places_at(nodes: IntArray, place_node: IntArray, place: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs (index into `nodes`, place) for every useful place at each of the nodes."""
    which, found = np.nonzero(nodes[:, None] == place_node[place][None, :])
    return which, place[found]


def _reached(graph: Graph, start: IntArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Places that goods can come to from the start nodes, so that each has a price, wanted there or not."""
    n = len(graph.place_node)
    seeds = np.flatnonzero(graph.usable & graph.start & np.isin(graph.place_node, start))
    rows = np.concatenate([graph.tail, np.full(len(seeds), n)])
    columns = np.concatenate([graph.head, seeds])
    matrix = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n + 1, n + 1))
    seen = np.zeros(n + 1, bool)
    seen[breadth_first_order(matrix, n, return_predecessors=False)] = True
    return seen[:n]
