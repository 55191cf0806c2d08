"""One scenario, from the base optimum to its own, proven."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.differences import ALL, overlooked, write_differences
from corridors.kernels.multicommodity.pricing import (
    FOUND,
    STUCK,
    bound,
    detours,
    first_paths,
    follow,
    price,
    refresh,
    take_column,
    touch,
)
from corridors.kernels.multicommodity.recompute import (
    missed_prices,
    recompute_amounts,
    recompute_basic_prices,
    recompute_prices,
    refactor,
)
from corridors.kernels.multicommodity.simplex import dual, primal
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    CLASSES,
    DONE,
    FALLEN,
    GAVE_UP,
    HIDDEN,
    K_ARC,
    K_ENTRY,
    KEY,
    LOADS_STEP,
    LOOKED,
    MOVED,
    NONBASIC,
    PIVOTS,
    PRICE,
    REFACTORED,
    ROUNDS,
    SEARCHES,
    STILL,
    TOUCHED,
    UNSEEN,
    WRITTEN,
    Bases,
    Coupled,
    Ints,
    K,
    Optimum,
    Pool,
    Q,
    Records,
    Work,
)

GAP = 1e-9
"""The largest gap of an optimum, relative to its objective, or to one unit of cost where that is more."""


AT_ONCE = 1e-12
"""The gap at which what was carried along through pivots is proven, and is not looked at once more."""


OFTEN = 50
"""Pivots after which it is looked whether rounding carried along shows in prices: where it does, pricing finds paths
again that are there already, which take their own places in the basis without end."""


NEAR = 0.5
"""The share of its limit from which the load of a bundle is looked at in each pivot; of others it is when those are
done."""

MANY = 4
"""That is so where there are at most so many demand rows for each tight bundle: looking at the others takes a pass over
the paths of all rows, and what a pivot saves is a path for each tight bundle."""


# What a change is of, in the order in which a scenario lists them: what is in a closed group stays closed.
COST, VALUE, SHUT, CLOSE, LIMIT, VOLUME = range(6)

CHANGE = np.dtype([("index", np.int64), ("value", np.float64), ("kind", np.int64)])
"""A change: the new cost of an arc; value of a demand row; whether an arc is shut (1) or open (0); a group of arcs that
is closed; the new limit of a bundle; the new volume of a demand row."""


class Cases(NamedTuple):
    """What scenarios change: scenario s has the CHANGE records from ``start[s]`` to ``start[s + 1]``, by kind.

    ``group_start`` (G + 1,), ``group_arc``: the arcs of each group.
    """

    group_start: Ints
    group_arc: Ints
    start: Ints
    change: Records


@compiled
def nearest(bases: Bases, cases: Cases, s: int) -> int:
    """The basis that a scenario starts from: of the groups it closes, the one whose closure took most pivots.

    Of several that took as many it is the one with the lowest number, whatever the groups are numbered by.
    """
    best = 0
    for i in range(cases.start[s], cases.start[s + 1]):
        if cases.change[i].kind == CLOSE:
            number = bases.of_group[cases.change[i].index]
            if number > 0:
                more = bases.pivots[number] - bases.pivots[best]
                if best == 0 or more > 0 or (more == 0 and number < best):
                    best = number
    return best


@compiled
def start(w: Work, bases: Bases, number: int) -> None:
    """Take a basis with its own columns, its amounts and its prices."""
    for i in range(w.n[Q]):
        w.where[w.basis[i].other] = NONBASIC
        w.bundles[w.basis[i].tight].position = -1
    for p in range(len(w.rows)):
        w.where[w.rows[p].key] = NONBASIC
    for i in range(bases.own_start[number], bases.own_start[number + 1]):
        _own_column(w, bases, i)
    for p in range(len(w.rows)):
        w.rows[p].key, w.rows[p].x_key = bases.key[number, p], bases.x_key[number, p]
        w.where[w.rows[p].key] = KEY
    q = bases.size[number]
    for j in range(q):
        w.basis[j].other, w.basis[j].x_other, w.basis[j].tight = (
            bases.other[number, j],
            bases.x_other[number, j],
            bases.tight[number, j],
        )
        w.where[w.basis[j].other], w.bundles[w.basis[j].tight].position = j, j
        for i in range(q):
            w.inverse[j, i] = bases.inverse[number, j, i]
    for b in range(len(w.bundles)):
        w.bundles[b].load, w.rent[b] = bases.load[number, b], bases.rent[number, b]
    for column in range(w.n[K]):
        w.reduced[column] = bases.reduced[number, column]
    w.n[Q], w.n[WRITTEN] = q, -1
    for i in range(w.n[LOADS_STEP]):
        w.load_step[w.load_stepping[i]] = 0.0
    w.n[LOADS_STEP] = w.n[HIDDEN] = 0
    looks_aside = MANY * q >= len(w.rows)
    for b in range(len(w.bundles)):
        w.moving[b] = STILL
        if looks_aside and w.bundles[b].load < NEAR * w.bundles[b].limit and w.bundles[b].position < 0:
            w.moving[b] = UNSEEN
            w.n[HIDDEN] += 1
    w.n[PIVOTS] = w.n[ROUNDS] = w.n[SEARCHES] = 0


@compiled
def _own_column(w: Work, bases: Bases, number: int) -> None:
    """Take one of a basis' own columns."""
    column, entry, place = w.n[K], w.n[K_ENTRY], w.n[K_ARC]
    for i in range(bases.own_path_start[number], bases.own_path_start[number + 1]):
        w.path_arc[place] = bases.own_path_arc[i]
        place += 1
    for i in range(bases.own_entry_start[number], bases.own_entry_start[number + 1]):
        w.entries[entry].bundle, w.entries[entry].weight = bases.own_entry_bundle[i], bases.own_entry_weight[i]
        entry += 1
    take_column(w, bases.own_od[number], entry, place)
    w.columns[column].price = _price(w, column)


