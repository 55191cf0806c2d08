"""From floats to integers, exactly or not at all; and a supply that misses zero, put right on purpose."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.frames import frame, html
from corridors.arrays.problem import UNCAPACITATED, frozen, numbers, whole
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, RangeError, listed
from corridors.errors import whole as a_whole

if TYPE_CHECKING:
    import pandas as pd

EXACT = 2**50
"""Below this the three roundings of a quotient of floats, each of one part in 2^53, can't miss the nearest integer."""


class Scaled(NamedTuple):
    """Integers, and the factor that made them: ``values == x * factor``.

    Parameters
    ----------
    values : (N,) int64
        Counts of the unit; ``UNCAPACITATED`` stands for infinity.
    factor : Fraction
        How many units one is: ``1 / unit``.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.scale_to_int([0.1, 12.34], 0.01).to_frame()
           x  value
    0   0.10     10
    1  12.34   1234
    """

    values: IntArray
    factor: Fraction

    def to_frame(self) -> pd.DataFrame:
        """A row a number: ``x`` as it was, infinity where there was no bound, and ``value``, its count of units."""
        x = [inf if value == UNCAPACITATED else float(value / self.factor) for value in self.values.tolist()]
        return frame({"x": np.array(x, float), "value": self.values})

    def _repr_html_(self) -> str:
        """How many numbers, in which unit and from where to where, for notebooks."""
        finite = self.values[self.values != UNCAPACITATED]
        rows = {
            "values": len(self.values),
            "unit": 1 / self.factor,
            "range": f"{finite.min()} to {finite.max()} units" if len(finite) else "none",
            "without bound": len(self.values) - len(finite),
        }
        return html("Scaled", rows)


def scale_to_int(x: npt.ArrayLike, unit: float | str | Fraction, *, unbounded: bool = False) -> Scaled:
    """Integers that count `unit` in each number, exactly, or an error that says why there are none.

    A float stands for the decimal number it prints as: 0.1 is ten hundredths, though no binary fraction is. So a value
    passes if it is the float closest to a whole number of units, and nothing is ever rounded to pass.

    Parameters
    ----------
    x : (N,) float or int
        Numbers such as costs in USD a tonne.
    unit : float, str or Fraction
        What one stands for afterwards, such as ``1e-4`` USD; > 0.
    unbounded : bool
        Whether +inf stands for ``UNCAPACITATED``, as in capacities.

    Returns
    -------
    values : (N,) int64
    factor : Fraction
        By what they are larger: ``1 / unit``. A cost found with the values is that many times too large.

    Raises
    ------
    InputError
        Numbers that are NaN, infinite, or no whole number of units.
    RangeError
        Numbers of more digits than a float holds, so that whole units can't be distinguished.

    Examples
    --------
    >>> import corridors as cd
    >>> values, factor = cd.scale_to_int([0.1, 12.34], 0.01)
    >>> values.tolist(), int(factor)
    ([10, 1234], 100)
    >>> cd.scale_to_int([1.9], 1)
    Traceback (most recent call last):
    corridors.errors.InputError: scale_to_int: 1 value (0) is no whole number of 1, first 1.9; give a smaller unit
    """
    given = numbers("scale_to_int: x", x, "a one-dimensional array of numbers")
    if given.ndim != 1:
        raise InputError(f"scale_to_int: x has {given.ndim} dimensions; give a one-dimensional array of numbers")
    size = _fraction(unit)
    if given.dtype.kind != "f":
        return Scaled(_scaled_integers(given, size), 1 / size)
    number = given.astype(np.float64)
    open_ended = np.isposinf(number) & unbounded
    number = np.where(open_ended, 0.0, number)
    _refuse(~np.isfinite(number), given, "not a finite number", "remove it, or give a value")

    count = np.rint(number / float(size))
    large = (np.abs(count) * max(size.numerator, 1) >= EXACT) | (size.denominator >= EXACT)
    if large.any():
        where = np.flatnonzero(large)
        raise RangeError(
            f"scale_to_int: {_many(where)} too large to be a whole number of {size} for certain, "
            f"first {given[where[0]]}; give a larger unit, or integers"
        )
    # Both parts are exact, so the quotient is the float closest to this many units.
    closest = (count * size.numerator / size.denominator).astype(given.dtype)
    _refuse(~open_ended & (closest != given), given, f"no whole number of {unit}", "give a smaller unit")
    return Scaled(frozen(np.where(open_ended, UNCAPACITATED, count.astype(np.int64))), 1 / size)


def balance_supply(supply: npt.ArrayLike, vertex: int, *, tolerance: int | None = 0) -> IntArray:
    """The supply with what it misses to zero put on one vertex, if that is no more than the tolerance.

    Parameters
    ----------
    supply : (V,) int
        What each vertex sends (> 0) or receives (< 0).
    vertex : int
        Where the difference goes: the largest sender for what rounding left, or a slack vertex.
    tolerance : int or None
        The most that may be put there, of either sign; ``None`` for any amount.

    Returns
    -------
    (V,) int
        The supply, whose sum is 0.

    Raises
    ------
    InputError
        The imbalance is larger than the tolerance; the message says how large.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.balance_supply([500, -299, -199], 0, tolerance=5).tolist()
    [498, -299, -199]
    """
    out = whole("balance_supply: supply", supply).copy()
    if not len(out):
        raise InputError("balance_supply: supply is empty; give one number per vertex")
    vertex = a_whole("balance_supply: vertex", vertex, 0, len(out) - 1)
    tolerance = None if tolerance is None else a_whole("balance_supply: tolerance", tolerance)
    surplus = sum(out.tolist())
    if tolerance is not None and abs(surplus) > tolerance:
        raise InputError(
            f"balance_supply: supply sums to {surplus}, more than the tolerance of {tolerance}; "
            "mend the supply, or give the tolerance you mean"
        )
    at_vertex = int(out[vertex]) - surplus
    if abs(at_vertex) >= UNCAPACITATED:
        raise RangeError(f"balance_supply: vertex {vertex} would send {at_vertex}, beyond 64 bits; use a larger unit")
    out[vertex] = at_vertex
    return frozen(out)


def _fraction(unit: float | str | Fraction) -> Fraction:
    try:
        size = Fraction(str(unit))  # as printed: 1e-4 is one in ten thousand
    except (ValueError, ZeroDivisionError):
        size = Fraction(0)
    if size <= 0:
        raise InputError(f"scale_to_int: unit is {unit}; give a number > 0")
    return size


def _scaled_integers(given: npt.NDArray[Any], size: Fraction) -> IntArray:
    count = given.astype(object) * size.denominator
    _refuse(np.array(count % size.numerator != 0, bool), given, f"no whole number of {size}", "give a smaller unit")
    count //= size.numerator
    beyond = np.flatnonzero(np.array(abs(count) >= UNCAPACITATED, bool))
    if len(beyond):
        raise RangeError(f"scale_to_int: {_many(beyond)} beyond 64-bit integers in units of {size}; give a larger unit")
    return frozen(count.astype(np.int64))


def _refuse(bad: npt.NDArray[np.bool_], given: npt.NDArray[Any], why: str, remedy: str) -> None:
    where = np.flatnonzero(bad)
    if len(where):
        raise InputError(f"scale_to_int: {_many(where)} {why}, first {given[where[0]]}; {remedy}")


def _many(where: IntArray) -> str:
    return f"{len(where)} value{'s' * (len(where) > 1)} ({listed(where)}) {'are' if len(where) > 1 else 'is'}"
