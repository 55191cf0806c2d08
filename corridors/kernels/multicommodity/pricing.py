"""Pricing by shortest paths: the columns that improve, or the proof that none does."""

from __future__ import annotations

import numpy as np

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.labels import (
    EMPTY,
    FORGET,
    LEARN,
    look_ahead,
    lower,
    push,
    relabel,
    search,
    useful,
)
from corridors.kernels.multicommodity.recompute import reduced_by_row
from corridors.kernels.multicommodity.types import (
    AMOUNT,
    CLASSES,
    FALLEN,
    FIXED,
    K_ARC,
    K_ENTRY,
    NONBASIC,
    OVER,
    PRICE,
    SEARCHES,
    TOUCHED,
    Coupled,
    K,
    Optimum,
    Pool,
    Q,
    Work,
)

OPTIMAL, FOUND, STUCK = 0, 1, 2
"""What pricing says: no column improves; some were added; no room for them, a negative cycle, or a stop."""


@compiled
def touch(w: Work, arc: int) -> None:
    """Remember that numbers of an arc change."""
    if not w.arcs[arc].touched:
        w.arcs[arc].touched = 1
        w.touched[w.n[TOUCHED]] = arc
        w.n[TOUCHED] += 1


@compiled
def length_of(problem: Coupled, w: Work, arc: int) -> float:
    """The cost of an arc with its rents; inf where it is shut."""
    if w.arcs[arc].shut:
        return np.inf
    length = w.arcs[arc].cost
    for i in range(problem.arc_start[arc], problem.arc_start[arc + 1]):
        length += problem.arc_weight[i] * w.bundles[problem.arc_bundle[i]].priced
    return length


@compiled
def refresh(problem: Coupled, w: Work, arc: int) -> None:
    """Set the length of an arc from its cost, its rents and whether it is shut; remember it if it changed."""
    length = length_of(problem, w, arc)
    old = w.length[arc]
    if length == old:
        return
    touch(w, arc)
    if length < old and not w.arcs[arc].fallen:
        w.arcs[arc].fallen = 1
        w.fallen[w.n[FALLEN]] = arc
        w.n[FALLEN] += 1
    w.length[arc] = length


@compiled
def charge(problem: Coupled, w: Work) -> None:
    """Bring the lengths of arcs in line with the rents. Rents below zero are rounding and count as zero."""
    for b in range(len(w.bundles)):
        rent = max(w.rent[b], 0.0)
        if abs(rent - w.bundles[b].priced) > 1e-3 * w.tol[PRICE] or (rent == 0.0 and w.bundles[b].priced != 0.0):
            w.bundles[b].priced = rent
            for i in range(problem.bundle_start[b], problem.bundle_start[b + 1]):
                refresh(problem, w, problem.bundle_arc[i])


@compiled
def mark_class(problem: Coupled, w: Work, vertex: int) -> None:
    """Remember that labels of the vertex's class change."""
    c = problem.vertex_class[vertex]
    if not w.classes[c].marked:
        w.classes[c].marked = 1
        w.marked[w.n[CLASSES]] = c
        w.n[CLASSES] += 1


SLACK_GAIN, SLACK_HORIZON = 1.5, 0.01
"""How far beyond the present the labels of a class see, so that they need not be computed again at the next rents."""


