"""A basis of the network simplex as the kernels hold it, and the journal that takes changes back.

The spanning tree is rooted at an artificial vertex and held as parent, thread (preorder), reverse thread, subtree size
and last successor (Barr, Glover & Klingman 1979; Ahuja, Magnanti & Orlin 1993, ch. 11). What a tree arc can still carry
is stored at its lower vertex, seen from there: ``up`` towards the parent, ``down`` from it. A push along a path needs
no arc data at all. Flow of arcs outside the tree is implied by their state.

The journal keeps the old values of a vertex or an arc at its first change within a *level*. Levels nest: one can be
opened on top of what another has changed, and taken back alone. So a scenario costs what it touches.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import IntArray
from corridors.kernels.by_reference import keeps_journal
from corridors.kernels.compiled import helper, inlined

Number = int | np.int64
At: Any = np.uint32
"""The number of a vertex or an arc. Unsigned: no index has to be asked whether it counts from the end."""

LOWER = np.int64(1)
"""Outside the tree, at its lower bound (zero: bounds are shifted before they get here)."""
UPPER = np.int64(-1)
"""Outside the tree, at its capacity."""
CLOSED = np.int64(0)
"""Outside the tree and fixed: an arc of no capacity is never priced."""
TREE = np.int64(2)
"""In the tree. The signs make ``state * reduced cost < 0`` the whole test for an arc that would pay to enter.
(Typed numbers: plain ones are literals to the compiler, which then compiles a function once for each.)"""

NONE: Any = At(0xFFFFFFFF)
"""No vertex, no arc."""
ROOT: Any = At(0)
"""The root in the nets of sweeps, whose vertices are numbered in preorder."""
UNLIMITED = 1 << 62
"""The capacity that stands for no bound in the kernels."""
ENDLESS = 1 << 61
"""A push this large met no finite capacity at all: finite ones stay below 2^60."""

ARC = np.dtype([("tail", np.uint32), ("head", np.uint32), ("cost", np.int64)])
"""What pricing reads of an arc, together: the ends and the cost of a unit."""
NODE = np.dtype(
    [
        ("up", np.int64),  # what the tree arc can still carry to the parent; negative where a bound is violated
        ("down", np.int64),  # what it can still carry from the parent
        ("parent", np.uint32),  # next vertex towards the root; NONE at the root
        ("pred", np.uint32),  # the tree arc that joins the vertex to its parent
        ("back", np.uint32),  # previous vertex in preorder
        ("size", np.int32),  # vertices in the subtree
        ("last", np.uint32),  # last vertex of the subtree in preorder
        ("stamp", np.int32),  # the journal's level that kept the vertex last
    ]
)
"""A vertex of the tree, in one cache line."""

NODES_KEPT, POTENTIALS_KEPT, ARCS_KEPT, STAMP, LAST_STAMP, LAST_MARK = range(6)
"""Places in ``Basis.counter``: how far the journal is filled, the open level, and the last numbers given out."""
OUT, IN = 0, 1
"""Columns of ``Basis.uppers``."""


class Basis(NamedTuple):
    """A problem and a basis of it.

    A arcs: the real ones, then an artificial one to or from the root for each vertex. N vertices: the real ones, then
    the root. D levels of the journal.
    """

    arc: npt.NDArray[np.void]
    """(A,) ARC records."""
    capacity: IntArray
    """(A,) the most an arc carries."""
    state: npt.NDArray[np.int8]
    """(A,) LOWER, UPPER, CLOSED or TREE."""
    node: npt.NDArray[np.void]
    """(N,) NODE records."""
    thread: npt.NDArray[np.uint32]
    """(N,) next vertex in preorder, in a ring. Apart from the records: whole subtrees are walked by it."""
    potential: IntArray
    """(N,) reduced cost is ``cost + potential[tail] - potential[head]``, zero on the tree."""
    uppers: npt.NDArray[np.int32]
    """(N, 2) how many arcs at their capacity leave a vertex, and how many enter it."""
    mark: npt.NDArray[np.int32]
    """(N,) the last cut that counted a vertex to its smaller side."""
    counter: IntArray
    """(6,) counters of the journal and of the marks."""
    potential_stamp: npt.NDArray[np.int32]
    """(N,) the journal's level that kept a potential last."""
    arc_stamp: npt.NDArray[np.int32]
    """(A,) the journal's level that kept an arc last."""
    kept_node: npt.NDArray[np.void]
    """(D * N,) old NODE records."""
    kept_vertex: IntArray
    """(D * N, 2) the vertex of each, and its old thread."""
    kept_potential: IntArray
    """(D * N, 2) a vertex and its old potential: these change far more often."""
    kept_arc: IntArray
    """(D * A, 4) an arc, and its old state, capacity and cost."""


