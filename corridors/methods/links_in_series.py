"""In series: links of which closing either is closing both, and limits through which the same goods pass."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from corridors.arrays.typing import IntArray
from corridors.model.build import Model
from corridors.network import Network


def in_series(network: Network, demand: pd.DataFrame) -> dict[str, str]:
    """The first link of the chain that each operating link is part of, by id.

    Two links are in series where they are the only ones of their mode at a node, no transfer there takes it, and no
    goods of the demand may start or end there: goods that come by one link leave by the other, whatever else is closed.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["up", "down", "rail"], "from_node_id": ["well", "pump", "well"],
    ...                       "to_node_id": ["pump", "port", "port"], "mode": ["pipeline", "pipeline", "rail"],
    ...                       "tariff": 1.0})
    >>> demand = pd.DataFrame({"demand_id": ["d"], "commodity": ["oil"], "origin": ["well"], "destination": ["port"],
    ...                        "volume": [1.0], "value": [9.0]})
    >>> in_series(cd.Network(pd.DataFrame({"node_id": ["well", "pump", "port"]}), links), demand)
    {'up': 'up', 'down': 'up', 'rail': 'rail'}
    """
    zones = network.zones
    wanted = {*demand.origin, *demand.destination}
    ends = wanted | set(zones.node_id[zones.zone_id.isin(wanted)])
    transfers = network.transfers[network.transfers.status == "operating"]
    changing = {*zip(transfers.node_id, transfers.from_mode, strict=True)}
    changing |= {*zip(transfers.node_id, transfers.to_mode, strict=True)}
    links = network.links[network.links.status == "operating"]
    meeting: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column in ("from_node_id", "to_node_id"):
        for place, link in zip(zip(links[column], links["mode"], strict=True), links.link_id, strict=True):
            meeting[place].append(link)
    first = {link: link for link in links.link_id}
    order = {link: i for i, link in enumerate(links.link_id)}

    def root(link: str) -> str:
        while first[link] != link:
            link = first[link]
        return link

    for (node, mode), links_at in meeting.items():
        if len(links_at) == 2 and node not in ends and (node, mode) not in changing:
            one, other = sorted((root(link) for link in links_at), key=order.__getitem__)
            first[other] = one
    return {link: root(link) for link in first}


def bundles_in_series(model: Model, chosen: IntArray) -> list[list[int]]:
    """Groups of bundles through which the same goods pass, whatever the demand and the other capacities are.

    Goods of a class that come to a vertex with two edges by one of them leave by the other. So edges make chains
    between the vertices where paths part, and bundles that count the same chains of the same classes carry the same.

    Parameters
    ----------
    model : Model
    chosen : (N,) int
        Bundles by number.

    Returns
    -------
    list of lists of int
        Each of the bundles in one list, in the order given.

    Notes
    -----
    An edge is an arc and its reverse. Turning round on an edge gains nothing, because costs of links and transfers are
    not negative, so some optimum has no such flow: dead ends are left out, and bundles that count one direction of a
    chain only differ from those that count both.
    """
    chain, sense = _chains(model)
    bundles = model.bundles
    one = model.arcs.passage[bundles.arc] == bundles.arc  # the cost steps of a link are one edge, and count once
    within = np.isin(bundles.bundle, chosen) & (chain[bundles.arc] >= 0) & one
    counted: dict[int, Counter[tuple[int, int]]] = {int(b): Counter() for b in chosen}
    arcs = bundles.arc[within]
    for bundle, *end, weight in zip(
        bundles.bundle[within].tolist(), chain[arcs].tolist(), sense[arcs].tolist(), bundles.weight[within].tolist(),
        strict=True,
    ):  # fmt: skip
        counted[bundle][end[0], end[1]] += weight
    groups: dict[frozenset[tuple[tuple[int, int], int]] | int, list[int]] = defaultdict(list)
    for bundle, what in counted.items():
        groups[frozenset(what.items()) or bundle].append(bundle)
    return list(groups.values())


def _chains(model: Model) -> tuple[IntArray, IntArray]:
    """The chain of each arc, (E,), -1 where it carries nothing; and its direction along the chain, 1 or -1."""
    arcs, vertices = model.arcs, len(model.arcs.vertex_node)
    alive = np.flatnonzero(model.problem.capacity > 0)
    tail, head = arcs.tail[alive], arcs.head[alive]
    graph = csr_array((np.ones(len(alive), np.int8), (tail, head)), shape=(vertices, vertices))
    part = connected_components(graph, connection="strong")[1]
    at_world = np.zeros(vertices, bool)
    at_world[arcs.world] = True
    # Flow is a circulation through the world, so only arcs in its strong component carry any.
    inside = (part[tail] == part[head]) & np.isin(part[tail], part[arcs.world]) & (tail != head)
    alive, tail, head = alive[inside], tail[inside], head[inside]
    ends = np.column_stack([np.minimum(tail, head), np.maximum(tail, head), arcs.kind[alive], arcs.item[alive]])
    order = np.lexsort(ends.T[::-1])
    new = (np.diff(ends[order], axis=0, prepend=-2) != 0).any(axis=1)
    edge = np.empty(len(alive), np.int64)
    edge[order] = np.cumsum(new) - 1
    pairs: list[list[int]] = ends[order[new], :2].tolist()
    meeting: list[set[int]] = [set() for _ in range(vertices)]
    for number, (low, high) in enumerate(pairs):
        meeting[low].add(number)
        meeting[high].add(number)
    dead = [v for v in range(vertices) if len(meeting[v]) == 1 and not at_world[v]]
    gone = np.zeros(len(pairs), bool)
    while dead:
        vertex = dead.pop()
        for number in meeting[vertex]:
            gone[number] = True
            other = sum(pairs[number]) - vertex
            meeting[other].discard(number)
            if len(meeting[other]) == 1 and not at_world[other]:
                dead.append(other)
        meeting[vertex] = set()
    chain, sense = [-1] * len(pairs), [1] * len(pairs)
    through = (np.array([len(edges_at) == 2 for edges_at in meeting], bool) & ~at_world).tolist()
    for first in np.flatnonzero(~gone).tolist():
        if chain[first] >= 0:
            continue
        chain[first] = first
        for end, forward in ((1, True), (0, False)):
            number, vertex = first, pairs[first][end]
            while through[vertex]:
                number = next(iter(meeting[vertex] - {number}))
                if chain[number] >= 0:
                    break
                chain[number] = first
                low, high = pairs[number]
                # Along the chain from low to high of its first edge, or against it.
                sense[number] = 1 if (low == vertex) == forward else -1
                vertex = high if low == vertex else low
    of_arc, direction = np.full(len(arcs.tail), -1), np.ones(len(arcs.tail), np.int64)
    of_arc[alive] = np.array(chain, np.int64)[edge]
    direction[alive] = np.array(sense, np.int64)[edge] * np.where(tail < head, 1, -1)
    return of_arc, direction
