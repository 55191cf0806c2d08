"""Commands of leverage: what each player is worth to the whole, now and with a planned line."""

from __future__ import annotations

from typing import Any

import click

from corridors.commands.inputs import Case, Draws, data_of_library, repeated, study, uncertain


@click.command()
@study
@repeated("--player", "players", required=True, help="A player by name")
@click.option("--by", default="country", show_default=True, help="What players are: country, bloc, corridor, link.")
@repeated(
    "--open",
    "opened",
    help="A project (cku, tripp, btk_5mt, transcaspian_oil), or a corridor whose planned links open",
)
@click.option("--orders", default=1000, show_default=True, help="Orders to sample, where there are over 12 players.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same orders.")
@uncertain
def leverage(
    case: Case, players: tuple[str, ...], by: str, opened: tuple[str, ...], orders: int, seed: int, draws: Draws
) -> None:
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
        value_before = before.set_index("player").shapley
        table.insert(4, "shapley_before", table.player.map(value_before))
    case.show(table)
    unit, factor = case.money
    case.say(f"all together {table.attrs['worth'] * factor:,.1f} {unit}, {table.attrs['method']}")
    worth = dict.fromkeys(("value", "low", "high"), "USD/year")
    also, sure = case.intervals(draws, worths, done, rows, players, units=worth, **options)
    case.caution(done, rows)
    title = case.titled("Transit leverage")
    drawn = {"leverage": lambda: plot_leverage(table, before, intervals=sure, title=title)}
    case.write("leverage", table, also, figures=drawn)


@click.command()
@study
@repeated("--player", "players", required=True, help="A player by name")
@click.option("--by", default="country", show_default=True, help="What players are: country, bloc, corridor, link.")
@repeated("--project", "projects", help="cku, tripp, btk_5mt, transcaspian_oil (all by default)")
def projects(case: Case, players: tuple[str, ...], by: str, projects: tuple[str, ...]) -> None:
    """What CKU, the Zangezur corridor, BTK at 5 Mt or a trans-Caspian pipeline do to what each player is worth."""
    from corridors.maps.projects import plot_projects
    from corridors.studies.projects import project_leverage

    found, rows = case.read()
    with data_of_library(case.network, "projects", "open planned links of yours by corridors leverage --open"):
        table = project_leverage(found, rows, players, by=by, projects=projects or None)
    unit, factor = case.money
    for _, part in table.groupby("project", sort=False):
        case.say(f"{part.name.iloc[0]}: saves all together {part.saved.iloc[0] * factor:,.1f} {unit}")
        case.show(part[["player", "before", "after", "change"]])
        case.say("")
    case.say("Shapley values without the project and with it")
    case.caution(found, rows)
    title = case.titled("What each project does to the leverage of each player")
    case.write("projects", table, figures={"projects": lambda: plot_projects(table, title=title)})


COMMANDS = (
    leverage,
    projects,
)
