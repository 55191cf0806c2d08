"""The command of what if: some changes for some days, what they cost, who pays, and where the goods go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import SCENARIOS, Case, named_shock, number, pairs, repeated, study
from corridors.commands.units import on_screen
from corridors.errors import listed

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 6
"""Rows of each table on the screen."""
SMALL = 5e4
"""Losses in USD that a screen leaves out."""


@click.command(name="what-if")
@study
@repeated("--close", help="What closes: a link, node, border (KZ-RU), corridor, country, bloc, mode")
@repeated("--open", "opened", help="A project, or a corridor or link that is planned")
@repeated("--scale", help="What its capacities are multiplied by: aktau_port=0.8")
@repeated("--toll", help="USD a tonne more: RU=50 on entries, aktau_port=5 on handling")
@repeated("--refuse", help="A country that lets no goods of others leave it or pass")
@click.option("--shock", help="A named shock as well (see `corridors list shocks`).")
@SCENARIOS
@click.option("--scenario", help="Which one of --scenarios, where there are several.")
@click.option("--days", default=365.0, show_default=True, help="For how long.")
def what_if(
    case: Case,
    close: tuple[str, ...],
    opened: tuple[str, ...],
    scale: tuple[str, ...],
    toll: tuple[str, ...],
    refuse: tuple[str, ...],
    shock: str | None,
    scenarios: Path | None,
    scenario: str | None,
    days: float,
) -> None:
    """What closures, tolls, less room or new lines cost in some days, who pays, and where the goods go.

    --commodity and --origin say for whose goods closures, tolls and refusals hold; all demand moves.
    """
    from corridors.maps.flow_map import plot_difference, plot_map
    from corridors.schema.homes import zone_names
    from corridors.studies.what_if import what_if as changed

    found, rows = case.whole()
    given: list[Any] = [] if shock is None else [named_shock(found, rows, shock)]
    given += [] if scenarios is None else [_one_of(scenarios, scenario)]
    result = changed(
        found,
        rows,
        close=close,
        open=opened,
        scale={name: number(text) for name, text in pairs("--scale", scale).items()},
        toll={name: number(text) for name, text in pairs("--toll", toll).items()},
        refuse=refuse,
        scenario=None if not given else given[0] if len(given) == 1 else given[0] * given[1],
        days=days,
        select={name: value for name in ("commodity", "origin") if (value := getattr(case, name)) is not None},
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


def _one_of(path: Path, name: str | None) -> Any:
    """The scenario of a name in a table or folder; the only one there, where none is named."""
    from corridors.scenarios.tables import read_scenarios

    found = read_scenarios(path)
    if name is not None:
        return found.select([name])
    if len(found) != 1:
        there = listed(found.label(i) for i in range(min(len(found), 5)))
        problem = f"{path.name} holds {len(found)} scenarios ({there}); name one, or rank them: corridors criticality"
        raise click.BadParameter(problem, param_hint="--scenario")
    return found


COMMANDS = (what_if,)
