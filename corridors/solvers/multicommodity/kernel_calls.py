"""The kernels and what they are called with: pools, workspaces, scenarios as CSR, and their entry points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError
from corridors.kernels.multicommodity.block import Kept, Output, Prepared, Weights, solve_block
from corridors.kernels.multicommodity.cold import UNSETTLED, solve_cold
from corridors.kernels.multicommodity.scenario import CHANGE, CLOSE, COST, LIMIT, SHUT, VALUE, VOLUME, Cases
from corridors.kernels.multicommodity.types import DONE, Bases, Bytes, Coupled, Optimum, Pool, Work, workspace
from corridors.solvers.announce import announce_compilation
from corridors.solvers.multicommodity.layout import Layout, starts

MOST = 20_000
"""Pivots after which re-optimising a scenario is abandoned."""
TIGHT = 2048
"""The most tight bundles of a case from nothing; an inverse so large is memory only as far as it is used."""
NEGATIVE = "coupled: a cycle of arcs has a negative cost; its flow would have no bound but bundles"


class Stopped(Exception):
    """Raised in a thread whose stop flag was set."""


Column = tuple[int, tuple[int, ...]]
"""A demand row and the arcs of its path."""


class Columns(NamedTuple):
    """Columns of paths, in order.

    Parameters
    ----------
    od : (N,) int
        The demand row of each.
    path_start : (N + 1,) int
        Where the arcs of each begin in `path_arc`.
    path_arc : (M,) int
        Arcs.
    """

    od: IntArray
    path_start: IntArray
    path_arc: IntArray


NO_COLUMNS = Columns(np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int64))


def columns_of(columns: list[Column]) -> Columns:
    """Columns as arrays."""
    return Columns(
        od=np.array([row for row, _ in columns], np.int64),
        path_start=np.concatenate([[0], np.cumsum([len(path) for _, path in columns], dtype=np.int64)]),
        path_arc=np.array([arc for _, path in columns for arc in path], np.int64),
    )


class Basis(NamedTuple):
    """A basis at its optimum: arrays as in `Bases`, of one."""

    tight: IntArray
    other: IntArray
    x_other: FloatArray
    key: IntArray
    x_key: FloatArray
    inverse: FloatArray
    load: FloatArray
    rent: FloatArray


class Members(NamedTuple):
    """Arcs of groups as CSR, in the coupled problem's numbers, and whether groups hold arcs for all who share them."""

    start: IntArray
    arc: IntArray
    alike: bool


def group_arcs(layout: Layout, groups: Any) -> Members:
    """The arcs of each group of the circulation's arcs, (G, E), each once."""
    arc, A = layout.arc[groups.indices], len(layout.coupled.tail)
    before = np.concatenate([[0], np.cumsum(arc >= 0)])
    arc = arc[arc >= 0]
    found = csr_array((np.ones(len(arc), np.int32), arc, before[groups.indptr]), shape=(groups.shape[0], A))
    found.sum_duplicates()
    alike = layout.begin is None or bool((found.data == layout.sharers[found.indices]).all())
    return Members(found.indptr.astype(np.int64), found.indices.astype(np.int64), alike)


def make_pool(problem: Coupled, columns: Columns = NO_COLUMNS) -> Pool:
    """The unmet columns, then `columns`."""
    D, A, B = len(problem.volume), len(problem.tail), len(problem.limit)
    od = np.concatenate([np.arange(D), columns.od])
    path_start = np.concatenate([np.zeros(D, np.int64), columns.path_start])
    path_arc, M = columns.path_arc, len(od)
    crossed = csr_array((np.ones(len(path_arc)), path_arc, path_start), shape=(M, A))
    shared = csr_array((problem.arc_weight, problem.arc_bundle, problem.arc_start), shape=(A, B))
    entries = csr_array(crossed @ shared)
    entries.sort_indices()
    rows, uses = csr_array(entries.T), csr_array(crossed.T)
    rows.sort_indices()
    uses.sort_indices()
    return Pool(
        od=od,
        cost=np.concatenate([problem.value, (crossed @ problem.cost)[D:]]),
        entry_start=entries.indptr.astype(np.int64),
        entry_bundle=entries.indices.astype(np.int64),
        entry_weight=entries.data,
        path_start=path_start,
        path_arc=path_arc,
        row_start=rows.indptr.astype(np.int64),
        row_column=rows.indices.astype(np.int64),
        row_weight=rows.data,
        use_start=uses.indptr.astype(np.int64),
        use_column=uses.indices.astype(np.int64),
        od_start=np.searchsorted(np.sort(od), np.arange(D + 1)),
        od_column=np.argsort(od, kind="stable"),
    )


def with_room(pool: Pool, w: Work) -> Pool:
    """A pool of unmet columns that a cold solve can lay out its own columns in."""
    size, columns = len(w.entries), len(w.columns)
    return pool._replace(
        row_column=np.zeros(size, np.int64), row_weight=np.zeros(size), od_column=np.zeros(columns, np.int64)
    )


