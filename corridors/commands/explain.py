"""The commands of why: what one demand row pays by leg, the runner-up and what would flip it; and what is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corridors.commands.changes import NamedChanges, changed_by_name
from corridors.commands.inputs import Case, study

if TYPE_CHECKING:
    import pandas as pd

    from corridors.studies.explain import Explanation

SHOWN, ENDS = 15, 2
"""Rows of a table, and links of a route before those left out, on the screen."""


@click.command()
@study
@click.option("--row", help="The demand row, by its demand_id; without it the rows there are, the largest first.")
@changed_by_name
def explain(case: Case, row: str | None, changes: NamedChanges) -> None:
    """Why a demand row goes the way it does: cost by leg and kind, the runner-up, what is full, what would flip it.

    With --close, --toll and the like all this in that scenario, and what is other than in the base. --commodity and
    --origin choose the rows that are listed, and for whose goods closures, tolls and refusals hold; all demand moves.
    """
    from corridors.edits.selection import select_demand
    from corridors.maps.explanation import plot_explanation
    from corridors.studies.explain import explain as explained
    from corridors.sweeping.solve import solve, sweep_all

    found, rows = case.whole()
    if row is None:
        listed = select_demand(found, rows, commodity=case.commodity, origin=case.origin)
        listed = listed.sort_values("volume", ascending=False, kind="stable")
        table = listed[["demand_id", "commodity", "origin", "destination", "volume"]].reset_index(drop=True)
        case.say(f"{len(table)} rows; name one with --row\n")
        case.show(table.head(SHOWN))
        case.write("rows", table)
        return
    scenario = changes.together(found, rows, case.chosen)
    result = solve(found, rows) if scenario is None else sweep_all(found, rows, scenario)
    why = explained(found, rows, result, row, scenario=scenario)
    _say(case, why)
    title = f"{why.commodity.replace('_', ' ').capitalize()} from {why.origin} to {why.destination}, by route"
    title += f": {why.scenario}" if why.scenario else ""
    figures = {"explanation": lambda: plot_explanation(why.routes, title=title)} if len(why.routes) else {}
    also = {"legs": why.legs, "binding": why.binding, "flips": why.flips}
    also |= {"compared": why.compared} if why.scenario else {}
    case.write("explanation", why.to_frame(), also, UNITS, figures)


UNITS = {
    **dict.fromkeys(("cost", "costlier_by", "tariff", "fee", "time", "preference", "rent", "price", "rise"), "USD/t"),
    **dict.fromkeys(("rent_before", "cost_before", "cost_after"), "USD/t"),
    **dict.fromkeys(("limit", "moves", "before", "after", "change"), "t/year"),
    **{"length": "km", "hours": "h"},
}


def _say(case: Case, why: Explanation) -> None:
    """Print an explanation."""
    if why.scenario:
        case.say(f"Scenario: {why.scenario}")
    behind = f"{why.unmet / 1e6:,.3g} Mt stay behind" if why.unmet else "all is delivered"
    case.say(
        f"{why.demand_id}: {why.commodity} from {why.origin} to {why.destination}, "
        f"{why.volume / 1e6:,.3g} Mt a year wanted, {behind}; a tonne left behind costs {why.value:,.2f} USD\n"
    )
    if why.scenario:
        case.say("Next to the base\n")
        moved = why.compared.assign(links=[_short(links) for links in why.compared.links])
        case.show(moved[["route", "before", "after", "cost_before", "cost_after", "links"]], UNITS)
        case.say("")
    if why.routes.empty:
        case.say("No route leads there.")
        return
    costs = ["cost", "tariff", "fee", "time", "preference", "rent", "price"]
    case.say("What one more tonne pays, by route\n")
    case.show(_without_zeros(why.routes[["route", "volume", *costs, "costlier_by", "length", "hours"]]), UNITS)
    known: set[tuple[str, str]] = set()
    for name, legs in why.legs.groupby("route", sort=False):
        leg = [*zip(legs.kind, legs.id, strict=True)]
        route = "The runner-up" if name == "runner-up" else f"Route {name}"
        case.say(f"\n{route}, leg by leg{', where it differs from those above' if known else ''}\n")
        case.show(_without_zeros(legs[[one not in known for one in leg]][["kind", "id", "hours", *costs]]), UNITS)
        known.update(leg)
    if len(why.binding):
        case.say("\nFull on them, and what a tonne pays for the room\n")
        before = ["rent_before"] if why.scenario else []
        case.show(why.binding[["bundle", "limit", *before, "rent", "routes"]], UNITS)
    if len(why.flips):
        case.say("\nHow much more each leg of route 1 may cost before goods leave it\n")
        case.show(_in_series(why.flips).head(SHOWN), UNITS)


def _short(links: str) -> str:
    """The links of a route, those in the middle left out where they are many."""
    parts = links.split(";")
    return links if len(parts) <= ENDS + 2 else ";".join([*parts[:ENDS], f"{len(parts) - ENDS - 1} more", parts[-1]])


def _without_zeros(table: pd.DataFrame) -> pd.DataFrame:
    """The table without kinds of cost that nobody pays."""
    kinds = ("fee", "time", "preference", "rent", "price")
    return table.drop(columns=[name for name in kinds if not table[name].any()])


def _in_series(flips: pd.DataFrame) -> pd.DataFrame:
    """Legs that the same other route goes around, in one row."""
    legs = flips.groupby(["rise", "moves", "to"], sort=False).id.agg(list).reset_index()
    names = [ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more" for ids in legs.id]
    return legs.assign(legs=names)[["legs", "rise", "moves", "to"]]


@click.command(name="flow-ranges")
@study
def flow_ranges(case: Case) -> None:
    """What each link may carry over all flows of least loss: where routes cost the same, one flow is no forecast.

    --commodity says whose flow; with --origin only rows from there move.
    """
    from corridors.edits.selection import select_demand
    from corridors.maps.explanation import plot_flow_ranges
    from corridors.studies.flow_ranges import flow_ranges as ranged

    found, rows = case.whole()
    if case.origin is not None:
        rows = select_demand(found, rows, origin=case.origin)
    table = ranged(found, rows, commodity=case.commodity)
    unsure = table[table.width > 0]
    case.say(f"{len(unsure)} of {len(table)} links and directions may carry other tonnes at the same loss\n")
    figures: dict[str, Any] = {}
    if len(unsure):
        case.show(unsure[["link_id", "direction", "low", "flow", "high"]].head(SHOWN), table.attrs["units"])
        figures["flow_ranges"] = lambda: plot_flow_ranges(table, title=case.titled("What links may carry"))
    case.write("flow_ranges", table, figures=figures)


COMMANDS = (explain, flow_ranges)
