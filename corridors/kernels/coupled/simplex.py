"""Primal and dual simplex over the columns at hand, on the working basis."""

from __future__ import annotations

from corridors.kernels.coupled.basis import exchange, pivot_row, rates
from corridors.kernels.coupled.compile import compiled
from corridors.kernels.coupled.types import (
    AMOUNT,
    COLUMN,
    KEY_OF,
    LOOSE,
    NONBASIC,
    OTHER,
    PIVOT,
    PIVOTS,
    PRICE,
    SLACK,
    K,
    Pool,
    Q,
    Work,
)


@compiled
def primal(w: Work, pool: Pool, fixed: int, most: int) -> bool:
    """From a feasible basis to an optimal one over the columns at hand; banned columns do not enter.

    Parameters
    ----------
    fixed : int
        FIXED or FREE: whether banned columns that are basic, at zero, must stay at zero.
    most : int
        Pivots after which it gives up and returns False.
    """
    stalled = 0
    while True:
        if w.n[PIVOTS] >= most:
            return False
        # Dantzig's rule; the first that improves (Bland's) once many pivots moved nothing
        kind, entering, cheapest = int(COLUMN), -1, -w.tol[PRICE]
        for column in range(w.n[K]):
            if w.reduced[column] < cheapest and w.where[column] == NONBASIC and not w.banned[column]:
                entering, cheapest = column, w.reduced[column]
                if stalled > 40:
                    break
        if entering < 0 or stalled <= 40:
            for i in range(w.n[Q]):
                bundle = w.tight[i]
                if w.rent[bundle] < cheapest:
                    kind, entering, cheapest = SLACK, bundle, w.rent[bundle]
        if entering < 0:
            return True
        rates(w, kind, entering)
        leaving_kind, leaving, theta = _primal_ratio(w, fixed)
        if leaving_kind < 0:
            return False
        pivot_row(w, pool, leaving_kind, leaving)
        element = w.alpha[entering] if kind == COLUMN else w.row[entering]
        if abs(element) < w.tol[PIVOT]:
            return False
        w.n[PIVOTS] += 1
        stalled = stalled + 1 if theta <= w.tol[AMOUNT] else 0
        if not exchange(w, kind, entering, leaving_kind, leaving, theta, cheapest / element):
            return False


@compiled
def _primal_ratio(w: Work, fixed: int) -> tuple[int, int, float]:
    """Which basic variable falls to zero first, and after how much: kind, which (-1 for none), amount.

    Of those that fall to zero within the tolerance the one with the largest rate leaves (Harris 1973).
    """
    bound = 1e300
    tiny = w.tol[PIVOT]
    for j in range(w.n[Q]):
        rate = w.step[j]
        if fixed and w.banned[w.other[j]] and abs(rate) > tiny:
            bound = min(bound, w.tol[AMOUNT] / abs(rate))
        elif rate > tiny:
            bound = min(bound, (max(w.x_other[j], 0.0) + w.tol[AMOUNT]) / rate)
    for p in range(len(w.key)):
        rate = -w.key_step[p]
        if fixed and w.banned[w.key[p]] and abs(rate) > tiny:
            bound = min(bound, w.tol[AMOUNT] / abs(rate))
        elif rate > tiny:
            bound = min(bound, (max(w.x_key[p], 0.0) + w.tol[AMOUNT]) / rate)
    for b in range(len(w.load)):
        rate = w.load_step[b]
        if rate > tiny and w.position[b] < 0:
            bound = min(bound, (max(w.limit[b] - w.load[b], 0.0) + w.tol[AMOUNT]) / rate)
    kind, which, theta, largest = -1, -1, 0.0, 0.0
    if bound >= 1e300:
        return kind, which, theta
    for j in range(w.n[Q]):
        rate = w.step[j]
        if fixed and w.banned[w.other[j]]:
            if abs(rate) > max(largest, tiny):
                kind, which, theta, largest = OTHER, j, 0.0, abs(rate)
        elif rate > max(largest, tiny) and max(w.x_other[j], 0.0) <= bound * rate:
            kind, which, theta, largest = OTHER, j, max(w.x_other[j], 0.0) / rate, rate
    for p in range(len(w.key)):
        rate = -w.key_step[p]
        if fixed and w.banned[w.key[p]]:
            if abs(rate) > max(largest, tiny):
                kind, which, theta, largest = KEY_OF, p, 0.0, abs(rate)
        elif rate > max(largest, tiny) and max(w.x_key[p], 0.0) <= bound * rate:
            kind, which, theta, largest = KEY_OF, p, max(w.x_key[p], 0.0) / rate, rate
    for b in range(len(w.load)):
        rate = w.load_step[b]
        if rate > max(largest, tiny) and w.position[b] < 0:
            room = max(w.limit[b] - w.load[b], 0.0)
            if room <= bound * rate:
                kind, which, theta, largest = LOOSE, b, room / rate, rate
    return kind, which, theta


