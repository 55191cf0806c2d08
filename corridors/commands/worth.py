"""What a route is worth, as commands: break-evens, an atlas of two parameters, sensitivity, prices by node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import DEMAND, NETWORK, YEAR, Case, both, leave, say_case, study, told
from corridors.commands.parameters import all_typed, typed, vary_option

_DESTINATION = click.option("--destination", help="Only demand rows that end in this country, or zone over several.")
_ROUTES_BY = click.option(
    "--routes-by",
    default="corridor",
    show_default=True,
    help="Tell ways apart by corridor, country, link, through:BLOC.",
)


def _rows(network: Any, rows: Any, destination: str | None) -> Any:
    from corridors.edits.selection import select_demand

    return rows if destination is None else select_demand(network, rows, destination=destination)


@click.command(name="break-even")
@study
@_DESTINATION
@_ROUTES_BY
@vary_option()
def break_even(case: Case, destination: str | None, routes_by: str, vary: str) -> None:
    """In which range of a tariff, toll, value or capacity a corridor stays preferred, and where it flips."""
    from corridors.maps.break_even import plot_break_even
    from corridors.studies.break_even import break_even as pieces

    found, rows = case.read()
    rows = _rows(found, rows, destination)
    asked = typed(found, rows, vary)
    table = pieces(found, rows, asked.atoms, asked.low, asked.high, routes_by=routes_by)
    shown = table.drop(columns=["preferred", "share"])
    click.echo(told(shown, ("loss_low", "loss_high")))
    click.echo(f"{asked.axis}; loss in million USD a year, slope in USD a year for each unit of it")
    for at in table.index[table.flips]:
        click.echo(
            f"At {table.low[at]:,.6g} the preferred way flips: {table.preferred[at - 1]} -> {table.preferred[at]}"
        )
    if not table.flips.any():
        click.echo(f"The preferred way is {table.preferred.iloc[0]} all over the range.")
    case.leave("break_even", table, break_even=lambda: plot_break_even(table, name=asked.axis, now=asked.now))


@click.command()
@study
@_DESTINATION
@_ROUTES_BY
@vary_option(multiple=True)
@click.option("--levels", default=61, show_default=True, help="At how many values of the second the first is followed.")
def atlas(case: Case, destination: str | None, routes_by: str, vary: tuple[str, ...], levels: int) -> None:
    """Which corridor is preferred over two parameters: give --vary twice."""
    import numpy as np

    from corridors.maps.atlas import plot_atlas
    from corridors.studies.atlas import atlas as preferred

    if len(vary) != 2 or levels < 1:
        raise click.BadParameter(f"--vary is there {len(vary)} times and --levels is {levels}; give two, and 1 or more")
    found, rows = case.read()
    rows = _rows(found, rows, destination)
    one, two = all_typed(found, rows, vary)
    table = preferred(
        found,
        rows,
        (one.atoms, one.low, one.high),
        (two.atoms, np.linspace(two.low, two.high, levels)),
        routes_by=routes_by,
    )
    area = (table.high - table.low).groupby(table.preferred).sum() / (levels * (one.high - one.low))
    click.echo("Preferred way, and its part of the field\n")
    for way, part in area.sort_values(ascending=False, kind="stable").items():
        click.echo(f"  {way}: {100 * part:,.1f} %")
    flips = table[table.flips]
    if len(flips):
        click.echo(f"\nFlips, by {two.axis}\n")
        shown = flips.iloc[:: max(1, len(flips) // 12)][["level", "low", "preferred"]]
        click.echo(shown.rename(columns={"low": "from", "preferred": "to the way"}).to_string(index=False))
        click.echo(f"from: {one.axis}; {len(flips)} flips in all, {table.attrs['solved']:,} solves")
    now = None if one.now is None or two.now is None else (one.now, two.now)
    case.leave("atlas", table, atlas=lambda: plot_atlas(table, along=one.axis, across=two.axis, now=now))


@click.command()
@study
@vary_option(multiple=True)
@click.option("--method", default="sobol", show_default=True, type=click.Choice(["sobol", "morris"]))
@click.option("--samples", default=256, show_default=True, help="Base samples: a power of 2 for sobol.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same table.")
@click.option("--of", "of", default="loss", show_default=True, type=click.Choice(["loss", "cost", "unmet_total"]))
def sensitivity(case: Case, vary: tuple[str, ...], method: str, samples: int, seed: int, of: str) -> None:
    """Which uncertain numbers the loss hangs on, when all vary at once: Sobol's or Morris's indices."""
    from corridors.maps.sensitivity import plot_sensitivity
    from corridors.studies.sensitivity import sensitivity as indices

    found, rows = case.read()
    bounds, parameters = _asked(found, rows, vary)
    table = indices(found, rows, bounds, parameters, method=method, samples=samples, seed=seed, of=of)
    click.echo(told(table, () if method == "sobol" else ("mu", "mu_star", "mu_star_conf", "sigma")))
    unit = "Mt" if of == "unmet_total" else "million USD"
    low, high = table.attrs["p05"] / 1e6, table.attrs["p95"] / 1e6
    click.echo(f"{of}: mean {table.attrs['mean'] / 1e6:,.1f} {unit} a year, nine in ten from {low:,.1f} to {high:,.1f}")
    case.caution(found, rows)
    case.leave("sensitivity", table, sensitivity=lambda: plot_sensitivity(table))


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
    click.echo(told(table, ("at_low", "at_high", "swing")))
    click.echo(
        f"{'Mt' if of == 'unmet_total' else 'million USD'} a year over the base, {table.attrs['base'] / 1e6:,.1f}"
    )
    case.caution(found, rows)
    case.leave("tornado", table, tornado=lambda: plot_tornado(table))


@click.command()
@NETWORK
@YEAR
@DEMAND
@click.option("--of", "of", required=True, help="The commodity that is moved.")
@click.option("--start", required=True, help="The node where it starts.")
@_ROUTES_BY
@vary_option()
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the table (CSV) and the map.")
def hinterland(
    network: str, year: int | None, demand: str | None, of: str, start: str, routes_by: str, vary: str, out: Path | None
) -> None:
    """Which way is cheapest to each destination, and at which tariff or toll each one flips (no capacities)."""
    from corridors.maps.hinterland import plot_hinterland
    from corridors.studies.hinterland import hinterland as areas
    from corridors.studies.hinterland import next_flips

    found, rows = both(network, year, demand)
    names = say_case(found)
    asked = typed(found, rows, vary)
    table = areas(found, asked.atoms, asked.low, asked.high, commodity=of, origin=start, routes_by=routes_by)
    now = asked.low if asked.now is None else min(max(asked.now, asked.low), asked.high)
    stand = next_flips(table, now)
    click.echo(f"Cheapest way at {now:g}, by number of destinations\n")
    for way, count in stand.preferred.value_counts().items():
        click.echo(f"  {way}: {count}")
    flips = stand.dropna(subset="flip").sort_values("flip", kind="stable")
    click.echo(f"\n{len(flips)} of {len(stand)} destinations flip up to {asked.high:g}; {asked.axis}\n")
    if len(flips):
        click.echo(flips.drop(columns="node_id").to_string(index=False))
    leave("hinterland", table, out, names, hinterland=lambda: plot_hinterland(found, stand, name=asked.axis))


@click.command()
@study
@click.option("--of", "of", required=True, help="The commodity whose delivered cost is told; all demand moves.")
@click.option("--start", help="Where it starts, as demand names it: a node or zone; by default where most does.")
@click.option("--shock", help="Prices under a named shock (see `corridors shocks`) instead of today's.")
def prices(case: Case, of: str, start: str | None, shock: str | None) -> None:
    """What a tonne costs delivered at each node, and what a tonne more or less of full capacities changes."""
    from corridors.maps.prices import plot_prices, plot_rents
    from corridors.scenarios.shocks import shocks
    from corridors.studies.prices import delivered_costs, marginal_costs
    from corridors.studies.rents import bottlenecks, rents
    from corridors.sweeping.solve import solve

    found, rows = case.read()
    chosen = _start(rows, of, start)
    scenario = None if shock is None else shocks(found, rows).select([shock])
    result = solve(found, rows) if scenario is None else _under(found, rows, scenario)
    table = delivered_costs(found, result, commodity=of, origin=chosen)
    by_country = table.dropna().groupby("country").cost.agg(["count", "min", "median", "max"]).sort_values("median")
    click.echo(f"{table.attrs['class']}: delivered cost by country, USD a tonne, over its nodes\n")
    click.echo(by_country.round(1).reset_index().to_string(index=False))
    if table.attrs["tied"]:
        click.echo("Other flows have the same loss: these prices are those of one optimum.")
    wanted = marginal_costs(found, rows, commodity=of, origin=chosen, scenario=scenario)
    click.echo("\nDemand: what one more tonne costs and one less saves, USD; volume and unmet in tonnes a year\n")
    click.echo(_in_tonnes(wanted.drop(columns=["commodity", "origin"]), ("volume", "unmet")))
    scarce = rents(found, rows, scenario=scenario)
    shown = bottlenecks(scarce[scarce.kind != "zone"]).head(15)
    click.echo("\nFull: what one more tonne of room saves (of those in series, together), what one less costs, USD,")
    click.echo("and up to how many tonnes a year each holds; limit in tonnes a year\n")
    columns = ["bundles", "limit", "saves_more", "up_to_more", "costs_less", "up_to_less"]
    text = _in_tonnes(shown[columns], ("limit", "up_to_more", "up_to_less"))
    click.echo(text if len(shown) else "Nothing but places where goods start or end.")
    figures = {"prices": lambda: plot_prices(found, table, result), "rents": lambda: plot_rents(found, scarce)}
    case.leave("prices", table, {"rents": scarce, "marginal_costs": wanted}, **figures)


def _in_tonnes(table: Any, columns: tuple[str, ...]) -> str:
    """A table as text, some columns in whole tonnes; what has no end is "any"."""
    shown = {name: ["any" if v == float("inf") else f"{v:,.0f}" for v in table[name]] for name in columns}
    return str(table.assign(**shown).to_string(index=False))


def _start(rows: Any, of: str, start: str | None) -> str:
    """Where a commodity starts: as asked, or where most of it does, which is told."""
    volumes = rows[rows.commodity == of].groupby("origin", sort=False).volume.sum()
    volumes = volumes.sort_values(ascending=False, kind="stable")
    if volumes.empty:
        there = ", ".join(dict.fromkeys(rows.commodity))
        raise click.BadParameter(f"no {of} is moved; give one of {there}", param_hint="--of")
    if start is not None and start not in volumes:
        raise click.BadParameter(
            f"no {of} starts at {start}; give one of {', '.join(volumes.index)}", param_hint="--start"
        )
    if start is None and len(volumes) > 1:
        others = ", ".join(volumes.index[1:])
        click.echo(
            f"{of}: from {volumes.index[0]}, where most starts ({volumes.iloc[0] / 1e6:,.1f} of "
            f"{volumes.sum() / 1e6:,.1f} Mt a year); --start takes another: {others}\n"
        )
    return str(volumes.index[0]) if start is None else start


def _under(network: Any, rows: Any, scenario: Any) -> Any:
    from corridors.sweeping.solve import sweep_all

    return sweep_all(network, rows, scenario, keep=("price", "flow", "tied")).isel(scenario=0)


def _asked(network: Any, rows: Any, vary: tuple[str, ...]) -> tuple[dict[str, tuple[float, float]], dict[str, Any]]:
    asked = all_typed(network, rows, vary)
    return {one.name: (one.low, one.high) for one in asked}, {one.name: one.atoms for one in asked}


WORTH = (break_even, atlas, hinterland, sensitivity, tornado, prices)
