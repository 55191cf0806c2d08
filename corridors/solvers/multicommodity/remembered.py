"""Bases kept between sweeps, so that one study after another of the same case solves it once.

A base is a function of its arrays alone, so whether it is remembered changes no answer.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.arrays.problem import Bundles, Problem
from corridors.solvers.multicommodity.base import Base, prepare


class CacheInfo(NamedTuple):
    """What a cache of bases did: how many were found in it, were solved, are in it and may be in it at the most."""

    hits: int
    misses: int
    size: int
    most: int


class BaseCache:
    """The last few bases that sweeps prepared, by the contents of their arrays.

    Parameters
    ----------
    most : int
        How many are kept; 0 keeps none.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.base_cache.clear()
    >>> cd.base_cache.info()
    CacheInfo(hits=0, misses=0, size=0, most=4)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._bases: OrderedDict[tuple[bytes, bytes], Base] = OrderedDict()
        self._lock = threading.Lock()
        self._hits = self._misses = 0

    def info(self) -> CacheInfo:
        """How often it helped, and how full it is."""
        return CacheInfo(self._hits, self._misses, len(self._bases), self.most)

    def clear(self) -> None:
        """Forget all bases and counts."""
        with self._lock:
            self._bases.clear()
            self._hits = self._misses = 0

    def prepare(self, problem: Problem, bundles: Bundles, *, demand: npt.ArrayLike, groups: Any) -> Base:
        """What `corridors.solvers.multicommodity.prepare` gives, solved now or remembered, be it for other groups."""
        if not self.most:
            return prepare(problem, bundles, demand=demand, groups=groups)
        case = _digest(problem, bundles, demand)
        key = case, _digest_of_groups(groups)
        with self._lock:
            if key in self._bases:
                self._hits += 1
                self._bases.move_to_end(key)
                return self._bases[key]
            alike = next((base for (other, _), base in self._bases.items() if other == case), None)
        found = alike and alike.over(groups)
        base = found or prepare(problem, bundles, demand=demand, groups=groups)
        with self._lock:
            self._hits, self._misses = self._hits + (found is not None), self._misses + (found is None)
            self._bases[key] = base
            while len(self._bases) > self.most:
                self._bases.popitem(last=False)
        return base


def _digest(problem: Problem, bundles: Bundles, demand: npt.ArrayLike) -> bytes:
    return _digest_of(
        *(problem.tail, problem.head, problem.capacity, problem.cost, problem.supply, problem.lower),
        *(bundles.bundle, bundles.arc, bundles.weight, bundles.limit),
        demand,
    )


def _digest_of_groups(groups: Any) -> bytes:
    groups = csr_array(groups)
    return _digest_of(groups.indptr, groups.indices)


def _digest_of(*arrays: npt.ArrayLike) -> bytes:
    found = hashlib.blake2b(digest_size=20)
    for array in arrays:
        plain = np.ascontiguousarray(array)
        found.update(f"{plain.dtype.str}{plain.shape}".encode())
        found.update(plain.data)
    return found.digest()


base_cache = BaseCache(int(os.environ.get("CORRIDORS_BASES", "4")))
"""The bases of this process; ``CORRIDORS_BASES=0`` in the environment, or ``base_cache.most = 0``, keeps none."""
