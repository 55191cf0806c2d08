"""Pricing by shortest paths: the columns that improve, or the proof that none does."""

from __future__ import annotations

import numpy as np

from corridors.kernels.coupled.compile import compiled
from corridors.kernels.coupled.labels import EMPTY, look_ahead, lower, push, relabel, search, useful
from corridors.kernels.coupled.types import (
    CLASSES,
    FALLEN,
    FIXED,
    K_ARC,
    K_ENTRY,
    NONBASIC,
    PRICE,
    SEARCHES,
    TOUCHED,
    Coupled,
    K,
    Optimum,
    Work,
)

OPTIMAL, FOUND, STUCK = 0, 1, 2
"""What pricing says: no column improves; some were added; no room for them, or a negative cycle."""


@compiled
def refresh(problem: Coupled, w: Work, arc: int) -> None:
    """Set the length of an arc from its cost, its rents and whether it is shut; remember it if it changed."""
    length = np.inf
    if not w.shut[arc]:
        length = w.cost[arc]
        for i in range(problem.arc_start[arc], problem.arc_start[arc + 1]):
            length += problem.arc_weight[i] * w.priced[problem.arc_bundle[i]]
    old = w.length[arc]
    if length == old:
        return
    if not w.arc_mark[arc]:
        w.arc_mark[arc] = 1
        w.touched[w.n[TOUCHED]] = arc
        w.n[TOUCHED] += 1
    if length < old and not w.fall_mark[arc]:
        w.fall_mark[arc] = 1
        w.fallen[w.n[FALLEN]] = arc
        w.n[FALLEN] += 1
    w.length[arc] = length


@compiled
def charge(problem: Coupled, w: Work) -> None:
    """Bring the lengths of arcs in line with the rents. Rents below zero are rounding and count as zero."""
    for b in range(len(w.rent)):
        rent = max(w.rent[b], 0.0)
        if abs(rent - w.priced[b]) > 1e-3 * w.tol[PRICE] or (rent == 0.0 and w.priced[b] != 0.0):
            w.priced[b] = rent
            for i in range(problem.bundle_start[b], problem.bundle_start[b + 1]):
                refresh(problem, w, problem.bundle_arc[i])


@compiled
def mark_class(problem: Coupled, w: Work, vertex: int) -> None:
    """Remember that labels of the vertex's class change."""
    c = problem.vertex_class[vertex]
    if not w.class_mark[c]:
        w.class_mark[c] = 1
        w.classes[w.n[CLASSES]] = c
        w.n[CLASSES] += 1


SLACK_GAIN, SLACK_HORIZON = 1.5, 0.02
"""How far beyond the present the labels of a class see, once they had to be computed a second time."""


