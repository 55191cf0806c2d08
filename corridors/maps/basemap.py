"""The ground that flows are drawn on: sea, land, borders, graticule, and the names of countries and seas."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path as Outline
from shapely.geometry.base import BaseGeometry

from corridors import datasets
from corridors.maps import style
from corridors.maps.projection import Floats, View

FINE = 2.6e6
"""A view narrower than this, m, is drawn on the 1:10m base map where that covers it; else on 1:50m."""
KEPT = 4
"""Views whose ground is kept: maps of one network, with their inset, share it."""


@cache
def _layer(name: str) -> gpd.GeoDataFrame:
    return datasets.basemap(name)


@cache
def _names() -> pd.DataFrame:
    return pd.read_csv(datasets.folder() / "map_names.csv")


def ground(view: View, layer: str) -> gpd.GeoDataFrame:
    """A layer of the base map (``land`` or ``borders``) within a view, in its projection; it may be empty.

    Parameters
    ----------
    view : View
        What is shown.
    layer : str
        ``land`` or ``borders``.
    """
    rows = _layer(f"{layer}_50m")
    if view.xlim[1] - view.xlim[0] < FINE * view.factor:
        fine = _layer(f"{layer}_10m")
        if shapely.box(*fine.total_bounds).covers(shapely.box(*_within(view.bounds))):
            rows = fine
    rows = rows.clip(shapely.box(*view.bounds))
    rows = rows[~rows.geometry.is_empty]
    return rows.set_geometry(shapely.transform(shapely.segmentize(rows.geometry.values, 0.5), _on(view)), crs=view.crs)


def countries_of(view: View, nodes: pd.DataFrame) -> dict[str, list[Outline]]:
    """Outlines of countries within a view, by the name that nodes have: the area in which most of its nodes lie.

    Parameters
    ----------
    view : View
    nodes : DataFrame
        ``country, x_coord, y_coord``.
    """
    areas = _layer("countries_50m").geometry.to_numpy()
    inland = nodes[nodes.country != ""]
    # The nearest, since a port may lie at sea on a coarse map.
    nearest = shapely.STRtree(areas).nearest(shapely.points(inland.x_coord, inland.y_coord))
    counts = pd.DataFrame({"country": inland.country.to_numpy(), "area": nearest}).value_counts().reset_index()
    counts = counts.drop_duplicates("area").drop_duplicates("country")
    box = shapely.box(*view.bounds)
    found: dict[str, list[Outline]] = {}
    for country, number in zip(counts.country, counts.area, strict=True):
        shape = shapely.intersection(shapely.make_valid(areas[number]), box)
        shape = shapely.make_valid(shapely.transform(shapely.segmentize(shape, 0.5), _on(view)))
        found[str(country)] = [_outline(part) for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return found


@lru_cache(maxsize=KEPT)
def land_of(view: View) -> BaseGeometry:
    """The land within a view, in metres of the map."""
    return shapely.union_all(shapely.make_valid(ground(view, "land").geometry.values))


@lru_cache(maxsize=KEPT)
def _coasts(view: View) -> list[Outline]:
    return [_outline(part) for part in shapely.get_parts(land_of(view)) if isinstance(part, shapely.Polygon)]


@lru_cache(maxsize=KEPT)
def _borders(view: View) -> dict[bool, list[Floats]]:
    """Lines of borders within a view, by whether they are disputed."""
    lines = ground(view, "borders").explode(index_parts=False)
    lines = lines[lines.geom_type == "LineString"]
    disputed = lines.disputed.astype(bool)
    return {which: [shapely.get_coordinates(g) for g in lines.geometry[disputed == which]] for which in (False, True)}


def draw_ground(ax: Axes, view: View) -> None:
    """Draw sea, land, graticule and borders."""
    ax.set_facecolor(style.SEA)
    ax.add_collection(
        PathCollection(
            _coasts(view),
            facecolor=style.LAND,
            edgecolor=style.COAST,
            linewidth=0.45,
            zorder=1,
            gid="land",
        ),
        autolim=False,
    )
    ax.add_collection(
        LineCollection(_graticule(view), colors=style.GRID, linewidths=0.5, alpha=0.75, zorder=1.1, gid="graticule"),
        autolim=False,
    )
    for disputed, dash in ((False, "solid"), (True, (0, (2.6, 1.8)))):
        ax.add_collection(
            LineCollection(
                _borders(view)[disputed],
                colors=style.BORDER,
                linewidths=0.55,
                linestyles=[dash],
                zorder=1.2,
                gid="borders-disputed" if disputed else "borders",
            ),
            autolim=False,
        )


def names_within(view: View) -> pd.DataFrame:
    """Names of countries and seas within a view: ``name, kind, rank`` and ``x, y`` in metres of the map."""
    names = _names()
    points = view.project(names.x_coord, names.y_coord)
    names = names.assign(x=points[:, 0], y=points[:, 1])
    inside = names.x.between(*view.xlim) & names.y.between(*view.ylim)
    return names[inside].sort_values("rank", kind="stable")


def _on(view: View) -> Callable[[Floats], Floats]:
    return lambda places: view.project(places[:, 0], places[:, 1])


def _within(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Bounds in degrees without the margin that `View.bounds` adds: a layer clipped to a view's box covers these."""
    west, south, east, north = bounds
    margin = 0.5 + 0.05 * (north - south)
    return west + margin, south + margin, east - margin, north - margin


def _outline(polygon: shapely.Polygon) -> Outline:
    rings = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))


def _graticule(view: View) -> list[Floats]:
    west, south, east, north = view.bounds
    step = next(s for s in (1, 2, 5, 10, 20) if (north - south) / s <= 8 or s == 20)
    lines = []
    for lon in np.arange(np.ceil(west / step) * step, east, step):
        lat = np.linspace(south, min(north, 85.0), 60)
        lines.append(view.project(np.full(60, lon), lat))
    for lat in np.arange(np.ceil(south / step) * step, min(north, 85.0), step):
        lon = np.linspace(west, east, 120)
        lines.append(view.project(lon, np.full(120, lat)))
    return [line[np.isfinite(line).all(axis=1)] for line in lines]
