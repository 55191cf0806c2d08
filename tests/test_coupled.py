"""Coupled flows, re-optimised, against the linear programme on arcs."""

import itertools
import threading
import time
from random import Random

import numpy as np
import pandas as pd
import pytest
from coupled_cases import coupled_case, random_changes
from generated import case
from scipy.sparse import csr_array, identity

import corridors as cd
from corridors.arrays.codes import Path
from corridors.solvers import lp
from corridors.solvers.multicommodity import (
    CoupledChanges,
    Memory,
    fallback,
    prepare,
    singles,
    solve,
    sweep,
    threads,
)
from corridors.solvers.multicommodity.fallback import changed
from corridors.sweeping.solve import Sweeps

CASES = 100
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


def same(one, other):
    """Bit for bit, where there is anything."""
    for name in ("status", "path", "objective", "bound", "unmet", "rent", "row_cost", "effort"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name not in ("status", "path")), name


def chosen(changes, scenarios):
    """Some scenarios of a batch, in the order given."""
    parts = {}
    for name in ("closed", "capacity", "cost", "limit"):
        part = getattr(changes, name)
        at = [np.arange(part.start[s], part.start[s + 1]) for s in scenarios]
        rows = np.repeat(np.arange(len(scenarios)), [len(a) for a in at])
        at = np.concatenate(at).astype(int)
        parts[name] = (rows, part.index[at], part.value[at])
    parts["closed"] = parts["closed"][:2]
    return CoupledChanges.from_coo(len(scenarios), **parts)


@pytest.mark.parametrize("seed", [3, 14, 25])
def test_the_answer_is_the_same_whatever_the_threads_the_order_and_the_neighbours(seed):
    problem, bundles, groups, demand = coupled_case(seed)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    changes = random_changes(seed, problem, bundles, groups, demand, 80)
    keep = ("rent", "row_cost")
    whole = sweep(base, changes, keep=keep, threads=2)
    same(whole, sweep(base, changes, keep=keep, threads=1))
    backwards = np.arange(80)[::-1]
    turned = sweep(base, chosen(changes, backwards), keep=keep)
    same(whole, type(whole)(**{name: None if v is None else v[backwards] for name, v in vars(turned).items()}))
    again = prepare(problem, bundles, demand=demand, groups=groups)
    for s in (0, 7, 41):
        alone = sweep(again, chosen(changes, [s]), keep=keep)
        same(type(whole)(**{name: None if v is None else v[[s]] for name, v in vars(whole).items()}), alone)


def test_closing_more_never_costs_less():
    problem, bundles, groups, demand = coupled_case(14)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    order = np.random.default_rng(0).permutation(groups.shape[0])
    scenario = np.concatenate([np.full(k, k) for k in range(len(order) + 1)])
    group = np.concatenate([order[:k] for k in range(len(order) + 1)])
    result = sweep(base, CoupledChanges.from_coo(len(order) + 1, closed=(scenario, group)))
    assert result.objective[0] == base.objective
    assert (np.diff(result.objective) >= -1e-6).all()


def test_a_sweep_that_is_stopped_tells_what_is_not_done(monkeypatch):
    problem, bundles, groups, demand = coupled_case(3)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    changes = random_changes(3, problem, bundles, groups, demand, 500)
    stop, calls, run = threading.Event(), [], threads.run

    def stopping(*args, **named):
        calls.append(named["stop"])
        if len(calls) == 3:
            stop.set()
            while not named["stop"][0]:  # the kernel is stopped within a tenth of a second
                time.sleep(0.01)
        return run(*args, **named)

    monkeypatch.setattr(threads, "run", stopping)
    result = sweep(base, changes, threads=1, stop=stop)
    left = result.path == Path.NONE
    assert len(calls) == 3
    assert 0 < left.sum() < changes.S
    assert (result.status[left] == cd.Status.LIMIT).all()
    assert np.isnan(result.objective[left]).all()
    assert not np.isnan(result.objective[~left]).any()


