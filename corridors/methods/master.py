"""The programme over what is built, relaxed: its variables, and the cuts that it takes in as they are missed."""

from __future__ import annotations

import numpy as np

from corridors.arrays.typing import FloatArray, IntArray
from corridors.methods.relaxation import Relaxation
from corridors.methods.tried import Aim, Tried

Ends = tuple[FloatArray, FloatArray]
"""The least and the most of each variable."""

MISSED = 1e-8
"""By how much a cut is missed at the most, in what all candidates save."""


class Programme:
    """The relaxed programme of an aim and a budget.

    Variables are modules and switches, between `ends`, and behind them the loss of each group less that of nothing
    built, and the largest regret; money is counted in what all candidates save. Cuts are taken in where they are
    missed, until none is.
    """

    def __init__(self, tried: Tried, aim: Aim, budget: float) -> None:
        self.tried, self.aim, self.budget = tried, aim, budget
        choices, groups = tried.choices, len(tried.groups)
        most, self.whole = choices.variables()
        self.ends: Ends = (np.zeros(len(most)), most)
        n, self.size, yearly = len(choices.cost), len(most), choices.yearly / tried.scale
        saved = (tried.loss[1] - tried.loss[0]) / tried.scale - 1e-9  # more room never loses
        low, high = np.concatenate([saved, [-np.inf]]), np.full(groups + 1, np.inf)
        self.away = 0.0
        cost = np.zeros(self.size + groups + 1)
        fixed, ends = choices.rows(budget)
        rows = [np.hstack([fixed, np.zeros((len(fixed), groups + 1))])]
        if aim.marks is None:
            cost[:n], cost[self.size : -1], self.away = yearly, aim.weight, float(aim.weight @ tried.loss[0])
            low[-1] = high[-1] = 0.0
        else:
            cost[-1] = 1.0
            regret = np.zeros((groups, len(cost)))
            regret[:, :n], regret[:, self.size : -1], regret[:, -1] = yearly, np.eye(groups), -1.0
            rows, ends = [*rows, regret], np.concatenate([ends, (aim.marks - tried.loss[0]) / tried.scale])
        self.of_losses: Ends = (low, high)
        self.linear = Relaxation(cost, *self._within(*self.ends), np.vstack(rows), ends)
        self.taken = np.zeros((0, groups), bool)
        self.slope, self.level = tried.cuts()

    def _within(self, low: FloatArray, high: FloatArray) -> Ends:
        return np.concatenate([low, self.of_losses[0]]), np.concatenate([high, self.of_losses[1]])

    def least(self, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float] | None:
        """The best modules and switches within bounds as far as the cuts know, and the objective, below which none is.

        None where nothing within the bounds may be built.
        """
        if len(self.taken) < len(self.tried.modules):
            self.slope, self.level = self.tried.cuts()
            self.taken = np.pad(self.taken, ((0, len(self.level) - len(self.taken)), (0, 0)))
        counts = self.aim.weight > 0 if self.aim.marks is None else np.ones(self.level.shape[1], bool)
        while (found := self.linear.least(*self._within(low, high))) is not None:
            x, value = found
            modules, loss = x[: self.slope.shape[2]], x[self.size : -1]
            missed = np.where(self.taken | ~counts, 0.0, self.slope @ modules + self.level - loss)
            most = missed.argmax(axis=0)
            group = np.flatnonzero(missed.max(axis=0) > MISSED)
            if not len(group):
                return x[: self.size], value * self.tried.scale + self.away
            self._take(most[group], group)
        return None

    def _take(self, which: IntArray, group: IntArray) -> None:
        """Take in the cuts of some portfolios, for a group each."""
        rows = np.zeros((len(which), self.size + self.level.shape[1] + 1))
        rows[:, : self.slope.shape[2]] = self.slope[which, group]
        rows[np.arange(len(which)), self.size + group] = -1.0
        self.linear.add(rows, -self.level[which, group])
        self.taken[which, group] = True
