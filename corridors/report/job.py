"""The main job: solve a base case, close links one by one, and leave tables, maps and a summary in one folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import xarray as xr

from corridors.datasets import load_spreads
from corridors.io.case import write_case
from corridors.io.files import replacing, write_csv
from corridors.io.write import write
from corridors.maps.flows import placed_nodes
from corridors.model import decode as decoding
from corridors.model.build import build
from corridors.model.decode import decode
from corridors.network import Network, case_names
from corridors.page.content import chosen_of, heading, shown_of
from corridors.page.write import LINKS, page_of
from corridors.report.summary import summarise
from corridors.report.tables import flows_by_commodity, flows_by_corridor, flows_by_link, unmet_reasons
from corridors.scenarios.make import outages
from corridors.scenarios.uncertainty import uncertain_cases
from corridors.studies.criticality import compared_with_base, diversions, losers, rank, with_intervals
from corridors.studies.penalties import penalties
from corridors.studies.rents import rents
from corridors.studies.volumes import busiest_links
from corridors.sweeping.optimum import solved
from corridors.sweeping.progress import tell
from corridors.validation.observed import compare_observed

P = ParamSpec("P")
T = TypeVar("T")

PAIRS = 100
"""Pairs of closures on the page of a report, which has little time for it."""
DRAWS, DRAWN, COSTS = 19, 10, ("tariff", "time", "cost")
"""Cases, of how many closures, and what does not vary in them: where costs do, one takes ten times as long."""


def report(
    network: Network,
    demand: Any,
    out: Path,
    *,
    observed: pd.DataFrame | None = None,
    closures: int | None = None,
    progress: bool = True,
) -> tuple[xr.Dataset, dict[str, pd.DataFrame]]:
    """Solve, close the most loaded links one by one, and write everything into a folder.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    out : Path
        The folder; made if it is not there. Files of the same names are replaced.
    observed : DataFrame, optional
        Flows observed at gates, to compare modelled ones with.
    closures : int, optional
        How many links to close, one at a time, those that carry most first; all by default.
    progress : bool
        Whether to show progress in a terminal.

    Returns
    -------
    Dataset, dict of DataFrame
        The base case, and the tables by the names of their files.
    """
    placed_nodes(network)  # a network that can't be drawn is an error before anything is solved
    out.mkdir(parents=True, exist_ok=True)
    drawing = Drawing()
    try:
        return _report(network, demand, out, observed, closures, progress, drawing)
    finally:
        drawing.drop()


def _report(
    network: Network,
    demand: Any,
    out: Path,
    observed: pd.DataFrame | None,
    closures: int | None,
    progress: bool,
    drawing: Drawing,
) -> tuple[xr.Dataset, dict[str, pd.DataFrame]]:
    say = tell if progress else _nothing
    say("solving the base case")
    started = time.perf_counter()
    solution = solved(build(network, demand))
    base = decode(solution)
    took = time.perf_counter() - started
    rows, paths = solution.model.demand, decoding.routes(solution)
    drawing.begin(write, network, out / "network.gpkg", result=base)
    maps = [drawing.begin(_map, network, base, commodity, out) for commodity in (None, *_large(base))]
    say("changing what is full by a tonne")
    tables = {
        "flows_by_link": flows_by_link(network, base),
        "flows_by_commodity": flows_by_commodity(rows, base, network),
        "flows_by_corridor": flows_by_corridor(network, base, paths),
        "binding_capacities": rents(network, rows, progress=progress),
        "routes": paths,
        "penalties": penalties(network, rows),
        "unmet": unmet_reasons(solution, base),
    }
    if observed is not None:
        tables["gates"] = compare_observed(network, base, observed)
    busiest = busiest_links(network, base, closures)
    scenarios = outages(network).select(busiest)
    say(f"closing {len(busiest)} links one by one")
    before, result = compared_with_base(network, rows, scenarios, solution=solution, progress=progress)
    swept = base.assign(row_cost=before.row_cost)  # losers on the page are those of the tables
    shown = drawing.begin(shown_of, network, swept, heading(network, rows))
    ranking = rank(network, rows, before, result, scenarios)
    if len(ranking):
        worst = str(ranking.scenario[0])
        maps.append(drawing.begin(_map_of_closure, network, before, result.sel(scenario=worst), worst, out))
    if len(ranking) and len(rows):
        say(f"drawing {DRAWS} cases of the worst closures")
        spreads = load_spreads()
        spreads = spreads[~spreads.field.isin(COSTS)]
        cases = uncertain_cases(network, rows, DRAWS, spreads=spreads)
        ranking = with_intervals(network, rows, ranking, scenarios, cases, DRAWN, spreads=spreads, progress=progress)
    tables["criticality"] = ranking
    tables["criticality_diversions"] = diversions(before, result)
    tables["criticality_losers"] = losers(network, rows, before, result)
    write_case(case_names(network, rows), out)
    for name, table in tables.items():
        write_csv(table, out / f"{name}.csv")
    say("solving what the page offers")
    chosen = chosen_of(network, rows, swept, links=LINKS, pairs=PAIRS, sliders={}, progress=progress, closures=result)
    say("writing the page and the maps")
    with replacing(out / "page.html") as temporary:
        temporary.write_text(page_of({**shown.result(), **chosen}), encoding="utf-8")
    drawn = [name for part in maps for name in part.result()]
    drawing.end()
    summary = summarise(network, rows, base, tables, took, len(result.scenario))
    files = [f"{name}.csv" for name in tables] + ["case.json", "network.gpkg", *drawn, "page.html", "summary.md"]
    summary += "\n## Files\n\n" + "\n".join(f"- `{name}`" for name in files) + "\n"
    (out / "summary.md").write_text(summary, encoding="utf-8")
    return base, tables


class Drawing:
    """Work for one thread of its own: maps are drawn while others, without the interpreter's lock, solve."""

    def __init__(self) -> None:
        xr.Variable((), 0.0)  # for its first array xarray imports dask, which two threads at once can't
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawing")
        self._begun: list[Future[Any]] = []

    def begin(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """What some work will give, after what was begun before it."""
        future = self._thread.submit(work, *arguments, **named)
        self._begun.append(future)
        return future

    def end(self) -> None:
        """Wait until all is done, and raise what some of it raised."""
        for future in self._begun:
            future.result()

    def drop(self) -> None:
        """Leave what has not begun."""
        self._thread.shutdown(wait=True, cancel_futures=True)


def _large(base: xr.Dataset) -> list[str]:
    """The commodities that have maps of their own."""
    return [name for name in ("crude_oil", "containers", "grain") if name in base.commodity.to_numpy()]


def _map(network: Network, base: xr.Dataset, commodity: str | None, out: Path) -> list[str]:
    """Draw all flows or those of a commodity, as PNG and SVG; the names of the files."""
    from corridors.maps.flow_map import plot_map

    return _saved(plot_map(network, base, commodity=commodity), out / f"map_{commodity or 'all'}")


def _map_of_closure(network: Network, before: xr.Dataset, after: xr.Dataset, closed: str, out: Path) -> list[str]:
    """Draw what a closure changes, as PNG and SVG; the names of the files."""
    from corridors.maps.flow_map import plot_difference

    name = network.links.set_index("link_id").name[closed] or closed
    title = f"What the closure of {name} changes"
    return _saved(plot_difference(network, before, after, closed=[closed], title=title), out / "map_worst_closure")


def _saved(ax: Any, path: Path) -> list[str]:
    from corridors.maps.style import save_figure

    return [file.name for file in save_figure(ax, path)]


def _nothing(text: str) -> None:
    """What a report without progress says."""
