"""The arcs of every class, against those looked for by hand, place by place, in plain Python."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from generated import TIMES, example, model

import corridors as cd
from corridors.model.arcs import Kind
from corridors.model.build import Model

Vertex = tuple[Any, ...]
Arc = tuple[Kind, Vertex, Vertex, int, int, int, int]
"""Kind, ends, item, direction, node and step."""


def takes(network: cd.Network, commodity: str, lists: str, *modes: str) -> bool:
    """Whether goods are on a list, and may use some modes."""
    return commodity in (lists or commodity).split(";") and all(by(network, "modes", commodity, mode) for mode in modes)


def by(network: cd.Network, column: str, commodity: str, mode: str) -> bool:
    """Whether a column of commodities allows goods a mode; blank allows all, and rail each gauge."""
    allowed = "".join(network.commodities[column][network.commodities.commodity == commodity])
    return not allowed or not {mode, mode.split("-")[0]}.isdisjoint(allowed.split(";"))


def passages(network: cd.Network, commodity: str) -> list[tuple[Kind, Vertex, Vertex, int, int]]:
    """Kind, places, item and direction of what goods may pass."""
    found, row = [], {name: i for i, name in enumerate(network.nodes.node_id)}
    for i, link in enumerate(network.links.to_dict("records")):
        if takes(network, commodity, link["commodities"], link["mode"]):
            ends = [(row[link[end]], link["mode"]) for end in ("from_node_id", "to_node_id")]
            found += [(Kind.LINK, *ends, i, 0)] + [(Kind.LINK, *ends[::-1], i, 1)] * (not link["directed"])
    for i, at in enumerate(network.transfers.to_dict("records")):
        if takes(network, commodity, at["commodities"], at["from_mode"], at["to_mode"]):
            ends = [(row[at["node_id"]], at[end]) for end in ("from_mode", "to_mode")]
            found += [(Kind.TRANSFER, *ends, i, 0)] + [(Kind.TRANSFER, *ends[::-1], i, 1)] * (not at["directed"])
    return found


def members(network: cd.Network, role: str, end: str) -> list[tuple[int, int]]:
    """Node and row of the members of an end."""
    row = {name: i for i, name in enumerate(network.nodes.node_id)}
    zones = network.zones[(network.zones.role == role) & (network.zones.zone_id == end)]
    return [(row[zones.node_id[i]], i) for i in zones.index] or [(row[end], -1)]


def by_hand(made: Model, commodity: str, origin: str) -> Counter[Arc]:
    """The arcs of a class."""
    network, demand = made.network, made.demand
    every, start = passages(network, commodity), members(network, "origin", origin)
    entered = {end for _, *ends, _, _ in every for end in ends if by(network, "start_modes", commodity, end[1])}
    access = {(gate, place) for gate, (node, _) in enumerate(start) for place in entered if place[0] == node}
    reached = {place for _, place in access}
    while more := {head for _, tail, head, _, _ in every if tail in reached} - reached:
        reached |= more
    arcs = [(Kind.ORIGIN, ("world",), ("gate", gate), zone, 0, node, -1) for gate, (node, zone) in enumerate(start)]
    arcs += [(Kind.ACCESS, ("gate", gate), place, -1, 0, -1, -1) for gate, place in access]
    for kind, tail, head, item, direction in every:
        if tail in reached:
            table = "links" if kind == Kind.LINK else "transfers"
            rows = len(getattr(network, table))
            ladder = made.steps.ladder_of(table, rows, commodity, origin)[item, direction]
            steps = np.flatnonzero(made.steps.ladder == ladder).tolist() if ladder >= 0 else [-1]
            at = tail[0] if kind == Kind.TRANSFER else -1
            arcs += [(kind, tail, head, item, direction, at, step) for step in steps]
    idle = set(range(len(start))) - {gate for gate, _ in access}
    for row in np.flatnonzero((demand.commodity == commodity) & (demand.origin == origin)).tolist():
        for node, zone in members(network, "destination", demand.destination[row]):
            ends = [place for place in reached if place[0] == node]
            ends += [("gate", gate) for gate in idle if start[gate][0] == node]
            arcs += [(Kind.EGRESS, end, ("row", row), zone, 0, node, -1) for end in ends]
        arcs.append((Kind.DEMAND, ("row", row), ("world",), row, 0, -1, -1))
    return Counter(arcs)


def vertices(made: Model, owner: int) -> dict[int, Vertex]:
    """What the vertices of a class are; a place by its node and the mode of what leads from or to it."""
    arcs, network = made.arcs, made.network
    found: dict[int, Vertex] = {int(arcs.world[owner]): ("world",)}
    rows = (made.demand.commodity == made.classes.commodity[owner]) & (made.demand.origin == made.classes.origin[owner])
    found |= {int(arcs.row_vertex[row]): ("row", row) for row in np.flatnonzero(rows).tolist()}
    for arc in np.flatnonzero(arcs.owner == owner).tolist():
        item, ends = arcs.item[arc], (int(arcs.tail[arc]), int(arcs.head[arc]))
        if arcs.kind[arc] == Kind.ORIGIN:
            found[ends[1]] = ("gate", ends[1] - int(arcs.world[owner]) - 1)
        if arcs.kind[arc] in (Kind.LINK, Kind.TRANSFER):
            link = arcs.kind[arc] == Kind.LINK
            tables = [network.links["mode"]] * 2 if link else [network.transfers.from_mode, network.transfers.to_mode]
            modes = [table[item] for table in tables]
            for end, mode in zip(ends, modes[:: -1 if arcs.direction[arc] else 1], strict=True):
                assert found.setdefault(end, (arcs.vertex_node[end], mode)) == (arcs.vertex_node[end], mode)
    return found


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
@pytest.mark.parametrize("number", range(-2, 6 * TIMES))
def test_the_arcs_of_a_class_are_those_found_by_hand(number: int) -> None:
    made = model(number)
    arcs = made.arcs
    assert (np.diff(arcs.owner) >= 0).all()
    assert (arcs.vertex_owner[arcs.tail] == arcs.owner).all()
    assert (arcs.vertex_owner[arcs.head] == arcs.owner).all()
    for owner, (_, commodity, origin) in enumerate(made.classes.itertuples(index=False)):
        name = vertices(made, owner)
        assert len(set(name.values())) == len(name)
        wanted = by_hand(made, commodity, origin)
        alone = {place for arc in wanted for place in arc[1:3]} - set(name.values())  # places that nothing leads from
        found: Counter[tuple[Any, ...]] = Counter()
        for arc in np.flatnonzero(arcs.owner == owner).tolist():
            ends = [int(end[arc]) for end in (arcs.tail, arcs.head)]
            known = [name.get(end, ("alone", int(arcs.vertex_node[end]))) for end in ends]
            columns = [int(column[arc]) for column in (arcs.item, arcs.direction, arcs.node, arcs.step)]
            found[Kind(arcs.kind[arc]), *known, *columns] += 1
        assert found == Counter(
            (kind, *(("alone", end[0]) if end in alone else end for end in ends), *others)
            for (kind, *ends, item, direction, node, step), count in wanted.items()
            for others in [(item, direction, node, step)] * count
        )


@pytest.mark.parametrize("number", [-1, 0, 1, 3, 5])
def test_a_passage_is_the_first_of_the_arcs_over_its_steps(number: int) -> None:
    arcs = model(number).arcs
    first: dict[tuple[int, ...], int] = {}
    for arc, key in enumerate(zip(arcs.tail, arcs.head, arcs.kind, arcs.item, arcs.direction, strict=True)):
        assert arcs.passage[arc] == (first.setdefault(key, arc) if arcs.step[arc] >= 0 else arc)
    assert arcs.of(Kind.LINK).tolist() == [arc for arc, kind in enumerate(arcs.kind) if kind == Kind.LINK]


def test_classes_are_in_the_order_of_the_demand() -> None:
    made, demand = model(3), example(3).demand
    pairs = list(dict.fromkeys(zip(demand.commodity, demand.origin, strict=True)))
    assert made.classes.to_numpy().tolist() == [[f"{goods} from {start}", goods, start] for goods, start in pairs]
    assert made.classes.index.tolist() == list(range(len(pairs)))
    assert list(made.classes) == ["class", "commodity", "origin"]
