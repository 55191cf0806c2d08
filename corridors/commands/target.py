"""The command of targets: what it takes that a corridor carries a volume."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study


@click.command()
@study
@click.option("--corridor", required=True, help="A corridor that has a gate (see `corridors list corridors`).")
@click.option("--volume", required=True, type=float, help="Million tonnes a year that are to pass its gate.")
def target(case: Case, corridor: str, volume: float) -> None:
    """What it takes that a corridor carries a volume: how much cheaper it must get, and which capacities bind."""
    from corridors.maps.flow_map import plot_map
    from corridors.studies.target import target as aimed

    found, rows = case.read()
    result = aimed(found, rows, corridor, volume * 1e6)
    unit, factor = case.money
    name = result.corridor
    case.say(f"{name}: {result.today / 1e6:,.2f} Mt a year pass the gate today, {volume:g} are wanted")
    if result.met:
        case.say(f"met where its tariffs are {100 * result.tariff:.1f} % of today's")
    else:
        case.say(f"not met: {result.reached / 1e6:,.2f} Mt a year come even where its tariffs are nothing")
    case.say(f"freight forgone {result.revenue * factor:,.1f}, lost by all together {result.cost * factor:,.1f} {unit}")
    if len(result.binding):
        case.say("\nFull on the corridor: what one more tonne of each saves at most (rent)\n")
        case.show(result.binding.head(15), {"rent": "USD/t"})
    units = {"rent": "USD/t", "today": "t/year", "reached": "t/year", "revenue": "USD/year", "tariff": "1"}
    title = case.titled(f"{name} at {result.reached / 1e6:,.1f} Mt a year")
    drawn = {"target": lambda: plot_map(found, result.after, title=title)}
    case.write("target", result.to_frame(), {"binding": result.binding}, units, drawn)


COMMANDS = (target,)
