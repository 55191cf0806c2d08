"""What goes wrong in flow codes, and what a user gets instead: one section a pitfall."""

import tracemalloc

import numpy as np
import pytest
from solvers import SOLVERS

import corridors as cd

every_solver = pytest.mark.parametrize("solver", SOLVERS)

#      0 ──► 1 ──► 2 and 0 ──► 2
TRIANGLE = {"tail": [0, 0, 1], "head": [1, 2, 2], "capacity": [4, 2, 5], "cost": [2, 5, 1], "supply": [5, 0, -5]}
NUMBERS = ("capacity", "cost", "supply")


def triangle(**changes):
    return cd.Problem(**{**TRIANGLE, **changes})


def spoilt(column, value):
    """The triangle with one entry of a column spoilt."""
    values = np.array(TRIANGLE[column], float)
    values[0] = value
    return triangle(**{column: values})


# 1-3 Numbers that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [*NUMBERS, "tail", "head"])
def test_nan_is_refused_with_its_column_and_place(column):
    with pytest.raises(cd.InputError, match=rf"{column}: is no 64-bit integer for 1 entries \(0, first value nan\)"):
        spoilt(column, np.nan)


@pytest.mark.parametrize("column", NUMBERS)
def test_nan_is_refused_in_a_sweep_with_its_scenario(column):
    with pytest.raises(cd.InputError, match=rf"{column} is no 64-bit integer in 1 scenario \(3\)"):
        cd.Changes.from_coo(4, **{column: ([3], [0], [np.nan])})


@pytest.mark.parametrize(("column", "value"), [("cost", np.inf), ("cost", -np.inf), ("supply", np.inf)])
def test_infinite_costs_and_supplies_are_refused(column, value):
    with pytest.raises(cd.InputError, match=column):
        spoilt(column, value)


def test_infinity_is_legal_as_an_upper_bound_only():
    assert spoilt("capacity", np.inf).capacity[0] == cd.UNCAPACITATED
    with pytest.raises(cd.InputError, match="capacity"):
        spoilt("capacity", -np.inf)
    with pytest.raises(cd.InputError, match="lower"):
        triangle(lower=[-np.inf, 0, 0])


# 4 Fractions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", NUMBERS)
def test_fractions_are_never_truncated(column):
    with pytest.raises(cd.InputError, match=r"scale_to_int"):
        spoilt(column, 5.7)


@every_solver
def test_fractional_costs_are_solved_exactly_once_scaled(solver):
    cost, factor = cd.scale_to_int([1.9, 5.2, 0.4], 0.1)
    result = cd.min_cost_flow(triangle(cost=cost), solver)
    assert result.cost / factor == pytest.approx(4 * 1.9 + 5.2 + 4 * 0.4)
    assert factor == 10


# 5, 6 Supply that does not sum to zero ------------------------------------------------------------------------------


def test_an_imbalance_left_by_rounding_needs_an_explicit_tolerance():
    supply = cd.scale_to_int([10.02, -4.01, -6.0], "0.01").values
    with pytest.raises(cd.InputError, match="supply sums to 1, not to zero"):
        triangle(supply=supply)
    with pytest.raises(cd.InputError, match="sums to 1, more than the tolerance of 0"):
        cd.balance_supply(supply, 0)
    assert triangle(supply=cd.balance_supply(supply, 0, tolerance=1)).supply.tolist() == [1001, -401, -600]


@pytest.mark.parametrize("amount", [1, -3, 2**62])
def test_unbalanced_supply_is_refused_with_the_amount(amount):
    with pytest.raises(cd.InputError, match=f"supply sums to {amount}, not to zero"):
        triangle(supply=[5 + amount, 0, -5])


def test_an_imbalance_beyond_64_bits_does_not_wrap_to_zero():
    with pytest.raises(cd.InputError, match=f"supply sums to {2**64}"):
        cd.Problem([], [], [], [], [2**62] * 4)


def test_unbalanced_supply_in_a_sweep_is_refused_with_its_scenarios():
    changes = cd.Changes.from_coo(3, supply=([0, 1, 1, 2], [0, 0, 2, 2], [6, 6, -6, -9]))
    with pytest.raises(cd.InputError, match=r"2 scenarios \(0, 2\), the first by 1"):
        cd.min_cost_flow_sweep(triangle(), changes, solver="ortools")


# 7-9 No optimum -----------------------------------------------------------------------------------------------------


@every_solver
def test_infeasible_comes_with_a_cut_that_can_be_checked(solver):
    problem = triangle(capacity=[4, 2, 1])
    result = cd.min_cost_flow(problem, solver)
    assert result.status == cd.Status.INFEASIBLE
    assert cd.check(problem, result).excess == 2
    assert not result.flow.any()


