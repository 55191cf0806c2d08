"""Primal and dual simplex over the columns so far, on the working basis."""

from __future__ import annotations

from corridors.kernels.multicommodity.basis import exchange
from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.pivot_rates import pivot_row, rates
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
    WORTH,
    K,
    Pool,
    Q,
    Work,
)


@compiled
def primal(w: Work, pool: Pool, fixed: int, most: int) -> bool:
    """From a feasible basis to an optimal one over the columns so far; banned columns do not enter.

    Parameters
    ----------
    fixed : int
        FIXED or FREE: whether banned columns that are basic, at zero, must stay at zero.
    most : int
        Pivots after which it gives up and returns False, as it does on a stop.
    """
    stalled = 0
    w.n[WORTH] = 0
    for column in range(w.n[K]):
        w.columns[column].devex = 1.0
        w.columns[column].listed = 0
        _list_worth(w, column)
    for i in range(w.n[Q]):
        w.bundles[w.basis[i].tight].devex = 1.0
    while True:
        if w.n[PIVOTS] >= most or w.stop[0]:
            return False
        kind, entering = _entering(w, stalled > 40)
        if entering < 0:
            return True
        cheapest = w.columns[entering].reduced if kind == COLUMN else w.bundles[entering].rent
        if not rates(w, kind, entering):
            return False
        leaving_kind, leaving, theta = _primal_ratio(w, fixed)
        if leaving_kind < 0:
            return False
        pivot_row(w, pool, leaving_kind, leaving)
        element = w.alpha[entering] if kind == COLUMN else w.bundles[entering].row
        if abs(element) < w.tol[PIVOT]:
            return False
        _weigh(w, kind, entering, leaving_kind, leaving, element)
        w.n[PIVOTS] += 1
        stalled = stalled + 1 if theta <= w.tol[AMOUNT] else 0
        if not exchange(w, kind, entering, leaving_kind, leaving, theta, cheapest / element):
            return False
        for i in range(w.n[HITS]):
            _list_worth(w, w.hit[i])


@compiled
def _improves(w: Work, column: int) -> bool:
    """Whether a column may enter and its reduced cost is below zero."""
    reduced = w.columns[column].reduced
    return reduced < -w.tol[PRICE] and w.columns[column].where == NONBASIC and not w.columns[column].banned


@compiled
def _list_worth(w: Work, column: int) -> None:
    """Remember a column that improves."""
    if not w.columns[column].listed and _improves(w, column):
        w.columns[column].listed = 1
        w.worth[w.n[WORTH]] = column
        w.n[WORTH] += 1


@compiled
def _entering(w: Work, first: bool) -> tuple[int, int]:
    """The column or slack that enters: kind, which (-1 for none).

    The one whose reduced cost is lowest next to its devex weight (Harris 1973), or the first that improves (Bland's
    rule), where many pivots moved nothing. Of several it is the column of the lowest number, whatever their order in
    the list of those that improve, from which those that no longer do are taken here.
    """
    kind, entering, steepest = COLUMN, -1, 0.0
    kept = 0
    for i in range(w.n[WORTH]):
        column = w.worth[i]
        if not _improves(w, column):
            w.columns[column].listed = 0
            continue
        w.worth[kept] = column
        kept += 1
        steepness = 0.0 if first else w.columns[column].reduced * w.columns[column].reduced / w.columns[column].devex
        if entering < 0 or steepness > steepest or (steepness == steepest and column < entering):
            entering, steepest = column, steepness
    w.n[WORTH] = kept
    if first and entering >= 0:
        return kind, entering
    for i in range(w.n[Q]):
        bundle = w.basis[i].tight
        rent = w.bundles[bundle].rent
        if rent < -w.tol[PRICE] and rent * rent / w.bundles[bundle].devex > steepest:
            kind, entering, steepest = SLACK, bundle, rent * rent / w.bundles[bundle].devex
    return kind, entering


@compiled
def _weigh(w: Work, kind: int, entering: int, leaving_kind: int, leaving: int, element: float) -> None:
    """Bring devex weights in line with a pivot whose row is at hand."""
    weight = w.columns[entering].devex if kind == COLUMN else w.bundles[entering].devex
    weight /= element * element
    for i in range(w.n[HITS]):
        column = w.hit[i]
        w.columns[column].devex = max(w.columns[column].devex, w.alpha[column] * w.alpha[column] * weight)
    for i in range(w.n[Q]):
        bundle = w.basis[i].tight
        w.bundles[bundle].devex = max(w.bundles[bundle].devex, w.bundles[bundle].row * w.bundles[bundle].row * weight)
    if leaving_kind == LOOSE:
        w.bundles[leaving].devex = max(weight, 1.0)
    else:
        column = w.basis[leaving].other if leaving_kind == OTHER else w.rows[leaving].key
        w.columns[column].devex = max(weight, 1.0)


@compiled
def _primal_ratio(w: Work, fixed: int) -> tuple[int, int, float]:
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
        reduced = w.columns[entering].reduced if kind == COLUMN else w.bundles[entering].rent
        w.n[PIVOTS] += 1
        edge = max(_weigh_edges(w, leaving_kind, leaving, element), 1.0)
        if not exchange(w, kind, entering, leaving_kind, leaving, -missing / element, reduced / element):
            return False
        if kind == SLACK:
            w.bundles[entering].edge = edge
        elif w.columns[entering].where == KEY:
            w.rows[w.columns[entering].od].edge = edge
        else:
            w.basis[w.columns[entering].where].edge = edge
        for i in range(w.n[LOADS_STEP]):
            _watch(w, w.load_stepping[i])
        for i in range(w.n[KEYS_STEP]):
            _watch_key(w, w.key_stepping[i])


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
        if rate > tiny and w.columns[column].where == NONBASIC and not w.columns[column].banned:
            bound = min(bound, (max(w.columns[column].reduced, 0.0) + w.tol[PRICE]) / rate)
    for i in range(w.n[Q]):
        rate = -sign * w.bundles[w.basis[i].tight].row
        if rate > tiny:
            bound = min(bound, (max(w.bundles[w.basis[i].tight].rent, 0.0) + w.tol[PRICE]) / rate)
    kind, which, largest = -1, -1, tiny
    if bound >= 1e300:
        return kind, which
    for i in range(w.n[HITS]):
        column = w.hit[i]
        rate = -sign * w.alpha[column]
        if (
            (rate > largest or (rate == largest and kind == COLUMN and column < which))
            and max(w.columns[column].reduced, 0.0) <= bound * rate
            and w.columns[column].where == NONBASIC
            and not w.columns[column].banned
        ):
            kind, which, largest = COLUMN, column, rate
    for i in range(w.n[Q]):
        rate = -sign * w.bundles[w.basis[i].tight].row
        if rate > largest and max(w.bundles[w.basis[i].tight].rent, 0.0) <= bound * rate:
            kind, which, largest = SLACK, w.basis[i].tight, rate
    return kind, which