@compiled
def repair(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Lower labels where lengths fell; of a class anew, from the base's, where they were not seen to far enough.

    Afterwards every path to a row that is shorter than its ``horizon`` has labels no higher than its parts, so that
    `search` would find it. Returns False where a cycle is negative.
    """
    for i in range(w.n[FALLEN]):
        _ask_again(problem, w, problem.vertex_class[problem.tail[w.fallen[i]]], LOWER)
    for row in range(len(w.volume)):
        if w.value[row] - w.reduced[row] > w.horizon[row] and w.volume[row] > 0.0:
            _ask_again(problem, w, problem.od_class[row], ANEW)
    for i in range(w.n[TOUCHED]):
        arc = w.touched[i]
        c = problem.vertex_class[problem.tail[arc]]
        if w.redo[c] and w.length[arc] < base.length[arc]:
            w.fell[c] += base.length[arc] - w.length[arc]
            w.next_fallen[arc], w.first_fallen[c] = w.first_fallen[c], arc
    size = int(EMPTY)
    for i in range(w.n[CLASSES]):
        c = w.classes[i]
        if w.redo[c] and (w.redo[c] == ANEW or w.resets[c] < 2 or w.fell[c] > w.gain[c]):
            w.redo[c] = 0
            size = _begin_anew(problem, w, base, c, size)
    for i in range(w.n[FALLEN]):
        arc = w.fallen[i]
        w.fall_mark[arc] = 0
        c = problem.vertex_class[problem.tail[arc]]
        if w.redo[c]:
            size = _lower_head(problem, w, base, arc, w.gain[c], size)
    for i in range(w.n[CLASSES]):
        w.redo[w.classes[i]] = 0
    w.n[FALLEN] = 0
    return lower(problem, w, base, size, int(FIXED))


LOWER, ANEW = 1, 2


@compiled
def _ask_again(problem: Coupled, w: Work, c: int, how: int) -> None:
    """Have the labels of a class lowered, or computed anew."""
    if not w.redo[c]:
        w.first_fallen[c], w.fell[c] = -1, 0.0
        mark_class(problem, w, problem.class_start[c])
    w.redo[c] = max(w.redo[c], how)


@compiled
def _begin_anew(problem: Coupled, w: Work, base: Optimum, c: int, size: int) -> int:
    """Set labels of a class to the base's, lower the heads of what fell since, and set how far is seen."""
    for vertex in range(problem.class_start[c], problem.class_start[c + 1]):
        w.label[vertex] = base.label[vertex]
    again = w.resets[c] > 0
    w.resets[c] += 1
    w.gain[c] = SLACK_GAIN * w.fell[c] if again else w.fell[c]
    for i in range(problem.rows_start[c], problem.rows_start[c + 1]):
        row = problem.rows[i]
        paid = w.value[row] - w.reduced[row]
        w.horizon[row] = paid + w.tol[PRICE]
        if again:
            w.horizon[row] += SLACK_HORIZON * abs(paid)
        if w.volume[row] <= 0.0:
            w.horizon[row] = -np.inf
    arc = w.first_fallen[c]
    while arc >= 0:
        others = w.gain[c]
        if not again and others < np.inf:
            others -= base.length[arc] - w.length[arc]
        size = _lower_head(problem, w, base, arc, others, size)
        arc = w.next_fallen[arc]
    return size


@compiled
def _lower_head(problem: Coupled, w: Work, base: Optimum, arc: int, gain: float, size: int) -> int:
    """Lower the label of an arc's head if that is of use, and push it onto the heap."""
    label, head = w.label[problem.tail[arc]] + w.length[arc], problem.head[arc]
    small = 1e-3 * w.tol[PRICE]
    if label < w.label[head] - small and useful(problem, w, base, head, label, gain + small):
        w.label[head] = label
        size = push(w.heap_key, w.heap_vertex, size, label, head)
    return size


@compiled
def price(problem: Coupled, w: Work, base: Optimum) -> int:
    """Look for a shorter way for each demand row at the present rents; add what is found as columns."""
    charge(problem, w)
    if not repair(problem, w, base):
        return STUCK
    found = OPTIMAL
    for row in range(len(w.volume)):
        paid = w.value[row] - w.reduced[row]  # the dual of the row: column `row` is its unmet demand
        vertex = problem.od_vertex[row]
        above = paid - w.label[vertex]
        if above <= w.tol[PRICE] or w.volume[row] <= 0.0:
            continue
        mark_class(problem, w, vertex)
        w.n[SEARCHES] += 1
        excess = search(problem, w, vertex, above)
        if excess < above - w.tol[PRICE]:
            if not add_column(problem, w, row, excess - above):
                return STUCK
            found = FOUND
    return found


@compiled
def add_column(problem: Coupled, w: Work, row: int, reduced: float) -> bool:
    """Add the path that `search` left in ``next_arc`` as a column; False where there is no room."""
    column, entry, place = w.n[K], w.n[K_ENTRY], w.n[K_ARC]
    if column + 1 >= len(w.od):
        return False
    cost = 0.0
    at, end = problem.source[problem.od_class[row]], problem.od_vertex[row]
    first = entry
    while at != end:
        arc = w.next_arc[at]
        if place == len(w.path_arc):
            return False
        w.path_arc[place] = arc
        place += 1
        cost += w.cost[arc]
        for i in range(problem.arc_start[arc], problem.arc_start[arc + 1]):
            bundle, known = problem.arc_bundle[i], first
            while known < entry and w.entry_bundle[known] != bundle:
                known += 1
            if known == entry:
                if entry == len(w.entry_bundle):
                    return False
                w.entry_bundle[entry], w.entry_weight[entry] = bundle, 0.0
                entry += 1
            w.entry_weight[known] += problem.arc_weight[i]
        at = problem.head[arc]
    w.od[column], w.price[column], w.reduced[column] = row, cost, reduced
    w.where[column], w.banned[column] = NONBASIC, 0
    w.entry_start[column + 1], w.path_start[column + 1] = entry, place
    w.n[K], w.n[K_ENTRY], w.n[K_ARC] = column + 1, entry, place
    return True


@compiled
def bound(problem: Coupled, w: Work) -> float:
    """Lagrange's bound at the rents in ``length``: no flow costs less, unmet demand at its value included."""
    total = 0.0
    for row in range(len(w.volume)):
        sure = min(w.label[problem.od_vertex[row]], w.horizon[row])
        if w.volume[row] > 0.0:
            total += w.volume[row] * min(w.value[row], sure)
    for b in range(len(w.priced)):
        if w.priced[b] > 0.0:
            total -= w.priced[b] * w.limit[b]
    return total


@compiled
def exact_prices(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Set lengths and labels to what the rents make them, exactly; False where a cycle is negative."""
    for b in range(len(w.rent)):
        w.priced[b] = max(w.rent[b], 0.0)
    for arc in range(len(w.length)):
        refresh(problem, w, arc)
    for i in range(w.n[FALLEN]):
        w.fall_mark[w.fallen[i]] = 0
    w.n[FALLEN] = 0
    for row in range(len(w.horizon)):
        w.horizon[row] = np.inf
    if not relabel(problem, w, base):
        return False
    look_ahead(problem, w)
    return True
