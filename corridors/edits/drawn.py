"""An uncertain case put into the tables, for studies that lay a network out themselves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.consistency import member_ids

_KEYS = {"links": "link_id", "transfers": "transfer_id", "nodes": "node_id", "fleets": "fleet_id"}


class Drawn(NamedTuple):
    """A network and its demand, as they may be."""

    network: Network
    demand: pd.DataFrame


def drawn(network: Network, demand: pd.DataFrame, changes: pd.DataFrame) -> Drawn:
    """The tables with their figures multiplied, as `corridors.uncertain_cases` says of one case.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Demand rows, checked.
    changes : DataFrame
        Of one case: ``table, id, field`` and the ``value`` that the figure is multiplied by.

    Raises
    ------
    InputError
        A link without a time of its own, whose speed differs by commodity: no time is there to multiply.
    """
    tables = {name: getattr(network, name) for name in (*_KEYS, "zones", "tariffs")} | {"demand": demand}
    tables["links"] = _with_times(network, tables["links"], changes)
    for (name, field), rows in changes.groupby(["table", "field"], sort=False):
        table, factor = tables[str(name)], rows.set_index("id").value
        by = _ids(str(name), table).map(factor).fillna(1.0).to_numpy()
        tables[str(name)] = table.assign(**{str(field): table[field] * by})
        if (name, field) == ("links", "tariff"):  # blank: by rate; and freight of single commodities
            blank = table.tariff.isna()
            factors = table.tariff_factor * np.where(blank, by, 1.0)
            tables["links"] = tables["links"].assign(tariff_factor=factors)
            own = tables["tariffs"]
            tables["tariffs"] = own.assign(tariff=own.tariff * own.link_id.map(factor).fillna(1.0))
    rows = tables.pop("demand")
    rows.attrs.update(demand.attrs)
    return Drawn(network.replace(**tables), rows)


def _ids(name: str, table: pd.DataFrame) -> pd.Series[str]:
    """What scenarios call the rows of a table."""
    if name == "zones":
        return member_ids(table)
    return table["demand_id" if name == "demand" else _KEYS[name]]


def _with_times(network: Network, links: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Links with a time of their own where it changes, by the speed of their mode, the same for all goods."""
    timed = changes.id[(changes.table == "links") & (changes.field == "time")]
    bare = links.time.isna() & links.link_id.isin(timed)
    if not bare.any():
        return links
    speeds = network.rates[network.rates.speed.notna()].groupby("mode").speed.agg(["min", "max"])
    apart = bare & links["mode"].isin(speeds.index[speeds["min"] < speeds["max"]])
    if apart.any():
        problem, remedy = "time is missing where speed differs by commodity", "give hours of a passage"
        raise InputError(complaint("links", problem, links.link_id[apart], remedy))
    return links.assign(time=links.time.where(~bare, links.length / links["mode"].map(speeds["min"])))
