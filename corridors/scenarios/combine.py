"""Sources made of other sources: products, sums and choices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.kernels.types import FloatArray, IntArray
from corridors.scenarios.sources import Block, Source, joined, rows_of, sorted_block


@dataclass(frozen=True, eq=False)
class Product:
    """Each scenario of one batch with each of another, the other changing fastest; the one's atoms come first."""

    one: Source
    other: Source
    shift: int

    @property
    def size(self) -> int:
        return self.one.size * self.other.size

    def block(self, first: int, last: int) -> Block:
        n = self.other.size
        rows, columns = np.divmod(np.arange(first, last), n)
        a = _picked(self.one, rows)
        b = _picked(self.other, columns)
        row = np.concatenate([rows_of(a), rows_of(b)])
        atom = np.concatenate([a.atom, b.atom + self.shift])
        return sorted_block(row, atom, np.concatenate([a.value, b.value]), last - first)

    def label(self, number: int) -> str:
        a, b = divmod(number, self.other.size)
        return f"{self.one.label(a)} * {self.other.label(b)}"

    def weights(self, first: int, last: int) -> FloatArray:
        rows, columns = np.divmod(np.arange(first, last), self.other.size)
        return _weights(self.one, rows) * _weights(self.other, columns)


@dataclass(frozen=True, eq=False)
class Sum:
    """The scenarios of one batch, then those of another."""

    one: Source
    other: Source
    shift: int

    @property
    def size(self) -> int:
        return self.one.size + self.other.size

    def block(self, first: int, last: int) -> Block:
        n = self.one.size
        a = self.one.block(min(first, n), min(last, n))
        b = self.other.block(max(first - n, 0), max(last - n, 0))
        start = np.concatenate([a.start, b.start[1:] + a.start[-1]])
        return Block(start, np.concatenate([a.atom, b.atom + self.shift]), np.concatenate([a.value, b.value]))

    def label(self, number: int) -> str:
        n = self.one.size
        return self.one.label(number) if number < n else self.other.label(number - n)

    def weights(self, first: int, last: int) -> FloatArray:
        n = self.one.size
        low = self.one.weights(min(first, n), min(last, n))
        return np.concatenate([low, self.other.weights(max(first - n, 0), max(last - n, 0))])


@dataclass(frozen=True, eq=False)
class Picked:
    """Some scenarios of another source, by number."""

    source: Source
    numbers: IntArray

    @property
    def size(self) -> int:
        return len(self.numbers)

    def block(self, first: int, last: int) -> Block:
        return _picked(self.source, self.numbers[first:last])

    def label(self, number: int) -> str:
        return self.source.label(int(self.numbers[number]))

    def weights(self, first: int, last: int) -> FloatArray:
        return _weights(self.source, self.numbers[first:last])


def _picked(source: Source, numbers: IntArray) -> Block:
    """Any scenarios of a source, asked for in runs of neighbours."""
    if not len(numbers):
        return Block(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0))
    wanted, back = np.unique(numbers, return_inverse=True)
    runs = np.split(wanted, np.flatnonzero(np.diff(wanted) != 1) + 1)
    blocks = [source.block(int(run[0]), int(run[-1]) + 1) for run in runs]
    length = np.concatenate([np.diff(b.start) for b in blocks])
    first = np.cumsum(length) - length
    atom, value = joined([b.atom for b in blocks]), np.concatenate([b.value for b in blocks])
    take = length[back]
    at = np.repeat(first[back] - (np.cumsum(take) - take), take) + np.arange(take.sum())
    return Block(np.concatenate([[0], np.cumsum(take)]), atom[at], value[at])


def _weights(source: Source, numbers: IntArray) -> FloatArray:
    low, high = int(numbers.min(initial=source.size)), int(numbers.max(initial=-1)) + 1
    return source.weights(low, high)[numbers - low] if len(numbers) else np.zeros(0)
