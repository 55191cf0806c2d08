"""What is kept of a scenario: status, cost, and the rows that are kept, patched from the base's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.codes import Path, Status
from corridors.arrays.typing import IntArray
from corridors.kernels.basis import ARCS_KEPT, NODES_KEPT, At, Basis, arc_flow
from corridors.kernels.compiled import helper, inlined
from corridors.kernels.net import Net
from corridors.kernels.work import Work

OPTIMAL, INFEASIBLE, UNBOUNDED = int(Status.OPTIMAL), int(Status.INFEASIBLE), int(Status.UNBOUNDED)
ABSORBED, MEMO, NOT_SOLVED = int(Path.ABSORBED), int(Path.MEMO), int(Path.NONE)
DUAL, PRIMAL, BOTH = int(Path.DUAL), int(Path.PRIMAL), int(Path.BOTH)
"""Codes as plain numbers, which compiled code holds; a scenario that is NOT_SOLVED waits for a solve from scratch."""


class Output(NamedTuple):
    """Rows of S scenarios; an array that is not kept has no rows. E arcs and V vertices as in the problem, K totals."""

    status: npt.NDArray[np.int8]
    """(S,) a ``Status`` each."""
    cost: IntArray
    """(S,)"""
    path: npt.NDArray[np.int8]
    """(S,) a ``Path`` each."""
    flow: IntArray
    """(S, E) or (0, E)"""
    potential: IntArray
    """(S, V) or (0, V)"""
    totals: IntArray
    """(S, K) or (0, K)"""
    base_cost: IntArray
    """(S,) cost of the base's basis with what lower bounds cost in a scenario; modulo 2^64: the optimum does fit."""
    base_flow: IntArray
    """(E,)"""
    base_totals: IntArray
    """(K,)"""
    order: IntArray
    """(E,) the problem's arc of each arc of the net."""
    vertex: IntArray
    """(V,) the net's vertex of each of the problem's."""
    weight_ptr: IntArray
    """(E + 1,) weights of the net's arc e are ``weight_ptr[e]`` to ``weight_ptr[e + 1] - 1``."""
    weight_row: IntArray
    """(W,) which total a weight counts for."""
    weight: IntArray
    """(W,)"""


@helper
def touched(b: Basis, w: Work, arcs: int) -> int:
    """List in `w.offer`, once, the real arcs whose flow may differ from the base's. Modified in place: w."""
    n = 0
    for k in range(b.counter[NODES_KEPT]):
        e = b.node[At(b.kept_vertex[k, 0])].pred
        if e < arcs and w.is_paying[e] == 0:
            w.is_paying[e] = 1
            w.offer[n] = e
            n += 1
    for k in range(b.counter[ARCS_KEPT]):
        e = At(b.kept_arc[k, 0])
        if e < arcs and w.is_paying[e] == 0:
            w.is_paying[e] = 1
            w.offer[n] = e
            n += 1
    for k in range(n):
        w.is_paying[At(w.offer[k])] = 0
    return n


@inlined
def kept_rows(out: Output) -> bool:
    """Whether there is more to write than status and cost."""
    return len(out.flow) + len(out.potential) + len(out.totals) > 0


@helper
def write_rows(b: Basis, net: Net, w: Work, out: Output, s: int, n: int) -> None:
    """Write what is kept of scenario `s`: the base's row, patched at the `n` touched arcs. Modified in place: out."""
    if len(out.flow) > 0:
        for a in range(len(out.base_flow)):
            out.flow[s, a] = out.base_flow[a]
        for k in range(n):
            e = At(w.offer[k])
            out.flow[s, out.order[e]] += arc_flow(b, e) - net.flow[e]
    if len(out.totals) > 0:
        for row in range(len(out.base_totals)):
            out.totals[s, row] = out.base_totals[row]
        for k in range(n):
            e = At(w.offer[k])
            change = arc_flow(b, e) - net.flow[e]
            if change != 0:
                for i in range(out.weight_ptr[e], out.weight_ptr[e + 1]):
                    out.totals[s, out.weight_row[i]] += out.weight[i] * change
    if len(out.potential) > 0:
        for v in range(len(out.vertex)):
            out.potential[s, v] = b.potential[out.vertex[v]] - b.potential[0]
