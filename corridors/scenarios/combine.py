"""Sources made of other sources: products, sums and choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridors.arrays.sparse import side_by_side
from corridors.arrays.typing import FloatArray, IntArray
from corridors.scenarios.labels import FEW, apart, bare, known_labels, occurrence, quoted
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
        a = _selected(self.one, rows)
        b = _selected(self.other, columns)
        row = np.concatenate([rows_of(a), rows_of(b)])
        atom = np.concatenate([a.atom, b.atom + self.shift])
        return sorted_block(row, atom, np.concatenate([a.value, b.value]), last - first)

    starred = True

    def label(self, number: int) -> str:
        # Where both names may hold a *, those of the other batch stand in quotes: else the text is ambiguous.
        a, b = divmod(number, self.other.size)
        name = self.other.label(b)
        if self.one.starred and self.other.starred and ("*" in name or '"' in name):
            name = quoted(name)
        return f"{self.one.label(a)} * {name}"

    def weights(self, first: int, last: int) -> FloatArray:
        rows, columns = np.divmod(np.arange(first, last), self.other.size)
        return _weights(self.one, rows) * _weights(self.other, columns)


def product(one: Source, other: Source, shift: int) -> Product:
    """The product, its factors from the left: so the names of several factors stand in one row.

    Parameters
    ----------
    one, other : Source
    shift : int
        How many atoms come before those of the other.
    """
    if isinstance(other, Product):
        return Product(product(one, other.one, shift), other.other, shift + other.shift)
    return Product(one, other, shift)


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

    @property
    def starred(self) -> bool:
        return self.one.starred or self.other.starred

    def label(self, number: int) -> str:
        """A name of either; where the other batch has it too, a number is behind it."""
        if self.size <= FEW:
            return self._labels[number]
        first = number < self.one.size
        name = self.one.label(number) if first else self.other.label(number - self.one.size)
        if min(self.one.size, self.other.size) > FEW:
            return occurrence(name, 1) if first else f"{name} (2)"
        # A few next to many: the few keep their names.
        if first == (self.one.size <= FEW):
            return name
        taken, behind = self._taken
        return name + behind if bare(name) in taken else name

    @cached_property
    def _labels(self) -> list[str]:
        one = [self.one.label(i) for i in range(self.one.size)]
        return apart(one + [self.other.label(i) for i in range(self.other.size)])

    @cached_property
    def _taken(self) -> tuple[set[str], str]:
        few = self.one if self.one.size <= FEW else self.other
        return known_labels(few.label(i) for i in range(few.size))

    def weights(self, first: int, last: int) -> FloatArray:
        n = self.one.size
        low = self.one.weights(min(first, n), min(last, n))
        return np.concatenate([low, self.other.weights(max(first - n, 0), max(last - n, 0))])


@dataclass(frozen=True, eq=False)
class Selected:
    """Some scenarios of another source, by number."""

    source: Source
    numbers: IntArray

    @property
    def size(self) -> int:
        return len(self.numbers)

    def block(self, first: int, last: int) -> Block:
        return _selected(self.source, self.numbers[first:last])

    @property
    def starred(self) -> bool:
        return self.source.starred

    def label(self, number: int) -> str:
        """The label in the source, numbered where the scenario is selected more than once."""
        name = self.source.label(int(self.numbers[number]))
        if not self._again:
            return name
        return self._labels[number] if self.size <= FEW else occurrence(name, int(self._turn[number]))

    @cached_property
    def _again(self) -> bool:
        return len(np.unique(self.numbers)) < self.size

    @cached_property
    def _labels(self) -> list[str]:
        return apart([self.source.label(int(i)) for i in self.numbers])

    @cached_property
    def _turn(self) -> IntArray:
        """How often each was drawn up to here, itself counted."""
        order = np.argsort(self.numbers, kind="stable")
        first = np.flatnonzero(np.diff(self.numbers[order], prepend=-1))
        turn = np.empty(self.size, np.int64)
        turn[order] = np.arange(self.size) - np.repeat(first, np.diff(first, append=self.size)) + 1
        return turn

    def weights(self, first: int, last: int) -> FloatArray:
        return _weights(self.source, self.numbers[first:last])


def _selected(source: Source, numbers: IntArray) -> Block:
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
    at = side_by_side(first[back], take)
    return Block(np.concatenate([[0], np.cumsum(take)]), atom[at], value[at])


def _weights(source: Source, numbers: IntArray) -> FloatArray:
    low, high = int(numbers.min(initial=source.size)), int(numbers.max(initial=-1)) + 1
    return source.weights(low, high)[numbers - low] if len(numbers) else np.zeros(0)
