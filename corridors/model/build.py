"""Network and demand to one problem on arrays: the only place where floats become integers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors.kernels.types import UNCAPACITATED, Bundles, FloatArray, IntArray, Problem
from corridors.model.arcs import Arcs, Kind, build_arcs, classes_of
from corridors.model.bundles import build_bundles
from corridors.model.costs import Parts, link_parts, transfer_parts
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
    parts : Parts
        What each arc's cost is made of, exactly.
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
    parts: Parts
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


def build(network: Network, demand: Any, also_limited: Mapping[str, Collection[str]] | None = None) -> Model:
    """Lay a network and its demand out as one problem on arrays.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Rows of ``demand_id, commodity, origin, destination, volume, value``.
    also_limited : mapping, optional
        By table, ids that get a bundle though they have no limit: scenarios may give them one.

    Raises
    ------
    InputError
        What `checked_demand` and `link_parts` raise.
    """
    rows = checked_demand(network, demand)
    classes = classes_of(rows)
    arcs = build_arcs(network, rows, classes)
    parts = _parts(network, rows, classes, arcs)
    exact = parts.cost()
    cost = np.rint(exact / CENT).astype(np.int64)
    volume = np.rint(rows.volume.to_numpy())
    bundles, labels, lost = build_bundles(network, arcs, also_limited or {})
    capacity = _capacity(network, arcs, volume)
    rounding = {
        "cost": float(np.abs(cost * CENT - exact).max(initial=0.0)),
        "volume": float(np.abs(volume - rows.volume).max()) if len(rows) else 0.0,
        "limit": lost,
    }
    problem = Problem(arcs.tail, arcs.head, capacity, cost, np.zeros(len(arcs.vertex_node), np.int64))
    return Model(network, rows, classes, arcs, parts, problem, bundles, labels, rounding)


def _parts(network: Network, rows: pd.DataFrame, classes: pd.DataFrame, arcs: Arcs) -> Parts:
    """What the cost of every arc is made of, USD/t: prices of members and minus the values of rows count as freight."""
    columns = np.zeros((5, len(arcs.tail)))
    commodity = classes.commodity.to_numpy()[arcs.owner]
    for kind, of_table in ((Kind.LINK, link_parts), (Kind.TRANSFER, transfer_parts)):
        for name in classes.commodity.unique():
            chosen = np.flatnonzero((arcs.kind == kind) & (commodity == name))
            if len(chosen):
                columns[:, chosen] = np.stack(of_table(network, name))[:, arcs.item[chosen]]
    price = network.zones.price.to_numpy()
    at_zone = np.flatnonzero(((arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS)) & (arcs.item >= 0))
    columns[0, at_zone] = price[arcs.item[at_zone]]
    demanded = arcs.of(Kind.DEMAND)
    columns[0, demanded] = -rows.value.to_numpy()[arcs.item[demanded]]
    return Parts(*columns)


def _capacity(network: Network, arcs: Arcs, volume: FloatArray) -> IntArray:
    """Arcs are unlimited (bundles hold the limits) but for demand rows, and links and transfers that do not operate."""
    capacity = np.full(len(arcs.tail), UNCAPACITATED)
    demanded = arcs.of(Kind.DEMAND)
    capacity[demanded] = volume[arcs.item[demanded]].astype(np.int64)
    for kind, table in ((Kind.LINK, network.links), (Kind.TRANSFER, network.transfers)):
        chosen = arcs.of(kind)
        shut = (table.status != "operating").to_numpy()[arcs.item[chosen]]
        capacity[chosen[shut]] = 0
    return capacity
