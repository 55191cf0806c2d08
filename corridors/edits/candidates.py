"""Candidates in a network: as rooms that grow with what is built, so that the loss stays convex; and as built.

Room is added to a capacity. A planned link stands there with none. A cut of a cost or time is a lane of its own::

             as it was           0 h, without limit
    from ───────────────► middle ══════════════════► to      what is cut is moved from the link to a lane behind it,
                                 ──────────────────►         and the lane that is built goes without
                                   h or USD/t cut

By each of these the least loss is a convex function of what is built, as a linear programme is of its limits.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, InputWarning, complaint, nearest
from corridors.network import Network
from corridors.schema.candidates import CUTS, ROOM, Candidates, candidates_of
from corridors.schema.consistency import member_ids

_KEYS = {"links": "link_id", "transfers": "transfer_id", "nodes": "node_id", "fleets": "fleet_id"}


class Prepared(NamedTuple):
    """A network in which nothing is built yet, and what each candidate adds.

    Parameters
    ----------
    network : Network
        Planned links of candidates operate without room; what is cut is a lane without room.
    rooms : DataFrame
        ``candidate`` (its row), ``table, id, field``, ``amount`` (t/year that a module adds; inf: no limit).
    """

    network: Network
    rooms: pd.DataFrame


def prepared(network: Network, candidates: Candidates) -> Prepared:
    """Lay candidates out in a network.

    Raises
    ------
    InputError
        An id that the network does not have; room added where there is no limit, or to what is not in operation; a row
        opened that operates; a cut of more than there is.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)  # the network itself was warned of
        return _prepared(network, candidates)


def _prepared(network: Network, candidates: Candidates) -> Prepared:
    effects = candidates.effects
    _require_there(network, effects)
    opened = effects[effects.field == "status"]
    rooms = [effects[effects.field.isin(ROOM)], opened.assign(amount=_room_when_open(network, opened))]
    network = _without_room(network, opened)
    _require_limited(network, rooms[0])
    for row in effects[effects.field.isin(CUTS)].itertuples(index=False):
        name = candidates.table.candidate_id.iloc[row.candidate]
        network = _with_lanes(network, row.id, name, row.field, row.amount)
        lane = {"candidate": row.candidate, "table": "links", "id": f"{row.id} with {name}", "amount": np.inf}
        rooms.append(pd.DataFrame([lane]))
    together = pd.concat(rooms, ignore_index=True)
    return Prepared(network, together.assign(field=np.where(together.table == "zones", "limit", "capacity")))


def with_candidates(network: Network, candidates: Any, portfolio: Mapping[str, float]) -> Network:
    """The network with a portfolio built.

    Parameters
    ----------
    network : Network
    candidates : DataFrame
        As for `corridors.expansion`.
    portfolio : mapping
        Modules by candidate: ``{"ferries": 3, "second_track": 1}``.

    Returns
    -------
    Network
        A new one.

    Raises
    ------
    InputError
        A candidate that does not fit the network, or that is not among them; more modules than there may be.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": "aktau", "to_node_id": "baku", "mode": "ferry",
    ...                       "capacity": [60.0], "tariff": [10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> ships = pd.DataFrame({"candidate_id": ["ship"], "id": "ferry", "amount": 20.0, "cost": 1e3, "kind": "modules",
    ...                       "most": 4})
    >>> cd.with_candidates(network, ships, {"ship": 2}).links.capacity.tolist()
    [100.0]
    """
    arguments.networks(network=network)
    arguments.mappings(portfolio=portfolio)
    wanted = candidates_of(candidates)
    ids = wanted.table.candidate_id.tolist()
    names = arguments.known_names(
        "portfolio", list(portfolio), ids, "is no candidate", f"give some of {', '.join(ids)}"
    )
    built = np.zeros(len(wanted))
    for name, given in zip(names, portfolio.values(), strict=True):
        at = ids.index(name)
        arguments.numbers(0, float(wanted.most[at]), **{f"portfolio: {name}": given})
        built[at] = float(given)
    return as_built(network, wanted, built)


