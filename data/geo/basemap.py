"""Makes the base map of data/geo from Natural Earth: ``python -m data.geo.basemap <folder of world-atlas>``.

The folder is what ``npm pack world-atlas@2.0.2`` unpacks to. Natural Earth is in the public domain, world-atlas is ISC.
Its files are TopoJSON: arcs of whole-number steps, shared by the shapes on both sides, so that a border between two
countries is an arc that two of them use.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

EXTENTS = {"50m": (-25.0, -5.0, 150.0, 80.0), "10m": (37.0, 32.5, 61.0, 51.0)}
"""West, south, east, north: Europe to China with the sea lanes, and the Caspian."""

DISPUTED_PAIRS = (
    ("Cyprus", "N. Cyprus"),
    ("Israel", "Palestine"),
    ("Kosovo", "Serbia"),
    ("Morocco", "W. Sahara"),
    ("Somalia", "Somaliland"),
    ("India", "Siachen Glacier"),
    ("Pakistan", "Siachen Glacier"),
    ("China", "Siachen Glacier"),
)
DISPUTED_PLACES = {
    ("Russia", "Ukraine"): [(32.0, 45.0, 37.0, 46.3)],  # Crimea
    ("India", "Pakistan"): [(73.0, 32.5, 78.5, 37.5)],  # line of control in Kashmir
    ("China", "India"): [(75.0, 32.0, 80.5, 37.5), (91.5, 26.5, 98.0, 30.0)],  # Aksai Chin, Arunachal Pradesh
    ("China", "Pakistan"): [(73.5, 35.0, 78.5, 37.5)],  # Shaksgam
    ("Egypt", "Sudan"): [(33.0, 21.5, 37.5, 23.0)],  # Halaib
}
"""Where only part of a border is disputed: boxes."""

NO_BORDER = {("Baikonur", "Kazakhstan")}
"""A leased area, no border."""

Shape = dict[str, Any]


def arcs_of(topology: Shape) -> list[np.ndarray[Any, Any]]:
    """The arcs in degrees: steps summed, scaled and shifted."""
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def rings_of(shape: Shape, arcs: list[np.ndarray[Any, Any]]) -> list[list[np.ndarray[Any, Any]]]:
    """The polygons of a shape as rings of coordinates; arc ~i is arc i run backwards."""

    def ring(numbers: list[int]) -> np.ndarray[Any, Any]:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
        points = np.concatenate([parts[0], *(p[1:] for p in parts[1:])])
        points[:, 0] = np.unwrap(points[:, 0], period=360)  # across the antimeridian without a jump
        east = 360.0 if points[:, 0].min() < -180 - 1e-6 else 0.0
        return points + np.array([east, 0.0])

    polygons = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}[shape["type"]]
    return [[ring(numbers) for numbers in polygon] for polygon in polygons]


def polygon_of(shape: Shape, arcs: list[np.ndarray[Any, Any]]) -> shapely.Geometry:
    """A shape as one valid geometry."""
    closed = [[r for r in rings if len(r) >= 4] for rings in rings_of(shape, arcs)]  # slivers shrink to a point
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in closed if rings]
    return shapely.make_valid(shapely.MultiPolygon(parts))


def used(shape: Shape) -> set[int]:
    """The numbers of the arcs that a shape uses."""
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    return {i if i >= 0 else ~i for polygon in polygons for ring in polygon for i in ring}


def countries_of(topology: Shape) -> gpd.GeoDataFrame:
    """Countries with their names."""
    arcs, shapes = arcs_of(topology), topology["objects"]["countries"]["geometries"]
    return gpd.GeoDataFrame(
        {"name": [s["properties"]["name"] for s in shapes]},
        geometry=[polygon_of(s, arcs) for s in shapes],
        crs="EPSG:4326",
    )


def borders_of(topology: Shape) -> gpd.GeoDataFrame:
    """Lines between two countries, merged by pair and by whether they are disputed."""
    arcs = arcs_of(topology)
    owners: dict[int, list[str]] = defaultdict(list)
    for shape in topology["objects"]["countries"]["geometries"]:
        for i in used(shape):
            owners[i].append(shape["properties"]["name"])
    lines: dict[tuple[str, str, bool], list[shapely.Geometry]] = defaultdict(list)
    for i, names in owners.items():
        if len(names) == 2 and (pair := (min(names), max(names))) not in NO_BORDER:
            for disputed, part in parts_of(pair, shapely.LineString(arcs[i])):
                lines[*pair, disputed].append(part)
    keys = sorted(lines)
    return gpd.GeoDataFrame(
        {
            "between": [f"{a};{b}" for a, b, _ in keys],
            "disputed": [disputed for *_, disputed in keys],
        },
        geometry=[shapely.line_merge(shapely.union_all(lines[k])) for k in keys],
        crs="EPSG:4326",
    )


def parts_of(pair: tuple[str, str], line: shapely.Geometry) -> list[tuple[bool, shapely.Geometry]]:
    """The disputed part of a line between two countries, and the rest; none of them empty."""
    if pair in DISPUTED_PAIRS:
        return [(True, line)]
    places = shapely.union_all([shapely.box(*box) for box in DISPUTED_PLACES.get(pair, [])])
    parts = [(True, line.intersection(places)), (False, line.difference(places))]
    return [(disputed, part) for disputed, part in parts if not part.is_empty]


def clipped(frame: gpd.GeoDataFrame, extent: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """What lies in a box of degrees, at full detail."""
    cut = frame.assign(geometry=shapely.clip_by_rect(frame.geometry, *extent))
    return cut[~cut.geometry.is_empty].reset_index(drop=True)


def write(atlas: Path, folder: Path) -> None:
    """Write the layers of both scales into `folder`."""
    for scale, extent in EXTENTS.items():
        topology = json.loads((atlas / f"countries-{scale}.json").read_text(encoding="utf-8"))
        countries = clipped(countries_of(topology), extent)
        land = gpd.GeoDataFrame(geometry=[countries.union_all()], crs=countries.crs).explode(ignore_index=True)
        layers = {"land": land, "borders": clipped(borders_of(topology), extent)}
        if scale == "50m":
            layers["countries"] = countries
        for name, frame in layers.items():
            frame.to_file(folder / f"{name}_{scale}.fgb", driver="FlatGeobuf", engine="pyogrio")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent)
