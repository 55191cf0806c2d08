"""The studies as commands: each prints its table, and leaves table and figure in a folder where one is given."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.closures import BY
from corridors.commands.inputs import Case, number, study, told


@click.command()
@study
@click.option("--player", "players", required=True, multiple=True, help="A player by name; give it again for more.")
@click.option("--by", default="country", show_default=True, help="What players are: country, bloc, corridor, link.")
@click.option(
    "--open",
    "opened",
    multiple=True,
    help="A project (cku, tripp, btk_5mt, transcaspian_oil), or a corridor whose planned links open.",
)
@click.option("--orders", default=1000, show_default=True, help="Orders to sample, where there are over 12 players.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same orders.")
def leverage(case: Case, players: tuple[str, ...], by: str, opened: tuple[str, ...], orders: int, seed: int) -> None:
    """What each country, bloc or corridor is worth to the whole: Shapley, Banzhaf, nucleolus."""
    from corridors.maps.charts import plot_leverage
    from corridors.studies.leverage import leverage as worths
    from corridors.studies.projects import before_and_after

    now, rows = case.read()
    options: dict[str, Any] = {"by": by, "orders": orders, "seed": seed}
    without, done = before_and_after(now, opened)
    table = worths(done, rows, players, **options)
    before = None
    if opened:
        before = worths(without, rows, players, **options)
        told_before = before.set_index("player").shapley
        table.insert(4, "shapley_before", table.player.map(told_before))
    money = ("alone", "last", "shapley", "shapley_before", "error", "banzhaf", "nucleolus")
    click.echo(told(table, tuple(c for c in money if c in table), ("share",)))
    click.echo(f"million USD a year; all together {table.attrs['worth'] / 1e6:,.1f}, {table.attrs['method']}")
    case.caution(done, rows)
    case.leave("leverage", table, leverage=lambda: plot_leverage(table, before))


@click.command()
@study
@click.option("--bloc", required=True, multiple=True, help="A bloc or country; give it again for more.")
@click.option("--values", default="1,0.5,2", show_default=True, help="Factors of the value of undelivered goods.")
def hedging(case: Case, bloc: tuple[str, ...], values: str) -> None:
    """The least loss against the tonnes that enter a bloc, and what a tonne moved off it costs."""
    from corridors.maps.charts import plot_frontier
    from corridors.studies.hedging import hedging_frontier

    factors = [number(text) for text in values.split(",")]
    found, wanted = case.whole()
    table = hedging_frontier(found, wanted, bloc=bloc, commodity=case.commodity, origin=case.origin, values=factors)
    click.echo(told(table, ("through", "loss", "extra_loss", "unmet"), ("entering_share",)))
    click.echo(
        "through (tonnes that enter) and unmet in Mt a year, entering_share of the tonnes wanted, losses in million\n"
        "USD a year, cost of autonomy in USD a tonne"
    )
    case.caution(found, wanted)
    case.leave("hedging", table, hedging=lambda: plot_frontier(table, bloc=" and ".join(bloc)))


@click.command()
@study
@click.option("--on", default="country", show_default=True, help="On what: country, bloc, corridor, mode, node, link.")
@click.option("--of", "of", default="all", show_default=True, help="Whose: all, commodity, origin, destination.")
def dependence(case: Case, on: str, of: str) -> None:
    """Shares of tonnes, value and cost through each country, bloc or chokepoint; and over how few gates goods leave."""
    from corridors.maps.charts import plot_dependence
    from corridors.studies.dependence import concentration
    from corridors.studies.dependence import dependence as shares
    from corridors.sweeping.solve import routes

    found, rows = case.read()
    ways = routes(found, rows)
    table = shares(found, rows, ways, on=on, of=of)
    columns = ("touching_share", "transit_share", "value_share", "cost_share")
    millions = ("tonnes", "otherwise") if on == "corridor" else ("tonnes",)
    click.echo(told(table.groupby("group", sort=False).head(15), millions, columns))
    click.echo(
        "Mt a year that pass the gate of each corridor, or are on any link of one without; otherwise: on its links\n"
        "and not past its gate; shares of these in all tonnes moved, their value and their cost"
        if on == "corridor"
        else "Mt a year that start or end there or pass, each tonne once; touching_share: of all tonnes moved;\n"
        "transit_share: of those that neither start nor end there"
    )
    gates = concentration(found, rows, ways)
    click.echo("\nGates by which goods leave the country in which they start (Herfindahl index: 1 is a single gate)\n")
    click.echo(told(gates, ("exported",), ("largest_share",)))
    case.leave("dependence", table, dependence=lambda: plot_dependence(table))


@click.command()
@study
def shocks(case: Case) -> None:
    """What the named shocks cost: Russian transit refused, Druzhba stopped, CPC at half, and others."""
    from corridors.datasets import load_shocks
    from corridors.maps.charts import plot_losses
    from corridors.scenarios.shocks import shocks as named
    from corridors.studies.criticality import criticality

    found, rows = case.read()
    table = criticality(found, rows, scenarios=named(found, rows))
    table.insert(1, "name", table.scenario.map(load_shocks().set_index("shock_id").name))
    shown = table[["name", "loss", "unmet", "cost", "losers_origin"]]
    click.echo(told(shown, ("loss", "unmet", "cost")))
    click.echo("loss and cost in million USD a year more than in the base, unmet in Mt a year; who loses, million USD")
    case.caution(found, rows)
    case.leave("shocks", table, shocks=lambda: plot_losses(table, title="What the named shocks cost", label="name"))


@click.command(name="n-minus-k")
@study
@click.option("--k", default=2, show_default=True, help="How many close at once.")
@click.option("--by", default="link", show_default=True, help=BY)
@click.option("--most", type=int, help="Close only so many, those whose closure alone costs most.")
@click.option("--top", default=20, show_default=True, help="How many sets to print.")
def n_minus_k(case: Case, k: int, by: str, most: int | None, top: int) -> None:
    """All closures of k links at once, and which of them hide behind each other (false redundancy)."""
    from corridors.maps.n_minus_k import plot_n_minus_k
    from corridors.studies.n_minus_k import n_minus_k as closed_together

    found, rows = case.read()
    table = closed_together(found, rows, k, by=by, most=most)
    click.echo(told(table.head(top), ("loss", "alone", "synergy", "unmet")))
    click.echo(
        f"million USD a year, Mt a year; of {table.attrs['sets']:,} sets {table.attrs['proven']:,} are told without a\n"
        f"solve, proven equal to a smaller set or to one with a link in series; "
        f"{table.attrs['solved']:,} solved, smaller sets included"
    )
    figures: dict[str, Any] = {"n_minus_k": lambda: plot_n_minus_k(found, table)} if by == "link" else {}
    case.caution(found, rows)
    case.leave("n_minus_k", table, **figures)


@click.command()
@study
@click.option("--budget", default=2, show_default=True, help="How many closures.")
@click.option("--by", default="link", show_default=True, help=BY)
@click.option("--protect", default=0, show_default=True, help="How many to protect against the worst.")
@click.option(
    "--method",
    default="search",
    show_default=True,
    type=click.Choice(["search", "milp"]),
    help="How the worst is found and proven: by solving sets of closures, or by one programme on the dual.",
)
def interdiction(case: Case, budget: int, by: str, protect: int, method: str) -> None:
    """The worst closures within a budget, proven; and what to protect against them."""
    from corridors.maps.interdiction import plot_interdiction, plot_interdiction_curve
    from corridors.studies.interdiction import fortify, interdiction_curve

    found, rows = case.read()
    curve = interdiction_curve(found, rows, budget, by=by, method=method)
    click.echo(told(curve, ("loss", "bound")))
    click.echo("loss in million USD a year more than in the base; gap 0 is proven")
    safe = None
    if protect:
        safe = fortify(found, rows, protect, budget, by=by)
        click.echo("\nThe worst that is left when some are protected\n")
        click.echo(told(safe, ("loss",)))
    figures: dict[str, Any] = {"interdiction_budget": lambda: plot_interdiction_curve(curve, safe)}
    if by == "link":
        figures["interdiction"] = lambda: plot_interdiction(found, curve if safe is None else safe)
    case.caution(found, rows)
    case.leave("interdiction", curve, {} if safe is None else {"fortification": safe}, **figures)


STUDIES = (leverage, hedging, dependence, shocks, n_minus_k, interdiction)
