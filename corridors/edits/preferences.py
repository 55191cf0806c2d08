"""Preferences at gates: a logit made of steps, so that flows that cost nearly the same divide.

Linear costs are all or nothing. Among gates of one choice, each tonne more finds the gate a little worse: with a volume
V to divide, the x-th tonne of a gate costs theta x ln(x / (V - x)) more, which is the inverse of the logit share
1 / (1 + exp(cost / theta)) (McFadden 1974; as convex costs, Fisk 1980). The ladder replaces it by `steps` cost steps of
V / steps each, the cost at the middle of each step counted from the first, and a constant of the gate.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import load_parameters, load_preferences
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.checks import split
from corridors.schema.columns import as_ids


def with_preferences(network: Network, preferences: Any = None, parameters: Any = None) -> Network:
    """A network whose gates have steps of rising cost.

    Parameters
    ----------
    network : Network
    preferences : DataFrame, optional
        A row a gate and group of goods: ``link_id``, ``commodities`` (split by ``;``), ``volume`` (t/year that divides
        among the gates of the choice), ``steps``, ``theta`` and ``constant`` (USD/t, or ids of parameters; blank is 0).
        Those that come with the library by default.
    parameters : mapping or Series, optional
        Values by id. Those that come with the library, as fitted, by default.

    Returns
    -------
    Network
        Each gate keeps its links, capacity and cost, and has cost steps for the goods of each row in place of any that
        it had.

    Raises
    ------
    InputError
        A gate that is no link; a parameter that is unknown or below zero; a commodity in two rows of one gate.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["dostyk", "altynkol"], "from_node_id": "china", "to_node_id": "kazakhstan",
    ...                       "mode": "rail", "tariff": [10.0, 11.5]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["china", "kazakhstan"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["boxes"], "origin": ["china"],
    ...                        "destination": ["kazakhstan"], "volume": [1000.0], "value": [500.0]})
    >>> gates = pd.DataFrame({"link_id": ["dostyk", "altynkol"], "commodities": "boxes", "volume": 1000.0, "steps": 8,
    ...                       "theta": 2.0, "constant": 0.0})
    >>> flow = cd.solve(cd.with_preferences(network, gates), demand).flow.sum(["direction", "commodity"])
    >>> flow.sel(link=["dostyk", "altynkol"]).values
    array([625., 375.])
    """
    arguments.networks(network=network)
    arguments.mappings_or_none(parameters=parameters)
    columns = ("link_id", "commodities", "theta", "constant")
    table = load_preferences() if preferences is None else preferences
    table = arguments.table_of("preferences", table, columns, numbers=("volume", "steps"))
    table = table.assign(
        **{name: pd.Series(as_ids(table[name]), table.index, dtype=object) for name in ("link_id", "commodities")}
    )
    values = dict(load_parameters().set_index("parameter_id").value if parameters is None else parameters)
    unknown = set(table.link_id) - set(network.links.link_id)
    if unknown:
        named = [name for name in table.link_id if name in unknown]
        raise InputError(complaint("preferences", "link_id is no link of the network", named, "correct it"))
    volume = pd.to_numeric(table.volume, errors="coerce")
    if (bad := ~(volume.gt(0) & volume.lt(np.inf))).any():
        shown = [f"{name}: {given}" for name, given in zip(table.link_id[bad], table.volume[bad], strict=True)]
        raise InputError(complaint("preferences", "volume does not fit", shown, "give t/year above 0"))
    _require_goods_once(table)
    parts = []
    for row, total in zip(table.itertuples(), volume, strict=True):
        extra = ladder(_value(row.theta, values), int(row.steps)) + _value(row.constant, values)
        load = np.arange(len(extra)) * (float(total) / len(extra))
        covered = {"link_id": row.link_id, "commodities": row.commodities}
        parts.append(pd.DataFrame({**covered, "load": load, "extra_cost": extra}))
    kept = network.cost_steps
    kept = kept[~kept.link_id.isin(table.link_id)]
    return network.replace(cost_steps=pd.concat([kept, *parts], ignore_index=True))


def _require_goods_once(table: pd.DataFrame) -> None:
    """Raise where a commodity is in two rows of a gate."""
    for gate, cells in table.groupby("link_id", sort=False).commodities:
        goods = Counter(name for cell in cells for name in set(split(cell)))
        if twice := sorted(name for name, count in goods.items() if count > 1):
            raise InputError(complaint("preferences", f"{gate} has goods twice", twice, "name them once"))


def ladder(theta: float, steps: int) -> Any:
    """What each step costs more than the first, (steps,) USD/t: theta x ln(share / (1 - share)) at its middle.

    Examples
    --------
    >>> ladder(1.0, 4).round(2)
    array([0.  , 1.44, 2.46, 3.89])
    """
    share = (np.arange(steps) + 0.5) / steps
    rise = np.log(share / (1 - share))
    return theta * (rise - rise[0])


def _value(given: Any, values: dict[str, float]) -> float:
    """A number, or the value of a parameter; blank is zero."""
    if isinstance(given, str) and given.strip() == "":
        return 0.0
    if isinstance(given, str) and given not in values:
        raise InputError(
            f"preferences: parameter {given!r} is unknown; parameters has {', '.join(map(str, values)) or 'none'}"
        )
    value = float(values[given]) if isinstance(given, str) else float(np.nan_to_num(given))
    if value < 0:
        raise InputError(f"preferences: {given!r} is {value:g}; give 0 or more")
    return value
