"""The codes by which results say how a solve ended, and how its optimum was found."""

from __future__ import annotations

import enum


class Status(enum.IntEnum):
    """How a solve ended.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0], head=[1], capacity=[1], cost=[2], supply=[5, -5])
    >>> cd.min_cost_flow(problem).status
    <Status.INFEASIBLE: 1>
    """

    OPTIMAL = 0
    INFEASIBLE = 1
    UNBOUNDED = 2
    LIMIT = 3


class Path(enum.IntEnum):
    """How a sweep found the optimum of a scenario.

    The first six are those of sweeps over classes that share capacities, whose datasets name them in this order; a
    sweep of a single flow says which re-optimisation it was. Compiled kernels write the numbers.
    """

    UNLOADED = 0
    """What is closed carries nothing in the base: the base's optimum stands."""
    MEMO = 1
    """The optimum with fewer closures uses none of the others, so it is this one's too."""
    WARM = 2
    """Re-optimised from the base."""
    COLD = 3
    """Solved from scratch."""
    LP = 4
    """Solved as a linear programme on arcs: asked for, or because nothing else kept its figures."""
    NONE = 5
    """Not solved: the sweep was stopped."""
    ABSORBED = 6
    """The base's optimal basis is the scenario's too."""
    DUAL = 7
    """Re-optimised by dual pivots, for bounds and supplies."""
    PRIMAL = 8
    """Re-optimised by primal pivots, for costs."""
    BOTH = 9
    """Re-optimised by dual pivots, then primal ones."""
    REPAIRED = 10
    """A change so large that the base's tree was patched, then priced in full."""
