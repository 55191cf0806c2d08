"""The units in which a model counts: how much one is, of quantities and of costs, and how they are chosen.

Inside, all numbers are integers. One is a tonne a year, and 1e-4 USD a tonne, where that is fine enough:

- a quantity (a volume, or what a shared capacity has room for) keeps its size to 1e-4 of itself, and so does the value
  of a tonne; a cost of an arc keeps it to 1e-3, for what a tonne pays is a sum of many.

Where one number does not, all are counted in the coarsest power of ten that takes every one as it is written (to
1e-9 of itself), as long as the largest and the sum of volumes stay within 2^53 units: beyond that floats do not tell
integers apart. Where none does, it is the coarsest that keeps each as above, else the finest that fits; a number that
this would not keep to 1e-3 of itself is an error: it is too small next to the largest to have a part in one optimum.

Scenarios bring numbers of their own. Costs are rounded to the nearest unit and limits down, and that is tolerable

- where a unit is at most 1e-8 of all that is wanted (of costs: of what the most valuable tonne is worth), as on a
  network of 100 million tonnes: a limit of 0.4 t there is one of zero; else
- where each number keeps its size as above.

So a small network is counted finely enough for what its scenarios bring, if they are few enough to be looked at; for
draws by the thousand it is counted in 1e-8 of itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, listed

MOST = 2.0**53
"""The largest number of units: beyond it floats do not keep integers distinct."""
KEPT = {"volume": 1e-4, "limit": 1e-4, "value": 1e-4, "cost": 1e-3}
"""The share of itself that a number may lose, by what it is."""
EXACT, LOST = 1e-9, 1e-3
"""What one that is kept as written may lose, and what any may at the finest unit that fits."""
FINEST = 200
"""Decimal places of a unit at the most."""
LARGE = 1e-8
"""The share of a network below which a quantity does not count in a scenario."""
NOISE = 1e-11
"""The share of the largest flow that solvers leave as rounding."""


@dataclass(frozen=True)
class Units:
    """How much one is, inside a model.

    Parameters
    ----------
    places : int
        One is ``10 ** -places`` tonnes a year.
    cost_places : int
        And ``10 ** -cost_places`` USD a tonne.

    Examples
    --------
    >>> units = Units(1, 4)
    >>> units.tonne, units.cost, units.money
    (0.1, 0.0001, 1e-05)
    >>> units.floored([0.3, 0.39]).tolist(), units.tonnes([3, 4]).tolist()
    ([3.0, 3.0], [0.3, 0.4])
    """

    places: int = 0
    cost_places: int = 4

    @property
    def tonne(self) -> float:
        """One of quantity, t/year."""
        return float(f"1e{-self.places}")

    @property
    def cost(self) -> float:
        """One of cost, USD/t."""
        return float(f"1e{-self.cost_places}")

    @property
    def money(self) -> float:
        """One of an objective, USD/year: a unit of cost on a unit of quantity."""
        return float(f"1e{-self.places - self.cost_places}")

    @property
    def dollar(self) -> float:
        """What stands to a year's money as a dollar does where one is a tonne and 1e-4 USD, USD/year."""
        return float(f"1e{4 - self.places - self.cost_places}")

    def usd(self, count: Any) -> Any:
        """Money from an objective, USD/year."""
        if not self.places:
            return count * self.money
        return np.asarray(count, float) / 10.0 ** (self.places + self.cost_places)

    def tonnes(self, count: npt.ArrayLike) -> FloatArray:
        """Quantities from integers (or parts of them), t/year."""
        found: FloatArray = np.asarray(count, float) / 10.0**self.places
        return found

    def nearest(self, tonnes: npt.ArrayLike) -> FloatArray:
        """Quantities as the nearest whole number of units."""
        found: FloatArray = np.rint(np.asarray(tonnes, float) / self.tonne)
        return found

    def floored(self, tonnes: npt.ArrayLike) -> Any:
        """Limits as whole numbers of units, rounded down."""
        with np.errstate(invalid="ignore"):
            return _floor(np.asarray(tonnes, float) / self.tonne, self.places)

    def costs(self, usd: npt.ArrayLike) -> FloatArray:
        """Costs as the nearest whole number of units."""
        found: FloatArray = np.rint(np.asarray(usd, float) / self.cost)
        return found

    def trace(self, flow: npt.ArrayLike) -> float:
        """A flow that is no more than rounding next to others, t/year: half a unit, or what solvers leave."""
        return max(self.tonne / 2, NOISE * float(np.max(flow, initial=0.0)))

    def cost_step(self, whole: float) -> float:
        """Costs to try next to another: one, or a millionth of what the most valuable tonne is worth, USD/t."""
        return min(self.cost, _decimal(1e-6 * whole)) if whole > 0 else self.cost

    def quantity_step(self, whole: float, share: float = 1e-6) -> float:
        """Quantities to try next to another: one, or a millionth (or `share`) of all that is wanted, t/year."""
        return min(self.tonne, _decimal(share * whole)) if whole > 0 else self.tonne

    def finer(self, other: Units) -> bool:
        """Whether one of these is less than one of others, of either kind."""
        return self.places > other.places or self.cost_places > other.cost_places

    def attributes(self) -> dict[str, float]:
        """As attributes of a result."""
        return {"quantity_unit": self.tonne, "cost_unit": self.cost}


