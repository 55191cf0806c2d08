"""Links in series: where nothing starts, ends or changes between two links, closing either is closing both."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from corridors.network import Network


def in_series(network: Network, demand: pd.DataFrame) -> dict[str, str]:
    """The first link of the chain that each operating link is part of, by id.

    Two links are in series where they are the only ones of their mode at a node, no transfer there takes it, and no
    goods of the demand may start or end there: what comes by the one leaves by the other, whatever else is closed.

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

    for (node, mode), there in meeting.items():
        if len(there) == 2 and node not in ends and (node, mode) not in changing:
            one, other = sorted((root(link) for link in there), key=order.__getitem__)
            first[other] = one
    return {link: root(link) for link in first}
