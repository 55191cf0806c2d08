"""The arrays of a coupled problem, of its pool of columns, of a base optimum and of a scenario at work.

A *column* is a path of a demand row, or the row's unmet demand (columns 0 to D - 1). A basis of the path formulation

    min cost·x    with    x of each row's columns = volume,    weight·x + slack = limit of each bundle

is one *key* column a row, *others* J, the *tight* bundles T (|J| = |T| = q) and the slacks of all loose bundles. With

    W[t, j] = weight of j on t - weight of the key of j's row on t

its inverse is all that is kept (generalised upper bounds: Dantzig & Van Slyke 1967).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Where a column is: at a position >= 0 among the others, or
NONBASIC = -1
KEY = -2

# What leaves or enters a basis.
COLUMN, SLACK = 0, 1  # entering
OTHER, KEY_OF, LOOSE = 0, 1, 2  # leaving

# Whether banned columns in the basis may change (FREE) or stay at zero.
FREE, FIXED = 0, 1

# Counters of a scenario at work, in Work.n.
Q, K, K_ENTRY, K_ARC, TOUCHED, FALLEN, CLASSES, PIVOTS, ROUNDS, SEARCHES = range(10)
COUNTERS = 10

# How a scenario ended; the face maps these to `Status` and paths.
DONE, GAVE_UP = 0, 1

# Tolerances, in Work.tol: reduced cost, amount, pivot element.
PRICE, AMOUNT, PIVOT = range(3)


class Coupled(NamedTuple):
    """A coupled problem, frozen. Vertices are numbered class by class, arcs by tail; demand arcs are left out.

    ``tail, head`` (A,), ``out_start`` (V + 1,): arcs by tail. ``in_start`` (V + 1,), ``in_arc`` (A,): arcs by head.
    ``cost`` (A,), ``shut`` (A,): whether an arc is closed in the base. ``class_start`` (C + 1,): vertices of a class,
    ``vertex_class`` (V,), ``source`` (C,). ``od_vertex, od_class, volume, value`` (D,): the demand rows; ``rows_start``
    (C + 1,), ``rows``: those of a class.
    ``bundle_start`` (B + 1,), ``bundle_arc, bundle_weight``: arcs of a bundle; ``arc_start`` (A + 1,),
    ``arc_bundle, arc_weight``: bundles of an arc; ``limit`` (B,).
    """

    tail: Ints
    head: Ints
    out_start: Ints
    in_start: Ints
    in_arc: Ints
    cost: Floats
    shut: Bytes
    class_start: Ints
    vertex_class: Ints
    source: Ints
    od_vertex: Ints
    od_class: Ints
    volume: Floats
    value: Floats
    rows_start: Ints
    rows: Ints
    bundle_start: Ints
    bundle_arc: Ints
    bundle_weight: Floats
    arc_start: Ints
    arc_bundle: Ints
    arc_weight: Floats
    limit: Floats


class Pool(NamedTuple):
    """The frozen columns, K of them, and where to find them.

    ``od`` (K,), ``cost`` (K,); ``entry_start`` (K + 1,), ``entry_bundle, entry_weight``: bundles of a column;
    ``path_start`` (K + 1,), ``path_arc``: arcs of a column. ``row_start`` (B + 1,), ``row_column, row_weight``:
    columns of a bundle; ``use_start`` (A + 1,), ``use_column``: columns of an arc.
    """

    od: Ints
    cost: Floats
    entry_start: Ints
    entry_bundle: Ints
    entry_weight: Floats
    path_start: Ints
    path_arc: Ints
    row_start: Ints
    row_column: Ints
    row_weight: Floats
    use_start: Ints
    use_column: Ints


class Optimum(NamedTuple):
    """The base optimum that scenarios start from, frozen.

    ``tight`` (q,), ``other`` (q,), ``key`` (D,), ``inverse`` (q, q), ``x_other`` (q,), ``x_key`` (D,), ``load`` (B,),
    ``rent`` (B,), ``reduced`` (K,): reduced costs of the pool. ``label`` (V,): cheapest cost from the class's source
    with rents, inf where there is no way; ``length`` (A,): cost with rents, inf where closed. ``ahead``: cheapest
    cost to each demand row from each vertex of its class, from ``ahead_start`` (D + 1,) on.
    """

    tight: Ints
    other: Ints
    key: Ints
    inverse: Floats
    x_other: Floats
    x_key: Floats
    load: Floats
    rent: Floats
    reduced: Floats
    label: Floats
    length: Floats
    ahead_start: Ints
    ahead: Floats


class Work(NamedTuple):
    """A scenario at work: a thread's own arrays, put back to the base after each scenario.

    ``n``: counters; ``tol``: tolerances. Numbers of the scenario: ``cost, shut`` (A,), ``volume, value`` (D,),
    ``limit`` (B,). Columns, the pool's and then the scenario's own: ``od, price, banned`` (M,), ``entry_start``,
    ``entry_bundle, entry_weight, path_start, path_arc``, ``where`` (M,), ``reduced, alpha`` (M,). The basis: ``tight,
    other, x_other, step`` (Qmax,), ``position`` (B,) of a tight bundle or -1, ``key, x_key, key_step, key_alpha`` (D,),
    ``inverse`` (Qmax, Qmax), ``load, load_step, rent, row`` (B,), ``right, swapped`` (Qmax,). Prices: ``label`` (V,),
    ``length`` (A,), ``priced`` (B,): the rents in `length`; ``arc_mark, fall_mark`` (A,), ``touched, fallen`` (A,),
    ``class_mark, classes`` (C,), ``horizon`` (D,): how long a path to a demand row may be that labels see to,
    ``redo, resets, first_fallen, fell, gain`` (C,), ``next_fallen`` (A,), ``ahead`` as in `Optimum`; ``reach,
    next_arc, seen`` (V,), ``heap_key, heap_vertex``.
    """

    n: Ints
    tol: Floats
    cost: Floats
    shut: Bytes
    volume: Floats
    value: Floats
    limit: Floats
    od: Ints
    price: Floats
    banned: Bytes
    entry_start: Ints
    entry_bundle: Ints
    entry_weight: Floats
    path_start: Ints
    path_arc: Ints
    where: Ints
    reduced: Floats
    alpha: Floats
    tight: Ints
    other: Ints
    x_other: Floats
    step: Floats
    position: Ints
    key: Ints
    x_key: Floats
    key_step: Floats
    key_alpha: Floats
    inverse: Floats
    load: Floats
    load_step: Floats
    rent: Floats
    row: Floats
    right: Floats
    swapped: Ints
    label: Floats
    length: Floats
    priced: Floats
    arc_mark: Bytes
    fall_mark: Bytes
    touched: Ints
    fallen: Ints
    class_mark: Bytes
    classes: Ints
    horizon: Floats
    redo: Bytes
    resets: Ints
    first_fallen: Ints
    fell: Floats
    gain: Floats
    next_fallen: Ints
    ahead: Floats
    reach: Floats
    next_arc: Ints
    seen: Ints
    heap_key: Floats
    heap_vertex: Ints


def tolerances(problem: Coupled) -> Floats:
    """What counts as zero: a reduced cost, an amount, a pivot element.

    Reduced costs are sums of some hundred numbers as large as the largest value, in floats of 53 bits: noise is 1e-13
    of it, and 1e-11 is small enough for a proven relative gap of 1e-9.
    """
    largest = max(float(np.abs(problem.cost).max(initial=1.0)), float(np.abs(problem.value).max(initial=1.0)))
    most = max(float(problem.volume.max(initial=1.0)), 1.0)
    return np.array([max(1e-11 * largest, 1e-9), max(1e-11 * most, 1e-9), 1e-9])


def workspace(problem: Coupled, pool: Pool, *, q_max: int, own: int, ahead: int) -> Work:
    """Arrays for a thread: the pool copied in front, room for `own` columns of a scenario behind it.

    `ahead` is the size of ``Work.ahead``: 0 unless labels are to be computed anew.
    """
    A, V, C = len(problem.tail), len(problem.vertex_class), len(problem.source)
    D, B, columns = len(problem.volume), len(problem.limit), len(pool.od)
    M = columns + own

    def room(values: Any, more: int) -> Any:
        return np.concatenate([values, np.zeros(more, values.dtype)])

    def floats(*shape: int) -> Floats:
        return np.zeros(shape)

    def ints(size: int) -> Ints:
        return np.zeros(size, np.int64)

    def marks(size: int) -> Bytes:
        return np.zeros(size, np.uint8)

    n = ints(COUNTERS)
    n[K], n[K_ENTRY], n[K_ARC] = columns, pool.entry_start[-1], pool.path_start[-1]
    return Work(
        n=n,
        tol=tolerances(problem),
        cost=problem.cost.copy(),
        shut=problem.shut.copy(),
        volume=problem.volume.copy(),
        value=problem.value.copy(),
        limit=problem.limit.copy(),
        od=room(pool.od, own),
        price=room(pool.cost, own),
        banned=marks(M),
        entry_start=room(pool.entry_start, own),
        entry_bundle=room(pool.entry_bundle, 64 * own),
        entry_weight=room(pool.entry_weight, 64 * own),
        path_start=room(pool.path_start, own),
        path_arc=room(pool.path_arc, 64 * own),
        where=np.full(M, NONBASIC),
        reduced=floats(M),
        alpha=floats(M),
        tight=ints(q_max),
        other=ints(q_max),
        x_other=floats(q_max),
        step=floats(q_max),
        position=np.full(B, -1),
        key=np.arange(D),
        x_key=floats(D),
        key_step=floats(D),
        key_alpha=floats(D),
        inverse=floats(q_max, q_max),
        load=floats(B),
        load_step=floats(B),
        rent=floats(B),
        row=floats(B),
        right=floats(q_max),
        swapped=ints(q_max),
        label=floats(V),
        length=floats(A),
        priced=floats(B),
        arc_mark=marks(A),
        fall_mark=marks(A),
        touched=ints(A),
        fallen=ints(A),
        class_mark=marks(C),
        classes=ints(C),
        horizon=np.full(D, np.inf),
        redo=marks(C),
        resets=ints(C),
        fell=floats(C),
        first_fallen=np.full(C, -1),
        gain=floats(C),
        next_fallen=ints(A),
        ahead=floats(ahead),
        reach=np.full(V, np.inf),
        next_arc=ints(V),
        seen=ints(V),
        heap_key=floats(2 * A + V + 1),
        heap_vertex=ints(2 * A + V + 1),
    )
