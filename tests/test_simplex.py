"""The network simplex against OR-Tools, and against proofs that need no second solver."""

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow
from random_problems import KINDS, random_problem

from corridors.arrays.codes import Status
from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.errors import InputError, RangeError
from corridors.solvers import announce
from corridors.solvers.simplex import solve

CASES = 3000


def endless_negative_cycle(p):
    """Whether arcs without a bound close a negative cycle (Bellman-Ford from everywhere at once)."""
    e = np.flatnonzero(p.capacity == UNCAPACITATED)
    label = np.zeros(p.V)
    for _ in range(p.V + 1):
        before = label.copy()
        np.minimum.at(label, p.head[e], label[p.tail[e]] + p.cost[e])
    return bool((label < before).any()) if len(e) else False


def by_ortools(p):
    """Status and cost from OR-Tools: bounds shifted, self loops set apart, no bound replaced by a large one."""
    free = np.minimum(p.capacity, 10**6) - p.lower
    loop = p.tail == p.head
    base = int((p.cost * p.lower).sum()) + int(np.minimum(0, p.cost * free)[loop].sum())
    supply = p.supply.copy()
    np.subtract.at(supply, p.tail, p.lower)
    np.add.at(supply, p.head, p.lower)
    s = min_cost_flow.SimpleMinCostFlow()
    if (~loop).any():
        s.add_arcs_with_capacity_and_unit_cost(p.tail[~loop], p.head[~loop], free[~loop], p.cost[~loop])
    s.set_nodes_supplies(np.arange(p.V), supply)
    code = s.solve()
    if code != s.OPTIMAL:
        return Status.INFEASIBLE, 0
    if endless_negative_cycle(p):
        return Status.UNBOUNDED, 0
    return Status.OPTIMAL, s.optimal_cost() + base


def assert_proven(p, r):
    """Conservation, bounds, complementary slackness; a violated cut; an endless negative cycle."""
    if r.status == Status.OPTIMAL:
        net = p.supply.copy()
        np.subtract.at(net, p.tail, r.flow)
        np.add.at(net, p.head, r.flow)
        assert not net.any()
        assert (r.flow >= p.lower).all()
        assert (r.flow <= p.capacity).all()
        reduced = p.cost + r.potential[p.tail] - r.potential[p.head]
        assert (reduced[r.flow < p.capacity] >= 0).all()
        assert (reduced[r.flow > p.lower] <= 0).all()
        assert r.cost == sum(a * b for a, b in zip(p.cost.tolist(), r.flow.tolist(), strict=True))
    elif r.status == Status.INFEASIBLE:
        inside = np.zeros(p.V, bool)
        inside[r.certificate] = True
        leaves, enters = inside[p.tail] & ~inside[p.head], ~inside[p.tail] & inside[p.head]
        assert (p.capacity[leaves] < UNCAPACITATED).all()
        assert p.supply[inside].sum() > p.capacity[leaves].sum() - p.lower[enters].sum()
    elif r.status == Status.UNBOUNDED:
        c = r.certificate
        assert (p.capacity[c] == UNCAPACITATED).all()
        assert (p.head[c] == np.roll(p.tail[c], -1)).all()
        assert p.cost[c].sum() < 0
    else:
        raise AssertionError(r.status)


@pytest.mark.parametrize("kind", KINDS)
def test_status_and_cost_are_those_of_ortools_and_proven(kind):
    rng = np.random.default_rng(KINDS.index(kind))
    seen = set()
    for _ in range(CASES // len(KINDS)):
        p = random_problem(rng, kind)
        r = solve(p)
        assert_proven(p, r)
        assert (r.status, r.cost) == by_ortools(p)
        seen.add(r.status)
    assert Status.OPTIMAL in seen


def test_infeasible_comes_before_unbounded():
    p = Problem([0, 1, 2], [1, 0, 3], [UNCAPACITATED, UNCAPACITATED, 1], [-1, 0, 0], [0, 0, 2, -2])
    assert solve(p).status == Status.INFEASIBLE


def test_nothing_to_do_is_optimal_at_zero():
    r = solve(Problem([], [], [], [], [0, 0, 0]))
    assert (r.status, r.cost) == (Status.OPTIMAL, 0)
    assert solve(Problem([], [], [], [], [])).status == Status.OPTIMAL


def test_a_cost_beyond_64_bits_is_exact():
    big = 1 << 40
    r = solve(Problem([0, 0], [1, 1], [big, UNCAPACITATED], [big, big + 1], [big + 7, -big - 7]))
    assert r.cost == big * big + 7 * (big + 1)


def test_potentials_that_would_wrap_are_refused():
    with pytest.raises(RangeError, match="cost"):
        solve(Problem([0, 1], [1, 2], [1, 1], [1 << 60, 1 << 60], [1, 0, -1]))


def test_huge_capacities_that_stand_for_no_bound_are_fine():
    big = UNCAPACITATED - 1
    r = solve(Problem([0, 0, 1], [1, 2, 2], [big, big, big], [2, 5, 1], [5, 0, -5]))
    assert (r.status, r.cost, r.flow.tolist()) == (Status.OPTIMAL, 15, [5, 0, 5])


def test_bundles_are_refused_by_name():
    p = Problem([0], [1], [1], [1], [1, -1])
    with pytest.raises(InputError, match="takes no bundles"):
        solve(p, Bundles([0], [0], [1], [1]))


def test_the_first_compilation_is_announced(caplog, monkeypatch, tmp_path):
    class Kernel:
        overloads: tuple = ()
        py_func = staticmethod(solve)

        class _cache:
            cache_path = str(tmp_path)

    with caplog.at_level("INFO", logger="corridors"):
        announce.announce_compilation(Kernel)
        assert "compiling" in caplog.text
        caplog.clear()
        (tmp_path / "primal.solve-92.py311.nbi").touch()
        announce.announce_compilation(Kernel)
        assert not caplog.text
