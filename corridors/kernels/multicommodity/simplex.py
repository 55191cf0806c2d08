"""Primal and dual simplex over the columns so far, on the working basis."""

from __future__ import annotations

from corridors.kernels.multicommodity.basis import exchange
from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.labels import pop, push
from corridors.kernels.multicommodity.pivot_rates import clear_row, pivot_row, rates, tight_row
from corridors.kernels.multicommodity.recompute import charged, follow_rents
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    COLUMN,
    HITS,
    KEY,
    KEY_OF,
    KEYS_STEP,
    LACKING,
    LOADS_STEP,
    LOOSE,
    NONBASIC,
    OTHER,
    OVER,
    PIVOT,
    PIVOTS,
    PRICE,
    SLACK,
    STEPS,
    K,
    Pool,
    Q,
    Work,
)


@compiled
def primal(w: Work, pool: Pool, fixed: int, most: int) -> bool:
    """From a feasible basis to an optimal one over the columns so far; banned columns do not enter.

    Columns whose reduced cost is below zero wait for their turn, the lowest first; it is computed again before one
    enters. So a pivot does not go through the columns of its row. When none waits, the reduced costs of all are brought
    in line with the rents.

    Parameters
    ----------
    fixed : int
        FIXED or FREE: whether banned columns that are basic, at zero, must stay at zero.
    most : int
        Pivots after which it gives up and returns False, as it does on a stop.
    """
    stalled = 0
    clear_row(w)
    for b in range(len(w.bundles)):
        w.known_rent[b] = w.rent[b]
    while True:
        waiting, known = _list_worth(w, stalled > STALLED), True
        while True:
            if w.n[PIVOTS] >= most or w.stop[0]:
                return False
            kind, entering, reduced, waiting = _entering(w, waiting, known, stalled > STALLED)
            if entering < 0:
                break
            if not rates(w, kind, entering):
                return False
            leaving_kind, leaving, theta = primal_ratio(w, fixed)
            if leaving_kind < 0:
                return False
            tight_row(w, leaving_kind, leaving)
            element = element_of(w, leaving_kind, leaving)
            if abs(element) < w.tol[PIVOT]:
                return False
            w.n[PIVOTS] += 1
            stalled = stalled + 1 if theta <= w.tol[AMOUNT] else 0
            if not exchange(w, kind, entering, leaving_kind, leaving, theta, reduced / element):
                return False
            known = False
        if known:
            return True
        follow_rents(w, pool)


STALLED = 40
"""After so many pivots that moved nothing, the first column that improves enters (Bland's rule)."""


@compiled
def may_enter(w: Work, column: int) -> bool:
    """Whether a column is neither in the basis nor banned."""
    return w.where[column] == NONBASIC and not w.columns[column].banned


@compiled
def _list_worth(w: Work, first: bool) -> int:
    """Put the columns that improve on the heap, the lowest reduced cost first, or the `first` number; how many."""
    waiting = 0
    for column in range(w.n[K]):
        if w.reduced[column] < -w.tol[PRICE] and may_enter(w, column) and waiting < len(w.heap):
            waiting = push(w.heap, waiting, float(column) if first else w.reduced[column], column)
    return waiting


@compiled
def _entering(w: Work, waiting: int, known: bool, first: bool) -> tuple[int, int, float, int]:
    """The column or slack that enters: kind, which (-1 for none), its reduced cost; and how many columns still wait.

    It is the one of the lowest reduced cost, as far as that is known of those that wait.
    """
    slack, rent = -1, -w.tol[PRICE]
    for i in range(w.n[Q]):
        if w.rent[w.basis[i].tight] < rent:
            slack, rent = w.basis[i].tight, w.rent[w.basis[i].tight]
    while waiting > 0:
        key, column = w.heap[0].key, w.heap[0].vertex
        if slack >= 0 and not first and rent < key:
            break
        waiting = pop(w.heap, waiting)
        if not may_enter(w, column):
            continue
        reduced = w.reduced[column] if known else charged(w, column) - charged(w, w.rows[w.columns[column].od].key)
        if reduced >= -w.tol[PRICE]:
            continue
        if first or reduced <= key or waiting == 0 or reduced <= w.heap[0].key:
            return COLUMN, column, reduced, waiting
        waiting = push(w.heap, waiting, reduced, column)
    return SLACK, slack, rent, waiting


