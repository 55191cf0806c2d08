"""The flows of a result joined to the links of a network: joined by the links' ids, whatever the order of either."""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.results import as_text


def flows_of(network: Network, result: Any) -> pd.DataFrame:
    """Flows on the links of a network, t/year.

    Parameters
    ----------
    network : Network
    result : Dataset
        What `corridors.solve` gave, or one scenario of a sweep that kept ``flow``.

    Returns
    -------
    DataFrame
        By ``link_id``, in the network's order: ``flow``, ``flow_fwd, flow_rev``, and a ``flow_<commodity>`` each.

    Raises
    ------
    InputError
        No result, no flow in it, several scenarios, links of the network that it does not have, a flow that is missing,
        or a commodity whose column would be called as another.
    """
    if not isinstance(result, xr.Dataset):
        raise InputError(f"result: is a {type(result).__name__}; give what corridors.solve gave")
    if "flow" not in result:
        have = ", ".join(str(v) for v in result.data_vars) or "none"
        raise InputError(f"result: has no flow ({have}); keep it: sweep(..., keep=('flow',))")
    flow = result.flow
    if "scenario" in flow.dims and flow.sizes["scenario"] == 1:
        flow = flow.isel(scenario=0)
    extra = [f"{dim}s" for dim in map(str, flow.dims) if dim not in ("link", "direction", "commodity")]
    if extra:
        several = ", ".join(f"{flow.sizes[dim[:-1]]} {dim}" for dim in extra)
        raise InputError(f"result: has {several}; choose one: result.sel({extra[0][:-1]}=...)")
    by_way = _table(flow.sum("commodity", skipna=False), "direction")
    by_commodity = _table(flow.sum("direction", skipna=False), "commodity")
    total = by_way.sum(axis="columns", skipna=False).rename("flow")
    flows = pd.concat([total, by_way, by_commodity], axis="columns")
    clash = flows.columns[flows.columns.str.casefold().duplicated()]
    if len(clash):
        names = (name.removeprefix("flow_") for name in clash)
        raise InputError(complaint("commodities", "the column of flows has the name of another", names, "rename it"))
    ids = network.links.link_id
    lost = ids[~ids.isin(flows.index)]
    if len(lost):
        raise InputError(complaint("links", "the result has no flow", lost, "give the network that was solved"))
    flows = flows.loc[ids]
    missing = flows.index[flows.isna().any(axis="columns")]
    if len(missing):
        remedy = "give a scenario that was solved: see result.status"
        raise InputError(complaint("links", "flow is missing", missing, remedy))
    return flows


def renamed(table: pd.DataFrame, flows: pd.DataFrame) -> dict[str, str]:
    """What columns of a table are called next to flows that go by their names: ``flow`` is ``network_flow``.

    Examples
    --------
    >>> import pandas as pd
    >>> renamed(pd.DataFrame(columns=["link_id", "flow"]), pd.DataFrame(columns=["flow", "flow_fwd"]))
    {'flow': 'network_flow'}
    """
    taken = set(table.columns.str.casefold()) | set(flows.columns.str.casefold())
    new: dict[str, str] = {}
    for name in table.columns[table.columns.str.casefold().isin(flows.columns.str.casefold())]:
        other = f"network_{name}"
        while other.casefold() in taken:
            other = f"network_{other}"
        taken.add(other.casefold())
        new[name] = other
    return new


def _table(flow: xr.DataArray, across: str) -> pd.DataFrame:
    flow = flow.transpose("link", across)
    columns = [f"flow_{as_text(name)}" for name in flow[across].to_numpy()]
    return pd.DataFrame(flow.to_numpy(), index=[as_text(link) for link in flow["link"].to_numpy()], columns=columns)