@every_solver
def test_a_cycle_that_pays_for_ever_is_found_in_a_component_without_supply(solver):
    problem = cd.Problem(
        tail=[0, 2, 3, 4],
        head=[1, 3, 4, 2],
        capacity=[9, np.inf, np.inf, np.inf],
        cost=[1, 2, -4, 1],
        supply=[3, -3, 0, 0, 0],
    )
    result = cd.min_cost_flow(problem, solver)
    assert result.status == cd.Status.UNBOUNDED
    assert sorted(result.certificate.tolist()) == [1, 2, 3]
    assert cd.check(problem, result).cycle_cost == -1


@every_solver
def test_a_self_loop_that_pays_for_ever_is_unbounded(solver):
    problem = cd.Problem([0], [0], [np.inf], [-1], [0])
    result = cd.min_cost_flow(problem, solver)
    assert result.status == cd.Status.UNBOUNDED
    assert cd.check(problem, result).cycle_cost == -1


@every_solver
def test_infeasible_comes_first_where_a_cycle_pays_too(solver):
    problem = cd.Problem([0, 2, 3], [1, 3, 2], [1, np.inf, np.inf], [1, -2, 1], [3, -3, 0, 0])
    result = cd.min_cost_flow(problem, solver)
    assert result.status == cd.Status.INFEASIBLE
    assert cd.check(problem, result).excess == 2


# 10-12 Arcs of every kind -------------------------------------------------------------------------------------------


@every_solver
def test_a_bounded_cycle_that_pays_is_saturated(solver):
    problem = cd.Problem([0, 1, 2], [1, 2, 0], [7, 5, np.inf], [-3, 1, 1], [0, 0, 0])
    result = cd.min_cost_flow(problem, solver)
    assert (result.cost, result.flow.tolist()) == (-5, [5, 5, 5])
    cd.check(problem, result)


@every_solver
def test_a_bounded_self_loop_that_pays_is_saturated_and_one_that_costs_is_empty(solver):
    problem = cd.Problem([0, 0], [0, 0], [7, 7], [-3, 3], [0], lower=[0, -2])
    result = cd.min_cost_flow(problem, solver)
    assert (result.cost, result.flow.tolist()) == (-27, [7, -2])
    cd.check(problem, result)


@every_solver
def test_parallel_arcs_and_arcs_both_ways_keep_a_flow_each(solver):
    problem = cd.Problem([0, 0, 0, 1], [1, 1, 1, 0], [3, 4, 9, 5], [2, 1, 7, 0], [10, -10])
    result = cd.min_cost_flow(problem, solver)
    assert (result.cost, result.flow.tolist()) == (31, [3, 4, 3, 0])


@every_solver
def test_zero_capacity_is_a_closed_arc(solver):
    problem = triangle(capacity=[0, 5, 5])
    result = cd.min_cost_flow(problem, solver)
    assert (result.cost, result.flow.tolist()) == (25, [0, 5, 0])
    cd.check(problem, result)


# 13 Bounds that cross -----------------------------------------------------------------------------------------------


def test_capacity_below_the_lower_bound_is_refused_in_a_base_problem():
    with pytest.raises(cd.InputError, match=r"capacity is below lower for 1 arcs \(2\)"):
        triangle(capacity=[4, 2, -1])
    with pytest.raises(cd.InputError, match=r"capacity is below lower for 2 arcs \(0, 1\)"):
        triangle(lower=[5, 3, 0])


@every_solver
def test_capacity_below_the_lower_bound_makes_a_scenario_infeasible(solver):
    problem = triangle(lower=[1, 0, 0])
    changes = cd.Changes.from_coo(3, capacity=([0, 2], [0, 2], [0, -1]))
    result = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), solver=solver)
    assert result.status.tolist() == [cd.Status.INFEASIBLE, cd.Status.OPTIMAL, cd.Status.INFEASIBLE]
    assert result.cost.tolist() == [-(2**63), 17, -(2**63)]
    assert not result.flow[[0, 2]].any()
    assert cd.check_sweep(problem, changes, result).infeasible == 2


# 14, 15 Numbers too large -------------------------------------------------------------------------------------------


def exact_or_refused(problem, solver, fits):
    """The proven result where the numbers fit; where they don't, a RangeError and no result."""
    if not fits:
        with pytest.raises(cd.RangeError):
            cd.min_cost_flow(problem, solver)
        return None
    result = cd.min_cost_flow(problem, solver)
    cd.check(problem, result)
    return result


