"""Hedging: what it costs to send less through a bloc, from free choice down to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.edits.selection import selected
from corridors.errors import InputError
from corridors.methods.digits import Digits, places
from corridors.methods.solved import require_solved
from corridors.model.units import Units, units_in
from corridors.network import Network, case_names, checked_demand, class_names
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.crossings import crossings, members
from corridors.scenarios.labels import apart
from corridors.sweeping.progress import one_bar
from corridors.sweeping.solve import sweep_all

GROUPS = ("all", "commodity")
MOST = 400
"""Tolls tried at the most, for each frontier; where more are needed, `error` says what is left."""


def hedging_frontier(
    network: Network,
    demand: Any,
    *,
    bloc: str | Iterable[str],
    select: Mapping[str, str | None] | None = None,
    of: str = "all",
    values: Sequence[float] = (1.0, 0.5, 2.0),
    accuracy: float = 0.001,
    progress: bool = True,
) -> pd.DataFrame:
    """The least loss against what goes through a bloc, and what a tonne moved off it costs.

    A toll on entries into the bloc is raised until nothing enters. The optima found are the corners of the
    convex hull of (through, loss); the toll at which one is replaced by the next is the **cost of autonomy**.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it is moved; only the rows of `select` pay the toll.
    bloc : str or iterable of str
        A bloc by its name, a country, or several countries.
    select : mapping, optional
        Whose dependence is reduced: ``commodity`` and ``origin`` as for `corridors.select_demand`, as
        ``{"commodity": "crude_oil", "origin": "KZ"}``; by default that of all demand. A toll is the same for all
        destinations.
    of : str
        ``all``: one frontier for the rows of `select` together; ``commodity``: one for each of their commodities, whose
        goods alone pay the toll.
    values : sequence of float
        Factors of what undelivered tonnes of these rows cost: with goods that are worth less, autonomy by leaving them
        behind is cheaper.
    accuracy : float
        Between corners no further one is looked for once it can't be lower than the line between them by more than
        this part of what full autonomy costs; 0 finds every corner.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        For each group and factor, from free choice to nothing through the bloc: ``group`` (the commodity, or ``all``),
        ``value_factor, through`` (t/year that enter;
        tonnes that enter twice count twice, and what starts inside does not enter), ``entering_share`` (these by all
        tonnes of the rows wanted; NaN where none are), ``loss`` (USD/year, without the toll),
        ``extra_loss`` over free choice, ``unmet`` (t/year of these rows), ``cost_of_autonomy`` (USD per tonne moved off
        the bloc between this corner and the next; NaN at the last), ``error`` (USD/year by which the least loss may
        be lower than the line from this corner to the next, 0 where that is proven; NaN at the last).

    Raises
    ------
    InputError
        An unknown bloc or `of`, or a selection of no demand rows.
    SolverError
        A toll could not be solved.

    Notes
    -----
    The corners are found as in Aneja & Nair 1979, "Bicriteria transportation problem": between two known corners, the
    toll at which they tie is tried. The loss with tolls is concave in the toll, so a toll that finds nothing better
    proves the edge. The optimum at any toll also bounds the loss from below, by the line whose slope is the toll: where
    two such lines meet is how far a corner between them may be below the line that joins two known ones (the sandwich
    algorithm, Rote 1992, "The convergence rate of the sandwich algorithm for approximating convex functions").

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["field", "samara", "baku", "sea"], "country": ["KZ", "RU", "AZ", "TR"]})
    >>> links = pd.DataFrame({"link_id": ["in", "out", "ferry", "btc"], "mode": "ship",
    ...                       "from_node_id": ["field", "samara", "field", "baku"],
    ...                       "to_node_id": ["samara", "sea", "baku", "sea"],
    ...                       "tariff": [10.0, 10, 25, 20], "capacity": [None, None, 3e6, None]})
    >>> demand = pd.DataFrame({"demand_id": ["o"], "commodity": ["oil"], "origin": ["field"], "destination": ["sea"],
    ...                        "volume": [10e6], "value": [500.0]})
    >>> table = cd.hedging_frontier(cd.Network(nodes, links), demand, bloc="RU", values=[1])
    >>> table[["entering_share", "cost_of_autonomy"]]
       entering_share  cost_of_autonomy
    0             1.0              25.0
    1             0.7             480.0
    2             0.0               NaN
    """
    rows = checked_demand(network, demand)
    hedged = selected(network, rows, select, by=("commodity", "origin"))
    entered = crossings(network, members(network, bloc))
    entered = entered[entered.crossing == "in"]
    factors = [arguments.number_of(v) for v in (values if np.iterable(values) else [values])]
    if not factors or not all(0 < factor < np.inf for factor in factors):
        raise InputError("hedging_frontier: values are not all above 0; give factors such as 1, 0.5 and 2")
    if not 0 <= arguments.number_of(accuracy) < 1:
        raise InputError(f"hedging_frontier: accuracy is {accuracy}; give a part of the cost of autonomy, 0 to below 1")
    arguments.texts(of=of)
    if of not in GROUPS:
        raise InputError(f"hedging_frontier: of={of!r} is unknown; give one of {', '.join(GROUPS)}")
    parts = [_Goods(name, part) for name, part in _parts(hedged, of)]
    trial = _Trial(network, rows, entered, progress)
    step = Units().cost_step(float(hedged.value.max()))
    searches = [
        _Search(goods, factor, goods.forbidding(network, factor), accuracy, step=step)
        for goods in parts
        for factor in dict.fromkeys(factors)
    ]
    with one_bar("hedging"):
        while wanted := [(search, toll) for search in searches for toll in search.wanted()]:
            corners, units = trial.solve(wanted)
            for (search, toll), corner in zip(wanted, corners, strict=True):
                search.units = units
                search.learn(toll, corner)
    table = pd.concat([_table(search) for search in searches], ignore_index=True)
    table.attrs.update(case_names(network, rows))
    return table


def _parts(hedged: pd.DataFrame, of: str) -> list[tuple[str, pd.DataFrame]]:
    """The demand rows of each frontier, those of most tonnes first."""
    if of == "all":
        return [("all", hedged)]
    order = hedged.groupby("commodity").volume.sum().sort_values(ascending=False, kind="stable").index
    return [(str(name), hedged[hedged.commodity == name]) for name in order]


@dataclass(frozen=True, eq=False)
class _Goods:
    """Demand rows that pay a toll together, and what they are called."""

    name: str
    rows: pd.DataFrame

    @cached_property
    def classes(self) -> pd.DataFrame:
        """Their flow classes."""
        return self.rows[["commodity", "origin"]].drop_duplicates()

    def forbidding(self, network: Network, factor: float) -> float:
        """A toll that no tonne pays: more than the largest penalty of a tonne."""
        least = min(float(network.zones.price.min()), 0.0) if len(network.zones) else 0.0
        most = factor * float(self.rows.value.max()) - 2 * least
        return 2 * most if 0 < most < 1 else float(np.ceil(most + 1.0))


@dataclass(frozen=True, order=True)
class Corner:
    """The optimum with one toll: t/year through the bloc, the loss without the toll in USD/year, t/year unmet."""

    through: float
    loss: float
    unmet: float

    def at(self, toll: float) -> float:
        """The loss with a toll."""
        return self.loss + toll * self.through


@dataclass
class _Search:
    """The corners of one frontier as far as they are known."""

    goods: _Goods
    factor: float
    forbidding: float
    accuracy: float = 0.0
    corners: list[Corner] = field(default_factory=list)
    tried: dict[float, Corner] = field(default_factory=dict)
    units: Units = field(default_factory=Units)
    step: float = Units().cost

    def wanted(self) -> list[float]:
        """The tolls to try next: first none and one that nothing pays, then those at which neighbours tie."""
        if not self.tried:
            return [0.0, self.forbidding]
        enough = self.accuracy * (self.corners[-1].loss - self.corners[0].loss)
        ties = [tie(*edge, self.step) for edge in pairwise(self.corners) if self.error(*edge) > enough]
        return [toll for toll in dict.fromkeys(ties) if toll not in self.tried][: MOST - len(self.tried)]

    def error(self, one: Corner, other: Corner) -> float:
        """By how much the loss may be below the line between two neighbours, the one with more through the bloc first.

        Each toll tried gives a line that the loss is nowhere below; those of the next lower and the next higher toll
        meet where they leave most room.
        """
        if tie(one, other, self.step) in self.tried:
            return 0.0
        slope = _slope(other, one)
        low, high = max(toll for toll in self.tried if toll < slope), min(toll for toll in self.tried if toll > slope)
        through = (self.tried[high].at(high) - self.tried[low].at(low)) / (high - low)
        bound = self.tried[low].at(low) - low * through
        return max(0.0, one.loss + slope * (one.through - through) - bound)

    def learn(self, toll: float, corner: Corner) -> None:
        """Note the optimum with a toll; it stays a corner unless two others together do as well."""
        self.tried[toll] = corner
        known = any(abs(corner.through - c.through) < self.units.tonne for c in self.corners)
        below = min((c.at(toll) for c in self.corners), default=np.inf)
        better = corner.at(toll) < below - 1e-9 * max(abs(below), self.units.dollar)
        if toll in (0.0, self.forbidding) or (better and not known):
            self.corners = hull([*self.corners, corner], self.units)


def tie(one: Corner, other: Corner, step: float) -> float:
    """The toll at which two corners cost the same, USD/t, the one with more through the bloc first.

    It is a whole multiple of `step`, the unit of costs in the model, so that the model does not round it.
    """
    return round((other.loss - one.loss) / (one.through - other.through) / step) * step


def hull(corners: list[Corner], units: Units) -> list[Corner]:
    """The lower convex hull, most through the bloc first; corners without a gain over their neighbours go."""
    kept: list[Corner] = []
    for corner in sorted(corners):
        if kept and corner.through - kept[-1].through < units.tonne:
            continue
        # Fewer tonnes through the bloc at no greater loss dominate this corner.
        if kept and corner.loss >= kept[-1].loss - units.money:
            continue
        while len(kept) > 1 and _slope(kept[-2], kept[-1]) <= _slope(kept[-1], corner):
            kept.pop()
        kept.append(corner)
    return kept[::-1]


def _slope(less: Corner, more: Corner) -> float:
    return (less.loss - more.loss) / (more.through - less.through)


class _Trial:
    """Sweeps tolls on entries."""

    def __init__(self, network: Network, rows: pd.DataFrame, entered: pd.DataFrame, progress: bool) -> None:
        self.network, self.rows, self.entered, self.progress = network, rows, entered, progress

    def solve(self, trials: Sequence[tuple[_Search, float]]) -> tuple[list[Corner], Units]:
        """The corner that the toll on the goods of each search leads to, and the units in which it was found."""
        digits = places(4, pd.concat([search.goods.rows.value for search, _ in trials]), 1e2)
        names = apart([f"{s.goods.name}, values x {s.factor:g}, toll {toll:.{digits}f}" for s, toll in trials])
        result = sweep_all(
            self.network,
            self.rows,
            Scenarios(names, self._changes(trials)),
            keep=("class_flow", "unmet"),
            progress=self.progress,
        )
        require_solved("hedging_frontier", result.loss)
        pairs = {side: self.entered.link_id[self.entered.direction == side].tolist() for side in ("fwd", "rev")}
        flow = result.class_flow
        through = sum(flow.sel(link=links, direction=side).sum("link") for side, links in pairs.items())
        corners = []
        for number, (search, toll) in enumerate(trials):
            one = {"scenario": number}
            entering = float(through.isel(one).sel({"class": class_names(search.goods.classes).tolist()}).sum())
            unmet = float(result.unmet.isel(one).sel(demand=search.goods.rows.demand_id.tolist()).sum())
            corners.append(Corner(entering, float(result.loss[number]) - toll * entering, unmet))
        return corners, units_in(result)

    def _changes(self, trials: Sequence[tuple[_Search, float]]) -> pd.DataFrame:
        parts = []
        for number, (search, toll) in enumerate(trials):
            tolled = self.entered.merge(search.goods.classes, how="cross")
            fees = tolled.assign(table="links", id=tolled.link_id, field="border_fee", operation="add", value=toll)
            worth = pd.DataFrame(
                {"id": search.goods.rows.demand_id, "table": "demand", "field": "value", "operation": "scale"}
            )
            parts.append(
                pd.concat([fees.drop(columns=["link_id", "crossing"]), worth.assign(value=search.factor)]).assign(
                    scenario=number
                )
            )
        together = pd.concat(parts, ignore_index=True)
        return together.fillna({"commodity": "", "origin": "", "direction": ""})


def _table(search: _Search) -> pd.DataFrame:
    hedged, corners = search.goods.rows, search.corners
    digits = Digits.of(hedged)
    loss = places(2, [c.loss for c in corners], 1e7)
    wanted = float(hedged.volume.sum())
    slopes = [_slope(less, more) for more, less in pairwise(corners)]
    table = pd.DataFrame(
        {
            "group": search.goods.name,
            "value_factor": search.factor,
            "through": [round(c.through, digits.tonnes) for c in corners],
            "entering_share": [c.through / wanted if wanted else np.nan for c in corners],
            "loss": [round(c.loss, loss) for c in corners],
            "extra_loss": [round(c.loss - corners[0].loss, loss) for c in corners],
            "unmet": [round(c.unmet, digits.tonnes) for c in corners],
            "cost_of_autonomy": [*(round(s, digits.cost) for s in slopes), np.nan],
            "error": [*(round(search.error(*edge), loss) for edge in pairwise(corners)), np.nan],
        }
    )
    table["entering_share"] = table.entering_share.round(9)
    return table
