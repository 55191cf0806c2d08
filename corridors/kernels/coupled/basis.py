"""The working basis: how basic amounts and reduced costs move, and how its inverse follows an exchange.

Dantzig & Van Slyke (1967), "Generalized upper bounding techniques"; Ahuja, Magnanti & Orlin (1993), section 17.5.
"""

from __future__ import annotations

from corridors.kernels.coupled.compile import compiled
from corridors.kernels.coupled.types import (
    COLUMN,
    KEY,
    KEY_OF,
    NONBASIC,
    OTHER,
    PIVOT,
    SLACK,
    Floats,
    K,
    Pool,
    Q,
    Work,
)

TINY = 1e-12
"""Rates below this are rounding."""


@compiled
def clear(values: Floats) -> None:
    """Set all to zero (a slice would take longer to compile)."""
    for i in range(len(values)):
        values[i] = 0.0


@compiled
def rates(w: Work, kind: int, entering: int) -> None:
    """How basic amounts and loads change with a unit of a column or slack that enters.

    Writes ``step`` (others *fall* by it), ``key_step`` and ``load_step`` (keys and loads *rise* by it).
    """
    q = w.n[Q]
    clear(w.key_step)
    clear(w.load_step)
    if kind == SLACK:
        at = w.position[entering]
        for j in range(q):
            w.step[j] = w.inverse[j, at]
    else:
        own = w.od[entering]
        for j in range(q):
            w.step[j] = 0.0
        _add_solved(w, entering, 1.0)
        _add_solved(w, w.key[own], -1.0)
        w.key_step[own] -= 1.0
        _spread(w, entering, 1.0)
    for j in range(q):
        if abs(w.step[j]) < TINY:
            w.step[j] = 0.0
        else:
            w.key_step[w.od[w.other[j]]] += w.step[j]
            _spread(w, w.other[j], -w.step[j])
    for p in range(len(w.key)):
        if abs(w.key_step[p]) < TINY:
            w.key_step[p] = 0.0
        else:
            _spread(w, w.key[p], w.key_step[p])


@compiled
def _add_solved(w: Work, column: int, by: float) -> None:
    """Add `by` x inverse x (the column's weights on tight bundles) to ``step``."""
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        at = w.position[w.entry_bundle[i]]
        if at >= 0:
            amount = by * w.entry_weight[i]
            for j in range(w.n[Q]):
                w.step[j] += amount * w.inverse[j, at]


@compiled
def _spread(w: Work, column: int, amount: float) -> None:
    """Add `amount` of a column to ``load_step``."""
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        w.load_step[w.entry_bundle[i]] += amount * w.entry_weight[i]


@compiled
def pivot_row(w: Work, pool: Pool, kind: int, leaving: int) -> None:
    """How much a basic variable that leaves falls with a unit of each column (``alpha``) and slack (``row``).

    Parameters
    ----------
    kind, leaving
        OTHER and its position, KEY_OF and its demand row, or LOOSE and its bundle.
    """
    q, columns = w.n[Q], w.n[K]
    clear(w.row)
    if kind == OTHER:
        _add_row(w, leaving, 1.0)
    elif kind == KEY_OF:
        for j in range(q):
            if w.od[w.other[j]] == leaving:
                _add_row(w, j, -1.0)
    else:
        _weights_of(w, pool, leaving)
        for j in range(q):
            difference = w.alpha[w.other[j]] - w.alpha[w.key[w.od[w.other[j]]]]
            if difference != 0.0:
                _add_row(w, j, -difference)
        w.row[leaving] = 1.0
    for column in range(columns):
        w.alpha[column] = 0.0
    _spread_row(w, pool)
    for p in range(len(w.key)):
        w.key_alpha[p] = w.alpha[w.key[p]]
    if kind == KEY_OF:
        w.key_alpha[leaving] -= 1.0
    for column in range(columns):
        w.alpha[column] -= w.key_alpha[w.od[column]]


@compiled
def _weights_of(w: Work, pool: Pool, bundle: int) -> None:
    """Write the weight of every column on a bundle to ``alpha``."""
    for column in range(w.n[K]):
        w.alpha[column] = 0.0
    for i in range(pool.row_start[bundle], pool.row_start[bundle + 1]):
        w.alpha[pool.row_column[i]] = pool.row_weight[i]
    for column in range(len(pool.od), w.n[K]):
        w.alpha[column] = weight_on(w, column, bundle)


