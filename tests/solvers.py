"""The solvers that every test of the contract runs over."""

import corridors as cd

SOLVERS = ("simplex", "ortools", "networkx")


def solved(problem, solver):
    """Status and cost (None without an optimum), proven; the linear program proves optima only."""
    result = cd.min_cost_flow(problem, solver=solver)
    if solver != "lp" or result.status == cd.Status.OPTIMAL:
        cd.check(problem, result)
    return result.status, result.cost if result.status == cd.Status.OPTIMAL else None
