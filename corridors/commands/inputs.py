"""What commands take: networks and demand by name or file, and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.outputs import write_results

if TYPE_CHECKING:
    import pandas as pd

BASE_YEAR = 2024
"""The year of network and demand where none is asked for."""

NETWORK = click.option(
    "--network",
    default="eurasia",
    show_default=True,
    help="A network of the library, a .gpkg file, or a folder of CSV.",
)
YEAR = click.option(
    "--year",
    type=int,
    help="The year of the library's network, and of its demand where --demand names none.  [default: 2024]",
)
DEMAND = click.option(
    "--demand",
    help="Demand of the library by year, or a CSV file; a year is the network's too where --year names none.  "
    "[default: the year]",
)
_COMMODITY = click.option("--commodity", help="Only demand rows of this commodity.")
_ORIGIN = click.option("--origin", help="Only demand rows that start in this country (two letters).")
_OUT = click.option("--out", type=click.Path(path_type=Path), help="A folder for the table (CSV) and the figure.")

BY = "What closes: link, node, port, border, country, corridor, mode, bloc."


@dataclass
class Case:
    """What the options of every study say: a network, its demand, and a folder for what is found."""

    network: str
    year: int | None
    demand: str | None
    commodity: str | None
    origin: str | None
    out: Path | None
    names: dict[str, str] = field(default_factory=dict, init=False)

    def read(self) -> tuple[Any, Any]:
        """The network, and the demand rows that the study is about."""
        from corridors.edits.selection import select_demand

        found, rows = self.whole()
        return found, select_demand(found, rows, commodity=self.commodity, origin=self.origin)

    def whole(self) -> tuple[Any, Any]:
        """The network, and all demand; their names are printed."""
        found, rows = network_and_demand(self.network, self.year, self.demand)
        self.names = print_case(found, rows)
        return found, rows

    def caution(self, network: Any, rows: Any) -> None:
        """Say which goods have a penalty that is not their price, under a table whose numbers hang on it."""
        from textwrap import fill

        from corridors.studies.penalties import caution

        click.echo(fill(caution(network, rows), 110))

    def write(
        self,
        name: str,
        table: pd.DataFrame,
        also: Mapping[str, pd.DataFrame] | None = None,
        **figures: Callable[[], Any],
    ) -> None:
        """Write a table, others by name, and figures into the folder, where one is wanted; else none is drawn."""
        write_results(name, table, self.out, self.names, also, **figures)


def study(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every study, ``network, year, demand, commodity, origin, out``, which it gets as a `Case`."""

    @wraps(command)
    def run(**options: Any) -> Any:
        return command(
            Case(**{option.name: options.pop(option.name) for option in fields(Case) if option.init}), **options
        )

    for option in (_OUT, _ORIGIN, _COMMODITY, DEMAND, YEAR, NETWORK):
        run = option(run)
    return run


def is_path(name: str) -> bool:
    """Whether a name means a file or folder rather than something of the library."""
    return "/" in name or "\\" in name or Path(name).suffix != "" or Path(name).is_dir()


def network_and_demand(network: str, year: int | None, demand: str | None) -> tuple[Any, Any]:
    """The network and the demand that options mean: of the same year, unless both years are given and differ."""
    from corridors.datasets import DEMAND_YEARS
    from corridors.errors import InputError

    if demand is None:
        demand = str(BASE_YEAR if year is None else year)
        if demand not in DEMAND_YEARS:
            raise InputError(
                f"year: the library has no demand of {demand}; name the demand to move on that network: "
                f"--year {demand} --demand YEAR ({', '.join(DEMAND_YEARS)}), or a CSV file"
            )
    rows = demand_of(demand)
    return network_of(network, year_of(year, demand)), rows


def year_of(year: int | None, demand: str | None) -> int:
    """The year that a network and demand given by options stand for."""
    if year is None and demand is not None and demand.isdecimal() and not is_path(demand):
        return int(demand)
    return BASE_YEAR if year is None else year


def print_case(network: Any, demand: Any = None) -> dict[str, str]:
    """Print which network, and which demand, what follows is of; their names."""
    names = {"network": network.name}
    if demand is not None:
        names["demand"] = demand.attrs.get("name", "")
    rows = "" if demand is None else f" ({len(demand)} rows)"
    click.echo(f"{', '.join(f'{what} {name}' for what, name in names.items())}{rows}\n")
    return names


def network_of(name: str, year: int | None) -> Any:
    """The network that a name or path means."""
    from corridors.datasets import load_network
    from corridors.io.geo import read

    if is_path(name):
        return read(name).named(Path(name).name)
    return load_network(name, year=BASE_YEAR if year is None else year)


def demand_of(name: str) -> Any:
    """The demand rows that a year or path means."""
    from corridors.datasets import load_demand
    from corridors.errors import InputError
    from corridors.io.files import local_path, read_csv

    if not is_path(name):
        return load_demand(name)
    if not Path(name).is_file():
        raise InputError(f"demand: there is no file {name}; give a CSV file or a year of the library")
    rows = read_csv(local_path(name))
    rows.attrs["name"] = Path(name).name
    return rows


def pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """What stands behind the last ``=``, by the name before it; `option` is what they were given as."""
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} has no =; give a name and a number: oil_tengiz_atyrau=30")
    found: dict[str, str] = {}
    for name, _, value in (text.rpartition("=") for text in texts):
        if name in found:
            raise click.BadParameter(f"{option} is given twice for {name} ({found[name]}, {value}); give it once")
        found[name] = value
    return found


def number(text: str) -> float:
    """A number that was typed."""
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number; give numbers split by commas") from None
