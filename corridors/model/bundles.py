"""Shared capacities: what each bundle counts, and its limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from corridors.arrays.sparse import in_turn
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Arcs, Kind
from corridors.model.steps import Steps
from corridors.network import Network
from corridors.scenarios.labels import apart
from corridors.schema.definitions import DIRECTIONS
from corridors.schema.fleets import capacities

_TABLES = ("link", "transfer", "node", "zone", "fleet", "use")


class Use(NamedTuple):
    """Some of what a link carries: of a commodity, an origin and a direction (``fwd`` or ``rev``); blank means all."""

    link_id: str
    commodity: str
    origin: str
    direction: str


def build_bundles(
    network: Network,
    classes: pd.DataFrame,
    arcs: Arcs,
    steps: Steps,
    also: Mapping[str, Collection[str]],
    uses: Sequence[Use] = (),
) -> tuple[IntArray, IntArray, pd.DataFrame, FloatArray]:
    """The bundles of a network's limits that more than nothing could reach, and then of the widths of cost steps.

    - a link: all classes, both directions together where they share the capacity (one track), else each direction;
      background load is taken off first;
    - a transfer: all classes, both directions;
    - a node: all that is handled there, loaded, unloaded or moved between modes;
    - a zone's member: what all classes and rows take from it or give to it;
    - a fleet: all classes on all its links, both directions;
    - a use: the classes and directions of one link that a scenario limits by themselves;
    - a cost step that has an end: the classes and directions that its ladder covers.

    Parameters
    ----------
    network : Network
    classes : DataFrame
        ``commodity, origin`` of each class.
    arcs : Arcs
    steps : Steps
    also : mapping
        By table (``links, transfers, nodes, zones, fleets``), ids that get a bundle though nothing limits them yet.
    uses : sequence of Use
        Each gets a bundle; nothing limits them yet.

    Returns
    -------
    bundle, arc : (N,) int
        Entries: which arcs each bundle counts, each once.
    labels : DataFrame
        Of the bundles of limits, which come first: ``bundle`` (its name: ``link:aktau-baku``, ``link:brest:rev``),
        ``table``, ``id``, ``direction`` ("" where both count), ``row`` (of its table).
    room : (B,) float
        The limits of all, t/year; inf for none.
    """
    limits = _limits(network, uses)
    wanted = np.array(limits.table == "use")
    for table, ids in also.items():
        wanted |= ((limits.table + "s" == table) & limits.id.isin(list(ids))).to_numpy()
    limit, arc = _members(network, classes, arcs, limits, uses, limits.room.notna().to_numpy() | wanted)
    used = np.zeros(len(limits), bool)
    used[limit] = True
    bundle = (np.cumsum(used, dtype=np.int32) - np.int32(1))[limit]
    del limit  # as long as all arcs
    labels = limits[used].reset_index(drop=True)
    step_bundle, step_arc, width = _widths(arcs, steps, len(labels))
    bundle, arc = np.concatenate([bundle, step_bundle]), np.concatenate([arc, step_arc])
    room = np.concatenate([labels.room.fillna(np.inf).to_numpy(float), width])
    # Entries by bundle, put there by counting, for there may be many millions.
    entries = csr_array((np.ones(len(arc), np.int8), (bundle, arc)), shape=(len(room), len(arcs.tail)))
    del bundle, arc
    entries.sort_indices()
    bundle = np.repeat(np.arange(len(room), dtype=np.int32), np.diff(entries.indptr))
    return bundle, entries.indices.copy(), labels[["bundle", "table", "id", "direction", "row"]], room


def _limits(network: Network, uses: Sequence[Use]) -> pd.DataFrame:
    """All that could be limited, a row each: ``bundle, table, id, direction, row, room`` (t/year; NaN for no limit)."""
    links, nodes, transfers = network.links, network.nodes, network.transfers
    fleets = capacities(network.fleets)
    each = _has_each(network)
    room = (links.capacity - links.background).where(lambda left: left > 1e-12 * links.capacity, 0.0)
    of_link = np.repeat(np.arange(len(links)), 1 + each)
    second = np.append(False, of_link[1:] == of_link[:-1])[: len(of_link)]
    direction = np.where(each[of_link], np.where(second, "rev", "fwd"), "")
    link_room = room.where(links.capacity.notna()).to_numpy(float)
    parts = [
        ("link", links.link_id.to_numpy()[of_link], direction, of_link, link_room[of_link]),
        _undirected("transfer", transfers.transfer_id, transfers.capacity),
        _undirected("node", nodes.node_id, nodes.capacity),
        _undirected("zone", network.member_ids(), network.zones.limit),
        _undirected("fleet", fleets.fleet_id, fleets.capacity),
        _undirected("use", pd.Series([use.link_id for use in uses], dtype=object), pd.Series(np.nan, range(len(uses)))),
    ]
    limits = pd.DataFrame(
        {
            "table": np.concatenate([np.full(len(ids), table, object) for table, ids, *_ in parts]),
            "id": np.concatenate([ids for _, ids, *_ in parts]),
            "direction": np.concatenate([d.astype(object) for _, _, d, *_ in parts]),
        },
        dtype=object,
    )
    suffix = limits.direction.where(limits.direction == "", ":" + limits.direction)
    # A link may have the id of another with its direction.
    limits.insert(0, "bundle", pd.Series(apart((limits.table + ":" + limits.id + suffix).tolist()), dtype=object))
    return limits.assign(
        row=np.concatenate([row for *_, row, _ in parts]), room=np.concatenate([room for *_, room in parts])
    )


def _has_each(network: Network) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Links whose directions have a capacity each."""
    links = network.links
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (links.capacity_scope == "each").to_numpy(
        bool
    ) & ~links.directed.to_numpy(bool)
    return found


