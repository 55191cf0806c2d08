"""Columns met in a cold solve, laid out by bundle and by demand row as those of a pool are.

A scenario's own columns are chained, newest first: few of them are looked at a few times. A cold solve has none but its
own, by the thousand, and goes through those of all full bundles in every pivot; so before it pivots they are laid out
anew, side by side, and the chains are cut.
"""

from __future__ import annotations

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.types import K, Pool, Work


@compiled
def gather(w: Work, pool: Pool) -> None:
    """Lay out all columns, in order; the arrays of the pool have room for as many as the workspace."""
    start, od_start = pool.row_start, pool.od_start
    columns = w.n[K]
    for b in range(len(start)):
        start[b] = 0
    for row in range(len(od_start)):
        od_start[row] = 0
    for i in range(w.columns[columns].entry_start):
        start[w.entries[i].bundle] += 1
    for column in range(columns):
        od_start[w.columns[column].od] += 1
    for b in range(len(w.bundles)):
        start[b + 1] += start[b]
        w.bundles[b].first_entry = -1
    for row in range(len(w.rows)):
        od_start[row + 1] += od_start[row]
        w.rows[row].first_own = -1
    for column in range(columns - 1, -1, -1):  # each start is the end so far, and moves down with what is put there
        row = w.columns[column].od
        od_start[row] -= 1
        pool.od_column[od_start[row]] = column
        for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
            bundle = w.entries[i].bundle
            start[bundle] -= 1
            pool.row_column[start[bundle]], pool.row_weight[start[bundle]] = column, w.entries[i].weight
