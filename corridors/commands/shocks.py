"""The command of the named shocks."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, data_of_library, study
from corridors.commands.outputs import paragraph


@click.command()
@study
@click.option(
    "--within",
    type=click.Choice(["week", "month", "year"]),
    help="No more moves than can be added in that time.  [default: all adapt at once]",
)
def shocks(case: Case, within: str | None) -> None:
    """What the named shocks cost: Russian transit refused, Druzhba stopped, CPC at half, and others."""
    from corridors.datasets import load_shocks
    from corridors.maps.charts import plot_losses
    from corridors.scenarios.shocks import shocks as named
    from corridors.studies.criticality import criticality
    from corridors.sweeping.solve import solve

    found, rows = case.read()
    base = None if within is None else solve(found, rows)
    with data_of_library(case.network, "named shocks", "ask for a change of yours by corridors what-if"):
        scenarios = named(found, rows, within=within, base=base)
    table = criticality(found, rows, scenarios=scenarios)
    table["scenario"] = table.scenario.str.rpartition(" * ")[2]
    table.insert(1, "name", table.scenario.map(load_shocks().set_index("shock_id").name))
    case.show(table[["name", "loss", "unmet", "cost", "losers_origin"]])
    case.say("more than in the base; losers_origin: who loses, by country of origin, million USD a year")
    there = load_shocks()
    for shock in there[there.out_of_reach != ""].itertuples():
        case.say(paragraph(f"out of reach: {shock.name}: {shock.out_of_reach}", "  "))
    case.caution(found, rows)
    drawn = {"shocks": lambda: plot_losses(table, title=case.titled("What the named shocks cost"), label="name")}
    case.write("shocks", table, figures=drawn)


COMMANDS = (shocks,)
