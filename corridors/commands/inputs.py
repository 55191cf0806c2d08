"""What commands take: networks and demand by name or file, and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from corridors.commands.outputs import as_json, as_text, done_so_far, paragraph, say, tried_folder, write_results
from corridors.commands.units import on_screen

if TYPE_CHECKING:
    import pandas as pd

BASE_YEAR = 2024
"""The year of network and demand where none is asked for."""

NETWORK = click.option(
    "--network",
    default="eurasia",
    show_default=True,
    help="A network of the library, or a file or folder (GeoPackage, CSV, GMNS, GeoParquet, Excel, ...).",
)
YEAR = click.option(
    "--year",
    type=int,
    help="The year of the library's network, and of its demand where --demand names none.  [default: 2024]",
)
DEMAND = click.option(
    "--demand",
    help="Demand of the library by year, or a file; a year is the network's too where --year names none.  "
    "[default: that of the network's file, else the year]",
)
PREFERENCES = click.option(
    "--preferences/--no-preferences",
    default=True,
    show_default=True,
    help="Whether goods divide among gates of the library's network by preference, or take the cheapest.",
)
PER = click.option(
    "--per",
    default="year",
    show_default=True,
    type=click.Choice(["year", "month", "day"]),
    help="The time in which losses and tonnes are printed; files and --json are by the year.",
)


def repeated(*names: str, help: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option that may be given several times, and says so."""
    return click.option(*names, multiple=True, help=f"{help}; may be given again.", **options)


