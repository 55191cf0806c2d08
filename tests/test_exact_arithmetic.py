"""The arithmetic of certificates is exact for whatever 64 bits hold: the same as in Python's integers."""

import numpy as np
import pytest

import corridors as cd
from corridors.arrays.results import FlowResult, SweepResult
from corridors.kernels import certificate, certificates

POWERS = (0, 20, 30, 31, 32, 60, 61, 62, 63)
LEAST, MOST = -(2**63), 2**63 - 1


def numbers(power: int, size: int) -> np.ndarray:
    """So many integers of about this power of two, of either sign."""
    large = [min(2**power, MOST), max(-(2**power), LEAST), min(2**power - 1, MOST)]
    return np.array([large[i % 3] for i in range(size)], np.int64)


def same(power: int, size: int) -> np.ndarray:
    """So many integers near this power of two, which add up."""
    return np.full(size, min(2**power, MOST), np.int64)


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 16])
@pytest.mark.parametrize("make", [numbers, same])
def test_sums_and_products_are_those_of_integers_without_end(make, power: int, size: int) -> None:
    a = make(power, size)
    assert certificate.total(a) == sum(a.tolist())
    for other in POWERS:
        b = make(other, size)
        assert certificate.dot(a, b) == sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True))


@pytest.mark.parametrize("power", POWERS)
def test_magnitude_is_the_largest_absolute_value(power: int) -> None:
    assert certificate.magnitude(np.array([LEAST, 3])) == 2**63
    assert certificate.magnitude(np.array([], np.int64)) == 0
    assert certificate.magnitude(-same(power, 2)) == certificate.magnitude(same(power, 2)) == min(2**power, MOST)


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("arcs", [1, 2, 8])
def test_balances_are_those_of_integers_without_end(power: int, arcs: int) -> None:
    """All arcs lead from 0 to 1: what flows out of 0 is the sum of all."""
    problem = cd.Problem([0] * arcs, [1] * arcs, [cd.UNCAPACITATED] * arcs, [0] * arcs, [0, 0])
    flow = same(power, arcs)
    assert certificate.balance(problem, flow).tolist() == [sum(flow.tolist()), -sum(flow.tolist())]


def test_a_vertex_is_balanced_over_all_that_leaves_and_enters_it() -> None:
    """2**61 twice out of 0, and twice less than nothing into it: 2**63 in all, at no vertex of more than two ends."""
    problem = cd.Problem([0, 0, 3, 4], [1, 2, 0, 0], [cd.UNCAPACITATED] * 4, [0] * 4, [0] * 5, [-(2**62)] * 4)
    flow = np.array([2**61, 2**61, -(2**61), -(2**61)])
    assert certificate.balance(problem, flow).tolist() == [2**63, -(2**61), -(2**61), -(2**61), -(2**61)]


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("other", POWERS)
def test_reduced_costs_are_those_of_integers_without_end(power: int, other: int) -> None:
    cost, potential = same(power, 1), np.array([min(2**other, MOST), max(-(2**other), LEAST)])
    for tail, head in ((0, 1), (1, 0)):
        found = certificate.reduced_cost(np.array([tail]), np.array([head]), cost, potential)
        assert found.tolist() == [int(cost[0]) + int(potential[tail]) - int(potential[head])]


# Cycles and cuts of more than two -----------------------------------------------------------------------------------

RING = cd.Problem([0, 1, 2], [1, 2, 0], [cd.UNCAPACITATED] * 3, [1, 1, -3], [0, 0, 0])

RING_WITH_BOUNDS = cd.Problem([0, 1, 2], [1, 2, 0], [4, 5, 6], [1, 1, -3], [0, 0, 0])


def claim(problem: cd.Problem, status: cd.Status, certificate: list[int]) -> cd.Proof:
    nothing = np.zeros(problem.E, np.int64), np.zeros(problem.V, np.int64)
    return cd.check(problem, FlowResult(status, 0, *nothing, np.array(certificate)))


