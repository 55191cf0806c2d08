"""Lines that share a course, side by side: a pipeline along a railway must not hide it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from corridors.maps.projection import Floats
from corridors.maps.strokes import samples

STEP = 2.0
"""Distance between samples, points."""
GAP = 0.7
"""Room left between two lines, points."""
ALIKE = 0.8
"""Cosine of the angle up to which two lines run along one another; lines that cross at more are not moved."""
LEAST = 20.0
"""Length along which two lines must coincide for one of them to be moved, points."""
FREE, FULL = 5.0, 16.0
"""Distances from the ends of a line where it begins to move and where it has moved in full, points: ends stay."""

_ORDER = {"rail-1520": 0, "rail-1435": 0, "rail": 0, "road": 1, "gas_pipeline": 2, "pipeline": 2, "oil_pipeline": 3}
"""Which kinds move for which: railways stay, each kind moves off those before it."""


def side_by_side(courses: dict[str, Floats], looks: pd.DataFrame, point: float) -> dict[str, Floats]:
    """Move lines with flow aside where they would cover one another.

    Parameters
    ----------
    courses : dict
        Lines in metres of the map by ``link_id``.
    looks : DataFrame
        Looks of links: ``kind, width, drawn``.
    point : float
        Metres of the map in a point.

    Returns
    -------
    dict
        The same lines, moved where they ran along another; ends stay.
    """
    flowing = looks[(looks.drawn == "flow") & (looks.load != 0)]
    order = flowing.assign(rank=[_ORDER.get(k, 4) for k in flowing.kind])
    order = order.sort_values(["rank", "width"], ascending=[True, False], kind="stable")
    moved = dict(courses)
    placed: list[tuple[Floats, Floats, float]] = []
    boxes = np.empty((len(order), 2, 2))
    for link_id, width, rank in zip(order.index, order.width, order["rank"], strict=True):
        line = samples(courses[link_id], STEP * point) / point
        if len(line) < 4:
            continue
        low, high = line.min(axis=0) - 12.0, line.max(axis=0) + 12.0
        there = boxes[: len(placed)]
        touch = (there[:, 1] >= low).all(axis=1) & (there[:, 0] <= high).all(axis=1)
        near = [placed[i] for i in np.flatnonzero(touch)]
        if near and rank > 0:
            shifted = _give_way(line, float(width), near)
            if shifted is not line:
                moved[link_id] = shifted * point
                line = shifted
        boxes[len(placed)] = line.min(axis=0), line.max(axis=0)
        placed.append((line, _heading(line), float(width)))
    return moved


def _give_way(line: Floats, width: float, others: list[tuple[Floats, Floats, float]]) -> Floats:
    """The line moved to the side where it runs along others; itself where it does not."""
    points = np.vstack([o[0] for o in others])
    heading = np.vstack([o[1] for o in others])
    room = np.concatenate([np.full(len(o[0]), (o[2] + width) / 2 + GAP) for o in others])
    ahead = _heading(line)
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    distance, nearest = cKDTree(points).query(line)
    along = np.abs((ahead * heading[nearest]).sum(axis=1)) > ALIKE
    covered = along & (distance < room[nearest])
    if covered.sum() * STEP < LEAST:
        return line
    offset = ((line - points[nearest]) * across).sum(axis=1)
    side = 1.0 if offset[covered].sum() > 0 else -1.0
    push = np.where(covered, room[nearest] - side * offset, 0.0)
    from_end = STEP * np.minimum(np.arange(len(line)), np.arange(len(line))[::-1])
    push = np.clip(_evened(push), 0.0, 14.0) * np.clip((from_end - FREE) / (FULL - FREE), 0.0, 1.0)
    return np.asarray(line + side * push[:, None] * across, dtype=float)


def _heading(line: Floats) -> Floats:
    """Unit vectors along a line at its samples."""
    ahead = np.gradient(line, axis=0)
    return np.asarray(ahead / np.maximum(np.hypot(*ahead.T), 1e-12)[:, None], dtype=float)


def _evened(values: Floats, reach: int = 9) -> Floats:
    """Means over neighbours, so that a line moves aside smoothly."""
    window = np.ones(2 * reach + 1) / (2 * reach + 1)
    return np.convolve(np.pad(values, reach, mode="edge"), window, mode="valid")