def empty_basis(arcs: int, vertices: int, levels: int = 0) -> Basis:
    """Arrays for so many real arcs and vertices, artificial ones added, and room for so many levels of the journal.

    Without any, what only sweeps need is left empty.
    """
    A, N = arcs + vertices, vertices + 1
    swept_arcs, swept = (A, N) if levels else (0, 0)
    return Basis(
        arc=np.zeros(A, ARC),
        capacity=np.zeros(A, np.int64),
        state=np.zeros(A, np.int8),
        node=np.zeros(N, NODE),
        thread=np.zeros(N, np.uint32),
        potential=np.zeros(N, np.int64),
        uppers=np.zeros((swept, 2), np.int32),
        mark=np.zeros(swept, np.int32),
        counter=np.zeros(6, np.int64),
        potential_stamp=np.zeros(swept, np.int32),
        arc_stamp=np.zeros(swept_arcs, np.int32),
        kept_node=np.zeros(levels * N, NODE),
        kept_vertex=np.zeros((levels * N, 2), np.int64),
        kept_potential=np.zeros((levels * N, 2), np.int64),
        kept_arc=np.zeros((levels * A, 4), np.int64),
    )


@inlined
def reduced_cost(b: Basis, e: int) -> int:
    """What a unit of flow on arc `e` costs, less what the tree path between its ends costs."""
    arc = b.arc[e]
    return arc.cost + b.potential[arc.tail] - b.potential[arc.head]


@inlined
def arc_flow(b: Basis, e: int) -> int:
    """Flow of arc `e`, in the tree or out of it."""
    state = b.state[e]
    if state == TREE:
        tail = b.arc[e].tail
        return b.node[tail].down if b.node[tail].pred == e else b.node[b.arc[e].head].up
    return b.capacity[e] if state == UPPER else 0


@inlined
def open_level(b: Basis) -> None:
    """From here on, the first change of each vertex and arc is kept again. Modified in place: b."""
    b.counter[LAST_STAMP] += 1
    b.counter[STAMP] = b.counter[LAST_STAMP]


@inlined
def note(b: Basis, v: int) -> None:
    """Keep vertex `v` if its first change in the level is about to come. Modified in place: b."""
    if keeps_journal(b) and b.node[v].stamp != b.counter[STAMP]:
        b.node[v].stamp = b.counter[STAMP]
        n = b.counter[NODES_KEPT]
        b.counter[NODES_KEPT] = n + 1
        b.kept_node[n] = b.node[v]
        b.kept_vertex[n, 0] = v
        b.kept_vertex[n, 1] = b.thread[v]


@inlined
def note_potential(b: Basis, v: int) -> None:
    """Keep the potential of vertex `v` if its first change in the level is about to come. Modified in place: b."""
    if keeps_journal(b) and b.potential_stamp[v] != b.counter[STAMP]:
        b.potential_stamp[v] = b.counter[STAMP]
        n = b.counter[POTENTIALS_KEPT]
        b.counter[POTENTIALS_KEPT] = n + 1
        b.kept_potential[n, 0] = v
        b.kept_potential[n, 1] = b.potential[v]


@inlined
def note_arc(b: Basis, e: int) -> None:
    """Keep arc `e` if its first change in the level is about to come. Modified in place: b."""
    if keeps_journal(b) and b.arc_stamp[e] != b.counter[STAMP]:
        b.arc_stamp[e] = b.counter[STAMP]
        n = b.counter[ARCS_KEPT]
        b.counter[ARCS_KEPT] = n + 1
        b.kept_arc[n, 0] = e
        b.kept_arc[n, 1] = b.state[e]
        b.kept_arc[n, 2] = b.capacity[e]
        b.kept_arc[n, 3] = b.arc[e].cost


@helper
def set_state(b: Basis, e: int, state: Number) -> None:
    """Move arc `e` to `state` and keep the counts of arcs at capacity, which only sweeps need. Modified in place: b."""
    if keeps_journal(b):
        note_arc(b, e)
        write_state(b, e, state)
    else:
        b.state[e] = state


@inlined
def write_state(b: Basis, e: int, state: Number) -> None:
    """What `set_state` does, behind the journal's back. Modified in place: b."""
    change = int(state == UPPER) - int(b.state[e] == UPPER)
    if change != 0:
        b.uppers[b.arc[e].tail, OUT] += change
        b.uppers[b.arc[e].head, IN] += change
    b.state[e] = state


@helper
def take_back(b: Basis, nodes: int, potentials: int, arcs: int) -> None:
    """Undo what was kept beyond so many nodes, potentials and arcs, last first. Modified in place: b."""
    for n in range(b.counter[ARCS_KEPT] - 1, arcs - 1, -1):
        e = At(b.kept_arc[n, 0])
        write_state(b, e, b.kept_arc[n, 1])
        b.capacity[e] = b.kept_arc[n, 2]
        b.arc[e].cost = b.kept_arc[n, 3]
    for n in range(b.counter[NODES_KEPT] - 1, nodes - 1, -1):
        v = At(b.kept_vertex[n, 0])
        b.thread[v] = b.kept_vertex[n, 1]
        stamp = b.node[v].stamp
        b.node[v] = b.kept_node[n]
        b.node[v].stamp = stamp
    for n in range(b.counter[POTENTIALS_KEPT] - 1, potentials - 1, -1):
        b.potential[At(b.kept_potential[n, 0])] = b.kept_potential[n, 1]
    b.counter[NODES_KEPT] = nodes
    b.counter[POTENTIALS_KEPT] = potentials
    b.counter[ARCS_KEPT] = arcs


@inlined
def start_over(b: Basis) -> None:
    """Undo everything that was kept. Modified in place: b."""
    nothing = b.counter[NODES_KEPT] * 0  # no literal, for which take_back would be compiled again
    take_back(b, nothing, nothing, nothing)
