"""The short run: how much more links and producers can move within a week, a month or a year, as changes of a case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import load_surge
from corridors.errors import InputError, complaint
from corridors.network import Network, checked_demand
from corridors.results import read_result
from corridors.scenarios.batch import Scenarios
from corridors.schema.checks import split
from corridors.schema.definitions import DIRECTIONS

WITHIN = ("week", "month", "year")
"""The times for which `corridors.load_surge` has figures."""
_LIMITED = ["table", "id", "field", "commodity", "origin", "direction"]
OF = {"links": ("room", "tonnes"), "zones": ("room", "tonnes"), "demand": ("value",)}
"""What the figures of a table may be a share of; ``tonnes`` are t/year themselves."""


def short_run(network: Network, demand: Any, base: Any, *, within: str, surge: pd.DataFrame | None = None) -> Scenarios:
    """One scenario: no more moves than the base and what can be added to it within a week, a month or a year.

    It changes nothing by itself, since the flow of the base is still there. Multiplied with closures, it keeps traffic
    from filling other routes in an instant, and oil that finds none is shut in at less than its price: it stays in the
    ground and is produced later.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    base : Dataset
        What `corridors.solve` gave of them.
    within : str
        ``week``, ``month`` or ``year``.
    surge : DataFrame, optional
        Figures by link, terminal and producer, as `corridors.load_surge` has them: the default. Of several rows that
        fit, the last holds.

    Returns
    -------
    Scenarios
        Labelled ``within a month``. Each direction of a link with a figure may carry its flow in the base, and a share
        of the room that is empty or so many t/year more; what can't be changed in time keeps its own limit.

    Raises
    ------
    InputError
        A time, table or basis that there is not; a result of another network.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["cpc", "samara"], "from_node_id": "atyrau", "to_node_id": "sea",
    ...                       "mode": "oil_pipeline", "tariff": [30.0, 50.0], "capacity": [60e6, 18e6]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["atyrau", "sea"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["oil"], "commodity": ["crude_oil"], "origin": ["atyrau"],
    ...                        "destination": ["sea"], "volume": [60e6], "value": [560.0]})
    >>> surge = pd.DataFrame({"table": ["links"], "field": ["mode"], "which": ["oil_pipeline"], "of": ["room"],
    ...                       "week": [0.1], "month": [0.5], "year": [1.0]})
    >>> limits = cd.short_run(network, demand, cd.solve(network, demand), within="month", surge=surge)
    >>> (limits * cd.outages(network)).labels
    ('within a month * cpc', 'within a month * samara')
    >>> cd.sweep(network, demand, limits * cd.outages(network), progress=False).unmet.values.ravel() / 1e6
    array([51.,  0.])
    """
    arguments.networks(network=network)
    arguments.texts(within=within)
    rows = checked_demand(network, demand)
    if within not in WITHIN:
        raise InputError(f"within: {within!r} is unknown; give {', '.join(WITHIN)}")
    flows = read_result(network, base, ["flow", "member_flow"], name="base")
    changes = changes_within(network, rows, flows, within, load_surge() if surge is None else surge)
    return Scenarios([f"within a {within}"], changes.assign(scenario=0))


def met_within(network: Network, limits: Scenarios, hits: Scenarios) -> Scenarios:
    """The scenarios of events met within the short run: each with the one of `short_run`.

    A share that an event takes off the capacity of a direction is taken off the capacity in force, and what can be
    added in time is a limit of its own: the lower of both holds.

    Parameters
    ----------
    network : Network
    limits : Scenarios
        What `short_run` gave: one scenario.
    hits : Scenarios
        Events, as `corridors.events` makes them.
    """
    capacity = network.links.set_index("link_id").capacity
    least = limits.changes(0).set_index(_LIMITED).value
    parts = []
    for number in range(len(hits)):
        changes = hits.changes(number)
        scaled = (changes.table == "links") & (changes.field == "capacity") & (changes.operation == "scale")
        keys = pd.MultiIndex.from_frame(changes[_LIMITED])
        chosen = scaled.to_numpy() & keys.isin(least.index)
        left = np.fmin(changes.value * changes.id.map(capacity).to_numpy(), least.reindex(keys).to_numpy())
        value = changes.value.mask(chosen, left)
        parts.append(changes.assign(operation=changes.operation.mask(chosen, "set"), value=value, scenario=number))
    together = pd.concat(parts, ignore_index=True)
    return limits * Scenarios(hits.labels, together, hits.weights)


def changes_within(network: Network, demand: pd.DataFrame, base: Any, within: str, surge: pd.DataFrame) -> pd.DataFrame:
    """The changes of a scenario that keep within the short run."""
    table = arguments.table_of("surge", surge, ("table", "field", "which", "of"), numbers=(within,))
    wrong = [row.table not in OF or row.of not in OF[row.table] for row in table.itertuples()]
    if any(wrong):
        known = "; ".join(f"{name}: {', '.join(of)}" for name, of in OF.items())
        raise InputError(complaint("surge", "table or basis is unknown", table.index[wrong], f"there is {known}"))
    parts = [
        _links(network, base, _figures(network.links, network.links.link_id, table, "links", within)),
        _members(network, base, _figures(network.zones, network.member_ids(), table, "zones", within)),
        _values(_figures(demand, demand.demand_id, table, "demand", within)),
    ]
    empty = pd.DataFrame(columns=["table", "id", "field", "operation", "value", "direction"])
    return pd.concat([empty, *(part for part in parts if len(part))], ignore_index=True).fillna({"direction": ""})


def _figures(rows: pd.DataFrame, ids: pd.Series[str], surge: pd.DataFrame, table: str, within: str) -> pd.DataFrame:
    """The figure of each row of a table that has one: ``of, figure``, by id; a blank figure is no limit."""
    found = pd.DataFrame({"of": "", "figure": np.nan}, index=pd.Index(ids))
    for row in surge[surge.table == table].itertuples():
        fits = (ids if row.field == "id" else rows[row.field]).isin(split(row.which)).to_numpy()
        if goods := split(getattr(row, "commodity", "")):
            fits = fits & rows.commodity.isin(goods).to_numpy()
        found.loc[fits, ["of", "figure"]] = [row.of, float(getattr(row, within))]
    return found[found.figure.notna()]


def _links(network: Network, base: Any, figures: pd.DataFrame) -> pd.DataFrame:
    """What each direction of a link may carry: its flow, and a share of the room or so many tonnes more."""
    links = network.links.set_index("link_id").loc[figures.index]
    flow = base.flow.sum("commodity").sel(link=links.index.tolist()).transpose("direction", "link")
    each = (links.capacity_scope == "each") & ~links.directed
    parts = []
    for direction in DIRECTIONS:
        own = flow.sel(direction=direction).to_numpy()
        load = np.where(each, own, flow.sum("direction").to_numpy())
        room = (links.capacity - links.background - load).clip(lower=0.0)
        more = figures.figure * room.where(figures.of == "room", 1.0)
        limits = pd.DataFrame({"id": links.index, "value": own + more.to_numpy()})
        parts.append(
            limits[(more.notna() & ~(links.directed & (direction == "rev"))).to_numpy()].assign(direction=direction)
        )
    return pd.concat(parts).assign(table="links", field="capacity", operation="set")


def _members(network: Network, base: Any, figures: pd.DataFrame) -> pd.DataFrame:
    """What a zone's member may give or take."""
    limit = network.zones.limit.set_axis(network.member_ids())[figures.index]
    flow = base.member_flow.sum("commodity").sel(member=figures.index.tolist()).to_series()
    more = figures.figure * (limit - flow).clip(lower=0.0).where(figures.of == "room", 1.0)
    value = np.fmin(limit, flow + more)[more.notna()]
    return pd.DataFrame({"table": "zones", "id": value.index, "field": "limit", "operation": "set", "value": value})


def _values(figures: pd.DataFrame) -> pd.DataFrame:
    """What a tonne that is shut in costs, as a share of its value."""
    return pd.DataFrame(
        {"table": "demand", "id": figures.index, "field": "value", "operation": "scale", "value": figures.figure}
    )
