"""The command of the named shocks."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study


@click.command()
@study
def shocks(case: Case) -> None:
    """What the named shocks cost: Russian transit refused, Druzhba stopped, CPC at half, and others."""
    from corridors.datasets import load_shocks
    from corridors.maps.charts import plot_losses
    from corridors.scenarios.shocks import shocks as named
    from corridors.studies.criticality import criticality

    found, rows = case.read()
    table = criticality(found, rows, scenarios=named(found, rows))
    table.insert(1, "name", table.scenario.map(load_shocks().set_index("shock_id").name))
    case.show(table[["name", "loss", "unmet", "cost", "losers_origin"]])
    case.say("more than in the base; losers_origin: who loses, by country of origin, million USD a year")
    there = load_shocks()
    for shock in there[there.out_of_reach != ""].itertuples():
        case.say(f"out of reach: {shock.name}: {shock.out_of_reach}")
    case.caution(found, rows)
    drawn = {"shocks": lambda: plot_losses(table, title=case.titled("What the named shocks cost"), label="name")}
    case.write("shocks", table, figures=drawn)


COMMANDS = (shocks,)
