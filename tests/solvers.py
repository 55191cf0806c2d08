"""The solvers that every test of the contract runs over."""

from importlib.util import find_spec

import corridors as cd

SOLVERS = [
    name
    for name, module in {"simplex": "simplex", "ortools": "with_ortools", "networkx": "with_networkx"}.items()
    if find_spec(f"corridors.solvers.{module}")
]


def solved(problem, solver):
    """Status and cost (None without an optimum), proven."""
    result = cd.min_cost_flow(problem, solver=solver)
    cd.check(problem, result)
    return result.status, result.cost if result.status == cd.Status.OPTIMAL else None
