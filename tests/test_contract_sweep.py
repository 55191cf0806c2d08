"""A sweep gives each scenario what a cold solve of it alone gives, whatever is kept and whoever works."""

import numpy as np
import pytest
from scipy import sparse
from small_cases import small_case, small_changes
from solvers import SOLVERS

import corridors as cd

SCENARIOS = 25
SMALLEST = -(2**63)

every_solver = pytest.mark.parametrize("solver", SOLVERS)


def seeds(first, solver):
    """Cases of a test: all for the warm sweep, whose scenarios share work, and a third for solvers that start cold."""
    return range(first, 60, 3 if solver == "simplex" else 9)


@pytest.fixture
def triangle():
    # 0 ──► 1 ──► 2, and 0 ──► 2
    return cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])


@pytest.mark.parametrize(("size", "bases"), [(1, 300), (4, 90), (12, 18)])
def test_warm_is_cold_for_every_scenario_and_proven(size, bases):
    for seed in range(bases):
        problem = small_case(seed, size)
        changes = small_changes(problem, SCENARIOS, seed)
        warm = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"))
        cold = cd.min_cost_flow_sweep(problem, changes, solver="ortools")
        assert warm.status.tolist() == cold.status.tolist(), seed
        assert warm.cost.tolist() == cold.cost.tolist(), seed
        cd.check_sweep(problem, changes, warm)


@every_solver
def test_what_is_kept_and_how_many_work_changes_nothing(solver):
    for seed in seeds(0, solver):
        problem = small_case(seed)
        changes = small_changes(problem, SCENARIOS, seed)
        everything = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), threads=2, solver=solver)
        alone = cd.min_cost_flow_sweep(problem, changes, keep=("flow",), threads=1, solver=solver)
        assert everything.status.tolist() == alone.status.tolist()
        assert everything.cost.tolist() == alone.cost.tolist()
        assert (everything.flow == alone.flow).all()
        assert alone.potential is None


@every_solver
def test_a_scenario_does_not_depend_on_its_neighbours(solver):
    for seed in seeds(1, solver):
        problem = small_case(seed)
        changes = small_changes(problem, SCENARIOS, seed)
        together = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), solver=solver)
        order = np.random.default_rng(seed).permutation(SCENARIOS)
        shuffled = cd.min_cost_flow_sweep(problem, changes[order], keep=("flow", "potential"), solver=solver)
        for name in ("status", "cost", "flow", "potential"):
            assert (getattr(together, name)[order] == getattr(shuffled, name)).all(), (seed, name)


@pytest.mark.parametrize("seed", [7, 16, 43, 61, 70])
def test_all_pairs_of_closures_are_cold_solves_whoever_works_on_them(seed):
    problem = small_case(seed, 3)
    first, second = np.triu_indices(problem.E, 1)
    scenario = np.arange(len(first))
    entries = np.tile(scenario, 2), np.concatenate((first, second)), np.zeros(2 * len(first), int)
    pairs = cd.Changes.from_coo(len(first), capacity=entries)
    together = cd.min_cost_flow_sweep(problem, pairs, keep=("flow", "potential"))
    cd.check_sweep(problem, pairs, together)
    some = np.random.default_rng(seed).permutation(len(first))[:200]
    apart = cd.min_cost_flow_sweep(problem, pairs[some], keep=("flow", "potential"), threads=1)
    for name in ("status", "cost", "flow", "potential"):
        assert (getattr(together, name)[some] == getattr(apart, name)).all()


@every_solver
def test_totals_are_the_flow_weighted(solver):
    rng = np.random.default_rng(3)
    for seed in seeds(2, solver):
        problem = small_case(seed)
        changes = small_changes(problem, SCENARIOS, seed)
        weights = rng.integers(-3, 4, (4, problem.E)) * (rng.random((4, problem.E)) < 0.5)
        for form in (weights, sparse.csr_array(weights), sparse.coo_matrix(weights)):
            result = cd.min_cost_flow_sweep(problem, changes, keep=("flow",), totals=form, solver=solver)
            assert (result.totals == result.flow @ weights.T).all()


