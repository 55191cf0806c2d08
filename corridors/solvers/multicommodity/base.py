"""The base of a sweep: its optimum, and what closures start from, all frozen."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from corridors.arrays.problem import Bundles, Problem
from corridors.arrays.typing import FloatArray, IntArray
from corridors.errors import InputError
from corridors.kernels.multicommodity.types import Bytes
from corridors.solvers.multicommodity.graphs import lay_out_shared
from corridors.solvers.multicommodity.kernel_calls import Members, Stopped, group_arcs, make_pool, one_basis
from corridors.solvers.multicommodity.layout import Layout
from corridors.solvers.multicommodity.optimum import Circulation, Found, carried, on_circulation, optimum
from corridors.solvers.multicommodity.singles import Singles, solve_singles
from corridors.solvers.multicommodity.start import Start


@dataclass(frozen=True, eq=False)
class Base:
    """A coupled problem ready to be swept: everything a scenario starts from, frozen.

    Parameters
    ----------
    problem, bundles : Problem, Bundles
        What was prepared.
    layout : Layout
    shift : (E,) int
        What was added to the cost of each arc of the problem (`corridors.solvers.multicommodity.reduced`); mostly zero.
    groups : sparse (G, E)
        Arcs of the circulation in each group that scenarios may close.
    members : Members
        The same in the layout's numbers.
    start : Start
        The base optimum, with the columns met on the way to it.
    carried : (G,) float
        What each group carries in the base optimum, summed over its arcs.
    """

    problem: Problem
    bundles: Bundles
    layout: Layout
    shift: IntArray
    groups: Any
    members: Members
    start: Start
    carried: FloatArray
    _found: Found = field(repr=False)
    _singles: list[Singles] = field(default_factory=list, repr=False)
    _apart: list[Base] = field(default_factory=list, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def objective(self) -> float:
        """Cost of the base's circulation."""
        return self._found.objective

    @property
    def loaded(self) -> npt.NDArray[np.bool_]:
        """Groups that carry flow in the base optimum, (G,)."""
        loaded: npt.NDArray[np.bool_] = self.carried > 0
        return loaded

    def singles(self, stop: Bytes | None = None) -> Singles:
        """The optima without each loaded group, solved when they are first asked for.

        They are a function of the base alone, so no answer depends on when that is. Ends by `Stopped` where `stop` is
        set, and then nothing is kept.
        """
        stop = np.zeros(1, np.uint8) if stop is None else stop
        with self._lock:
            if stop[0]:
                raise Stopped
            if not self._singles:
                self._singles.append(solve_singles(self.layout, self._found, self.members, self.carried, stop))
            return self._singles[0]

    def apart(self) -> Base:
        """The same base with arcs of its own for every class, solved when it is first asked for.

        For scenarios that tell apart classes that are alike in the base.
        """
        if self.layout.begin is None:
            return self
        with self._lock:
            if not self._apart:
                layout = self.layout.apart(self.problem, self.bundles)
                self._apart.append(_prepared(self.problem, self.bundles, layout, self.groups))
            return self._apart[0]

    def over(self, groups: Any) -> Base | None:
        """The same base, solved once, for other groups (as for `prepare`); None where they tell alike classes apart."""
        groups = csr_array(groups)
        if self.layout.begin is None or not group_arcs(self.layout, groups).alike:
            return None
        return _grouped(Circulation(self.problem, self.bundles, self.layout, self.shift), self._found, groups)

    @property
    def has_singles(self) -> bool:
        """Whether they are solved."""
        return bool(self._singles)


def prepare(problem: Problem, bundles: Bundles, *, demand: npt.ArrayLike | None = None, groups: Any = None) -> Base:
    """Solve the base.

    Parameters
    ----------
    problem : Problem
        A circulation: the arcs of every class from its world to its demand rows, and a demand arc back from each with
        the volume as capacity and minus the value as cost.
    bundles : Bundles
        Shared capacities.
    demand : (D,) int, optional
        The demand arcs; by default the arcs that have a capacity and a cost of zero or less.
    groups : sparse (G, E), optional
        Arcs that are closed together, a row a group; by default every arc is its own.

    Returns
    -------
    Base

    Raises
    ------
    InputError
        A problem that is no circulation of classes, or has a negative cycle.
    SolverError
        The base could not be solved.
    KeyboardInterrupt
        Ctrl-C; heard at once.
    """
    if groups is None:
        groups = csr_array((np.ones(problem.E, np.int8), (np.arange(problem.E),) * 2), shape=(problem.E, problem.E))
    groups = csr_array(groups)
    if groups.shape[1] != problem.E:
        raise InputError(f"coupled: groups has {groups.shape[1]} columns; give one an arc of the problem ({problem.E})")
    layout = lay_out_shared(problem, bundles, demand)
    if not group_arcs(layout, groups).alike:
        layout = layout.apart(problem, bundles)
    return _prepared(problem, bundles, layout, groups)


def _prepared(problem: Problem, bundles: Bundles, layout: Layout, groups: Any) -> Base:
    return on_circulation(
        problem, bundles, lambda: layout, lambda circulation, stop: _solved(circulation, groups, stop)
    )


def _solved(circulation: Circulation, groups: Any, stop: Bytes) -> Base:
    return _grouped(circulation, optimum(circulation.layout, stop, swept=True), groups)


def _grouped(circulation: Circulation, found: Found, groups: Any) -> Base:
    layout = circulation.layout
    members = group_arcs(layout, groups)
    G = len(members.start) - 1
    group = np.repeat(np.arange(G), np.diff(members.start))
    load = np.bincount(group, carried(found, layout.coupled)[members.arc], minlength=G).astype(float)
    pool = make_pool(layout.coupled, found.columns)
    start = Start(layout.coupled, pool, found.prices, one_basis(pool, found.basis, G))
    return Base(*circulation, groups, members, start, load, found)