def as_built(network: Network, candidates: Candidates, modules: Any) -> Network:
    """The network with so many modules of each candidate built, (N,): rows changed as they stand, without lanes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        return _as_built(network, candidates, modules)


def _as_built(network: Network, candidates: Candidates, modules: Any) -> Network:
    _require_there(network, candidates.effects)
    effects = candidates.effects.assign(modules=np.asarray(modules, float)[candidates.effects.candidate])
    effects = effects[effects.modules > 0]
    opened = effects[effects.field == "status"]
    rooms = opened.assign(amount=_room_when_open(network, opened))
    network = _without_room(network, opened)
    _require_limited(network, effects[effects.field.isin(ROOM)])
    for table, rows in pd.concat([effects[effects.field.isin(ROOM)], rooms]).groupby("table"):
        added = (rows.amount * rows.modules).groupby(rows.id).sum()
        field = "limit" if table == "zones" else "capacity"
        network = network.replace(**{str(table): _raised(network, str(table), field, added)})
    for row in effects[effects.field.isin(CUTS)].itertuples(index=False):
        network = network.replace(**_cut(network, row.id, row.field, row.amount))
    return network


def _ids(network: Network, table: str) -> pd.Series[str]:
    return member_ids(network.zones) if table == "zones" else getattr(network, table)[_KEYS[table]]


def _require_there(network: Network, effects: pd.DataFrame) -> None:
    for table, rows in effects.groupby("table"):
        known = set(_ids(network, str(table)))
        unknown = [name for name in rows.id.unique() if name not in known]
        if unknown:
            remedy = f"give ids of the network{nearest(unknown, known)}"
            raise InputError(complaint(str(table), "id of a candidate is unknown", unknown, remedy))


def _room_when_open(network: Network, opened: pd.DataFrame) -> Any:
    """The room of a planned row once it operates: what the candidate says, else what its capacity leaves; inf: any."""
    room = opened.amount.to_numpy(float, copy=True)
    for at, row in enumerate(opened.itertuples(index=False)):
        table = getattr(network, row.table).set_index(_KEYS[row.table]).loc[row.id]
        if table.status == "operating":
            raise InputError(complaint(row.table, "is opened by a candidate, and operates", [row.id], "add capacity"))
        if np.isnan(room[at]):
            left = table.capacity - (table.background if row.table == "links" else 0.0)
            room[at] = np.inf if np.isnan(left) else max(left, 0.0)
    return room


def _without_room(network: Network, opened: pd.DataFrame) -> Network:
    """The network with planned rows in operation, but with no room."""
    for table, rows in opened.groupby("table"):
        frame = getattr(network, str(table))
        opening = frame[_KEYS[str(table)]].isin(rows.id)
        changed = {"status": "operating", "capacity": 0.0} | ({"background": 0.0} if table == "links" else {})
        columns = {name: frame[name].where(~opening, value) for name, value in changed.items()}
        network = network.replace(**{str(table): frame.assign(**columns)})
    return network


def _require_limited(network: Network, rooms: pd.DataFrame) -> None:
    for name, rows in rooms.groupby("table"):
        table = str(name)
        frame = getattr(network, table).set_axis(_ids(network, table))
        frame = frame[~frame.index.duplicated()].loc[rows.id.unique()]
        limit = frame["limit" if table == "zones" else "capacity"]
        idle = frame.index[frame.status != "operating"] if table in ("links", "transfers") else []
        _refuse(table, "is no part of what operates, and gets room", idle, "open it by a candidate as well")
        _refuse(table, "gets room, and has no limit", limit.index[limit.isna()], "take the candidate out")
        if table == "links":
            short = frame.index[frame.capacity < frame.background]
            _refuse(table, "gets room, and has less than its background", short, "correct one of them")


def _refuse(table: str, problem: str, ids: Any, remedy: str) -> None:
    if len(ids):
        raise InputError(complaint(table, problem, ids, remedy))


def _raised(network: Network, table: str, field: str, added: pd.Series[float]) -> pd.DataFrame:
    """A table with room added by id; an infinite one takes the limit away."""
    frame = getattr(network, table)
    values = frame[field] + _ids(network, table).map(added).fillna(0.0).to_numpy()
    return frame.assign(**{field: values.where(np.isfinite(values))})


def _cut(network: Network, link: str, field: str, amount: float) -> dict[str, pd.DataFrame]:
    """The tables with a link's cost or time cut, its tariffs by commodity too."""
    links, tariffs = network.links, network.tariffs
    named = links.link_id == link
    parts = {"links": links.loc[named, field]}
    if field == "tariff":
        parts["tariffs"] = tariffs.loc[tariffs.link_id == link, "tariff"]
    if parts["links"].isna().any():
        raise InputError(complaint("links", f"{field} is cut, and missing", [link], f"give the link a {field}"))
    if any((part < amount).any() for part in parts.values()):
        raise InputError(complaint("links", f"{field} is less than what a candidate cuts", [link], "cut less"))
    lower = links[field].where(~named, links[field] - amount)
    cheaper = tariffs.tariff.where(~((tariffs.link_id == link) & (field == "tariff")), tariffs.tariff - amount)
    return {"links": links.assign(**{field: lower}), "tariffs": tariffs.assign(tariff=cheaper)}


def _with_lanes(network: Network, link: str, candidate: str, field: str, amount: float) -> Network:
    """The network with what a candidate cuts moved to a lane behind the link, and one without it that has no room."""
    tables = _cut(network, link, field, amount)
    links, nodes = tables["links"], network.nodes
    row = links[links.link_id == link].iloc[0]
    middle = f"{link} before {candidate}"
    node = nodes[nodes.node_id == row.to_node_id].assign(node_id=middle, name=middle, capacity=np.nan)
    free: dict[str, Any] = {
        "length": 0.0,
        "capacity": np.nan,
        "background": 0.0,
        "tariff": 0.0,
        "time": 0.0,
        "headway": 0.0,
    }
    free |= {"border_fee": 0.0, "border_time": 0.0, "gates": "", "geometry": None, "from_node_id": middle}
    free |= {"country": node.country.iloc[0]}
    old = row.to_dict() | free | {"link_id": f"{link} without {candidate}", field: amount}
    new = row.to_dict() | free | {"link_id": f"{link} with {candidate}", "capacity": 0.0}
    shorter = links.to_node_id.where(links.link_id != link, middle)
    together = pd.concat([links.assign(to_node_id=shorter), pd.DataFrame([old, new])], ignore_index=True)
    return network.replace(nodes=pd.concat([nodes, node], ignore_index=True), **(tables | {"links": together}))
