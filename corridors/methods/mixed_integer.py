"""Small mixed-integer programmes, by SCIP."""

from __future__ import annotations

import numpy as np

from corridors.arrays.typing import BoolArray, FloatArray
from corridors.errors import SolverError


def least(
    cost: FloatArray,
    low: FloatArray,
    high: FloatArray,
    whole: BoolArray,
    rows: FloatArray,
    most: FloatArray,
    gap: float = 0.0,
) -> tuple[FloatArray, float]:
    """The least of ``cost @ x`` with ``rows @ x <= most`` and ``low <= x <= high``, some of x whole numbers.

    Parameters
    ----------
    cost, low, high : (N,) float
    whole : (N,) bool
    rows : (M, N) float
    most : (M,) float
    gap : float
        How far the bound may be from the least that is found, relative to it.

    Returns
    -------
    x : (N,) float
    bound : float
        What no x is below.

    Raises
    ------
    SolverError
        There is no such x, or it is not found.

    Examples
    --------
    >>> least(np.array([-3.0, -2.0]), np.zeros(2), np.ones(2), np.ones(2, bool), np.ones((1, 2)), np.array([1.5]))
    (array([1., 0.]), -3.0)
    """
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP" if whole.any() else "GLOP")
    ends = zip(low.tolist(), high.tolist(), whole.tolist(), strict=True)
    x = [solver.Var(a, b, is_whole, "") for a, b, is_whole in ends]
    for row, end in zip(rows, most.tolist(), strict=True):
        constraint = solver.Constraint(-solver.infinity(), end)
        used = row.nonzero()[0]
        for at, value in zip(used.tolist(), row[used].tolist(), strict=True):
            constraint.SetCoefficient(x[at], value)
    for variable, value in zip(x, cost.tolist(), strict=True):
        solver.Objective().SetCoefficient(variable, value)
    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, gap)
    status = solver.Solve(parameters)
    if status != pywraplp.Solver.OPTIMAL:
        raise SolverError(f"a programme of {len(x)} variables and {len(most)} rows is not solved (status {status})")
    bound = solver.Objective().BestBound() if whole.any() else solver.Objective().Value()
    return np.array([variable.solution_value() for variable in x]) + 0.0, float(bound)
