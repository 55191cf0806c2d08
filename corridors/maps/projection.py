"""The view of a map: a conic projection fit to what is shown, and the frame it is shown in.

A conic projection with two standard parallels a sixth of its height in from the northern and southern end of the data
(Snyder 1987, *Map Projections: A Working Manual*, section 14: Kavraisky's rule of thumb is similar) keeps the scale of
a wide band of middle latitudes within a few per cent. Near the equator, where a cone becomes a cylinder, Mercator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Proj, Transformer

from corridors.errors import InputError, a_number, kind_of

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]

EXTENTS: dict[str, Box] = {
    "eurasia": (4.0, 24.0, 124.0, 57.0),
    "europe": (0.0, 35.0, 46.0, 60.0),
    "central_asia": (46.0, 35.0, 88.0, 55.5),
    "caspian": (41.2, 36.5, 55.2, 45.4),
}
"""Named extents: west, south, east, north in degrees."""

PAD = 0.04
"""Room left around what is shown, as a share of its size."""
LEAST = 60_000.0
"""The least width and height of a view, m: a toy of one node is drawn too."""

WIDE = 8e6
"""The width of a view from which on an inset may be drawn, m."""


@dataclass(frozen=True)
class View:
    """A projection and a frame in its metres.

    Parameters
    ----------
    crs : CRS
        The projection.
    words : str
        The projection in words, for the source line.
    xlim, ylim : tuple of float
        The frame, m.
    """

    crs: CRS
    words: str
    xlim: tuple[float, float]
    ylim: tuple[float, float]

    @cached_property
    def _forward(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    def project(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Longitude and latitude to metres on the map, shape (n, 2)."""
        x, y = self._forward.transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.column_stack([x, y])

    def lonlat(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Metres on the map to longitude and latitude, shape (n, 2); infinite off the projection."""
        lon, lat = self._forward.transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
        return np.column_stack([lon, lat])

    @property
    def aspect(self) -> float:
        """Height over width of the frame."""
        return (self.ylim[1] - self.ylim[0]) / (self.xlim[1] - self.xlim[0])

    @cached_property
    def factor(self) -> float:
        """Metres on the map for a metre on the ground, at the middle of the frame."""
        (lon, lat), *_ = self.lonlat([sum(self.xlim) / 2], [sum(self.ylim) / 2])
        factors = Proj(self.crs).get_factors(lon, lat)
        return float(np.sqrt(factors.meridional_scale * factors.parallel_scale))

    @cached_property
    def bounds(self) -> Box:
        """Degrees that hold the frame: west, south, east, north."""
        x, y = np.meshgrid(np.linspace(*self.xlim, 33), np.linspace(*self.ylim, 33))
        places = self.lonlat(x.ravel(), y.ravel())
        places = places[np.isfinite(places).all(axis=1)]
        (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
        margin = 0.5 + 0.05 * (north - south)
        return (
            max(-180.0, float(west - margin)),
            max(-90.0, float(south - margin)),
            min(180.0, float(east + margin)),
            min(90.0, float(north + margin)),
        )

    def shaped(self, aspect: float) -> View:
        """The view with its frame grown to the height over width `aspect`; a wide one to the south, for an inset."""
        (x0, x1), (y0, y1) = self.xlim, self.ylim
        wide, high = x1 - x0, y1 - y0
        more_x = max(0.0, high / aspect - wide) / 2
        more_y = max(0.0, wide * aspect - high)
        south = 0.8 if wide > WIDE else 0.5
        return View(self.crs, self.words, (x0 - more_x, x1 + more_x), (y0 - south * more_y, y1 + (1 - south) * more_y))

    def zoomed(self, box: Box) -> View:
        """The part of the view that holds a box of degrees, in the same projection."""
        xlim, ylim = _frame(self.project(*_rim(box)), pad=0.0)
        return View(self.crs, self.words, xlim, ylim)


def view_of(places: Floats) -> View:
    """The view that shows all places.

    Parameters
    ----------
    places : array (n, 2)
        Longitudes and latitudes, degrees.

    Examples
    --------
    >>> import numpy as np
    >>> view_of(np.array([[4.0, 52.0], [80.0, 44.0]])).words
    'Lambert conformal conic, 45° and 51° N, 42° E'
    """
    middle = _middle_longitude(places[:, 0])
    crs, words = _projection(middle, float(places[:, 1].min()), float(places[:, 1].max()))
    flat = View(crs, words, (0.0, 1.0), (0.0, 1.0))
    xlim, ylim = _frame(flat.project(places[:, 0], places[:, 1]), pad=PAD)
    return View(crs, words, xlim, ylim)


def box_of(extent: str | Sequence[float]) -> Box:
    """The box of degrees given by a name or by four numbers.

    Examples
    --------
    >>> box_of("caspian")
    (41.2, 36.5, 55.2, 45.4)
    """
    if isinstance(extent, str):
        if extent not in EXTENTS:
            raise InputError(f"extent: no extent is named {extent!r}; give one of {', '.join(EXTENTS)} or four degrees")
        return EXTENTS[extent]
    if not np.iterable(extent):
        raise InputError(f"extent: is {kind_of(extent)}; give one of {', '.join(EXTENTS)} or four degrees")
    box = tuple(a_number(v) for v in extent)
    if len(box) != 4 or not np.isfinite(box).all() or box[0] >= box[2] or box[1] >= box[3]:
        raise InputError(f"extent: {box} is not west, south, east, north in degrees, west < east and south < north")
    return box


def view_of_box(box: Box) -> View:
    """The view that shows a box of degrees."""
    lon, lat = _rim(box)
    return view_of(np.column_stack([lon, lat]))


def _rim(box: Box) -> tuple[Floats, Floats]:
    west, south, east, north = box
    lon, lat = np.linspace(west, east, 40), np.linspace(south, north, 40)
    return (
        np.concatenate([lon, lon, np.full(40, west), np.full(40, east)]),
        np.concatenate([np.full(40, south), np.full(40, north), lat, lat]),
    )


def _frame(points: Floats, pad: float) -> tuple[tuple[float, float], tuple[float, float]]:
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum((high - low) * (0.5 + pad), LEAST / 2)
    (x0, y0), (x1, y1) = middle - half, middle + half
    return (float(x0), float(x1)), (float(y0), float(y1))


def _middle_longitude(lon: Floats) -> float:
    """The middle of the arc that holds all longitudes, also across the antimeridian."""
    turns = np.unique(np.mod(lon, 360.0))
    gaps = np.diff(np.append(turns, turns[0] + 360.0))
    widest = int(np.argmax(gaps))
    middle = turns[(widest + 1) % len(turns)] + (360.0 - gaps[widest]) / 2
    return float(np.round((middle + 180.0) % 360.0 - 180.0))


def _projection(middle: float, south: float, north: float) -> tuple[CRS, str]:
    sixth = (north - south) / 6
    low, high = round(south + sixth), round(north - sixth)
    across = f"{abs(middle):g}° {'E' if middle >= 0 else 'W'}"
    if min(abs(low), abs(high)) < 8 or low * high < 0:
        return CRS.from_proj4(f"+proj=merc +lon_0={middle} +lat_ts={(south + north) / 2}"), f"Mercator, {across}"
    hemisphere = "N" if low > 0 else "S"
    crs = CRS.from_proj4(f"+proj=lcc +lat_1={low} +lat_2={high} +lat_0={(low + high) / 2} +lon_0={middle}")
    return crs, f"Lambert conformal conic, {abs(low)}° and {abs(high)}° {hemisphere}, {across}"
