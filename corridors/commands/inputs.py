"""What commands take: networks and demand by name or file, and where tables and figures go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

NETWORK = click.option(
    "--network",
    default="eurasia",
    show_default=True,
    help="A network of the library, a .gpkg file, or a folder of CSV.",
)
YEAR = click.option("--year", default=2024, show_default=True, help="The year that the library's network is of.")
DEMAND = click.option(
    "--demand", default="2024", show_default=True, help="Demand of the library by year, or a CSV file."
)
_COMMODITY = click.option("--commodity", help="Only demand rows of this commodity.")
_ORIGIN = click.option("--origin", help="Only demand rows that start in this country (two letters).")
_OUT = click.option("--out", type=click.Path(path_type=Path), help="A folder for the table (CSV) and the figure.")


def study(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every study: ``network, year, demand, commodity, origin, out``."""
    for option in (_OUT, _ORIGIN, _COMMODITY, DEMAND, YEAR, NETWORK):
        command = option(command)
    return command


def is_path(name: str) -> bool:
    """Whether a name means a file or folder rather than something of the library."""
    return "/" in name or "\\" in name or Path(name).suffix != "" or Path(name).is_dir()


def network_of(name: str, year: int) -> Any:
    """The network that a name or path means."""
    from corridors.datasets import load_network
    from corridors.io.geo import read

    return read(name) if is_path(name) else load_network(name, year=year)


def demand_of(name: str) -> Any:
    """The demand rows that a year or path means."""
    import pandas as pd

    from corridors.datasets import load_demand
    from corridors.errors import InputError

    if not is_path(name):
        return load_demand(name)
    if not Path(name).is_file():
        raise InputError(f"demand: there is no file {name}; give a CSV file or a year of the library")
    return pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def case_of(network: str, year: int, demand: str, commodity: str | None, origin: str | None) -> tuple[Any, Any]:
    """A network and the demand rows that a study is about."""
    from corridors.studies.selection import select_demand

    found = network_of(network, year)
    return found, select_demand(found, demand_of(demand), commodity=commodity, origin=origin)


def leave(name: str, table: pd.DataFrame, out: Path | None, *figures: tuple[str, Any]) -> None:
    """Write a table and its figures into a folder, where one is wanted."""
    if out is None:
        return
    from corridors.io.geo import write_csv
    from corridors.maps.style import save_map

    out.mkdir(parents=True, exist_ok=True)
    write_csv(table, out / f"{name}.csv")
    for figure, drawn in figures:
        save_map(drawn, out / figure)
    click.echo(f"All of it is in {out}{'' if str(out).endswith('/') else '/'}")


def told(table: pd.DataFrame, millions: tuple[str, ...] = (), shares: tuple[str, ...] = ()) -> str:
    """A table as text: money and tonnes of `millions` in millions, `shares` in per cent."""
    shown = table.copy()
    for column in millions:
        shown[column] = [f"{v / 1e6:,.1f}" if v == v else "-" for v in table[column]]
    for column in shares:
        shown[column] = [f"{100 * v:,.1f} %" if v == v else "-" for v in table[column]]
    return shown.to_string(index=False)
