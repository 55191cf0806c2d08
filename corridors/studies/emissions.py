"""Emissions: the greenhouse gases of the freight that moves, by mode, link or commodity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.errors import InputError
from corridors.methods.digits import places
from corridors.network import Network, case_names
from corridors.results import read_result
from corridors.scenarios.carbon import emitted

PER = {"mode": ["mode"], "link": ["link_id", "name", "mode"], "commodity": ["commodity"]}
"""What emissions are listed by, and the columns that say so."""


def emissions(network: Network, result: xr.Dataset, *, per: str = "mode", factors: Any = None) -> pd.DataFrame:
    """Tonnes of CO2 equivalent that the freight of a result emits.

    Parameters
    ----------
    network : Network
        What was solved.
    result : Dataset
        What `corridors.solve` gave, or `corridors.sweep` with ``keep=("flow",)``.
    per : str
        ``mode``, ``link`` (both directions together) or ``commodity``.
    factors : DataFrame, optional
        ``mode`` (``rail`` for every gauge), ``factor`` (g CO2e/t-km) and optionally ``commodity`` (blank: every other
        one); by default `corridors.load_emission_factors`.

    Returns
    -------
    DataFrame
        A row a mode, link or commodity that carries something, the most first: what it is, ``tonne_km`` (t-km/year),
        ``emissions`` (t CO2e/year), ``intensity`` (g CO2e/t-km), ``share``; of a sweep with ``scenario`` first.

    Raises
    ------
    InputError
        An unknown `per`; a mode without a factor; a link without a length.

    See Also
    --------
    corridors.carbon_price : Scenarios in which emissions are paid for.

    Notes
    -----
    Tonne-kilometres times a factor of the mode, well to wheel, as ISO 14083 (2023) and the GLEC Framework v3 (Smart
    Freight Centre 2023) do where fuel is not known. Handling at ports and terminals is not counted.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "south"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"],
    ...                       "mode": "ferry", "length": [1000.0, 300.0], "tariff": 10.0})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["c"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> cd.emissions(network, cd.solve(network, demand), per="link")[["link_id", "tonne_km", "emissions"]]
      link_id  tonne_km  emissions
    0   north  100000.0        5.0
    1   south   30000.0        1.5
    """
    arguments.networks(network=network)
    arguments.texts(per=per)
    if per not in PER:
        raise InputError(f"emissions: per={per!r} is unknown; give one of {', '.join(PER)}")
    found = read_result(network, result, ["flow"], one=False)
    flow = found.flow.sum("direction").transpose(..., "link", "commodity")
    goods = flow.commodity.to_numpy().astype(str).tolist()
    by_passage = emitted(network, goods, factors)
    length = np.nan_to_num(network.links.length.to_numpy(float))
    tables = []
    for label, numbers in _scenarios(flow):
        cells = pd.DataFrame({"link": np.repeat(np.arange(len(length)), len(goods)), "commodity": goods * len(length)})
        cells["tonne_km"] = (numbers * length[:, None]).ravel()
        cells["emissions"] = (numbers * by_passage).ravel()
        tables.append(_listed(network, cells[cells.tonne_km > 0], per).assign(scenario=label))
    table = pd.concat(tables, ignore_index=True)
    many = ["scenario"] if "scenario" in flow.dims else []
    table = table[[*many, *PER[per], "tonne_km", "emissions", "intensity", "share"]]
    table = table.round({"tonne_km": 3, "emissions": places(3, table.emissions, 1e6), "intensity": 6, "share": 9})
    units = {"tonne_km": "t-km/year", "emissions": "t CO2e/year", "intensity": "g CO2e/t-km", "share": "1"}
    table.attrs.update({**case_names(network, None), "units": units})
    return table


def _scenarios(flow: xr.DataArray) -> list[tuple[Any, np.ndarray[Any, Any]]]:
    """The flows of each scenario, (links, commodities), with its label."""
    if "scenario" not in flow.dims:
        return [("", flow.to_numpy())]
    return [*zip(flow.scenario.to_numpy().tolist(), np.nan_to_num(flow.to_numpy()), strict=True)]


def _listed(network: Network, cells: pd.DataFrame, per: str) -> pd.DataFrame:
    """The sums of one scenario, the most first."""
    links = network.links.iloc[cells.link]
    named = {name: links[name].to_numpy() for name in PER["link"]}
    cells = cells.assign(**named)
    table = cells.groupby(PER[per], sort=False, as_index=False)[["tonne_km", "emissions"]].sum()
    total = float(table.emissions.sum())
    table["intensity"] = 1e6 * table.emissions / table.tonne_km
    table["share"] = table.emissions / total if total else 0.0
    return table.sort_values("emissions", ascending=False, kind="stable", ignore_index=True)
