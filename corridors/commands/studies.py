"""The studies as commands: each prints its table, and leaves table and figure in a folder where one is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import case_of, leave, study, told


@click.command()
@study
@click.option("--player", "players", required=True, multiple=True, help="A player by name; give it again for more.")
@click.option("--by", default="country", show_default=True, help="What players are: country, bloc, corridor, link.")
@click.option("--open", "opened", multiple=True, help="A corridor whose planned links are open: what does it change?")
@click.option("--orders", default=1000, show_default=True, help="Orders to sample, where there are over 12 players.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same orders.")
def leverage(
    network: str,
    year: int,
    demand: str,
    commodity: str | None,
    origin: str | None,
    out: Path | None,
    players: tuple[str, ...],
    by: str,
    opened: tuple[str, ...],
    orders: int,
    seed: int,
) -> None:
    """What each country, bloc or corridor is worth to the whole: Shapley, Banzhaf, nucleolus."""
    from corridors.maps.charts import plot_leverage
    from corridors.studies.leverage import leverage as worths
    from corridors.studies.selection import open_planned

    now, rows = case_of(network, year, demand, commodity, origin)
    options: dict[str, Any] = {"by": by, "n": orders, "seed": seed}
    table = worths(now, rows, players, **options)
    before = None
    if opened:
        before, table = table, worths(open_planned(now, opened), rows, players, **options)
        told_before = before.set_index("player").shapley
        table.insert(4, "shapley_before", table.player.map(told_before))
    money = ("alone", "last", "shapley", "shapley_before", "error", "banzhaf", "nucleolus")
    click.echo(told(table, tuple(c for c in money if c in table), ("share",)))
    click.echo(f"million USD a year; all together {table.attrs['worth'] / 1e6:,.1f}, {table.attrs['method']}")
    if out is not None:
        leave("leverage", table, out, ("leverage", plot_leverage(table, before)))


STUDIES = (leverage,)
