"""A price on carbon: what each passage emits, and scenarios in which it is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.datasets import load_emission_factors
from corridors.errors import InputError, complaint
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.labels import values as as_texts

GRAM = 1e-6
"""Tonnes."""


def carbon_price(network: Network, demand: Any, prices: float | Iterable[float], *, factors: Any = None) -> Scenarios:
    """Scenarios in which what freight emits is paid for, on every link by its length, mode and goods.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    prices : float or iterable of float
        USD/t CO2e, at least 0; a scenario each.
    factors : DataFrame, optional
        As for `corridors.emissions`.

    Returns
    -------
    Scenarios
        Each adds price times emissions to the tariffs of links; labels are ``carbon=50``.

    Raises
    ------
    InputError
        A price below 0; a mode without a factor; a link without a length.

    See Also
    --------
    corridors.emissions : What is emitted, of any result.

    Examples
    --------
    Rail emits less than the lorry; at 100 USD a tonne of CO2e it is cheaper as well.

    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["lorry", "train"], "from_node_id": "a", "to_node_id": "b", "length": 1000.0,
    ...                       "mode": ["road", "rail"], "tariff": [50.0, 53.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> result = cd.sweep(network, demand, cd.carbon_price(network, demand, [0, 100]), keep=("flow",))
    >>> cd.emissions(network, result)[["scenario", "mode", "emissions"]]
         scenario  mode  emissions
    0    carbon=0  road        7.5
    1  carbon=100  rail        2.0
    """
    rows = checked_demand(network, demand)
    given: list[Any] = [prices] if np.ndim(prices) == 0 else list(prices)  # type: ignore[arg-type]
    if not given:
        raise InputError("prices: is empty; give USD per tonne of CO2e, one or more")
    for price in given:
        arguments.numbers(0, prices=price)
    levels = np.array([arguments.number_of(price) for price in given])
    goods = list(dict.fromkeys(rows.commodity))
    by_passage = emitted(network, goods, factors)
    links, alike = network.links.link_id.to_numpy(), (by_passage == by_passage[:, :1]).all(axis=1)
    one = pd.DataFrame({"id": links, "commodity": "", "by": by_passage[:, 0] if goods else np.zeros(len(links))})[alike]
    apart = [
        pd.DataFrame({"id": links[~alike], "commodity": name, "by": by_passage[~alike, k]})
        for k, name in enumerate(goods)
    ]
    costs = pd.concat([one, *apart], ignore_index=True)
    costs = costs[costs.by > 0].assign(table="links", field="tariff", operation="add", origin="", direction="")
    changes = [costs.assign(scenario=i, value=price * costs.by) for i, price in enumerate(levels)]
    return Scenarios([f"carbon={text}" for text in as_texts(levels)], pd.concat(changes).drop(columns="by"))


def emitted(network: Network, commodities: Sequence[str], factors: Any = None) -> FloatArray:
    """What a tonne of each commodity emits on each link, (links, commodities), t CO2e.

    Raises
    ------
    InputError
        A mode without a factor; a link without a length; factors that are given twice or fall below 0.
    """
    of, links = _factors(factors), network.links
    modes, grams = links["mode"].tolist(), np.zeros((len(links), len(commodities)))
    for k, name in enumerate(commodities):
        grams[:, k] = [_factor(of, mode, name) for mode in modes]
    bare = sorted(
        {
            mode
            for mode, missing in zip(modes, np.isnan(grams).max(axis=1, initial=False).tolist(), strict=True)
            if missing
        }
    )
    if bare:
        raise InputError(complaint("factors", "factor is missing", bare, "give g CO2e per tonne-km by mode"))
    without = links.length.isna() & (links.status == "operating")
    if without.any():
        remedy = "give kilometres: emissions are by tonne-km"
        raise InputError(complaint("links", "length is missing", links.link_id[without], remedy))
    found: FloatArray = GRAM * grams * np.nan_to_num(links.length.to_numpy(float))[:, None]
    return found


def _factors(given: Any) -> dict[tuple[str, str], float]:
    """Factors by mode and commodity; a blank commodity is every other one."""
    table = load_emission_factors() if given is None else given
    table = arguments.table_of("factors", table, ["mode"], numbers=["factor"], some=True)
    goods = table.commodity.fillna("").astype(str) if "commodity" in table else pd.Series("", index=table.index)
    keys = [*zip(table["mode"].astype(str), goods, strict=True)]
    grams = table.factor.astype(float).to_numpy()
    twice = [" ".join(key).strip() for i, key in enumerate(keys) if key in keys[:i]]
    if twice:
        raise InputError(complaint("factors", "a mode and commodity is there twice", twice, "keep one row"))
    wrong = [" ".join(key).strip() for key, gram in zip(keys, grams, strict=True) if not 0 <= gram < np.inf]
    if wrong:
        raise InputError(complaint("factors", "factor is missing or below 0", wrong, "give g CO2e per tonne-km"))
    return dict(zip(keys, grams.tolist(), strict=True))


def _factor(of: dict[tuple[str, str], float], mode: str, commodity: str) -> float:
    """The commodity's own factor, of the mode or of its kind (``rail``), else that of every other one; NaN for none."""
    kinds = (mode, mode.partition("-")[0])
    return next((of[kind, name] for name in (commodity, "") for kind in kinds if (kind, name) in of), float("nan"))
