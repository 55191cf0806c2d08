"""Distance labels of every class: computed, lowered where lengths fell, raised where a search proved them low.

Labels are *feasible*, that is ``label[head] <= label[tail] + length`` on every arc and zero at the source, so that each
is at most the distance (Ahuja, Magnanti & Orlin 1993, sections 5.2 and 9.2). Every change of them keeps that.
"""

from __future__ import annotations

import numpy as np

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.types import Coupled, Optimum, Records, Work

EMPTY = 0
"""The size of an empty heap; written ``int(EMPTY)``, because numba would compile a function again for a literal."""


ROUNDED = 1.2e-7
"""By what part a number may change that is rounded to 32 bits, twice."""

FORGET, LEARN = 0, 1
"""Whether a search raises labels: not where arcs are closed that will be open again."""


@compiled
def push(heap: Records, size: int, key: float, vertex: int) -> int:
    """Push onto a binary heap of `size` entries, the least key first; returns the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above].key <= key:
            break
        heap[at].key, heap[at].vertex = heap[above].key, heap[above].vertex
        at = above
    heap[at].key, heap[at].vertex = key, vertex
    return size + 1


@compiled
def pop(heap: Records, size: int) -> int:
    """Take the first entry off the heap (read it at 0 before); returns the new size."""
    last = size - 1
    key, vertex = heap[last].key, heap[last].vertex
    at = 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        if below + 1 < last and heap[below + 1].key < heap[below].key:
            below += 1
        if heap[below].key >= key:
            break
        heap[at].key, heap[at].vertex = heap[below].key, heap[below].vertex
        at = below
    heap[at].key, heap[at].vertex = key, vertex
    return last


@compiled
def useful(problem: Coupled, w: Work, base: Optimum, c: int, vertex: int, label: float) -> bool:
    """Whether a label that low could be part of a path to a demand row within its horizon.

    What is ahead of the vertex costs, whatever the rents, no less than without any in the base, but for the ``gain`` of
    the class: by how much its lengths are below that in all. ``sight`` has both, the horizon and the gain.
    While the base itself is being solved nothing is known, and every label counts as useful.
    """
    if len(base.ahead) == 0 or w.classes[c].gain == np.inf:  # an arc was opened, perhaps where no path led on
        return True
    first, last = problem.rows_start[c], problem.rows_start[c + 1]
    at = base.ahead_start[c] + (vertex - problem.class_start[c]) * (last - first) - first
    for i in range(first, last):
        further = label + base.ahead[at + i]
        if further < w.sight[i]:
            return True
    return False


@compiled
def lower(problem: Coupled, w: Work, base: Optimum, c: int, size: int, pruned: int) -> bool:
    """Carry lowered labels of a class on to where they lower others; the heap holds the `size` vertices lowered so far.

    Dijkstra's method, but a vertex may come up again, so that arcs of negative length do no harm as long as no
    cycle is negative. Returns False where it goes on for so long that there must be one. Where `pruned` is set, labels
    that no path within a horizon could use stay as they are.
    """
    left = 40 * len(w.vertices) + 2 * len(w.heap)
    first_place, last_place, place_shift = problem.place_first[c], problem.place_last[c], problem.place_shift[c]
    if problem.graph_of[c] < 0:
        last_place = first_place
    while size > 0:
        key, vertex = w.heap[0].key, w.heap[0].vertex
        size = pop(w.heap, size)
        if key > w.label[vertex]:
            continue
        left -= 1
        if left < 0:
            return False
        shift, turns = 0, 1
        if first_place <= vertex < last_place:
            shift, turns = place_shift, 2
        while turns > 0:  # first the arcs that classes share, then the class's own
            turns -= 1
            first, last = problem.out_start[vertex], problem.out_start[vertex + 1]
            if turns:
                first, last = problem.place_out[vertex + shift], problem.place_out[vertex + shift + 1]
            for arc in range(first, last):
                label, head = key + w.length[arc], problem.head[arc] - turns * shift
                if label < w.label[head]:
                    if pruned and not useful(problem, w, base, c, head, label):
                        continue
                    w.label[head] = label
                    if size == len(w.heap):
                        return False
                    size = push(w.heap, size, label, head)
    return True


@compiled
def relabel(problem: Coupled, w: Work, base: Optimum) -> bool:
    """Exact labels of all classes at the present lengths; False where a cycle is negative, or on a stop."""
    for vertex in range(len(w.vertices)):
        w.label[vertex] = np.inf
    for c in range(len(problem.source)):
        w.label[problem.source[c]] = 0.0
        size = push(w.heap, int(EMPTY), 0.0, problem.source[c])
        if not lower(problem, w, base, c, size, int(EMPTY)) or w.stop[0]:
            return False
        if w.label[problem.source[c]] < 0.0:
            return False
    return True


@compiled
def look_ahead(problem: Coupled, w: Work) -> None:
    """Cheapest cost, without rents, to each demand row from each vertex of its class, if wanted.

    Dijkstra's method backwards, with rescans.
    """
    if len(w.ahead) == 0:
        return
    for i in range(len(w.ahead)):
        w.ahead[i] = np.inf
    start = 0
    for number in range(len(w.rows)):  # class by class
        if w.stop[0]:
            return
        row = problem.rows[number]
        c = problem.od_class[row]
        step = problem.rows_start[c + 1] - problem.rows_start[c]
        first = problem.class_start[c] * step - (number - problem.rows_start[c])
        w.vertices[problem.od_vertex[row]].reach = 0.0
        w.seen[0], seen = problem.od_vertex[row], 1
        size = push(w.heap, int(EMPTY), 0.0, problem.od_vertex[row])
        while size > 0:
            key, at = w.heap[0].key, w.heap[0].vertex
            size = pop(w.heap, size)
            if key > w.vertices[at].reach:
                continue
            for shared in range(1 + (problem.place_first[c] <= at < problem.place_last[c])):
                begin, end = problem.in_start[at], problem.in_start[at + 1]
                if shared:
                    place = at + problem.place_shift[c]
                    begin, end = problem.place_in[place], problem.place_in[place + 1]
                for i in range(begin, end):
                    arc = problem.in_arc[i]
                    if w.arcs[arc].shut:
                        continue
                    further, tail = key + w.arcs[arc].cost, problem.tail[arc] - shared * problem.place_shift[c]
                    if further < w.vertices[tail].reach and size < len(w.heap):
                        if w.vertices[tail].reach == np.inf:
                            w.seen[seen] = tail
                            seen += 1
                        w.vertices[tail].reach = further
                        size = push(w.heap, size, further, tail)
        for i in range(seen):
            at = w.seen[i]
            reach = w.vertices[at].reach
            w.ahead[start + at * step - first] = np.float32(reach - ROUNDED * abs(reach))  # no more than it is
            w.vertices[at].reach = np.inf
        if number + 1 == problem.rows_start[c + 1]:
            start += (problem.class_start[c + 1] - problem.class_start[c]) * step


@compiled
def search(problem: Coupled, w: Work, vertex: int, most: float, learn: int) -> float:
    """How far above its label the distance of a vertex is, if less than `most`.

    Labels are raised to what was found if `learn` is set.

    Dijkstra backwards from the vertex on lengths reduced by the labels (Hart, Nilsson & Raphael 1968), which looks only
    where paths are nearly shortest. What is as near as the vertex it is seen from comes next, without passing through
    the heap: it is piled up from the heap's far end. If the source is found, ``next_arc`` leads from there to the
    vertex.

    Returns
    -------
    float
        The excess, or `most` if the distance is at least label + most.
    """
    c = problem.vertex_class[vertex]
    source, shift = problem.source[c], problem.place_shift[c]
    first_place, last_place = problem.place_first[c], problem.place_last[c]
    w.vertices[vertex].reach, w.seen[0] = 0.0, vertex
    seen, found, key = 1, most, 0.0
    size, pile = push(w.heap, int(EMPTY), 0.0, vertex), len(w.heap)
    while size > 0 or pile < len(w.heap):
        if pile < len(w.heap):
            at = w.heap[pile].vertex
            pile += 1
        else:
            key, at = w.heap[0].key, w.heap[0].vertex
            if key >= found:
                break
            size = pop(w.heap, size)
            if key > w.vertices[at].reach:
                continue
        if at == source:
            found = key
            break
        here = w.label[at]
        for shared in range(1 + (first_place <= at < last_place)):
            first, last = problem.in_start[at], problem.in_start[at + 1]
            if shared:
                first, last = problem.place_in[at + shift], problem.place_in[at + shift + 1]
            for i in range(first, last):
                arc = problem.in_arc[i]
                tail = problem.tail[arc] - shared * shift
                further = key + max(w.length[arc] + w.label[tail] - here, 0.0)
                if further < found and further < w.vertices[tail].reach:
                    if w.vertices[tail].reach == np.inf:
                        w.seen[seen] = tail
                        seen += 1
                    w.vertices[tail].reach, w.vertices[tail].next_arc = further, arc
                    if further == key:
                        pile -= 1
                        w.heap[pile].vertex = tail
                    else:
                        size = push(w.heap, size, further, tail)
    for i in range(seen):
        at = w.seen[i]
        if learn and w.vertices[at].reach < found:
            w.label[at] += found - w.vertices[at].reach
        w.vertices[at].reach = np.inf
    return found
