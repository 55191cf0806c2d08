"""Scenarios to changes of the model's arrays, a block at a time, without touching a table.

Every number that a scenario may change is one of the model's *quantities*, laid out in one vector: what the cost of an
arc is made of, capacities and backgrounds, volumes and values. A change sets, scales or adds to some of them; costs,
limits and volumes follow.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem
from corridors.arrays.sparse import Sparse
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.model.build import Model, build, counted, fitting
from corridors.model.quantities import Quantities
from corridors.model.units import MOST, NONE, Numbers, Units, is_large
from corridors.network import Network
from corridors.scenarios.batch import NARROWED, Scenarios
from corridors.schema.columns import HIGHEST, HIGHEST_ELSE


class Compiled(NamedTuple):
    """Some consecutive scenarios as changes of a model's arrays, each from the base, in the model's integers.

    Parameters
    ----------
    size : int
        How many scenarios.
    closed : Sparse
        Groups of arcs (`Compiler.groups`) that are closed; the values mean nothing.
    capacity : Sparse
        Arcs: 0 closes a link, a transfer or a zone's member, `UNCAPACITATED` opens it; the volume of a demand row.
    cost : Sparse
        Arcs; minus the value of a demand row.
    limit : Sparse
        Bundles.
    """

    size: int
    closed: Sparse
    capacity: Sparse
    cost: Sparse
    limit: Sparse


class Entries(NamedTuple):
    """Numbers of some scenarios before they are rounded: `scenario` and `entry` (M,) int, `value` (M,) float."""

    scenario: IntArray
    entry: IntArray
    value: FloatArray


class Exact(NamedTuple):
    """What some scenarios change, in t/year and USD/t: costs of arcs, limits of bundles (NaN: none), rows of demand."""

    cost: Entries
    limit: Entries
    volume: Entries
    value: Entries


LOOKED, LOOK = 1_000_000, 256
"""Numbers of scenarios looked at before units are chosen at the most, and scenarios at a time."""


def compiler_of(network: Network, demand: Any, scenarios: Scenarios) -> Compiler:
    """The compiler of some scenarios, over a model whose units are fine enough for them (`corridors.model.units`).

    Raises
    ------
    InputError
        What `corridors.model.build.build` and `Compiler` raise.
    """
    compiler = Compiler(build(network, demand, limits_wanted(scenarios)), scenarios)
    units = compiler.fitting()
    return compiler if units == compiler.model.units else Compiler(counted(compiler.model, units), scenarios)


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
        self.quantities = Quantities(model)
        self.extra = model.units.costs(model.extra).astype(np.int64)
        atoms = scenarios.atoms
        self.rows = _atom_rows(model, atoms)
        self.operation = atoms.operation.to_numpy()
        self.is_status = (atoms.field == "status").to_numpy()
        targets: list[IntArray] = [np.zeros(0, np.int64)] * len(atoms)
        for i, (table, field, *narrowed) in enumerate(atoms[["table", "field", *NARROWED]].itertuples(index=False)):
            targets[i] = self.quantities.of(table, field, int(self.rows[i]), *narrowed)
        self.start = np.concatenate([[0], np.cumsum([len(t) for t in targets])]).astype(np.int64)
        self.target = np.concatenate([np.zeros(0, np.int64), *targets])
        # Where nothing opens, the order of closures does not matter, and they are told by group.
        self.by_group = self.is_status & (not (self.operation == "open").any())

    def over(self, scenarios: Scenarios) -> Compiler:
        """The same for other scenarios of the same atoms."""
        other = copy.copy(self)
        other.scenarios = scenarios
        return other

    def fitting(self) -> Units:
        """The units that the model and these scenarios need."""
        if self.is_status.all() or is_large(self.model.demand):
            return self.model.units
        return fitting(self.model, self._brought())

    def _brought(self) -> Numbers | None:
        """The numbers of all scenarios; None where they are too many."""
        longest = int(np.diff(self.start)[~self.is_status].sum())
        if len(self.scenarios) * longest > LOOKED:
            return None
        parts = []
        for first in range(0, len(self.scenarios), LOOK):
            found = self._exact(first, min(first + LOOK, len(self.scenarios)))[2]
            parts.append((found.volume.value, found.limit.value, found.value.value, found.cost.value))
        return Numbers(*(np.unique(np.concatenate(column)) for column in zip(*parts, strict=True))) if parts else NONE

    @property
    def groups(self) -> csr_array:
        """Arcs that a closing atom closes, (atoms, E); empty for others."""
        row = np.repeat(np.arange(len(self.rows)), np.diff(self.start))
        chosen = np.flatnonzero(self.by_group[row])
        entries = (np.ones(len(chosen), np.int8), (row[chosen], self.target[chosen]))
        return csr_array(entries, shape=(len(self.rows), self.quantities.arcs))

    def block(self, first: int, last: int) -> Compiled:
        """The scenarios from number `first` to before `last`."""
        shut, opened, exact = self._exact(first, last)
        size, units = last - first, self.model.units
        cost, value = (self._counted(e, units.costs, units.cost, size, first) for e in (exact.cost, exact.value))
        cost = replace(cost, value=cost.value + self.extra[cost.index])
        limit = self._counted(exact.limit, units.floored, units.tonne, size, first)
        volume = self._counted(exact.volume, units.nearest, units.tonne, size, first)
        worth = replace(value, value=-value.value)
        return Compiled(size, shut, _merged(opened, volume), _merged(cost, worth), limit)

    def _counted(
        self, entries: Entries, count: Callable[[Any], FloatArray], unit: float, size: int, first: int
    ) -> Sparse:
        """Numbers in the model's units; no number stands for no limit."""
        with np.errstate(invalid="ignore"):
            whole = count(entries.value)
        beyond = np.abs(np.nan_to_num(whole)) > MOST
        if beyond.any():
            labels = [self.scenarios.label(first + i) for i in np.unique(entries.scenario[beyond])]
            problem = f"a number is beyond {MOST:g} units of {unit:g} (up to {np.abs(entries.value[beyond]).max():g})"
            raise InputError(complaint("scenarios", problem, labels, "keep it below"))
        none = np.isnan(whole)
        number = np.where(none, 0.0, whole).astype(np.int64)
        number[none] = UNCAPACITATED
        return _sparse(entries.scenario, entries.entry, number, size)

    def _exact(self, first: int, last: int) -> tuple[Sparse, Sparse, Exact]:
        """Groups closed, arcs closed and opened, and numbers before they are rounded."""
        block, size = self.scenarios.block(first, last), last - first
        grouped = self.by_group[block.atom]
        row = np.repeat(np.arange(size), np.diff(block.start))
        atoms = max(len(self.rows), 1)
        closed = np.unique(row[grouped] * atoms + block.atom[grouped])
        shut = _sparse(closed // atoms, closed % atoms, np.zeros_like(closed), size)
        scenario, target, atom, value = self._spread(row[~grouped], block.atom[~grouped], block.value[~grouped])
        status = self.is_status[atom]
        opened = self._status(scenario[status], target[status], atom[status], size)
        entries = (scenario[~status], target[~status], atom[~status], value[~status])
        now, group_scenario, group_target = self._values(*entries, first)
        return shut, opened, self._followed(group_scenario, group_target, now, first)

    def _spread(
        self, row: IntArray, atom: IntArray, value: FloatArray
    ) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """Entries (scenario, quantity, atom, value), an entry for each quantity that an atom changes."""
        length = np.diff(self.start)[atom]
        offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        target = self.target[np.repeat(self.start[atom], length) + offset]
        return np.repeat(row, length), target, np.repeat(atom, length), np.repeat(value, length)

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
            endless = np.isposinf(by)  # of limits alone (`check_values`), and a table says no limit by NaN
            by = np.where(endless, 0.0, by)
            new = np.select([what == "set", what == "scale"], [by, now[there] * by], now[there] + by)
            self._bounded(np.where(endless, 0.0, new), HIGHEST_ELSE, groups[there], first)
            now[there] = np.where(endless, np.nan, new)
        low = (now < 0) & ~self.quantities.may_be_negative[changed]
        self._refuse(low, now, groups, first, "a number falls below 0 ({}, to {:g})", "keep it at 0 or above")
        return now, groups // self.quantities.size, changed

    def _bounded(self, values: FloatArray, high: float, key: IntArray, first: int, what: str = "a number") -> None:
        """Refuse what is no number, or beyond what any of its unit is; `key` is scenario and quantity."""
        beyond = ~(np.abs(values) <= high)
        self._refuse(beyond, values, key, first, f"{what} is beyond {high:g} ({{}}, {{:g}})", "keep it below")

    def _refuse(self, bad: Any, values: FloatArray, key: IntArray, first: int, what: str, remedy: str) -> None:
        """An error that names a quantity, its value and the scenarios that bring it there."""
        if not np.any(bad):
            return
        scenario, quantity = np.divmod(key[bad], self.quantities.size)
        labels = [self.scenarios.label(first + i) for i in np.unique(scenario[quantity == quantity[0]])]
        problem = what.format(self.quantities.named(int(quantity[0])), values[bad][0])
        raise InputError(complaint("scenarios", problem, labels, remedy))

    def _followed(self, scenario: IntArray, changed: IntArray, now: FloatArray, first: int) -> Exact:
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
        place = pair // max(q.arcs, 1) * q.size + arcs
        self._bounded(exact, HIGHEST["USD/t"], place, first, "a cost in USD/t")
        cost = Entries(pair // max(q.arcs, 1), arcs, exact)
        rows = {}
        for name in ("volume", "value"):
            mine = q.within(name, changed)
            if name == "value":
                self._bounded(
                    now[mine], HIGHEST["USD/t"], scenario[mine] * q.size + changed[mine], first, "a value in USD/t"
                )
            rows[name] = Entries(scenario[mine], q.demanded[changed[mine] - q.first[name]], now[mine])
        return Exact(cost, self._limits(scenario, changed, now), rows["volume"], rows["value"])

    def _limits(self, scenario: IntArray, changed: IntArray, now: FloatArray) -> Entries:
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
                room[np.abs(room) <= 1e-12 * now[mine]] = 0.0  # what is left of equal decimals
            for way in range(bundles.shape[1]):
                there = bundles[item, way] >= 0
                found_scenario.append(scenario[mine][there])
                found_bundle.append(bundles[item[there], way])
                found_limit.append(np.maximum(room[there], 0.0))
        rows, bundle = np.concatenate(found_scenario), np.concatenate(found_bundle)
        limit = np.concatenate(found_limit)
        key = rows * max(self.model.bundles.B, 1) + bundle
        first = np.unique(key, return_index=True)[1]
        return Entries(rows[first], bundle[first], limit[first])

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


def apply(model: Model, compiled: Compiled, number: int, groups: csr_array) -> Model:
    """One scenario of a block as a model of its own, for solvers that start afresh."""
    problem, bundles = model.problem, model.bundles
    capacity, cost, limit = problem.capacity.copy(), problem.cost.copy(), bundles.limit.copy()
    for group in compiled.closed.of(number)[0]:
        capacity[groups.indices[groups.indptr[group] : groups.indptr[group + 1]]] = 0
    for array, changes in ((capacity, compiled.capacity), (cost, compiled.cost), (limit, compiled.limit)):
        entry, value = changes.of(number)
        array[entry] = value
    return replace(
        model,
        problem=Problem(problem.tail, problem.head, capacity, cost, problem.supply, problem.lower),
        bundles=Bundles(bundles.bundle, bundles.arc, bundles.weight, limit),
    )


def _sparse(scenario: IntArray, index: IntArray, value: IntArray, size: int) -> Sparse:
    start = np.concatenate([[0], np.cumsum(np.bincount(scenario, minlength=size))]).astype(np.int64)
    return Sparse(start, index.astype(np.int64), value.astype(np.int64))


def _merged(one: Sparse, other: Sparse) -> Sparse:
    """The entries of both; they have none in common."""
    size = len(one.start) - 1
    entries = (np.concatenate([one.index, other.index]), np.concatenate([one.value, other.value]))
    row = np.concatenate([one.scenario, other.scenario])
    order = np.argsort(row, kind="stable")
    return _sparse(row[order], entries[0][order], entries[1][order], size)


def _atom_rows(model: Model, atoms: pd.DataFrame) -> IntArray:
    """The row of each atom's table that it names."""
    network = model.network
    ids = {
        "links": network.links.link_id,
        "transfers": network.transfers.transfer_id,
        "nodes": network.nodes.node_id,
        "zones": network.member_ids(),
        "demand": model.demand.demand_id,
    }
    rows = np.full(len(atoms), -1, np.int64)
    for table, part in atoms.groupby("table"):
        found = pd.Index(ids[str(table)]).get_indexer(pd.Index(part.id))
        if (found < 0).any():
            remedy = "give ids of the network and demand that are solved"
            raise InputError(complaint(str(table), "id of a scenario is unknown", part.id[found < 0].unique(), remedy))
        rows[part.index] = found
    for name, noun in (("commodity", "commodities"), ("origin", "origins")):
        unknown = set(atoms[name]) - {""} - set(model.classes[name])
        if unknown:
            remedy = "give one of the demand"
            raise InputError(complaint(noun, "of a scenario is not moved", sorted(unknown), remedy))
    return rows
