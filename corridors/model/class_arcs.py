"""The arcs of each flow class, laid out and stacked.

A class has an arc from its world to each node where it starts, arcs from there into the modes that it may start by, the
links and transfers that it may use, arcs from places to the demand rows that end there, and from each row to the world.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.problem import sealed
from corridors.arrays.typing import IntArray
from corridors.model.arcs import Arcs, Ends, Graph, Kind, Members, Reached, TransportGraph
from corridors.model.steps import Steps
from corridors.network import Network

_COLUMNS = {"tail": np.int32, "head": np.int32, "kind": np.int8, "item": np.int32, "direction": np.int8,
            "node": np.int32, "step": np.int32}  # fmt: skip
"""Of what type columns are held: there are as many arcs as classes times links."""

Block = dict[str, IntArray]
"""Some arcs: an array a column."""


def build_arcs(network: Network, demand: pd.DataFrame, classes: pd.DataFrame, steps: Steps) -> Arcs:
    """Lay out the arcs of every class.

    Links and transfers that are planned or closed are laid out as well (a scenario may open them); whether an arc
    carries anything is a matter of its capacity. Places that no tonne of the class can come to are left out.
    """
    transport, ends, between = TransportGraph(network), Ends(network), _Between(network, steps)
    blocks: list[Block] = []
    arcs_of: list[int] = []
    nodes: list[IntArray] = []
    world: list[int] = []
    row_vertex = np.full(len(demand), -1, np.int64)
    first = 0
    rows_of = demand.groupby(["commodity", "origin"], sort=False).indices
    destinations = demand.destination.to_numpy(object)
    for commodity, origin in zip(classes.commodity, classes.origin, strict=True):
        rows = np.asarray(rows_of[(commodity, origin)], np.int64)
        targets = [ends.of("destination", end) for end in destinations[rows]]
        members = ends.of("origin", origin)
        graph = transport.of(commodity).around(members[0])
        reached = graph.reached(members[0])
        middle = between.of(graph, reached, steps.met(commodity, origin))
        of_class, node, row_vertex[rows] = _class_arcs(graph, reached, middle, members, rows, targets)
        blocks += of_class
        arcs_of.append(sum(len(block["tail"]) for block in of_class))
        row_vertex[rows] += first
        nodes.append(node)
        world.append(first)
        first += len(node)
    owner: Any = np.repeat(np.arange(len(arcs_of), dtype=np.int32), arcs_of)
    stacked: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, kind), *(block[name] for block in blocks)], dtype=kind)
        for name, kind in _COLUMNS.items()
    }
    for end in ("tail", "head"):
        vertex = np.repeat(np.array(world, np.int64), arcs_of)
        vertex += stacked[end]
        stacked[end] = sealed(vertex)
    return Arcs(
        **stacked,
        owner=owner,
        vertex_owner=np.repeat(np.arange(len(nodes)), [len(node) for node in nodes]),
        vertex_node=np.concatenate([np.zeros(0, np.int64), *nodes]),
        world=np.array(world, np.int64),
        row_vertex=row_vertex,
    )


class _Between:
    """Links and transfers between places that goods come to, an arc a cost step.

    They are laid out once for all classes that come to the same places and meet the same ladders.
    """

    def __init__(self, network: Network, steps: Steps) -> None:
        self.steps = steps
        self.rows = {"links": len(network.links), "transfers": len(network.transfers)}
        self.made: dict[tuple[int, tuple[int, ...]], tuple[Reached, Block]] = {}

    def of(self, graph: Graph, reached: Reached, met: tuple[int, ...]) -> Block:
        """The arcs; tails and heads are places by their order in `reached`."""
        key = id(reached), met
        if key not in self.made:
            node = np.where(reached.kind == Kind.TRANSFER, graph.place_node[reached.place][reached.tail], -1)
            block = {name: getattr(reached, name) for name in ("tail", "head", "kind", "item", "direction")}
            block = self._by_step({**block, "node": node}, met)
            self.made[key] = reached, {name: block[name].astype(kind) for name, kind in _COLUMNS.items()}
        return self.made[key][1]

    def _by_step(self, block: Block, met: tuple[int, ...]) -> Block:
        """The arcs with those of links and transfers that have cost steps repeated, an arc a step."""
        steps = self.steps
        ladder = np.full(len(block["tail"]), -1)
        for kind, table in ((Kind.LINK, "links"), (Kind.TRANSFER, "transfers")):
            there = block["kind"] == kind
            of = steps.ladders_on(table, self.rows[table], met)
            ladder[there] = of[block["item"][there], block["direction"][there]]
        stepped = ladder >= 0
        count = np.ones(len(ladder), np.int64)
        count[stepped] = steps.count[ladder[stepped]]
        step = np.full(count.sum(), -1)
        at = np.repeat(stepped, count)
        start = np.repeat(np.cumsum(count) - count, count)
        step[at] = steps.first[np.repeat(ladder, count)[at]] + (np.arange(len(step)) - start)[at]
        return {**{name: np.repeat(values, count) for name, values in block.items()}, "step": step}


def _class_arcs(
    graph: Graph, reached: Reached, middle: Block, origin: Members, rows: IntArray, targets: list[Members]
) -> tuple[list[Block], IntArray, IntArray]:
    """Arcs of one class with vertices from 0 (the world), the node of each vertex, and the vertex of each row.

    Vertices are the world, a gate a node of origin, the places that goods can come to, and the rows, in this order.
    """
    start_node, start_zone = origin
    place, node = reached.place, graph.place_node[reached.place]
    gates = 1 + np.arange(len(start_node))
    first = 1 + len(gates)
    row_vertex = first + len(place) + np.arange(len(rows))
    world, none = np.zeros(1, np.int64), np.full(1, -1, np.int64)

    by = np.flatnonzero(graph.start[place])
    entered, at = np.nonzero(start_node[:, None] == node[by][None, :])
    blocks = [
        _block(Kind.ORIGIN, world.repeat(len(gates)), gates, start_zone, start_node),
        _block(Kind.ACCESS, gates[entered], first + by[at], none.repeat(len(at)), none.repeat(len(at))),
        {**middle, "tail": first + middle["tail"], "head": first + middle["head"]},
        _egress(node, first, gates, np.delete(np.arange(len(gates)), entered), start_node, targets, row_vertex),
        _block(Kind.DEMAND, row_vertex, world.repeat(len(rows)), rows, none.repeat(len(rows))),
    ]
    return blocks, np.concatenate([none, start_node, node, none.repeat(len(rows))]), row_vertex


def _block(kind: Kind, tail: IntArray, head: IntArray, item: IntArray, node: IntArray) -> Block:
    """Arcs of one kind that have no direction and no cost steps."""
    n = len(tail)
    columns = (tail, head, np.full(n, kind), item, np.zeros(n, np.int64), node, np.full(n, -1))
    return dict(zip(_COLUMNS, columns, strict=True))


def _egress(
    node: IntArray,
    first: int,
    gates: IntArray,
    idle: IntArray,
    start_node: IntArray,
    targets: list[Members],
    row_vertex: IntArray,
) -> Block:
    """Arcs from places, vertices from `first` on, to the rows that end at their nodes.

    Goods wanted where they start need nothing that runs there: an arc from the gate itself, where the gate enters no
    place (`idle`).
    """
    target_node = np.concatenate([nodes for nodes, _ in targets])
    target_zone = np.concatenate([zones for _, zones in targets])
    target_row = np.repeat(np.arange(len(targets)), [len(nodes) for nodes, _ in targets])
    left, leave = np.nonzero(target_node[:, None] == node[None, :])
    at_gate, at_target = np.nonzero(start_node[idle][:, None] == target_node[None, :])
    target = np.concatenate([left, at_target])
    tail = np.concatenate([first + leave, gates[idle[at_gate]]])
    return _block(Kind.EGRESS, tail, row_vertex[target_row[target]], target_zone[target], target_node[target])
