"""The command of the what-if page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import case_line, network_and_demand, of_case
from corridors.commands.outputs import tried_file


@click.command()
@of_case
@click.option(
    "--out",
    default="page.html",
    show_default=True,
    type=click.Path(path_type=Path),
    callback=tried_file,
    help="The file to write.",
)
@click.option("--title", default="", help="The heading.  [default: the network's name]")
@click.option("--links", default=1500, show_default=True, help="Links that can be closed: those that carry most.")
@click.option("--pairs", default=500, show_default=True, help="Pairs that can be closed: those of the worst closures.")
@click.option("--sliders/--no-sliders", default=True, help="Whether tolls and capacities can be moved.")
def page(
    network: str,
    year: int | None,
    preferences: bool,
    demand: str | None,
    out: Path,
    title: str,
    links: int,
    pairs: int,
    sliders: bool,
) -> None:
    """Write a page for the browser in which a click closes a link; it opens from disk, also without a network."""
    from corridors.page.write import write_page
    from corridors.sweeping.progress import one_bar

    found, rows = network_and_demand(network, year, demand, preferences)
    click.echo(case_line(found, rows))
    moved: dict[str, Any] | None = None if sliders else {}
    with one_bar("page"):
        path = write_page(found, rows, out, title=title, links=links, pairs=pairs, sliders=moved)
    click.echo(f"Open {path} in a browser ({path.stat().st_size / 1e6:.1f} MB)")


COMMANDS = (page,)
