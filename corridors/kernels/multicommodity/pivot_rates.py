"""How basic amounts move with a variable that enters, and reduced costs with one that leaves; most do not change."""

from __future__ import annotations

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.differences import write_difference
from corridors.kernels.multicommodity.types import (
    HITS,
    KEY,
    KEY_OF,
    KEYS_STEP,
    LOADS_STEP,
    LOOSE,
    MOVING,
    NEW,
    OTHER,
    ROWED,
    SLACK,
    STEPS,
    STILL,
    WRITTEN,
    Floats,
    Ints,
    Pool,
    Q,
    Work,
)

TINY = 1e-12
"""Rates below this are rounding."""


@compiled
def rates(w: Work, kind: int, entering: int) -> bool:
    """How basic amounts and loads change with a unit of a column or slack that enters.

    Writes ``step`` (others *fall* by it), ``key_step`` and ``load_step`` (keys and loads *rise* by it), and where they
    are not zero: ``stepping`` (positions), ``key_stepping`` (demand rows) and ``load_stepping`` (bundles). Returns
    whether there was room.
    """
    q = w.n[Q]
    for i in range(w.n[KEYS_STEP]):
        w.rows[w.key_stepping[i]].key_step = 0.0
        w.rows[w.key_stepping[i]].stepping = 0
    for i in range(w.n[LOADS_STEP]):
        w.load_step[w.load_stepping[i]] = 0.0
        w.moving[w.load_stepping[i]] = STILL
    w.n[STEPS] = w.n[KEYS_STEP] = w.n[LOADS_STEP] = 0
    if kind == SLACK:
        at = w.bundles[entering].position
        for j in range(q):
            w.basis[j].step = w.inverse[j, at]
    else:
        w.n[NEW] = w.n[WRITTEN]
        if not write_difference(w, entering):
            return False
        for j in range(q):
            w.basis[j].step = 0.0
        for i in range(w.n[NEW], w.n[WRITTEN]):
            at = w.bundles[w.written[i].bundle].position
            if at >= 0:
                for j in range(q):
                    w.basis[j].step += w.written[i].weight * w.inverse[j, at]
        own = w.columns[entering].od
        w.rows[own].key_step = -1.0
        w.rows[own].stepping = 1
        w.key_stepping[0], w.n[KEYS_STEP] = own, 1
        _spread(w, w.n[NEW], w.n[WRITTEN], 1.0)
    for j in range(q):
        if abs(w.basis[j].step) < TINY:
            w.basis[j].step = 0.0
        else:
            w.stepping[w.n[STEPS]] = j
            w.n[STEPS] += 1
            row = w.columns[w.basis[j].other].od
            if not w.rows[row].stepping:
                w.rows[row].stepping = 1
                w.key_stepping[w.n[KEYS_STEP]] = row
                w.n[KEYS_STEP] += 1
            w.rows[row].key_step += w.basis[j].step
            _spread(w, w.basis[j].written, w.basis[j].written_end, -w.basis[j].step)
    for i in range(w.n[KEYS_STEP]):
        if abs(w.rows[w.key_stepping[i]].key_step) < TINY:
            w.rows[w.key_stepping[i]].key_step = 0.0
    kept = 0
    for i in range(w.n[LOADS_STEP]):
        bundle = w.load_stepping[i]
        if abs(w.load_step[bundle]) < TINY:
            w.load_step[bundle] = 0.0
            w.moving[bundle] = STILL
        else:
            w.load_stepping[kept] = bundle
            kept += 1
    w.n[LOADS_STEP] = kept
    return True


@compiled
def _spread(w: Work, first: int, last: int, amount: float) -> None:
    """Add `amount` of a difference to ``load_step``."""
    for i in range(first, last):
        bundle = w.written[i].bundle
        if w.moving[bundle] == STILL:
            w.moving[bundle] = MOVING
            w.load_stepping[w.n[LOADS_STEP]] = bundle
            w.n[LOADS_STEP] += 1
        w.load_step[bundle] += amount * w.written[i].weight


@compiled
def pivot_row(w: Work, pool: Pool, kind: int, leaving: int) -> None:
    """How much a basic variable that leaves falls with a unit of each column (``alpha``) and slack (``row``).

    Few columns are concerned: those ``hit``, of which there are ``n[HITS]``; elsewhere ``alpha`` is zero.

    Parameters
    ----------
    kind, leaving
        OTHER and its position, KEY_OF and its demand row, or LOOSE and its bundle.
    """
    tight_row(w, kind, leaving)
    if kind == LOOSE:
        _spread_row(w, pool, leaving)
    for i in range(w.n[Q]):
        _spread_row(w, pool, w.basis[i].tight)
    _charge_keys(w, pool, leaving if kind == KEY_OF else -1)


