"""Scenarios to changes of the model's arrays, a block at a time, without touching a table.

Every number that a scenario may change is one of the model's *quantities*, laid out in one vector: what the cost of an
arc is made of, capacities and backgrounds, volumes and values. A change sets, scales or adds to some of them; costs,
limits and volumes follow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.kernels.types import UNCAPACITATED, Bundles, FloatArray, IntArray, Problem
from corridors.model.arcs import Kind
from corridors.model.build import CENT, Model
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.sources import Block


class Sparse(NamedTuple):
    """New values of some entries of an array, by scenario: ``start`` (N + 1,), ``entry`` and ``value`` (M,)."""

    start: IntArray
    entry: IntArray
    value: IntArray

    def of(self, number: int) -> tuple[IntArray, IntArray]:
        """Entries and values of one scenario."""
        part = slice(self.start[number], self.start[number + 1])
        return self.entry[part], self.value[part]


class Compiled(NamedTuple):
    """Some consecutive scenarios as changes of a model's arrays, each from the base, in the model's integers.

    Parameters
    ----------
    capacity : Sparse
        Arcs of links and transfers: 0 closes, `UNCAPACITATED` opens.
    cost : Sparse
        Arcs, without those of demand rows.
    limit : Sparse
        Bundles.
    volume, value : Sparse
        Demand rows; the value as a cost, >= 0.
    """

    capacity: Sparse
    cost: Sparse
    limit: Sparse
    volume: Sparse
    value: Sparse


def limits_wanted(scenarios: Scenarios) -> dict[str, Collection[str]]:
    """Ids, by table, that a scenario may give a limit: `corridors.model.build.build` makes bundles for them."""
    atoms = scenarios.atoms
    chosen = atoms[atoms.field.isin(["capacity", "limit"])]
    return {str(table): set(rows.id) for table, rows in chosen.groupby("table")}


class Compiler:
    """Turns blocks of scenarios into changes of a model's arrays.

    Parameters
    ----------
    model : Model
        Built with `limits_wanted`.
    scenarios : Scenarios

    Raises
    ------
    InputError
        Ids that the network or the demand does not have.
    """

    def __init__(self, model: Model, scenarios: Scenarios) -> None:
        self.model = model
        self.scenarios = scenarios
        self.quantities = _Quantities(model)
        atoms = scenarios.atoms
        self.rows = _atom_rows(model, atoms)
        self.operation = atoms.operation.to_numpy()
        self.is_status = (atoms.field == "status").to_numpy()
        targets: list[IntArray] = [np.zeros(0, np.int64)] * len(atoms)
        for i, (table, field, commodity) in enumerate(atoms[["table", "field", "commodity"]].itertuples(index=False)):
            targets[i] = self.quantities.of(table, field, int(self.rows[i]), commodity)
        self.start = np.concatenate([[0], np.cumsum([len(t) for t in targets])]).astype(np.int64)
        self.target = np.concatenate([np.zeros(0, np.int64), *targets])

    def block(self, first: int, last: int) -> Compiled:
        """The scenarios from number `first` to before `last`."""
        block = self.scenarios.block(first, last)
        scenario, target, atom, value = self._spread(block)
        status = self.is_status[atom]
        capacity = self._status(scenario[status], target[status], atom[status], last - first)
        now, group_scenario, group_target = self._values(
            scenario[~status], target[~status], atom[~status], value[~status], first
        )
        return Compiled(capacity, *self._followed(group_scenario, group_target, now, last - first))

    def _spread(self, block: Block) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """Entries (scenario, quantity, atom, value), an entry for each quantity that an atom changes."""
        length = np.diff(self.start)[block.atom]
        offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        target = self.target[np.repeat(self.start[block.atom], length) + offset]
        scenario = np.repeat(np.repeat(np.arange(len(block.start) - 1), np.diff(block.start)), length)
        return scenario, target, np.repeat(block.atom, length), np.repeat(block.value, length)

    def _status(self, scenario: IntArray, arc: IntArray, atom: IntArray, size: int) -> Sparse:
        """Arcs closed and opened; where a scenario does both, the later counts."""
        key = scenario * self.quantities.arcs + arc
        order = np.argsort(key, kind="stable")
        last = order[np.diff(key[order], append=-1) != 0]
        value = np.where(self.operation[atom[last]] == "close", 0, UNCAPACITATED)
        changed = value != self.model.problem.capacity[arc[last]]
        return _sparse(scenario[last][changed], arc[last][changed], value[changed], size)

    def _values(
        self, scenario: IntArray, target: IntArray, atom: IntArray, value: FloatArray, first: int
    ) -> tuple[FloatArray, IntArray, IntArray]:
        """Quantities after their changes, in the order in which each scenario makes them."""
        key = scenario * self.quantities.size + target
        order = np.argsort(key, kind="stable")
        key, atom, value = key[order], atom[order], value[order]
        groups, start, count = np.unique(key, return_index=True, return_counts=True)
        changed = groups % self.quantities.size
        now = self.quantities.base[changed].copy()
        for turn in range(int(count.max(initial=0))):
            there = count > turn
            entry = start[there] + turn
            what, by = self.operation[atom[entry]], value[entry]
            unknown = np.isnan(now[there]) & (what != "set")
            if unknown.any():
                bad = self.scenarios.atoms.iloc[np.unique(atom[entry][unknown])]
                problem = f"{bad.field.iloc[0]} is not there to {bad.operation.iloc[0]}"
                raise InputError(
                    complaint(str(bad.table.iloc[0]), problem, bad.id, "use the operation set, or give it one")
                )
            now[there] = np.select([what == "set", what == "scale"], [by, now[there] * by], now[there] + by)
        low = (now < 0) & ~self.quantities.may_be_negative[changed]
        if low.any():
            labels = [self.scenarios.label(first + i) for i in np.unique(groups[low] // self.quantities.size)]
            raise InputError(complaint("scenarios", "a number falls below 0", labels, "keep it at 0 or above"))
        return now, groups // self.quantities.size, changed

    def _followed(
        self, scenario: IntArray, changed: IntArray, now: FloatArray, size: int
    ) -> tuple[Sparse, Sparse, Sparse, Sparse]:
        """Costs, limits, volumes and values that follow from changed quantities."""
        q, model = self.quantities, self.model
        at = q.part(changed)
        on_cost = at < 4
        arc, part = changed[on_cost] % q.arcs, at[on_cost]
        weight = np.where(part < 2, 1.0, model.parts.worth[arc])
        step = weight * (now[on_cost] - q.base[changed[on_cost]])
        pair, back = np.unique(scenario[on_cost] * q.arcs + arc, return_inverse=True)
        arcs = pair % max(q.arcs, 1)
        exact = q.cost[arcs] + np.bincount(back, np.nan_to_num(step), minlength=len(pair))
        cost = _sparse(pair // max(q.arcs, 1), arcs, np.rint(exact / CENT).astype(np.int64), size)
        limit = self._limits(scenario, changed, now, size)
        rows = {}
        for name in ("volume", "value"):
            mine = q.within(name, changed)
            unit = 1.0 if name == "volume" else CENT
            whole = np.rint(now[mine] / unit).astype(np.int64)
            rows[name] = _sparse(scenario[mine], changed[mine] - q.first[name], whole, size)
        return cost, limit, rows["volume"], rows["value"]

    def _limits(self, scenario: IntArray, changed: IntArray, now: FloatArray, size: int) -> Sparse:
        q = self.quantities
        found_scenario, found_bundle, found_limit = [], [], []
        for name, bundles in q.bundles.items():
            mine = q.within(name, changed)
            item = changed[mine] - q.first[name]
            room = now[mine]
            if name in ("capacity", "background"):
                other = "background" if name == "capacity" else "capacity"
                room = np.where(name == "capacity", room, -room) + self._other(
                    scenario, changed, now, mine, item, other
                )
            for way in range(bundles.shape[1]):
                there = bundles[item, way] >= 0
                found_scenario.append(scenario[mine][there])
                found_bundle.append(bundles[item[there], way])
                found_limit.append(np.maximum(room[there], 0.0))
        rows, bundle = np.concatenate(found_scenario), np.concatenate(found_bundle)
        limit = np.concatenate(found_limit)
        key = rows * max(self.model.bundles.B, 1) + bundle
        first = np.unique(key, return_index=True)[1]
        whole = np.where(np.isnan(limit), UNCAPACITATED, np.floor(np.nan_to_num(limit))).astype(np.int64)
        whole[np.isnan(limit)] = UNCAPACITATED
        return _sparse(rows[first], bundle[first], whole[first], size)

    def _other(
        self, scenario: IntArray, changed: IntArray, now: FloatArray, mine: Any, item: IntArray, other: str
    ) -> FloatArray:
        """A link's capacity, or minus its background, in the same scenario: changed there too, or that of the base."""
        q = self.quantities
        target = q.first[other] + item
        key = scenario * q.size + changed
        place = np.searchsorted(key, scenario[mine] * q.size + target).clip(max=len(key) - 1)
        also = key[place] == scenario[mine] * q.size + target
        value = np.where(also, now[place], q.base[target])
        return value if other == "capacity" else -value