def minimise_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--minimise`` of commands about paths."""
    measures = click.Choice(["cost", "time", "length"])
    return click.option(
        "--minimise", default=default, show_default=True, type=measures, help="What a path has least of."
    )


JSON = click.option("--json", "as_json", is_flag=True, help="Print the tables, with their units, as JSON instead.")
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    callback=tried_folder,
    help="A folder for tables (CSV), their units (units.json) and figures.",
)
_COMMODITY = click.option("--commodity", help="Only demand rows of this commodity.")
_ORIGIN = click.option("--origin", help="Only demand rows that start in this country (two letters).")
_ELASTIC = click.option(
    "--elastic",
    help="Goods of which less is wanted the more they cost (corridors.with_elasticity): split by commas, or all.",
)
SCENARIOS = click.option(
    "--scenarios",
    type=click.Path(path_type=Path, exists=True),
    help="Scenarios in a table, or a folder of tables: scenario_id, link_id, link_availability; or table, id, field, "
    "operation, value.",
)
_DRAWS = click.option(
    "--draws", default=0, show_default=True, help="Uncertain cases, each solved as the study is; 19 give 90 %."
)
_DRIVERS = click.option(
    "--drivers", is_flag=True, help="What the spread of the draws depends on, too; takes a dozen times as long."
)
CASE = (NETWORK, YEAR, PREFERENCES, DEMAND)
"""The options that name a network and its demand, as `network_and_demand` takes them."""
BY = "What closes: link, node, port, border, country, corridor, mode, bloc."


class Draws(NamedTuple):
    """How many uncertain cases a study is wanted for, and whether what their spread depends on is wanted too."""

    number: int
    drivers: bool


@dataclass
class Case:
    """What the options of every study say: a network, its demand, and where what is found goes."""

    network: str
    year: int | None
    preferences: bool
    per: str
    as_json: bool
    out: Path | None
    demand: str | None = None
    commodity: str | None = None
    origin: str | None = None
    elastic: str | None = None
    names: dict[str, str] = field(default_factory=dict, init=False)

    def read(self) -> tuple[Any, Any]:
        """The network, and the demand rows that the study is about."""
        from corridors.edits.selection import select_demand

        found, rows = self._named()
        rows = select_demand(found, rows, commodity=self.commodity, origin=self.origin)
        return found, self._reacting(found, rows)

    def whole(self) -> tuple[Any, Any]:
        """The network, and all demand; their names are printed."""
        found, rows = self._named()
        return found, self._reacting(found, rows)

    def _named(self) -> tuple[Any, Any]:
        """Network and demand as they are read; their names are printed."""
        found, rows = network_and_demand(self.network, self.year, self.demand, self.preferences)
        self.names = case_names(found, rows)
        self.say(case_line(found, rows))
        return found, rows

    def _reacting(self, network: Any, rows: Any) -> Any:
        """The rows, those of the goods named in steps of what they are worth."""
        if self.elastic is None:
            return rows
        from corridors.arguments import known_names
        from corridors.datasets import load_elasticities
        from corridors.edits.elasticity import with_elasticity
        from corridors.sweeping.solve import solve

        table = load_elasticities()
        table = table[table.commodity.isin(rows.commodity)]
        if self.elastic != "all":
            what = "is not in the demand, or has no elasticity"
            remedy = f"give all, or some of {', '.join(table.commodity)}"
            goods = known_names("--elastic", self.elastic.split(","), table.commodity, what, remedy)
            table = table[table.commodity.isin(goods)]
        cut = with_elasticity(network, rows, solve(network, rows), table)
        self.names = case_names(network, cut)
        self.say(f"{len(cut)} rows with the steps of demand that reacts ({self.elastic})\n")
        return cut

    def network_only(self) -> Any:
        """The network; its name is printed."""
        found = network_of(self.network, BASE_YEAR if self.year is None else self.year, self.preferences)
        self.names = case_names(found)
        self.say(f"network {found.name}\n")
        return found

    @property
    def chosen(self) -> dict[str, str]:
        """The goods that the study is about, by commodity and origin, as `select` takes them; empty for all."""
        given = {"commodity": self.commodity, "origin": self.origin}
        return {name: value for name, value in given.items() if value is not None}

    def titled(self, title: str) -> str:
        """The title of a figure with the demand rows that the study is about."""
        goods = [] if self.commodity is None else [self.commodity.replace("_", " ")]
        filters = " ".join([*goods, *([] if self.origin is None else [f"from {self.origin.upper()}"])])
        return f"{title}: {filters}" if filters else title

    def say(self, text: str) -> None:
        """Print a text, unless what is asked for is JSON."""
        if not self.as_json:
            say(text)

    def show(self, table: pd.DataFrame, units: Mapping[str, str] | None = None) -> None:
        """Print a table with units under the names of its columns."""
        self.say(as_text(table, self.per, units))

    @property
    def money(self) -> tuple[str, float]:
        """The unit of losses on the screen, and what USD a year are multiplied by."""
        return on_screen("USD/year", self.per)

    def caution(self, network: Any, rows: Any) -> None:
        """Say which goods have a penalty that is not their price, under a table whose numbers depend on it."""
        from corridors.studies.penalties import caution

        text = caution(network, rows)
        self.say(paragraph(f"{text[0].upper()}{text[1:]}."))

    def intervals(
        self,
        draws: Draws,
        study: Callable[..., Any],
        network: Any,
        rows: Any,
        *given: Any,
        units: Mapping[str, str],
        **options: Any,
    ) -> tuple[dict[str, pd.DataFrame], pd.DataFrame | None]:
        """How sure what a study finds is, printed: a table by its name, and itself; none where no draws are wanted."""
        if not draws.number:
            return {}, None
        from corridors.studies.intervals import intervals

        table = intervals(study, network, rows, *given, draws=draws.number, drivers=draws.drivers, **options)
        table.attrs["units"] = dict(units)
        by = f"by {draws.number} draws of all figures by their confidence"
        self.say(f"\nNine of ten cases lie between low and high, {by}\n")
        self.show(table.drop(columns=["drivers", "explained"], errors="ignore"))
        if draws.drivers:
            self.drivers(table[list(table.columns[: table.columns.get_loc("value")])], table)
        return {f"{study.__name__}_intervals": table}, table

    def drivers(self, items: pd.DataFrame, table: pd.DataFrame) -> None:
        """Say what the spread of items depends on: the first two of ``drivers``, that lines stay short."""
        self.say("\nWhat the spread depends on: the errors of figures with the largest shares in its variance\n")
        reasons = table.drivers.str.split("; ").str[:2].str.join("; ")
        self.show(items.assign(drivers=reasons, explained=table.explained))
        self.say("explained: how much of the draws' variance errors explain that each count by themselves")

    def write(
        self,
        name: str,
        table: pd.DataFrame,
        also: Mapping[str, pd.DataFrame] | None = None,
        units: Mapping[str, str] | None = None,
        figures: Mapping[str, Callable[[], Any]] | None = None,
    ) -> None:
        """Write a table, others by name, and figures into the folder, where one is wanted; else none is drawn."""
        tables = {name: table, **(also or {})}
        if self.as_json:
            say(as_json(self.names, tables, units or {}))
        if self.out is not None:
            write_results(tables, self.out, self.names, units or {}, figures or {}, quiet=self.as_json)

    def keep(self, name: str, interrupt: KeyboardInterrupt) -> None:
        """Write, or print, what was done before Ctrl-C."""
        done = getattr(interrupt, "partial", None)
        if done is None:
            return
        table = done_so_far(done)
        if self.out is not None:
            write_results({f"{name}_stopped": table}, self.out, self.names, {}, {})
        elif self.as_json:
            say(as_json(self.names, {f"{name}_stopped": table}, {}))
        else:
            self.show(table.head(15))


@contextmanager
def data_of_library(network: str, what: str, remedy: str, used: bool = True) -> Iterator[None]:
    """Data of the library that is for its own network: where it does not fit another, this is what is said.

    Parameters
    ----------
    network : str
        The network, as it was named.
    what : str
        What it is, in the plural.
    remedy : str
        What to do instead.
    used : bool
        Whether it is used, rather than data of the caller.
    """
    from corridors.errors import InputError

    try:
        yield
    except InputError as error:
        if not used or not is_path(network):
            raise
        raise InputError(f"the {what} are for the library's network; {remedy} ({error})") from None


def study(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every study, which it gets as a `Case`, and one progress bar for all that it does."""
    return _with_case(command, (*CASE, _COMMODITY, _ORIGIN, _ELASTIC, PER, JSON, OUT))


