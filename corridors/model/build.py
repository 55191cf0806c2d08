"""Network and demand to one problem on arrays: the only place where floats become integers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.arrays.problem import UNCAPACITATED, Bundles, Problem, sealed
from corridors.arrays.sparse import in_turn
from corridors.arrays.typing import FloatArray, IntArray
from corridors.model.arcs import Arcs, Kind, classes_of
from corridors.model.bundles import Use, build_bundles
from corridors.model.class_arcs import build_arcs
from corridors.model.costs import Costs, Parts
from corridors.model.steps import Steps, steps_of
from corridors.model.units import NONE, Numbers, Units, units_for
from corridors.network import Network, checked_demand, lent
from corridors.schema.fleets import capacities


@dataclass(frozen=True, eq=False)
class Model:
    """All flow classes as one min-cost-flow problem, with the bundles that tie them.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        The demand rows, checked.
    classes : DataFrame
        ``class, commodity, origin``.
    arcs : Arcs
        What each arc and vertex stands for.
    parts : Parts
        What costs are made of, exactly: a row for each that differ, those of a commodity on a link for all its classes.
    part_of : (E,) int
        The row of `parts` of each arc.
    problem : Problem
        In whole `units`, flows and costs.
    bundles : Bundles
        Shared capacities, in the same units.
    steps : Steps
        The cost steps of links and transfers.
    labels : DataFrame
        What each of the first bundles stands for. The others are the widths of cost steps, which are no capacities.
    room : (B,) float
        The limit of each bundle exactly, t/year; inf for none.
    units : Units
        How much one is, of flows and costs.
    uses : tuple of Use
        Users of links that scenarios limit by themselves.
    """

    network: Network
    demand: pd.DataFrame
    classes: pd.DataFrame
    arcs: Arcs
    parts: Parts
    part_of: IntArray
    problem: Problem
    bundles: Bundles
    steps: Steps
    labels: pd.DataFrame
    room: FloatArray
    units: Units
    uses: tuple[Use, ...] = ()

    @property
    def extra(self) -> FloatArray:
        """What cost steps add to each arc, (E,) USD/t.

        It is rounded by itself, so that the steps of a ladder differ by the same whatever else a passage costs.
        """
        extra = np.zeros(len(self.arcs.step))
        stepped = self.arcs.step >= 0
        extra[stepped] = self._extra(stepped)
        return extra

    def _extra(self, stepped: Any) -> FloatArray:
        """What cost steps add to those arcs that have one."""
        return self.steps.extra_cost[self.arcs.step[stepped]]

    def first_of(self, arc: IntArray) -> IntArray:
        """The first of the arcs by which a class passes where some arcs do, (N,): see `Arcs.passage`."""
        step = self.arcs.step[arc]
        stepped = step >= 0
        first = arc.copy()
        first[stepped] -= self.steps.order[step[stepped]]
        return first

    def widths(self) -> IntArray:
        """The bundle of each cost step's width, (N,); -1 for a step that has no end, or that no class comes to."""
        bundle = np.full(len(self.steps.width), -1)
        used = np.unique(self.arcs.step[self.arcs.step >= 0])
        ended = used[np.isfinite(self.steps.width[used])]
        bundle[ended] = len(self.labels) + np.arange(len(ended))
        return bundle

    @property
    def worth(self) -> int:
        """Value of all demand, in units a year: loss is the objective plus this."""
        demanded = self.arcs.of(Kind.DEMAND)
        pairs = zip(self.problem.cost[demanded].tolist(), self.problem.capacity[demanded].tolist(), strict=True)
        return sum(-int(cost) * int(volume) for cost, volume in pairs)

    def rounding(self) -> dict[str, float]:
        """The largest rounding, by what was rounded: ``cost`` in USD/t, ``volume`` and ``limit`` in t/year."""
        volume, bound = self.demand.volume.to_numpy(), np.isfinite(self.room)
        exact, stepped = self.parts.cost(), self.arcs.step >= 0
        plain = np.flatnonzero(np.bincount(self.part_of[~stepped], minlength=len(exact)))
        counted_as = np.concatenate([self.units.costs(exact[plain]), self.problem.cost[stepped]])
        kept = {
            "cost": (
                counted_as * self.units.cost,
                np.concatenate([exact[plain], exact[self.part_of[stepped]] + self._extra(stepped)]),
            ),
            "volume": (self.units.tonnes(self.units.nearest(volume)), volume),
            "limit": (self.units.tonnes(self.bundles.limit[bound]), self.room[bound]),
        }
        return {name: float(np.abs(now - exact).max(initial=0.0)) for name, (now, exact) in kept.items()}

    def attributes(self) -> dict[str, Any]:
        """What a result says of them: ``rounding`` in words, ``quantity_unit`` (t/year) and ``cost_unit`` (USD/t)."""
        listing = ", ".join(f"{what} {by:.2g}" for what, by in self.rounding().items())
        counted = f"counted in {self.units.tonne:g} t and {self.units.cost:g} USD/t"
        words = f"{counted}; largest rounding: {listing} (USD/t, t/year, t/year)"
        return {"rounding": words, **self.units.attributes()}


