"""Demand that no path can serve, and why: a mode that nothing changes to, a link that is missing or closed."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arrays.typing import IntArray
from corridors.errors import InputWarning, complaint, listed
from corridors.model.arcs import Ends, Graph, TransportGraph
from corridors.model.build import Model
from corridors.model.costs import modes_of
from corridors.model.prices import reached
from corridors.model.skims import open_arcs_of
from corridors.network import Network
from corridors.solvers.paths import shortest_paths

MISSING = 1.0
"""Length of a change of mode that the network does not have; those it has are of next to no length."""
NEXT_TO_NOTHING = 1e-9


def out_of_reach(model: Model) -> pd.DataFrame:
    """Demand rows with a volume that no path over operating links and transfers serves, and why not.

    Parameters
    ----------
    model : Model

    Returns
    -------
    DataFrame
        ``demand_id, reason``, in the order of the demand.
    """
    away = ~reached(model)[model.arcs.row_vertex]
    rows = model.demand[away & (model.demand.volume.to_numpy() > 0)]
    if rows.empty:
        return pd.DataFrame({"demand_id": [], "reason": []}, dtype=object)
    transport, ends = TransportGraph(model.network), Ends(model.network)
    reasons = [
        _reason(model.network, transport, row.commodity, row.origin, row.destination, ends)
        for row in rows.itertuples(index=False)
    ]
    return pd.DataFrame({"demand_id": rows.demand_id.to_numpy(), "reason": reasons})


def warn_out_of_reach(model: Model) -> None:
    """Warn of demand that no path serves, a warning a reason."""
    unserved = out_of_reach(model)
    if unserved.empty:
        return
    for reason, rows in unserved.groupby("reason", sort=False):
        problem = f"there is no path ({reason})"
        remedy = "add a transfer or a link, or open one; until then it stays unmet"
        warnings.warn(
            complaint("demand", problem, rows.demand_id, remedy), InputWarning, stacklevel=1
        )  # once, whoever asks


def _reason(
    network: Network,
    transport: TransportGraph,
    commodity: str,
    origin: str,
    destination: str,
    ends: Ends,
) -> str:
    graph = transport.of(commodity)
    is_open = open_arcs_of(network, graph)
    tail, head = graph.tail[is_open], graph.head[is_open]
    touched = np.zeros(len(graph.place_node), bool)
    touched[tail] = touched[head] = True
    wanted = (("origin", origin, touched & graph.start), ("destination", destination, touched))
    at = [np.flatnonzero(may & np.isin(graph.place_node, ends.of(role, end)[0])) for role, end, may in wanted]
    for end, places in zip((origin, destination), at, strict=True):
        if not len(places):
            return f"no operating link at {end} takes {commodity}{_by(network, commodity) if end == origin else ''}"
    missing = _missing_changes(graph, touched, tail, head, at[0], at[1])
    if missing is None:
        return f"no operating links that take {commodity} lead from {origin} to {destination}"
    nodes = network.nodes.node_id.to_numpy()
    modes = transport.mode_names
    met = [f"{modes[graph.place_mode[a]]} and {modes[graph.place_mode[b]]} meet at {nodes[graph.place_node[a]]}"
           for a, b in missing]  # fmt: skip
    return f"{listed(met)} without a transfer that takes {commodity}"


def _by(network: Network, commodity: str) -> str:
    modes = modes_of(network, "start_modes", commodity)
    return f", which starts by {', '.join(modes)}" if modes else ""


def _missing_changes(
    graph: Graph, touched: npt.NDArray[np.bool_], tail: IntArray, head: IntArray, start: IntArray, goal: IntArray
) -> list[tuple[int, int]] | None:
    """The fewest changes of mode that would have to be added for a path from `start` to `goal`; None if none would do.

    Pairs of places at one node.
    """
    pairs = _changes(graph, np.flatnonzero(touched))
    source = len(graph.place_node)
    sink = source + 1
    tails = np.concatenate([tail, pairs[:, 0], np.full(len(start), source), goal])
    heads = np.concatenate([head, pairs[:, 1], start, np.full(len(goal), sink)])
    added = (np.arange(len(tails)) >= len(tail)) & (np.arange(len(tails)) < len(tail) + len(pairs))
    distance, last = shortest_paths(tails, heads, np.where(added, MISSING, NEXT_TO_NOTHING), sink + 1, source)
    if np.isinf(distance[0, sink]):
        return None
    path = [int(last[0, sink])]
    while tails[path[-1]] != source:
        path.append(int(last[0, tails[path[-1]]]))
    return [(int(tails[arc]), int(heads[arc])) for arc in reversed(path) if added[arc]]


def _changes(graph: Graph, places: IntArray) -> IntArray:
    """All pairs of different places at the same node, (N, 2)."""
    order = places[np.argsort(graph.place_node[places], kind="stable")]
    node = graph.place_node[order]
    count = np.searchsorted(node, node, side="right") - np.searchsorted(node, node, side="left")
    first = np.repeat(np.searchsorted(node, node, side="left"), count)
    other = first + np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    pairs = np.column_stack([np.repeat(order, count), order[other]])
    return pairs[pairs[:, 0] != pairs[:, 1]]