@compiled
def reprice_own(w: Work, first: int) -> bool:
    """Set prices of the columns from `first` on to what their arcs cost; returns whether one of them was another."""
    changed = False
    for column in range(first, w.n[K]):
        price = _price(w, column)
        changed |= price != w.columns[column].price
        w.columns[column].price = price
    return changed


@compiled
def _price(w: Work, column: int) -> float:
    price = 0.0
    for i in range(w.columns[column].path_start, w.columns[column + 1].path_start):
        price += w.arcs[w.path_arc[i]].cost
    return price


@compiled
def undo(problem: Coupled, w: Work, pool: Pool, base: Optimum) -> None:
    """Put back what a scenario changed, all but the basis."""
    columns = len(pool.od)
    for i in range(w.n[TOUCHED]):
        arc = w.touched[i]
        w.arcs[arc].touched = 0
        if w.arcs[arc].cost != problem.cost[arc] or w.arcs[arc].shut != problem.shut[arc]:
            for k in range(pool.use_start[arc], pool.use_start[arc + 1]):
                column = pool.use_column[k]
                w.columns[column].price, w.columns[column].banned = pool.cost[column], 0
        w.arcs[arc].cost, w.arcs[arc].shut, w.length[arc] = problem.cost[arc], problem.shut[arc], base.length[arc]
    for i in range(w.n[FALLEN]):
        w.arcs[w.fallen[i]].fallen = 0
    for i in range(w.n[CLASSES]):
        c = w.marked[i]
        w.classes[c].marked = w.classes[c].redo = 0
        w.classes[c].resets = 0
        for vertex in range(problem.class_start[c], problem.class_start[c + 1]):
            w.label[vertex] = base.label[vertex]
    w.n[TOUCHED] = w.n[FALLEN] = w.n[CLASSES] = 0
    for i in range(pool.entry_start[columns], w.n[K_ENTRY]):
        w.bundles[w.entries[i].bundle].first_entry = -1
    w.n[K], w.n[K_ENTRY], w.n[K_ARC] = columns, pool.entry_start[columns], pool.path_start[columns]
    for b in range(len(w.bundles)):
        w.bundles[b].priced, w.bundles[b].limit = base.rent[b], problem.limit[b]
    for row in range(len(w.rows)):
        if w.rows[row].value != problem.value[row]:
            w.columns[row].price = pool.cost[row]
        w.rows[row].volume, w.rows[row].value, w.rows[row].horizon = problem.volume[row], problem.value[row], np.inf
        w.rows[row].first_own = -1