def build(
    network: Network,
    demand: Any,
    also_limited: Mapping[str, Collection[str]] | None = None,
    uses: Sequence[Use] = (),
) -> Model:
    """Lay a network and its demand out as one problem on arrays.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Rows of ``demand_id, commodity, origin, destination, volume, value``.
    also_limited : mapping, optional
        By table, ids that get a bundle though they have no limit: scenarios may give them one.
    uses : sequence of Use
        Users of links that get a bundle of their own for the same reason.

    Raises
    ------
    InputError
        What `checked_demand` and `Costs.links` raise; numbers too small next to the largest (`corridors.model.units`).
    """
    rows = checked_demand(network, demand)
    also = _unlimited(network, also_limited or {})
    return _BUILT.model(network, rows, also, tuple(uses)) or _BUILT.keep(_build(network, rows, also, tuple(uses)), also)


def _unlimited(network: Network, ids: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """By table, those of some ids that have no limit: the others get a bundle anyway, and make the same model."""
    if not ids:
        return {}
    fleets = capacities(network.fleets)
    limits = {
        "links": (network.links.link_id, network.links.capacity),
        "transfers": (network.transfers.transfer_id, network.transfers.capacity),
        "nodes": (network.nodes.node_id, network.nodes.capacity),
        "zones": (network.member_ids(), network.zones.limit),
        "fleets": (fleets.fleet_id, fleets.capacity),
    }
    found = {}
    for table, asked in ids.items():
        names, limit = limits[table]
        free = names[limit.isna().to_numpy() & names.isin(list(asked)).to_numpy()]
        if len(free):
            found[table] = frozenset(free)
    return found


def _build(
    network: Network, rows: pd.DataFrame, also_limited: dict[str, frozenset[str]], uses: tuple[Use, ...]
) -> Model:
    classes, held = classes_of(rows), lent(network)
    steps = steps_of(held)
    arcs = build_arcs(held, rows, classes, steps)
    parts, part_of = _parts(held, rows, classes, arcs)
    bundle, arc, labels, room = build_bundles(held, classes, arcs, steps, also_limited, uses)
    nowhere = sealed(np.zeros(len(arcs.tail), np.int64))
    problem = Problem(arcs.tail, arcs.head, nowhere, nowhere, np.zeros(len(arcs.vertex_node), np.int64), nowhere)
    one: Any = np.ones(len(arc), np.int8)
    bundles = Bundles(sealed(bundle), sealed(arc), sealed(one), np.zeros(len(room), np.int64))
    model = Model(network, rows, classes, arcs, parts, part_of, problem, bundles, steps, labels, room, Units(), uses)
    return counted(model, fitting(model, NONE))


class _Kept(NamedTuple):
    """A model, and what it was built from besides its network, its demand and its uses."""

    model: Model
    also_limited: dict[str, frozenset[str]]


class _Built:
    """The last few models, for studies lay the same case out again and again.

    A model follows from what it is built from, and nobody changes one: whether it is remembered changes no answer.
    """

    MODELS, ARCS = 4, 1_000_000
    """How many are kept, and how many arcs (some 80 bytes each) they have together, at most."""

    def __init__(self) -> None:
        self._kept: deque[_Kept] = deque()
        self._lock = threading.Lock()

    def model(
        self, network: Network, rows: pd.DataFrame, also_limited: dict[str, frozenset[str]], uses: tuple[Use, ...]
    ) -> Model | None:
        """The model of a case, where it is kept; the demand is compared by its contents."""
        with self._lock:
            kept = list(self._kept)
        for model, also in kept:
            same = model.network is network and also == also_limited and model.uses == uses
            if same and model.demand.attrs == rows.attrs and model.demand.equals(rows):
                return model
        return None

    def keep(self, model: Model, also_limited: dict[str, frozenset[str]]) -> Model:
        """Keep a model, and forget older ones where there are too many."""
        if len(model.problem.tail) <= self.ARCS:
            with self._lock:
                self._kept.append(_Kept(model, also_limited))
                while len(self._kept) > self.MODELS or sum(len(m.problem.tail) for m, _ in self._kept) > self.ARCS:
                    self._kept.popleft()
        return model


_BUILT = _Built()


def fitting(model: Model, brought: Numbers | None) -> Units:
    """The units for a model and the numbers that scenarios bring to it; see `corridors.model.units`."""
    exact, moving = model.parts.cost(), model.arcs.kind != Kind.DEMAND
    rows, arcs, links = model.demand, model.arcs, model.network.links.link_id
    step = np.unique(arcs.step[arcs.step >= 0])
    used = np.zeros(len(exact), bool)
    for some in in_turn(len(moving)):
        used[model.part_of[some][moving[some]]] = True
    costs, extra = np.unique(exact[used]), model.steps.extra_cost[step]
    own = Numbers(rows.volume.to_numpy(float), model.room, rows.value.to_numpy(float), np.concatenate([costs, extra]))

    def names(field: str, places: IntArray) -> list[str]:
        if field == "limit":
            ended = step[np.isfinite(model.steps.width[step])]
            of = [*model.labels.bundle, *model.steps.named(ended)]
            return [of[place] for place in places]
        if field != "cost":
            return [f"demand:{name}" for name in rows.demand_id.iloc[places]]
        tables = {
            Kind.LINK: ("link", links),
            Kind.TRANSFER: ("transfer", model.network.transfers.transfer_id),
        }
        zone = ("zone", model.network.member_ids())
        found = []
        for place in np.flatnonzero(moving & np.isin(exact[model.part_of], costs[places[places < len(costs)]])):
            table, ids = tables.get(arcs.kind[place], zone)
            found.append(f"{table}:{ids.iloc[arcs.item[place]]}")
        found += model.steps.named(step[places[places >= len(costs)] - len(costs)])
        return list(dict.fromkeys(found))

    return units_for(own, names, brought)


def counted(model: Model, units: Units) -> Model:
    """The model in other units."""
    problem, bundles = model.problem, model.bundles
    cost = np.nan_to_num(units.costs(model.parts.cost())).astype(np.int64)[model.part_of]
    stepped = model.arcs.step >= 0
    cost[stepped] += units.costs(model._extra(stepped)).astype(np.int64)
    capacity = _capacity(model.network, model.arcs, units.nearest(model.demand.volume.to_numpy()))
    return replace(
        model,
        problem=Problem(problem.tail, problem.head, capacity, sealed(cost), problem.supply, problem.lower),
        bundles=Bundles(bundles.bundle, bundles.arc, bundles.weight, units.floored(model.room)),
        units=units,
    )


def _parts(network: Network, rows: pd.DataFrame, classes: pd.DataFrame, arcs: Arcs) -> tuple[Parts, IntArray]:
    """What costs are made of, USD/t, and which of it each arc costs.

    A commodity on each link, then on each transfer, commodity by commodity; prices of members and minus the values of
    rows, as freight; and nothing. What a commodity that moves nowhere costs is not asked for.
    """
    number, names = pd.factorize(classes.commodity)
    moves = [Parts(*np.zeros((6, n))) for _ in names for n in (len(network.links), len(network.transfers))]
    costs = Costs(network)
    for place, (kind, of_table) in enumerate(((Kind.LINK, costs.links), (Kind.TRANSFER, costs.transfers))):
        moving = np.zeros(len(number), bool)
        for some in in_turn(len(arcs.kind)):
            moving[arcs.owner[some][arcs.kind[some] == kind]] = True
        for commodity in np.unique(number[moving]):
            moves[2 * commodity + place] = of_table(names[commodity])
    price, value = network.zones.price.to_numpy(float), rows.value.to_numpy(float)
    others = Parts(np.concatenate([price, -value, [0.0]]), *np.zeros((5, len(price) + len(value) + 1)))
    links, of_commodity = len(network.links), len(network.links) + len(network.transfers)
    zones = len(names) * of_commodity
    part_of: Any = np.full(len(arcs.kind), zones + len(price) + len(value), np.int32)
    first = (number * of_commodity).astype(np.int32)
    for kind, begin in (
        (Kind.LINK, first),
        (Kind.TRANSFER, first + np.int32(links)),
        (Kind.ORIGIN, np.full(len(first), zones, np.int32)),
        (Kind.EGRESS, np.full(len(first), zones, np.int32)),
        (Kind.DEMAND, np.full(len(first), zones + len(price), np.int32)),
    ):
        for some in in_turn(len(part_of)):
            there = (arcs.kind[some] == kind) & (arcs.item[some] >= 0)
            part_of[some][there] = begin[arcs.owner[some][there]] + arcs.item[some][there]
    return Parts(*(np.concatenate(column) for column in zip(*moves, others, strict=True))), part_of


def _capacity(network: Network, arcs: Arcs, volume: FloatArray) -> IntArray:
    """Arcs are unlimited (bundles hold the limits) but for demand rows, and links and transfers that do not operate."""
    capacity = np.full(len(arcs.tail), UNCAPACITATED)
    demanded = arcs.of(Kind.DEMAND)
    capacity[demanded] = volume[arcs.item[demanded]].astype(np.int64)
    for kind, table in ((Kind.LINK, network.links), (Kind.TRANSFER, network.transfers)):
        shut = (table.status != "operating").to_numpy()
        if shut.any():
            there = arcs.kind == kind
            capacity[there] = np.where(shut, 0, UNCAPACITATED)[arcs.item[there]]
    return sealed(capacity)
