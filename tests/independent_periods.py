"""The least loss of a year of periods, written a second time: loops over the year's tables and an inventory by period.

It reads what `cd.periods` reads, not what it gives, and shares no code with it: links of one mode, nodes as ends.
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from corridors import Network

HOURS = 8760.0


def least_loss(
    network: Network,
    demand: pd.DataFrame,
    count: int,
    *,
    factors: dict[str, list[float]] | None = None,
    volumes: dict[str, list[float]] | None = None,
    outputs: dict[tuple[str, str], list[float]] | None = None,
    storages: list[dict] | None = None,
    delays: bool = False,
) -> float:
    """The least loss of `count` equal periods, USD a year.

    Parameters
    ----------
    network : Network
    demand : DataFrame
    count : int
    factors, volumes : dict
        The part of a year's capacity of a link, and of the volume of a demand row, in each period.
    outputs : dict
        The part of a year's volume that comes to an origin, by commodity and origin.
    storages : list of dict
        ``storage_id, node_id, commodities, capacity, handling, cost, stock``.
    delays : bool
    """
    factors, volumes, outputs, even = factors or {}, volumes or {}, outputs or {}, [1 / count] * count
    prices, limits, balance, upper = [], [], defaultdict(dict), []
    worth = dict(zip(network.commodities.commodity, network.commodities.value_of_time, strict=True))

    def variable(price, out=None, into=None, most=math.inf):
        number = len(prices)
        prices.append(price)
        limits.append(most)
        if out is not None:
            balance[out][number] = balance[out].get(number, 0) - 1
        if into is not None:
            balance[into][number] = balance[into].get(number, 0) + 1
        return number

    fixed, over, stored = {}, defaultdict(list), defaultdict(list)
    for (commodity, origin), rows in demand.groupby(["commodity", "origin"]):
        hour, total = worth.get(commodity, 0.0), rows.volume.sum()
        output = outputs.get((commodity, origin))
        for period in range(count):
            most = math.inf if output is None else total * output[period]
            variable(0.0, into=(commodity, origin, origin, period), most=most)
            for link in network.links.itertuples():
                if link.commodities and commodity not in link.commodities.split(";"):
                    continue
                late = math.floor(link.time / (HOURS / count) + 0.5) if delays else 0
                ends = [(link.from_node_id, link.to_node_id), (link.to_node_id, link.from_node_id)]
                for a, b in ends[: 1 if link.directed else 2]:
                    at, then = (commodity, origin, a, period), (commodity, origin, b, (period + late) % count)
                    passing = variable(link.tariff + hour * link.time, at, then)
                    over[link.link_id, period, (a, b) if link.capacity_scope == "each" else ""].append(passing)
            for silo in storages or ():
                if silo["commodities"] and commodity not in silo["commodities"].split(";"):
                    continue
                node = silo["node_id"]
                inside, later = ((commodity, origin, silo["storage_id"], p % count) for p in (period, period + 1))
                at = (commodity, origin, node, period)
                variable(silo["handling"] / 2, at, inside)
                variable(silo["handling"] / 2, inside, at)
                stay = variable(silo["cost"] / count + hour * HOURS / count, inside, later)
                stored[silo["storage_id"], period].append(stay)
            for row in rows.itertuples():
                wanted = (row.demand_id, period)
                fixed[wanted] = row.volume * volumes.get(row.demand_id, even)[period]
                variable(0.0, (commodity, origin, row.destination, period), wanted)
                variable(row.value, None, wanted)
    for link in network.links.itertuples():
        for period in range(count):
            factor = factors.get(link.link_id, even)[period]
            room = (link.capacity - link.background) * factor if factor else 0.0
            if not math.isnan(room):
                upper += [(of, room) for key, of in over.items() if key[:2] == (link.link_id, period)]
    for silo in storages or ():
        for period in range(count):
            room = silo["capacity"] if period < count - 1 else min(silo["capacity"], silo["stock"])
            upper.append((stored[silo["storage_id"], period], room))
    equal = _matrix([(list(row), list(row.values())) for row in balance.values()], len(prices))
    right = [fixed.get(key, 0.0) for key in balance]
    most = _matrix([(of, [1.0] * len(of)) for of, _ in upper], len(prices)) if upper else None
    bounds = np.column_stack([np.zeros(len(limits)), limits])
    found = linprog(prices, most, [room for _, room in upper] or None, equal, right, bounds)
    assert found.status == 0, found.message
    return float(found.fun)


def _matrix(rows: list[tuple[list[int], list[float]]], width: int) -> csr_array:
    start = np.cumsum([0, *(len(at) for at, _ in rows)])
    columns, values = np.concatenate([at for at, _ in rows]), np.concatenate([by for _, by in rows])
    return csr_array((values.astype(float), columns.astype(int), start), shape=(len(rows), width))
