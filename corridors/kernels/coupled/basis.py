"""The working basis: how basic amounts and reduced costs move, and how its inverse follows an exchange.

Dantzig & Van Slyke (1967), "Generalized upper bounding techniques"; Ahuja, Magnanti & Orlin (1993), section 17.5.
"""

from __future__ import annotations

from corridors.kernels.coupled.compile import compiled
from corridors.kernels.coupled.types import (
    COLUMN,
    HITS,
    KEY,
    KEY_OF,
    KEYS_STEP,
    LOADS_STEP,
    NONBASIC,
    OTHER,
    PIVOT,
    SLACK,
    STEPS,
    K,
    Pool,
    Q,
    Work,
)

TINY = 1e-12
"""Rates below this are rounding."""


@compiled
def rates(w: Work, kind: int, entering: int) -> None:
    """How basic amounts and loads change with a unit of a column or slack that enters.

    Writes ``step`` (others *fall* by it), ``key_step`` and ``load_step`` (keys and loads *rise* by it), and where they
    are not zero: ``stepping`` (positions), ``key_stepping`` (demand rows) and ``load_stepping`` (bundles).
    """
    q = w.n[Q]
    for i in range(w.n[KEYS_STEP]):
        w.rows[w.key_stepping[i]].key_step = 0.0
    for i in range(w.n[LOADS_STEP]):
        w.bundles[w.load_stepping[i]].load_step = 0.0
        w.bundles[w.load_stepping[i]].stepping = 0
    w.n[STEPS] = w.n[KEYS_STEP] = w.n[LOADS_STEP] = 0
    if kind == SLACK:
        at = w.bundles[entering].position
        for j in range(q):
            w.basis[j].step = w.inverse[j, at]
    else:
        own = w.columns[entering].od
        for j in range(q):
            w.basis[j].step = 0.0
        _add_solved(w, entering, 1.0)
        _add_solved(w, w.rows[own].key, -1.0)
        w.rows[own].key_step = -1.0
        w.key_stepping[0], w.n[KEYS_STEP] = own, 1
        _spread(w, entering, 1.0)
    for j in range(q):
        if abs(w.basis[j].step) < TINY:
            w.basis[j].step = 0.0
        else:
            w.stepping[w.n[STEPS]] = j
            w.n[STEPS] += 1
            row = w.columns[w.basis[j].other].od
            known = 0
            while known < w.n[KEYS_STEP] and w.key_stepping[known] != row:
                known += 1
            if known == w.n[KEYS_STEP]:
                w.key_stepping[known] = row
                w.n[KEYS_STEP] += 1
            w.rows[row].key_step += w.basis[j].step
            _spread(w, w.basis[j].other, -w.basis[j].step)
    for i in range(w.n[KEYS_STEP]):
        row = w.key_stepping[i]
        if abs(w.rows[row].key_step) < TINY:
            w.rows[row].key_step = 0.0
        else:
            _spread(w, w.rows[row].key, w.rows[row].key_step)


@compiled
def _add_solved(w: Work, column: int, by: float) -> None:
    """Add `by` x inverse x (the column's weights on tight bundles) to ``step``."""
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        at = w.bundles[w.entries[i].bundle].position
        if at >= 0:
            amount = by * w.entries[i].weight
            for j in range(w.n[Q]):
                w.basis[j].step += amount * w.inverse[j, at]


@compiled
def _spread(w: Work, column: int, amount: float) -> None:
    """Add `amount` of a column to ``load_step``."""
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        bundle = w.entries[i].bundle
        if not w.bundles[bundle].stepping:
            w.bundles[bundle].stepping = 1
            w.load_stepping[w.n[LOADS_STEP]] = bundle
            w.n[LOADS_STEP] += 1
        w.bundles[bundle].load_step += amount * w.entries[i].weight


