"""Commands of single closures: what each costs, and the detour around each link."""

from __future__ import annotations

from pathlib import Path

import click

from corridors.commands.inputs import BY, NETWORK, YEAR, Case, network_of, print_case, study
from corridors.commands.outputs import as_text, write_results


@click.command()
@study
@click.option("--by", default="link", show_default=True, help=BY)
@click.option("--top", default=15, show_default=True, help="How many to print.")
def criticality(case: Case, by: str, top: int) -> None:
    """Close links, ports, borders or countries one at a time: what it costs, and how goods go round."""
    from corridors.maps.criticality import plot_criticality
    from corridors.studies.criticality import criticality as ranked

    found, rows = case.read()
    table = ranked(found, rows, by=by)
    columns = ["loss", "unmet", "base_flow", "redundancy", "detour_length", "detour_time", "losers_origin"]
    shown = table[["scenario", *columns]].head(top).rename(columns={"scenario": by})
    shown[["detour_length", "detour_time"]] = (
        shown[["detour_length", "detour_time"]].round(1).astype(object).fillna("-")
    )
    click.echo(as_text(shown, ("loss", "unmet", "base_flow"), ("redundancy",)))
    click.echo(
        f"the first {len(shown)} of {len(table)}; loss over the base in million USD a year, unmet and base_flow (what\n"
        "went there) in Mt a year; redundancy: the share of it that still comes; detours in km and days a tonne\n"
        "where nothing stays behind; who loses, by country of origin, million USD"
    )
    case.caution(found, rows)
    case.write("criticality", table, criticality=lambda: plot_criticality(found, table, by=by))


@click.command()
@NETWORK
@YEAR
@click.option("--commodity", help="Only paths that it may take; without it, all links as they meet at nodes.")
@click.option("--minimise", default="length", show_default=True, help="What a path has least of: length, cost, time.")
@click.option("--top", default=15, show_default=True, help="How many to print.")
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the table (CSV).")
def redundancy(
    network: str, year: int | None, commodity: str | None, minimise: str, top: int, out: Path | None
) -> None:
    """The next best path around each link, without demand: which links have none, which a long one."""
    from corridors.studies.redundancy import redundancy as around

    found = network_of(network, year)
    names = print_case(found)
    table = around(found, commodity=commodity, minimise=minimise)
    none, there = table[~table.detour], table[table.detour]
    unit = {"length": "km", "cost": "USD a tonne", "time": "hours"}[minimise]
    click.echo(f"{len(none)} of {len(table)} links have no path around")
    shown = there.head(top)[["link_id", "length", "alt_length", "diff_length", "alternatives"]]
    click.echo(shown.to_string(index=False))
    click.echo(f"the longest paths around, {unit}; alternatives: paths around that share no link")
    write_results("redundancy", table, out, names)


COMMANDS = (
    criticality,
    redundancy,
)
