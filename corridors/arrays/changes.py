"""Many what-ifs on one problem: a batch of sparse changes, each scenario set against the same base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import Problem, frozen, numbers, whole
from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed
from corridors.errors import whole as a_whole

Entries = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]
"""Scenario, arc or vertex, and new value of each change: three arrays of one length."""

SAFE = 2**62
"""Sums below this fit int64 whatever their order."""


@dataclass(frozen=True, eq=False)
class Changes:
    """Sparse changes of S scenarios, sorted, one group each for capacity, cost and supply.

    Make one by :meth:`from_coo`. Values are absolute: they replace the base's, they are not added to it. Each scenario
    starts from the base problem, never from the scenario before it.

    Parameters
    ----------
    cap_ptr, cost_ptr, supply_ptr : (S + 1,) int64
        Scenario s owns the entries from ``ptr[s]`` to ``ptr[s + 1] - 1``.
    cap_arc, cost_arc : (N,) int64
        The arcs changed, rising within a scenario.
    supply_vertex : (N,) int64
        The vertices changed, rising within a scenario.
    cap_value, cost_value, supply_value : (N,) int64
        The new values; a capacity may be ``UNCAPACITATED``.

    Examples
    --------
    >>> import corridors as cd
    >>> changes = cd.Changes.from_coo(2, capacity=([0, 1], [0, 1], [0, 9]))  # arc 0 closes; then arc 1 grows to 9
    >>> changes.S, changes[1:].cap_value.tolist()
    (2, [9])
    """

    cap_ptr: IntArray
    cap_arc: IntArray
    cap_value: IntArray
    cost_ptr: IntArray
    cost_arc: IntArray
    cost_value: IntArray
    supply_ptr: IntArray
    supply_vertex: IntArray
    supply_value: IntArray

    @classmethod
    def from_coo(
        cls,
        S: int,
        *,
        capacity: Entries | None = None,
        cost: Entries | None = None,
        supply: Entries | None = None,
    ) -> Changes:
        """Changes of S scenarios from lists of (scenario, arc or vertex, new value), in any order.

        Parameters
        ----------
        S : int
            Number of scenarios; one without entries is the base itself.
        capacity : (scenario, arc, value), optional
            New capacities; 0 closes an arc, ``UNCAPACITATED`` or float ``inf`` removes its bound. One below the
            arc's lower bound is legal and makes the scenario INFEASIBLE.
        cost : (scenario, arc, value), optional
            New costs of a unit of flow.
        supply : (scenario, vertex, value), optional
            New supplies; each scenario's must sum to zero with those it leaves alone.

        Raises
        ------
        InputError
            A scenario that does not exist, an index below 0, a value that is no whole number, two values for one
            arc or vertex in one scenario; the message lists the scenarios. What needs the problem (too large an
            index, supply out of balance) is found by :meth:`checked`, which every sweep calls.

        Examples
        --------
        Close arc 0 in the first scenario, raise the cost of arc 1 in the second.

        >>> import corridors as cd
        >>> changes = cd.Changes.from_coo(2, capacity=([0], [0], [0]), cost=([1], [1], [9]))
        >>> changes.S
        2
        >>> changes.cap_ptr.tolist(), changes.cost_ptr.tolist()
        ([0, 1, 1], [0, 0, 1])
        """
        S = a_whole("changes: S", S)
        return cls(
            *_group("capacity", S, capacity, unbounded=True),
            *_group("cost", S, cost),
            *_group("supply", S, supply),
        )

    @property
    def S(self) -> int:
        """Number of scenarios."""
        return len(self.cap_ptr) - 1

    def __len__(self) -> int:
        return self.S

    def __getitem__(self, which: slice | int | Sequence[int] | IntArray) -> Changes:
        """Only those scenarios: a slice, one number, or an array of numbers."""
        rows = np.arange(self.S)[which]
        groups = (
            (self.cap_ptr, self.cap_arc, self.cap_value),
            (self.cost_ptr, self.cost_arc, self.cost_value),
            (self.supply_ptr, self.supply_vertex, self.supply_value),
        )
        return Changes(*(array for group in groups for array in _rows(*group, np.atleast_1d(rows))))

    def applied(self, problem: Problem, s: int) -> tuple[IntArray, IntArray, IntArray]:
        """Capacity (E,), cost (E,) and supply (V,) of scenario s in full."""
        capacity, cost, supply = problem.capacity.copy(), problem.cost.copy(), problem.supply.copy()
        for dense, ptr, index, value in (
            (capacity, self.cap_ptr, self.cap_arc, self.cap_value),
            (cost, self.cost_ptr, self.cost_arc, self.cost_value),
            (supply, self.supply_ptr, self.supply_vertex, self.supply_value),
        ):
            own = slice(ptr[s], ptr[s + 1])
            dense[index[own]] = value[own]
        return capacity, cost, supply

    def checked(self, problem: Problem) -> Changes:
        """These changes, if they fit the problem.

        Raises
        ------
        InputError
            An arc or vertex that the problem has not, supply that does not sum to zero; lists the scenarios.
        """
        for name, ptr, index, size, noun in (
            ("capacity", self.cap_ptr, self.cap_arc, problem.E, "arc"),
            ("cost", self.cost_ptr, self.cost_arc, problem.E, "arc"),
            ("supply", self.supply_ptr, self.supply_vertex, problem.V, "vertex"),
        ):
            bad = np.flatnonzero(index >= size)
            if len(bad):
                where = np.unique(np.searchsorted(ptr, bad, side="right") - 1)
                raise InputError(
                    f"changes: {name} names no {noun} in {_scenarios(where)}, first {index[bad[0]]}; "
                    f"give 0 to {size - 1}"
                )
        surplus = _surplus(self, problem)
        where = np.flatnonzero(surplus)
        if len(where):
            raise InputError(
                f"changes: supply does not sum to zero in {_scenarios(where)}, the first by {surplus[where[0]]}; "
                "change a slack vertex too, or the receivers"
            )
        return self


def _group(name: str, S: int, entries: Any, *, unbounded: bool = False) -> tuple[IntArray, IntArray, IntArray]:
    """Pointers (S + 1,), sorted indices (N,) and values (N,) of one group of changes."""
    if entries is None:
        return frozen(np.zeros(S + 1, np.int64)), whole(name, []), whole(name, [])
    if not isinstance(entries, (tuple, list, np.ndarray)) or len(entries) != 3:
        given_as = f"{len(entries)} arrays" if isinstance(entries, (tuple, list)) else f"a {type(entries).__name__}"
        raise InputError(f"changes: {name} has {given_as}; give scenario, index and value")
    scenario = whole(f"changes: scenario of {name}", entries[0], index=True)
    index = whole(f"changes: index of {name}", entries[1], index=True)
    given = numbers(f"changes: {name}", entries[2])
    if given.ndim != 1:
        raise InputError(f"changes: {name} has {given.ndim} dimensions; give rows, one of each an entry")
    if not len(scenario) == len(index) == len(given):
        raise InputError(
            f"changes: {name} has {len(scenario)} scenarios, {len(index)} indices and {given.size} values; "
            "give one of each an entry"
        )
    bad = (scenario < 0) | (scenario >= S)
    if bad.any():
        raise InputError(
            f"changes: {name} names no scenario for {bad.sum()} entries ({listed(scenario[bad])}); give 0 to {S - 1}"
        )
    if (index < 0).any():
        raise InputError(f"changes: {name} has an index below 0 in {_scenarios(scenario[index < 0])}; give 0 or more")
    value = _values(name, scenario, given, unbounded=unbounded)

    same = scenario[1:] == scenario[:-1]
    if not ((scenario[1:] > scenario[:-1]) | (same & (index[1:] > index[:-1]))).all():
        order = np.lexsort((index, scenario))
        scenario, index, value = scenario[order], frozen(index[order]), frozen(value[order])
    twice = (scenario[1:] == scenario[:-1]) & (index[1:] == index[:-1])
    if twice.any():
        raise InputError(
            f"changes: {name} is given twice for one index in {_scenarios(scenario[1:][twice])}, "
            f"first {index[1:][twice][0]}; give one value"
        )
    return frozen(np.searchsorted(scenario, np.arange(S + 1)).astype(np.int64)), index, value


def _values(name: str, scenario: IntArray, given: npt.NDArray[Any], *, unbounded: bool) -> IntArray:
    """The values as int64, or an error that lists the scenarios of those that are none."""
    try:
        return whole(f"changes: {name}", given, unbounded=unbounded)
    except InputError:
        if given.dtype.kind not in "fu":
            raise
        number = given.astype(np.float64)
        fine = np.isfinite(number) & (number == np.floor(number)) & (np.abs(number) < 2.0**63)
        bad = ~(fine | (unbounded & np.isposinf(number)))
        raise InputError(
            f"changes: {name} is no 64-bit integer in {_scenarios(scenario[bad])}, first value {given[bad][0]}; "
            "give whole numbers, by scale_to_int where they are fractions"
        ) from None


def _rows(ptr: IntArray, index: IntArray, value: IntArray, rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The group of a choice of scenarios."""
    size = ptr[rows + 1] - ptr[rows]
    out = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
    at = side_by_side(ptr[rows], size)
    return frozen(out), frozen(index[at]), frozen(value[at])


def _surplus(changes: Changes, problem: Problem) -> npt.NDArray[Any]:
    """By how much each scenario's supply (S,) misses zero, exactly (int64, or objects where that could wrap)."""
    old, new = problem.supply[changes.supply_vertex], changes.supply_value
    sizes = np.diff(changes.supply_ptr)
    if not len(new):
        return np.zeros(changes.S, np.int64)
    largest = max(int(new.max()), -int(new.min()), int(old.max()), -int(old.min()))
    if 2 * largest * int(sizes.max()) >= SAFE:
        old, new = old.astype(object), new.astype(object)
    running = np.zeros(len(new) + 1, new.dtype)
    # Differences of running sums are exact even where those wrap: arithmetic modulo 2^64.
    np.cumsum(new - old, out=running[1:])
    return running[changes.supply_ptr[1:]] - running[changes.supply_ptr[:-1]]


def _scenarios(ids: IntArray) -> str:
    every = np.unique(ids)
    noun = "scenario" if len(every) == 1 else "scenarios"
    return f"{len(every)} {noun} ({listed(every)})"
