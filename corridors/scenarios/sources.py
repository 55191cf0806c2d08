"""Where the scenarios of a batch come from: listed, or worked out block by block, so that many are never all in memory.

A batch has a list of *atoms*, each one change that can be made (close this link; scale that capacity). A scenario is
the numbers of its atoms, in the order in which they are applied, with a value each. A source gives blocks of scenarios,
and gives the same scenario whatever the block it is asked for in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any, NamedTuple, Protocol

import numpy as np

from corridors.arrays.typing import BoolArray, FloatArray, IntArray
from corridors.scenarios.labels import quoted, together, values


class Block(NamedTuple):
    """Some consecutive scenarios.

    Parameters
    ----------
    start : (N + 1,) int
        Scenario i has the entries from ``start[i]`` to ``start[i + 1]``.
    atom : (M,) int
        The atom of each entry.
    value : (M,) float
        Its value; NaN for atoms that close or open.
    """

    start: IntArray
    atom: IntArray
    value: FloatArray


class Source(Protocol):
    """What a batch asks of where its scenarios come from."""

    @property
    def size(self) -> int:
        """Number of scenarios."""

    def block(self, first: int, last: int) -> Block:
        """Scenarios from `first` to before `last`."""

    @property
    def starred(self) -> bool:
        """Whether a name may hold a ``*``, which joins the names of a product."""

    def label(self, number: int) -> str:
        """The name of a scenario, that of no other."""

    def weights(self, first: int, last: int) -> FloatArray:
        """Weights of scenarios from `first` to before `last`."""


@dataclass(frozen=True, eq=False)
class Listed:
    """Scenarios that are all there: `start, atom, value` as in `Block`, a label and a weight each."""

    start: IntArray
    atom: IntArray
    value: FloatArray
    labels: Sequence[str]
    weight: FloatArray

    @property
    def size(self) -> int:
        return len(self.labels)

    def block(self, first: int, last: int) -> Block:
        low, high = self.start[first], self.start[last]
        return Block(self.start[first : last + 1] - low, self.atom[low:high], self.value[low:high])

    @cached_property
    def starred(self) -> bool:
        return any("*" in label for label in self.labels)

    def label(self, number: int) -> str:
        return self.labels[number]

    def weights(self, first: int, last: int) -> FloatArray:
        return self.weight[first:last]


class _EqualWeights:
    def weights(self, first: int, last: int) -> FloatArray:
        """One each."""
        return np.ones(last - first)

    @cached_property
    def starred(self) -> bool:
        """Whether a name may hold a ``*``."""
        return any("*" in name for name in getattr(self, "names", ()))


@dataclass(frozen=True, eq=False)
class Combinations(_EqualWeights):
    """All choices of `k` groups of atoms, in lexicographic order."""

    names: Sequence[str]
    groups: Sequence[IntArray]
    k: int

    @property
    def size(self) -> int:
        return comb(len(self.groups), self.k)

    def block(self, first: int, last: int) -> Block:
        chosen = self._chosen(np.arange(first, last))
        length = np.array([len(g) for g in self.groups], np.int64)
        start = np.concatenate([[0], np.cumsum(length[chosen].sum(axis=1))])
        flat = np.concatenate(list(self.groups) or [np.zeros(0, np.int64)])
        group_start = np.concatenate([[0], np.cumsum(length)])
        group = chosen.ravel()
        offset = np.arange(length[group].sum()) - np.repeat(np.cumsum(length[group]) - length[group], length[group])
        atom = flat[np.repeat(group_start[group], length[group]) + offset]
        return Block(start, atom, np.full(len(atom), np.nan))

    def label(self, number: int) -> str:
        chosen = [self.names[i] for i in self._chosen(np.array([number]))[0]]
        return together(chosen) if self.k > 1 else chosen[0]

    @cached_property
    def _binomials(self) -> list[IntArray]:
        return [np.array([comb(c, i) for c in range(len(self.groups) + 1)], np.int64) for i in range(self.k + 1)]

    def _chosen(self, number: IntArray) -> IntArray:
        """The groups of each scenario, (N, k), by the combinatorial number system (Knuth, TAOCP 7.2.1.3).

        Counted from the end with elements mirrored, colexicographic order is lexicographic.
        """
        left = self.size - 1 - number
        chosen = np.empty((len(number), self.k), np.int64)
        for i in range(self.k, 0, -1):
            element = np.searchsorted(self._binomials[i], left, side="right") - 1
            left = left - self._binomials[i][element]
            chosen[:, self.k - i] = len(self.groups) - 1 - element
        return chosen


NOBODY = "nobody"
"""The coalition of no player."""


@dataclass(frozen=True, eq=False)
class Coalitions(_EqualWeights):
    """All subsets of players: bit i of a scenario's number says whether player i takes part.

    The atoms of those that do not are applied.
    """

    names: Sequence[str]
    groups: Sequence[IntArray]

    @property
    def size(self) -> int:
        return 1 << len(self.groups)

    def block(self, first: int, last: int) -> Block:
        number = np.arange(first, last)
        parts = [((number >> i) & 1 == 0) for i in range(len(self.groups))]
        rows = [np.repeat(np.flatnonzero(out), len(g)) for out, g in zip(parts, self.groups, strict=True)]
        atoms = [np.tile(g, int(out.sum())) for out, g in zip(parts, self.groups, strict=True)]
        return sorted_block(joined(rows), joined(atoms), None, len(number))

    def label(self, number: int) -> str:
        if number == 0:
            return NOBODY
        name = together(name for i, name in enumerate(self.names) if number >> i & 1)
        return quoted(name) if name == NOBODY else name


CHUNK = 1024
"""Draws are made for this many scenarios at a time, whatever the block, each chunk from a stream of its own."""


@dataclass(frozen=True, eq=False)
class Laws:
    """Distributions, objects with ``ppf``, of which each atom in `column` has one: from uniform numbers to values."""

    distributions: Sequence[Any]
    column: IntArray

    def __call__(self, uniform: FloatArray) -> FloatArray:
        # One number a distribution, for all its atoms.
        first = np.unique(self.column, return_index=True)[1]
        pairs = zip(self.distributions, first, strict=True)
        return np.column_stack([law.ppf(uniform[:, at]) for law, at in pairs])[:, self.column]


@dataclass(frozen=True, eq=False)
class Draws(_EqualWeights):
    """Independent draws: atoms that are down with a probability, and atoms whose value has a distribution.

    Parameters
    ----------
    size : int
        How many draws.
    seed : int
    groups : sequence of arrays of int
        Atoms that go down together.
    down : (G,) float
        Probability that a group is down.
    valued : (K,) int
        Atoms that get a value in every draw.
    laws : Laws
        From uniform numbers (N, K) to values (N, K).
    """

    size: int
    seed: int
    groups: Sequence[IntArray]
    down: FloatArray
    valued: IntArray
    laws: Laws

    def block(self, first: int, last: int) -> Block:
        parts = [self._chunk(chunk) for chunk in range(first // CHUNK, -(-last // CHUNK))]
        base = first // CHUNK * CHUNK
        row = joined([r + i * CHUNK for i, (r, _, _) in enumerate(parts)]) + base - first
        atom = joined([a for _, a, _ in parts])
        value = np.concatenate([np.zeros(0), *(v for _, _, v in parts)])
        inside = (row >= 0) & (row < last - first)
        return sorted_block(row[inside], atom[inside], value[inside], last - first)

    def label(self, number: int) -> str:
        return f"draw {number}"

    def failed(self, first: int, last: int) -> BoolArray:
        """Which groups are down in the draws from `first` to before `last`, (N, G)."""
        chunks = range(first // CHUNK, -(-last // CHUNK))
        down = [self._down(self._stream(chunk)) for chunk in chunks]
        base = first // CHUNK * CHUNK
        return np.concatenate([np.zeros((0, len(self.groups)), bool), *down])[first - base : last - base]

    def _stream(self, chunk: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=self.seed, counter=[0, 0, 0, chunk]))

    def _down(self, rng: np.random.Generator) -> BoolArray:
        found: BoolArray = rng.random((CHUNK, len(self.groups))) < self.down
        return found

    def _chunk(self, chunk: int) -> tuple[IntArray, IntArray, FloatArray]:
        rng = self._stream(chunk)
        row, group = np.nonzero(self._down(rng))
        length = np.array([len(g) for g in self.groups], np.int64)
        flat = joined(list(self.groups))
        at = np.repeat((np.cumsum(length) - length)[group], length[group])
        offset = np.arange(length[group].sum()) - np.repeat(np.cumsum(length[group]) - length[group], length[group])
        rows, atoms = np.repeat(row, length[group]), flat[at + offset]
        values = np.full(len(atoms), np.nan)
        if len(self.valued):
            drawn = self.laws(rng.random((CHUNK, len(self.valued))))
            rows = np.concatenate([rows, np.repeat(np.arange(CHUNK), len(self.valued))])
            atoms = np.concatenate([atoms, np.tile(self.valued, CHUNK)])
            values = np.concatenate([values, np.asarray(drawn, float).ravel()])
        return rows, atoms, values


@dataclass(frozen=True, eq=False)
class Levels(_EqualWeights):
    """All combinations of values of some parameters; the last parameter changes fastest.

    Parameters
    ----------
    names : sequence of str
    atoms : sequence of arrays of int
        The atoms that get a parameter's value.
    values : sequence of arrays of float
    """

    names: Sequence[str]
    atoms: Sequence[IntArray]
    values: Sequence[FloatArray]

    @property
    def size(self) -> int:
        return int(np.prod([len(v) for v in self.values], dtype=object))

    def block(self, first: int, last: int) -> Block:
        levels = self._levels(np.arange(first, last))
        value = np.column_stack(
            [np.repeat(v[levels[:, i]][:, None], len(self.atoms[i]), axis=1) for i, v in enumerate(self.values)]
        )
        atom = np.tile(joined(list(self.atoms)), last - first)
        return Block(np.arange(last - first + 1) * value.shape[1], atom, value.ravel())

    def label(self, number: int) -> str:
        level = self._levels(np.array([number]))[0]
        return ", ".join(f"{n}={text[at]}" for n, text, at in zip(self.names, self._texts, level, strict=True))

    @cached_property
    def _texts(self) -> list[list[str]]:
        return [values(levels) for levels in self.values]

    def _levels(self, number: IntArray) -> IntArray:
        return np.column_stack(np.unravel_index(number, [len(v) for v in self.values]))


def joined(parts: list[IntArray]) -> IntArray:
    """Arrays one behind the other; none gives an empty one."""
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


def rows_of(block: Block) -> IntArray:
    """The scenario of each entry of a block, from 0."""
    return np.repeat(np.arange(len(block.start) - 1), np.diff(block.start))


def sorted_block(row: IntArray, atom: IntArray, value: FloatArray | None, size: int) -> Block:
    """Entries in the order of their scenarios, and within one in the order in which they came."""
    order = np.argsort(row, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))]).astype(np.int64)
    return Block(start, atom[order], np.full(len(atom), np.nan) if value is None else value[order])
