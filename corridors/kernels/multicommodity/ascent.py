"""Rents near those of the optimum, before there are columns; and rounds of pricing near them.

Where many bundles are full, the rents of the first rounds are far from those of the optimum, and most of the pivots go
there. Without any pivot, rents that rise where cheapest paths want more room than there is, and fall where they want
less, soon come near (Plotkin, Shmoys & Tardos 1995; of what is wanted an average counts, as in the volume algorithm of
Barahona & Anbil 2000), and the cheapest paths of the last such steps are most of those that the optimum needs.

In the rounds that follow, paths are looked for at rents between those of the basis and the best so far (Wentges 1997),
by Lagrange's bound; where none of them improves, at those of the basis.
"""

from __future__ import annotations

import numpy as np

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.gathered import gather
from corridors.kernels.multicommodity.pricing import STUCK, bound, price, take_column
from corridors.kernels.multicommodity.recompute import reduced_by_row
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    K_ARC,
    K_ENTRY,
    PRICE,
    Coupled,
    Floats,
    K,
    Optimum,
    Pool,
    Q,
    Work,
)

BEST, TRIED, WANTED = 0, 1, 2
"""What is held of each bundle: the rent of the best bound, the rent that is tried, and the load that it meets."""

STEPS, LAST = 120, 30
"""How often rents are changed, and of how many of these steps the paths become columns."""

LEAST = 1e-3
"""The least rent that is not zero, as a part of the largest value."""

NEWEST = 0.1
"""How much the paths of a step count in the average."""

INWARD = 0.7
"""Where between the rents of the basis, 0, and the best so far, 1, paths are looked for."""

PIVOT_WORK, LABEL_WORK = 20.0, 30.0
"""Pivots for each basic variable of a solve without all this; and what a label costs, in entries of the inverse."""


@compiled
def is_scarce(w: Work) -> bool:
    """Whether pivots at as many full bundles as there are now would take longer than the steps to near rents."""
    q = float(w.n[Q])
    return PIVOT_WORK * (q + len(w.rows)) * q * q > LABEL_WORK * STEPS * len(w.vertices)


@compiled
def ascend(problem: Coupled, w: Work, pool: Pool, base: Optimum, near: Floats) -> float:
    """Bring rents near to those of the optimum, and add columns; basis and prices stay as they are.

    Parameters
    ----------
    near : (3, B) float
        Written: the rents of the best bound, in row BEST.

    Returns
    -------
    float
        That bound; -inf where there is no room for the columns, or on a stop.
    """
    largest, best, first = 0.0, -np.inf, w.n[K]
    for p in range(len(w.rows)):
        largest = max(largest, w.rows[p].value)
    for b in range(len(w.bundles)):
        near[TRIED, b] = near[WANTED, b] = 0.0
    for number in range(STEPS):
        known, share = w.n[K], max(NEWEST, 2.0 / (number + 2.0))
        gather(w, pool)
        if _price_tried(problem, w, base, near) == STUCK:
            return -np.inf
        best = keep_best(problem, w, near, best)
        for b in range(len(w.bundles)):
            near[WANTED, b] *= 1.0 - share
        for column in range(known, w.n[K]):
            volume = share * w.rows[w.columns[column].od].volume
            for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
                near[WANTED, w.entries[i].bundle] += volume * w.entries[i].weight
        for b in range(len(w.bundles)):
            over = (near[WANTED, b] - w.bundles[b].limit) / max(w.bundles[b].limit, w.tol[AMOUNT])
            power = min(over, 3.0) / np.sqrt(number + 1.0)
            times = 1.0 + abs(power) + 0.5 * power * power  # nearly e to that power
            rent = max(near[TRIED, b], LEAST * largest) * (times if power > 0.0 else 1.0 / times)
            near[TRIED, b] = min(rent, largest) if rent > LEAST * largest else 0.0
        found = w.n[K]
        _forget(w, known)
        for column in range(known, found if number >= STEPS - LAST else known):
            if not _is_known(w, pool, column):
                _keep(w, column)
    for column in range(first, w.n[K]):
        w.reduced[column] = reduced_by_row(w, column)
    return best


@compiled
def _price_tried(problem: Coupled, w: Work, base: Optimum, near: Floats) -> int:
    """Look for the cheapest path of each demand row at the rents tried; what is found is added as columns."""
    for b in range(len(w.bundles)):
        w.rent[b], near[TRIED, b] = near[TRIED, b], w.rent[b]
    for row in range(len(w.rows)):  # which so may pay its value
        w.rows[row].key_alpha, w.reduced[row] = w.reduced[row], 0.0
    found = price(problem, w, base)
    for b in range(len(w.bundles)):
        w.rent[b], near[TRIED, b] = near[TRIED, b], w.rent[b]
    for row in range(len(w.rows)):
        w.reduced[row] = w.rows[row].key_alpha
    return found


@compiled
def keep_best(problem: Coupled, w: Work, near: Floats, best: float) -> float:
    """Keep the rents tried where their bound is higher than the best so far; returns the best."""
    found = bound(problem, w)
    if found > best:
        for b in range(len(w.bundles)):
            near[BEST, b] = near[TRIED, b]
    return max(found, best)


@compiled
def prefer_near(problem: Coupled, w: Work, base: Optimum, near: Floats, best: float, first: int) -> float:
    """Replace columns from `first` on, of the rents of the basis, by those that improve, of rents nearer to the best.

    Where none of these improves, they are left. Returns the best bound; -inf where there is no room, or on a stop.
    """
    for b in range(len(w.bundles)):
        near[TRIED, b] = INWARD * near[BEST, b] + (1.0 - INWARD) * max(w.rent[b], 0.0)
    left, improves = w.n[K], False
    if _price_tried(problem, w, base, near) == STUCK:
        return -np.inf
    found = w.n[K]
    for column in range(left, found):
        w.reduced[column] = reduced_by_row(w, column)
        improves |= w.reduced[column] < -w.tol[PRICE]
    _forget(w, first if improves else left)
    for column in range(left, found):
        if w.reduced[column] < -w.tol[PRICE]:
            _keep(w, column)
    return keep_best(problem, w, near, best)


@compiled
def _forget(w: Work, first: int) -> None:
    """Take off the columns from one on; they are there to be read until others take their places."""
    w.n[K], w.n[K_ENTRY], w.n[K_ARC] = first, w.columns[first].entry_start, w.columns[first].path_start


@compiled
def _keep(w: Work, column: int) -> None:
    """Add a column again that was taken off, in front of where it was."""
    entry, place, row = w.n[K_ENTRY], w.n[K_ARC], w.columns[column].od
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        w.entries[entry].bundle, w.entries[entry].weight = w.entries[i].bundle, w.entries[i].weight
        entry += 1
    for i in range(w.columns[column].path_start, w.columns[column + 1].path_start):
        w.path_arc[place] = w.path_arc[i]
        place += 1
    w.columns[w.n[K]].price, w.reduced[w.n[K]] = w.columns[column].price, w.reduced[column]
    take_column(w, row, entry, place)


@compiled
def _is_known(w: Work, pool: Pool, column: int) -> bool:
    """Whether there is a column of the same path."""
    first, last = w.columns[column].path_start, w.columns[column + 1].path_start
    row = w.columns[column].od
    for k in range(pool.od_start[row], pool.od_start[row + 1]):
        other = pool.od_column[k]
        i, ahead = first, w.columns[other].path_start - first
        if w.columns[other + 1].path_start - ahead == last:
            while i < last and w.path_arc[i] == w.path_arc[i + ahead]:
                i += 1
            if i == last:
                return True
    return False