def test_what_was_given_up_is_solved_from_nothing_or_as_a_linear_programme(monkeypatch):
    problem, bundles, groups, demand = coupled_case(14)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    changes = random_changes(14, problem, bundles, groups, demand, 6)
    everything = csr_array(np.eye(problem.E))
    expected = sweep(base, changes, totals=everything)
    monkeypatch.setattr(threads, "MOST", 0)
    cold = sweep(base, changes, totals=everything)
    assert Path.COLD in cold.path
    assert close(cold.objective, expected.objective).all()
    monkeypatch.setattr(fallback, "MOST", 0)
    linear = sweep(base, changes, totals=everything)
    assert Path.LP in linear.path
    assert close(linear.objective, expected.objective).all()
    assert (np.abs(linear.objective - linear.bound) <= 1e-6 * np.abs(linear.objective) + 1e-6).all()


def test_changes_that_do_not_fit_are_told():
    problem, bundles, groups, demand = coupled_case(14)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    free = int(np.flatnonzero(problem.capacity == cd.UNCAPACITATED)[0])
    with pytest.raises(cd.InputError, match="capacity is given for 1 arcs that have none in the base"):
        sweep(base, CoupledChanges.from_coo(1, capacity=([0], [free], [5])))
    with pytest.raises(cd.InputError, match="closed names 1 groups that are not there"):
        sweep(base, CoupledChanges.from_coo(1, closed=([0], [groups.shape[0]])))
    with pytest.raises(cd.InputError, match="limit is given twice in scenarios 1"):
        CoupledChanges.from_coo(2, limit=([1, 1], [0, 0], [3, 4]))
    with pytest.raises(cd.InputError, match=r"keep=.* is unknown"):
        sweep(base, CoupledChanges.from_coo(1), keep=("flow",))


def test_a_negative_cycle_is_refused():
    problem = cd.Problem(
        tail=[0, 1, 2, 1],
        head=[1, 2, 1, 0],
        capacity=[cd.UNCAPACITATED] * 3 + [5],
        cost=[1, -3, 1, -9],
        supply=[0, 0, 0],
    )
    with pytest.raises(cd.InputError, match="negative cost"):
        prepare(problem, cd.Bundles([], [], [], []))


def test_where_there_is_room_for_few_bases_the_answer_stays(monkeypatch):
    problem, bundles, groups, demand = coupled_case(7)
    changes = random_changes(7, problem, bundles, groups, demand, 40)
    plenty = prepare(problem, bundles, demand=demand, groups=groups)
    found = sweep(plenty, changes)
    monkeypatch.setattr(singles, "MOST_BASES", 0)
    few = prepare(problem, bundles, demand=demand, groups=groups)
    assert close(sweep(few, changes).objective, found.objective).all()
    kept, all_kept = (base.singles().start.bases for base in (few, plenty))
    assert len(kept.size) == 2 < len(all_kept.size)
    assert kept.pivots[1] == all_kept.pivots.max()


def test_where_no_single_closures_are_looked_at_the_answer_stays(monkeypatch):
    problem, bundles, groups, demand = coupled_case(7)
    changes = random_changes(7, problem, bundles, groups, demand, 40)
    found = sweep(prepare(problem, bundles, demand=demand, groups=groups), changes)
    monkeypatch.setattr(singles, "MOST_ARCS", 3)
    large = prepare(problem, bundles, demand=demand, groups=groups)
    assert close(sweep(large, changes).objective, found.objective).all()
    assert large.loaded.any()
    assert (large.singles().number < 0).all()


def closing(base, *sets):
    scenario = np.repeat(np.arange(len(sets)), [len(closed) for closed in sets])
    return CoupledChanges.from_coo(len(sets), closed=(scenario, np.concatenate(sets)))


