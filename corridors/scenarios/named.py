"""One scenario from names: what closes, opens, has less room, costs more or is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import country_words, load_candidates, load_projects
from corridors.errors import InputError, complaint, nearest
from corridors.network import Network
from corridors.scenarios.batch import ATOM, Scenarios
from corridors.scenarios.crossings import crossings, members
from corridors.scenarios.groups import Groups, as_name, closures
from corridors.scenarios.shocks import shocks
from corridors.schema.checks import split
from corridors.schema.columns import as_known, keyed, matching

ORDER = ("link", "node", "border", "corridor", "country", "bloc", "mode")
"""The groupings in which a name is looked for, the first that has it."""

Change = dict[str, Any]


def named_scenario(
    network: Network,
    demand: pd.DataFrame,
    *,
    close: Any = (),
    open: Any = (),
    scale: Mapping[str, float] | None = None,
    toll: Mapping[str, float] | None = None,
    refuse: Any = (),
    selected: pd.DataFrame | None = None,
) -> Scenarios:
    """A scenario of changes by name; the arguments are those of `corridors.what_if`.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked rows.
    close, open, scale, toll, refuse
        As for `corridors.what_if`.
    selected : DataFrame, optional
        The demand rows for whose goods closures, tolls and refusals hold; all by default.

    Raises
    ------
    InputError
        A name that is not there, a number that does not fit; nothing that changes.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": ["aktau", "baku"], "capacity": [2e6, None],
    ...                       "to_node_id": ["baku", "poti"], "mode": ["ferry", "rail"], "tariff": 10.0})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku", "poti"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [1e6], "value": [200.0]})
    >>> named_scenario(network, demand, scale={"aktau": 0.5}, toll={"rail": 4})
    Scenarios(1: aktau x 0.5, toll of 4 on rail)
    """
    groups = _Named(network)
    classes = None if selected is None else selected[["commodity", "origin"]].drop_duplicates()
    changes: list[Change] = []
    words: list[str] = []
    for name in arguments.names_of("close", close):
        _, found, items = groups.of("close", name)
        changes += [_change(table, i, "status", "close") for table, i in items]
        words.append(f"{found} closed")
    changes = changes if classes is None else _narrowed(changes, classes)
    for name in arguments.names_of("open", open):
        changes += _opened(network, name)
        words.append(f"{name} open")
    for name, factor in _numbers("scale", scale, 0.0).items():
        changes += _scaled(network, groups, name, factor)
        words.append(f"{name} x {factor:g}")
    for name, usd in _numbers("toll", toll, -np.inf).items():
        fees = _tolled(network, groups, name, usd)
        changes += fees if classes is None else _narrowed(fees, classes)
        words.append(f"toll of {usd:g} on {name}")
    table = _together(changes)
    refused = arguments.names_of("refuse", refuse)
    if table.empty and not refused:
        raise InputError(
            "what_if: nothing changes; name what to close, open, scale, toll or refuse, or give a scenario"
        )
    scenario = Scenarios([", ".join(words) or "refused"], table.assign(scenario=0))
    for country in refused:
        try:
            members(network, country)
        except InputError as error:
            raise InputError(f"refuse: {error}") from None
        row = {"shock_id": f"{country} refuses transit", "kind": "refuse_transit", "target": country, "value": np.nan}
        transit = pd.DataFrame([{**row, "commodity": "", "origins": ""}])
        part = shocks(network, demand if selected is None else selected, transit)
        scenario = part if table.empty and country == refused[0] else scenario * part
    return scenario


class _Named:
    """What the names of a network stand for: groups of links and transfers that close together."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._known: dict[str, Groups] = {}

    def grouping(self, kind: str) -> Groups:
        """The groups of a grouping."""
        if kind not in self._known:
            none = kind == "bloc" and not len(self.network.blocs)
            self._known[kind] = {} if none else closures(self.network, kind)
        return self._known[kind]

    def of(self, argument: str, given: str) -> tuple[str, str, list[tuple[str, str]]]:
        """The grouping in which a name is, the name as it is there, and its links and transfers."""
        kind, colon, name = given.partition(":")
        kinds, name = ((kind,), name) if colon and kind in (*ORDER, "port") else (ORDER, given)
        if "*" in name and (links := matching(self.grouping("link"), [name])[name]):
            return "link", name, [("links", i) for i in links]
        spelt = [(one, as_name(one, name, self.grouping(one))) for one in kinds]
        for one, found in [*((one, name) for one in kinds), *spelt]:  # as it is written before another case
            if found in self.grouping(one):
                return one, found, self.grouping(one)[found]
        ids = [i for one in kinds for i in self.grouping(one)]
        remedy = f"give a {', '.join(kinds)} that operates{nearest([name], ids, country_words())}"
        raise InputError(f"{argument}: nothing is called {given}; {remedy}")


