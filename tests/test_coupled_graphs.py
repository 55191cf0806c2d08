"""Classes that share a graph have the optimum that they have without."""

import numpy as np
import pytest
from coupled_cases import coupled_case
from scipy.sparse import csr_array

import corridors as cd
from corridors.solvers import lp
from corridors.solvers.multicommodity import CoupledChanges, base_cache, graphs, optimum, prepare, solve, sweep
from corridors.solvers.multicommodity.compiling import scenarios_of
from corridors.solvers.multicommodity.fallback import changed
from corridors.solvers.multicommodity.graphs import lay_out_shared
from corridors.solvers.multicommodity.layout import lay_out

CLASSES, SIDE = 4, 4


def circulation(seed, *, bounded=(), dearer=(), bundled=range(CLASSES), shuffled=False):
    """A grid of streets that each class passes from a corner of its own to three rows; streets have limits for all.

    In classes that are `bounded` the first street has a capacity of its own, in those `dearer` it costs more, and only
    those `bundled` are counted by its limit.
    """
    rng = np.random.default_rng(seed)
    at = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = np.concatenate([np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]])
    ends = np.concatenate([ends, ends[:, ::-1]])
    price = rng.integers(1, 9, len(ends) // 2)
    tail, head, capacity, cost, street, demand = [], [], [], [], [], []

    def add(*values):
        for column, value in zip((tail, head, capacity, cost, street), values, strict=True):
            column.append(int(value))

    for c in range(CLASSES):
        world = max(tail + head, default=-1) + 1
        gate, first = world + 1, world + 2
        add(world, gate, cd.UNCAPACITATED, rng.integers(0, 3), -1)
        add(gate, first + (0, SIDE - 1, SIDE * (SIDE - 1), SIDE * SIDE - 1)[c], cd.UNCAPACITATED, 0, -1)
        for number, (a, b) in enumerate(ends):
            own = number == 0 and c in bounded
            more = 5 * (number == 0 and c in dearer)
            kind = number % len(price)
            add(first + a, first + b, 7 if own else cd.UNCAPACITATED, price[kind] + more, kind)
        for row in range(3):
            vertex = first + SIDE * SIDE + row
            add(first + rng.integers(SIDE * SIDE), vertex, cd.UNCAPACITATED, 0, -1)
            demand.append(len(tail))
            add(vertex, world, rng.integers(5, 30), -rng.integers(20, 60), -1)
    tail, head, capacity, cost, street = (np.array(a, np.int64) for a in (tail, head, capacity, cost, street))
    arc = np.flatnonzero(street >= 0)
    owner = np.searchsorted(np.unique(head[demand]), tail, side="right") - 1
    arc = arc[(street[arc] > 0) | np.isin(owner[arc], list(bundled))]
    order = rng.permutation(len(tail)) if shuffled else np.arange(len(tail))
    place = np.argsort(order)
    problem = cd.Problem(*(a[order] for a in (tail, head, capacity, cost)), np.zeros(tail.max() + 1, np.int64))
    limit = rng.integers(10, 40, len(price))
    bundles = cd.Bundles(street[arc], place[arc], rng.choice([1, 1, 2], len(price))[street[arc]], limit)
    return problem, bundles, place[demand]


def arcs(layout):
    return len(layout.coupled.tail)


@pytest.mark.parametrize("seed", range(20))
def test_classes_share_their_streets_and_the_optimum_stays(seed, monkeypatch):
    problem, bundles, demand = circulation(seed)
    shared, apart = lay_out_shared(problem, bundles, demand), lay_out(problem, bundles, demand)
    assert arcs(shared) == arcs(apart) - (CLASSES - 1) * 4 * SIDE * (SIDE - 1)
    found = solve(problem, bundles, demand=demand)
    assert np.isclose(found.objective, lp.solve(problem, bundles).cost, rtol=1e-9)
    monkeypatch.setattr(optimum, "lay_out_shared", lay_out)
    without = solve(problem, bundles, demand=demand)
    for one, other in zip(found, without, strict=True):
        assert np.array_equal(one, other)
    assert (found.rent > 0).any()


@pytest.mark.parametrize(
    ("different", "graphs"),
    [({}, 1), ({"dearer": (1,)}, 2), ({"dearer": (0, 2)}, 2), ({"bundled": (0, 3)}, 2), ({"bounded": (2,)}, 1)],
)
def test_only_classes_that_are_alike_share(different, graphs):
    problem, bundles, demand = circulation(3, **different)
    layout = lay_out_shared(problem, bundles, demand)
    assert len(np.unique(layout.coupled.place_graph)) == graphs
    bounded = different.get("bounded", ())
    assert (layout.coupled.graph_of < 0).tolist() == [c in bounded for c in range(CLASSES)]
    found = solve(problem, bundles, demand=demand)
    assert np.isclose(found.objective, lp.solve(problem, bundles).cost, rtol=1e-9)


@pytest.mark.parametrize("different", [{}, {"dearer": (0, 2)}, {"bounded": (2,)}, {"bounded": range(CLASSES)}])
def test_it_makes_no_difference_how_many_arcs_are_looked_at_at_a_time(different, monkeypatch):
    given = circulation(3, **different)
    layout = lay_out_shared(*given)
    for few in (1, 70):
        monkeypatch.setattr(graphs, "AT_A_TIME", few)
        again = lay_out_shared(*given)
        for one, other in zip(layout.coupled, again.coupled, strict=True):
            assert np.array_equal(one, other)
        assert np.array_equal(layout.arc, again.arc)


def test_where_arcs_are_not_class_by_class_nothing_is_shared():
    problem, bundles, demand = circulation(5, shuffled=True)
    layout = lay_out_shared(problem, bundles, demand)
    assert layout.begin is None
    assert arcs(layout) == arcs(lay_out(problem, bundles, demand))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_circulation_the_optimum_is_that_of_the_linear_programme(seed):
    problem, bundles, _, demand = coupled_case(seed)
    found = solve(problem, bundles, demand=demand)
    assert np.isclose(found.objective, lp.solve(problem, bundles).cost, rtol=1e-9)
    assert np.isclose(found.flow @ problem.cost, found.objective, rtol=1e-9)


def test_a_solve_of_corridors_shares_and_shows_what_a_sweep_shows():
    names = [f"n{i}" for i in range(6)]
    ends = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 3), (2, 5)]
    network = cd.Network(
        {"node_id": names},
        {
            "link_id": [f"l{i}" for i in range(len(ends))],
            "from_node_id": [names[a] for a, _ in ends],
            "to_node_id": [names[b] for _, b in ends],
            "mode": "road",
            "capacity": [30.0, 20.0, 25.0, 40.0, 15.0, 35.0, 10.0],
            "tariff": [1.0, 2.0, 1.0, 3.0, 1.0, 6.0, 2.0],
        },
    )
    pairs = [("n0", "n4"), ("n0", "n5"), ("n1", "n5"), ("n2", "n0")]
    demand = {
        "demand_id": list("abcd"),
        "commodity": "grain",
        "origin": [a for a, _ in pairs],
        "destination": [b for _, b in pairs],
        "volume": [20.0, 15.0, 25.0, 30.0],
        "value": 50.0,
    }
    base_cache.clear()
    solved = cd.solve(network, demand)
    swept = cd.sweep(network, demand, cd.baseline(), keep=["flow", "rent"])
    assert np.array_equal(solved.flow, swept.flow[0])
    assert np.array_equal(solved.rent, swept.rent[0])
    assert float(solved.loss) == float(swept.loss[0])


