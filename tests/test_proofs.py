"""What a proof needs: all its parts, whole and of the right shape; UNBOUNDED a feasible flow with its cycle."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from solvers import SOLVERS

import corridors as cd
from corridors.arrays.results import FlowResult

U = cd.UNCAPACITATED
every_solver = pytest.mark.parametrize("solver", SOLVERS)

# UNBOUNDED ----------------------------------------------------------------------------------------------------------

# 0 ◄─► 1 pays for ever; 2 sends to 3 over no arc
SPLIT = cd.Problem([0, 1, 3], [1, 0, 3], [U, U, 1], [-5, 1, 0], [0, 0, 1, -1])
ENDLESS = cd.Problem([0, 1, 2], [1, 0, 3], [U, U, 4], [-5, 1, 0], [0, 0, 1, -1], lower=[2, 0, 0])


@every_solver
def test_a_cycle_that_pays_for_ever_beside_supply_that_can_not_be_sent_is_infeasible(solver):
    result = cd.min_cost_flow(SPLIT, solver)
    assert result.status == cd.Status.INFEASIBLE
    assert cd.check(SPLIT, result).excess == 1


def test_a_cycle_alone_does_not_prove_unbounded():
    claim = FlowResult(cd.Status.UNBOUNDED, 0, np.zeros(3, np.int64), np.zeros(4, np.int64), np.array([0, 1]))
    with pytest.raises(
        cd.SolverError, match=r"supply is not what flows out less what flows in for 2 vertices \(2, 3\)"
    ):
        cd.check(SPLIT, claim)


@every_solver
def test_unbounded_comes_with_a_feasible_flow_and_a_cycle(solver):
    result = cd.min_cost_flow(ENDLESS, solver)
    assert result.status == cd.Status.UNBOUNDED
    assert cd.check(ENDLESS, result) == cd.check(ENDLESS, result)
    assert cd.check(ENDLESS, result).cycle_cost == -4
    assert result.flow[2] == 1
    assert result.flow[0] == result.flow[1] >= 2


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        (None, "flow is missing; 3 integers are wanted"),
        ([2, 2], r"flow is int64\(2,\); 3 integers are wanted"),
        ([2.0, 2.0, 1.0], "flow is float64"),
        ([2, 2, 0], "supply is not what flows out"),
        ([1, 1, 1], "below lower or above capacity"),
        (np.ma.array([2, 2, 1], mask=[1, 0, 0]), "flow is masked"),
    ],
)
def test_unbounded_without_a_feasible_flow_is_refused(flow, said):
    right = cd.min_cost_flow(ENDLESS)
    with pytest.raises(cd.SolverError, match=said):
        cd.check(ENDLESS, replace(right, flow=flow if flow is None or np.ma.isMA(flow) else np.array(flow)))


def test_all_solvers_agree_where_cycles_pay_for_ever_and_each_proof_holds():
    seen = []
    for seed in range(60):
        problem = endless_problem(Random(seed))
        results = {solver: cd.min_cost_flow(problem, solver) for solver in SOLVERS}
        for result in results.values():
            cd.check(problem, result)
        assert len({(r.status, r.cost if r.status == cd.Status.OPTIMAL else 0) for r in results.values()}) == 1, seed
        seen.append(results["simplex"].status)
    assert min(seen.count(s) for s in (cd.Status.OPTIMAL, cd.Status.INFEASIBLE, cd.Status.UNBOUNDED)) >= 5


def endless_problem(random):
    """2-5 vertices, many arcs without bound, costs below zero, lower bounds, supply that may have nowhere to go."""
    V, E = random.randint(2, 5), random.randint(1, 8)
    tail, head = ([random.randrange(V) for _ in range(E)] for _ in "th")
    lower = [random.choice([0, 0, 0, 1, -2]) for _ in range(E)]
    capacity = [random.choice([U, random.randint(1, 6)]) for _ in range(E)]
    cost = [random.randint(-3, 9) for _ in range(E)]
    supply = [random.choice([0, 0, 1]) for _ in range(V)]
    supply[-1] -= sum(supply)
    return cd.Problem(tail, head, capacity, cost, supply, lower)


@every_solver
def test_scenarios_that_are_infeasible_and_pay_for_ever_are_infeasible(solver):
    changes = cd.Changes.from_coo(3, capacity=([1, 2], [2, 0], [0, 9]))
    result = cd.min_cost_flow_sweep(ENDLESS, changes, keep=("flow", "potential"), solver=solver)
    assert result.status.tolist() == [cd.Status.UNBOUNDED, cd.Status.INFEASIBLE, cd.Status.OPTIMAL]
    assert cd.check_sweep(ENDLESS, changes, result) == type(cd.check_sweep(ENDLESS, changes, result))(1, 1, 1, 0)


# Parts that are missing or of another kind --------------------------------------------------------------------------


TRIANGLE = cd.Problem([0, 0, 1], [1, 2, 2], [4, 2, 5], [2, 5, 1], [5, 0, -5])


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("flow", None, "flow is missing; 3 integers are wanted"),
        ("potential", None, "potential is missing; 3 integers are wanted"),
        ("flow", np.array([[4, 1, 4]]), r"flow is int64\(1, 3\)"),
        ("flow", np.array([4, None, 4]), "flow is object"),
        ("flow", np.array([True, True, True]), "flow is bool"),
        ("flow", "411", "flow is <U3"),
        ("potential", np.array([0, 2, 3], complex), "potential is complex128"),
        ("cost", None, "the flow costs 17, not None"),
        ("status", 7, "7 is no status"),
        ("status", None, "None is no status"),
    ],
)
def test_an_optimum_whose_parts_are_missing_or_do_not_fit_is_refused_by_name(part, value, said):
    with pytest.raises(cd.SolverError, match=said):
        cd.check(TRIANGLE, replace(cd.min_cost_flow(TRIANGLE), **{part: value}))


@pytest.mark.parametrize("status", [cd.Status.INFEASIBLE, cd.Status.UNBOUNDED])
@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (None, "without a certificate"),
        (np.array([0.0, 1.0]), "certificate is float64"),
        (np.array([True, False, False]), "certificate is bool"),
        (np.array([[0, 1]]), r"certificate is int64\(1, 2\)"),
        (7, r"certificate is int64\(\)"),
    ],
)
def test_a_certificate_of_another_kind_is_refused(status, certificate, said):
    flow = cd.min_cost_flow(TRIANGLE).flow
    with pytest.raises(cd.SolverError, match=said):
        cd.check(TRIANGLE, FlowResult(status, 0, flow, np.zeros(3, np.int64), certificate))


def test_parts_of_a_proof_may_be_lists_and_unsigned():
    right = cd.min_cost_flow(TRIANGLE)
    for flow in (
        right.flow.tolist(),
        right.flow.astype(np.uint64),
        right.flow.astype(object),
        right.flow.astype(">i4"),
    ):
        assert cd.check(TRIANGLE, replace(right, flow=flow)).bound == 17


@pytest.mark.parametrize(
    ("part", "spoil", "said"),
    [
        ("flow", lambda a: a[:, :2], r"flow\(2, 2\).*\(2, 3\) is wanted"),
        ("potential", lambda a: a[:1], r"potential\(1, 3\)"),
        ("cost", lambda a: a[:1], r"cost\(1,\)"),
        ("status", lambda a: a.astype(float), "status is no array of integers"),
        ("flow", lambda a: np.ma.array(a, mask=a > 0), "flow is no array of integers"),
        ("status", lambda a: a + 9, "status is unknown for scenarios 0, 1"),
    ],
)
def test_a_sweep_of_other_shapes_is_refused_by_name(part, spoil, said):
    changes = cd.Changes.from_coo(2, cost=([1], [0], [3]))
    result = cd.min_cost_flow_sweep(TRIANGLE, changes, keep=("flow", "potential"))
    assert cd.check_sweep(TRIANGLE, changes, result).optimal == 2
    with pytest.raises(cd.InputError, match=said):
        cd.check_sweep(TRIANGLE, changes, replace(result, **{part: spoil(getattr(result, part))}))