def _change(table: str, name: str, field: str, operation: str, value: float = np.nan, **narrowed: str) -> Change:
    return {"table": table, "id": name, "field": field, "operation": operation, "value": value, **narrowed}


def _numbers(argument: str, given: Mapping[str, float] | None, least: float) -> dict[str, float]:
    arguments.mappings_or_none(**{argument: given})
    found = keyed(argument, {} if given is None else given)
    arguments.numbers(least, **{f"{argument}: {name}": value for name, value in found.items()})
    return {name: float(value) for name, value in found.items()}


def _narrowed(changes: list[Change], classes: pd.DataFrame) -> list[Change]:
    """The same changes for the goods of some flow classes alone."""
    return [
        {**change, "commodity": row.commodity, "origin": row.origin}
        for change in changes
        for row in classes.itertuples(index=False)
    ]


def _opened(network: Network, given: str) -> list[Change]:
    """A project as its data says, or planned links by id or corridor."""
    links, projects = network.links, load_projects().set_index("project_id")
    planned = links[links.status == "planned"]
    of_corridor = {name for cell in planned.corridors for name in split(cell)}
    name = as_known(given, [*projects.index, *links.link_id, *sorted(of_corridor)])
    if name in projects.index and set(split(projects.links[name])) <= set(links.link_id):
        row = projects.loc[name]
        if row.field == "status":
            return [_change("links", i, "status", "open") for i in split(row.links)]
        return [_change("links", i, row.field, "set", float(row.after)) for i in split(row.links)]
    ids = [i for i, cell in zip(planned.link_id, planned.corridors, strict=True) if name == i or name in split(cell)]
    if not ids:
        remedy = f"give a project ({', '.join(projects.index)}), or a planned link or corridor"
        if name in set(load_candidates().candidate_id):
            remedy += ". It is a candidate, which corridors.with_candidates builds and expansion compares with others"
        near = nearest([name], [*projects.index, *sorted(of_corridor), *planned.link_id])
        raise InputError(complaint("open", "has nothing that is planned", [given], remedy + near))
    return [_change("links", i, "status", "open") for i in ids]


def _scaled(network: Network, groups: _Named, name: str, factor: float) -> list[Change]:
    """The capacities of what a name stands for, of a node its own as well; those that are limited."""
    kind, found, items = groups.of("scale", name)
    limits = {
        "links": network.links.set_index("link_id").capacity,
        "transfers": network.transfers.set_index("transfer_id").capacity,
        "nodes": network.nodes.set_index("node_id").capacity,
    }
    if kind in ("node", "port"):
        items = [*items, ("nodes", found)]
    limited = [(table, i) for table, i in items if limits[table].notna()[i]]
    if not limited:
        raise InputError(f"scale: {name} has no capacity that is limited; close it, or set one in the table")
    return [_change(table, i, "capacity", "scale", factor) for table, i in limited]


def _tolled(network: Network, groups: _Named, name: str, usd: float) -> list[Change]:
    """A fee on entries into a country or bloc, on the transfers of a node, on each link of anything else."""
    kind, found, items = groups.of("toll", name)
    if kind in ("country", "bloc"):
        entered = crossings(network, members(network, found))
        entered = entered[entered.crossing == "in"]
        pairs = zip(entered.link_id, entered.direction, strict=True)
        return [_change("links", i, "border_fee", "add", usd, direction=direction) for i, direction in pairs]
    if kind == "node":
        of_node = [i for table, i in items if table == "transfers"]
        if of_node:
            return [_change("transfers", i, "cost", "add", usd) for i in of_node]
    return [_change("links", i, "border_fee", "add", usd) for table, i in items if table == "links"]


def _together(changes: Iterable[Change]) -> pd.DataFrame:
    """Changes as a table in which each atom is once: what is added is summed, what multiplies is multiplied."""
    columns = [*ATOM, "value"]
    table = pd.DataFrame(list(changes), columns=columns).astype({"value": float})
    table[list(ATOM)] = table[list(ATOM)].astype(object).fillna("")  # a column without a word is of floats
    by_operation = {"add": "sum", "scale": "prod", "set": "last", "close": "first", "open": "first"}
    parts = [
        part.groupby(list(ATOM), sort=False, as_index=False).value.agg(by_operation[str(operation)])
        for operation, part in table.groupby("operation", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)[columns] if parts else table
