"""A programme over what is built, relaxed: a linear one that is solved again and again, under other bounds and cuts."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from corridors.arrays.typing import FloatArray
from corridors.errors import SolverError

PIVOTS = 20_000
"""After which GLOP is given up: where cuts are all but alike it may go round without end."""
INFEASIBLE = 2
"""What SciPy says of a programme that has no solution."""


class Relaxation:
    """The least of ``cost @ x`` with ``rows @ x <= most``, from the basis of the last time on, by GLOP.

    By HiGHS where that gives up.

    Parameters
    ----------
    cost, low, high : (N,) float
    rows : (M, N) float
    most : (M,) float

    Examples
    --------
    >>> two = Relaxation(np.array([-3.0, -2.0]), np.zeros(2), np.ones(2), np.ones((1, 2)), np.array([1.5]))
    >>> two.least(np.zeros(2), np.ones(2))
    (array([1. , 0.5]), -4.0)
    >>> two.add(np.array([[1.0, 0.0]]), np.array([0.25]))
    >>> two.least(np.zeros(2), np.ones(2))
    (array([0.25, 1.  ]), -2.75)
    >>> two.least(np.array([0.5, 0.0]), np.ones(2)) is None
    True
    """

    def __init__(self, cost: FloatArray, low: FloatArray, high: FloatArray, rows: FloatArray, most: FloatArray) -> None:
        from ortools.linear_solver import pywraplp

        self._names = pywraplp
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(f"max_number_of_iterations: {PIVOTS}")
        self._x = [self._solver.NumVar(*ends, "") for ends in zip(low.tolist(), high.tolist(), strict=True)]
        self._low, self._high = low, high
        self._cost, self._rows, self._most = cost, np.zeros((0, len(cost))), np.zeros(0)
        for variable, value in zip(self._x, cost.tolist(), strict=True):
            self._solver.Objective().SetCoefficient(variable, value)
        self.add(rows, most)

    def add(self, rows: FloatArray, most: FloatArray) -> None:
        """Take in more rows, (M, N), and what each is at most, (M,)."""
        self._rows, self._most = np.concatenate([self._rows, rows]), np.concatenate([self._most, most])
        for row, end in zip(rows, most.tolist(), strict=True):
            constraint = self._solver.Constraint(-self._solver.infinity(), end)
            for at in row.nonzero()[0].tolist():
                constraint.SetCoefficient(self._x[at], float(row[at]))

    def least(self, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float] | None:
        """The best x within bounds, (N,) each, and its cost; None where there is none.

        Raises
        ------
        SolverError
            It is not found.
        """
        for at in np.flatnonzero((low != self._low) | (high != self._high)).tolist():
            self._x[at].SetBounds(float(low[at]), float(high[at]))
        self._low, self._high = low, high
        status = self._solver.Solve(self._parameters(warm=True))
        if status not in (self._names.Solver.OPTIMAL, self._names.Solver.INFEASIBLE):
            status = self._solver.Solve(self._parameters(warm=False))
        if status == self._names.Solver.INFEASIBLE:
            return None
        if status != self._names.Solver.OPTIMAL:
            return self._by_highs(low, high)
        x = np.clip([variable.solution_value() for variable in self._x], low, high) + 0.0
        return x, float(self._solver.Objective().Value())

    def _by_highs(self, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float] | None:
        """The same by HiGHS, where GLOP gives up: rows may be all but alike."""
        bounds = np.column_stack([low, high])
        found = linprog(self._cost, A_ub=self._rows, b_ub=self._most, bounds=bounds, method="highs")
        if found.status == INFEASIBLE:
            return None
        if found.status != 0:
            raise SolverError(f"a programme of {len(low)} variables and {len(self._most)} rows is not solved")
        return np.clip(found.x, low, high) + 0.0, float(found.fun)

    def _parameters(self, *, warm: bool) -> Any:
        parameters = self._names.MPSolverParameters()
        if warm:
            parameters.SetIntegerParam(parameters.INCREMENTALITY, parameters.INCREMENTALITY_ON)
            parameters.SetIntegerParam(parameters.PRESOLVE, parameters.PRESOLVE_OFF)
            parameters.SetIntegerParam(parameters.LP_ALGORITHM, parameters.DUAL)
        return parameters
