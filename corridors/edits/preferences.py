"""Preferences at gates put into a network, in place of those that it has."""

from __future__ import annotations

from typing import Any

import pandas as pd

from corridors import arguments
from corridors.datasets import load_parameters, load_preferences, named_with_preferences
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.preferences import steps_of_preferences


def with_preferences(network: Network, preferences: Any = None, parameters: Any = None) -> Network:
    """A network whose gates have steps of rising cost, such as `load_network` gives.

    Parameters
    ----------
    network : Network
    preferences : DataFrame, optional
        A row a gate and group of goods: ``link_id``, ``commodities`` (split by ``;``), optionally ``origins`` (nodes,
        zones of origin or countries, split by ``;``) and ``direction`` (``fwd`` or ``rev``) of the goods meant,
        ``volume`` (t/year that divides among the gates of the choice), ``steps``, ``theta`` and ``constant`` (USD/t, or
        ids of parameters; blank is 0). Those that come with the library by default.
    parameters : mapping or Series, optional
        Values by id. Those that come with the library, as fitted, by default.

    Returns
    -------
    Network
        Each gate keeps its links, capacity and cost, and has cost steps for the goods of each row in place of any that
        it had. The network's name says that it has preferences.

    Raises
    ------
    InputError
        A gate that is no link; a parameter that is unknown or below zero; goods in two rows of one gate.

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
    values = dict(load_parameters().set_index("parameter_id").value if parameters is None else parameters)
    steps, kept = steps_of_preferences(table, values), network.cost_steps
    unknown = steps.link_id[~steps.link_id.isin(network.links.link_id)].unique()
    if len(unknown):
        raise InputError(complaint("preferences", "link_id is no link of the network", unknown, "correct it"))
    kept = kept[~kept.link_id.isin(steps.link_id)]
    changed = network.replace(cost_steps=pd.concat([kept, steps], ignore_index=True))
    return changed.named(named_with_preferences(network.name))
