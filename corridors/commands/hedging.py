"""The command of the hedging frontier: what autonomy from a bloc costs."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, number, study
from corridors.commands.outputs import as_text


@click.command()
@study
@click.option("--bloc", required=True, multiple=True, help="A bloc or country; give it again for more.")
@click.option("--values", default="1,0.5,2", show_default=True, help="Factors of the value of undelivered goods.")
def hedging(case: Case, bloc: tuple[str, ...], values: str) -> None:
    """The least loss against the tonnes that enter a bloc, and what a tonne moved off it costs."""
    from corridors.maps.charts import plot_frontier
    from corridors.studies.hedging import hedging_frontier

    factors = [number(text) for text in values.split(",")]
    found, wanted = case.whole()
    select = {"commodity": case.commodity, "origin": case.origin}
    table = hedging_frontier(found, wanted, bloc=bloc, select=select, values=factors)
    click.echo(as_text(table, ("through", "loss", "extra_loss", "unmet"), ("entering_share",)))
    click.echo(
        "through (tonnes that enter) and unmet in Mt a year, entering_share of the tonnes wanted, losses in million\n"
        "USD a year, cost of autonomy in USD a tonne"
    )
    case.caution(found, wanted)
    case.write("hedging", table, hedging=lambda: plot_frontier(table, bloc=" and ".join(bloc)))


COMMANDS = (hedging,)
