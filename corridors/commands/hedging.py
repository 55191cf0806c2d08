"""The command of the hedging frontier: what autonomy from a bloc costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from corridors.commands.inputs import DRAWS, Case, number, repeated, study

if TYPE_CHECKING:
    import pandas as pd

CUTS = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of what enters in free choice by which the summary has less."""


@click.command()
@study
@repeated("--bloc", required=True, help="A bloc or country")
@click.option("--values", default="1", show_default=True, help="Factors of the value of undelivered goods.")
@DRAWS
def hedging(case: Case, bloc: tuple[str, ...], values: str, draws: int) -> None:
    """The least loss against the tonnes that enter a bloc, and what a tonne moved off it costs."""
    from corridors.maps.charts import plot_frontier
    from corridors.studies.hedging import hedging_frontier

    factors = [number(text) for text in values.split(",")]
    found, wanted = case.whole()
    select = {"commodity": case.commodity, "origin": case.origin}
    table = hedging_frontier(found, wanted, bloc=bloc, select=select, values=factors)
    unit, factor = case.money
    case.show(_cut_by(table))
    case.say(
        f"what it costs to send less into {' and '.join(bloc)} than in free choice, between corners in parts of both;\n"
        f"cost_of_autonomy: of the next tonne; {len(table)} corners, which --out and --json give; between them\n"
        f"extra_loss may be lower by {table.error.max() * factor:,.3g} {unit} at most"
    )
    mixed = dict.fromkeys(("value", "low", "high"), "")
    sure = case.intervals(draws, hedging_frontier, found, wanted, units=mixed, bloc=bloc, select=select, values=factors)
    case.caution(found, wanted)
    names = " and ".join(bloc)
    title = case.titled(f"What it costs to depend less on {names}")
    case.write("hedging", table, sure, figures={"hedging": lambda: plot_frontier(table, bloc=names, title=title)})


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
