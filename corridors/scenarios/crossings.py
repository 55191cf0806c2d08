"""Where links enter a country or bloc, and leave it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.tables import split


def members(network: Network, bloc: str | Iterable[str]) -> tuple[str, ...]:
    """The countries of a bloc: by its name, one country's two letters, or several of them.

    Parameters
    ----------
    network : Network
    bloc : str or iterable of str
        ``eaeu``, ``RU``, or ``["RU", "BY"]``. Blocs have the members that come with the library.

    Raises
    ------
    InputError
        There is no such bloc, and no link of the network is in such a country.
    """
    from corridors.datasets import load_blocs

    wanted = [bloc] if isinstance(bloc, str) else list(bloc)
    table = load_blocs()
    there = set(network.nodes.country) | {c for cell in network.links.country for c in split(cell)}
    found: list[str] = []
    unknown = []
    for name in wanted:
        of_bloc = table.country[table.bloc == name].tolist()
        if not of_bloc and name not in there:
            unknown.append(name)
        found += of_bloc or [name]
    if unknown:
        remedy = f"give a country of the network or one of {', '.join(table.bloc.unique())}"
        raise InputError(complaint("blocs", "is unknown", unknown, remedy))
    return tuple(dict.fromkeys(found))


def crossings(network: Network, countries: Iterable[str]) -> pd.DataFrame:
    """Ways over links that enter some countries, or leave them.

    Parameters
    ----------
    network : Network
    countries : iterable of str
        Two letters each.

    Returns
    -------
    DataFrame
        ``link_id, direction`` (``fwd`` or ``rev``), ``way``: ``in`` where it starts outside and ends inside or runs
        through, ``out`` where it starts inside and ends outside. A link from outside to outside that runs through is
        an entry both ways; one that starts and ends inside is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["tengiz", "samara"], "country": ["KZ", "RU"]})
    >>> links = pd.DataFrame({"link_id": ["oil"], "from_node_id": ["tengiz"], "to_node_id": ["samara"],
    ...                       "mode": ["oil_pipeline"], "directed": [True], "tariff": [1.0]})
    >>> crossings(cd.Network(nodes, links), ["RU"])
      link_id direction way
    0     oil       fwd  in
    """
    inside = set(countries)
    country = network.nodes.set_index("node_id").country
    rows = []
    for link in network.links.itertuples(index=False):
        ends = [country[link.from_node_id] in inside, country[link.to_node_id] in inside]
        through = any(c in inside for c in split(link.country))
        for direction, (start, end) in (("fwd", ends), ("rev", ends[::-1])):
            if direction == "rev" and link.directed:
                continue
            if not start and (end or through):
                rows.append((link.link_id, direction, "in"))
            elif start and not end:
                rows.append((link.link_id, direction, "out"))
    return pd.DataFrame(rows, columns=["link_id", "direction", "way"])