def units_in(result: Any) -> Units:
    """The units of a result, from its attributes: ``quantity_unit`` (t/year) and ``cost_unit`` (USD/t)."""
    given = Units().attributes() | {k: v for k, v in result.attrs.items() if k in ("quantity_unit", "cost_unit")}
    return Units(*(round(-float(np.log10(given[name]))) for name in ("quantity_unit", "cost_unit")))


class Numbers(NamedTuple):
    """Numbers that units must hold: of a model with their names, or as scenarios bring them.

    Parameters
    ----------
    volume, limit, value, cost : (N,) float
        t/year of rows and of shared capacities (inf: none), USD/t of rows and of arcs.
    """

    volume: FloatArray
    limit: FloatArray
    value: FloatArray
    cost: FloatArray


NONE = Numbers(*(np.zeros(0),) * 4)


def _decimal(number: float) -> float:
    """The largest power of ten up to a number."""
    return float(f"1e{int(np.floor(np.log10(number)))}")


def is_large(rows: pd.DataFrame) -> bool:
    """Whether no unit of its own that demand needs counts in a scenario, neither of quantity nor of cost."""
    return float(rows.volume.sum()) * LARGE >= 1.0 and float(rows.value.max()) * LARGE >= 1e-4


def units_for(own: Numbers, names: Callable[[str, IntArray], list[str]], brought: Numbers | None = NONE) -> Units:
    """The units in which a model counts; see the top of this module.

    Parameters
    ----------
    own : Numbers
        The model's.
    names : callable
        From a field of `own` and places in it to what they are called in errors.
    brought : Numbers, optional
        What scenarios bring; None where these are too many to look at.

    Raises
    ------
    InputError
        Numbers too small next to the largest; which.
    """
    theirs = NONE if brought is None else brought
    found = []
    for what, unit, first, fields, whole in (
        ("quantities", "t/year", 0, ("volume", "limit"), float(own.volume.sum())),
        ("costs", "USD/t", 4, ("value", "cost"), float(own.value.max(initial=0.0))),
    ):
        parts = [(getattr(own, name), name) for name in fields]
        others = [(getattr(theirs, name), name) for name in fields]
        places, most, largest = _places(first, parts, others, whole, brought is not None)
        for values, name in parts if places == most else ():
            lost = np.flatnonzero(_lost(values, name, most) > LOST)
            if len(lost):
                ids = names(name, lost)
                raise InputError(
                    f"{what}: {len(ids)} too small to count ({listed(ids)}; {np.abs(values[lost]).min():g} next to "
                    f"{largest:g} {unit}); give 0, or leave out what is so small or so large"
                )
        found.append(places)
    return Units(*found)


_Parts = list[tuple[FloatArray, str]]


def _places(first: int, own: _Parts, brought: _Parts, whole: float, complete: bool) -> tuple[int, int, float]:
    """Decimal places of a unit, the most that fit, and the largest number."""
    largest = max([whole, *(float(np.abs(v[np.isfinite(v)]).max(initial=0.0)) for v, _ in own + brought)])
    most = first
    while largest * 10.0 ** (most + 1) <= MOST and largest > 0 and most < FINEST:
        most += 1
    large = whole * LARGE >= 10.0**-first
    every = own if large else own + brought
    if complete and _keeps(every, first, None):
        return first, most, largest
    # Where not all numbers of scenarios are known, or can be kept, none of them counts next to the whole.
    fine = first if large or not whole else min(int(np.ceil(-np.log10(whole * LARGE))), most)
    for parts, least in ((every, first if complete else fine), (own, fine)):
        for share in (EXACT, None):
            for places in range(least, most + 1):
                if _keeps(parts, places, share):
                    return places, most, largest
    return most, most, largest


def _keeps(parts: _Parts, places: int, share: float | None) -> bool:
    """Whether numbers lose no more than a share of themselves; None for what is allowed their kind."""
    return all((_lost(v, name, places) <= (KEPT[name] if share is None else share)).all() for v, name in parts)


def _lost(values: FloatArray, name: str, places: int) -> FloatArray:
    """The share of themselves that numbers lose."""
    size = np.abs(values)
    counted = np.isfinite(size) & (size > 0)
    count = size[counted] / float(f"1e{-places}")
    whole = _floor(count, places) if name == "limit" else np.rint(count)
    found = np.zeros(len(size))
    found[counted] = np.abs(whole - count) / count
    return found


def _floor(count: FloatArray, places: int) -> FloatArray:
    """Rounded down; where one is a decimal fraction, no float is taken for less than the decimal that it prints as."""
    if not places:
        return np.floor(count)
    near = np.rint(count)
    return np.where(np.abs(count - near) <= 1e-12 * near, near, np.floor(count))
