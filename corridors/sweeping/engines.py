"""Engines solve blocks of compiled scenarios of one model, and answer in numbers that sweeps stack."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from scipy.sparse import csr_array, identity, vstack

from corridors.arrays.codes import Path, Status
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import SolverError
from corridors.model.build import Model
from corridors.model.compile import Compiled, Compiler, apply
from corridors.model.decode import Solution, node_prices, row_costs, row_prices, unmet_of
from corridors.model.prices import charged_costs, distances
from corridors.model.ties import tied
from corridors.model.views import Views
from corridors.scenarios.batch import Scenarios
from corridors.sweeping.optimum import solved

VIEWS = (
    "flow", "class_flow", "transfer_flow", "class_transfer_flow", "member_flow", "class_member_flow", "throughput",
)  # fmt: skip
KEEPABLE = (*VIEWS, "unmet", "row_cost", "row_price", "rent", "price", "tied")
"""What a sweep can keep of each scenario in addition to its loss and cost."""


@dataclass
class Answers:
    """Optima of N scenarios.

    Parameters
    ----------
    status, path : (N,) int
        How each ended (`Status`), and how its optimum was found (`PATHS`).
    objective, bound, worth : (N,) float
        Cost of the circulation, what no flow goes below, and the value of all demand; USD/year.
    lost : (N,) float
        Value of what is not delivered, USD/year.
    unmet_total : (N,) float
        t/year.
    kept : dict
        By variable, (N, ...).
    """

    status: Any
    path: Any
    objective: FloatArray
    bound: FloatArray
    worth: FloatArray
    lost: FloatArray
    unmet_total: FloatArray
    kept: dict[str, Any] = field(default_factory=dict)


def joined(parts: Sequence[Answers]) -> Answers:
    """The answers of several blocks, in order, as one."""
    names = [part.name for part in fields(Answers) if part.name != "kept"]
    kept = {name: np.concatenate([part.kept[name] for part in parts]) for name in parts[0].kept}
    return Answers(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}, kept=kept)


PATHS = tuple(path.name.lower() for path in Path if path <= Path.NONE)
"""How an optimum was found (`Path`), of which a result's ``path`` is a place in this."""


class LpEngine:
    """Each scenario from scratch, by the linear programme: the reference.

    Parameters
    ----------
    model : Model
    compiler : Compiler
    keep : sequence of str
        Some of `KEEPABLE`.
    """

    block_size = 1

    def __init__(self, model: Model, compiler: Compiler, keep: Sequence[str]) -> None:
        self.model, self.compiler, self.keep = model, compiler, tuple(keep)
        self.views = Views(model)
        self.groups = compiler.groups
        self.stop = threading.Event()

    def answer(self, first: int, last: int) -> Answers:
        """Solve scenarios from number `first` to before `last`."""
        compiled = self.compiler.block(first, last)
        return joined([self._one(compiled, i) for i in range(last - first)])

    def _one(self, compiled: Compiled, number: int) -> Answers:
        model = apply(self.model, compiled, number, self.groups)
        try:
            solution = solved(model, "lp")
        except SolverError:
            missing = {name: np.full((1, *self._shape(name)), np.nan) for name in self.keep}
            status, path, none = np.array([Status.LIMIT]), np.array([Path.NONE]), np.full(1, np.nan)
            return Answers(status, path, none, none, none, none, none, missing)
        unmet = unmet_of(model, solution.flow)
        demanded = self.compiler.quantities.demanded
        lost = float(-(model.problem.cost[demanded] * model.units.cost) @ unmet)
        usd = model.units.usd
        return Answers(
            status=np.array([Status.OPTIMAL]),
            path=np.array([Path.LP]),
            objective=np.array([usd(solution.objective)]),
            bound=np.array([usd(solution.bound)]),
            worth=np.array([usd(model.worth)]),
            lost=np.array([lost]),
            unmet_total=np.array([unmet.sum()]),
            kept={name: np.asarray(self._kept(name, solution))[None] for name in self.keep},
        )

    def _kept(self, name: str, solution: Solution) -> Any:
        of: dict[str, Callable[[], Any]] = {
            "unmet": lambda: unmet_of(solution.model, solution.flow),
            "row_cost": lambda: row_costs(solution),
            "rent": lambda: solution.rent[: len(self.model.labels)] * self.model.units.cost,
            "price": lambda: node_prices(solution.model, solution.distance) * self.model.units.cost,
            "row_price": lambda: row_prices(solution.model, solution.distance) * self.model.units.cost,
            "tied": lambda: tied(solution.model, solution.flow, solution.rent),
        }
        return self.views.of(name, solution.flow) if name in VIEWS else of[name]()

    def _shape(self, name: str) -> tuple[int, ...]:
        if name in VIEWS:
            return self.views.shape(name)
        rows, classes = len(self.model.demand), len(self.model.classes)
        sizes = {"rent": (len(self.model.labels),), "price": (len(self.model.network.nodes), classes), "tied": ()}
        return sizes.get(name, (rows,))


