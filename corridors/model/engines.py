"""Engines solve blocks of compiled scenarios of one model, and answer in numbers that sweeps stack."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from corridors.errors import SolverError
from corridors.kernels.types import FloatArray, Status
from corridors.model.build import CENT, Model
from corridors.model.compile import Compiled, Compiler, apply
from corridors.model.decode import Solution, node_prices, proven, row_costs, unmet_of
from corridors.model.ties import tied
from corridors.model.views import Views
from corridors.solvers import lp

VIEWS = ("flow", "transfer_flow", "member_flow", "throughput")
KEEPABLE = (*VIEWS, "unmet", "row_cost", "rent", "price", "tied")
"""What a sweep can keep of each scenario beside its loss and cost."""


@dataclass
class Answers:
    """Optima of N scenarios.

    Parameters
    ----------
    status, path : (N,) int
        How each ended (`Status`), and by which way (`PATHS`).
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


PATHS = ("lp",)
"""The ways to an optimum; a result's ``path`` is a place in this."""


class LpEngine:
    """Each scenario afresh, by the linear programme: the reference.

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
        rows = [self._one(compiled, i) for i in range(last - first)]
        status, path, objective, bound, worth, lost, unmet = (np.array([row[k] for row in rows]) for k in range(7))
        kept = {name: np.array([row[7][name] for row in rows]) for name in self.keep}
        return Answers(status, path, objective, bound, worth, lost, unmet, kept)

    def _one(self, compiled: Compiled, number: int) -> tuple[Any, ...]:
        model = apply(self.model, compiled, number, self.groups)
        try:
            solution = proven(model, lp.solve(model.problem, model.bundles))
        except SolverError:
            missing = {name: np.full(self._shape(name), np.nan) for name in self.keep}
            return (Status.LIMIT, 0, *[np.nan] * 5, missing)
        unmet = unmet_of(model, solution.flow)
        demanded = self.compiler.quantities.demanded
        lost = float(-(model.problem.cost[demanded] * CENT) @ unmet)
        money = (solution.objective * CENT, solution.bound * CENT, model.worth * CENT)
        return (Status.OPTIMAL, 0, *money, lost, unmet.sum(), {name: self._kept(name, solution) for name in self.keep})

    def _kept(self, name: str, solution: Solution) -> Any:
        of: dict[str, Callable[[], Any]] = {
            "unmet": lambda: unmet_of(solution.model, solution.flow),
            "row_cost": lambda: row_costs(solution),
            "rent": lambda: solution.rent * CENT,
            "price": lambda: node_prices(solution.model, solution.distance) * CENT,
            "tied": lambda: tied(solution.model, solution.flow, solution.rent),
        }
        return self.views.of(name, solution.flow) if name in VIEWS else of[name]()

    def _shape(self, name: str) -> tuple[int, ...]:
        if name in VIEWS:
            return self.views.shape(name)
        rows, classes = len(self.model.demand), len(self.model.classes)
        sizes = {"rent": (self.model.bundles.B,), "price": (len(self.model.network.nodes), classes), "tied": ()}
        return sizes.get(name, (rows,))