@compiled
def pivot_row(w: Work, pool: Pool, kind: int, leaving: int) -> None:
    """How much a basic variable that leaves falls with a unit of each column (``alpha``) and slack (``row``).

    Few columns are concerned: those ``hit``, of which there are ``n[HITS]``; elsewhere ``alpha`` is zero.

    Parameters
    ----------
    kind, leaving
        OTHER and its position, KEY_OF and its demand row, or LOOSE and its bundle.
    """
    q = w.n[Q]
    for i in range(w.n[HITS]):
        w.columns[w.hit[i]].alpha = 0.0
        w.columns[w.hit[i]].hit = 0
    w.n[HITS] = 0
    for b in range(len(w.bundles)):
        w.bundles[b].row = 0.0
    if kind == OTHER:
        _add_row(w, leaving, 1.0)
    elif kind == KEY_OF:
        for j in range(q):
            if w.columns[w.basis[j].other].od == leaving:
                _add_row(w, j, -1.0)
    else:
        for j in range(q):
            other = w.basis[j].other
            difference = weight_on(w, other, leaving) - weight_on(w, w.rows[w.columns[other].od].key, leaving)
            if difference != 0.0:
                _add_row(w, j, -difference)
        w.bundles[leaving].row = 1.0
        _spread_row(w, pool, leaving)
    for i in range(q):
        _spread_row(w, pool, w.basis[i].tight)
    for column in range(len(pool.od), w.n[K]):
        for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
            _hit(w, column, w.bundles[w.entries[i].bundle].row * w.entries[i].weight)
    for p in range(len(w.rows)):
        w.rows[p].key_alpha = w.columns[w.rows[p].key].alpha
    if kind == KEY_OF:
        w.rows[leaving].key_alpha -= 1.0
    for p in range(len(w.rows)):
        by = w.rows[p].key_alpha
        if abs(by) < TINY:
            w.rows[p].key_alpha = 0.0
        else:
            for i in range(pool.od_start[p], pool.od_start[p + 1]):
                _hit(w, pool.od_column[i], -by)
    for column in range(len(pool.od), w.n[K]):
        _hit(w, column, -w.rows[w.columns[column].od].key_alpha)


@compiled
def _spread_row(w: Work, pool: Pool, bundle: int) -> None:
    """Add ``row`` of a bundle, times each column's weight on it, to ``alpha``."""
    by = w.bundles[bundle].row
    if abs(by) < TINY:
        w.bundles[bundle].row = 0.0
        return
    for i in range(pool.row_start[bundle], pool.row_start[bundle + 1]):
        _hit(w, pool.row_column[i], by * pool.row_weight[i])


@compiled
def _hit(w: Work, column: int, by: float) -> None:
    """Add `by` to a column's ``alpha``."""
    if by != 0.0:
        if not w.columns[column].hit:
            w.columns[column].hit = 1
            w.hit[w.n[HITS]] = column
            w.n[HITS] += 1
        w.columns[column].alpha += by


@compiled
def _add_row(w: Work, at: int, by: float) -> None:
    for i in range(w.n[Q]):
        w.bundles[w.basis[i].tight].row += by * w.inverse[at, i]


@compiled
def weight_on(w: Work, column: int, bundle: int) -> float:
    """The weight of a column on a bundle."""
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        if w.entries[i].bundle == bundle:
            return w.entries[i].weight
    return 0.0


@compiled
def exchange(
    w: Work, entering_kind: int, entering: int, leaving_kind: int, leaving: int, theta: float, dual: float
) -> bool:
    """Move amounts by `theta`, reduced costs by `dual`, and let one variable take the other's place in the basis.

    `rates` and `pivot_row` must be those of the two. Returns whether there was room for a basis that grows.
    """
    q = w.n[Q]
    for i in range(w.n[HITS]):
        w.columns[w.hit[i]].reduced -= dual * w.columns[w.hit[i]].alpha
    for i in range(q):
        w.bundles[w.basis[i].tight].rent -= dual * w.bundles[w.basis[i].tight].row
    for i in range(w.n[STEPS]):
        w.basis[w.stepping[i]].x_other -= theta * w.basis[w.stepping[i]].step
    for i in range(w.n[KEYS_STEP]):
        w.rows[w.key_stepping[i]].x_key += theta * w.rows[w.key_stepping[i]].key_step
    for i in range(w.n[LOADS_STEP]):
        w.bundles[w.load_stepping[i]].load += theta * w.bundles[w.load_stepping[i]].load_step

    if leaving_kind == KEY_OF:
        position = _fullest_other(w, leaving)
        if position < 0:  # the row's only basic column: another of the row takes over, and W is unchanged
            old = w.rows[leaving].key
            w.columns[old].where, w.columns[old].reduced = NONBASIC, -dual
            w.columns[entering].where, w.columns[entering].reduced = KEY, 0.0
            w.rows[leaving].key, w.rows[leaving].x_key = entering, theta
            return True
        fall = -w.rows[leaving].key_step
        swap_key(w, leaving, position)
        w.basis[position].step = fall
        leaving_kind, leaving = OTHER, position
    if leaving_kind == OTHER:
        old = w.basis[leaving].other
        w.columns[old].where, w.columns[old].reduced = NONBASIC, -dual
        if entering_kind == COLUMN:
            _replace_column(w, leaving)
            w.basis[leaving].other, w.basis[leaving].x_other = entering, theta
            w.columns[entering].where, w.columns[entering].reduced = leaving, 0.0
        else:
            _shrink(w, leaving, w.bundles[entering].position)
            w.bundles[entering].rent = 0.0
    elif entering_kind == COLUMN:
        if q == len(w.basis):
            return False
        _grow(w, entering, leaving)
        w.basis[q].x_other = theta
        w.columns[entering].where, w.columns[entering].reduced = q, 0.0
        w.bundles[leaving].rent = -dual
    else:
        _replace_row(w, w.bundles[entering].position, leaving)
        w.bundles[entering].rent, w.bundles[leaving].rent = 0.0, -dual
    return True


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
    w.columns[w.rows[row].key].where, w.columns[old].where = KEY, position
    w.rows[row].x_key, w.basis[position].x_other = w.basis[position].x_other, w.rows[row].x_key


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
        w.columns[w.basis[at].other].where = at
        for i in range(last):
            w.inverse[at, i] = w.inverse[last, i]
    w.n[Q] = last


