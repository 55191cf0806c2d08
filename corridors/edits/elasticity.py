"""Demand that reacts: what is wanted at each price, cut into steps, a demand row a step.

::

    worth of a tonne
       value |────┐
             |    └──┐  steps of the curve, each worth its mean there
             |       └──┐
        cost |──────────┴──┐              what a tonne costs in the base, delivered
             |             └──┐           more than today, where `most` is above 1
             └───────────┬───────► tonnes a year
                       volume

Worth falls from step to step, so that an optimum serves those first that are worth most: the least loss stays a linear
programme, and all that takes demand rows takes these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import boxcox

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.datasets import load_elasticities
from corridors.errors import InputError, a_number, complaint, listed, nearest, whole
from corridors.network import Network, checked_demand
from corridors.results import read_result

MOST_STEPS = 1000
"""Steps of a row at the most, on either side of its volume."""


def with_elasticity(
    network: Network, demand: Any, base: xr.Dataset, elasticities: Any = None, *, steps: int = 8, most: float = 1.0
) -> pd.DataFrame:
    """Demand rows of which less is wanted the more a tonne costs delivered: a row a step of a demand curve.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`, and optionally ``price`` (of the market, USD/t; by default the commodity's) and
        ``elasticity``, the row's own.
    base : Dataset
        What `corridors.solve` gave of them: at its ``row_price`` the ``volume`` is wanted.
    elasticities : DataFrame or mapping, optional
        ``commodity, elasticity``: by how many per cent less is wanted where the delivered price is one per cent higher,
        as a size, so 0 or more. By default `corridors.load_elasticities`. What is not named does not react.
    steps : int
        Steps of a curve, 1 to 1,000; as many again above the volume.
    most : float
        The most that is wanted where transport costs less than in the base, as a multiple of the volume: 1 or more.

    Returns
    -------
    DataFrame
        The rows that do not react as they are; of others a row a step, ``grain/1, grain/2, ...``, worth less and less.
        ``curve`` is the id of the row that was. The first step holds what is wanted even at the ``value``.

    Raises
    ------
    InputError
        An elasticity below 0; a row that reacts without a price; a result of other demand; an id that is taken.

    See Also
    --------
    corridors.by_curve : Results by the rows that were.

    Notes
    -----
    A curve of constant elasticity e goes through the base: at the market price P, the delivered cost c of the base and
    the volume q, ``q (1 + (w - c) / P) ** -e`` tonnes are worth w or more to whoever buys them, up to the ``value``.
    Rows that the base does not serve in full are worth their value and stay as they are. A step is worth the mean of
    the curve over it: the sum is the area under the curve, exact where steps end and never more in between. So the loss
    is what buyers, sellers and carriers lose together (surplus), too high by at most a quarter of a step's width times
    what worth falls over it. It may be compared with losses of the same rows, not of other demand. Without more than
    the volume, flows of the base stay optimal.

    Examples
    --------
    The ferry costs 10 USD a tonne and the barge 98: at a price of 200 and an elasticity of 1, 1 / 1.44 of the grain is
    still wanted by barge.

    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ferry", "tariff": [10.0, 98.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [72000.0], "value": [210.0], "price": [200.0]})
    >>> rows = cd.with_elasticity(network, demand, cd.solve(network, demand), {"grain": 1.0}, steps=36)
    >>> shut = cd.sweep(network, rows, cd.outages(network).select(["ferry"]), progress=False)
    >>> float(cd.by_curve(network, rows, shut).unmet.sum())
    22000.0
    """
    arguments.networks(network=network)
    steps = whole("with_elasticity: steps", steps, 1, MOST_STEPS)
    arguments.numbers(1, 1e6, most=most)
    rows = checked_demand(network, demand)
    if "curve" in rows:
        raise InputError("with_elasticity: demand has a column curve, as of rows that react; give the rows that were")
    result = read_result(network, base, ["row_price"], name="base")
    cost = pd.Series(result.row_price.to_numpy(), result.demand.to_numpy()).reindex(rows.demand_id).to_numpy()
    if (missing := np.isnan(cost)).any():
        raise InputError(complaint("base", "has no row_price", rows.demand_id[missing], "solve these rows"))
    elasticity = _elasticities(network, rows, elasticities)
    value, volume = rows.value.to_numpy(float), rows.volume.to_numpy(float)
    reacts = (elasticity > 0) & (volume > 0) & (cost < value)
    price = _prices(network, rows, reacts)
    curves = [
        _curve(volume[row], value[row], cost[row], price[row], elasticity[row], steps, most)
        if reacts[row]
        else (np.array([0.0, volume[row]]), value[[row]])
        for row in range(len(rows))
    ]
    return _by_step(rows, curves)


def _curve(
    volume: float, value: float, cost: float, price: float, elasticity: float, steps: int, most: float
) -> tuple[FloatArray, FloatArray]:
    """The steps of a curve: their ends from 0 on, (K + 1,) t/year, and what a tonne of each is worth, (K,) USD/t."""
    least = volume * (1 + (value - cost) / price) ** -elasticity
    free = volume * (1 - cost / price) ** -elasticity if cost < price else np.inf
    ends = np.linspace(least, volume, steps + 1)
    if (top := min(most * volume, free)) > volume:
        ends = np.append(ends, np.linspace(volume, top, steps + 1)[1:])
    width = (volume - least) / steps
    unit = 1.0 if width >= 10 else float(10.0 ** (np.floor(np.log10(width)) - 1))
    exact = ends == volume
    ends = np.unique(np.where(exact, ends, np.rint(ends / unit) * unit))
    ends = ends[ends > 0]
    power, share = 1 - 1 / elasticity, ends / volume
    mean = cost - price + price * np.diff(boxcox(share, power)) / np.diff(share)
    return np.append(0.0, ends), np.append(value, np.clip(mean, 0.0, value))


def _by_step(rows: pd.DataFrame, curves: list[tuple[FloatArray, FloatArray]]) -> pd.DataFrame:
    """The rows, each as often as its curve has steps."""
    count = np.array([len(worth) for _, worth in curves], np.int64)
    found = rows.loc[rows.index.repeat(count)].reset_index(drop=True).assign(curve=lambda t: t.demand_id)
    number = np.arange(len(found)) - np.repeat(np.cumsum(count) - count, count) + 1
    found["demand_id"] = [
        f"{name}/{step}" if several else name
        for name, step, several in zip(found.curve, number, np.repeat(count > 1, count), strict=True)
    ]
    found["volume"] = np.concatenate([np.zeros(0), *(np.diff(ends) for ends, _ in curves)])
    found["value"] = np.concatenate([np.zeros(0), *(worth for _, worth in curves)])
    if (twice := found.demand_id.duplicated()).any():
        remedy = "rename the rows whose ids end in /1, /2, ... as those of steps do"
        raise InputError(complaint("demand", "demand_id of a step is taken", found.demand_id[twice], remedy))
    if name := rows.attrs.get("name"):
        found.attrs["name"] = f"{name}, elastic"
    return found


def _elasticities(network: Network, rows: pd.DataFrame, given: Any) -> FloatArray:
    """The elasticity of each row, (D,); 0 where it does not react."""
    if isinstance(given, Mapping) and not isinstance(given, pd.DataFrame):
        given = pd.DataFrame({"commodity": list(given), "elasticity": [a_number(value) for value in given.values()]})
    table = load_elasticities() if given is None else given
    table = arguments.table_of("elasticities", table, ["commodity"], numbers=["elasticity"])
    goods = dict.fromkeys([*rows.commodity, *network.commodities.commodity])
    unknown = [] if given is None else [name for name in table.commodity if name not in goods]
    if unknown:
        remedy = f"give some of {', '.join(goods)}{nearest(unknown, goods)}"
        raise InputError(f"elasticities: commodity {listed(unknown)} is not in demand; {remedy}")
    twice = table.commodity[table.commodity.duplicated()]
    if len(twice):
        raise InputError(f"elasticities: commodity {listed(twice)} is there twice; keep one row")
    found = rows.commodity.map(table.set_index("commodity").elasticity).astype(float)
    if "elasticity" in rows:
        found = pd.to_numeric(rows.elasticity, errors="coerce").fillna(found)
    found = found.fillna(0.0)
    if (wrong := ~found.between(0, 100)).any():
        remedy = "give the size of an elasticity, 0 to 100"
        raise InputError(complaint("demand", "elasticity is below 0 or too large", rows.demand_id[wrong], remedy))
    return found.to_numpy()


def _prices(network: Network, rows: pd.DataFrame, wanted: Any) -> FloatArray:
    """The market price of each row, (D,) USD/t: its own, else that of its commodity."""
    price = rows.commodity.map(network.commodities.set_index("commodity").price).astype(float)
    if "price" in rows:
        price = pd.to_numeric(rows.price, errors="coerce").fillna(price)
    if (missing := wanted & ~(price > 0).to_numpy()).any():
        remedy = "give a column price, or that of the network's commodities, in USD/t"
        raise InputError(complaint("demand", "price is missing or not above 0", rows.demand_id[missing], remedy))
    return price.to_numpy()
