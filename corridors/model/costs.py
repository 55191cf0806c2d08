"""Generalised cost: freight, fees and the value of time on each link and transfer, by commodity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.checks import split
from corridors.schema.columns import HIGHEST


def may_carry(network: Network, table: str, commodity: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
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
    may = _each(rows.commodities, lambda cell: not cell or commodity in split(cell))
    modes = modes_of(network, "modes", commodity)
    if modes:
        for column in ("mode",) if table == "links" else ("from_mode", "to_mode"):
            may = may & _each(rows[column], lambda mode: _in_modes(mode, modes))
    return may


def _each(texts: pd.Series[str], fits: Callable[[str], bool]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each of many texts fits, asked once of those that are equal."""
    number, distinct = pd.factorize(texts.to_numpy(object))
    return np.array([fits(text) for text in distinct], bool)[number]


def starts_by(network: Network, commodity: str, modes: Sequence[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """By which of some modes a commodity may start, (M,) bool."""
    own = modes_of(network, "start_modes", commodity)
    return np.array([not own or _in_modes(mode, own) for mode in modes], bool)


def value_of_time(network: Network, commodity: str) -> float:
    """Cost of an hour of travel, USD/t/h; zero for a commodity that the network does not list."""
    return float(_of_commodity(network, "value_of_time").get(commodity, 0.0))


HALF = 0.5
"""The part of the time between departures that goods wait: they come at any time."""


class Parts(NamedTuple):
    """What a generalised cost is made of, an entry a link, transfer or arc.

    It is ``freight + fee + worth * (time + border + headway / 2)``.

    Parameters
    ----------
    freight, fee : (N,) float
        USD/t; `fee` is the border's.
    time, border : (N,) float
        Hours of travel, and at the border. NaN where they are not known and cost nothing.
    headway : (N,) float
        Hours between departures; goods wait half of them.
    worth : (N,) float
        Value of an hour, USD/t/h.
    """

    freight: FloatArray
    fee: FloatArray
    time: FloatArray
    border: FloatArray
    headway: FloatArray
    worth: FloatArray

    def hours(self) -> FloatArray:
        """All hours that a passage takes, (N,)."""
        return self.time + self.border + HALF * self.headway

    def marginal(self, part: IntArray, entry: IntArray) -> FloatArray:
        """What one more of a part (0 ``freight`` to 4 ``headway``) adds to the cost of an entry, (M,) USD/t."""
        share = np.array([1.0, 1.0, 1.0, 1.0, HALF])[part]
        return share * np.where(part < 2, 1.0, self.worth[entry])

    def cost(self) -> FloatArray:
        """Generalised cost, (N,) USD/t."""
        return self.freight + self.fee + self.worth * np.where(self.worth > 0, self.hours(), 0.0)


def link_parts(network: Network, commodity: str) -> Parts:
    """What a passage of each link costs a commodity, (L,).

    Freight is the commodity's tariff on the link, else the link's own, else the mode's rate x length x the link's
    factor; time is the link's own, else length by the mode's speed. Freight is NaN where the commodity may not use the
    link.

    Raises
    ------
    InputError
        A link that the commodity may use has neither a tariff nor a rate, or no time while its time has a value.
    """
    links = network.links
    may = may_carry(network, "links", commodity)
    worth = value_of_time(network, commodity)
    tariff = _tariff(network, commodity).fillna(links.tariff)
    freight = tariff.fillna(_rate(network, "rate", commodity) * links.length * links.tariff_factor).to_numpy(float)
    _require(
        may & np.isnan(freight), links.link_id, "tariff", f"the rate of its mode for {commodity} (USD/t/km), a length"
    )
    time = links.time.fillna(links.length / _rate(network, "speed", commodity)).to_numpy(float)
    if worth:
        _require(may & np.isnan(time), links.link_id, "time", f"the speed of its mode for {commodity} (km/h), a length")
    fee, border, headway = (links[name].to_numpy(float) for name in ("border_fee", "border_time", "headway"))
    parts = Parts(np.where(may, freight, np.nan), fee, time, border, headway, np.full(len(links), worth))
    beyond = np.abs(parts.cost()) > HIGHEST["USD/t"]
    if beyond.any():
        remedy = f"check tariff or rate x length, time or length / speed, and what an hour of {commodity} is worth"
        raise InputError(
            complaint("links", f"cost is beyond {HIGHEST['USD/t']:g} USD/t", links.link_id[beyond], remedy)
        )
    return parts


def transfer_parts(network: Network, commodity: str) -> Parts:
    """What a change of mode costs a commodity, (T,): handling as freight; NaN where the commodity may not use it."""
    transfers = network.transfers
    handling = np.where(may_carry(network, "transfers", commodity), transfers.cost.to_numpy(float), np.nan)
    none = np.zeros(len(transfers))
    worth = np.full(len(transfers), value_of_time(network, commodity))
    return Parts(handling, none, transfers.time.to_numpy(float), none, none, worth)


def modes_of(network: Network, column: str, commodity: str) -> tuple[str, ...]:
    """The modes that a column of commodities lists for one; none for a commodity that the network does not list."""
    return split(_of_commodity(network, column).get(commodity, ""))


def _of_commodity(network: Network, column: str) -> dict[str, Any]:
    """A column of commodities by their names."""
    commodities = network.commodities
    return dict(zip(commodities.commodity, commodities[column], strict=True))


def _in_modes(mode: str, allowed: tuple[str, ...]) -> bool:
    """Whether a mode is allowed; ``rail`` allows every gauge."""
    return mode in allowed or mode.split("-")[0] in allowed


def _tariff(network: Network, commodity: str) -> pd.Series[float]:
    """The commodity's own tariff on each link; missing where it has none."""
    rows = network.tariffs[network.tariffs.commodity == commodity]
    return network.links.link_id.map(rows.set_index("link_id").tariff).astype(float)


def _rate(network: Network, column: str, commodity: str) -> pd.Series[float]:
    """The rate or speed that holds on each link: the commodity's own, else the one for every other commodity."""
    rates, links = network.rates, network.links
    given = zip(rates.commodity, rates["mode"], rates[column], strict=True)
    of = {(name, mode): rate for name, mode, rate in given if not np.isnan(rate)}
    number, modes = pd.factorize(links["mode"].to_numpy(object))
    by_mode = [of.get((commodity, mode), of.get(("", mode), np.nan)) for mode in modes]
    return pd.Series(np.array(by_mode, float)[number], index=links.index)


def _require(missing: Any, ids: pd.Series[str], column: str, remedy: str) -> None:
    if missing.any():
        raise InputError(complaint("links", f"{column} is missing", ids[missing], f"give it, or {remedy}"))
