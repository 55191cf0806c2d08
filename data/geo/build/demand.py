"""demand_<year>.csv, zones.csv and observed_2024.csv."""

from __future__ import annotations

from .facts import Row, citation, default, number, read, rule, year_of
from .links import DRY

YEARS = (2022, 2024, 2025, 2030)
DEMAND_EXTRAS = ("price", "value_basis", "facts", "note")
ZONE_EXTRAS = ("facts", "note")
OBSERVED_COLUMNS = (
    "obs_id", "name", "link_ids", "direction", "commodity", "volume", "tolerance", "restates", "facts", "note",
)  # fmt: skip
RESTATES = {"o01", "o02", "o04", "o05", "o06", "o10", "o11", "o29", "o30"}
"""Observations that only say again what a demand row or a quota says: they test reach, not choice of route."""


def demand(year: int) -> list[Row]:
    """The demand rows of a year; the value of a tonne follows the penalty rule of the commodities."""
    return [_demand(row, year) for row in read(f"demand_{year}")]


def _demand(row: Row, year: int) -> Row:
    price = float(row["value_usd_t"])
    value, basis = _value(row["commodity"], price)
    return {
        "demand_id": row["demand_id"],
        "commodity": row["commodity"],
        "origin": row["origin"],
        "destination": row["destination"],
        "volume": number(float(row["volume_t"]), 0),
        "value": number(value),
        "source": citation(row["facts"]),
        "source_date": str(year),
        "confidence": row["confidence"],
        "price": number(price),
        "value_basis": basis,
        "facts": row["facts"],
        "note": row["note"],
    }


def _value(commodity: str, price: float) -> tuple[float, str]:
    if commodity == "uranium":
        cap = default("value_cap_uranium")
        return (price, "price") if price <= cap else (cap, rule("value_cap_uranium"))
    floor = default("value_floor")
    return (price, "price") if price >= floor else (floor, rule("value_floor"))


def zones() -> list[Row]:
    """One row a member."""
    return [
        {
            "zone_id": row["zone_id"],
            "role": row["role"],
            "node_id": row["node_id"],
            "limit": row["limit_t"],
            "price": row["price_usd_t"],
            "name": row["name"],
            "source": citation(row["facts"]),
            "source_date": year_of(citation(row["facts"])),
            "confidence": row["confidence"],
            "facts": row["facts"],
            "note": row["note"],
        }
        for row in read("zones")
    ]


def observed() -> list[Row]:
    """Flows seen at gates, to hold the model against."""
    return [
        {
            "obs_id": row["obs_id"],
            "name": row["name"],
            "link_ids": row["link_ids"],
            "direction": row["direction"].replace("east", "to_cn"),
            "commodity": row["commodity"].replace("dry", ";".join(DRY)),
            "volume": row["volume_t"],
            "tolerance": row["tolerance"],
            "restates": str(row["obs_id"] in RESTATES),
            "facts": row["facts"],
            "note": row["note"],
        }
        for row in read("observed_2024")
    ]
