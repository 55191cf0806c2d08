"""Rents: what one more tonne of a shared capacity saves, and what one less costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray
from corridors.methods.digits import places
from corridors.methods.links_in_series import bundles_in_series
from corridors.methods.loss_limits import Change, Limits, Piece, one_of
from corridors.model.units import NOISE, Units, units_in
from corridors.network import Network, case_names, checked_demand
from corridors.results import read_result
from corridors.scenarios.batch import Scenarios

VALUES = ("dual", "saves_more", "up_to_more", "costs_less", "up_to_less", "saves_together", "up_to_together")
MEMBER = "zone"
"""The kind of a limit of a zone member: a quota or an output, not room on the network."""
COLUMNS = ("bundle", "kind", "id", "direction", "name", "group", *VALUES, "used", "limit", "paid")


def rents(network: Network, demand: Any, *, scenario: Scenarios | None = None, progress: bool = True) -> pd.DataFrame:
    """The shared capacities that are full: what one more tonne of each saves, and what one less costs.

    Parameters
    ----------
    network : Network
    demand : DataFrame or Dataset
        As for `corridors.solve`. Or what `corridors.solve` gave, or one scenario of what `corridors.sweep` gave with
        ``keep=("rent", "throughput")``: then nothing is solved, and all is missing but the dual.
    scenario : Scenarios, optional
        One scenario: rents under its changes instead of today's.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        A row a capacity, those whose group saves most first, and limits of zone members, which are quotas and no room
        on the network, after all others: ``bundle, kind`` (``link, transfer, node, zone, fleet``), ``id``,
        ``direction`` (blank: both together), ``name``; ``group`` (the first capacity of those that are full of the same
        goods); ``dual`` (its rent in one optimum, USD/t); ``saves_more`` and ``costs_less`` (what one more tonne of
        this capacity alone saves and one less costs, USD/t; missing where it has none to lose), ``up_to_more`` and
        ``up_to_less`` (for how many tonnes a year each holds); ``saves_together, up_to_together`` (one more tonne of
        all that are full in its group); ``used, limit`` (t/year); ``paid`` (dual x used, USD/year; of a group only the
        sum says much). What is full and worth nothing is left out.

    Raises
    ------
    InputError
        Not one scenario, but several; tables that do not fit together; a result without rents.
    SolverError
        A value could not be solved.

    Notes
    -----
    The least loss is a convex, piecewise linear function of a limit (Murty 1983, chapter 8). Where it has a break at
    today's limit, what a tonne more saves is less than what a tonne less costs, and the dual is any number from the
    one to the other; in series one more tonne of one capacity alone saves nothing, and the duals of all are any split
    of their sum. So both slopes, and where they end, are those of optima with other limits, each solved as a scenario.
    One group are those in series, by the network; and those that carry the same in this optimum, when a tonne more of
    all saves more than the sum of what it saves of each. Where the first break is within a tonne, the value is that of
    a whole tonne. Where each direction of a link has the capacity, both change with it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti", "poti"], "mode": "ship", "tariff": [10.0, 80.0, 30.0],
    ...                       "capacity": [60.0, None, 60.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku", "poti"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [100.0], "value": [220.0]})
    >>> table = cd.rents(network, demand)
    >>> table[["id", "group", "saves_more", "costs_less", "up_to_less"]]
          id       group  saves_more  costs_less  up_to_less
    0  ferry  link:ferry         0.0        40.0        60.0
    1   rail  link:ferry         0.0        40.0        60.0
    >>> table[["saves_together", "up_to_together"]]
       saves_together  up_to_together
    0            40.0            40.0
    1            40.0            40.0
    """
    if isinstance(demand, xr.Dataset | xr.DataArray):
        return _duals(network, demand)
    rows = checked_demand(network, demand)
    given = one_of(scenario, "rents")
    limits = Limits(network, rows, given, progress)
    used, dual, limit = limits.base.throughput.to_numpy()[0], limits.base.rent.to_numpy()[0], limits.limit
    nothing = _nothing(limits.model.units, dual)
    full = np.flatnonzero((limit - used < limits.step) | (dual > nothing))
    groups = bundles_in_series(limits.model, full)
    wanted: dict[Hashable, Change] = {("together", group[0]): (group, 1) for group in groups if len(group) > 1}
    for bundle in full.tolist():
        wanted["more", bundle], wanted["less", bundle] = ([bundle], 1), ([bundle], -1)
    found = limits.pieces(wanted)
    groups = _joined(limits, groups, used, found, nothing)
    labels = limits.model.labels
    records = [
        {
            **labels.loc[bundle, ["bundle", "id", "direction"]],
            "kind": labels.table[bundle],
            "group": labels.bundle[group[0]],
            "dual": dual[bundle],
            "used": used[bundle],
            "limit": limit[bundle],
            **_values(found["more", bundle], found["less", bundle], found.get(("together", group[0]))),
        }
        for group in groups
        for bundle in group
    ]
    table = pd.DataFrame(records, columns=list(COLUMNS[:-1]))
    names = _names(network)
    table["name"] = [names.get(key, "") for key in zip(table.kind, table.id, strict=True)]
    table = _rounded(table.astype(dict.fromkeys((*VALUES, "used", "limit"), float)))
    worth = table[["dual", "saves_more", "saves_together", "costs_less"]].max(axis=1) > nothing
    order = ["saves_together", "costs_less", "group", "bundle"]
    table = table[worth].sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    table = _members_last(table)[list(COLUMNS)]
    table.attrs.update(case_names(network, rows))
    return table


def _duals(network: Network, result: Any) -> pd.DataFrame:
    """The capacities with a dual in a result, the highest first."""
    result = read_result(network, result, ["rent", "throughput"])
    used = result.throughput.to_numpy()
    table = pd.DataFrame(
        {
            "bundle": result.bundle.to_numpy().astype(str),
            "dual": result.rent.to_numpy(),
            "used": used,
            "limit": result["limit"].to_numpy() if "limit" in result else used,
            **{name: result[f"bundle_{name}"].to_numpy().astype(str) for name in ("kind", "id", "direction")},
        }
    )
    table = table[table.dual > _nothing(units_in(result), table.dual)].assign(group=table.bundle)
    names = _names(network)
    table["name"] = [names.get(key, "") for key in zip(table.kind, table.id, strict=True)]
    table = _rounded(table.reindex(columns=list(COLUMNS)).astype(dict.fromkeys(VALUES, float)))
    return _members_last(table.sort_values(["dual", "bundle"], ascending=[False, True]))


def _members_last(table: pd.DataFrame) -> pd.DataFrame:
    """Links, transfers and nodes before members of zones, each in their order."""
    return table.sort_values("kind", key=lambda kind: kind == MEMBER, kind="stable", ignore_index=True)


def _nothing(units: Units, duals: Any) -> float:
    """Values up to this are none, USD/t: half of what the model rounds costs to, or the noise of the largest."""
    return max(units.cost / 2, NOISE * float(np.max(np.asarray(duals, float), initial=0.0)))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `paid`, to the decimals of its size."""
    table = table.assign(paid=table.dual * table.used)
    for name in (*VALUES, "used", "limit"):
        large = 1e5 if name in ("used", "limit") or name.startswith("up_to") else 1.0
        table[name] = table[name].round(places(4, table[name], large)) + 0.0
    table["paid"] = table.paid.round(places(2, table.paid, 1e7))
    return table


def _joined(
    limits: Limits, groups: list[list[int]], used: FloatArray, found: dict[Hashable, Piece], nothing: float
) -> list[list[int]]:
    """Groups put together where they carry the same and save more together than each for itself.

    Such capacities are full of the same goods in this optimum, though others could come to one of them. What all save
    together goes into `found`.
    """
    alike: dict[tuple[float, float], list[list[int]]] = defaultdict(list)
    alone = {group[0]: -found.get(("together", group[0]), found["more", group[0]])[0] for group in groups}
    for group in groups:
        costs = found["less", group[0]][0]
        if costs - alone[group[0]] > nothing:
            alike[round(float(used[group[0]]) / limits.step), round(costs, 3)].append(group)
    sets = [many for many in alike.values() if len(many) > 1]
    wanted: dict[Hashable, Change] = {}
    for i, many in enumerate(sets):
        for without in range(-1, len(many)):
            wanted[i, without] = (_union(many[:without] + many[without + 1 :] if without >= 0 else many), 1)
    tried = limits.pieces(wanted)
    parts = []
    for i, many in enumerate(sets):
        together = -tried[i, -1][0]
        needed = [group for j, group in enumerate(many) if together + tried[i, j][0] > nothing]
        if len(needed) > 1 and together - sum(alone[group[0]] for group in needed) > nothing:
            parts.append(needed)
    joined = {_union(part)[0]: _union(part) for part in parts}
    pieces = limits.pieces({("together", first): (union, 1) for first, union in joined.items()})
    found.update(pieces)
    apart = {group[0] for part in parts for group in part}
    return sorted([*(group for group in groups if group[0] not in apart), *joined.values()])


def _union(groups: list[list[int]]) -> list[int]:
    return sorted(bundle for group in groups for bundle in group)


def bottlenecks(table: pd.DataFrame) -> pd.DataFrame:
    """A row a group of what `rents` gave: full capacities in series are one bottleneck; limits of members are left out.

    Returns
    -------
    DataFrame
        In the same order: ``group, kind, bundles, name`` (those of its capacities, joined by " + "), ``saves_more,
        up_to_more`` (all of them together), ``costs_less, up_to_less`` (any of them), ``used, limit``.
    """
    table = table[table.kind != MEMBER]
    groups = table.groupby("group", sort=False)
    joined = {column: groups[column].agg(" + ".join) for column in ("bundle", "name")}
    firsts = groups[["kind", "saves_together", "up_to_together", "costs_less", "up_to_less", "used", "limit"]].first()
    found = firsts.assign(bundles=joined["bundle"], name=joined["name"]).reset_index()
    found = found.rename(columns={"saves_together": "saves_more", "up_to_together": "up_to_more"})
    columns = ["group", "kind", "bundles", "name", "saves_more", "up_to_more", "costs_less", "up_to_less"]
    return found[[*columns, "used", "limit"]]


def member_limits(table: pd.DataFrame) -> pd.DataFrame:
    """What quotas and outputs are worth: the limits of zone members among what `rents` gave.

    Returns
    -------
    DataFrame
        In the same order: ``member, name, saves_more, up_to_more, costs_less, up_to_less, used, limit``.
    """
    columns = ["id", "name", "saves_more", "up_to_more", "costs_less", "up_to_less", "used", "limit"]
    return table.loc[table.kind == MEMBER, columns].rename(columns={"id": "member"}).reset_index(drop=True)


def _values(more: Piece, less: Piece, together: Piece | None) -> dict[str, float]:
    together = together or more
    return {
        "saves_more": -more[0],
        "up_to_more": more[1],
        "costs_less": less[0],
        "up_to_less": less[1],
        "saves_together": -together[0],
        "up_to_together": together[1],
    }


def _names(network: Network) -> dict[tuple[str, str], str]:
    """Names by kind and id."""
    nodes = dict(zip(network.nodes.node_id, network.nodes.name, strict=True))
    links, transfers, zones = network.links, network.transfers, network.zones
    names = {("node", node): str(name) for node, name in nodes.items()}
    names |= {("link", i): str(name) for i, name in zip(links.link_id, links.name, strict=True)}
    at = zip(transfers.transfer_id, transfers.node_id, strict=True)
    names |= {("transfer", i): str(nodes[node]) for i, node in at}
    names |= {("fleet", fleet): fleet for fleet in network.fleets.fleet_id}
    for zone, node, name in zip(zones.zone_id, zones.node_id, zones.name, strict=True):
        names["zone", f"{zone}:{node}"] = f"{name or zone}, {nodes[node]}"
    return names