class _Quantities:
    """The numbers of a model that scenarios change, in one vector, and where each stands.

    First the four parts of the cost of every arc (freight, fee, time, wait; (4, E)), then link capacities and
    backgrounds, capacities of transfers and nodes, limits of zone members, volumes and values of demand rows.
    """

    def __init__(self, model: Model) -> None:
        network, arcs = model.network, model.arcs
        self.model = model
        self.arcs = len(arcs.tail)
        self.cost = model.parts.cost()
        tables = {
            "capacity": network.links.capacity,
            "background": network.links.background,
            "transfers": network.transfers.capacity,
            "nodes": network.nodes.capacity,
            "zones": network.zones.limit,
            "volume": model.demand.volume,
            "value": model.demand.value,
        }
        lengths = [4 * self.arcs, *(len(t) for t in tables.values())]
        self.first = dict(zip(tables, np.cumsum(lengths)[:-1].tolist(), strict=True))
        self.last = {name: self.first[name] + len(t) for name, t in tables.items()}
        self.base = np.concatenate([*model.parts[:4], *(t.to_numpy(float) for t in tables.values())])
        self.size = len(self.base)
        self.may_be_negative = np.zeros(self.size, bool)
        prices = (arcs.kind == Kind.ORIGIN) | (arcs.kind == Kind.EGRESS)
        self.may_be_negative[np.flatnonzero(prices)] = True
        self.bundles = self._bundles()
        self.arcs_of = {kind: _by_item(arcs.item, arcs.of(kind)) for kind in (Kind.LINK, Kind.TRANSFER)}
        ends = np.flatnonzero(prices & (arcs.item >= 0))
        self.ends_of = _by_item(arcs.item, ends)

    def part(self, quantity: IntArray) -> IntArray:
        """Which part of an arc's cost a quantity is, 0 to 3; 4 for all others."""
        return np.minimum(quantity // max(self.arcs, 1), 4) if self.arcs else np.full(len(quantity), 4)

    def within(self, name: str, quantity: IntArray) -> Any:
        """Which of the quantities belong to a table."""
        return (quantity >= self.first[name]) & (quantity < self.last[name])

    def of(self, table: str, field: str, row: int, commodity: str) -> IntArray:
        """The quantities that a change of a table's field concerns; arcs for a status."""
        if table in ("links", "transfers"):
            parts = {"status": 0, "tariff": 0, "cost": 0, "border_fee": 1, "time": 2, "border_time": 3}
            if field in parts:
                kind = Kind.LINK if table == "links" else Kind.TRANSFER
                arc = self.arcs_of[kind](row)
                if commodity:
                    owner = self.model.classes.commodity.to_numpy()[self.model.arcs.owner[arc]]
                    arc = arc[owner == commodity]
                return arc + parts[field] * self.arcs
            name = field if table == "links" else "transfers"
            return np.array([self.first[name] + row], np.int64)
        if table == "zones" and field == "price":
            return self.ends_of(row)
        return np.array([self.first[field if table == "demand" else table] + row], np.int64)

    def _bundles(self) -> dict[str, IntArray]:
        """The bundles whose limit a quantity is, (rows of the table, 1 or 2); -1 for none."""
        labels, network = self.model.labels, self.model.network
        found: dict[str, IntArray] = {}
        for name, table, rows in (
            ("capacity", "link", len(network.links)),
            ("transfers", "transfer", len(network.transfers)),
            ("nodes", "node", len(network.nodes)),
            ("zones", "zone", len(network.zones)),
        ):
            of = np.full((rows, 2), -1, np.int64)
            mine = labels[labels.table == table]
            of[mine.row.to_numpy(int), (mine.direction == "rev").to_numpy(int)] = mine.index.to_numpy()
            found[name] = of
        found["background"] = found["capacity"]
        return found


def apply(model: Model, compiled: Compiled, number: int) -> tuple[Problem, Bundles]:
    """One scenario of a block as a problem and bundles of its own, for solvers that start afresh."""
    problem, bundles, arcs = model.problem, model.bundles, model.arcs
    capacity, cost, limit = problem.capacity.copy(), problem.cost.copy(), bundles.limit.copy()
    for array, changes in ((capacity, compiled.capacity), (cost, compiled.cost), (limit, compiled.limit)):
        entry, value = changes.of(number)
        array[entry] = value
    demanded = np.empty(len(model.demand), np.int64)
    chosen = arcs.of(Kind.DEMAND)
    demanded[arcs.item[chosen]] = chosen
    entry, value = compiled.volume.of(number)
    capacity[demanded[entry]] = value
    entry, value = compiled.value.of(number)
    cost[demanded[entry]] = -value
    return (
        Problem(problem.tail, problem.head, capacity, cost, problem.supply, problem.lower),
        Bundles(bundles.bundle, bundles.arc, bundles.weight, limit),
    )


def _sparse(scenario: IntArray, index: IntArray, value: IntArray, size: int) -> Sparse:
    start = np.concatenate([[0], np.cumsum(np.bincount(scenario, minlength=size))]).astype(np.int64)
    return Sparse(start, index.astype(np.int64), value.astype(np.int64))


def _by_item(item: IntArray, chosen: IntArray) -> Callable[[int], IntArray]:
    """From an item to its arcs among those chosen."""
    order = chosen[np.argsort(item[chosen], kind="stable")]
    ordered = item[order]
    return lambda row: order[np.searchsorted(ordered, row) : np.searchsorted(ordered, row, side="right")]


def _atom_rows(model: Model, atoms: pd.DataFrame) -> IntArray:
    """The row of each atom's table that it names."""
    network = model.network
    ids = {
        "links": network.links.link_id,
        "transfers": network.transfers.transfer_id,
        "nodes": network.nodes.node_id,
        "zones": network.zones.zone_id + ":" + network.zones.node_id,
        "demand": model.demand.demand_id,
    }
    rows = np.full(len(atoms), -1, np.int64)
    for table, part in atoms.groupby("table"):
        found = pd.Index(ids[str(table)]).get_indexer(pd.Index(part.id))
        if (found < 0).any():
            remedy = "give ids of the network and demand that are solved"
            raise InputError(complaint(str(table), "id of a scenario is unknown", part.id[found < 0].unique(), remedy))
        rows[part.index] = found
    unknown = set(atoms.commodity) - {""} - set(model.classes.commodity)
    if unknown:
        raise InputError(
            complaint("commodities", "of a scenario is not moved", sorted(unknown), "give one of the demand")
        )
    return rows
