"""Why this answer: the routes of a demand row, what the next tonne pays on each, and what would change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.frames import html
from corridors.arrays.typing import IntArray
from corridors.errors import InputError, listed
from corridors.methods.digits import places
from corridors.methods.loss_limits import one_of
from corridors.methods.route_costs import COSTS, LEGS, legs_of, rents_on
from corridors.methods.solved import require_solved
from corridors.model.alternatives import alternatives_of
from corridors.model.build import build
from corridors.model.compile import compiler_of
from corridors.model.decode import Solution, passage_flows
from corridors.model.paths import paths
from corridors.model.prices import charged_costs
from corridors.network import Network, checked_demand
from corridors.results import as_text, read_result
from corridors.scenarios.batch import Scenarios
from corridors.sweeping.optimum import SOLVERS, solved
from corridors.sweeping.solve import sweep_all

RUNNER_UP = "runner-up"
STAYS = "stays behind"
SAME = 1e-6
"""The relative difference of losses up to which a result is that of the network and demand given."""
APART = 2
"""Units of cost below and above a flip at which it is looked at: costs are rounded to them."""
COMPARED = ["route", "links", "before", "after", "change", "cost_before", "cost_after"]
BY_CLASS = {"links": "class_flow", "transfers": "class_transfer_flow", "zones": "class_member_flow"}
"""Where a sweep keeps what a class moves over what a table holds."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a demand row goes the way it does.

    Costs are those of one more tonne, USD/t: with the rents of what is full, and the cost step that it would come to.
    They are made of ``tariff, fee, time, preference`` (what cost steps add), ``rent`` and ``price`` (of members of
    zones).

    Parameters
    ----------
    demand_id, commodity, origin, destination : str
    volume, unmet : float
        Wanted and not delivered, t/year.
    value : float
        What a tonne that is not delivered costs, USD/t.
    routes : DataFrame
        A row a route that goods take, the fullest first, and one for the ``runner-up``: ``route, volume`` (t/year),
        ``cost``, its parts, ``costlier_by`` (than the best route), ``length`` (km), ``hours, modes, links``.
    legs : DataFrame
        A row a leg of each of them, in order: ``route, kind`` (``start, loading, link, transfer, end``), ``id, name,
        mode, from_node_id, to_node_id, length, hours``, and ``cost`` and its parts.
    binding : DataFrame
        What is full on any of them: ``bundle, kind, id, direction, limit`` (t/year), ``rent`` (USD/t), ``routes``.
    flips : DataFrame
        By leg of the first route, how much more it may cost before the next tonne leaves it: ``kind, id, direction,
        rise`` (USD/t), ``moves`` (t/year of the flow class that leave it there), ``to`` (what the other route takes
        instead).
    scenario : str
        The label of the scenario in which all this is so; blank for the base. Then ``binding`` has ``rent_before`` too.
    compared : DataFrame
        With a scenario, what changed next to the base: a row a route that goods take in either, the one that loses or
        gains most first, and one for what stays behind: ``route`` (its name in `routes`; blank where nothing takes it
        any more), ``links, before, after, change`` (t/year), ``cost_before, cost_after`` (USD/t that the next tonne
        pays, NaN where it can't go there; of what stays behind its value).

    See Also
    --------
    corridors.explain : What gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "country": ["KZ", "AZ"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "barge"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [2e6, 2e6]})
    >>> network = cd.Network(nodes, links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [3e6], "value": [220.0]})
    >>> found = cd.explain(network, demand, cd.solve(network, demand), "g", progress=False)
    >>> found.volume, found.unmet, found.routes[["route", "volume", "cost", "tariff", "rent"]]
    (3000000.0, 0.0,   route     volume  cost  tariff  rent
    0     1  2000000.0  30.0    10.0  20.0
    1     2  1000000.0  30.0    30.0   0.0)
    >>> found.binding[["bundle", "limit", "rent"]]
           bundle      limit  rent
    0  link:ferry  2000000.0  20.0
    """

    demand_id: str
    commodity: str
    origin: str
    destination: str
    volume: float
    unmet: float
    value: float
    routes: pd.DataFrame
    legs: pd.DataFrame
    binding: pd.DataFrame
    flips: pd.DataFrame
    scenario: str = ""
    compared: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COMPARED))

    def to_frame(self) -> pd.DataFrame:
        """The routes, with ``attrs["units"]``."""
        table = self.routes.copy()
        money = dict.fromkeys((*COSTS, "cost", "costlier_by"), "USD/t")
        table.attrs["units"] = {**money, "volume": "t/year", "length": "km", "hours": "h"}
        return table

    def _repr_html_(self) -> str:
        figures = {
            "row": f"{self.demand_id}: {self.commodity} from {self.origin} to {self.destination}",
            **({"scenario": self.scenario} if self.scenario else {}),
            "wanted": f"{self.volume:,.10g} t/year",
            "unmet": f"{self.unmet:,.10g} t/year",
            "value": f"{self.value:,.10g} USD/t",
        }
        return html("Why this answer", figures, self.routes)


def explain(
    network: Network,
    demand: Any,
    result: xr.Dataset,
    demand_id: str,
    *,
    scenario: Scenarios | None = None,
    progress: bool = True,
) -> Explanation:
    """Why a demand row goes the way it does: cost by leg and kind, the runner-up, what binds, and what would flip it.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    result : Dataset
        What `corridors.solve` gave for them; with a `scenario`, the sweep that has it, or ``after`` of
        `corridors.what_if`.
    demand_id : str
        The demand row.
    scenario : Scenarios, optional
        The one scenario in which it is explained, next to the base: ``scenarios.select([label])``.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Explanation
        Routes with their costs, legs, what is full on them, and what would move the goods.

    Raises
    ------
    InputError
        A row that there is not; a result of another network, demand or scenario; several scenarios.
    SolverError
        A flip could not be solved.

    See Also
    --------
    corridors.flow_ranges : What each link may carry where several flows have the same loss.
    corridors.break_even : All flips along the range of a number, for the whole of demand.

    Notes
    -----
    At the optimum the cost of each route in use, rents charged, is the price of the row (Wardrop's first principle;
    Ahuja, Magnanti & Orlin 1993, section 17.2), and no other route costs less. The runner-up is the cheapest route over
    something that the goods do not use (Yen 1971). A leg may become costlier for this class by `rise`, the detour
    around it, before any tonne of this row leaves it; up to there the rents hold. ``moves`` is found by solving just
    below and just above, and counts all rows of the class; zero means that at the break only rents change.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "poti", "poti"], "mode": "ship", "tariff": [10.0, 80.0, 30.0],
    ...                       "capacity": [None, None, 100.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku", "poti"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [60.0], "value": [220.0]})
    >>> found = cd.explain(network, demand, cd.solve(network, demand), "g")
    >>> found.routes[["route", "volume", "cost", "costlier_by", "links"]]
           route  volume  cost  costlier_by       links
    0          1    60.0  40.0          0.0  ferry;rail
    1  runner-up     0.0  80.0         40.0       north
    >>> found.flips[["id", "rise", "moves", "to"]]
          id  rise  moves     to
    0  ferry  40.0   60.0  north
    1   rail  40.0   60.0  north

    With the railway at a third of its room:

    >>> table = pd.DataFrame({"scenario": [0], "table": ["links"], "id": ["rail"], "field": ["capacity"],
    ...                       "operation": ["set"], "value": [35.0]})
    >>> works = cd.Scenarios(["works"], table)
    >>> found = cd.explain(network, demand, cd.sweep(network, demand, works), "g", scenario=works)
    >>> found.compared[["route", "links", "before", "after", "cost_before", "cost_after"]]
      route         links  before  after  cost_before  cost_after
    0     1    ferry;rail    60.0   35.0         40.0        80.0
    1     2         north     0.0   25.0         80.0        80.0
    2        stays behind     0.0    0.0        220.0       220.0
    """
    rows = checked_demand(network, demand)
    remedy = f"give a demand_id, such as {rows.demand_id.iloc[0]}" if len(rows) else "the demand has no rows"
    [name] = arguments.known_names("demand_id", [demand_id], rows.demand_id, "is no row of demand", remedy)
    row = int(np.flatnonzero(rows.demand_id == name)[0])
    if scenario is None:
        model, base = build(network, rows), None
        shown = read_result(network, result, ["loss"])
    else:
        compiler = compiler_of(network, rows, one_of(scenario, "explain"))
        model, base = compiler.model_of(0), Choice(solved(compiler.model), row)
        shown = read_result(network, _of_scenario(result, scenario.label(0)), ["loss"])
    solver = str(shown.attrs.get("solver", ""))
    choice = Choice(solved(model, solver if solver in SOLVERS else SOLVERS[0]), row)
    _require_same(choice.solution, float(shown.loss), scenario)
    record, digits = model.demand.iloc[row], places(3, rows.volume, 1e6)
    binding = choice.binding()
    if base is not None:
        before = dict(zip(model.labels.bundle, base.solution.rent * model.units.cost, strict=False))
        binding["rent_before"] = binding.bundle.map(before).astype(float).round(choice.digits)
    return Explanation(
        demand_id=name,
        commodity=str(record.commodity),
        origin=str(record.origin),
        destination=str(record.destination),
        volume=float(record.volume),
        unmet=choice.unmet(digits),
        value=float(record.value),
        routes=choice.routes(),
        legs=choice.legs,
        binding=binding,
        flips=_flips(network, rows, choice, scenario, progress),
        scenario="" if scenario is None else scenario.label(0),
        compared=pd.DataFrame(columns=COMPARED) if base is None else _compared(base, choice, digits),
    )


def _of_scenario(result: Any, label: str) -> Any:
    """The part of a sweep that is of a scenario; what is of one is left as it is."""
    if not isinstance(result, xr.Dataset) or "scenario" not in result.dims or "scenario" not in result.coords:
        return result
    labels = [as_text(one) for one in result.scenario.to_numpy()]
    if label not in labels:
        problem = f"has no scenario {label}, but {listed(labels)}"
        raise InputError(f"result: {problem}; give the sweep that has it, or after of what_if")
    return result.isel(scenario=labels.index(label), drop=True)


def _require_same(solution: Solution, given: float, scenario: Scenarios | None) -> None:
    """Refuse a result whose loss is not that of what is explained."""
    units = solution.model.units
    loss = units.usd(solution.objective + solution.model.worth)
    if abs(loss - given) > SAME * max(abs(loss), units.dollar):
        what = "network and demand" if scenario is None else f"network and demand in scenario {scenario.label(0)}"
        remedy = "what solve gave for them" if scenario is None else "the sweep that has it, or after of what_if"
        raise InputError(f"result: its loss is {given:g}, that of this {what} {loss:g} USD a year; give {remedy}")


def _compared(base: Choice, choice: Choice, digits: int) -> pd.DataFrame:
    """What `Explanation.compared` says."""
    carried = [of.carried() for of in (base, choice)]
    names = dict(zip(map(choice.passages, choice.all), choice.names, strict=True))
    rows: list[tuple[Any, ...]] = []
    for key in dict.fromkeys([*carried[0], *carried[1]]):
        after = carried[1].get(key, 0.0)
        links = (base if key in carried[0] else choice).links_at(key)
        own = names.get(key, "")
        rows.append((own, ";".join(links), carried[0].get(key, 0.0), after, base.cost_at(key), choice.cost_at(key)))
    rows.sort(key=lambda one: -abs(one[3] - one[2]))
    value = [float(of.model.demand.value.iloc[of.row]) for of in (base, choice)]
    rows.append(("", STAYS, base.unmet(digits), choice.unmet(digits), *value))
    table = pd.DataFrame(rows, columns=[name for name in COMPARED if name != "change"])
    table["change"] = table.after - table.before
    table = table.round(dict.fromkeys(("before", "after", "change"), digits))
    return table.round(dict.fromkeys(("cost_before", "cost_after"), choice.digits))[COMPARED]


class Choice:
    """The routes of a demand row in an optimum and the runner-up, priced at the margin."""

    def __init__(self, solution: Solution, row: int) -> None:
        self.solution, self.row, self.model = solution, row, solution.model
        self.charged = charged_costs(self.model, solution.rent)
        self.others = alternatives_of(self.model, self.charged, row)
        place = {int(first): i for i, first in enumerate(self.model.arcs.passage[self.others.arc])}
        carried: dict[tuple[int, ...], float] = {}
        for path, tonnes in paths(self.model, passage_flows(solution)):
            if self.model.arcs.item[path[-1]] == row:
                route = tuple(place[int(arc)] for arc in self.model.arcs.passage[path[:-1]])
                carried[route] = carried.get(route, 0.0) + tonnes
        used = sorted(carried, key=lambda route: (-carried[route], self.others.cost_of(route)))
        self.tonnes = [carried[route] for route in used]
        if not used and (best := self.others.best()):  # the best there is, though nothing takes it
            used, self.tonnes = [tuple(best)], [0.0]
        after = tuple(self.others.next(used)) if used else ()
        self.used: list[tuple[int, ...]] = used
        self.all: list[tuple[int, ...]] = [*used, *([after] if after else [])]
        self.names = [*(str(i + 1) for i in range(len(used))), *([RUNNER_UP] if after else [])]
        self.digits = places(4, [self.cost(route) for route in self.all], 1e2)
        parts = [legs_of(self.model, solution.rent, self.arcs(route)) for route in self.all]
        named = [part.assign(route=name)[["route", *LEGS]] for part, name in zip(parts, self.names, strict=True)]
        self.legs = pd.concat(named, ignore_index=True) if named else pd.DataFrame(columns=["route", *LEGS])
        rounded = {**dict.fromkeys(("cost", *COSTS), self.digits), "length": 3, "hours": 6}
        self.legs = self.legs.round(rounded)

    def unmet(self, digits: int) -> float:
        """What is wanted and not delivered, t/year."""
        return round(float(self.model.demand.volume.iloc[self.row]) - sum(self.tonnes), digits) + 0.0

    def passages(self, route: Sequence[int]) -> tuple[int, ...]:
        """A route as passages, which it has in any scenario of the same network."""
        return tuple(self.model.arcs.passage[self.arcs(route)].tolist())

    def carried(self) -> dict[tuple[int, ...], float]:
        """What routes carry, t/year, by their passages."""
        found = zip(self.used, self.tonnes, strict=True)
        return {self.passages(route): tonnes for route, tonnes in found if tonnes > 0}

    def _places(self, passages: Sequence[int]) -> list[int] | None:
        """A route by its passages; None where it can't be taken."""
        place = {int(passage): i for i, passage in enumerate(self.model.arcs.passage[self.others.arc])}
        return [place[passage] for passage in passages] if place.keys() >= set(passages) else None

    def cost_at(self, passages: Sequence[int]) -> float:
        """What the next tonne pays on a route given by its passages, USD/t; NaN where it can't go there."""
        route = self._places(passages)
        return np.nan if route is None else self.cost(route)

    def links_at(self, passages: Sequence[int]) -> list[str]:
        """The links of a route given by its passages."""
        return self.links(self._places(passages) or [])

    def arcs(self, route: Sequence[int]) -> IntArray:
        """The arcs of the model by which the next tonne takes a route."""
        return self.others.arc[list(route)]

    def cost(self, route: Sequence[int]) -> float:
        """What the next tonne pays on a route, USD/t."""
        return self.others.cost_of(route) * self.model.units.cost

    def links(self, route: Sequence[int]) -> list[str]:
        """The links of a route."""
        own = self.legs_named(route)
        return own.id[own.kind == "link"].tolist()

    def legs_named(self, route: Sequence[int]) -> pd.DataFrame:
        """The legs of any route of the row."""
        return legs_of(self.model, self.solution.rent, self.arcs(route))

    def routes(self) -> pd.DataFrame:
        """What `Explanation.routes` says."""
        summed = self.legs.groupby("route", sort=False)[["length", "hours", *COSTS]].sum()
        best = min((self.cost(route) for route in self.all), default=0.0)
        tonnes = [*self.tonnes, *([0.0] * (len(self.all) - len(self.tonnes)))]
        rows = []
        for route, name, volume in zip(self.all, self.names, tonnes, strict=True):
            own = self.legs[(self.legs.route == name) & (self.legs.kind == "link")]
            modes = own["mode"][own["mode"] != own["mode"].shift()]
            cost = self.cost(route)
            rows.append(
                {
                    "route": name,
                    "volume": volume,
                    "cost": cost,
                    **(summed.loc[name, list(COSTS)].to_dict() if name in summed.index else dict.fromkeys(COSTS, 0.0)),
                    "costlier_by": cost - best,
                    **(summed.loc[name, ["length", "hours"]].to_dict() if name in summed.index else {}),
                    "modes": ";".join(modes),
                    "links": ";".join(own.id),
                }
            )
        columns = ["route", "volume", "cost", *COSTS, "costlier_by", "length", "hours", "modes", "links"]
        table = pd.DataFrame(rows, columns=columns)
        table["volume"] = table.volume.round(places(3, table.volume, 1e6))
        money = ["cost", *COSTS, "costlier_by"]
        table[money] = table[money].astype(float).round(self.digits) + 0.0
        return table

    def binding(self) -> pd.DataFrame:
        """What `Explanation.binding` says."""
        labels, units = self.model.labels, self.model.units
        on: dict[int, list[str]] = {}
        for route, name in zip(self.all, self.names, strict=True):
            for bundle in np.flatnonzero(rents_on(self.model, self.solution.rent, self.arcs(route))):
                on.setdefault(int(bundle), []).append(name)
        rent = self.solution.rent * units.cost
        rows = [
            (
                *labels.loc[bundle, ["bundle", "table", "id", "direction"]],
                float(units.tonnes(self.model.bundles.limit[bundle])),
                round(float(rent[bundle]), self.digits),
                ";".join(names),
            )
            for bundle, names in sorted(on.items(), key=lambda pair: -rent[pair[0]])
        ]
        return pd.DataFrame(rows, columns=["bundle", "kind", "id", "direction", "limit", "rent", "routes"])


def _flips(
    network: Network, rows: pd.DataFrame, choice: Choice, scenario: Scenarios | None, progress: bool
) -> pd.DataFrame:
    """What `Explanation.flips` says: how much more each leg of the first route may cost, by paths around it."""
    columns = ["kind", "id", "direction", "rise", "moves", "to"]
    if not sum(choice.tonnes):
        return pd.DataFrame(columns=columns)
    route, others, model = choice.used[0], choice.others, choice.model
    price = choice.cost(route)
    found = []
    for place in route:
        atom = _atom(choice, int(others.arc[place]))
        if atom is None:
            continue
        around = others.best(without=others.same(place))
        rise = (choice.cost(around) if around else np.inf) - price
        left = float(model.demand.value.iloc[choice.row]) - price  # what a tonne is worth more than it costs
        to = STAYS if left < rise else ";".join(_apart(choice, around, route))
        found.append({**atom, "rise": max(min(rise, left), 0.0), "to": to})
    moves = _moves(network, rows, choice, found, scenario, progress)
    table = pd.DataFrame(found).assign(moves=moves, kind=[str(flip["table"]).removesuffix("s") for flip in found])
    table["rise"] = table.rise.round(choice.digits)
    return table.sort_values("rise", kind="stable", ignore_index=True)[columns]


def _apart(choice: Choice, around: Sequence[int], route: Sequence[int]) -> list[str]:
    """What another route takes that the first does not: links, and where there is none, changes of mode and members."""
    own = choice.legs_named([place for place in around if place not in set(route)])
    links = own.id[own.kind == "link"].tolist()
    return links or own.id.tolist()


def _atom(choice: Choice, arc: int) -> dict[str, str] | None:
    """The cost of a passage for the row's class, as a scenario changes it; None where it has none of its own."""
    leg = legs_of(choice.model, choice.solution.rent, np.array([arc]))
    table = {"link": "links", "transfer": "transfers", "start": "zones", "end": "zones"}
    kind = leg.kind.iloc[0] if len(leg) else ""
    if kind not in table or choice.model.arcs.item[arc] < 0:
        return None
    class_ = choice.model.classes.iloc[choice.model.arcs.owner[arc]]
    return {
        "table": table[kind],
        "id": str(leg.id.iloc[0]),
        "field": {"link": "tariff", "transfer": "cost"}.get(kind, "price"),
        "operation": "add",
        "commodity": str(class_.commodity),
        "origin": str(class_.origin),
        "direction": str(leg.direction.iloc[0]),
    }


def _moves(
    network: Network,
    rows: pd.DataFrame,
    choice: Choice,
    flips: list[dict[str, Any]],
    scenario: Scenarios | None,
    progress: bool,
) -> list[float]:
    """Tonnes a year of the class that leave each leg where its cost rises past what it may."""
    step = choice.model.units.cost
    ends = [(max(flip["rise"] - APART * step, 0.0), flip["rise"] + APART * step) for flip in flips]
    atoms = [{name: text for name, text in flip.items() if name not in ("rise", "to")} for flip in flips]
    changes = pd.DataFrame(
        [
            atom | {"scenario": 2 * i + side, "value": value}
            for i, atom in enumerate(atoms)
            for side, value in enumerate(ends[i])
        ]
    )
    labels = [f"{flip['id']} {side}" for flip in flips for side in ("below", "above")]
    risen = Scenarios(labels, changes)
    risen = risen if scenario is None else scenario * risen
    result = sweep_all(network, rows, risen, keep=tuple(BY_CLASS.values()), progress=progress)
    require_solved("explain", result.loss)
    name = choice.model.classes["class"].iloc[choice.model.arcs.vertex_owner[choice.model.arcs.row_vertex[choice.row]]]
    own, moved = result.sel({"class": name}), []
    for i, flip in enumerate(flips):
        where = {"links": "link", "transfers": "transfer", "zones": "member"}[flip["table"]]
        flow = own[BY_CLASS[flip["table"]]].isel(scenario=[2 * i, 2 * i + 1]).sel({where: flip["id"]})
        if "direction" in flow.dims:
            flow = flow.sum("direction") if not flip["direction"] else flow.sel(direction=flip["direction"])
        below, above = flow.to_numpy().tolist()
        moved.append(round(below - above, places(3, rows.volume, 1e6)) + 0.0)
    return moved
