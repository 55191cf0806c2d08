"""The codes by which results say how a solve ended, and how its optimum was found."""

from __future__ import annotations

import enum


class Status(enum.IntEnum):
    """How a solve ended."""

    OPTIMAL = 0
    INFEASIBLE = 1
    UNBOUNDED = 2
    LIMIT = 3


class Path(enum.IntEnum):
    """Which way a sweep took to the optimum of a scenario."""

    ABSORBED = 0
    """The base's optimal basis is the scenario's too."""
    SUBSET = 1
    """The optimum with fewer of its arcs closed uses none of the others."""
    DUAL = 2
    """Dual pivots, for bounds and supplies."""
    PRIMAL = 3
    """Primal pivots, for costs."""
    BOTH = 4
    """Dual pivots, then primal ones."""
    REPAIRED = 5
    """A change so large that the base's tree was patched, then priced in full."""
    COLD = 6
    """A fresh start."""
    PENDING = 7
    """Not solved: the sweep was stopped."""