def test_a_cycle_is_given_in_the_order_of_its_arcs() -> None:
    assert claim(RING, cd.Status.UNBOUNDED, [1, 2, 0]).cycle_cost == -1
    for wrong in ([0, 2, 1], [0, 1], [2]):
        with pytest.raises(cd.SolverError, match="are no cycle in this order"):
            claim(RING, cd.Status.UNBOUNDED, wrong)


@pytest.mark.parametrize(("status", "noun"), [(cd.Status.UNBOUNDED, "arcs"), (cd.Status.INFEASIBLE, "vertices")])
@pytest.mark.parametrize("ids", [[-1], [3], [0, 3], [-1, 0]])
def test_ids_of_a_certificate_are_those_of_the_problem(status: cd.Status, noun: str, ids: list[int]) -> None:
    with pytest.raises(cd.SolverError, match=f"names {noun} that do not exist; 0 to 2 do"):
        claim(RING, status, ids)


def test_only_what_crosses_the_cut_counts() -> None:
    # 0 ═► 1 within the set, without bound; 1 ──► 2 at most 3; 2 ──► 3 outside it; 3 ──► 0 at least 1
    problem = cd.Problem([0, 1, 2, 3], [1, 2, 3, 0], [cd.UNCAPACITATED, 3, 9, 9], [0] * 4, [4, 1, 0, -5], [2, 0, 2, 1])
    assert claim(problem, cd.Status.INFEASIBLE, [0, 1]).excess == 5 + 1 - 3


def test_an_integer_of_python_is_a_whole_number_and_true_is_none() -> None:
    problem = cd.Problem([0, 0], [1, 1], [2, 2], [1, 1], [1, -1])
    right = FlowResult(cd.Status.OPTIMAL, 1, np.array([1, 0], object), np.array([0, 1], object))
    assert cd.check(problem, right).cost == 1
    for wrong in (np.array([True, 0], object), np.array([1.0, 0], object)):
        with pytest.raises(cd.SolverError, match="flow is object"):
            cd.check(problem, FlowResult(cd.Status.OPTIMAL, 1, wrong, right.potential))


LITTLE = cd.Problem([0, 0], [1, 1], [5, 9], [2, 1], [6, -6], [2, 0])
"""The first arc costs one more than the second, and must carry two."""


def test_the_bound_of_an_arc_that_costs_a_little_too_much_is_its_lower_one() -> None:
    proof = cd.check(LITTLE, FlowResult(cd.Status.OPTIMAL, 8, np.array([2, 4]), np.array([0, 1])))
    assert (proof.cost, proof.bound) == (8, 8)
    with pytest.raises(cd.SolverError, match=r"complementary slackness fails for 1 arcs \(0\)"):
        cd.check(LITTLE, FlowResult(cd.Status.OPTIMAL, 9, np.array([3, 3]), np.array([0, 1])))
    assert swept(LITTLE, [2, 4], [0, 1], [8]).optimal == 1
    with pytest.raises(cd.SolverError, match="complementary slackness fails"):
        swept(LITTLE, [3, 3], [0, 1], [9])


def test_lists_of_lists_are_no_flow_and_a_masked_array_without_a_mask_is_one() -> None:
    right = cd.min_cost_flow(RING_WITH_BOUNDS)
    unmasked = FlowResult(right.status, right.cost, np.ma.array(right.flow), right.potential)
    assert cd.check(RING_WITH_BOUNDS, unmasked).cost == right.cost
    with pytest.raises(cd.SolverError, match="flow is no array; 3 integers are wanted"):
        cd.check(RING_WITH_BOUNDS, FlowResult(right.status, right.cost, [[1], [2, 3], 4], right.potential))


