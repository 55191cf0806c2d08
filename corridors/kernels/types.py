"""The values that solvers take and give: a problem on arrays, its bundles, a result."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.errors import InputError, listed

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

UNCAPACITATED = int(np.iinfo(np.int64).max)
"""The capacity of an arc without an upper bound."""


class Status(enum.IntEnum):
    """How a solve ended."""

    OPTIMAL = 0
    INFEASIBLE = 1
    UNBOUNDED = 2
    LIMIT = 3


class Path(enum.IntEnum):
    """Which way a sweep took to the optimum of a scenario."""

    ABSORBED = 0
    """The base's optimal basis is the scenario's too."""
    SUBSET = 1
    """The optimum with fewer of its arcs closed uses none of the others."""
    DUAL = 2
    """Dual pivots, for bounds and supplies."""
    PRIMAL = 3
    """Primal pivots, for costs."""
    BOTH = 4
    """Dual pivots, then primal ones."""
    REPAIRED = 5
    """A change so large that the base's tree was patched, then priced in full."""
    COLD = 6
    """A fresh start."""
    PENDING = 7
    """Not solved: the sweep was stopped."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A min-cost-flow problem on arrays of integers.

    Parallel arcs, self loops and zero capacities are legal and kept.

    Parameters
    ----------
    tail, head : (E,) int
        The vertices an arc leaves and enters, from 0 to V - 1.
    capacity : (E,) int
        The most an arc carries; ``UNCAPACITATED`` or float ``inf`` for no bound.
    cost : (E,) int
        Cost of a unit of flow; may be negative.
    supply : (V,) int
        What a vertex sends (> 0) or receives (< 0); sums to zero.
    lower : (E,) int, optional
        The least an arc carries; zero by default, may be negative.

    Raises
    ------
    InputError
        Arrays of different lengths, a vertex that does not exist, NaN or fractions, a capacity below its lower
        bound, supply that does not sum to zero (by how much).

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> problem.V, problem.E
    (3, 3)
    """

    tail: IntArray
    head: IntArray
    capacity: IntArray
    cost: IntArray
    supply: IntArray
    lower: IntArray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        for name in ("tail", "head", "cost", "supply"):
            object.__setattr__(self, name, whole(name, getattr(self, name)))
        object.__setattr__(self, "capacity", whole("capacity", self.capacity, unbounded=True))
        lower = np.zeros(len(self.tail), np.int64) if self.lower is None else self.lower
        object.__setattr__(self, "lower", whole("lower", lower))
        self._check()

    @property
    def V(self) -> int:
        """Number of vertices."""
        return len(self.supply)

    @property
    def E(self) -> int:
        """Number of arcs."""
        return len(self.tail)

    def _check(self) -> None:
        lengths = {n: len(getattr(self, n)) for n in ("tail", "head", "capacity", "cost", "lower")}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{n} {k}" for n, k in lengths.items())
            raise InputError(f"problem: arc arrays differ in length ({told}); give one value an arc")
        for name in ("tail", "head"):
            index = getattr(self, name)
            bad = np.flatnonzero((index < 0) | (index >= self.V))
            if len(bad):
                raise InputError(
                    f"problem: {name} is no vertex for {len(bad)} arcs ({listed(bad)}); "
                    f"give 0 to {self.V - 1}, or a longer supply array"
                )
        bad = np.flatnonzero(self.capacity < self.lower)
        if len(bad):
            raise InputError(
                f"problem: capacity is below lower for {len(bad)} arcs ({listed(bad)}); give capacity >= lower"
            )
        surplus = sum(self.supply.tolist())
        if surplus:
            raise InputError(
                f"problem: supply sums to {surplus}, not to zero; "
                "send as much as is received, or add a slack arc for the rest"
            )


@dataclass(frozen=True, eq=False)
class Bundles:
    """Shared capacities: the weighted flow of each bundle's arcs stays within its limit.

    Parameters
    ----------
    bundle, arc : (N,) int
        Which bundle an entry belongs to, and which arc it counts.
    weight : (N,) int
        How much of the limit a unit of flow takes; > 0.
    limit : (B,) int
        What a bundle carries in all; >= 0, ``UNCAPACITATED`` or float ``inf`` for no bound.
    """

    bundle: IntArray
    arc: IntArray
    weight: IntArray
    limit: IntArray

    def __post_init__(self) -> None:
        for name in ("bundle", "arc", "weight"):
            object.__setattr__(self, name, whole(name, getattr(self, name)))
        object.__setattr__(self, "limit", whole("limit", self.limit, unbounded=True))
        if not len(self.bundle) == len(self.arc) == len(self.weight):
            raise InputError("bundles: bundle, arc and weight differ in length; give one of each an entry")
        if len(self.bundle) and not 0 <= self.bundle.min() <= self.bundle.max() < self.B:
            raise InputError(f"bundles: an entry names no bundle; give 0 to {self.B - 1}")
        for name, bad in (("weight", self.weight <= 0), ("limit", self.limit < 0)):
            if bad.any():
                raise InputError(
                    f"bundles: {name} is too small at {listed(np.flatnonzero(bad))}; give >= 0, weights > 0"
                )

    @property
    def B(self) -> int:
        """Number of bundles."""
        return len(self.limit)


