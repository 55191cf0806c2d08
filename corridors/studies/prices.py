"""Prices: what a tonne costs delivered at each node, and what a tonne more or less of each demand row changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.errors import InputError
from corridors.methods.digits import places
from corridors.methods.loss_limits import EXACT, SURE, one_of, step_of
from corridors.methods.solved import require_solved
from corridors.model.units import units_in
from corridors.network import Network, checked_demand
from corridors.results import read_result
from corridors.scenarios.batch import Scenarios
from corridors.schema.columns import as_id
from corridors.sweeping.solve import sweep_all


def delivered_costs(network: Network, result: xr.Dataset, *, commodity: str, origin: str | None = None) -> pd.DataFrame:
    """The price of a commodity at each node: its dual, with the rents of what is scarce on its route.

    One more tonne wanted at the node costs at least this, where it can come; one tonne less saves at most this. What
    they cost and save exactly, `marginal_costs` says of each demand row.

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
        ``attrs["tied"]`` says whether other flows have the same loss, where the result has it.

    Raises
    ------
    InputError
        No prices in the result, a commodity or origin that is not moved, several origins and none named.

    Notes
    -----
    With rents charged, the price is the shortest path from the origin (Ahuja, Magnanti & Orlin 1993, section 9.4). It
    is the dual of the node in one optimum, and other optima of the same network may have others. At a node that is
    supplied it is what its last tonne pays, and never less than any other.

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
    """
    arguments.networks(network=network)
    arguments.texts(commodity=commodity)
    arguments.texts_or_none(origin=origin)
    result = read_result(network, result, ["price"])
    name = class_of(result, commodity, origin)
    cost = result.price.sel({"class": name}).to_series().reindex(network.nodes.node_id)
    nodes = network.nodes[["node_id", "name", "country"]].reset_index(drop=True)
    table = nodes.assign(cost=cost.round(places(4, cost, 10.0)).to_numpy())
    of_class = result.sel({"class": name})
    table.attrs.update(
        {"class": name, "commodity": str(of_class.class_commodity.item()), "origin": str(of_class.class_origin.item())}
    )
    if "tied" in result:
        table.attrs["tied"] = bool(result.tied)
    table.attrs.update({name: result.attrs[name] for name in ("network", "demand") if name in result.attrs})
    return table


def marginal_costs(
    network: Network,
    demand: Any,
    *,
    commodity: str | None = None,
    origin: str | None = None,
    scenario: Scenarios | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """What one more tonne of each demand row costs, and what one tonne less saves.

    Source: Ahuja, Magnanti & Orlin 1993, section 9.4 (re-optimising by one unit).

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it moves.
    commodity, origin : str, optional
        Only the rows of a commodity, or that start at a node or zone, as demand names it.
    scenario : Scenarios, optional
        One scenario: costs under its changes instead of today's.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        A row a demand row, in its order: ``demand_id, commodity, origin, destination, volume, unmet`` (t/year),
        ``costs_more`` (USD/t: the loss of the next tonne that is wanted, at most its value), ``saves_less`` (of the
        last one; missing where there is none). Both are unique, whichever optimum is found.

    Raises
    ------
    InputError
        No such rows; not one scenario, but several.
    SolverError
        A value could not be solved.

    Notes
    -----
    The least loss is convex in a volume, so ``costs_more`` is never below ``saves_less``, and the dual of a row (its
    price, or its value where that is less) lies between them. A tonne more may push others to other routes: so it may
    cost more than any route that is open to it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 50.0], "capacity": [100.0, None]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> cd.marginal_costs(network, demand)[["demand_id", "costs_more", "saves_less"]]
      demand_id  costs_more  saves_less
    0         g        50.0        10.0
    """
    arguments.texts_or_none(commodity=commodity, origin=origin)
    rows = checked_demand(network, demand)
    given = one_of(scenario, "marginal_costs")
    chosen = rows
    for name, wanted in (("commodity", commodity), ("origin", origin)):
        if wanted is not None:
            remedy = f"give one of {', '.join(dict.fromkeys(chosen[name]))}"
            [known] = arguments.known_names(name, wanted, chosen[name], "has no demand", remedy)
            chosen = chosen[chosen[name] == known]
    ids, n, step = chosen.demand_id.tolist(), len(chosen), step_of(network, rows, given)
    more = pd.DataFrame({"scenario": range(1, n + 1), "id": ids, "value": step})
    reducible = (chosen.volume >= step).to_numpy()
    changes = pd.concat([more, more.assign(scenario=more.scenario + n, value=-step)[reducible]], ignore_index=True)
    changes = changes.assign(table="demand", field="volume", operation="add")
    own = Scenarios(["now", *(f"{change} {i}" for change in ("more", "less") for i in ids)], changes)
    result = sweep_all(network, rows, given * own, progress=progress)
    require_solved("marginal_costs", result.loss)
    loss = result.loss.to_numpy()
    unmet = result.unmet.isel(scenario=0).to_series().reindex(ids)
    table = chosen[["demand_id", "commodity", "origin", "destination", "volume"]].reset_index(drop=True)
    table["unmet"] = unmet.to_numpy().round(places(4, unmet, 1e5))
    more, less = (loss[1 : n + 1] - loss[0]) / step, (loss[0] - loss[n + 1 :]) / step
    # Losses are sums of floats: where both sides differ by no more than these may be off, they are one slope.
    unsure = 2 * (SURE * units_in(result).dollar + EXACT * float(np.abs(result.objective).max())) / step
    mean = np.where(np.abs(more - less) <= unsure, (more + less) / 2, np.nan)
    digits = places(3, more, 1.0)
    table["costs_more"] = np.where(np.isnan(mean) | ~reducible, more, mean).round(digits)
    table["saves_less"] = np.where(reducible, np.where(np.isnan(mean), less, mean), np.nan).round(digits)
    return table


def class_of(result: xr.Dataset, commodity: str, origin: str | None) -> str:
    """The name of a flow class in a result with prices."""
    commodity, origin = as_id(commodity), None if origin is None else as_id(origin)
    names = (result[f"class_{part}"].to_numpy().astype(str).tolist() for part in ("commodity", "origin"))
    pairs = dict(zip(zip(*names, strict=True), result["class"].to_numpy().astype(str).tolist(), strict=True))
    goods = dict.fromkeys(pair[0] for pair in pairs)
    [commodity] = arguments.known_names(
        "commodity", commodity, goods, "is not moved", f"give one of {', '.join(goods)}"
    )
    starts = [pair[1] for pair in pairs if pair[0] == commodity]
    if origin is None and len(starts) > 1:
        raise InputError(f"origin: {commodity} starts at {len(starts)} places; give origin= one of {', '.join(starts)}")
    if origin is not None:
        remedy = f"give one of {', '.join(starts)}"
        [origin] = arguments.known_names("origin", origin, starts, f"sends no {commodity}", remedy)
    return pairs[commodity, origin or starts[0]]
