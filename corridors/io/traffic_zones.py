"""Demand between traffic zones, which are not places themselves: nodes say, by ``zone_id``, of which zone they are."""

from __future__ import annotations

import pandas as pd

from corridors.errors import InputError, complaint, warn
from corridors.schema.columns import ids_in

ENDS = ("origin", "destination")


def at_nodes(rows: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Demand rows whose ends are zones as rows between the nodes of these, in equal parts where a zone has several.

    Parameters
    ----------
    rows : DataFrame
        Demand, its columns checked.
    nodes : DataFrame
        ``node_id, zone_id``; nodes with a blank are of no zone. Where there is ``zone_role``, those with ``origin`` or
        ``destination`` are nodes for that end alone.

    Raises
    ------
    InputError
        Nodes without the column; a zone that no node is of.

    Warns
    -----
    InputWarning
        Rows that start and end in one node, which are left out.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node_id": ["7", "8", "9"], "zone_id": ["1", "2", "2"]})
    >>> rows = pd.DataFrame({"demand_id": ["a"], "origin": ["1"], "destination": ["2"], "volume": [100.0]})
    >>> at_nodes(rows, nodes).to_numpy().tolist()
    [['a:1', '7', '8', 50.0], ['a:2', '7', '9', 50.0]]
    """
    if "zone_id" not in nodes:
        remedy = "give a network whose nodes say of which zone they are, or leave network= out where ends are nodes"
        raise InputError(f"network: nodes have no column zone_id; {remedy}")
    role = nodes.zone_role if "zone_role" in nodes else pd.Series("", index=nodes.index)
    zones = pd.DataFrame({"zone": ids_in(nodes.zone_id).astype(object), "node": nodes.node_id.astype(object)})
    zones = zones.assign(role=ids_in(role).astype(object))[zones.zone != ""]
    found = rows.assign(row=range(len(rows)), **{end: rows[end].astype(object) for end in ENDS})
    for end in ENDS:
        own = zones[zones.role.isin(["", end])].drop(columns="role")
        known = found[end].isin(own.zone)
        if not known.all():
            problem, remedy = f"{end} is the zone_id of no node", "say of which nodes, or leave the row out"
            raise InputError(complaint("demand", problem, found[end][~known].unique(), remedy))
        found = found.merge(own.rename(columns={"zone": end, "node": f"{end}_node"}), on=end, how="left")
    parts = found.groupby("row").row.transform("size")
    number = (found.groupby("row").cumcount() + 1).astype(str)
    ids = found.demand_id.astype(object)
    found = found.assign(volume=found.volume / parts, demand_id=ids.where(parts == 1, ids + ":" + number))
    parted = zones.zone[zones.role != ""]
    within = found.origin_node == found.destination_node
    within |= (found.origin == found.destination) & found.origin.isin(parted)
    if within.any():
        pairs = (found.origin + " to " + found.destination)[within].unique()
        warn(complaint("demand", "a row starts and ends in one place", pairs, "it is left out, as it uses no link"))
    found = found[~within].assign(origin=found.origin_node, destination=found.destination_node)
    found = found[rows.columns].reset_index(drop=True)
    found.attrs = dict(rows.attrs)
    return found