@every_solver
def test_a_scenario_without_an_optimum_has_the_smallest_cost_and_zero_arrays(solver, triangle):
    changes = cd.Changes.from_coo(
        3, capacity=([0, 0, 1, 1, 1], [0, 1, 0, 1, 2], [0, 0] + [np.inf] * 3), cost=([2], [0], [3])
    )
    result = cd.min_cost_flow_sweep(triangle, changes, keep=("flow", "potential"), totals=[[1, 1, 1]], solver=solver)
    assert result.status.tolist() == [cd.Status.INFEASIBLE, cd.Status.OPTIMAL, cd.Status.OPTIMAL]
    assert result.cost.tolist() == [SMALLEST, 15, 21]
    assert not result.flow[0].any()
    assert not result.potential[0].any()
    assert result.totals[:, 0].tolist() == [0, 10, 9]
    proof = cd.check_sweep(triangle, changes, result)
    assert (proof.optimal, proof.infeasible) == (2, 1)


@every_solver
def test_scenarios_of_an_infeasible_base_may_be_feasible(solver, triangle):
    starved = cd.Problem(triangle.tail, triangle.head, [1, 1, 1], triangle.cost, triangle.supply)
    changes = cd.Changes.from_coo(2, capacity=([1], [1], [cd.UNCAPACITATED]))
    result = cd.min_cost_flow_sweep(starved, changes, keep=("flow", "potential"), solver=solver)
    assert result.status.tolist() == [cd.Status.INFEASIBLE, cd.Status.OPTIMAL]
    assert result.cost.tolist() == [SMALLEST, 1 * 3 + 4 * 5]
    cd.check_sweep(starved, changes, result)


@every_solver
def test_scenarios_of_an_unbounded_base_may_be_bounded(solver):
    problem = cd.Problem([0, 1], [1, 0], [np.inf, np.inf], [-2, 1], [0, 0])
    changes = cd.Changes.from_coo(3, capacity=([1], [1], [7]), cost=([2], [0], [-1]))
    result = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), solver=solver)
    assert result.status.tolist() == [cd.Status.UNBOUNDED, cd.Status.OPTIMAL, cd.Status.OPTIMAL]
    assert result.cost.tolist() == [SMALLEST, -7, 0]
    assert cd.check_sweep(problem, changes, result).unbounded == 1


@every_solver
def test_a_bound_given_or_taken_by_a_scenario_counts_in_full(solver):
    problem = cd.Problem([0, 0], [0, 0], [np.inf, 3], [-1, -1], [0])
    changes = cd.Changes.from_coo(2, capacity=([0, 1, 1], [0, 0, 1], [14, 5, np.inf]))
    result = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), solver=solver)
    assert result.cost.tolist() == [-17, SMALLEST]
    assert cd.check_sweep(problem, changes, result).unbounded == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"keep": ("prices",)}, 'keep: prices is no tuple of "flow", "potential"; give one'),
        ({"keep": "flow"}, "keep: flow is no tuple"),
        ({"threads": 0}, "threads=0 does not fit"),
        ({"totals": [[1, 2]]}, "totals: has 2 columns; give one an arc, 3"),
        ({"totals": [[1.5, 2, 3]]}, "totals: is no 64-bit integer"),
        ({"solver": "cplex"}, "solver: 'cplex' is not known"),
    ],
)
def test_a_wrong_option_is_refused_by_name(triangle, options, said):
    with pytest.raises(cd.InputError, match=said):
        cd.min_cost_flow_sweep(triangle, cd.Changes.from_coo(1), **options)


def test_changes_of_another_problem_are_refused(triangle):
    with pytest.raises(cd.InputError, match=r"capacity names no arc in 1 scenario \(0\)"):
        cd.min_cost_flow_sweep(triangle, cd.Changes.from_coo(1, capacity=([0], [3], [0])), solver="ortools")