@compiled
def change_costs(problem: Coupled, pool: Pool, cases: Cases, s: int, w: Work) -> bool:
    """Set costs and values; returns whether a column of the pool has another cost."""
    changed = False
    for i in range(cases.start[s], cases.start[s + 1]):
        change = cases.change[i]
        at = change.index
        if change.kind == COST:
            by = change.value - w.arcs[at].cost
            if by != 0.0:
                touch(w, at)
                w.arcs[at].cost = change.value
                refresh(problem, w, at)
                for k in range(pool.use_start[at], pool.use_start[at + 1]):
                    w.columns[pool.use_column[k]].price += by
                    changed |= w.columns[pool.use_column[k]].banned == 0
        elif change.kind == VALUE:
            changed |= w.rows[at].value != change.value
            w.rows[at].value = w.columns[at].price = change.value
    changed |= reprice_own(w, len(pool.od))
    return changed


@compiled
def change_arcs(problem: Coupled, pool: Pool, cases: Cases, s: int, w: Work) -> None:
    """Open and close arcs; what is in a closed group stays closed."""
    for i in range(cases.start[s], cases.start[s + 1]):
        change = cases.change[i]
        at = change.index
        if change.kind == SHUT:
            if change.value != 0.0:
                _shut(problem, pool, w, at)
            elif w.arcs[at].shut:
                touch(w, at)
                w.arcs[at].shut = 0
                refresh(problem, w, at)
        elif change.kind == CLOSE:
            for k in range(cases.group_start[at], cases.group_start[at + 1]):
                _shut(problem, pool, w, cases.group_arc[k])
    for column in range(len(pool.od), w.n[K]):
        for i in range(w.columns[column].path_start, w.columns[column + 1].path_start):
            w.columns[column].banned |= w.arcs[w.path_arc[i]].shut


@compiled
def _shut(problem: Coupled, pool: Pool, w: Work, arc: int) -> None:
    if not w.arcs[arc].shut:
        touch(w, arc)
        w.arcs[arc].shut = 1
        refresh(problem, w, arc)
        for k in range(pool.use_start[arc], pool.use_start[arc + 1]):
            w.columns[pool.use_column[k]].banned = 1


@compiled
def change_amounts(cases: Cases, s: int, w: Work) -> None:
    """Set limits and volumes, and the basic amounts that follow."""
    changed = False
    for i in range(cases.start[s], cases.start[s + 1]):
        change = cases.change[i]
        if change.kind == LIMIT:
            w.bundles[change.index].limit = change.value
            changed = True
        elif change.kind == VOLUME:
            w.rows[change.index].volume = change.value
            changed = True
    if changed:
        recompute_amounts(w)
        overlooked(w)


@compiled
def solve(problem: Coupled, pool: Pool, base: Optimum, cases: Cases, s: int, w: Work, most: int) -> int:
    """Re-optimise from the current basis, until pricing proves it. Returns DONE, with the optimum in `w`, or GAVE_UP.

    Changed costs come first, by the primal simplex over the columns that are there, with amounts as they were and
    closed columns only kept from entering; so the basis stays feasible, and labels follow. Then closures and amounts,
    by the dual simplex, once paths that are likely to be used are added; then the primal again with columns that
    pricing adds. One loop, in which each step stands once, keeps the compiled code small.
    """
    cold = len(pool.od) == len(w.rows)
    settled = due = 1
    if change_costs(problem, pool, cases, s, w):
        recompute_prices(w, pool)
        if not cold:
            settled = due = 0
    change_arcs(problem, pool, cases, s, w)
    begin(w)
    while True:
        if due:
            due = 0
            change_amounts(cases, s, w)
            if cold:
                if not first_paths(problem, w):
                    return GAVE_UP
            elif w.n[FALLEN] == 0 and not detours(problem, w, pool):
                return GAVE_UP
        code = step(problem, pool, base, w, settled, most)
        if code == FOLLOWED:
            settled = due = 1
        elif code != AGAIN:
            return code


