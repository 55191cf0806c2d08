"""Paths of the base held against the best that there is: what no expert of these corridors would sign stands out.

A flow through a gate may be right for a wrong reason. So each path of each flow class is compared with the cheapest one
between its own ends that the class may take, on the same network but without capacities.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.datasets import load_path_exceptions, load_seas
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.decode import passage_flows
from corridors.model.paths import paths
from corridors.network import Network
from corridors.schema.columns import as_ids, split
from corridors.solvers.paths import path_to, shortest_paths
from corridors.sweeping.optimum import solved

COST, LENGTH = 1.3, 1.6
"""How much a path may cost, and how long it may be, next to the best one."""
MOVES = (Kind.LINK, Kind.TRANSFER)
BY_SEA = ("ship", "ferry")
COLUMNS = (
    "demand_id", "commodity", "origin", "destination", "volume", "cost", "best_cost", "cost_ratio", "length",
    "best_length", "length_ratio", "seas", "wrong", "reason", "links", "best_links",
)  # fmt: skip


def compare_paths(network: Network, demand: Any, *, exceptions: Any = None, seas: Any = None) -> pd.DataFrame:
    """Every path of the optimum next to the best one between its ends, capacities aside.

    Costs are those of the first tonne: freight, fees, handling, the value of time and the first of cost steps, without
    prices of zone members and rents. A path that costs more than the best makes room for others, or the best is not
    taken in fact: which of them it is, a row of `exceptions` says.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    exceptions : DataFrame, optional
        Paths that are known to be right: ``commodity``, ``links`` (split by ``;``, one of them on the path), ``reason``
        and ``source``. Those that come with the library by default.
    seas : DataFrame, optional
        ``sea, node_id``: the ports of each sea that no path should pass twice. Those that come with the library by
        default.

    Returns
    -------
    DataFrame
        A row a path, those that are wrong without a reason first: ``demand_id, commodity``, ``origin, destination``
        (nodes), ``volume`` (t/year), ``cost, best_cost`` (USD/t), ``length, best_length`` (km), their ratios
        ``cost_ratio, length_ratio``, ``seas`` (passed twice, split by ``;``), ``wrong`` (``cost``: more than 1.3 times
        the best, ``length``: more than 1.6 times, ``sea``; blank where nothing is), ``reason`` (of an exception),
        ``links, best_links`` (ids in order, split by ``;``).

    Raises
    ------
    InputError
        Demand that does not fit the network; tables without their columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": ["ship", "rail"], "tariff": [10.0, 50.0], "length": [450.0, 900.0],
    ...                       "capacity": [60.0, None]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> paths = cd.compare_paths(network, demand)
    >>> paths[["links", "volume", "cost_ratio", "length_ratio", "wrong"]]
       links  volume  cost_ratio  length_ratio        wrong
    0  north    40.0         5.0           2.0  cost;length
    1  ferry    60.0         1.0           1.0
    """
    arguments.networks(network=network)
    known, ports = (load_path_exceptions() if exceptions is None else exceptions), load_seas() if seas is None else seas
    known = arguments.table_of("exceptions", known, ("commodity", "links", "reason"))
    ports = arguments.table_of("seas", ports, ("sea", "node_id"))
    model = build(network, demand)
    table = _compared(model, list(paths(model, passage_flows(solved(model)))))
    links = network.links.set_index("link_id")
    sea_of = _seas(links, ports)
    passed = table.links.map(lambda cell: Counter(sea_of[name] for name in split(cell) if name in sea_of))
    table["seas"] = passed.map(lambda count: ";".join(sea for sea, times in count.items() if times > 1))
    said = {"cost": table.cost_ratio > COST, "length": table.length_ratio > LENGTH, "sea": table.seas != ""}
    table["wrong"] = [";".join(name for name in said if said[name].iloc[row]) for row in range(len(table))]
    table["reason"] = [_reason(row, known) if row.wrong else "" for row in table.itertuples()]
    order = table.assign(bad=(table.wrong != "") & (table.reason == "")).sort_values(
        ["bad", "cost_ratio"], ascending=False, kind="stable"
    )
    return order[list(COLUMNS)].reset_index(drop=True)


def _seas(links: pd.DataFrame, ports: pd.DataFrame) -> dict[str, str]:
    """The sea of each link by sea whose ends both lie on it."""
    sea = dict(zip(as_ids(ports.node_id), ports.sea, strict=True))
    sailing = links[links["mode"].isin(BY_SEA)]
    ends = zip(sailing.index, sailing.from_node_id, sailing.to_node_id, strict=True)
    return {str(name): sea[a] for name, a, b in ends if a in sea and sea[a] == sea.get(b)}


def _reason(row: Any, known: pd.DataFrame) -> str:
    """Why a path is as it should be; blank where no exception says so."""
    links = set(split(row.links))
    fits = [
        row.commodity in (split(goods) or [row.commodity]) and not links.isdisjoint(split(cell))
        for goods, cell in zip(known.commodity, known.links, strict=True)
    ]
    return str(known.reason[np.argmax(fits)]) if any(fits) else ""


def _compared(model: Model, found: list[tuple[IntArray, float]]) -> pd.DataFrame:
    """Paths of a model with the best between the same nodes, a row each, unjudged."""
    arcs, units, links = model.arcs, model.units, model.network.links
    cost = model.problem.cost * units.cost
    length, on_link = np.zeros(len(cost)), arcs.kind == Kind.LINK
    length[on_link] = np.nan_to_num(links.length.to_numpy(float))[arcs.item[on_link]]
    names, nodes = links.link_id.to_numpy(), model.network.nodes.node_id.to_numpy()
    best = _Best(model)
    rows: dict[tuple[Any, ...], float] = {}
    for path, tonnes in found:
        middle, row = path[np.isin(arcs.kind[path], MOVES)], int(arcs.item[path[-1]])
        own = middle[arcs.kind[middle] == Kind.LINK]
        if not len(own):
            continue
        other = best.path(int(path[0]), int(path[-2]))
        others = other[arcs.kind[other] == Kind.LINK]
        key = (
            *model.demand[["demand_id", "commodity"]].iloc[row],
            nodes[arcs.node[path[0]]],
            nodes[arcs.node[path[-2]]],
            float(cost[middle].sum()),
            float(cost[other].sum()),
            float(length[middle].sum()),
            float(length[other].sum()),
            ";".join(names[arcs.item[own]]),
            ";".join(names[arcs.item[others]]),
        )
        rows[key] = rows.get(key, 0.0) + tonnes
    columns = ["demand_id", "commodity", "origin", "destination", "cost", "best_cost", "length", "best_length"]
    table = pd.DataFrame(list(rows), columns=[*columns, "links", "best_links"]).assign(volume=list(rows.values()))
    for name in ("cost", "length"):
        less = table[f"best_{name}"].to_numpy(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            table[f"{name}_ratio"] = np.nan_to_num(table[name].to_numpy(float) / less, nan=1.0)
    return table


class _Best:
    """The cheapest path of a class from a node where it starts to a node where a demand row ends."""

    def __init__(self, model: Model) -> None:
        self.model = model
        arcs = model.arcs
        self.inner = np.flatnonzero(np.isin(arcs.kind, (Kind.ACCESS, *MOVES)) & (model.problem.capacity > 0))
        self.owner = arcs.owner[self.inner]
        self.ending = arcs.of(Kind.EGRESS)
        self.known: dict[int, tuple[FloatArray, IntArray, IntArray]] = {}

    def path(self, origin: int, egress: int) -> IntArray:
        """The links and transfers, as arcs in order, from an arc of origin to the node of an arc of egress."""
        arcs = self.model.arcs
        distance, last, own = self._from(origin)
        same = (arcs.head[self.ending] == arcs.head[egress]) & (arcs.node[self.ending] == arcs.node[egress])
        first = arcs.world[arcs.owner[origin]]
        places = arcs.tail[self.ending[same]] - first
        goal = int(places[np.argmin(distance[places])])
        path = own[path_to(last, arcs.tail[own] - first, goal)]
        return path[arcs.kind[path] != Kind.ACCESS]

    def _from(self, origin: int) -> tuple[FloatArray, IntArray, IntArray]:
        if origin not in self.known:
            arcs, problem = self.model.arcs, self.model.problem
            owner = arcs.owner[origin]
            own = self.inner[self.owner == owner]
            first, vertices = arcs.world[owner], int((arcs.vertex_owner == owner).sum())
            tail, head = arcs.tail[own] - first, arcs.head[own] - first
            distance, last = shortest_paths(tail, head, problem.cost[own], vertices, arcs.head[origin] - first)
            self.known[origin] = distance[0], last[0], own
        return self.known[origin]
