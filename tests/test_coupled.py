"""Coupled flows, re-optimised, against the linear programme on arcs."""

import numpy as np
import pytest
from coupled_cases import coupled_case, random_changes
from scipy.sparse import csr_array

import corridors as cd
from corridors.solvers import lp
from corridors.solvers.coupled import Path, prepare, sweep
from corridors.solvers.coupled.fallback import changed

CASES = 120
SCENARIOS = 5


def optimum(base, changes, s):
    result = lp.solve(*changed(base, changes, s))
    assert result.status == cd.Status.OPTIMAL
    return result


def close(one, other):
    return np.abs(one - other) <= 1e-9 * np.maximum(1.0, np.abs(other))


@pytest.mark.parametrize("seed", range(CASES))
def test_a_sweep_finds_what_the_linear_programme_finds(seed):
    problem, bundles, groups, demand = coupled_case(seed)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    assert close(base.objective, lp.solve(problem, bundles).cost)
    changes = random_changes(seed, problem, bundles, groups, demand, SCENARIOS)
    everything = csr_array(np.eye(problem.E))
    result = sweep(base, changes, keep=("rent", "row_cost"), totals=everything)
    assert (result.status == cd.Status.OPTIMAL).all()
    for s in range(SCENARIOS):
        one_problem, one_bundles = changed(base, changes, s)
        assert close(result.objective[s], optimum(base, changes, s).cost), (seed, s, Path(result.path[s]))
        flow = result.totals[s]
        check_flow(one_problem, one_bundles, flow)
        assert close(flow @ one_problem.cost, result.objective[s])
        assert np.allclose(flow[demand], one_problem.capacity[demand] - result.unmet[s])
        going = np.setdiff1d(np.arange(problem.E), demand)
        assert np.isclose(result.row_cost[s].sum(), flow[going] @ one_problem.cost[going])
        assert result.bound[s] <= result.objective[s] + 1e-6
        assert (result.rent[s] >= 0).all()


def check_flow(problem, bundles, flow):
    """Conservation, capacities, shared capacities."""
    balance = np.bincount(problem.tail, flow, problem.V) - np.bincount(problem.head, flow, problem.V)
    assert np.abs(balance).max() < 1e-6
    assert (flow >= -1e-6).all()
    assert (flow <= problem.capacity + 1e-6).all()
    load = np.bincount(bundles.bundle, bundles.weight * flow[bundles.arc], bundles.B)
    assert (load <= bundles.limit + 1e-6).all()
