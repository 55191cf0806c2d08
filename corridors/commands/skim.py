"""The command of skims: the best path between nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import Case, minimise_option, network_study, repeated
from corridors.commands.outputs import paragraph, tried_file


@click.command()
@network_study
@click.option("--commodity", required=True, help="What is moved.")
@repeated("--from", "origins", required=True, help="A node to start from")
@repeated("--to", "destinations", required=True, help="A node to end at")
@minimise_option(default="cost")
@click.option(
    "--chart",
    type=click.Path(path_type=Path),
    callback=tried_file,
    help="Draw time (where none is known, money) over distance of the cheapest path, of one origin and destination: a "
    ".png.",
)
def skim(
    case: Case,
    commodity: str,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    minimise: str,
    chart: Path | None,
) -> None:
    """Cost, time, distance and path of the best route between nodes."""
    from corridors.model.skims import skim as skim_network

    if chart is not None and len(origins) * len(destinations) > 1:
        raise click.BadParameter("it shows one path; give one --from and one --to", param_hint="--chart")
    found = case.network_only()
    table = skim_network(found, commodity=commodity, origins=origins, destinations=destinations, minimise=minimise)
    for row in table.itertuples():
        case.say(f"{row.origin} -> {row.destination}: {_in_words(row)}")
    case.write("skim", table, units={"cost": "USD/t", "time": "h", "length": "km"})
    if chart is not None:
        from corridors.maps.style import save_figure
        from corridors.maps.time_cost_distance import plot_time_cost_distance

        [row] = table.itertuples()
        drawn = plot_time_cost_distance(
            found,
            commodity=commodity,
            origin=row.origin,
            destination=row.destination,
            measure="time" if row.time == row.time else "money",
        )
        case.say(f"The chart is in {', '.join(str(path) for path in save_figure(drawn, chart))}")


def _in_words(row: Any) -> str:
    if row.cost != row.cost:
        return "no path"
    hours = "" if row.time != row.time else f", {row.time:,.0f} h"
    path = paragraph(f"  {row.links.replace(';', ' > ')}", "  ")
    return f"{row.cost:,.2f} USD/t{hours}, {row.length:,.0f} km by {row.modes.replace(';', ', ')}\n{path}"


COMMANDS = (skim,)
