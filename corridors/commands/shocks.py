"""The command of the named shocks."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study
from corridors.commands.outputs import as_text


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
    shown = table[["name", "loss", "unmet", "cost", "losers_origin"]]
    click.echo(as_text(shown, ("loss", "unmet", "cost")))
    click.echo("loss and cost in million USD a year more than in the base, unmet in Mt a year; who loses, million USD")
    case.caution(found, rows)
    case.write("shocks", table, shocks=lambda: plot_losses(table, title="What the named shocks cost", label="name"))


COMMANDS = (shocks,)
