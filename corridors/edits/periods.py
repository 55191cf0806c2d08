"""Months or weeks as layers of one network, with seasons, storage from a period to the next, and late arrival."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.edits.calendar import Calendar, calendar_of, seasonal_shares
from corridors.edits.layers import Layers, mark_for, periods_late
from corridors.edits.storages import check_storages, storage_links, storage_nodes
from corridors.errors import InputError, InputWarning
from corridors.network import Network, checked_demand
from corridors.schema.checks import checked
from corridors.schema.columns import split
from corridors.schema.seasons import PERIOD_TABLES


def periods(
    network: Network,
    demand: Any,
    *,
    into: str | int = "months",
    seasons: Any = None,
    storages: Any = None,
    delays: bool = False,
    first: str | None = None,
) -> tuple[Network, pd.DataFrame]:
    """A year cut into months or weeks: a network with a layer a period, and its demand.

    Both go into `solve`, `sweep`, `outages` and every study as others do; `by_period` takes results back to the links,
    nodes and demand rows of the year. Amounts are tonnes of a period, and the loss is that of the whole year.

    A period has the year's capacities and volumes by its days, as `seasons` change them. Without `storages` and
    `delays` periods have nothing to do with each other. With them, goods that can wait start in any period: those of
    one commodity and origin are one flow class over the whole year. The year goes round: what is in store or under way
    when the last period ends is there when the first begins. Everything is known ahead, so that stores fill before a
    closure; what comes as a surprise begins with the `first` period, on a `stock` that is given.

    Parameters
    ----------
    network : Network
        Of the year.
    demand : DataFrame
        Of the year.
    into : str or int
        ``months``, ``weeks`` (52 equal ones), or a number of equal parts.
    seasons : DataFrame, optional
        Rows of ``season_id, table`` (``links, transfers, nodes, zones, fleets``: capacities; ``demand``: volumes;
        ``supply``: what comes to an origin of goods that can be stored), ``ids`` (split by ``;``, ``*`` for any
        letters), ``commodities``, ``start, end`` (month-day), ``factor`` and ``keeps_total``: see `load_seasons`.
    storages : DataFrame, optional
        Rows of ``storage_id, node_id, modes``, and ``commodities, capacity`` (t), ``throughput`` (t/year), ``handling``
        (USD/t), ``cost`` (USD/t for a year), ``stock`` (t): see `load_storages`.
    delays : bool
        Whether what enters a link that takes half a period or more comes out in a later one: after its hours in
        periods, to the nearest whole number. Hours of shorter links do not add up, and transfers take none.
    first : str, optional
        The period with which the year begins, such as ``03``.

    Returns
    -------
    network : Network
        Ids end with ``@`` and the period. Nodes, links, transfers and zones have the columns ``period`` and
        ``base_id``, the id in the year, and links ``role``: ``link``; ``back``, the other direction of one that arrives
        late; ``in, keep, out`` of storages.
    demand : DataFrame
        With ``period`` and ``base_id``.

    Raises
    ------
    InputError
        Tables that do not fit; periods that there are not; a storage or delay in a year of one period.

    See Also
    --------
    by_period, load_seasons, load_storages

    Notes
    -----
    A time-expanded network (Ford & Fulkerson 1958, "Constructing maximal dynamic flows from static flows"); storage is
    an arc from a layer to the next.

    Examples
    --------
    Ice closes the canal in the first half of the year; a silo holds the grain until it opens:

    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["canal"], "from_node_id": ["volga"], "to_node_id": ["azov"], "mode": "ship",
    ...                       "tariff": [10.0], "capacity": [120.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["volga", "azov"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["volga"],
    ...                        "destination": ["azov"], "volume": [80.0], "value": [200.0]})
    >>> ice = pd.DataFrame({"season_id": ["ice"], "table": ["links"], "ids": ["canal"], "start": ["01-01"],
    ...                     "end": ["07-02"], "factor": [0.0], "keeps_total": [True]})
    >>> silo = pd.DataFrame({"storage_id": ["silo"], "node_id": ["azov"], "modes": ["ship"], "capacity": [30.0],
    ...                      "cost": [4.0]})
    >>> halves, rows = cd.periods(network, demand, into=2, seasons=ice, storages=silo)
    >>> result = cd.solve(halves, rows)
    >>> float(result.unmet.sum())
    10.0
    >>> cd.by_period(halves, rows, result).stock.sel(storage="silo", commodity="grain").values
    array([ 0., 30.])
    """
    arguments.networks(network=network)
    rows = checked_demand(network, demand)
    calendar = calendar_of(into, first)
    table, stores = (checked(name, given, PERIOD_TABLES[name]) for name, given in
                     (("seasons", seasons), ("storages", storages)))  # fmt: skip
    late = periods_late(network, calendar) if delays else np.zeros(len(network.links), np.int64)
    if len(calendar) == 1 and (len(stores) or delays):
        raise InputError("into: a year of one period has no later one; give two or more, or no storages and delays")
    supply = _supply(network, rows, calendar, table)
    waiting = _waiting(network, rows, stores, late, supply)
    spans = rows.commodity.isin(waiting)
    zoned = set(network.zones.zone_id[network.zones.role == "origin"])
    spans |= rows.origin.isin(zoned & set(rows.origin[spans]))
    ids = [network.nodes.node_id, network.links.link_id, network.transfers.transfer_id, network.zones.zone_id,
           network.fleets.fleet_id, rows.demand_id, stores.storage_id]  # fmt: skip
    layers = Layers(network, calendar, table, mark_for(ids), frozenset(rows.origin[spans]), late)
    check_storages(layers, stores)
    goods = _demand(layers, rows, spans, supply)
    return _network(layers, stores, rows[spans], supply), goods


def _supply(network: Network, rows: pd.DataFrame, calendar: Calendar, seasons: pd.DataFrame) -> dict[Any, FloatArray]:
    """What comes to an origin in each period, (P,) t, by commodity and origin; where seasons of supply say so."""
    ends = rows.groupby(["commodity", "origin"], sort=False, as_index=False).volume.sum()
    ends = ends[ends.origin.isin(network.nodes.node_id)].reset_index(drop=True)
    shares = seasonal_shares(calendar, seasons, "supply", ends.origin, ends.commodity)
    even = np.isclose(shares, calendar.shares()).all(axis=1)
    pairs = zip(ends.commodity[~even], ends.origin[~even], strict=True)
    return dict(zip(pairs, ends.volume.to_numpy()[~even, None] * shares[~even], strict=True))


def _waiting(
    network: Network, rows: pd.DataFrame, storages: pd.DataFrame, late: Any, supply: dict[Any, FloatArray]
) -> set[str]:
    """Commodities that a storage takes, or that pass a link on which they are late, or whose supply has a season."""
    found = {commodity for commodity, _ in supply}
    goods = dict.fromkeys(rows.commodity)
    own = dict(zip(network.commodities.commodity, network.commodities.modes, strict=True))
    slow = network.links[late > 0]
    places = [
        *zip(storages.modes, storages.commodities, strict=True),
        *zip(slow["mode"], slow.commodities, strict=True),
    ]
    for modes, cell in dict.fromkeys(places):
        for commodity in goods:
            taken = split(own.get(commodity, ""))
            runs = not taken or any(mode in taken or mode.split("-")[0] in taken for mode in split(modes))
            if runs and (not cell or commodity in split(cell)):
                found.add(commodity)
    return found


def _zone_of(commodity: str, origin: str, supply: dict[Any, FloatArray]) -> str:
    """The zone in which the layers of an origin are members: goods with a supply of their own have one of their own."""
    return f"{origin} ({commodity})" if (commodity, origin) in supply else origin


def _demand(layers: Layers, rows: pd.DataFrame, spans: Any, supply: dict[Any, FloatArray]) -> pd.DataFrame:
    """Demand by period."""
    shares = seasonal_shares(layers.calendar, layers.seasons, "demand", rows.demand_id, rows.commodity)
    ids = ["demand_id", "origin", "destination"]
    stacked = layers.stacked(rows.assign(base_id=rows.demand_id), ids, ["volume"], shares)
    pairs = zip(rows.commodity, rows.origin, strict=True)
    zones = np.array([_zone_of(*pair, supply) for pair in pairs], object)
    again = len(layers.calendar)
    stacked["origin"] = np.where(np.tile(spans, again), np.tile(zones, again), stacked.origin)
    name = rows.attrs.get("name", "")
    stacked.attrs["name"] = f"{name} by period" if name else ""
    return stacked


def _network(layers: Layers, storages: pd.DataFrame, spanning: pd.DataFrame, supply: dict[Any, FloatArray]) -> Network:
    network = layers.network
    links, both_directions = layers.links()
    held, of_storages = storage_links(layers, storages)
    others = layers.of_links(links)
    others["fleets"] = _joined(others["fleets"], both_directions, of_storages)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)  # the year's network was warned of
        found = Network(
            nodes=_joined(layers.nodes(), storage_nodes(layers, storages)),
            links=_joined(links, held),
            transfers=layers.transfers(),
            zones=_joined(layers.zones(), _origins(layers, spanning, supply)),
            commodities=network.commodities,
            rates=network.rates,
            blocs=network.blocs,
            **others,
        )
    return found.named(f"{network.name} by period") if network.name else found


def _origins(layers: Layers, spanning: pd.DataFrame, supply: dict[Any, FloatArray]) -> pd.DataFrame:
    """The layers of nodes where goods start for all periods alike, as members of a zone each."""
    members = []
    nodes, names = set(layers.network.nodes.node_id), layers.calendar.names
    for commodity, origin in spanning[["commodity", "origin"]].drop_duplicates().itertuples(index=False):
        if origin in nodes:
            limits = supply.get((commodity, origin), np.full(len(names), np.nan))
            zone = _zone_of(commodity, origin, supply)
            for period, limit in enumerate(limits):
                members.append((zone, "origin", origin + layers.suffix(period), limit, 0.0, names[period], origin))
    columns = ["zone_id", "role", "node_id", "limit", "price", "period", "base_id"]
    return pd.DataFrame(members, columns=columns).drop_duplicates(["zone_id", "node_id"])


def _joined(*tables: pd.DataFrame) -> pd.DataFrame:
    """Tables one under the other, those without rows left out."""
    return pd.concat([tables[0], *(table for table in tables[1:] if len(table))], ignore_index=True)
