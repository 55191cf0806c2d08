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
Floats32 = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

# Where a column is: at a position >= 0 among the others, or
NONBASIC = -1
KEY = -2

# What leaves or enters a basis.
COLUMN, SLACK = 0, 1  # entering
OTHER, KEY_OF, LOOSE = 0, 1, 2  # leaving

# What a bundle's load does with what enters a basis: it stays, it moves, or it is not looked at: there is much room.
STILL, MOVING, UNSEEN = 0, 1, 2

# Whether banned columns in the basis may change (FREE) or stay at zero.
FREE, FIXED = 0, 1

# Counters of a scenario at work, in Work.n.
Q, K, K_ENTRY, K_ARC, TOUCHED, FALLEN, CLASSES, PIVOTS, ROUNDS, SEARCHES = range(10)
HITS, STEPS, KEYS_STEP, LOADS_STEP, ROWED, OVER, LACKING = range(10, 17)
MOVED, REFACTORED, LOOKED, WRITTEN, NEW, HIDDEN = range(17, 23)
COUNTERS = 23

# How a scenario ended; the face maps these to `Status` and paths.
DONE, GAVE_UP = 0, 1

# Tolerances, in Work.tol: reduced cost, amount, pivot element.
PRICE, AMOUNT, PIVOT = range(3)


