"""The batch of sparse changes: what it holds, and what it refuses."""

import numpy as np
import pytest

import corridors as cd


@pytest.fixture
def triangle():
    # 0 ──► 1 ──► 2, and 0 ──► 2
    return cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])


def test_entries_are_sorted_by_scenario_and_index():
    changes = cd.Changes.from_coo(3, capacity=([2, 0, 2], [1, 2, 0], [7, 8, 9]))
    assert changes.cap_ptr.tolist() == [0, 1, 1, 3]
    assert changes.cap_arc.tolist() == [2, 0, 1]
    assert changes.cap_value.tolist() == [8, 9, 7]
    assert changes.cost_ptr.tolist() == changes.supply_ptr.tolist() == [0, 0, 0, 0]
    assert not any(a.flags.writeable for a in vars(changes).values())


def test_a_scenario_starts_from_the_base(triangle):
    changes = cd.Changes.from_coo(2, capacity=([0], [0], [0]), supply=([1, 1], [0, 2], [3, -3]))
    capacity, cost, supply = changes.applied(triangle, 1)
    assert capacity.tolist() == [4, 2, 5]
    assert cost.tolist() == [2, 5, 1]
    assert supply.tolist() == [3, 0, -3]


def test_infinite_capacity_is_no_bound():
    assert cd.Changes.from_coo(1, capacity=([0], [0], [np.inf])).cap_value[0] == cd.UNCAPACITATED


@pytest.mark.parametrize("which", [slice(1, 3), [2, 0], 1, np.array([3])])
def test_a_slice_holds_the_same_scenarios(triangle, which):
    rng = np.random.default_rng(5)
    scenario, arc = np.divmod(rng.choice(4 * 3, 7, replace=False), 3)
    changes = cd.Changes.from_coo(4, capacity=(scenario, arc, rng.integers(0, 9, 7)), cost=(scenario, arc, arc))
    part = changes[which]
    for at, s in enumerate(np.atleast_1d(np.arange(4)[which])):
        for got, wanted in zip(part.applied(triangle, at), changes.applied(triangle, s), strict=True):
            assert got.tolist() == wanted.tolist()


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"capacity": ([0, 1, 1], [2, 0, 0], [1, 1, 1])}, r"given twice .* 1 scenario \(1\)"),
        ({"capacity": ([2], [0], [1])}, "names no scenario"),
        ({"cost": ([1], [-1], [1])}, r"below 0 in 1 scenario \(1\)"),
        ({"cost": ([0, 1], [0, 0], [1.5, 2.0])}, r"no 64-bit integer in 1 scenario \(0\)"),
        ({"cost": ([0], [0], [np.inf])}, "no 64-bit integer"),
        ({"capacity": ([0], [0], [np.nan])}, "no 64-bit integer"),
        ({"supply": ([0], [0, 1], [1, 2])}, "one of each"),
        ({"supply": ([0], [0])}, "2 arrays"),
        ({"supply": ([0], [0], [[1]])}, "one of each"),
    ],
)
def test_malformed_changes_are_refused_with_their_scenarios(group, said):
    with pytest.raises(cd.InputError, match=said):
        cd.Changes.from_coo(2, **group)


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"capacity": ([1], [3], [1])}, r"capacity names no arc in 1 scenario \(1\), first 3; give 0 to 2"),
        ({"supply": ([0], [3], [0])}, "supply names no vertex"),
        ({"supply": ([0, 1, 1], [0, 0, 2], [6, 6, -6])}, r"1 scenario \(0\), the first by 1"),
        ({"supply": ([0, 0, 0], [0, 1, 2], [2**63 - 1, 2**63 - 1, 2])}, r"the first by 18446744073709551616"),
    ],
)
def test_changes_that_do_not_fit_the_problem_are_refused_with_their_scenarios(triangle, group, said):
    with pytest.raises(cd.InputError, match=said):
        cd.Changes.from_coo(2, **group).checked(triangle)
