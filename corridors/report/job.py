"""The main job: solve a base case, close links one by one, and leave tables, maps and a summary in one folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from corridors.datasets import load_spreads
from corridors.io.case import write_case
from corridors.io.files import replacing, write_csv
from corridors.io.write import write
from corridors.model import decode as decoding
from corridors.model.build import build
from corridors.model.decode import decode
from corridors.network import Network, case_names
from corridors.page.content import content_of
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
    out.mkdir(parents=True, exist_ok=True)
    say = tell if progress else _nothing
    say("solving the base case")
    started = time.perf_counter()
    solution = solved(build(network, demand))
    base = decode(solution)
    took = time.perf_counter() - started
    rows, paths = solution.model.demand, decoding.routes(solution)
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
    ranking = rank(network, rows, before, result, scenarios)
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
    say("writing the GeoPackage and the maps")
    write(network, out / "network.gpkg", result=base)
    maps = _maps(network, base, before, result, tables["criticality"], out)
    say("writing the page")
    swept = base.assign(row_cost=before.row_cost)  # losers on the page are those of the tables
    content = content_of(
        network, rows, title="", links=LINKS, pairs=PAIRS, sliders={}, progress=progress, base=swept, closures=result
    )
    with replacing(out / "page.html") as temporary:
        temporary.write_text(page_of(content), encoding="utf-8")
    summary = summarise(network, rows, base, tables, took, len(result.scenario))
    files = [f"{name}.csv" for name in tables] + ["case.json", "network.gpkg", *maps, "page.html", "summary.md"]
    summary += "\n## Files\n\n" + "\n".join(f"- `{name}`" for name in files) + "\n"
    (out / "summary.md").write_text(summary, encoding="utf-8")
    return base, tables


def _maps(
    network: Network,
    base: xr.Dataset,
    before: xr.Dataset,
    result: xr.Dataset,
    ranking: pd.DataFrame,
    out: Path,
) -> list[str]:
    """Maps of all flows, of each large commodity, and of what the most expensive closure changes; PNG and SVG."""
    import matplotlib.pyplot as plt

    from corridors.maps.flow_map import plot_difference, plot_map
    from corridors.maps.style import save_figure

    names: list[str] = []

    def keep(ax: Any, name: str) -> None:
        names.extend(path.name for path in save_figure(ax, out / name))
        plt.close(ax.get_figure(root=True))

    keep(plot_map(network, base), "map_all")
    for commodity in ("crude_oil", "containers", "grain"):
        if commodity in base.commodity.to_numpy():
            keep(plot_map(network, base, commodity=commodity), f"map_{commodity}")
    if len(ranking):
        worst = ranking.scenario[0]
        name = network.links.set_index("link_id").name[worst] or worst
        title = f"What the closure of {name} changes"
        after = result.sel(scenario=worst)
        keep(plot_difference(network, before, after, closed=[worst], title=title), "map_worst_closure")
    return names


def _nothing(text: str) -> None:
    """What a report without progress says."""
