"""The commands of the what-if page: in one file, and over a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corridors.commands.inputs import case_line, network_and_demand, of_case, repeated
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


@click.command()
@of_case
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 lets other machines in."
)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 for any that is free.")
@repeated("--name", "names", help="What readers call this machine, if not by its address")
@click.option("--title", default="", help="The heading.  [default: the network's name]")
@click.option("--links", default=1500, show_default=True, help="Links that a click closes: those that carry most.")
@click.option("--seconds", default=10.0, show_default=True, help="The most that an answer may take.")
def serve(
    network: str,
    year: int | None,
    preferences: bool,
    demand: str | None,
    host: str,
    port: int,
    names: tuple[str, ...],
    title: str,
    links: int,
    seconds: float,
) -> None:
    """Serve the what-if page, which then solves any closures, tolls, capacities, demands and projects together.

    The page is for the browsers of this machine unless --host says otherwise. What a reader composes is in the page's
    address; the server keeps nothing of it. Ctrl-C ends it.
    """
    from corridors import arguments
    from corridors.io.optional import needed
    from corridors.sweeping.progress import one_bar

    for package in ("starlette", "uvicorn"):
        needed(package, package, "corridors serve", "serve")
    from corridors.serve.run import bound, prepared
    from corridors.serve.run import serve as served

    arguments.numbers(0.001, seconds=seconds)
    with bound(host, port) as at:
        found, rows = network_and_demand(network, year, demand, preferences)
        click.echo(case_line(found, rows))
        with one_bar("page"):
            page, solving = prepared(found, rows, title=title, links=links, seconds=seconds)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{at.getsockname()[1]}/"
        served(page, solving, at, names, ready=lambda: click.echo(f"Open {address} in a browser; Ctrl-C ends it"))


COMMANDS = (page, serve)
