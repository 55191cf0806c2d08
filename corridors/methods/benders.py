"""The best portfolio by Benders' decomposition: a small programme over what is built, and cuts from optimal flows.

The least loss L of a scenario is a convex function of what is built, as of the limits of any linear programme, and the
rents of an optimum are a subgradient of it. So where a portfolio x' was tried, ``L(x) >= L(x') + slope (x - x')`` holds
for every x (Benders 1962; Geoffrion 1972). A mixed-integer programme over these cuts gives a lower bound and the next
portfolio to try; the best one tried is an upper bound. Cuts hold for every budget, so that a frontier shares them.

While the programme is relaxed, what is tried is halfway between its optimum and the best so far, which needs fewer
cuts (Ben-Ameur & Neto 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from corridors.arrays.typing import BoolArray, FloatArray
from corridors.errors import SolverError
from corridors.methods.choices import SLACK, Choices
from corridors.methods.mixed_integer import least

Oracle = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""From portfolios, (P, N), to the loss of each in each scenario, (P, S) USD/year, and its slopes, (P, S, N)."""

RELAXED, ROUNDS = 20, 500
"""Portfolios tried at the most for the relaxed programme, and in all, for each budget."""
FEW = 400
"""So many cuts are taken in at once."""
LOOSE = 1e-2
"""The gap to which the programme is solved first; it closes with that of the portfolios tried."""
ROUGH = 1e-3
"""The gap to which the programme is solved relaxed."""


@dataclass(frozen=True)
class Best:
    """A portfolio: modules, (N,); its objective, and what no portfolio is below, USD/year."""

    modules: FloatArray
    value: float
    bound: float


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


