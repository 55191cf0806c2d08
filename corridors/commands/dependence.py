"""The command of dependence: through whom goods go."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study


@click.command()
@study
@click.option("--on", default="country", show_default=True, help="On what: country, bloc, corridor, mode, node, link.")
@click.option("--of", "of", default="all", show_default=True, help="Whose: all, commodity, origin, destination.")
@click.option("--top", default=12, show_default=True, help="How many rows of each table to print.")
def dependence(case: Case, on: str, of: str, top: int) -> None:
    """Shares of tonnes, value and cost through each country, bloc or chokepoint; and over how few gates goods leave.

    With --out also who ships to whom by which gate, as a table and a chart.
    """
    from corridors.maps.charts import plot_dependence
    from corridors.maps.gate_flows import plot_flows_by_gate
    from corridors.studies.dependence import concentration
    from corridors.studies.dependence import dependence as shares
    from corridors.studies.flows_by_gate import flows_by_gate
    from corridors.sweeping.solve import routes

    found, rows = case.read()
    paths = routes(found, rows)
    table = shares(found, rows, paths, on=on, of=of)
    groups = table.group.nunique()
    if groups > 1:  # of those who move most first
        most = (table.tonnes / table.touching_share).groupby(table.group).max().sort_values(ascending=False)
        rank = table.group.map({group: i for i, group in enumerate(most.index)})
        table = table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)
    case.show(table.drop(columns=["group"] if groups == 1 else []).head(top))
    case.say(
        "tonnes: what passes the gate of each corridor, or is on any link of one without; otherwise: on its links\n"
        "and not past its gate; shares of these in all tonnes moved, their value and their cost"
        if on == "corridor"
        else "tonnes: what starts or ends there or passes, each once; touching_share: of all tonnes moved;\n"
        "transit_share: of those that neither start nor end there"
    )
    gates = concentration(found, rows, paths)
    case.say("\nGates by which goods leave the country in which they start (Herfindahl index: 1 is a single gate)\n")
    case.show(gates.head(top))
    shipped = flows_by_gate(found, rows, paths)
    also = {"concentration": gates, "flows_by_gate": shipped}
    one_place = bool((shipped.origin == shipped.destination).all())
    whose = f" of {table.group.iloc[0]}" if groups > 1 else ""
    drawn = {
        "dependence": lambda: plot_dependence(table, title=case.titled(f"Through whom goods{whose} go")),
        "flows_by_gate": lambda: plot_flows_by_gate(
            shipped, title=case.titled("Who ships to whom, and by which gate"), within=one_place
        ),
    }
    case.write("dependence", table, also, figures=drawn)


COMMANDS = (dependence,)
