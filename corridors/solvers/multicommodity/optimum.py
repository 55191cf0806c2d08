"""The optimum of a coupled problem by column generation, from nothing: one case, solved once.

Rents of the bundles are found over the paths known so far; with rents charged, cheapest paths are priced, and those
that are worth it join, until none is (Ford & Fulkerson 1958; Dantzig & Wolfe 1960; generalised upper bounds: Dantzig &
Van Slyke 1967). Sweeps start from the same optimum (`corridors.solvers.multicommodity.base`), so that where optima tie,
one case shows what the base of a sweep shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import SolverError
from corridors.kernels.multicommodity.types import DONE, Bytes, Coupled, K, Optimum, Q, Work
from corridors.solvers.multicommodity.graphs import lay_out_shared
from corridors.solvers.multicommodity.kernel_calls import (
    Basis,
    Column,
    all_unmet,
    cases_of,
    make_pool,
    one_basis,
    run,
    run_cold,
    workspace_at,
)
from corridors.solvers.multicommodity.layout import Layout
from corridors.solvers.multicommodity.reduced import reduced, shift_of
from corridors.solvers.threads import listen

T = TypeVar("T")
Path = tuple[int, ...]


class Found(NamedTuple):
    """An optimum: its columns, basis, prices and cost."""

    columns: list[Column]
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
        lay_out_shared(problem, bundles, demand),
        lambda it, stop: (it, optimum(it.layout, stop)),
    )
    layout = circulation.layout
    unmet = np.zeros(len(layout.demand))
    for column, amount in _amounts(found.basis):
        if column < len(unmet):
            unmet[column] += amount
    flow = flow_of(found, layout)
    flow[layout.demand] = np.maximum(layout.coupled.volume - unmet, 0.0)
    return Flow(flow, np.maximum(found.basis.rent[: layout.given], 0.0), found.objective)


def on_circulation(
    problem: Problem,
    bundles: Bundles,
    layout: Layout,
    work: Callable[[Circulation, Bytes], T],
) -> T:
    """What `work` gives of the problem laid out, and where its numbers are too far apart, of it with reduced costs.

    The second argument of `work` is set to 1 on Ctrl-C.
    """
    stop = np.zeros(1, np.uint8)

    def worked() -> T:
        try:
            return work(Circulation(problem, bundles, layout, np.zeros(problem.E, np.int64)), stop)
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
    pool = make_pool(problem, [])
    bases = one_basis(pool, basis, 0)
    room, ahead = max(200 * len(problem.volume), 2000), int(begin.ahead_start[-1]) if swept else 0
    w = workspace_at(problem, pool, begin, bases, own=room, ahead=ahead)
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
    columns = [column_at(w, k) for k in range(len(problem.volume), w.n[K])]
    return Found(columns, basis_at(w), prices, objective)


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
        rent=w.bundles["rent"].copy(),
    )


def column_at(w: Work, column: int) -> Column:
    """A column of a workspace: its demand row and the arcs of its path."""
    start, end = w.columns["path_start"][column : column + 2]
    return int(w.columns["od"][column]), tuple(w.path_arc[start:end].tolist())


def flow_of(found: Found, layout: Layout) -> FloatArray:
    """The flow on each of the circulation's arcs, demand arcs aside, (E,)."""
    flow, coupled = np.zeros(len(layout.arc)), layout.coupled
    if layout.begin is None:
        return np.where(layout.arc >= 0, carried(found, coupled)[layout.arc], 0.0)
    of_class: dict[int, list[tuple[Path, float]]] = {}
    for row, path, amount in _paths(found, coupled):
        of_class.setdefault(int(coupled.od_class[row]), []).append((path, amount))
    one = np.zeros(len(coupled.tail))  # of a class at a time
    for c, paths in of_class.items():
        here = slice(*layout.begin[c : c + 2].tolist())
        _add(one, paths)
        flow[here] = np.where(layout.arc[here] >= 0, one[layout.arc[here]], 0.0)
        for path, _ in paths:
            one[list(path)] = 0.0
    return flow


def carried(found: Found, problem: Coupled) -> FloatArray:
    """The flow on each arc of the coupled problem, of all classes, (A,)."""
    flow = np.zeros(len(problem.tail))
    _add(flow, ((path, amount) for _, path, amount in _paths(found, problem)))
    return flow


def _add(flow: FloatArray, paths: Iterable[tuple[Path, float]]) -> None:
    for path, amount in paths:
        flow[list(path)] += amount


def _paths(found: Found, problem: Coupled) -> Iterator[tuple[int, Path, float]]:
    """The paths that carry something: the demand row, the arcs, and the amount."""
    rows = len(problem.volume)
    for column, amount in _amounts(found.basis):
        if column >= rows and amount > 0:
            yield *found.columns[column - rows], amount


def _amounts(basis: Basis) -> list[tuple[int, float]]:
    """The basic columns and their amounts, in the order in which sweeps add them up."""
    columns, amounts = [*basis.key.tolist(), *basis.other.tolist()], [*basis.x_key.tolist(), *basis.x_other.tolist()]
    return [(column, max(amount, 0.0)) for column, amount in zip(columns, amounts, strict=True)]
