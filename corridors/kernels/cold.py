"""A cold solve: from nothing to an optimal basis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from corridors.arrays.problem import Problem, sealed
from corridors.arrays.typing import IntArray
from corridors.kernels.basis import NONE, Basis, empty_basis
from corridors.kernels.by_reference import without_journal
from corridors.kernels.compiled import entry
from corridors.kernels.primal import ENDLESS_CYCLE, lay_out, optimise, write_flow

PIVOTS_AN_ARC = 50
"""The cap on pivots, for each arc and vertex: real problems need fewer than one."""
SPREAD = 0.6180339887
"""Step of the pricing order, as a share of the arcs: neighbours in the input end up far apart, whatever its order."""


@dataclass(frozen=True)
class ColdStart:
    """A problem in the form of the primal simplex.

    Parameters
    ----------
    basis : Basis
        The real arcs in pricing order, then one artificial arc a vertex.
    supply : (V,) int64
        What vertices send, lower bounds settled.
    order : (E,) int64
        Which arc of the problem each arc of the basis is.
    penalty : int
        Cost of an artificial arc.
    pivots : (1,) int64
        How many the solve took.
    flow : (E,) int64
        Of the solve, above the lower bound of each arc of the problem.
    """

    basis: Basis
    supply: IntArray
    order: IntArray
    penalty: int
    pivots: IntArray
    flow: IntArray

    @classmethod
    def of(cls, basis: Basis, supply: IntArray, order: IntArray, penalty: int) -> ColdStart:
        """Nothing solved yet."""
        return cls(basis, supply, order, penalty, np.zeros(1, np.int64), np.empty(len(order), np.int64))

    def potential(self) -> IntArray:
        """Potential of each vertex, (V,), zero at the artificial root."""
        return self.basis.potential[:-1] - self.basis.potential[-1]


def basis_flow(b: Basis) -> IntArray:
    """Flow of each arc of the basis, (A,)."""
    out = np.empty(len(b.arc), np.int64)
    list_flow(b, np.arange(len(out)), out)
    return out


@entry
def list_flow(b: Basis, place: IntArray, out: IntArray) -> None:
    """Flow of the first arcs of the basis, those that have a place. Modified: out."""
    write_flow(without_journal(b), place, out)


@lru_cache(8)
def scattered(arcs: int) -> IntArray:
    """A fixed order of the arcs that keeps no neighbours together, (E,)."""
    step = int(arcs * SPREAD)
    while arcs > 2 and np.gcd(step, arcs) != 1:
        step += 1
    return (np.arange(arcs) * step) % arcs if arcs > 2 else np.arange(arcs)


def cold_start(problem: Problem, width: IntArray, supply: IntArray, penalty: int, *, free: bool = False) -> ColdStart:
    """The basis of artificial arcs for a problem; `free` leaves out its costs, to ask for feasibility alone."""
    E, V = problem.E, problem.V
    order = scattered(E)
    b = empty_basis(E, V)
    cost = sealed(np.zeros(E, np.int64)) if free else problem.cost
    lay_out(b, problem.tail, problem.head, width, cost, order, supply, penalty)
    return ColdStart.of(b, supply, order, penalty)


def pivot_cap(b: Basis) -> int:
    """The cap on the pivots of a solve from scratch."""
    return PIVOTS_AN_ARC * len(b.arc) + 1000


def solve_cold(start: ColdStart, stop: IntArray | None = None, cap: int | None = None) -> tuple[int, IntArray | None]:
    """Solve in place; the status of the kernel, and the arcs of a negative cycle without bound, if any."""
    b = start.basis
    flag = np.zeros(1, np.int64) if stop is None else stop
    most = pivot_cap(b) if cap is None else cap
    code, start.pivots[0], entering = optimise(b, start.order, most, flag, start.flow)
    return code, start.order[cycle_of(b, entering)] if code == ENDLESS_CYCLE else None


def cycle_of(b: Basis, e: int) -> IntArray:
    """The arcs of the cycle that arc `e`, at its lower bound, closes with the tree, in order."""
    to_root = {}
    v = int(b.arc["tail"][e])
    path: list[int] = []
    while v != NONE:
        to_root[v] = len(path)
        path.append(int(b.node["pred"][v]))
        v = int(b.node["parent"][v])
    v = int(b.arc["head"][e])
    back = []
    while v not in to_root:
        back.append(int(b.node["pred"][v]))
        v = int(b.node["parent"][v])
    return np.array([e, *back, *reversed(path[: to_root[v]])], np.int64)
