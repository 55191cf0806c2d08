"""Networks and trips of the Transportation Networks for Research (TNTP): ``_net``, ``_node`` and ``_trips`` files.

Lengths and times are in units that the files do not name, and capacities in vehicles: say what they come to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from corridors.errors import InputError, listed, warn
from corridors.io.case import Content
from corridors.io.files import text_of
from corridors.io.recipe import Recipe
from corridors.schema.columns import ids_in

THROUGH = "FIRST THRU NODE"
COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power", "speed", "toll", "link_type")
PASSED = "passed_through"
"""A column of nodes: whether goods may pass through. They may not through traffic zones, with numbers below the first
node that the file lets them pass."""
_LINKS = {
    "init_node": "from_node_id", "init node": "from_node_id", "from": "from_node_id", "tail": "from_node_id",
    "term_node": "to_node_id", "term node": "to_node_id", "to": "to_node_id", "head": "to_node_id",
    "capacity": "capacity", "length": "length", "free_flow_time": "time", "free flow time": "time", "fftt": "time",
    "ftime": "time",
}  # fmt: skip


def is_one(path: Path) -> bool:
    """Whether a file has TNTP's metadata and a table of links, or a folder has one such."""
    if path.is_dir():
        return any(is_one(file) for file in sorted(path.iterdir()) if file.suffix.casefold() in (".tntp", ".txt"))
    return path.is_file() and b"<NUMBER OF LINKS>" in _start(path).upper()


def holds_trips(path: Path) -> bool:
    """Whether a file has TNTP's metadata and a table of trips."""
    return path.is_file() and b"<TOTAL OD FLOW>" in _start(path).upper()


def read(path: Path) -> Content:
    """Links, and nodes with coordinates where a file of nodes lies with them."""
    file = path if path.is_file() else next(f for f in sorted(path.iterdir()) if is_one(f))
    metadata, lines = _parts(file)
    rows = [line.partition(";")[0].split() for line in lines if not line.startswith("~")]
    names, units = _columns(next((line for line in lines if line.startswith("~")), ""), len(rows[0] if rows else ()))
    if not rows or any(len(row) != len(names) for row in rows):
        raise InputError(f"{file.name}: its links do not have a number for each of {listed(names) or 'its columns'}")
    links = pd.DataFrame(rows, columns=names, dtype=object)
    links.insert(0, "link_id", range(1, len(links) + 1))
    announced = metadata.get("NUMBER OF LINKS", "")
    if announced.isdecimal() and int(announced) != len(links):
        raise InputError(f"{file.name}: has {len(links)} links and announces {announced}; take another copy")
    fill: dict[str, dict[str, object]] = {"links": {"mode": "road", "directed": True}}
    assumed = {column: unit for column, unit in {"length": "km", "time": "min"}.items() if column not in units}
    recipe = Recipe(names={"links": dict(_LINKS)}, units={"capacity": "vehicles/h", **assumed, **units}, fill=fill)
    nodes = _nodes(file, links)
    first = metadata.get(THROUGH, "")
    if first.isdecimal() and int(first) > 1:
        number = pd.to_numeric(nodes.node_id, errors="coerce")
        nodes = nodes.assign(**{PASSED: ~(number < int(first))})
    return Content({"nodes": nodes, "links": links}, recipe=recipe, assumed=assumed)


