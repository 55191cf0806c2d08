"""From flows on arcs to what users see: links, nodes, demand rows and bundles, as a labelled dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.codes import Status
from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.paths import paths, paths_on
from corridors.model.ties import tied
from corridors.model.views import Views
from corridors.network import case_names
from corridors.schema.definitions import DIRECTIONS, VARIABLES


@dataclass(frozen=True, eq=False)
class Solution:
    """An optimal flow of a model, priced and proven.

    Parameters
    ----------
    model : Model
    flow : (E,) float
        On each arc, in units of the model.
    rent : (B,) float
        Rent of each bundle, in units of the problem's costs.
    distance : (V,) float
        Price of each vertex (its dual): the cheapest route with rents charged, in the same units.
    objective, bound : float
        The circulation's cost and what no flow can go below, in the same units, a year.
    solver : str
        The method that found it: ``columns`` or ``lp``.
    """

    model: Model
    flow: FloatArray
    rent: FloatArray
    distance: FloatArray
    objective: float
    bound: float
    solver: str

    @property
    def gap(self) -> float:
        """Relative distance of the objective from its bound."""
        return max(self.objective - self.bound, 0.0) / max(abs(self.objective), 1.0)


def decode(solution: Solution) -> xr.Dataset:
    """The variables of `corridors.schema.definitions.VARIABLES`, labelled, with units.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    Dataset
        Coordinates ``link, direction, commodity, transfer, node, class, demand, bundle, member``.
    """
    model, flow, units = solution.model, solution.flow, solution.model.units
    unmet = unmet_of(model, flow)
    loss = units.usd(solution.objective + model.worth)
    views = Views(model)
    values: dict[str, Any] = {
        "status": int(Status.OPTIMAL),
        "objective": units.usd(solution.objective),
        "loss": loss,
        "cost": loss - float(unmet @ model.demand.value),
        "gap": solution.gap,
        "tied": tied(model, flow, solution.rent, solution.distance),
        "unmet": unmet,
        "row_cost": row_costs(solution),
        "row_price": row_prices(model, solution.distance) * units.cost,
        "price": node_prices(model, solution.distance) * units.cost,
        "rent": solution.rent[: len(model.labels)] * units.cost,
        "limit": limits_of(model),
        **{name: views.of(name, flow) for name in ("flow", "transfer_flow", "member_flow", "throughput")},
    }
    return labelled(
        {name: (VARIABLES[name].dims, value, _attributes(name)) for name, value in values.items()},
        {**coordinates(model), **parts_of(model)},
        {**case_names(model.network, model.demand), **model.attributes(), "solver": solution.solver},
    )


def labelled(
    variables: Mapping[str, tuple[Sequence[str], Any, Mapping[str, Any]]],
    coordinates: Mapping[str, Any],
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """A dataset of plain arrays.

    xarray is told that they are: to see whether an array is one of dask's it would import dask, where that is
    installed, which takes as long as solving. It does so once it reckons with an array, and not on two threads at once:
    whoever starts threads has it make an array before.

    Parameters
    ----------
    variables : mapping
        By name: dimensions, array, and attributes.
    coordinates : mapping
        By name: the labels of a dimension, or a dimension and what belongs to each of its labels.
    attributes : mapping
    """

    def plain(dims: Sequence[str], values: Any, attrs: Mapping[str, Any] | None = None) -> xr.Variable:
        return xr.Variable(dims, np.asarray(values), attrs, fastpath=True)

    labels = {
        name: plain((at[0],), at[1]) if isinstance(at, tuple) else pd.Index(at, dtype=at.dtype, name=name)
        for name, at in coordinates.items()
    }
    return xr.Dataset({name: plain(*of) for name, of in variables.items()}, labels, attributes)


def flows_of(solution: Solution, names: Sequence[str]) -> dict[str, xr.DataArray]:
    """Some variables that are sums of arc flows (`corridors.model.views.Views`), labelled."""
    views, found = Views(solution.model), {}
    labels: dict[str, Any] = {**coordinates(solution.model), **parts_of(solution.model)}
    for name in names:
        dims = VARIABLES[name].dims
        coords = {label: at for label, at in labels.items() if (at[0] if isinstance(at, tuple) else label) in dims}
        found[name] = xr.DataArray(views.of(name, solution.flow), coords, dims, attrs=_attributes(name))
    return found


def coordinates(model: Model) -> dict[str, Any]:
    """The labels of every dimension."""
    network = model.network
    labels = {
        "link": network.links.link_id,
        "direction": list(DIRECTIONS),
        "commodity": Views(model).commodities,
        "transfer": network.transfers.transfer_id,
        "node": network.nodes.node_id,
        "class": model.classes["class"],
        "demand": model.demand.demand_id,
        "bundle": model.labels.bundle,
        "member": network.member_ids(),
    }
    return {name: np.asarray(values, dtype=object) for name, values in labels.items()}


def parts_of(model: Model) -> dict[str, tuple[str, Any]]:
    """What the labels of classes and bundles are made of, as coordinates of their own: no label has to be parsed."""
    classes, labels = model.classes, model.labels
    found = {
        "class_commodity": ("class", classes.commodity),
        "class_origin": ("class", classes.origin),
        "bundle_kind": ("bundle", labels.table),
        "bundle_id": ("bundle", labels.id),
        "bundle_direction": ("bundle", labels.direction),
    }
    return {name: (dim, np.asarray(values, dtype=object)) for name, (dim, values) in found.items()}


def unmet_of(model: Model, flow: FloatArray) -> FloatArray:
    """Demand not delivered, (D,), t/year."""
    demanded = model.arcs.of(Kind.DEMAND)
    unmet = np.zeros(len(model.demand))
    unmet[model.arcs.item[demanded]] = model.units.tonnes(model.problem.capacity[demanded] - flow[demanded])
    return np.maximum(unmet, 0.0)


def limits_of(model: Model) -> FloatArray:
    """The limit of each bundle that has a label, as it is counted, t/year; inf for none."""
    limit = model.bundles.limit[: len(model.labels)]
    return np.where(limit == UNCAPACITATED, np.inf, model.units.tonnes(limit))


def node_prices(model: Model, distance: FloatArray) -> FloatArray:
    """The least distance among a node's places for each class, (nodes, classes); NaN where there is none."""
    arcs = model.arcs
    price = np.full((len(model.network.nodes), len(model.classes)), np.inf)
    at_node = np.flatnonzero(arcs.vertex_node >= 0)
    np.minimum.at(price, (arcs.vertex_node[at_node], arcs.vertex_owner[at_node]), distance[at_node])
    price[np.isinf(price)] = np.nan
    return price


