"""The base of a sweep: its optimum, and a pool of columns trained on perturbations, both frozen."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.errors import InputError, SolverError
from corridors.kernels.coupled.block import AFTER
from corridors.kernels.coupled.scenario import Cases
from corridors.kernels.coupled.types import AMOUNT, DONE, Bytes, Coupled, K, Optimum, Pool, Q, Work
from corridors.kernels.types import Bundles, FloatArray, IntArray, Problem
from corridors.solvers.coupled.layout import Layout, lay_out
from corridors.solvers.coupled.running import (
    MOST,
    Column,
    from_nothing,
    group_arcs,
    make_pool,
    no_cases,
    nothing_kept,
    run,
    standing,
    weights_of,
)

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
    groups : sparse (G, E)
        Arcs of the circulation in each group that scenarios may close.
    pool : Pool
        K frozen columns.
    optimum : Optimum
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
    groups: Any
    pool: Pool
    optimum: Optimum
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
        return standing(self.layout.coupled, self.pool, self.optimum)

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
    """
    layout = lay_out(problem, bundles, demand)
    if groups is None:
        groups = csr_array((np.ones(problem.E, np.int8), (np.arange(problem.E),) * 2), shape=(problem.E, problem.E))
    groups = csr_array(groups)
    if groups.shape[1] != problem.E:
        raise InputError(f"coupled: groups has {groups.shape[1]} columns; give one an arc of the problem ({problem.E})")
    coupled = layout.coupled
    group_start, group_arc = group_arcs(layout, groups)
    optimum, columns, *_ = _optimum(coupled, [], from_nothing(coupled), own=max(200 * len(coupled.volume), 2000))
    used: Counter[Column] = Counter()
    for cases in _lessons(coupled, group_start, group_arc, _loaded(optimum, columns, group_start, group_arc), seed):
        used.update(_uses(coupled, columns, optimum, cases))
        columns, optimum = _chosen(coupled, columns, used, optimum, 4 * COLUMNS)
    columns, optimum = _chosen(coupled, columns, used, optimum, COLUMNS)
    optimum, columns, objective, bound = _optimum(coupled, columns, optimum, own=len(coupled.volume) * 8 + 64)
    pool = make_pool(coupled, columns)
    loaded = _loaded(optimum, columns, group_start, group_arc)
    number, uses = _singles(layout, pool, optimum, groups, loaded)
    return Base(
        problem,
        bundles,
        layout,
        groups,
        pool,
        optimum,
        objective,
        bound,
        loaded,
        number,
        uses,
    )


def _singles(
    layout: Layout, pool: Pool, optimum: Optimum, groups: Any, loaded: npt.NDArray[np.bool_]
) -> tuple[IntArray, Bytes]:
    """Rows of loaded groups, and the groups that carry flow without each; all of them where that is not known."""
    chosen = np.flatnonzero(loaded)[:MOST_SINGLES]
    number = np.full(len(loaded), -1)
    number[chosen] = np.arange(len(chosen))
    start = np.arange(len(chosen) + 1)
    cases = no_cases(*group_arcs(layout, groups), closed_start=start, closed_group=chosen)
    kept = nothing_kept(len(chosen))._replace(loaded=np.zeros((len(chosen), len(loaded)), np.uint8))
    w = standing(layout.coupled, pool, optimum)
    run(
        layout.coupled,
        pool,
        optimum,
        cases,
        w,
        last=len(chosen),
        weights=weights_of(layout, None, groups),
        kept=kept,
    )
    kept.loaded[kept.code != DONE] = 1
    return number, kept.loaded


def _optimum(
    problem: Coupled, columns: list[Column], begin: Optimum, own: int
) -> tuple[Optimum, list[Column], float, float]:
    """The base optimum by column generation from a basis of `columns`; also the columns made, its cost and bound."""
    pool = make_pool(problem, columns)
    w = standing(problem, pool, begin, own=own)
    kept = run(problem, pool, begin, no_cases(), w, most=50 * MOST, exact=AFTER)
    if kept.code[0] != DONE:
        raise SolverError("coupled: the base was given up for its numbers; use solver='lp'")
    q = w.n[Q]
    made = [_column(w, k) for k in range(len(problem.volume), w.n[K])]
    optimum = Optimum(
        tight=w.tight[:q].copy(),
        other=w.other[:q].copy(),
        key=w.key.copy(),
        inverse=w.inverse[:q, :q].copy(),
        x_other=w.x_other[:q].copy(),
        x_key=w.x_key.copy(),
        load=w.load.copy(),
        rent=w.priced.copy(),
        reduced=w.reduced[: w.n[K]].copy(),
        label=w.label.copy(),
        length=w.length.copy(),
        ahead_start=begin.ahead_start,
        ahead=w.ahead.copy(),
    )
    return optimum, made, float(kept.objective[0]), float(kept.bound[0])


def _column(w: Work, column: int) -> Column:
    return int(w.od[column]), tuple(w.path_arc[w.path_start[column] : w.path_start[column + 1]].tolist())


