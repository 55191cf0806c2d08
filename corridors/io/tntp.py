"""Networks and trips of the Transportation Networks for Research (TNTP): ``_net``, ``_node`` and ``_trips`` files.

Lengths and times are in units that the files do not name, and capacities in vehicles: say what they come to.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from corridors.errors import InputError, listed
from corridors.io.case import Content
from corridors.io.files import text_of
from corridors.io.recipe import Recipe

THROUGH = "FIRST THRU NODE"
_LINKS = {
    "init_node": "from_node_id", "init node": "from_node_id", "from": "from_node_id", "tail": "from_node_id",
    "term_node": "to_node_id", "term node": "to_node_id", "to": "to_node_id", "head": "to_node_id",
    "capacity": "capacity", "length": "length", "free_flow_time": "time", "free flow time": "time", "fftt": "time",
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
    rows = [line.rstrip(";").split() for line in lines if not line.startswith("~")]
    head = next((line for line in lines if line.startswith("~")), "")
    names = [name.strip().casefold() for name in re.split(r"\t+", head.strip("~; \t"))] if "\t" in head else []
    if len(names) != len(rows[0] if rows else ()):
        names = [name.casefold() for name in head.strip("~; \t").split()]
    if not rows or any(len(row) != len(names) for row in rows):
        raise InputError(f"{file.name}: its links do not have a number for each of {listed(names) or 'its columns'}")
    links = pd.DataFrame(rows, columns=names, dtype=object)
    links.insert(0, "link_id", range(1, len(links) + 1))
    announced = metadata.get("NUMBER OF LINKS", "")
    if announced.isdecimal() and int(announced) != len(links):
        raise InputError(f"{file.name}: has {len(links)} links and announces {announced}; take another copy")
    if metadata.get(THROUGH, "1") not in ("", "1"):
        raise InputError(
            f"{file.name}: nothing passes through nodes below {metadata[THROUGH]}, and nodes of a network let goods "
            f"pass; put those into zones, and take <{THROUGH}> out of the file"
        )
    fill: dict[str, dict[str, object]] = {"links": {"mode": "road", "directed": True}}
    recipe = Recipe(names={"links": dict(_LINKS)}, units={"capacity": "vehicles/h", "time": "min"}, fill=fill)
    return Content({"nodes": _nodes(file, links), "links": links}, recipe=recipe)


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
    return pd.DataFrame(rows, columns=["origin", "destination", "volume"])


def _nodes(file: Path, links: pd.DataFrame) -> pd.DataFrame:
    ends = [next((links[name] for name, own in _LINKS.items() if own == end and name in links), pd.Series(dtype=object))
            for end in ("from_node_id", "to_node_id")]  # fmt: skip
    ids = pd.concat(ends).drop_duplicates()
    nodes = pd.DataFrame({"node_id": ids.to_numpy()})
    places = file.with_name(re.sub("_net", "_node", file.name, flags=re.IGNORECASE))
    if places == file or not places.is_file():
        return nodes
    rows = [line.rstrip(";").split() for line in text_of(places).splitlines() if line.strip()]
    table = pd.DataFrame([row[:3] for row in rows[1:] if len(row) >= 3], columns=["node_id", "x_coord", "y_coord"])
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
