"""Detours: how much of what a closure meets goes another way, and how much longer and later it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from corridors.kernels.types import FloatArray
from corridors.model.costs import link_parts, transfer_parts
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.studies.paths import paths_of

LEAST = 1.0
"""Tonnes a year from which a detour is told: less is rounding of fractional optima."""


@dataclass(frozen=True)
class Way:
    """A path of the base's flow: of which flow class, over which links (rows) which way (0, 1), how much (t/year)."""

    of_class: str
    steps: tuple[tuple[int, int], ...]
    tonnes: float


def detours(network: Network, base: xr.Dataset, result: xr.Dataset, scenarios: Scenarios) -> pd.DataFrame:
    """What closures do to the way of goods.

    Parameters
    ----------
    network : Network
    base : Dataset
        With ``flow, transfer_flow, class_flow, unmet``.
    result : Dataset
        With ``flow, transfer_flow, unmet``, ``scenario`` first.
    scenarios : Scenarios
        What was swept.

    Returns
    -------
    DataFrame
        A row a scenario: ``base_flow`` (t/year that went where it is closed to it, each tonne once: a link may be
        closed to some commodities, origins or directions alone), ``redundancy`` (the share of it that still comes),
        ``length`` and ``time`` (tonne-km and tonne-days a year more than in the base; less where goods stay behind),
        and ``detour_length`` (km) and ``detour_time`` (days) by the tonne that goes another way: told only where
        nothing stays behind, since else nobody can say whose way is the longer.

    Notes
    -----
    Where more stays behind than went over what is closed, as where a price keeps goods from a port as well, the share
    can't be told and is missing. The complement of the redundancy is the importance with regard to unsatisfied demand
    of Jenelius, Petersen & Mattsson 2006, section 3.2, for what the closed links carried.
    """
    length, hours = _more(network, base, result)
    ways = ways_of(network, base)
    behind = (result.unmet - base.unmet).sum("demand").to_numpy()
    closures = _Closures(network, base)
    rows = []
    for number in range(len(result.scenario)):
        closed = closures.of(scenarios.changes(number))
        met = sum(way.tonnes for way in ways if not closed[way.of_class].isdisjoint(way.steps))
        left = max(float(behind[number]), 0.0)
        km, days = float(length[number]), float(hours[number]) / 24
        told = met >= LEAST and abs(behind[number]) < LEAST
        rows.append(
            (
                round(met, 3),
                round(1 - min(left / met, 1.0), 9) if met >= LEAST and left < met + LEAST else np.nan,
                round(km, 3) + 0.0,
                round(days, 3) + 0.0,
                round(km / met, 6) + 0.0 if told else np.nan,
                round(days / met, 9) + 0.0 if told else np.nan,
            )
        )
    return pd.DataFrame(rows, columns=["base_flow", "redundancy", "length", "time", "detour_length", "detour_time"])


class _Closures:
    """What scenarios close to each flow class, as links (rows) and directions (0, 1)."""

    def __init__(self, network: Network, base: xr.Dataset) -> None:
        self.row = {str(name): i for i, name in enumerate(network.links.link_id)}
        self.classes = [str(name) for name in base["class"].to_numpy()]
        self.parts = [tuple(name.rsplit(" from ", 1)) for name in self.classes]
        self.met: dict[tuple[str, str], list[str]] = {}

    def of(self, changes: pd.DataFrame) -> dict[str, set[tuple[int, int]]]:
        """By class, what is closed to it; where a scenario closes and opens the same, the later counts."""
        closed: dict[str, set[tuple[int, int]]] = {name: set() for name in self.classes}
        shut = changes[(changes.table == "links") & changes.operation.isin(["close", "open"])]
        for change in shut.itertuples(index=False):
            steps = {(self.row[change.id], way) for way in _WAYS[change.direction]}
            for name in self._named(change.commodity, change.origin):
                if change.operation == "close":
                    closed[name] |= steps
                else:
                    closed[name] -= steps
        return closed

    def _named(self, commodity: str, origin: str) -> Sequence[str]:
        """The classes that a change is for; a blank names all."""
        key = commodity, origin
        if key not in self.met:
            fits = [commodity in ("", goods) and origin in ("", start) for goods, start in self.parts]
            self.met[key] = [name for name, fit in zip(self.classes, fits, strict=True) if fit]
        return self.met[key]


_WAYS = {"": (0, 1), "fwd": (0,), "rev": (1,)}


def _hours(network: Network, commodity: str) -> tuple[FloatArray, FloatArray]:
    """Hours on each link, border and all, (L,), and at each transfer, (T,); zero where they are not known."""
    links, transfers = link_parts(network, commodity), transfer_parts(network, commodity)
    return np.nan_to_num(links.time + links.wait), np.nan_to_num(transfers.time)


def _more(network: Network, base: xr.Dataset, result: xr.Dataset) -> tuple[FloatArray, FloatArray]:
    """Tonne-kilometres and tonne-hours more than in the base, (S,) each."""
    length = np.nan_to_num(network.links.length.to_numpy(float))
    on_links, on_transfers = (
        (result[name] - base[name]).sum("direction").transpose("scenario", "commodity", table).to_numpy()
        for name, table in (("flow", "link"), ("transfer_flow", "transfer"))
    )
    km, hours = on_links.sum(axis=1) @ length, np.zeros(len(result.scenario))
    for k, name in enumerate(base.commodity.to_numpy().tolist()):
        of_links, of_transfers = _hours(network, name)
        hours += on_links[:, k] @ of_links + on_transfers[:, k] @ of_transfers
    return km, hours


def ways_of(network: Network, base: xr.Dataset) -> list[Way]:
    """The base's flow of each class as paths over nodes, by its flow on links.

    Parameters
    ----------
    network : Network
    base : Dataset
        With ``class_flow(link, direction, class)``, t/year.

    Notes
    -----
    What cycles over nodes (by one mode there, by another back) is left out.
    """
    place = {name: i for i, name in enumerate(network.nodes.node_id)}
    links = network.links
    ends = np.array([[place[a], place[b]] for a, b in zip(links.from_node_id, links.to_node_id, strict=True)])
    flow = base.class_flow.transpose("class", "link", "direction").to_numpy()
    found: list[Way] = []
    for number, label in enumerate(base["class"].to_numpy().tolist()):
        found += [Way(label, tuple(steps), tonnes) for steps, tonnes in paths_of(flow[number], ends)]
    return found
