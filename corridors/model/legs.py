"""The legs of a route: passages, border stops and changes of mode, in order, with the time and cost of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from corridors import arguments
from corridors.errors import InputError, kind_of, listed
from corridors.model.costs import HALF, link_parts, transfer_parts, value_of_time
from corridors.model.steps import costs_when_empty
from corridors.network import Network
from corridors.schema.checks import split
from corridors.schema.columns import as_id

KINDS = ("wait", "link", "border", "transfer")
COLUMNS = ("kind", "id", "mode", "from_node_id", "to_node_id", "length", "time", "money", "cost")


def route_legs(network: Network, commodity: str, route: Any) -> pd.DataFrame:
    """Time and cost of each leg of a route.

    Parameters
    ----------
    network : Network
    commodity : str
        What is moved.
    route : row of `skim`
        With ``origin, links, transfers``.

    Returns
    -------
    DataFrame
        One row per leg, in order: ``kind`` (``wait``, for the departure of the link after it; ``link``; ``border``,
        the stop at the border that the link before it crosses; ``transfer``, a change of mode or gauge), ``id`` (of the
        link or transfer), ``mode`` (that of the link, or the one changed to), ``from_node_id, to_node_id``, ``length``
        (km), ``time`` (h), ``money`` (freight, fees and handling, USD/t) and ``cost`` (money, the value of time and
        what cost steps add for the first tonne, USD/t).

    Raises
    ------
    InputError
        What is no row of `skim`; links that the network does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["a", "b"], "from_node_id": ["x", "y"], "to_node_id": ["y", "z"],
    ...                       "mode": ["rail-1435", "ship"], "tariff": [3.0, 4.0], "length": [300.0, 400.0],
    ...                       "time": [20.0, 25.0], "border_fee": [1.0, 0.0], "border_time": [6.0, 0.0]})
    >>> port = pd.DataFrame({"transfer_id": ["y port"], "node_id": ["y"], "from_mode": ["rail-1435"],
    ...                      "to_mode": ["ship"], "cost": [5.0], "time": [24.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["x", "y", "z"]}), links, port)
    >>> route = cd.skim(network, commodity="grain", origins="x", destinations="z").iloc[0]
    >>> cd.route_legs(network, "grain", route)[["kind", "id", "length", "time", "money"]]
           kind      id  length  time  money
    0      link       a   300.0  20.0    3.0
    1    border       a     0.0   6.0    1.0
    2  transfer  y port     0.0  24.0    5.0
    3      link       b   400.0  25.0    4.0
    """
    arguments.networks(network=network)
    arguments.texts(commodity=commodity)
    commodity = as_id(commodity)
    parts = [getattr(route, name, None) for name in ("origin", "links", "transfers")]
    if not all(isinstance(part, str) for part in parts):
        raise InputError(f"route: is {kind_of(route)} without origin, links, transfers; give a row of what skim gave")
    unknown = set(split(route.links)) - set(network.links.link_id) | set(split(route.transfers)) - set(
        network.transfers.transfer_id
    )
    if unknown:
        raise InputError(f"route: {listed(sorted(unknown))} is not in the network; give a row of what skim gave for it")
    links, transfers = network.links.set_index("link_id"), network.transfers.set_index("transfer_id")
    on_link, on_transfer = link_parts(network, commodity), transfer_parts(network, commodity)
    at = {name: row for row, name in enumerate(links.index)}
    changes = {name: row for row, name in enumerate(transfers.index)}
    worth = value_of_time(network, commodity)
    on_links, at_transfers = (costs_when_empty(network, table, commodity) for table in ("links", "transfers"))
    rows: list[tuple[Any, ...]] = []

    def add(
        kind: str,
        name: str,
        mode: str,
        ends: tuple[str, str],
        length: float,
        time: float,
        money: float,
        more: float = 0.0,
    ) -> None:
        rows.append((kind, name, mode, *ends, length, time, money, money + (worth * time if worth else 0.0) + more))

    def change() -> None:
        name = waiting.pop(0)
        row, table = changes[name], transfers.loc[name]
        forth = table.from_mode == mode
        ends = here, here
        freight, hours = float(on_transfer.freight[row]), float(on_transfer.time[row])
        more = float(at_transfers[row, 0 if forth else 1])
        add("transfer", name, table.to_mode if forth else table.from_mode, ends, 0.0, hours, freight, more)

    here, mode = str(route.origin), None
    waiting = list(split(route.transfers))
    for name in split(route.links):
        row, link = at[name], links.loc[name]
        while waiting and mode is not None and mode != link["mode"]:
            change()
            mode = rows[-1][2]
        other_end = str(link.to_node_id if link.from_node_id == here else link.from_node_id)
        more = float(on_links[row, 0 if link.from_node_id == here else 1])
        if on_link.headway[row]:
            add("wait", name, link["mode"], (here, here), 0.0, HALF * on_link.headway[row], 0.0)
        add("link", name, link["mode"], (here, other_end), link.length, on_link.time[row], on_link.freight[row], more)
        if on_link.fee[row] or on_link.border[row]:
            add("border", name, link["mode"], (other_end, other_end), 0.0, on_link.border[row], on_link.fee[row])
        here, mode = other_end, link["mode"]
    return pd.DataFrame(rows, columns=list(COLUMNS))
