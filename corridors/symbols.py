"""How kinds of links and of nodes look, on maps, on pages and in other people's tools."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModeStyle:
    """How the links of a kind of mode look.

    Parameters
    ----------
    label : str
        What the legend calls it.
    color : str
        Colour of the line.
    dash : tuple of float
        Lengths on and off, in points; empty for a line without gaps.
    thin : float
        Multiplies the width.
    """

    label: str
    color: str
    dash: tuple[float, ...] = ()
    thin: float = 1.0


MODES = {
    "rail-1520": ModeStyle("Rail, 1520 mm", "#1c355e"),
    "rail-1435": ModeStyle("Rail, 1435 mm", "#4f7fb5"),
    "rail": ModeStyle("Rail, other gauge", "#34597f"),
    "road": ModeStyle("Road", "#9a8454", (), 0.7),
    "oil_pipeline": ModeStyle("Oil pipeline", "#a13a28", (2.6, 1.2)),
    "gas_pipeline": ModeStyle("Gas pipeline", "#e39021", (2.6, 1.2)),
    "pipeline": ModeStyle("Pipeline", "#b5632a", (2.6, 1.2)),
    "sea": ModeStyle("Ship, ferry", "#0e857d", (6.0, 2.0)),
    "air": ModeStyle("Air", "#7a4f9a", (1.0, 2.0)),
}
"""Looks by kind of mode, in the order of the legend."""

WATER = ("ship", "ferry", "barge")


def kind_of_mode(mode: str) -> str:
    """The key of `MODES` that a mode of a link is drawn as.

    Examples
    --------
    >>> kind_of_mode("rail-1676"), kind_of_mode("ferry"), kind_of_mode("oil_pipeline")
    ('rail', 'sea', 'oil_pipeline')
    """
    if mode in MODES:
        return mode
    if mode in WATER:
        return "sea"
    return "rail"


@dataclass(frozen=True)
class NodeStyle:
    """How a kind of node looks: its name in the legend, its matplotlib marker, its size in points."""

    label: str
    marker: str
    size: float


NODES = {
    "port": NodeStyle("Port", "s", 4.6),
    "border": NodeStyle("Border or gauge change", "D", 4.2),
    "terminal": NodeStyle("Field, pump station, terminal or refinery", "^", 5.2),
    "junction": NodeStyle("Station, junction or dry port", "o", 4.8),
}
"""Looks by kind of node, in the order of the legend."""

_NODE_KINDS = {
    "seaport": "port",
    "port": "port",
    "ferry_port": "port",
    "border_crossing": "border",
    "gauge_yard": "border",
    "oil_terminal": "terminal",
    "terminal": "terminal",
    "refinery": "terminal",
    "pump_station": "terminal",
    "oil_field": "terminal",
    "gas_field": "terminal",
    "gas_hub": "terminal",
}


def kind_of_node(node_type: str) -> str:
    """The key of `NODES` that a node type is drawn as.

    Examples
    --------
    >>> kind_of_node("seaport"), kind_of_node("rail_junction"), kind_of_node("")
    ('port', 'junction', 'junction')
    """
    return _NODE_KINDS.get(node_type, "junction")
