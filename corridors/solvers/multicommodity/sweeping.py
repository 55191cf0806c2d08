"""Every scenario of a batch, re-optimised from the base, on threads; many closures share an optimum."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.codes import Path, Status
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError
from corridors.kernels.multicommodity.block import Kept
from corridors.kernels.multicommodity.scenario import VOLUME, Cases
from corridors.kernels.multicommodity.types import DONE, GAVE_UP
from corridors.solvers.multicommodity.again import LastOptima
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.compiling import compile_changes, scenarios_of
from corridors.solvers.multicommodity.fallback import solve_cold, solve_lp, with_reduced_costs
from corridors.solvers.multicommodity.kernel_calls import cases_of, select_cases
from corridors.solvers.multicommodity.memo import Closures, Memory
from corridors.solvers.multicommodity.threads import Job

KEEPABLE = ("rent", "row_cost")


@dataclass(frozen=True, eq=False)
class CoupledResult:
    """What a coupled sweep found, a row a scenario.

    Parameters
    ----------
    status : (S,) int8
        A `Status` each: OPTIMAL, with a proven relative gap of at most 1e-9, or LIMIT where the sweep was stopped.
    path : (S,) int8
        A `Path` each.
    objective, bound : (S,) float
        Cost of the circulation, and what no flow can go below; NaN where not OPTIMAL, as all below.
    unmet : (S, D) float
        What each demand row (in the order of the demand arcs) goes without.
    rent : (S, B) float or None
        What one more unit of each bundle's limit would save, when kept.
    row_cost : (S, D) float or None
        Cost of what each demand row gets, without rents and value, when kept; NaN where the path is LP.
    totals : (S, K) float or None
        The flow weighted by each row of the totals asked for.
    effort : (S, 3) int
        Pivots, rounds of pricing and searches it took.
    """

    status: npt.NDArray[np.int8]
    path: npt.NDArray[np.int8]
    objective: FloatArray
    bound: FloatArray
    unmet: FloatArray
    rent: FloatArray | None
    row_cost: FloatArray | None
    totals: FloatArray | None
    effort: IntArray


def sweep(
    base: Base,
    changes: CoupledChanges,
    *,
    keep: Iterable[str] = (),
    totals: Any = None,
    threads: int | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[int], None] | None = None,
    memory: Memory | None = None,
    again: tuple[LastOptima, IntArray, FloatArray] | None = None,
) -> CoupledResult:
    """Solve every scenario, each from the base.

    Parameters
    ----------
    base : Base
        What `prepare` made.
    changes : CoupledChanges
        S scenarios.
    keep : iterable of str
        What to keep in addition to the objective and what is unmet: ``rent, row_cost``.
    totals : sparse (K, E), optional
        Weights of arcs, a row a total.
    threads : int, optional
        By default one for each processor that may be used.
    stop : threading.Event, optional
        Set it to stop; the scenarios done are returned. Ctrl-C stops as well, and is raised again.
    progress : callable, optional
        Called now and then with how many scenarios were settled since the last call.
    memory : Memory, optional
        Optima of closures from earlier calls with the same base, `keep` and `totals`; it takes those of this one.
    again : (LastOptima, (S,) int, (L,) float), optional
        Where scenarios stood before, by their numbers, and where their limits are now: those that change more than
        closures start from the nearest.

    Returns
    -------
    CoupledResult
        A function of base and scenario alone: not of the other scenarios, their order or the threads; but where optima
        tie, of where `again` stands.

    Raises
    ------
    InputError
        Changes of arcs, bundles or groups that the base does not have; a capacity for an arc without one.
    """
    keep = tuple(keep)
    unknown = [name for name in keep if name not in KEEPABLE]
    if unknown:
        raise InputError(f"coupled: keep={unknown} is unknown; give some of {', '.join(KEEPABLE)}")
    many = threads or os.cpu_count() or 1
    memory = memory or Memory()
    weights = memory.bind(base, keep, totals)
    job = Job(base, keep, totals, many, stop, progress or (lambda _: None), weights)
    (cases, apart), closures = scenarios_of(base, changes), Closures(base, changes)
    result = _empty(job, changes.S)
    volume = _volumes(base, cases, changes.S)

    if len(closures.unloaded):
        kept = job.solve(cases_of(), 1, settles=False)
        _write(job, result, closures.unloaded, kept, np.zeros(len(closures.unloaded), np.int64), Path.UNLOADED, volume)
        job.progress(len(closures.unloaded))
    if closures.several.any() and (singles := job.singles()) is not None:
        closures.settle_by_one(singles)
    while len(closures.waiting) and not job.stopped:
        kept = memory.solve(closures.next_sets(), functools.partial(job.solve, loaded=True, settles=False))
        scenarios, rows, whole = closures.accept(kept)
        _write(job, result, scenarios, kept, rows, np.where(whole, Path.WARM, Path.MEMO), volume)
        job.progress(len(scenarios))
    others = closures.others[~apart[closures.others]]
    if len(others) and not job.stopped:
        left = select_cases(cases, others)
        kept = job.solve(left, len(others)) if again is None else again[0].solve(job, left, again[1][others], again[2])
        _write(job, result, others, kept, np.arange(len(others)), Path.WARM, volume)
    if apart.any() and not job.stopped:
        some, other = np.flatnonzero(apart), memory.apart(job)
        kept = other.solve(compile_changes(other.base, changes.only(some)), len(some))
        _write(other, result, some, kept, np.arange(len(some)), Path.WARM, volume)
    for s in np.flatnonzero(result.path == ABANDONED):
        if job.stopped or (stop is not None and stop.is_set()):
            result.path[s] = Path.NONE
        else:
            _fall_back(job, changes, result, int(s), volume)
    return result


ABANDONED = -1
"""Where re-optimisation was abandoned, until the fallback has settled it."""


def _empty(job: Job, S: int) -> CoupledResult:
    def empty(*shape: int) -> FloatArray:
        return np.full(shape, np.nan)

    coupled = job.base.layout.coupled
    D, B = len(coupled.volume), job.base.layout.given
    return CoupledResult(
        status=np.full(S, Status.LIMIT, np.int8),
        path=np.full(S, Path.NONE, np.int8),
        objective=empty(S),
        bound=empty(S),
        unmet=empty(S, D),
        rent=empty(S, B) if "rent" in job.keep else None,
        row_cost=empty(S, D) if "row_cost" in job.keep else None,
        totals=None if job.totals is None else empty(S, job.totals.shape[0]),
        effort=np.zeros((S, 3), np.int64),
    )


def _volumes(base: Base, cases: Cases, S: int) -> Callable[[IntArray], FloatArray]:
    """What gives the volumes of some scenarios, (N, D)."""

    def volumes(scenarios: IntArray) -> FloatArray:
        some = select_cases(cases, scenarios)
        out = np.tile(base.layout.coupled.volume, (len(scenarios), 1))
        of_volume = some.change["kind"] == VOLUME
        row = np.repeat(np.arange(len(scenarios)), np.diff(some.start))[of_volume]
        out[row, some.change["index"][of_volume]] = some.change["value"][of_volume]
        return out

    return volumes


def _write(
    job: Job,
    result: CoupledResult,
    scenarios: IntArray,
    kept: Kept,
    rows: IntArray,
    how: Any,
    volumes: Callable[[IntArray], FloatArray],
    shift: IntArray | None = None,
) -> None:
    """Rows of what was found to the scenarios they settle; `shift`: of their costs, if not the base's."""
    code = kept.code[rows]
    result.effort[scenarios] = kept.effort[rows]
    result.path[scenarios] = np.where(code == DONE, how, np.where(code == GAVE_UP, ABANDONED, Path.NONE))
    done, found = scenarios[code == DONE], rows[code == DONE]
    result.status[done] = Status.OPTIMAL
    result.objective[done], result.bound[done] = kept.objective[found], kept.bound[found]
    result.unmet[done] = kept.unmet[found]
    if result.rent is not None:
        result.rent[done] = kept.rent[found][:, : result.rent.shape[1]]
    if result.row_cost is not None:
        shifted = (job.base.shift if shift is None else shift)[job.base.layout.demand]
        result.row_cost[done] = kept.row_cost[found]
        if shifted.any():  # the tonnes that arrive pay what their costs were reduced by
            result.row_cost[done] += (volumes(done) - kept.unmet[found]) * shifted
    if result.totals is not None:
        totals = kept.totals[found] if len(kept.totals) else np.zeros((len(found), result.totals.shape[1]))
        if job.demand_totals.nnz:
            totals = totals + (volumes(done) - kept.unmet[found]) @ job.demand_totals.T
        result.totals[done] = totals


def _fall_back(
    job: Job,
    changes: CoupledChanges,
    result: CoupledResult,
    s: int,
    volumes: Callable[[IntArray], FloatArray],
) -> None:
    """Settle a scenario whose re-optimisation was abandoned."""
    scenario = np.array([s])
    base = with_reduced_costs(job.base)
    kept = solve_cold(job, base, compile_changes(base, changes.only(scenario)))
    _write(job, result, scenario, kept, np.zeros(1, np.int64), Path.COLD, volumes, base.shift)
    if kept.code[0] == DONE or job.stopped:
        return
    result.path[s] = Path.LP
    found, bound = solve_lp(base, changes, s)
    result.status[s] = found.status
    if found.status != Status.OPTIMAL:
        return
    result.objective[s], result.bound[s] = found.cost, bound
    result.unmet[s] = volumes(scenario)[0] - found.flow[job.base.layout.demand]
    if result.rent is not None:
        result.rent[s] = found.rent
    if result.totals is not None:
        result.totals[s] = job.totals @ found.flow