@compiled
def element_of(w: Work, leaving_kind: int, leaving: int) -> float:
    """By how much the variable that leaves falls with a unit of what enters, from its rates."""
    if leaving_kind == OTHER:
        return w.basis[leaving].step
    return -w.rows[leaving].key_step if leaving_kind == KEY_OF else w.load_step[leaving]


@compiled
def primal_ratio(w: Work, fixed: int) -> tuple[int, int, float]:
    """Which basic variable falls to zero first, and after how much: kind, which (-1 for none), amount.

    Of those that fall to zero within the tolerance the one with the largest rate leaves (Harris 1973).
    """
    bound = 1e300
    tiny = w.tol[PIVOT]
    for i in range(w.n[STEPS]):
        j = w.stepping[i]
        rate = w.basis[j].step
        if fixed and w.columns[w.basis[j].other].banned and abs(rate) > tiny:
            bound = min(bound, w.tol[AMOUNT] / abs(rate))
        elif rate > tiny:
            bound = min(bound, (max(w.basis[j].x_other, 0.0) + w.tol[AMOUNT]) / rate)
    for i in range(w.n[KEYS_STEP]):
        p = w.key_stepping[i]
        rate = -w.rows[p].key_step
        if fixed and w.columns[w.rows[p].key].banned and abs(rate) > tiny:
            bound = min(bound, w.tol[AMOUNT] / abs(rate))
        elif rate > tiny:
            bound = min(bound, (max(w.rows[p].x_key, 0.0) + w.tol[AMOUNT]) / rate)
    for i in range(w.n[LOADS_STEP]):
        b = w.load_stepping[i]
        rate = w.load_step[b]
        if rate > tiny and w.bundles[b].position < 0:
            bound = min(bound, (max(w.bundles[b].limit - w.bundles[b].load, 0.0) + w.tol[AMOUNT]) / rate)
    kind, which, theta, largest = -1, -1, 0.0, 0.0
    if bound >= 1e300:
        return kind, which, theta
    for i in range(w.n[STEPS]):
        j = w.stepping[i]
        rate = w.basis[j].step
        if fixed and w.columns[w.basis[j].other].banned:
            if abs(rate) > max(largest, tiny):
                kind, which, theta, largest = OTHER, j, 0.0, abs(rate)
        elif rate > max(largest, tiny) and max(w.basis[j].x_other, 0.0) <= bound * rate:
            kind, which, theta, largest = OTHER, j, max(w.basis[j].x_other, 0.0) / rate, rate
    for i in range(w.n[KEYS_STEP]):
        p = w.key_stepping[i]
        rate = -w.rows[p].key_step
        if fixed and w.columns[w.rows[p].key].banned:
            if abs(rate) > max(largest, tiny):
                kind, which, theta, largest = KEY_OF, p, 0.0, abs(rate)
        elif rate > max(largest, tiny) and max(w.rows[p].x_key, 0.0) <= bound * rate:
            kind, which, theta, largest = KEY_OF, p, max(w.rows[p].x_key, 0.0) / rate, rate
    for i in range(w.n[LOADS_STEP]):
        b = w.load_stepping[i]
        rate = w.load_step[b]
        if rate > max(largest, tiny) and w.bundles[b].position < 0:
            room = max(w.bundles[b].limit - w.bundles[b].load, 0.0)
            if room <= bound * rate:
                kind, which, theta, largest = LOOSE, b, room / rate, rate
    return kind, which, theta


