"""What must happen to the optimum when a problem is written down differently."""

from dataclasses import replace

import numpy as np
import pytest
from generated import TIMES
from small_cases import small_case
from solvers import SOLVERS, solved

import corridors as cd

OPTIMAL = cd.Status.OPTIMAL
SEEDS = range(100_000, 100_000 + 45 * TIMES)

every_solver = pytest.mark.parametrize("solver", SOLVERS)


def cases():
    for seed in SEEDS:
        yield np.random.default_rng(seed), small_case(seed)


@every_solver
def test_relabelled_vertices_keep_the_optimum(solver):
    for rng, problem in cases():
        label = rng.permutation(problem.V)
        supply = np.empty_like(problem.supply)
        supply[label] = problem.supply
        other = replace(problem, tail=label[problem.tail], head=label[problem.head], supply=supply)
        assert solved(other, solver) == solved(problem, solver)


@every_solver
def test_permuted_arcs_keep_the_optimum(solver):
    for rng, problem in cases():
        order = rng.permutation(problem.E)
        columns = {name: getattr(problem, name)[order] for name in ("tail", "head", "capacity", "cost", "lower")}
        assert solved(replace(problem, **columns), solver) == solved(problem, solver)


@every_solver
def test_costs_times_seven_make_the_optimum_seven_times_as_dear(solver):
    for _, problem in cases():
        status, cost = solved(problem, solver)
        assert solved(replace(problem, cost=7 * problem.cost), solver) == (status, cost if cost is None else 7 * cost)


@every_solver
def test_everything_in_larger_units_costs_in_proportion(solver):
    for _, problem in cases():
        status, cost = solved(problem, solver)
        bounded = problem.capacity != cd.UNCAPACITATED
        capacity = np.where(bounded, 5 * np.where(bounded, problem.capacity, 0), cd.UNCAPACITATED)
        other = replace(problem, capacity=capacity, lower=5 * problem.lower, supply=5 * problem.supply)
        assert solved(other, solver) == (status, cost if cost is None else 5 * cost)


@every_solver
def test_shifted_potentials_change_the_cost_by_what_the_supply_pays(solver):
    for rng, problem in cases():
        shift = rng.integers(-20, 21, problem.V)
        status, cost = solved(problem, solver)
        other = replace(problem, cost=problem.cost + shift[problem.tail] - shift[problem.head])
        paid = int(shift @ problem.supply)
        assert solved(other, solver) == (status, cost if cost is None else cost + paid)


@every_solver
def test_an_arc_split_in_two_at_a_new_vertex_keeps_the_optimum(solver):
    for rng, problem in cases():
        if not problem.E:
            continue
        arc, new = int(rng.integers(problem.E)), problem.V
        head = problem.head.copy()
        head[arc] = new
        first = int(rng.integers(-5, 6))
        cost = problem.cost.copy()
        cost[arc] -= first
        other = cd.Problem(
            np.append(problem.tail, new),
            np.append(head, problem.head[arc]),
            np.append(problem.capacity, problem.capacity[arc]),
            np.append(cost, first),
            np.append(problem.supply, 0),
            np.append(problem.lower, problem.lower[arc]),
        )
        assert solved(other, solver) == solved(problem, solver)


@every_solver
def test_an_arc_split_in_two_side_by_side_keeps_the_optimum(solver):
    for rng, problem in cases():
        arcs = np.flatnonzero((problem.lower == 0) & (problem.capacity != cd.UNCAPACITATED))
        if not len(arcs):
            continue
        arc = rng.choice(arcs)
        part = int(rng.integers(0, problem.capacity[arc] + 1))
        capacity = np.append(problem.capacity, part)
        capacity[arc] -= part
        columns = {name: np.append(getattr(problem, name), getattr(problem, name)[arc]) for name in ("tail", "head")}
        columns |= {"cost": np.append(problem.cost, problem.cost[arc]), "lower": np.append(problem.lower, 0)}
        assert solved(replace(problem, capacity=capacity, **columns), solver) == solved(problem, solver)


@every_solver
def test_everything_reversed_keeps_the_optimum(solver):
    for _, problem in cases():
        other = replace(problem, tail=problem.head, head=problem.tail, supply=-problem.supply)
        assert solved(other, solver) == solved(problem, solver)


@every_solver
def test_arcs_turned_round_with_negative_flow_keep_the_optimum(solver):
    for rng, problem in cases():
        turned = (rng.random(problem.E) < 0.5) & (problem.capacity != cd.UNCAPACITATED)
        other = cd.Problem(
            np.where(turned, problem.head, problem.tail),
            np.where(turned, problem.tail, problem.head),
            np.where(turned, -problem.lower, problem.capacity),
            np.where(turned, -problem.cost, problem.cost),
            problem.supply,
            np.where(turned, -problem.capacity, problem.lower),
        )
        assert solved(other, solver) == solved(problem, solver)


@every_solver
def test_closing_an_arc_never_lowers_the_cost(solver):
    for _, problem in cases():
        if (problem.lower > 0).any() or (problem.lower < 0).any():
            continue
        arcs = np.arange(problem.E)
        closures = cd.Changes.from_coo(problem.E, capacity=(arcs, arcs, 0 * arcs))
        result = cd.min_cost_flow_sweep(problem, closures, solver=solver)
        base = cd.min_cost_flow(problem, solver)
        if base.status == OPTIMAL:
            assert (result.cost[result.status == OPTIMAL] >= base.cost).all()
        assert base.status != cd.Status.INFEASIBLE or (result.status == cd.Status.INFEASIBLE).all()
