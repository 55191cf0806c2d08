"""One case from nothing: all that `corridors.solve` runs, and the base of a sweep, which so are the same optimum.

What re-optimises scenarios from there (`block`) is left out, so that a first answer does not wait for its compiling.
"""

from __future__ import annotations

import numpy as np

from corridors.kernels.by_reference import by_reference
from corridors.kernels.multicommodity.ascent import ascend, is_scarce, prefer_near
from corridors.kernels.multicommodity.compile import compiled, entry
from corridors.kernels.multicommodity.gathered import gather
from corridors.kernels.multicommodity.pricing import exact_labels, first_paths
from corridors.kernels.multicommodity.scenario import AGAIN, begin, objective, step
from corridors.kernels.multicommodity.types import (
    DONE,
    GAVE_UP,
    KEY,
    MOVED,
    PIVOTS,
    Coupled,
    Floats,
    K,
    Optimum,
    Pool,
    Work,
)
from corridors.kernels.multicommodity.weighed import primal_weighed

UNSETTLED = -1
"""Labels do not settle, because a cycle is negative or ``w.stop`` was set."""


@entry
def solve_cold(problem: Coupled, pool: Pool, base: Optimum, w: Work, near: Floats, most: int, cost: Floats) -> int:
    """Solve a case from the basis in which all demand is unmet, and leave its optimum in `w`.

    Parameters
    ----------
    problem : Coupled
    pool : Pool
        The columns of unmet demand, and no others. Modified in place: where columns are by bundle and by demand row, of
        which there is room for as many as in `w`.
    base : Optimum
        The prices of that basis.
    w : Work
        Room to work, which stands there.
    near : (3, B) float
        Room for rents (see `ascend`).
    most : int
        Pivots after which the case is abandoned. Of 0 pivots only the labels are set, to those of the basis.
    cost : (1,) float
        Modified in place: the objective, of the circulation.

    Returns
    -------
    int
        DONE, GAVE_UP or UNSETTLED.
    """
    problem, pool, base, w = by_reference(problem), by_reference(pool), by_reference(base), by_reference(w)
    if most == 0:
        return DONE if exact_labels(problem, w, base) else UNSETTLED
    code = _from_nothing(problem, pool, base, w, near, most)
    if code == DONE:
        cost[0] = objective(w)
    return code


@compiled
def _from_nothing(problem: Coupled, pool: Pool, base: Optimum, w: Work, near: Floats, most: int) -> int:
    for p in range(len(w.rows)):
        w.rows[p].x_key = w.rows[p].volume
        w.where[w.rows[p].key] = KEY
    if not first_paths(problem, w):
        return GAVE_UP
    begin(w)
    best, code, first = -np.inf, int(AGAIN), True
    while code == AGAIN:
        gather(w, pool)
        known = w.n[K]
        if best > -np.inf:
            before = w.n[PIVOTS]
            if not primal_weighed(w, pool, most):
                return GAVE_UP
            if w.n[PIVOTS] != before:
                w.n[MOVED] = 1
        code = step(problem, pool, base, w, 1, most)
        if code == AGAIN and (best > -np.inf or (first and is_scarce(w))):
            best = ascend(problem, w, pool, base, near) if first else prefer_near(problem, w, base, near, best, known)
            if best == -np.inf:
                return GAVE_UP
        first = False
    return code
