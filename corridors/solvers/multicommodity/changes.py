"""The sparse what-ifs of a coupled problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.problem import whole
from corridors.arrays.sparse import Sparse, side_by_side
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed

Coo = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


@dataclass(frozen=True, eq=False)
class CoupledChanges:
    """S scenarios of a circulation with bundles, each from the base; values are absolute.

    Parameters
    ----------
    S : int
        How many scenarios.
    closed : Sparse
        Groups that are closed; the values are one.
    capacity, cost : Sparse
        Of arcs of the circulation, its demand arcs too: their capacity is the volume, their cost minus the value.
        Other arcs are closed by a capacity of 0 and opened by ``UNCAPACITATED``; they take another capacity only if
        they have one in the base.
    limit : Sparse
        Of bundles.
    """

    S: int
    closed: Sparse
    capacity: Sparse
    cost: Sparse
    limit: Sparse

    def only(self, scenarios: IntArray) -> CoupledChanges:
        """Some of the scenarios, in the order given."""
        parts = (_rows(part, scenarios) for part in (self.closed, self.capacity, self.cost, self.limit))
        return CoupledChanges(len(scenarios), *parts)

    @staticmethod
    def from_coo(
        S: int,
        *,
        closed: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        capacity: Coo | None = None,
        cost: Coo | None = None,
        limit: Coo | None = None,
    ) -> CoupledChanges:
        """Scenarios from triples.

        Parameters
        ----------
        S : int
            How many scenarios.
        closed : (scenario, group), optional
        capacity, cost : (scenario, arc, value), optional
        limit : (scenario, bundle, value), optional

        Raises
        ------
        InputError
            A scenario that does not exist, an index named twice in a scenario, a capacity or limit below zero.

        Examples
        --------
        >>> changes = CoupledChanges.from_coo(2, closed=([0, 1, 1], [4, 4, 7]), limit=([1], [0], [500]))
        >>> changes.closed.start
        array([0, 1, 3])
        """
        shut = None if closed is None else (closed[0], closed[1], np.ones(len(np.asarray(closed[0])), np.int64))
        return CoupledChanges(
            S,
            _sparse("closed", S, shut),
            _sparse("capacity", S, capacity, least=0),
            _sparse("cost", S, cost),
            _sparse("limit", S, limit, least=0),
        )


def _rows(part: Sparse, scenarios: IntArray) -> Sparse:
    first, size = part.start[scenarios], np.diff(part.start)[scenarios]
    at = side_by_side(first, size)
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return Sparse(start, part.index[at], part.value[at])


def _sparse(name: str, S: int, triples: Any, least: int | None = None) -> Sparse:
    if triples is None:
        none = np.zeros(0, np.int64)
        return Sparse(np.zeros(S + 1, np.int64), none, none)
    scenario, index, value = (
        whole(f"changes: {name} {part}", a, unbounded=part == "value", index=part != "value")
        for part, a in zip(("scenario", "index", "value"), triples, strict=True)
    )
    if not len(scenario) == len(index) == len(value):
        raise InputError(f"changes: {name} has arrays of different lengths; give one of each a change")
    bad = scenario[(scenario < 0) | (scenario >= S)]
    if len(bad):
        raise InputError(f"changes: {name} names scenarios that are not there ({listed(bad)}); give 0 to {S - 1}")
    if least is not None and (value < least).any():
        bad = scenario[value < least]
        raise InputError(f"changes: {name} is below {least} in {len(bad)} changes (scenarios {listed(bad)})")
    order = np.lexsort((index, scenario))
    scenario, index, value = scenario[order], index[order], value[order]
    twice = np.flatnonzero((np.diff(scenario) == 0) & (np.diff(index) == 0))
    if len(twice):
        raise InputError(
            f"changes: {name} is given twice in scenarios {listed(np.unique(scenario[twice]))}; give one value each"
        )
    return Sparse(np.searchsorted(scenario, np.arange(S + 1)).astype(np.int64), index, value)
