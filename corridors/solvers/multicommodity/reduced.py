"""Reduced costs: what a path costs more than the cheapest, for goods that are hardly worth their transport.

With a potential at each vertex, ``cost + potential[tail] - potential[head]``, every cycle costs what it did (Ahuja,
Magnanti & Orlin 1993, section 2.4), and so does every circulation. With the distances from the classes' worlds as
potentials, what a float holds is the gain and the detours, and no longer prices that all but cancel.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.typing import IntArray
from corridors.kernels.multicommodity.scenario import COST, VALUE, Cases
from corridors.solvers.multicommodity.kernel_calls import all_unmet
from corridors.solvers.multicommodity.layout import Layout


def shift_of(layout: Layout) -> IntArray:
    """What reducing adds to the cost of each of the circulation's arcs, (E,)."""
    coupled = layout.coupled
    label = all_unmet(coupled._replace(shut=np.zeros_like(coupled.shut)))[0].label
    distance = np.where(np.isfinite(label), label, 0.0).astype(np.int64)
    shift = np.zeros(len(layout.arc), np.int64)
    here = layout.arc >= 0
    shift[here] = (distance[coupled.tail] - distance[coupled.head])[layout.arc[here]]
    # The value of what nothing can reach is no gain: it would only set how large numbers are.
    shift[layout.demand] = distance[coupled.od_vertex]
    away = ~np.isfinite(label[coupled.od_vertex])
    shift[layout.demand[away]] = coupled.value[away].astype(np.int64)
    return shift


def reduced(problem: Problem, bundles: Bundles, layout: Layout, shift: IntArray) -> tuple[Problem, Bundles, Layout]:
    """The circulation with its costs reduced, its bundles and its layout."""
    coupled, here = layout.coupled, layout.arc >= 0
    by_arc = np.zeros(len(coupled.tail))
    by_arc[layout.arc[here]] = shift[here]
    less = coupled._replace(cost=coupled.cost + by_arc, value=coupled.value - shift[layout.demand])
    return replace(problem, cost=problem.cost + shift), bundles, replace(layout, coupled=less)


def reduced_cases(cases: Cases, layout: Layout, shift: IntArray) -> Cases:
    """Scenarios whose costs and values are reduced likewise."""
    here, change = layout.arc >= 0, cases.change.copy()
    by_arc = np.zeros(len(layout.coupled.tail))
    by_arc[layout.arc[here]] = shift[here]
    cost, value = change["kind"] == COST, change["kind"] == VALUE
    change["value"][cost] += by_arc[change["index"][cost]]
    change["value"][value] -= shift[layout.demand[change["index"][value]]]
    return cases._replace(change=change)
