"""What goods use: the base's flow as paths from end to end, over links, transfers, nodes and members of zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.paths import paths_of, places_of
from corridors.model.units import units_in
from corridors.network import Network
from corridors.schema.definitions import ROLES

BY_CLASS = ("class_flow", "class_transfer_flow", "class_member_flow")
"""Variables that a base must hold in addition to those that are compared."""

Use = tuple[str, int, int]
"""Something that goods use: a table, a row of it, and a direction of links and transfers (0, 1; else 0)."""


@dataclass(frozen=True)
class UsedPath:
    """A path of the base's flow: its flow class, what it uses from end to end, and its tonnes a year."""

    of_class: str
    uses: frozenset[Use]
    tonnes: float


def used_paths(network: Network, base: xr.Dataset) -> list[UsedPath]:
    """The base's flow of each class as paths, with the members of zones where they start and end.

    Parameters
    ----------
    network : Network
    base : Dataset
        With `BY_CLASS`, t/year.

    Notes
    -----
    Paths go over places (node and mode), so that a change of mode at a node differs from passing through it. Tonnes
    that end at a node in several zones are divided among these as the members' flows are. Goods wanted at the node
    where they start use no link.
    """
    links, zones = network.links, network.zones
    node = {name: i for i, name in enumerate(network.nodes.node_id)}
    ends, modes = places_of(network)
    over_links, over_transfers = (
        base[name].transpose("class", table, "direction").to_numpy()
        for name, table in (("class_flow", "link"), ("class_transfer_flow", "transfer"))
    )
    flow = np.concatenate([over_links, over_transfers], axis=1)
    handed = base.class_member_flow.transpose("class", "member").to_numpy()
    where = zones.node_id.map(node).to_numpy(np.int64)
    smallest = units_in(base).trace(flow)
    found: list[UsedPath] = []
    for number, label in enumerate(base["class"].to_numpy().tolist()):
        members = {role: _Members(handed[number], where, zones.role.to_numpy() == role, smallest) for role in ROLES}
        for steps, tonnes in paths_of(flow[number], ends, smallest):
            (first, start_side), (last, end_side) = steps[0], steps[-1]
            start, end = int(ends[first, start_side]) // modes, int(ends[last, 1 - end_side]) // modes
            uses = {("nodes", start, 0), ("nodes", end, 0)}
            for step, direction in steps:
                moved = step - len(links)
                uses.add(("links", step, direction) if moved < 0 else ("transfers", moved, direction))
                if moved >= 0:
                    uses.add(("nodes", int(ends[step, 0]) // modes, 0))
            found += _at_members(label, uses, tonnes, members, start, end)
        for start in np.unique(where):  # what is on no path never leaves its node
            left = max(of.at(int(start)) for of in members.values())
            found += _at_members(label, {("nodes", int(start), 0)}, left, members, int(start), int(start))
    return found


class _Members:
    """Tonnes of a class that members of zones with one role send or receive, as far as they are on no path yet."""

    def __init__(self, handed: FloatArray, where: IntArray, of_role: Any, smallest: float) -> None:
        self.smallest = smallest
        self.left: dict[int, list[tuple[int, float]]] = {}
        for row in np.flatnonzero(of_role & (handed > smallest)).tolist():
            self.left.setdefault(int(where[row]), []).append((row, float(handed[row])))

    def at(self, node: int) -> float:
        """What is left at a node, t/year."""
        return sum(tonnes for _, tonnes in self.left.get(node, ()))

    def take(self, node: int, tonnes: float) -> list[tuple[set[Use], float]]:
        """The members at a node that send or receive some tonnes, with those of each; no member for the node's own."""
        parts: list[tuple[set[Use], float]] = []
        rest: list[tuple[int, float]] = []
        for row, left in self.left.get(node, ()):
            part = min(left, tonnes)
            tonnes -= part
            if part > 0:
                parts.append(({("zones", row, 0)}, part))
            if left - part > self.smallest:
                rest.append((row, left - part))
        self.left[node] = rest
        return [*parts, (set(), tonnes)] if tonnes > self.smallest or not parts else parts


def _at_members(
    label: str, uses: set[Use], tonnes: float, members: dict[str, _Members], start: int, end: int
) -> list[UsedPath]:
    """The tonnes of a path, divided by the members of zones at its ends."""
    return [
        UsedPath(label, frozenset(uses | begun | done), amount)
        for begun, part in members["origin"].take(start, tonnes)
        for done, amount in members["destination"].take(end, part)
        if amount > members["origin"].smallest
    ]
