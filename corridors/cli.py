"""The command line. Heavy imports stay inside the commands, so that help comes at once."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import click

from corridors.commands.closures import CLOSURES
from corridors.commands.failures import FAILURES
from corridors.commands.inputs import DEMAND, NETWORK, YEAR, both, network_of, say_case
from corridors.commands.projects import PROJECTS
from corridors.commands.studies import STUDIES
from corridors.commands.world import WORLD
from corridors.commands.worth import WORTH

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as shells have it."""


class _Group(click.Group):
    """Says in one line, without a traceback, what is wrong or doubtful, or how far it came until Ctrl-C."""

    def invoke(self, ctx: click.Context) -> Any:
        from corridors.errors import CorridorsError, InputWarning

        shown, said = warnings.showwarning, set()

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                if str(message) not in said:
                    click.echo(f"Warning: {message}", err=True)
                said.add(str(message))
            else:
                shown(message, category, *where, **more)

        try:
            with warnings.catch_warnings():
                warnings.showwarning = show
                return super().invoke(ctx)
        except CorridorsError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt as interrupt:
            click.echo(f"Ctrl-C: {str(interrupt) or 'stopped'}; there is no answer", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corridors")
def main() -> None:
    """What happens to the flow, its cost, and who depends on whom, when part of a transport corridor changes."""


for command in (*CLOSURES, *STUDIES, *FAILURES, *PROJECTS, *WORTH, *WORLD):
    main.add_command(command)


@main.command()
@NETWORK
@YEAR
@DEMAND
@click.option(
    "--out", default="out", show_default=True, type=click.Path(path_type=Path), help="The folder to write into."
)
@click.option("--closures", type=int, help="Close only so many links, those that carry most.")
@click.option("--quiet", is_flag=True, help="Write the files and print nothing.")
def report(network: str, year: int | None, demand: str | None, out: Path, closures: int | None, quiet: bool) -> None:
    """Solve the base case, close links one by one, and write tables, maps and a summary."""
    from corridors.datasets import load_observed
    from corridors.report.job import report as write_report

    found, rows = both(network, year, demand)
    of_2024 = (found.name, rows.attrs.get("name")) == ("eurasia 2024", "2024")
    observed = load_observed("2024") if of_2024 else None
    summary = write_report(found, rows, out, observed=observed, closures=closures, progress=not quiet)
    if not quiet:
        click.echo(summary)
        click.echo(f"All of it is in {out}{'' if str(out).endswith('/') else '/'}")


@main.command()
@NETWORK
@YEAR
@click.option("--commodity", required=True, help="What is moved.")
@click.option("--from", "origins", required=True, multiple=True, help="A node to start from; may be given again.")
@click.option("--to", "destinations", required=True, multiple=True, help="A node to end at; may be given again.")
@click.option("--minimise", default="cost", show_default=True, type=click.Choice(["cost", "time", "length"]))
@click.option("--chart", type=click.Path(path_type=Path), help="Draw time over distance of the cheapest way: a .png.")
def skim(
    network: str,
    year: int | None,
    commodity: str,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    minimise: str,
    chart: Path | None,
) -> None:
    """Cost, time, distance and path of the best way between nodes."""
    from corridors.model.skims import skim as skim_network

    found = network_of(network, year)
    say_case(found)
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
        return "no way"
    hours = "" if row.time != row.time else f", {row.time:,.0f} h"
    way = row.links.replace(";", " > ")
    return f"{row.cost:,.2f} USD/t{hours}, {row.length:,.0f} km by {row.modes.replace(';', ', ')}\n  {way}"


if __name__ == "__main__":
    sys.exit(main())
