"""Commands of single closures: what each costs, and the detour around each link."""

from __future__ import annotations

from pathlib import Path

import click

from corridors.commands.inputs import BY, SCENARIOS, Case, minimise_option, network_study, study


@click.command()
@study
@click.option("--by", default="link", show_default=True, help=BY)
@SCENARIOS
@click.option("--top", default=15, show_default=True, help="How many to print.")
def criticality(case: Case, by: str, scenarios: Path | None, top: int) -> None:
    """Close links, ports, borders or countries one at a time: what it costs, and how goods go round.

    With --scenarios, those of a table are ranked instead.
    """
    from corridors.maps.criticality import plot_criticality
    from corridors.scenarios.tables import read_scenarios
    from corridors.studies.criticality import criticality as ranked

    found, rows = case.read()
    table = ranked(found, rows, by=by, scenarios=None if scenarios is None else read_scenarios(scenarios))
    columns = ["loss", "unmet", "base_flow", "redundancy", "detour_length", "detour_time", "losers_origin"]
    shown = table[["scenario", *columns]].head(top)
    case.show(shown)
    ranked_ones = f"by {by}" if scenarios is None else "scenarios"
    case.say(
        f"the first {len(shown)} of {len(table)} {ranked_ones}; loss and unmet: more than in the base; base_flow:\n"
        "what went there; redundancy: the share of it that still comes; detours a tonne where nothing stays behind;\n"
        "losers_origin: who loses, by country of origin, million USD a year"
    )
    case.caution(found, rows)
    title = case.titled(f"What the closure of each {by} costs")
    drawn = {"criticality": lambda: plot_criticality(found, table, by=by, title=title)}
    case.write("criticality", table, figures=drawn if scenarios is None else {})


@click.command()
@network_study
@click.option("--commodity", help="Only paths that it may take; without it, all links as they meet at nodes.")
@minimise_option(default="length")
@click.option("--top", default=15, show_default=True, help="How many to print.")
def redundancy(case: Case, commodity: str | None, minimise: str, top: int) -> None:
    """The next best path around each link, without demand: which links have none, which a long one."""
    from corridors.studies.redundancy import redundancy as around

    table = around(case.network_only(), commodity=commodity, minimise=minimise)
    none, there = table[~table.detour], table[table.detour]
    unit = {"length": "km", "cost": "USD/t", "time": "h"}.get(minimise, "")
    units = {**dict.fromkeys(("length", "alt_length", "diff_length"), unit), "alternatives": "1"}
    case.say(f"{len(none)} of {len(table)} links have no path around; the longest paths around:\n")
    case.show(there.head(top)[["link_id", "length", "alt_length", "diff_length", "alternatives"]], units)
    case.say("alternatives: paths around that share no link")
    case.write("redundancy", table, units=units)


COMMANDS = (
    criticality,
    redundancy,
)