def _uses(problem: Coupled, columns: list[Column], base: Optimum, cases: Cases) -> Counter[Column]:
    """How often each column, of the pool or new, carries flow in the optima of `cases`."""
    pool = make_pool(problem, columns)
    w = standing(problem, pool, base)
    D = len(problem.volume)
    used: Counter[Column] = Counter()
    for s in range(len(cases.cost_start) - 1):
        if run(problem, pool, base, cases, w, first=s, last=s + 1).code[s] == DONE:
            q = w.n[Q]
            basic = np.concatenate([w.key, w.other[:q]])
            carries = np.concatenate([w.x_key, w.x_other[:q]]) > w.tol[AMOUNT]
            used.update(_column(w, int(k)) for k in basic[carries] if k >= D)
    return used


def _chosen(
    problem: Coupled, columns: list[Column], used: Counter[Column], base: Optimum, most: int
) -> tuple[list[Column], Optimum]:
    """The basic columns and the most used of each demand row, and the base in their numbers."""
    D = len(base.key)
    basic = sorted(k for k in [*base.key.tolist(), *base.other.tolist()] if k >= D)
    kept = [columns[k - D] for k in basic]
    have = Counter(row for row, _ in kept)
    inside = set(kept)
    for column, _ in sorted(used.items(), key=lambda item: (-item[1], item[0])):
        if column not in inside and have[column[0]] < most:
            have[column[0]] += 1
            kept.append(column)
    number = np.arange(D + len(columns))
    number[basic] = D + np.arange(len(basic))
    reduced = _reduced(problem, make_pool(problem, kept), base.rent, number[base.key])
    return kept, base._replace(key=number[base.key], other=number[base.other], reduced=reduced)


def _reduced(problem: Coupled, pool: Pool, rent: FloatArray, key: IntArray) -> FloatArray:
    """Reduced costs of a pool's columns."""
    entries = csr_array((pool.entry_weight, pool.entry_bundle, pool.entry_start), shape=(len(pool.od), len(rent)))
    charged = pool.cost + entries @ rent
    return charged - charged[key][pool.od]


def _loaded(
    optimum: Optimum, columns: list[Column], group_start: IntArray, group_arc: IntArray
) -> npt.NDArray[np.bool_]:
    """Groups that carry flow."""
    D = len(optimum.key)
    flowing = np.zeros(max(int(group_arc.max(initial=-1)) + 1, len(optimum.length)), bool)
    for k, amount in zip([*optimum.key, *optimum.other], [*optimum.x_key, *optimum.x_other], strict=True):
        if k >= D and amount > 0:
            flowing[list(columns[k - D][1])] = True
    group = np.repeat(np.arange(len(group_start) - 1), np.diff(group_start))
    loaded = np.zeros(len(group_start) - 1, bool)
    loaded[group[flowing[group_arc]]] = True
    return loaded


LESSONS = 40
"""How many random scenarios of each kind the pool is trained on."""

MOST_SINGLES = 2000
"""How many loaded groups have their own optimum looked at, for the memo of closures."""

MOST_CLOSED = 1000
"""How many groups are closed in training, one by one."""


def _lessons(
    problem: Coupled, group_start: IntArray, group_arc: IntArray, loaded: npt.NDArray[np.bool_], seed: int
) -> Iterator[Cases]:
    """Scenarios to train on: loaded groups closed by one and by three, then random costs, limits, volumes, and all."""
    shut = np.flatnonzero(loaded)[:: max(1, -(-int(loaded.sum()) // MOST_CLOSED))]
    yield no_cases(group_start, group_arc, closed_start=np.arange(len(shut) + 1), closed_group=shut)
    rng = np.random.default_rng(seed)
    if len(shut) > 3:
        some = np.sort(np.array([rng.choice(shut, 3, replace=False) for _ in range(2 * LESSONS)]), axis=1)
        start = 3 * np.arange(len(some) + 1)
        yield no_cases(group_start, group_arc, closed_start=start, closed_group=some.ravel())
    for costs, limits, volumes in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)):
        given: dict[str, Any] = {}
        if costs:
            given |= _random(rng, "cost", "arc", problem.cost, 0.05, 0.8, 1.2)
        if limits:
            given |= _random(
                rng, "limit", "bundle", np.where(np.isinf(problem.limit), 0, problem.limit), 0.05, 0.5, 1.5
            )
        if volumes:
            given |= _random(rng, "volume", "row", problem.volume, 1.0, 0.9, 1.1)
        yield no_cases(group_start, group_arc, **given)


def _random(
    rng: np.random.Generator, name: str, what: str, base: FloatArray, share: float, low: float, high: float
) -> dict[str, Any]:
    """A share of the numbers above zero scaled at random, in each of `LESSONS` scenarios."""
    able = np.flatnonzero(base > 0)
    some = round(share * len(able))
    index = [np.sort(rng.permutation(able)[:some]) for _ in range(LESSONS)]
    value = [np.rint(base[i] * rng.uniform(low, high, some)) for i in index]
    return {
        f"{name}_start": np.arange(LESSONS + 1) * some,
        f"{name}_{what}": np.concatenate(index),
        f"{name}_value": np.concatenate(value),
    }
