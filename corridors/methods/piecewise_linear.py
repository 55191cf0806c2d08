"""The pieces of a piecewise linear function from its tangents: where two cross, there is a break or another piece."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from corridors.errors import SolverError

MOST = 5000
"""Tangents at the most along one line."""
FINE = 1e-9
"""Pieces shorter than this share of the range are none."""
NEARLY = 0.01
"""A break that is this little short of a whole step is taken for whole: crossings of floats are a little off."""
EXACT = 1e-11
"""How far a loss on a tangent may be off, as a share of its change: slopes are floats."""


@dataclass(frozen=True)
class Tangent:
    """The loss at one value of the parameter, how fast it changes there, and how unsure it is."""

    at: float
    loss: float
    slope: float
    doubt: float

    def on(self, value: float) -> float:
        """The loss on the tangent."""
        return self.loss + self.slope * (value - self.at)

    def crosses(self, other: Tangent) -> float:
        """Where two tangents cross."""
        return self.at + (other.on(self.at) - self.loss) / (self.slope - other.slope)

    def meets(self, other: Tangent) -> bool:
        """Whether the loss at another value is on the tangent, as far as one can tell."""
        away = self.on(other.at) - self.loss
        return abs(self.on(other.at) - other.loss) <= self.doubt + other.doubt + EXACT * abs(away)


@dataclass
class Search:
    """One line: tangents by value, and between which neighbours all is known.

    Parameters
    ----------
    low, high, step : float
    sign : float
        1 where the loss is concave, -1 where it is convex.
    fine : callable, optional
        Where a line between two tangents' values is nowhere further from the loss than what this gives for the losses
        there, what is between them is left out; by default nothing is.
    """

    low: float
    high: float
    step: float
    sign: float
    fine: Callable[[float, float], float] = lambda *_: 0.0
    known: list[Tangent] = field(default_factory=list)
    settled: set[tuple[float, float]] = field(default_factory=set)
    asked: dict[float, tuple[Tangent, Tangent]] = field(default_factory=dict)

    def wanted(self) -> list[float]:
        """The values to try next: first both ends, then where neighbouring tangents cross."""
        if not self.known:
            return [self.low, self.high]
        if len(self.known) > MOST:
            raise SolverError(f"break_even: more than {MOST} pieces; ask for a shorter range or fewer demand rows")
        self.asked = {}
        for a, b in pairwise(self.known):
            if (a.at, b.at) in self.settled:
                continue
            if self._is_one(a, b):
                self.settled.add((a.at, b.at))
                continue
            at = a.crosses(b)
            value = self._rounded(at)
            apart = max(FINE * (self.high - self.low), 0.5 * self.step)
            if value - a.at < apart or b.at - value < apart or self._bend(a, b, at) <= self.fine(a.loss, b.loss):
                self.settled.add((a.at, b.at))
            else:
                self.asked[value] = (a, b)
        return list(self.asked)

    def _bend(self, a: Tangent, b: Tangent, at: float) -> float:
        """How far the crossing of two tangents is from the line between their values: the loss is in between."""
        line = a.loss + (b.loss - a.loss) * (at - a.at) / (b.at - a.at)
        return abs(a.on(at) - line)

    def learn(self, tangent: Tangent) -> None:
        """Take what a value led to: the break between two tangents, or one more tangent between them."""
        if tangent.at not in self.asked:
            self.known = sorted([*self.known, tangent], key=lambda t: t.at)
            return
        a, b = self.asked[tangent.at]
        below = min(self.sign * t.on(tangent.at) for t in (a, b)) - self.sign * tangent.loss
        if below <= a.doubt + b.doubt + tangent.doubt:
            self.settled.add((a.at, b.at))
        else:
            self.known = sorted([*self.known, tangent], key=lambda t: t.at)

    def pieces(self) -> list[tuple[float, float, Tangent]]:
        """From, to and tangent of each piece."""
        lines: list[Tangent] = []
        for tangent in self.known:
            # A tangent that touches in a point alone has no piece: its neighbours cross before it has begun.
            while len(lines) > 1 and self._is_over(lines[-2], lines[-1], tangent):
                lines.pop()
            if lines and self._is_one(lines[-1], tangent):
                continue
            lines.append(tangent)
        breaks = [float(np.clip(a.crosses(b), self.low, self.high)) for a, b in pairwise(lines)]
        ends = zip([self.low, *breaks], [*breaks, self.high], lines, strict=True)
        found = [(a, b, line) for a, b, line in ends if b - a > FINE * (self.high - self.low)]
        return found or [(self.low, self.high, lines[0])]

    def _is_over(self, before: Tangent, line: Tangent, after: Tangent) -> bool:
        if self._is_one(before, line) or self._is_one(line, after):
            return False
        apart = max(FINE * (self.high - self.low), self.step)
        return line.crosses(after) - before.crosses(line) < apart

    def _is_one(self, a: Tangent, b: Tangent) -> bool:
        """Whether two tangents are the same line, as far as one can tell."""
        return bool(self.sign * (a.slope - b.slope) * (b.at - a.at) <= 2 * (a.doubt + b.doubt))

    def _rounded(self, value: float) -> float:
        return round(value / self.step) * self.step if self.step else value


def first_piece(start: Tangent, far: float, step: float) -> Generator[float, Tangent, tuple[float, float]]:
    """Slope of the first piece of a convex loss ahead of a value, and how far it goes: at least a step.

    Yields values to solve and takes their tangents, the nearest first: a step ahead, the far end, and then where the
    line of the first piece crosses the tangent of a value beyond it. There the loss is on the line, and the piece ends;
    or above it, and the new tangent crosses the line earlier.

    Parameters
    ----------
    start : Tangent
        Any tangent at 0: where the loss has a break there, its slope may be that of neither side.
    far : float
        The end, a whole number of steps.
    step : float
        Only whole multiples are solved. Where the loss breaks within the first, its mean slope over that step is given.
    """
    near = yield step
    if start.meets(near):
        line = start
    elif near.meets(start):
        line = near
    else:
        return (near.loss - start.loss) / step, step
    if far <= step:
        return line.slope, step
    beyond = yield far
    while not line.meets(beyond) and beyond.slope > line.slope:
        value = min(np.floor(line.crosses(beyond) / step + NEARLY) * step, beyond.at - step)
        if value <= step:
            return line.slope, step
        beyond = yield float(value)
    return line.slope, beyond.at
