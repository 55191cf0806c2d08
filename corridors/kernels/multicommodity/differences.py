"""By how much other columns of a basis differ from the keys of their rows, on the bundles that pivots look at.

What enters moves each row's flow from its key to others, or back. Most paths of a row share most bundles, whose loads
stay: so a pivot goes through what differs, which is written once when a column or a key enters the basis.
"""

from __future__ import annotations

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    HIDDEN,
    STILL,
    UNSEEN,
    WRITTEN,
    Q,
    Work,
)

ALL, NONE = -1, -2
"""Of which rows differences are written anew."""


@compiled
def write_difference(w: Work, column: int) -> bool:
    """Write by how much a column weighs more than the key of its row, after what is written; False for want of room."""
    key = w.rows[w.columns[column].od].key
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        w.difference[w.entries[i].bundle] = w.entries[i].weight
    for i in range(w.columns[key].entry_start, w.columns[key + 1].entry_start):
        w.difference[w.entries[i].bundle] -= w.entries[i].weight
    return _write(w, column) & _write(w, key)


@compiled
def _write(w: Work, column: int) -> bool:
    """Write what is not zero on the bundles of a column, and set it to zero."""
    at = w.n[WRITTEN]
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        bundle = w.entries[i].bundle
        by = w.difference[bundle]
        w.difference[bundle] = 0.0
        if by != 0.0 and w.moving[bundle] != UNSEEN and at < len(w.written):
            w.written[at].bundle, w.written[at].weight = bundle, by
            at += 1
    w.n[WRITTEN] = at
    return at < len(w.written)


@compiled
def write_differences(w: Work, row: int) -> bool:
    """Write anew those of the other columns of a row, or of ALL from the start; False for want of room."""
    if row == ALL:
        w.n[WRITTEN] = 0
    for j in range(w.n[Q]):
        if row == ALL or w.columns[w.basis[j].other].od == row:
            w.basis[j].written = w.n[WRITTEN]
            if not write_difference(w, w.basis[j].other):
                return False
            w.basis[j].written_end = w.n[WRITTEN]
    return True


@compiled
def overlooked(w: Work) -> None:
    """Loads of the bundles that pivots do not look at, from the amounts; those over their limits are seen from now on.

    Where there are any, differences are no longer right, and nothing counts as written.
    """
    if w.n[HIDDEN] == 0:
        return
    for b in range(len(w.bundles)):
        if w.moving[b] == UNSEEN:
            w.bundles[b].load = 0.0
    for p in range(len(w.rows)):
        _carry_unseen(w, w.rows[p].key, w.rows[p].x_key)
    for j in range(w.n[Q]):
        _carry_unseen(w, w.basis[j].other, w.basis[j].x_other)
    for b in range(len(w.bundles)):
        if w.moving[b] == UNSEEN and w.bundles[b].load - w.bundles[b].limit > w.tol[AMOUNT]:
            w.moving[b] = STILL
            w.n[HIDDEN] -= 1
            w.n[WRITTEN] = -1


@compiled
def _carry_unseen(w: Work, column: int, amount: float) -> None:
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        bundle = w.entries[i].bundle
        if w.moving[bundle] == UNSEEN:
            w.bundles[bundle].load += amount * w.entries[i].weight