@pytest.mark.parametrize("seed", [7, 13, 55])
def test_no_answer_depends_on_what_was_solved_before(seed):
    """Also where optima tie: flows are compared, not losses."""
    problem, bundles, groups, demand = coupled_case(seed)
    new, used = (prepare(problem, bundles, demand=demand, groups=groups) for _ in range(2))
    loaded = np.flatnonzero(new.loaded)
    used.singles()
    sweep(used, random_changes(seed, problem, bundles, groups, demand, 40))
    every = csr_array(identity(problem.E, np.int64, format="csr"))
    for changes in (
        closing(new, *([group] for group in loaded)),
        CoupledChanges.from_coo(1),
        closing(new, *([one, other] for one, other in itertools.pairwise(loaded))),
        random_changes(seed + 100, problem, bundles, groups, demand, 20),
    ):
        one, other = (sweep(base, changes, keep=("rent",), totals=every) for base in (new, used))
        np.testing.assert_array_equal(one.totals, other.totals)
        np.testing.assert_array_equal(one.rent, other.rent)
        np.testing.assert_array_equal(one.unmet, other.unmet)


def test_what_closes_one_group_or_none_waits_for_no_single_closures():
    problem, bundles, groups, demand = coupled_case(7)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    loaded = np.flatnonzero(base.loaded)
    sweep(base, closing(base, *([group] for group in loaded)))
    sweep(base, CoupledChanges.from_coo(1, cost=([0], [0], [5])))
    assert not base.has_singles
    sweep(base, closing(base, loaded[:2]))
    assert base.has_singles


@pytest.mark.parametrize("seed", range(12))
def test_one_case_is_the_base_of_its_sweep_and_the_optimum_of_the_programme(seed):
    problem, bundles, groups, demand = coupled_case(seed)
    flow, rent, objective = solve(problem, bundles, demand=demand)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    every = csr_array(identity(problem.E, np.int64, format="csr"))
    found = sweep(base, CoupledChanges.from_coo(1), keep=("rent",), totals=every)
    np.testing.assert_array_equal(found.totals[0], flow)
    np.testing.assert_array_equal(found.rent[0], rent)
    assert found.objective[0] == objective
    assert close(objective, lp.solve(problem, bundles).cost)
    assert close(flow @ problem.cost, objective)
    balance = np.bincount(problem.head, flow, problem.V) - np.bincount(problem.tail, flow, problem.V)
    assert np.abs(balance).max() <= 1e-9 * max(flow.max(), 1.0)


def test_a_memory_is_of_one_base_and_one_wish():
    problem, bundles, groups, demand = coupled_case(7)
    base = prepare(problem, bundles, demand=demand, groups=groups)
    changes, memory = random_changes(7, problem, bundles, groups, demand, 5), Memory()
    first, again = (sweep(base, changes, memory=memory) for _ in range(2))
    assert np.array_equal(first.objective, again.objective)
    with pytest.raises(cd.InputError, match="of another base, keep or totals"):
        sweep(base, changes, keep=("rent",), memory=memory)


@pytest.mark.parametrize("number", [2, 3, 7])
def test_scenarios_that_go_on_from_their_last_optimum_find_what_others_find(number):
    example = case(Random(number))
    network, rng = example.network, np.random.default_rng(number)
    limited = network.links.link_id[network.links.capacity.notna() & (network.links.status == "operating")]
    limits = {"scenario": 0, "table": "links", "id": limited, "field": "capacity", "operation": "set"}
    closed = cd.outages(network)
    sweeps = Sweeps(network, example.demand, keep=("rent",), progress=False, grouped=False)
    first = None
    for _ in range(4):
        drawn = pd.DataFrame(limits).assign(value=rng.integers(0, 60, len(limited)) * 10.0)
        both = closed * cd.Scenarios(["limits"], drawn)
        first = first or both
        some = rng.permutation(len(both))[: len(both) // 2 + 1]
        found = sweeps(first.over(both.take(some).source), (some, drawn.value.to_numpy()))
        for name in ("loss", "gap"):
            right = cd.sweep(network, example.demand, both.take(some), progress=False)[name]
            np.testing.assert_allclose(found[name].values, right.values, rtol=1e-9, atol=1e-6)
