"""The command of the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridors.commands.inputs import BASE_YEAR, case_line, network_and_demand, of_case, year_of
from corridors.commands.outputs import as_text, tried_folder

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SHOWN = 6
"""Rows of each table on the screen."""
BY_COMMODITY = {"delivered": "t/year", "tonne_km": "t-km/year", "cost": "USD/year", "cost_per_tonne": "USD/t"}


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
    from corridors.report.drawing import Drawing
    from corridors.sweeping.progress import one_bar

    found, rows = network_and_demand(network, year, demand, preferences)
    of_base_year = (network, year_of(year, demand), rows.attrs.get("name")) == ("eurasia", BASE_YEAR, str(BASE_YEAR))
    observed = load_observed(str(BASE_YEAR)) if of_base_year else None
    with Drawing(found) as drawing, one_bar("report"):
        from corridors.report.job import report as write_report  # while the process that draws loads what it needs

        told = not quiet
        base, tables = write_report(found, rows, out, drawing, observed=observed, closures=closures, progress=told)
    if not quiet:
        click.echo(f"{case_line(found, rows)}\n{_in_short(rows, base, tables)}")
        click.echo(
            f"The summary is {out / 'summary.md'}, a page to click on {out / 'page.html'}; tables and maps are there"
        )


def _in_short(rows: pd.DataFrame, base: xr.Dataset, tables: dict[str, pd.DataFrame]) -> str:
    """The base case, what is full, and the most expensive closures, on one screen."""
    from corridors.studies.rents import bottlenecks

    full, critical = bottlenecks(tables["binding_capacities"]), tables["criticality"]
    goods = tables["flows_by_commodity"].sort_values("volume", ascending=False, kind="stable")
    columns = ["scenario", "loss", "low", "high", "first", "unmet", "base_flow", "losers_origin"]
    lines = [
        f"{rows.volume.sum() / 1e6:,.1f} Mt a year wanted, {float(base.unmet.sum()) / 1e6:,.3g} Mt stay behind; "
        f"loss {float(base.loss) / 1e6:,.0f} M USD a year, proven gap {float(base.gap):.1g}\n",
        f"By commodity, {_first(goods)}\n",
        as_text(goods.head(SHOWN), units=BY_COMMODITY),
        f"\nFull, and what a tonne more of room saves, {_first(full)}\n",
        as_text(full[["bundles", "limit", "saves_more", "up_to_more"]].head(SHOWN)) if len(full) else "Nothing.",
        f"\nMost expensive of {len(critical)} closures; unmet and loss: more than in the base\n",
        as_text(critical[[name for name in columns if name in critical]].head(SHOWN)),
        "low, high: nine of ten cases lie between, as volumes, capacities and penalties vary by their confidence;\n"
        "first: the share of cases in which it costs most",
    ]
    if "gates" in tables:
        tested = tables["gates"][~tables["gates"].restates.astype(bool)]
        lines.append(f"\nFlows at gates: {int(tested.within.sum())} of {len(tested)} are as observed\n")
    return "\n".join(lines)


def _first(table: pd.DataFrame) -> str:
    """How many rows of a table are shown, of how many."""
    return f"the first {SHOWN} of {len(table)}" if len(table) > SHOWN else f"all {len(table)}"


COMMANDS = (report,)
