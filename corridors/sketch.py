"""A network as a small picture of lines, for notebooks: no more than SVG, so that a table is shown at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from corridors.places import straight

WIDTH = 480
"""Pixels; the height follows."""
MOST = 5_000
"""Links: of more there is no picture, which would take longer than the table that it goes with."""
DASHES = {"pipeline": "5 2", "ship": "1 3", "ferry": "1 3", "road": "3 2"}
"""By part of a mode; a railway is a full line."""


def sketch(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Links as lines of an SVG, pale where they do not operate; blank text where no link has a place.

    Longitude and latitude are drawn as they are, longitudes shorter by the cosine of the middle latitude.

    Parameters
    ----------
    nodes, links : DataFrame
        Tables of a network.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "x_coord": [51.2, 49.9], "y_coord": [43.6, 40.4]})
    >>> links = pd.DataFrame({"from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": ["ferry"],
    ...                       "status": ["operating"], "geometry": [None]})
    >>> print(sketch(nodes, links)[:36])
    <svg xmlns="http://www.w3.org/2000/s
    """
    if not 0 < len(links) <= MOST:
        return ""
    courses = _courses(nodes, links)
    points, owner = shapely.get_coordinates(courses, return_index=True)
    if not len(points):
        return ""
    left, bottom, right, top = shapely.total_bounds(courses)
    narrow = max(np.cos(np.radians((bottom + top) / 2)), 0.1)
    scale = WIDTH / max((right - left) * narrow, (top - bottom) / 2, 1e-9)
    at = np.rint((points - [left, top]) * [narrow * scale, -scale]).astype(int)
    height = int(np.ceil((top - bottom) * scale)) + 8
    lines = {number: at[owner == number] for number in np.unique(owner)}
    drawn = [
        _path(course, str(links["mode"].iloc[number]), links.status.iloc[number] == "operating")
        for number, course in lines.items()
    ]
    frame = f'width="{WIDTH + 8}" height="{height}" viewBox="-4 -4 {WIDTH + 8} {height}"'
    style = 'fill="none" stroke="currentColor" stroke-width="1"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {frame}><g {style}>{"".join(drawn)}</g></svg>'


def _courses(nodes: pd.DataFrame, links: pd.DataFrame) -> Any:
    """The course of each link, else the straight line between its nodes, else nothing."""
    places = nodes.set_index("node_id")[["x_coord", "y_coord"]]
    first, last = (places.loc[links[end]].to_numpy(float) for end in ("from_node_id", "to_node_id"))
    known = np.isfinite(first).all(axis=1) & np.isfinite(last).all(axis=1)
    return np.array(
        [
            *(
                course if course is not None else straight(*ends) if placed else None
                for course, placed, *ends in zip(links.geometry, known, first, last, strict=True)
            ),
            None,
        ],
        dtype=object,
    )[:-1]


def _path(points: Any, mode: str, operates: bool) -> str:
    """A line through pixels, each once."""
    apart = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    course = "L".join(f"{x} {y}" for x, y in points[apart].tolist())
    dash = next((f' stroke-dasharray="{dash}"' for part, dash in DASHES.items() if part in mode), "")
    pale = "" if operates else ' opacity="0.3"'
    return f'<path d="M{course}"{dash}{pale}/>'
