"""The command of prices: what a tonne costs delivered, and what more room saves."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, study


@click.command()
@study
@click.option("--of", "of", required=True, help="The commodity whose delivered cost is printed; all demand moves.")
@click.option("--start", help="Where it starts, as demand names it: a node or zone; by default where most does.")
@click.option("--shock", help="Prices under a named shock (see `corridors shocks`) instead of today's.")
def prices(case: Case, of: str, start: str | None, shock: str | None) -> None:
    """What a tonne costs delivered at each node, and what a tonne more or less of full capacities changes."""
    from corridors.maps.prices import plot_prices, plot_rents
    from corridors.scenarios.shocks import shocks
    from corridors.studies.prices import delivered_costs, marginal_costs
    from corridors.studies.rents import bottlenecks, rents
    from corridors.sweeping.solve import solve

    found, rows = case.read()
    chosen = _start(rows, of, start)
    scenario = None if shock is None else shocks(found, rows).select([shock])
    result = solve(found, rows) if scenario is None else _under(found, rows, scenario)
    table = delivered_costs(found, result, commodity=of, origin=chosen)
    by_country = table.dropna().groupby("country").cost.agg(["count", "min", "median", "max"]).sort_values("median")
    click.echo(f"{table.attrs['class']}: delivered cost by country, USD a tonne, over its nodes\n")
    click.echo(by_country.round(1).reset_index().to_string(index=False))
    if table.attrs["tied"]:
        click.echo("Other flows have the same loss: these prices are those of one optimum.")
    wanted = marginal_costs(found, rows, commodity=of, origin=chosen, scenario=scenario)
    click.echo("\nDemand: what one more tonne costs and one less saves, USD; volume and unmet in tonnes a year\n")
    click.echo(_in_tonnes(wanted.drop(columns=["commodity", "origin"]), ("volume", "unmet")))
    scarce = rents(found, rows, scenario=scenario)
    shown = bottlenecks(scarce[scarce.kind != "zone"]).head(15)
    click.echo("\nFull: what one more tonne of room saves (of those in series, together), what one less costs, USD,")
    click.echo("and up to how many tonnes a year each holds; limit in tonnes a year\n")
    columns = ["bundles", "limit", "saves_more", "up_to_more", "costs_less", "up_to_less"]
    text = _in_tonnes(shown[columns], ("limit", "up_to_more", "up_to_less"))
    click.echo(text if len(shown) else "Nothing but places where goods start or end.")
    figures = {"prices": lambda: plot_prices(found, table, result), "rents": lambda: plot_rents(found, scarce)}
    case.write("prices", table, {"rents": scarce, "marginal_costs": wanted}, **figures)


def _in_tonnes(table: Any, columns: tuple[str, ...]) -> str:
    """A table as text, some columns in whole tonnes; what has no end is "any"."""
    shown = {name: ["any" if v == float("inf") else f"{v:,.0f}" for v in table[name]] for name in columns}
    return str(table.assign(**shown).to_string(index=False))


def _start(rows: Any, of: str, start: str | None) -> str:
    """Where a commodity starts: as asked, or where most of it does, which is printed."""
    volumes = rows[rows.commodity == of].groupby("origin", sort=False).volume.sum()
    volumes = volumes.sort_values(ascending=False, kind="stable")
    if volumes.empty:
        there = ", ".join(dict.fromkeys(rows.commodity))
        raise click.BadParameter(f"no {of} is moved; give one of {there}", param_hint="--of")
    if start is not None and start not in volumes:
        raise click.BadParameter(
            f"no {of} starts at {start}; give one of {', '.join(volumes.index)}", param_hint="--start"
        )
    if start is None and len(volumes) > 1:
        others = ", ".join(volumes.index[1:])
        click.echo(
            f"{of}: from {volumes.index[0]}, where most starts ({volumes.iloc[0] / 1e6:,.1f} of "
            f"{volumes.sum() / 1e6:,.1f} Mt a year); --start takes another: {others}\n"
        )
    return str(volumes.index[0]) if start is None else start


def _under(network: Any, rows: Any, scenario: Any) -> Any:
    from corridors.sweeping.solve import sweep_all

    return sweep_all(network, rows, scenario, keep=("price", "flow", "tied")).isel(scenario=0)


COMMANDS = (prices,)
