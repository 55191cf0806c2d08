"""Uncertain numbers: how each varies, as SALib writes it down, checked before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from corridors import arguments
from corridors.errors import InputError, complaint, kind_of


class Dist(NamedTuple):
    """A distribution of SALib: what its bounds are, how many there may be, and whether they are of one."""

    bounds: str
    counts: tuple[int, ...]
    fits: Callable[..., bool]
    ends: bool
    """Whether all it can draw is between two ends, its first two bounds."""


DISTS = {
    "unif": Dist("low below high", (2,), lambda low, high: low < high, True),
    "logunif": Dist("low above 0 and below high", (2,), lambda low, high: 0 < low < high, True),
    "triang": Dist(
        "low below high (0 or more), and the peak's place between them, from 0 to below 1",
        (3,),
        lambda low, high, peak: low < high and high >= 0 and 0 <= peak < 1,
        True,
    ),
    "norm": Dist("mean, and deviation above 0", (2,), lambda mean, std: std > 0, False),
    "truncnorm": Dist(
        "low below high, mean, and deviation above 0",
        (4,),
        lambda low, high, mean, std: low < high and std > 0,
        True,
    ),
    "lognorm": Dist("mean of the logarithm, and its deviation above 0", (2,), lambda mean, std: std > 0, False),
    "weibull": Dist(
        "shape above 0, scale above 0, and where it starts if not at 0",
        (2, 3),
        lambda shape, scale, start=0.0: shape > 0 and scale > 0,
        False,
    ),
}
"""The distributions of SALib, by its names."""


def problem_of(problem: Mapping[str, Any], parameters: Collection[str]) -> dict[str, Any]:
    """SALib's problem, from one or from bounds by name.

    Parameters
    ----------
    problem : mapping
        SALib's, or a low and a high end by name.
    parameters : collection of str
        The names of what can be changed.

    Returns
    -------
    dict
        ``num_vars, names, bounds, dists``.

    Raises
    ------
    InputError
        Names without a parameter, bounds that are none, a distribution that there is not, groups.
    """
    arguments.mappings(problem=problem, parameters=parameters)
    is_salib = "names" in problem and "bounds" in problem
    names = arguments.names_of("problem: names", list(problem["names"] if is_salib else problem.keys()))
    bounds_of = problem["bounds"] if is_salib else list(problem.values())
    if isinstance(bounds_of, str) or not isinstance(bounds_of, Iterable):
        raise InputError(f"problem: bounds is {kind_of(bounds_of)}; give a pair for each name")
    given = list(bounds_of)
    dists = _list(problem, "dists", is_salib) or ["unif"] * len(names)
    groups = _list(problem, "groups", is_salib) or names
    unknown = [name for name in names if name not in parameters]
    if unknown:
        raise InputError(complaint("parameters", "is not given", unknown, "say what each name of the problem changes"))
    if not names or len(names) != len(given) or len(set(names)) < len(names):
        raise InputError(f"problem: {len(names)} names and {len(given)} bounds; give a pair for each, named once")
    if len(dists) != len(names):
        raise InputError(f"problem: {len(names)} names and {len(dists)} dists; give one for each, or none at all")
    if len(set(groups)) < len(names):
        raise InputError(
            f"problem: has {len(set(groups))} groups of {len(names)} names; leave groups out, or vary what belongs "
            "together by one number: a name may change several things"
        )
    strange = [f"{name}: {dist}" for name, dist in zip(names, dists, strict=True) if dist not in DISTS]
    if strange:
        raise InputError(complaint("parameters", "dist is unknown", strange, f"give one of {', '.join(DISTS)}"))
    bounds = [_numbers(pair) for pair in given]
    for kind, dist in DISTS.items():
        named = {name: pair for name, pair, of in zip(names, bounds, dists, strict=True) if of == kind}
        _check(named, kind, dist)
    return {"num_vars": len(names), "names": names, "bounds": bounds, "dists": dists}


def have_ends(problem: Mapping[str, Any], study: str, instead: str) -> None:
    """Refuse numbers without a low and a high end, for studies that go there.

    Raises
    ------
    InputError
        A distribution without ends.
    """
    pairs = zip(problem["names"], problem["dists"], strict=True)
    bad = [f"{name}: {dist}" for name, dist in pairs if not DISTS[dist].ends]
    if bad:
        others = ", ".join(kind for kind, dist in DISTS.items() if dist.ends)
        raise InputError(complaint("parameters", f"{study} needs ends, and there are none", bad, f"{instead}{others}"))


def _list(problem: Mapping[str, Any], key: str, is_salib: bool) -> list[str]:
    given = problem.get(key) if is_salib else None
    return [] if given is None else [str(one) for one in given]


def _numbers(pair: Any) -> list[float]:
    """The bounds of one number; none where they are no numbers."""
    if isinstance(pair, str):
        return []
    try:
        return [float(end) for end in pair]
    except (TypeError, ValueError):
        return []


def _check(named: Mapping[str, list[float]], kind: str, dist: Dist) -> None:
    wanted = " or ".join(str(count) for count in dist.counts)
    wrong = [name for name, pair in named.items() if len(pair) not in dist.counts]
    if wrong:
        remedy = f"give {'a low end below the high one' if kind == 'unif' else dist.bounds}"
        raise InputError(complaint("parameters", f"bounds of {kind} are not {wanted} numbers", wrong, remedy))
    bad = [name for name, pair in named.items() if not (all(map(math.isfinite, pair)) and dist.fits(*pair))]
    if bad and kind == "unif":
        raise InputError(complaint("parameters", "bounds are no range", bad, "give a low end below the high one"))
    if bad:
        raise InputError(complaint("parameters", f"bounds are of no {kind}", bad, f"give {dist.bounds}"))
