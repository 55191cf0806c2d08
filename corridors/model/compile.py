"""Scenarios to models: the base with a scenario's changes applied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.model.build import Model, close_links, revalue
from corridors.network import Network


def changed(base: Model, changes: pd.DataFrame) -> Model:
    """The base model with one scenario's changes.

    Parameters
    ----------
    base : Model
    changes : DataFrame
        Rows of ``table, id, field, operation, value``, as in `corridors.scenarios.Scenarios`.

    Raises
    ------
    InputError
        An id that the network or the demand does not have; a number that the schema refuses.
    """
    parts = {str(table): part for table, part in changes.groupby("table", sort=False)}
    rows = {table: _rows(base, table, part.id) for table, part in parts.items()}
    none = np.zeros(0, np.int64)
    if (changes.operation == "close").all():
        return close_links(base, rows.get("links", none), rows.get("transfers", none))
    tables = {table: _edited(base, table, part, rows[table]) for table, part in parts.items()}
    demand = tables.pop("demand", None)
    return revalue(base, base.network.replace(**tables) if tables else None, demand)


def _rows(base: Model, table: str, ids: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    known = pd.Index(_ids(base, table))
    rows = known.get_indexer(pd.Index(ids))
    if (rows < 0).any():
        bad = ids[rows < 0].unique()
        raise InputError(
            complaint("scenarios", f"id is not in {table}", bad, "give ids of the network and demand solved")
        )
    return rows.astype(np.int64)


def _ids(base: Model, table: str) -> pd.Series[str]:
    if table == "demand":
        return base.demand.demand_id
    network: Network = base.network
    if table == "zones":
        return network.zones.zone_id + ":" + network.zones.node_id
    key = {"links": "link_id", "transfers": "transfer_id", "nodes": "node_id"}[table]
    return getattr(network, table)[key]


def _edited(base: Model, table: str, changes: pd.DataFrame, rows: Any) -> pd.DataFrame:
    frame: pd.DataFrame = base.demand if table == "demand" else getattr(base.network, table)
    frame = frame.copy()
    for row, (field, operation, value) in zip(rows, changes[["field", "operation", "value"]].to_numpy(), strict=True):
        now = frame.loc[row, field]
        if operation in ("close", "open"):
            frame.loc[row, field] = "closed" if operation == "close" else "operating"
        elif operation == "set":
            frame.loc[row, field] = value
        elif np.isnan(now):
            raise InputError(
                f"scenarios: {table} {changes.id.iloc[0]} has no {field} to {operation}; use the operation set"
            )
        else:
            frame.loc[row, field] = now * value if operation == "scale" else now + value
    return frame