def row_prices(model: Model, distance: FloatArray) -> FloatArray:
    """What one more tonne wanted adds to the loss, (D,): its cost delivered, or its value where that is less."""
    demanded = model.arcs.of(Kind.DEMAND)
    price = np.empty(len(model.demand))
    here = np.minimum(distance[model.problem.tail[demanded]], -model.problem.cost[demanded].astype(float))
    price[model.arcs.item[demanded]] = here
    return price


def _attributes(name: str) -> dict[str, str]:
    return {"units": VARIABLES[name].unit, "long_name": VARIABLES[name].meaning}


def routes(solution: Solution) -> pd.DataFrame:
    """Where each demand row went: the paths of its class's flow, largest first.

    Returns
    -------
    DataFrame
        ``demand_id, commodity, origin, destination`` (the nodes where the path starts and ends), ``volume`` (t/year),
        ``cost`` (generalised, with zone prices, without rents, USD/t), ``length`` (km), ``modes``, ``links`` (ids in
        order, split by ``;``).
    """
    columns = ["demand_id", "commodity", "origin", "destination", "volume", "cost", "length", "modes", "links"]
    table = pd.DataFrame(_routes(solution), columns=columns)
    same = [c for c in columns if c != "volume"]
    table = table.groupby(same, sort=False, dropna=False)[["volume"]].sum().reset_index()[columns]
    number = pd.Series(range(len(solution.model.demand)), index=solution.model.demand.demand_id)
    order = table.assign(row=table.demand_id.map(number)).sort_values(["row", "volume"], ascending=[True, False])
    return table.loc[order.index].reset_index(drop=True)


def row_costs(solution: Solution) -> FloatArray:
    """Generalised cost of what each demand row gets, (D,), USD/year."""
    model, flow = solution.model, passage_flows(solution)
    arc, start, tonnes = paths_on(model, flow)
    row, cost = model.arcs.item[arc[start[1:] - 1]], _sums(passage_costs(solution, flow), arc, start)
    paid: FloatArray = np.bincount(row, tonnes * cost, minlength=len(model.demand)).astype(float, copy=False)
    return paid * model.units.cost


def _sums(of_arc: Any, arc: IntArray, start: IntArray) -> FloatArray:
    """What the arcs of each path cost together, all but the last, which is the demand row's."""
    size = np.diff(start) - 1
    found = np.zeros(len(size))
    for length in np.unique(size):
        of = np.flatnonzero(size == length)
        found[of] = of_arc[arc[start[of][:, None] + np.arange(length)]].sum(axis=1)
    return found


def passage_flows(solution: Solution) -> FloatArray:
    """The flow of each class on each link and direction at the first of its arcs there, (E,): one a cost step."""
    model, flow = solution.model, solution.flow
    if model.arcs.step.max(initial=-1) < 0:
        return flow
    arc = np.flatnonzero(flow)
    summed: FloatArray = np.bincount(model.first_of(arc), flow[arc], minlength=len(flow)).astype(float, copy=False)
    return summed


def passage_costs(solution: Solution, flow: FloatArray) -> Any:
    """What a tonne of the `flow` of passages pays, (E,) in units of the problem's costs: on average over cost steps."""
    model, cost = solution.model, solution.model.problem.cost
    if model.arcs.step.max(initial=-1) < 0:
        return cost
    arc, used = np.flatnonzero(solution.flow), np.flatnonzero(flow > 0)
    paid = np.bincount(model.first_of(arc), solution.flow[arc] * cost[arc], minlength=len(cost))
    found = cost.astype(float)
    found[used] = paid[used] / np.maximum(flow[used], 1e-300)
    return found


def _routes(solution: Solution) -> Iterator[dict[str, Any]]:
    """The rows of `routes`, a path each."""
    model, flow = solution.model, passage_flows(solution)
    of_arc = passage_costs(solution, flow)
    arcs, links, demand = model.arcs, model.network.links, model.demand
    wanted, goods = demand.demand_id.to_numpy(object), demand.commodity.to_numpy(object)
    nodes = model.network.nodes.node_id.to_numpy(object)
    ids, modes, lengths = (links[name].to_numpy() for name in ("link_id", "mode", "length"))
    for path, amount in paths(model, flow):
        row, used = arcs.item[path[-1]], arcs.item[path[arcs.kind[path] == Kind.LINK]]
        yield {
            "demand_id": wanted[row],
            "commodity": goods[row],
            "origin": nodes[arcs.node[path[0]]],
            "destination": nodes[arcs.node[path[-2]]],
            "volume": amount,
            "cost": float(of_arc[path[:-1]].sum() * model.units.cost),
            "length": float(lengths[used].sum()),
            "modes": ";".join(mode for mode, _ in groupby(modes[used])),
            "links": ";".join(ids[used]),
        }
