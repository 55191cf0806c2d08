"""The command of the hedging frontier: what autonomy from a bloc costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from corridors.commands.inputs import Case, Draws, number, repeated, study, uncertain

if TYPE_CHECKING:
    import pandas as pd

CUTS = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of what enters in free choice by which the summary has less."""


BLOCS = ("eaeu", "CN", "ots", "eu")
"""The blocs by which goods that leave are counted, as far as the network knows them; other countries by themselves."""
CHEAP = 100.0
"""USD/t up to which the summary of all exports calls leaving cheap."""


@click.command()
@study
@repeated("--bloc", required=True, help="A bloc or country")
@click.option("--exports", help="All exports of this country by commodity, and what each project and partner adds.")
@repeated("--over", help=f"With --exports: blocs and countries that goods touch [default: {', '.join(BLOCS)}]")
@click.option("--values", default="1", show_default=True, help="Factors of the value of undelivered goods.")
@uncertain
def hedging(
    case: Case, bloc: tuple[str, ...], exports: str | None, over: tuple[str, ...], values: str, draws: Draws
) -> None:
    """The least loss against the tonnes that enter a bloc, and what a tonne moved off it costs."""
    from corridors.maps.charts import plot_frontier
    from corridors.studies.hedging import hedging_frontier

    factors = [number(text) for text in values.split(",")]
    names = " and ".join(bloc)
    if exports is not None:
        for name, given in (("--origin", case.origin), ("--draws", draws.number)):
            if given:
                raise click.BadParameter(f"--exports takes no {name}; leave one of them out", param_hint="--exports")
        _all_exports(case, bloc, exports, over, factors)
        return
    found, wanted = case.whole()
    table = hedging_frontier(found, wanted, bloc=bloc, select=case.chosen, values=factors)
    unit, factor = case.money
    case.show(_cut_by(table))
    lower = table.error.max() * factor
    between = f"; between them\nextra_loss may be lower by {lower:,.3g} {unit} at most" if lower > 0 else ""
    case.say(
        f"what it costs to send less into {names} than in free choice, between corners in parts of both;\n"
        f"cost_of_autonomy: of the next tonne; {len(table)} corners, which --out and --json give{between}"
    )
    mixed = dict.fromkeys(("value", "low", "high"), "")
    also, sure = case.intervals(
        draws, hedging_frontier, found, wanted, units=mixed, bloc=bloc, select=case.chosen, values=factors
    )
    case.caution(found, wanted)
    title = case.titled(f"What it costs to depend less on {names}")
    drawn = {"hedging": lambda: plot_frontier(table, bloc=names, intervals=sure, title=title)}
    case.write("hedging", table, also, figures=drawn)


