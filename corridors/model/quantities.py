"""The numbers of a model that scenarios change, and the arcs and bundles that depend on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Kind
from corridors.model.build import Model
from corridors.model.bundles import Use
from corridors.schema.definitions import DIRECTIONS
from corridors.schema.fleets import capacities

PARTS = ("tariff", "border_fee", "time", "border_time", "headway")
"""The fields of links that the parts of an arc's cost are, in the order of `corridors.model.costs.Parts`."""


class LookedUp:
    """Numbers by their places, each looked up when it is asked for: of all arcs they would be larger than the model."""

    def __init__(self, look_up: Callable[[IntArray], Any]) -> None:
        self._look_up = look_up

    def __getitem__(self, place: Any) -> Any:
        return self._look_up(np.asarray(place, np.int64))


class Quantities:
    """The numbers of a model that scenarios change, as if in one vector, and where each stands.

    First the parts of the cost of every arc (`PARTS`, (5, E)), then link capacities and backgrounds, capacities of
    transfers and nodes, limits of zone members, capacities of fleets and of some users of a link (in the base that of
    the link), volumes and values of demand rows, loads and extra costs of cost steps.
    """

    def __init__(self, model: Model) -> None:
        network, arcs = model.network, model.arcs
        self.model = model
        self.arcs = len(arcs.tail)
        cost = model.parts.cost()
        self.cost = LookedUp(lambda arc: cost[model.part_of[arc]])
        self.fleets = capacities(network.fleets)
        tables = {
            "capacity": network.links.capacity,
            "background": network.links.background,
            "transfers": network.transfers.capacity,
            "nodes": network.nodes.capacity,
            "zones": network.zones.limit,
            "fleets": self.fleets.capacity,
            "uses": network.links.set_index("link_id").capacity.reindex([use.link_id for use in model.uses]),
            "volume": model.demand.volume,
            "value": model.demand.value,
            "load": pd.Series(model.steps.load),
            "extra_cost": pd.Series(model.steps.extra_cost),
        }
        lengths = [len(PARTS) * self.arcs, *(len(t) for t in tables.values())]
        self.first = dict(zip(tables, np.cumsum(lengths)[:-1].tolist(), strict=True))
        self.last = {name: self.first[name] + len(t) for name, t in tables.items()}
        self.size = sum(lengths)
        self._of_arcs = np.stack(model.parts[: len(PARTS)])
        self._of_tables = np.concatenate([t.to_numpy(float) for t in tables.values()])
        self.base = LookedUp(self._base)
        prices = (arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS)
        negative = np.append(prices, False)  # of arcs, and of all that is none
        self.may_be_negative = LookedUp(lambda quantity: negative[np.minimum(quantity, self.arcs)])
        self.bundles = self._bundles()
        names = ("commodity", "origin")
        self.of_class: dict[str, Any] = {name: model.classes[name].to_numpy(object) for name in names}
        self.demanded = np.empty(len(model.demand), np.int64)
        self.demanded[arcs.item[arcs.of(Kind.DEMAND)]] = arcs.of(Kind.DEMAND)
        self.arcs_of = {kind: _by_item(arcs.item, arcs.of(kind)) for kind in (Kind.LINK, Kind.TRANSFER)}
        ends = np.flatnonzero(prices & (arcs.item >= 0))
        self.ends_of = _by_item(arcs.item, ends)
        self.step_of = dict(zip(model.steps.row.tolist(), range(len(model.steps.row)), strict=True))
        self.arcs_of_step = _by_item(arcs.step, np.flatnonzero(arcs.step >= 0))
        self.width_of = model.widths()

    @cached_property
    def ids(self) -> dict[str, pd.Index[str]]:
        """The ids of each table's rows, by which scenarios name them."""
        network = self.model.network
        return {
            "links": pd.Index(network.links.link_id),
            "transfers": pd.Index(network.transfers.transfer_id),
            "nodes": pd.Index(network.nodes.node_id),
            "zones": pd.Index(network.member_ids()),
            "fleets": pd.Index(self.fleets.fleet_id),
            "demand": pd.Index(self.model.demand.demand_id),
            "cost_steps": pd.Index(network.cost_steps.step_id),
        }

    def all(self) -> FloatArray:
        """The whole vector, in the base."""
        return np.concatenate([*(part[self.model.part_of] for part in self._of_arcs), self._of_tables])

    def _base(self, quantity: IntArray) -> FloatArray:
        part = self.part(quantity)
        of_arc = part < len(PARTS)
        found = np.empty(quantity.shape)
        found[of_arc] = self._of_arcs[part[of_arc], self.model.part_of[quantity[of_arc] - part[of_arc] * self.arcs]]
        found[~of_arc] = self._of_tables[quantity[~of_arc] - len(PARTS) * self.arcs]
        return found

    def part(self, quantity: IntArray) -> IntArray:
        """Which part of an arc's cost a quantity is, its place in `PARTS`; ``len(PARTS)`` for all others."""
        others = len(PARTS)
        return np.minimum(quantity // self.arcs, others) if self.arcs else np.full(len(quantity), others)

    def within(self, name: str, quantity: IntArray) -> Any:
        """Which of the quantities belong to a table."""
        return (quantity >= self.first[name]) & (quantity < self.last[name])

    def bounded(self, quantity: IntArray) -> Any:
        """Which of the quantities limit a bundle."""
        found = np.zeros(len(quantity), bool)
        for name, bundles in self.bundles.items():
            inside = self.within(name, quantity)
            found[inside] = (bundles[quantity[inside] - self.first[name]] >= 0).any(axis=1)
        return found

    def named(self, quantity: int) -> str:
        """What a quantity is, for people: ``links ferry: capacity``."""
        network, arcs = self.model.network, self.model.arcs
        if quantity < len(PARTS) * self.arcs:
            part, arc = divmod(quantity, self.arcs)
            kind, item = Kind(arcs.kind[arc]), int(arcs.item[arc])
            if kind == Kind.LINK:
                return f"links {network.links.link_id.iloc[item]}: {PARTS[part]}"
            if kind == Kind.TRANSFER:
                return f"transfers {network.transfers.transfer_id.iloc[item]}: {'cost' if part == 0 else 'time'}"
            return f"zones {network.member_ids().iloc[item]}: price"
        name = next(n for n in self.first if self.first[n] <= quantity < self.last[n])
        ids = {
            "capacity": ("links", network.links.link_id, "capacity"),
            "background": ("links", network.links.link_id, "background"),
            "transfers": ("transfers", network.transfers.transfer_id, "capacity"),
            "nodes": ("nodes", network.nodes.node_id, "capacity"),
            "zones": ("zones", network.member_ids(), "limit"),
            "fleets": ("fleets", self.fleets.fleet_id, "capacity"),
            "uses": ("links", pd.Series([use.link_id for use in self.model.uses], dtype=object), "capacity"),
            "volume": ("demand", self.model.demand.demand_id, "volume"),
            "value": ("demand", self.model.demand.demand_id, "value"),
            "load": ("cost_steps", self.names_of_steps, "load"),
            "extra_cost": ("cost_steps", self.names_of_steps, "extra_cost"),
        }
        table, column, field = ids[name]
        return f"{table} {column.iloc[quantity - self.first[name]]}: {field}"

    @property
    def names_of_steps(self) -> pd.Series[str]:
        """The name of each step; blank for what stands before the first load that a ladder gives."""
        ids = self.model.network.cost_steps.step_id
        return ids.reindex(self.model.steps.row).fillna("").reset_index(drop=True)

    def of(
        self, table: str, field: str, row: int, commodity: str = "", origin: str = "", direction: str = ""
    ) -> IntArray:
        """The quantities that a change of a table's field concerns; arcs for a status. Blank text means all."""
        if table in ("links", "transfers"):
            parts = {"status": 0, "cost": 0} | {name: part for part, name in enumerate(PARTS)}
            if field in parts:
                kind = Kind.LINK if table == "links" else Kind.TRANSFER
                arc = self._narrowed(self.arcs_of[kind](row), commodity, origin)
                if direction:
                    arc = arc[self.model.arcs.direction[arc] == DIRECTIONS.index(direction)]
                return arc + parts[field] * self.arcs
            if commodity or origin or direction:
                use = Use(str(self.model.network.links.link_id.iloc[row]), commodity, origin, direction)
                return np.array([self.first["uses"] + self.model.uses.index(use)], np.int64)
            name = field if table == "links" else "transfers"
            return np.array([self.first[name] + row], np.int64)
        if table == "zones" and field in ("status", "price"):
            return self._narrowed(self.ends_of(row), commodity, origin)
        if table == "cost_steps":
            return np.array([self.first[field] + self.step_of[row]], np.int64)
        return np.array([self.first[field if table == "demand" else table] + row], np.int64)

    def _narrowed(self, arc: IntArray, commodity: str, origin: str) -> IntArray:
        """Those of some arcs that carry a commodity, and start at an origin."""
        for name, wanted in (("commodity", commodity), ("origin", origin)):
            if wanted:
                arc = arc[self.of_class[name][self.model.arcs.owner[arc]] == wanted]
        return arc

    def _bundles(self) -> dict[str, IntArray]:
        """The bundles whose limit a quantity is, (rows of the table, 1 or 2); -1 for none."""
        labels, network = self.model.labels, self.model.network
        tables, row = labels.table.to_numpy(object), labels.row.to_numpy(int)
        back = (labels.direction == "rev").to_numpy(int)
        found: dict[str, IntArray] = {}
        for name, table, rows in (
            ("capacity", "link", len(network.links)),
            ("transfers", "transfer", len(network.transfers)),
            ("nodes", "node", len(network.nodes)),
            ("zones", "zone", len(network.zones)),
            ("fleets", "fleet", len(self.fleets)),
            ("uses", "use", len(self.model.uses)),
        ):
            of = np.full((rows, 2), -1, np.int64)
            if len(place := np.flatnonzero(tables == table)):
                of[row[place], back[place]] = labels.index[place]
            found[name] = of
        found["background"] = found["capacity"]
        return found


def _by_item(item: IntArray, chosen: IntArray) -> Callable[[int], IntArray]:
    """From an item to its arcs among those chosen."""
    order = chosen[np.argsort(item[chosen], kind="stable")].astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(item[chosen]))]).tolist()
    return lambda row: order[slice(*start[row : row + 2]) if row + 1 < len(start) else slice(0)].astype(np.int64)
