"""nodes.csv."""

from __future__ import annotations

from .facts import Row, number, read, year_of
from .repairs import DROPPED_AT_NODES, Repairs
from .units import tonnes

REPEATS_A_LINK = {
    "sangachal": "its 1.2 Mb/d is that of BTC, and the node takes gas too",
    "novorossiysk_sheskharis": "its limit is that of the pipeline, which has the background load",
    "primorsk_port": "its limit is that of the pipeline, which has the background load",
}
"""Nodes whose limit is left to the link that carries the same figure."""


def build(repairs: Repairs) -> list[Row]:
    """One row a node, in the order of the facts."""
    return [_node(row, repairs) for row in read("nodes")]


def _capacity(row: Row, repairs: Repairs) -> float | None:
    repaired = repairs.value("nodes", row["id"], "capacity_t")
    if row["id"] in DROPPED_AT_NODES or row["id"] in REPEATS_A_LINK:
        return None
    return float(repaired) if repaired else tonnes(row["capacity_value"], row["capacity_unit"])


def _modes(row: Row, repairs: Repairs) -> str:
    modes = row["modes"].split(";")
    for repaired in repairs.merged("nodes", row["id"], "modes"):
        modes += repaired.split(";")
    return ";".join(dict.fromkeys(modes))


def _node(row: Row, repairs: Repairs) -> Row:
    note = row["note"]
    if row["id"] in REPEATS_A_LINK:
        note = "; ".join(filter(None, (note, f"no limit of its own: {REPEATS_A_LINK[row['id']]}")))
    left = repairs.value("nodes", row["id"], "gauge_mm_left") or row["gauge_mm_left"]
    gauge = ";".join(dict.fromkeys(g for g in (left, row["gauge_mm_right"]) if g))
    if repaired := repairs.value("nodes", row["id"], "gauge"):
        gauge = repaired.replace("|", ";")
    return {
        "node_id": row["id"],
        "name": row["name"],
        "x_coord": number(float(row["lon"]), 4),
        "y_coord": number(float(row["lat"]), 4),
        "node_type": row["kind"],
        "country": row["country_iso2"],
        "capacity": number(_capacity(row, repairs), 0),
        "source": row["source"],
        "source_date": year_of(row["capacity_year"], row["source"]),
        "confidence": row["confidence"],
        "modes": _modes(row, repairs),
        "gauge": gauge,
        "dwell_hours": repairs.value("nodes", row["id"], "dwell_hours") or row["dwell_hours"],
        "coord_confidence": row["coord_confidence"],
        "coord_source": row["coord_source"],
        "note": note,
        "source_url": row["source_url"],
    }


EXTRAS = ("modes", "gauge", "dwell_hours", "coord_confidence", "coord_source", "note", "source_url")