def _all_exports(case: Case, bloc: tuple[str, ...], country: str, over: tuple[str, ...], factors: list[float]) -> None:
    """All goods of a country, by commodity: concentration, frontiers, what projects and partners add."""
    from corridors.edits.selection import select_demand
    from corridors.maps.charts import plot_frontier
    from corridors.scenarios.crossings import members
    from corridors.schema.homes import homes_on_routes
    from corridors.studies.autonomy import autonomy
    from corridors.studies.dependence import concentration
    from corridors.studies.hedging import hedging_frontier
    from corridors.sweeping.solve import routes

    names, case.origin = " and ".join(bloc), country
    found, wanted = case.whole()
    select = {"commodity": case.commodity, "origin": country}
    goods = select_demand(found, wanted, **select)
    paths = routes(found, wanted)
    paths = paths[paths.demand_id.isin(goods.demand_id)]
    there = {*found.blocs.bloc.str.lower(), *found.nodes.country}
    blocs = list(over) or [name for name in BLOCS if name in there]
    gates = concentration(found, goods, paths, of="commodity")
    crossed = concentration(found, goods, paths, of="commodity", blocs=blocs)
    frontiers = hedging_frontier(found, wanted, bloc=bloc, select=select, of="commodity", values=factors)
    inside = homes_on_routes(
        found.zones, found.nodes, paths.demand_id.map(goods.set_index("demand_id").destination), paths.destination
    )
    sold = paths[inside.isin(members(found, bloc))].groupby("commodity").volume.sum()
    table = _by_commodity(gates, crossed, frontiers, sold)
    case.show(table)
    case.say(
        f"gates, blocs: Herfindahl index of the countries first entered, and of the blocs touched "
        f"({', '.join(blocs) or 'each country'})\n"
        f"enters: into {names} in free choice; sold: ends there; stays: is left behind where nothing may enter\n"
        f"at_{CHEAP:g}: still enters where each tonne that leaves for less than {CHEAP:g} USD has; "
        f"cost_50: of the next tonne after half"
    )
    adds = autonomy(found, wanted, bloc=bloc, select=select)
    unit, factor = case.money
    case.say(
        f"\nWhat projects and partners save: as things are, where nothing may enter {names}, and then as the first\n"
    )
    case.show(adds.drop(columns="name").head(12))
    lost = (adds.attrs["loss_shut"] - adds.attrs["loss"]) * factor
    many = f"{len(adds)} row{'s' * (len(adds) != 1)}"
    case.say(f"nothing into {names} costs {lost:,.1f} {unit}; {many}, which --out and --json give")
    case.caution(found, wanted)
    title = f"What it costs {country.upper()} to depend less on {names}"
    also = {"exports": table, "gates": gates, "blocs": crossed, "autonomy": adds}
    case.write(
        "hedging", frontiers, also, figures={"hedging": lambda: plot_frontier(frontiers, bloc=names, title=title)}
    )


def _by_commodity(
    gates: pd.DataFrame, crossed: pd.DataFrame, frontiers: pd.DataFrame, sold: pd.Series[float]
) -> pd.DataFrame:
    """A row a commodity that leaves the country: over how few it goes, and what autonomy costs."""
    import numpy as np
    import pandas as pd

    rows = {}
    for group, corners in frontiers[frontiers.value_factor == frontiers.value_factor.iloc[0]].groupby("group"):
        above = ~(corners.cost_of_autonomy < CHEAP).to_numpy()
        through = corners.through.to_numpy()
        half = int(np.searchsorted(-through, -through[0] / 2, side="right")) - 1
        cost = float(corners.cost_of_autonomy.iloc[half]) if through[0] > 0 else np.nan
        rows[group] = (through[0], through[int(np.argmax(above))], corners.unmet.iloc[-1], cost)
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["enters", f"at_{CHEAP:g}", "stays", "cost_50"])
    table = gates[["group", "exported"]].assign(gates=gates.herfindahl.to_numpy())
    of_bloc = crossed.set_index("group")
    for name, column in (("blocs", "herfindahl"), ("largest", "largest"), ("largest_share", "largest_share")):
        table[name] = table.group.map(of_bloc[column])
    table = table.join(found, on="group")
    table.insert(table.columns.get_loc("enters") + 1, "sold", table.group.map(sold).fillna(0.0))
    table.attrs["units"] = {
        **dict.fromkeys(("enters", "sold", f"at_{CHEAP:g}", "stays"), "t/year"),
        **{"cost_50": "USD/t", "gates": "1", "blocs": "1"},
    }
    return table


def _cut_by(table: pd.DataFrame) -> pd.DataFrame:
    """The frontier where some shares of what enters in free choice no longer do, exact between its corners."""
    import numpy as np
    import pandas as pd

    parts = []
    for factor, corners in table.groupby("value_factor", sort=False):
        rising = corners.iloc[::-1]
        through = corners.through.iloc[0] * (1 - np.array(CUTS))
        at = np.searchsorted(rising.through.to_numpy(), through, side="left").clip(0, len(rising) - 1)
        part = {name: np.interp(through, rising.through, rising[name]) for name in ("extra_loss", "unmet")}
        frame = pd.DataFrame({"value_factor": factor, "less": CUTS, "through": through, **part})
        parts.append(frame.assign(cost_of_autonomy=rising.cost_of_autonomy.to_numpy()[at]))
    return pd.concat(parts, ignore_index=True)


COMMANDS = (hedging,)
