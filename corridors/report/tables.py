"""The tables of the report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from corridors.model.decode import Solution
from corridors.model.prices import charged_costs, distances
from corridors.model.reach import out_of_reach
from corridors.model.units import units_in
from corridors.network import Network
from corridors.results import read_result
from corridors.scenarios.crossings import touched
from corridors.studies.volumes import corridor_volumes, users_of


def flows_by_link(network: Network, base: xr.Dataset) -> pd.DataFrame:
    """Flow of each link that carries any, t/year: by commodity and direction, with capacity and how full it is."""
    links = network.links.set_index("link_id")
    base = read_result(network, base, ["flow"])
    flow = base.flow.to_series().rename("flow").reset_index()
    wide = flow.pivot_table(index=["link", "commodity"], columns="direction", values="flow", sort=False).reset_index()
    wide = wide[wide.fwd + wide.rev >= units_in(base).tonne].rename_axis(columns=None)
    total = wide.groupby("link")[["fwd", "rev"]].transform("sum").sum(axis=1)
    directions = np.where((links.capacity_scope == "each") & ~links.directed, 2, 1)
    room = pd.Series(links.capacity * directions, index=links.index)
    wide = wide.assign(
        mode=wide.link.map(links["mode"]),
        name=wide.link.map(links.name),
        link_flow=total,
        background=wide.link.map(links.background * directions),
        capacity=wide.link.map(room),
        country=wide.link.map({link: ";".join(names) for link, names in touched(network).items()}),
        confidence=wide.link.map(links.confidence),
    )
    wide["used"] = (wide.link_flow + wide.background) / wide.capacity
    return wide.sort_values(["link_flow", "link"], ascending=[False, True], kind="stable", ignore_index=True)


def flows_by_commodity(demand: pd.DataFrame, base: xr.Dataset, network: Network) -> pd.DataFrame:
    """By commodity: what is wanted, delivered and unmet (t/year), freight work (t-km/year) and cost (USD/year)."""
    base = read_result(network, base, ["flow", "unmet", "row_cost"]).sel(demand=demand.demand_id.tolist())
    length = network.links.length.fillna(0.0).to_numpy()
    work = (base.flow.sum("direction") * xr.DataArray(length, dims="link")).sum("link").to_pandas()
    rows = demand.assign(unmet=base.unmet.to_numpy(), cost=base.row_cost.to_numpy())
    table = rows.groupby("commodity", sort=False)[["volume", "unmet", "cost"]].sum().reset_index()
    table.insert(2, "delivered", table.volume - table.unmet)
    table["tonne_km"] = table.commodity.map(work)
    table["cost_per_tonne"] = table.cost / table.delivered
    return table


def flows_by_corridor(network: Network, base: xr.Dataset, routes: pd.DataFrame) -> pd.DataFrame:
    """By corridor and commodity: what passes its gate, what uses its links otherwise, mean and largest flow of links.

    Columns are those of `corridors.studies.volumes.corridor_volumes`, and ``mean_flow`` and ``busiest`` (t/year) over
    its links that carry any, whatever goods pass its gate or not.
    """
    member = network.links[["link_id", "length"]].assign(corridor=list(users_of(network).values())).explode("corridor")
    flow = read_result(network, base, ["flow"]).flow.sum("direction").to_series().rename("flow").reset_index()
    joined = member.dropna(subset="corridor").merge(flow, left_on="link_id", right_on="link")
    joined = joined[joined.flow > 0].assign(tonne_km=joined.flow * joined.length)
    grouped = joined.groupby(["corridor", "commodity"], sort=True)
    table = grouped.agg(tonne_km=("tonne_km", "sum"), length=("length", "sum"), busiest=("flow", "max")).reset_index()
    table["mean_flow"] = table.tonne_km / table.length
    volumes = corridor_volumes(network, routes)
    return volumes.merge(table[["corridor", "commodity", "mean_flow", "busiest"]], how="left")


def unmet_reasons(solution: Solution, base: xr.Dataset) -> pd.DataFrame:
    """Demand rows not delivered in full, t/year, and why: no path, not worth its cost, or no room left."""
    model, cost = solution.model, solution.model.units.cost
    free = distances(model, charged_costs(model, np.zeros(model.bundles.B)))[model.arcs.row_vertex] * cost
    with_rents = solution.distance[model.arcs.row_vertex] * cost
    base = read_result(model.network, base, ["unmet"]).sel(demand=model.demand.demand_id.tolist())
    rows = model.demand.assign(unmet=base.unmet.to_numpy(), cheapest=free, with_rents=with_rents)
    rows = rows[rows.unmet >= model.units.tonne]
    lost = out_of_reach(model).set_index("demand_id").reason
    reason = np.select(
        [rows.demand_id.isin(lost.index), rows.cheapest > rows.value],
        ["no path: " + rows.demand_id.map(lost).fillna(""), "the cheapest path costs more than the value"],
        "no room left on the paths that are worth taking",
    )
    kept = rows[
        ["demand_id", "commodity", "origin", "destination", "volume", "unmet", "value", "cheapest", "with_rents"]
    ]
    return kept.assign(reason=reason).sort_values("unmet", ascending=False, ignore_index=True)
