"""The countries that links touch, and where links enter a country or bloc, and leave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

import pandas as pd

from corridors import arguments
from corridors.datasets import country_words
from corridors.errors import InputError, complaint, nearest
from corridors.network import Network
from corridors.schema.checks import as_country, split

BRING_BLOCS = (
    "Network(..., blocs=table) or network.replace(blocs=table), a row a membership (bloc, country); "
    "corridors.load_blocs() is such a table"
)
"""How a network gets blocs."""


def courses(network: Network) -> dict[str, tuple[str, ...]]:
    """The countries that each link touches, in order from its first end to its last, by the link's id.

    A link touches what its `country` cell names and where its ends lie, so a cell that is blank follows from the ends.
    All that asks which country a link is in asks here.

    Parameters
    ----------
    network : Network

    Returns
    -------
    dict
        Tuples in which no country stands twice in a row. An end whose node has no country is where the cell begins
        or ends; where the cell is blank too it is ``""``: not known.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["karshi", "termez", "hairatan"], "country": ["UZ", "UZ", "AF"]})
    >>> links = pd.DataFrame({"link_id": ["old", "bridge"], "from_node_id": ["karshi", "termez"], "mode": "rail",
    ...                       "to_node_id": ["termez", "hairatan"], "country": ["UZ;TM", ""]})
    >>> courses(cd.Network(nodes, links))
    {'old': ('UZ', 'TM', 'UZ'), 'bridge': ('UZ', 'AF')}
    """
    home = network.nodes.set_index("node_id").country.to_dict()
    links, found = network.links, {}
    for link, start, end, cell in zip(links.link_id, links.from_node_id, links.to_node_id, links.country, strict=True):
        over = split(cell) or ("",)
        course = (home[start] or over[0], *filter(None, over), home[end] or over[-1])
        found[str(link)] = tuple(name for name, _ in groupby(course))
    return found


def touched(network: Network) -> dict[str, tuple[str, ...]]:
    """The countries that each link touches, each once, by the link's id.

    Parameters
    ----------
    network : Network
    """
    return {link: tuple(dict.fromkeys(filter(None, course))) for link, course in courses(network).items()}


def members(network: Network, bloc: str | Iterable[str]) -> tuple[str, ...]:
    """The countries of a bloc: by its name, one country's two letters, or several of them.

    Parameters
    ----------
    network : Network
    bloc : str or iterable of str
        ``eaeu``, ``RU``, or ``["RU", "BY"]``, in capitals or not. Blocs have the members of the network's table
        ``blocs``.

    Raises
    ------
    InputError
        The network has no such bloc, and no link of it is in such a country.
    """
    arguments.networks(network=network)
    wanted = arguments.names_of("bloc", bloc, some=True)
    in_bloc = _bloc_members(network)
    in_network = ({*network.nodes.country} | {c for cell in network.links.country for c in split(cell)}) - {""}
    found: list[str] = []
    unknown = []
    for name in wanted:
        of_bloc = in_bloc.get(str(name).lower(), ())
        country = as_country(name)
        if not of_bloc and country not in in_network:
            unknown.append(name)
        found += of_bloc or (country,)
    if unknown:
        known = f"one of {', '.join(in_bloc)}" if in_bloc else f"a network with a table of blocs: {BRING_BLOCS}"
        near = nearest(unknown, [*in_bloc, *sorted(in_network)], country_words())
        remedy = f"give a country of the network or {known}{near}"
        raise InputError(complaint("blocs", "is unknown", unknown, remedy))
    return tuple(dict.fromkeys(found))


def countries_passed(network: Network) -> Callable[[str, Iterable[str]], list[str]]:
    """A function of a node and the links of a route from it: the countries that it touches, in order.

    They begin with that of the node; a country may stand several times in a row, and ``""`` where it is not known.

    Parameters
    ----------
    network : Network

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["karshi", "termez", "hairatan"], "country": ["UZ", "UZ", "AF"]})
    >>> links = pd.DataFrame({"link_id": ["old", "bridge"], "from_node_id": ["karshi", "termez"], "mode": "rail",
    ...                       "to_node_id": ["termez", "hairatan"], "country": ["UZ;TM", ""]})
    >>> countries_passed(cd.Network(nodes, links))("hairatan", ["bridge", "old"])
    ['AF', 'AF', 'UZ', 'UZ', 'TM', 'UZ']
    """
    links, course_of = network.links, courses(network)
    home = dict(zip(network.nodes.node_id, network.nodes.country, strict=True))
    ends = dict(zip(links.link_id, zip(links.from_node_id, links.to_node_id, strict=True), strict=True))

    def passed(start: str, route: Iterable[str]) -> list[str]:
        at, found = start, [home.get(start, "")]
        for link in route:
            first, last = ends[link]
            forth = at == first
            found += course_of[link] if forth else course_of[link][::-1]
            at = last if forth else first
        return found

    return passed


def blocs_of(network: Network, blocs: str | Iterable[str]) -> dict[str, str]:
    """The bloc of each country, the first of those named that has it; a country's two letters name itself.

    Parameters
    ----------
    network : Network
    blocs : str or iterable of str

    Raises
    ------
    InputError
        As of `members`.
    """
    names = [as_country(name) if len(name) == 2 else name.lower() for name in arguments.names_of("blocs", blocs)]
    return {country: name for name in reversed(names) for country in members(network, name)}


def bloc_members(network: Network) -> dict[str, tuple[str, ...]]:
    """The countries of every bloc of the network's own table, by the bloc's name in small letters.

    Parameters
    ----------
    network : Network

    Raises
    ------
    InputError
        The network has no table of blocs.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["karshi", "termez"]})
    >>> links = pd.DataFrame({"link_id": ["old"], "from_node_id": ["karshi"], "to_node_id": ["termez"],
    ...                       "mode": ["rail"]})
    >>> blocs = pd.DataFrame({"bloc": ["OTS", "SCO", "SCO"], "country": ["UZ", "UZ", "CN"]})
    >>> bloc_members(cd.Network(nodes, links, blocs=blocs))
    {'ots': ('UZ',), 'sco': ('UZ', 'CN')}
    """
    found = _bloc_members(network)
    if not found:
        raise InputError(f"blocs: the network has no table of blocs; bring one by {BRING_BLOCS}")
    return found


def _bloc_members(network: Network) -> dict[str, tuple[str, ...]]:
    table = network.blocs
    return {str(bloc): tuple(rows) for bloc, rows in table.country.groupby(table.bloc.str.lower(), sort=False)}


def crossings(network: Network, countries: Iterable[str]) -> pd.DataFrame:
    """Directions of links that enter some countries, or leave them.

    Parameters
    ----------
    network : Network
    countries : iterable of str
        Two letters each, in capitals or not.

    Returns
    -------
    DataFrame
        ``link_id, direction`` (``fwd`` or ``rev``), ``crossing``: ``in`` where it starts outside and ends inside or
        runs through, ``out`` where it starts inside and ends outside. A link from outside to outside that runs through
        is an entry in both directions; one that starts and ends inside is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["tengiz", "samara"], "country": ["KZ", "RU"]})
    >>> links = pd.DataFrame({"link_id": ["oil"], "from_node_id": ["tengiz"], "to_node_id": ["samara"],
    ...                       "mode": ["oil_pipeline"], "directed": [True], "tariff": [1.0]})
    >>> crossings(cd.Network(nodes, links), ["RU"])
      link_id direction crossing
    0     oil       fwd       in
    """
    inside = {as_country(name) for name in countries} - {""}
    course_of = courses(network)
    rows = []
    for link in network.links.itertuples(index=False):
        course = course_of[link.link_id]
        ends = [course[0] in inside, course[-1] in inside]
        through = not inside.isdisjoint(course)
        for direction, (start, end) in (("fwd", ends), ("rev", ends[::-1])):
            if direction == "rev" and link.directed:
                continue
            if not start and (end or through):
                rows.append((link.link_id, direction, "in"))
            elif start and not end:
                rows.append((link.link_id, direction, "out"))
    return pd.DataFrame(rows, columns=["link_id", "direction", "crossing"])
