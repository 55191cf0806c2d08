"""The commands of why: what one demand row pays by leg, the runner-up and what would flip it; and what is certain."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.changes import NamedChanges, changed_by_name
from corridors.commands.inputs import Case, study
from corridors.commands.outputs import paragraph

if TYPE_CHECKING:
    import pandas as pd

    from corridors.studies.explain import Explanation

SHOWN, ENDS, CELL = 15, 2, 60
"""Rows of a table, links of a route before those left out, and letters of a cell, on the screen."""
ROUTES, LEGS, DETOUR, FULL = 4, 9, 3, 3
"""Rows of each table of an explanation: routes, legs of the best and of the next, limits."""


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
    from corridors.schema.homes import end_names
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
    called = end_names(found.nodes, found.zones)
    start, end = (called.get(name, name) for name in (why.origin, why.destination))
    title = f"{why.commodity.replace('_', ' ').capitalize()} from {start} to {end}, by route"
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
    words = (
        f"{why.demand_id}: {why.commodity} from {why.origin} to {why.destination}, "
        f"{why.volume / 1e6:,.3g} Mt a year wanted, {behind}; a tonne left behind costs {why.value:,.2f} USD"
    )
    case.say(f"{paragraph(words)}\n")
    if why.scenario:
        case.say("Next to the base")
        moved = why.compared.assign(links=[_short(links) for links in why.compared.links])
        _first(case, moved[["route", "before", "after", "cost_before", "cost_after", "links"]], ROUTES)
        case.say("")
    if why.routes.empty:
        case.say("No route leads there.")
        return
    costs = ["cost", "tariff", "fee", "time", "preference", "rent", "price"]
    case.say("What one more tonne pays, by route")
    shown = why.routes[why.routes.route != "runner-up"].head(ROUTES - 1).index.union(why.routes.index[-1:])
    paid = why.routes.loc[shown, ["route", "volume", *costs, "costlier_by", "length", "hours"]]
    _first(case, _without_zeros(paid), ROUTES)
    known: set[tuple[str, str]] = set()
    for name, legs in islice(why.legs.groupby("route", sort=False), 1 if why.scenario else 2):
        leg = [*zip(legs.kind, legs.id, strict=True)]
        route = "The runner-up" if name == "runner-up" else f"Route {name}"
        case.say(f"\n{route}, leg by leg{', where it differs from that above' if known else ''}")
        own = legs[[one not in known for one in leg]][["kind", "id", "hours", *costs]]
        _first(case, _without_zeros(own), DETOUR if known else LEGS)
        known.update(leg)
    if len(why.binding):
        case.say("\nFull on them, and what a tonne pays for the room")
        before = ["rent_before"] if why.scenario else []
        _first(case, why.binding[["bundle", "limit", *before, "rent", "routes"]], FULL)
    if len(why.flips):
        case.say("\nHow much more each leg of route 1 may cost before goods leave it")
        flips = _in_series(why.flips)
        _first(case, flips.assign(to=[_short(links) for links in flips.to]), FULL)


def _first(case: Case, table: pd.DataFrame, most: int) -> None:
    """The first rows of a table, and how many more there are."""
    case.show(table.head(most), UNITS)
    if len(table) > most:
        case.say(f"and {len(table) - most} more, which --out and --json give")


def _short(links: str) -> str:
    """The links of a route, those in the middle left out where they are many."""
    parts, short = links.split(";"), links
    for ends in (ENDS, ENDS - 1):
        if len(parts) > ends + 2 and (short == links or len(short) > CELL):
            short = ";".join([*parts[:ends], f"{len(parts) - ends - 1} more", parts[-1]])
    return short


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
