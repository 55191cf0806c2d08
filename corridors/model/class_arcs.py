"""The arcs of each flow class, laid out and stacked.

A class has an arc from its world to each node where it starts, arcs from there into the modes that it may start by, the
links and transfers that it may use, arcs from places to the demand rows that end there, and from each row to the world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arrays.problem import sealed
from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import IntArray
from corridors.model.arcs import Arcs, Ends, Graph, Kind, Reached, TransportGraph
from corridors.model.steps import Steps
from corridors.network import Network

_COLUMNS = {"tail": np.int64, "head": np.int64, "kind": np.int8, "item": np.int32, "direction": np.int8,
            "node": np.int32, "step": np.int32}  # fmt: skip
"""Of what type columns are held: there are as many arcs as classes times links."""

_ENDS, _LONE = ("tail", "head"), {"direction": 0, "step": -1}

Block = dict[str, IntArray]
"""Some arcs: an array a column."""
Bools = npt.NDArray[np.bool_]


def build_arcs(network: Network, demand: pd.DataFrame, classes: pd.DataFrame, steps: Steps) -> Arcs:
    """Lay out the arcs of every class.

    Links and transfers that are planned or closed are laid out as well (a scenario may open them); whether an arc
    carries anything is a matter of its capacity. Places that no tonne of the class can come to are left out.

    Vertices of a class are its world, a gate a node of origin, the places that goods can come to, and its rows.
    """
    ends, many = Ends(network), len(classes)
    owner = demand.groupby(["commodity", "origin"], sort=False).ngroup().to_numpy(np.int64)
    row = np.argsort(owner, kind="stable")
    owner, rows = owner[row], np.bincount(owner, minlength=many)
    origin = _members(ends, "origin", classes.origin)
    target = _members(ends, "destination", demand.destination.iloc[row])
    reach = _reach(network, classes, origin, steps)
    gates = np.bincount(origin.of, minlength=many)
    vertices = 1 + gates + reach.places + rows
    world = np.cumsum(vertices) - vertices
    first = world + 1 + gates  # place
    gate, goal = side_by_side(world + 1, gates), side_by_side(first + reach.places, rows)
    row_vertex = np.full(len(demand), -1, np.int64)
    row_vertex[row] = goal

    start, entered = reach.met(origin.of, origin.node, reach.starts)
    entry = origin.of[start]
    wanted, left = reach.met(owner[target.of], target.node)
    exit_of, leave = owner[target.of[wanted]], first[owner[target.of[wanted]]] + left
    # Goods wanted where they start need nothing that runs there: an arc from the gate itself, if it enters no place.
    idle = np.flatnonzero(np.bincount(start, minlength=len(gate)) == 0)
    nodes = len(network.nodes)
    at_gate, at_target = _pairs(owner[target.of] * nodes + target.node, origin.of[idle] * nodes + origin.node[idle])
    exit_of = np.concatenate([exit_of, origin.of[idle[at_gate]]])
    leave, wanted = np.concatenate([leave, gate[idle[at_gate]]]), np.concatenate([wanted, at_target])
    order = np.argsort(exit_of, kind="stable")
    exit_of, leave, wanted = exit_of[order], leave[order], wanted[order]
    none = np.int64(-1)
    arcs = _stacked(
        reach.between,
        first,
        (
            _Arcs(Kind.ORIGIN, origin.of, world[origin.of], gate, origin.zone, origin.node),
            _Arcs(Kind.ACCESS, entry, gate[start], first[entry] + entered, none, none),
            _Arcs(Kind.EGRESS, exit_of, leave, goal[target.of[wanted]], target.zone[wanted], target.node[wanted]),
            _Arcs(Kind.DEMAND, owner, goal, world[owner], row, none),
        ),
    )
    vertex_node: Any = np.full(int(vertices.sum()), -1, np.int32)
    vertex_node[gate] = origin.node
    for place, node in zip(first.tolist(), (reach.node[number] for number in reach.number), strict=True):
        vertex_node[place : place + len(node)] = node
    vertex_owner: Any = np.repeat(np.arange(many, dtype=np.int32), vertices)
    return Arcs(
        **arcs,
        vertex_owner=vertex_owner,
        vertex_node=vertex_node,
        world=world,
        row_vertex=row_vertex,
    )


def _pairs(keys: IntArray, wanted: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of a place in `wanted` and a place in `keys` that are equal, in the order of the first, then the second."""
    order = np.argsort(keys, kind="stable")
    low, high = (np.searchsorted(keys[order], wanted, side=side) for side in ("left", "right"))
    return np.repeat(np.arange(len(wanted)), high - low), order[side_by_side(low, high - low)]


class _Members(NamedTuple):
    """Nodes of many ends: whose each is, and its row in zones (-1 for a node that is named itself)."""

    of: IntArray
    node: IntArray
    zone: IntArray


