"""Where rounding grew too large in a re-optimisation: the scenario from scratch, then as a linear programme.

Both with reduced costs (`corridors.solvers.multicommodity.reduced`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.results import FlowResult
from corridors.kernels.multicommodity.block import Kept
from corridors.kernels.multicommodity.scenario import Cases
from corridors.solvers import lp
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.kernel_calls import (
    MOST,
    all_unmet,
    group_arcs,
    make_pool,
    one_basis,
    run,
    weights_of,
    workspace_at,
)
from corridors.solvers.multicommodity.reduced import reduced, shift_of
from corridors.solvers.multicommodity.threads import Job


def with_reduced_costs(base: Base) -> Base:
    """The base with its costs reduced, as far as nothing but the problem, its layout and groups is used."""
    if base.shift.any():
        return base
    apart = base.layout.apart(base.problem, base.bundles)
    shift = shift_of(apart)
    problem, bundles, layout = reduced(base.problem, base.bundles, apart, shift)
    members = group_arcs(layout, base.groups)
    return replace(base, problem=problem, bundles=bundles, layout=layout, members=members, shift=shift)


def solve_cold(job: Job, base: Base, cases: Cases) -> Kept:
    """Solve the one scenario of `cases` from no flow and no columns; its code is -1 where the job was stopped."""
    coupled = base.layout.coupled
    kept = job.room(1, False)
    pool = make_pool(coupled)

    def work() -> None:
        nothing, basis = all_unmet(coupled, job.flag)
        bases = one_basis(pool, basis, base.groups.shape[0])
        w = workspace_at(coupled, pool, nothing, bases, own=max(200 * len(coupled.volume), 2000))
        weights = weights_of(base.layout, job.totals, base.members)
        run(coupled, pool, nothing, bases, cases, w, weights=weights, kept=kept, most=50 * MOST, stop=job.flag)

    job.share(work)
    return kept


def solve_lp(base: Base, changes: CoupledChanges, s: int) -> tuple[FlowResult, float]:
    """Solve scenario `s` as a linear programme on arcs; returns its result and the bound of its prices."""
    problem, bundles = changed(base, changes, s)
    result = lp.solve(problem, bundles)
    charged = problem.cost + result.potential[problem.tail] - result.potential[problem.head]
    np.add.at(charged, bundles.arc, bundles.weight * result.rent[bundles.bundle])
    finite = problem.capacity != UNCAPACITATED
    limited = bundles.limit != UNCAPACITATED
    bound = np.minimum(charged[finite], 0.0) @ problem.capacity[finite].astype(float)
    return result, float(bound - result.rent[limited] @ bundles.limit[limited].astype(float))


def changed(base: Base, changes: CoupledChanges, s: int) -> tuple[Problem, Bundles]:
    """The circulation and bundles of one scenario, its costs shifted as the base's are."""
    problem, bundles = base.problem, base.bundles
    capacity, cost, limit = problem.capacity.copy(), problem.cost.copy(), bundles.limit.copy()
    for part, values in ((changes.capacity, capacity), (changes.cost, cost), (changes.limit, limit)):
        here = slice(part.start[s], part.start[s + 1])
        values[part.index[here]] = part.value[here] + (base.shift[part.index[here]] if values is cost else 0)
    shut = changes.closed.index[changes.closed.start[s] : changes.closed.start[s + 1]]
    capacity[base.groups[shut].indices] = 0
    return (
        Problem(problem.tail, problem.head, capacity, cost, problem.supply, problem.lower),
        Bundles(bundles.bundle, bundles.arc, bundles.weight, limit),
    )
