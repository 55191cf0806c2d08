"""The command of prices: what a tonne costs delivered, and what more room saves."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, named_shock, study
from corridors.commands.outputs import paragraph

SHOWN = 8
"""Rows of each of three tables on the screen."""


@click.command()
@study
@click.option("--of", "of", required=True, help="The commodity whose delivered cost is printed; all demand moves.")
@click.option("--start", help="Where it starts, as demand names it: a node or zone; by default where most does.")
@click.option("--shock", help="Prices under a named shock (see `corridors shocks`) instead of today's.")
def prices(case: Case, of: str, start: str | None, shock: str | None) -> None:
    """What a tonne costs delivered at each node, and what a tonne more or less of full capacities changes."""
    from corridors.maps.prices import plot_prices, plot_rents
    from corridors.studies.prices import delivered_costs, marginal_costs
    from corridors.studies.rents import bottlenecks, rents
    from corridors.sweeping.solve import solve

    found, rows = case.read()
    of, chosen = _start(case, rows, of, start)
    scenario = None if shock is None else named_shock(found, rows, shock)
    result = solve(found, rows) if scenario is None else _under(found, rows, scenario)
    table = delivered_costs(found, result, commodity=of, origin=chosen)
    by_country = table.dropna().groupby("country").cost.agg(["count", "min", "median", "max"]).sort_values("median")
    case.say(f"{table.attrs['class']}: delivered cost by country, over its nodes; the cheapest of {len(by_country)}\n")
    case.show(by_country.reset_index().head(SHOWN), dict.fromkeys(("min", "median", "max"), "USD/t"))
    if table.attrs["tied"]:
        case.say("Other flows have the same loss: these prices are those of one optimum.")
    wanted = marginal_costs(found, rows, commodity=of, origin=chosen, scenario=scenario)
    largest = wanted.drop(columns=["commodity", "origin"]).sort_values("volume", ascending=False, kind="stable")
    case.say(f"\nDemand: what one more tonne costs and one less saves, the largest of {len(wanted)} rows\n")
    case.show(largest.head(SHOWN))
    scarce = rents(found, rows, scenario=scenario)
    shown = bottlenecks(scarce).head(SHOWN)
    case.say("\nFull: what one more tonne of room saves (of those in series, together), what one less costs, and up to")
    case.say("how many tonnes each holds\n")
    columns = ["bundles", "limit", "saves_more", "up_to_more", "costs_less", "up_to_less"]
    if len(shown):
        case.show(shown[columns])
    else:
        case.say("Nothing but members of zones.")
    title = case.titled("Where room is scarce")
    figures = {
        "prices": lambda: plot_prices(found, table, result),
        "rents": lambda: plot_rents(found, scarce, title=title),
    }
    case.write("prices", table, {"rents": scarce, "marginal_costs": wanted}, {"cost": "USD/t"}, figures)


def _start(case: Case, rows: Any, of: str, start: str | None) -> tuple[str, str]:
    """The commodity, and where it starts: as asked, or where most of it does, which is printed."""
    from corridors.errors import nearest
    from corridors.schema.columns import as_known

    goods = list(dict.fromkeys(rows.commodity))
    of = as_known(of, goods)
    volumes = rows[rows.commodity == of].groupby("origin", sort=False).volume.sum()
    volumes = volumes.sort_values(ascending=False, kind="stable")
    if volumes.empty:
        near = nearest([of], goods)
        raise click.BadParameter(f"no {of} is moved; give one of {', '.join(goods)}{near}", param_hint="--of")
    if start is not None:
        start = as_known(start, volumes.index)
        if start not in volumes:
            there = f"{', '.join(volumes.index)}{nearest([start], volumes.index)}"
            raise click.BadParameter(f"no {of} starts at {start}; give one of {there}", param_hint="--start")
    elif len(volumes) > 1:
        others = ", ".join(volumes.index[1:])
        text = (
            f"{of}: from {volumes.index[0]}, where most starts ({volumes.iloc[0] / 1e6:,.1f} of "
            f"{volumes.sum() / 1e6:,.1f} Mt a year); --start takes another: {others}"
        )
        case.say(f"{paragraph(text)}\n")
    return of, str(volumes.index[0]) if start is None else start


def _under(network: Any, rows: Any, scenario: Any) -> Any:
    from corridors.sweeping.solve import sweep_all

    return sweep_all(network, rows, scenario, keep=("price", "flow", "tied")).isel(scenario=0)


COMMANDS = (prices,)