@compiled
def _spread_row(w: Work, pool: Pool) -> None:
    """Add ``row``, times each column's weights, to ``alpha``."""
    for b in range(len(w.row)):
        by = w.row[b]
        if abs(by) < TINY:
            w.row[b] = 0.0
            continue
        for i in range(pool.row_start[b], pool.row_start[b + 1]):
            w.alpha[pool.row_column[i]] += by * pool.row_weight[i]
    for column in range(len(pool.od), w.n[K]):
        for i in range(w.entry_start[column], w.entry_start[column + 1]):
            w.alpha[column] += w.row[w.entry_bundle[i]] * w.entry_weight[i]


@compiled
def _add_row(w: Work, at: int, by: float) -> None:
    for i in range(w.n[Q]):
        w.row[w.tight[i]] += by * w.inverse[at, i]


@compiled
def weight_on(w: Work, column: int, bundle: int) -> float:
    """The weight of a column on a bundle."""
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        if w.entry_bundle[i] == bundle:
            return w.entry_weight[i]
    return 0.0


@compiled
def exchange(
    w: Work, entering_kind: int, entering: int, leaving_kind: int, leaving: int, theta: float, dual: float
) -> bool:
    """Move amounts by `theta`, reduced costs by `dual`, and let one variable take the other's place in the basis.

    `rates` and `pivot_row` must be those of the two. Returns whether there was room for a basis that grows.
    """
    q, columns = w.n[Q], w.n[K]
    for column in range(columns):
        w.reduced[column] -= dual * w.alpha[column]
    for i in range(q):
        w.rent[w.tight[i]] -= dual * w.row[w.tight[i]]
    for j in range(q):
        w.x_other[j] -= theta * w.step[j]
    for p in range(len(w.key)):
        w.x_key[p] += theta * w.key_step[p]
    for b in range(len(w.load)):
        w.load[b] += theta * w.load_step[b]

    if leaving_kind == KEY_OF:
        position = _fullest_other(w, leaving)
        if position < 0:  # the row's only basic column: another of the row takes over, and W is unchanged
            old = w.key[leaving]
            w.where[old], w.reduced[old] = NONBASIC, -dual
            w.where[entering], w.reduced[entering] = KEY, 0.0
            w.key[leaving], w.x_key[leaving] = entering, theta
            return True
        fall = -w.key_step[leaving]
        swap_key(w, leaving, position)
        w.step[position] = fall
        leaving_kind, leaving = OTHER, position
    if leaving_kind == OTHER:
        old = w.other[leaving]
        w.where[old], w.reduced[old] = NONBASIC, -dual
        if entering_kind == COLUMN:
            _replace_column(w, leaving)
            w.other[leaving], w.x_other[leaving] = entering, theta
            w.where[entering], w.reduced[entering] = leaving, 0.0
        else:
            _shrink(w, leaving, w.position[entering])
            w.rent[entering] = 0.0
    elif entering_kind == COLUMN:
        if q == len(w.tight):
            return False
        _grow(w, entering, leaving)
        w.x_other[q] = theta
        w.where[entering], w.reduced[entering] = q, 0.0
        w.rent[leaving] = -dual
    else:
        _replace_row(w, w.position[entering], leaving)
        w.rent[entering], w.rent[leaving] = 0.0, -dual
    return True


@compiled
def _fullest_other(w: Work, row: int) -> int:
    """The position of the demand row's other column that carries most; -1 if there is none."""
    best = -1
    for j in range(w.n[Q]):
        if w.od[w.other[j]] == row and (best < 0 or w.x_other[j] > w.x_other[best]):
            best = j
    return best


@compiled
def swap_key(w: Work, row: int, position: int) -> None:
    """Let another column of a demand row be its key. The change of W is its own inverse."""
    q = w.n[Q]
    for j in range(q):
        if j != position and w.od[w.other[j]] == row:
            for i in range(q):
                w.inverse[position, i] += w.inverse[j, i]
    for i in range(q):
        w.inverse[position, i] = -w.inverse[position, i]
    old = w.key[row]
    w.key[row], w.other[position] = w.other[position], old
    w.where[w.key[row]], w.where[old] = KEY, position
    w.x_key[row], w.x_other[position] = w.x_other[position], w.x_key[row]


@compiled
def _replace_column(w: Work, at: int) -> None:
    """Column `at` of W becomes the one whose solved form is ``step``."""
    q = w.n[Q]
    pivot = 1.0 / w.step[at]
    for i in range(q):
        w.inverse[at, i] *= pivot
    for j in range(q):
        by = w.step[j]
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
    w.position[w.tight[line]] = -1
    last = q - 1
    if line != last:
        w.tight[line] = w.tight[last]
        w.position[w.tight[line]] = line
        for j in range(q):
            w.inverse[j, line] = w.inverse[j, last]
    if at != last:
        w.other[at], w.x_other[at] = w.other[last], w.x_other[last]
        w.where[w.other[at]] = at
        for i in range(last):
            w.inverse[at, i] = w.inverse[last, i]
    w.n[Q] = last


