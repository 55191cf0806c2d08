"""The best portfolio by Benders' decomposition: a small programme over what is built, and cuts from optimal flows.

The least loss L of a scenario is a convex function of what is built, as of the limits of any linear programme, and the
rents of an optimum are a subgradient of it. So where a portfolio x' was tried, ``L(x) >= L(x') + slope (x - x')`` holds
for every x (Benders 1962; Geoffrion 1972). A mixed-integer programme over these cuts gives a lower bound and the next
portfolio to try; the best one tried is an upper bound. Cuts hold for every budget, so that a frontier shares them.

There is one tree of branch and bound, which goes on as cuts come in (branch and cut; Padberg & Rinaldi 1991): each node
is a linear programme of some dozens of variables, and only portfolios of whole modules are tried in it. Before that,
while the programme is relaxed, what is tried is halfway between its optimum and the best so far, which needs fewer cuts
(Ben-Ameur & Neto 2007).

What is tried is solved one part of the scenarios after another, and no further than to the point where cuts, of those
solved and of others before, say that it is no better than the best so far.
"""

from __future__ import annotations

import heapq

import numpy as np

from corridors.arrays.typing import FloatArray
from corridors.errors import SolverError
from corridors.methods.choices import SLACK
from corridors.methods.master import Ends, Programme
from corridors.methods.tried import Aim, Best, Tried

RELAXED, NODES = 60, 500_000
"""Portfolios tried at the most for the relaxed programme, and nodes of the tree, for each budget."""
ROUGH = 1e-3
"""The gap to which the programme is solved relaxed."""
DIVE = 10
"""Every so many nodes the tree is followed down to a portfolio; else the node of the least bound is next."""
WHOLE = 1e-7
"""How far from a whole number counts as one."""


class Benders:
    """The search for the best portfolio, which goes on from what was tried for another aim or budget."""

    def __init__(self, tried: Tried) -> None:
        self.tried = tried

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
        allowed = gap * self.tried.saving(aim)
        programme = Programme(self.tried, aim, budget)
        rough = max(allowed, ROUGH * self.tried.saving(aim)) if self.tried.choices.whole.any() else allowed
        for modules in self._relax(programme, rough):
            best = self.tried.best(aim, budget)
            self.tried.weigh(self._rounded(modules, budget), aim, best.value)
        best, closed = self.tried.best(aim, budget), np.inf
        waiting: list[tuple[float, int, Ends]] = [(-np.inf, 0, programme.ends)]
        pushed = popped = 0
        while waiting and best.value - waiting[0][0] > allowed and popped < NODES:
            bound, _, ends = heapq.heappop(waiting)
            popped += 1
            dives = True
            while dives:
                bound, children, best = self._look(programme, best, allowed, bound, ends)
                if not children:
                    closed = min(closed, bound)
                dives = len(children) > 1 and popped % DIVE == 1
                for child in children[dives:]:
                    pushed += 1
                    heapq.heappush(waiting, (bound, pushed, child))
                ends = children[0] if dives else ends
        if waiting and best.value - waiting[0][0] > allowed:
            raise self._open(best.value - waiting[0][0], aim)
        _, value = self.tried.weigh(best.modules, aim, np.inf)
        return Best(best.modules, value, min([closed, value, *(node[0] for node in waiting[:1])]))

    def _look(
        self, programme: Programme, best: Best, allowed: float, bound: float, ends: Ends
    ) -> tuple[float, list[Ends], Best]:
        """Solve a node, and try what is whole in it, until it is put off (itself), parted in two, or closed (none)."""
        while (found := programme.least(*ends)) is not None:
            x, bound = found[0], max(bound, found[1])
            if best.value - bound <= allowed:
                return bound, [ends], best
            off = np.abs(x - np.round(x)) * programme.whole
            if off.max() > WHOLE:
                return bound, _parted(x, int(off.argmax()), ends), best
            modules = np.where(programme.whole, np.round(x), x)[: len(self.tried.choices.cost)] + 0.0
            if self.tried.weighed(modules, programme.aim, best.value):  # its cuts hold with equality, but for rounding
                if best.value - bound > 2 * SLACK * self.tried.scale:
                    raise self._open(best.value - bound, programme.aim)
                return bound, [], best
            self.tried.weigh(modules, programme.aim, best.value)
            best = self.tried.best(programme.aim, programme.budget)
        return np.inf, [], best

    def _open(self, gap: float, aim: Aim) -> SolverError:
        share = gap / self.tried.saving(aim)
        return SolverError(f"expansion: the gap stays at {share:.1e} of what all candidates save; give a gap above it")

    def _relax(self, programme: Programme, allowed: float) -> list[FloatArray]:
        """Cuts for the programme without whole numbers; its best x as far as they know, and the best one tried."""
        inner, value = np.zeros(len(self.tried.choices.cost)), np.inf
        for _ in range(RELAXED):
            found = programme.least(*programme.ends)
            assert found is not None  # nothing built is always allowed
            outer, below = found[0][: len(inner)], found[1]
            if value - below <= allowed:
                break
            tried = outer if np.isinf(value) else (inner + outer) / 2
            _, objective = self.tried.weigh(tried, programme.aim, value)
            if objective < value:
                inner, value = tried, objective
        return [outer, inner]

    def _rounded(self, modules: FloatArray, budget: float) -> FloatArray:
        """Whole modules of a portfolio in parts: those there are, then what lacks least, as far as it is allowed."""
        whole = self.tried.choices.whole
        found = np.where(whole, np.floor(modules + WHOLE), modules)
        for at in np.argsort(found - modules):
            more = found.copy()
            more[at] += whole[at]
            if more[at] <= self.tried.choices.most[at] and self.tried.choices.allows(more, budget):
                found = more
        return found


def _parted(x: FloatArray, at: int, ends: Ends) -> list[Ends]:
    """Ends in which a variable is no more, or no less, than the whole numbers next to it; the nearer comes first."""
    low, high = ends
    below, above = high.copy(), low.copy()
    below[at] = np.floor(x[at])
    above[at] = below[at] + 1
    both = [(low, below), (above, high)]
    return both if x[at] - below[at] <= 0.5 else both[::-1]
