"""Commands that compare the model with what was published, observed and reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands import outputs
from corridors.commands.inputs import (
    DEMAND,
    JSON,
    NETWORK,
    OUT,
    PREFERENCES,
    YEAR,
    case_line,
    case_names,
    data_of_library,
    network_and_demand,
    repeated,
    year_of,
)
from corridors.commands.outputs import tried_file

if TYPE_CHECKING:
    import pandas as pd


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
    help="Write the whole account into this Markdown file, its figures beside it.",
)
@click.option("--without-flows", is_flag=True, help="Times, costs, distances and capacities only: no solves.")
@PREFERENCES
@JSON
@OUT
def validate(
    network: str,
    year: int | None,
    demand: str | None,
    page: Path | None,
    without_flows: bool,
    preferences: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    """Compare a network with every published figure of its year; by default the library's, year by year."""
    from corridors.validation import compare_published as validation
    from corridors.validation import page as validation_page

    say = _unsaid if as_json else click.echo
    kinds = [kind for kind in validation.KINDS if not (without_flows and kind == "flow")]
    whole, names = (network, year, demand) == ("eurasia", None, None), {}
    if whole:
        table = validation.validate_all(kinds=kinds, preferences=preferences)
        case = network_and_demand(network, year, demand, preferences) if page is not None else None
    else:
        case = network_and_demand(network, year, demand, preferences)
        names = case_names(*case)
        say(case_line(*case))
        remedy = "hold yours against counts by corridors.compare_observed"
        with data_of_library(network, "published figures", remedy):
            table = validation.validate(*case, year=year_of(year, demand), kinds=kinds)
    click.echo(outputs.as_json(names, {"validation": table}, COMPARED) if as_json else validation_page.text(table))
    if page is not None and case is not None:
        parts = {} if without_flows else _of_the_base(*case, table, whole=whole)
        pictures = _pictures(case[0], parts, page)
        page.write_text(validation_page.page(table, **parts, pictures=pictures), encoding="utf-8")
        figures = f", with {' and '.join(pictures.values())}" if pictures else ""
        say(f"The whole account is in {page}{figures}")
    if out is not None:
        outputs.write_results({"validation": table}, out, names, COMPARED, {}, quiet=as_json)


def _unsaid(text: str) -> None:
    """Where JSON is asked for, nothing else is printed."""


def _of_the_base(network: Any, demand: Any, table: Any, *, whole: bool) -> dict[str, Any]:
    """What the page says of a case: loads of links where its table records some, paths; of the library's also more."""
    from corridors.datasets import load_observed
    from corridors.studies.rents import rents
    from corridors.sweeping.solve import solve
    from corridors.validation.aims import aims
    from corridors.validation.legs import compare_legs
    from corridors.validation.observed import compare_observed, link_loads
    from corridors.validation.paths import compare_paths
    from corridors.validation.replay import replay_reported

    base = solve(network, demand)
    parts = {"loads": link_loads(network, base) if "flow" in network.links else None}
    parts["paths"] = compare_paths(network, demand)
    if whole:
        parts["counts"] = compare_observed(network, base, load_observed())
        parts["replayed"], parts["legs"] = replay_reported(), compare_legs(network)
        parts["reached"] = aims(table, parts["loads"], rents(network, base), network)
    return parts


