"""What a row of `validation.csv` asks of the model: the counterpart of a published figure, computed.

A row names a measure and what it is of; nothing about a single figure stands in code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.datasets import load_defaults
from corridors.errors import InputError
from corridors.model import decode as decoding
from corridors.model.build import build
from corridors.model.legs import route_legs
from corridors.model.skims import skim
from corridors.network import Network
from corridors.scenarios.crossings import touched
from corridors.schema.checks import split
from corridors.sweeping.optimum import solved
from corridors.validation.observed import gate_flow

ON_PATHS = (
    "length", "time", "running_time", "money", "cost", "speed", "running_speed", "rate", "border_time", "border_fee",
    "gauge_fee", "road_money", "stay",
)  # fmt: skip
ON_FLOWS = ("flow", "routed", "handled")
ON_LINKS = ("capacity",)
MEASURES = (*ON_PATHS, *ON_FLOWS, *ON_LINKS)
"""What can be measured: see `Measures.value`."""


class Measures:
    """Evaluates rows of the validation table on one case, which is solved once, when a row first asks for its flows.

    Parameters
    ----------
    network : Network
        As it stood in the year of the rows.
    demand : DataFrame, optional
        Of that year; only measures of flows need it.
    """

    def __init__(self, network: Network, demand: Any = None) -> None:
        self.network = network
        self._demand = demand
        self.legs = cache(self._legs_of)
        self._closed = cache(self._without)

    @cached_property
    def solution(self) -> tuple[xr.Dataset, pd.DataFrame]:
        """The optimum of the case, and its routes."""
        solution = solved(build(self.network, self._demand))
        return decoding.decode(solution), decoding.routes(solution)

    def value(self, row: Any) -> float:
        """The model's counterpart, in the unit of the measure.

        On the cheapest path between two nodes, without cost steps, for a preference is no money (means over pairs,
        where there are several): ``length`` km, ``time`` h, ``running_time`` h without stops, ``money`` USD/t (freight,
        fees, handling), ``cost`` USD/t (with the value of time), ``speed`` km/h with stops, ``running_speed`` without,
        ``rate`` USD/t/km, ``border_time`` h and ``border_fee`` USD/t a border crossed (with changes of gauge),
        ``gauge_fee`` USD/t of changes of gauge, ``road_money`` USD/t of the part by road, ``stay`` h of ports and yards
        along the path. In the optimum: ``flow`` of links, ``routed`` tonnes from origins to destinations over any of
        the links, ``handled`` tonnes that change
        mode at nodes. Of the network: ``capacity`` of links.

        Parameters
        ----------
        row : named row
            ``measure, commodity, origin, destination, avoid`` (countries, modes or links closed),
            ``links, direction``; lists are split by ``;``, and an origin or destination of a flow may be a country, or
            ``!KZ`` for any other; a link of ``routed`` may be a country as well, or ``!RU`` for routes around it.
        """
        if row.measure in ON_PATHS:
            return self._of_paths(row)
        if row.measure in ("flow", "capacity"):
            return _flow_or_capacity(self, row)
        if row.measure == "routed":
            return self._routed(row)
        if row.measure == "handled":
            return self._handled(row)
        raise InputError(f"validation: measure {row.measure!r} is unknown; give one of {', '.join(MEASURES)}")

    def _of_paths(self, row: Any) -> float:
        pairs = [(a, b) for a in split(row.origin) for b in split(row.destination) if a != b]
        return float(np.mean([_of_path(self.legs(row.commodity, a, b, row.avoid), row.measure) for a, b in pairs]))

    def _legs_of(self, commodity: str, origin: str, destination: str, avoid: str) -> pd.DataFrame:
        network = self._closed(avoid)
        path = skim(network, commodity=commodity, origins=origin, destinations=destination).iloc[0]
        if np.isnan(path.cost):
            raise InputError(f"validation: no path for {commodity} from {origin} to {destination} without {avoid}")
        return route_legs(network, commodity, path)

    def _without(self, avoid: str) -> Network:
        avoided = set(split(avoid))
        links = self.network.links
        closed = links.link_id.isin(avoided) | links["mode"].isin(avoided)
        countries = touched(self.network)
        closed |= links.link_id.map(lambda link: not avoided.isdisjoint(countries[link]))
        return self.network.replace(links=links.assign(status=links.status.where(~closed, "closed")), cost_steps=None)

    def _routed(self, row: Any) -> float:
        routes = self.solution[1]
        country = self.network.nodes.set_index("node_id").country
        countries = touched(self.network)
        chosen = routes[routes.commodity.isin(split(row.commodity))] if row.commodity != "all" else routes
        for end in ("origin", "destination"):
            wanted = split(getattr(row, end))
            if wanted:
                chosen = chosen[_is_end(chosen[end], country, wanted)]
        over = {item for item in split(row.links) if not item.startswith("!")}
        around = {item[1:] for item in split(row.links) if item.startswith("!")}
        met = chosen.links.map(lambda cell: _met(cell, countries))
        if over:
            chosen = chosen[met.map(lambda names: bool(names & over)).astype(bool)]
        if around:
            chosen = chosen[met.map(lambda names: not names & around).astype(bool)]
        return float(chosen.volume.sum())

    def _handled(self, row: Any) -> float:
        transfers = self.network.transfers
        at_nodes = transfers.transfer_id[transfers.node_id.isin(split(row.origin))]
        flow = self.solution[0].transfer_flow.sel(transfer=list(at_nodes))
        if row.commodity != "all":
            flow = flow.sel(commodity=[c for c in split(row.commodity) if c in flow.commodity.to_numpy()])
        return float(flow.sum())


def in_unit(value: float, measure: str, unit: str) -> float:
    """A measured value in the unit of the figure it is held against, by the factors of `defaults.csv`."""
    factor = {row.default_id: row.value for row in load_defaults().itertuples()}
    teu = factor["to_t_teu"]
    by_unit = {
        "days": 1 / 24,
        "km/day": 24.0,
        "Mt/y": 1e-6,
        "TEU": 1 / teu,
        "TEU/y": 1 / teu,
        "USD/TEU": 2 * teu * factor["box20_share"],
        "USD/FEU": 2 * teu,
        "USD/FEU-km": 2 * teu,
        "trains": 1 / (teu * factor["teu_per_train"]),
        "trains/y": 1 / (teu * factor["teu_per_train"]),
        "bcm": 1 / factor["to_t_bcm"],
        "bcm/y": 1 / factor["to_t_bcm"],
        "bbl": factor["days_per_year"] * 1e6 / factor["to_t_mbd"],
        "mcm/d": 1e3 / factor["to_t_bcm"] / factor["days_per_year"],
        "train pairs/day": 1 / (2 * factor["train_net_t"] * factor["days_per_year"]),
        "trains/day": 1 / (2 * factor["train_net_t"] * factor["days_per_year"]),
        "USD": 20.0,
        "USD per 500 km per 20 t": 500.0 * 20.0,
    }
    return value * by_unit.get(unit, 1.0)


def _of_path(legs: pd.DataFrame, measure: str) -> float:
    running = legs[legs.kind == "link"]
    borders = legs[legs.kind == "border"]
    on_rails = legs["mode"].str.startswith("rail")
    gauges = legs[(legs.kind == "transfer") & on_rails & on_rails.shift(fill_value=False)]
    crossings = max(len(borders), 1)
    if measure == "speed":
        return float(legs.length.sum() / legs.time.sum())
    if measure == "running_time":
        return float(running.time.sum())
    if measure == "running_speed":
        return float(running.length.sum() / running.time.sum())
    if measure == "rate":
        return float(legs.money.sum() / legs.length.sum())
    if measure == "border_time":
        return float((borders.time.sum() + gauges.time.sum()) / crossings)
    if measure == "border_fee":
        return float((borders.money.sum() + gauges.money.sum()) / crossings)
    if measure == "gauge_fee":
        return float(gauges.money.sum())
    if measure == "road_money":
        return float(running.money[running["mode"] == "road"].sum())
    if measure == "stay":
        return float(legs.time[legs.kind == "transfer"].sum())
    return float(legs[measure].sum())


def _flow_or_capacity(measures: Measures, row: Any) -> float:
    if row.measure == "flow":
        return gate_flow(measures.network, measures.solution[0], split(row.links), row.direction, row.commodity)
    links = measures.network.links
    chosen = links[links.link_id.isin(split(row.links))]
    directions = np.where(chosen.capacity_scope == "each", 2.0, 1.0)
    return float((chosen.capacity * directions).sum())


def _is_end(nodes: pd.Series[Any], country: pd.Series[Any], wanted: tuple[str, ...]) -> pd.Series[Any]:
    """Whether nodes are among those named, by themselves, by country, or by ``!`` and the country they are not in."""
    home = nodes.map(country)
    found = nodes.isin(wanted) | home.isin(wanted)
    for item in wanted:
        if item.startswith("!"):
            found |= home != item[1:]
    return found


def _met(links: str, countries: Mapping[str, Iterable[str]]) -> set[str]:
    """The links of a route, and the countries that they run through."""
    names = split(links)
    return {*names, *(country for name in names for country in countries[name])}
