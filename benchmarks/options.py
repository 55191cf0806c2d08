"""What a run measures, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Options:
    """Choices of the command line.

    Parameters
    ----------
    instances, mixes, peers : tuple of str
        What to measure.
    scenarios : int
        How many scenarios of a mix we solve on S and M; larger instances take fewer.
    budget : float
        Seconds of one peer's timed rounds on one mix; decides how many scenarios it gets.
    rounds : int
        How often each time is taken, in turn with the others; the median counts.
    quick : bool
        Whether slow peers and large networks get as little as shows the order of magnitude.
    """

    instances: tuple[str, ...] = ("S", "M", "L", "XL")
    mixes: tuple[str, ...] = ("n1", "close3", "cost5", "cap5", "dem", "mix")
    peers: tuple[str, ...] = ("OR-Tools", "HiGHS hot", "pylmcf", "NetworkX")
    scenarios: int = 20_000
    budget: float = 10.0
    rounds: int = 5
    quick: bool = False

    def sweep_size(self, instance: str) -> int:
        """How many scenarios of a mix we solve."""
        return max(5, self.scenarios // {"S": 1, "M": 4, "L": 40, "XL": 4000}[instance])

    def affordable(self, seconds_each: float, most: int) -> int:
        """How many scenarios fit a peer's budget over all rounds."""
        return int(np.clip(self.budget / self.rounds / max(seconds_each, 1e-9), 1, most))


def peers_for(instance: str, peers: tuple[str, ...]) -> list[str]:
    """The peers that end in reasonable time: NetworkX on S alone, HiGHS up to L."""
    most = {"NetworkX": "S", "HiGHS hot": "L"}
    sizes = ["S", "M", "L", "XL"]
    return [peer for peer in peers if sizes.index(instance) <= sizes.index(most.get(peer, "XL"))]
