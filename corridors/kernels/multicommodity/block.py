"""Many scenarios in turn, each from the base, and what is kept of each."""

from __future__ import annotations

from typing import NamedTuple

from corridors.kernels.by_reference import by_reference
from corridors.kernels.multicommodity.compile import compiled, entry
from corridors.kernels.multicommodity.pricing import bound, exact_prices
from corridors.kernels.multicommodity.scenario import Cases, nearest, objective, solve, start, undo
from corridors.kernels.multicommodity.types import (
    DONE,
    PIVOTS,
    ROUNDS,
    SEARCHES,
    Bases,
    Bytes,
    Coupled,
    Floats,
    Ints,
    Optimum,
    Pool,
    Q,
    Work,
)


class Prepared(NamedTuple):
    """What every scenario starts from: a problem, its columns, the prices of its base and the bases to begin with."""

    problem: Coupled
    pool: Pool
    base: Optimum
    bases: Bases


class Kept(NamedTuple):
    """What is kept of each scenario; arrays of no rows are not kept.

    ``code`` (S,): DONE or GAVE_UP. ``objective, bound`` (S,): of the circulation. ``effort`` (S, 3): pivots, rounds of
    pricing, searches. ``unmet`` (S, D), ``rent`` (S, B), ``row_cost`` (S, D): cost of what a row gets. ``totals``
    (S, T): weighted flow. ``loaded`` (S, G): whether a group of arcs carries flow.
    """

    code: Ints
    objective: Floats
    bound: Floats
    effort: Ints
    unmet: Floats
    rent: Floats
    row_cost: Floats
    totals: Floats
    loaded: Bytes


class Weights(NamedTuple):
    """Totals and groups by arc, as CSR: ``total_start, total, weight`` and ``group_start`` (A + 1,), ``group``.

    Groups are alike for all classes that share an arc. Totals need not be: they have a row an arc and class, in which
    an arc of class c is at its number plus ``shift[c]`` where it is shared, and plus ``shift[C]`` where it is not.
    """

    shift: Ints
    total_start: Ints
    total: Ints
    weight: Floats
    group_start: Ints
    group: Ints


class Output(NamedTuple):
    """Where optima are written, and the weights by which arcs count in the totals and groups kept."""

    weights: Weights
    kept: Kept


@entry
def solve_block(
    prepared: Prepared, cases: Cases, first: int, last: int, w: Work, output: Output, most: int, exact: int
) -> int:
    """Solve scenarios `first` to `last` - 1, each from the base, and leave the last one's optimum in `w`.

    Parameters
    ----------
    prepared : Prepared
    cases : Cases
        Scenarios; those from `first` to before `last` are solved.
    w : Work
        Room to work, of this thread alone.
    output : Output
        Modified in place: the rows of those scenarios.
    most : int
        Pivots after which re-optimising a scenario is abandoned.
    exact : int
        Whether labels, lengths and what is ahead are first computed from scratch (1), for a new base.

    Returns
    -------
    int
        The scenario it ended before: `last`, or another where ``w.stop`` was set, whose row is left as it was; -1
        where labels do not settle, because a cycle is negative or ``w.stop`` was set.
    """
    problem, pool = by_reference(prepared.problem), by_reference(prepared.pool)
    base, bases = by_reference(prepared.base), by_reference(prepared.bases)
    weights, kept = by_reference(output.weights), by_reference(output.kept)
    cases, w = by_reference(cases), by_reference(w)
    ended = last
    if exact and not exact_prices(problem, w, base):
        return -1
    for s in range(first, last):
        undo(problem, w, pool, base)
        start(w, bases, nearest(bases, cases, s))
        code = solve(problem, pool, base, cases, s, w, most)
        if code != DONE and w.stop[0]:
            ended = s
            break
        kept.code[s] = code
        kept.effort[s, 0], kept.effort[s, 1], kept.effort[s, 2] = w.n[PIVOTS], w.n[ROUNDS], w.n[SEARCHES]
        if code == DONE:
            kept.objective[s], kept.bound[s] = objective(w), bound(problem, w)
            keep(problem, w, weights, kept, s)
    return ended


@compiled
def keep(problem: Coupled, w: Work, weights: Weights, kept: Kept, s: int) -> None:
    """Write the optimum in `w` to row `s`."""
    if len(kept.rent):
        for b in range(len(w.bundles)):
            kept.rent[s, b] = max(w.rent[b], 0.0)
    for p in range(len(w.rows)):
        _keep_column(problem, w, weights, kept, s, w.rows[p].key, w.rows[p].x_key)
    for j in range(w.n[Q]):
        _keep_column(problem, w, weights, kept, s, w.basis[j].other, w.basis[j].x_other)


@compiled
def _keep_column(problem: Coupled, w: Work, weights: Weights, kept: Kept, s: int, column: int, amount: float) -> None:
    row = w.columns[column].od
    amount = max(amount, 0.0)
    if column == row:
        if len(kept.unmet):
            kept.unmet[s, row] += amount
        return
    if len(kept.row_cost):
        kept.row_cost[s, row] += amount * w.columns[column].price
    if amount <= 0.0:
        return
    for i in range(w.columns[column].path_start, w.columns[column + 1].path_start):
        arc = w.path_arc[i]
        if len(kept.totals):
            c = problem.od_class[row] if arc < problem.out_start[0] else len(problem.source)
            at = arc + weights.shift[c]
            for k in range(weights.total_start[at], weights.total_start[at + 1]):
                kept.totals[s, weights.total[k]] += amount * weights.weight[k]
        if len(kept.loaded):
            for k in range(weights.group_start[arc], weights.group_start[arc + 1]):
                kept.loaded[s, weights.group[k]] = 1
