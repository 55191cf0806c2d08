"""The solvers that every test of the contract runs over."""

import corridors as cd

SOLVERS = ("simplex", "ortools", "networkx")


def solved(problem, solver):
    """Status and cost (None without an optimum), proven."""
    result = cd.min_cost_flow(problem, solver=solver)
    cd.check(problem, result)
    return result.status, result.cost if result.status == cd.Status.OPTIMAL else None
