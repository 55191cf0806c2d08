"""The command line. Heavy imports stay inside the commands, so that help comes at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import DEMAND, NETWORK, YEAR, demand_of, is_path, network_of
from corridors.commands.studies import STUDIES


class _Group(click.Group):
    """Says what was wrong with the input in one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from corridors.errors import CorridorsError

        try:
            return super().invoke(ctx)
        except CorridorsError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corridors")
def main() -> None:
    """What happens to the flow, its cost, and who depends on whom, when part of a transport corridor changes."""


for command in STUDIES:
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
def report(network: str, year: int, demand: str, out: Path, closures: int | None, quiet: bool) -> None:
    """Solve the base case, close links one by one, and write tables, maps and a summary."""
    from corridors.datasets import load_observed
    from corridors.report.job import report as write_report

    own = is_path(network) or is_path(demand)
    observed = None if own or demand != "2024" else load_observed("2024")
    summary = write_report(
        network_of(network, year), demand_of(demand), out, observed=observed, closures=closures, progress=not quiet
    )
    if not quiet:
        click.echo(summary)
        click.echo(f"All of it is in {out}{'' if str(out).endswith('/') else '/'}")


@main.command()
@NETWORK
@YEAR
@click.option("--commodity", required=True, help="What is moved.")
@click.option("--from", "origins", required=True, multiple=True, help="A node to start from; may be given again.")
@click.option("--to", "destinations", required=True, multiple=True, help="A node to end at; may be given again.")
@click.option("--by", default="cost", show_default=True, type=click.Choice(["cost", "time", "length"]))
def skim(
    network: str, year: int, commodity: str, origins: tuple[str, ...], destinations: tuple[str, ...], by: str
) -> None:
    """Cost, time, distance and path of the best way between nodes."""
    from corridors.model.skims import skim as skim_network

    table = skim_network(
        network_of(network, year), commodity=commodity, origins=origins, destinations=destinations, by=by
    )
    for row in table.itertuples():
        click.echo(f"{row.origin} -> {row.destination}: {_told(row)}")


@main.command()
@click.option("--page", type=click.Path(path_type=Path), help="Write the whole account into this Markdown file.")
@click.option("--without-flows", is_flag=True, help="Times, costs, distances and capacities only: no solves.")
def validate(page: Path | None, without_flows: bool) -> None:
    """Hold the library's network against every published figure that comes with it."""
    from corridors.studies import validation, validation_page

    kinds = [kind for kind in validation.KINDS if not (without_flows and kind == "flow")]
    table = validation.validate(kinds=kinds)
    click.echo(validation_page.text(table))
    if page is not None:
        page.write_text(validation_page.page(table), encoding="utf-8")
        click.echo(f"The whole account is in {page}")


def _told(row: Any) -> str:
    if row.cost != row.cost:
        return "no way"
    hours = "" if row.time != row.time else f", {row.time:,.0f} h"
    way = row.links.replace(";", " > ")
    return f"{row.cost:,.2f} USD/t{hours}, {row.length:,.0f} km by {row.modes.replace(';', ', ')}\n  {way}"


if __name__ == "__main__":
    sys.exit(main())
