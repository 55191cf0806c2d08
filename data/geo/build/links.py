"""links.csv: capacities in tonnes a year, times, tariffs, borders, filters and courses."""

from __future__ import annotations

from .facts import Row, by_id, default, has_default, number, read, rule, year_of
from .repairs import Repairs
from .shipping import CASPIAN, freight, headway, stay
from .units import tonnes

BASE_YEAR = 2024
"""The year that links.csv stands for; stages.csv leads to the others."""

EXTRAS = (
    "tracks",
    "gauge",
    "electrified",
    "length_basis",
    "capacity_basis",
    "capacity_given",
    "sailings",
    "time_basis",
    "tariff_basis",
    "border_basis",
    "flow",
    "flow_year",
    "opens",
    "background_basis",
    "idle_reason",
    "idle_source",
    "note",
    "source_url",
)

PAIRS = "train pairs/day"

DRY = (
    "containers", "grain", "metals_ores", "uranium", "coal", "oil_products", "fertiliser", "sulphur", "sugar",
    "general", "lorry_goods", "sea_goods",
)  # fmt: skip
"""All commodities but crude oil and gas."""


def build(repairs: Repairs) -> list[Row]:
    """One row a link, whatever its status, in the order of the facts."""
    return [_link(row, repairs) for row in read("links")]


def _link(row: Row, repairs: Repairs) -> Row:
    ends = row["from_id"], repairs.value("links", row["id"], "to_id") or row["to_id"]
    gauge = repairs.value("links", row["id"], "gauge_mm") or row["gauge_mm"]
    mode = f"rail-{gauge}" if row["mode"] == "rail" else row["mode"]
    tracks = repairs.value("links", row["id"], f"tracks_{BASE_YEAR}") or row["tracks"]
    scope = "each" if mode.startswith("rail") and int(tracks) > 1 else "both"
    capacity, capacity_basis = _capacity(row, repairs)
    flow = _flow(row)
    if capacity is not None and flow is not None and flow > capacity and int(row["flow_year"]) <= BASE_YEAR:
        repairs.add(row["id"], "capacity_t", number(capacity, 0), number(flow, 0), "capacity below the observed flow")
        capacity, capacity_basis = flow, "observed flow"
    load, load_basis = _background(row["id"], capacity, repairs)
    share = 0.5 if scope == "each" else 1.0
    filters = _commodities(row["id"], mode, repairs)
    tanker = filters == "crude_oil"
    fee, hours, border_basis = _border(ends, mode, row, tanker)
    time, time_basis = _time(row, mode, ends, tanker)
    tariff, tariff_basis = _tariff(row, mode, ends, tanker, repairs)
    idle = by_id("idle", "link_id").get(row["id"], {})
    return {
        "link_id": row["id"],
        "from_node_id": ends[0],
        "to_node_id": ends[1],
        "mode": mode,
        "directed": str(_directed(row["id"], mode, repairs)),
        "name": row["name"],
        "length": number(float(row["length_km"]), 1),
        "capacity": number(None if capacity is None else capacity * share, 0),
        "capacity_scope": scope,
        "background": number(load * share, 0),
        "time": number(time, 2),
        "tariff": number(tariff, 2),
        "tariff_factor": number(_tariff_factor(mode, ends)),
        "headway": number(headway(row["id"]), 1),
        "border_fee": number(fee, 2),
        "border_time": number(hours, 2),
        "commodities": filters,
        "country": row["countries"],
        "corridors": row["corridor_tags"],
        "gates": ";".join(gate["corridor"] for gate in read("gates") if row["id"] in gate["link_ids"].split(";")),
        "status": row["status"],
        "geometry": _course(ends, repairs.value("links", row["id"], "via") or row["via"]),
        "source": row["source"],
        "source_date": year_of(row["capacity_year"], row["flow_year"], row["source"]),
        "confidence": row["confidence"],
        "tracks": tracks,
        "gauge": gauge,
        "electrified": row["electrified"],
        "length_basis": row["length_basis"],
        "capacity_basis": capacity_basis,
        "capacity_given": _capacity_given(row),
        "sailings": by_id("sailings", "link_id").get(row["id"], {}).get("sailings_per_week", ""),
        "time_basis": time_basis,
        "tariff_basis": tariff_basis,
        "border_basis": border_basis,
        "flow": number(flow, 0),
        "flow_year": row["flow_year"],
        "opens": row["planned_year"] if row["status"] == "planned" else "",
        "background_basis": load_basis,
        "idle_reason": idle.get("reason", ""),
        "idle_source": idle.get("source", ""),
        "note": row["note"],
        "source_url": row["source_url"],
    }


