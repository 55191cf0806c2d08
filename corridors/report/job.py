"""The main job: solve a base case, close links one by one, and leave tables, maps and a summary in one folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from corridors.datasets import load_spreads
from corridors.io.case import write_case
from corridors.io.files import write_csv
from corridors.model import decode as decoding
from corridors.model.build import build
from corridors.model.decode import decode
from corridors.network import Network, case_names
from corridors.page.chosen import LINKS, chosen_of
from corridors.report.drawing import Drawing
from corridors.report.figures import draw_closure, draw_map, draw_page, write_geopackage, write_page
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

PAIRS = 100
"""Pairs of closures on the page of a report, which has little time for it."""
DRAWS, DRAWN, COSTS = 19, 10, ("tariff", "time", "cost")
"""Cases, of how many closures, and what does not vary in them: where costs do, one takes ten times as long."""


def report(
    network: Network,
    demand: Any,
    out: Path,
    drawing: Drawing,
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
    drawing : Drawing
        What draws the network while this process solves.
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
    out.mkdir(parents=True, exist_ok=True)
    say = tell if progress else _nothing
    say("solving the base case")
    started = time.perf_counter()
    solution = solved(build(network, demand))
    base = decode(solution)
    took = time.perf_counter() - started
    rows, paths = solution.model.demand, decoding.routes(solution)
    written = drawing.begin(write_geopackage, base, out / "network.gpkg")
    maps = [drawing.begin(draw_map, base, commodity, out) for commodity in (None, *_large(base))]
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
    shown = drawing.begin(draw_page, rows, swept)
    ranking = rank(network, rows, before, result, scenarios)
    if len(ranking):
        worst = str(ranking.scenario[0])
        maps.append(drawing.begin(draw_closure, before, result.sel(scenario=worst), worst, out))
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
    page = drawing.begin(write_page, shown.result(), chosen, out / "page.html")
    drawn = [name for part in maps for name in part.result()]
    for file in (written, page):
        file.result()
    summary = summarise(network, rows, base, tables, took, len(result.scenario))
    files = [f"{name}.csv" for name in tables] + ["case.json", "network.gpkg", *drawn, "page.html", "summary.md"]
    summary += "\n## Files\n\n" + "\n".join(f"- `{name}`" for name in files) + "\n"
    (out / "summary.md").write_text(summary, encoding="utf-8")
    return base, tables


def _large(base: xr.Dataset) -> list[str]:
    """The commodities that have maps of their own."""
    return [name for name in ("crude_oil", "containers", "grain") if name in base.commodity.to_numpy()]


def _nothing(text: str) -> None:
    """What a report without progress says."""