@every_solver
@pytest.mark.parametrize("flow", [2**40, 2**58])
@pytest.mark.parametrize(
    ("cost", "fits"), [(2**30, True), (2**55, True), (2**61, False), (2**63 - 1, False), (-(2**63), False)]
)
def test_large_numbers_give_the_exact_cost_or_a_range_error(solver, flow, cost, fits):
    problem = cd.Problem([0, 0], [1, 1], [flow, flow], [cost, cost // 2], [flow, -flow])
    result = exact_or_refused(problem, solver, fits)
    assert not fits or result.cost == flow * (cost // 2)


@every_solver
@pytest.mark.parametrize("most", [2**20, 2**31, 2**45, 2**52, 2**56, 2**60])
def test_costs_far_apart_never_overflow_a_potential(solver, most):
    problem = cd.Problem(
        tail=[0, 1, 2, 0, 3],
        head=[1, 2, 3, 3, 0],
        capacity=[5, 5, 5, 3, np.inf],
        cost=[most, most, -most, 1, most - 1],
        supply=[4, 0, 0, -4],
    )
    fits = most <= 2**52 or (most == 2**56 and solver != "simplex")  # whose margin is the widest
    result = exact_or_refused(problem, solver, fits)
    assert not fits or result.cost == 3 + most


@every_solver
def test_capacities_that_stand_for_no_bound_do_not_overflow(solver):
    problem = triangle(capacity=[2**62, 2**63 - 2, cd.UNCAPACITATED])
    result = cd.min_cost_flow(problem, solver)
    assert (result.cost, result.flow.tolist()) == (15, [5, 0, 5])


@every_solver
@pytest.mark.parametrize("lower", [-(2**50), -(2**61), -(2**63)])
def test_bounds_far_apart_give_an_answer_or_a_range_error(solver, lower):
    problem = triangle(lower=[lower, 0, 0], cost=[0, 0, 0])
    fits = lower == -(2**50) or (lower == -(2**61) and solver != "simplex")
    result = exact_or_refused(problem, solver, fits)
    assert not fits or result.cost == 0


# 16 Widths of integers ----------------------------------------------------------------------------------------------


@every_solver
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.uint16, np.int64, np.float32])
def test_every_width_of_integer_is_widened(solver, dtype):
    problem = cd.Problem(*(np.array(TRIANGLE[c], dtype) for c in ("tail", "head", "capacity", "cost")), [5, 0, -5])
    assert {getattr(problem, column).dtype for column in TRIANGLE} == {np.dtype(np.int64)}
    assert cd.min_cost_flow(problem, solver).cost == 17


def test_unsigned_integers_beyond_64_bits_are_refused():
    with pytest.raises(cd.InputError, match="capacity: is no 64-bit integer"):
        triangle(capacity=np.array([1, 2, 2**64 - 1], np.uint64))


@pytest.mark.parametrize("values", [["a", "b", "c"], [1j, 0, 0], [None, 1, 2]])
def test_what_is_no_number_is_refused_with_its_type(values):
    with pytest.raises(cd.InputError, match="cost: is of type"):
        triangle(cost=values)


# 17 Degeneracy ------------------------------------------------------------------------------------------------------


@every_solver
def test_heavy_degeneracy_ends_with_an_optimum(solver):
    n = 24
    tail, head = np.divmod(np.arange(n * n), n)
    cost = (tail * head) % 3
    problem = cd.Problem(tail, head + n, np.ones(n * n, int), cost, np.repeat([1, -1], n))
    result = cd.min_cost_flow(problem, solver)
    assert cd.check(problem, result).cost == result.cost == n // 3  # a third of the rows finds no free column


@every_solver
def test_a_problem_of_nothing_but_ties_ends(solver):
    n = 40
    tail = np.repeat(np.arange(n), 4)
    head = (tail + np.tile([1, 2, 3, 5], n)) % n
    problem = cd.Problem(tail, head, np.ones(4 * n, int), np.zeros(4 * n, int), np.resize([1, -1], n))
    assert cd.min_cost_flow(problem, solver).cost == 0


# 18-20 Vertices that do not exist -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vertex", [-1, 3, 2**31, 2**62])
@pytest.mark.parametrize("column", ["tail", "head"])
def test_a_vertex_that_does_not_exist_is_refused_before_anything_is_laid_out_for_it(column, vertex):
    tracemalloc.start()
    with pytest.raises(cd.InputError, match=rf"{column} is no vertex for 1 arcs \(1\); give 0 to 2"):
        triangle(**{column: [0, vertex, 1]})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**26


@pytest.mark.parametrize("column", ["tail", "head", "capacity", "cost", "lower"])
def test_arrays_of_different_lengths_are_refused_with_their_lengths(column):
    with pytest.raises(cd.InputError, match=f"differ in length .*{column} 1"):
        triangle(**{column: [1]})


# 23 Nothing at all --------------------------------------------------------------------------------------------------


@every_solver
@pytest.mark.parametrize("V", [0, 1, 3])
def test_a_problem_without_arcs_costs_nothing(solver, V):
    problem = cd.Problem([], [], [], [], np.zeros(V, int))
    result = cd.min_cost_flow(problem, solver)
    assert (result.status, result.cost) == (cd.Status.OPTIMAL, 0)
    cd.check(problem, result)


@every_solver
def test_supply_without_arcs_is_infeasible(solver):
    problem = cd.Problem([], [], [], [], [1, -1])
    result = cd.min_cost_flow(problem, solver)
    assert result.status == cd.Status.INFEASIBLE
    assert cd.check(problem, result).excess == 1


@every_solver
def test_a_sweep_of_no_scenarios_is_empty(solver):
    result = cd.min_cost_flow_sweep(triangle(), cd.Changes.from_coo(0), keep=("flow",), solver=solver)
    assert result.cost.shape == (0,)
    assert result.flow.shape == (0, 3)