def _capacity(row: Row, repairs: Repairs) -> tuple[float | None, str]:
    """Tonnes a year both directions together (one direction for a pipeline) in the base year, and what it rests on."""
    for field in (f"capacity_t_{BASE_YEAR}", "capacity_t"):
        if repaired := repairs.value("links", row["id"], field):
            return float(repaired), "repair"
    if row["status"] == "planned" and row["planned_capacity_value"]:
        return tonnes(row["planned_capacity_value"], row["planned_capacity_unit"]), "plan"
    if row["capacity_basis"] == "rule":
        name = _pairs(row)
        return tonnes(number(default(name)), PAIRS), rule(name)
    return tonnes(row["capacity_value"], row["capacity_unit"]), row["capacity_basis"]


def _pairs(row: Row) -> str:
    """The default of train pairs a day on a line of these tracks and this traction."""
    tracks = "single" if int(row["tracks"]) == 1 else "double"
    return f"pairs_{tracks}_{'electric' if row['electrified'] == 'yes' else 'diesel'}"


def _capacity_given(row: Row) -> str:
    """The capacity in the unit of its source, or in train pairs a day by rule."""
    if row["capacity_basis"] == "rule":
        return f"{number(default(_pairs(row)))} {PAIRS}"
    return f"{row['capacity_value']} {row['capacity_unit']}" if row["capacity_value"] else ""


def _flow(row: Row) -> float | None:
    """Observed tonnes a year; trains a day are those of a good day, no flow of a year."""
    return None if row["flow_unit"] == "trains/day" else tonnes(row["flow_value"], row["flow_unit"])


def _background(link_id: str, capacity: float | None, repairs: Repairs) -> tuple[float, str]:
    row = by_id("background_2024", "link_id").get(link_id)
    if row is None:
        return 0.0, ""
    if (repaired := repairs.value("links", link_id, "background")) is not None:
        return float(repaired), "repair"
    load = float(row["load_t"])
    if row["mode"] == "rail" and capacity is not None and load > capacity / 2:
        half = capacity / 2
        repairs.add(link_id, "background", number(load, 0), number(half, 0), "at most half of the capacity")
        load = half
    return load, row["rule"]


def _directed(link_id: str, mode: str, repairs: Repairs) -> bool:
    repaired = repairs.value("links", link_id, "directed")
    if repaired:
        return repaired == "from_to"
    return mode.endswith("pipeline")


def _commodities(link_id: str, mode: str, repairs: Repairs) -> str:
    repaired = repairs.value("links", link_id, "commodities")
    if repaired == "all but crude_oil;gas" or (repaired is None and mode == "rail-1435"):
        return ";".join(DRY)
    return repaired or ""


def _countries(ends: tuple[str, str]) -> tuple[str, str]:
    nodes = by_id("nodes")
    return nodes[ends[0]]["country_iso2"], nodes[ends[1]]["country_iso2"]


