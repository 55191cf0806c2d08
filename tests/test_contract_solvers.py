"""Every solver gives the same status and cost, and a proof that holds."""

from typing import get_args

import numpy as np
import pytest
from generated import TIMES
from scipy.optimize import linprog
from scipy.sparse import csr_array
from small_cases import small_case
from solvers import SOLVERS, solved

import corridors as cd
from corridors.mincostflow import Solver

CASES = 1500 * TIMES


def by_linear_program(problem):
    """Status and cost by scipy's HiGHS, which knows nothing of flows."""
    columns = np.arange(problem.E)
    ends = np.concatenate((problem.tail, problem.head))
    ones = np.repeat([1.0, -1.0], problem.E)
    incidence = csr_array((ones, (ends, np.concatenate((columns, columns)))), shape=(problem.V, problem.E))
    upper = np.where(problem.capacity == cd.UNCAPACITATED, np.inf, problem.capacity)
    bounds = np.column_stack((problem.lower, upper))
    found = linprog(problem.cost, A_eq=incidence, b_eq=problem.supply, bounds=bounds)
    if found.status == 3 and linprog(0 * problem.cost, A_eq=incidence, b_eq=problem.supply, bounds=bounds).status == 2:
        return cd.Status.INFEASIBLE, None
    status = {0: cd.Status.OPTIMAL, 2: cd.Status.INFEASIBLE, 3: cd.Status.UNBOUNDED}[found.status]
    return status, round(found.fun) if found.status == 0 else None


@pytest.mark.parametrize("part", range(10))
def test_solvers_agree_on_random_small_cases_and_prove_it(part):
    for seed in range(part, CASES, 10):
        problem = small_case(seed)
        wanted = solved(problem, "ortools")
        assert solved(problem, "simplex") == wanted, seed
        if seed % 4 == part % 4:
            assert solved(problem, "networkx") == wanted, seed
        if seed % 16 == part and problem.E > 0 and problem.V <= 8:
            assert by_linear_program(problem) == wanted, seed
            assert solved(problem, "lp") == wanted, seed


def test_the_cases_hold_a_quota_of_infeasible_and_unbounded_ones():
    statuses = np.array([cd.min_cost_flow(small_case(seed), solver="ortools").status for seed in range(2000)])
    shares = np.bincount(statuses, minlength=3) / len(statuses)
    assert shares[cd.Status.OPTIMAL] > 0.5
    assert shares[cd.Status.INFEASIBLE] > 0.1
    assert shares[cd.Status.UNBOUNDED] > 0.02


@pytest.mark.parametrize("solver", SOLVERS)
def test_bundles_are_refused_by_name(solver):
    problem = cd.Problem([0], [1], [5], [1], [1, -1])
    bundles = cd.Bundles([0], [0], [1], [3])
    with pytest.raises(cd.InputError, match="takes no bundles, and there are 1"):
        cd.min_cost_flow(problem, solver, bundles=bundles)


def test_an_unknown_solver_is_refused_by_name():
    with pytest.raises(cd.InputError, match="'gurobi' is not known; give one of simplex, ortools, networkx, lp"):
        cd.min_cost_flow(cd.Problem([], [], [], [], []), "gurobi")


def test_every_solver_of_the_signature_solves_and_sweeps():
    problem = cd.Problem([0, 0, 1], [1, 2, 2], [4, 9, 5], [2, 5, 1], [5, 0, -5])
    changes = cd.Changes.from_coo(2, capacity=([0], [0], [0]))
    for solver in get_args(Solver):
        assert solved(problem, solver) == (cd.Status.OPTIMAL, 17), solver
        assert cd.min_cost_flow_sweep(problem, changes, solver=solver).cost.tolist() == [25, 17], solver


def test_options_of_a_sweep_are_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        cd.min_cost_flow_sweep(cd.Problem([], [], [], [], []), cd.Changes.from_coo(0), ("flow",))
