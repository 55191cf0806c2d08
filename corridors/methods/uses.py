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
"""What a base must hold in addition to what is compared with it."""

Use = tuple[str, int, int]
"""Something that goods use: a table, a row of it, and a direction of links and transfers (0, 1; else 0)."""


@dataclass(frozen=True)
class Way:
    """A path of the base's flow: of which flow class, what it uses from end to end, and how much it is (t/year)."""

    of_class: str
    uses: frozenset[Use]
    tonnes: float


def ways_of(network: Network, base: xr.Dataset) -> list[Way]:
    """The base's flow of each class as paths, with the members of zones where they start and end.

    Parameters
    ----------
    network : Network
    base : Dataset
        With `BY_CLASS`, t/year.

    Notes
    -----
    Paths go over places (node and mode), so that a change of mode is not taken for passing by. Tonnes that end at a
    node in several zones divide among these as the members' flows do. What is wanted where it starts uses no link.
    """
    links, zones = network.links, network.zones
    node = {name: i for i, name in enumerate(network.nodes.node_id)}
    ends, many = places_of(network)
    over_links, over_transfers = (
        base[name].transpose("class", table, "direction").to_numpy()
        for name, table in (("class_flow", "link"), ("class_transfer_flow", "transfer"))
    )
    flow = np.concatenate([over_links, over_transfers], axis=1)
    handed = base.class_member_flow.transpose("class", "member").to_numpy()
    where = zones.node_id.map(node).to_numpy(np.int64)
    smallest = units_in(base).trace(flow)
    found: list[Way] = []
    for number, label in enumerate(base["class"].to_numpy().tolist()):
        members = {role: _Members(handed[number], where, zones.role.to_numpy() == role, smallest) for role in ROLES}
        for steps, tonnes in paths_of(flow[number], ends, smallest):
            (first, way), (last, back) = steps[0], steps[-1]
            start, end = int(ends[first, way]) // many, int(ends[last, 1 - back]) // many
            uses = {("nodes", start, 0), ("nodes", end, 0)}
            for step, direction in steps:
                moved = step - len(links)
                uses.add(("links", step, direction) if moved < 0 else ("transfers", moved, direction))
                if moved >= 0:
                    uses.add(("nodes", int(ends[step, 0]) // many, 0))
            found += _at_members(label, uses, tonnes, members, start, end)
        for start in np.unique(where):  # what is left there stays there
            left = max(of.at(int(start)) for of in members.values())
            found += _at_members(label, {("nodes", int(start), 0)}, left, members, int(start), int(start))
    return found


class _Members:
    """What members of zones with one role give or take of a class, and is on no path yet."""

    def __init__(self, handed: FloatArray, where: IntArray, mine: Any, smallest: float) -> None:
        self.smallest = smallest
        self.left: dict[int, list[tuple[int, float]]] = {}
        for row in np.flatnonzero(mine & (handed > smallest)).tolist():
            self.left.setdefault(int(where[row]), []).append((row, float(handed[row])))

    def at(self, node: int) -> float:
        """What is left at a node, t/year."""
        return sum(tonnes for _, tonnes in self.left.get(node, ()))

    def take(self, node: int, tonnes: float) -> list[tuple[set[Use], float]]:
        """Members at a node that give or take some tonnes; none for what the node itself does."""
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
) -> list[Way]:
    """A path's tonnes by the members of zones at its ends."""
    return [
        Way(label, frozenset(uses | begun | done), amount)
        for begun, part in members["origin"].take(start, tonnes)
        for done, amount in members["destination"].take(end, part)
        if amount > members["origin"].smallest
    ]