def uncertain(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a study that may be run on uncertain cases, which it gets as `Draws`."""

    @wraps(command)
    def run(case: Case, *, draws: int, drivers: bool, **given: Any) -> Any:
        if drivers and not draws:
            raise click.UsageError("--drivers is given without --draws; add --draws 19")
        return command(case, draws=Draws(draws, drivers), **given)

    return _with_options(run, (_DRAWS, _DRIVERS))


def of_case(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command of a network and its demand that is no study."""
    return _with_options(command, CASE)


def network_study(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `study`, of a network without demand."""
    return _with_case(command, (NETWORK, YEAR, PREFERENCES, PER, JSON, OUT))


def _with_case(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    name = command.__name__
    demanded = ("demand", "commodity", "origin", "elastic") if DEMAND in options else ()
    shared = ("network", "year", "preferences", "per", "as_json", "out", *demanded)

    @wraps(command)
    def run(**given: Any) -> Any:
        from corridors.sweeping.progress import one_bar

        case = Case(**{option: given.pop(option) for option in shared})
        try:
            with one_bar(name.replace("_", " ")):
                return command(case, **given)
        except KeyboardInterrupt as interrupt:
            case.keep(name, interrupt)
            raise

    return _with_options(run, options)


def _with_options(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def case_names(network: Any, demand: Any = None) -> dict[str, str]:
    """The names of a network, and of its demand."""
    names = {"network": str(network.name)}
    return names if demand is None else {**names, "demand": str(demand.attrs.get("name", ""))}


def is_path(name: str) -> bool:
    """Whether a name means a file or folder rather than something of the library."""
    return "/" in name or "\\" in name or Path(name).suffix != "" or Path(name).is_dir()


def network_and_demand(network: str, year: int | None, demand: str | None, preferences: bool = True) -> tuple[Any, Any]:
    """The network and the demand that options mean: of the same year, unless both years are given and differ."""
    from corridors.datasets import DEMAND_YEARS
    from corridors.errors import InputError

    if demand is None and year is None and is_path(network):
        case = case_of(network)
        if case.demand is not None:
            return case
    if demand is None:
        demand = str(BASE_YEAR if year is None else year)
        if demand not in DEMAND_YEARS:
            raise InputError(
                f"year: the library has no demand of {demand}; name the demand to move on that network: "
                f"--year {demand} --demand YEAR ({', '.join(DEMAND_YEARS)}), or a CSV file"
            )
    rows = demand_of(demand)
    found = network_of(network, year_of(year, demand), preferences)
    return found, _at_nodes(rows, found)


def _at_nodes(rows: Any, network: Any) -> Any:
    """Rows between traffic zones as rows between their nodes, where the network has such and no end is its node."""
    ends = {*rows.origin, *rows.destination}
    if "zone_id" not in network.nodes or ends & ({*network.nodes.node_id, *network.zones.zone_id}):
        return rows
    from corridors.io.traffic_zones import at_nodes

    return at_nodes(rows, network.nodes)


def year_of(year: int | None, demand: str | None) -> int:
    """The year that a network and demand given by options stand for."""
    if year is None and demand is not None and demand.isdecimal() and not is_path(demand):
        return int(demand)
    return BASE_YEAR if year is None else year


def case_line(network: Any, demand: Any) -> str:
    """Which network and which demand what follows is of."""
    names = case_names(network, demand)
    return f"{', '.join(f'{what} {name}' for what, name in names.items())} ({len(demand)} rows)\n"


def network_of(name: str, year: int, preferences: bool = True) -> Any:
    """The network that a name or path means."""
    from corridors.datasets import load_network

    if is_path(name):
        return case_of(name).network
    return load_network(name, year=year, preferences=preferences)


def named_shock(network: Any, rows: Any, name: str) -> Any:
    """The scenario of a named shock."""
    from corridors.datasets import load_shocks
    from corridors.errors import nearest
    from corridors.scenarios.shocks import shocks, within_reach
    from corridors.schema.columns import as_known

    there = list(within_reach(load_shocks()).shock_id)
    found = as_known(name, there)
    if found not in there:
        problem = f"there is no shock {name}; give one of {', '.join(there)}{nearest([name], there)}"
        raise click.BadParameter(problem, param_hint="--shock")
    return shocks(network, rows).select([found])


def case_of(path: str) -> Any:
    """The network in a file or folder, called as that is, and the demand in it."""
    from corridors.io.read import read

    case = read(path)
    if case.demand is not None:
        case.demand.attrs.setdefault("name", Path(path).name)
    return case._replace(network=case.network.named(Path(path).name))


def demand_of(name: str) -> Any:
    """The demand rows that a year or path means."""
    from corridors.datasets import load_demand
    from corridors.io.read import read_demand

    return read_demand(name) if is_path(name) else load_demand(name)


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
