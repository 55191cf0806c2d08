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
@click.option("--chart", type=click.Path(path_type=Path), help="Draw time over distance of the cheapest way: a .png.")
def skim(
    network: str,
    year: int,
    commodity: str,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    by: str,
    chart: Path | None,
) -> None:
    """Cost, time, distance and path of the best way between nodes."""
    from corridors.model.skims import skim as skim_network

    table = skim_network(
        network_of(network, year), commodity=commodity, origins=origins, destinations=destinations, by=by
    )
    for row in table.itertuples():
        click.echo(f"{row.origin} -> {row.destination}: {_told(row)}")
    if chart is not None:
        from corridors.maps.charts import plot_time_cost_distance
        from corridors.maps.style import save_map

        drawn = plot_time_cost_distance(
            _network(network, year), commodity=commodity, origin=origins[0], destination=destinations[0]
        )
        click.echo(f"The chart is in {', '.join(str(path) for path in save_map(drawn, chart))}")


@main.command()
@click.option("--page", type=click.Path(path_type=Path), help="Write the whole account into this Markdown file.")
@click.option("--without-flows", is_flag=True, help="Times, costs, distances and capacities only: no solves.")
@click.option("--plain", is_flag=True, help="Without the preferences at gates that `corridors calibrate` fits.")
def validate(page: Path | None, without_flows: bool, plain: bool) -> None:
    """Hold the library's network against every published figure that comes with it."""
    from corridors.scenarios.preferences import with_preferences
    from corridors.studies import validation, validation_page

    kinds = [kind for kind in validation.KINDS if not (without_flows and kind == "flow")]
    table = validation.validate(kinds=kinds, change=(lambda network: network) if plain else with_preferences)
    click.echo(validation_page.text(table))
    if page is not None:
        page.write_text(validation_page.page(table), encoding="utf-8")
        click.echo(f"The whole account is in {page}")


@main.command()
@click.option("--free", multiple=True, help="A parameter to fit, may be given again; all by default.")
@click.option("--evaluations", default=100, show_default=True, help="How many times to solve, at most.")
@click.option(
    "--thirds", is_flag=True, help="Fit a third of the parameters, two thirds, all: does what is held out suffer?"
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the parameters, as fitted, into this CSV file.")
def calibrate(free: tuple[str, ...], evaluations: int, thirds: bool, out: Path | None) -> None:
    """Fit the preferences at gates to observed flows; those held out judge the fit."""
    from corridors.datasets import load_parameters
    from corridors.studies import calibration

    names = list(free) or list(load_parameters().parameter_id)
    parts = [names[: -(-len(names) * third // 3)] for third in (1, 2, 3)] if thirds else [names]
    for part in parts:
        click.echo(f"Fitting {', '.join(part)}")
        fit = calibration.calibrate(free=part, evaluations=evaluations, progress=click.echo)
        click.echo(calibration.text(fit))
    if out is not None:
        fit.parameters.drop(columns="free").to_csv(out, index=False)
        click.echo(f"The parameters are in {out}")


@main.command()
@click.argument("event", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), help="Write the table into this CSV file as well.")
def replay(event: tuple[str, ...], out: Path | None) -> None:
    """Solve dated events (all, or some by id) and tell what they do beside what was reported."""
    from corridors.datasets import load_events
    from corridors.errors import InputError
    from corridors.studies import replay as study

    table = load_events()
    unknown = [name for name in event if name not in set(table.event_id)]
    if unknown:
        raise InputError(f"replay: there is no event {', '.join(unknown)}; there is {', '.join(table.event_id)}")
    done = study.replay_all(table[table.event_id.isin(event)] if event else table)
    click.echo(study.text(done))
    if out is not None:
        done.to_csv(out, index=False)
        click.echo(f"The table is in {out}")


def _told(row: Any) -> str:
    if row.cost != row.cost:
        return "no way"
    hours = "" if row.time != row.time else f", {row.time:,.0f} h"
    way = row.links.replace(";", " > ")
    return f"{row.cost:,.2f} USD/t{hours}, {row.length:,.0f} km by {row.modes.replace(';', ', ')}\n  {way}"


if __name__ == "__main__":
    sys.exit(main())
