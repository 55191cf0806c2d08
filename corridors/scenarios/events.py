"""Dated events as scenarios: what each closes or cuts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.datasets import load_events
from corridors.errors import InputError, complaint, listed
from corridors.network import Network
from corridors.results import read_result
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.groups import as_name, closures
from corridors.schema.checks import split
from corridors.schema.columns import as_id, as_ids
from corridors.schema.definitions import DIRECTIONS

SHARES = ("capacity", "traffic")
"""What the share that an event takes may be of."""
COLUMNS = ("scenario", "table", "id", "field", "operation", "value", "commodity", "origin", "direction")


def events(network: Network, table: pd.DataFrame | None = None, *, base: Any = None) -> Scenarios:
    """A scenario an event: what it hits closes, or loses a share of its capacity.

    Parameters
    ----------
    network : Network
    table : DataFrame, optional
        ``event_id``, ``affected_type`` (``link, node, corridor, country``), ``affected_id`` (split by ``;``) and
        ``capacity_loss_fraction`` (1 closes; 0 or nothing changes nothing); optionally whose goods it hits:
        ``commodity`` and ``origins`` (nodes or zones where goods start; each split by ``;``) and ``direction`` (``fwd``
        or ``rev``); and ``share_of``, what the share is of: ``capacity`` (or blank), or ``traffic``, where what is
        reported is how many trains or ships still pass. The events of the library by default.
    base : Dataset, optional
        What `corridors.solve` gave of the network without events, of which shares of traffic are taken. Without it they
        are taken off capacities.

    Returns
    -------
    Scenarios
        Labels are the ids of the events. A share is taken off capacities that are limited: off a node's own, off those
        of its links and transfers. Where an event hits some of the goods, a share is taken off what these may use of
        links, each commodity and origin by itself. A share of traffic leaves each direction of a link the rest of what
        it carries, whatever its capacity.

    Raises
    ------
    InputError
        An event that hits what is not there, or a share that is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["cpc"], "from_node_id": ["tengiz"], "to_node_id": ["novorossiysk"],
    ...                       "mode": ["oil_pipeline"], "capacity": [83e6], "tariff": [38.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["tengiz", "novorossiysk"]}), links)
    >>> storm = pd.DataFrame({"event_id": ["storm"], "affected_type": ["node"], "affected_id": ["novorossiysk"],
    ...                       "capacity_loss_fraction": [0.67]})
    >>> cd.events(network, storm).changes(0)[["table", "id", "operation", "value"]]
       table   id operation  value
    0  links  cpc     scale   0.33
    """
    arguments.networks(network=network)
    columns = ("event_id", "affected_type", "affected_id")
    rows = load_events() if table is None else table
    rows = arguments.table_of("table", rows, columns, numbers=["capacity_loss_fraction"])
    lost_of = rows.capacity_loss_fraction
    share = pd.to_numeric(lost_of.fillna(0.0), errors="coerce")
    parts = rows["share_of"].fillna("").astype(str) if "share_of" in rows else pd.Series("", rows.index)
    unknown = ~parts.isin(["", *SHARES])
    if unknown.any():
        remedy = f"give {' or '.join(SHARES)}, not {listed(dict.fromkeys(parts[unknown]))}"
        raise InputError(complaint("events", "share_of is unknown", rows.event_id[unknown], remedy))
    origins = [bool(as_id(getattr(event, "origins", ""))) for event in rows.itertuples()]
    narrow = (parts == "traffic") & np.array(origins, bool)
    if narrow.any():
        remedy = "the traffic of some origins is not known; leave origins blank, or give share_of capacity"
        raise InputError(complaint("events", "share_of is traffic of some origins", rows.event_id[narrow], remedy))
    flow = None if base is None else read_result(network, base, ["flow"], name="base").flow
    bad = ~share.between(0, 1)
    if bad.any():
        remedy = f"give the share lost, not {listed(dict.fromkeys(map(str, lost_of[bad])))}"
        raise InputError(complaint("events", "capacity_loss_fraction is not 0 to 1", rows.event_id[bad], remedy))
    limits = {
        "links": network.links.set_index("link_id").capacity,
        "transfers": network.transfers.set_index("transfer_id").capacity,
        "nodes": network.nodes.set_index("node_id").capacity,
    }
    changes: list[tuple[Any, ...]] = []
    for number, (event, lost, of) in enumerate(zip(rows.itertuples(), share, parts, strict=True)):
        if of == "traffic" and 0 < lost < 1 and flow is not None:
            links = [item for name, item in dict.fromkeys(affected(network, event)) if name == "links"]
            changes += [(number, *row) for row in _rest(network, flow, links, 1 - lost, _users(event))]
            continue
        for name, item in dict.fromkeys(affected(network, event)):
            for users in _users(event):
                if lost == 1 and name != "nodes":
                    changes.append((number, name, item, "status", "close", np.nan, *users))
                elif 0 < lost < 1 and limits[name].notna()[item] and (name == "links" or not any(users)):
                    changes.append((number, name, item, "capacity", "scale", 1 - lost, *users))
    return Scenarios(as_ids(rows.event_id), pd.DataFrame(changes, columns=list(COLUMNS)))


def _rest(
    network: Network, flow: xr.DataArray, links: list[str], left: float, users: list[tuple[str, str, str]]
) -> list[tuple[Any, ...]]:
    """The changes that leave the users of each direction of some links a part of what they carry."""
    directed = network.links.set_index("link_id").directed
    found = []
    for commodity, origin, only in users:
        of = flow[{"commodity": (flow.commodity == commodity).to_numpy()}] if commodity else flow
        carried = of.sel(link=links).sum("commodity")
        for item in links:
            for direction in [only] if only else DIRECTIONS[: 2 - bool(directed[item])]:
                rest = left * float(carried.sel(link=item, direction=direction))
                found.append(("links", item, "capacity", "set", rest, commodity, origin, direction))
    return found


def _users(event: Any) -> list[tuple[str, str, str]]:
    """Whose goods an event hits: commodity, origin and direction; blank for all."""
    goods, origins = (split(as_id(getattr(event, name, ""))) or [""] for name in ("commodity", "origins"))
    direction = as_id(getattr(event, "direction", ""))
    return [(commodity, origin, direction) for commodity in goods for origin in origins]


def affected(network: Network, event: Any) -> list[tuple[str, str]]:
    """What an event affects: pairs of table and id, of operating links, transfers and nodes."""
    kind = str(event.affected_type)
    groups = closures(network, kind)
    known = set(network.links.link_id) | set(network.nodes.node_id)
    items: list[tuple[str, str]] = []
    for name in (as_name(kind, part) for part in split(as_id(event.affected_id))):
        if name not in groups and name not in known:
            raise InputError(complaint("events", f"{name} is no {kind} of the network", [event.event_id], "correct it"))
        items += groups.get(name, [])
        items += [("nodes", name)] if kind == "node" else []
    return items