class Benders:
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
        self.tried = np.zeros((0, size))
        self.loss = np.zeros((0, len(groups)))
        self.slope = np.zeros((0, len(groups), size))
        self.try_out(np.array([np.zeros(size), choices.most]))
        self.scale = float(np.abs(self.loss[0] - self.loss[1]).max()) or 1.0

    def try_out(self, modules: FloatArray) -> FloatArray:
        """Losses by group, (P, G), of portfolios, (P, N); each is solved once."""
        known = {row.tobytes(): at for at, row in enumerate(self.tried)}
        new = [row for row in dict.fromkeys(row.tobytes() for row in modules) if row not in known]
        if new:
            portfolios = np.array([np.frombuffer(row) for row in new])
            loss, slope = self.oracle(portfolios)
            self.tried = np.concatenate([self.tried, portfolios])
            self.loss = np.concatenate([self.loss, loss @ self.groups.T])
            self.slope = np.concatenate([self.slope, np.einsum("psn,gs->pgn", slope, self.groups)])
            known = {row.tobytes(): at for at, row in enumerate(self.tried)}
            self._require_convex(len(new))
        return self.loss[[known[row.tobytes()] for row in modules]]

    def _require_convex(self, new: int) -> None:
        """Refuse losses that fall below a cut of another portfolio: then cuts prove nothing."""
        level = self.loss - np.einsum("kgn,kn->kg", self.slope, self.tried)
        size = np.abs(self.loss[0]) * 1e-9 + np.abs(self.loss[0] - self.loss[1]) * SLACK + 1e-6
        for cuts, tried in ((slice(None), slice(-new, None)), (slice(-new, None), slice(None))):
            cut = np.einsum("kgn,tn->ktg", self.slope[cuts], self.tried[tried]) + level[cuts][:, None, :]
            if (cut - self.loss[tried] > size).any():
                raise SolverError(
                    "expansion: the loss does not fall convexly with what is built, so that nothing is proven; does a "
                    "scenario leave a link less capacity than its background?"
                )

    def most_saved(self, modules: FloatArray, more: FloatArray) -> FloatArray:
        """What portfolios, (P, N), that add to one that was tried, (N,), save at most of each group, (P, G)."""
        at = int(np.flatnonzero((self.tried == modules).all(axis=1))[0])
        found: FloatArray = -(more - modules) @ self.slope[at].T
        return found

    def minimise(self, aim: Aim, budget: float, gap: float) -> Best:
        """The best portfolio in a budget, and how good one could be.

        Parameters
        ----------
        aim : Aim
        budget : float
            USD; inf for any.
        gap : float
            How far the bound may stay away, relative to what all candidates together save.

        Raises
        ------
        SolverError
            The gap can't be closed.
        """
        allowed = gap * self.saving(aim)
        self._relax(aim, budget, max(allowed, ROUGH * self.saving(aim)) if self.choices.whole.any() else allowed)
        bound, rough, fine = -np.inf, LOOSE, gap / 4
        for _ in range(ROUNDS):
            modules, below = self._programme(aim, budget, max(rough, fine), relaxed=False)
            bound = max(bound, below)
            best = self._best(aim, budget)
            again = bool((self.tried == modules).all(axis=1).any())
            exact = again and rough <= fine  # its cuts hold with equality, but for rounding
            if best.value - bound <= (max(allowed, 2 * SLACK * self.scale) if exact else allowed):
                return Best(best.modules, best.value, min(bound, best.value))
            if exact:
                break
            if again:
                rough = fine
            else:
                self.try_out(modules[None, :])
                rough = min(rough, (best.value - bound) / self.scale / 4)
        raise SolverError(
            f"expansion: the gap stays at {(best.value - bound) / self.saving(aim):.1e} of what all candidates save; "
            f"give a gap above it"
        )

    def saving(self, aim: Aim) -> float:
        """What all candidates together save, USD/year; where that is nothing, what they save of another group."""
        saved = self.loss[0] - self.loss[1]
        return float(saved @ aim.weight if aim.marks is None else saved.max()) or self.scale

    def _relax(self, aim: Aim, budget: float, allowed: float) -> None:
        """Cuts for the programme without whole numbers."""
        inner, value = np.zeros(len(self.choices.cost)), np.inf
        for _ in range(RELAXED):
            outer, below = self._programme(aim, budget, 0.0, relaxed=True)
            tried = np.array([outer]) if np.isinf(value) else np.array([(inner + outer) / 2])
            found = aim.of(self.try_out(tried), tried @ self.choices.yearly)[0]
            if found < value:
                inner, value = tried[0], float(found)
            if value - below <= allowed:
                return

    def _best(self, aim: Aim, budget: float) -> Best:
        """The best of those tried that may be built."""
        allowed = np.array([self.choices.allows(modules, budget) for modules in self.tried])
        value = np.where(allowed, aim.of(self.loss, self.tried @ self.choices.yearly), np.inf)
        at = int(value.argmin())
        return Best(self.tried[at], float(value[at]), -np.inf)

    def _programme(self, aim: Aim, budget: float, gap: float, *, relaxed: bool) -> tuple[FloatArray, float]:
        """The best portfolio as far as the cuts know, and its objective, below which none is.

        Variables are modules and switches, the loss of each group less that of nothing built, and the largest regret;
        money is counted in what all candidates save. Cuts are taken in where they are missed, until none is.
        """
        most, whole = self.choices.variables()
        (n, size, groups), yearly = (self.choices.cost.size, most.size, len(self.groups)), self.choices.yearly
        saved = (self.loss[1] - self.loss[0]) / self.scale - 1e-9  # more room never loses
        low = np.concatenate([np.zeros(size), saved, [-np.inf]])
        high = np.concatenate([most, np.full(groups + 1, np.inf)])
        kinds = np.concatenate([whole & (not relaxed), np.zeros(groups + 1, bool)])
        cost, away = np.zeros(len(low)), 0.0
        fixed, ends = self.choices.rows(budget)
        rows = [np.hstack([fixed, np.zeros((len(fixed), groups + 1))])]
        if aim.marks is None:
            cost[:n], cost[size:-1], away = yearly / self.scale, aim.weight, float(aim.weight @ self.loss[0])
            low[-1] = high[-1] = 0.0
        else:
            cost[-1] = 1.0
            regret = np.zeros((groups, len(cost)))
            regret[:, :n], regret[:, size:-1], regret[:, -1] = yearly / self.scale, np.eye(groups), -1.0
            rows, ends = [*rows, regret], np.concatenate([ends, (aim.marks - self.loss[0]) / self.scale])
        slope, level = self._cuts()
        taken = np.full(level.shape, level.size <= FEW)
        taken[:2] = taken[-5:] = True
        while True:
            cuts, below = self._rows(slope, level, taken, size)
            found, bound = least(cost, low, high, kinds, np.vstack([*rows, cuts]), np.concatenate([ends, below]), gap)
            modules = np.clip(found[:n], 0.0, self.choices.most)
            modules = np.where(kinds[:n], np.round(modules), modules) + 0.0
            missed = np.einsum("kgn,n->kg", slope, modules) + level - found[size:-1] > 1e-9
            missed &= ~taken & (aim.weight > 0 if aim.marks is None else True)
            if not missed.any():
                return modules, bound * self.scale + away
            taken |= missed

    def _cuts(self) -> tuple[FloatArray, FloatArray]:
        """Slopes, (K, G, N), and levels where nothing is built, (K, G), of all cuts, in what all candidates save.

        A whole module takes a cut no lower than the loss of all candidates, below which no loss is.
        """
        slope = self.slope / self.scale
        level = (self.loss - self.loss[0]) / self.scale - np.einsum("kgn,kn->kg", slope, self.tried)
        least = np.minimum((self.loss[1] - self.loss[0]) / self.scale - level, 0.0)
        return np.where(self.choices.whole, np.maximum(slope, least[:, :, None]), slope), level

    def _rows(self, slope: FloatArray, level: FloatArray, taken: BoolArray, size: int) -> tuple[FloatArray, FloatArray]:
        """The cuts that were taken in, as rows of the programme and what these are at most."""
        which, group = np.nonzero(taken)
        matrix = np.zeros((len(which), size + len(self.groups) + 1))
        matrix[:, : slope.shape[2]] = slope[which, group]
        matrix[np.arange(len(which)), size + group] = -1.0
        return matrix, -level[which, group]
