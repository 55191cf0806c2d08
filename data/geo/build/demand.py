"""demand_<year>.csv, zones.csv and observed_2024.csv."""

from __future__ import annotations

from .facts import Row, by_id, citation, default, number, read, rule, year_of
from .links import DRY
from .shares import parts

YEARS = (2022, 2024, 2025, 2030)
DEMAND_EXTRAS = ("price", "value_basis", "part_of", "facts", "note")
ZONE_EXTRAS = ("limit_basis", "facts", "note")
OBSERVED_COLUMNS = (
    "obs_id", "name", "link_ids", "direction", "commodity", "volume", "tolerance", "restates", "facts", "note",
)  # fmt: skip
RESTATES = {"o01", "o02", "o04", "o05", "o06", "o10", "o11", "o29", "o30"}
"""Observations that only say again what a demand row or a quota says: they test reach, not choice of route."""


def demand(year: int) -> list[Row]:
    """The demand rows of a year, a row a pair of places.

    The value of a tonne is a penalty: its price within the bounds of penalties.csv.
    """
    return [_demand(part, year) for row in read(f"demand_{year}") for part in parts(row)]


def _demand(row: Row, year: int) -> Row:
    price = float(row["price_usd_t"])
    value, basis = _penalty(row["commodity"], price)
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
        "part_of": row["part_of"],
        "facts": row["facts"],
        "note": row["note"],
    }


def _penalty(commodity: str, price: float) -> tuple[float, str]:
    """What a tonne not delivered costs, and whether that is its price or the bound of the rule."""
    rules = by_id("penalties", "commodity")[commodity]
    bound = default(rules["default_id"])
    penalty = max(price, bound) if rules["bound"] == "floor" else min(price, bound)
    return penalty, "price" if penalty == price else rule(rules["default_id"])


def zones() -> list[Row]:
    """One row a member."""
    return [
        {
            "zone_id": row["zone_id"],
            "role": row["role"],
            "node_id": row["node_id"],
            "limit": row["limit_t"],
            "limit_basis": row["limit_basis"],
            "price": row["price_usd_t"],
            "name": row["name"],
            "country": row["country"],
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
