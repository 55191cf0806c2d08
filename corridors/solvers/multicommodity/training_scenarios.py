"""The perturbations that a pool of columns is trained on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import FloatArray, IntArray
from corridors.kernels.multicommodity.scenario import Cases
from corridors.kernels.multicommodity.types import Coupled
from corridors.solvers.multicommodity.kernel_calls import Entries, no_cases

LESSONS = 40
"""How many random scenarios of each kind the pool is trained on."""

MOST_CLOSED = 1000
"""How many groups are closed in training, one by one."""


def lessons(
    problem: Coupled, group_start: IntArray, group_arc: IntArray, loaded: npt.NDArray[np.bool_], seed: int
) -> Iterator[Cases]:
    """Scenarios to train on: loaded groups closed by one and by three, then random costs, limits, volumes, and all."""
    shut = np.flatnonzero(loaded)[:: max(1, -(-int(loaded.sum()) // MOST_CLOSED))]
    yield no_cases(group_start, group_arc, len(shut), close=(np.arange(len(shut)), shut, 1.0))
    rng = np.random.default_rng(seed)
    if len(shut) > 3:
        some = np.sort(np.array([rng.choice(shut, 3, replace=False) for _ in range(2 * LESSONS)]), axis=1)
        yield no_cases(group_start, group_arc, len(some), close=(np.repeat(np.arange(len(some)), 3), some.ravel(), 1.0))
    finite = np.where(np.isinf(problem.limit), 0, problem.limit)
    makers = {
        "cost": lambda: _random(rng, problem.cost, 0.05, 0.8, 1.2),
        "limit": lambda: _random(rng, finite, 0.05, 0.5, 1.5),
        "volume": lambda: _random(rng, problem.volume, 1.0, 0.9, 1.1),
    }
    for kinds in (["cost"], ["limit"], ["volume"], list(makers)):
        yield no_cases(group_start, group_arc, LESSONS, **{kind: makers[kind]() for kind in kinds})


def _random(rng: np.random.Generator, base: FloatArray, share: float, low: float, high: float) -> Entries:
    """A share of the numbers above zero scaled at random, in each of `LESSONS` scenarios."""
    able = np.flatnonzero(base > 0)
    some = round(share * len(able))
    index = [np.sort(rng.permutation(able)[:some]) for _ in range(LESSONS)]
    value = [np.rint(base[i] * rng.uniform(low, high, some)) for i in index]
    return np.repeat(np.arange(LESSONS), some), np.concatenate(index), np.concatenate(value)
