"""What a study is about: some of the demand; a network with planned links, without limits or without costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import country_words
from corridors.errors import InputError, complaint, listed, nearest
from corridors.network import Network, checked_demand
from corridors.schema.checks import split
from corridors.schema.columns import as_id, as_known
from corridors.schema.homes import homes

SELECT = ("commodity", "origin", "destination")
"""What rows of demand are selected by: the keyword arguments of `select_demand`."""


def select_demand(
    network: Network,
    demand: Any,
    *,
    commodity: str | None = None,
    origin: str | None = None,
    destination: str | None = None,
) -> pd.DataFrame:
    """The demand rows of a commodity, or that start or end in a country.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    commodity : str, optional
    origin, destination : str, optional
        A country's two letters. A zone is in the only country in which goods of its members are at
        home (`zones.country`), or stands for itself, by its name.

    Returns
    -------
    DataFrame
        These rows of it, in its order.

    Raises
    ------
    InputError
        No row is left.

    Examples
    --------
    >>> import corridors as cd
    >>> network, demand = cd.load_network(), cd.load_demand()
    >>> float(cd.select_demand(network, demand, commodity="crude_oil", origin="KZ").volume.sum() / 1e6)
    85.6
    """
    arguments.texts_or_none(commodity=commodity, origin=origin, destination=destination)
    rows = checked_demand(network, demand)
    kept = pd.Series(True, index=rows.index)
    commodity, origin, destination = (
        None if name is None else as_id(name) for name in (commodity, origin, destination)
    )
    choices = {
        "commodity": rows.commodity,
        **{end: end_countries(network, rows, end) for end in ("origin", "destination")},
    }
    asked = {"commodity": commodity, "origin": origin, "destination": destination}
    asked = {name: as_known(value, dict.fromkeys(choices[name])) for name, value in asked.items() if value is not None}
    for name, value in asked.items():
        kept &= choices[name] == value
    if not kept.any():
        filters = ", ".join(f"{name} {value}" for name, value in asked.items())
        absent = {name: value for name, value in asked.items() if value not in set(choices[name])}
        words = country_words()
        near = "".join(nearest([value], dict.fromkeys(choices[name]), words) for name, value in absent.items())
        remedy = [f"{name} is one of {listed(dict.fromkeys(choices[name]))}" for name in absent]
        remedy = remedy or ["each is there, but not together; give one of them"]
        raise InputError(
            f"demand: no row has {filters}; {'; '.join(remedy)}{near}" if filters else "demand: has no rows; give one"
        )
    return rows[kept].reset_index(drop=True)


def selected(
    network: Network, rows: pd.DataFrame, select: Mapping[str, str | None] | None, *, by: tuple[str, ...] = SELECT
) -> pd.DataFrame:
    """The demand rows that the argument `select` of a study names: all where it is None or empty.

    Parameters
    ----------
    network : Network
    rows : DataFrame
        Checked demand.
    select : mapping, optional
        Keyword arguments of `select_demand`, by name.
    by : tuple of str
        The keys that the study takes.

    Raises
    ------
    InputError
        No mapping, a key that the study does not take, or no row is left; the message names ``select``.
    """
    arguments.mappings_or_none(select=select)
    asked = {} if select is None else dict(select)
    unknown = [name for name in asked if name not in by]
    if unknown:
        raise InputError(f"select: {listed(unknown)} is no key of it here; give some of {', '.join(by)}")
    if not asked:
        return select_demand(network, rows)
    try:
        return select_demand(network, rows, **asked)
    except InputError as error:
        raise InputError(f"select: {error}") from None


def end_countries(network: Network, demand: pd.DataFrame, end: str) -> pd.Series[Any]:
    """The country of each row's origin or destination; a zone's name where goods of its members are of several."""
    names = demand[end].map(homes(network.zones, network.nodes))
    return names.where(names != "", demand[end])


def open_planned(network: Network, corridors: Iterable[str]) -> Network:
    """The network with the planned links of some corridors operating: what does CKU or TRIPP change?

    Parameters
    ----------
    network : Network
    corridors : iterable of str
        Corridors by name, or links by id.

    Returns
    -------
    Network
        A new one.

    Raises
    ------
    InputError
        A corridor or link of that name is not planned.

    Examples
    --------
    >>> import corridors as cd
    >>> now = cd.load_network()
    >>> len(cd.outages(cd.open_planned(now, ["CKU"]))) - len(cd.outages(now))
    4
    """
    arguments.networks(network=network)
    names = arguments.names_of("corridors", corridors)
    links = network.links
    planned = links.status == "planned"
    known = sorted({c for cell in links.corridors[planned] for c in split(cell)})
    chosen = pd.Series(False, index=links.index)
    unknown = []
    for name in names:
        name = as_known(name, [*links.link_id, *known])
        of_name = planned & ((links.link_id == name) | links.corridors.map(lambda cell, name=name: name in split(cell)))
        chosen |= of_name
        if not of_name.any():
            unknown.append(name)
    if unknown:
        remedy = (
            f"give a planned link or one of {', '.join(known)}{nearest(unknown, [*known, *links.link_id[planned]])}"
        )
        raise InputError(complaint("corridors", "has no planned link", unknown, remedy))
    return network.replace(links=links.assign(status=links.status.where(~chosen, "operating")))


def without_capacities(network: Network) -> Network:
    """The network with room for all, so that each tonne takes its cheapest path, at the cost of an empty network.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Network
        Without capacities of links, transfers and nodes, and without limits of members of zones.

    Raises
    ------
    InputError
        No network.

    See Also
    --------
    free_of_charge, corridors.interdiction

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 50.0], "capacity": [60.0, None]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> cd.routes(cd.without_capacities(network), demand)[["links", "volume"]]
       links  volume
    0  ferry   100.0
    """
    arguments.networks(network=network)
    links, nodes = network.links.assign(capacity=np.nan), network.nodes.assign(capacity=np.nan)
    transfers, zones = network.transfers.assign(capacity=np.nan), network.zones.assign(limit=np.nan)
    steps = network.cost_steps
    return network.replace(
        nodes=nodes, links=links, transfers=transfers, zones=zones, fleets=None, cost_steps=steps[steps.load == 0]
    )


def free_of_charge(network: Network) -> Network:
    """The network with nothing to pay, so that the least loss is the largest flow by value.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Network
        Without tariffs, fees and hours of links and transfers, and without prices of members of zones.

    Raises
    ------
    InputError
        No network.

    See Also
    --------
    without_capacities, corridors.interdiction, corridors.min_cut

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 500.0], "capacity": [60.0, 20.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> [float(cd.solve(one, demand).unmet.sum()) for one in (network, cd.free_of_charge(network))]
    [40.0, 20.0]
    """
    arguments.networks(network=network)
    links = network.links.assign(tariff=0.0, time=0.0, headway=0.0, border_fee=0.0, border_time=0.0)
    transfers, zones = network.transfers.assign(cost=0.0, time=0.0), network.zones.assign(price=0.0)
    return network.replace(links=links, transfers=transfers, zones=zones, tariffs=None, cost_steps=None)
