"""Reductions of a sweep while it goes: means, extremes and quantiles of many scenarios without keeping them.

Scenarios are taken in their order and in groups of a fixed size, so that a reduction does not depend on blocks, threads
or who solved what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

import numpy as np

from corridors.arrays.typing import FloatArray
from corridors.errors import InputError

GROUP = 256
"""Scenarios that are summed at a time."""

BINS = 1024
"""Steps of a quantile's histogram: it is right to 1/512 of the largest value seen at its place."""

STATISTICS = ("mean", "std", "min", "max")


class Reduction(Protocol):
    """Takes values of scenarios in order, gives one value a place."""

    def add(self, values: FloatArray, weights: FloatArray) -> None:
        """Take ``values`` (N, M) of N scenarios with their weights (N,)."""

    def result(self) -> FloatArray:
        """The statistic, (M,)."""


def parse(names: Iterable[str], variables: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of variable and statistic from names such as ``flow_mean`` and ``unmet_p95``.

    Raises
    ------
    InputError
        A variable or statistic that there is not.

    Examples
    --------
    >>> parse(["flow_mean", "rent_p95"], ["flow", "rent"])
    [('flow', 'mean'), ('rent', 'p95')]
    """
    known = tuple(variables)
    pairs = []
    for name in [names] if isinstance(names, str) else names:
        variable, _, statistic = name.rpartition("_")
        if variable not in known or not (statistic in STATISTICS or re.fullmatch(r"p\d{1,2}", statistic)):
            raise InputError(
                f"reduce: {name!r} is unknown; give a variable ({', '.join(known)}), an underscore, and one of "
                f"{', '.join(STATISTICS)} or p01 to p99"
            )
        pairs.append((variable, statistic))
    return pairs


def make(statistic: str, places: int) -> Reduction:
    """The reduction of a statistic over so many places."""
    if statistic in ("min", "max"):
        return _Extreme(statistic, places)
    if statistic in ("mean", "std"):
        return _Moments(statistic, places)
    return _Quantile(int(statistic[1:]) / 100, places)


class _Moments:
    """Weighted mean, or standard deviation (of the population, as the weights say)."""

    def __init__(self, statistic: str, places: int) -> None:
        self.statistic = statistic
        self.weight = 0.0
        self.first = np.zeros(places)
        self.second = np.zeros(places)
        self.origin: FloatArray | None = None

    def add(self, values: FloatArray, weights: FloatArray) -> None:
        if self.origin is None:
            self.origin = values[0].copy()  # differences from some value: no cancellation where little varies
        off = values - self.origin
        self.weight += float(weights.sum())
        self.first += weights @ off
        self.second += weights @ off**2

    def result(self) -> FloatArray:
        if self.origin is None or self.weight == 0:
            return np.full(len(self.first), np.nan)
        mean = self.first / self.weight
        if self.statistic == "mean":
            return self.origin + mean
        spread: FloatArray = np.sqrt(np.maximum(self.second / self.weight - mean**2, 0.0))
        return spread


class _Extreme:
    def __init__(self, statistic: str, places: int) -> None:
        self.pick = np.minimum if statistic == "min" else np.maximum
        self.value = np.full(places, np.nan)

    def add(self, values: FloatArray, weights: FloatArray) -> None:
        counted = values[weights > 0]
        if len(counted):
            best = self.pick.reduce(counted, axis=0)
            self.value = np.where(np.isnan(self.value), best, self.pick(self.value, best))

    def result(self) -> FloatArray:
        return self.value


class _Quantile:
    """A quantile of values >= 0 from a histogram a place, whose range doubles when a value falls beyond it.

    Zeros are counted apart, so that a quantile among them is zero.
    """

    def __init__(self, share: float, places: int) -> None:
        self.share = share
        self.zero = np.zeros(places)
        self.count = np.zeros((places, BINS))
        self.high = np.zeros(places)

    def add(self, values: FloatArray, weights: FloatArray) -> None:
        top = values.max(axis=0)
        new = (self.high == 0) & (top > 0)
        self.high[new] = top[new]
        self.zero += weights @ (values <= 0)
        while (wide := top > self.high).any():
            halves = self.count[wide].reshape(-1, BINS // 2, 2).sum(axis=2)
            self.count[wide] = np.concatenate([halves, np.zeros_like(halves)], axis=1)
            self.high[wide] *= 2
        scale = np.divide(BINS, self.high, out=np.zeros_like(self.high), where=self.high > 0)
        step = np.minimum((values * scale).astype(np.int64), BINS - 1)
        places = np.arange(values.shape[1]) * BINS
        counted = np.where(values > 0, weights[:, None], 0.0)
        flat = np.bincount((step + places).ravel(), counted.ravel(), self.count.size)
        self.count += flat.reshape(self.count.shape)

    def result(self) -> FloatArray:
        total = self.count.cumsum(axis=1)
        aim = self.share * (self.zero + total[:, -1]) - self.zero
        step = (total < aim[:, None]).sum(axis=1).clip(max=BINS - 1)
        before = np.where(step > 0, np.take_along_axis(total, np.maximum(step - 1, 0)[:, None], 1)[:, 0], 0.0)
        inside = np.take_along_axis(self.count, step[:, None], 1)[:, 0]
        part = np.divide(aim - before, inside, out=np.zeros_like(before), where=inside > 0)
        return np.where(aim <= 0, 0.0, (step + part) * self.high / BINS)


class Grouped:
    """Feeds a reduction in groups of `GROUP` scenarios, whatever the blocks they come in."""

    def __init__(self, reduction: Reduction) -> None:
        self.reduction = reduction
        self.waiting: list[tuple[FloatArray, FloatArray]] = []
        self.held = 0

    def add(self, values: FloatArray, weights: FloatArray) -> None:
        """Take the next scenarios: ``values`` (N, M), ``weights`` (N,)."""
        while len(values):
            take = min(GROUP - self.held, len(values))
            self.waiting.append((values[:take].copy(), weights[:take]))
            self.held += take
            values, weights = values[take:], weights[take:]
            if self.held == GROUP:
                self._flush()

    def result(self) -> FloatArray:
        """The statistic of all that was taken."""
        self._flush()
        return self.reduction.result()

    def _flush(self) -> None:
        if self.waiting:
            self.reduction.add(*(np.concatenate(parts) for parts in zip(*self.waiting, strict=True)))
        self.waiting, self.held = [], 0