def workspace_at(
    problem: Coupled, pool: Pool, optimum: Optimum, bases: Bases, *, own: int | None = None, ahead: int = 0
) -> Work:
    """A workspace for scenarios that start at an optimum, with room for `own` columns of a scenario.

    `ahead` is the size of ``Optimum.ahead`` where that is to be computed.
    """
    D, B = len(problem.volume), len(problem.limit)
    q_max = min(B, 2 * int(bases.size.max()) + 64 if own is None else TIGHT)
    most = [np.diff(start[bases.own_start]).max() // 64 for start in (bases.own_entry_start, bases.own_path_start)]
    room = 8 * D + 64 + int(np.diff(bases.own_start).max()) + int(max(most)) if own is None else own
    w = workspace(problem, pool, q_max=max(q_max, 1), own=room, ahead=ahead)
    w.label[:], w.length[:], w.bundles["priced"] = optimum.label, optimum.length, optimum.rent
    return w


def one_basis(pool: Pool, basis: Basis, groups: int) -> Bases:
    """One basis, for scenarios that close some of so many groups."""
    return stack_bases(pool, [basis], pool, np.zeros(2, np.int64), np.zeros(1, np.int64), np.zeros(groups, np.int64))


def stack_bases(
    pool: Pool, bases: list[Basis], more: Pool, own_start: IntArray, pivots: IntArray, of_group: IntArray
) -> Bases:
    """Bases as arrays, with the reduced costs of columns.

    Parameters
    ----------
    more : Pool
        The bases' own columns, after those of unmet demand: of each from `own_start` on. A basis has them in its
        numbers after those of `pool`.
    """
    size = np.array([len(basis.tight) for basis in bases])
    N, q = len(bases), max(int(size.max()), 1)

    def padded(name: str) -> Any:
        first = getattr(bases[0], name)
        out = np.zeros((N, q, q) if first.ndim == 2 else (N, q), first.dtype)
        for n, basis in enumerate(bases):
            out[(n, *(slice(size[n]),) * first.ndim)] = getattr(basis, name)
        return out

    key, rent = np.array([basis.key for basis in bases]), np.array([basis.rent for basis in bases])
    D, K, own = key.shape[1], len(pool.od), np.diff(own_start)
    reduced = np.zeros((N, K + int(own.max())))
    charged, charged_more = _charged(pool, rent), _charged(more, rent)
    for n, basis in enumerate(bases):
        here = slice(D + own_start[n], D + own_start[n + 1])
        cost = np.concatenate([charged[n], charged_more[n, here]])
        reduced[n, : K + own[n]] = cost - cost[basis.key][np.concatenate([pool.od, more.od[here]])]
        reduced[n, basis.key] = reduced[n, basis.other] = 0.0
    last = D + own_start[-1]
    entry_start, path_start = more.entry_start[D : last + 1], more.path_start[D : last + 1]
    return Bases(
        size=size,
        tight=padded("tight"),
        other=padded("other"),
        x_other=padded("x_other"),
        key=key,
        x_key=np.array([basis.x_key for basis in bases]),
        inverse=padded("inverse"),
        load=np.array([basis.load for basis in bases]),
        rent=rent,
        reduced=reduced,
        pivots=pivots,
        of_group=of_group,
        own_start=own_start,
        own_od=more.od[D:last],
        own_entry_start=entry_start,
        own_entry_bundle=more.entry_bundle[: entry_start[-1]],
        own_entry_weight=more.entry_weight[: entry_start[-1]],
        own_path_start=path_start,
        own_path_arc=more.path_arc[: path_start[-1]],
    )


def _charged(pool: Pool, rent: FloatArray) -> FloatArray:
    """What columns cost with some rents, (N, K)."""
    entries = csr_array((pool.entry_weight, pool.entry_bundle, pool.entry_start), shape=(len(pool.od), rent.shape[1]))
    charged: FloatArray = pool.cost + (entries @ rent.T).T
    return charged


def cases_of(members: Members | None = None, S: int = 1, **given: Entries) -> Cases:
    """S scenarios that change nothing but what is given by kind: ``cost, value, shut, close, limit, volume``."""
    parts = []
    for name, (scenario, index, value) in given.items():
        change = np.zeros(len(index), CHANGE)
        change["index"], change["value"], change["kind"] = index, value, KINDS[name]
        parts.append((np.asarray(scenario), change))
    change = np.concatenate([np.zeros(0, CHANGE), *(part for _, part in parts)])
    scenario = np.concatenate([np.zeros(0, np.int64), *(part for part, _ in parts)])
    key = (scenario * len(KINDS) + change["kind"]) * (1 + int(change["index"].max(initial=0))) + change["index"]
    order = np.argsort(key, kind="stable")
    scenario, change = scenario[order], change[order]
    start = np.searchsorted(scenario, np.arange(S + 1)).astype(np.int64)
    if members is None:
        return Cases(np.zeros(1, np.int64), np.zeros(0, np.int64), start, change)
    return Cases(members.start, members.arc, start, change)


Entries = tuple[IntArray, IntArray, Any]
"""Scenario, index and value of each change."""

KINDS = {"cost": COST, "value": VALUE, "shut": SHUT, "close": CLOSE, "limit": LIMIT, "volume": VOLUME}


def select_cases(cases: Cases, scenarios: IntArray) -> Cases:
    """Some of the scenarios, in the order given."""
    if len(scenarios) == len(cases.start) - 1 and (np.diff(scenarios, prepend=-1) == 1).all():
        return cases
    first, size = cases.start[scenarios], np.diff(cases.start)[scenarios]
    at = side_by_side(first, size)
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return cases._replace(start=start, change=cases.change[at])


def room_for(S: int) -> Kept:
    """Room for the statuses, objectives and bounds of S scenarios, and no more."""
    none = np.zeros((0, 0))
    return Kept(
        code=np.full(S, -1),
        objective=np.zeros(S),
        bound=np.zeros(S),
        effort=np.zeros((S, 3), np.int64),
        unmet=none,
        rent=none,
        row_cost=none,
        totals=none,
        loaded=np.zeros((0, 0), np.uint8),
    )


def no_weights(A: int) -> Weights:
    """No totals, no groups."""
    none, start = np.zeros(0, np.int64), np.zeros(A + 1, np.int64)
    return Weights(none, none, none, np.zeros(0), start, none)


def weights_of(layout: Layout, totals: Any, members: Members) -> Weights:
    """Totals, sparse (K, E), and groups by the coupled problem's arcs."""
    A = len(layout.coupled.tail)
    weights = no_weights(A)
    if len(members.start) > 1:
        size = np.diff(members.start)
        order = np.argsort(members.arc, kind="stable")
        weights = weights._replace(
            group_start=starts(members.arc, A), group=np.repeat(np.arange(len(size)), size)[order]
        )
    if totals is None:
        return weights
    back, shift = layout.back
    by_arc = csr_array(csr_array(totals)[:, back].T)
    return weights._replace(
        shift=shift,
        total_start=by_arc.indptr.astype(np.int64),
        total=by_arc.indices.astype(np.int64),
        weight=by_arc.data.astype(float),
    )


def run(
    problem: Coupled,
    pool: Pool,
    base: Optimum,
    bases: Bases,
    cases: Cases,
    w: Work,
    *,
    first: int = 0,
    last: int = 1,
    weights: Weights | None = None,
    kept: Kept | None = None,
    most: int = MOST,
    exact: bool = False,
    stop: Bytes | None = None,
) -> Kept:
    """Solve scenarios `first` to `last` - 1; `w` is left at the last one's optimum.

    Raises
    ------
    InputError
        A cycle of negative length.
    Stopped
        `stop` was set by another thread: what was not solved is as it was in `kept`.
    """
    kept = room_for(last) if kept is None else kept
    weights = no_weights(len(problem.tail)) if weights is None else weights
    if stop is not None:
        w = w._replace(stop=stop)
    prepared, output = Prepared(problem, pool, base, bases), Output(weights, kept)
    announce_compilation(solve_block)
    ended = solve_block(prepared, cases, first, last, w, output, most, int(exact))
    if ended < last and stop is not None and stop[0]:
        raise Stopped
    if ended < 0:
        raise InputError(NEGATIVE)
    return kept


def run_cold(
    problem: Coupled, pool: Pool, base: Optimum, w: Work, *, most: int = 50 * MOST, stop: Bytes | None = None
) -> tuple[int, float]:
    """Solve a case from nothing: how it ended (DONE or GAVE_UP), and the objective; `w` is left at its optimum.

    Raises
    ------
    InputError, Stopped
        As `run` does.
    """
    if stop is not None:
        w = w._replace(stop=stop)
    cost, near = np.full(1, np.nan), np.zeros((3, len(problem.limit)))
    announce_compilation(solve_cold)
    code = solve_cold(problem, pool, base, w, near, most, cost)
    if code != DONE and stop is not None and stop[0]:
        raise Stopped
    if code == UNSETTLED:
        raise InputError(NEGATIVE)
    return code, float(cost[0])


def all_unmet(problem: Coupled, stop: Bytes | None = None) -> tuple[Optimum, Basis]:
    """The basis in which all demand is unmet, and its prices; what is ahead of vertices is left out."""
    D = len(problem.volume)
    none = np.zeros(0, np.int64)
    ahead_start = np.concatenate([[0], np.cumsum(np.diff(problem.class_start) * np.diff(problem.rows_start))])
    optimum = Optimum(
        rent=np.zeros(len(problem.limit)),
        label=np.zeros(len(problem.vertex_class)),
        length=np.where(problem.shut == 1, np.inf, problem.cost),
        ahead_start=ahead_start.astype(np.int64),
        ahead=np.zeros(0, np.float32),
    )
    idle = np.zeros(len(problem.limit))
    basis = Basis(none, none, np.zeros(0), np.arange(D), problem.volume.copy(), np.zeros((0, 0)), idle, idle)
    pool = make_pool(problem)
    bases = one_basis(pool, basis, 0)
    w = workspace_at(problem, pool, optimum, bases, own=1)
    run_cold(problem, pool, optimum, w, most=0, stop=stop)
    return optimum._replace(label=w.label.copy()), basis
