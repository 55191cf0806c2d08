"""The tables of a network, a layer a period.

::

    a@01 ──rail@01── b@01        keep
      :                └─in─► silo@01 ──► silo@02 ─out─► b@02       what takes longer than half a period
    a@02 ──rail@02── b@02                                           arrives in a later layer:  x@01 ──lane@01──► y@02

Every id has the name of its period at its end. Columns say what each row is: ``period``, ``base_id`` (the id in the
network of the year) and, of links, ``role``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.edits.calendar import Calendar, seasonal_shares
from corridors.errors import InputError, complaint
from corridors.network import Network
from corridors.schema.columns import split
from corridors.schema.fleets import capacities

FORTH, BACK, IN, KEEP, OUT = "link", "back", "in", "keep", "out"
"""The roles of links: as in the year; the direction back of one that arrives later; of a storage."""


@dataclass(frozen=True, eq=False)
class Layers:
    """How a year's tables become those of its periods.

    Parameters
    ----------
    network : Network
        Of the year.
    calendar : Calendar
    seasons : DataFrame
        Checked.
    mark : str
        What parts an id from its period.
    spanned : frozenset of str
        Ends where goods start for all periods alike: each is one zone, whose members are its layers.
    delay : (L,) int
        After how many periods goods arrive that enter a link.
    """

    network: Network
    calendar: Calendar
    seasons: pd.DataFrame
    mark: str
    spanned: frozenset[str]
    delay: IntArray

    def suffix(self, period: int) -> str:
        """What ids of a period end with; periods are counted on from the first again past the last."""
        return self.mark + self.calendar.names[period % len(self.calendar)]

    def shares(self, table: str, ids: pd.Series[str]) -> FloatArray:
        """Parts of a year's capacity, (rows, P)."""
        return seasonal_shares(self.calendar, self.seasons, table, ids)

    def stacked(
        self,
        table: pd.DataFrame,
        ids: Iterable[str] = (),
        amounts: Iterable[str] = (),
        shares: FloatArray | None = None,
    ) -> pd.DataFrame:
        """A table once a period: columns of `ids` with the period's name, `amounts` by their shares (rows, P)."""
        found = []
        share = np.tile(self.calendar.shares(), (len(table), 1)) if shares is None else shares
        for period in range(len(self.calendar)):
            suffix = self.suffix(period)
            named = {c: table[c].where(table[c] == "", table[c] + suffix) for c in ids}
            scaled = {c: _whole(table[c].to_numpy(float) * share[:, period]) for c in amounts}
            found.append(table.assign(**named, **scaled, period=self.calendar.names[period]))
        return pd.concat(found, ignore_index=True)

    def nodes(self) -> pd.DataFrame:
        """Nodes by period."""
        nodes = self.network.nodes
        nodes = nodes.assign(base_id=nodes.node_id)
        return self.stacked(nodes, ["node_id"], ["capacity"], self.shares("nodes", nodes.node_id))

    def transfers(self) -> pd.DataFrame:
        """Transfers by period."""
        transfers = self.network.transfers
        transfers = transfers.assign(base_id=transfers.transfer_id)
        shares = self.shares("transfers", transfers.transfer_id)
        return self.stacked(transfers, ["transfer_id", "node_id"], ["capacity"], shares)

    def links(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Links by period, and the fleets that stand for capacities of both directions of those that arrive late.

        One without a limit is closed in a period in which its season leaves nothing.
        """
        links = self.network.links.assign(base_id=self.network.links.link_id, role=FORTH)
        shares = self.shares("links", links.link_id)
        links = self.stacked(links, ["link_id", "from_node_id", "to_node_id"], ["capacity", "background"], shares)
        links.loc[links.capacity.isna() & (shares.T.ravel() == 0), "capacity"] = 0.0
        delay = np.tile(self.delay, len(self.calendar))
        late = np.flatnonzero(delay > 0)
        there, base = links.iloc[late], self.network.links.iloc[late % max(len(self.delay), 1)]
        arrival = late // max(len(self.delay), 1) + delay[late]
        suffix = np.array([self.suffix(period) for period in arrival], object)
        back = there.assign(
            link_id=there.link_id + self.mark + BACK,
            from_node_id=there.to_node_id,
            to_node_id=base.from_node_id.to_numpy(object) + suffix,
            directed=True,
            role=BACK,
            geometry=None,
        )[~there.directed.to_numpy(bool)]
        links.loc[late, "to_node_id"] = base.to_node_id.to_numpy(object) + suffix
        links.loc[late, "directed"] = True
        shared = back[(back.capacity_scope == "both") & back.capacity.notna()]
        forth = shared.link_id.str.removesuffix(self.mark + BACK)
        room = (shared.capacity - shared.background).clip(lower=0.0)
        fleet = pd.DataFrame({"fleet_id": forth + self.mark + "both", "link_id": forth, "capacity": room})
        links = pd.concat([links, back], ignore_index=True)
        both = links.link_id.isin([*forth, *shared.link_id])
        links = links.assign(capacity=links.capacity.mask(both), background=links.background.mask(both, 0.0))
        return links, pd.concat([fleet, fleet.assign(link_id=shared.link_id)], ignore_index=True)

    def zones(self) -> pd.DataFrame:
        """Zones by period; of those where goods start for all periods alike, the layers are members of one zone."""
        zones = self.network.zones
        members = self.network.member_ids()
        stacked = self.stacked(zones.assign(base_id=zones.zone_id), ["zone_id", "node_id"], ["limit"],
                               self.shares("zones", members))  # fmt: skip
        whole = (stacked.role == "origin") & stacked.base_id.isin(self.spanned)
        stacked["zone_id"] = stacked.base_id.where(whole, stacked.zone_id)
        return stacked

    def of_links(self, links: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Tariffs, fleets and cost steps of the links that `links` gave."""
        again = links.link_id[links.role == BACK]
        back = pd.Series(again.to_numpy(), index=again.str.removesuffix(self.mark + BACK))
        fleets = self.network.fleets
        of_fleet = capacities(fleets).fleet_id
        shares = self.shares("fleets", of_fleet)[pd.Index(of_fleet).get_indexer(fleets.fleet_id)]
        return {
            "tariffs": _with_back(self.stacked(self.network.tariffs, ["link_id"]), back),
            "fleets": _with_back(self.stacked(fleets, ["fleet_id", "link_id"], ["capacity"], shares), back),
            "cost_steps": self.cost_steps(back),
        }

    def cost_steps(self, back: pd.Series[str]) -> pd.DataFrame:
        """Cost steps by period: loads are those of a part of the year."""
        steps = self.network.cost_steps
        late = set(self.network.links.link_id[self.delay > 0])
        unsure = steps.link_id.isin(late) & (steps.direction == "")
        unsure &= ~steps.link_id.isin(self.network.links.link_id[self.network.links.directed])
        if unsure.any():
            problem = "steps of both directions are on links that goods leave in a later period"
            remedy = "give steps for each direction, or longer periods"
            raise InputError(complaint("cost_steps", problem, steps.link_id[unsure].unique(), remedy))
        stacked = self.stacked(steps, ["step_id", "link_id", "transfer_id"], ["load"])
        returns = (stacked.direction == "rev") & stacked.link_id.isin(back.index)
        stacked["link_id"] = stacked.link_id.where(~returns, stacked.link_id.map(back))
        stacked["direction"] = stacked.direction.where(~returns, "fwd")
        nodes_and_zones = {*self.network.nodes.node_id, *self.network.zones.zone_id}
        known = {cell: split(cell) for cell in steps.origins.unique()}
        stacked["origins"] = [
            ";".join(self.origins_of(name, period, nodes_and_zones) for name in known[cell])
            for cell, period in zip(stacked.origins, stacked.period, strict=True)
        ]
        return stacked

    def origins_of(self, name: str, period: str, ends: set[str]) -> str:
        """What an origin of a cost step is called among the layers: a country keeps its name."""
        if name not in ends:
            return name
        layer = f"{name}{self.mark}{period}"
        return f"{layer};{name}" if name in self.spanned else layer


def _whole(amounts: FloatArray) -> FloatArray:
    """Amounts to twelve figures: a twelfth of twelve tonnes is one, and no hair less, for limits are rounded down."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = 10.0 ** (11 - np.floor(np.log10(np.abs(amounts))))
        found: FloatArray = np.where(np.isfinite(size), np.rint(amounts * size) / size, amounts)
    return found


def _with_back(table: pd.DataFrame, back: pd.Series[str]) -> pd.DataFrame:
    """The rows of a table of links, those of delayed links for the direction back as well."""
    if back.empty:
        return table
    again = table[table.link_id.isin(back.index)]
    return pd.concat([table, again.assign(link_id=again.link_id.map(back))], ignore_index=True)


def periods_late(network: Network, calendar: Calendar) -> IntArray:
    """After how many periods goods arrive that enter each link, (L,): its hours in periods, to the nearest.

    The hours are those under way, at the border and half the time between departures. Where a link has no time, its
    length is passed at the mode's speed: the one for all commodities, else the lowest.

    Raises
    ------
    InputError
        A link that takes as long as the year, or longer.
    """
    links, rates = network.links, network.rates
    every = rates[rates.commodity == ""].drop_duplicates("mode").set_index("mode").speed
    speed = every.combine_first(rates.groupby("mode").speed.min()).replace(0.0, np.nan)
    under_way = links.time.fillna(links.length / links["mode"].map(speed).astype(float)).fillna(0.0)
    hours = under_way + links.border_time + links.headway / 2
    late: IntArray = np.floor(hours.to_numpy(float) / calendar.hours.mean() + 0.5).astype(np.int64)
    if (long := late >= len(calendar)).any():
        raise InputError(complaint("links", "time is no less than a year", links.link_id[long], "give hours"))
    return late


def mark_for(tables: Iterable[Any]) -> str:
    """What parts ids from periods: ``@``, or as many as no id of some columns has."""
    mark = "@"
    while any(column.str.contains(mark, regex=False).any() for column in tables):
        mark += "@"
    return mark
