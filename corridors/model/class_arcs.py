"""The arcs of each flow class, laid out and stacked.

A class has an arc from its world to each node where it starts, arcs from there into the modes that it may start by, the
links and transfers that it may use, arcs from places to the demand rows that end there, and from each row to the world.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import breadth_first_order

from corridors.arrays.problem import sealed
from corridors.arrays.typing import IntArray
from corridors.model.arcs import Arcs, Ends, Graph, Kind, Members, TransportGraph
from corridors.model.steps import Steps
from corridors.network import Network

_COLUMNS = ("tail", "head", "kind", "item", "direction", "node")
_SMALL = {"tail": np.int32, "head": np.int32, "kind": np.int8, "item": np.int32, "direction": np.int8,
          "node": np.int32, "step": np.int32}  # fmt: skip
"""Of what type columns are held: there are as many arcs as classes times links."""


def build_arcs(network: Network, demand: pd.DataFrame, classes: pd.DataFrame, steps: Steps) -> Arcs:
    """Lay out the arcs of every class.

    Links and transfers that are planned or closed are laid out as well (a scenario may open them); whether an arc
    carries anything is a matter of its capacity. Places that no tonne of the class can come to are left out.
    """
    transport, ends = TransportGraph(network), Ends(network)
    parts: list[dict[str, IntArray]] = []
    nodes: list[IntArray] = []
    world: list[int] = []
    row_vertex = np.full(len(demand), -1, np.int64)
    first = 0
    rows_of = demand.groupby(["commodity", "origin"], sort=False).indices
    destinations = demand.destination.to_numpy(object)
    for commodity, origin in zip(classes.commodity, classes.origin, strict=True):
        rows = np.asarray(rows_of[(commodity, origin)], np.int64)
        targets = [ends.of("destination", end) for end in destinations[rows]]
        part, of_class, row_vertex[rows] = _class_arcs(
            transport.of(commodity), ends.of("origin", origin), rows, targets
        )
        part = _by_step(part, steps, network, commodity, origin)
        parts.append({name: part[name].astype(kind) for name, kind in _SMALL.items()})
        row_vertex[rows] += first
        nodes.append(of_class)
        world.append(first)
        first += len(of_class)
    arcs_of, vertices_of = ([len(each) for each in many] for many in ([p["tail"] for p in parts], nodes))
    owner: Any = np.repeat(np.arange(len(parts), dtype=np.int32), arcs_of)
    stacked: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, kind), *(p.pop(name) for p in parts)]) for name, kind in _SMALL.items()
    }
    for end in ("tail", "head"):
        stacked[end] = sealed(np.array(world, np.int64)[owner] + stacked[end])
    return Arcs(
        **stacked,
        owner=owner,
        vertex_owner=np.repeat(np.arange(len(nodes)), vertices_of),
        vertex_node=np.concatenate([np.zeros(0, np.int64), *nodes]),
        world=np.array(world, np.int64),
        row_vertex=row_vertex,
    )


def _by_step(
    part: dict[str, IntArray], steps: Steps, network: Network, commodity: str, origin: str
) -> dict[str, IntArray]:
    """The arcs of a class with those of links and transfers that have cost steps repeated, an arc a step."""
    if not len(steps.covered):
        return {**part, "step": np.full(len(part["tail"]), -1)}
    ladder = np.full(len(part["tail"]), -1)
    for kind, table, rows in (
        (Kind.LINK, "links", len(network.links)),
        (Kind.TRANSFER, "transfers", len(network.transfers)),
    ):
        there = part["kind"] == kind
        of = steps.ladder_of(table, rows, commodity, origin)
        ladder[there] = of[part["item"][there], part["direction"][there]]
    stepped = ladder >= 0
    count = np.ones(len(ladder), np.int64)
    count[stepped] = steps.count[ladder[stepped]]
    step = np.full(count.sum(), -1)
    at = np.repeat(stepped, count)
    start = np.repeat(np.cumsum(count) - count, count)
    step[at] = steps.first[np.repeat(ladder, count)[at]] + (np.arange(len(step)) - start)[at]
    return {**{name: np.repeat(values, count) for name, values in part.items()}, "step": step}


def _class_arcs(
    graph: Graph, origin: Members, rows: IntArray, targets: list[Members]
) -> tuple[dict[str, IntArray], IntArray, IntArray]:
    """Arcs of one class with vertices from 0 (the world), the node of each vertex, and the vertex of each row.

    Vertices are the world, a gate a node of origin, the places that goods can come to, and the rows, in this order.
    """
    start_node, start_zone = origin
    useful = _reached(graph, start_node)
    place = np.flatnonzero(useful)
    gates = 1 + np.arange(len(start_node))
    number = np.full(len(graph.place_node), -1, np.int64)
    number[place] = 1 + len(gates) + np.arange(len(place))
    row_vertex = 1 + len(gates) + len(place) + np.arange(len(rows))
    world, none = np.zeros(1, np.int64), np.full(1, -1, np.int64)

    entered, enter = _places_at(start_node, graph.place_node, place[graph.start[place]])
    access = _block(Kind.ACCESS, gates[entered], number[enter], none.repeat(len(enter)), none.repeat(len(enter)))
    blocks = [
        _block(Kind.ORIGIN, world.repeat(len(gates)), gates, start_zone, start_node),
        access,
        _between_places(graph, useful, number),
        _egress(
            graph, place, number, gates, np.delete(np.arange(len(gates)), entered), start_node, targets, row_vertex
        ),
        _block(Kind.DEMAND, row_vertex, world.repeat(len(rows)), rows, none.repeat(len(rows))),
    ]
    arcs = {name: np.concatenate([block[name] for block in blocks]) for name in _COLUMNS}
    nodes = np.concatenate([none, start_node, graph.place_node[place], none.repeat(len(rows))])
    return arcs, nodes, row_vertex


def _block(kind: Kind, tail: IntArray, head: IntArray, item: IntArray, node: IntArray) -> dict[str, IntArray]:
    """Arcs of one kind that have no direction."""
    n = len(tail)
    columns = (tail, head, np.full(n, kind), item, np.zeros(n, np.int64), node)
    return dict(zip(_COLUMNS, columns, strict=True))


def _between_places(
    graph: Graph, useful: np.ndarray[tuple[int], np.dtype[np.bool_]], number: IntArray
) -> dict[str, IntArray]:
    """Links and transfers between the places that goods can come to."""
    inner = useful[graph.tail] & useful[graph.head]
    kind, tail = graph.kind[inner], graph.tail[inner]
    return {
        "tail": number[tail],
        "head": number[graph.head[inner]],
        "kind": kind,
        "item": graph.item[inner],
        "direction": graph.direction[inner],
        "node": np.where(kind == Kind.TRANSFER, graph.place_node[tail], -1),
    }


def _egress(
    graph: Graph,
    place: IntArray,
    number: IntArray,
    gates: IntArray,
    idle: IntArray,
    start_node: IntArray,
    targets: list[Members],
    row_vertex: IntArray,
) -> dict[str, IntArray]:
    """Arcs from places to the rows that end at their nodes.

    Goods wanted where they start need nothing that runs there: an arc from the gate itself, where the gate enters no
    place (`idle`).
    """
    target_node = np.concatenate([nodes for nodes, _ in targets])
    target_zone = np.concatenate([zones for _, zones in targets])
    target_row = np.repeat(np.arange(len(targets)), [len(nodes) for nodes, _ in targets])
    left, leave = _places_at(target_node, graph.place_node, place)
    at_gate, at_target = np.nonzero(start_node[idle][:, None] == target_node[None, :])
    target = np.concatenate([left, at_target])
    tail = np.concatenate([number[leave], gates[idle[at_gate]]])
    return _block(Kind.EGRESS, tail, row_vertex[target_row[target]], target_zone[target], target_node[target])


def _places_at(nodes: IntArray, place_node: IntArray, place: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs (index into `nodes`, place) for every useful place at each of the nodes."""
    which, found = np.nonzero(nodes[:, None] == place_node[place][None, :])
    return which, place[found]


def _reached(graph: Graph, start: IntArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Places that goods can come to from the start nodes, so that each has a price, wanted there or not."""
    seen = np.zeros(len(graph.place_node), bool)
    for seed in np.flatnonzero(graph.usable & graph.start & np.isin(graph.place_node, start)):
        if not seen[seed]:
            seen[breadth_first_order(graph.next_places, seed, return_predecessors=False)] = True
    return seen