def not_through_zones(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables in which nothing passes through traffic zones: each is a node that its links leave, and one they enter.

    Zone 7 is nodes ``7 out`` and ``7 in``, which say so by ``zone_id`` and ``zone_role``, so that
    ``read_demand(..., network=)`` puts trips from and to 7 there.

    Warns
    -----
    InputWarning
        What its nodes are called, where there is such a zone.
    """
    nodes, links = tables["nodes"], tables["links"]
    if PASSED not in nodes or nodes[PASSED].all():
        return dict(tables)
    ids, passed = ids_in(nodes.node_id).astype(object), nodes[PASSED].astype(bool)
    zones = set(ids[~passed])
    parts = [nodes[passed].assign(zone_id="", zone_role="")]
    for column, end, role in (("from_node_id", " out", "origin"), ("to_node_id", " in", "destination")):
        at = ids_in(links[column]).astype(object)
        links = links.assign(**{column: at.where(~at.isin(zones), at + end)})
        there = ids.isin(zones & set(at))
        parts.append(nodes[there].assign(node_id=ids[there] + end, zone_id=ids[there], zone_role=role))
    one = next(iter(ids[~passed]))
    warn(
        f"read: nothing passes through {len(zones)} zone{'s' * (len(zones) > 1)} ({listed(ids[~passed])}), so that "
        f"goods of {one} start at the node '{one} out' and end at '{one} in'; give the network with the trips, "
        "read_demand(..., network=)"
    )
    return {**tables, "nodes": pd.concat(parts, ignore_index=True).drop(columns=PASSED), "links": links}


def read_trips(path: Path) -> pd.DataFrame:
    """Trips as ``origin, destination, volume``, a row a pair that has any."""
    _, lines = _parts(path)
    text = "\n".join(lines)
    rows = []
    for block in re.split(r"\bOrigin\b", text, flags=re.IGNORECASE)[1:]:
        origin, _, rest = block.strip().partition("\n")
        for pair in filter(None, (part.strip() for part in rest.split(";"))):
            destination, colon, volume = (word.strip() for word in pair.partition(":"))
            if not colon:
                raise InputError(f"{path.name}: {pair[:40]!r} of origin {origin} is no destination with its trips")
            rows.append((origin.strip(), destination, volume))
    trips = pd.DataFrame(rows, columns=["origin", "destination", "volume"])
    return trips[pd.to_numeric(trips.volume, errors="coerce") != 0].reset_index(drop=True)


def _columns(head: str, wide: int) -> tuple[list[str], dict[str, str]]:
    """What the columns of links are called, and the units that stand in brackets behind: ``Length (ft)``.

    Without a line of names that fits, they are those of the format.
    """
    plain = head.partition(";")[0].strip("~ \t").casefold()
    split = [[name.strip() for name in re.split(by, plain)] for by in (r"\t+", r"\t+|\s{2,}", r"\s+(?!\()")]
    names = next((names for names in split if len(names) == wide), split[-1])
    if len(names) != wide == len(COLUMNS):
        names = list(COLUMNS)
    found = [re.fullmatch(r"(.*?)\s*\(([^)]*)\)", name) for name in names]
    called = [match[1] if match else name for match, name in zip(found, names, strict=True)]
    units = {_LINKS[match[1]]: match[2] for match in found if match and _LINKS.get(match[1]) in ("length", "time")}
    return called, units


def _nodes(file: Path, links: pd.DataFrame) -> pd.DataFrame:
    ends = [next((links[name] for name, own in _LINKS.items() if own == end and name in links), pd.Series(dtype=object))
            for end in ("from_node_id", "to_node_id")]  # fmt: skip
    ids = pd.concat(ends).drop_duplicates()
    nodes = pd.DataFrame({"node_id": ids.to_numpy()})
    places = file.with_name(re.sub("_net", "_node", file.name, flags=re.IGNORECASE))
    if places == file or not places.is_file():
        return nodes
    rows = [line.partition(";")[0].split() for line in text_of(places).splitlines() if line.strip()]
    rows = rows if rows and rows[0] and rows[0][0].isdecimal() else rows[1:]
    table = pd.DataFrame([row[:3] for row in rows if len(row) >= 3], columns=["node_id", "x_coord", "y_coord"])
    return nodes.merge(table, on="node_id", how="left")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _parts(path: Path) -> tuple[dict[str, str], list[str]]:
    """Metadata by name, and the lines behind ``<END OF METADATA>``."""
    head, end, body = text_of(path).partition("<END OF METADATA>")
    if not end:
        raise InputError(f"{path.name}: has no line <END OF METADATA>; give a file of TNTP")
    metadata = {name.strip().upper(): value.strip() for name, value in re.findall(r"<([^>]*)>([^\n]*)", head)}
    return metadata, [line.strip() for line in body.splitlines() if line.strip()]
