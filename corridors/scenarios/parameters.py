"""Parameters by name: the tariff of a corridor, a toll on a bloc, the fee of a border, the value of a commodity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from corridors import arguments
from corridors.datasets import country_words
from corridors.errors import InputError, complaint, kind_of, listed, nearest
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import ATOM
from corridors.scenarios.crossings import crossings, members
from corridors.scenarios.groups import Groups, as_name, closures
from corridors.schema.columns import as_id, as_known, matching

_LINKS = ("tariff", "border_fee", "time", "border_time", "headway", "capacity", "background")
FIELDS_BY = {
    **dict.fromkeys(("link", "corridor", "mode", "border"), _LINKS),
    **dict.fromkeys(("country", "bloc"), (*_LINKS, "toll")),
    "node": ("cost", "time", "capacity"),
    "zone": ("price", "limit"),
    "commodity": ("value", "volume"),
    "demand": ("value", "volume"),
}
"""What may be changed, by what it is named by."""
BY_DEMAND = ("commodity", "demand")
"""Kinds that name rows of demand."""
SHARED = ("capacity", "background", "limit", "value", "volume")
"""What holds for all goods alike, or for a demand row as it is."""


def named_parameter(
    network: Network,
    demand: object,
    field: str,
    kind: str,
    which: Any,
    operation: str = "scale",
    *,
    commodity: Any = "",
    origin: Any = "",
) -> pd.DataFrame:
    """What one number changes, by name: for `break_even`, `sensitivity`, `tornado`, `grid`, `from_experiments`.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    field : str
        Of links: ``tariff, border_fee`` (USD/t), ``time, border_time, headway`` (h), ``capacity, background`` (t/year),
        and ``toll``: USD/t on every route that enters a country or bloc. Of nodes (their transfers): ``cost`` (USD/t),
        ``time`` (h); or their ``capacity`` (t/year). Of zones: ``price`` (USD/t), ``limit`` (t/year). Of a commodity
        or of demand rows: ``value`` (USD per tonne not delivered), ``volume`` (t/year wanted).
    kind : str
        ``link`` (``*`` in a name is for any letters, unless a link has that very name), ``corridor, country, mode,
        bloc, border`` (of two countries that links cross along their course: ``KZ-RU``, ``KZ;RU`` or in the other
        order), ``node, zone, commodity`` or ``demand`` (rows by id; all steps of one that reacts). Links in
        operation only: open planned ones first (`corridors.with_projects`). A toll is on planned links too.
    which : id or iterable of ids
        The name, or several.
    operation : str
        ``scale`` multiplies what there is, ``add`` adds to it, ``set`` puts the number in its place.
    commodity, origin : str
        Costs only: whose they are, a commodity and an origin (node or zone); blank for all.

    Returns
    -------
    DataFrame
        A row a change: ``table, id, field, operation, commodity, origin, direction``.

    Raises
    ------
    InputError
        A field, name or operation that there is not; or nothing there to change.

    Examples
    --------
    >>> import corridors as cd
    >>> network, demand = cd.load_network(), cd.load_demand()
    >>> toll = cd.named_parameter(network, demand, "toll", "country", "RU", "add", commodity="grain")
    >>> toll[["table", "field", "operation", "commodity"]].drop_duplicates().values.tolist()
    [['links', 'border_fee', 'add', 'grain']]
    """
    arguments.networks(network=network)
    if not isinstance(demand, (pd.DataFrame, Mapping, type(None))):
        raise InputError(f"demand: is {kind_of(demand)}; give a DataFrame")
    arguments.texts(field=field, kind=kind, operation=operation, commodity=commodity, origin=origin)
    names = arguments.names_of("which", which, some=True)
    commodity, origin = as_id(commodity), as_id(origin)
    if (commodity or origin) and field in SHARED:
        raise InputError(f"named_parameter: a {field} is shared by all; leave commodity and origin out")
    rows = checked_demand(network, demand) if kind in BY_DEMAND else pd.DataFrame()
    found = changed(network, rows, field, kind, names, operation)
    return found.assign(commodity=commodity, origin=origin)


def changed(
    network: Network,
    demand: pd.DataFrame,
    field: str,
    kind: str,
    names: list[str],
    operation: str,
    groups: Callable[[str], Groups] | None = None,
) -> pd.DataFrame:
    """What `named_parameter` gives for goods of all kinds and origins, of a network and demand that are checked.

    Parameters
    ----------
    network, field, kind, operation
        As for `named_parameter`.
    demand : DataFrame
        Checked demand; only a `kind` of `BY_DEMAND` looks at it.
    names : list of str
    groups : callable, optional
        What gives the closures of the network by kind, where they are known.

    Raises
    ------
    InputError
        A field, name or operation that there is not; or nothing there to change.
    """
    if kind not in FIELDS_BY:
        raise InputError(
            f"named_parameter: kind={kind!r} is unknown; give one of {', '.join(FIELDS_BY)}{nearest([kind], FIELDS_BY)}"
        )
    if field not in FIELDS_BY[kind]:
        near = nearest([field], FIELDS_BY[kind])
        raise InputError(
            f"named_parameter: field: a {kind} has no {field!r}; give one of {', '.join(FIELDS_BY[kind])}{near}"
        )
    if operation not in ("scale", "add", "set"):
        raise InputError(f"named_parameter: operation={operation!r} is unknown; give scale, add or set")
    if kind in BY_DEMAND:
        table = _of_rows(demand, field, kind, names)
    elif kind in ("node", "zone"):
        table = (_at_nodes if kind == "node" else _at_zones)(network, field, names)
    elif field == "toll":
        entered = crossings(network, members(network, names))
        entered = entered[entered.crossing == "in"]
        table = _table("links", entered.link_id, "border_fee").assign(direction=entered.direction.to_numpy())
    else:
        table = _table("links", _links(network, kind, names, (groups or partial(closures, network))(kind)), field)
    if operation != "set":
        table = table[_exists(network, table)]
    if table.empty:
        raise InputError(
            f"named_parameter: {kind} {listed(names)} has no {field} to {operation}; use set, or name another"
        )
    direction = table.direction if "direction" in table else ""
    table = table.assign(operation=operation, commodity="", origin="", direction=direction)
    return table[list(ATOM)].drop_duplicates(ignore_index=True)


def _table(table: str, ids: Iterable[str], field: str) -> pd.DataFrame:
    return pd.DataFrame({"table": table, "id": list(ids), "field": field}, dtype=object)


def _at_nodes(network: Network, field: str, names: list[str]) -> pd.DataFrame:
    nodes = _known("node", names, network.nodes.node_id)
    if field == "capacity":
        return _table("nodes", nodes, field)
    transfers = network.transfers
    return _table("transfers", transfers.transfer_id[transfers.node_id.isin(nodes)], field)


def _at_zones(network: Network, field: str, names: list[str]) -> pd.DataFrame:
    within = network.zones.zone_id.isin(_known("zone", names, network.zones.zone_id))
    return _table("zones", network.member_ids()[within], field)


def _of_rows(rows: pd.DataFrame, field: str, kind: str, names: list[str]) -> pd.DataFrame:
    column = rows.commodity if kind == "commodity" else rows.get("curve", rows.demand_id)
    return _table("demand", rows.demand_id[column.isin(_known(kind, names, column))], field)


def _links(network: Network, kind: str, names: list[str], groups: Groups) -> list[str]:
    """The operating links of that name, of the closures of that kind."""
    if kind == "link":
        meant = matching(network.links.link_id, [as_known(name, network.links.link_id) for name in names])
        none = [name for name, ids in meant.items() if not ids]
        if none:
            remedy = f"give ids of links, * for any letters{nearest(none, network.links.link_id)}"
            raise InputError(f"named_parameter: no link is named {listed(none)}; {remedy}")
        found = set().union(*meant.values())
        shut = [i for name, ids in meant.items() if not groups.keys() & ids for i in ids]
        if shut:
            raise InputError(complaint("links", "status is not operating", shut, "open them first (with_projects)"))
        return [link for link in groups if link in found]
    wanted = [as_name(kind, name, groups) for name in names]
    if kind == "border" and not set(wanted) <= set(groups):
        none = [name for name, pair in zip(names, wanted, strict=True) if pair not in groups]
        raise InputError(f"named_parameter: no link crosses the border {listed(none)}; give two countries, as KZ-RU")
    return [link for name in _known(kind, wanted, groups) for _, link in groups[name]]


def _known(kind: str, names: list[str], existing: Iterable[str]) -> list[str]:
    known = dict.fromkeys(existing)
    found = [as_known(name, known) for name in names]
    unknown = [name for name in found if name not in known]
    if unknown:
        what = "demand row" if kind == "demand" else kind
        remedy = f"give some of {listed(known)}{nearest(unknown, known, country_words())}"
        raise InputError("which: " + complaint("parameters", f"is no {what} there", unknown, remedy))
    return found


def _exists(network: Network, table: pd.DataFrame) -> pd.Series[bool]:
    """Which of the numbers exist: a limit that is missing can't be scaled."""
    if not table.field.isin(["capacity", "limit"]).any():
        return pd.Series(True, table.index)
    limits = {
        "links": network.links.set_index("link_id").capacity,
        "transfers": network.transfers.set_index("transfer_id").capacity,
        "nodes": network.nodes.set_index("node_id").capacity,
        "zones": network.zones.set_index(network.member_ids()).limit,
    }
    bare = {(name, i) for name, column in limits.items() for i in column.index[column.isna()]}
    limited = table.field.isin(["capacity", "limit"])
    return ~(limited & pd.Series([pair in bare for pair in zip(table.table, table.id, strict=True)], table.index))
