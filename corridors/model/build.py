"""Network and demand to one problem on arrays: the only place where floats become integers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from corridors.kernels.types import UNCAPACITATED, Bundles, FloatArray, IntArray, Problem
from corridors.model.arcs import Arcs, Kind, build_arcs, classes_of
from corridors.model.bundles import build_bundles
from corridors.model.costs import link_costs, transfer_costs
from corridors.network import Network, checked_demand

CENT = 1e-4
"""The unit of cost inside: USD a tonne. The unit of flow is a tonne a year."""


@dataclass(frozen=True, eq=False)
class Model:
    """All flow classes as one min-cost-flow problem, with the bundles that tie them.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        The demand rows, checked.
    classes : DataFrame
        ``class, commodity, origin``.
    arcs : Arcs
        What each arc and vertex stands for.
    problem : Problem
        Costs in `CENT` USD a tonne, flows in tonnes a year.
    bundles : Bundles
        Shared capacities in tonnes a year.
    labels : DataFrame
        What each bundle stands for.
    rounding : dict
        The largest rounding, by what was rounded: ``cost`` in USD/t, ``volume`` and ``limit`` in t/year.
    """

    network: Network
    demand: pd.DataFrame
    classes: pd.DataFrame
    arcs: Arcs
    problem: Problem
    bundles: Bundles
    labels: pd.DataFrame
    rounding: dict[str, float]

    @property
    def worth(self) -> int:
        """Value of all demand, in `CENT` USD a year: loss is the objective plus this."""
        demanded = self.arcs.of(Kind.DEMAND)
        pairs = zip(self.problem.cost[demanded].tolist(), self.problem.capacity[demanded].tolist(), strict=True)
        return sum(-int(cost) * int(volume) for cost, volume in pairs)


def build(network: Network, demand: Any) -> Model:
    """Lay a network and its demand out as one problem on arrays.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Rows of ``demand_id, commodity, origin, destination, volume, value``.

    Raises
    ------
    InputError
        What `checked_demand` and `link_costs` raise.
    """
    rows = checked_demand(network, demand)
    classes = classes_of(rows)
    return _valued(network, rows, classes, build_arcs(network, rows, classes))


def revalue(model: Model, network: Network | None = None, demand: pd.DataFrame | None = None) -> Model:
    """The same arcs with the numbers of another network or demand that has the same rows.

    For scenarios: costs, capacities, statuses, prices, volumes and values may differ, ends and modes may not.
    """
    network = network or model.network
    rows = model.demand if demand is None else demand
    return _valued(network, rows, model.classes, model.arcs)


def close_links(model: Model, link_rows: IntArray, transfer_rows: IntArray | None = None) -> Model:
    """The model with some links and transfers closed: the change that needs nothing recomputed."""
    arcs, problem = model.arcs, model.problem
    shut = (arcs.kind == Kind.LINK) & np.isin(arcs.item, link_rows)
    if transfer_rows is not None:
        shut |= (arcs.kind == Kind.TRANSFER) & np.isin(arcs.item, transfer_rows)
    capacity = np.where(shut, 0, problem.capacity)
    return replace(
        model, problem=Problem(problem.tail, problem.head, capacity, problem.cost, problem.supply, problem.lower)
    )


def _valued(network: Network, rows: pd.DataFrame, classes: pd.DataFrame, arcs: Arcs) -> Model:
    exact = _costs(network, rows, classes, arcs)
    cost = np.rint(exact / CENT).astype(np.int64)
    volume = np.rint(rows.volume.to_numpy())
    capacity = np.full(len(arcs.tail), UNCAPACITATED)
    demanded = arcs.of(Kind.DEMAND)
    capacity[demanded] = volume[arcs.item[demanded]].astype(np.int64)
    for kind, table in ((Kind.LINK, network.links), (Kind.TRANSFER, network.transfers)):
        chosen = arcs.of(kind)
        shut = (table.status != "operating").to_numpy()[arcs.item[chosen]]
        capacity[chosen[shut]] = 0
    bundles, labels, lost = build_bundles(network, arcs)
    problem = Problem(arcs.tail, arcs.head, capacity, cost, np.zeros(len(arcs.vertex_node), np.int64))
    rounding = {
        "cost": float(np.abs(cost * CENT - exact).max(initial=0.0)),
        "volume": float(np.abs(volume - rows.volume).max()) if len(rows) else 0.0,
        "limit": lost,
    }
    return Model(network, rows, classes, arcs, problem, bundles, labels, rounding)


def _costs(network: Network, rows: pd.DataFrame, classes: pd.DataFrame, arcs: Arcs) -> FloatArray:
    """Cost of every arc, USD/t."""
    cost = np.zeros(len(arcs.tail))
    commodity = classes.commodity.to_numpy()[arcs.owner]
    for kind, table_costs in ((Kind.LINK, link_costs), (Kind.TRANSFER, transfer_costs)):
        for name in classes.commodity.unique():
            chosen = np.flatnonzero((arcs.kind == kind) & (commodity == name))
            if len(chosen):
                cost[chosen] = table_costs(network, name)[arcs.item[chosen]]
    price = network.zones.price.to_numpy()
    at_zone = np.flatnonzero(((arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS)) & (arcs.item >= 0))
    cost[at_zone] = price[arcs.item[at_zone]]
    demanded = arcs.of(Kind.DEMAND)
    cost[demanded] = -rows.value.to_numpy()[arcs.item[demanded]]
    return cost
