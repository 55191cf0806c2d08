"""stages.csv: dated changes of links and transfers, which stand as in the base year in their own tables."""

from __future__ import annotations

from .facts import Row, by_id, number, read, year_of
from .links import BASE_YEAR
from .repairs import Repairs
from .units import tonnes

COLUMNS = ("table", "id", "year", "field", "value", "source", "confidence", "note")


def build(links: list[Row], repairs: Repairs) -> list[Row]:
    """By table, id and year: openings, planned capacities, repairs by year, and those by hand."""
    rows = [*_openings(links), *_expansions(links), *_second_tracks(links, repairs), *_by_hand()]
    return sorted(rows, key=lambda r: (r["table"], r["id"], int(r["year"]), r["field"]))


def _openings(links: list[Row]) -> list[Row]:
    """A planned link opens, with the capacity it has in links.csv, in the year planned for it."""
    return [
        _stage(link["link_id"], link["opens"], "status", "operating", "planned opening")
        for link in links
        if link["status"] == "planned" and link["opens"]
    ]


def _expansions(links: list[Row]) -> list[Row]:
    """An operating link grows to what is planned, where the year is known."""
    rows = []
    for link in links:
        fact = by_id("links")[link["link_id"]]
        grown = tonnes(fact["planned_capacity_value"], fact["planned_capacity_unit"])
        known = link["status"] == "operating" and grown and fact["planned_year"]
        if known and grown and grown > float(link["capacity"]) and int(fact["planned_year"]) > BASE_YEAR:
            rows.append(
                _stage(link["link_id"], fact["planned_year"], "capacity", number(grown, 0), "planned expansion")
            )
    return rows


def _second_tracks(links: list[Row], repairs: Repairs) -> list[Row]:
    """A line whose capacity the repairs give by year: single track in 2025, two tracks from 2026."""
    rows = []
    for link in links:
        name = link["link_id"]
        shared, both = (repairs.value("links", name, f"capacity_t_{year}") for year in (2025, 2026))
        if shared and both:
            why = repairs.reason("links", name, "capacity_t_2026")
            half = float(link["background"]) / 2
            rows += [
                _stage(name, "2025", "capacity", shared, repairs.reason("links", name, "capacity_t_2025")),
                _stage(name, "2026", "capacity", number(float(both) / 2, 0), f"{why}: half each way"),
                _stage(name, "2026", "capacity_scope", "each", why),
                _stage(name, "2026", "background", number(half, 0), "half each way"),
                _stage(name, "2026", "tracks", "2", "second track opened in September 2025"),
            ]
    return rows


def _by_hand() -> list[Row]:
    links = by_id("links")
    return [row | {"source": row["source"] or links[row["id"]]["source"]} for row in read("stages")]


def _stage(link_id: str, year: str, field: str, value: str, note: str) -> Row:
    fact = by_id("links")[link_id]
    return {
        "table": "links",
        "id": link_id,
        "year": year,
        "field": field,
        "value": value,
        "source": fact["source"],
        "confidence": "low" if not year_of(fact["source"]) else fact["confidence"],
        "note": note,
    }
