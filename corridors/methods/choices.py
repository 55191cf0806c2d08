"""Which portfolios there may be: modules of candidates in a budget, with what requires and what excludes what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridors.arrays.typing import BoolArray, FloatArray, IntArray
from corridors.schema.candidates import Candidates

SLACK = 1e-6
"""By how much a constraint may be missed, relative to its size: as much as solvers of linear programmes do."""


@dataclass(frozen=True, eq=False)
class Choices:
    """The modules of N candidates that may be built.

    Parameters
    ----------
    cost : (N,) float
        Capital of a module, USD.
    yearly : (N,) float
        What a module costs a year, USD/year.
    most : (N,) float
        Modules at the most.
    whole : (N,) bool
        Which come in whole modules.
    requires, excludes : (M, 2) int
        Pairs of candidates. The share built of one is at most that of what it requires, of which a whole module is all.
    """

    cost: FloatArray
    yearly: FloatArray
    most: FloatArray
    whole: BoolArray
    requires: IntArray
    excludes: IntArray

    @classmethod
    def of(cls, candidates: Candidates, yearly: FloatArray) -> Choices:
        """Of candidates that cost so much a year, (N,) USD/year a module."""
        table = candidates.table
        number = {name: at for at, name in enumerate(table.candidate_id)}
        pairs = {
            column: np.array(
                [(at, number[name]) for at, names in enumerate(table[column]) for name in names], np.int64
            ).reshape(-1, 2)
            for column in ("requires", "excludes")
        }
        whole = (table.kind != "continuous").to_numpy(bool)
        return cls(table.cost.to_numpy(float), yearly, candidates.most, whole, **pairs)

    @property
    def all_of(self) -> FloatArray:
        """How many modules count as all of a candidate that another requires, (N,)."""
        return np.where(self.whole, 1.0, self.most)

    def allows(self, modules: FloatArray, budget: float = np.inf) -> bool:
        """Whether a portfolio, (N,), keeps the budget and all else."""
        share, enough = modules / self.most, modules / self.all_of
        (one, other), (first, second) = self.requires.T, self.excludes.T
        return bool(
            self.cost @ modules <= budget * (1 + SLACK)
            and (modules[self.whole] == np.round(modules[self.whole])).all()
            and (share[one] <= enough[other] + SLACK).all()
            and not ((modules[first] > SLACK) & (modules[second] > SLACK)).any()
        )

    @cached_property
    def _switched(self) -> IntArray:
        """Candidates in several modules or parts that exclude or are excluded: a 0 or 1 of its own says whether."""
        pairs = np.unique(self.excludes)
        return pairs[(self.most[pairs] > 1) | ~self.whole[pairs]]

    def variables(self) -> tuple[FloatArray, BoolArray]:
        """The most of each variable of a programme, which is 0 or more, and which are whole: modules, then switches."""
        switches = np.ones(len(self._switched))
        return np.concatenate([self.most, switches]), np.concatenate([self.whole, switches > 0])

    def rows(self, budget: float) -> tuple[FloatArray, FloatArray]:
        """What `allows` says, of the same variables: ``matrix @ z <= most``."""
        n, switched = len(self.cost), self._switched
        number = np.arange(n)
        number[switched] = n + np.arange(len(switched))
        parts: list[tuple[FloatArray, FloatArray]] = []

        def at_most(columns: IntArray, values: FloatArray, most: float) -> None:
            """A row for each row of columns: their values summed are at most this."""
            block = np.zeros((len(columns), n + len(switched)))
            np.put_along_axis(block, columns, values, axis=1)
            parts.append((block, np.full(len(columns), most)))

        one, other = self.requires.T
        at_most(self.requires, np.column_stack([1 / self.most[one], -1 / self.all_of[other]]), 0.0)
        at_most(number[self.excludes], np.ones(self.excludes.shape), 1.0)
        links = np.column_stack([switched, number[switched]])
        at_most(links, np.column_stack([1 / self.most[switched], -np.ones(len(switched))]), 0.0)
        if np.isfinite(budget):
            scale = max(float(self.cost.max()), 1.0)
            at_most(np.arange(n)[None, :], self.cost[None, :] / scale, budget / scale)
        matrix, most = (np.concatenate(column) for column in zip(*parts, strict=True))
        return matrix, most