@compiled
def dual(w: Work, pool: Pool, most: int) -> bool:
    """From a basis whose prices are right to one whose amounts are: nothing below zero, above a limit or banned.

    Returns False when it gives up: after `most` pivots in all, where no column can help, or on a stop.
    """
    w.n[OVER] = w.n[LACKING] = 0
    for b in range(len(w.bundles)):
        w.bundles[b].over, w.bundles[b].edge = 0, 1.0
        _watch(w, b)
    for p in range(len(w.rows)):
        w.rows[p].lacking, w.rows[p].edge = 0, 1.0
        _watch_key(w, p)
    for j in range(w.n[Q]):
        w.basis[j].edge = 1.0
    while True:
        if w.n[PIVOTS] >= most or w.stop[0]:
            return False
        leaving_kind, leaving, missing = _most_violated(w)
        if leaving_kind < 0:
            return True
        pivot_row(w, pool, leaving_kind, leaving)
        sign = 1.0 if missing > 0.0 else -1.0  # whether it must rise to zero, or fall
        kind, entering = _dual_ratio(w, sign)
        if kind < 0:
            return False
        if not rates(w, kind, entering):
            return False
        element = w.alpha[entering] if kind == COLUMN else w.bundles[entering].row
        reduced = w.reduced[entering] if kind == COLUMN else w.rent[entering]
        w.n[PIVOTS] += 1
        edge = max(_weigh_edges(w, leaving_kind, leaving, element), 1.0)
        _carry_reduced(w, kind, entering, leaving_kind, leaving, reduced / element)
        if not exchange(w, kind, entering, leaving_kind, leaving, -missing / element, reduced / element):
            return False
        if kind == SLACK:
            w.bundles[entering].edge = edge
        elif w.where[entering] == KEY:
            w.rows[w.columns[entering].od].edge = edge
        else:
            w.basis[w.where[entering]].edge = edge
        for i in range(w.n[LOADS_STEP]):
            _watch(w, w.load_stepping[i])
        for i in range(w.n[KEYS_STEP]):
            _watch_key(w, w.key_stepping[i])


@compiled
def _carry_reduced(w: Work, kind: int, entering: int, leaving_kind: int, leaving: int, dual: float) -> None:
    """Move the reduced costs of the columns in a pivot row; those of the two that change places exactly."""
    for i in range(w.n[HITS]):
        w.reduced[w.hit[i]] -= dual * w.alpha[w.hit[i]]
    if leaving_kind != LOOSE:
        w.reduced[w.basis[leaving].other if leaving_kind == OTHER else w.rows[leaving].key] = -dual
    if kind == COLUMN:
        w.reduced[entering] = 0.0


@compiled
def _weigh_edges(w: Work, leaving_kind: int, leaving: int, element: float) -> float:
    """Bring the devex weights of basic variables in line with a pivot; returns that of what enters (Forrest & Goldfarb
    1992).
    """
    if leaving_kind == OTHER:
        weight = w.basis[leaving].edge
    else:
        weight = w.rows[leaving].edge if leaving_kind == KEY_OF else w.bundles[leaving].edge
    weight /= element * element
    for i in range(w.n[STEPS]):
        j = w.stepping[i]
        w.basis[j].edge = max(w.basis[j].edge, w.basis[j].step * w.basis[j].step * weight)
    for i in range(w.n[KEYS_STEP]):
        p = w.key_stepping[i]
        w.rows[p].edge = max(w.rows[p].edge, w.rows[p].key_step * w.rows[p].key_step * weight)
    for i in range(w.n[LOADS_STEP]):
        b = w.load_stepping[i]
        w.bundles[b].edge = max(w.bundles[b].edge, w.load_step[b] * w.load_step[b] * weight)
    return weight


@compiled
def _watch_key(w: Work, row: int) -> None:
    """Remember a demand row whose key column is out of its bounds."""
    if not w.rows[row].lacking and _lacks(w, row) > w.tol[AMOUNT]:
        w.rows[row].lacking = 1
        w.lacking[w.n[LACKING]] = row
        w.n[LACKING] += 1


