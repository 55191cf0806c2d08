"""How the loss of an optimum changes with a parameter: tonnes that pay a cost, what a limit or a tonne wanted is worth.

Least loss is a linear programme. In a parameter of its costs it is concave and piecewise linear, and the optimal flow
gives a tangent; in a parameter of its limits and of the volumes wanted it is convex, and the rents and the prices of
rows do (Murty 1983, chapter 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError, complaint, listed
from corridors.model.build import Model
from corridors.model.compile import Compiler, compiler_of
from corridors.model.quantities import PARTS
from corridors.model.units import Units, units_in
from corridors.model.views import Views
from corridors.network import Network
from corridors.scenarios.atoms import Parameter, atoms_of, listed_values

_VIEWS = ("class_flow", "transfer_flow", "member_flow")
_LIMITS = ("capacity", "background", "transfers", "nodes", "zones", "fleets")


@dataclass(frozen=True, eq=False)
class Term:
    """Entries of a variable, and the number of the model that each is multiplied by in the loss.

    Parameters
    ----------
    entry : (K,) int
        Places in the variable, flat.
    number, base, worth : (K,) float
        The number (a cost, a volume or a limit) as it is; the part of it that changes; and what a unit of that part
        counts.
    operation : (K,) str
    kind : str
        ``cost`` and ``volume``, which the model rounds to the nearest of its units, or ``limit``, rounded down.
    """

    entry: IntArray
    number: FloatArray
    base: FloatArray
    worth: FloatArray
    operation: Any
    kind: str

    @property
    def sign(self) -> float:
        """Whether more of the number adds to the loss (1) or takes from it (-1)."""
        return -1.0 if self.kind == "limit" else 1.0

    def slope(self, values: FloatArray) -> FloatArray:
        """What the loss gains with each unit of the parameter, (S,)."""
        by = np.where(self.operation == "scale", self.base, 1.0)
        total: FloatArray = values[:, self.entry] @ (self.sign * self.worth * by)
        return total

    def rounding(self, values: FloatArray, at: FloatArray, units: Units) -> FloatArray:
        """What rounding adds to the loss at values of the parameter, (S,)."""
        p = at[:, None]
        now = np.select([self.operation == "scale", self.operation == "add"], [self.base * p, self.base + p], p)
        exact = self.number + self.worth * (now - self.base)
        # Rounded as in the unchanged model, so that the loss there is that of a solve.
        line = exact + np.where(self.operation == "set", 0.0, self._whole(self.number, units) - self.number)
        total: FloatArray = self.sign * ((self._whole(exact, units) - line) * values[:, self.entry]).sum(axis=1)
        return total

    def _whole(self, number: FloatArray, units: Units) -> FloatArray:
        if self.kind == "cost":
            return units.costs(number) * units.cost
        return units.tonnes(units.nearest(number) if self.kind == "volume" else units.floored(number))


@dataclass(frozen=True, eq=False)
class Slope:
    """What a parameter multiplies in the loss.

    Parameters
    ----------
    on_cost : bool
        Whether it is of costs (the loss is concave in it) rather than of limits and volumes (convex).
    terms : dict
        By variable of a result.
    step : float
        Whole multiples of this are hardly rounded; 0 where there is no such number.
    bundles : list of str
        The bundles of ``rent``.
    """

    on_cost: bool
    terms: dict[str, Term]
    step: float
    bundles: list[str]

    @property
    def keep(self) -> tuple[str, ...]:
        """What a sweep must keep."""
        return tuple(self.terms)

    def tangents(self, result: xr.Dataset, at: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Loss (USD/year), slope (for each unit) and doubt (USD/year) of each scenario, at values of the parameter.

        The model rounds each cost and limit that the parameter changes, at each of its values again. The flow, or the
        rents, of such an optimum are a line of the problem without that rounding as well, and this line is given.
        """
        units = units_in(result)
        loss, slope = result.loss.to_numpy().copy(), np.zeros(len(at))
        for name, term in self.terms.items():
            values = result[name].sel(bundle=self.bundles) if name == "rent" else result[name]
            flat = values.to_numpy().reshape(len(at), -1)
            loss -= term.rounding(flat, at, units)
            slope += term.slope(flat)
        size = np.abs(result.objective.to_numpy())
        doubt = np.maximum(0.01 * units.dollar, 1e-14 * size)
        return loss, slope, doubt + result.gap.to_numpy() * size


