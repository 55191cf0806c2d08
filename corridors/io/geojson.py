"""GeoJSON, one collection: points are nodes, lines are links; the other tables are a member of it (RFC 7946, 6.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.errors import InputError, listed
from corridors.io.case import Content
from corridors.io.files import parsing, replacing
from corridors.io.tables import ITEM, on_the_map
from corridors.schema.definitions import CRS
from corridors.symbols import MODES, kind_of_mode, kind_of_node

SIMPLESTYLE = ("stroke", "stroke-width", "stroke-opacity", "marker-color", "marker-size")
"""Properties of features by which maps on the web draw them (simplestyle 1.1.0); they are no columns."""
_KINDS = {"Point": "nodes", "LineString": "links", "MultiLineString": "links"}


def is_one(path: Path) -> bool:
    """Whether a file is JSON: whether its first letter is a brace."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read(path: Path) -> Content:
    """The features of a collection as tables, and the tables that `write` puts next to them."""
    with parsing(path, "GeoJSON"):
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        features = found.get("features")
        if found.get("type") != "FeatureCollection" or not isinstance(features, list):
            raise InputError(f"read: {path.name} is no FeatureCollection; give GeoJSON with the links as lines")
        crs, member = _crs(found), found.get(ITEM)
        member = member if isinstance(member, dict) else {}
        tables: dict[str, pd.DataFrame] = {}
        shapes = [
            shapely.from_geojson(json.dumps(one["geometry"])) if one.get("geometry") else None for one in features
        ]
        kinds = [_kind(one, shape) for one, shape in zip(features, shapes, strict=True)]
        unknown = {str(kind) for kind in kinds if kind not in ("nodes", "links")}
        if unknown:
            raise InputError(f"read: {path.name} has {listed(sorted(unknown))}; give nodes as points, links as lines")
        for table in dict.fromkeys(kinds):
            chosen = [i for i, kind in enumerate(kinds) if kind == table]
            rows = pd.DataFrame([features[i].get("properties") or {} for i in chosen])
            looks = SIMPLESTYLE if table in member.get("styled", []) else ()
            own = rows.drop(columns=["geometry", *looks], errors="ignore")
            tables[table] = gpd.GeoDataFrame(own, geometry=[shapes[i] for i in chosen], crs=crs)
        for name, own in (member.get("tables") or {}).items():
            tables[name] = pd.DataFrame(own["rows"], columns=own["columns"])
        return Content(tables, member.get("about") or {})


def in_degrees_by_default(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables whose shapes are in degrees where the file names no reference system (RFC 7946, section 4)."""
    return {
        name: table.set_crs(CRS) if isinstance(table, gpd.GeoDataFrame) and table.crs is None else table
        for name, table in tables.items()
    }


def write(content: Content, path: Path) -> None:
    """Write a collection; an older file is replaced, once the new one is whole."""
    tables, about = on_the_map(content.tables, content.about)
    styled = [name for name in _LOOKS if not set(SIMPLESTYLE) & set(map(str, tables[name]))]  # else they are columns
    features = []
    for name in ("nodes", "links"):
        rows = _rows(pd.DataFrame(tables[name]).drop(columns="geometry"))
        rows = [row | _LOOKS[name](row) for row in rows] if name in styled else rows
        shapes = map(shapely.geometry.mapping, tables[name]["geometry"])
        features += [{"type": "Feature", "geometry": s, "properties": row} for s, row in zip(shapes, rows, strict=True)]
    others = {name: {"columns": list(map(str, table)), "rows": _rows(table)}
              for name, table in tables.items() if name not in ("nodes", "links")}  # fmt: skip
    found = {
        "type": "FeatureCollection",
        ITEM: {"about": about, "tables": others, "styled": styled},
        "features": features,
    }
    try:
        text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"write: {error}; a GeoJSON file holds numbers, text and flags") from None
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _look_of_link(row: dict[str, Any]) -> dict[str, Any]:
    look, operates = MODES[kind_of_mode(str(row.get("mode")))], row.get("status", "operating") == "operating"
    return {"stroke": look.color, "stroke-width": 3 * look.thin, "stroke-opacity": 1.0 if operates else 0.4}


def _look_of_node(row: dict[str, Any]) -> dict[str, Any]:
    small = kind_of_node(str(row.get("node_type", ""))) == "junction"
    return {"marker-color": "#1d2733", "marker-size": "small" if small else "medium"}


_LOOKS = {"links": _look_of_link, "nodes": _look_of_node}


def _kind(feature: Any, shape: Any) -> str:
    if shape is None:
        return "links" if "from_node_id" in (feature.get("properties") or {}) else "nodes"
    return _KINDS.get(shape.geom_type, shape.geom_type)


def _crs(found: dict[str, Any]) -> str | None:
    """The reference system that an old file (GeoJSON 2008) names; later ones name none, and are degrees."""
    crs = found.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return None if not isinstance(name, str) else CRS if name.endswith("CRS84") else name


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: nothing where a cell is missing, dates as text."""
    return [{str(name): _cell(value) for name, value in row.items()} for row in table.to_dict("records")]


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return value
    if value is None or bool(pd.isna(value)):
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value.isoformat() if isinstance(value, pd.Timestamp) else value
