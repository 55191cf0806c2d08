"""User equilibrium: flows of which no tonne has a cheaper route, where costs rise with the load by smooth curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.frames import html
from corridors.arrays.typing import IntArray
from corridors.edits.congestion import TOP, Curve, curves_of
from corridors.errors import InputError, SolverError, whole
from corridors.methods.gradient_projection import ROUNDS, Loads, Pair, Path
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.network import Network, checked_demand
from corridors.solvers.paths import path_to, shortest_paths
from corridors.sweeping.progress import counted


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """Flows of a user equilibrium, and how far they are from one.

    Parameters
    ----------
    links : DataFrame
        A row a curve: ``link_id, transfer_id, direction``, ``load`` (t/year) and ``delay`` (what each tonne pays for
        it, USD/t).
    demand : DataFrame
        A row a demand row: ``demand_id``, ``delivered`` (t/year), ``cost`` (USD/t on the cheapest route; no more than
        the value where anything is delivered).
    objective : float
        Of Beckmann, McGuire & Winsten: what all routes cost without delays, and the integrals of the delays, USD/year;
        what is not delivered costs its value.
    relative_gap : float
        What all pay above what they would on the cheapest routes of now, as a share of what they pay.
    iterations : int
        Searches for cheaper routes.

    See Also
    --------
    corridors.equilibrium : What gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["short", "long"], "from_node_id": "a", "to_node_id": "b", "mode": "road",
    ...                       "tariff": [10.0, 11.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    >>> curves = pd.DataFrame({"link_id": ["short"], "capacity": 100.0, "cost": 1.0, "alpha": 1.0, "beta": 1.0})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
    ...                        "volume": [150.0], "value": [220.0]})
    >>> found = cd.equilibrium(network, demand, curves)
    >>> found.links.round(3)
      link_id transfer_id direction   load  delay
    0   short                        100.0    1.0
    >>> found.demand.round(3)
      demand_id  delivered  cost
    0         g      150.0  11.0
    """

    links: pd.DataFrame
    demand: pd.DataFrame
    objective: float
    relative_gap: float
    iterations: int

    def to_frame(self) -> pd.DataFrame:
        """The loads, as a table with ``attrs["units"]``."""
        table = self.links.copy()
        table.attrs["units"] = {"load": "t/year", "delay": "USD/t"}
        return table

    def _repr_html_(self) -> str:
        figures = {"objective": f"{self.objective:,.10g} USD/year", "relative gap": f"{self.relative_gap:.2g}"}
        return html("Equilibrium", figures, self.links)


@dataclass(frozen=True)
class _Delay:
    """The delay of a curve; beyond the share of the capacity that is its top, its tangent there."""

    curve: Curve
    capacity: float
    scale: float
    top: float

    def at(self, load: float) -> float:
        near, beyond = self._parts(load)
        return self.scale * (self.curve.delay(near) + beyond * self.curve.slope(near))

    def slope(self, load: float) -> float:
        return self.scale / self.capacity * self.curve.slope(self._parts(load)[0])

    def integral(self, load: float) -> float:
        """Of the delay up to a load."""
        near, beyond = self._parts(load)
        line = beyond * self.curve.delay(near) + beyond**2 / 2 * self.curve.slope(near)
        return self.scale * self.capacity * float(self.curve.integral(near) + line)

    def _parts(self, load: float) -> tuple[float, float]:
        """The load as shares of the capacity: up to the top, and beyond."""
        share = load / self.capacity
        near = min(share, self.top)
        return near, share - near


def equilibrium(
    network: Network,
    demand: Any,
    curves: Any,
    *,
    gap: float = 1e-6,
    iterations: int = 1000,
    progress: bool = True,
) -> Equilibrium:
    """Flows of which no tonne has a cheaper route (Wardrop's first principle), to a relative gap.

    Capacities do not bound them: curves stand for what is scarce. `with_congestion` finds the same by cost steps, with
    capacities and with all that `corridors.sweep` offers, to the width of a step.

    Parameters
    ----------
    network : Network
        Without cost steps.
    demand : DataFrame
        As for `corridors.solve`; a tonne whose cheapest route costs more than its value stays.
    curves : DataFrame
        As for `with_congestion`.
    gap : float
        The relative gap to come to, above 0.
    iterations : int
        Searches for cheaper routes, at the most.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Equilibrium

    Raises
    ------
    InputError
        Curves that do not fit; a network with cost steps; a gap that is not above 0.
    SolverError
        The gap was not reached in so many iterations.

    See Also
    --------
    with_congestion

    Notes
    -----
    Gradient projection on paths (Jayakrishnan, Tsai, Prashker & Rajadhyaksha 1994), one pair after another, with
    shortest paths from each origin in each iteration. A queue's delay beyond 98 % of its capacity follows its tangent.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["short", "long"], "from_node_id": "a", "to_node_id": "b", "mode": "road",
    ...                       "tariff": [10.0, 11.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    >>> curves = pd.DataFrame({"link_id": ["short"], "capacity": 100.0, "cost": 1.0, "alpha": 1.0, "beta": 1.0})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
    ...                        "volume": [150.0], "value": [220.0]})
    >>> found = cd.equilibrium(network, demand, curves)
    >>> round(found.links["load"].iloc[0], 3), round(found.objective, 3)
    (np.float64(100.0), 1600.0)
    """
    arguments.networks(network=network)
    arguments.numbers(0, gap=gap)
    if gap == 0:
        raise InputError("gap: is 0, to which no number of iterations may come; give a share above it, such as 1e-6")
    most = whole("equilibrium: iterations", iterations, 1)
    if len(network.cost_steps):
        raise InputError(
            "equilibrium: network has cost steps; give one without, such as load_network(preferences=False)"
        )
    table = curves_of(network, curves)
    rows = checked_demand(network, demand)
    search = _Search(build(network, rows), network, table, rows)
    with counted("equilibrium", most, "iterations", progress) as done:
        for number in range(1, most + 1):
            reached = search.improve()
            if reached <= gap:
                return search.result(reached, number)
            done(1)
    raise SolverError(
        f"equilibrium: the relative gap is {reached:.2g} after {most} iterations, not {gap:g}; give more iterations"
    )


class _Search:
    """Paths of every demand row, and the loads of curves on them."""

    def __init__(self, model: Model, network: Network, table: pd.DataFrame, rows: pd.DataFrame) -> None:
        arcs, self.model, self.table, self.rows = model.arcs, model, table, rows
        self.curve = _curve_of_arcs(model, network, table)
        self.fixed = np.where(arcs.kind == Kind.DEMAND, 0.0, model.parts.cost()[model.part_of])
        is_open = (model.problem.capacity > 0) & (arcs.kind != Kind.DEMAND)
        self.open = np.flatnonzero(is_open & np.isfinite(self.fixed))  # what is closed has no capacity
        if (self.fixed[self.open] < 0).any():
            raise InputError("equilibrium: costs are below 0, where shortest paths need 0 or more; raise zone prices")
        self.value = rows.value.to_numpy(float)
        self.pairs = [Pair(float(v), [(float(w), ())]) for v, w in zip(rows.volume, self.value, strict=True)]
        top = {"bpr": np.inf, "queue": TOP["queue"]}  # of a queue the delay has no end at its capacity
        delays = [
            _Delay(Curve(row.curve, row.alpha, row.beta), row.capacity, row.cost, top[row.curve])
            for row in table.itertuples(index=False)
        ]
        self.loads = Loads(delays, self.pairs)
        self.delays = delays
        self.cheapest = np.full(len(rows), np.inf)

    def improve(self) -> float:
        """Shift flows among the paths known, then find the cheapest and add them; the relative gap before these."""
        for _ in range(ROUNDS):
            for pair in self.pairs:
                self.loads.shift(pair)
        found = self._cheapest()
        paid = sum(
            flow * self.loads.cost(path)
            for pair in self.pairs
            for path, flow in zip(pair.paths, pair.flow, strict=True)
        )
        least = float(self.rows.volume.to_numpy(float) @ np.minimum(self.cheapest, self.value))
        for pair, path, least_cost, value in zip(self.pairs, found, self.cheapest, self.value, strict=True):
            if path is not None:
                pair.offer(path)
            if least_cost > value:
                pair.offer((float(value), ()))
        return (paid - least) / paid if paid > 0.0 else 0.0

    def _cheapest(self) -> list[Path | None]:
        """The cheapest path of each demand row at the loads of now."""
        arcs = self.model.arcs
        cost = self.fixed + np.where(self.curve >= 0, np.append(self.loads.delay, 0.0)[self.curve], 0.0)
        tail, head = self.model.problem.tail[self.open], self.model.problem.head[self.open]
        worlds, owner = arcs.world, arcs.vertex_owner[arcs.row_vertex]
        distance, last = shortest_paths(tail, head, cost[self.open], len(arcs.vertex_owner), worlds)
        found: list[Path | None] = []
        for row, (vertex, of) in enumerate(zip(arcs.row_vertex, owner, strict=True)):
            self.cheapest[row] = distance[of, vertex]
            if not np.isfinite(distance[of, vertex]):
                found.append(None)
                continue
            path = self.open[path_to(last[of], tail, int(vertex))]
            met = self.curve[path]
            found.append((float(self.fixed[path].sum()), tuple(met[met >= 0].tolist())))
        return found

    def result(self, gap: float, iterations: int) -> Equilibrium:
        """What was found."""
        load = np.array(self.loads.load)
        links = self.table[["link_id", "transfer_id", "direction"]].assign(load=load, delay=self.loads.delay)
        stays = [
            sum(flow for path, flow in zip(pair.paths, pair.flow, strict=True) if path == (float(value), ()))
            for pair, value in zip(self.pairs, self.value, strict=True)
        ]
        demand = pd.DataFrame({
            "demand_id": self.rows.demand_id.to_numpy(),
            "delivered": self.rows.volume.to_numpy(float) - stays,
            "cost": self.cheapest,
        })  # fmt: skip
        fixed = sum(f * p[0] for pair in self.pairs for p, f in zip(pair.paths, pair.flow, strict=True))
        integrals = sum(delay.integral(x) for delay, x in zip(self.delays, load.tolist(), strict=True))
        return Equilibrium(links.reset_index(drop=True), demand, float(fixed + integrals), gap, iterations)


def _curve_of_arcs(model: Model, network: Network, table: pd.DataFrame) -> IntArray:
    """The curve of each arc, (E,); -1 for none."""
    arcs = model.arcs
    found = np.full(len(arcs.kind), -1)
    for kind, column, ids in (
        (Kind.LINK, "link_id", network.links.link_id),
        (Kind.TRANSFER, "transfer_id", network.transfers.transfer_id),
    ):
        place = pd.Series(np.arange(len(ids)), index=ids.to_numpy())
        for number, (name, direction) in enumerate(zip(table[column], table.direction, strict=True)):
            if name == "":
                continue
            meets = (arcs.kind == kind) & (arcs.item == place[name])
            if direction:
                meets &= arcs.direction == (direction == "rev")
            found[meets] = number
    return found
