"""Commands of sensitivity: which uncertain numbers the loss depends on."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, study
from corridors.commands.parameters import VARY_SEVERAL, all_typed
from corridors.commands.units import on_screen

_OF = click.option(
    "--of",
    default="loss",
    show_default=True,
    type=click.Choice(["loss", "cost", "unmet_total"]),
    help="The outcome that is explained.",
)


@click.command()
@study
@VARY_SEVERAL
@click.option(
    "--method",
    default="sobol",
    show_default=True,
    type=click.Choice(["sobol", "morris"]),
    help="Whose indices: Sobol's say how much, Morris's take fewer solves.",
)
@click.option("--samples", default=256, show_default=True, help="Base samples: a power of 2 for sobol.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same table.")
@_OF
def sensitivity(case: Case, vary: tuple[str, ...], method: str, samples: int, seed: int, of: str) -> None:
    """Which uncertain numbers the loss depends on, when all vary at once: Sobol's or Morris's indices."""
    from corridors.maps.sensitivity import WORDS, plot_sensitivity
    from corridors.studies.sensitivity import sensitivity as indices

    found, rows = case.read()
    bounds, parameters = _asked(found, rows, vary)
    table = indices(found, rows, bounds, parameters, method=method, samples=samples, seed=seed, of=of)
    units = _units(of, ("mu", "mu_star", "mu_star_conf", "sigma"))
    case.show(table, units)
    unit, factor = on_screen(_UNITS[of], case.per)
    mean, low, high = (table.attrs[name] * factor for name in ("mean", "p05", "p95"))
    case.say(f"{of}: mean {mean:,.1f} {unit}, nine in ten from {low:,.1f} to {high:,.1f}")
    case.caution(found, rows)
    said = f"Why the {WORDS[of]} varies" if method == "sobol" else f"What the {WORDS[of]} depends on"
    title = case.titled(said)
    case.write("sensitivity", table, None, units, {"sensitivity": lambda: plot_sensitivity(table, title=title)})


@click.command()
@study
@VARY_SEVERAL
@_OF
def tornado(case: Case, vary: tuple[str, ...], of: str) -> None:
    """What each uncertain number does alone, at its low and its high end."""
    from corridors.maps.sensitivity import WORDS, plot_tornado
    from corridors.studies.sensitivity import tornado as one_at_a_time

    found, rows = case.read()
    bounds, parameters = _asked(found, rows, vary)
    table = one_at_a_time(found, rows, bounds, parameters, of=of)
    units = _units(of, ("at_low", "at_high", "swing"))
    case.show(table.drop(columns=["low", "high"]), units)
    unit, factor = on_screen(_UNITS[of], case.per)
    case.say(f"{of} over that of the base, {table.attrs['base'] * factor:,.1f} {unit}")
    case.caution(found, rows)
    title = case.titled(f"What the {WORDS[of]} depends on")
    case.write("tornado", table, None, units, {"tornado": lambda: plot_tornado(table, title=title)})


_UNITS = {"loss": "USD/year", "cost": "USD/year", "unmet_total": "t/year"}


def _units(of: str, columns: tuple[str, ...]) -> dict[str, str]:
    return {**dict.fromkeys(columns, _UNITS[of]), "low": "of the parameter", "high": "of the parameter"}


def _asked(network: Any, rows: Any, vary: tuple[str, ...]) -> tuple[dict[str, tuple[float, float]], dict[str, Any]]:
    asked = all_typed(network, rows, vary)
    return {one.name: (one.low, one.high) for one in asked}, {one.name: one.atoms for one in asked}


COMMANDS = (
    sensitivity,
    tornado,
)
