"""Shared capacities: what each bundle counts, and its limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Arcs, Kind
from corridors.network import Network
from corridors.scenarios.labels import apart


def build_bundles(
    network: Network, arcs: Arcs, also: Mapping[str, Collection[str]]
) -> tuple[IntArray, IntArray, pd.DataFrame, FloatArray]:
    """The bundles of a network's limits that more than nothing could reach.

    - a link: all classes, both directions together where they share the capacity (one track), else each direction;
      background load is taken off first;
    - a transfer: all classes, both ways;
    - a node: all hands, loaded, unloaded or moved between modes;
    - a zone's member: what all classes and rows take from it or give to it.

    Parameters
    ----------
    network : Network
    arcs : Arcs
    also : mapping
        By table (``links, transfers, nodes, zones``), ids that get a bundle though nothing limits them yet.

    Returns
    -------
    bundle, arc : (N,) int
        Entries: which arcs each bundle counts, each once.
    labels : DataFrame
        ``bundle`` (its name: ``link:aktau-baku``, ``link:brest:rev``), ``table``, ``id``, ``direction`` ("" where both
        count), ``row`` (of its table).
    room : (B,) float
        Their limits, t/year; inf for none.
    """
    links, nodes, zones = network.links, network.nodes, network.zones
    each = (links.capacity_scope == "each").to_numpy() & ~links.directed.to_numpy()
    room = (links.capacity - links.background).where(lambda left: left > 1e-12 * links.capacity, 0.0)
    room = room.where(links.capacity.notna()).to_numpy()
    by_link = np.column_stack([2 * np.arange(len(links)), 2 * np.arange(len(links)) + each])
    direction = np.tile(["", "rev"], len(links))
    direction[::2] = np.where(each, "fwd", "")
    tables = [
        ("link", np.repeat(links.link_id.to_numpy(), 2), direction, np.repeat(room, 2)),
        ("transfer", *_plain(network.transfers.transfer_id, network.transfers.capacity)),
        ("node", *_plain(nodes.node_id, nodes.capacity)),
        ("zone", *_plain(network.member_ids(), zones.limit)),
    ]
    start = np.cumsum([0, *(len(ids) for _, ids, _, _ in tables)])
    limit = np.concatenate([np.asarray(limits, float) for *_, limits in tables])

    def entries(chosen: IntArray, bundle: IntArray) -> tuple[IntArray, IntArray]:
        there = bundle >= 0
        return chosen[there], bundle[there]

    on_links, moves = arcs.of(Kind.LINK), arcs.of(Kind.TRANSFER)
    ends = np.flatnonzero((arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS))
    hands = np.flatnonzero(arcs.node >= 0)
    counted = [
        entries(on_links, by_link[arcs.item[on_links], arcs.direction[on_links]]),
        entries(moves, start[1] + arcs.item[moves]),
        entries(hands, start[2] + arcs.node[hands]),
        entries(ends, np.where(arcs.item[ends] >= 0, start[3] + arcs.item[ends], -1)),
    ]
    arc, bundle = (np.concatenate([c[i] for c in counted]).astype(np.int64) for i in (0, 1))
    wanted = np.concatenate([np.isin(ids, list(also.get(f"{table}s", ()))) for table, ids, _, _ in tables])
    limited = ~np.isnan(limit[bundle]) | wanted[bundle]
    arc, bundle = arc[limited], bundle[limited]
    used, number = np.unique(bundle, return_inverse=True)
    row = np.concatenate([np.arange(len(ids)) // (2 if table == "link" else 1) for table, ids, _, _ in tables])
    labels = pd.DataFrame(
        {
            "table": np.concatenate([np.full(len(ids), table) for table, ids, _, _ in tables]),
            "id": np.concatenate([ids for _, ids, _, _ in tables]),
            "direction": np.concatenate([d for _, _, d, _ in tables]),
        },
        dtype=object,
    )
    suffix = labels.direction.where(labels.direction == "", ":" + labels.direction)
    names = (labels.table + ":" + labels.id + suffix).to_numpy(object, copy=True)
    there = np.ones(len(names), bool)
    there[1 : 2 * len(links) : 2] = each
    names[there] = apart(names[there].tolist())  # a link may have the id of another with its direction
    labels = labels.iloc[used].reset_index(drop=True).assign(row=row[used])
    labels.insert(0, "bundle", names[used])
    order = np.lexsort((arc, number))
    return number[order], arc[order], labels, np.where(np.isnan(limit[used]), np.inf, limit[used])


def _plain(ids: pd.Series[str], limits: pd.Series[float]) -> tuple[IntArray, IntArray, FloatArray]:
    return ids.to_numpy(), np.full(len(ids), ""), limits.to_numpy()
