"""Commands of sensitivity: which uncertain numbers the loss depends on."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, study
from corridors.commands.outputs import as_text
from corridors.commands.parameters import all_typed, vary_option


@click.command()
@study
@vary_option(multiple=True)
@click.option("--method", default="sobol", show_default=True, type=click.Choice(["sobol", "morris"]))
@click.option("--samples", default=256, show_default=True, help="Base samples: a power of 2 for sobol.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same table.")
@click.option("--of", "of", default="loss", show_default=True, type=click.Choice(["loss", "cost", "unmet_total"]))
def sensitivity(case: Case, vary: tuple[str, ...], method: str, samples: int, seed: int, of: str) -> None:
    """Which uncertain numbers the loss depends on, when all vary at once: Sobol's or Morris's indices."""
    from corridors.maps.sensitivity import plot_sensitivity
    from corridors.studies.sensitivity import sensitivity as indices

    found, rows = case.read()
    bounds, parameters = _asked(found, rows, vary)
    table = indices(found, rows, bounds, parameters, method=method, samples=samples, seed=seed, of=of)
    click.echo(as_text(table, () if method == "sobol" else ("mu", "mu_star", "mu_star_conf", "sigma")))
    unit = "Mt" if of == "unmet_total" else "million USD"
    low, high = table.attrs["p05"] / 1e6, table.attrs["p95"] / 1e6
    click.echo(f"{of}: mean {table.attrs['mean'] / 1e6:,.1f} {unit} a year, nine in ten from {low:,.1f} to {high:,.1f}")
    case.caution(found, rows)
    case.write("sensitivity", table, sensitivity=lambda: plot_sensitivity(table))


@click.command()
@study
@vary_option(multiple=True)
@click.option("--of", "of", default="loss", show_default=True, type=click.Choice(["loss", "cost", "unmet_total"]))
def tornado(case: Case, vary: tuple[str, ...], of: str) -> None:
    """What each uncertain number does alone, at its low and its high end."""
    from corridors.maps.sensitivity import plot_tornado
    from corridors.studies.sensitivity import tornado as one_at_a_time

    found, rows = case.read()
    bounds, parameters = _asked(found, rows, vary)
    table = one_at_a_time(found, rows, bounds, parameters, of=of)
    click.echo(as_text(table, ("at_low", "at_high", "swing")))
    click.echo(
        f"{'Mt' if of == 'unmet_total' else 'million USD'} a year over the base, {table.attrs['base'] / 1e6:,.1f}"
    )
    case.caution(found, rows)
    case.write("tornado", table, tornado=lambda: plot_tornado(table))


def _asked(network: Any, rows: Any, vary: tuple[str, ...]) -> tuple[dict[str, tuple[float, float]], dict[str, Any]]:
    asked = all_typed(network, rows, vary)
    return {one.name: (one.low, one.high) for one in asked}, {one.name: one.atoms for one in asked}


COMMANDS = (
    sensitivity,
    tornado,
)
