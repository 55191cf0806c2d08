"""Warm sweeps are cold solves, however a scenario is settled; and they end when asked to."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from random_problems import KINDS, corridor, random_problem
from scipy import sparse

from corridors.arrays.changes import Changes
from corridors.arrays.codes import Path, Status
from corridors.arrays.problem import Problem
from corridors.arrays.results import NO_COST
from corridors.errors import RangeError
from corridors.solvers import sweeping
from corridors.solvers.simplex import solve, sweep


def random_closures(rng, problem, S):
    """Scenarios that close up to five arcs each and do nothing else."""
    closed = [rng.choice(problem.E, min(problem.E, int(rng.integers(1, 6))), replace=False) for _ in range(S)]
    scenario = np.repeat(np.arange(S), [len(arcs) for arcs in closed])
    arc = np.concatenate(closed)
    return Changes.from_coo(S, capacity=(scenario, arc, problem.lower[arc]))


def random_edits(rng, problem, S):
    """Scenarios that change capacities, costs and supplies at random."""
    capacity, cost = rng.random((S, problem.E)) < 0.3, rng.random((S, problem.E)) < 0.3
    at, e = np.nonzero(capacity)
    other, a = np.nonzero(cost)
    s = np.repeat(np.arange(S), 2)
    v = np.array([rng.choice(problem.V, 2, replace=False) for _ in range(S)]).ravel()
    move = np.repeat(rng.integers(0, 5, S), 2) * np.tile([1, -1], S)
    return Changes.from_coo(
        S,
        capacity=(at, e, problem.lower[e] + rng.integers(0, 9, len(e))),
        cost=(other, a, rng.integers(-3, 15, len(a))),
        supply=(s, v, problem.supply[v] + move),
    )


def assert_cold(problem, changes, result):
    """Status and cost of each scenario are those of a cold solve."""
    for s in range(changes.S):
        capacity, cost, supply = changes.applied(problem, s)
        if (capacity < problem.lower).any():
            assert result.status[s] == Status.INFEASIBLE
            continue
        cold = solve(Problem(problem.tail, problem.head, capacity, cost, supply, problem.lower))
        assert result.status[s] == cold.status, s
        assert result.cost[s] == (cold.cost if cold.status == Status.OPTIMAL else NO_COST), s


@pytest.mark.parametrize("make", [random_closures, random_edits])
def test_a_sweep_is_as_many_cold_solves(make):
    rng = np.random.default_rng(5)
    for k in range(120):
        problem = random_problem(rng, KINDS[k % len(KINDS)])
        changes = make(rng, problem, 12)
        assert_cold(problem, changes, sweep(problem, changes, threads=1))


@pytest.mark.parametrize("make", [random_closures, random_edits])
def test_large_changes_are_solved_from_the_patched_tree(make, monkeypatch):
    rng = np.random.default_rng(6)
    prepared = sweeping.warm

    def impatient(start, levels):
        base = prepared(start, levels)
        base.net.budget[0] = -1
        return base

    monkeypatch.setattr(sweeping, "warm", impatient)
    seen = set()
    for k in range(60):
        problem = random_problem(rng, KINDS[k % len(KINDS)]) if k % 3 else corridor(rng)
        changes = make(rng, problem, 6)
        result = sweep(problem, changes, keep=("flow", "potential"), threads=1)
        assert_cold(problem, changes, result)
        seen |= set(result.path.tolist())
    assert Path.REPAIRED in seen


def test_closures_share_work_and_keep_flows_of_their_own():
    rng = np.random.default_rng(7)
    problem = corridor(rng)
    changes = random_closures(rng, problem, 400)
    weights = sparse_weights(rng, problem)
    together = sweep(problem, changes, ("flow", "potential"), weights, threads=2)
    assert {Path.ABSORBED, Path.MEMO, Path.DUAL} <= set(together.path.tolist())
    for s in rng.choice(changes.S, 60, replace=False).tolist():
        alone = sweep(problem, changes[s], ("flow", "potential"), weights, threads=1)
        assert alone.cost[0] == together.cost[s]
        assert alone.path[0] == together.path[s]
        assert (alone.flow[0] == together.flow[s]).all()
        assert (alone.potential[0] == together.potential[s]).all()
        assert (alone.totals[0] == together.totals[s]).all()


def sparse_weights(rng, problem):
    """Weights of four totals, mostly zero."""
    return sparse.csr_array(rng.integers(-3, 4, (4, problem.E)) * (rng.random((4, problem.E)) < 0.3))


def test_closing_more_arcs_than_levels_follows_the_chain_to_its_end():
    rng = np.random.default_rng(8)
    problem = corridor(rng)
    busy = np.flatnonzero(solve(problem).flow[:300] > 0)
    sets = [rng.choice(busy, 9, replace=False) for _ in range(40)]
    scenario = np.repeat(np.arange(40), 9)
    changes = Changes.from_coo(40, capacity=(scenario, np.concatenate(sets), np.zeros(360, int)))
    assert_cold(problem, changes, sweep(problem, changes))


def test_a_capacity_that_was_saturated_may_lose_its_bound():
    problem = Problem([0, 0, 1], [1, 1, 0], [5, 9, 4], [2, 7, 1], [8, -8])
    changes = Changes.from_coo(2, capacity=([0, 1, 1], [0, 0, 2], [np.inf, np.inf, np.inf]), cost=([1], [1], [0]))
    result = sweep(problem, changes, keep=("flow", "potential"))
    assert result.cost.tolist() == [16, 0]
    assert_cold(problem, changes, result)


def test_costs_of_scenarios_that_could_wrap_are_refused():
    problem = Problem([0], [1], [1 << 50], [1], [1 << 40, -(1 << 40)])
    with pytest.raises(RangeError, match="costs could reach"):
        sweep(problem, Changes.from_coo(1, cost=([0], [0], [1 << 40])))


def test_an_interrupt_ends_a_sweep_and_keeps_what_was_done():
    script = textwrap.dedent(
        """
        import os, signal, sys, threading
        import numpy as np
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
        sys.path.insert(0, "tests")
        from random_problems import corridor
        from corridors.arrays.changes import Changes
        from corridors.arrays.codes import Path
        from corridors.solvers import sweeping
        from corridors.solvers.simplex import sweep

        rng = np.random.default_rng(1)
        problem = corridor(rng, 2000)
        S = 200_000
        arc = rng.integers(0, problem.E, S)
        changes = Changes.from_coo(S, capacity=(np.arange(S), arc, arc % 9), cost=(np.arange(S), arc, arc % 7))
        sweep(problem, changes[:10])
        share = sweeping.share

        def interrupted(*args):
            def press():
                os.kill(os.getpid(), signal.SIGINT)
            threading.Timer(0.2, press).start()
            share(*args)

        sweeping.share = interrupted
        try:
            sweep(problem, changes)
        except KeyboardInterrupt as interrupt:
            print((interrupt.partial.path != Path.NONE).sum())
        """
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert 0 < int(printed.stdout) < 200_000  # it stopped before the end, and what was done is there
