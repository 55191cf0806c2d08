"""The base of a sweep: its optimum, and a pool of columns trained on perturbations, both frozen."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, SolverError
from corridors.kernels.multicommodity.block import AFTER
from corridors.kernels.multicommodity.scenario import Cases
from corridors.kernels.multicommodity.types import AMOUNT, DONE, Bases, Bytes, Coupled, K, Optimum, Pool, Q, Work
from corridors.solvers.multicommodity.kernel_calls import (
    MOST,
    Basis,
    Column,
    from_nothing,
    group_arcs,
    make_pool,
    no_cases,
    nothing_kept,
    only,
    run,
    stacked,
    standing,
    weights_of,
)
from corridors.solvers.multicommodity.layout import Layout, lay_out
from corridors.solvers.multicommodity.reduced import reduced, shift_of
from corridors.solvers.multicommodity.training_scenarios import lessons
from corridors.solvers.threads import listen

MOST_SINGLES = 2000
"""How many loaded groups have their own optimum looked at, for the memo of closures."""

MOST_BASES = 250e6
"""Bytes of bases without a loaded group that are kept."""

COLUMNS = 16
"""Columns of a demand row in the frozen pool: with fewer, scenarios price more; with more, pivots cost more."""


@dataclass(frozen=True, eq=False)
class Base:
    """A coupled problem ready to be swept: everything a scenario starts from, frozen.

    Parameters
    ----------
    problem, bundles : Problem, Bundles
        What was prepared.
    layout : Layout
    shift : (E,) int
        What was added to the cost of each arc of the problem (`corridors.solvers.multicommodity.reduced`); mostly zero.
    groups : sparse (G, E)
        Arcs of the circulation in each group that scenarios may close.
    pool : Pool
        K frozen columns.
    optimum : Optimum
        Prices of the base.
    bases : Bases
        The base's own and those without each loaded group.
    objective, bound : float
        The base's cost and what no flow can go below.
    loaded : (G,) bool
        Groups that carry flow in the base optimum.
    number : (G,) int
        A loaded group's row in `uses`; -1 for the others.
    uses : (N, G) uint8
        Groups that carry flow in the optimum without one loaded group.
    """

    problem: Problem
    bundles: Bundles
    layout: Layout
    shift: IntArray
    groups: Any
    pool: Pool
    optimum: Optimum
    bases: Bases
    objective: float
    bound: float
    loaded: npt.NDArray[np.bool_]
    number: IntArray
    uses: Bytes
    _spare: list[Work] = field(default_factory=list, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def borrow(self) -> Work:
        """A workspace that stands at the base; give it back by `put_back`."""
        with self._lock:
            if self._spare:
                return self._spare.pop()
        return standing(self.layout.coupled, self.pool, self.optimum, self.bases)

    def put_back(self, w: Work) -> None:
        """Keep a workspace for the next sweep."""
        with self._lock:
            self._spare.append(w)


def prepare(
    problem: Problem,
    bundles: Bundles,
    *,
    demand: npt.ArrayLike | None = None,
    groups: Any = None,
    seed: int = 0,
) -> Base:
    """Solve the base and train its pool of columns.

    Parameters
    ----------
    problem : Problem
        A circulation: the arcs of every class from its world to its demand rows, and a demand arc back from each with
        the volume as capacity and minus the value as cost.
    bundles : Bundles
        Shared capacities.
    demand : (D,) int, optional
        The demand arcs; by default the arcs that have a capacity and a cost of zero or less.
    groups : sparse (G, E), optional
        Arcs that are closed together, a row a group; by default every arc is its own.
    seed : int
        Of the perturbations the pool is trained on. The seed may change how fast scenarios are solved and, where
        optima tie, which is found; no objective.

    Returns
    -------
    Base

    Raises
    ------
    InputError
        A problem that is no circulation of classes, or has a negative cycle.
    SolverError
        The base could not be solved.
    KeyboardInterrupt
        Ctrl-C; heard at once.
    """
    layout = lay_out(problem, bundles, demand)
    if groups is None:
        groups = csr_array((np.ones(problem.E, np.int8), (np.arange(problem.E),) * 2), shape=(problem.E, problem.E))
    groups = csr_array(groups)
    if groups.shape[1] != problem.E:
        raise InputError(f"coupled: groups has {groups.shape[1]} columns; give one an arc of the problem ({problem.E})")
    stop = np.zeros(1, np.uint8)

    def trained() -> Base:
        try:
            return _trained(problem, bundles, layout, groups, seed, np.zeros(problem.E, np.int64), stop)
        except SolverError:  # its numbers were too far apart
            shift = shift_of(layout)
            return _trained(*reduced(problem, bundles, layout, shift), groups, seed, shift, stop)

    (base,) = listen(trained, stop)
    return base


def _trained(
    problem: Problem, bundles: Bundles, layout: Layout, groups: Any, seed: int, shift: IntArray, stop: Bytes
) -> Base:
    """The base of a problem whose costs have been shifted so, and its pool; ends by `Stopped` where `stop` is set."""
    coupled = layout.coupled
    group_start, group_arc = group_arcs(layout, groups)
    found = _optimum(coupled, [], *from_nothing(coupled, stop), own=max(200 * len(coupled.volume), 2000), stop=stop)
    loaded = _loaded(found, group_start, group_arc)
    used: Counter[Column] = Counter()
    for cases in lessons(coupled, group_start, group_arc, loaded, seed):
        used.update(_uses(coupled, found, cases, stop))
        found = _chosen(found, used, 4 * COLUMNS)
    found = _chosen(found, used, COLUMNS)
    own = len(coupled.volume) * 8 + 64
    found = _optimum(coupled, found.columns, found.prices, found.basis, own=own, stop=stop)
    loaded = _loaded(found, group_start, group_arc)
    pool, bases, number, uses = _singles(layout, found, groups, loaded, stop)
    return Base(
        problem,
        bundles,
        layout,
        shift,
        groups,
        pool,
        found.prices,
        bases,
        found.objective,
        found.bound,
        loaded,
        number,
        uses,
    )


class Found(NamedTuple):
    """An optimum of the base: its columns, basis, prices, cost and its bound."""

    columns: list[Column]
    basis: Basis
    prices: Optimum
    objective: float
    bound: float


def _singles(
    layout: Layout, found: Found, groups: Any, loaded: npt.NDArray[np.bool_], stop: Bytes
) -> tuple[Pool, Bases, IntArray, Bytes]:
    """Optima without each loaded group.

    Returns the pool, with the columns that such optima need besides; the bases of those that took most pivots, after
    the base's own; the row of each group in what follows; and the groups that carry flow without each, all of them
    where that is not known.
    """
    coupled = layout.coupled
    chosen = np.flatnonzero(loaded)[:MOST_SINGLES]
    number = np.full(len(loaded), -1)
    number[chosen] = np.arange(len(chosen))
    cases = no_cases(*group_arcs(layout, groups), len(chosen), close=(np.arange(len(chosen)), chosen, 1.0))
    kept = nothing_kept(len(chosen))._replace(loaded=np.zeros((len(chosen), len(loaded)), np.uint8))
    pool = make_pool(coupled, found.columns)
    bases = only(pool, found.basis, len(loaded))
    w, weights = standing(coupled, pool, found.prices, bases), weights_of(layout, None, groups)
    room = 1 + int(MOST_BASES // (sum(part.nbytes for part in found.basis) + 8 * len(pool.od)))
    hard: list[tuple[int, int, Basis, dict[int, Column]]] = []
    for s, group in enumerate(chosen):
        run(coupled, pool, found.prices, bases, cases, w, first=s, last=s + 1, weights=weights, kept=kept, stop=stop)
        if kept.code[s] != DONE:
            kept.loaded[s] = 1
            continue
        basis = _basis(w)
        own = {int(k): _column(w, int(k)) for k in [*basis.key, *basis.other] if k >= len(pool.od)}
        heapq.heappush(hard, (int(kept.effort[s, 0]), -int(group), basis, own))
        if len(hard) > room:
            heapq.heappop(hard)
    more: dict[Column, int] = {}
    of_group = np.zeros(len(loaded), np.int64)
    hard.sort(key=lambda one: -one[1])
    for n, (_, group, basis, own) in enumerate(hard):
        of_group[-group] = 1 + n
        for part in (basis.key, basis.other):
            for i in np.flatnonzero(part >= len(pool.od)):
                part[i] = more.setdefault(own[int(part[i])], len(pool.od) + len(more))
    pool = make_pool(coupled, [*found.columns, *more])
    pivots = np.array([0, *(one[0] for one in hard)])
    return pool, stacked(pool, [found.basis, *(one[2] for one in hard)], pivots, of_group), number, kept.loaded


def _optimum(problem: Coupled, columns: list[Column], begin: Optimum, basis: Basis, own: int, stop: Bytes) -> Found:
    """The base optimum by column generation from a basis of `columns`."""
    pool = make_pool(problem, columns)
    bases = only(pool, basis, 0)
    w = standing(problem, pool, begin, bases, own=own)
    kept = run(problem, pool, begin, bases, no_cases(), w, most=50 * MOST, exact=AFTER, stop=stop)
    if kept.code[0] != DONE:
        raise SolverError("coupled: the base was given up for its numbers; use solver='lp'")
    prices = Optimum(
        rent=w.bundles["priced"].copy(),
        label=w.vertices["label"].copy(),
        length=w.arcs["length"].copy(),
        ahead_start=begin.ahead_start,
        ahead=w.ahead.copy(),
    )
    made = [_column(w, k) for k in range(len(problem.volume), w.n[K])]
    return Found(made, _basis(w), prices, float(kept.objective[0]), float(kept.bound[0]))


def _basis(w: Work) -> Basis:
    """The basis at hand."""
    q = w.n[Q]
    return Basis(
        tight=w.basis["tight"][:q].copy(),
        other=w.basis["other"][:q].copy(),
        x_other=w.basis["x_other"][:q].copy(),
        key=w.rows["key"].copy(),
        x_key=w.rows["x_key"].copy(),
        inverse=w.inverse[:q, :q].copy(),
        load=w.bundles["load"].copy(),
        rent=w.bundles["rent"].copy(),
    )


def _column(w: Work, column: int) -> Column:
    start, end = w.columns["path_start"][column : column + 2]
    return int(w.columns["od"][column]), tuple(w.path_arc[start:end].tolist())


def _uses(problem: Coupled, found: Found, cases: Cases, stop: Bytes) -> Counter[Column]:
    """How often each column, of the pool or new, carries flow in the optima of `cases`."""
    pool = make_pool(problem, found.columns)
    bases = only(pool, found.basis, len(cases.group_start) - 1)
    w = standing(problem, pool, found.prices, bases)
    D = len(problem.volume)
    used: Counter[Column] = Counter()
    for s in range(len(cases.start) - 1):
        if run(problem, pool, found.prices, bases, cases, w, first=s, last=s + 1, stop=stop).code[s] == DONE:
            q = w.n[Q]
            basic = np.concatenate([w.rows["key"], w.basis["other"][:q]])
            carries = np.concatenate([w.rows["x_key"], w.basis["x_other"][:q]]) > w.tol[AMOUNT]
            used.update(_column(w, int(k)) for k in basic[carries] if k >= D)
    return used


def _chosen(found: Found, used: Counter[Column], most: int) -> Found:
    """The basic columns and the most used of each demand row, and the basis in their numbers."""
    D = len(found.basis.key)
    basic = sorted(k for k in [*found.basis.key.tolist(), *found.basis.other.tolist()] if k >= D)
    kept = [found.columns[k - D] for k in basic]
    have = Counter(row for row, _ in kept)
    inside = set(kept)
    for column, _ in sorted(used.items(), key=lambda item: (-item[1], item[0])):
        if column not in inside and have[column[0]] < most:
            have[column[0]] += 1
            kept.append(column)
    number = np.arange(D + len(found.columns))
    number[basic] = D + np.arange(len(basic))
    basis = found.basis._replace(key=number[found.basis.key], other=number[found.basis.other])
    return found._replace(columns=kept, basis=basis)


def _loaded(found: Found, group_start: IntArray, group_arc: IntArray) -> npt.NDArray[np.bool_]:
    """Groups that carry flow."""
    D = len(found.basis.key)
    flowing = np.zeros(max(int(group_arc.max(initial=-1)) + 1, len(found.prices.length)), bool)
    basis = found.basis
    columns, amounts = [*basis.key, *basis.other], [*basis.x_key, *basis.x_other]
    for k, amount in zip(columns, amounts, strict=True):
        if k >= D and amount > 0:
            flowing[list(found.columns[k - D][1])] = True
    group = np.repeat(np.arange(len(group_start) - 1), np.diff(group_start))
    loaded = np.zeros(len(group_start) - 1, bool)
    loaded[group[flowing[group_arc]]] = True
    return loaded