def by_street(problem, bundles):
    """The arcs of each street, in all classes."""
    return csr_array((np.ones(len(bundles.arc)), (bundles.bundle, bundles.arc)), shape=(bundles.B, problem.E))


def some_changes(base, seed):
    """Streets that close, or cost another sum, for all classes; then the same of arcs of one class alone."""
    rng = np.random.default_rng(seed)
    problem, groups = base.problem, base.groups
    streets = [rng.choice(groups.shape[0], 3, replace=False) for _ in range(4)]
    arcs = [np.concatenate([groups[[street]].indices for street in some]) for some in streets]
    arcs += [rng.choice(groups.indices, 3, replace=False) for _ in range(2)]
    sums = [np.repeat(rng.integers(0, 12, 3), groups[[0]].nnz) for _ in streets]
    cost = joined([*zip(arcs[:4], sums, strict=True), (arcs[4], problem.cost[arcs[4]] + 4)], [2, 3, 4, 5, 6])
    capacity = joined([(a, np.zeros(len(a))) for a in (arcs[0], arcs[5])], [4, 7])
    closed = (np.repeat([0, 1, 3], 3), np.concatenate(streets[:3]))
    return CoupledChanges.from_coo(8, closed=closed, cost=cost, capacity=capacity)


def joined(parts, scenarios):
    """Changes of some scenarios as triples."""
    scenario = np.repeat(scenarios, [len(index) for index, _ in parts])
    return (scenario, *(np.concatenate([part[i] for part in parts]).astype(np.int64) for i in range(2)))


@pytest.mark.parametrize("seed", range(10))
def test_scenarios_share_graphs_where_they_change_them_for_all_classes_alike(seed):
    problem, bundles, demand = circulation(seed)
    base = prepare(problem, bundles, demand=demand, groups=by_street(problem, bundles))
    assert (base.layout.coupled.graph_of >= 0).all()
    changes = some_changes(base, seed)
    assert scenarios_of(base, changes).apart.tolist() == [False] * 6 + [True] * 2
    totals = np.random.default_rng(seed).integers(0, 3, (5, problem.E))
    ours, apart = (sweep(one, changes, keep=["rent"], totals=csr_array(totals)) for one in (base, base.apart()))
    for s in range(changes.S):
        assert np.isclose(ours.objective[s], lp.solve(*changed(base, changes, s)).cost, rtol=1e-9)
    for name in ("objective", "unmet", "rent", "totals"):
        np.testing.assert_allclose(getattr(ours, name), getattr(apart, name), rtol=1e-9, atol=1e-6)
    some = np.array([6, 1])
    assert np.array_equal(sweep(base, changes.only(some)).objective, ours.objective[some])


def test_groups_of_some_classes_alone_leave_every_class_its_arcs():
    problem, bundles, demand = circulation(3)
    groups = by_street(problem, bundles).tolil()
    groups[0, groups.rows[0][0]] = 0
    base = prepare(problem, bundles, demand=demand, groups=csr_array(groups))
    assert base.layout.begin is None
    assert base.apart() is base
