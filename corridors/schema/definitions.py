"""Every column of every table and every variable of a result: kind, unit, meaning.

One table feeds the checks on entry, the attributes of results and the documentation. Column names follow GMNS where
GMNS has one. Units live here, not in names: tonnes a year, US dollars a tonne, kilometres, hours.
"""

from __future__ import annotations

from dataclasses import dataclass

MODES = (
    "rail",
    "rail-1000",
    "rail-1067",
    "rail-1435",
    "rail-1520",
    "rail-1668",
    "rail-1676",
    "road",
    "ship",
    "ferry",
    "barge",
    "air",
    "pipeline",
    "oil_pipeline",
    "gas_pipeline",
)
"""The modes a link may have; the gauge of a railway is part of its mode."""

STATUSES = ("operating", "planned", "closed")
"""Only an operating link or transfer carries flow."""

ROLES = ("origin", "destination")
SCOPES = ("both", "each")
DIRECTIONS = ("fwd", "rev")
"""A link's directions: from -> to, and back."""
CONFIDENCES = ("high", "medium", "low")
CRS = "EPSG:4326"
"""Coordinates of every table: longitude and latitude."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        ``id``, ``text``, ``list`` (text split by ``;``), ``number``, ``flag`` or ``geometry``.
    meaning : str
        What it says.
    unit : str
        Unit of a number.
    required : bool
        Whether a table without it is refused; another column that is missing is filled with `default`.
    default : object
        What stands for a missing value; None leaves it missing (an unlimited capacity, an unknown length).
    refers : str
        The ``table.column`` that an id must be found in.
    allowed : tuple of str
        The values allowed, where they are few; of a list, the items.
    low : float or None
        The least a number may be.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    required: bool = False
    default: object = None
    refers: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None


def origin_of_a_row() -> tuple[Column, ...]:
    """The columns that say where a row comes from."""
    return (
        Column("source", "text", "where the row's main figure comes from", default=""),
        Column("source_date", "text", "the date or year the source speaks of", default=""),
        Column("confidence", "text", "how far to trust the row's best figure", default="", allowed=("", *CONFIDENCES)),
    )


TABLES: dict[str, tuple[Column, ...]] = {
    "nodes": (
        Column("node_id", "id", "name of the node in every other table", required=True),
        Column("name", "text", "name for people", default=""),
        Column("x_coord", "number", "longitude", "degrees east", low=-180),
        Column("y_coord", "number", "latitude", "degrees north", low=-90),
        Column("node_type", "text", "seaport, dry_port, border_crossing, rail_junction, ...", default=""),
        Column("country", "text", "ISO 3166 code of two letters", default=""),
        Column(
            "capacity", "number", "all that the node handles: loaded, unloaded or moved between modes", "t/year", low=0
        ),
        *origin_of_a_row(),
    ),
    "links": (
        Column("link_id", "id", "name of the link in every other table", required=True),
        Column("from_node_id", "id", "where a directed link starts", required=True, refers="nodes.node_id"),
        Column("to_node_id", "id", "where a directed link ends", required=True, refers="nodes.node_id"),
        Column("mode", "text", "what runs on it, with its gauge", required=True, allowed=MODES),
        Column("directed", "flag", "whether it runs from -> to only", default=False),
        Column("name", "text", "name for people", default=""),
        Column("length", "number", "length of the line", "km", low=0),
        Column("capacity", "number", "what it carries; missing means unlimited", "t/year", low=0),
        Column(
            "capacity_scope",
            "text",
            "whether both directions share the capacity or each has it",
            default="both",
            allowed=SCOPES,
        ),
        Column(
            "background", "number", "load that is not modelled, counted as capacity is", "t/year", default=0.0, low=0
        ),
        Column("time", "number", "time of a passage; by the mode's speed where missing", "h", low=0),
        Column("tariff", "number", "freight of a passage; by the mode's rate where missing", "USD/t", low=0),
        Column("tariff_factor", "number", "multiplies the mode's rate (not a tariff given)", "1", default=1.0, low=0),
        Column(
            "headway", "number", "time between departures: goods wait half of it for the next", "h", default=0.0, low=0
        ),
        Column("border_fee", "number", "fee of the border that the link crosses", "USD/t", default=0.0, low=0),
        Column("border_time", "number", "time at the border that the link crosses", "h", default=0.0, low=0),
        Column("commodities", "list", "the commodities it takes; blank means all that take the mode", default=""),
        Column("country", "list", "countries it runs through, in order; those of its ends where blank", default=""),
        Column("corridors", "list", "corridors it belongs to", default=""),
        Column("gates", "list", "corridors whose gate it is, or part of: what passes is their volume", default=""),
        Column("status", "text", "whether it carries flow", default="operating", allowed=STATUSES),
        Column("geometry", "geometry", "its course; a straight line where missing", "degrees"),
        *origin_of_a_row(),
    ),
    "transfers": (
        Column("transfer_id", "id", "name of the transfer", required=True),
        Column("node_id", "id", "where it is", required=True, refers="nodes.node_id"),
        Column("from_mode", "text", "the mode goods arrive by", required=True, allowed=MODES),
        Column("to_mode", "text", "the mode goods leave by", required=True, allowed=MODES),
        Column("directed", "flag", "whether it runs from -> to only", default=False),
        Column(
            "capacity", "number", "what it handles, both directions together; missing means unlimited", "t/year", low=0
        ),
        Column("cost", "number", "handling", "USD/t", default=0.0, low=0),
        Column("time", "number", "handling and waiting", "h", default=0.0, low=0),
        Column("commodities", "list", "the commodities it takes; blank means all that take both modes", default=""),
        Column("status", "text", "whether it carries flow", default="operating", allowed=STATUSES),
        *origin_of_a_row(),
    ),
    "zones": (
        Column("zone_id", "id", "name of the zone; one row a member", required=True),
        Column("role", "text", "whether goods start or end there", required=True, allowed=ROLES),
        Column("node_id", "id", "the member", required=True, refers="nodes.node_id"),
        Column(
            "limit",
            "number",
            "what the member gives or takes, all commodities; missing means unlimited",
            "t/year",
            low=0,
        ),
        Column(
            "price", "number", "cost added at the member (a discount against the best member)", "USD/t", default=0.0
        ),
        Column("name", "text", "name for people", default=""),
        Column(
            "country",
            "text",
            "where goods of the member start or end for good, in a zone over several countries; blank: in none of them",
            default="",
        ),
        *origin_of_a_row(),
    ),
    "commodities": (
        Column("commodity", "id", "name of the commodity", required=True),
        Column("modes", "list", "the modes it takes; blank means all, rail every gauge", default="", allowed=MODES),
        Column(
            "start_modes",
            "list",
            "the modes by which it starts at its origins (goes on from there by transfers); blank means all",
            default="",
            allowed=MODES,
        ),
        Column("value_of_time", "number", "cost of an hour of travel", "USD/t/h", default=0.0, low=0),
        Column("price", "number", "market price; what a tonne left behind costs is `value` of the demand", "USD/t"),
        *origin_of_a_row(),
    ),
    "rates": (
        Column("mode", "text", "the mode it holds for", required=True, allowed=MODES),
        Column("commodity", "text", "the commodity it holds for; blank means every other one", default=""),
        Column("rate", "number", "freight", "USD/t/km", low=0),
        Column("speed", "number", "commercial speed", "km/h", low=0),
        *origin_of_a_row(),
    ),
    "tariffs": (
        Column("link_id", "id", "the link it holds on", required=True, refers="links.link_id"),
        Column("commodity", "id", "the commodity it holds for", required=True, refers="commodities.commodity"),
        Column(
            "tariff",
            "number",
            "freight of a passage for the commodity, in place of the link's own",
            "USD/t",
            required=True,
            low=0,
        ),
        *origin_of_a_row(),
    ),
    "fleets": (
        Column("fleet_id", "id", "name of what several links share; one row a link", required=True),
        Column("link_id", "id", "a link that it serves", required=True, refers="links.link_id"),
        Column(
            "capacity",
            "number",
            "what it carries on all its links together, both directions; missing means unlimited",
            "t/year",
            low=0,
        ),
        *origin_of_a_row(),
    ),
    "cost_steps": (
        Column("step_id", "text", "name of the step; its link or transfer and a number where blank", default=""),
        Column("link_id", "text", "the link whose cost rises with its load", default="", refers="links.link_id"),
        Column(
            "transfer_id",
            "text",
            "the transfer whose cost rises with its load; blank on rows of links",
            default="",
            refers="transfers.transfer_id",
        ),
        Column("commodities", "list", "the commodities that are counted and pay; blank means all", default=""),
        Column(
            "origins",
            "list",
            "the origins whose demand is counted and pays: nodes, zones or countries; blank means all",
            default="",
        ),
        Column(
            "direction",
            "text",
            "the direction that is counted and pays; blank means both together",
            default="",
            allowed=("", *DIRECTIONS),
        ),
        Column(
            "load", "number", "load from which the step holds, of all that is counted", "t/year", required=True, low=0
        ),
        Column(
            "extra_cost", "number", "added to the cost of each tonne above that load", "USD/t", required=True, low=0
        ),
        *origin_of_a_row(),
    ),
    "blocs": (
        Column("bloc", "id", "name of the bloc, in capitals or not; one row a member", required=True),
        Column("country", "text", "the member, as nodes and links name it", required=True),
        *origin_of_a_row(),
    ),
    "demand": (
        Column("demand_id", "id", "name of the demand row", required=True),
        Column("commodity", "id", "what is moved", required=True, refers="commodities.commodity"),
        Column("origin", "id", "a node, or a zone with the role origin", required=True),
        Column("destination", "id", "a node, or a zone with the role destination", required=True),
        Column("volume", "number", "what is wanted", "t/year", required=True, low=0),
        Column("value", "number", "what a tonne not delivered costs, a penalty", "USD/t", required=True, low=0),
        *origin_of_a_row(),
    ),
}
"""The columns of each table. A table may hold more: they are kept as they are."""

KEYS = {
    "nodes": "node_id",
    "links": "link_id",
    "transfers": "transfer_id",
    "zones": "",
    "commodities": "commodity",
    "rates": "",
    "tariffs": "",
    "fleets": "",
    "cost_steps": "",
    "blocs": "",
    "demand": "demand_id",
}
"""The column whose values are unique in each table."""


@dataclass(frozen=True)
class Variable:
    """One variable of a result: its dimensions (``scenario`` comes first in a sweep), unit and meaning."""

    dims: tuple[str, ...]
    unit: str
    meaning: str


VARIABLES: dict[str, Variable] = {
    "status": Variable((), "1", "how the solve ended, as in corridors.Status"),
    "objective": Variable((), "USD/year", "cost of the circulation: freight less the value of what is delivered"),
    "loss": Variable((), "USD/year", "objective + sum of value x volume: zero when all is delivered for nothing"),
    "cost": Variable((), "USD/year", "generalised cost of what is delivered: loss less value x unmet"),
    "gap": Variable((), "1", "proven bound on how far the loss is from the least possible, relative to the objective"),
    "tied": Variable(
        (), "1", "whether another flow has the same loss, so that flows and prices are those of one optimum"
    ),
    "unmet_total": Variable((), "t/year", "all demand not delivered"),
    "path": Variable((), "1", "the method that found the optimum, a place in the attribute paths"),
    "unmet": Variable(("demand",), "t/year", "demand not delivered"),
    "row_cost": Variable(
        ("demand",),
        "USD/year",
        "generalised cost of what a row gets; where rows of a class share routes, one split of it",
    ),
    "row_price": Variable(
        ("demand",), "USD/t", "what one more tonne wanted adds to the loss; one of several values where optima tie"
    ),
    "flow": Variable(("link", "direction", "commodity"), "t/year", "modelled flow on a link"),
    "class_flow": Variable(("link", "direction", "class"), "t/year", "modelled flow of a flow class on a link"),
    "transfer_flow": Variable(("transfer", "direction", "commodity"), "t/year", "modelled flow through a transfer"),
    "class_transfer_flow": Variable(
        ("transfer", "direction", "class"), "t/year", "modelled flow of a flow class through a transfer"
    ),
    "member_flow": Variable(("member", "commodity"), "t/year", "what a zone's member gives or takes"),
    "class_member_flow": Variable(("member", "class"), "t/year", "what a zone's member gives or takes of a flow class"),
    "price": Variable(
        ("node", "class"),
        "USD/t",
        "dual of the class at the node: one more tonne wanted there costs at least this, one less saves at most this;"
        " missing where none can come",
    ),
    "rent": Variable(
        ("bundle",),
        "USD/t",
        "dual of a shared capacity: one more tonne a year of it saves at most this, one less costs at least this;"
        " of those in series one split of their sum",
    ),
    "throughput": Variable(("bundle",), "t/year", "weighted flow through a shared capacity"),
    "limit": Variable(("bundle",), "t/year", "a shared capacity, background taken off"),
}
"""The variables of a result."""


def column(table: str, name: str) -> Column:
    """The column of a table by its name.

    Examples
    --------
    >>> column("links", "tariff").unit
    'USD/t'
    """
    return next(c for c in TABLES[table] if c.name == name)