@compiled
def _lacks(w: Work, row: int) -> float:
    """How far a demand row's key column is out of its bounds: below zero or, where it is banned, above."""
    amount = w.rows[row].x_key
    return amount if amount > 0.0 and w.columns[w.rows[row].key].banned else -amount


@compiled
def _watch(w: Work, bundle: int) -> None:
    """Remember a bundle that is over its limit."""
    if not w.bundles[bundle].over and w.bundles[bundle].load - w.bundles[bundle].limit > w.tol[AMOUNT]:
        w.bundles[bundle].over = 1
        w.over[w.n[OVER]] = bundle
        w.n[OVER] += 1


@compiled
def _most_violated(w: Work) -> tuple[int, int, float]:
    """The basic variable furthest from its bounds, next to its devex weight: kind (-1 for none), which, what it lacks.

    What has too much lacks less than zero.
    """
    kind, which, missing, worst = -1, -1, 0.0, 0.0
    for j in range(w.n[Q]):
        amount = w.basis[j].x_other
        if -amount > w.tol[AMOUNT] or (amount > w.tol[AMOUNT] and w.columns[w.basis[j].other].banned):
            far = amount * amount / w.basis[j].edge
            if far > worst:
                kind, which, missing, worst = OTHER, j, -amount, far
    kept = 0
    for i in range(w.n[LACKING]):
        p, out = w.lacking[i], _lacks(w, w.lacking[i])
        if out <= w.tol[AMOUNT]:
            w.rows[p].lacking = 0
            continue
        w.lacking[kept] = p
        kept += 1
        far = out * out / w.rows[p].edge
        if far > worst or (far == worst and kind == KEY_OF and p < which):
            kind, which, missing, worst = KEY_OF, p, -w.rows[p].x_key, far
    w.n[LACKING] = kept
    kept = 0
    for i in range(w.n[OVER]):
        b = w.over[i]
        over = w.bundles[b].load - w.bundles[b].limit
        if over <= w.tol[AMOUNT]:
            w.bundles[b].over = 0
            continue
        w.over[kept] = b
        kept += 1
        far = over * over / w.bundles[b].edge
        if w.bundles[b].position < 0 and (far > worst or (far == worst and kind == LOOSE and b < which)):
            kind, which, missing, worst = LOOSE, b, over, far
    w.n[OVER] = kept
    return kind, which, missing


@compiled
def _dual_ratio(w: Work, sign: float) -> tuple[int, int]:
    """The column or slack whose reduced cost is reached first: kind (-1 for none), which.

    Of those reached within the tolerance the one with the largest element enters (Harris 1973); of several columns that
    of the lowest number.
    """
    tiny = w.tol[PIVOT]
    bound = 1e300
    for i in range(w.n[HITS]):
        column = w.hit[i]
        rate = -sign * w.alpha[column]
        if rate > tiny and max(w.reduced[column], 0.0) + w.tol[PRICE] < bound * rate and may_enter(w, column):
            bound = (max(w.reduced[column], 0.0) + w.tol[PRICE]) / rate
    for i in range(w.n[Q]):
        rate = -sign * w.bundles[w.basis[i].tight].row
        if rate > tiny:
            bound = min(bound, (max(w.rent[w.basis[i].tight], 0.0) + w.tol[PRICE]) / rate)
    kind, which, largest = -1, -1, tiny
    if bound >= 1e300:
        return kind, which
    for i in range(w.n[HITS]):
        column = w.hit[i]
        rate = -sign * w.alpha[column]
        if (
            (rate > largest or (rate == largest and kind == COLUMN and column < which))
            and max(w.reduced[column], 0.0) <= bound * rate
            and may_enter(w, column)
        ):
            kind, which, largest = COLUMN, column, rate
    for i in range(w.n[Q]):
        rate = -sign * w.bundles[w.basis[i].tight].row
        if rate > largest and max(w.rent[w.basis[i].tight], 0.0) <= bound * rate:
            kind, which, largest = SLACK, w.basis[i].tight, rate
    return kind, which
