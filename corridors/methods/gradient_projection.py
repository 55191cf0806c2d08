"""User equilibrium on paths by gradient projection: each pair shifts flow from its costlier paths to its cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Path = tuple[float, tuple[int, ...]]
"""What a path costs whatever it carries, and the curves that it meets."""

ROUNDS = 4
"""Shifts of every pair among its paths between two searches for new ones: these cost a hundred times as much."""


class Delay(Protocol):
    """A cost that rises with the load."""

    def at(self, load: float) -> float:
        """What a unit pays."""

    def slope(self, load: float) -> float:
        """How much more it pays for each unit more."""


@dataclass
class Pair:
    """An origin and destination: how much goes, its paths, and what each carries."""

    volume: float
    paths: list[Path]
    flow: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.flow = [self.volume] + [0.0] * (len(self.paths) - 1)

    def offer(self, path: Path) -> None:
        """Add a path, unless it is there."""
        if path not in self.paths:
            self.paths.append(path)
            self.flow.append(0.0)


class Loads:
    """Loads of curves, as pairs shift their flows.

    Parameters
    ----------
    delays : sequence of Delay
    pairs : sequence of Pair
        What they carry is loaded.

    References
    ----------
    Jayakrishnan, R., Tsai, W. K., Prashker, J. N., Rajadhyaksha, S. (1994). A faster path-based algorithm for traffic
    assignment. Transportation Research Record 1443: a shift is the difference of costs by the slope of those curves
    that only one of the two paths meets.

    Examples
    --------
    >>> class Line:
    ...     at = staticmethod(lambda load: load)
    ...     slope = staticmethod(lambda load: 1.0)
    >>> pair = Pair(3.0, [(5.0, ()), (3.0, (0,))])
    >>> Loads([Line()], [pair]).shift(pair)
    >>> pair.flow
    [1.0, 2.0]
    """

    def __init__(self, delays: Sequence[Delay], pairs: Sequence[Pair]) -> None:
        self.delays = delays
        self.load = [0.0] * len(delays)
        for pair in pairs:
            for (_, curves), flow in zip(pair.paths, pair.flow, strict=True):
                self._add(curves, flow)
        self.delay = [delay.at(load) for delay, load in zip(delays, self.load, strict=True)]

    def cost(self, path: Path) -> float:
        """What a unit pays on a path now."""
        return path[0] + sum(self.delay[curve] for curve in path[1])

    def shift(self, pair: Pair) -> None:
        """Shift the flow of a pair to its cheapest path; a path that carries nothing any more is forgotten."""
        costs = [self.cost(path) for path in pair.paths]
        best = min(range(len(costs)), key=costs.__getitem__)
        target = pair.paths[best]
        for number, path in enumerate(pair.paths):
            if number == best or pair.flow[number] == 0.0:
                continue
            excess = self.cost(path) - self.cost(target)
            if excess <= 0.0:
                continue
            slope = sum(self.delays[k].slope(self.load[k]) for k in set(path[1]) ^ set(target[1]))
            moved = min(pair.flow[number], excess / slope) if slope > 0.0 else pair.flow[number]
            pair.flow[number] -= moved
            pair.flow[best] += moved
            self._add(path[1], -moved)
            self._add(target[1], moved)
            for curve in {*path[1], *target[1]}:
                self.delay[curve] = self.delays[curve].at(self.load[curve])
        kept = [number for number in range(len(costs)) if number == best or pair.flow[number] > 0.0]
        pair.paths, pair.flow = [pair.paths[k] for k in kept], [pair.flow[k] for k in kept]

    def _add(self, curves: Sequence[int], flow: float) -> None:
        for curve in curves:
            self.load[curve] = max(self.load[curve] + flow, 0.0)
