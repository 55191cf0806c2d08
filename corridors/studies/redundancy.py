"""Redundancy of single links: the next best path between the two ends of each, and how many paths there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.model.arcs import Kind, TransportGraph
from corridors.model.skims import MEASURES, measures_of, open_arcs_of
from corridors.network import Network
from corridors.schema.columns import as_id
from corridors.solvers.paths import path_to, shortest_paths


def redundancy(
    network: Network,
    *,
    commodity: str | None = None,
    minimise: str = "length",
    among: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The best path around each link: what is left when it alone is taken out.

    Parameters
    ----------
    network : Network
        Its operating links and transfers.
    commodity : str, optional
        Only links that it may use, changing modes only at transfers. By default links of all modes, joined at
        nodes.
    minimise : str
        What paths minimise: ``length``; with a commodity also ``cost`` (generalised, USD/t) or ``time`` (h).
    among : iterable of str, optional
        Only these links are taken out, in turn; by default all.

    Returns
    -------
    DataFrame
        Links without a path around first, then the largest difference first: ``link_id``, ``from_node_id,
        to_node_id``, ``length`` (of the link itself, in the measure of `minimise`), ``alt_length`` (of the best path
        between its ends without it), ``diff_length`` (their difference), ``detour`` (whether there is such a path) and
        ``alt_links`` (its links, split by ``;``), as RA2CE names them; ``alternatives``: how many paths between its
        ends there are without it that share no link.

    Raises
    ------
    InputError
        An unknown commodity, measure or link; a link without the measure.

    Notes
    -----
    Single-link redundancy analysis as in RA2CE (Deltares). A shortest path between the ends of a link that avoids it is
    found by Dijkstra 1959 from its first end; paths that share no link are counted by a maximum flow of one unit per
    link (Menger 1927; Ford & Fulkerson 1956). A directed link is replaced in its own direction only.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["straight", "up", "down", "branch"], "from_node_id": ["a", "a", "c", "b"],
    ...                       "to_node_id": ["b", "c", "b", "d"], "mode": "road", "length": [100.0, 80.0, 60.0, 9.0]})
    >>> table = cd.redundancy(cd.Network(pd.DataFrame({"node_id": list("abcd")}), links))
    >>> table[["link_id", "alt_length", "diff_length", "alt_links", "alternatives"]]
        link_id  alt_length  diff_length      alt_links  alternatives
    0    branch         NaN          NaN                            0
    1      down       180.0        120.0    up;straight             1
    2        up       160.0         80.0  straight;down             1
    3  straight       140.0         40.0        up;down             1
    """
    arguments.networks(network=network)
    arguments.texts(minimise=minimise)
    arguments.texts_or_none(commodity=commodity)
    commodity = None if commodity is None else as_id(commodity)
    if minimise not in MEASURES or (commodity is None and minimise != "length"):
        allowed = ", ".join(MEASURES) if commodity is not None else "length, or name a commodity"
        raise InputError(f"redundancy: minimise={minimise!r} does not fit; give {allowed}")
    ground = _ground(network, commodity, minimise)
    rows = [_around(network, ground, link) for link in _chosen(network, ground, among, commodity).tolist()]
    return _ranked(pd.DataFrame(rows, columns=list(_FOUND)))


_FOUND = ("link_id", "from_node_id", "to_node_id", "length", "alt_length", "alt_links", "alternatives")


def _chosen(network: Network, ground: _Ground, among: Iterable[str] | None, commodity: str | None) -> IntArray:
    """The rows of the links to take out."""
    chosen = np.unique(ground.link[ground.link >= 0])
    if among is None:
        return chosen
    wanted = arguments.names_of("among", among)
    usable = network.links.link_id.iloc[chosen]
    unknown = [name for name in wanted if name not in set(usable)]
    if unknown:
        what = "is no operating link" if commodity is None else f"is no operating link that {commodity} may use"
        raise InputError(complaint("among", what, unknown, "give ids in links.link_id"))
    return chosen[usable.isin(wanted).to_numpy()]


