"""Break-even: the range of a cost or capacity in which the preferred corridor stays the same, and where it flips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.edits.selection import selected
from corridors.errors import InputError
from corridors.methods.digits import Digits, places
from corridors.methods.loss_slopes import Slope, slope_of
from corridors.methods.piecewise_linear import Search, Tangent
from corridors.methods.route_groups import KEPT, By, RouteTonnes, between, leading_parts, namer, tonnes_by_route
from corridors.methods.solved import require_solved
from corridors.model.units import units_in
from corridors.network import Network, case_names, checked_demand
from corridors.scenarios.atoms import Parameter, atoms_of
from corridors.scenarios.batch import ATOM, Scenarios, check_atoms
from corridors.scenarios.sources import Listed
from corridors.sweeping.progress import one_bar
from corridors.sweeping.solve import Sweeps

CHUNK = 256
"""Values in one sweep: their flows are in memory at once."""


def break_even(
    network: Network,
    demand: Any,
    parameter: Parameter,
    low: float,
    high: float,
    *,
    routes_by: By = "corridor",
    select: Mapping[str, str | None] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """The pieces of the least loss over a parameter's range, and which route is preferred in each.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it is solved for, whatever `select` says.
    parameter : tuple or DataFrame
        What changes, as `corridors.named_parameter` makes it or as `corridors.grid` takes it: costs, values, volumes or
        limits.
    low, high : float
        Its range.
    routes_by : str or mapping
        What routes are named by: ``corridor`` (the one that covers most kilometres of a route), ``country`` (those
        entered after the first), ``link``, ``through:eaeu,TR`` (which of these blocs or countries are entered), or
        links by the name of a gate.
    select : mapping, optional
        Whose routes: keyword arguments of `corridors.select_demand`, as ``{"commodity": "grain", "origin": "KZ"}``; by
        default those of all demand.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        One row per piece: ``low, high`` (of the parameter), ``loss_low, loss_high`` (USD/year), ``slope`` (USD/year for
        each unit of the parameter: the tonnes that pay a toll, minus the rent of a capacity, the marginal cost of a
        volume), ``preferred`` (the route of most tonnes), ``share`` (its share of the tonnes moved, in the
        middle of the piece), ``routes`` (the largest with their shares), ``flips`` (whether another route was preferred
        in the piece before). The share of every route is in ``attrs["shares"]`` (and ``shares_low, shares_high`` at
        both ends), and in ``attrs["solved"]`` how many values were solved.

    Raises
    ------
    InputError
        A range without length; a parameter of statuses, or that makes a number fall below zero; a selection of no rows.
    SolverError
        A value could not be solved, or there are too many pieces.

    Notes
    -----
    Where two tangents cross, either the loss reaches the crossing, which is then a break, or it does not, and there is
    another piece in between (Eisner & Severance 1976, section 3; for capacities and volumes with signs reversed). So
    breaks are exact, not values of a grid. For costs the flow is constant within a piece; for limits and volumes the
    rents and prices are, and the flow changes linearly; a piece within which another route becomes the largest is split
    in two. A solve at a value in between rounds the costs that change, each to a unit of the model (1e-4 USD/t or
    less), so that its loss may differ from the piece by that, times the tonnes that pay them.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "middle"], "from_node_id": "xian", "to_node_id": "duisburg",
    ...                       "mode": "ship", "corridors": ["north", "middle"], "tariff": [60.0, 85.0],
    ...                       "capacity": [None, 3e6]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "duisburg"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["duisburg"], "volume": [4e6], "value": [300.0]})
    >>> toll = ("links", "north", "tariff", "add")
    >>> cd.break_even(network, demand, toll, 0, 300)[["low", "high", "slope", "preferred", "share", "flips"]]
         low   high      slope preferred  share  flips
    0    0.0   25.0  4000000.0     north   1.00  False
    1   25.0  240.0  1000000.0    middle   0.75   True
    2  240.0  300.0        0.0    middle   1.00  False
    """
    rows = checked_demand(network, demand)
    chosen = selected(network, rows, select)
    namer(network, routes_by)
    lines = Lines(network, rows, parameter, low, high, [None], progress)
    table = lines.table(chosen, routes_by)
    table.attrs["on_cost"] = lines.slope.on_cost
    table.attrs.update(case_names(network, rows))
    return table.drop(columns="line")


class Lines:
    """The pieces along lines of one parameter, searched together: the tries of a round are one sweep.

    Parameters
    ----------
    network : Network
    rows : DataFrame
        Checked demand.
    parameter, low, high
        As for `break_even`.
    others : sequence of DataFrame or None
        What else is changed along each line, before the parameter: atoms with ``value``.
    progress : bool
    keep : sequence of str
        What sweeps keep in addition to what tangents need.
    take : callable, optional
        Called with the values of each sweep of tries and what it gave.
    fine : callable, optional
        As for `corridors.methods.piecewise_linear.Search`, USD/year.
    """

    def __init__(
        self,
        network: Network,
        rows: pd.DataFrame,
        parameter: Parameter,
        low: float,
        high: float,
        others: Sequence[pd.DataFrame | None],
        progress: bool,
        *,
        keep: Sequence[str] = (),
        take: Callable[[Sequence[float], xr.Dataset], Any] = lambda *_: None,
        fine: Callable[[float, float], float] = lambda *_: 0.0,
    ) -> None:
        arguments.numbers(low=low, high=high)
        low, high = float(low), float(high)
        if not (np.isfinite([low, high]).all() and low < high):
            raise InputError(f"break_even: {low:g} to {high:g} is no range; give a low end below the high one")
        self.network, self.rows, self.others, self.progress = network, rows, others, progress
        self.atoms = atoms_of(parameter)
        self._set_aside(others)
        self.slope: Slope = slope_of(network, rows, parameter, low)
        self.keep, self._take = (*self.slope.keep, *keep), take
        sign = 1.0 if self.slope.on_cost else -1.0
        self.searches = [Search(float(low), float(high), self.slope.step, sign, fine) for _ in others]
        self.solved, self.smallest = 0, 0.0
        self._sweeps = cache(lambda keep: Sweeps(network, rows, keep=keep, progress=progress))
        with one_bar("break-even"):
            while tries := [(i, value) for i, search in enumerate(self.searches) for value in search.wanted()]:
                for start in range(0, len(tries), CHUNK):
                    part = tries[start : start + CHUNK]
                    for (i, _), tangent in zip(part, self._tangents(part), strict=True):
                        self.searches[i].learn(tangent)

    def _set_aside(self, others: Sequence[pd.DataFrame | None]) -> None:
        """What else the lines change: all its atoms, and for each line which of them, and their values."""
        given = [pd.DataFrame(columns=[*ATOM, "value"]) if other is None else other for other in others]
        parts = [check_atoms(other) for other in given]
        together = pd.concat(parts, ignore_index=True)
        self.before = together.drop_duplicates(ignore_index=True)
        number = pd.Series(self.before.index, index=pd.MultiIndex.from_frame(self.before))
        of = number[pd.MultiIndex.from_frame(together)].to_numpy(np.int64)
        self.atom_of = np.split(of, np.cumsum([len(part) for part in parts])[:-1])
        self.value_of = [other.value.to_numpy(float) for other in given]

    def _tangents(self, tries: Sequence[tuple[int, float]]) -> list[Tangent]:
        result, values = self.sweep(tries, self.keep), [at for _, at in tries]
        self._take(values, result)
        columns = self.slope.tangents(result, np.array(values))
        return [Tangent(at, *map(float, numbers)) for at, *numbers in zip(values, *columns, strict=True)]

    def sweep(self, tries: Sequence[tuple[int, float]], keep: Sequence[str]) -> Any:
        """Solve values on lines."""
        names = [f"{value!r}" if len(self.others) == 1 else f"{value!r} on line {line}" for line, value in tries]
        own = len(self.before) + np.arange(len(self.atoms))
        atom = [np.concatenate([self.atom_of[line], own]) for line, _ in tries]
        level = [np.concatenate([self.value_of[line], np.full(len(own), value)]) for line, value in tries]
        start = np.cumsum([0, *map(len, atom)])
        values = np.concatenate(level)
        source = Listed(start, np.concatenate(atom), values, names, np.ones(len(tries)))
        scenarios = Scenarios.of(pd.concat([self.before, self.atoms], ignore_index=True), source)
        result = self._sweeps(tuple(keep))(scenarios)
        require_solved("break_even", result.loss)
        self.solved += len(tries)
        return result

    def table(self, rows: pd.DataFrame, routes_by: By) -> pd.DataFrame:
        """The pieces of all lines, with the routes of some demand rows."""
        found = [(line, *piece) for line, search in enumerate(self.searches) for piece in search.pieces()]
        if self.slope.on_cost:
            middle = self._tonnes([(line, (low + high) / 2) for line, low, high, _ in found], rows, routes_by)
            ends = list(zip(middle, middle, strict=True))
        else:
            at_low = self._tonnes([(line, low) for line, low, _, _ in found], rows, routes_by)
            at_high = self._tonnes([(line, high) for line, _, high, _ in found], rows, routes_by)
            ends = list(zip(at_low, at_high, strict=True))
        pieces = [
            Piece(line, low + (high - low) * start, low + (high - low) * end, tangent, first, last, self.smallest)
            for (line, low, high, tangent), (at_low, at_high) in zip(found, ends, strict=True)
            for start, end, first, last in leading_parts(at_low, at_high, self.smallest)
        ]
        return _table(pieces, self.solved, self.slope.on_cost, Digits.of(self.rows))

    def _tonnes(self, tries: Sequence[tuple[int, float]], rows: pd.DataFrame, routes_by: By) -> list[RouteTonnes]:
        """Tonnes by route at values on lines, of some demand rows."""
        found: list[RouteTonnes] = []
        for start in range(0, len(tries), CHUNK):
            result = self.sweep(tries[start : start + CHUNK], KEPT)
            found += tonnes_by_route(self.network, result, rows, routes_by)
            self.smallest = max(self.smallest, units_in(result).tonne / 2)
        return found


@dataclass(frozen=True)
class Piece:
    """A piece of a line: start, end, tangent, and tonnes by route at both ends; in between these change linearly."""

    line: int
    low: float
    high: float
    tangent: Tangent
    at_low: RouteTonnes
    at_high: RouteTonnes
    smallest: float

    def shares(self, where: float) -> RouteTonnes:
        """Share of each route between the low end (0) and the high end (1), the largest first."""
        tonnes = between(self.at_low, self.at_high, where, self.smallest)
        total = sum(tonnes.values())
        return {route: amount / total for route, amount in tonnes.items()} if total else {}


def _table(pieces: list[Piece], solved: int, on_cost: bool, digits: Digits) -> pd.DataFrame:
    losses = [piece.tangent.on(end) for piece in pieces for end in (piece.low, piece.high)]
    money, ends = places(2, losses, 1e7), places(9, [end for p in pieces for end in (p.low, p.high)], 1e-3)
    slope = max(4, digits.tonnes) if on_cost else digits.cost
    middle = [piece.shares(0.5) for piece in pieces]
    table = pd.DataFrame(
        {
            "line": [piece.line for piece in pieces],
            "low": [round(piece.low, ends) for piece in pieces],
            "high": [round(piece.high, ends) for piece in pieces],
            "loss_low": [round(piece.tangent.on(piece.low), money) for piece in pieces],
            "loss_high": [round(piece.tangent.on(piece.high), money) for piece in pieces],
            "slope": [round(piece.tangent.slope, slope) + 0.0 for piece in pieces],
            "preferred": [next(iter(shares), "nothing") for shares in middle],
            "share": [round(next(iter(shares.values()), 0.0), 9) for shares in middle],
            "routes": ["; ".join(f"{r} {100 * s:.0f} %" for r, s in list(shares.items())[:4]) for shares in middle],
        }
    )
    before = table.groupby("line").preferred.shift()
    table["flips"] = before.notna() & (before != table.preferred)
    names = dict.fromkeys(route for shares in middle for route in shares)
    for name, where in (("shares", 0.5), ("shares_low", 0.0), ("shares_high", 1.0)):
        shares_of = [piece.shares(where) for piece in pieces]
        table.attrs[name] = {route: [round(shares.get(route, 0.0), 9) for shares in shares_of] for route in names}
    table.attrs["solved"] = solved
    return table
