"""Commands of single closures: what each costs, and the detour around each link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import BY, SCENARIOS, Case, minimise_option, network_study, study
from corridors.commands.outputs import paragraph


@click.command()
@study
@click.option("--by", default="link", show_default=True, help=BY)
@SCENARIOS
@click.option("--top", default=15, show_default=True, help="How many to print.")
@click.option("--draws", default=0, show_default=True, help="Uncertain cases; 19 give intervals of 90 %.")
@click.option("--drawn", default=10, show_default=True, help="How many of the worst are compared in them.")
def criticality(case: Case, by: str, scenarios: Path | None, top: int, draws: int, drawn: int) -> None:
    """Close links, ports, borders or countries one at a time: what it costs, and how goods go round.

    With --scenarios, those of a table are ranked instead.
    """
    from corridors.maps.charts import plot_losses
    from corridors.maps.criticality import plot_criticality
    from corridors.scenarios.tables import read_scenarios
    from corridors.studies.criticality import criticality as ranked

    found, rows = case.read()
    given = None if scenarios is None else read_scenarios(scenarios)
    table = ranked(found, rows, by=by, scenarios=given, draws=draws, drawn=drawn)
    columns = ["loss", "unmet", "base_flow", "redundancy", "detour_length", "detour_time", "losers_origin"]
    if draws:
        columns = ["loss", "low", "high", "first", "rank_low", "rank_high", "unmet", "losers_origin"]
    shown = table[["scenario", *columns]].head(top)
    case.show(shown)
    ranked_ones = f"by {by}" if scenarios is None else "scenarios"
    words = f"the first {len(shown)} of {len(table)} {ranked_ones}; loss and unmet: more than in the base; "
    if "base_flow" in shown:
        words += "base_flow: what went there; redundancy: the share of it that still comes; "
        words += "detours a tonne where nothing stays behind; "
    case.say(paragraph(f"{words}losers_origin: who loses, by country of origin, million USD a year"))
    if draws:
        case.say(
            f"low, high, rank_low, rank_high: nine of ten cases lie between, by {draws} draws of all figures by their\n"
            "confidence; first: the share of draws in which it costs most"
        )
        case.drivers(table[["scenario"]].head(min(drawn, top)), table)
    case.caution(found, rows)
    title = case.titled(f"What the closure of each {by} costs")
    figures: dict[str, Callable[[], Any]] = {}
    if scenarios is None:
        figures["criticality"] = lambda: plot_criticality(found, table, by=by, title=title)
    if draws:
        figures["criticality_intervals"] = lambda: plot_losses(table.head(drawn), title=title)
    case.write("criticality", table, figures=figures)


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
