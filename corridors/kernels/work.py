"""What a worker needs in addition to a basis: lists of what is violated, and what a cut offers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import IntArray
from corridors.kernels.compiled import inlined

VIOLATED, PAYING, WORK, COST, PIVOTS = range(5)
"""Places in ``Work.counter``."""


class Work(NamedTuple):
    """Lists of one worker. E real arcs, N vertices with the root."""

    counter: IntArray
    """(5,) length of the lists of violated vertices and of arcs that may pay; steps done; cost so far; pivots."""
    violated: IntArray
    """(N,) vertices whose tree arc may be beyond a bound."""
    is_violated: npt.NDArray[np.int8]
    """(N,) whether a vertex is on that list."""
    paying: IntArray
    """(E,) arcs that may pay to enter."""
    is_paying: npt.NDArray[np.int8]
    """(E,) whether an arc is on that list."""
    offer: IntArray
    """(E,) arcs that cross the cut in the direction that is short."""
    price: IntArray
    """(E,) the size of their reduced cost."""
    run: npt.NDArray[np.uint32]
    """(N, 2) the side of a cut as runs of vertices: the first of each, and the one after its last."""
    excess: IntArray
    """(N,) what vertices must send beyond what the tree carries; zero between uses."""
    stop: IntArray
    """(1,) other than zero where the sweep is to stop; shared by all workers."""


def workspace(arcs: int, vertices: int, stop: IntArray) -> Work:
    """Empty lists for so many real arcs, and vertices with the root."""
    return Work(
        counter=np.zeros(5, np.int64),
        violated=np.zeros(vertices, np.int64),
        is_violated=np.zeros(vertices, np.int8),
        paying=np.zeros(arcs, np.int64),
        is_paying=np.zeros(arcs, np.int8),
        offer=np.zeros(arcs, np.int64),
        price=np.zeros(arcs, np.int64),
        run=np.zeros((vertices, 2), np.uint32),
        excess=np.zeros(vertices, np.int64),
        stop=stop,
    )


@inlined
def list_violated(w: Work, v: int) -> None:
    """Put vertex `v` on the list of violated ones, once. Modified in place: w."""
    if w.is_violated[v] == 0:
        w.is_violated[v] = 1
        n = w.counter[VIOLATED]
        w.violated[n] = v
        w.counter[VIOLATED] = n + 1


@inlined
def list_paying(w: Work, e: int) -> None:
    """Put arc `e` on the list of those that may pay, once. Modified in place: w."""
    if w.is_paying[e] == 0:
        w.is_paying[e] = 1
        n = w.counter[PAYING]
        w.paying[n] = e
        w.counter[PAYING] = n + 1
