"""Amounts, prices and the inverse of the working basis, recomputed where pivots have carried rounding along."""

from __future__ import annotations

from corridors.kernels.multicommodity.compile import compiled
from corridors.kernels.multicommodity.types import (
    NONBASIC,
    PIVOT,
    K,
    Pool,
    Q,
    Work,
)


@compiled
def recompute_amounts(w: Work) -> float:
    """Basic amounts and loads from the inverse; returns by how much a tight bundle is missed."""
    q = w.n[Q]
    for b in range(len(w.bundles)):
        w.bundles[b].load = 0.0
    for p in range(len(w.rows)):
        w.rows[p].x_key = w.rows[p].volume
        _carry(w, w.rows[p].key, w.rows[p].volume)
    for i in range(q):
        w.basis[i].right = w.bundles[w.basis[i].tight].limit - w.bundles[w.basis[i].tight].load
    for j in range(q):
        amount = 0.0
        for i in range(q):
            amount += w.inverse[j, i] * w.basis[i].right
        w.basis[j].x_other = amount
        row = w.columns[w.basis[j].other].od
        w.rows[row].x_key -= amount
        _carry(w, w.basis[j].other, amount)
        _carry(w, w.rows[row].key, -amount)
    missed = 0.0
    for i in range(q):
        missed = max(missed, abs(w.bundles[w.basis[i].tight].load - w.bundles[w.basis[i].tight].limit))
    return missed


@compiled
def _carry(w: Work, column: int, amount: float) -> None:
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        w.bundles[w.entries[i].bundle].load += amount * w.entries[i].weight


@compiled
def recompute_prices(w: Work, pool: Pool) -> None:
    """Rents and reduced costs of all columns from the inverse."""
    _recompute_rents(w)
    reprice(w, pool)


@compiled
def reprice(w: Work, pool: Pool) -> None:
    """Reduced costs of all columns from the rents."""
    for b in range(len(w.bundles)):
        w.known_rent[b] = 0.0
    for column in range(w.n[K]):
        w.reduced[column] = w.columns[column].price
    follow_rents(w, pool)


@compiled
def follow_rents(w: Work, pool: Pool) -> None:
    """Bring reduced costs of all columns in line with rents, and keys, that changed since they were ``known_rent``."""
    for b in range(len(w.bundles)):
        by = w.rent[b] - w.known_rent[b]
        if by != 0.0:
            w.known_rent[b] = w.rent[b]
            for k in range(pool.row_start[b], pool.row_start[b + 1]):
                w.reduced[pool.row_column[k]] += by * pool.row_weight[k]
            entry = w.bundles[b].first_entry
            while entry >= 0:
                w.reduced[w.chain[entry].column] += by * w.entries[entry].weight
                entry = w.chain[entry].next_entry
    for p in range(len(w.rows)):
        by = w.reduced[w.rows[p].key]
        if by != 0.0:
            for k in range(pool.od_start[p], pool.od_start[p + 1]):
                w.reduced[pool.od_column[k]] -= by
            column = w.rows[p].first_own
            while column >= 0:
                w.reduced[column] -= by
                column = w.columns[column].next_own
    for j in range(w.n[Q]):
        w.reduced[w.basis[j].other] = 0.0


@compiled
def recompute_basic_prices(w: Work) -> float:
    """Rents from the inverse, and the reduced costs of unmet demand; returns the largest of a basic column.

    That is all that pricing by labels needs. The other columns keep what was carried along.
    """
    _recompute_rents(w)
    missed = missed_prices(w)
    for p in range(len(w.rows)):
        if w.where[p] == NONBASIC:
            w.reduced[p] = w.columns[p].price - w.rows[p].key_alpha
    return missed


@compiled
def missed_prices(w: Work) -> float:
    """The largest reduced cost of a basic column at the rents as they are; leaves what keys cost in ``key_alpha``."""
    for p in range(len(w.rows)):
        w.rows[p].key_alpha = charged(w, w.rows[p].key)
    missed = 0.0
    for j in range(w.n[Q]):
        missed = max(missed, abs(charged(w, w.basis[j].other) - w.rows[w.columns[w.basis[j].other].od].key_alpha))
    return missed


@compiled
def _recompute_rents(w: Work) -> None:
    q = w.n[Q]
    for b in range(len(w.bundles)):
        w.rent[b] = 0.0
    for j in range(q):
        difference = w.columns[w.basis[j].other].price - w.columns[w.rows[w.columns[w.basis[j].other].od].key].price
        if difference != 0.0:
            for i in range(q):
                w.rent[w.basis[i].tight] -= difference * w.inverse[j, i]


@compiled
def charged(w: Work, column: int) -> float:
    """Cost of a column with the rents of its bundles."""
    cost = w.columns[column].price
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        cost += w.rent[w.entries[i].bundle] * w.entries[i].weight
    return cost


@compiled
def reduced_by_row(w: Work, column: int) -> float:
    """The reduced cost of a column by the dual of its demand row, which follows from that of unmet demand."""
    row = w.columns[column].od
    return charged(w, column) - (w.rows[row].value - w.reduced[row])


@compiled
def refactor(w: Work) -> bool:
    """Invert W from scratch, in place, by Gauss-Jordan elimination with partial pivoting.

    Returns whether it is regular; False too on a stop.
    """
    q = w.n[Q]
    _write_basis(w, q)
    for at in range(q):
        best = at
        for line in range(at + 1, q):
            if abs(w.inverse[line, at]) > abs(w.inverse[best, at]):
                best = line
        if abs(w.inverse[best, at]) < w.tol[PIVOT] or w.stop[0]:
            return False
        w.basis[at].swapped = best
        if best != at:
            for i in range(q):
                w.inverse[at, i], w.inverse[best, i] = w.inverse[best, i], w.inverse[at, i]
        pivot = 1.0 / w.inverse[at, at]
        w.inverse[at, at] = 1.0
        for i in range(q):
            w.inverse[at, i] *= pivot
        for line in range(q):
            by = w.inverse[line, at]
            if line != at and by != 0.0:
                w.inverse[line, at] = 0.0
                for i in range(q):
                    w.inverse[line, i] -= by * w.inverse[at, i]
    for at in range(q - 1, -1, -1):
        best = w.basis[at].swapped
        if best != at:
            for i in range(q):
                w.inverse[i, at], w.inverse[i, best] = w.inverse[i, best], w.inverse[i, at]
    return True


@compiled
def _write_basis(w: Work, q: int) -> None:
    """Write W where its inverse is held."""
    for line in range(q):
        for j in range(q):
            w.inverse[line, j] = 0.0
    for j in range(q):
        _write_column(w, j, w.basis[j].other, 1.0)
        _write_column(w, j, w.rows[w.columns[w.basis[j].other].od].key, -1.0)


@compiled
def _write_column(w: Work, j: int, column: int, sign: float) -> None:
    for i in range(w.columns[column].entry_start, w.columns[column + 1].entry_start):
        line = w.bundles[w.entries[i].bundle].position
        if line >= 0:
            w.inverse[line, j] += sign * w.entries[i].weight
