"""Autonomy from a bloc: what each project, and each partner that lets goods pass, adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import load_projects
from corridors.edits.selection import selected
from corridors.errors import InputError, complaint
from corridors.methods.digits import places
from corridors.methods.solved import require_solved
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import ATOM, of_changes
from corridors.scenarios.crossings import crossings, members
from corridors.scenarios.shocks import shocks
from corridors.schema.checks import split
from corridors.studies.penalties import about
from corridors.sweeping.progress import one_bar
from corridors.sweeping.solve import sweep_all

COLUMNS = ["kind", "option", "name", "saved", "saved_shut", "saved_alone"]


def autonomy(
    network: Network,
    demand: Any,
    *,
    bloc: str | Iterable[str],
    select: Mapping[str, str | None] | None = None,
    projects: str | Iterable[str] | None = None,
    partners: str | Iterable[str] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """What each project and each partner saves, now and once nothing may enter a bloc.

    Each is compared with the case without it, one at a time: a project that is not built, a partner that refuses
    transit. So the table tells a hedge, which saves little until the bloc is shut, from a route that pays anyway.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it is moved; the bloc and the partners are shut to the rows of `select` alone.
    bloc : str or iterable of str
        A bloc by its name, a country, or several countries.
    select : mapping, optional
        Whose autonomy it is: ``commodity`` and ``origin`` as for `corridors.select_demand`, as ``{"origin": "KZ"}``.
    projects : str or iterable of str, optional
        Ids of `corridors.load_projects`; by default all whose links the network has.
    partners : str or iterable of str, optional
        Countries that may let the goods pass; by default all but those of the bloc and those where the goods start,
        without those that add nothing.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        Projects, then partners, those first that save most once the bloc is shut: ``kind`` (``project, partner``),
        ``option`` (its id), ``name``; in USD/year ``saved`` (the loss that it saves as things are), ``saved_shut``
        (where nothing may enter the bloc), ``saved_alone`` (of partners: where nothing may enter the bloc and no other
        partner lets goods pass; NaN for projects, which need the partners where they are). In ``attrs``: ``loss`` as
        things are and ``loss_shut`` where nothing may enter the bloc, USD/year.

    Raises
    ------
    InputError
        An unknown bloc, project or partner; a partner that is in the bloc; a selection of no demand rows.

    See Also
    --------
    corridors.hedging_frontier : All that is between free choice and nothing through the bloc.
    corridors.leverage : What partners are worth in all their coalitions.

    Notes
    -----
    What ends in a country is no transit: a partner that refuses it still buys. A zone of terminals in several
    countries, such as oil for any sea, ends in none of them (see `corridors.dependence`).

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["field", "samara", "baku", "iran", "sea"],
    ...                       "country": ["KZ", "RU", "AZ", "IR", "TR"]})
    >>> links = pd.DataFrame({"link_id": ["in", "out", "ferry", "btc", "swap", "rail"], "mode": "ship",
    ...                       "from_node_id": ["field", "samara", "field", "baku", "field", "iran"],
    ...                       "to_node_id": ["samara", "sea", "baku", "sea", "iran", "sea"],
    ...                       "tariff": [10.0, 10, 25, 20, 40, 40], "capacity": [None, None, 6e6, None, 6e6, None]})
    >>> demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"], "destination": ["sea"],
    ...                        "volume": [10e6], "value": [500.0]})
    >>> table = cd.autonomy(cd.Network(nodes, links), demand, bloc="RU", projects=[])
    >>> table[["option", "saved", "saved_shut", "saved_alone"]]
      option  saved    saved_shut   saved_alone
    0     AZ    0.0  1.890000e+09  2.730000e+09
    1     IR    0.0  1.680000e+09  2.520000e+09
    """
    rows = checked_demand(network, demand)
    hedged = selected(network, rows, select, by=("commodity", "origin"))
    shut = _shut(network, hedged, members(network, bloc))
    known = _projects(network, projects)
    names = _partners(network, hedged, members(network, bloc), partners)
    refusals = dict(zip(names, _refusals(network, hedged, names), strict=True))
    none = _together(refusals.values())
    states: dict[tuple[str, str], pd.DataFrame] = {("", ""): none.head(0), ("nobody", ""): none}
    for project in known.itertuples():
        states["without", project.Index] = _state(network, project, "before")
        states["with", project.Index] = _state(network, project, "after")
    for name in names:
        states["without", name] = refusals[name]
        states["alone", name] = _together(refusals[other] for other in names if other != name)
    with one_bar("autonomy"):
        loss = _losses(network, rows, states, shut, progress)
    digits = places(2, loss.to_numpy().ravel(), 1e7)
    table = pd.DataFrame(
        [
            *(("project", i, known.name[i], *_gained(loss, ("without", i), ("with", i)), np.nan) for i in known.index),
            *(("partner", i, i, *_gained(loss, ("without", i), ("", "")), _last(loss, i)) for i in names),
        ],
        columns=COLUMNS,
    )
    money = COLUMNS[3:]
    table[money] = table[money].astype(float).round(digits) + 0.0
    if partners is None:
        table = table[(table.kind == "project") | (table[money] != 0).any(axis=1)]
    table = table.sort_values(
        ["kind", "saved_shut", "saved", "option"], ascending=[False, False, False, True], ignore_index=True
    )
    now = loss.loc[("", "")]
    table.attrs.update({**about(network, rows), "loss": float(now["as it is"]), "loss_shut": float(now["shut"])})
    return table


def _gained(loss: pd.DataFrame, without: tuple[str, str], found: tuple[str, str]) -> list[float]:
    """What is saved as things are, and where the bloc is shut."""
    saved = loss.loc[without] - loss.loc[found]
    return [saved["as it is"], saved["shut"]]


def _last(loss: pd.DataFrame, partner: str) -> float:
    """What a partner saves where the bloc is shut and no other lets goods pass."""
    return float(loss.shut["nobody", ""] - loss.shut["alone", partner])


def _losses(
    network: Network, rows: pd.DataFrame, states: Mapping[tuple[str, str], pd.DataFrame], shut: pd.DataFrame,
    progress: bool,
) -> pd.DataFrame:  # fmt: skip
    """The loss of each state, as things are and where the bloc is shut, USD/year, in one sweep."""
    changes = [part for state in states.values() for part in (state, _together([state, shut]))]
    labels = [f"{kind} {name}, {side}" for kind, name in states for side in ("as it is", "shut")]
    result = sweep_all(network, rows, of_changes(changes, labels), keep=(), progress=progress)
    require_solved("autonomy", result.loss)
    index = pd.MultiIndex.from_tuples(list(states))
    return pd.DataFrame(result.loss.to_numpy().reshape(-1, 2), index, ["as it is", "shut"]).sort_index()


def _shut(network: Network, hedged: pd.DataFrame, inside: tuple[str, ...]) -> pd.DataFrame:
    """The goods may not enter some countries."""
    entered = crossings(network, inside)
    entered = entered[entered.crossing == "in"].drop(columns="crossing").rename(columns={"link_id": "id"})
    classes = hedged[["commodity", "origin"]].drop_duplicates()
    closed = entered.merge(classes, how="cross").assign(table="links", field="status", operation="close", value=np.nan)
    return closed


def _refusals(network: Network, hedged: pd.DataFrame, partners: list[str]) -> list[pd.DataFrame]:
    """The changes by which each partner refuses transit to the goods."""
    row = {"kind": "refuse_transit", "commodity": "", "origins": "", "value": np.nan}
    found = shocks(network, hedged, pd.DataFrame([row | {"shock_id": name, "target": name} for name in partners],
                                                 columns=["shock_id", "target", *row]))  # fmt: skip
    return [found.changes(number) for number in range(len(found))]


def _together(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The changes of several."""
    empty = pd.DataFrame(columns=[*ATOM, "value"])
    return pd.concat([empty, *(part for part in parts if len(part))], ignore_index=True)


