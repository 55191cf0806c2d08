"""What solvers take: a problem on arrays and its bundles, and the checks that make arrays of what is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed

UNCAPACITATED = int(np.iinfo(np.int64).max)
"""The capacity of an arc without an upper bound."""


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
            object.__setattr__(self, name, whole(name, getattr(self, name), index=name in ("tail", "head")))
        object.__setattr__(self, "capacity", whole("capacity", self.capacity, unbounded=True))
        lower = sealed(np.zeros(len(self.tail), np.int64)) if self.lower is None else self.lower
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
            sizes = ", ".join(f"{n} {k}" for n, k in lengths.items())
            raise InputError(f"problem: arc arrays differ in length ({sizes}); give one value an arc")
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
        How much of the limit a unit of flow uses; > 0.
    limit : (B,) int
        What a bundle carries in all; >= 0, ``UNCAPACITATED`` or float ``inf`` for no bound.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0], head=[1, 1], capacity=[4, 4], cost=[2, 5], supply=[5, -5])
    >>> shared = cd.Bundles(bundle=[0, 0], arc=[0, 1], weight=[2, 1], limit=[7])
    >>> cd.min_cost_flow(problem, "lp", bundles=shared).flow.tolist()
    [2.0, 3.0]
    """

    bundle: IntArray
    arc: IntArray
    weight: IntArray
    limit: IntArray

    def __post_init__(self) -> None:
        for name in ("bundle", "arc", "weight"):
            values = whole(name, getattr(self, name), index=name != "weight", any_size=True)
            object.__setattr__(self, name, values)
        object.__setattr__(self, "limit", whole("limit", self.limit, unbounded=True))
        if not len(self.bundle) == len(self.arc) == len(self.weight):
            raise InputError("bundles: bundle, arc and weight differ in length; give one of each an entry")
        if len(self.bundle) and not 0 <= self.bundle.min() <= self.bundle.max() < self.B:
            raise InputError(f"bundles: an entry names no bundle of limit; give 0 to {self.B - 1}")
        for name, bad in (("arc", self.arc < 0), ("weight", self.weight <= 0), ("limit", self.limit < 0)):
            if bad.any():
                raise InputError(
                    f"bundles: {name} is too small at {listed(np.flatnonzero(bad))}; give >= 0, weights > 0"
                )

    @property
    def B(self) -> int:
        """Number of bundles."""
        return len(self.limit)


def whole(
    name: str, values: npt.ArrayLike, *, unbounded: bool = False, index: bool = False, any_size: bool = False
) -> IntArray:
    """A frozen int64 array of `values`, or an error that says which values are not whole.

    Parameters
    ----------
    name : str
        What the values are, for the message.
    values : array_like
        Integers, or floats that are integers.
    unbounded : bool
        Whether +inf may stand for ``UNCAPACITATED``.
    index : bool
        Whether the values number arcs or vertices, which truth values can't.
    any_size : bool
        Whether a read-only array of smaller integers may stay as it is.

    Raises
    ------
    InputError
        Values that are masked, missing, NaN, infinite, fractional, too large for int64, or not one-dimensional numbers.
    """
    given = numbers(name, values)
    if given.ndim != 1:
        raise InputError(f"{name}: has {given.ndim} dimensions; give a one-dimensional array")
    if given.size == 0:
        return frozen(np.zeros(0, np.int64))
    if given.dtype.kind == "b" and index:
        raise InputError(f"{name}: is of type bool; give whole numbers, of a mask by numpy.flatnonzero")
    own_kind = given.dtype == np.int64 or (any_size and given.dtype.kind == "i")
    if own_kind and given.flags.c_contiguous and given.flags.owndata and not given.flags.writeable:
        return given  # nobody writes to it: no need for another
    if given.dtype.kind in "ib":
        return sealed(given.astype(np.int64, order="C"))
    if given.dtype.kind == "u":
        bad = given > UNCAPACITATED
    else:
        given = given.astype(np.promote_types(given.dtype, np.float64))
        open_ended = np.isposinf(given) if unbounded else np.zeros(given.shape, bool)
        bad = ~open_ended & ~(np.isfinite(given) & (given == np.floor(given)) & (np.abs(given) < 2.0**63))
        if not bad.any():
            out = np.where(open_ended, 0, given).astype(np.int64)
            out[open_ended] = UNCAPACITATED
            return sealed(out)
    if bad.any():
        where = np.flatnonzero(bad)
        raise InputError(
            f"{name}: is no 64-bit integer for {len(where)} entries ({listed(where)}, first value {given[where[0]]}); "
            "give whole numbers, by scale_to_int where they are fractions"
        )
    return sealed(given.astype(np.int64, order="C"))


def numbers(name: str, values: Any, wanted: str = "64-bit integers") -> npt.NDArray[Any]:
    """The values as an array of truth values, integers or floats, whatever holds them.

    Raises
    ------
    InputError
        What can't be meant as such: masked or missing values, complex numbers, text, dates, other objects, and lists
        of lists of different lengths.
    """
    if isinstance(values, np.ma.MaskedArray):
        masked = np.flatnonzero(np.ma.getmaskarray(values))
        if len(masked):
            raise InputError(
                f"{name}: is masked for {len(masked)} entries ({listed(masked)}); give their values, or leave them out"
            )
    try:
        given = np.asarray(values)
    except (TypeError, ValueError):
        raise InputError(f"{name}: is no array of numbers; give {wanted}, rows all of one length") from None
    if given.dtype.kind == "O":
        if not given.ndim:
            raise InputError(f"{name}: is a {type(values).__name__}; give {wanted}")
        return _integers(name, given, wanted)
    if given.size and given.dtype.kind not in "biuf":
        raise InputError(f"{name}: is of type {given.dtype}; give {wanted}")
    return given


def _integers(name: str, given: npt.NDArray[Any], wanted: str) -> npt.NDArray[Any]:
    """An array of objects as int64; pandas and mixed lists hold integers so."""
    flat = given.ravel().tolist()
    small = [isinstance(v, (int, np.integer)) and not isinstance(v, bool) and -(2**63) <= v < 2**63 for v in flat]
    where = [place for place, fits in enumerate(small) if not fits]
    if where:
        first = flat[where[0]]
        raise InputError(
            f"{name}: is of type {given.dtype} and no 64-bit integer for {len(where)} entries ({listed(where)}, "
            f"first {first!r:.40} of type {type(first).__name__}); give {wanted}"
        )
    return np.array(flat, np.int64).reshape(given.shape)


def sealed(array: IntArray) -> IntArray:
    """The array itself, read-only from now on."""
    array.setflags(write=False)
    return array


def frozen(array: IntArray) -> IntArray:
    """The array, contiguous and read-only: one kind of array reaches the compiled kernels."""
    out = np.array(array, order="C", copy=True)
    out.setflags(write=False)
    return out
