"""Gates: modelled flows and those that were observed there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.results import read_result
from corridors.schema.checks import as_country, split

TOLERANCES = {"A": 0.10, "B": 0.30, "C": np.inf}
"""How far a model may be from an observation, by its class; C is an order of magnitude."""


def compare_observed(network: Network, result: xr.Dataset, observed: pd.DataFrame) -> pd.DataFrame:
    """Modelled flows with observed ones.

    Parameters
    ----------
    network : Network
    result : Dataset
        What `corridors.solve` gave.
    observed : DataFrame
        ``obs_id, name, link_ids`` (split by ``;``), ``direction`` (``fwd, rev, both`` or ``to_XX``: towards the
        country), ``commodity`` (one, several split by ``;``, or ``all``), ``volume`` (t/year), ``tolerance`` (A within
        10 %, B 30 %, C the order of magnitude), ``restates`` (it repeats a demand row or a quota).

    Returns
    -------
    DataFrame
        ``obs_id, name, commodity, direction, observed, modelled`` (t/year), ``ratio``, ``tolerance, within, restates``.

    Raises
    ------
    InputError
        A column that is missing, an unknown tolerance, a link that the network does not have; a result of another
        network.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "country": ["KZ", "AZ"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [2e6, 2e6]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [3e6], "value": [220.0]})
    >>> seen = pd.DataFrame({"obs_id": ["o1"], "name": ["Aktau to Baku"], "link_ids": ["ferry;barge"],
    ...                      "direction": ["fwd"], "commodity": ["all"], "volume": [2.8e6], "tolerance": ["A"],
    ...                      "restates": [False]})
    >>> table = cd.compare_observed(network, cd.solve(network, demand), seen)
    >>> table[["name", "observed", "modelled", "ratio", "within"]].round(3)
                name   observed   modelled  ratio  within
    0  Aktau to Baku  2800000.0  3000000.0  1.071    True
    """
    arguments.networks(network=network)
    wanted = ("obs_id", "name", "link_ids", "direction", "commodity", "tolerance", "restates")
    observed = arguments.table_of("observed", observed, wanted, numbers=["volume"])
    strange = observed.obs_id[~observed.tolerance.isin(list(TOLERANCES))]
    if len(strange):
        raise InputError(complaint("observed", "tolerance is unknown", strange, f"give one of {', '.join(TOLERANCES)}"))
    result = read_result(network, result, ["flow"])
    rows = []
    for obs in observed.itertuples(index=False):
        flow = gate_flow(network, result, split(obs.link_ids), obs.direction, obs.commodity)
        ratio = flow / float(obs.volume) if float(obs.volume) else np.nan
        within = 0.1 <= ratio <= 10 if obs.tolerance == "C" else abs(ratio - 1) <= TOLERANCES[obs.tolerance]
        rows.append(
            (obs.obs_id, obs.name, obs.commodity, obs.direction, float(obs.volume), flow, ratio, obs.tolerance, within)
        )
    columns = ["obs_id", "name", "commodity", "direction", "observed", "modelled", "ratio", "tolerance", "within"]
    return pd.DataFrame(rows, columns=columns).assign(restates=observed.restates.to_numpy())


def link_loads(network: Network, result: xr.Dataset) -> pd.DataFrame:
    """Modelled loads of links next to every load that the table of links records.

    Parameters
    ----------
    network : Network
        Whose links have the columns ``flow`` (t/year that were observed) and ``flow_year``, as those of the library.
    result : Dataset
        What `corridors.solve` gave.

    Returns
    -------
    DataFrame
        A row a link with a load: ``link, name, mode, year, observed, modelled`` (t/year), ``ratio``.

    Raises
    ------
    InputError
        Links without these columns.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"],
    ...                       "mode": ["ferry"], "tariff": [10.0], "flow": [80.0], "flow_year": [2024]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [100.0], "value": [220.0]})
    >>> cd.link_loads(network, cd.solve(network, demand))[["link", "observed", "modelled", "ratio"]]
        link  observed  modelled  ratio
    0  ferry      80.0     100.0   1.25
    """
    arguments.networks(network=network)
    links = arguments.table_of("links", network.links, ("flow_year",), numbers=["flow"])
    flow = read_result(network, result, ["flow"]).flow.sum(["direction", "commodity"]).to_numpy()
    observed = pd.to_numeric(links.flow, errors="coerce")
    table = pd.DataFrame(
        {
            "link": links.link_id,
            "name": links["name"],
            "mode": links["mode"],
            "year": pd.to_numeric(links.flow_year, errors="coerce").astype("Int64"),
            "observed": observed,
            "modelled": flow,
            "ratio": flow / observed.where(observed > 0),
        }
    )
    return table[observed.notna()].reset_index(drop=True)


def gate_flow(network: Network, result: xr.Dataset, links: tuple[str, ...], direction: str, commodity: str) -> float:
    """Flow through one gate, t/year.

    Parameters
    ----------
    network : Network
    result : Dataset
    links : tuple of str
        The links of the gate.
    direction : str
        ``fwd, rev, both`` or ``to_XX``: towards the country.
    commodity : str
        One, several split by ``;``, or ``all``.
    """
    unknown = [link for link in links if link not in result.link.to_numpy()]
    if unknown:
        raise InputError(complaint("gate", "link is not in the network", unknown, "correct it"))
    flow = result.flow.sel(link=list(links))
    if commodity != "all":
        carried = [c for c in split(commodity) if c in result.commodity.to_numpy()]
        flow = flow.sel(commodity=carried)
    flow = flow.sum("commodity")
    if direction == "both":
        return float(flow.sum())
    if direction in ("fwd", "rev"):
        return float(flow.sel(direction=direction).sum())
    directions = _towards(network, links, as_country(direction.removeprefix("to_")))
    return sum(float(flow.sel(link=link, direction=side)) for link, side in zip(links, directions, strict=True))


def _towards(network: Network, links: tuple[str, ...], country: str) -> list[str]:
    """The direction of each link that leads into a country."""
    table = network.links.set_index("link_id").loc[list(links)]
    home = network.nodes.set_index("node_id").country
    into = table.to_node_id.map(home) == country
    return ["fwd" if fwd else "rev" for fwd in into]