@compiled
def _grow(w: Work, column: int, bundle: int) -> None:
    """Border W by a column and a bundle; ``row`` on the tight bundles is minus the bordered line, solved."""
    q = w.n[Q]
    schur = weight_on(w, column, bundle) - weight_on(w, w.rows[w.columns[column].od].key, bundle)
    for j in range(q):
        other = w.basis[j].other
        if w.basis[j].step != 0.0:
            schur -= w.basis[j].step * (
                weight_on(w, other, bundle) - weight_on(w, w.rows[w.columns[other].od].key, bundle)
            )
    for i in range(q):
        by = w.bundles[w.basis[i].tight].row / schur
        w.inverse[q, i] = by
        if by != 0.0:
            for j in range(q):
                w.inverse[j, i] -= w.basis[j].step * by
    for j in range(q):
        w.inverse[j, q] = -w.basis[j].step / schur
    w.inverse[q, q] = 1.0 / schur
    w.basis[q].tight, w.bundles[bundle].position, w.basis[q].other = bundle, q, column
    w.n[Q] = q + 1


@compiled
def _replace_row(w: Work, line: int, bundle: int) -> None:
    """Line `line` of W becomes that of `bundle`; ``row`` on the tight bundles is minus it, solved."""
    q = w.n[Q]
    pivot = -w.bundles[w.basis[line].tight].row
    for j in range(q):
        by = w.inverse[j, line] / pivot
        w.inverse[j, line] = by
        if by != 0.0:
            for i in range(q):
                if i != line:
                    w.inverse[j, i] += by * w.bundles[w.basis[i].tight].row
    w.bundles[w.basis[line].tight].position = -1
    w.basis[line].tight, w.bundles[bundle].position = bundle, line


@compiled
def recompute_amounts(w: Work) -> float:
    """Basic amounts and loads from the inverse; returns by how much a tight bundle is missed."""
    q = w.n[Q]
    for b in range(len(w.bundles)):
        w.bundles[b].load = 0.0
    for p in range(len(w.rows)):
        w.rows[p].x_key = w.rows[p].volume
        _carry(w, w.rows[p].key, w.rows[p].volume)
    for i in range(q):
        w.basis[i].right = w.bundles[w.basis[i].tight].limit - w.bundles[w.basis[i].tight].load
    for j in range(q):
        amount = 0.0
        for i in range(q):
            amount += w.inverse[j, i] * w.basis[i].right
        w.basis[j].x_other = amount
        row = w.columns[w.basis[j].other].od
        w.rows[row].x_key -= amount
        _carry(w, w.basis[j].other, amount)
        _carry(w, w.rows[row].key, -amount)
    missed = 0.0
    for i in range(q):
        missed = max(missed, abs(w.bundles[w.basis[i].tight].load - w.bundles[w.basis[i].tight].limit))
    return missed


