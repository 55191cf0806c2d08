"""A check believes no one: each false claim is refused, and says where it is false."""

from dataclasses import replace

import numpy as np
import pytest

import corridors as cd
from corridors.arrays.results import FlowResult
from corridors.kernels import certificates


@pytest.fixture
def triangle():
    # 0 ──► 1 ──► 2, and 0 ──► 2
    return cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])


@pytest.fixture
def right(triangle):
    result = cd.min_cost_flow(triangle, "ortools")
    assert cd.check(triangle, result).bound == result.cost == 17
    return result


@pytest.mark.parametrize(
    ("flow", "potential", "cost", "said"),
    [
        ([5, 0, 5], None, 15, r"below lower or above capacity for 1 arcs \(0\)"),
        ([4, 2, 4], None, 22, r"supply is not what flows out less what flows in for 2 vertices \(0, 2\)"),
        ([3, 2, 3], None, 19, r"complementary slackness fails for 1 arcs \(0\)"),
        (None, [0, 9, 9], 17, "complementary slackness fails"),
        (None, None, 16, "the flow costs 17, not 16"),
        ([4, 1], None, 17, "3 integers are wanted"),
        (None, [0.0, 4.0, 5.0], 17, "3 integers are wanted"),
    ],
)
def test_a_false_claim_of_optimality_is_refused(triangle, right, flow, potential, cost, said):
    flow = right.flow if flow is None else np.array(flow)
    potential = right.potential if potential is None else np.array(potential)
    with pytest.raises(cd.SolverError, match=said):
        cd.check(triangle, FlowResult(cd.Status.OPTIMAL, cost, flow, potential))


def claim(problem, status, certificate):
    certificate = None if certificate is None else np.array(certificate, np.int64)
    none = np.zeros(problem.E, np.int64), np.zeros(problem.V, np.int64)
    return cd.check(problem, FlowResult(status, 0, *none, certificate))


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (None, "INFEASIBLE comes without a certificate"),
        ([0], "the cut lets 8 more leave than its supply"),
        ([], "lets 0 more leave"),
        ([3], "names vertices that do not exist"),
        ([0, 0], "names vertices twice"),
    ],
)
def test_a_false_cut_is_refused(triangle, cut, said):
    with pytest.raises(cd.SolverError, match=said):
        claim(triangle, cd.Status.INFEASIBLE, cut)


def test_a_cut_counts_what_must_enter_and_what_has_no_bound():
    problem = cd.Problem([0, 1], [1, 0], [3, 9], [1, 1], [2, -2], lower=[0, 4])
    assert claim(problem, cd.Status.INFEASIBLE, [0]).excess == 3
    endless = replace(problem, capacity=np.array([np.inf, 9]))
    with pytest.raises(cd.SolverError, match="leaves the cut has no bound"):
        claim(endless, cd.Status.INFEASIBLE, [0])


@pytest.mark.parametrize(
    ("cycle", "said"),
    [
        ([0, 1], r"an arc of the cycle has a bound for 1 arcs \(1\)"),
        ([0, 3], "are no cycle in this order"),
        ([], "are no cycle"),
        ([2, 3], "the cycle costs 0 a unit"),
        ([0, 9], "names arcs that do not exist"),
    ],
)
def test_a_false_cycle_is_refused(cycle, said):
    problem = cd.Problem(
        [0, 1, 2, 3, 1], [1, 0, 3, 2, 0], [np.inf, 9, np.inf, np.inf, np.inf], [-3, 1, -1, 1, 2], [0, 0, 0, 0]
    )
    assert claim(problem, cd.Status.UNBOUNDED, [0, 4]).cycle_cost == -1
    with pytest.raises(cd.SolverError, match=said):
        claim(problem, cd.Status.UNBOUNDED, cycle)


def test_numbers_near_64_bits_are_checked_without_wrapping():
    big = 2**62
    problem = cd.Problem([0, 0], [1, 1], [big, big], [big, -big], [2 * (big // 2), -2 * (big // 2)])
    flow, potential = np.array([0, big]), np.array([0, -big])
    assert cd.check(problem, FlowResult(cd.Status.OPTIMAL, -big * big, flow, potential)).bound == -big * big
    with pytest.raises(cd.SolverError, match="complementary slackness"):
        cd.check(problem, FlowResult(cd.Status.OPTIMAL, -big * big, flow, np.array([-(2**63), 2**63 - 1])))


@pytest.fixture(params=["in 64 bits", "in Python's integers"])
def swept(triangle, request, monkeypatch):
    if request.param != "in 64 bits":
        monkeypatch.setattr(certificates, "SAFE", 0)
    changes = cd.Changes.from_coo(4, capacity=([0, 2, 2], [0, 0, 1], [0, 0, 0]), cost=([3], [0], [9]))
    result = cd.min_cost_flow_sweep(triangle, changes, keep=("flow", "potential"), solver="ortools")
    proof = cd.check_sweep(triangle, changes, result)
    assert (proof.optimal, proof.infeasible, proof.unbounded, proof.limit) == (3, 1, 0, 0)
    return triangle, changes, result


@pytest.mark.parametrize(
    ("column", "row", "values", "said"),
    [
        ("flow", 0, [1, 4, 1], "below lower or above capacity"),
        ("flow", 1, [3, 1, 4], "supply is not"),
        ("flow", 1, [3, 2, 3], "complementary slackness fails"),
        ("potential", 3, [0, 0, 0], "complementary slackness fails"),
        ("cost", 3, 26, "the cost is not that of the flow in 1 scenarios \\(3\\)"),
        ("cost", 2, 0, "scenario 2 has no optimum, yet a cost"),
        ("status", 1, cd.Status.INFEASIBLE, "scenario 1 has no optimum, yet"),
        ("status", 2, cd.Status.UNBOUNDED, "scenario 2 is INFEASIBLE, not UNBOUNDED"),
    ],
)
def test_a_false_claim_in_a_sweep_is_refused(swept, column, row, values, said):
    problem, changes, result = swept
    array = getattr(result, column).copy()
    array[row] = values
    with pytest.raises(cd.SolverError, match=said):
        cd.check_sweep(problem, changes, replace(result, **{column: array}))


def test_a_sweep_without_flows_can_not_be_checked(triangle):
    changes = cd.Changes.from_coo(1)
    result = cd.min_cost_flow_sweep(triangle, changes, solver="ortools")
    with pytest.raises(cd.InputError, match="keep="):
        cd.check_sweep(triangle, changes, result)
