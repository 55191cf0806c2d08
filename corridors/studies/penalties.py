"""Penalties: what a tonne left behind costs in the model, and its price on the market."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.network import Network, case_names, checked_demand


def penalties(network: Network, demand: Any) -> pd.DataFrame:
    """What a tonne not delivered costs, and what it is worth on the market, by commodity.

    The ``value`` of a demand row is a penalty. Where it is not the price, what closures cost, and how they rank,
    depends on the penalty as soon as goods stay behind.

    Parameters
    ----------
    network : Network
        Its commodities may have a ``price``.
    demand : DataFrame
        As for `corridors.solve`; a column ``price`` (USD/t) takes precedence over the price of the commodity.

    Returns
    -------
    DataFrame
        One row per commodity, in the order of the demand: ``commodity, volume`` (t/year), ``penalty, price`` (USD/t,
        means over the tonnes; the price is missing where none is given), ``penalty_low, penalty_high, price_low,
        price_high`` (over the rows), ``ratio`` (penalty by price).

    Raises
    ------
    InputError
        Demand that does not fit the network.

    Examples
    --------
    >>> import corridors as cd
    >>> table = cd.penalties(cd.load_network(), cd.load_demand()).set_index("commodity")
    >>> table.loc[["coal", "uranium"], ["penalty", "price_low", "price_high"]]
               penalty  price_low  price_high
    commodity
    coal         200.0       60.0       110.0
    uranium    20000.0   190000.0    190000.0
    """
    rows = priced(network, demand)
    columns = ["commodity", "volume", "penalty", "price"]
    columns += ["penalty_low", "penalty_high", "price_low", "price_high", "ratio"]
    rows_by_commodity = []
    for commodity, part in rows.groupby("commodity", sort=False):
        volume = float(part.volume.sum())
        penalty, price = (_mean(part[name], part.volume) for name in ("value", "price"))
        bounds = (part.value.min(), part.value.max(), part.price.min(), part.price.max())
        rows_by_commodity.append((commodity, volume, penalty, price, *bounds, penalty / price if price else np.nan))
    return pd.DataFrame(rows_by_commodity, columns=columns)


def about(network: Network, demand: Any) -> dict[str, str]:
    """The ``attrs`` of a ranking of closures: the names of network and demand, and its `caution`."""
    return {**case_names(network, demand), "values": caution(network, demand)}


def caution(network: Network, demand: Any) -> str:
    """One sentence for those who read a ranking: which goods have a penalty that is not their price.

    Parameters
    ----------
    network, demand
        As for `penalties`.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["coal"], "from_node_id": "ekibastuz", "to_node_id": "omsk", "mode": "rail"})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["ekibastuz", "omsk"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["c"], "commodity": "coal", "origin": "ekibastuz", "destination": "omsk",
    ...                        "volume": [9e6], "value": [200.0], "price": [60.0]})
    >>> caution(network, demand)
    'a tonne left behind costs a penalty, not its price: coal 200 (price 60) USD a tonne; losses and ranks depend on it'
    """
    rows = priced(network, demand)
    apart = [
        f"{commodity} {_span(part.value)} (price {_span(part.price)})"
        for commodity, part in rows[rows.price.notna() & (rows.value != rows.price)].groupby("commodity", sort=False)
    ]
    if apart:
        sentence = f"a tonne left behind costs a penalty, not its price: {', '.join(apart)} USD a tonne"
    elif rows.price.notna().all():
        sentence = "a tonne left behind costs its price"
    else:
        sentence = "a tonne left behind costs the value of its demand row, which is a penalty, not a price"
    return f"{sentence}; losses and ranks depend on it"


def priced(network: Network, demand: Any) -> pd.DataFrame:
    """Demand rows with their prices: their own, else that of the commodity."""
    rows = checked_demand(network, demand)
    known = rows.commodity.map(network.commodities.set_index("commodity").price).astype(float)
    own = pd.to_numeric(rows.price, errors="coerce").astype(float) if "price" in rows else known
    return rows.assign(price=own.fillna(known))


def _mean(values: pd.Series[float], volume: pd.Series[float]) -> float:
    """The mean over tonnes; over rows where there are none; missing where a row has no value."""
    if volume.sum() > 0:
        return float((values * volume).sum(skipna=False) / volume.sum())
    return float(values.mean(skipna=False))


def _span(values: pd.Series[float]) -> str:
    low, high = values.min(), values.max()
    return f"{low:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}"
