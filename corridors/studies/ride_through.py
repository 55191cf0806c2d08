"""Ride-through: how long storage carries an outage that comes as a surprise, and what more stock would save."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.edits.layers import KEEP
from corridors.edits.periods import periods
from corridors.errors import InputError, complaint, nearest, whole
from corridors.methods.solved import require_solved
from corridors.network import Network, case_names, checked_demand
from corridors.scenarios.atoms import as_numbers
from corridors.scenarios.batch import Scenarios
from corridors.schema.columns import matching
from corridors.sweeping.solve import sweep_all

LARGEST = 1e3
"""Multiples of stocks are no more than this."""


def ride_through(
    network: Network,
    demand: Any,
    close: str | Iterable[str],
    *,
    storages: Any,
    into: str | int = "weeks",
    longest: int = 6,
    stocks: Iterable[float] = (0.0, 1.0, 2.0),
    seasons: Any = None,
    first: str | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """What an outage costs by its length, with storages as they are, without them, and with more.

    The outage begins with the year, on the stock that storages then hold (`stock`, else all they can), and nobody knew.
    Within it, and until the year ends with the stock it began with, plans are the best there are.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    close : str or iterable of str
        Ids of the links that are out, ``*`` for any letters.
    storages : DataFrame
        As for `corridors.periods`, such as `corridors.load_storages` gives.
    into : str or int
        What the year is cut into, as for `corridors.periods`: outages are whole periods long.
    longest : int
        The longest outage, periods; all from one up are solved.
    stocks : iterable of float
        What capacities and stocks are multiplied by: 0 is none, 1 as they are.
    seasons, first
        As for `corridors.periods`; the outage begins with the period `first`.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        A row a multiple and length: ``stock`` (multiple), ``capacity`` (t, of all storages), ``periods, days``,
        ``loss`` (USD, over that without an outage), ``unmet`` (t, over that without). The first length with ``unmet``
        above zero is longer than storage and detours carry.

    Raises
    ------
    InputError
        Links or storages that there are not, a length beyond the year, a multiple below zero.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["pipe", "sea"], "from_node_id": ["field", "port"], "mode": "oil_pipeline",
    ...                       "to_node_id": ["port", "market"], "tariff": [10.0, 5.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["field", "port", "market"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"],
    ...                        "destination": ["market"], "volume": [1200.0], "value": [500.0]})
    >>> tanks = pd.DataFrame({"storage_id": ["tanks"], "node_id": ["port"], "modes": ["oil_pipeline"],
    ...                       "capacity": [150.0]})
    >>> table = cd.ride_through(network, demand, "pipe", storages=tanks, into=12, longest=2, progress=False)
    >>> table[["stock", "periods", "loss", "unmet"]].round(3)
       stock  periods     loss  unmet
    0    0.0        1  48500.0  100.0
    1    0.0        2  97000.0  200.0
    2    1.0        1      0.0    0.0
    3    1.0        2  24250.0   50.0
    4    2.0        1      0.0    0.0
    5    2.0        2      0.0    0.0
    """
    rows = checked_demand(network, demand)
    shut = _links(network, close)
    longest = whole("longest", longest, 1)
    many = as_numbers("stocks", stocks)
    if not len(many) or not ((many >= 0) & (many <= LARGEST)).all():
        raise InputError(f"stocks: give multiples of 0 to {LARGEST:g}, such as 0, 1, 2")
    layered, goods = periods(network, rows, into=into, seasons=seasons, storages=storages, first=first)
    links = layered.links
    held = links[links.role == KEEP]
    if held.empty or pd.DataFrame(storages).get("capacity", pd.Series(np.nan)).isna().any():
        raise InputError("storages: give one or more, each with a capacity, such as those of load_storages")
    order = list(dict.fromkeys(goods.period))
    if longest >= len(order):
        raise InputError(f"longest: {longest} is no less than the year's {len(order)} periods; give fewer")
    cases = [(stock, length) for stock in many for length in range(longest + 1)]
    changes = []
    fleets = layered.fleets
    rooms = [("links", link) for link in held.link_id[held.capacity.notna()]]
    rooms += [("fleets", fleet) for fleet in fleets.fleet_id[fleets.link_id.isin(held.link_id)].unique()]
    for number, (stock, length) in enumerate(cases):
        out = links.link_id[links.base_id.isin(shut) & links.period.isin(order[:length])]
        changes += [(number, "links", link, "capacity", "set", 0.0) for link in out]
        changes += [(number, table, name, "capacity", "scale", stock) for table, name in rooms]
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    names = [f"stock x {stock:g}, {length} periods" for stock, length in cases]
    result = sweep_all(layered, goods, Scenarios(names, pd.DataFrame(changes, columns=columns)), progress=progress)
    require_solved("ride_through", result.loss)
    found = pd.DataFrame(cases, columns=["stock", "periods"])
    found = found.assign(loss=result.loss.to_numpy(), unmet=result.unmet_total.to_numpy())
    base = found[found.periods == 0].set_index("stock")
    for name in ("loss", "unmet"):
        found[name] = (found[name] - found.stock.map(base[name])).clip(lower=0.0)
    found.insert(1, "capacity", found.stock * float(pd.to_numeric(pd.DataFrame(storages).capacity).sum()))
    found.insert(3, "days", found.periods * 365.0 / len(order))
    found = found[found.periods > 0].reset_index(drop=True)
    found.attrs = {**case_names(layered, goods), "units": {"capacity": "t", "days": "d", "loss": "USD", "unmet": "t"}}
    return found


def _links(network: Network, close: object) -> set[str]:
    """The links that are out."""
    meant = matching(network.links.link_id, arguments.names_of("close", close, some=True))
    if none := [name for name, ids in meant.items() if not ids]:
        remedy = f"give ids of links, * for any letters{nearest(none, network.links.link_id)}"
        raise InputError(complaint("close", "is no link of the network", none, remedy))
    return {link for ids in meant.values() for link in ids}
