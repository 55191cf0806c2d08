"""What closes together: links, nodes, ports, borders, countries, corridors, modes, blocs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from corridors import arguments
from corridors.datasets import country_words
from corridors.errors import InputError, complaint, nearest
from corridors.network import Network
from corridors.scenarios.crossings import bloc_members, courses, touched
from corridors.schema.checks import as_country, as_id, split
from corridors.schema.columns import as_known, keyed

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
        ``country`` or ``bloc`` (links that touch it: see `corridors.scenarios.crossings.courses`); ``corridor`` or
        ``mode``. Several joined by ``+``, as ``link+corridor``, give the groups of all,
        named ``corridor:TITR``: what fails by itself together with what fails by a common cause.

    Raises
    ------
    InputError
        A grouping that is unknown.
    """
    arguments.networks(network=network)
    arguments.texts(by=by)
    groupings = str(by).split("+")
    unknown = [grouping for grouping in groupings if grouping not in _GROUPINGS]
    if unknown:
        remedy = f"give one of {', '.join(_GROUPINGS)}, or some joined by +{nearest(unknown, _GROUPINGS)}"
        raise InputError(f"outages: by={by!r} is unknown; {remedy}")
    if len(groupings) == 1:
        return _GROUPINGS[by](network)
    return {
        f"{grouping}:{name}": items for grouping in groupings for name, items in _GROUPINGS[grouping](network).items()
    }


def border(name: str) -> str:
    """The name that a border has among `closures`: countries in order of letters, in whichever order they were given.

    Examples
    --------
    >>> border("RU;KZ"), border("kz-ru")
    ('KZ-RU', 'KZ-RU')
    """
    return "-".join(sorted(as_country(country) for country in split(name.replace("-", ";"))))


def as_name(by: str, name: object, known: Iterable[str] = ()) -> str:
    """A name as `closures` gives it: countries in capitals, the two of a border in order, blocs in small letters.

    Where it differs in case only from one of the names that are `known`, it is that one.

    Parameters
    ----------
    by : str
        As for `closures`.
    name : object
        As it was written.
    known : iterable of str
        Names of groups.

    Examples
    --------
    >>> as_name("country", "kz"), as_name("border", "RU;KZ"), as_name("bloc", "EAEU"), as_name("link", 7)
    ('KZ', 'KZ-RU', 'eaeu', '7')
    >>> as_name("link+country", "country:kz"), as_name("corridor", "titr", ["TITR"])
    ('country:KZ', 'TITR')
    """
    text = as_id(name)
    if "+" in by:
        grouping, colon, rest = text.partition(":")
        text = f"{grouping}:{as_name(grouping, rest)}" if colon else text
    elif by in _SPELT and text not in known:
        text = _SPELT[by](text)
    return as_known(text, known)


_SPELT: dict[str, Callable[[str], str]] = {"country": as_country, "border": border, "bloc": str.lower}


def names_among(argument: str, network: Network, by: str, groups: Groups, names: object) -> list[str]:
    """The names of some groups as `closures` gives them, found whatever their case.

    Parameters
    ----------
    argument : str
        What the names were given as.
    network, by
        As for `closures`, which gave the `groups`.
    groups : dict
    names : str or iterable of str
        As they were written.

    Raises
    ------
    InputError
        Names that are none of the groups: those nearly so are suggested, and the groupings in which they are.
    """
    found = [as_name(by, name, groups) for name in arguments.names_of(argument, names)]
    _refuse_unknown(argument, network, by, groups, found)
    return found


def keyed_among(argument: str, network: Network, by: str, groups: Groups, given: object) -> dict[str, Any]:
    """A mapping by groups, with names as `closures` gives them; raises as `names_among` does."""
    found = keyed(argument, given, lambda name: as_name(by, name, groups))
    _refuse_unknown(argument, network, by, groups, found)
    return found


def _refuse_unknown(argument: str, network: Network, by: str, groups: Groups, names: Iterable[str]) -> None:
    unknown = [name for name in names if name not in groups]
    if not unknown:
        return
    if not groups:
        remedy = f"no {by} of the network operates"
    else:
        remedy = f"give names of the network, such as {next(iter(groups))}{nearest(unknown, groups, country_words())}"
    for other in (grouping for grouping in _GROUPINGS if grouping not in by.split("+")):
        if other == "bloc" and not len(network.blocs):
            continue
        choices = _GROUPINGS[other](network)
        if (name := as_name(other, unknown[0], choices)) in choices:
            remedy = f"{name} is a {other}: give by={other!r}, or a {by}"
            break
    raise InputError(complaint(argument, f"is no operating {by}", unknown, remedy))


def closures_among(network: Network, by: str, among: Iterable[str] | None) -> Groups:
    """What closes together, of these names only, in their order; of all where there are none.

    Raises
    ------
    InputError
        A grouping that is unknown, or a name that does not operate.
    """
    groups = closures(network, by)
    if among is None:
        return groups
    return {name: groups[name] for name in dict.fromkeys(names_among("among", network, by, groups, among))}


def _operating(network: Network) -> pd.DataFrame:
    links = network.links
    return links[links.status == "operating"]


def _by_cells(column: str) -> Callable[[Network], Groups]:
    def groups(network: Network) -> Groups:
        links = _operating(network)
        return _named(
            {link: dict.fromkeys(split(cell)) for link, cell in zip(links.link_id, links[column], strict=True)}
        )

    return groups


def _by_link(network: Network) -> Groups:
    return {str(i): [("links", str(i))] for i in _operating(network).link_id}


def _by_node(network: Network) -> Groups:
    links = _operating(network)
    touching: dict[str, dict[str, None]] = {}  # in the order of the links that start there, then of those that end
    for ends in (links.from_node_id, links.to_node_id):
        for node, link in zip(ends, links.link_id, strict=True):
            touching.setdefault(node, {})[link] = None
    transfers: dict[str, list[str]] = {}
    for node, transfer in zip(network.transfers.node_id, network.transfers.transfer_id, strict=True):
        transfers.setdefault(node, []).append(transfer)
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


def _by_country(network: Network) -> Groups:
    of_link = touched(network)
    return _named({link: of_link[link] for link in _operating(network).link_id})


def _by_border(network: Network) -> Groups:
    course_of = courses(network)
    crossed = {link: pairwise(course_of[link]) for link in _operating(network).link_id}
    return _named({i: sorted({border(";".join(two)) for two in pairs if all(two)}) for i, pairs in crossed.items()})


def _named(names: Mapping[str, Iterable[str]]) -> Groups:
    """Groups of links, in order of their names, from the names that each link goes by."""
    groups: Groups = {}
    for link, of_link in names.items():
        for name in of_link:
            groups.setdefault(name, []).append(("links", str(link)))
    return {name: groups[name] for name in sorted(groups)}


def _by_bloc(network: Network) -> Groups:
    of_country = _by_country(network)
    groups: Groups = {}
    for bloc, countries in bloc_members(network).items():
        closed = dict.fromkeys(item for country in countries for item in of_country.get(country, []))
        if closed:
            groups[bloc] = list(closed)
    return groups


_GROUPINGS: dict[str, Callable[[Network], Groups]] = {
    "link": _by_link,
    "node": _by_node,
    "port": _by_port,
    "border": _by_border,
    "country": _by_country,
    "corridor": _by_cells("corridors"),
    "mode": _by_cells("mode"),
    "bloc": _by_bloc,
}