class Coupled(NamedTuple):
    """A coupled problem, frozen. Vertices are numbered class by class, arcs by tail; demand arcs are left out.

    Arcs are of one class each or, before all of those, of a *graph* that several classes share: its *places* stand for
    a vertex of each class. ``tail, head`` (A,): vertices; of shared arcs places, numbered over all graphs.
    ``out_start`` (V + 1,): classes' own arcs by tail; ``in_start`` (V + 1,), ``in_arc`` (A,): by head. ``place_out,
    place_in`` (P + 1,): shared arcs by tail, and, as entries of ``in_arc``, by head. ``place_first, place_last,
    place_shift`` (C,): the vertices of a class that are places, and what makes their numbers those of places.
    ``graph_of`` (C,): the graph of a class, from C on, -1 for none; ``place_graph`` (P,). ``user_start`` (C + N + 1,),
    ``users``: the classes of each of N graphs, after those of C that stand for a class each.
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
    place_out: Ints
    place_in: Ints
    place_first: Ints
    place_last: Ints
    place_shift: Ints
    place_graph: Ints
    graph_of: Ints
    user_start: Ints
    users: Ints
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
    columns of a bundle; ``use_start`` (A + 1,), ``use_column``: columns of an arc; ``od_start`` (D + 1,),
    ``od_column``: columns of a demand row.
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
    od_start: Ints
    od_column: Ints


class Bases(NamedTuple):
    """Bases that scenarios start from, frozen: the base's own first, then those of optima without one group.

    ``size`` (N,): q of each; ``tight, other, x_other`` (N, Qmax), ``key, x_key`` (N, D), ``inverse`` (N, Qmax, Qmax),
    ``load, rent`` (N, B), ``reduced`` (N, K + M): as in `Work`. ``pivots`` (N,): how many lead there from the base;
    ``of_group`` (G,): the number of a group's basis, 0 where none is known.

    A basis has columns of its own, up to M, which follow those of the pool: ``own_start`` (N + 1,) into ``own_od``,
    ``own_entry_start`` (into ``own_entry_bundle, own_entry_weight``) and ``own_path_start`` (into ``own_path_arc``).
    They are there for scenarios that start at it, and for no other: so what a scenario costs, and what it finds, does
    not depend on which other bases there are.
    """

    size: Ints
    tight: Ints
    other: Ints
    x_other: Floats
    key: Ints
    x_key: Floats
    inverse: Floats
    load: Floats
    rent: Floats
    reduced: Floats
    pivots: Ints
    of_group: Ints
    own_start: Ints
    own_od: Ints
    own_entry_start: Ints
    own_entry_bundle: Ints
    own_entry_weight: Floats
    own_path_start: Ints
    own_path_arc: Ints


class Optimum(NamedTuple):
    """The prices of the base optimum, frozen.

    ``rent`` (B,). ``label`` (V,): cheapest cost from the class's source with rents, inf where there is no path;
    ``length`` (A,): cost with rents, inf where closed. ``ahead``: cheapest cost, without rents, from each vertex of a
    class to each of its demand rows, side by side, from ``ahead_start`` (C + 1,) on.
    """

    rent: Floats
    label: Floats
    length: Floats
    ahead_start: Ints
    ahead: Floats32


def _record(**fields: Any) -> np.dtype[Any]:
    return np.dtype(list(fields.items()), align=True)


COLUMN_RECORD = _record(
    od=np.int64,
    price=np.float64,
    entry_start=np.int64,
    path_start=np.int64,
    next_own=np.int64,
    banned=np.uint8,
)
ROW_RECORD = _record(
    volume=np.float64,
    value=np.float64,
    key=np.int64,
    x_key=np.float64,
    key_step=np.float64,
    key_alpha=np.float64,
    edge=np.float64,
    horizon=np.float64,
    first_own=np.int64,
    lacking=np.uint8,
    stepping=np.uint8,
)
BUNDLE_RECORD = _record(
    limit=np.float64,
    load=np.float64,
    row=np.float64,
    priced=np.float64,
    room=np.float64,
    edge=np.float64,
    position=np.int64,
    first_entry=np.int64,
    over=np.uint8,
)
BASIS_RECORD = _record(
    tight=np.int64,
    other=np.int64,
    x_other=np.float64,
    edge=np.float64,
    step=np.float64,
    right=np.float64,
    swapped=np.int64,
    written=np.int64,
    written_end=np.int64,
)
VERTEX_RECORD = _record(reach=np.float64, next_arc=np.int64)
ARC_RECORD = _record(
    cost=np.float64,
    next_below=np.int64,
    next_fallen=np.int64,
    shut=np.uint8,
    touched=np.uint8,
    fallen=np.uint8,
)
CLASS_RECORD = _record(
    fell=np.float64,
    gain=np.float64,
    first_below=np.int64,
    first_fallen=np.int64,
    resets=np.int64,
    redo=np.uint8,
    marked=np.uint8,
)
ENTRY_RECORD = _record(bundle=np.int32, weight=np.float64)
CHAIN_RECORD = _record(column=np.int32, next_entry=np.int32)
HEAP_RECORD = _record(key=np.float64, vertex=np.int64)

Records = npt.NDArray[Any]


class Work(NamedTuple):
    """A scenario at work: a thread's own arrays, put back to the base after each scenario.

    What belongs together is one array of records: numba compiles functions of many arrays slowly.

    ``n``: counters; ``tol``: tolerances. ``columns`` (M + 1,), the pool's and then the scenario's own: ``price`` of one
    tonne, whether ``banned``; ``entry_start`` into ``entries``, ``path_start`` into ``path_arc``; the ``next_own``
    column of the scenario for its row, from the row's ``first_own`` on. ``entries`` (bundle, weight), and by ``chain``
    of the scenario's own columns the ``column`` and the ``next_entry`` of the bundle, from its ``first_entry`` on.
    ``rows`` (D,), demand rows: ``volume, value``, the ``key`` column, its amount ``x_key``, how that moves, its
    ``key_alpha``, whether it is ``lacking`` or ``stepping``; the ``horizon``: how long a path to the row may be that
    labels see to. ``bundles`` (B,): ``limit, load``; the slack's ``row`` entry; ``priced``: the rent in lengths;
    ``room`` for flow that has to move; ``position`` if tight or -1; whether it is ``over`` its limit. ``basis``
    (Qmax,): bundle ``tight`` and column ``other`` at a position, its amount ``x_other`` and ``step``, and room to work.
    Each basic variable has a weight in the dual simplex, its ``edge``. ``inverse`` (Qmax, Qmax).
    ``written``: by how much the column at a position weighs more than the key of its row, from its ``written`` to its
    ``written_end``, and that of the column that enters from ``n[NEW]`` to the end; ``difference`` (B,) to compute it.
    What a pivot goes through most is by itself, to lie close together: the ``rent`` of bundles (B,), and the
    ``known_rent`` that reduced costs are at; of columns (M,) ``where`` in the basis they are, their ``reduced`` costs
    and, in the pivot row, ``alpha``, zero but for those ``hit``; ``load_step`` of bundles, and whether they are
    ``moving`` (STILL, MOVING, UNSEEN).
    ``label`` (V,); ``vertices`` (V,): ``reach`` and ``next_arc`` of a search. ``length`` (A,); ``arcs`` (A,): ``cost``,
    whether ``shut, touched, fallen``. ``classes`` (C + N,): what their labels see to, and what fell of the graphs that
    they share. ``sight`` (D,), class by class as in ``rows`` of the problem: up to what cost, of what is ahead of a
    vertex in the base, a path by it is of use.
    Lists, whose sizes are in ``n``: ``hit`` columns, ``stepping`` positions, ``key_stepping`` rows,
    ``load_stepping`` bundles, ``rowed`` bundles (whose ``row`` is not zero), those ``over`` their limits, rows
    ``lacking`` (their key is out of its bounds), ``key_rows`` of the pivot row, ``touched`` and ``fallen`` arcs,
    ``marked`` classes; ``seen`` vertices. ``ahead`` as in `Optimum`; ``heap`` (key, vertex), of columns too. ``stop``
    (1,): other than zero where the solve is to stop.
    """

    n: Ints
    tol: Floats
    columns: Records
    entries: Records
    chain: Records
    path_arc: Ints
    rows: Records
    bundles: Records
    basis: Records
    inverse: Floats
    written: Records
    difference: Floats
    label: Floats
    vertices: Records
    length: Floats
    arcs: Records
    classes: Records
    rent: Floats
    known_rent: Floats
    where: Ints
    reduced: Floats
    alpha: Floats
    hit: Ints
    load_step: Floats
    moving: Bytes
    stepping: Ints
    key_stepping: Ints
    load_stepping: Ints
    rowed: Ints
    over: Ints
    lacking: Ints
    key_rows: Ints
    touched: Ints
    fallen: Ints
    marked: Ints
    seen: Ints
    sight: Floats
    ahead: Floats32
    heap: Records
    stop: Bytes


def tolerances(problem: Coupled) -> Floats:
    """What counts as zero: a reduced cost, an amount, a pivot element.

    Reduced costs are sums of some hundred numbers as large as the largest value, in floats of 53 bits: noise is 1e-13
    of it, and 1e-11 is small enough for a proven relative gap of 1e-9. An arc that costs more is never worth its use.
    """
    largest = float(problem.value.max(initial=1.0))
    most = max(float(problem.volume.max(initial=1.0)), 1.0)
    return np.array([max(1e-11 * largest, 1e-9), max(1e-11 * most, 1e-9), 1e-9])


def most_arcs(problem: Coupled) -> int:
    """No class has more arcs, with those that it shares, (N,)."""
    classes = len(problem.source)
    found = np.zeros(len(problem.user_start) - 1, np.int64)
    found[:classes] = np.diff(problem.out_start[problem.class_start])  # vertices are numbered class by class
    np.add.at(found, problem.place_graph, np.diff(problem.place_out))
    shared = problem.graph_of
    return int((found[:classes] + np.where(shared >= 0, found[shared], 0)).max(initial=0))


def workspace(problem: Coupled, pool: Pool, *, q_max: int, own: int, ahead: int) -> Work:
    """Arrays for a thread: the pool copied in front, room for `own` columns of a scenario behind it.

    `ahead` is the size of ``Work.ahead``: 0 unless labels are to be computed from scratch.
    """
    A, V, C = len(problem.tail), len(problem.vertex_class), len(problem.source)
    D, B, columns = len(problem.volume), len(problem.limit), len(pool.od)
    M = columns + own

    def ints(size: int) -> Ints:
        return np.zeros(size, np.int64)

    n = ints(COUNTERS)
    n[K], n[K_ENTRY], n[K_ARC] = columns, pool.entry_start[-1], pool.path_start[-1]
    w = Work(
        n=n,
        tol=tolerances(problem),
        columns=np.zeros(M + 1, COLUMN_RECORD),
        entries=np.zeros(n[K_ENTRY] + 64 * own, ENTRY_RECORD),
        chain=np.zeros(n[K_ENTRY] + 64 * own, CHAIN_RECORD),
        path_arc=ints(n[K_ARC] + 64 * own),
        rows=np.zeros(D, ROW_RECORD),
        bundles=np.zeros(B, BUNDLE_RECORD),
        basis=np.zeros(q_max, BASIS_RECORD),
        inverse=np.zeros((q_max, q_max)),
        written=np.zeros(1024 * (q_max + 4), ENTRY_RECORD),
        difference=np.zeros(B),
        label=np.zeros(V),
        vertices=np.zeros(V, VERTEX_RECORD),
        length=np.zeros(A),
        arcs=np.zeros(A, ARC_RECORD),
        classes=np.zeros(len(problem.user_start) - 1, CLASS_RECORD),
        rent=np.zeros(B),
        known_rent=np.zeros(B),
        where=np.full(M, NONBASIC),
        reduced=np.zeros(M),
        alpha=np.zeros(M),
        hit=ints(M),
        load_step=np.zeros(B),
        moving=np.zeros(B, np.uint8),
        stepping=ints(q_max),
        key_stepping=ints(D),
        load_stepping=ints(B),
        rowed=ints(B),
        over=ints(B),
        lacking=ints(D),
        key_rows=ints(D),
        touched=ints(A),
        fallen=ints(A),
        marked=ints(C),
        seen=ints(int(np.diff(problem.class_start).max(initial=0))),
        sight=np.zeros(D),
        ahead=np.zeros(ahead, np.float32),
        heap=np.zeros(2 * most_arcs(problem) + int(np.diff(problem.class_start).max(initial=0)) + 1, HEAP_RECORD),
        stop=np.zeros(1, np.uint8),
    )
    w.columns["od"][:columns], w.columns["price"][:columns] = pool.od, pool.cost
    w.columns["entry_start"][: columns + 1], w.columns["path_start"][: columns + 1] = pool.entry_start, pool.path_start
    w.entries["bundle"][: n[K_ENTRY]], w.entries["weight"][: n[K_ENTRY]] = pool.entry_bundle, pool.entry_weight
    w.path_arc[: n[K_ARC]] = pool.path_arc
    w.rows["volume"], w.rows["value"], w.rows["horizon"] = problem.volume, problem.value, np.inf
    w.rows["key"], w.rows["first_own"] = np.arange(D), -1
    w.bundles["limit"], w.bundles["position"], w.bundles["first_entry"] = problem.limit, -1, -1
    w.vertices["reach"] = np.inf
    w.arcs["cost"], w.arcs["shut"] = problem.cost, problem.shut
    w.classes["first_fallen"] = w.classes["first_below"] = -1
    return w
