"""What the legend says: modes and nodes that are on the map, and flows by width."""

from __future__ import annotations

import pandas as pd

from corridors import symbols
from corridors.maps import style
from corridors.maps.flows import HAIRLINE
from corridors.maps.strokes import CROSS, idle_look, marker_look, shut_look, stroke_looks
from corridors.maps.surround import Group, Swatch
from corridors.network import Network


def flow_legend(
    network: Network, looks: pd.DataFrame, widths: style.Widths | None, unit: str = "Mt a year"
) -> tuple[Group, ...]:
    """Legend of a map of flows: modes, nodes, widths."""
    drawn = looks[looks.drawn == "flow"]
    present = set(drawn.kind) or set(looks.kind)
    modes = [
        Swatch(s.label, tuple(stroke_looks(s.color, 2.8 * s.thin, s.dash)))
        for kind, s in symbols.MODES.items()
        if kind in present
    ]
    groups = [Group("Mode", tuple(modes + _faint(looks)), rows=2 if len(modes) < 7 else 3)]
    groups.append(_nodes(network, groups[0].rows))
    if widths is not None and len(drawn):
        groups.append(_widths(f"Flow, {unit}", widths, style.INK, groups[0].rows))
    return tuple(groups)


def change_legend(network: Network, looks: pd.DataFrame, widths: style.Widths) -> tuple[Group, ...]:
    """Legend of a map of differences: gains and losses, nodes, widths."""
    signs = [
        Swatch("More flow than before", tuple(stroke_looks(style.GAINED, 3.2))),
        Swatch("Less flow than before", tuple(stroke_looks(style.LOST, 3.2))),
    ]
    if (looks.drawn == "kept").any():
        signs.append(Swatch("Same flow", tuple(stroke_looks(style.UNCHANGED, 1.0))))
    groups = [Group("Change", tuple(signs + _faint(looks)), rows=2), _nodes(network, 2)]
    if (looks.drawn == "flow").any():
        groups.append(_widths("Change, Mt a year", widths, style.FADED, 2))
    return tuple(groups)


def _faint(looks: pd.DataFrame) -> list[Swatch]:
    found = []
    if looks.cross.any():
        found.append(Swatch("Closed", ({"linestyle": "", **CROSS},)))
    if (looks.drawn == "idle").any():
        found.append(Swatch("No flow", (idle_look(style.FADED, HAIRLINE),)))
    if (looks.drawn == "shut").any():
        found.append(Swatch("Planned or closed", (shut_look(style.FADED),)))
    return found


def _nodes(network: Network, rows: int) -> Group:
    types = network.nodes["node_type"] if "node_type" in network.nodes else pd.Series(dtype=str)
    present = {symbols.kind_of_node(str(t)) for t in types} or {"junction"}
    entries = tuple(
        Swatch(look.label, ({"linestyle": "", **marker_look(kind)},))
        for kind, look in symbols.NODES.items()
        if kind in present
    )
    return Group("Node", entries, rows=rows)


def _widths(title: str, widths: style.Widths, color: str, rows: int) -> Group:
    entries = tuple(
        Swatch(style.mass(flow), tuple(stroke_looks(color, float(widths(flow))))) for flow in widths.steps()
    )
    return Group(title, entries, rows=rows)
