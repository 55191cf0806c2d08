"""Google OR-Tools' cost-scaling solver (Goldberg 1997), kept as a reference."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from corridors.arrays.codes import Status
from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.results import FlowResult
from corridors.arrays.typing import IntArray
from corridors.errors import RangeError, SolverError
from corridors.solvers.standard import (
    Standard,
    no_optimum,
    optimal,
    refuse_bundles,
    standard,
    unbounded_cycle,
    without_costs,
)


def solve(problem: Problem, bundles: Bundles | None = None) -> FlowResult:
    """The cheapest flow, by OR-Tools.

    A problem that is infeasible and has a cycle that pays for ever is INFEASIBLE.

    Raises
    ------
    InputError
        Bundles, which it does not know.
    RangeError
        Flows or costs that could leave 64-bit integers, or the smaller range that its scaled costs need.
    """
    refuse_bundles("ortools", bundles)
    small = standard(problem)
    cycle = unbounded_cycle(problem)
    if cycle is not None:
        found = solve(without_costs(problem))
        return replace(found, status=Status.UNBOUNDED, certificate=cycle) if found.status == Status.OPTIMAL else found

    kind = _loaded("min_cost_flow").SimpleMinCostFlow
    solver = kind()
    solver.add_arcs_with_capacity_and_unit_cost(_int32(small.tail), _int32(small.head), small.capacity, small.cost)
    vertices = np.arange(problem.V, dtype=np.int32)
    solver.set_nodes_supplies(vertices, small.supply)
    status = solver.solve() if len(small.arcs) else _without_arcs(small, kind)
    if status == kind.OPTIMAL:
        flow = small.start.copy()
        flow[small.arcs] += solver.flows(np.arange(len(small.arcs), dtype=np.int32))
        return optimal(problem, flow)
    if status == kind.INFEASIBLE:
        cut = violated_cut(small)
        if cut is not None:
            return no_optimum(problem, Status.INFEASIBLE, cut)
    if status in (kind.BAD_COST_RANGE, kind.BAD_CAPACITY_RANGE):
        raise RangeError(f'problem: too large for "ortools" ({status.name}); use larger units, or solver="networkx"')
    raise SolverError(f'"ortools" ended with {status.name} and no certificate; use another solver')


def violated_cut(small: Standard) -> IntArray | None:
    """Vertices whose supply exceeds what can leave them, or None: the least cut of a maximum flow."""
    V = len(small.supply)
    senders, receivers = np.flatnonzero(small.supply > 0), np.flatnonzero(small.supply < 0)
    source, sink = V, V + 1
    kind = _loaded("max_flow").SimpleMaxFlow
    solver = kind()
    solver.add_arcs_with_capacity(
        _int32(np.concatenate((small.tail, np.full(len(senders), source), receivers))),
        _int32(np.concatenate((small.head, senders, np.full(len(receivers), sink)))),
        np.concatenate((np.minimum(small.capacity, small.sent + 1), small.supply[senders], -small.supply[receivers])),
    )
    if small.sent == 0:
        return None
    status = solver.solve(source, sink)
    if status != kind.OPTIMAL:
        raise SolverError(f'"ortools" ended its maximum flow with {status.name}; use another solver')
    if solver.optimal_flow() == small.sent:
        return None
    side = np.array(solver.get_source_side_min_cut(), np.int64)
    return np.sort(side[side < V])


def _loaded(module: str) -> Any:
    """A module of OR-Tools, when a problem first needs it: not every process can load it."""
    try:
        return import_module(f"ortools.graph.python.{module}")
    except ImportError as error:  # after highspy, say: both bring a HiGHS (google/or-tools, issue 5246)
        raise SolverError(
            f'"ortools" can\'t be loaded in this process ({error}); use another solver, or a process without highspy'
        ) from error


def _without_arcs(small: Standard, kind: Any) -> Any:
    return kind.INFEASIBLE if small.sent else kind.OPTIMAL


def _int32(index: IntArray) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return index.astype(np.int32)
