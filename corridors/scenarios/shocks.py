"""Named shocks: the scenarios asked for most often, one line each in the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import load_shocks
from corridors.errors import InputError, a_number, complaint
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.crossings import courses, crossings, members
from corridors.scenarios.groups import border, closures
from corridors.scenarios.short_run import short_run
from corridors.schema.checks import as_country, split
from corridors.schema.columns import as_id, as_ids, matching


def shocks(
    network: Network,
    demand: Any,
    table: pd.DataFrame | None = None,
    *,
    within: str | None = None,
    base: Any = None,
) -> Scenarios:
    """The named shocks: a scenario each.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`: whose transit is refused, and who pays a tariff, depends on where goods start.
    table : DataFrame, optional
        Other shocks than those of `corridors.load_shocks` within reach of a network, with its columns: ``shock_id,
        kind, target, commodity, origins, value``. Kinds are ``close`` and ``scale`` (links by id, with ``*`` for any
        letters; ``scale`` nodes as well, and what has no capacity keeps none), ``part_load`` (ships load a part: as
        ``scale``, and a tonne pays more freight as fewer share a voyage), ``close_node``, ``close_border`` (``PL;BY``
        or ``BY-PL``: what crosses it along its course; pipelines go on), ``refuse_transit`` (of a country),
        ``ban_export`` (what starts in a country or bloc may not leave it), ``toll`` (on entries into a bloc, USD/t,
        from countries) and ``value`` (factor of what undelivered tonnes cost).
    within : str, optional
        ``week``, ``month`` or ``year``: no more moves than can be added in that time (`corridors.short_run`). By
        default all adapt at once.
    base : Dataset, optional
        The solved case, which `within` needs.

    Returns
    -------
    Scenarios
        Labelled by ``shock_id``, and the time before it where one is given (``within a month * cpc_half``). A shock
        that touches nothing in this network and demand changes nothing.

    Raises
    ------
    InputError
        An unknown kind, country, bloc or time; a time without the solved case.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.shocks(cd.load_network(), cd.load_demand())
    Scenarios(9: ru_transit, druzhba_stop, cpc_half, caspian_low, khorgos_embargo, ...)
    """
    arguments.texts_or_none(within=within)
    rows = checked_demand(network, demand)
    columns = ("shock_id", "kind", "target", "commodity", "origins")
    given = within_reach(load_shocks()) if table is None else table
    wanted = arguments.table_of("table", given, columns, numbers=["value"])
    names = ("shock_id", "target", "commodity", "origins")
    wanted = wanted.assign(**{name: pd.Series(as_ids(wanted[name]), wanted.index, dtype=object) for name in names})
    unknown = wanted.shock_id[~wanted.kind.isin(_KINDS)]
    if len(unknown):
        raise InputError(complaint("shocks", "kind is unknown", unknown, f"give one of {', '.join(_KINDS)}"))
    parts = [
        pd.DataFrame(_KINDS[shock.kind](network, rows, shock)).assign(scenario=number)
        for number, shock in enumerate(wanted.itertuples(index=False))
    ]
    empty = pd.DataFrame(columns=["scenario", "table", "id", "field", "operation", "value"])
    changes = pd.concat([empty, *(part for part in parts if len(part))], ignore_index=True)
    named = Scenarios(wanted.shock_id.tolist(), changes)
    if within is None:
        return named
    if base is None:
        raise InputError("shocks: within needs the flows of the base; give base=solve(network, demand)")
    return short_run(network, demand, base, within=within) * named


def within_reach(table: pd.DataFrame) -> pd.DataFrame:
    """The shocks of a table that change flows or what they cost: those without a reason in ``out_of_reach``."""
    return table[table.out_of_reach == ""].reset_index(drop=True)


Changes = list[dict[str, Any]]


def _change(
    table: str, name: str, field: str, operation: str, value: float = np.nan, **narrowed: str
) -> dict[str, Any]:
    return {"table": table, "id": name, "field": field, "operation": operation, "value": value, **narrowed}


def _matching(ids: pd.Series[str], target: str) -> list[str]:
    """Ids that a target names, ``*`` for any letters."""
    found = matching(ids, map(as_id, split(target)))
    meant = set().union(*found.values())
    return [i for i in ids if i in meant]


def _close(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    return [_change("links", i, "status", "close") for i in _matching(network.links.link_id, shock.target)]


def _scale(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    limited = {
        "links": network.links.link_id[network.links.capacity.notna()],
        "nodes": network.nodes.node_id[network.nodes.capacity.notna()],
    }
    return [
        _change(table, i, "capacity", "scale", a_number(shock.value))
        for table, ids in limited.items()
        for i in _matching(ids, shock.target)
    ]


def _part_load(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    """Ships that load a part carry less, and what a voyage costs is borne by fewer tonnes."""
    links = _matching(network.links.link_id, shock.target)
    freight = [_change("links", i, "tariff", "scale", 1.0 / a_number(shock.value)) for i in links]
    return [*_scale(network, demand, shock), *freight]


def _close_node(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    by_node = closures(network, "node")
    chosen = [by_node[node] for node in _matching(network.nodes.node_id, shock.target) if node in by_node]
    return [_change(table, i, "status", "close") for group in chosen for table, i in group]


def _close_border(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    """As `closures` by border, but pipelines go on: they need no gate that is open."""
    groups = closures(network, "border")
    name = shock.target if shock.target in groups else border(shock.target)
    if name not in groups:
        members(network, name.split("-"))
    modes = network.links.set_index("link_id")["mode"]
    across = [i for _, i in groups.get(name, [])]
    return [_change("links", i, "status", "close") for i in across if "pipeline" not in modes[i]]


def _refuse_transit(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    """Goods that start elsewhere can't leave the country, nor end at its members of zones over several countries.

    Goods of a zone whose members lie inside and outside are taken for those of the country.
    """
    inside = members(network, shock.target)
    country = network.nodes.set_index("node_id").country
    found = crossings(network, inside)
    within = set(network.nodes.node_id[network.nodes.country.isin(inside)])
    ends = pd.Series(
        {link: not {course[0], course[-1]}.isdisjoint(inside) for link, course in courses(network).items()}
    )
    # What leaves, and what runs through from outside to outside.
    found = found[(found.crossing == "out") | ~found.link_id.map(ends).astype(bool)]
    zones = network.zones.assign(inside=network.zones.node_id.map(country).isin(inside))
    mixed = ~zones.groupby("zone_id").inside.transform("all") & zones.inside & (zones.role == "destination")
    ports = network.member_ids()[mixed]
    passing, members_of = list(zip(found.link_id, found.direction, strict=True)), _members_of(network)
    changes: Changes = []
    for commodity, origin in _classes(demand, shock.commodity):
        if not within.isdisjoint(members_of.get(origin, [origin])):
            continue
        narrowed: dict[str, Any] = {"commodity": commodity, "origin": origin}
        changes += [
            _change("links", link, "status", "close", direction=direction, **narrowed) for link, direction in passing
        ]
        changes += [_change("zones", port, "status", "close", **narrowed) for port in ports]
    return changes


def _ban_export(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    """Goods that start inside may not leave by any link."""
    inside = members(network, shock.target)
    found = crossings(network, inside)
    within, members_of = set(network.nodes.node_id[network.nodes.country.isin(inside)]), _members_of(network)
    return [
        _change("links", row.link_id, "status", "close", direction=row.direction, commodity=commodity, origin=origin)
        for commodity, origin in _classes(demand, shock.commodity)
        if not within.isdisjoint(members_of.get(origin, [origin]))
        for row in found[found.crossing == "out"].itertuples()
    ]


def _toll(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    found = crossings(network, members(network, shock.target))
    found = found[found.crossing == "in"]
    countries = {as_country(name) for name in split(shock.origins)}
    country, members_of = network.nodes.set_index("node_id").country.to_dict(), _members_of(network)
    return [
        _change("links", row.link_id, "border_fee", "add", a_number(shock.value), direction=row.direction,
                commodity=commodity, origin=origin)
        for commodity, origin in _classes(demand, shock.commodity)
        if not countries or not countries.isdisjoint(country[n] for n in members_of.get(origin, [origin]))
        for row in found.itertuples()
    ]  # fmt: skip


def _value(network: Network, demand: pd.DataFrame, shock: Any) -> Changes:
    rows = demand[(demand.commodity == shock.commodity) | (shock.commodity == "")]
    return [_change("demand", i, "value", "scale", a_number(shock.value)) for i in rows.demand_id]


def _classes(demand: pd.DataFrame, commodity: str) -> list[tuple[str, str]]:
    rows = demand[(demand.commodity == commodity) | (commodity == "")]
    return list(dict.fromkeys(zip(rows.commodity, rows.origin, strict=True)))


def _members_of(network: Network) -> dict[str, list[str]]:
    """The nodes of each zone."""
    found: dict[str, list[str]] = {}
    for zone, node in zip(network.zones.zone_id, network.zones.node_id, strict=True):
        found.setdefault(zone, []).append(node)
    return found


_KINDS: dict[str, Callable[[Network, pd.DataFrame, Any], Changes]] = {
    "close": _close,
    "scale": _scale,
    "part_load": _part_load,
    "close_node": _close_node,
    "close_border": _close_border,
    "refuse_transit": _refuse_transit,
    "ban_export": _ban_export,
    "toll": _toll,
    "value": _value,
}
