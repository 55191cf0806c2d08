"""A sweep from its base: what the workers do, and the scenarios that they leave unsolved."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from corridors.arrays.changes import Changes
from corridors.arrays.codes import Path
from corridors.arrays.results import SweepResult
from corridors.arrays.typing import IntArray
from corridors.kernels.basis import Basis
from corridors.kernels.closures import Groups, groups, keep_base, own_groups, sort_by_next, sweep_closures
from corridors.kernels.net import Net, Warm, copied, warm
from corridors.kernels.output import Output
from corridors.kernels.primal import DONE, NO_FEASIBLE_FLOW
from corridors.kernels.scenario import Batch
from corridors.kernels.sweep import sweep_scenarios
from corridors.kernels.work import Work, workspace
from corridors.solvers.kept import keep_fresh, output
from corridors.solvers.prepared import Sweep, running_sums, writable
from corridors.solvers.threads import share

Task = Callable[[Basis, Net, Work], None]
"""What a worker does with a basis and a workspace of its own."""
LEVELS = 4
"""How many arcs of a chain of closures are shared by scenarios, and one."""
BLOCKS = 16
"""Blocks of scenarios for each thread, so that none waits long for another."""


def run(job: Sweep, result: SweepResult, totals: Any, threads: int) -> None:
    """Solve the scenarios that are still pending. Modified in place: result."""
    stop = np.zeros(1, np.int64)
    if job.code in (DONE, NO_FEASIBLE_FLOW):
        base = warm(job.start, LEVELS + 1)
        tasks = warm_tasks(job, base, result, totals, threads * BLOCKS)

        def worker() -> Callable[[Task], None]:
            b, w = copied(base.basis), workspace(job.problem.E, job.problem.V + 1, stop)
            return lambda task: task(b, base.net, w)

        share(worker, tasks, threads, stop)
    ids = np.flatnonzero(result.path == Path.NONE)

    def fresh_worker() -> Callable[[int], None]:
        return lambda s: keep_fresh(job, result, totals, s, stop)

    share(fresh_worker, ids.tolist(), threads, stop)


def warm_tasks(job: Sweep, base: Warm, result: SweepResult, totals: Any, blocks: int) -> list[Task]:
    """The pending scenarios in blocks for the warm kernels: closures by their chains, the rest in order."""
    batch, out = job.batch(base), output(job, base, result, totals)
    pending = result.path == Path.NONE
    closing = closures_only(job.changes, batch) & pending & (job.code == DONE)
    blocks_of_rest = [writable(ids) for ids in np.array_split(np.flatnonzero(pending & ~closing), blocks)]
    tasks = [sweeping(batch, out, ids) for ids in blocks_of_rest if len(ids)]
    if closing.any():
        g = groups(np.flatnonzero(closing), job.changes.S, job.problem.E, LEVELS)
        start = sort_by_next(base.basis, batch, g, 0, len(g.ids))
        key = g.key[g.ids]
        begins = np.concatenate([np.flatnonzero(np.diff(key, prepend=-2)), [len(key)]])
        cuts = np.unique(begins[np.searchsorted(begins, np.linspace(start, len(key), blocks + 1).astype(int))])
        tasks += [closing_chains(batch, out, g, k, n) for k, n in pairwise(cuts.tolist())]
        cuts = np.unique(np.linspace(0, start, blocks + 1).astype(int))
        tasks += [keeping_base(batch, out, g, k, n) for k, n in pairwise(cuts.tolist())]
    return tasks


def closures_only(changes: Changes, batch: Batch) -> Any:
    """Whether a scenario closes arcs and does nothing else, (S,) bool."""
    closes = (np.diff(changes.cap_ptr) > 0) & (np.diff(changes.cost_ptr) == 0) & (np.diff(changes.supply_ptr) == 0)
    closes[closes] = batch.cap_value[changes.cap_ptr[:-1][closes]] == 0  # the first, which settles most of them
    if closes.any():
        closes &= running_sums((batch.cap_value != 0).astype(np.int64), changes.cap_ptr) == 0
    return closes


def sweeping(batch: Batch, out: Output, ids: IntArray) -> Task:
    """Scenarios one by one."""
    return lambda b, net, w: sweep_scenarios(b, net, w, batch, out, ids)


def closing_chains(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures whose chains have arcs."""
    return lambda b, net, w: sweep_closures(b, net, w, batch, out, own_groups(g), first, end)


def keeping_base(batch: Batch, out: Output, g: Groups, first: int, end: int) -> Task:
    """Closures that change nothing."""
    return lambda b, net, w: keep_base(b, net, w, batch, out, g, first, end)
