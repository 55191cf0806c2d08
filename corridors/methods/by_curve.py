"""Results of demand that reacts, by the demand rows that were cut into steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from corridors import arguments
from corridors.errors import InputError
from corridors.network import Network, checked_demand
from corridors.results import read_result

_OF_STEPS = {"unmet": "sum", "row_cost": "sum", "row_price": "max"}
"""How steps come together: tonnes and costs add up; the price is that at which a step is still served."""


def by_curve(network: Network, demand: Any, result: xr.Dataset) -> xr.Dataset:
    """A result of demand that reacts, by the rows that were.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        What `with_elasticity` gave.
    result : Dataset
        What `solve` or `sweep` gave of it.

    Returns
    -------
    Dataset
        The result with a ``demand`` for each curve, in their order: ``unmet`` and ``row_cost`` are sums over its steps,
        ``row_price`` is the delivered cost at which what is left is wanted. All else is as it was.

    Raises
    ------
    InputError
        Demand that `with_elasticity` did not give, or a result of other demand.

    See Also
    --------
    corridors.with_elasticity

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": "ferry",
    ...                       "tariff": [10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [1000.0], "value": [210.0], "price": [200.0]})
    >>> rows = cd.with_elasticity(network, demand, cd.solve(network, demand), {"grain": 1.0}, steps=2)
    >>> rows.demand_id.tolist()
    ['g/1', 'g/2', 'g/3']
    >>> cd.by_curve(network, rows, cd.solve(network, rows)).row_price.to_series().to_dict()
    {'g': 10.0}
    """
    arguments.networks(network=network)
    rows = checked_demand(network, demand)
    if "curve" not in rows:
        raise InputError("by_curve: demand has no column curve; give what with_elasticity gave")
    read = read_result(network, result, ["unmet"], one=False)
    missing = ~np.isin(rows.demand_id.to_numpy(object), read.demand.to_numpy())
    if missing.any():
        raise InputError(f"result: {missing.sum()} of {len(rows)} demand rows are not in it; give that of this demand")
    reductions = {name: how for name, how in _OF_STEPS.items() if name in read}
    ordered = read[list(reductions)].sel(demand=rows.demand_id.to_numpy(object))
    curves = list(dict.fromkeys(rows.curve))
    grouped = ordered.assign_coords(demand=rows.curve.to_numpy(object)).groupby("demand")
    found = {
        name: getattr(grouped, how)()[name]
        .sel(demand=curves)
        .transpose(*read[name].dims)
        .assign_attrs(read[name].attrs)
        for name, how in reductions.items()
    }
    return read.drop_dims("demand").assign(found)