@compiled
def _grow(w: Work, column: int, bundle: int) -> None:
    """Border W by a column and a bundle; ``row`` on the tight bundles is minus the bordered line, solved."""
    q = w.n[Q]
    schur = weight_on(w, column, bundle) - weight_on(w, w.key[w.od[column]], bundle)
    for j in range(q):
        other = w.other[j]
        if w.step[j] != 0.0:
            schur -= w.step[j] * (weight_on(w, other, bundle) - weight_on(w, w.key[w.od[other]], bundle))
    for i in range(q):
        by = w.row[w.tight[i]] / schur
        w.inverse[q, i] = by
        if by != 0.0:
            for j in range(q):
                w.inverse[j, i] -= w.step[j] * by
    for j in range(q):
        w.inverse[j, q] = -w.step[j] / schur
    w.inverse[q, q] = 1.0 / schur
    w.tight[q], w.position[bundle], w.other[q] = bundle, q, column
    w.n[Q] = q + 1


@compiled
def _replace_row(w: Work, line: int, bundle: int) -> None:
    """Line `line` of W becomes that of `bundle`; ``row`` on the tight bundles is minus it, solved."""
    q = w.n[Q]
    pivot = -w.row[w.tight[line]]
    for j in range(q):
        by = w.inverse[j, line] / pivot
        w.inverse[j, line] = by
        if by != 0.0:
            for i in range(q):
                if i != line:
                    w.inverse[j, i] += by * w.row[w.tight[i]]
    w.position[w.tight[line]] = -1
    w.tight[line], w.position[bundle] = bundle, line


@compiled
def recompute_amounts(w: Work) -> float:
    """Basic amounts and loads from the inverse; returns by how much a tight bundle is missed."""
    q = w.n[Q]
    clear(w.load)
    for p in range(len(w.key)):
        w.x_key[p] = w.volume[p]
        _carry(w, w.key[p], w.volume[p])
    for i in range(q):
        w.right[i] = w.limit[w.tight[i]] - w.load[w.tight[i]]
    for j in range(q):
        amount = 0.0
        for i in range(q):
            amount += w.inverse[j, i] * w.right[i]
        w.x_other[j] = amount
        row = w.od[w.other[j]]
        w.x_key[row] -= amount
        _carry(w, w.other[j], amount)
        _carry(w, w.key[row], -amount)
    missed = 0.0
    for i in range(q):
        missed = max(missed, abs(w.load[w.tight[i]] - w.limit[w.tight[i]]))
    return missed


@compiled
def _carry(w: Work, column: int, amount: float) -> None:
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        w.load[w.entry_bundle[i]] += amount * w.entry_weight[i]


@compiled
def recompute_prices(w: Work, pool: Pool) -> float:
    """Rents and reduced costs from the inverse; returns the largest reduced cost of a basic column."""
    q = w.n[Q]
    clear(w.rent)
    for j in range(q):
        difference = w.price[w.other[j]] - w.price[w.key[w.od[w.other[j]]]]
        if difference != 0.0:
            for i in range(q):
                w.rent[w.tight[i]] -= difference * w.inverse[j, i]
    for column in range(w.n[K]):
        w.reduced[column] = w.price[column]
    for i in range(q):
        rent = w.rent[w.tight[i]]
        for k in range(pool.row_start[w.tight[i]], pool.row_start[w.tight[i] + 1]):
            w.reduced[pool.row_column[k]] += rent * pool.row_weight[k]
    for column in range(len(pool.od), w.n[K]):
        w.reduced[column] = charged(w, column)
    for p in range(len(w.key)):
        w.key_alpha[p] = w.reduced[w.key[p]]
    missed = 0.0
    for column in range(w.n[K]):
        w.reduced[column] -= w.key_alpha[w.od[column]]
        if w.where[column] != NONBASIC:
            missed = max(missed, abs(w.reduced[column]))
            w.reduced[column] = 0.0
    return missed


@compiled
def charged(w: Work, column: int) -> float:
    """Cost of a column with the rents of its bundles."""
    cost = w.price[column]
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        cost += w.rent[w.entry_bundle[i]] * w.entry_weight[i]
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
        w.swapped[at] = best
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
        best = w.swapped[at]
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
        _write_column(w, j, w.other[j], 1.0)
        _write_column(w, j, w.key[w.od[w.other[j]]], -1.0)


@compiled
def _write_column(w: Work, j: int, column: int, sign: float) -> None:
    for i in range(w.entry_start[column], w.entry_start[column + 1]):
        line = w.position[w.entry_bundle[i]]
        if line >= 0:
            w.inverse[line, j] += sign * w.entry_weight[i]
