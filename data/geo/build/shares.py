"""Demand of a region as demand of its places: what goes to or comes from each is its share of the whole."""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Row, read

END = {"origin": "from", "destination": "to"}
CONFIDENCE = ("low", "medium", "high")


def parts(row: Row) -> Iterator[Row]:
    """A row of the facts as one row a pair of places, by the shares of its ends; as it is where it has none.

    Tonnes are whole, and those of the parts sum to those of the row. A part is called ``row:place``, or
    ``row:origin:destination`` where both ends are regions; what is less than a tonne has no part.
    """
    pairs = [(origin, destination) for origin in _places(row, "origin") for destination in _places(row, "destination")]
    weights = [float(origin["share"]) * float(destination["share"]) for origin, destination in pairs]
    for (origin, destination), tonnes in zip(pairs, whole(round(float(row["volume_t"])), weights), strict=True):
        ends = {"origin": origin, "destination": destination}
        shared = {end: place for end, place in ends.items() if place["zone_id"]}
        if tonnes:
            yield row | {
                "demand_id": ":".join([row["demand_id"], *(place["node_id"] for place in shared.values())]),
                "part_of": row["demand_id"],
                **{end: place["node_id"] for end, place in ends.items()},
                "volume_t": str(tonnes),
                "confidence": min((r["confidence"] for r in (row, *shared.values())), key=CONFIDENCE.index),
                "note": "; ".join(filter(None, (row["note"], *(_said(end, place) for end, place in shared.items())))),
            }


def whole(total: int, weights: list[float]) -> list[int]:
    """Whole numbers that sum to `total`, near its parts by weight: the largest remainders are rounded up.

    Examples
    --------
    >>> whole(10, [1, 1, 1])
    [4, 3, 3]
    """
    exact = [total * weight / sum(weights) for weight in weights]
    found = [int(part) for part in exact]
    for i in sorted(range(len(exact)), key=lambda i: found[i] - exact[i])[: total - sum(found)]:
        found[i] += 1
    return found


def _places(row: Row, end: str) -> list[Row]:
    """The places of a region in the role of this end; a node, or a zone of free choice, is its own only place."""
    own = {"zone_id": "", "node_id": row[end], "share": "1"}
    return [r for r in read("shares") if (r["zone_id"], r["role"]) == (row[end], end)] or [own]


def _said(end: str, place: Row) -> str:
    basis = ", ".join(filter(None, (place["source"], place["note"])))
    return f"{float(place['share']):.1%} {END[end]} {place['node_id']} ({basis})"
