"""Generalised cost: freight, fees and the value of time on each link and transfer, by commodity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.kernels.types import FloatArray
from corridors.network import Network
from corridors.tables import split


def takes(network: Network, table: str, commodity: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which links or transfers a commodity may use: by its modes and by their own lists.

    Parameters
    ----------
    network : Network
    table : str
        ``links`` or ``transfers``.
    commodity : str

    Returns
    -------
    (N,) bool
    """
    rows = network.links if table == "links" else network.transfers
    own = rows.commodities.map({cell: not cell or commodity in split(cell) for cell in rows.commodities.unique()})
    may = own.to_numpy(bool)
    modes = _modes(network, commodity)
    if modes:
        for column in ("mode",) if table == "links" else ("from_mode", "to_mode"):
            may = may & rows[column].map({mode: _in_modes(mode, modes) for mode in rows[column].unique()}).to_numpy(
                bool
            )
    return may


def value_of_time(network: Network, commodity: str) -> float:
    """Cost of an hour on the way, USD/t/h; zero for a commodity that the network does not list."""
    row = network.commodities.value_of_time[network.commodities.commodity == commodity]
    return float(row.iloc[0]) if len(row) else 0.0


def link_hours(network: Network, commodity: str) -> FloatArray:
    """Hours of a passage and its border, (L,): the link's own time, else length by the mode's speed; NaN if neither."""
    links = network.links
    speed = _rate(network, "speed", commodity)
    with np.errstate(divide="ignore", invalid="ignore"):
        own: FloatArray = links.time.fillna(links.length / speed).to_numpy(float)
    hours: FloatArray = own + links.border_time.to_numpy(float)
    return hours


def link_costs(network: Network, commodity: str) -> FloatArray:
    """Generalised cost of a passage, (L,) USD/t.

    Tariff (or the mode's rate x length x the link's factor), border fee, and the value of the hours that it takes.
    NaN where the commodity may not use the link.

    Raises
    ------
    InputError
        A link that the commodity may use has neither a tariff nor a rate, or no time while its time has a value.
    """
    links = network.links
    may = takes(network, "links", commodity)
    freight = links.tariff.fillna(_rate(network, "rate", commodity) * links.length * links.tariff_factor).to_numpy(
        float
    )
    cost = freight + links.border_fee.to_numpy()
    _require(
        may & np.isnan(cost), links.link_id, "tariff", f"the rate of its mode for {commodity} in USD/t/km and a length"
    )
    if worth := value_of_time(network, commodity):
        hours = link_hours(network, commodity)
        _require(
            may & np.isnan(hours), links.link_id, "time", f"the speed of its mode for {commodity} in km/h and a length"
        )
        cost = cost + worth * hours
    return np.where(may, cost, np.nan)


def transfer_costs(network: Network, commodity: str) -> FloatArray:
    """Generalised cost of a change of mode, (T,) USD/t: handling and the value of its hours; NaN where not allowed."""
    transfers = network.transfers
    cost = transfers.cost + value_of_time(network, commodity) * transfers.time
    return np.where(takes(network, "transfers", commodity), cost.to_numpy(float), np.nan)


def _modes(network: Network, commodity: str) -> tuple[str, ...]:
    row = network.commodities.modes[network.commodities.commodity == commodity]
    return split(row.iloc[0]) if len(row) else ()


def _in_modes(mode: str, allowed: tuple[str, ...]) -> bool:
    """Whether a mode is allowed; ``rail`` allows every gauge."""
    return mode in allowed or mode.split("-")[0] in allowed


def _rate(network: Network, column: str, commodity: str) -> pd.Series[float]:
    """The rate or speed that holds on each link: the commodity's own, else the one for every other commodity."""
    found = pd.Series(np.nan, index=network.links.index)
    for name in (commodity, ""):
        rows = network.rates[(network.rates.commodity == name) & network.rates[column].notna()]
        by_mode = rows.drop_duplicates("mode").set_index("mode")[column]
        found = found.fillna(network.links["mode"].map(by_mode).astype(float))
    return found


def _require(missing: Any, ids: pd.Series[str], column: str, remedy: str) -> None:
    if missing.any():
        raise InputError(complaint("links", f"{column} is missing", ids[missing], f"give it, or {remedy}"))
