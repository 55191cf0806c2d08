"""Results of a network of periods, by period and what they stand for in the year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.edits.layers import BACK, FORTH, KEEP
from corridors.errors import InputError
from corridors.network import Network, checked_demand
from corridors.results import read_result

_BY_LABEL = {
    "flow": "link", "class_flow": "link", "transfer_flow": "transfer", "class_transfer_flow": "transfer",
    "unmet": "demand", "row_cost": "demand", "row_price": "demand",
}  # fmt: skip
"""Variables that `by_period` takes apart, by the dimension whose labels name a period."""


def by_period(network: Network, demand: Any, result: xr.Dataset) -> xr.Dataset:
    """A result on months or weeks, with a dimension for them: on links, transfers and demand rows of the year.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        What `periods` gave.
    result : Dataset
        What `solve` or `sweep` gave on them.

    Returns
    -------
    Dataset
        ``flow(period, link, direction, commodity)``, ``transfer_flow``, ``class_flow``, ``unmet(period, demand)``,
        ``row_cost``, ``row_price``: those that the result has; ``stock(period, storage, commodity)``, what is held when
        a period ends, t; ``loss(period)``, what goods of the period's demand cost and what is missed, USD. A scenario
        dimension stays the first. Amounts are tonnes of a period. What entered a link in a period counts there, though
        it arrives later. One period of it, ``.sel(period="03")``, is drawn by `plot_map` on the year's network.

    Raises
    ------
    InputError
        A network or demand that `periods` did not give, or a result of another.

    See Also
    --------
    periods, plot_year

    Examples
    --------
    >>> import corridors as cd
    >>> import pandas as pd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": "ferry",
    ...                       "tariff": [10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> quarters, rows = cd.periods(network, demand, into=4)
    >>> cd.by_period(quarters, rows, cd.solve(quarters, rows)).flow.sel(link="ferry", direction="fwd").values.ravel()
    array([25., 25., 25., 25.])
    """
    arguments.networks(network=network)
    rows = checked_demand(network, demand)
    if "base_id" not in network.links or "base_id" not in rows:
        raise InputError("by_period: network and demand have no base_id; give what periods gave")
    result = read_result(network, result, ["unmet"], one=False)
    tables = {
        "link": network.links[network.links.role.isin([FORTH, BACK])].assign(name=lambda t: t.link_id),
        "transfer": network.transfers.assign(name=network.transfers.transfer_id),
        "demand": rows.assign(name=rows.demand_id),
    }
    periods = list(dict.fromkeys(rows.period))
    found = {}
    for name, dim in _BY_LABEL.items():
        if name in result:
            found[name] = _apart(result[name], dim, tables[dim], periods)
    if "flow" in result:
        kept = network.links[network.links.role == KEEP].assign(name=lambda t: t.link_id)
        stock = _apart(result["flow"].sel(direction="fwd", drop=True), "link", kept, periods)
        found["stock"] = stock.rename(link="storage").assign_attrs(units="t", long_name="held when the period ends")
    if "row_cost" in found and "unmet" in found:
        once = rows.drop_duplicates("base_id")
        value = xr.DataArray(once.value.to_numpy(), {"demand": once.base_id.to_numpy(object)}, "demand")
        loss = (found["row_cost"] + found["unmet"] * value).sum("demand")
        found["loss"] = loss.assign_attrs(
            units="USD", long_name="cost of what is wanted in the period, and the penalty"
        )
    return xr.Dataset(found, attrs=result.attrs)


def _apart(array: xr.DataArray, dim: str, table: pd.DataFrame, periods: list[str]) -> xr.DataArray:
    """A variable with the labels of one dimension taken apart into period and id of the year; a scenario stays first.

    Parameters
    ----------
    array : DataArray
    dim : str
    table : DataFrame
        ``name`` (a label), ``period, base_id``, and of links ``role``: of those back, forth is the other direction.
    periods : list of str
    """
    place = pd.Index(array[dim].to_numpy()).get_indexer(pd.Index(table.name))
    if (place < 0).any():
        raise InputError(f"result: {(place < 0).sum()} of {len(table)} {dim}s are not in it; give that of this network")
    rest = [str(name) for name in array.dims if name != dim]
    values = array.transpose(dim, *rest).to_numpy()[place]
    if "direction" in rest and "role" in table:
        back = (table.role == BACK).to_numpy()
        values[back] = np.flip(values[back], 1 + rest.index("direction"))
    bases, number = np.unique(table.base_id.to_numpy(object), return_inverse=True)
    first = pd.unique(table.base_id)
    out = np.zeros((len(periods), len(bases), *values.shape[1:]))
    np.add.at(out, (pd.Index(periods).get_indexer(table.period), number), values)
    coords = {"period": np.array(periods, object), dim: bases, **{name: array[name].to_numpy() for name in rest}}
    found = xr.DataArray(out, coords, ("period", dim, *rest), attrs=array.attrs).sel({dim: first})
    return found.transpose("scenario", ...) if "scenario" in rest else found