AGAIN, FOLLOWED = 2, 3
"""What `step` returns besides DONE and GAVE_UP: there is more to do; labels follow, and amounts may be changed."""


@compiled
def begin(w: Work) -> None:
    """Begin to count what `step` has done."""
    w.n[MOVED] = w.n[REFACTORED] = w.n[LOOKED] = 0


@compiled
def step(problem: Coupled, pool: Pool, base: Optimum, w: Work, settled: int, most: int) -> int:
    """One round: the best over the columns so far, then pricing; where that adds none, the proof.

    Amounts are as the scenario has them where it is `settled`; else closed columns are only kept from entering, and
    labels follow the rents, without pricing.
    """
    before = w.n[PIVOTS]
    if w.n[WRITTEN] < 0 and not write_differences(w, int(ALL)):
        return GAVE_UP
    if settled and not dual(w, pool, most):
        return GAVE_UP
    if not primal(w, pool, settled, most):
        return GAVE_UP
    if w.n[PIVOTS] != before:
        w.n[MOVED] = 1
        overlooked(w)
        if w.n[WRITTEN] < 0:
            return AGAIN
    strayed = False
    if w.n[PIVOTS] - w.n[LOOKED] >= OFTEN:
        w.n[LOOKED] = w.n[PIVOTS]
        strayed = missed_prices(w) > w.tol[PRICE]
    if not strayed:
        w.n[ROUNDS] += 1
        if not settled:
            return FOLLOWED if follow(problem, w, base) else GAVE_UP
        found = price(problem, w, base)
        if found == STUCK:
            return GAVE_UP
        if found == FOUND:
            return AGAIN
        moved, w.n[MOVED] = w.n[MOVED], 0
        if not moved:
            if proven(problem, w, GAP):
                return DONE
        elif max(recompute_basic_prices(w) / w.tol[PRICE], recompute_amounts(w) / w.tol[AMOUNT]) <= 1.0:
            # what was carried along through pivots is optimal; where exact numbers are not, paths are priced by them
            return DONE if proven(problem, w, AT_ONCE) else AGAIN
        w.n[REFACTORED] += 1
    if w.n[REFACTORED] > 3 or not refactor(w):
        return GAVE_UP
    recompute_prices(w, pool)
    recompute_amounts(w)
    return AGAIN


@compiled
def proven(problem: Coupled, w: Work, gap: float) -> bool:
    """Whether amounts keep their bounds, and cost no more than what no flow goes below, but for a relative gap."""
    cost = objective(w)
    return abs(cost - bound(problem, w)) <= gap * max(abs(cost), 1.0) and sound(w)


@compiled
def objective(w: Work) -> float:
    """Cost less value of the basic columns' amounts; unmet demand costs its value, so it counts nothing.

    Taken off tonne by tonne, where prices are whole and the difference is exact. Of the cost less the value of all
    demand, no digit would be left where goods are hardly worth their transport.
    """
    total = 0.0
    for p in range(len(w.rows)):
        total += (w.columns[w.rows[p].key].price - w.rows[p].value) * w.rows[p].x_key
    for j in range(w.n[Q]):
        column = w.basis[j].other
        total += (w.columns[column].price - w.rows[w.columns[column].od].value) * w.basis[j].x_other
    return total


@compiled
def sound(w: Work) -> bool:
    """Whether amounts keep their bounds but for rounding."""
    slack = 4.0 * w.tol[AMOUNT]
    for p in range(len(w.rows)):
        if w.rows[p].x_key < -slack or (w.columns[w.rows[p].key].banned and w.rows[p].x_key > slack):
            return False
    for j in range(w.n[Q]):
        if w.basis[j].x_other < -slack or (w.columns[w.basis[j].other].banned and w.basis[j].x_other > slack):
            return False
    over = 0.0
    for b in range(len(w.bundles)):
        over = max(over, w.bundles[b].load - w.bundles[b].limit)
    return over <= slack