@compiled
def repair(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Lower labels where lengths fell; of a class again, from the base's, where they did not reach far enough.

    Afterwards every path to a row that is shorter than its ``horizon`` has labels no higher than its parts, so that
    `search` would find it. Returns False where a cycle is negative.
    """
    for i in range(w.n[FALLEN]):
        graph = graph_of(problem, w.fallen[i])
        if w.classes[graph].first_fallen < 0:
            for k in range(problem.user_start[graph], problem.user_start[graph + 1]):
                _ask_again(problem, w, problem.users[k], LOWER)
        w.arcs[w.fallen[i]].next_fallen, w.classes[graph].first_fallen = w.classes[graph].first_fallen, w.fallen[i]
    for row in range(len(w.rows)):
        if w.rows[row].value - w.reduced[row] > w.rows[row].horizon and w.rows[row].volume > 0.0:
            _ask_again(problem, w, problem.od_class[row], AGAIN)
    for i in range(w.n[TOUCHED]):
        arc = w.touched[i]
        graph = graph_of(problem, arc)
        if w.classes[graph].redo and w.length[arc] < base.length[arc]:
            w.classes[graph].fell += _below_cost(problem, w, arc)
            w.arcs[arc].next_below, w.classes[graph].first_below = w.classes[graph].first_below, arc
    settled = True
    least = 1 if len(base.ahead) else 2  # the first rents of a base are far from those that follow
    for i in range(w.n[CLASSES]):
        c = w.marked[i]
        if w.classes[c].redo:
            size = int(EMPTY)
            if w.classes[c].redo == AGAIN or w.classes[c].resets < least or _fell(problem, w, c) > w.classes[c].gain:
                size = _begin_anew(problem, w, base, c, size)
            else:
                size = _lower_fallen(problem, w, base, c, size)
            settled = settled and lower(problem, w, base, c, size, int(FIXED))
    for i in range(w.n[CLASSES]):
        c = w.marked[i]
        w.classes[c].redo = 0
        if problem.graph_of[c] >= 0:
            w.classes[problem.graph_of[c]].redo = 0
    for i in range(w.n[FALLEN]):
        w.arcs[w.fallen[i]].fallen = 0
        w.classes[graph_of(problem, w.fallen[i])].first_fallen = -1
    w.n[FALLEN] = 0
    return settled


LOWER, AGAIN = 1, 2


@compiled
def graph_of(problem: Coupled, arc: int) -> int:
    """The graph that an arc is of: one that classes share, or what stands for its class."""
    shared = arc < problem.out_start[0]
    return problem.place_graph[problem.tail[arc]] if shared else problem.vertex_class[problem.tail[arc]]


@compiled
def _below_cost(problem: Coupled, w: Work, arc: int) -> float:
    """By how much the length of an arc is less than what it costs in the base, where rents are not counted."""
    if problem.shut[arc]:
        return np.inf
    return max(problem.cost[arc] - w.length[arc], 0.0)


@compiled
def _fell(problem: Coupled, w: Work, c: int) -> float:
    """By how much lengths of a class are below what they cost in the base, in all."""
    shared = problem.graph_of[c]
    return w.classes[c].fell if shared < 0 else w.classes[c].fell + w.classes[shared].fell


@compiled
def _ask_again(problem: Coupled, w: Work, c: int, how: int) -> None:
    """Have the labels of a class lowered, or computed again."""
    if not w.classes[c].redo:
        w.classes[c].first_below, w.classes[c].fell = -1, 0.0
        mark_class(problem, w, problem.class_start[c])
        shared = problem.graph_of[c]
        if shared >= 0 and not w.classes[shared].redo:
            w.classes[shared].first_below, w.classes[shared].fell, w.classes[shared].redo = -1, 0.0, how
    w.classes[c].redo = max(w.classes[c].redo, how)


@compiled
def _begin_anew(problem: Coupled, w: Work, base: Optimum, c: int, size: int) -> int:
    """Set how far is seen, and labels of a class to the base's but for the heads of what fell since, which are lower.

    The first time in a scenario labels are no lower than the base's: what fell since they were raised is lower.
    """
    first = w.classes[c].resets == 0
    w.classes[c].resets += 1
    w.classes[c].gain = SLACK_GAIN * _fell(problem, w, c)
    for i in range(problem.rows_start[c], problem.rows_start[c + 1]):
        row = problem.rows[i]
        paid = w.rows[row].value - w.reduced[row]
        w.rows[row].horizon = paid + w.tol[PRICE] + SLACK_HORIZON * abs(paid)
        if w.rows[row].volume <= 0.0:
            w.rows[row].horizon = -np.inf
        w.sight[i] = w.rows[row].horizon + w.classes[c].gain
    if first and len(base.ahead):
        return _lower_fallen(problem, w, base, c, size)
    for vertex in range(problem.class_start[c], problem.class_start[c + 1]):
        w.label[vertex] = base.label[vertex]
    graph = c
    while graph >= 0:
        arc = w.classes[graph].first_below
        while arc >= 0:
            size = _lower_head(problem, w, base, c, arc, size)
            arc = w.arcs[arc].next_below
        graph = problem.graph_of[c] if graph == c else -1
    return size


@compiled
def _lower_fallen(problem: Coupled, w: Work, base: Optimum, c: int, size: int) -> int:
    """Lower a class's labels of the heads of arcs whose length fell since it was last looked at."""
    graph = c
    while graph >= 0:
        arc = w.classes[graph].first_fallen
        while arc >= 0:
            size = _lower_head(problem, w, base, c, arc, size)
            arc = w.arcs[arc].next_fallen
        graph = problem.graph_of[c] if graph == c else -1
    return size


@compiled
def shift_of(problem: Coupled, c: int, arc: int) -> int:
    """What an arc's ends are more than a class's vertices there."""
    return problem.place_shift[c] * (arc < problem.out_start[0])


@compiled
def _lower_head(problem: Coupled, w: Work, base: Optimum, c: int, arc: int, size: int) -> int:
    """Lower a class's label of an arc's head if a path could use that, and push it onto the heap."""
    shift = shift_of(problem, c, arc)
    label, head = w.label[problem.tail[arc] - shift] + w.length[arc], problem.head[arc] - shift
    small = 1e-3 * w.tol[PRICE]
    if label < w.label[head] - small and useful(problem, w, base, c, head, label - small):
        w.label[head] = label
        size = push(w.heap, size, label, head)
    return size


@compiled
def follow(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Bring lengths and labels in line with the rents; False where a cycle is negative."""
    charge(problem, w)
    return repair(problem, w, base)


@compiled
def price(problem: Coupled, w: Work, base: Optimum) -> int:
    """Look for a cheaper path for each demand row at the present rents; add what is found as columns."""
    if not follow(problem, w, base):
        return STUCK
    found = OPTIMAL
    for row in range(len(w.rows)):
        paid = w.rows[row].value - w.reduced[row]  # the dual of the row: column `row` is its unmet demand
        vertex = problem.od_vertex[row]
        above = paid - w.label[vertex]
        if above <= w.tol[PRICE] or w.rows[row].volume <= 0.0:
            continue
        if w.stop[0]:
            return STUCK
        mark_class(problem, w, vertex)
        w.n[SEARCHES] += 1
        excess = search(problem, w, vertex, above, int(LEARN))
        if excess < above - w.tol[PRICE]:
            if not add_column(problem, w, row, excess - above):
                return STUCK
            found = FOUND
    return found


@compiled
def first_paths(problem: Coupled, w: Work) -> bool:
    """Paths to begin with where there are no columns: of each row in turn, over what room those before it left.

    So rents start near those of the optimum, and not at the value of what finds no room on the cheapest paths. Returns
    False where there is no room for the columns, or on a stop. Loads and lengths are as they were.
    """
    for row in range(len(w.rows)):
        vertex, left = problem.od_vertex[row], w.rows[row].volume
        while left > w.tol[AMOUNT]:
            worth = w.rows[row].value - w.label[vertex]
            if w.stop[0]:
                return False
            if worth <= w.tol[PRICE]:
                break
            mark_class(problem, w, vertex)
            w.n[SEARCHES] += 1
            excess = search(problem, w, vertex, worth, int(LEARN))
            if excess >= worth:
                break
            column = w.n[K]
            if not add_column(problem, w, row, 0.0):
                return False
            w.reduced[column] = w.columns[column].price - w.rows[row].value
            left -= _fill(problem, w, column, left)
    for b in range(len(w.bundles)):
        w.bundles[b].load = 0.0
    for i in range(w.n[TOUCHED]):
        refresh(problem, w, w.touched[i])
    return True


@compiled
def _fill(problem: Coupled, w: Work, column: int, most: float) -> float:
    """Load the bundles of a column as far as there is room, and close those then full; returns the amount."""
    amount = most
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        bundle = w.entries[i].bundle
        amount = min(amount, max(w.bundles[bundle].limit - w.bundles[bundle].load, 0.0) / w.entries[i].weight)
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        bundle = w.entries[i].bundle
        w.bundles[bundle].load += amount * w.entries[i].weight
        if w.bundles[bundle].limit - w.bundles[bundle].load <= w.tol[AMOUNT]:
            for k in range(problem.bundle_start[bundle], problem.bundle_start[bundle + 1]):
                arc = problem.bundle_arc[k]
                touch(w, arc)
                w.length[arc] = np.inf
    return amount


@compiled
def detours(problem: Coupled, w: Work, pool: Pool) -> bool:
    """The cheapest path left, at the rents of the base, for each row whose flow is on a path that is closed.

    With it at hand the dual simplex moves flow where it costs least, and rents stay near those of the base. Only where
    no length fell, so that labels are feasible. Returns False where there is no room for the columns, or on a stop.
    """
    for row in range(len(w.rows)):
        w.rows[row].key_alpha = 1.0 if w.columns[w.rows[row].key].banned and w.rows[row].x_key > w.tol[AMOUNT] else 0.0
    for j in range(w.n[Q]):
        if w.columns[w.basis[j].other].banned and w.basis[j].x_other > w.tol[AMOUNT]:
            w.rows[w.columns[w.basis[j].other].od].key_alpha = 1.0
    for row in range(len(w.rows)):
        if w.rows[row].key_alpha == 0.0:
            continue
        if w.stop[0]:
            return False
        vertex, paid = problem.od_vertex[row], w.rows[row].value - w.reduced[row]
        least = w.reduced[row]
        for i in range(pool.od_start[row], pool.od_start[row + 1]):
            column = pool.od_column[i]
            if not w.columns[column].banned:
                least = min(least, w.reduced[column])
        column = w.rows[row].first_own
        while column >= 0:
            if not w.columns[column].banned:
                least = min(least, w.reduced[column])
            column = w.columns[column].next_own
        above = paid + least - w.label[vertex]
        if above > w.tol[PRICE]:
            mark_class(problem, w, vertex)
            w.n[SEARCHES] += 1
            if search(problem, w, vertex, above, int(LEARN)) < above - w.tol[PRICE]:
                column = w.n[K]
                if not add_column(problem, w, row, 0.0):
                    return False
                w.reduced[column] = reduced_by_row(w, column)
    return _over_what_is_free(problem, w, pool)


@compiled
def _over_what_is_free(problem: Coupled, w: Work, pool: Pool) -> bool:
    """Paths for the flow that lost its own, or has too little room, over room that is left: of each row in turn.

    Without them the dual simplex finds room by what is unmet, at rents far from those of the optimum.
    """
    for b in range(len(w.bundles)):
        w.bundles[b].room = w.bundles[b].limit - w.bundles[b].load
    for row in range(len(w.rows)):
        w.rows[row].key_alpha = 0.0
        if w.columns[w.rows[row].key].banned:
            _make_room(w, w.rows[row].key, w.rows[row].x_key)
    for j in range(w.n[Q]):
        if w.columns[w.basis[j].other].banned:
            _make_room(w, w.basis[j].other, w.basis[j].x_other)
    w.n[OVER] = 0
    for b in range(len(w.bundles)):
        if w.bundles[b].room <= w.tol[AMOUNT]:
            _block(problem, w, b)
            if w.bundles[b].room < -w.tol[AMOUNT]:
                _move_from(w, pool, b)
    for row in range(len(w.rows)):
        vertex, left = problem.od_vertex[row], w.rows[row].key_alpha
        worth = w.rows[row].value - w.label[vertex]
        while left > w.tol[AMOUNT]:
            if w.stop[0]:
                return False
            w.n[SEARCHES] += 1
            if search(problem, w, vertex, worth, int(FORGET)) >= worth:
                break
            column = w.n[K]
            if not add_column(problem, w, row, 0.0):
                return False
            w.reduced[column] = reduced_by_row(w, column)
            amount = left
            for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
                amount = min(amount, w.bundles[w.entries[i].bundle].room / w.entries[i].weight)
            left -= amount
            for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
                b = w.entries[i].bundle
                w.bundles[b].room -= amount * w.entries[i].weight
                if w.bundles[b].room <= w.tol[AMOUNT]:
                    _block(problem, w, b)
    for k in range(w.n[OVER]):
        b = w.over[k]
        for i in range(problem.bundle_start[b], problem.bundle_start[b + 1]):
            w.length[problem.bundle_arc[i]] = length_of(problem, w, problem.bundle_arc[i])
    return True


@compiled
def _make_room(w: Work, column: int, amount: float) -> None:
    """Take the flow of a column off its bundles; its row lacks a path for it."""
    if amount > w.tol[AMOUNT]:
        w.rows[w.columns[column].od].key_alpha += amount
        for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
            w.bundles[w.entries[i].bundle].room += amount * w.entries[i].weight


@compiled
def _move_from(w: Work, pool: Pool, bundle: int) -> None:
    """Have the rows whose flow is on a bundle that holds too much look for room for as much."""
    for i in range(pool.row_start[bundle], pool.row_start[bundle + 1]):
        _may_move(w, pool.row_column[i], -w.bundles[bundle].room / pool.row_weight[i])
    entry = w.bundles[bundle].first_entry
    while entry >= 0:
        _may_move(w, w.chain[entry].column, -w.bundles[bundle].room / w.entries[entry].weight)
        entry = w.chain[entry].next_entry


@compiled
def _may_move(w: Work, column: int, most: float) -> None:
    where, row = w.where[column], w.columns[column].od
    if where == NONBASIC or w.columns[column].banned:
        return
    amount = w.basis[where].x_other if where >= 0 else w.rows[row].x_key
    w.rows[row].key_alpha = max(w.rows[row].key_alpha, min(amount, most))


@compiled
def _block(problem: Coupled, w: Work, bundle: int) -> None:
    """Close the arcs of a bundle that is full, for now."""
    w.over[w.n[OVER]] = bundle
    w.n[OVER] += 1
    for i in range(problem.bundle_start[bundle], problem.bundle_start[bundle + 1]):
        w.length[problem.bundle_arc[i]] = np.inf


@compiled
def add_column(problem: Coupled, w: Work, row: int, reduced: float) -> bool:
    """Add the path that `search` left in ``next_arc`` as a column; False where there is no room."""
    column, entry, place = w.n[K], w.n[K_ENTRY], w.n[K_ARC]
    if column + 1 >= len(w.columns):
        return False
    cost, room = 0.0, True
    c = problem.od_class[row]
    at, end = problem.source[c], problem.od_vertex[row]
    while at != end:
        arc = w.vertices[at].next_arc
        first, last = problem.arc_start[arc], problem.arc_start[arc + 1]
        if place == len(w.path_arc) or entry + last - first > len(w.entries):
            room = False
            break
        w.path_arc[place] = arc
        place += 1
        cost += w.arcs[arc].cost
        for i in range(first, last):
            bundle = problem.arc_bundle[i]
            if w.difference[bundle] == 0.0:
                w.entries[entry].bundle = bundle
                entry += 1
            w.difference[bundle] += problem.arc_weight[i]
        at = problem.head[arc] - shift_of(problem, c, arc)
    for i in range(w.n[K_ENTRY], entry):
        w.entries[i].weight = w.difference[w.entries[i].bundle]
        w.difference[w.entries[i].bundle] = 0.0
    if not room:
        return False
    w.columns[column].price, w.reduced[column] = cost, reduced
    take_column(w, row, entry, place)
    return True


@compiled
def take_column(w: Work, row: int, entry: int, place: int) -> None:
    """Make the next column of what is written of its entries, up to `entry`, and of its path, up to `place`."""
    column = w.n[K]
    for i in range(w.n[K_ENTRY], entry):
        bundle = w.entries[i].bundle
        w.chain[i].column, w.chain[i].next_entry = column, w.bundles[bundle].first_entry
        w.bundles[bundle].first_entry = i
    w.columns[column].od, w.where[column], w.columns[column].banned = row, NONBASIC, 0
    w.columns[column].next_own, w.rows[row].first_own = w.rows[row].first_own, column
    w.columns[column + 1].entry_start, w.columns[column + 1].path_start = entry, place
    w.n[K], w.n[K_ENTRY], w.n[K_ARC] = column + 1, entry, place


@compiled
def bound(problem: Coupled, w: Work) -> float:
    """Lagrange's bound at the rents in ``length``: no flow has a smaller objective."""
    total = 0.0
    for row in range(len(w.rows)):
        sure = min(w.label[problem.od_vertex[row]], w.rows[row].horizon)
        if w.rows[row].volume > 0.0:
            total += w.rows[row].volume * min(sure - w.rows[row].value, 0.0)
    for b in range(len(w.bundles)):
        if w.bundles[b].priced > 0.0:
            total -= w.bundles[b].priced * w.bundles[b].limit
    return total


@compiled
def exact_prices(problem: Coupled, w: Work, base: Optimum) -> bool:
    """The same as `exact_labels`, and what is ahead of vertices."""
    if not exact_labels(problem, w, base):
        return False
    look_ahead(problem, w)
    return w.stop[0] == 0


@compiled
def exact_labels(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Set lengths and labels to what the rents make them, exactly; False where a cycle is negative, or on a stop."""
    for b in range(len(w.bundles)):
        w.bundles[b].priced = max(w.rent[b], 0.0)
    for arc in range(len(w.arcs)):
        refresh(problem, w, arc)
    for i in range(w.n[FALLEN]):
        w.arcs[w.fallen[i]].fallen = 0
    w.n[FALLEN] = 0
    for row in range(len(w.rows)):
        w.rows[row].horizon = np.inf
    return relabel(problem, w, base) and w.stop[0] == 0
