"""Detours: how much of the flow that a closure cuts takes another path, and how much longer that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray
from corridors.methods.digits import places
from corridors.methods.uses import Use, used_paths
from corridors.model.costs import link_parts, transfer_parts
from corridors.model.units import units_in
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.schema.fleets import capacities


def detours(network: Network, base: xr.Dataset, result: xr.Dataset, scenarios: Scenarios) -> pd.DataFrame:
    """What closures do to the routes of goods.

    Parameters
    ----------
    network : Network
    base : Dataset
        With ``flow, transfer_flow, unmet`` and `BY_CLASS`.
    result : Dataset
        With ``flow, transfer_flow, unmet``, ``scenario`` first.
    scenarios : Scenarios
        What was swept.

    Returns
    -------
    DataFrame
        One row per scenario: ``base_flow`` (t/year that use closed parts in the base, each tonne once: a link,
        transfer or member of a zone may be closed to some commodities, origins or directions only, and anything
        without capacity left, also a node, is closed to all; missing where a scenario closes nothing), ``redundancy``
        (the share of it that is still delivered),
        ``length`` and ``time`` (tonne-km and tonne-days a year more than in the base; less where goods stay behind),
        and ``detour_length`` (km) and ``detour_time`` (days) per tonne that takes another path: given only where
        unmet demand does not change, since otherwise it is not known which paths are longer.

    Notes
    -----
    Where unmet demand rises by more than the flow that was cut, as where a price keeps goods from a port as well, the
    share is not known and is missing. The complement of the redundancy is the importance with regard to unsatisfied
    demand of Jenelius, Petersen & Mattsson 2006, section 3.2, for what the closed links carried.
    """
    length, hours = _more(network, base, result)
    paths = used_paths(network, base)
    behind = (result.unmet - base.unmet).sum("demand").to_numpy()
    closures = _Closures(network, base)
    least = max(units_in(part).tonne for part in (base, result))  # less is rounding of fractional optima
    tonnes = places(3, [path.tonnes for path in paths], 1e6)
    users: dict[tuple[str, Use], list[int]] = defaultdict(list)
    for place, path in enumerate(paths):
        for use in path.uses:
            users[path.of_class, use].append(place)
    rows = []
    for number, changes in enumerate(_changes(scenarios, len(result.scenario))):
        closed = closures.of(changes)
        cut = {place for name, uses in closed.items() for use in uses for place in users.get((name, use), ())}
        met = sum(paths[place].tonnes for place in sorted(cut)) if closed else np.nan
        left = max(float(behind[number]), 0.0)
        km, days = float(length[number]), float(hours[number]) / 24
        all_delivered = met >= least and abs(behind[number]) < least
        rows.append(
            (
                round(met, tonnes),
                round(1 - min(left / met, 1.0), 9) if met >= least and left < met + least else np.nan,
                round(km, tonnes) + 0.0,
                round(days, tonnes) + 0.0,
                round(km / met, 6) + 0.0 if all_delivered else np.nan,
                round(days / met, 9) + 0.0 if all_delivered else np.nan,
            )
        )
    return pd.DataFrame(rows, columns=["base_flow", "redundancy", "length", "time", "detour_length", "detour_time"])


Change = tuple[Any, float]
"""An atom, a row of `Scenarios.atoms`, and its value."""


def _changes(scenarios: Scenarios, count: int) -> Iterator[list[Change]]:
    """What each of the first scenarios changes."""
    atoms, block = list(scenarios.atoms.itertuples(index=False)), scenarios.block(0, count)
    for first, last in pairwise(block.start.tolist()):
        numbers = block.atom[first:last].tolist()
        yield [(atoms[number], value) for number, value in zip(numbers, block.value[first:last].tolist(), strict=True)]


class _Closures:
    """What scenarios close to each flow class."""

    def __init__(self, network: Network, base: xr.Dataset) -> None:
        links, zones, fleets = network.links, network.zones, capacities(network.fleets)
        tables = {
            "links": (links.link_id, links[["capacity", "background"]]),
            "transfers": (network.transfers.transfer_id, network.transfers[["capacity"]]),
            "nodes": (network.nodes.node_id, network.nodes[["capacity"]]),
            "zones": (network.member_ids(), zones[["limit"]]),
            "fleets": (fleets.fleet_id, fleets[["capacity"]]),
        }
        self.row = {(table, str(name)): i for table, (ids, _) in tables.items() for i, name in enumerate(ids)}
        self.limits = {table: numbers.to_dict("records") for table, (_, numbers) in tables.items()}
        self.classes = [str(name) for name in base["class"].to_numpy()]
        columns = (base[name].to_numpy().astype(str).tolist() for name in ("class_commodity", "class_origin"))
        self.parts = list(zip(*columns, strict=True))
        place = {name: row for row, name in enumerate(links.link_id)}
        served = network.fleets.link_id.map(place).groupby(network.fleets.fleet_id)
        self.served = [served.get_group(name).tolist() for name in fleets.fleet_id]
        self.met: dict[tuple[str, str], list[str]] = {}

    def of(self, changes: Sequence[Change]) -> dict[str, set[Use]]:
        """By class, what is closed to it; where a scenario closes and opens the same, the later counts.

        Empty where a scenario closes nothing to any class.
        """
        full = self._full(changes)
        shut = [atom for atom, _ in changes if atom.operation in ("close", "open")]
        if not full and all(atom.operation == "open" for atom in shut):
            return {}
        closed: dict[str, set[Use]] = {name: set() for name in self.classes}
        for change in shut:
            directions = _DIRECTIONS[change.direction] if change.table in _DIRECTED else (0,)
            uses = {(str(change.table), self.row[change.table, change.id], direction) for direction in directions}
            for name in self._named(change.commodity, change.origin):
                if change.operation == "close":
                    closed[name] |= uses
                else:
                    closed[name] -= uses
        return {name: uses | full for name, uses in closed.items()}

    def _full(self, changes: Sequence[Change]) -> set[Use]:
        """What a scenario leaves without capacity."""
        numbers: dict[tuple[str, int], dict[str, float]] = {}
        for atom, by in changes:
            if atom.field not in ("capacity", "background", "limit"):
                continue
            place = atom.table, self.row[atom.table, atom.id]
            now = numbers.setdefault(place, dict(self.limits[place[0]][place[1]]))
            old = now[atom.field]
            now[atom.field] = {"set": by, "scale": old * by, "add": old + by}[atom.operation]
        full = [
            place
            for place, now in numbers.items()
            if now.get("capacity", now.get("limit", np.nan)) - now.get("background", 0.0) <= 0
        ]
        idle = [row for table, row in full if table == "fleets"]
        full += [("links", link) for row in idle for link in self.served[row]]
        return {(table, row, side) for table, row in full for side in ((0, 1) if table in _DIRECTED else (0,))}

    def _named(self, commodity: str, origin: str) -> Sequence[str]:
        """The classes that a change is for; a blank names all."""
        key = commodity, origin
        if key not in self.met:
            fits = [commodity in ("", goods) and origin in ("", start) for goods, start in self.parts]
            self.met[key] = [name for name, fit in zip(self.classes, fits, strict=True) if fit]
        return self.met[key]


_DIRECTIONS = {"": (0, 1), "fwd": (0,), "rev": (1,)}
_DIRECTED = ("links", "transfers")
"""Tables whose rows are used in two directions."""


def _hours(network: Network, commodity: str) -> tuple[FloatArray, FloatArray]:
    """Hours on each link, its border stop included, (L,), and at each transfer, (T,); zero where they are not known."""
    links, transfers = link_parts(network, commodity), transfer_parts(network, commodity)
    return np.nan_to_num(links.hours()), np.nan_to_num(transfers.time)


def _more(network: Network, base: xr.Dataset, result: xr.Dataset) -> tuple[FloatArray, FloatArray]:
    """Tonne-kilometres and tonne-hours more than in the base, (S,) each."""
    length = np.nan_to_num(network.links.length.to_numpy(float))
    on_links, on_transfers = (
        (result[name] - base[name]).sum("direction", skipna=False).transpose("scenario", "commodity", table).to_numpy()
        for name, table in (("flow", "link"), ("transfer_flow", "transfer"))
    )
    km, hours = on_links.sum(axis=1) @ length, np.zeros(len(result.scenario))
    for k, name in enumerate(base.commodity.to_numpy().tolist()):
        of_links, of_transfers = _hours(network, name)
        hours += on_links[:, k] @ of_links + on_transfers[:, k] @ of_transfers
    return km, hours
