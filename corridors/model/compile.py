"""Scenarios to changes of the model's arrays, a block at a time, without touching a table.

Every number that a scenario may change is one of the model's *quantities*, laid out in one vector: what the cost of an
arc is made of, capacities and backgrounds, volumes and values. A change sets, scales or adds to some of them; costs,
limits and volumes follow (`corridors.model.follow`), and are rounded here.
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
from corridors.model.bundles import Use
from corridors.model.costs import Parts
from corridors.model.follow import Entries, Exact, Following
from corridors.model.quantities import PARTS, Quantities
from corridors.model.units import MOST, NONE, Numbers, Units, is_large
from corridors.network import Network
from corridors.scenarios.batch import NARROWED, Scenarios


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


Entry = tuple[IntArray, IntArray, IntArray, FloatArray]
"""An entry for each number that a scenario changes: scenario, quantity, atom and value, (M,) each."""

LOOKED, LOOK = 1_000_000, 256
"""How many numbers of scenarios are looked at, at most, before units are chosen; and how many scenarios at a time."""


def compiler_of(network: Network, demand: Any, scenarios: Scenarios) -> Compiler:
    """The compiler of some scenarios, over a model whose units are fine enough for them (`corridors.model.units`).

    Raises
    ------
    InputError
        What `corridors.model.build.build` and `Compiler` raise.
    """
    compiler = Compiler(build(network, demand, limits_wanted(scenarios), uses_wanted(network, scenarios)), scenarios)
    units = compiler.fitting()
    return compiler if units == compiler.model.units else Compiler(counted(compiler.model, units), scenarios)


def limits_wanted(scenarios: Scenarios) -> dict[str, Collection[str]]:
    """Ids, by table, that a scenario may give a limit: `corridors.model.build.build` makes bundles for them."""
    atoms = scenarios.atoms
    chosen = atoms[atoms.field.isin(["capacity", "limit"])]
    return {str(table): set(rows.id) for table, rows in chosen.groupby("table")}


def uses_wanted(network: Network, scenarios: Scenarios) -> list[Use]:
    """The users of links whose capacity a scenario changes by themselves, each once."""
    atoms = scenarios.atoms
    if "capacity" not in set(atoms.field):
        return []
    chosen = atoms[(atoms.table == "links") & (atoms.field == "capacity") & (atoms[list(NARROWED)] != "").any(axis=1)]
    chosen = chosen[chosen.id.isin(network.links.link_id)]  # others are refused by name where atoms find their rows
    found = chosen[["id", *NARROWED]].itertuples(index=False, name=None)
    return list(dict.fromkeys(Use(*row) for row in found))


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
        self.quantities = Quantities(model)
        self._lay_out(scenarios)

    def _lay_out(self, scenarios: Scenarios) -> None:
        """Find what each atom changes."""
        self.scenarios = scenarios
        atoms = scenarios.atoms
        self.rows = _atom_rows(self.quantities, atoms)
        self.operation = atoms.operation.to_numpy()
        self.is_status = (atoms.field == "status").to_numpy()
        targets: list[IntArray] = [np.zeros(0, np.int64)] * len(atoms)
        for i, (table, field, *narrowed) in enumerate(atoms[["table", "field", *NARROWED]].itertuples(index=False)):
            targets[i] = self.quantities.of(table, field, int(self.rows[i]), *narrowed)
        self.start = np.concatenate([[0], np.cumsum([len(t) for t in targets])]).astype(np.int64)
        self.target = np.concatenate([np.zeros(0, np.int64), *targets])
        # Where nothing opens, the order of closures does not matter, and they are given by group.
        self.by_group = self.is_status & (not (self.operation == "open").any())

    def over(self, scenarios: Scenarios) -> Compiler:
        """The same for other scenarios of the same atoms."""
        other = copy.copy(self)
        other.scenarios = scenarios
        return other

    def by_arc(self) -> Compiler:
        """The same, whose closures close arcs rather than groups."""
        other = copy.copy(self)
        other.by_group = np.zeros(len(self.rows), bool)
        return other

    def onto(self, scenarios: Scenarios) -> Compiler | None:
        """The same for scenarios of any atoms, which close arcs rather than groups; None where the model is not enough.

        It is not where they limit what has no bundle in it, or need finer units.
        """
        if uses_wanted(self.model.network, scenarios):
            return None
        other = copy.copy(self)
        other._lay_out(scenarios)
        other = other.by_arc()
        limits = np.flatnonzero(scenarios.atoms.field.isin(["capacity", "limit"]))
        bounded = self.quantities.bounded(other.target[other.start[limits]])
        return other if bounded.all() and not other.fitting().finer(self.model.units) else None

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
            costs = np.concatenate([found.cost.value, found.extra.value])
            parts.append((found.volume.value, found.limit.value, found.value.value, costs))
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
        cost, extra, value = (
            self._counted(entries, units.costs, units.cost, size, first)
            for entries in (exact.cost, exact.extra, exact.value)
        )
        cost = replace(cost, value=cost.value + extra.value)
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
        shut, opened, numbers = self._changes(first, last)
        return shut, opened, Following(self.quantities, self.scenarios, first).exact(*numbers)

    def _changes(self, first: int, last: int) -> tuple[Sparse, Sparse, Entry]:
        """Groups closed, arcs closed and opened, and changes of numbers: scenario, quantity, atom and value."""
        block, size = self.scenarios.block(first, last), last - first
        grouped = self.by_group[block.atom]
        row = np.repeat(np.arange(size), np.diff(block.start))
        atoms = max(len(self.rows), 1)
        closed = np.unique(row[grouped] * atoms + block.atom[grouped])
        shut = _sparse(closed // atoms, closed % atoms, np.zeros_like(closed), size)
        scenario, target, atom, value = self._spread(row[~grouped], block.atom[~grouped], block.value[~grouped])
        status = self.is_status[atom]
        opened = self._status(scenario[status], target[status], atom[status], size)
        return shut, opened, (scenario[~status], target[~status], atom[~status], value[~status])

    def model_of(self, number: int) -> Model:
        """One scenario as a model of its own, to its demand and what its costs are made of."""
        changed = Following(self.quantities, self.scenarios, number).changed(*self._changes(number, number + 1)[2])
        q, now = self.quantities, self.quantities.all()
        now[changed.quantity] = changed.now
        model = apply(self.model, self.block(number, number + 1), 0, self.groups)
        arc = np.unique(changed.quantity[q.part(changed.quantity) < len(PARTS)] % max(q.arcs, 1))
        costs = now[: len(PARTS) * q.arcs].reshape(len(PARTS), q.arcs)[:, arc]
        part_of = model.part_of.copy()
        part_of[arc] = len(model.parts.worth) + np.arange(len(arc))
        own = [*costs, model.parts.worth[model.part_of[arc]]]
        columns = {name: now[q.first[name] : q.last[name]] for name in ("volume", "value")}
        return replace(
            model,
            demand=model.demand.assign(**columns),
            parts=Parts(*(np.concatenate(both) for both in zip(model.parts, own, strict=True))),
            part_of=part_of,
            steps=replace(model.steps, extra_cost=now[q.first["extra_cost"] : q.last["extra_cost"]]),
        )

    def _spread(self, row: IntArray, atom: IntArray, value: FloatArray) -> Entry:
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


def apply(model: Model, compiled: Compiled, number: int, groups: csr_array) -> Model:
    """One scenario of a block as a model of its own, for solvers that start from nothing."""
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


def _atom_rows(quantities: Quantities, atoms: pd.DataFrame) -> IntArray:
    """The row of each atom's table that it names."""
    model = quantities.model
    rows = np.full(len(atoms), -1, np.int64)
    for table, part in atoms.groupby("table"):
        found = quantities.ids[str(table)].get_indexer(pd.Index(part.id))
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
