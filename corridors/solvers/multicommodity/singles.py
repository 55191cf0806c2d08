"""The optima without one loaded group each, from which closures of several groups start.

A scenario that closes groups is near the optimum without the one of them whose closure takes most pivots, so it starts
there; and if that optimum uses none of the others, it is the scenario's own (`memo`). They are solved when the first
scenario wants them: batches of costs, limits, volumes, and of single closures do without.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays.typing import FloatArray, IntArray
from corridors.kernels.multicommodity.types import DONE, Bases, Bytes, Pool
from corridors.solvers.multicommodity.kernel_calls import (
    Basis,
    Column,
    Members,
    Stopped,
    cases_of,
    columns_of,
    make_pool,
    one_basis,
    room_for,
    run,
    stack_bases,
    weights_of,
    workspace_at,
)
from corridors.solvers.multicommodity.layout import Layout
from corridors.solvers.multicommodity.optimum import Found, basis_at, column_at
from corridors.solvers.multicommodity.start import Start
from corridors.solvers.threads import share

FEW = 4
"""How many loaded groups a scenario may close for which optima without one of them, or with some closed, are of use."""
MOST_ARCS = 250_000
"""Arcs of the largest problem whose single closures are looked at: all or none, so no answer depends on a choice."""

MOST_BASES = 250e6
"""Bytes of bases without a loaded group that are kept."""


class Singles(NamedTuple):
    """Where closures start.

    ``start``: the base's pool, and the bases of those that took most pivots, after the base's own, each with the
    columns that it needs besides. ``number`` (G,): a group's row in `uses`, -1 where it was not looked at. ``uses``
    (N, G): the groups that carry flow without each; all of them where that is not known. ``rank`` (G,): the place of
    each group by its arcs, so that a choice among groups does not depend on what else may close.
    """

    start: Start
    number: IntArray
    uses: Bytes
    rank: IntArray


class _Hard(NamedTuple):
    """A single closure by how many pivots it took, with its basis and the columns that the pool has not."""

    pivots: int
    minus_group: int
    basis: Basis
    own: dict[int, Column]


def solve_singles(layout: Layout, found: Found, members: Members, carried: FloatArray, stop: Bytes) -> Singles:
    """Close each loaded group by itself; ends by `Stopped` where `stop` is set.

    Parameters
    ----------
    members : Members
        Arcs of the groups.
    carried : (G,) float
        What the groups carry in the base.
    """
    coupled = layout.coupled
    G = len(carried)
    small = np.count_nonzero(layout.arc >= 0) <= MOST_ARCS
    chosen = np.flatnonzero(carried > 0) if small else np.zeros(0, np.int64)
    number = np.full(G, -1)
    number[chosen] = np.arange(len(chosen))
    rank = _ranked(members.start, members.arc) if len(chosen) else np.arange(G)
    cases = cases_of(members, len(chosen), close=(np.arange(len(chosen)), chosen, 1.0))
    kept = room_for(len(chosen))._replace(loaded=np.zeros((len(chosen), G), np.uint8))
    pool = make_pool(coupled, found.columns)
    bases, weights = one_basis(pool, found.basis, G), weights_of(layout, None, members)
    room = 1 + int(MOST_BASES // (sum(part.nbytes for part in found.basis) + 8 * len(pool.od)))
    hard: list[_Hard] = []
    lock = threading.Lock()

    def make_worker() -> Any:
        w = workspace_at(coupled, pool, found.prices, bases)

        def do(s: int) -> None:
            run(
                coupled, pool, found.prices, bases, cases, w, first=s, last=s + 1, weights=weights, kept=kept, stop=stop
            )
            if kept.code[s] != DONE:
                kept.loaded[s] = 1
                return
            basis = basis_at(w)
            own = {int(k): column_at(w, int(k)) for k in [*basis.key, *basis.other] if k >= len(pool.od)}
            with lock:
                heapq.heappush(hard, _Hard(int(kept.effort[s, 0]), -int(chosen[s]), basis, own))
                if len(hard) > room:
                    heapq.heappop(hard)

        return do

    share(make_worker, list(range(len(chosen))), os.cpu_count() or 1, stop)
    if stop[0]:
        raise Stopped
    bases = _pooled(layout, found, pool, hard, rank)
    return Singles(Start(coupled, pool, found.prices, bases), number, kept.loaded, rank)


def _ranked(group_start: IntArray, group_arc: IntArray) -> IntArray:
    """The place of each group in the order of their arcs, (G,)."""
    arcs = [tuple(group_arc[a:b].tolist()) for a, b in itertools.pairwise(group_start)]
    rank = np.empty(len(arcs), np.int64)
    rank[sorted(range(len(arcs)), key=arcs.__getitem__)] = np.arange(len(arcs))
    return rank


def _pooled(layout: Layout, found: Found, pool: Pool, hard: list[_Hard], rank: IntArray) -> Bases:
    """The base's own basis, then those of single closures by `rank`, each with its own columns in their order."""
    of_group = np.zeros(len(rank), np.int64)
    hard = sorted(hard, key=lambda one: rank[-one.minus_group])
    columns: list[Column] = []
    own_start = [0, 0]
    for n, one in enumerate(hard):
        of_group[-one.minus_group] = 1 + n
        own = sorted(one.own.items(), key=lambda item: item[1])
        number = {old: len(pool.od) + i for i, (old, _) in enumerate(own)}
        for part in (one.basis.key, one.basis.other):
            for i in np.flatnonzero(part >= len(pool.od)):
                part[i] = number[int(part[i])]
        columns += [column for _, column in own]
        own_start.append(len(columns))
    return stack_bases(
        pool,
        [found.basis, *(one.basis for one in hard)],
        make_pool(layout.coupled, columns_of(columns)),
        np.array(own_start),
        np.array([0, *(one.pivots for one in hard)]),
        of_group,
    )
