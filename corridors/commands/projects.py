"""The command of projects: what a planned line does to everybody's hand."""

from __future__ import annotations

import click

from corridors.commands.inputs import Case, study, told


@click.command()
@study
@click.option("--player", "players", required=True, multiple=True, help="A player by name; give it again for more.")
@click.option("--by", default="country", show_default=True, help="What players are: country, bloc, corridor, link.")
@click.option("--project", "projects", multiple=True, help="cku, tripp, btk_5mt, transcaspian_oil; all by default.")
def projects(case: Case, players: tuple[str, ...], by: str, projects: tuple[str, ...]) -> None:
    """What CKU, the Zangezur corridor, BTK at 5 Mt or a trans-Caspian pipeline do to everybody's hand."""
    from corridors.maps.projects import plot_projects
    from corridors.studies.projects import project_leverage

    found, rows = case.read()
    table = project_leverage(found, rows, players, by=by, projects=projects or None)
    for _, part in table.groupby("project", sort=False):
        saved = part.saved.iloc[0] / 1e6
        click.echo(f"\n{part.name.iloc[0]}: saves all together {saved:,.1f} million USD a year")
        click.echo(told(part[["player", "before", "after", "change"]], ("before", "after", "change")))
    click.echo("\nShapley values, million USD a year, without the project and with it")
    case.caution(found, rows)
    case.leave("projects", table, projects=lambda: plot_projects(table))


PROJECTS = (projects,)
