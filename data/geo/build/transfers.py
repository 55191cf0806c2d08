"""transfers.csv: changes of gauge, ports, inland terminals, and where oil changes between pipe, wagon and tanker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .facts import Row, by_id, default, has_default, number, rule
from .links import DRY
from .repairs import Repairs

EXTRAS = ("kind", "note")
BULK = tuple(c for c in DRY if c not in ("containers", "general", "lorry_goods"))
RACKS = ("tengiz", "atyrau", "uzen", "atasu", "shymkent")
"""Where oil goes from a pipeline to wagons: nowhere else, and never back."""
WAGON_TO_TANKER = ("aktau_port", "turkmenbashi_port", "batumi_port")
"""Where crude goes from wagons to a tanker: nowhere else, and never back."""
OWN_PIPE = ("turkmenbashi_port",)
"""Where crude of fields nearby comes to the quay by a pipe that is no link."""
NO_RACK = (
    "tbilisi",
    "erzurum",
    "unecha",
    "tikhoretsk",
    "yaroslavl",
    "alashankou",
    "urumqi",
    "makhachkala_port",
)
"""Where a pipeline and a railway meet in name only."""

INTERMODAL_AT_BORDERS = ("khorgos_cn", "astara_ir", "torghundi")
"""Border stations where goods go on by lorry; elsewhere a box does not leave the train at the border (at Brest the EU
bans the lorries of Russia and Belarus)."""


def build(links: list[Row], repairs: Repairs) -> list[Row]:
    """Every transfer that the modes meeting at a node allow, node by node in the order of nodes.csv."""
    modes: dict[str, set[str]] = defaultdict(set)
    arriving: dict[str, set[str]] = defaultdict(set)
    leaving: dict[str, set[str]] = defaultdict(set)
    for link in links:
        crude = link["commodities"] == "crude_oil" or link["mode"] == "oil_pipeline"
        for this in ("from_node_id", "to_node_id"):
            if link["mode"] != "ship" or not crude:
                modes[link[this]].add(link["mode"])
        if crude:
            leaving[link["from_node_id"]].add(link["mode"])
            arriving[link["to_node_id"]].add(link["mode"])
            if link["directed"] == "False":
                leaving[link["to_node_id"]].add(link["mode"])
                arriving[link["from_node_id"]].add(link["mode"])
    rows: list[Row] = []
    for node in by_id("nodes"):
        rows += _gauge(node, modes[node])
        rows += _port(node, modes[node], repairs)
        rows += _intermodal(node, modes[node])
        rows += _oil(node, modes[node], arriving[node], leaving[node], repairs)
    for node in NO_RACK:
        repairs.value("nodes", node, "transfer oil_pipeline<->rail")
    return rows


def _row(node: str, ends: tuple[str, str], kind: str, group: str, **values: str) -> Row:
    name = "_".join(filter(None, (node, ends[0].replace("-", ""), ends[1].replace("-", ""), group)))
    return {
        "transfer_id": name,
        "node_id": node,
        "from_mode": ends[0],
        "to_mode": ends[1],
        "directed": "False",
        "status": "operating",
        "confidence": "low",
        "kind": kind,
    } | values


def _gauge(node: str, modes: set[str]) -> Iterator[Row]:
    if {"rail-1520", "rail-1435"} <= modes:
        own = f"gauge_cost_{node}"
        groups = {"": ((), "gauge_cost")}
        if has_default(own):  # what is known of a place is of boxes
            groups = {"containers": (("containers",), own), "bulk": ((*BULK, "general", "crude_oil"), "gauge_cost")}
        for group, (goods, name) in groups.items():
            yield _row(
                node,
                ("rail-1520", "rail-1435"),
                "gauge",
                group,
                cost=number(default(name)),
                time=number(default("gauge_time")),
                source=rule(name, "gauge_time"),
                commodities=";".join(goods),
            )


def _port(node: str, modes: set[str], repairs: Repairs) -> Iterator[Row]:
    repairs.value("nodes", node, "handling_cost")  # the figures are defaults port_cost_*_<node>
    dwell = repairs.value("nodes", node, "dwell_hours") or by_id("nodes")[node]["dwell_hours"]
    time = f"port_time_{node}" if has_default(f"port_time_{node}") else "port_time"
    hours = float(dwell) if dwell else default(time)
    for land in sorted(modes & {"rail-1520", "rail-1435", "road"}):
        for water in sorted(modes & {"ship", "ferry"}):
            for group, goods in _groups(node, land, water):
                cost = _port_cost(node, land, water, group)
                limit = f"port_capacity_{node}_{'road' if land == 'road' else group}"
                limited = water == "ship" and has_default(limit)
                names = [cost, *([limit] if limited else []), *([] if dwell else [time])]
                yield _row(
                    node,
                    (land, water),
                    "port",
                    group,
                    cost=number(default(cost)),
                    time=number(hours),
                    commodities=";".join(goods),
                    capacity=number(default(limit) if limited else None, 0),
                    source=rule(*names) + ("; dwell_hours of nodes.csv" if dwell else ""),
                )


def _groups(node: str, land: str, water: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Commodities that share a handling charge; lorries take containers, general cargo and goods of their own."""
    if land == "road" and water == "ferry":
        yield "lorries", ("general", "lorry_goods")
        yield "lorries_containers", ("containers",)
    elif land == "road":
        yield "lorries", ("containers", "general", "lorry_goods")
    elif has_default(f"port_cost_containers_{node}"):
        yield "bulk", BULK
        yield "containers_general", ("containers", "general")
    else:
        yield "dry", (*BULK, "general")
        yield "containers", ("containers",)


