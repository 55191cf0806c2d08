"""What follows from changed quantities: costs of arcs, limits of bundles, volumes and values, before they are rounded.

Cost steps follow too: a load that changes makes one step wider and the next narrower, an extra cost that changes is
that of an arc of each class. A ladder has to rise in every scenario, as it does in a table.

Each scenario makes its changes in order, from the base: ``set``, ``scale`` or ``add``. What comes out is checked, and
an error names the quantity, its value and the scenarios that bring it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint
from corridors.model.quantities import PARTS, Quantities
from corridors.scenarios.batch import Scenarios
from corridors.schema.columns import HIGHEST, HIGHEST_ELSE


class Entries(NamedTuple):
    """Numbers of some scenarios before they are rounded: `scenario` and `entry` (M,) int, `value` (M,) float."""

    scenario: IntArray
    entry: IntArray
    value: FloatArray


class Exact(NamedTuple):
    """What some scenarios change, in t/year and USD/t.

    Costs of arcs, and what cost steps add to the same arcs; limits of bundles (NaN: none); rows of demand.
    """

    cost: Entries
    extra: Entries
    limit: Entries
    volume: Entries
    value: Entries


class Changed(NamedTuple):
    """Quantities that some scenarios change: `scenario` and `quantity` (M,) int, in order, and `now` (M,) float."""

    scenario: IntArray
    quantity: IntArray
    now: FloatArray


@dataclass(frozen=True, eq=False)
class Following:
    """From changes of a model's quantities to what follows from them.

    Parameters
    ----------
    quantities : Quantities
    scenarios : Scenarios
        What errors name.
    first : int
        The number of the scenario that is 0 in the changes.
    """

    quantities: Quantities
    scenarios: Scenarios
    first: int

    def exact(self, scenario: IntArray, target: IntArray, atom: IntArray, value: FloatArray) -> Exact:
        """What follows from changes, an entry a scenario and quantity that an atom changes; (M,) each.

        Raises
        ------
        InputError
            A number that is not there to scale or to add to, falls below zero, or is beyond what any of its unit is.
        """
        changed = self.changed(scenario, target, atom, value)
        volume, worth = self._of_rows("volume", changed), self._of_rows("value", changed)
        self._check_steps(changed)
        return Exact(*self._costs(changed), self._limits(changed), volume, worth)

    def changed(self, scenario: IntArray, target: IntArray, atom: IntArray, value: FloatArray) -> Changed:
        """Quantities after their changes, in the order in which each scenario makes them."""
        size = self.quantities.size
        key = scenario * size + target
        order = np.argsort(key, kind="stable")
        key, atom, value = key[order], atom[order], value[order]
        start = np.flatnonzero(np.diff(key, prepend=-1))
        groups, count = key[start], np.diff(start, append=len(key))
        quantity = groups % size
        now = self.quantities.base[quantity]
        operation = self.scenarios.atoms.operation.to_numpy()
        sets, scales = operation == "set", operation == "scale"
        for turn in range(int(count.max(initial=0))):
            active = slice(None) if turn == 0 else count > turn
            entry = start[active] + turn
            of, by = atom[entry], value[entry]
            self._require_known(of[np.isnan(now[active]) & ~sets[of]])
            endless = np.isposinf(by)  # of limits alone (`check_values`), and a table says no limit by NaN
            by = np.where(endless, 0.0, by)
            new = np.where(sets[of], by, np.where(scales[of], now[active] * by, now[active] + by))
            self._require_below(np.where(endless, 0.0, new), HIGHEST_ELSE, groups[active])
            now[active] = np.where(endless, np.nan, new)
        low = (now < 0) & ~self.quantities.may_be_negative[quantity]
        self._refuse(low, now, groups, "a number falls below 0 ({}, to {:g})", "keep it at 0 or above")
        return Changed(groups // size, quantity, now)

    def _costs(self, changed: Changed) -> tuple[Entries, Entries]:
        """Costs of arcs, those of the base and what their changed parts add; and what cost steps add to them."""
        q = self.quantities
        part = q.part(changed.quantity)
        of_cost = part < len(PARTS)
        scenario, quantity, now = changed.scenario[of_cost], changed.quantity[of_cost], changed.now[of_cost]
        arcs = max(q.arcs, 1)
        arc = quantity % arcs
        weight = q.model.parts.marginal(part[of_cost], q.model.part_of[arc])
        stepped, by_step = self._extra_costs(changed)
        keys: IntArray = np.concatenate([scenario * arcs + arc, stepped]).astype(np.int64)
        if (np.diff(keys) > 0).all():  # one part of each cost
            pair, back = keys, np.arange(len(keys))
        else:
            pair, back = np.unique(keys, return_inverse=True)
        of_part, of_step = back[: len(arc)], back[len(arc) :]
        added = np.bincount(of_part, np.nan_to_num(weight * (now - q.base[quantity])), minlength=len(pair))
        scenario, arc = pair // arcs, pair % arcs
        cost, extra = q.cost[arc] + added, q.model.extra[arc]
        extra[of_step] = by_step
        self._require_below(cost + extra, HIGHEST["USD/t"], scenario * q.size + arc, "a cost in USD/t")
        return Entries(scenario, arc, cost), Entries(scenario, arc, extra)

    def _extra_costs(self, changed: Changed) -> tuple[IntArray, FloatArray]:
        """Changed extra costs, an entry an arc of the step: scenario x number of arcs + arc, and USD/t."""
        q = self.quantities
        of_kind = q.within("extra_cost", changed.quantity)
        steps = (changed.quantity[of_kind] - q.first["extra_cost"]).tolist()
        found = [q.arcs_of_step(step) for step in steps]
        count = [len(arc) for arc in found]
        arc = np.concatenate([np.zeros(0, np.int64), *found])
        return np.repeat(changed.scenario[of_kind], count) * max(q.arcs, 1) + arc, np.repeat(
            changed.now[of_kind], count
        )

    def _check_steps(self, changed: Changed) -> None:
        """Raise where loads or extra costs fall from a step to the next, or a ladder starts above a load of 0."""
        q, steps = self.quantities, self.quantities.model.steps
        for name, what in (("load", "loads"), ("extra_cost", "costs")):
            of_kind = q.within(name, changed.quantity)
            scenario, step, now = (
                changed.scenario[of_kind],
                changed.quantity[of_kind] - q.first[name],
                changed.now[of_kind],
            )
            key = scenario * q.size + changed.quantity[of_kind]
            if name == "load":
                moved = (steps.order[step] == 0) & (now > 0)
                problem, remedy = "the first step of a ladder starts above 0 ({}, {:g})", "change those after it"
                self._refuse(moved, now, key, problem, remedy)
            has_next, has_last = steps.order[step] + 1 < steps.count[steps.ladder[step]], steps.order[step] > 0
            after, before = (self._other(changed, scenario, step + by, name) for by in (has_next, -1 * has_last))
            falls = (has_next & (now > after)) | (has_last & (now < before))
            self._refuse(falls, now, key, f"{what} fall from a step to the next ({{}}, {{:g}})", "keep them in order")

    def _of_rows(self, name: str, changed: Changed) -> Entries:
        """Volumes or values of demand rows."""
        q = self.quantities
        scenario, quantity, now = (column[q.within(name, changed.quantity)] for column in changed)
        if name == "value":
            self._require_below(now, HIGHEST["USD/t"], scenario * q.size + quantity, "a value in USD/t")
        return Entries(scenario, q.demanded[quantity - q.first[name]], now)

    def _limits(self, changed: Changed) -> Entries:
        """Limits of bundles: of links what background leaves of the capacity."""
        q = self.quantities
        found: list[tuple[IntArray, IntArray, FloatArray]] = []
        for name, bundles in q.bundles.items():
            scenario, quantity, now = (column[q.within(name, changed.quantity)] for column in changed)
            item = quantity - q.first[name]
            room = now
            if name == "capacity":
                room = now - self._other(changed, scenario, item, "background")
            elif name == "background":
                room = self._other(changed, scenario, item, "capacity") - now
            if name in ("capacity", "background"):
                room[np.abs(room) <= 1e-12 * now] = 0.0  # what is left of equal decimals
            for bundle in bundles[item].T:
                has = bundle >= 0
                found.append((scenario[has], bundle[has], np.maximum(room[has], 0.0)))
        found.append(self._widths(changed))
        scenario, bundle, limit = (np.concatenate(column) for column in zip(*found, strict=True))
        # Capacity and background that both change, or both ends of a step, come to the same limit: once is enough.
        once = np.unique(scenario * max(q.model.bundles.B, 1) + bundle, return_index=True)[1]
        return Entries(scenario[once], bundle[once], limit[once])

    def _widths(self, changed: Changed) -> tuple[IntArray, IntArray, FloatArray]:
        """Widths of the steps that changed loads bound: scenario, bundle and t/year."""
        q = self.quantities
        of_kind = q.within("load", changed.quantity)
        scenario, load = changed.scenario[of_kind], changed.quantity[of_kind] - q.first["load"]
        scenario, step = np.tile(scenario, 2), np.concatenate([load - (q.model.steps.order[load] > 0), load])
        has = q.width_of[step] >= 0
        scenario, step = scenario[has], step[has]
        start, end = (self._other(changed, scenario, step + by, "load") for by in (0, 1))
        return scenario, q.width_of[step], end - start

    def _other(self, changed: Changed, scenario: IntArray, item: IntArray, name: str) -> FloatArray:
        """Another number of some items in the same scenario: changed there too, or that of the base."""
        q = self.quantities
        target = q.first[name] + item
        key = changed.scenario * q.size + changed.quantity
        place = np.searchsorted(key, scenario * q.size + target).clip(max=len(key) - 1)
        changes_too = key[place] == scenario * q.size + target
        return np.where(changes_too, changed.now[place], q.base[target])

    def _require_known(self, atom: IntArray) -> None:
        """Raise where atoms scale or add to what is not there."""
        if len(atom):
            bad = self.scenarios.atoms.iloc[np.unique(atom)]
            problem = f"{bad.field.iloc[0]} is not there to {bad.operation.iloc[0]}"
            remedy = "use the operation set, or give it one"
            raise InputError(complaint(str(bad.table.iloc[0]), problem, bad.id, remedy))

    def _require_below(self, values: FloatArray, high: float, key: IntArray, what: str = "a number") -> None:
        """Raise where a value is no number, or beyond what any of its unit is; `key` is scenario and quantity."""
        beyond = ~(np.abs(values) <= high)
        self._refuse(beyond, values, key, f"{what} is beyond {high:g} ({{}}, {{:g}})", "keep it below")

    def _refuse(self, bad: Any, values: FloatArray, key: IntArray, what: str, remedy: str) -> None:
        if not np.any(bad):
            return
        scenario, quantity = np.divmod(key[bad], self.quantities.size)
        labels = [self.scenarios.label(self.first + i) for i in np.unique(scenario[quantity == quantity[0]])]
        problem = what.format(self.quantities.named(int(quantity[0])), values[bad][0])
        raise InputError(complaint("scenarios", problem, labels, remedy))
