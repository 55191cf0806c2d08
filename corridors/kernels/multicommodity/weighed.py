"""The primal simplex where many bundles are full: what enters is chosen by weights, from the columns that improve.

By reduced cost alone it would take several times as many pivots. Devex weights (Harris 1973) need the row of each
pivot, but only of the columns that may enter: of those that improve when they are listed, now and then.
"""

from __future__ import annotations

from corridors.kernels.multicommodity.basis import exchange
from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.pivot_rates import clear_row, rates, tight_row
from corridors.kernels.multicommodity.recompute import reprice
from corridors.kernels.multicommodity.simplex import element_of, may_enter, primal_ratio
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    COLUMN,
    FIXED,
    KEY_OF,
    LOOSE,
    PIVOT,
    PIVOTS,
    PRICE,
    ROWED,
    SLACK,
    K,
    Pool,
    Q,
    Work,
)

FRESH = 50
"""Pivots after which columns are listed anew."""

PATIENCE = 200
"""So many pivots in turn that move nothing are left to `primal`, which ends."""


@compiled
def primal_weighed(w: Work, pool: Pool, most: int) -> bool:
    """Most pivots of `primal`, which is to follow; False after `most` in all, for want of room, or on a stop."""
    clear_row(w)
    for b in range(len(w.bundles)):
        w.bundles[b].edge = 1.0
    listed, stalled, before, fine = 0, 0, -1, True
    while fine and stalled < PATIENCE and w.n[PIVOTS] != before:
        before = w.n[PIVOTS]
        reprice(w, pool)
        listed = _list(w, listed)
        while fine and stalled < PATIENCE and w.n[PIVOTS] - before < FRESH:
            kind, entering, at = _steepest(w, listed)
            if entering < 0:
                break
            reduced = w.reduced[entering] if kind == COLUMN else w.rent[entering]
            weight = w.alpha[entering] if kind == COLUMN else w.bundles[entering].edge
            fine = w.n[PIVOTS] < most and w.stop[0] == 0 and rates(w, kind, entering)
            leaving_kind, leaving, theta = primal_ratio(w, int(FIXED))
            if not fine or leaving_kind < 0:
                break
            tight_row(w, leaving_kind, leaving)
            element = element_of(w, leaving_kind, leaving)
            if abs(element) < w.tol[PIVOT]:
                break
            if kind == COLUMN:
                w.alpha[entering] = 0.0
                listed -= 1
                w.hit[at] = w.hit[listed]
            weight /= element * element
            _carry_along(w, listed, leaving if leaving_kind == KEY_OF else -1, reduced / element, weight)
            if leaving_kind == LOOSE:
                w.bundles[leaving].edge = max(weight, 1.0)
            w.n[PIVOTS] += 1
            stalled = stalled + 1 if theta <= w.tol[AMOUNT] else 0
            fine = exchange(w, kind, entering, leaving_kind, leaving, theta, reduced / element)
    for i in range(listed):
        w.alpha[w.hit[i]] = 0.0
    reprice(w, pool)
    return fine


@compiled
def _list(w: Work, listed: int) -> int:
    """List the columns that improve; returns how many.

    Those that did before keep their weights, which only grow; others are given the mean, or they would come first.
    """
    mean = 1.0
    for i in range(listed):
        mean += (w.alpha[w.hit[i]] - 1.0) / listed
        w.alpha[w.hit[i]] = -w.alpha[w.hit[i]]
    found = 0
    for column in range(w.n[K]):
        weight = -w.alpha[column] if w.alpha[column] < 0.0 else mean
        w.alpha[column] = 0.0
        if w.reduced[column] < -w.tol[PRICE] and may_enter(w, column):
            w.hit[found], w.alpha[column] = column, weight
            found += 1
    return found


@compiled
def _steepest(w: Work, listed: int) -> tuple[int, int, int]:
    """What enters: its kind, which (-1 for none), and its place in the list."""
    kind, entering, at, steepest = COLUMN, -1, -1, 0.0
    for i in range(listed):
        column = w.hit[i]
        reduced = w.reduced[column]
        if reduced < -w.tol[PRICE]:
            steepness = reduced * reduced / w.alpha[column]
            if steepness > steepest or (steepness == steepest and column < entering):
                entering, at, steepest = column, i, steepness
    for i in range(w.n[Q]):
        bundle = w.basis[i].tight
        rent = w.rent[bundle]
        if rent < -w.tol[PRICE] and rent * rent / w.bundles[bundle].edge > steepest:
            kind, entering, steepest = SLACK, bundle, rent * rent / w.bundles[bundle].edge
    return kind, entering, at


@compiled
def _carry_along(w: Work, listed: int, leaving: int, dual: float, weight: float) -> None:
    """Bring reduced costs and weights of the columns listed, and weights of slacks, in line with a pivot.

    `leaving` is the demand row whose key leaves, or -1.
    """
    beside = w.difference  # zero between its uses
    for i in range(w.n[Q]):
        bundle = w.basis[i].tight
        by = w.bundles[bundle].row
        beside[bundle] = by
        w.bundles[bundle].edge = max(w.bundles[bundle].edge, by * by * weight)
    loose = w.rowed[w.n[Q]] if w.n[ROWED] > w.n[Q] else -1
    if loose >= 0:
        beside[loose] = 1.0
    for row in range(len(w.rows)):
        w.rows[row].lacking = 0
    for i in range(listed):
        column = w.hit[i]
        row = w.columns[column].od
        if not w.rows[row].lacking:
            w.rows[row].lacking = 1
            w.rows[row].key_alpha = _sum(w, w.rows[row].key) - (1.0 if row == leaving else 0.0)
        alpha = _sum(w, column) - w.rows[row].key_alpha
        w.reduced[column] -= dual * alpha
        w.alpha[column] = max(w.alpha[column], alpha * alpha * weight)
    for i in range(w.n[ROWED]):
        beside[w.rowed[i]] = 0.0


@compiled
def _sum(w: Work, column: int) -> float:
    total = 0.0
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        total += w.difference[w.entries[i].bundle] * w.entries[i].weight
    return total
