"""Changes of a circulation's arcs as changes of a coupled problem's arcs, demand rows and bundles."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.sparse import Sparse
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed
from corridors.kernels.multicommodity.scenario import Cases
from corridors.solvers.multicommodity.base import Base
from corridors.solvers.multicommodity.changes import CoupledChanges
from corridors.solvers.multicommodity.kernel_calls import Entries, cases_of
from corridors.solvers.multicommodity.layout import Layout
from corridors.solvers.multicommodity.reduced import reduced_cases


class Scenarios(NamedTuple):
    """Scenarios in the coupled problem's numbers, and which of them it can't hold, (S,).

    These change arcs for some of the classes that share them, or not for all alike.
    """

    cases: Cases
    apart: npt.NDArray[np.bool_]


def compile_changes(base: Base, changes: CoupledChanges) -> Cases:
    """The scenarios in the numbers of a coupled problem that can hold all of them."""
    return scenarios_of(base, changes).cases


def scenarios_of(base: Base, changes: CoupledChanges) -> Scenarios:
    """The scenarios in the coupled problem's numbers.

    Raises
    ------
    InputError
        An arc, bundle or group that is not there; a capacity for an arc that has none in the base.
    """
    layout, S = base.layout, changes.S
    _within("closed", "group", changes.closed, base.groups.shape[0])
    _within("capacity", "arc", changes.capacity, base.problem.E)
    _within("cost", "arc", changes.cost, base.problem.E)
    _within("limit", "bundle", changes.limit, layout.given)

    capacity = _entries(changes.capacity)
    volume = _moved(capacity, layout.row)
    limited = _moved(capacity, layout.own_bundle)
    other = (layout.row[capacity[1]] < 0) & (layout.own_bundle[capacity[1]] < 0) & (layout.arc[capacity[1]] >= 0)
    bad = other & (capacity[2] != 0) & (capacity[2] != UNCAPACITATED)
    if bad.any():
        raise InputError(
            f"changes: capacity is given for {bad.sum()} arcs that have none in the base "
            f"(arcs {listed(np.unique(capacity[1][bad]))}); give 0, UNCAPACITATED, or a limit of a bundle"
        )
    apart = np.zeros(S, bool)
    shut = (capacity[0][other], layout.arc[capacity[1][other]], (capacity[2][other] == 0).astype(np.int64))
    shut = _once(layout, shut, layout.coupled.shut, apart)
    limit = [np.concatenate(pair) for pair in zip(_entries(changes.limit), limited, strict=True)]
    most = enough(base, volume)
    cost = _entries(changes.cost)
    value = _moved(cost, layout.row)
    cases = cases_of(
        base.members,
        S,
        close=_entries(changes.closed),
        shut=shut,
        cost=_once(layout, _moved(cost, layout.arc), layout.coupled.cost, apart),
        limit=(limit[0], limit[1], np.minimum(limit[2].astype(float), most)),
        volume=volume,
        value=(value[0], value[1], -value[2]),
    )
    return Scenarios(reduced_cases(cases, layout, base.shift) if base.shift.any() else cases, apart)


def _once(layout: Layout, entries: Entries, base: Any, apart: npt.NDArray[np.bool_]) -> Entries:
    """The changes of shared arcs once instead of for every class; scenarios where they differ are marked in `apart`.

    `base`: what arcs have, as those of classes for which nothing is said.
    """
    scenario, arc, value = entries
    if layout.begin is None or not len(arc):
        return entries
    order = np.lexsort((arc, scenario))
    scenario, arc, value = scenario[order], arc[order], value[order]
    first = np.flatnonzero((np.diff(scenario, prepend=-1) != 0) | (np.diff(arc, prepend=-1) != 0))
    said, least, most = (
        f(a, first)
        for f, a in (
            (np.add.reduceat, np.ones(len(arc), np.int64)),
            (np.minimum.reduceat, value),
            (np.maximum.reduceat, value),
        )
    )
    scenario, arc = scenario[first], arc[first]
    apart[scenario[(least != most) | ((said != layout.sharers[arc]) & (least != base[arc]))]] = True
    return scenario, arc, least


def enough(base: Base, volume: Entries) -> float:
    """A limit that nothing reaches: all volume of the base and of the largest scenario, through the heaviest arc."""
    coupled = base.layout.coupled
    most = np.bincount(volume[0], volume[2]).max(initial=0.0) if len(volume[0]) else 0.0
    return (
        2.0 * float(coupled.arc_weight.max(initial=1.0)) * len(coupled.tail) * (float(coupled.volume.sum()) + most + 1)
    )


def _within(name: str, what: str, changes: Sparse, size: int) -> None:
    bad = np.unique(changes.index[(changes.index < 0) | (changes.index >= size)])
    if len(bad):
        raise InputError(
            f"changes: {name} names {len(bad)} {what}s that are not there ({listed(bad)}); give 0 to {size - 1}"
        )


def _entries(changes: Sparse) -> Entries:
    return changes.scenario, changes.index, changes.value


def _moved(entries: Entries, number: IntArray) -> Entries:
    """The entries that have a number, by that number."""
    kept = number[entries[1]] >= 0
    return entries[0][kept], number[entries[1][kept]], entries[2][kept]
