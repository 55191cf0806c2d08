"""One scenario, from the base optimum to its own, proven."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corridors.kernels.coupled.basis import recompute_amounts, recompute_prices, refactor
from corridors.kernels.coupled.compile import compiled
from corridors.kernels.coupled.pricing import OPTIMAL, STUCK, bound, price, refresh
from corridors.kernels.coupled.simplex import dual, primal
from corridors.kernels.coupled.types import (
    AMOUNT,
    CLASSES,
    DONE,
    FALLEN,
    GAVE_UP,
    K_ARC,
    K_ENTRY,
    KEY,
    NONBASIC,
    PIVOTS,
    PRICE,
    ROUNDS,
    SEARCHES,
    TOUCHED,
    Coupled,
    Floats,
    Ints,
    K,
    Optimum,
    Pool,
    Q,
    Work,
)

GAP = 1e-9
"""The largest relative gap of an optimum."""

NOISE = 1e-13
"""Rounding of sums as large as the value of all demand, relative: where next to nothing flows, no gap is smaller."""


class Cases(NamedTuple):
    """What scenarios change, a row of each CSR a scenario; values are absolute.

    ``closed_start`` (S + 1,), ``closed_group``: groups of arcs that are closed, of ``group_start`` (G + 1,),
    ``group_arc``. ``shut_start, shut_arc, shut_value``: arcs closed (1) or opened (0). ``cost_*``: costs of arcs.
    ``limit_*``: limits of bundles. ``volume_*``, ``value_*``: of demand rows.
    """

    group_start: Ints
    group_arc: Ints
    closed_start: Ints
    closed_group: Ints
    shut_start: Ints
    shut_arc: Ints
    shut_value: Ints
    cost_start: Ints
    cost_arc: Ints
    cost_value: Floats
    limit_start: Ints
    limit_bundle: Ints
    limit_value: Floats
    volume_start: Ints
    volume_row: Ints
    volume_value: Floats
    value_start: Ints
    value_row: Ints
    value_value: Floats


@compiled
def copy(source: Floats, target: Floats) -> None:
    """Copy all of `source` to the front of `target`, in place (a slice would need a temporary)."""
    for i in range(len(source)):
        target[i] = source[i]


@compiled
def start(w: Work, pool: Pool, base: Optimum) -> None:
    """Set the basis, its amounts and its prices to the base optimum."""
    q = len(base.tight)
    for i in range(w.n[Q]):
        w.where[w.other[i]] = NONBASIC
        w.position[w.tight[i]] = -1
    for p in range(len(w.key)):
        w.where[w.key[p]] = NONBASIC
    for p in range(len(w.key)):
        w.key[p], w.x_key[p] = base.key[p], base.x_key[p]
        w.where[base.key[p]] = KEY
    for j in range(q):
        w.other[j], w.x_other[j], w.tight[j] = base.other[j], base.x_other[j], base.tight[j]
        w.where[base.other[j]], w.position[base.tight[j]] = j, j
        for i in range(q):
            w.inverse[j, i] = base.inverse[j, i]
    copy(base.load, w.load)
    copy(base.rent, w.rent)
    copy(base.reduced, w.reduced)
    w.n[Q] = q
    w.n[PIVOTS] = w.n[ROUNDS] = w.n[SEARCHES] = 0


@compiled
def undo(problem: Coupled, w: Work, pool: Pool, base: Optimum) -> None:
    """Put back what a scenario changed, all but the basis."""
    columns = len(pool.od)
    for i in range(w.n[TOUCHED]):
        arc = w.touched[i]
        w.arc_mark[arc] = 0
        w.cost[arc], w.shut[arc], w.length[arc] = problem.cost[arc], problem.shut[arc], base.length[arc]
    for i in range(w.n[FALLEN]):
        w.fall_mark[w.fallen[i]] = 0
    for i in range(w.n[CLASSES]):
        c = w.classes[i]
        w.class_mark[c] = w.redo[c] = 0
        w.resets[c] = 0
        for vertex in range(problem.class_start[c], problem.class_start[c + 1]):
            w.label[vertex] = base.label[vertex]
    w.n[TOUCHED] = w.n[FALLEN] = w.n[CLASSES] = 0
    w.n[K], w.n[K_ENTRY], w.n[K_ARC] = columns, pool.entry_start[columns], pool.path_start[columns]
    copy(base.rent, w.priced)
    copy(problem.limit, w.limit)
    copy(problem.volume, w.volume)
    copy(problem.value, w.value)
    for row in range(len(w.horizon)):
        w.horizon[row] = np.inf
    copy(pool.cost, w.price)
    for column in range(columns):
        w.banned[column] = 0


@compiled
def touch(w: Work, arc: int) -> None:
    """Remember that numbers of an arc change."""
    if not w.arc_mark[arc]:
        w.arc_mark[arc] = 1
        w.touched[w.n[TOUCHED]] = arc
        w.n[TOUCHED] += 1


@compiled
def change_costs(problem: Coupled, pool: Pool, cases: Cases, s: int, w: Work) -> bool:
    """Set costs and values; returns whether a column of the pool has another cost."""
    changed = False
    for i in range(cases.cost_start[s], cases.cost_start[s + 1]):
        arc = cases.cost_arc[i]
        by = cases.cost_value[i] - w.cost[arc]
        if by == 0.0:
            continue
        touch(w, arc)
        w.cost[arc] = cases.cost_value[i]
        refresh(problem, w, arc)
        for k in range(pool.use_start[arc], pool.use_start[arc + 1]):
            w.price[pool.use_column[k]] += by
            changed = True
    for i in range(cases.value_start[s], cases.value_start[s + 1]):
        row = cases.value_row[i]
        changed |= w.value[row] != cases.value_value[i]
        w.value[row] = w.price[row] = cases.value_value[i]
    return changed


@compiled
def change_arcs(problem: Coupled, pool: Pool, cases: Cases, s: int, w: Work) -> None:
    """Open and close arcs; what is in a closed group stays closed."""
    for i in range(cases.shut_start[s], cases.shut_start[s + 1]):
        arc = cases.shut_arc[i]
        if cases.shut_value[i]:
            _shut(problem, pool, w, arc)
        elif w.shut[arc]:
            touch(w, arc)
            w.shut[arc] = 0
            refresh(problem, w, arc)
    for g in range(cases.closed_start[s], cases.closed_start[s + 1]):
        group = cases.closed_group[g]
        for i in range(cases.group_start[group], cases.group_start[group + 1]):
            _shut(problem, pool, w, cases.group_arc[i])


@compiled
def _shut(problem: Coupled, pool: Pool, w: Work, arc: int) -> None:
    if not w.shut[arc]:
        touch(w, arc)
        w.shut[arc] = 1
        refresh(problem, w, arc)
        for k in range(pool.use_start[arc], pool.use_start[arc + 1]):
            w.banned[pool.use_column[k]] = 1


@compiled
def change_amounts(cases: Cases, s: int, w: Work) -> bool:
    """Set limits and volumes; returns whether any is another."""
    changed = False
    for i in range(cases.limit_start[s], cases.limit_start[s + 1]):
        changed |= w.limit[cases.limit_bundle[i]] != cases.limit_value[i]
        w.limit[cases.limit_bundle[i]] = cases.limit_value[i]
    for i in range(cases.volume_start[s], cases.volume_start[s + 1]):
        changed |= w.volume[cases.volume_row[i]] != cases.volume_value[i]
        w.volume[cases.volume_row[i]] = cases.volume_value[i]
    return changed


@compiled
def solve(problem: Coupled, pool: Pool, base: Optimum, cases: Cases, s: int, w: Work, most: int) -> int:
    """Re-optimise from the basis at hand, until pricing proves it. Returns DONE, with the optimum in `w`, or GAVE_UP.

    Changed costs come first, by the primal simplex over the pool, with amounts as they were and closed columns only
    kept from entering; so the basis stays feasible. Then closures and amounts, by the dual simplex; then the primal
    again with columns that pricing adds. One loop, in which each step stands once, keeps the compiled code small.
    """
    settled = 0 if change_costs(problem, pool, cases, s, w) else 1
    change_arcs(problem, pool, cases, s, w)
    fresh = True  # whether amounts and prices are to be computed anew, from the inverse
    if settled:
        fresh = change_amounts(cases, s, w)
    moved, refactored = False, 0
    while True:
        if fresh:
            drift = max(recompute_prices(w, pool) / w.tol[PRICE], recompute_amounts(w) / w.tol[AMOUNT])
            fresh = moved = False
            if drift > 1.0:
                refactored += 1
                if refactored > 3 or not refactor(w):
                    return GAVE_UP
                fresh = True
                continue
        before = w.n[PIVOTS]
        if settled and not dual(w, pool, most):
            return GAVE_UP
        if not primal(w, pool, settled, most):
            return GAVE_UP
        moved = moved or w.n[PIVOTS] != before
        if not settled:
            settled = 1
            change_amounts(cases, s, w)
            fresh = True
            continue
        w.n[ROUNDS] += 1
        found = price(problem, w, base)
        if found == STUCK:
            return GAVE_UP
        if found == OPTIMAL and moved:
            fresh = True  # what was carried along through pivots seems optimal: look again at exact numbers
        elif found == OPTIMAL:
            cost, value = spent(w), worth(w)
            if cost - bound(problem, w) <= max(GAP * abs(cost - value), NOISE * value) and sound(w):
                return DONE
            refactored += 1
            if refactored > 3 or not refactor(w):
                return GAVE_UP
            fresh = True


@compiled
def spent(w: Work) -> float:
    """Cost of the basic columns' amounts, unmet demand at its value."""
    total = 0.0
    for p in range(len(w.key)):
        total += w.price[w.key[p]] * w.x_key[p]
    for j in range(w.n[Q]):
        total += w.price[w.other[j]] * w.x_other[j]
    return total


@compiled
def worth(w: Work) -> float:
    """Value of all demand."""
    total = 0.0
    for p in range(len(w.key)):
        total += w.value[p] * w.volume[p]
    return total


@compiled
def sound(w: Work) -> bool:
    """Whether amounts keep their bounds but for rounding."""
    slack = 4.0 * w.tol[AMOUNT]
    for p in range(len(w.key)):
        if w.x_key[p] < -slack or (w.banned[w.key[p]] and w.x_key[p] > slack):
            return False
    for j in range(w.n[Q]):
        if w.x_other[j] < -slack or (w.banned[w.other[j]] and w.x_other[j] > slack):
            return False
    over = 0.0
    for b in range(len(w.load)):
        over = max(over, w.load[b] - w.limit[b])
    return over <= slack
