"""The working basis: how one variable replaces another, and how the inverse follows.

Dantzig & Van Slyke (1967), "Generalized upper bounding techniques"; Ahuja, Magnanti & Orlin (1993), section 17.5.
"""

from __future__ import annotations

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.differences import ALL, NONE, write_differences
from corridors.kernels.multicommodity.types import (
    COLUMN,
    KEY,
    KEY_OF,
    KEYS_STEP,
    LOADS_STEP,
    NEW,
    NONBASIC,
    OTHER,
    STEPS,
    WRITTEN,
    Q,
    Work,
)


@compiled
def exchange(
    w: Work, entering_kind: int, entering: int, leaving_kind: int, leaving: int, theta: float, dual: float
) -> bool:
    """Move amounts by `theta`, rents by `dual`, and let one variable take the other's place in the basis.

    `rates` and `tight_row` must be those of the two. Reduced costs of columns are left as they are. Returns whether
    there was room for a basis that grows.
    """
    q = w.n[Q]
    for i in range(q):
        w.rent[w.basis[i].tight] -= dual * w.bundles[w.basis[i].tight].row
    for i in range(w.n[STEPS]):
        w.basis[w.stepping[i]].x_other -= theta * w.basis[w.stepping[i]].step
    for i in range(w.n[KEYS_STEP]):
        w.rows[w.key_stepping[i]].x_key += theta * w.rows[w.key_stepping[i]].key_step
    for i in range(w.n[LOADS_STEP]):
        w.bundles[w.load_stepping[i]].load += theta * w.load_step[w.load_stepping[i]]

    rekeyed = NONE
    if leaving_kind == KEY_OF:
        position = _fullest_other(w, leaving)
        if position < 0:  # the row's only basic column: another of the row replaces it, and W is unchanged
            old = w.rows[leaving].key
            w.where[old], w.where[entering] = NONBASIC, KEY
            w.rows[leaving].key, w.rows[leaving].x_key = entering, theta
            return True
        fall = -w.rows[leaving].key_step
        swap_key(w, leaving, position)
        rekeyed = leaving
        w.basis[position].step = fall
        leaving_kind, leaving = OTHER, position
    if leaving_kind == OTHER:
        w.where[w.basis[leaving].other] = NONBASIC
        if entering_kind == COLUMN:
            _replace_column(w, leaving)
            w.basis[leaving].other, w.basis[leaving].x_other = entering, theta
            w.basis[leaving].written, w.basis[leaving].written_end = w.n[NEW], w.n[WRITTEN]
            w.where[entering] = leaving
        else:
            _shrink(w, leaving, w.bundles[entering].position)
            w.rent[entering] = 0.0
    elif entering_kind == COLUMN:
        if q == len(w.basis):
            return False
        _grow(w, entering, leaving)
        w.basis[q].x_other = theta
        w.basis[q].written, w.basis[q].written_end = w.n[NEW], w.n[WRITTEN]
        w.where[entering] = q
        w.rent[leaving] = -dual
    else:
        _replace_row(w, w.bundles[entering].position, leaving)
        w.rent[entering], w.rent[leaving] = 0.0, -dual
    if 2 * w.n[WRITTEN] > len(w.written):
        rekeyed = ALL
    return rekeyed == NONE or write_differences(w, rekeyed)


@compiled
def _fullest_other(w: Work, row: int) -> int:
    """The position of the demand row's other column that carries most; -1 if there is none."""
    best = -1
    for j in range(w.n[Q]):
        if w.columns[w.basis[j].other].od == row and (best < 0 or w.basis[j].x_other > w.basis[best].x_other):
            best = j
    return best


@compiled
def swap_key(w: Work, row: int, position: int) -> None:
    """Let another column of a demand row be its key. The change of W is its own inverse."""
    q = w.n[Q]
    for j in range(q):
        if j != position and w.columns[w.basis[j].other].od == row:
            for i in range(q):
                w.inverse[position, i] += w.inverse[j, i]
    for i in range(q):
        w.inverse[position, i] = -w.inverse[position, i]
    old = w.rows[row].key
    w.rows[row].key, w.basis[position].other = w.basis[position].other, old
    w.where[w.rows[row].key], w.where[old] = KEY, position
    w.rows[row].x_key, w.basis[position].x_other = w.basis[position].x_other, w.rows[row].x_key
    w.rows[row].edge, w.basis[position].edge = w.basis[position].edge, w.rows[row].edge


@compiled
def _replace_column(w: Work, at: int) -> None:
    """Column `at` of W becomes the one whose solved form is ``step``."""
    q = w.n[Q]
    pivot = 1.0 / w.basis[at].step
    for i in range(q):
        w.inverse[at, i] *= pivot
    for j in range(q):
        by = w.basis[j].step
        if j != at and by != 0.0:
            for i in range(q):
                w.inverse[j, i] -= by * w.inverse[at, i]


@compiled
def _shrink(w: Work, at: int, line: int) -> None:
    """Take column `at` and line `line` out of W; the last ones move into their places."""
    q = w.n[Q]
    for j in range(q):
        by = w.inverse[j, line] / w.inverse[at, line]
        if j != at and by != 0.0:
            for i in range(q):
                w.inverse[j, i] -= by * w.inverse[at, i]
    w.bundles[w.basis[line].tight].position = -1
    last = q - 1
    if line != last:
        w.basis[line].tight = w.basis[last].tight
        w.bundles[w.basis[line].tight].position = line
        for j in range(q):
            w.inverse[j, line] = w.inverse[j, last]
    if at != last:
        w.basis[at].other, w.basis[at].x_other = w.basis[last].other, w.basis[last].x_other
        w.basis[at].edge = w.basis[last].edge
        w.basis[at].written, w.basis[at].written_end = w.basis[last].written, w.basis[last].written_end
        w.where[w.basis[at].other] = at
        for i in range(last):
            w.inverse[at, i] = w.inverse[last, i]
    w.n[Q] = last


@compiled
def _grow(w: Work, column: int, bundle: int) -> None:
    """Border W by a column and a bundle; ``row`` on the tight bundles is minus the bordered line, solved."""
    q = w.n[Q]
    schur = w.load_step[bundle]
    for i in range(q):
        w.inverse[q, i] = w.bundles[w.basis[i].tight].row / schur
    for j in range(q):
        by = w.basis[j].step
        w.inverse[j, q] = -by / schur
        if by != 0.0:
            for i in range(q):
                w.inverse[j, i] -= by * w.inverse[q, i]
    w.inverse[q, q] = 1.0 / schur
    w.basis[q].tight, w.bundles[bundle].position, w.basis[q].other = bundle, q, column
    w.n[Q] = q + 1


@compiled
def _replace_row(w: Work, line: int, bundle: int) -> None:
    """Line `line` of W becomes that of `bundle`; ``row`` on the tight bundles is minus it, solved."""
    q = w.n[Q]
    pivot, beside = -w.bundles[w.basis[line].tight].row, w.difference  # an array that is zero between its uses
    for i in range(q):
        beside[i] = w.bundles[w.basis[i].tight].row
    beside[line] = 0.0
    for j in range(q):
        by = w.inverse[j, line] / pivot
        w.inverse[j, line] = by
        if by != 0.0:
            for i in range(q):
                w.inverse[j, i] += by * beside[i]
    for i in range(q):
        beside[i] = 0.0
    w.bundles[w.basis[line].tight].position = -1
    w.basis[line].tight, w.bundles[bundle].position = bundle, line