def test_unsigned_integers_beyond_64_bits_do_not_wrap() -> None:
    problem = cd.Problem([0], [1], [5], [1], [0, 0], [-1])
    for beyond in (2**64 - 1, 2**63):  # the first is -1 in 64 bits with a sign
        claimed = FlowResult(cd.Status.OPTIMAL, 0, np.array([beyond], np.uint64), np.zeros(2, np.int64))
        with pytest.raises(cd.SolverError, match="below lower or above capacity"):
            cd.check(problem, claimed)


def test_nothing_is_proven_optimal_without_arcs() -> None:
    problem = cd.Problem([], [], [], [], [0])
    empty = np.array([], object)
    assert cd.check(problem, FlowResult(cd.Status.OPTIMAL, 0, empty, np.zeros(1, np.int64))).bound == 0
    assert cd.check(problem, cd.min_cost_flow(problem)).cost == 0


# Sweeps -------------------------------------------------------------------------------------------------------------


def swept(problem: cd.Problem, flow: list[int], potential: list[int], costs: list[int]) -> cd.SweepProof:
    """Check a sweep whose scenarios change nothing, which all claim the same flow, each at a cost."""
    S = len(costs)
    flows, potentials = np.tile(np.array(flow, np.int64), (S, 1)), np.tile(np.array(potential, np.int64), (S, 1))
    result = SweepResult(np.zeros(S, np.int8), np.array(costs), flows, potentials, None, np.zeros(S, np.int8))
    return cd.check_sweep(problem, cd.Changes.from_coo(S), result)


@pytest.mark.parametrize("cells", [certificates.CELLS, 5, 10, 1])
def test_every_block_of_scenarios_is_checked(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "CELLS", cells)
    problem = cd.Problem([0, 0, 1], [1, 1, 0], [3, 3, 3], [2, 5, 0], [4, -4])
    right = {"flow": [3, 1, 0], "potential": [0, 5]}
    assert swept(problem, **right, costs=[11] * 5).optimal == 5
    for wrong in range(5):
        with pytest.raises(cd.SolverError, match=rf"the cost is not that of the flow in 1 scenarios \({wrong}\)"):
            swept(problem, **right, costs=[11 + (s == wrong) for s in range(5)])


def test_costs_that_only_wrap_to_what_is_claimed_are_refused() -> None:
    one = cd.Problem([0], [1], [2**32], [2**32], [2**32, -(2**32)])
    eight = cd.Problem([0] * 8, [1] * 8, [2**30] * 8, [2**31] * 8, [2**33, -(2**33)])
    for problem, flow, price in ((one, [2**32], 2**32), (eight, [2**30] * 8, 2**31)):
        with pytest.raises(cd.SolverError, match="the cost is not that of the flow"):
            swept(problem, flow, [0, price], [0])  # which is the cost, 2**64, in 64 bits


@pytest.mark.parametrize(("arcs", "each"), [(4, 2**62), (8, 2**61)])
def test_flows_that_only_wrap_to_the_supply_are_refused(arcs: int, each: int) -> None:
    problem = cd.Problem([0] * arcs, [1] * arcs, [each] * arcs, [0] * arcs, [0, 0])
    assert swept(problem, [0] * arcs, [0, 0], [0]).optimal == 1
    with pytest.raises(cd.SolverError, match="supply is not what flows out"):
        swept(problem, [each] * arcs, [0, 0], [0])  # 2**64 in all, which is 0 in 64 bits


def test_potentials_whose_difference_wraps_are_refused() -> None:
    problem = cd.Problem([0], [1], [5], [0], [0, 0])
    with pytest.raises(cd.SolverError, match="complementary slackness fails"):
        swept(problem, [0], [LEAST, MOST], [0])  # 1 in 64 bits, and far below zero


def test_a_sweep_without_arcs_is_checked() -> None:
    assert swept(cd.Problem([], [], [], [], [0]), [], [0], [0]).optimal == 1
    with pytest.raises(cd.SolverError, match="the cost is not that of the flow"):
        swept(cd.Problem([], [], [], [], [0]), [], [0], [1])
