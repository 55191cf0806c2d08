"""Parameters as a person types them: ``toll country RU add 0 300``."""

from __future__ import annotations

import shlex
from typing import Any, NamedTuple

import click

from corridors.commands.inputs import repeated

GRAMMAR = "FIELD BY WHICH OPERATION LOW HIGH"
VARY_HELP = (
    f"What varies, in quotes: {GRAMMAR}, as 'toll country RU add 0 300', 'tariff corridor TITR scale 0.5 2', "
    "'capacity link ferry_* scale 0.5 3', 'value commodity grain scale 0.5 2', 'volume commodity grain scale 0.5 2'"
)
UNITS = {
    "tariff": "USD a tonne",
    "toll": "USD a tonne",
    "border_fee": "USD a tonne",
    "cost": "USD a tonne",
    "price": "USD a tonne",
    "value": "USD a tonne",
    "time": "hours",
    "border_time": "hours",
    "headway": "hours",
    "capacity": "t a year",
    "background": "t a year",
    "limit": "t a year",
    "volume": "t a year",
}
TODAY = {"scale": 1.0, "add": 0.0}


class Vary(NamedTuple):
    """A parameter that was typed: its name in tables and on axes, unit, what it changes, its range, today's value."""

    name: str
    axis: str
    unit: str
    atoms: Any
    low: float
    high: float
    now: float | None


VARY = click.option("--vary", required=True, help=f"{VARY_HELP}.")
VARY_SEVERAL = repeated("--vary", required=True, help=VARY_HELP)


def typed(network: Any, demand: Any, text: str) -> Vary:
    """What a text means on a network.

    Raises
    ------
    click.BadParameter
        A text that is not of the grammar.
    InputError
        What `corridors.named_parameter` raises.
    """
    from corridors.errors import InputError
    from corridors.scenarios.parameters import named_parameter

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} can't be split into words ({error}); give {GRAMMAR}") from None
    if len(words) != 6:
        raise click.BadParameter(f"{text!r} has {len(words)} words, not 6; give {GRAMMAR}")
    field, by, which, operation, *ends = words
    try:
        low, high = (float(end) for end in ends)
    except ValueError:
        raise click.BadParameter(f"{text!r} does not end in two numbers; give {GRAMMAR}") from None
    try:  # an id may hold a comma
        atoms = named_parameter(network, demand, field, by, which, operation)
    except InputError:
        atoms = named_parameter(network, demand, field, by, which.split(","), operation)
    of = {"toll": f"on {which}"}.get(field, which if by == "border" else f"of {by} {which}")
    name = f"{field} {of}".replace("_", " ")
    how = {"scale": "times today's", "add": f"{UNITS[field]} added", "set": UNITS[field]}[operation]
    unit = "1" if operation == "scale" else UNITS[field].replace("USD a tonne", "USD/t").replace("t a year", "t/year")
    return Vary(f"{name}, {operation}", f"{name}: {how}", unit, atoms, low, high, TODAY.get(operation))


def all_typed(network: Any, demand: Any, texts: tuple[str, ...]) -> list[Vary]:
    """What several texts mean, each something else.

    Raises
    ------
    click.BadParameter
        As for `typed`; two that change the same with the same operation.
    InputError
        What `corridors.named_parameter` raises.
    """
    asked = [typed(network, demand, text) for text in texts]
    names = [one.name for one in asked]
    again = list(dict.fromkeys(name for name in names if names.count(name) > 1))
    if again:
        raise click.BadParameter(
            f"--vary gives {again[0]!r} {names.count(again[0])} times; give each once, as one range"
        )
    return asked