def _border(ends: tuple[str, str], mode: str, row: Row, tanker: bool) -> tuple[float, float, str]:
    """Fee and hours of the border, and the defaults they come from."""
    kind = mode.partition("-")[0]
    here, there = _countries(ends)
    if here == there:
        return 0.0, 0.0, ""
    if kind in ("ship", "ferry"):
        hours, basis = stay(row, tanker)
        return default("border_fee_sea_pipeline"), hours, basis
    if kind not in ("rail", "road"):
        names = "border_fee_sea_pipeline", "border_time_sea_pipeline"
    elif _share(here, there, "eu"):
        names = "border_fee_eu", "border_time_eu"
    elif _share(here, there, "eaeu"):
        names = f"border_fee_{kind}_eaeu", f"border_time_{kind}_eaeu"
    else:
        pair = f"{kind}_{'_'.join(sorted((here, there))).lower()}"
        name = pair if has_default(f"border_fee_{pair}") else kind
        names = f"border_fee_{name}", f"border_time_{name}"
    fee, hours = (default(name) for name in names)
    if _is_border_stay(row):
        hours = max(0.0, float(row["transit_time_h"]) - default("gauge_time"))
        return fee, hours, f"{rule(names[0], 'gauge_time')}; hours of CPMM 2022 less gauge_time"
    return fee, hours, rule(*names)


def _share(here: str, there: str, bloc: str) -> bool:
    blocs = by_id("blocs", "country_iso2")
    return all(blocs[c][bloc].startswith("member") for c in (here, there))


def _is_border_stay(row: Row) -> bool:
    """Whether the sourced hours are a stay at a rail border (gauge change included), not a passage."""
    return row["mode"] == "rail" and bool(row["transit_time_h"])


def _time(row: Row, mode: str, ends: tuple[str, str], tanker: bool) -> tuple[float, str]:
    if row["transit_time_h"] and not _is_border_stay(row):
        return float(row["transit_time_h"]), "source"
    name = f"speed_{mode.replace('-', '_')}"
    here, there = _countries(ends)
    if mode.startswith("rail") and here == there and has_default(f"speed_rail_{here.lower()}"):
        name = f"speed_rail_{here.lower()}"
    if mode == "ship" and CASPIAN.issuperset(ends):
        name = "speed_tanker_caspian" if tanker else "speed_ship_caspian"
    return float(row["length_km"]) / default(name), rule(name)


def _tariff(row: Row, mode: str, ends: tuple[str, str], tanker: bool, repairs: Repairs) -> tuple[float | None, str]:
    """USD a tonne where it is sourced or goes by sea; None where the rate of the mode holds."""
    if has_default(f"tariff_{row['id']}"):
        return default(f"tariff_{row['id']}"), rule(f"tariff_{row['id']}")
    if row["unit_cost_unit"] == "USD/t":
        return float(row["unit_cost_value"]), row["unit_cost_basis"]
    if row["unit_cost_unit"] == "USD/t-km":
        repairs.add(
            row["id"], "unit_cost", f"{row['unit_cost_value']} USD/t-km", "", applied="no",
            reason="a ceiling for crude alone: a tariff of the link would hold for all; rates.csv has 0.022 for crude",
        )  # fmt: skip
    if mode != "ship":
        return None, ""
    if not tanker:
        return freight(row, boxes=False)
    name = "rate_tanker_caspian" if CASPIAN.issuperset(ends) else "rate_ship"
    return float(row["length_km"]) * default(name), rule(name)


def _tariff_factor(mode: str, ends: tuple[str, str]) -> float:
    here, there = _countries(ends)
    name = f"rail_factor_{here.lower()}"
    return default(name) if mode.startswith("rail") and here == there and has_default(name) else 1.0


def _course(ends: tuple[str, str], via: str) -> str:
    nodes = by_id("nodes")
    start, end = ((nodes[n]["lon"], nodes[n]["lat"]) for n in ends)
    middle = [tuple(point.split(",")) for point in via.split(";") if point]
    points = ", ".join(f"{number(float(lon))} {number(float(lat))}" for lon, lat in (start, *middle, end))
    return f"LINESTRING ({points})"