def _around(network: Network, ground: _Ground, link: int) -> tuple[Any, ...]:
    """A link, and the best path around it: `_FOUND`."""
    name, *ends = network.links.iloc[link][["link_id", "from_node_id", "to_node_id"]]
    start, end = pd.Index(network.nodes.node_id).get_indexer(ends)
    own = ground.weight[np.flatnonzero(ground.link == link)[0]]
    length, path, count = ground.around(link, ground.enter[start], ground.leave[end])
    return name, *ends, own, length, ";".join(network.links.link_id.iloc[path]), count


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Links without a path around first, then the largest difference first."""
    table = table.astype({"length": float, "alt_length": float, "alternatives": int})
    table["detour"] = np.isfinite(table.alt_length)
    table["alt_length"] = table.alt_length.where(table.detour).round(6)
    table["diff_length"] = (table.alt_length - table.length).round(6)
    columns = ["link_id", "from_node_id", "to_node_id", "length", "alt_length", "diff_length", "detour", "alt_links"]
    table = table.sort_values(["detour", "diff_length"], ascending=[True, False], kind="stable", ignore_index=True)
    return table[[*columns, "alternatives"]]


@dataclass(frozen=True, eq=False)
class _Ground:
    """Arcs that paths may take: `link` is the row of the link that an arc is of, -1 for others.

    Parameters
    ----------
    tail, head, link : (A,) int
    weight : (A,) float
    enter, leave : (N,) int
        The vertices where a path starts and ends, by node.
    vertices : int
    """

    tail: IntArray
    head: IntArray
    link: IntArray
    weight: FloatArray
    enter: IntArray
    leave: IntArray
    vertices: int

    def around(self, link: int, start: int, end: int) -> tuple[float, list[int], int]:
        """Length of the best path that avoids a link, its links, and how many paths share none."""
        kept = self.link != link
        tail, head, on = self.tail[kept], self.head[kept], self.link[kept]
        distance, last = shortest_paths(tail, head, self.weight[kept], self.vertices, start)
        if not np.isfinite(distance[0, end]):
            return np.inf, [], 0
        path = [int(on[arc]) for arc in path_to(last[0], tail, end) if on[arc] >= 0]
        room = np.where(on >= 0, 1, len(self.link)).astype(np.int32)
        graph = csr_array((room, (tail.astype(np.int32), head.astype(np.int32))), shape=(self.vertices,) * 2)
        return float(distance[0, end]), path, int(maximum_flow(graph, int(start), int(end)).flow_value)


def _ground(network: Network, commodity: str | None, minimise: str) -> _Ground:
    nodes, links = network.nodes, network.links
    count = len(nodes)
    if commodity is None:
        place = pd.Series(np.arange(count), index=nodes.node_id)
        operating = np.flatnonzero(links.status == "operating")
        back = operating[~links.directed.to_numpy(bool)[operating]]
        start, end = (place[links[c]].to_numpy() for c in ("from_node_id", "to_node_id"))
        link = np.concatenate([operating, back])
        weight = links.length.to_numpy(float)[link]
        _require(network, link[np.isnan(weight)], minimise)
        tail = np.concatenate([start[operating], end[back]])
        head = np.concatenate([end[operating], start[back]])
        return _Ground(tail, head, link, weight, np.arange(count), np.arange(count), count)
    known = network.commodities.commodity
    if len(known) and commodity not in set(known):
        raise InputError(f"redundancy: commodity {commodity!r} is unknown; give one of {', '.join(known)}")
    graph = TransportGraph(network).of(commodity)
    kept = open_arcs_of(network, graph)
    weight = measures_of(network, graph, commodity)[minimise][kept]
    on_link = graph.kind[kept] == Kind.LINK
    _require(network, graph.item[kept][np.isnan(weight) & on_link], minimise)
    places = len(graph.place_node)
    enter, leave = places + np.arange(count), places + count + np.arange(count)
    every = np.arange(places)
    return _Ground(
        tail=np.concatenate([graph.tail[kept], enter[graph.place_node], every]),
        head=np.concatenate([graph.head[kept], every, leave[graph.place_node]]),
        link=np.concatenate([np.where(on_link, graph.item[kept], -1), np.full(2 * places, -1)]),
        weight=np.concatenate([weight, np.zeros(2 * places)]),
        enter=enter,
        leave=leave,
        vertices=places + 2 * count,
    )


def _require(network: Network, missing: IntArray, minimise: str) -> None:
    if len(missing):
        ids = network.links.link_id.to_numpy()[np.unique(missing)]
        raise InputError(complaint("links", f"{minimise} is missing", ids, "give it, or take out a commodity by cost"))
