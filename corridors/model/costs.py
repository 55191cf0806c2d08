"""Generalised cost: freight, fees and the value of time on each link and transfer, by commodity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.checks import split
from corridors.schema.columns import HIGHEST

Bools = npt.NDArray[np.bool_]


def may_carry(network: Network, table: str, commodity: str) -> Bools:
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
    return Costs(network).may_carry(table, commodity)


class _Texts:
    """A column of texts, each of which is looked at once."""

    def __init__(self, column: pd.Series[str]) -> None:
        self.number, self.distinct = pd.factorize(column.to_numpy(object))

    def fitting(self, fits: Callable[[str], bool]) -> Bools:
        """Whether each fits, (N,)."""
        return np.array([fits(text) for text in self.distinct], bool)[self.number]


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
    """What a passage of each link costs a commodity, (L,); see `Costs.links`."""
    return Costs(network).links(commodity)


def transfer_parts(network: Network, commodity: str) -> Parts:
    """What a change of mode costs a commodity, (T,); see `Costs.transfers`."""
    return Costs(network).transfers(commodity)


class Costs:
    """What passages cost, commodity by commodity: what is the same for all is taken from the tables once.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        links, transfers, tariffs, rates = network.links, network.transfers, network.tariffs, network.rates
        self._listed = {"links": _Texts(links.commodities), "transfers": _Texts(transfers.commodities)}
        self._modes = {
            "links": [_Texts(links["mode"])],
            "transfers": [_Texts(transfers.from_mode), _Texts(transfers.to_mode)],
        }
        self._link_id = links.link_id
        self._link = {
            name: links[name].to_numpy(float)
            for name in ("tariff", "length", "tariff_factor", "time", "border_fee", "border_time", "headway")
        }
        self._transfer = {name: transfers[name].to_numpy(float) for name in ("cost", "time")}
        self._tariff = pd.Index(links.link_id).get_indexer(tariffs.link_id), tariffs.tariff.to_numpy(float)
        self._tariffs_of = tariffs.groupby("commodity", sort=False).indices if len(tariffs) else {}
        self._rates = list(zip(rates.commodity, rates["mode"], rates.rate, rates.speed, strict=True))

    def may_carry(self, table: str, commodity: str) -> Bools:
        """Which links or transfers a commodity may use; see `may_carry`."""
        may = self._listed[table].fitting(lambda cell: not cell or commodity in split(cell))
        modes = modes_of(self._network, "modes", commodity)
        if modes:
            for column in self._modes[table]:
                may = may & column.fitting(lambda mode: _in_modes(mode, modes))
        return may

    def links(self, commodity: str) -> Parts:
        """What a passage of each link costs a commodity, (L,).

        Freight is the commodity's tariff on the link, else the link's own, else the mode's rate x length x the link's
        factor; time is the link's own, else length by the mode's speed. Freight is NaN where the commodity may not use
        the link.

        Raises
        ------
        InputError
            A link that the commodity may use has neither a tariff nor a rate, or no time while its time has a value.
        """
        link, ids = self._link, self._link_id
        may = self.may_carry("links", commodity)
        worth = value_of_time(self._network, commodity)
        freight = _filled(link["tariff"], self._rate(2, commodity) * link["length"] * link["tariff_factor"])
        row, tariff = (part[self._tariffs_of.get(commodity, np.zeros(0, np.int64))] for part in self._tariff)
        freight[row] = _filled(tariff, freight[row])
        _require(may & np.isnan(freight), ids, "tariff", f"the rate of its mode for {commodity} (USD/t/km), a length")
        with np.errstate(divide="ignore", invalid="ignore"):
            time = _filled(link["time"], link["length"] / self._rate(3, commodity))
        if worth:
            _require(may & np.isnan(time), ids, "time", f"the speed of its mode for {commodity} (km/h), a length")
        fee, border, headway = link["border_fee"], link["border_time"], link["headway"]
        parts = Parts(np.where(may, freight, np.nan), fee, time, border, headway, np.full(len(ids), worth))
        beyond = np.abs(parts.cost()) > HIGHEST["USD/t"]
        if beyond.any():
            remedy = f"check tariff or rate x length, time or length / speed, and what an hour of {commodity} is worth"
            raise InputError(complaint("links", f"cost is beyond {HIGHEST['USD/t']:g} USD/t", ids[beyond], remedy))
        return parts

    def transfers(self, commodity: str) -> Parts:
        """What a change of mode costs a commodity, (T,): handling as freight; NaN where it may not use it."""
        handling = np.where(self.may_carry("transfers", commodity), self._transfer["cost"], np.nan)
        none = np.zeros(len(handling))
        worth = np.full(len(handling), value_of_time(self._network, commodity))
        return Parts(handling, none, self._transfer["time"], none, none, worth)

    def _rate(self, column: int, commodity: str) -> FloatArray:
        """The rate (2) or speed (3) that holds on each link: the commodity's own, else the one for every other."""
        of = {(row[0], row[1]): row[column] for row in self._rates if not np.isnan(row[column])}
        (modes,) = self._modes["links"]
        by_mode = [of.get((commodity, mode), of.get(("", mode), np.nan)) for mode in modes.distinct]
        return np.array(by_mode, float)[modes.number]


def _filled(values: FloatArray, others: FloatArray) -> FloatArray:
    """The values, and others where there are none."""
    return np.where(np.isnan(values), others, values)


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


def _require(missing: Any, ids: pd.Series[str], column: str, remedy: str) -> None:
    if missing.any():
        raise InputError(complaint("links", f"{column} is missing", ids[missing], f"give it, or {remedy}"))