@compiled
def tight_row(w: Work, kind: int, leaving: int) -> None:
    """How much a basic variable that leaves falls with a unit of each slack (``row``); of no column."""
    clear_row(w)
    q = w.n[Q]
    w.n[ROWED] = q
    for i in range(q):
        w.rowed[i] = w.basis[i].tight
    if kind == OTHER:
        _add_row(w, leaving, 1.0)
    elif kind == KEY_OF:
        for j in range(q):
            if w.columns[w.basis[j].other].od == leaving:
                _add_row(w, j, -1.0)
    else:
        for j in range(q):
            by = 0.0
            for i in range(w.basis[j].written, w.basis[j].written_end):
                if w.written[i].bundle == leaving:
                    by -= w.written[i].weight
            if by != 0.0:
                _add_row(w, j, by)
        w.bundles[leaving].row = 1.0
        w.rowed[q], w.n[ROWED] = leaving, q + 1


@compiled
def clear_row(w: Work) -> None:
    """Forget the last pivot row."""
    for i in range(w.n[HITS]):
        w.alpha[w.hit[i]] = 0.0
    w.n[HITS] = 0
    for i in range(w.n[ROWED]):
        w.bundles[w.rowed[i]].row = 0.0
    w.n[ROWED] = 0


@compiled
def _charge_keys(w: Work, pool: Pool, leaving: int) -> None:
    """Take from ``alpha`` of each row's columns that of its key, which is one more for the row whose key leaves.

    Columns that are left without any are no longer among those hit.
    """
    rows = 0
    for i in range(w.n[HITS]):
        if w.where[w.hit[i]] == KEY and w.columns[w.hit[i]].od != leaving:
            w.key_rows[rows] = w.columns[w.hit[i]].od
            rows += 1
    if leaving >= 0:
        w.key_rows[rows] = leaving
        rows += 1
    alpha, hit, count = w.alpha, w.hit, w.n[HITS]
    for i in range(rows):
        row = w.key_rows[i]
        by = alpha[w.rows[row].key] - (1.0 if row == leaving else 0.0)
        if abs(by) < TINY:
            continue
        for k in range(pool.od_start[row], pool.od_start[row + 1]):
            count = _hit(alpha, hit, count, pool.od_column[k], -by)
        column = w.rows[row].first_own
        while column >= 0:
            count = _hit(alpha, hit, count, column, -by)
            column = w.columns[column].next_own
    kept = 0
    for i in range(count):
        column = hit[i]
        if abs(alpha[column]) < TINY:
            alpha[column] = 0.0
        else:
            hit[kept] = column
            kept += 1
    w.n[HITS] = kept


@compiled
def _spread_row(w: Work, pool: Pool, bundle: int) -> None:
    """Add ``row`` of a bundle, times each column's weight on it, to ``alpha``."""
    by = w.bundles[bundle].row
    if abs(by) < TINY:
        w.bundles[bundle].row = 0.0
        return
    alpha, hit, count = w.alpha, w.hit, w.n[HITS]
    columns, weights = pool.row_column, pool.row_weight
    for i in range(pool.row_start[bundle], pool.row_start[bundle + 1]):
        count = _hit(alpha, hit, count, columns[i], by * weights[i])
    entry = w.bundles[bundle].first_entry
    while entry >= 0:
        count = _hit(alpha, hit, count, w.chain[entry].column, by * w.entries[entry].weight)
        entry = w.chain[entry].next_entry
    w.n[HITS] = count


NOTHING = 1e-200
"""The ``alpha`` of a column that was hit, and is left with none."""


@compiled
def _hit(alpha: Floats, hit: Ints, count: int, column: int, by: float) -> int:
    """Add `by` to a column's ``alpha``; returns how many columns are hit."""
    before = alpha[column]
    if before == 0.0:
        hit[count] = column
        count += 1
    after = before + by
    alpha[column] = after if after != 0.0 else NOTHING
    return count


@compiled
def _add_row(w: Work, at: int, by: float) -> None:
    for i in range(w.n[Q]):
        w.bundles[w.basis[i].tight].row += by * w.inverse[at, i]
