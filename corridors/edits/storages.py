"""Storages as nodes and links: goods go in from a mode at a node, stay from a period to the next, and go out again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corridors.edits.layers import IN, KEEP, OUT, Layers
from corridors.errors import InputError, complaint
from corridors.schema.columns import split
from corridors.schema.seasons import DAYS


def storage_nodes(layers: Layers, storages: pd.DataFrame) -> pd.DataFrame:
    """A node a storage and period, where the storage's own node is."""
    at = layers.network.nodes.set_index("node_id").loc[storages.node_id]
    place = at[["x_coord", "y_coord", "country"]].reset_index(drop=True)
    nodes = place.assign(node_id=storages.storage_id, base_id=storages.storage_id, name=storages.name,
                         node_type="storage")  # fmt: skip
    return layers.stacked(nodes, ["node_id"])


def storage_links(layers: Layers, storages: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The links of storages, and the fleets that stand for capacities which links of several modes share.

    Half of the cost of handling is paid on the way in, half on the way out. A tonne that stays from one period to the
    next pays for the time from the middle of the one to the middle of the other, and its own value of that time.
    """
    calendar, last = layers.calendar, len(layers.calendar) - 1
    days = (calendar.days + np.roll(calendar.days, -1)) / 2
    links, fleets = [], []
    for row in storages.itertuples(index=False):
        modes = split(row.modes)
        for period, share in enumerate(calendar.shares()):
            suffix, later = layers.suffix(period), layers.suffix(period + 1)
            node, inside = row.node_id + suffix, row.storage_id + suffix
            held = np.fmin(row.capacity, row.stock) if period == last else row.capacity
            parts = (
                (IN, node, inside, row.throughput * share, row.handling / 2, 0.0),
                (KEEP, inside, row.storage_id + later, held, row.cost * days[period] / DAYS, days[period]),
                (OUT, inside, node, row.throughput * share, row.handling / 2, 0.0),
            )
            for role, start, end, room, tariff, stay in parts:
                name = f"{row.storage_id}:{role}"
                shared = len(modes) > 1 and not np.isnan(room)
                for mode in modes:
                    link = f"{name}:{mode}{suffix}" if len(modes) > 1 else name + suffix
                    links.append((link, start, end, mode, np.nan if shared else room, tariff, 24.0 * stay,
                                  row.commodities, calendar.names[period], row.storage_id, role, row.name))  # fmt: skip
                    if shared:
                        fleets.append((name + suffix, link, room))
    columns = ["link_id", "from_node_id", "to_node_id", "mode", "capacity", "tariff", "time", "commodities", "period",
               "base_id", "role", "name"]  # fmt: skip
    table = pd.DataFrame(links, columns=columns).assign(directed=True, length=0.0)
    return table, pd.DataFrame(fleets, columns=["fleet_id", "link_id", "capacity"])


def check_storages(layers: Layers, storages: pd.DataFrame) -> None:
    """Raise where a storage is there twice, at no node, called as a node or link is, or of a mode that is not there."""
    network = layers.network
    nodes, links = network.nodes, network.links
    missing = ~storages.node_id.isin(nodes.node_id)
    if missing.any():
        remedy = "give nodes of the network, or leave these storages out"
        raise InputError(complaint("storages", "node_id is not in nodes", storages.node_id[missing].unique(), remedy))
    if (twice := storages.storage_id.duplicated()).any():
        ids = storages.storage_id[twice].unique()
        raise InputError(complaint("storages", "storage_id is there twice", ids, "give every row an id of its own"))
    taken = storages.storage_id.isin(nodes.node_id) | storages.storage_id.isin(links.link_id)
    if taken.any():
        problem = "storage_id is that of a node or link"
        raise InputError(complaint("storages", problem, storages.storage_id[taken], "rename it"))
    ends = pd.concat([links.from_node_id + ":" + links["mode"], links.to_node_id + ":" + links["mode"]])
    wanted = [(row.storage_id, f"{row.node_id}:{mode}") for row in storages.itertuples() for mode in split(row.modes)]
    idle = [f"{name}: {place}" for name, place in wanted if place not in set(ends)]
    if idle:
        problem, remedy = "no link of the mode is at the node", "correct modes or node_id"
        raise InputError(complaint("storages", problem, idle, remedy))