def _members(ends: Ends, role: str, names: pd.Series[str]) -> _Members:
    number, distinct = pd.factorize(names.to_numpy(object))
    found = [ends.of(role, name) for name in distinct]
    size = np.array([len(nodes) for nodes, _ in found], np.int64)
    nodes, zones = (np.concatenate([np.zeros(0, np.int64), *(one[i] for one in found)]) for i in (0, 1))
    at = side_by_side((np.cumsum(size) - size)[number], size[number])
    return _Members(np.repeat(np.arange(len(number)), size[number]), nodes[at], zones[at])


class _Reach(NamedTuple):
    """What classes come to: which of some sets of places, the nodes of each, and the arcs between them.

    Parameters
    ----------
    number : list of int
        The set of each class.
    places : (C,) int
        How many places are in it.
    node : list of (P,) int
        The node of each place of each set.
    starts : list of (P,) bool
        Whether goods may start there.
    between : list
        The arcs of each class between places.
    """

    number: list[int]
    places: IntArray
    node: list[IntArray]
    starts: list[Bools]
    between: list[Block]

    def met(self, owner: IntArray, node: IntArray, among: list[Bools] | None = None) -> tuple[IntArray, IntArray]:
        """Places at the nodes of some classes, by their order in the set: pairs of the place in `node` and of that."""
        size = [len(nodes) for nodes in self.node]
        nodes = np.concatenate([np.zeros(0, np.int64), *self.node])
        of, place = (
            np.repeat(np.arange(len(size)), size),
            side_by_side(np.zeros(len(size), np.int64), np.array(size, np.int64)),
        )
        if among is not None:
            kept = np.concatenate([np.zeros(0, bool), *among])
            nodes, of, place = nodes[kept], of[kept], place[kept]
        most = int(max(nodes.max(initial=-1), node.max(initial=-1))) + 1
        number = np.array(self.number, np.int64)
        at, found = _pairs(of * most + nodes, number[owner] * most + node)
        return at, place[found]


def _reach(network: Network, classes: pd.DataFrame, origin: _Members, steps: Steps) -> _Reach:
    """What the classes come to from their origins."""
    transport, between = TransportGraph(network), _Between(network, steps)
    found = _Reach([], np.zeros(len(classes), np.int64), [], [], [])
    numbers: dict[int, int] = {}
    at = np.searchsorted(origin.of, np.arange(len(classes) + 1)).tolist()
    for c, (commodity, name) in enumerate(zip(classes.commodity, classes.origin, strict=True)):
        graph = transport.of(commodity)
        reached = graph.reached(origin.node[at[c] : at[c + 1]])
        if id(reached) not in numbers:
            numbers[id(reached)] = len(numbers)
            found.node.append(graph.place_node[reached.place])
            found.starts.append(graph.start[reached.place])
        found.number.append(numbers[id(reached)])
        found.places[c] = len(reached.place)
        found.between.append(between.of(graph, reached, steps.met(commodity, name)))
    return found


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


class _Arcs(NamedTuple):
    """Arcs of one kind that have no direction and no cost steps, class by class."""

    kind: Kind
    owner: IntArray
    tail: IntArray
    head: IntArray
    item: Any
    node: Any


def _stacked(between: list[Block], first: IntArray, others: tuple[_Arcs, ...]) -> dict[str, Any]:
    """The columns of all arcs, class by class: of a class by kind, those between places, from `first` on, as one."""
    many = len(between)
    middle = np.array([len(block["tail"]) for block in between], np.int64)
    count = [np.bincount(arcs.owner, minlength=many) for arcs in others]
    each = np.column_stack([*count[:2], middle, *count[2:]])
    begin = np.cumsum(each.ravel()).reshape(each.shape) - each
    found: dict[str, Any] = {name: np.empty(int(each.sum()), kind) for name, kind in _COLUMNS.items()}
    if all(block["step"].max(initial=-1) < 0 for block in between):
        del found["step"]  # the same for all
    for arcs, place in zip(others, (0, 1, 3, 4), strict=True):
        at = side_by_side(begin[:, place], each[:, place])
        for name in found:
            found[name][at] = getattr(arcs, name, _LONE.get(name))
    spans = zip(begin[:, 2].tolist(), (begin[:, 2] + middle).tolist(), between, first, strict=True)
    for start, end, block, shift in spans:
        for name, column in found.items():
            if name in _ENDS:
                np.add(block[name], shift, out=column[start:end])
            else:
                column[start:end] = block[name]
    owner = np.repeat(np.arange(many, dtype=np.int32), each.sum(axis=1))
    found.setdefault("step", np.broadcast_to(np.int32(-1), len(owner)))
    return {**found, "tail": sealed(found["tail"]), "head": sealed(found["head"]), "owner": owner}
