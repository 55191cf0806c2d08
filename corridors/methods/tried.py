"""Portfolios that were tried: their losses, the cuts that these give of all others, and the best of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.arrays.typing import FloatArray
from corridors.errors import SolverError
from corridors.methods.choices import SLACK, Choices
from corridors.methods.portfolio_losses import Known, PortfolioLosses

AT_A_TIME = 64
"""Scenarios that are solved before it is looked whether a portfolio may still be better than the best."""


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

    def adds(self, known: Known, groups: FloatArray) -> FloatArray:
        """How much each scenario, (S,), of groups of them, (G, S), may add to the least that the objective is."""
        if self.marks is None:
            return (known.high - known.low) * (self.weight @ groups)
        most = known.low @ groups.T + groups.T * (known.high - known.low)[:, None] - self.marks
        return np.where(known.high > known.low, most.max(axis=1) - (known.low @ groups.T - self.marks).max(), 0.0)


@dataclass(frozen=True)
class Best:
    """A portfolio: modules, (N,); its objective, and what no portfolio is below, USD/year."""

    modules: FloatArray
    value: float
    bound: float


class Tried:
    """Portfolios that were tried, as far as they were solved, with the cuts that they give.

    Parameters
    ----------
    losses : PortfolioLosses
    choices : Choices
    groups : (G, S) float
        Groups of scenarios: the weights that their losses have in the mean of each. A cut is of a group.

    Attributes
    ----------
    modules : (K, N) float
        The portfolio of each cut.
    loss, most : (K, G) float
        What it loses at the least, which is as high as the cut is there, and at the most.
    slope : (K, G, N) float
    """

    def __init__(self, losses: PortfolioLosses, choices: Choices, groups: FloatArray) -> None:
        self.losses, self.choices, self.groups = losses, choices, groups
        size = len(choices.cost)
        self.modules = np.zeros((0, size))
        self.loss, self.most = np.zeros((0, len(groups))), np.zeros((0, len(groups)))
        self.slope = np.zeros((0, len(groups), size))
        self._solved: dict[bytes, int] = {}
        self.try_out(np.array([np.zeros(size), choices.most]))
        self.scale = float(np.abs(self.loss[0] - self.loss[1]).max()) or 1.0

    def try_out(self, modules: FloatArray) -> FloatArray:
        """Losses by group, (P, G), of portfolios, (P, N), in all scenarios; each is solved once."""
        for one in modules:
            if one.tobytes() not in self._solved:
                self.losses.solve(one, self.losses.known(one).open)
                self._add(one, self.losses.known(one))
        return self.loss[[self._solved[one.tobytes()] for one in modules]]

    def weigh(self, modules: FloatArray, aim: Aim, enough: float) -> tuple[float, float]:
        """What the objective of a portfolio, (N,), is at the least and at the most, once it is known or is `enough`.

        Scenarios are solved as long as the portfolio may be better than that, first those that may add most; the cuts
        are taken in.
        """
        while True:
            known = self.losses.known(modules)
            ends = np.array([known.low, known.high]) @ self.groups.T
            least, most = aim.of(ends, modules @ self.choices.yearly).tolist()
            adds = aim.adds(known, self.groups)
            open_ = np.flatnonzero(adds > 0)
            if least >= enough or not len(open_):
                self._add(modules, known)
                return least, most
            first = open_[np.argsort(-adds[open_], kind="stable")]
            self.losses.solve(modules, np.sort(first if np.isinf(enough) else first[:AT_A_TIME]))

    def weighed(self, modules: FloatArray, aim: Aim, enough: float) -> bool:
        """Whether the cuts of a portfolio, (N,), say what `weigh` would."""
        same = (self.modules == modules).all(axis=1)
        yearly = modules @ self.choices.yearly
        least, most = (aim.of(loss[same], yearly) for loss in (self.loss, self.most))
        return bool(((least >= enough) | (least == most)).any())

    def _add(self, modules: FloatArray, known: Known) -> None:
        """Take in the cuts of a portfolio, as far as it is known."""
        loss, most = known.low @ self.groups.T, known.high @ self.groups.T
        self.modules = np.concatenate([self.modules, modules[None]])
        self.loss, self.most = np.concatenate([self.loss, loss[None]]), np.concatenate([self.most, most[None]])
        self.slope = np.concatenate([self.slope, (self.groups @ known.slope.reshape(len(known.low), -1))[None]])
        if not len(known.open):
            self._solved[modules.tobytes()] = len(self.modules) - 1
        self._require_convex()

    def _require_convex(self) -> None:
        """Refuse losses that fall below a cut of another portfolio: then cuts prove nothing."""
        size = np.abs(self.loss[0]) * 1e-9 + np.abs(self.loss[0] - self.loss[min(1, len(self.loss) - 1)]) * SLACK + 1e-6
        new = self.modules[-1]
        cuts = self.loss + np.einsum("kgn,kn->kg", self.slope, new - self.modules)  # of others, at the new one
        cut = self.loss[-1] + (self.modules - new) @ self.slope[-1].T  # of the new one, at others
        if (cuts - self.most[-1] > size).any() or (cut - self.most > size).any():
            raise SolverError(
                "expansion: the loss does not fall convexly with what is built, so that nothing is proven; does a "
                "scenario leave a link less capacity than its background?"
            )

    def most_saved(self, modules: FloatArray, more: FloatArray) -> FloatArray:
        """What portfolios, (P, N), that add to one that was tried, (N,), save at most of each group, (P, G)."""
        at = self._solved[modules.tobytes()]
        found: FloatArray = -(more - modules) @ self.slope[at].T
        return found

    def saving(self, aim: Aim) -> float:
        """What all candidates together save, USD/year; where that is nothing, what they save of another group."""
        saved = self.loss[0] - self.loss[1]
        return float(saved @ aim.weight if aim.marks is None else saved.max()) or self.scale

    def best(self, aim: Aim, budget: float) -> Best:
        """The best of those tried that may be built, by what it loses at the most."""
        allowed = np.array([self.choices.allows(modules, budget) for modules in self.modules])
        value = np.where(allowed, aim.of(self.most, self.modules @ self.choices.yearly), np.inf)
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
