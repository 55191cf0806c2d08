"""The optimal face: all flows that have the least objective.

By complementary slackness with any optimal rents (Schrijver 1986, section 7.9) these are the flows over arcs of zero
reduced cost that fill every bundle with a rent and every demand row that is worth more than it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order

from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.prices import AT_ONCE, charged_costs, distances

Bools = npt.NDArray[np.bool_]

NOTHING, NOISE = 1e-3, 1e-12
"""Reduced costs below this, in units of the problem's costs or of the largest of them, are zero but for rounding."""


@dataclass(frozen=True, eq=False)
class Face:
    """The optimal flows as a polyhedron over the arcs that some of them may use.

    Parameters
    ----------
    model : Model
    arc : (A,) int
        Arcs that an optimal flow may use.
    certain : (A,) bool
        Demand arcs that every optimal flow fills.
    full : (B,) bool
        Bundles that every optimal flow fills.
    unit : float
        What flows are divided by.
    """

    model: Model
    arc: IntArray
    certain: Bools
    full: Bools
    unit: float

    @property
    def is_point(self) -> bool:
        """Whether one flow is all there is for sure: no vertex is entered twice, and no demand is undecided."""
        problem, arcs = self.model.problem, self.model.arcs
        enters = np.bincount(problem.head[self.arc], minlength=problem.V)
        enters[arcs.world] = 0
        return bool((enters <= 1).all() and self.certain[arcs.kind[self.arc] == Kind.DEMAND].all())

    @cached_property
    def limits(self) -> dict[str, Any]:
        """The polyhedron as SciPy's `linprog` takes it."""
        problem, bundles, n = self.model.problem, self.model.bundles, len(self.arc)
        ends = np.concatenate([problem.tail[self.arc], problem.head[self.arc]])
        vertex, row = np.unique(ends, return_inverse=True)
        signs = np.repeat([1.0, -1.0], n)
        balance = csr_array((signs, (row, np.tile(np.arange(n), 2))), shape=(len(vertex), n))
        shared = csr_array((bundles.weight.astype(float), (bundles.bundle, bundles.arc)), shape=(bundles.B, problem.E))
        shared = shared[:, self.arc]
        loose = ~self.full & (bundles.limit != UNCAPACITATED)
        upper = np.where(problem.capacity[self.arc] == UNCAPACITATED, np.inf, problem.capacity[self.arc] / self.unit)
        return {
            "A_eq": csr_array(vstack([balance, shared[np.flatnonzero(self.full)]])),
            "b_eq": np.concatenate([np.zeros(len(vertex)), bundles.limit[self.full] / self.unit]),
            "A_ub": shared[np.flatnonzero(loose)],
            "b_ub": bundles.limit[loose] / self.unit,
            "bounds": np.column_stack([np.where(self.certain, upper, 0.0), upper]),
        }


def face_of(model: Model, flow: FloatArray, rent: FloatArray, distance: FloatArray | None = None) -> Face:
    """The optimal face of a model.

    Parameters
    ----------
    model : Model
    flow : (E,) float
        An optimal flow.
    rent : (B,) float
        Optimal rents.
    distance : (V,) float, optional
        `distances` at those rents.
    """
    problem, cost = model.problem, charged_costs(model, rent)
    distance = distances(model, cost) if distance is None else distance
    nothing = max(NOTHING, NOISE * float(np.abs(problem.cost).max(initial=0)))
    arc = _candidates(model, cost, distance, nothing)
    certain = (model.arcs.kind[arc] == Kind.DEMAND) & (cost[arc] + distance[problem.tail[arc]] < -nothing)
    return Face(model, arc, certain, rent > nothing, max(float(np.abs(flow).max(initial=0.0)), 1.0))


def _candidates(model: Model, cost: FloatArray, distance: FloatArray, nothing: float) -> IntArray:
    """Arcs that some optimal flow may use: of zero reduced cost, on a route to a demand row that is worth serving."""
    arcs, problem = model.arcs, model.problem
    found = [np.zeros(0, np.int64)]
    for first in range(0, problem.E, AT_ONCE):
        here = slice(first, first + AT_ONCE)
        with np.errstate(invalid="ignore"):
            reduced = cost[here] + distance[problem.tail[here]] - distance[problem.head[here]]
            worth = np.where(arcs.kind[here] == Kind.DEMAND, reduced <= nothing, np.abs(reduced) <= nothing)
        found.append(first + np.flatnonzero(worth & (problem.capacity[here] > 0)))
    arc = np.concatenate(found)
    found.clear()  # there may be millions
    inner = arc[arcs.kind[arc] != Kind.DEMAND]
    goals = problem.tail[arc[arcs.kind[arc] == Kind.DEMAND]]
    rows = np.concatenate([problem.head[inner].astype(np.int32), np.full(len(goals), problem.V, np.int32)])
    columns = np.concatenate([problem.tail[inner].astype(np.int32), goals.astype(np.int32)])
    back = csr_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(problem.V + 1,) * 2)
    useful = np.zeros(problem.V + 1, bool)
    useful[breadth_first_order(back, problem.V, return_predecessors=False)] = True
    useful[arcs.world] = True
    return arc[useful[problem.tail[arc]] & useful[problem.head[arc]]]
