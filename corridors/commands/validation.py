"""Commands that compare the model with what was published, observed and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import (
    DEMAND,
    NETWORK,
    PREFERENCES,
    YEAR,
    case_line,
    network_and_demand,
    repeated,
    year_of,
)
from corridors.commands.outputs import tried_file


@click.command()
@NETWORK
@click.option(
    "--year", type=int, help="The year of network and demand.  [default: every year that there are figures of]"
)
@DEMAND
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    callback=tried_file,
    help="Write the whole account into this Markdown file.",
)
@click.option("--without-flows", is_flag=True, help="Times, costs, distances and capacities only: no solves.")
@PREFERENCES
def validate(
    network: str, year: int | None, demand: str | None, page: Path | None, without_flows: bool, preferences: bool
) -> None:
    """Compare a network with every published figure of its year; by default the library's, year by year."""
    from corridors.validation import compare_published as validation
    from corridors.validation import page as validation_page

    kinds = [kind for kind in validation.KINDS if not (without_flows and kind == "flow")]
    if (network, year, demand) == ("eurasia", None, None):
        table = validation.validate_all(kinds=kinds, preferences=preferences)
    else:
        found, rows = network_and_demand(network, year, demand, preferences)
        click.echo(case_line(found, rows))
        table = validation.validate(found, rows, year=year_of(year, demand), kinds=kinds)
    click.echo(validation_page.text(table))
    if page is not None:
        case = None if without_flows else network_and_demand(network, year, demand, preferences)
        loads, paths = (None, None) if case is None else _loads_and_paths(*case)
        page.write_text(validation_page.page(table, loads, paths), encoding="utf-8")
        click.echo(f"The whole account is in {page}")


def _loads_and_paths(network: Any, demand: Any) -> tuple[Any, Any]:
    """Loads of links where their table records some, and the paths of a case."""
    from corridors.sweeping.solve import solve
    from corridors.validation.observed import link_loads
    from corridors.validation.paths import compare_paths

    loads = link_loads(network, solve(network, demand)) if "flow" in network.links else None
    return loads, compare_paths(network, demand)


@click.command()
@NETWORK
@YEAR
@DEMAND
@repeated("--free", help="A parameter to fit (all by default)")
@click.option("--evaluations", default=100, show_default=True, help="How many times to solve, at most.")
@click.option(
    "--thirds", is_flag=True, help="Fit a third of the parameters, two thirds, all: do the flows held out get worse?"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    callback=tried_file,
    help="Write the parameters, as fitted, into this CSV file.",
)
def calibrate(
    network: str,
    year: int | None,
    demand: str | None,
    free: tuple[str, ...],
    evaluations: int,
    thirds: bool,
    out: Path | None,
) -> None:
    """Fit the preferences at gates to the flows observed in 2024; those held out judge the fit."""
    from corridors import arguments
    from corridors.datasets import load_parameters
    from corridors.validation import calibration

    found, rows = network_and_demand(network, year, demand)
    click.echo(case_line(found, rows))
    there = list(load_parameters().parameter_id)
    remedy = f"give some of {', '.join(there)}"
    names = arguments.known_names("free", free or there, there, "is no parameter", remedy)
    parts = [names[: -(-len(names) * third // 3)] for third in (1, 2, 3)] if thirds else [names]
    for part in parts:
        click.echo(f"Fitting {', '.join(part)}")
        fit = calibration.calibrate(found, rows, free=part, evaluations=evaluations)
        click.echo(calibration.text(fit))
    if out is not None:
        fit.to_frame().drop(columns="free").to_csv(out, index=False)
        click.echo(f"The parameters are in {out}")


@click.command()
@click.argument("event", nargs=-1)
@click.option(
    "--within",
    type=click.Choice(["week", "month", "year"]),
    help="No more moves than can be added in that time.  [default: all adapt at once]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), callback=tried_file, help="Write the table into this CSV file as well."
)
def replay(event: tuple[str, ...], within: str | None, out: Path | None) -> None:
    """Solve dated events (all, or some by id) and compare what they do with what was reported."""
    from corridors import arguments
    from corridors.datasets import load_events
    from corridors.validation import replay as study

    table = load_events()
    remedy = f"give some of {', '.join(table.event_id)}"
    wanted = arguments.known_names("event", event, table.event_id, "is unknown", remedy)
    done = study.replay_all(table[table.event_id.isin(wanted)] if event else table, within=within)
    click.echo(study.text(done))
    if out is not None:
        done.to_csv(out, index=False)
        click.echo(f"The table is in {out}")


COMMANDS = (
    validate,
    calibrate,
    replay,
)
