"""Prices: what a tonne costs delivered at each node, and what a tonne more of each shared capacity would save."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from corridors.cells import as_id
from corridors.errors import InputError, listed
from corridors.network import Network

COLUMNS = ("rent", "used", "limit", "paid")


def delivered_costs(network: Network, result: xr.Dataset, *, commodity: str, origin: str | None = None) -> pd.DataFrame:
    """What one more tonne of a commodity costs at each node, with the rents of what is scarce on its way.

    Parameters
    ----------
    network : Network
        What was solved.
    result : Dataset
        What `corridors.solve` gave, or one scenario of what `corridors.sweep` gave with ``keep=("price",)``.
    commodity : str
    origin : str, optional
        Where it starts, as demand names it (a node or zone); needed where there are several.

    Returns
    -------
    DataFrame
        A row a node, in the network's order: ``node_id, name, country, cost`` (USD/t; missing where none can come).

    Raises
    ------
    InputError
        No prices in the result, a commodity or origin that is not moved, several origins and none named.

    Notes
    -----
    The price is the dual of the node: with rents charged, it is the shortest way from the origin (Ahuja, Magnanti &
    Orlin 1993, section 9.4). At a node that is supplied it is what its last tonne pays, and never less than any other.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 50.0], "capacity": [60.0, None]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> base = cd.solve(network, demand)
    >>> cd.delivered_costs(network, base, commodity="grain")[["node_id", "cost"]]
      node_id  cost
    0   aktau   0.0
    1    baku  50.0
    >>> cd.rents(network, base)[["kind", "id", "rent", "paid"]]
       kind     id  rent    paid
    0  link  ferry  40.0  2400.0
    """
    name = class_of(result, commodity, origin)
    cost = result.price.sel({"class": name}).to_series().reindex(network.nodes.node_id)
    nodes = network.nodes[["node_id", "name", "country"]].reset_index(drop=True)
    table = nodes.assign(cost=cost.round(4).to_numpy())
    there = result.sel({"class": name})
    table.attrs.update(
        {"class": name, "commodity": str(there.class_commodity.item()), "origin": str(there.class_origin.item())}
    )
    return table


def rents(network: Network, result: xr.Dataset) -> pd.DataFrame:
    """The shared capacities that bind, and what a tonne more of each would save.

    Parameters
    ----------
    network : Network
        What was solved.
    result : Dataset
        What `corridors.solve` gave, or one scenario of what `corridors.sweep` gave with ``keep=("rent",
        "throughput")``.

    Returns
    -------
    DataFrame
        The dearest first: ``bundle, kind`` (``link, transfer, node, zone``), ``id``, ``direction`` (blank: both
        together), ``name``, ``rent`` (USD/t), ``used, limit`` (t/year), ``paid`` (rent of all that is used, USD/year).

    Raises
    ------
    InputError
        No rents in the result.
    """
    missing = [name for name in ("rent", "throughput") if name not in result]
    if missing:
        raise InputError(f"result: has no {listed(missing)}; keep it: sweep(..., keep=('rent', 'throughput'))")
    _one(result, "rent")
    table = pd.DataFrame({"bundle": result.bundle.to_numpy().astype(str), "rent": result.rent.to_numpy()})
    table["used"] = result.throughput.to_numpy()
    table["limit"] = result["limit"].to_numpy() if "limit" in result else table.used
    for column in ("kind", "id", "direction"):
        table[column] = pd.Series(result[f"bundle_{column}"].to_numpy().astype(str), dtype=object)
    table = table[table.rent > 5e-5].reset_index(drop=True)
    table["name"] = table.id.map(_names(network)).fillna("")
    table["paid"] = (table.rent * table.used).round(2)
    table[["rent", "used", "limit"]] = table[["rent", "used", "limit"]].round(4)
    columns = ["bundle", "kind", "id", "direction", "name", *COLUMNS]
    return table.sort_values(["rent", "bundle"], ascending=[False, True], ignore_index=True)[columns]


def class_of(result: xr.Dataset, commodity: str, origin: str | None) -> str:
    """The name of a flow class in a result with prices."""
    if "price" not in result:
        raise InputError("result: has no price; keep it: sweep(..., keep=('price',)), or take what solve gives")
    _one(result, "price")
    commodity, origin = as_id(commodity), None if origin is None else as_id(origin)
    names = (result[f"class_{part}"].to_numpy().astype(str).tolist() for part in ("commodity", "origin"))
    pairs = dict(zip(zip(*names, strict=True), result["class"].to_numpy().astype(str).tolist(), strict=True))
    goods = dict.fromkeys(pair[0] for pair in pairs)
    starts = [pair[1] for pair in pairs if pair[0] == commodity]
    if not starts:
        raise InputError(f"commodity: {commodity} is not moved; give one of {', '.join(goods)}")
    if origin is None and len(starts) > 1:
        raise InputError(f"origin: {commodity} starts at {len(starts)} places; give origin= one of {', '.join(starts)}")
    if origin is not None and origin not in starts:
        raise InputError(f"origin: no {commodity} starts at {origin}; give one of {', '.join(starts)}")
    return pairs[commodity, origin or starts[0]]


def _one(result: xr.Dataset, name: str) -> None:
    if "scenario" in result[name].dims:
        raise InputError(f"result: {name} has scenarios; choose one: result.isel(scenario=0)")


def _names(network: Network) -> dict[str, str]:
    nodes = dict(zip(network.nodes.node_id, network.nodes.name, strict=True))
    at = {t: nodes[n] for t, n in zip(network.transfers.transfer_id, network.transfers.node_id, strict=True)}
    zones = network.zones
    member = {
        f"{zone}:{node}": f"{name or zone}, {nodes[node]}"
        for zone, node, name in zip(zones.zone_id, zones.node_id, zones.name, strict=True)
    }
    return {**nodes, **at, **member, **dict(zip(network.links.link_id, network.links.name, strict=True))}