def _pictures(network: Any, parts: dict[str, Any], page: Path) -> dict[str, str]:
    """Draw what was observed next to the model, beside a page; the names of the files by what they draw."""
    from corridors.maps.style import save_figure
    from corridors.validation.plots import plot_link_loads, plot_observed

    loads, counts, drawn = parts.get("loads"), parts.get("counts"), {}
    if loads is not None and len(loads) and {"x_coord", "y_coord"} <= {*network.nodes}:
        drawn["loads"] = plot_link_loads(network, loads)
    if counts is not None:
        drawn["counts"] = plot_observed(counts)
    for name, axes in drawn.items():
        save_figure(axes, page.with_name(f"{page.stem}_{name}.png"), dpi=DOTS)
    return {name: f"{page.stem}_{name}.png" for name in drawn}


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
@JSON
def calibrate(
    network: str,
    year: int | None,
    demand: str | None,
    free: tuple[str, ...],
    evaluations: int,
    thirds: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Fit the preferences at gates to the flows observed in 2024; those held out judge the fit."""
    from corridors import arguments
    from corridors.datasets import load_parameters
    from corridors.validation import calibration

    say = _unsaid if as_json else click.echo
    found, rows = network_and_demand(network, year, demand)
    say(case_line(found, rows))
    there = list(load_parameters().parameter_id)
    remedy = f"give some of {', '.join(there)}"
    names = arguments.known_names("free", free or there, there, "is no parameter", remedy)
    parts = [names[: -(-len(names) * third // 3)] for third in (1, 2, 3)] if thirds else [names]
    tables: dict[str, pd.DataFrame] = {}
    for part in parts:
        say(f"Fitting {', '.join(part)}")
        with data_of_library(network, "preferences that are fitted", "give yours by corridors.with_preferences"):
            fit = calibration.calibrate(found, rows, free=part, evaluations=evaluations)
        if not as_json:
            click.echo(calibration.text(fit))
        of = f"_of_{len(part)}" if thirds else ""
        tables |= {f"parameters{of}": fit.to_frame(), f"flows{of}": fit.flows, f"errors{of}": fit.errors()}
    if as_json:
        click.echo(outputs.as_json(case_names(found, rows), tables, COMPARED))
    if out is not None:
        fit.to_frame().drop(columns="free").to_csv(out, index=False)
        say(f"The parameters are in {out}")


@click.command()
@click.argument("event", nargs=-1)
@click.option(
    "--within",
    type=click.Choice(["week", "month", "year"]),
    help="No more moves than can be added in that time.  [default: all adapt at once]",
)
@JSON
@OUT
def replay(event: tuple[str, ...], within: str | None, as_json: bool, out: Path | None) -> None:
    """Solve dated events (all, or some by id) and compare what they do with what was reported."""
    from corridors import arguments
    from corridors.datasets import load_events
    from corridors.sweeping.progress import one_bar
    from corridors.validation import replay as study

    table = load_events()
    remedy = f"give some of {', '.join(table.event_id)}"
    wanted = arguments.known_names("event", event, table.event_id, "is unknown", remedy)
    with one_bar("replay"):
        done = study.replay_all(table[table.event_id.isin(wanted)] if event else table, within=within)
    if as_json:
        click.echo(outputs.as_json({}, {"replay": done}, REPLAYED))
    else:
        click.echo(study.text(done) if len(done) <= FEW else _replayed(done))
    if out is not None:
        outputs.write_results({"replay": done}, out, {}, REPLAYED, {}, quiet=as_json)


COMPARED = {
    **dict.fromkeys(
        ("reference", "low", "high", "model", "start", "value", "before", "after"), "that of the row: unit"
    ),
    **dict.fromkeys(("ratio", "error", "median", "largest", "within_15", "flows"), "1"),
}
DOTS = 100
"""Dots an inch of the figures of the page, which is read on screens."""
FEW = 4
"""Events that a screen has room for with all that is known of them."""
REPLAYED = {
    **dict.fromkeys(("unmet", "moved", "reported"), "t"),
    **{"days": "d", "loss": "USD", "ratio": "1", "flow_before": "t/year", "flow_after": "t/year"},
}


def _replayed(table: pd.DataFrame) -> str:
    """A line an event, and which are not replayed."""
    done, rest = table[table.note == ""], table[table.note != ""]
    left = outputs.paragraph(f"not replayed: {', '.join(rest.event_id)}; before 2022, or not ended")
    if done.empty:
        return left
    columns = ["event_id", "date_start", "days", "loss", "unmet", "moved", "measure", "reported", "ratio"]
    dates = done.date_start.dt.strftime("%d %b %Y")
    shown = done.assign(date_start=dates, measure=done.measure.where(done.ratio.notna(), ""))[columns]
    return (
        f"{outputs.as_text(shown, units=REPLAYED)}\n"
        "moved: no longer over the links hit; ratio: predicted by reported; more of one event: corridors replay EVENT\n"
        + (left if len(rest) else "")
    )


COMMANDS = (
    validate,
    calibrate,
    replay,
)
