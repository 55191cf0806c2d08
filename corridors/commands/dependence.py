"""The command of dependence: through whom goods go."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study
from corridors.commands.outputs import as_text


@click.command()
@study
@click.option("--on", default="country", show_default=True, help="On what: country, bloc, corridor, mode, node, link.")
@click.option("--of", "of", default="all", show_default=True, help="Whose: all, commodity, origin, destination.")
def dependence(case: Case, on: str, of: str) -> None:
    """Shares of tonnes, value and cost through each country, bloc or chokepoint; and over how few gates goods leave."""
    from corridors.maps.charts import plot_dependence
    from corridors.studies.dependence import concentration
    from corridors.studies.dependence import dependence as shares
    from corridors.sweeping.solve import routes

    found, rows = case.read()
    paths = routes(found, rows)
    table = shares(found, rows, paths, on=on, of=of)
    columns = ("touching_share", "transit_share", "value_share", "cost_share")
    millions = ("tonnes", "otherwise") if on == "corridor" else ("tonnes",)
    click.echo(as_text(table.groupby("group", sort=False).head(15), millions, columns))
    click.echo(
        "Mt a year that pass the gate of each corridor, or are on any link of one without; otherwise: on its links\n"
        "and not past its gate; shares of these in all tonnes moved, their value and their cost"
        if on == "corridor"
        else "Mt a year that start or end there or pass, each tonne once; touching_share: of all tonnes moved;\n"
        "transit_share: of those that neither start nor end there"
    )
    gates = concentration(found, rows, paths)
    click.echo("\nGates by which goods leave the country in which they start (Herfindahl index: 1 is a single gate)\n")
    click.echo(as_text(gates, ("exported",), ("largest_share",)))
    case.write("dependence", table, dependence=lambda: plot_dependence(table))


COMMANDS = (dependence,)
