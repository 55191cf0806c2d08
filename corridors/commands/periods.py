"""The command of periods: a year of months or weeks, and how long stocks carry an outage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridors.commands.inputs import Case, data_of_library, number, repeated, study

if TYPE_CHECKING:
    import pandas as pd

TABLE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@study
@click.option("--into", default="months", show_default=True, help="months, weeks, or how many equal parts.")
@click.option("--seasons", type=TABLE, help="A CSV of seasons; those of the library by default.")
@click.option("--storages", type=TABLE, help="A CSV of storages; those of the library by default.")
@click.option("--delays", is_flag=True, help="What is long under way arrives in a later period.")
@click.option("--first", help="The period with which the year begins: 03.")
@repeated("--close", help="A link that is out from the first period on: how long do stocks last?")
@click.option("--longest", default=6, show_default=True, help="The longest outage, in periods.")
@click.option("--stocks", default="0,1,2", show_default=True, help="Multiples of the stocks that are tried.")
def periods(
    case: Case,
    into: str,
    seasons: Path | None,
    storages: Path | None,
    delays: bool,
    first: str | None,
    close: tuple[str, ...],
    longest: int,
    stocks: str,
) -> None:
    """Cut the year into months or weeks, with seasons and stocks; with --close, how long stocks carry an outage.

    What the seasons and storages of the library name has to be in the network; give tables of your own for another.
    """
    from corridors.datasets import load_seasons, load_storages
    from corridors.edits.periods import periods as cut
    from corridors.maps.ride_through import plot_ride_through
    from corridors.maps.small_multiples import plot_year
    from corridors.methods.by_period import by_period
    from corridors.studies.ride_through import ride_through
    from corridors.sweeping.progress import tell
    from corridors.sweeping.solve import solve

    network, rows = case.read()
    goods = set(rows.commodity)
    parts: str | int = int(into) if into.isdecimal() else into
    of_year = _for(goods, load_seasons() if seasons is None else _table(seasons))
    stores = _for(goods, load_storages() if storages is None else _table(storages))
    used = seasons is None or storages is None
    remedy = "give yours by --seasons and --storages, tables of a header alone where there are none"
    of_library = data_of_library(case.network, "seasons and storages", remedy, used)
    if close:
        multiples = [number(text) for text in stocks.split(",")]
        with of_library:
            table = ride_through(network, rows, close, storages=stores, into=parts, longest=longest, stocks=multiples,
                                 seasons=of_year, first=first)  # fmt: skip
        units = {"loss": "USD", "unmet": "t", "capacity": "t", "stock": "1", "days": "d", "periods": "1"}
        case.show(table, units)
        case.say("loss and unmet: more than without the outage; stock: multiple of the storages' capacity")
        title = case.titled(f"How long stocks carry an outage of {', '.join(close)}")
        drawn: Any = {"ride_through": lambda: plot_ride_through(table, title=title)}
        case.write("ride_through", table, units=units, figures=drawn)
        return
    with of_library:
        layered, wanted = cut(network, rows, into=parts, seasons=of_year, storages=stores, delays=delays, first=first)
    volume = wanted.groupby("period", sort=False).volume.sum()
    tell(f"solving {len(volume)} periods as one case")
    result = by_period(layered, wanted, solve(layered, wanted))
    summary = result[["loss"]].to_dataframe().reset_index()
    summary["volume"] = summary.period.map(volume)
    summary["unmet"] = result.unmet.sum("demand").to_numpy().round(3)
    summary["stock"] = result.stock.sum(["storage", "commodity"]).to_numpy()
    units = {"loss": "USD", "volume": "t", "unmet": "t", "stock": "t"}
    case.show(summary, units)
    case.say("loss: of what is wanted in the period; stock: in all storages when it ends")
    title = case.titled("Flow by period")
    case.write("periods", summary, units=units, figures={"periods": lambda: plot_year(network, result, title=title)})


def _table(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(path, dtype={"ids": str, "start": str, "end": str, "storage_id": str, "node_id": str})


def _for(goods: set[str], table: pd.DataFrame) -> pd.DataFrame:
    """The rows of seasons or storages that concern some of the goods."""
    return table[[not (own := set(str(cell or "").split(";")) - {"", "nan"}) or bool(own & goods)
                  for cell in table.get("commodities", [""] * len(table))]]  # fmt: skip


COMMANDS = (periods,)
