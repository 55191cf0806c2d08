"""Commands of break-evens: at which toll, tariff or capacity the preferred route flips."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, Draws, network_study, study, uncertain
from corridors.commands.parameters import VARY, VARY_SEVERAL, all_typed, typed

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
@VARY
@uncertain
def break_even(case: Case, destination: str | None, routes_by: str, vary: str, draws: Draws) -> None:
    """In which range of a tariff, toll, value or capacity a corridor stays preferred, and where it flips."""
    from corridors.maps.break_even import plot_break_even
    from corridors.studies.break_even import break_even as pieces

    found, rows = case.read()
    rows = _rows(found, rows, destination)
    asked = typed(found, rows, vary)
    table = pieces(found, rows, asked.atoms, asked.low, asked.high, routes_by=routes_by)
    units = {"low": asked.unit, "high": asked.unit, "slope": f"USD/year for each {asked.unit}"}
    shown = table.iloc[:: max(1, len(table) // 20)]
    case.show(shown[["low", "high", "loss_low", "loss_high", "preferred", "share", "flips"]], units)
    case.say(f"low, high: {asked.axis}; {len(shown)} of {len(table)} pieces\n")
    for at in table.index[table.flips]:
        case.say(
            f"At {table.low[at]:,.6g} the preferred route flips: {table.preferred[at - 1]} -> {table.preferred[at]}"
        )
    if not table.flips.any():
        case.say(f"The preferred route is {table.preferred.iloc[0]} all over the range.")
    of_flips = dict.fromkeys(("value", "low", "high"), asked.unit)
    also, sure = case.intervals(
        draws, pieces, found, rows, asked.atoms, asked.low, asked.high, units=of_flips, routes_by=routes_by
    )
    title = case.titled("Which route is preferred, and where it flips")
    drawn = {"break_even": lambda: plot_break_even(table, name=asked.axis, now=asked.now, intervals=sure, title=title)}
    case.write("break_even", table, also, units, drawn)


@click.command()
@study
@_DESTINATION
@_ROUTES_BY
@VARY_SEVERAL
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
    case.say("Preferred route, and its part of the field\n")
    for route, part in area.sort_values(ascending=False, kind="stable").items():
        case.say(f"  {route}: {100 * part:,.1f} %")
    flips = table[table.flips]
    units = {"level": two.unit, "low": one.unit, "high": one.unit, "slope": f"USD/year for each {one.unit}"}
    if len(flips):
        case.say(f"\nFlips, by {two.axis} (level): from low on the route is preferred\n")
        case.show(flips.iloc[:: max(1, len(flips) // 12)][["level", "low", "preferred"]], units)
        case.say(f"low: {one.axis}; {len(flips)} flips in all, {table.attrs['solved']:,} solves")
    now = None if one.now is None or two.now is None else (one.now, two.now)
    title = case.titled("Which route is preferred where")
    drawn = {"atlas": lambda: plot_atlas(table, along=one.axis, across=two.axis, now=now, title=title)}
    case.write("atlas", table, None, units, drawn)


@click.command()
@network_study
@click.option("--of", "of", required=True, help="The commodity that is moved.")
@click.option("--start", required=True, help="The node where it starts.")
@_ROUTES_BY
@VARY
def hinterland(case: Case, of: str, start: str, routes_by: str, vary: str) -> None:
    """Which route is cheapest to each destination, and at which tariff or toll each one flips (no capacities)."""
    from corridors.maps.hinterland import plot_hinterland
    from corridors.schema.homes import end_names
    from corridors.studies.hinterland import hinterland as areas
    from corridors.studies.hinterland import next_flips

    found = case.network_only()
    asked = typed(found, None, vary)
    table = areas(found, asked.atoms, asked.low, asked.high, commodity=of, origin=start, routes_by=routes_by)
    now = asked.low if asked.now is None else min(max(asked.now, asked.low), asked.high)
    stand = next_flips(table, now)
    case.say(f"Cheapest route at {now:g}, by number of destinations\n")
    for route, count in stand.preferred.value_counts().items():
        case.say(f"  {route}: {count}")
    flips = stand.dropna(subset="flip").sort_values("flip", kind="stable")
    case.say(f"\n{len(flips)} of {len(stand)} destinations flip up to {asked.high:g}; flip: {asked.axis}\n")
    units = {**dict.fromkeys(("low", "high", "flip"), asked.unit), "cost": "USD/t", "slope": f"USD/t for {asked.unit}"}
    if len(flips):
        case.show(flips.drop(columns="node_id").head(20), units)
    named = end_names(found.nodes, found.zones).get(start, start)
    title = f"Cheapest routes of {of.replace('_', ' ')} from {named}, and where they flip"
    drawn = {"hinterland": lambda: plot_hinterland(found, stand, name=asked.axis, title=title)}
    case.write("hinterland", table, {"next_flips": stand}, units, drawn)


def _rows(network: Any, rows: Any, destination: str | None) -> Any:
    from corridors.edits.selection import select_demand

    return rows if destination is None else select_demand(network, rows, destination=destination)


COMMANDS = (
    break_even,
    atlas,
    hinterland,
)
