"""Units of others: what a number in one comes to in the unit of the schema."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from corridors.errors import InputError, a_number, kind_of

KM, TONNE, HOUR = 1.0, 1.0, 1.0
_NAMES = {
    "length": {
        "km kilometer kilometre": KM,
        "m meter metre": 1e-3 * KM,
        "mi mile": 1.609344 * KM,
        "ft foot feet": 3.048e-4 * KM,
        "yd yard": 9.144e-4 * KM,
        "nmi": 1.852 * KM,
    },
    "mass": {
        "t tonne ton_metric": TONNE,
        "kg kilogram": 1e-3 * TONNE,
        "kt": 1e3 * TONNE,
        "mt": 1e6 * TONNE,
        "lb pound": 4.5359237e-4 * TONNE,
        "short_ton": 0.90718474 * TONNE,
    },
    "time": {
        "h hr hour": HOUR,
        "min minute": HOUR / 60,
        "s sec second": HOUR / 3600,
        "day d": 24 * HOUR,
        "week": 168 * HOUR,
        "month": 730 * HOUR,
        "year yr a": 8760 * HOUR,
    },
    "money": {"usd": 1.0, "ct cent us_cent": 0.01, "kusd": 1e3, "musd": 1e6},
}
ATOMS = {name: (kind, value) for kind, of in _NAMES.items() for names, value in of.items() for name in names.split()}
"""Kind and size of a unit by its name: a year has 8,760 hours, a ``mt`` is a million tonnes."""
SHORT = {"mph": "mi/h", "kph": "km/h", "kmh": "km/h", "kmph": "km/h", "mps": "m/s", "fps": "ft/s", "tpa": "t/year"}


def factor(unit: Any, target: str, what: str) -> float:
    """What one unit of a file comes to in the unit of the schema.

    Parameters
    ----------
    unit : str or float
        A number is the factor itself. Text is a unit, with a number before it where that is what one comes to: a
        capacity of vehicles an hour, ``"12 t/h"``, where each carries 12 t.
    target : str
        The unit wanted: ``t/year``.
    what : str
        What messages call it: the column.

    Raises
    ------
    InputError
        A unit that is not known, or that is none of the target's kind.

    Examples
    --------
    >>> factor("mi", "km", "length"), factor("kt/day", "t/year", "volume"), factor("12 t/h", "t/year", "capacity")
    (1.609344, 365000.0, 105120.0)
    """
    if not isinstance(unit, str):
        number = a_number(unit)
        if isinstance(unit, bool) or not 0 < number < np.inf:
            raise InputError(f"units: {what} is {kind_of(unit)}; give a unit such as {target!r}, or a factor > 0")
        return number
    found = re.fullmatch(r"\s*(\d[\d.]*(?:[eE][+-]?\d+)?)?\s*(.*?)\s*", unit, re.DOTALL)
    number = a_number(found[1]) if found and found[1] else 1.0
    size = _size(found[2], target) if found else None
    if size is None or not 0 < number < np.inf:
        column = what.rpartition(" ")[2]
        raise InputError(
            f"units: {what} is in {unit!r}, which is no {target}; say what one comes to, such as "
            f"units={{{column!r}: '12 {_like(unit, target)}'}}, or leave it out: names={{{column!r}: None}}"
        )
    return number * size


def _like(unit: str, target: str) -> str:
    """The target by what the unit is by, such as an hour."""
    by = unit.partition("/")[2]
    wanted = f"{target.partition('/')[0]}/{by}"
    return wanted if _size(wanted, target) is not None else target


def _size(unit: str, target: str) -> float | None:
    """A unit in terms of the target; None where it is of another kind."""
    parts, wanted = _parts(unit), _parts(target)
    if parts is None or wanted is None or [kind for kind, _ in parts] != [kind for kind, _ in wanted]:
        return None
    sizes = [own / other for (_, own), (_, other) in zip(parts, wanted, strict=True)]
    return float(sizes[0] / np.prod(sizes[1:]))


def _parts(unit: str) -> list[tuple[str, float]] | None:
    """Kind and size of what stands before the first slash, and behind each."""
    plain = re.sub(r"\s+per\s+|\s*/\s*", "/", unit.casefold().strip())
    found = [_atom(part) for part in SHORT.get(plain, plain).split("/")]
    return [part for part in found if part] if all(found) else None


def _atom(name: str) -> tuple[str, float] | None:
    for form in (name, name.removesuffix("s"), name.replace(" ", "_"), name.replace(" ", "_").removesuffix("s")):
        if form in ATOMS:
            return ATOMS[form]
    return None