def _projects(network: Network, projects: str | Iterable[str] | None) -> pd.DataFrame:
    """The projects by id, those asked for or all whose links are there."""
    table = load_projects().set_index("project_id")
    present = set(network.links.link_id)
    whole = [set(split(cell)) <= present for cell in table.links]
    if projects is None:
        return table[whole]
    remedy = f"give some of {', '.join(table.index)}"
    wanted = list(dict.fromkeys(arguments.known_names("projects", projects, table.index, "is unknown", remedy)))
    missing = [name for name in wanted if name not in set(table.index[whole])]
    if missing:
        raise InputError(complaint("projects", "has links that the network lacks", missing, "leave it out"))
    return table.loc[wanted]


def _state(network: Network, project: Any, state: str) -> pd.DataFrame:
    """The changes by which a project is there (``after``), or is not (``before``)."""
    named, value = split(project.links), getattr(project, state)
    changes = pd.DataFrame({"table": "links", "id": named, "field": project.field, "value": np.nan})
    if project.field == "status":
        return changes.assign(operation="open" if value == "operating" else "close")
    return changes.assign(operation="set", value=float(value))


def _partners(
    network: Network, hedged: pd.DataFrame, inside: tuple[str, ...], partners: str | Iterable[str] | None
) -> list[str]:
    """The countries whose transit is asked for."""
    country = network.nodes.set_index("node_id").country
    zones = network.zones.groupby("zone_id").node_id.apply(list).to_dict()
    starts = {country[node] for end in hedged.origin.unique() for node in zones.get(end, [end])}
    if partners is None:
        every = dict.fromkeys(name for name in sorted(country.unique()) if name)
        return [name for name in every if name not in starts and name not in inside]
    known = sorted(name for name in country.unique() if name)
    remedy = f"give some of {', '.join(known)}"
    what = "is no country of the nodes"
    wanted = list(dict.fromkeys(arguments.known_names("partners", partners, known, what, remedy)))
    both = [name for name in wanted if name in inside]
    if both:
        raise InputError(complaint("partners", "is in the bloc", both, "a partner is another than the bloc"))
    return wanted
