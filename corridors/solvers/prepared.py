"""A sweep before its scenarios: the base, solved, and the changes as the kernels need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from corridors.arrays.changes import Changes
from corridors.arrays.problem import UNCAPACITATED, Problem
from corridors.arrays.results import NO_COST
from corridors.arrays.typing import IntArray
from corridors.errors import RangeError
from corridors.kernels.basis import UNLIMITED
from corridors.kernels.certificate import magnitude
from corridors.kernels.cold import ColdStart, cold_start, solve_cold
from corridors.kernels.fallback import solve_in_full
from corridors.kernels.net import Warm
from corridors.kernels.ranges import Ranges, clamped, net_supply, objective_bounds, penalty_above, ranges, room
from corridors.kernels.scenario import Batch
from corridors.solvers.threads import listen

SOON = 5000
"""Arcs and vertices of a problem that is solved before a user could interrupt it: a thread would cost more."""


def solve_listening(start: ColdStart) -> tuple[int, IntArray | None]:
    """`solve_cold`, which Ctrl-C stops."""
    if len(start.order) + len(start.supply) <= SOON:
        return solve_cold(start)
    stop = np.zeros(1, np.int64)
    (found,) = listen(lambda: solve_cold(start, stop), stop)
    return found


def bounds_of_sweep(problem: Problem, changes: Changes, changed: IntArray) -> tuple[Ranges, IntArray]:
    """The ranges that base and scenarios keep to, and the width of each arc of the base, (E,).

    Raises
    ------
    RangeError
        Flows, potentials or a scenario's cost could leave 64 bits.
    """
    width = room(problem)
    widest, largest = width.copy(), np.where(width < UNLIMITED, width, 0)
    np.maximum.at(widest, changes.cap_arc, changed)
    np.maximum.at(largest, changes.cap_arc, np.where(changed < UNLIMITED, changed, 0))
    least, most = problem.cost.copy(), problem.cost.copy()
    np.minimum.at(least, changes.cost_arc, changes.cost_value)
    np.maximum.at(most, changes.cost_arc, changes.cost_value)
    extra = running_sums(np.abs(changes.supply_value).astype(float), changes.supply_ptr)
    bounds = ranges(problem, widest, (least, most), 2 * int(extra.max(initial=0)), largest)
    lowest, highest = objective_bounds(problem, widest, (least, most), bounds)
    if highest >= -NO_COST or lowest <= NO_COST:
        raise RangeError(
            f"sweep: costs could reach {max(highest, -lowest)}, beyond 64 bits; use larger units of cost or flow"
        )
    return bounds, width


def shifted(problem: Problem, changes: Changes) -> IntArray:
    """Changed capacities above the lower bounds of their arcs, (N,), UNLIMITED for no bound; at least 0."""
    width = np.minimum(changes.cap_value, UNLIMITED)
    if problem.lower.any():
        bounded = changes.cap_value < UNCAPACITATED
        width = np.where(bounded, changes.cap_value - problem.lower[changes.cap_arc], UNLIMITED)
        np.minimum(width, UNLIMITED, out=width)
    return np.maximum(width, 0, out=width)


@dataclass(frozen=True)
class Sweep:
    """A base, solved, and the changes of a sweep.

    Parameters
    ----------
    problem : Problem
        The base.
    changes : Changes
        As given.
    changed : (N,) int64
        Changed capacities above lower bounds, clamped.
    width : (E,) int64
        Capacities of the base above lower bounds, clamped.
    supply : (V,) int64
        Supplies of the base, lower bounds settled.
    start : ColdStart
        The base, solved.
    code : int
        Its status.
    """

    problem: Problem
    changes: Changes
    changed: IntArray
    width: IntArray
    supply: IntArray
    start: ColdStart
    code: int

    @classmethod
    def of(cls, problem: Problem, changes: Changes) -> Sweep:
        """Solve the base."""
        changed = shifted(problem, changes)
        bounds, width = bounds_of_sweep(problem, changes, changed)
        width, supply = clamped(width, bounds), net_supply(problem)
        start = cold_start(problem, width, supply, penalty_above(magnitude(problem.cost), problem.V))
        code, _ = solve_listening(start)
        return cls(problem, changes, clamped(changed, bounds), width, supply, start, code)

    def below_lower(self) -> Any:
        """Whether a scenario has a capacity below its arc's lower bound, (S,) bool."""
        c = self.changes
        too_low = c.cap_value < (self.problem.lower[c.cap_arc] if self.problem.lower.any() else 0)
        if not too_low.any():
            return np.zeros(c.S, bool)
        return running_sums(too_low.astype(np.int64), c.cap_ptr) > 0

    def batch(self, base: Warm) -> Batch:
        """The changes as the kernels need them."""
        c = self.changes
        return Batch(
            *(writable(x) for x in (c.cap_ptr, base.arc[c.cap_arc], self.changed)),
            *(writable(x) for x in (c.cost_ptr, base.arc[c.cost_arc], c.cost_value)),
            *(
                writable(x)
                for x in (
                    c.supply_ptr,
                    base.vertex[c.supply_vertex],
                    c.supply_value - self.problem.supply[c.supply_vertex],
                )
            ),
        )

    def in_full(self, s: int, stop: IntArray) -> tuple[ColdStart, int, bool]:
        """Scenario `s` without the warm kernels."""
        c = self.changes
        capacity, cost, supply = self.width.copy(), self.problem.cost.copy(), self.supply.copy()
        own = slice(c.cap_ptr[s], c.cap_ptr[s + 1])
        capacity[c.cap_arc[own]] = self.changed[own]
        own = slice(c.cost_ptr[s], c.cost_ptr[s + 1])
        cost[c.cost_arc[own]] = c.cost_value[own]
        own = slice(c.supply_ptr[s], c.supply_ptr[s + 1])
        supply[c.supply_vertex[own]] += c.supply_value[own] - self.problem.supply[c.supply_vertex[own]]
        penalty = penalty_above(magnitude(cost), self.problem.V)
        return solve_in_full(self.start, capacity, cost, supply, penalty, stop)


def writable(array: Any) -> IntArray:
    """The one kind of array that kernels are compiled for: contiguous, writable int64."""
    out = np.ascontiguousarray(array, np.int64)
    return out if out.flags.writeable else out.copy()


def running_sums(values: Any, ptr: IntArray) -> Any:
    """Sum of the values of each scenario, (S,)."""
    total = np.concatenate([np.zeros(1, values.dtype), np.cumsum(values)])
    return total[ptr[1:]] - total[ptr[:-1]]
