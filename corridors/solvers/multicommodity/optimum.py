"""The optimum of a coupled problem by column generation, from nothing: one case, solved once.

Rents of the bundles are found over the paths known so far; with rents charged, cheapest paths are priced, and those
that are worth it join, until none is (Ford & Fulkerson 1958; Dantzig & Wolfe 1960; generalised upper bounds: Dantzig &
Van Slyke 1967). Sweeps start from the same optimum (`corridors.solvers.multicommodity.base`), so that where optima tie,
one case shows what the base of a sweep shows.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import SolverError
from corridors.kernels.multicommodity.types import DONE, Bytes, Coupled, K, Optimum, Q, Work
from corridors.solvers.multicommodity.graphs import lay_out_shared
from corridors.solvers.multicommodity.kernel_calls import (
    Basis,
    Column,
    Columns,
    all_unmet,
    cases_of,
    make_pool,
    one_basis,
    run,
    run_cold,
    with_room,
    workspace_at,
)
from corridors.solvers.multicommodity.layout import Layout
from corridors.solvers.multicommodity.reduced import reduced, shift_of
from corridors.solvers.threads import listen

T = TypeVar("T")


class Found(NamedTuple):
    """An optimum: its columns, basis, prices and cost."""

    columns: Columns
    basis: Basis
    prices: Optimum
    objective: float


class Circulation(NamedTuple):
    """What a problem is solved as: laid out, and what was added to the cost of each arc (see `reduced`)."""

    problem: Problem
    bundles: Bundles
    layout: Layout
    shift: IntArray


class Flow(NamedTuple):
    """An optimal flow: ``flow`` (E,), ``rent`` (B,) of the bundles given, and the circulation's cost."""

    flow: FloatArray
    rent: FloatArray
    objective: float


def solve(problem: Problem, bundles: Bundles, *, demand: npt.ArrayLike | None = None) -> Flow:
    """Solve one case.

    Parameters
    ----------
    problem, bundles, demand
        As for `corridors.solvers.multicommodity.prepare`.

    Returns
    -------
    Flow

    Raises
    ------
    InputError
        A problem that is no circulation of classes, or has a negative cycle.
    SolverError
        Its numbers are too far apart for the method.
    KeyboardInterrupt
        Ctrl-C; heard at once.
    """
    circulation, found = on_circulation(
        problem,
        bundles,
        lambda: lay_out_shared(problem, bundles, demand),
        lambda it, stop: (it, optimum(it.layout, stop)),
    )
    layout = circulation.layout
    column, amount = _amounts(found.basis)
    rows = len(layout.demand)
    unmet = np.bincount(column[column < rows], amount[column < rows], minlength=rows)
    flow = flow_of(found, layout)
    flow[layout.demand] = np.maximum(layout.coupled.volume - unmet, 0.0)
    return Flow(flow, np.maximum(found.basis.rent[: layout.given], 0.0), found.objective)


def on_circulation(
    problem: Problem,
    bundles: Bundles,
    lay_out: Callable[[], Layout],
    work: Callable[[Circulation, Bytes], T],
) -> T:
    """What `work` gives of the problem laid out, and where its numbers are too far apart, of it with reduced costs.

    The second argument of `work` is set to 1 on Ctrl-C. All is done by one thread: the memory that laying out took for
    a while is free for what follows there, and for no other thread.
    """
    stop = np.zeros(1, np.uint8)

    def worked() -> T:
        layout = lay_out()
        try:
            nothing = np.broadcast_to(np.int64(0), problem.E)
            return work(Circulation(problem, bundles, layout, nothing), stop)
        except SolverError:  # with costs that depend on the class
            own = layout.apart(problem, bundles)
            shift = shift_of(own)
            return work(Circulation(*reduced(problem, bundles, own, shift), shift), stop)

    (result,) = listen(worked, stop)
    return result


