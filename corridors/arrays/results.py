"""What solvers, sweeps and checks of them give: arrays, each also as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corridors.arrays.codes import Path, Status
from corridors.arrays.frames import frame, html
from corridors.arrays.typing import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd

NO_COST = int(np.iinfo(np.int64).min)
"""The cost of a scenario without an optimum."""


@dataclass(frozen=True, eq=False)
class FlowResult:
    """What a solver found.

    Parameters
    ----------
    status : Status
        OPTIMAL, or why not; the cost means nothing otherwise, and arrays are zero but for the flow of UNBOUNDED.
    cost : int or float
        Cost of the flow: an exact Python int unless bundles made the optimum fractional.
    flow : (E,) int64, or float64 with bundles
        Flow of each arc; of UNBOUNDED one that obeys supply and bounds, to which the cycle can be added for ever.
    potential : (V,) int64, or float64 with bundles
        Reduced cost is ``cost + potential[tail] - potential[head]`` (plus weight times rent with bundles).
    certificate : (K,) int64 or None
        INFEASIBLE: a vertex set whose supply exceeds the capacity that leaves it. UNBOUNDED: arcs of a cycle.
    rent : (B,) float64
        What one more unit of each bundle's limit would save; >= 0. Empty without bundles.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> cd.min_cost_flow(problem).to_frame()
       arc  flow
    0    0     4
    1    1     1
    2    2     4
    """

    status: Status
    cost: int | float
    flow: npt.NDArray[Any]
    potential: npt.NDArray[Any]
    certificate: IntArray | None = None
    rent: FloatArray = field(default_factory=lambda: np.zeros(0))

    def to_frame(self) -> pd.DataFrame:
        """A row an arc: ``arc``, its number, and ``flow``."""
        return frame({"arc": np.arange(len(self.flow)), "flow": self.flow})

    def _repr_html_(self) -> str:
        """Status, cost and counts, for notebooks."""
        rows = {
            "status": _name(Status, self.status),
            "cost": self.cost if self.status == Status.OPTIMAL else "none",
            "arcs": len(self.flow),
            "arcs with flow": np.count_nonzero(self.flow),
            "vertices": len(self.potential),
        }
        return html("FlowResult", rows)


@dataclass(frozen=True, eq=False)
class SweepResult:
    """What a sweep found, a row a scenario.

    Parameters
    ----------
    status : (S,) int8
        A ``Status`` each.
    cost : (S,) int64
        Cost of the flow; the smallest int64 where the status is not OPTIMAL.
    flow : (S, E) int64 or None
        Flow of each arc, when kept; zero where not OPTIMAL.
    potential : (S, V) int64 or None
        Potential of each vertex, when kept; zero where not OPTIMAL.
    totals : (S, K) int64 or None
        The flow weighted by each row of the totals asked for; zero where not OPTIMAL.
    path : (S,) int8
        A ``Path`` each: how the optimum was found; `to_frame` names them.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 9, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> changes = cd.Changes.from_coo(2, capacity=([0, 1], [0, 1], [0, 0]))
    >>> cd.min_cost_flow_sweep(problem, changes, totals=[[1, 1, 0]]).to_frame()
       scenario      status  cost  path  total_0
    0         0     optimal    25  dual        5
    1         1  infeasible  <NA>  dual     <NA>
    """

    status: npt.NDArray[np.int8]
    cost: IntArray
    flow: IntArray | None
    potential: IntArray | None
    totals: IntArray | None
    path: npt.NDArray[np.int8]

    def to_frame(self) -> pd.DataFrame:
        """A row a scenario: ``scenario, status, cost, path`` and ``total_0, total_1, ...`` where totals were asked for.

        Status and path are words; cost and totals are missing where a scenario is not optimal. Flows and potentials
        stay arrays.
        """
        solved = self.status == Status.OPTIMAL
        numbers = {"cost": self.cost}
        if self.totals is not None:
            numbers |= {f"total_{k}": self.totals[:, k] for k in range(self.totals.shape[1])}
        columns: dict[str, Any] = {
            "scenario": np.arange(len(self.status)),
            "status": [_name(Status, code) for code in self.status],
            "cost": None,
            "path": [_name(Path, code) for code in self.path],
        }
        for name, values in numbers.items():
            columns[name] = values.astype(object)
            columns[name][~solved] = None
        return frame(columns, {"status": "str", "path": "str", **dict.fromkeys(numbers, "Int64")})

    def _repr_html_(self) -> str:
        """How many scenarios ended how, the range of their costs, and what was kept, for notebooks."""
        cost = self.cost[self.status == Status.OPTIMAL]
        kept = [name for name in ("flow", "potential", "totals") if getattr(self, name) is not None]
        rows = {
            "scenarios": len(self.status),
            **{_name(Status, code): np.count_nonzero(self.status == code) for code in np.unique(self.status)},
            "cost": f"{cost.min()} to {cost.max()}" if len(cost) else "none",
            "kept": ", ".join(kept) or "status and cost",
        }
        return html("SweepResult", rows)


@dataclass(frozen=True)
class Proof:
    """What a check has shown.

    Parameters
    ----------
    status : Status
        OPTIMAL, INFEASIBLE or UNBOUNDED as claimed, and now proven; LIMIT claims nothing.
    cost : int or None
        OPTIMAL: the cost of the flow.
    bound : int or None
        OPTIMAL: the dual cost, equal to `cost`: no flow is cheaper.
    excess : int or None
        INFEASIBLE: by how much the supply of the vertex set exceeds what can leave it.
    cycle_cost : int or None
        UNBOUNDED: the cost, below zero, of a unit sent around the cycle, which the flow can take for ever.

    Examples
    --------
    >>> import corridors as cd
    >>> problem = cd.Problem(tail=[0, 0, 1], head=[1, 2, 2], capacity=[4, 2, 5], cost=[2, 5, 1], supply=[5, 0, -5])
    >>> cd.check(problem, cd.min_cost_flow(problem)).to_frame()
        status cost bound excess cycle_cost
    0  optimal   17    17   None       None
    """

    status: Status
    cost: int | None = None
    bound: int | None = None
    excess: int | None = None
    cycle_cost: int | None = None

    def to_frame(self) -> pd.DataFrame:
        """A row: ``status``, and ``cost, bound, excess, cycle_cost`` as Python integers of any size, or None."""
        numbers = {name: [getattr(self, name)] for name in ("cost", "bound", "excess", "cycle_cost")}
        return frame({"status": [_name(Status, self.status)], **numbers}, dict.fromkeys(numbers, "object"))

    def _repr_html_(self) -> str:
        """What was proven, for notebooks."""
        shown = {name: getattr(self, name) for name in ("cost", "bound", "excess", "cycle_cost")}
        known = {name.replace("_", " "): value for name, value in shown.items() if value is not None}
        return html("Proof", {"status": _name(Status, self.status), **known})


@dataclass(frozen=True)
class SweepProof:
    """How many scenarios of a sweep are proven to be what they claim; those at a limit claim nothing.

    Examples
    --------
    >>> import corridors as cd
    >>> cd.SweepProof(optimal=3, infeasible=1, unbounded=0, limit=0).to_frame()
           status  scenarios
    0     optimal          3
    1  infeasible          1
    2   unbounded          0
    3       limit          0
    """

    optimal: int
    infeasible: int
    unbounded: int
    limit: int

    def to_frame(self) -> pd.DataFrame:
        """A row a status: ``status`` and how many ``scenarios`` have it."""
        counts = self._counts()
        return frame({"status": list(counts), "scenarios": list(counts.values())})

    def _repr_html_(self) -> str:
        """How many scenarios have which status, for notebooks."""
        return html("SweepProof", self._counts())

    def _counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("optimal", "infeasible", "unbounded", "limit")}


def _name(codes: type[Status] | type[Path], code: Any) -> str:
    """A code as a word; what is no code of these as it is."""
    try:
        return codes(code).name.lower()
    except ValueError:
        return str(code)
