"""Projects: lines that are planned or have just been enlarged, and how each shifts what the players are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from corridors import arguments
from corridors.datasets import load_projects
from corridors.edits.selection import open_planned
from corridors.errors import InputError, complaint
from corridors.methods.digits import places
from corridors.network import Network, checked_demand
from corridors.scenarios.make import players_of
from corridors.schema.checks import split
from corridors.schema.columns import as_known
from corridors.studies.leverage import checked_method, leverage
from corridors.studies.penalties import about


def with_projects(network: Network, projects: Iterable[str]) -> Network:
    """The network with some projects done: planned lines operate, enlarged ones have their new capacity.

    Parameters
    ----------
    network : Network
    projects : iterable of str
        Ids of `corridors.load_projects`.

    Returns
    -------
    Network
        A new one.

    Raises
    ------
    InputError
        An unknown project, or one whose links the network does not have.

    Examples
    --------
    >>> import corridors as cd
    >>> grown = cd.with_projects(cd.load_network(), ["cku", "transcaspian_oil"])
    >>> (grown.links.status == "planned").sum()
    np.int64(18)
    """
    return _set(network, projects, "after")


def without_projects(network: Network, projects: Iterable[str]) -> Network:
    """The network as it is without some projects, whether or not it has them.

    Parameters
    ----------
    network, projects
        As for `with_projects`.

    Returns
    -------
    Network
        A new one.

    Raises
    ------
    InputError
        An unknown project, or one whose links the network does not have.

    Examples
    --------
    >>> import corridors as cd
    >>> links = cd.without_projects(cd.load_network(), ["btk_5mt"]).links.set_index("link_id")
    >>> links.capacity["rail_marabda_akhalkalaki"]
    np.float64(1000000.0)
    """
    return _set(network, projects, "before")


def before_and_after(network: Network, names: Iterable[str]) -> tuple[Network, Network]:
    """The network without and with what is named: projects by id, or the planned links of corridors, or links by id."""
    wanted = [names] if isinstance(names, str) else list(names)
    known = set(load_projects().project_id)
    wanted = [as_known(name, known) for name in wanted]
    projects = [name for name in wanted if name in known]
    others = [name for name in wanted if name not in known]
    after = open_planned(network, others) if others else network
    return without_projects(network, projects), with_projects(after, projects)


def project_leverage(
    network: Network,
    demand: Any,
    players: Sequence[str] | Mapping[str, Iterable[str]],
    *,
    projects: Iterable[str] | None = None,
    by: str = "country",
    method: str = "auto",
    orders: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """How each project shifts the players' bargaining power: Shapley values without it and with it.

    Source: Shapley 1953.

    Parameters
    ----------
    network : Network
        One with the links of the projects; each project is compared with the network as given but without it.
    demand : DataFrame
        As for `corridors.solve`.
    players, by, method, orders, seed, progress
        As for `corridors.leverage`.
    projects : iterable of str, optional
        Ids of `corridors.load_projects`; by default all.

    Returns
    -------
    DataFrame
        A row a project and player, projects in order: ``project, name, player``; ``before, after, change`` (Shapley
        value, USD/year); ``saved`` (the loss that the project saves when all players are there, USD/year, the same for
        each of its rows).

    Raises
    ------
    InputError
        What `with_projects` and `corridors.leverage` raise.

    Notes
    -----
    A coalition has a link that its members' countries host: a new line between two countries is worth something to a
    coalition only if both are in it. A player whose change is below zero was strong because the line was not there.

    Examples
    --------
    >>> import corridors as cd
    >>> network = cd.load_network()
    >>> oil = cd.select_demand(network, cd.load_demand(), commodity="crude_oil", origin="KZ")
    >>> table = cd.project_leverage(network, oil, ["RU", "AZ"], projects=["transcaspian_oil"], progress=False)
    >>> table[["player", "before", "after", "change"]].round(-8)  # 20 Mt a year that need not pass Russia
      player        before         after        change
    0     RU  3.340000e+10  2.820000e+10 -5.300000e+09
    1     AZ  2.400000e+09  7.700000e+09  5.300000e+09
    """
    demand = checked_demand(network, demand)
    arguments.texts(by=by)
    checked_method(method, orders, seed)
    table = load_projects().set_index("project_id")
    wanted = list(table.index) if projects is None else arguments.names_of("projects", projects, some=True)
    # A player may have no link but those of a project, so what each holds is taken from the network with all of them.
    groups = players_of(with_projects(network, wanted), players, by)
    held = {name: [i for kind, i in items if kind == "links"] for name, items in groups.items()}
    known: dict[tuple[Any, ...], pd.DataFrame] = {}

    def worths(state: Network) -> pd.DataFrame:
        """The players' values in a network, computed once: most projects are compared with the same one."""
        key = (*state.links.status, *state.links.capacity.fillna(-1.0))
        if key not in known:
            known[key] = leverage(state, demand, held, method=method, orders=orders, seed=seed, progress=progress)
        return known[key]

    parts = []
    for project in wanted:
        before = worths(without_projects(network, [project]))
        after = worths(with_projects(network, [project]))
        rows = after[["player", "shapley"]].rename(columns={"shapley": "after"})
        rows.insert(1, "before", rows.player.map(before.set_index("player").shapley))
        digits = places(2, [before.attrs["loss"], *rows.before, *rows.after], 1e7)
        rows["change"] = (rows.after - rows.before).round(digits) + 0.0
        rows["saved"] = round(before.attrs["loss"] - after.attrs["loss"], digits) + 0.0
        rows.insert(0, "project", project)
        rows.insert(1, "name", str(table.name.get(project, project)))
        parts.append(rows)
    together = pd.concat(parts, ignore_index=True)
    together.attrs.update(about(network, demand))
    return together


def _set(network: Network, projects: Iterable[str], state: str) -> Network:
    arguments.networks(network=network)
    table = load_projects().set_index("project_id")
    remedy = f"give some of {', '.join(table.index)}"
    wanted = arguments.known_names("projects", projects, table.index, "is unknown", remedy)
    links = network.links
    for name in wanted:
        row = table.loc[name]
        named = split(row.links)
        missing = [link for link in named if link not in set(links.link_id)]
        if missing:
            raise InputError(complaint("links", f"project {name} has links that are not there", missing, "add them"))
        of_project = links.link_id.isin(named)
        value = row[state] if row.field == "status" else float(row[state])
        links = links.assign(**{row.field: links[row.field].where(~of_project, value)})
    return network.replace(links=links)