@compiled
def _carry(w: Work, column: int, amount: float) -> None:
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        w.bundles[w.entries[i].bundle].load += amount * w.entries[i].weight


@compiled
def recompute_prices(w: Work, pool: Pool) -> None:
    """Rents and reduced costs of all columns from the inverse."""
    _recompute_rents(w)
    for column in range(w.n[K]):
        w.columns[column].reduced = w.columns[column].price
    for i in range(w.n[Q]):
        rent = w.bundles[w.basis[i].tight].rent
        for k in range(pool.row_start[w.basis[i].tight], pool.row_start[w.basis[i].tight + 1]):
            w.columns[pool.row_column[k]].reduced += rent * pool.row_weight[k]
    for column in range(len(pool.od), w.n[K]):
        w.columns[column].reduced = charged(w, column)
    for p in range(len(w.rows)):
        w.rows[p].key_alpha = w.columns[w.rows[p].key].reduced
    for column in range(w.n[K]):
        w.columns[column].reduced -= w.rows[w.columns[column].od].key_alpha
        if w.columns[column].where != NONBASIC:
            w.columns[column].reduced = 0.0


@compiled
def recompute_basic_prices(w: Work) -> float:
    """Rents from the inverse, and the reduced costs of unmet demand; returns the largest of a basic column.

    That is all that pricing by labels needs. The other columns keep what was carried along.
    """
    _recompute_rents(w)
    for p in range(len(w.rows)):
        w.rows[p].key_alpha = charged(w, w.rows[p].key)
        if w.columns[p].where == NONBASIC:
            w.columns[p].reduced = w.columns[p].price - w.rows[p].key_alpha
    missed = 0.0
    for j in range(w.n[Q]):
        missed = max(missed, abs(charged(w, w.basis[j].other) - w.rows[w.columns[w.basis[j].other].od].key_alpha))
    return missed


@compiled
def _recompute_rents(w: Work) -> None:
    q = w.n[Q]
    for b in range(len(w.bundles)):
        w.bundles[b].rent = 0.0
    for j in range(q):
        difference = w.columns[w.basis[j].other].price - w.columns[w.rows[w.columns[w.basis[j].other].od].key].price
        if difference != 0.0:
            for i in range(q):
                w.bundles[w.basis[i].tight].rent -= difference * w.inverse[j, i]


@compiled
def charged(w: Work, column: int) -> float:
    """Cost of a column with the rents of its bundles."""
    cost = w.columns[column].price
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        cost += w.bundles[w.entries[i].bundle].rent * w.entries[i].weight
    return cost


@compiled
def refactor(w: Work) -> bool:
    """Invert W anew, in place, by Gauss-Jordan elimination with partial pivoting; returns whether it is regular."""
    q = w.n[Q]
    _write_basis(w, q)
    for at in range(q):
        best = at
        for line in range(at + 1, q):
            if abs(w.inverse[line, at]) > abs(w.inverse[best, at]):
                best = line
        if abs(w.inverse[best, at]) < w.tol[PIVOT]:
            return False
        w.basis[at].swapped = best
        if best != at:
            for i in range(q):
                w.inverse[at, i], w.inverse[best, i] = w.inverse[best, i], w.inverse[at, i]
        pivot = 1.0 / w.inverse[at, at]
        w.inverse[at, at] = 1.0
        for i in range(q):
            w.inverse[at, i] *= pivot
        for line in range(q):
            by = w.inverse[line, at]
            if line != at and by != 0.0:
                w.inverse[line, at] = 0.0
                for i in range(q):
                    w.inverse[line, i] -= by * w.inverse[at, i]
    for at in range(q - 1, -1, -1):
        best = w.basis[at].swapped
        if best != at:
            for i in range(q):
                w.inverse[i, at], w.inverse[i, best] = w.inverse[i, best], w.inverse[i, at]
    return True


@compiled
def _write_basis(w: Work, q: int) -> None:
    """Write W where its inverse is held."""
    for line in range(q):
        for j in range(q):
            w.inverse[line, j] = 0.0
    for j in range(q):
        _write_column(w, j, w.basis[j].other, 1.0)
        _write_column(w, j, w.rows[w.columns[w.basis[j].other].od].key, -1.0)


@compiled
def _write_column(w: Work, j: int, column: int, sign: float) -> None:
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        line = w.bundles[w.entries[i].bundle].position
        if line >= 0:
            w.inverse[line, j] += sign * w.entries[i].weight