class WarmEngine:
    """Each scenario re-optimised from the base: exact, and proven by a bound.

    Parameters
    ----------
    model : Model
    compiler : Compiler
    keep : sequence of str
        Some of `KEEPABLE`.

    Attributes
    ----------
    again : (LastOptima, (N,) int, (L,) float) or None
        Where the scenarios stood before, the number of each there, and where their limits are.
    """

    block_size = 1024

    def __init__(self, model: Model, compiler: Compiler, keep: Sequence[str]) -> None:
        from corridors.solvers import multicommodity as coupled

        self.model, self.compiler, self.keep = model, compiler, tuple(keep)
        self.views = Views(model)
        self.groups = compiler.groups
        self.stop = threading.Event()
        demanded = compiler.quantities.demanded
        self.again: tuple[Any, IntArray, FloatArray] | None = None
        self.base = coupled.base_cache.prepare(model.problem, model.bundles, demand=demanded, groups=self.groups)
        self.memory = coupled.Memory()
        self.order = self.base.layout.row[demanded]  # the solver has demand rows in the order of their arcs
        self.seen = [name for name in self.keep if name in VIEWS]
        self.arcs = [name for name in self.keep if name in ("tied", "price", "row_price")]
        matrices = [self.views.matrix(name) for name in self.seen]
        if self.arcs:  # they need the flow of every arc
            self.block_size = 64
            matrices.append(csr_array(identity(model.problem.E, np.int64, format="csr")))
        self.totals = csr_array(vstack(matrices, format="csr")) if matrices else None

    def answer(self, first: int, last: int) -> Answers:
        """Solve scenarios from number `first` to before `last`."""
        from corridors.solvers import multicommodity as coupled
        from corridors.solvers.multicommodity.changes import CoupledChanges

        compiled = self.compiler.block(first, last)
        changes = CoupledChanges(*compiled)
        wanted = [name for name in ("rent", "row_cost") if name in self.keep]
        if self.arcs:
            wanted = sorted({*wanted, "rent"})
        found = coupled.sweep(
            self.base, changes, keep=wanted, totals=self.totals, threads=1, stop=self.stop, memory=self.memory,
            again=self.again and (self.again[0], self.again[1][first:last], self.again[2]),
        )  # fmt: skip
        volume, value = self._wanted(compiled)
        unmet, units = found.unmet[:, self.order], self.model.units
        lost = (unmet * value).sum(axis=1)
        worth = (volume * value).sum(axis=1)
        kept = self._kept(found, compiled)
        return Answers(
            found.status,
            found.path,
            units.usd(found.objective),
            units.usd(found.bound),
            units.usd(worth),
            units.usd(lost),
            units.tonnes(unmet.sum(axis=1)),
            kept,
        )

    def _wanted(self, compiled: Compiled) -> tuple[FloatArray, FloatArray]:
        """Volume and value of each demand row in each scenario, (N, D) each, in units of the model."""
        demanded, place = self.compiler.quantities.demanded, np.argsort(self.order)
        arrays = []
        for base, changes, sign in (
            (self.model.problem.capacity, compiled.capacity, 1.0),
            (self.model.problem.cost, compiled.cost, -1.0),
        ):
            array = np.tile(sign * base[demanded].astype(float), (compiled.size, 1))
            row = self.base.layout.row[changes.index]
            of_demand = row >= 0
            array[changes.scenario[of_demand], place[row[of_demand]]] = sign * changes.value[of_demand]
            arrays.append(array)
        return arrays[0], arrays[1]

    def _kept(self, found: Any, compiled: Compiled) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        n, units = compiled.size, self.model.units
        at = 0
        for name in self.seen:
            size = int(np.prod(self.views.shape(name)))
            kept[name] = units.tonnes(found.totals[:, at : at + size]).reshape(n, *self.views.shape(name))
            at += size
        if "unmet" in self.keep:
            kept["unmet"] = units.tonnes(found.unmet[:, self.order])
        if "rent" in self.keep:
            kept["rent"] = found.rent[:, : len(self.model.labels)] * units.cost
        if "row_cost" in self.keep:
            kept["row_cost"] = units.usd(found.row_cost[:, self.order])
        for name in self.arcs:
            kept[name] = np.array([self._slow(name, compiled, found, i, at) for i in range(n)])
        return kept

    def _slow(self, name: str, compiled: Compiled, found: Any, number: int, at: int) -> Any:
        """What needs the flow of every arc and the model of the scenario."""
        if found.status[number] != Status.OPTIMAL:
            places = (len(self.model.network.nodes), len(self.model.classes))
            shape = {"tied": (), "price": places, "row_price": (len(self.model.demand),)}[name]
            return np.full(shape, np.nan)
        model, rent = apply(self.model, compiled, number, self.groups), found.rent[number]
        if name == "tied":
            return tied(model, found.totals[number, at:], rent)
        prices = node_prices if name == "price" else row_prices
        return prices(model, distances(model, charged_costs(model, rent))) * model.units.cost


Engine = LpEngine | WarmEngine


def engine_over(engine: Engine, scenarios: Scenarios) -> Engine:
    """The engine for other scenarios of the same atoms: nothing is built or solved again."""
    other = copy.copy(engine)
    other.compiler = engine.compiler.over(scenarios)
    other.stop = threading.Event()
    return other
