"""What a reader of the page can choose: links, ports, borders, countries, corridors, shocks and projects."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from corridors.datasets import load_countries, load_projects, load_shocks
from corridors.errors import InputError
from corridors.network import Network
from corridors.scenarios.batch import NARROWED, Scenarios, closes_link
from corridors.scenarios.make import outages
from corridors.scenarios.shocks import shocks, within_reach
from corridors.schema.checks import split

KINDS = ("link", "port", "border", "country", "corridor")
"""What closes as a whole, in the order of the page's list."""


@dataclass(frozen=True)
class Choice:
    """One thing that a reader can choose.

    Parameters
    ----------
    kind : str
        One of `KINDS`, ``shock`` or ``project``.
    id : str
        Its name among those of its kind.
    name : str
        What the page calls it.
    links : tuple of str
        The links that close with it, or that a project opens.
    changes : DataFrame
        What it changes: rows of a scenario, as `Scenarios.changes` gives them.
    """

    kind: str
    id: str
    name: str
    links: tuple[str, ...]
    changes: pd.DataFrame = field(repr=False, compare=False)


def choices_of(network: Network, demand: pd.DataFrame, *, links: list[str], others: bool = True) -> list[Choice]:
    """What a page of a network offers.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand: whose goods a shock stops depends on it.
    links : list of str
        The links offered one by one.
    others : bool
        Whether ports, borders, countries, corridors, shocks and projects are offered too, as far as the network has
        any.

    Returns
    -------
    list of Choice
        By kind, in the order of the tables.
    """
    names = dict(zip(network.links.link_id, network.links.name, strict=True))
    every = outages(network)
    found = _of_batch("link", every.select(links) if links else every.take([]), names)
    if not others:
        return found
    named = {"port": dict(zip(network.nodes.node_id, network.nodes.name, strict=True)), "country": country_names()}
    for kind in KINDS[1:]:
        try:
            batch = outages(network, by=kind)
        except InputError:  # a network without countries has no borders, say
            continue
        if kind == "border":
            named[kind] = {label: _border_name(label, named["country"]) for label in batch.labels}
        found += _of_batch(kind, batch, named.get(kind, {}))
    return found + _shocks(network, demand) + _projects(network)


def pairs_of(choices: int, most: int) -> list[tuple[int, int]]:
    """The pairs of so many choices, worst first, that fit into a number of scenarios: all of the first few."""
    count = int((1 + np.sqrt(1 + 8 * most)) // 2)
    return list(combinations(range(min(count, choices)), 2))


def country_names() -> dict[str, str]:
    """Names of countries by their two letters, as far as the library knows them."""
    table = load_countries()
    return dict(zip(table.country, table.country_name, strict=True))


def _border_name(label: str, names: dict[str, str]) -> str:
    """A border by the names of both countries.

    >>> _border_name("AZ-XX", {"AZ": "Azerbaijan"})
    'Azerbaijan - XX'
    """
    return " - ".join(names.get(code, code) for code in label.split("-"))


def _of_batch(kind: str, batch: Scenarios, names: dict[str, str]) -> list[Choice]:
    block = batch.block(0, len(batch))
    changes = batch.atoms.iloc[block.atom].assign(value=block.value)
    ids, closed, found = changes.id.tolist(), closes_link(changes).tolist(), []
    for number, label in enumerate(batch.labels):
        first, last = block.start[number : number + 2]
        links = dict.fromkeys(ids[i] for i in range(first, last) if closed[i])
        found.append(Choice(kind, label, names.get(label) or label, tuple(links), changes.iloc[first:last]))
    return found


def _shocks(network: Network, demand: pd.DataFrame) -> list[Choice]:
    """The named shocks that this network knows the places of, and that touch something in it."""
    table, found = within_reach(load_shocks()), list[Choice]()
    names = dict(zip(table.shock_id, table.name, strict=True))
    parts = [table]
    while parts:
        part = parts.pop()
        try:
            found += _of_batch("shock", shocks(network, demand, part), names)
        except InputError:  # a network without blocs, or without that country, has no such shock: each by itself
            parts += [part.iloc[[row]] for row in reversed(range(len(part)))] if len(part) > 1 else []
    return [shock for shock in found if len(shock.changes)]


def _projects(network: Network) -> list[Choice]:
    """The projects whose links the network has and that are not done in it."""
    links = network.links.set_index("link_id")
    found = []
    rows: Any = load_projects().itertuples(index=False)
    for row in rows:
        named = split(row.links)
        if not set(named) <= set(links.index):
            continue
        if row.field == "status":
            wanted = [link for link in named if links.status[link] == "planned"]
            changes = [("links", link, "status", "open", np.nan) for link in wanted]
        else:
            wanted = [link for link in named if links[row.field][link] != float(row.after)]
            changes = [("links", link, row.field, "set", float(row.after)) for link in wanted]
        if wanted:
            table = pd.DataFrame(changes, columns=["table", "id", "field", "operation", "value"])
            table = table.assign(**dict.fromkeys(NARROWED, ""))
            found.append(Choice("project", row.project_id, row.name, tuple(wanted), table))
    return found
