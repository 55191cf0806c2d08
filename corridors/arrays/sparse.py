"""New values of some entries of an array, by scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridors.arrays.typing import IntArray


@dataclass(frozen=True, eq=False)
class Sparse:
    """New values of some entries of an array in S scenarios.

    Parameters
    ----------
    start : (S + 1,) int64
        Scenario s owns the entries from ``start[s]`` to before ``start[s + 1]``.
    index : (N,) int64
        Which entry of the array changes.
    value : (N,) int64
        What it becomes.

    Examples
    --------
    >>> changes = Sparse(np.array([0, 1, 3]), np.array([4, 4, 7]), np.array([0, 0, 5]))
    >>> changes.scenario.tolist()
    [0, 1, 1]
    >>> index, value = changes.of(1)
    >>> index.tolist(), value.tolist()
    ([4, 7], [0, 5])
    """

    start: IntArray
    index: IntArray
    value: IntArray

    @property
    def scenario(self) -> IntArray:
        """The scenario of each entry, (N,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def of(self, number: int) -> tuple[IntArray, IntArray]:
        """Indices and values of one scenario."""
        part = slice(self.start[number], self.start[number + 1])
        return self.index[part], self.value[part]


AT_A_TIME = 100_000
"""Of an array as long as all arcs of all classes, what is looked at at a time, where that takes room of its own."""


def in_turn(size: int) -> Iterator[slice]:
    """Parts of so many places, one after the other."""
    for first in range(0, size, AT_A_TIME):
        yield slice(first, min(first + AT_A_TIME, size))


def side_by_side(first: IntArray, count: IntArray) -> IntArray:
    """Places from each of some on, so many of each, one after the other.

    Parameters
    ----------
    first, count : (G,) int
        Where each group begins, and how many places it has.

    Returns
    -------
    (count.sum(),) int64

    Examples
    --------
    >>> side_by_side(np.array([7, 0]), np.array([2, 3])).tolist()
    [7, 8, 0, 1, 2]
    """
    found: IntArray = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    return found
