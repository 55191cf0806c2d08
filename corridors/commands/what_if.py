"""The command of what if: some changes for some days, what they cost, who pays, and where the goods go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corridors.commands.changes import NamedChanges, changed_by_name
from corridors.commands.inputs import Case, study
from corridors.commands.units import on_screen

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 6
"""Rows of each table on the screen."""
SMALL = 5e4
"""Losses in USD that a screen leaves out."""


@click.command(name="what-if")
@study
@changed_by_name
@click.option("--days", default=365.0, show_default=True, help="For how long.")
def what_if(case: Case, changes: NamedChanges, days: float) -> None:
    """What closures, tolls, less room or new lines cost in some days, who pays, and where the goods go.

    --commodity and --origin say for whose goods closures, tolls and refusals hold; all demand moves.
    """
    from corridors.maps.flow_map import plot_difference, plot_map
    from corridors.schema.homes import zone_names
    from corridors.studies.what_if import what_if as changed

    found, rows = case.whole()
    result = changed(
        found,
        rows,
        **changes.named(),
        scenario=changes.given(found, rows),
        days=days,
        select=case.chosen,
    )
    tonnes, kilo = on_screen("t", "year")
    what = case.titled(result.scenario)
    case.say(f"{what}, for {result.days:g} days\n")
    case.say(f"  loss   {result.loss / 1e6:12,.1f} million USD, with the value of what stays behind")
    case.say(f"  cost   {result.cost / 1e6:12,.1f} million USD, of what is moved")
    case.say(f"  unmet  {result.unmet * kilo:12,.1f} {tonnes} stay behind\n")
    units = {"loss": "USD", "unmet": "t", "wanted": "t", **dict.fromkeys(("before", "after", "change"), "t/year")}
    case.say("Who pays, by country of origin and of destination")
    payers = result.payers[result.payers.loss.abs() >= SMALL]
    payers = payers.assign(country=payers.country.replace(zone_names(found.zones)))
    case.show(_side_by_side(payers), {**units, "loss of it": "USD"})
    case.say("\nBy commodity")
    case.show(result.goods[result.goods.loss.abs() >= SMALL].head(SHOWN), units)
    case.say("\nWhere it goes: the flows that change most")
    case.show(result.diversions.head(SHOWN + 2), units)
    if bool(result.after.tied):
        case.say("Other flows have the same loss: these are those of one optimum.")
    case.caution(found, rows)
    figures: dict[str, Any] = {
        "before": lambda: plot_map(found, result.base, title="Before", compared=result.after),
        "after": lambda: plot_map(
            found, result.after, title=f"After: {what}", compared=result.base, closed=result.closed
        ),
        "difference": lambda: plot_difference(
            found, result.base, result.after, closed=result.closed, title=f"Gain and loss of flow: {what}"
        ),
    }
    also = {"payers": result.payers, "goods": result.goods, "diversions": result.diversions}
    case.write("what_if", result.to_frame(), also, units, figures)


def _side_by_side(payers: pd.DataFrame) -> pd.DataFrame:
    """Who pays most: by country of origin, and next to it by country of destination."""
    import pandas as pd

    ends = {end: part.head(SHOWN).reset_index(drop=True) for end, part in payers.groupby("end", sort=False)}
    none = payers.head(0)
    first, second = (ends.get(end, none)[["country", "loss"]] for end in ("origin", "destination"))
    heads = {"country": "origin"}, {"country": "destination", "loss": "loss of it"}
    return pd.concat([first.rename(columns=heads[0]), second.rename(columns=heads[1])], axis=1)


COMMANDS = (what_if,)