@dataclass(frozen=True, eq=False)
class FlowResult:
    """What a solver found.

    Parameters
    ----------
    status : Status
        OPTIMAL, or why not; arrays are zero and the cost means nothing otherwise.
    cost : int or float
        Cost of the flow: an exact Python int unless bundles made the optimum fractional.
    flow : (E,) int64, or float64 with bundles
        Flow of each arc.
    potential : (V,) int64, or float64 with bundles
        Reduced cost is ``cost + potential[tail] - potential[head]`` (plus weight times rent with bundles).
    certificate : (K,) int64 or None
        INFEASIBLE: a vertex set whose supply exceeds the capacity that leaves it. UNBOUNDED: arcs of a cycle.
    rent : (B,) float64
        What one more unit of each bundle's limit would save; >= 0. Empty without bundles.
    """

    status: Status
    cost: int | float
    flow: npt.NDArray[Any]
    potential: npt.NDArray[Any]
    certificate: IntArray | None = None
    rent: FloatArray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class SweepResult:
    """What a sweep found, a row a scenario.

    Parameters
    ----------
    status : (S,) int8
        A ``Status`` each.
    cost : (S,) int64
        Cost of the flow; the smallest int64 where the status is not OPTIMAL.
    flow : (S, E) int64 or None
        Flow of each arc, when kept; zero where not OPTIMAL.
    potential : (S, V) int64 or None
        Potential of each vertex, when kept; zero where not OPTIMAL.
    totals : (S, K) int64 or None
        The flow weighted by each row of the totals asked for; zero where not OPTIMAL.
    path : (S,) int8
        A ``Path`` each: which way the solver took.
    """

    status: npt.NDArray[np.int8]
    cost: IntArray
    flow: IntArray | None
    potential: IntArray | None
    totals: IntArray | None
    path: npt.NDArray[np.int8]


NO_COST = int(np.iinfo(np.int64).min)
"""The cost of a scenario without an optimum."""


def whole(name: str, values: npt.ArrayLike, *, unbounded: bool = False) -> IntArray:
    """A frozen int64 array of `values`, or an error that says which values are not whole.

    Parameters
    ----------
    name : str
        What the values are, for the message.
    values : array_like
        Integers, or floats that are integers.
    unbounded : bool
        Whether +inf may stand for ``UNCAPACITATED``.

    Raises
    ------
    InputError
        Values that are NaN, infinite, fractional, too large for int64, or not one-dimensional numbers.
    """
    given = np.asarray(values)
    if given.ndim != 1:
        raise InputError(f"{name}: has {given.ndim} dimensions; give a one-dimensional array")
    if given.size == 0:
        return frozen(np.zeros(0, np.int64))
    if given.dtype.kind == "i" or given.dtype.kind == "b":
        return frozen(given.astype(np.int64))
    if given.dtype.kind == "u":
        bad = given > UNCAPACITATED
    elif given.dtype.kind == "f":
        open_ended = np.isposinf(given) if unbounded else np.zeros(given.shape, bool)
        bad = ~open_ended & ~(np.isfinite(given) & (given == np.floor(given)) & (np.abs(given) < 2.0**63))
        if not bad.any():
            out = np.where(open_ended, 0, given).astype(np.int64)
            out[open_ended] = UNCAPACITATED
            return frozen(out)
    else:
        raise InputError(f"{name}: is of type {given.dtype}; give 64-bit integers")
    if bad.any():
        where = np.flatnonzero(bad)
        raise InputError(
            f"{name}: is no 64-bit integer for {len(where)} entries ({listed(where)}, first value {given[where[0]]}); "
            "give whole numbers, by scale_to_int where they are fractions"
        )
    return frozen(given.astype(np.int64))


def frozen(array: IntArray) -> IntArray:
    """The array, contiguous and read-only: one kind of array reaches the compiled kernels."""
    out = np.array(array, order="C", copy=True)
    out.setflags(write=False)
    return out