def _undirected(
    table: str, ids: pd.Series[str], limits: pd.Series[float]
) -> tuple[str, IntArray, IntArray, IntArray, FloatArray]:
    return table, ids.to_numpy(), np.full(len(ids), ""), np.arange(len(ids)), limits.to_numpy(float)


def _members(
    network: Network,
    classes: pd.DataFrame,
    arcs: Arcs,
    limits: pd.DataFrame,
    uses: Sequence[Use],
    kept: npt.NDArray[np.bool_],
) -> tuple[IntArray, IntArray]:
    """Pairs of a limit (its row), of those kept, and an arc that it counts."""
    start = dict(zip(_TABLES, np.searchsorted(limits.table.map(_TABLES.index), range(len(_TABLES))), strict=True))
    each = _has_each(network)
    of_link = (np.cumsum(1 + each) - 1 - each).astype(np.int32)
    moves = arcs.of(Kind.TRANSFER)
    ends = np.flatnonzero(((arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS)) & (arcs.item >= 0))
    handled = np.flatnonzero(arcs.node >= 0)
    fleet, served = _served(network, arcs)
    use, limited = _used(network, classes, arcs, uses)
    pairs: list[tuple[Any, Any]] = [
        (start["transfer"] + arcs.item[moves], moves),
        (start["node"] + arcs.node[handled], handled),
        (start["zone"] + arcs.item[ends], ends),
        (start["fleet"] + fleet, served),
        (start["use"] + use, limited),
    ]
    found: tuple[list[Any], list[Any]] = [], []
    for some in in_turn(len(arcs.kind)):
        arc = some.start + np.flatnonzero(arcs.kind[some] == Kind.LINK)
        item = arcs.item[arc]
        _take(found, of_link[item] + arcs.direction[arc] * each[item], arc, kept)
    for limit, arc in pairs:
        _take(found, limit, arc, kept)
    limit = np.concatenate(found[0])
    found[0].clear()
    return limit, np.concatenate(found[1])


def _take(found: tuple[list[Any], list[Any]], limit: IntArray, arc: IntArray, kept: npt.NDArray[np.bool_]) -> None:
    there = kept[limit]
    found[0].append(limit[there].astype(np.int32))
    found[1].append(arc[there].astype(np.int32))


def _served(network: Network, arcs: Arcs) -> tuple[IntArray, IntArray]:
    """Pairs of a fleet, its place in `capacities`, and an arc of a link that it serves."""
    if not len(network.fleets):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    place = pd.Index(capacities(network.fleets).fleet_id)
    row = pd.Index(network.links.link_id).get_indexer(network.fleets.link_id)
    served = np.zeros(len(network.links) + 1, bool)
    served[row] = True
    on_links = arcs.of(Kind.LINK)
    on_links = on_links[served[arcs.item[on_links]]]
    pairs = pd.DataFrame({"row": row, "fleet": place.get_indexer(network.fleets.fleet_id)})
    met = pairs.merge(pd.DataFrame({"row": arcs.item[on_links], "arc": on_links}), on="row")
    return met.fleet.to_numpy(np.int64), met.arc.to_numpy(np.int64)


def _used(network: Network, classes: pd.DataFrame, arcs: Arcs, uses: Sequence[Use]) -> tuple[IntArray, IntArray]:
    """Pairs of a use, its place among all, and an arc of its link that it counts."""
    rows = pd.Index(network.links.link_id)
    on_links = arcs.of(Kind.LINK) if len(uses) else np.zeros(0, np.int64)
    found = []
    for use in uses:
        arc = on_links[arcs.item[on_links] == rows.get_loc(use.link_id)]
        for name in ("commodity", "origin"):
            if wanted := getattr(use, name):
                arc = arc[classes[name].to_numpy()[arcs.owner[arc]] == wanted]
        if use.direction:
            arc = arc[arcs.direction[arc] == DIRECTIONS.index(use.direction)]
        found.append(arc)
    place = np.repeat(np.arange(len(uses)), [len(arc) for arc in found])
    return place.astype(np.int64), np.concatenate([np.zeros(0, np.int64), *found])


def _widths(arcs: Arcs, steps: Steps, first: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Bundles, numbered from `first`, and arcs of the cost steps that have an end; and how wide each is, t/year."""
    arc = np.flatnonzero(arcs.step >= 0)
    arc = arc[np.isfinite(steps.width[arcs.step[arc]])]
    step, number = np.unique(arcs.step[arc], return_inverse=True)
    return (first + number).astype(np.int32), arc.astype(np.int32), steps.width[step]
