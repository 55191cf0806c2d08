"""How the loss of an optimum changes with a parameter: tonnes that pay a cost, or what a limit is worth.

Least loss is a linear programme. In a parameter of its costs it is concave and piecewise linear, and the optimal flow
gives a tangent; in a parameter of its limits it is convex, and the rents do (Murty 1983, chapter 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.errors import InputError, complaint, listed
from corridors.kernels.types import FloatArray
from corridors.model.build import CENT, Model, build
from corridors.model.compile import Compiler, limits_wanted
from corridors.model.views import Views
from corridors.network import Network
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import Parameter, atoms_of

_VIEWS = ("class_flow", "transfer_flow", "member_flow")
_LIMITS = ("capacity", "background", "transfers", "nodes", "zones")


@dataclass(frozen=True, eq=False)
class Slope:
    """What a parameter multiplies in the loss.

    Parameters
    ----------
    on_cost : bool
        Whether it is of costs (the loss is concave in it) rather than of limits (convex).
    weights : dict
        By variable of a result, flat: loss changes by their sum of products with each unit of the parameter.
    step : float
        Values of the parameter between whole multiples of this are rounded by the model; 0 where each number of the
        model is rounded for itself.
    bundles : list of str
        The bundles of ``rent``.
    """

    on_cost: bool
    weights: dict[str, FloatArray]
    step: float
    bundles: list[str]

    @property
    def keep(self) -> tuple[str, ...]:
        """What a sweep must keep."""
        return tuple(self.weights)

    def of(self, result: xr.Dataset) -> FloatArray:
        """The slope of each scenario of a sweep, (S,), USD/year for each unit of the parameter."""
        total = np.zeros(result.sizes["scenario"])
        for name, weight in self.weights.items():
            total += self._values(result, name) @ weight
        return total

    def doubt(self, result: xr.Dataset) -> FloatArray:
        """How far rounding and proofs leave the loss unsure, (S,), USD/year."""
        proven = result.gap.to_numpy() * np.abs(result.objective.to_numpy())
        total: FloatArray = 0.01 + proven
        if not self.step:
            unit = CENT if self.on_cost else 1.0
            for name, weight in self.weights.items():
                total = total + unit * np.abs(self._values(result, name)[:, weight != 0]).sum(axis=1)
        return total

    def _values(self, result: xr.Dataset, name: str) -> FloatArray:
        values = result[name].sel(bundle=self.bundles) if name == "rent" else result[name]
        flat: FloatArray = values.to_numpy().reshape(result.sizes["scenario"], -1)
        return flat


def slope_of(network: Network, demand: Any, parameter: Parameter, low: float) -> Slope:
    """What a parameter multiplies in the loss of a network and its demand, from its lowest value `low` on.

    Raises
    ------
    InputError
        A parameter of volumes or statuses, of costs and limits together, or that changes a number twice; a capacity
        that falls below its background.
    """
    given = atoms_of(parameter)
    atoms = Scenarios([""], given.assign(scenario=0, value=low)).atoms
    for field in ("volume", "status"):
        if (atoms.field == field).any():
            raise InputError(f"parameter: {field} can't be followed; give a cost, a value or a capacity")
    trial = Scenarios([""], atoms.assign(scenario=0, value=low))
    model = build(network, demand, limits_wanted(trial))
    compiler = Compiler(model, trial)
    q, target = compiler.quantities, compiler.target
    twice = pd.Series(target).duplicated().to_numpy()
    owner = np.repeat(np.arange(len(atoms)), np.diff(compiler.start))
    if twice.any() or len(atoms) < len(given):
        ids = given.id[given.duplicated()] if len(atoms) < len(given) else atoms.id.iloc[np.unique(owner[twice])]
        raise InputError(complaint("parameter", "changes a number twice", ids, "name each once"))
    operation = compiler.operation[owner]
    by = np.where(operation == "scale", np.nan_to_num(q.base[target]), 1.0)
    part = q.part(target)
    limits = np.isin(atoms.field.to_numpy()[owner], ["capacity", "background", "limit"])
    if limits.any() and not limits.all():
        raise InputError("parameter: changes costs and limits together; give one of them at a time")
    if limits.any():
        _check_room(atoms, network, low)
        return _of_limits(model, compiler, by)
    gradient = np.zeros(q.arcs)
    costs = part < 4
    arc = target[costs] % max(q.arcs, 1)
    worth = np.where(part[costs] < 2, 1.0, model.parts.worth[arc])
    gradient[arc] = by[costs] * worth
    weights = _seen(model, gradient)
    values = q.within("value", target)
    if values.any():
        weights["unmet"] = np.zeros(len(model.demand))
        weights["unmet"][target[values] - q.first["value"]] = by[values]
    exact = (operation != "scale").all() and (part[costs] < 2).all()
    return Slope(True, weights, CENT if exact else 0.0, [])


def _of_limits(model: Model, compiler: Compiler, by: FloatArray) -> Slope:
    q, target = compiler.quantities, compiler.target
    weight = np.zeros(model.bundles.B)
    for name in _LIMITS:
        mine = q.within(name, target)
        bundles = q.bundles[name][target[mine] - q.first[name]]
        for way in range(bundles.shape[1]):
            bundle = bundles[:, way]
            there = bundle >= 0
            np.add.at(weight, bundle[there], np.where(name == "background", 1.0, -1.0) * by[mine][there])
    used = np.flatnonzero(weight)
    exact = bool((compiler.operation != "scale").all())
    return Slope(False, {"rent": weight[used]}, 1.0 if exact else 0.0, model.labels.bundle.iloc[used].tolist())


def _check_room(atoms: pd.DataFrame, network: Network, low: float) -> None:
    """A capacity below its background counts as none, so that the loss would not be convex."""
    mine = atoms[(atoms.table == "links") & (atoms.field == "capacity")]
    links = network.links.set_index("link_id").reindex(mine.id)
    least = np.select(
        [mine.operation.to_numpy() == "scale", mine.operation.to_numpy() == "add"],
        [low * links.capacity, links.capacity + low],
        low,
    )
    below = least < links.background.to_numpy()
    if below.any():
        remedy = "begin where it is above: what is below counts as no room at all"
        raise InputError(complaint("links", f"capacity at {low:g} is below the background", links.index[below], remedy))


def _seen(model: Model, gradient: FloatArray) -> dict[str, FloatArray]:
    """Weights of what a sweep can keep that do as well as weights of arcs."""
    views, weights = Views(model), {}
    for name in _VIEWS:
        matrix = views.matrix(name)
        seen = matrix.T @ np.ones(matrix.shape[0])
        if not gradient[seen > 0].any():
            continue
        mean = (matrix @ gradient) / np.maximum(matrix @ np.ones(matrix.shape[1]), 1.0)
        if np.abs(matrix.T @ mean - gradient * seen).max() > 1e-9:
            goods = listed(views.commodities)
            raise InputError(
                f"parameter: transfers and zone members are told by commodity only ({goods}); leave the origin out"
            )
        weights[name] = mean
    return weights
