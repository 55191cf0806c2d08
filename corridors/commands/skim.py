"""The command of skims: the best path between nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import NETWORK, YEAR, network_of, print_case


@click.command()
@NETWORK
@YEAR
@click.option("--commodity", required=True, help="What is moved.")
@click.option("--from", "origins", required=True, multiple=True, help="A node to start from; may be given again.")
@click.option("--to", "destinations", required=True, multiple=True, help="A node to end at; may be given again.")
@click.option("--minimise", default="cost", show_default=True, type=click.Choice(["cost", "time", "length"]))
@click.option("--chart", type=click.Path(path_type=Path), help="Draw time over distance of the cheapest path: a .png.")
def skim(
    network: str,
    year: int | None,
    commodity: str,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    minimise: str,
    chart: Path | None,
) -> None:
    """Cost, time, distance and path of the best route between nodes."""
    from corridors.model.skims import skim as skim_network

    found = network_of(network, year)
    print_case(found)
    table = skim_network(found, commodity=commodity, origins=origins, destinations=destinations, minimise=minimise)
    for row in table.itertuples():
        click.echo(f"{row.origin} -> {row.destination}: {_told(row)}")
    if chart is not None:
        from corridors.maps.style import save_figure
        from corridors.maps.time_cost_distance import plot_time_cost_distance

        drawn = plot_time_cost_distance(found, commodity=commodity, origin=origins[0], destination=destinations[0])
        click.echo(f"The chart is in {', '.join(str(path) for path in save_figure(drawn, chart))}")


def _told(row: Any) -> str:
    if row.cost != row.cost:
        return "no path"
    hours = "" if row.time != row.time else f", {row.time:,.0f} h"
    path = row.links.replace(";", " > ")
    return f"{row.cost:,.2f} USD/t{hours}, {row.length:,.0f} km by {row.modes.replace(';', ', ')}\n  {path}"


COMMANDS = (skim,)
