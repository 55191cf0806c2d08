"""What closes together: links, nodes, ports, borders, countries, corridors, modes, blocs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pandas as pd

from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.tables import split

Groups = dict[str, list[tuple[str, str]]]
"""Pairs of table and id, by the name of the group."""

AFLOAT = ("ship", "ferry", "barge")
"""Modes that call at ports."""


def closures(network: Network, by: str) -> Groups:
    """What closes together, by name: pairs of table and id. Links in operation only.

    Parameters
    ----------
    network : Network
    by : str
        ``link``; ``node`` or ``port`` (a node where ships or ferries call) with its links and transfers; ``border``
        (links that cross from one country to the other along their course, named ``AZ-KZ``, over land or water);
        ``country, corridor, mode`` or ``bloc``. Several joined by ``+``, as ``link+corridor``, give the groups of all,
        named ``corridor:TITR``: what fails by itself beside what fails by a common cause.

    Raises
    ------
    InputError
        A way that there is not.
    """
    ways = by.split("+")
    unknown = [way for way in ways if way not in _WAYS]
    if unknown:
        raise InputError(f"outages: by={by!r} is unknown; give one of {', '.join(_WAYS)}, or some joined by +")
    if len(ways) == 1:
        return _WAYS[by](network)
    return {f"{way}:{name}": items for way in ways for name, items in _WAYS[way](network).items()}


def border(name: str) -> str:
    """The name that a border has among `closures`: countries in order of letters, whichever way they were given.

    Examples
    --------
    >>> border("RU;KZ"), border("KZ-RU")
    ('KZ-RU', 'KZ-RU')
    """
    return "-".join(sorted(split(name.replace("-", ";"))))


def closures_among(network: Network, by: str, among: Iterable[str] | None) -> Groups:
    """What closes together, of these names only, in their order; of all where there are none.

    Raises
    ------
    InputError
        A way that there is not, or a name that does not operate.
    """
    groups = closures(network, by)
    if among is None:
        return groups
    wanted = list(dict.fromkeys([among] if isinstance(among, str) else among))
    unknown = [name for name in wanted if name not in groups]
    if unknown:
        raise InputError(complaint("among", f"is no operating {by}", unknown, "give names of the network"))
    return {name: groups[name] for name in wanted}


def _operating(network: Network) -> pd.DataFrame:
    links = network.links
    return links[links.status == "operating"]


def _by_cells(column: str) -> Callable[[Network], Groups]:
    def groups(network: Network) -> Groups:
        links = _operating(network)
        named = links.assign(group=links[column].map(split)).explode("group").dropna(subset="group")
        return {str(g): [("links", i) for i in rows.link_id] for g, rows in named.groupby("group", sort=True)}

    return groups


def _by_link(network: Network) -> Groups:
    return {str(i): [("links", str(i))] for i in _operating(network).link_id}


def _by_node(network: Network) -> Groups:
    links = _operating(network)
    ends = pd.concat([links.from_node_id, links.to_node_id])
    touching = {str(n): list(dict.fromkeys(links.link_id[rows.index])) for n, rows in ends.groupby(ends, sort=False)}
    transfers = {str(n): list(rows.transfer_id) for n, rows in network.transfers.groupby("node_id")}
    return {
        str(n): [("links", i) for i in touching[n]] + [("transfers", i) for i in transfers.get(n, [])]
        for n in network.nodes.node_id
        if n in touching
    }


def _by_port(network: Network) -> Groups:
    links = _operating(network)
    called = links[links["mode"].isin(AFLOAT)]
    ports = {*called.from_node_id, *called.to_node_id}
    return {name: items for name, items in _by_node(network).items() if name in ports}


def _by_border(network: Network) -> Groups:
    home = network.nodes.set_index("node_id").country
    groups: Groups = {}
    for link in _operating(network).itertuples(index=False):
        course = [home[link.from_node_id], *split(link.country), home[link.to_node_id]]
        crossed = {tuple(sorted(pair)) for pair in pairwise(c for c in course if c) if pair[0] != pair[1]}
        for pair in sorted(crossed):
            groups.setdefault("-".join(pair), []).append(("links", str(link.link_id)))
    return {name: groups[name] for name in sorted(groups)}


def _by_bloc(network: Network) -> Groups:
    from corridors.datasets import load_blocs

    by_country = _by_cells("country")(network)
    groups: Groups = {}
    for bloc, rows in load_blocs().groupby("bloc", sort=False):
        closed = dict.fromkeys(item for country in rows.country for item in by_country.get(country, []))
        if closed:
            groups[str(bloc)] = list(closed)
    return groups


_WAYS: dict[str, Callable[[Network], Groups]] = {
    "link": _by_link,
    "node": _by_node,
    "port": _by_port,
    "border": _by_border,
    "country": _by_cells("country"),
    "corridor": _by_cells("corridors"),
    "mode": _by_cells("mode"),
    "bloc": _by_bloc,
}
