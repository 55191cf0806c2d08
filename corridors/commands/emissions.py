"""The command of emissions: the greenhouse gases of the freight that moves, and what a price on them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import Case, repeated, study

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@study
@repeated("--price", "prices", type=float, help="A price of carbon, USD/t CO2e")
@click.option(
    "--by",
    default="mode",
    show_default=True,
    type=click.Choice(["mode", "link", "commodity"]),
    help="What emissions are added up by.",
)
def emissions(case: Case, prices: tuple[float, ...], by: str) -> None:
    """Greenhouse gases of the freight that moves, by mode, link or commodity, and what a price of carbon changes."""
    from corridors.maps.emissions import plot_emissions
    from corridors.scenarios.carbon import carbon_price
    from corridors.studies.emissions import emissions as emitted
    from corridors.sweeping.solve import sweep_all

    found, rows = case.read()
    levels = sorted({0.0, *prices})
    result = sweep_all(found, rows, carbon_price(found, rows, levels), keep=("flow",))
    table = emitted(found, result, per=by)
    first = table[table.scenario == table.scenario.iloc[0]] if len(table) else table
    case.show(first.drop(columns="scenario").head(15), UNITS)
    also = {}
    if prices:
        total = table.groupby("scenario", sort=False).emissions.sum().reindex(result.scenario.to_numpy()).to_numpy()
        also["carbon_prices"] = _answers(levels, total, result)
        case.say("\nWhat a price of carbon changes: freight and time without the price, and what is emitted\n")
        case.show(also["carbon_prices"], UNITS)
    named = dict(zip(result.scenario.to_numpy().tolist(), (f"{level:g} USD/t CO2e" for level in levels), strict=True))
    drawn = table.assign(scenario=table.scenario.map(named)) if prices else first.drop(columns="scenario")
    figures = {"emissions": lambda: plot_emissions(drawn, title=case.titled("Greenhouse gases of freight"))}
    case.write("emissions", table, also, {**table.attrs["units"], **UNITS}, figures)


UNITS = {"price": "USD/t CO2e", "emissions": "t CO2e/year", "unmet": "t/year", "cost": "USD/year"}


def _answers(levels: list[float], total: Any, result: Any) -> pd.DataFrame:
    """By price, what is emitted, what stays behind, and what all else costs."""
    import pandas as pd

    table = pd.DataFrame({"price": levels, "emissions": total})
    table["unmet"] = result.unmet_total.to_numpy()
    table["cost"] = result.cost.to_numpy() - table.price * table.emissions
    return table


COMMANDS = (emissions,)
