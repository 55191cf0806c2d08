"""Places on the globe: differences of longitude, distances over ground, and straight lines across the antimeridian."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely


def turned(degrees: Any) -> Any:
    """A difference of longitudes in the shorter direction round the globe, degrees from -180 up to 180.

    Examples
    --------
    >>> turned(-180.0 - 180.0), turned(-179.0 - 179.0), turned(49.9 - 51.2).round(1)
    (np.float64(0.0), np.float64(2.0), np.float64(-1.3))
    """
    return np.mod(np.asarray(degrees, float) + 180.0, 360.0)[()] - 180.0


def apart(places: Any, others: Any) -> Any:
    """Degrees between places: the larger of the differences of longitude (in the shorter direction) and of latitude.

    Parameters
    ----------
    places, others : array (n, 2)
        Longitudes and latitudes, degrees.

    Returns
    -------
    array (n,)
    """
    difference = np.asarray(places, float) - np.asarray(others, float)
    return np.maximum(np.abs(turned(difference[:, 0])), np.abs(difference[:, 1]))


def ground_km(places: Any, others: Any) -> Any:
    """Kilometres over ground between places on the ellipsoid of WGS 84; NaN where a coordinate is missing.

    Parameters
    ----------
    places, others : array (n, 2)
        Longitudes and latitudes, degrees.

    Returns
    -------
    array (n,)

    Examples
    --------
    >>> import numpy as np
    >>> ground_km(np.array([[179.5, 0.0]]), np.array([[-179.5, 0.0]])).round(1).tolist()
    [111.3]
    """
    places, others = np.asarray(places, float).reshape(-1, 2), np.asarray(others, float).reshape(-1, 2)
    km = np.full(len(places), np.nan)
    known = np.isfinite(places).all(axis=1) & np.isfinite(others).all(axis=1)
    if known.any():
        from pyproj import Geod  # it costs what the rest of the import does; tables without coordinates never need it

        (lon, lat), (to_lon, to_lat) = places[known].T, others[known].T
        km[known] = Geod(ellps="WGS84").inv(lon, lat, to_lon, to_lat)[2] / 1e3
    return km


def course_km(lines: Any) -> Any:
    """Kilometres over ground along lines; NaN where there is none.

    Parameters
    ----------
    lines : array (n,) of LineString or None

    Returns
    -------
    array (n,)
    """
    lines = np.asarray(lines, dtype=object)
    points, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[:-1] == owner[1:]
    steps = ground_km(points[:-1][same], points[1:][same])
    km = np.bincount(owner[:-1][same], steps, minlength=len(lines)) if len(points) else np.zeros(len(lines))
    return np.where([line is None for line in lines], np.nan, km)


def tips(lines: Any) -> tuple[Any, Any]:
    """Where lines start and where they end; NaN where there is none.

    Parameters
    ----------
    lines : array (n,) of LineString or None

    Returns
    -------
    starts, ends : array (n, 2)

    Examples
    --------
    >>> import shapely
    >>> starts, ends = tips([shapely.LineString([(1, 2), (3, 4), (5, 6)]), None])
    >>> starts.tolist(), ends.tolist()
    ([[1.0, 2.0], [nan, nan]], [[5.0, 6.0], [nan, nan]])
    """
    lines = np.asarray(lines, dtype=object)
    points, owner = shapely.get_coordinates(lines, return_index=True)
    starts, ends = np.full((2, len(lines), 2), np.nan)
    first, last = np.flatnonzero(np.diff(owner, prepend=-1)), np.flatnonzero(np.diff(owner, append=-1))
    starts[owner[first]], ends[owner[last]] = points[first], points[last]
    return starts, ends


def straight(start: Any, end: Any) -> shapely.LineString | shapely.MultiLineString:
    """The straight line between two places, in two parts where the shorter direction crosses the antimeridian.

    As RFC 7946 (2016), section 3.1.9, has it: the line is cut at 180 degrees, so that no map draws it around the globe.

    Parameters
    ----------
    start, end : pair of float
        Longitude and latitude, degrees.

    Examples
    --------
    >>> straight((51.2, 43.6), (49.9, 40.4)).wkt
    'LINESTRING (51.2 43.6, 49.9 40.4)'
    >>> straight((179.0, 60.0), (-179.0, 61.0)).wkt
    'MULTILINESTRING ((179 60, 180 60.5), (-180 60.5, -179 61))'
    """
    (west, south), (east, north) = (tuple(map(float, place)) for place in (start, end))
    if not abs(east - west) > 180:
        return shapely.LineString([(west, south), (east, north)])
    meridian = np.copysign(180.0, west)
    if abs(west) == 180.0 or abs(east) == 180.0:  # an end on the antimeridian is on both sides of it: no part is empty
        return shapely.LineString(
            [(np.copysign(west, east), south), (east, north)]
            if abs(west) == 180.0
            else [(west, south), (meridian, north)]
        )
    latitude = south + (north - south) * (meridian - west) / turned(east - west)
    return shapely.MultiLineString([[(west, south), (meridian, latitude)], [(-meridian, latitude), (east, north)]])