@compiled
def dual(w: Work, pool: Pool, most: int) -> bool:
    """From a basis whose prices are right to one whose amounts are: nothing below zero, above a limit or banned.

    Returns False when it gives up: after `most` pivots in all, or where no column can help.
    """
    while True:
        if w.n[PIVOTS] >= most:
            return False
        leaving_kind, leaving, missing = _most_violated(w)
        if leaving_kind < 0:
            return True
        pivot_row(w, pool, leaving_kind, leaving)
        sign = 1.0 if missing > 0.0 else -1.0  # whether it must rise to zero, or fall
        kind, entering = _dual_ratio(w, sign)
        if kind < 0:
            return False
        rates(w, kind, entering)
        element = w.alpha[entering] if kind == COLUMN else w.row[entering]
        reduced = w.reduced[entering] if kind == COLUMN else w.rent[entering]
        w.n[PIVOTS] += 1
        if not exchange(w, kind, entering, leaving_kind, leaving, -missing / element, reduced / element):
            return False


@compiled
def _most_violated(w: Work) -> tuple[int, int, float]:
    """The basic variable furthest from its bounds: kind (-1 for none), which, and what it lacks (< 0: has too much)."""
    kind, which, missing, worst = -1, -1, 0.0, w.tol[AMOUNT]
    for j in range(w.n[Q]):
        if -w.x_other[j] > worst:
            kind, which, missing, worst = OTHER, j, -w.x_other[j], -w.x_other[j]
        elif w.x_other[j] > worst and w.banned[w.other[j]]:
            kind, which, missing, worst = OTHER, j, -w.x_other[j], w.x_other[j]
    for p in range(len(w.key)):
        if -w.x_key[p] > worst:
            kind, which, missing, worst = KEY_OF, p, -w.x_key[p], -w.x_key[p]
        elif w.x_key[p] > worst and w.banned[w.key[p]]:
            kind, which, missing, worst = KEY_OF, p, -w.x_key[p], w.x_key[p]
    for b in range(len(w.load)):
        over = w.load[b] - w.limit[b]
        if over > worst and w.position[b] < 0:
            kind, which, missing, worst = LOOSE, b, over, over
    return kind, which, missing


@compiled
def _dual_ratio(w: Work, sign: float) -> tuple[int, int]:
    """The column or slack whose reduced cost is reached first: kind (-1 for none), which.

    Of those reached within the tolerance the one with the largest element enters (Harris 1973).
    """
    tiny = w.tol[PIVOT]
    bound = 1e300
    for column in range(w.n[K]):
        rate = -sign * w.alpha[column]
        if rate > tiny and w.where[column] == NONBASIC and not w.banned[column]:
            bound = min(bound, (max(w.reduced[column], 0.0) + w.tol[PRICE]) / rate)
    for i in range(w.n[Q]):
        rate = -sign * w.row[w.tight[i]]
        if rate > tiny:
            bound = min(bound, (max(w.rent[w.tight[i]], 0.0) + w.tol[PRICE]) / rate)
    kind, which, largest = -1, -1, tiny
    if bound >= 1e300:
        return kind, which
    for column in range(w.n[K]):
        rate = -sign * w.alpha[column]
        if (
            rate > largest
            and max(w.reduced[column], 0.0) <= bound * rate
            and w.where[column] == NONBASIC
            and not w.banned[column]
        ):
            kind, which, largest = COLUMN, column, rate
    for i in range(w.n[Q]):
        rate = -sign * w.row[w.tight[i]]
        if rate > largest and max(w.rent[w.tight[i]], 0.0) <= bound * rate:
            kind, which, largest = SLACK, w.tight[i], rate
    return kind, which
