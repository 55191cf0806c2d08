"""The command of the main job."""

from __future__ import annotations

from pathlib import Path

import click

from corridors.commands.inputs import BASE_YEAR, network_and_demand, of_case, year_of
from corridors.commands.outputs import tried_folder


@click.command()
@of_case
@click.option(
    "--out",
    default="out",
    show_default=True,
    type=click.Path(path_type=Path),
    callback=tried_folder,
    help="The folder to write into.",
)
@click.option("--closures", type=int, help="Close only so many links, those that carry most.")
@click.option("--quiet", is_flag=True, help="Write the files and print nothing.")
def report(
    network: str,
    year: int | None,
    preferences: bool,
    demand: str | None,
    out: Path,
    closures: int | None,
    quiet: bool,
) -> None:
    """Solve the base case, close links one by one, and write tables, maps and a summary."""
    from corridors.datasets import load_observed
    from corridors.report.job import report as write_report
    from corridors.sweeping.progress import one_bar

    found, rows = network_and_demand(network, year, demand, preferences)
    of_base_year = (network, year_of(year, demand), rows.attrs.get("name")) == ("eurasia", BASE_YEAR, str(BASE_YEAR))
    observed = load_observed(str(BASE_YEAR)) if of_base_year else None
    with one_bar("report"):
        summary = write_report(found, rows, out, observed=observed, closures=closures, progress=not quiet)
    if not quiet:
        click.echo(summary)
        click.echo(f"All of it is in {out}{'' if str(out).endswith('/') else '/'}")


COMMANDS = (report,)
