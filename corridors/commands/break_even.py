"""Commands of break-evens: at which toll, tariff or capacity the preferred route flips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import DEMAND, NETWORK, YEAR, Case, network_and_demand, print_case, study
from corridors.commands.outputs import as_text, write_results
from corridors.commands.parameters import all_typed, typed, vary_option

_DESTINATION = click.option("--destination", help="Only demand rows that end in this country, or zone over several.")
_ROUTES_BY = click.option(
    "--routes-by",
    default="corridor",
    show_default=True,
    help="Tell routes apart by corridor, country, link, through:BLOC.",
)


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
    click.echo(as_text(shown, ("loss_low", "loss_high")))
    click.echo(f"{asked.axis}; loss in million USD a year, slope in USD a year for each unit of it")
    for at in table.index[table.flips]:
        click.echo(
            f"At {table.low[at]:,.6g} the preferred route flips: {table.preferred[at - 1]} -> {table.preferred[at]}"
        )
    if not table.flips.any():
        click.echo(f"The preferred route is {table.preferred.iloc[0]} all over the range.")
    case.write("break_even", table, break_even=lambda: plot_break_even(table, name=asked.axis, now=asked.now))


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
    click.echo("Preferred route, and its part of the field\n")
    for route, part in area.sort_values(ascending=False, kind="stable").items():
        click.echo(f"  {route}: {100 * part:,.1f} %")
    flips = table[table.flips]
    if len(flips):
        click.echo(f"\nFlips, by {two.axis}\n")
        shown = flips.iloc[:: max(1, len(flips) // 12)][["level", "low", "preferred"]]
        click.echo(shown.rename(columns={"low": "from", "preferred": "to the route"}).to_string(index=False))
        click.echo(f"from: {one.axis}; {len(flips)} flips in all, {table.attrs['solved']:,} solves")
    now = None if one.now is None or two.now is None else (one.now, two.now)
    case.write("atlas", table, atlas=lambda: plot_atlas(table, along=one.axis, across=two.axis, now=now))


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
    """Which route is cheapest to each destination, and at which tariff or toll each one flips (no capacities)."""
    from corridors.maps.hinterland import plot_hinterland
    from corridors.studies.hinterland import hinterland as areas
    from corridors.studies.hinterland import next_flips

    found, rows = network_and_demand(network, year, demand)
    names = print_case(found)
    asked = typed(found, rows, vary)
    table = areas(found, asked.atoms, asked.low, asked.high, commodity=of, origin=start, routes_by=routes_by)
    now = asked.low if asked.now is None else min(max(asked.now, asked.low), asked.high)
    stand = next_flips(table, now)
    click.echo(f"Cheapest route at {now:g}, by number of destinations\n")
    for route, count in stand.preferred.value_counts().items():
        click.echo(f"  {route}: {count}")
    flips = stand.dropna(subset="flip").sort_values("flip", kind="stable")
    click.echo(f"\n{len(flips)} of {len(stand)} destinations flip up to {asked.high:g}; {asked.axis}\n")
    if len(flips):
        click.echo(flips.drop(columns="node_id").to_string(index=False))
    write_results("hinterland", table, out, names, hinterland=lambda: plot_hinterland(found, stand, name=asked.axis))


def _rows(network: Any, rows: Any, destination: str | None) -> Any:
    from corridors.edits.selection import select_demand

    return rows if destination is None else select_demand(network, rows, destination=destination)


COMMANDS = (
    break_even,
    atlas,
    hinterland,
)
