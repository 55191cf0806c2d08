"""Portfolios that were tried: their losses, the cuts that these give of all others, and the best of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from corridors.arrays.typing import FloatArray
from corridors.errors import SolverError
from corridors.methods.choices import SLACK, Choices

Oracle = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""From portfolios, (P, N), to the loss of each in each scenario, (P, S) USD/year, and its slopes, (P, S, N)."""


@dataclass(frozen=True, eq=False)
class Aim:
    """What is least: a weighted sum over groups of scenarios, or the largest over them less a mark of each.

    Parameters
    ----------
    weight : (G,) float
        Weights of the sum.
    marks : (G,) float, optional
        The largest of each group's total less its mark is least, in place of the sum.
    """

    weight: FloatArray
    marks: FloatArray | None = None

    def of(self, losses: FloatArray, yearly: FloatArray) -> FloatArray:
        """The objective, (P,), of losses by group, (P, G), and what the portfolios cost a year, (P,)."""
        found: FloatArray = losses @ self.weight if self.marks is None else (losses - self.marks).max(axis=1)
        return found + yearly


@dataclass(frozen=True)
class Best:
    """A portfolio: modules, (N,); its objective, and what no portfolio is below, USD/year."""

    modules: FloatArray
    value: float
    bound: float


class Tried:
    """Portfolios that were tried, with the cuts that they give.

    Parameters
    ----------
    oracle : callable
    choices : Choices
    groups : (G, S) float
        Groups of scenarios: the weights that their losses have in the mean of each. A cut is of a group.
    """

    def __init__(self, oracle: Oracle, choices: Choices, groups: FloatArray) -> None:
        self.oracle, self.choices, self.groups = oracle, choices, groups
        size = len(choices.cost)
        self.modules = np.zeros((0, size))
        self.loss = np.zeros((0, len(groups)))
        self.slope = np.zeros((0, len(groups), size))
        self.try_out(np.array([np.zeros(size), choices.most]))
        self.scale = float(np.abs(self.loss[0] - self.loss[1]).max()) or 1.0

    def try_out(self, modules: FloatArray) -> FloatArray:
        """Losses by group, (P, G), of portfolios, (P, N); each is solved once."""
        known = {row.tobytes(): at for at, row in enumerate(self.modules)}
        new = [row for row in dict.fromkeys(row.tobytes() for row in modules) if row not in known]
        if new:
            portfolios = np.array([np.frombuffer(row) for row in new])
            loss, slope = self.oracle(portfolios)
            self.modules = np.concatenate([self.modules, portfolios])
            self.loss = np.concatenate([self.loss, loss @ self.groups.T])
            self.slope = np.concatenate([self.slope, np.einsum("psn,gs->pgn", slope, self.groups)])
            known = {row.tobytes(): at for at, row in enumerate(self.modules)}
            self._require_convex(len(new))
        return self.loss[[known[row.tobytes()] for row in modules]]

    def _require_convex(self, new: int) -> None:
        """Refuse losses that fall below a cut of another portfolio: then cuts prove nothing."""
        level = self.loss - np.einsum("kgn,kn->kg", self.slope, self.modules)
        size = np.abs(self.loss[0]) * 1e-9 + np.abs(self.loss[0] - self.loss[1]) * SLACK + 1e-6
        for cuts, tried in ((slice(None), slice(-new, None)), (slice(-new, None), slice(None))):
            cut = np.einsum("kgn,tn->ktg", self.slope[cuts], self.modules[tried]) + level[cuts][:, None, :]
            if (cut - self.loss[tried] > size).any():
                raise SolverError(
                    "expansion: the loss does not fall convexly with what is built, so that nothing is proven; does a "
                    "scenario leave a link less capacity than its background?"
                )

    def most_saved(self, modules: FloatArray, more: FloatArray) -> FloatArray:
        """What portfolios, (P, N), that add to one that was tried, (N,), save at most of each group, (P, G)."""
        at = int(np.flatnonzero((self.modules == modules).all(axis=1))[0])
        found: FloatArray = -(more - modules) @ self.slope[at].T
        return found

    def saving(self, aim: Aim) -> float:
        """What all candidates together save, USD/year; where that is nothing, what they save of another group."""
        saved = self.loss[0] - self.loss[1]
        return float(saved @ aim.weight if aim.marks is None else saved.max()) or self.scale

    def best(self, aim: Aim, budget: float) -> Best:
        """The best of those tried that may be built."""
        allowed = np.array([self.choices.allows(modules, budget) for modules in self.modules])
        value = np.where(allowed, aim.of(self.loss, self.modules @ self.choices.yearly), np.inf)
        at = int(value.argmin())
        return Best(self.modules[at], float(value[at]), -np.inf)

    def cuts(self) -> tuple[FloatArray, FloatArray]:
        """Slopes, (K, G, N), and levels where nothing is built, (K, G), of all cuts, in what all candidates save.

        A whole module takes a cut no lower than the loss of all candidates, below which no loss is.
        """
        slope = self.slope / self.scale
        level = (self.loss - self.loss[0]) / self.scale - np.einsum("kgn,kn->kg", slope, self.modules)
        least = np.minimum((self.loss[1] - self.loss[0]) / self.scale - level, 0.0)
        return np.where(self.choices.whole, np.maximum(slope, least[:, :, None]), slope), level