def _port_cost(node: str, land: str, water: str, group: str) -> str:
    if land == "road" and water == "ferry":
        return "port_cost_truck_ferry" + ("_containers" if group == "lorries_containers" else "")
    if land == "road":
        return "port_cost_truck"
    goods = "bulk" if group in ("bulk", "dry") else "containers"
    if water == "ferry":
        return f"port_cost_ferry_{goods}"
    name = f"port_cost_{goods}"
    return f"{name}_{node}" if has_default(f"{name}_{node}") else name


def _intermodal(node: str, modes: set[str]) -> Iterator[Row]:
    at_border = by_id("nodes")[node]["kind"] == "border_crossing"
    for rail in sorted(modes & {"rail-1520", "rail-1435"}):
        if "road" in modes and (not at_border or node in INTERMODAL_AT_BORDERS):
            yield _row(
                node,
                (rail, "road"),
                "intermodal",
                "",
                cost=number(default("intermodal_cost")),
                time=number(default("intermodal_time")),
                commodities="containers;general",
                source=rule("intermodal_cost", "intermodal_time"),
            )


def _oil(node: str, modes: set[str], arriving: set[str], leaving: set[str], repairs: Repairs) -> Iterator[Row]:
    tanker_load = "ship" in leaving and ("oil_pipeline" in arriving or node in OWN_PIPE)
    tanker_discharge = "ship" in arriving and "oil_pipeline" in leaving
    for there, ends in (
        (tanker_load, ("oil_pipeline", "ship")),
        (tanker_discharge, ("ship", "oil_pipeline")),
    ):
        limit = f"port_capacity_{node}_oil"
        if there:
            yield _crude(node, ends, "oil_load", default(limit) if has_default(limit) else None, limit)
    if node in RACKS:
        limit = repairs.value("nodes", node, "transfer oil_pipeline->rail (t/y)")
        assert limit is not None, node
        yield _crude(node, ("oil_pipeline", "rail-1520"), "oil_rack", float(limit))
    if node in WAGON_TO_TANKER:
        limit = repairs.value("nodes", node, "transfer rail->ship, crude (t/y)")
        assert limit is not None, node
        yield _crude(node, ("rail-1520", "ship"), "oil_rail_ship", float(limit))


def _crude(node: str, ends: tuple[str, str], kind: str, capacity: float | None, limit: str = "") -> Row:
    cost = f"{kind}_cost_{node}" if has_default(f"{kind}_cost_{node}") else f"{kind}_cost"
    names = [cost, f"{kind}_time"]
    if capacity is not None and has_default(limit):
        names.append(limit)
    source = rule(*names)
    if capacity is not None and not has_default(limit):
        source += "; capacity by repairs.csv"
    return _row(
        node,
        ends,
        kind,
        "crude",
        directed="True",
        capacity=number(capacity, 0),
        cost=number(default(cost)),
        time=number(default(f"{kind}_time")),
        commodities="crude_oil",
        source=source,
    )
