"""Coordinates and shapes of another reference system as longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from corridors.errors import InputError
from corridors.io.cells import column
from corridors.schema.definitions import CRS


def in_degrees(tables: Mapping[str, pd.DataFrame], crs: Any) -> dict[str, pd.DataFrame]:
    """Tables whose shapes and ``x_coord, y_coord`` are in degrees.

    Parameters
    ----------
    tables : dict
        Shapes in a column ``geometry``: of a GeoDataFrame with a reference system of its own, or without.
    crs : str or int or None
        The reference system of what has none of its own; none, or blank, where that is degrees already.

    Raises
    ------
    InputError
        A reference system that is not known; a table that has another one than the one given; shapes of a layer
        without any; coordinates that are no numbers.
    """
    given = None if crs is None or (isinstance(crs, str) and not crs) else reference(crs)
    return {name: _in_degrees(name, table, given) for name, table in tables.items()}


def reference(crs: Any) -> pyproj.CRS:
    """A reference system by its code or text, ``EPSG:32642``.

    Raises
    ------
    InputError
        pyproj does not know it.
    """
    try:
        return pyproj.CRS.from_user_input(int(crs) if isinstance(crs, str) and crs.strip().isdecimal() else crs)
    except (pyproj.exceptions.CRSError, TypeError, ValueError, OverflowError):
        raise InputError(f"crs: {crs!r} is no reference system that pyproj knows; give such as {CRS}") from None


def _in_degrees(name: str, table: pd.DataFrame, given: pyproj.CRS | None) -> pd.DataFrame:
    if getattr(table, "active_geometry_name", None) is not None:
        return _layer_in_degrees(name, table, given)
    if given is None or given.equals(pyproj.CRS.from_user_input(CRS), ignore_axis_order=True):
        return table
    turn = pyproj.Transformer.from_crs(given, CRS, always_xy=True)

    def points(xy: Any) -> Any:
        return np.column_stack(turn.transform(xy[:, 0], xy[:, 1]))

    if "geometry" in table:
        shapes = table["geometry"].map(shape_of)
        drawn = shapes.map(lambda shape: isinstance(shape, shapely.Geometry))
        moved = shapes[drawn].map(lambda shape: shapely.transform(shapely.force_2d(shape), points))
        table = table.assign(geometry=shapes.mask(drawn, moved))
    if name == "nodes" and {"x_coord", "y_coord"} <= set(table):
        lon, lat = turn.transform(*(column(name, table, axis).to_numpy() for axis in ("x_coord", "y_coord")))
        table = table.assign(
            x_coord=np.where(np.isfinite(lon), lon, np.nan), y_coord=np.where(np.isfinite(lat), lat, np.nan)
        )
    return table


def _layer_in_degrees(name: str, layer: Any, given: pyproj.CRS | None) -> pd.DataFrame:
    if layer.crs is None:
        if given is None:
            raise InputError(f"{name}: has shapes and no reference system; give it, crs={CRS!r} for degrees")
        layer = layer.set_crs(given)
    elif given is not None and not layer.crs.equals(given, ignore_axis_order=True):
        raise InputError(f"{name}: is in {layer.crs.name} by its file, and crs= says {given.name}; leave crs= out")
    layer = layer.to_crs(CRS)
    if layer.active_geometry_name != "geometry":
        layer = layer.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return layer.set_geometry(layer.geometry.force_2d()) if layer.has_z.any() else layer


def shape_of(cell: Any) -> Any:
    """A shape of well-known text, None where it is blank; the cell as it is where it is none."""
    if not isinstance(cell, str):
        return cell
    try:
        return shapely.from_wkt(cell) if cell.strip() else None
    except shapely.errors.ShapelyError:
        return cell
