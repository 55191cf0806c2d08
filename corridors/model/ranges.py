"""The least and the most that flows may be on the optimal face, a pair of linear programmes each.

Deviations from one optimal flow are sought, so that zero is one of them. Balances make most of them zero, or equal to
each other, as along a line; what is left falls into parts that share no vertex and no bundle, each a small programme.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import SolverError
from corridors.model.arcs import Kind
from corridors.model.face import Face

SAME = 1e-9
"""Coefficients of a balance that sum up to this at most cancel out."""


class Deviations:
    """What the flows of a face may deviate by from one of them.

    Parameters
    ----------
    face : Face
    flow : (E,) float
        An optimal flow.
    """

    def __init__(self, face: Face, flow: FloatArray) -> None:
        self.face = face
        limits, n = face.limits, len(face.arc)
        now = flow[face.arc] / face.unit
        least, most = limits["bounds"].T
        most = np.minimum(most, _of_class(face) / face.unit)  # a cycle that costs nothing carries no more than all
        down, up = np.minimum(least - now, 0.0), np.maximum(most - now, 0.0)
        idle = up - down <= 0
        self.group = _merged(limits["A_eq"], idle)
        groups = int(self.group.max(initial=-1)) + 1
        moving = np.flatnonzero(self.group >= 0)
        into = csr_array((np.ones(len(moving)), (moving, self.group[moving])), shape=(n, groups))
        self.low, self.high = np.full(groups, -np.inf), np.full(groups, np.inf)
        np.maximum.at(self.low, self.group[moving], down[moving])
        np.minimum.at(self.high, self.group[moving], up[moving])
        self.balance = csr_array(limits["A_eq"] @ into)
        self.shared = csr_array(limits["A_ub"] @ into)
        self.room = np.maximum(limits["b_ub"] - limits["A_ub"] @ now, 0.0)
        self.part = _parts(self.balance, self.shared, groups)
        self.solved: dict[bytes, tuple[float, float]] = {}

    def of(self, chosen: IntArray) -> Iterator[tuple[float, float]]:
        """The least and the most that the flow over some arcs of the face deviates by together, part by part.

        Parameters
        ----------
        chosen : (N,) int
            Places in the arcs of the face.

        Yields
        ------
        low, high : float
            In units of the model; what the parts give is to be summed.
        """
        group = self.group[chosen]
        weight = np.bincount(group[group >= 0], minlength=len(self.low)).astype(float)
        for part in np.unique(self.part[weight > 0]):
            yield self._extremes(int(part), np.where(self.part == part, weight, 0.0))

    def _extremes(self, part: int, weight: FloatArray) -> tuple[float, float]:
        key = weight.tobytes()
        if key not in self.solved:
            own = np.flatnonzero(self.part == part)
            size = float(max(self.high[own].max(), -self.low[own].min()))
            if size <= 0:  # neither more nor less can pass here
                self.solved[key] = 0.0, 0.0
                return self.solved[key]
            balance, shared = self.balance[:, own], self.shared[:, own]
            balance = balance[np.diff(balance.indptr) > 0]
            met = np.diff(shared.indptr) > 0
            given = {
                "A_eq": balance,
                "b_eq": np.zeros(balance.shape[0]),
                "A_ub": shared[met],
                "b_ub": self.room[met] / size,
                "bounds": np.column_stack([self.low[own], self.high[own]]) / size,
            }
            from scipy.optimize import linprog  # it takes longer to load than most cases to solve

            found = [linprog(sign * weight[own], method="highs", **given) for sign in (1.0, -1.0)]
            if any(one.status != 0 for one in found):
                raise SolverError(f"flow_ranges: {found[0].message} {found[1].message}")
            scale = size * self.face.unit
            self.solved[key] = min(found[0].fun, 0.0) * scale, max(-found[1].fun, 0.0) * scale
        return self.solved[key]


def _of_class(face: Face) -> FloatArray:
    """All that the class of each arc of a face wants, (A,), in units of the model."""
    model = face.model
    volume = np.zeros(len(model.arcs.world))
    demanded = model.arcs.of(Kind.DEMAND)
    np.add.at(volume, model.arcs.owner[demanded], model.problem.capacity[demanded].astype(float))
    found: FloatArray = volume[model.arcs.owner[face.arc]]
    return found


def _merged(balance: csr_array, idle: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> IntArray:
    """A number for each deviation, equal ones alike; -1 for those that are zero.

    Of a balance with one deviation left that is zero, of one with two of opposite signs they are equal.
    """
    group = np.where(idle, -1, np.cumsum(~idle) - 1)
    while True:
        count = int(group.max(initial=-1)) + 1
        moving = np.flatnonzero(group >= 0)
        into = csr_array((np.ones(len(moving)), (moving, group[moving])), shape=(len(group), count))
        rows = csr_array(balance @ into)
        rows.data[np.abs(rows.data) <= SAME] = 0.0
        rows.eliminate_zeros()
        left = np.diff(rows.indptr)
        zero = np.zeros(count, bool)
        zero[rows.indices[rows.indptr[:-1][left == 1]]] = True
        first = rows.indptr[:-1][left == 2]
        equal = np.abs(rows.data[first] + rows.data[first + 1]) <= SAME
        pairs = rows.indices[first[equal]], rows.indices[first[equal] + 1]
        if not zero.any() and not len(pairs[0]):
            return group
        joined = csr_array((np.ones(len(pairs[0])), pairs), shape=(count, count))
        label = connected_components(joined, directed=False)[1]
        zero = np.isin(label, label[zero])
        number = np.unique(np.where(zero, -1, label), return_inverse=True)
        renumbered = np.where(number[0] < 0, -1, np.cumsum(number[0] >= 0) - 1)[number[1]]
        group = np.where(group >= 0, renumbered[group], -1)


def _parts(balance: csr_array, shared: csr_array, groups: int) -> IntArray:
    """Which part each group of deviations belongs to: parts have no balance and no bundle in common."""
    rows = np.concatenate([balance.tocoo().row, shared.tocoo().row + balance.shape[0]])
    columns = np.concatenate([balance.tocoo().col, shared.tocoo().col])
    size = groups + balance.shape[0] + shared.shape[0]
    graph = csr_array((np.ones(len(rows)), (columns, groups + rows)), shape=(size, size))
    found: IntArray = connected_components(graph, directed=False)[1][:groups]
    return found