def slope_of(network: Network, demand: Any, parameter: Parameter, low: float) -> Slope:
    """What a parameter multiplies in the loss of a network and its demand, from its lowest value `low` on.

    Raises
    ------
    InputError
        A parameter of statuses, of costs together with limits or volumes, or that changes a number twice; a capacity
        that falls below its background.
    """
    atoms = atoms_of(parameter)
    if (atoms.field == "status").any():
        raise InputError("parameter: status can't be followed; give a cost, a value, a volume or a capacity")
    if (atoms.table == "cost_steps").any():
        raise InputError("parameter: cost steps can't be followed; give a cost, a value, a volume or a capacity")
    compiler = compiler_of(network, demand, listed_values([""], atoms, np.full((1, len(atoms)), float(low))))
    model, rows = compiler.model, compiler.model.demand
    q, target = compiler.quantities, compiler.target
    twice = pd.Series(target).duplicated().to_numpy()
    owner = np.repeat(np.arange(len(atoms)), np.diff(compiler.start))
    if twice.any():
        ids = atoms.id.iloc[np.unique(owner[twice])]
        raise InputError(complaint("parameter", "changes a number twice", ids, "name each once"))
    bounds = np.isin(atoms.field.to_numpy()[owner], ["capacity", "background", "limit", "volume"])
    if bounds.any() and not bounds.all():
        raise InputError("parameter: changes costs and limits together; give one of them at a time")
    operation = compiler.operation[owner]
    scaled = bool((operation == "scale").any())
    if bounds.any():
        _check_room(atoms, network, low)
        term, bundles = _limit_term(model, compiler, operation)
        terms = {"rent": term, "row_price": _volume_term(compiler, operation)}
        used = {name: term for name, term in terms.items() if len(term.entry)}
        step = model.units.quantity_step(float(rows.volume.sum()))
        return Slope(False, used or {"rent": term}, 0.0 if scaled else step, bundles)
    hours = np.isin(q.part(target), [2, 3]).any()
    step = model.units.cost_step(float(rows.value.max()))
    return Slope(True, _cost_terms(model, compiler, operation), 0.0 if scaled or hours else step, [])


def _limit_term(model: Model, compiler: Compiler, operation: Any) -> tuple[Term, list[str]]:
    q, target, network = compiler.quantities, compiler.target, model.network
    other = {"capacity": -network.links.background.to_numpy(), "background": network.links.capacity.to_numpy()}
    columns: list[list[Any]] = [[], [], [], [], []]
    for name in _LIMITS:
        changed = q.within(name, target)
        item = target[changed] - q.first[name]
        base = np.nan_to_num(q.base[target[changed]])
        worth = np.full(len(item), -1.0 if name == "background" else 1.0)
        number = worth * base + (other[name][item] if name in other else 0.0)
        for side in range(q.bundles[name].shape[1]):
            bundle = q.bundles[name][item, side]
            limited = bundle >= 0
            for column, values in zip(columns, (bundle, number, base, worth, operation[changed]), strict=True):
                column.append(values[limited])
    bundle, number, base, worth, operations = (np.concatenate(column) for column in columns)
    term = Term(np.arange(len(bundle)), number, base, worth, operations, "limit")
    return term, model.labels.bundle.iloc[bundle].tolist()


def _volume_term(compiler: Compiler, operation: Any) -> Term:
    q, target = compiler.quantities, compiler.target
    changed = q.within("volume", target)
    volume = q.base[target[changed]]
    return Term(target[changed] - q.first["volume"], volume, volume, np.ones(len(volume)), operation[changed], "volume")


def _cost_terms(model: Model, compiler: Compiler, operation: Any) -> dict[str, Term]:
    """Terms of flows as a sweep can keep them, and of unmet demand."""
    q, target, views = compiler.quantities, compiler.target, Views(model)
    costs = q.part(target) < len(PARTS)
    arc = target[costs] % max(q.arcs, 1)
    worth = model.parts.marginal(q.part(target)[costs], model.part_of[arc])
    base, how = np.nan_to_num(q.base[target[costs]]), operation[costs]
    terms: dict[str, Term] = {}
    for name in _VIEWS:
        matrix = views.matrix(name).tocoo()
        entry_of = np.full(q.arcs, -1)
        entry_of[matrix.col] = matrix.row
        kept = entry_of[arc] >= 0
        entry, first, count = np.unique(entry_of[arc[kept]], return_index=True, return_counts=True)
        if not len(entry):
            continue
        if (count < np.bincount(matrix.row, minlength=entry.max() + 1)[entry]).any():
            goods = listed(views.commodities)
            raise InputError(
                f"parameter: transfers and zone members have costs by commodity ({goods}), not origin; leave it out"
            )
        chosen = np.flatnonzero(kept)[first]
        terms[name] = Term(entry, q.cost[arc[chosen]], base[chosen], worth[chosen], how[chosen], "cost")
    values = q.within("value", target)
    if values.any():
        value = q.base[target[values]]
        ones = np.ones(len(value))
        terms["unmet"] = Term(target[values] - q.first["value"], value, value, ones, operation[values], "cost")
    return terms


def _check_room(atoms: pd.DataFrame, network: Network, low: float) -> None:
    """Refuse capacities below their background: they count as zero, so that the loss would not be convex."""
    capacities = atoms[(atoms.table == "links") & (atoms.field == "capacity")]
    links = network.links.set_index("link_id").reindex(capacities.id)
    least = np.select(
        [capacities.operation.to_numpy() == "scale", capacities.operation.to_numpy() == "add"],
        [low * links.capacity, links.capacity + low],
        low,
    )
    below = least < links.background.to_numpy()
    if below.any():
        remedy = "begin above it: a capacity below its background counts as zero"
        raise InputError(complaint("links", f"capacity at {low:g} is below the background", links.index[below], remedy))