def optimum(layout: Layout, stop: Bytes, *, swept: bool = False) -> Found:
    """The optimum by column generation; ends by `Stopped` where `stop` is set.

    Parameters
    ----------
    layout : Layout
    stop : (1,) uint8
    swept : bool, optional
        Whether scenarios will start from its prices.

    Raises
    ------
    SolverError
        Rounding errors grew too large between two factorisations.
    """
    problem = layout.coupled
    begin, basis = all_unmet(problem, stop)
    pool = make_pool(problem)
    bases = one_basis(pool, basis, 0)
    room, ahead = max(200 * len(problem.volume), 2000), int(begin.ahead_start[-1]) if swept else 0
    w = workspace_at(problem, pool, begin, bases, own=room, ahead=ahead)
    pool = with_room(pool, w)
    code, objective = run_cold(problem, pool, begin, w, stop=stop)
    if code != DONE:
        raise SolverError("coupled: rounding grew too large for the path formulation; use solver='lp'")
    if swept:
        run(problem, pool, begin, bases, cases_of(), w, last=0, exact=True, stop=stop)
    prices = Optimum(
        rent=w.bundles["priced"].copy(),
        label=w.label.copy(),
        length=w.length.copy(),
        ahead_start=begin.ahead_start,
        ahead=w.ahead,
    )
    return Found(_columns(w, len(problem.volume)), basis_at(w), prices, objective)


def basis_at(w: Work) -> Basis:
    """The basis that a workspace stands at."""
    q = w.n[Q]
    return Basis(
        tight=w.basis["tight"][:q].copy(),
        other=w.basis["other"][:q].copy(),
        x_other=w.basis["x_other"][:q].copy(),
        key=w.rows["key"].copy(),
        x_key=w.rows["x_key"].copy(),
        inverse=w.inverse[:q, :q].copy(),
        load=w.bundles["load"].copy(),
        rent=w.rent.copy(),
    )


def column_at(w: Work, column: int) -> Column:
    """A column of a workspace: its demand row and the arcs of its path."""
    start, end = w.columns["path_start"][column : column + 2]
    return int(w.columns["od"][column]), tuple(w.path_arc[start:end].tolist())


def _columns(w: Work, first: int) -> Columns:
    """All columns of a workspace from one on."""
    start = w.columns["path_start"][first : w.n[K] + 1]
    return Columns(w.columns["od"][first : w.n[K]].copy(), start - start[0], w.path_arc[start[0] : start[-1]].copy())


def flow_of(found: Found, layout: Layout) -> FloatArray:
    """The flow on each of the circulation's arcs, demand arcs aside, (E,)."""
    coupled = layout.coupled
    if layout.begin is None:
        return np.where(layout.arc >= 0, carried(found, coupled)[layout.arc], 0.0)
    flow = np.zeros(len(layout.arc))
    row, size, arc, tonnes = _paths(found, coupled)
    owner = np.repeat(coupled.od_class[row], size)
    order = np.argsort(owner, kind="stable")
    owner, arc, tonnes = owner[order], arc[order], tonnes[order]
    one = np.zeros(len(coupled.tail))  # of a class at a time
    for start, end in pairwise(np.flatnonzero(np.diff(owner, prepend=-1, append=-1)).tolist()):
        passed, here = arc[start:end], slice(*layout.begin[owner[start] : owner[start] + 2].tolist())
        np.add.at(one, passed, tonnes[start:end])
        flow[here] = np.where(layout.arc[here] >= 0, one[layout.arc[here]], 0.0)
        one[passed] = 0.0
    return flow


def carried(found: Found, problem: Coupled) -> FloatArray:
    """The flow on each arc of the coupled problem, of all classes, (A,)."""
    _, _, arc, tonnes = _paths(found, problem)
    flow: FloatArray = np.bincount(arc, tonnes, minlength=len(problem.tail)).astype(float, copy=False)
    return flow


def _paths(found: Found, problem: Coupled) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """The paths that carry something: the row of each and how many arcs it has; all their arcs, and tonnes on each."""
    column, amount = _amounts(found.basis)
    rows, columns = len(problem.volume), found.columns
    used = np.flatnonzero((column >= rows) & (amount > 0))
    column = column[used] - rows
    start, size = columns.path_start[column], np.diff(columns.path_start)[column]
    at = side_by_side(start, size)
    return columns.od[column], size, columns.path_arc[at], np.repeat(amount[used], size)


def _amounts(basis: Basis) -> tuple[IntArray, FloatArray]:
    """The basic columns and their amounts, in the order in which sweeps add them up."""
    amounts: FloatArray = np.maximum(np.concatenate([basis.x_key, basis.x_other]), 0.0)
    return np.concatenate([basis.key, basis.other]), amounts
