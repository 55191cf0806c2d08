"""Volumes of links and of corridors: what a link carries, what passes a gate, and what uses a corridor otherwise."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from corridors.network import Network
from corridors.schema.checks import split

GATE, LINKS = "gate", "no gate: any of its links"
"""Where the tonnes of a corridor are counted."""


def busiest_links(network: Network, base: xr.Dataset, most: int | None = None) -> list[str]:
    """The operating links, those that carry most first; ties in the order of the table.

    Parameters
    ----------
    network : Network
    base : Dataset
        With ``flow``, of one case.
    most : int, optional
        How many; by default all.
    """
    carried = base.flow.sum(["direction", "commodity"]).to_series()
    operating = network.links.link_id[network.links.status == "operating"]
    return [str(link) for link in carried.loc[operating].sort_values(ascending=False, kind="stable").index[:most]]


def corridors_of(network: Network) -> dict[str, tuple[str, ...]]:
    """The corridors that a tonne on each link counts for, by the link's id.

    A corridor has a gate where some link names it in `gates`, and then only what passes there counts for it: a railway
    that several corridors share carries the goods of none of them in particular. A corridor without a gate counts what
    goes on any of its links.

    Parameters
    ----------
    network : Network

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["khorgos", "ferry"], "from_node_id": ["xian", "aktau"], "mode": "rail",
    ...                       "to_node_id": ["aktau", "baku"], "corridors": ["TITR;north", "TITR"],
    ...                       "gates": ["", "TITR"]})
    >>> corridors_of(cd.Network(pd.DataFrame({"node_id": ["xian", "aktau", "baku"]}), links))
    {'khorgos': ('north',), 'ferry': ('TITR',)}
    """
    gated = gates_of(network)
    links = network.links
    return {
        str(link): tuple(dict.fromkeys([*split(gates), *(name for name in split(tags) if name not in gated)]))
        for link, gates, tags in zip(links.link_id, links.gates, links.corridors, strict=True)
    }


def gates_of(network: Network) -> dict[str, list[str]]:
    """The links of each gate, by corridor, those that do not operate too."""
    found: dict[str, list[str]] = {}
    for link, cell in zip(network.links.link_id, network.links.gates, strict=True):
        for name in split(cell):
            found.setdefault(name, []).append(str(link))
    return found


def users_of(network: Network) -> dict[str, tuple[str, ...]]:
    """The corridors that each link is of, as a part or as a gate, by the link's id."""
    links = network.links
    return {
        str(link): tuple(dict.fromkeys([*split(tags), *split(gates)]))
        for link, tags, gates in zip(links.link_id, links.corridors, links.gates, strict=True)
    }


def corridor_volumes(network: Network, routes: pd.DataFrame) -> pd.DataFrame:
    """What each corridor carried, by commodity.

    Parameters
    ----------
    network : Network
    routes : DataFrame
        What `corridors.routes` gave: ``commodity, volume`` (t/year), ``links``.

    Returns
    -------
    DataFrame
        ``corridor, commodity, counted`` (at its gate, or where there is none on any of its links), ``volume`` (t/year
        that count, each tonne once), ``otherwise`` (t/year on its links that do not pass its gate; missing where there
        is none), ``tonne_km`` (t-km/year on its links, of all that uses them), ``tonne_km_otherwise`` (of what does not
        pass its gate).
    """
    counts, users, gated = corridors_of(network), users_of(network), gates_of(network)
    length = dict(zip(network.links.link_id, network.links.length.fillna(0.0), strict=True))
    rows = []
    for route in routes.itertuples():
        along: dict[str, float] = {}
        passed: set[str] = set()
        for link in split(route.links):
            passed.update(counts[link])
            for name in users[link]:
                along[name] = along.get(name, 0.0) + length[link]
        for name, km in along.items():
            missed = 0.0 if name in passed else route.volume
            rows.append((name, route.commodity, route.volume - missed, missed, km * route.volume, km * missed))
    columns = ["corridor", "commodity", "volume", "otherwise", "tonne_km", "tonne_km_otherwise"]
    table = pd.DataFrame(rows, columns=columns).groupby(columns[:2], sort=True)[columns[2:]].sum().reset_index()
    has_gate = table.corridor.isin(gated)
    table.insert(2, "counted", has_gate.map({True: GATE, False: LINKS}))
    apart = ["otherwise", "tonne_km_otherwise"]
    return table.assign(**{name: table[name].where(has_gate) for name in apart})
