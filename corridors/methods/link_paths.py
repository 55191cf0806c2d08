"""A flow on links as paths: which tonnes go which way."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.arrays.typing import FloatArray

Steps = list[tuple[int, int]]
"""Links in order, each with its direction: 0 forth, 1 back."""


def paths_of(flow: FloatArray, ends: Any, smallest: float) -> list[tuple[Steps, float]]:
    """The flow of a class as paths from node to node, each with its tonnes; cycles are left out.

    A flow is a sum of paths and cycles (Ahuja, Magnanti & Orlin 1993, section 3.5). Where paths cross, this is one of
    the sums that fit: the fullest link first.

    Parameters
    ----------
    flow : (L, 2) float
        t/year on each link, forth and back.
    ends : (L, 2) int
        Nodes that each link leads from and to.
    smallest : float
        t/year below which a flow is rounding.
    """
    left: dict[int, dict[tuple[int, int], float]] = {}
    balance: dict[int, float] = {}
    for link, way in np.argwhere(flow > smallest).tolist():
        start, end, amount = int(ends[link, way]), int(ends[link, 1 - way]), float(flow[link, way])
        left.setdefault(start, {})[link, way] = amount
        balance[start] = balance.get(start, 0.0) + amount
        balance[end] = balance.get(end, 0.0) - amount
    found = []
    for source in sorted(balance, key=lambda n: (-balance[n], n)):
        while balance[source] > smallest:
            steps: Steps = []
            passed = {source: 0}
            at = source
            while balance[at] >= -smallest or not steps:
                if not left.get(at):
                    break
                step = max(left[at], key=lambda s, here=at: (left[here][s], s))  # type: ignore[misc]
                steps.append(step)
                at = int(ends[step[0], 1 - step[1]])
                if at in passed:  # a cycle costs nothing and leads nowhere
                    _take(left, ends, steps[passed[at] :], None, smallest)
                    steps, at, passed = [], source, {source: 0}
                    continue
                passed[at] = len(steps)
            if not steps:
                break
            amount = _take(left, ends, steps, min(balance[source], max(-balance[at], smallest)), smallest)
            balance[source] -= amount
            balance[at] += amount
            if amount > smallest:
                found.append((steps, amount))
    return found


def _take(
    left: dict[int, dict[tuple[int, int], float]], ends: Any, steps: Steps, most: float | None, smallest: float
) -> float:
    """Take a path's or cycle's tonnes off; what is used up goes."""
    amounts = [left[int(ends[link, way])][link, way] for link, way in steps]
    amount = min([*amounts, *([] if most is None else [most])])
    for link, way in steps:
        here = left[int(ends[link, way])]
        here[link, way] -= amount
        if here[link, way] <= smallest:
            del here[link, way]
    return amount
