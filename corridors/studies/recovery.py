"""Recovery: what outages cost until all is repaired, and in which order to repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Any

import pandas as pd

from corridors import arguments
from corridors.arrays.frames import html
from corridors.errors import InputError, a_number, complaint, whole
from corridors.methods.closure_sets import YEAR, Support, bits_of
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import Groups, as_name, closures, keyed_among
from corridors.scenarios.labels import together
from corridors.schema.columns import keyed

PROVEN = 10
"""Repairs up to which the best order of one crew is proven; of several crews, or where starts differ, up to 7."""
ORDERS = 7
SHARE = "give the share of the capacity, 0 to below 1"


@dataclass(frozen=True, eq=False)
class Recovery:
    """How outages end.

    Parameters
    ----------
    order : tuple of str
        In which order repairs start.
    curve : DataFrame
        The resilience curve, a row for day 0 and for each day on which something fails or is repaired: ``day`` (from
        which it holds), ``failed, repaired`` (what went down and came back then, joined by `` + ``), ``loss`` (USD a
        day over the base, from that day), ``unmet`` (t a day over the base).
    lost : float
        The area under the curve: the loss until all is repaired, USD.
    proven : bool
        Whether no other order loses less.

    See Also
    --------
    corridors.recovery : What gives it, with an example.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> curve = pd.DataFrame({"day": [0.0, 30.0], "failed": ["ferry", ""], "repaired": ["", "ferry"],
    ...                       "loss": [40e3, 0.0], "unmet": 0.0})
    >>> table = cd.Recovery(("ferry",), curve, lost=1.2e6, proven=True).to_frame()
    >>> table[["day", "loss"]]
        day     loss
    0   0.0  40000.0
    1  30.0      0.0
    >>> table.attrs["units"]["loss"], table.attrs["lost"]
    ('USD/day', 1200000.0)
    """

    order: tuple[str, ...]
    curve: pd.DataFrame
    lost: float
    proven: bool

    def to_frame(self) -> pd.DataFrame:
        """The resilience curve as a table of its own.

        Returns
        -------
        DataFrame
            The columns of `curve`, with ``attrs["units"]`` by column, and ``attrs["order"], attrs["lost"]`` (USD),
            ``attrs["proven"]``.
        """
        table = self.curve.copy()
        units = {"day": "day", "loss": "USD/day", "unmet": "t/day"}
        table.attrs.update(units=units, order=self.order, lost=self.lost, proven=self.proven)
        return table

    def _repr_html_(self) -> str:
        figures = {
            "order of repairs": ", ".join(self.order),
            "lost until all is repaired": f"{self.lost:,.10g} USD",
            "proven": "yes" if self.proven else "no",
        }
        return html("Recovery", figures, self.curve)


def recovery(
    network: Network,
    demand: Any,
    repairs: Mapping[str, float],
    *,
    left: Mapping[str, float] | None = None,
    starts: Mapping[str, float] | None = None,
    crews: int = 1,
    by: str = "link",
    order: Sequence[str] | None = None,
    progress: bool = True,
) -> Recovery:
    """The order of repairs that loses least, and the curve meanwhile.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`; flows adapt at once to what is open, at the yearly rates.
    repairs : mapping
        What goes down, and how many days a crew needs for it.
    left : mapping, optional
        The share of its capacity that is left until the repair, 0 to 1; 0, closed, where it is not named.
    starts : mapping, optional
        The day on which it goes down; 0 where it is not named. No repair starts before that.
    crews : int
        How many repairs go on at a time; a crew that is free takes the next in the order, and waits for it.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``.
    order : sequence of str, optional
        An order to follow, instead of looking for the best.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Recovery
        The order, the curve day by day, what is lost in all, and whether that is proven least.

    Raises
    ------
    InputError
        Something that does not operate, days below 0, a share that is none or of what has no capacity, no crew, or an
        order of other things.

    Notes
    -----
    One crew and all down at once: by dynamic programming over what is repaired (Held & Karp 1962), proven to 10
    repairs. Several crews, or starts that differ: all orders up to 7 repairs, which is proof: fewer failures never cost
    more, so that no repair should wait for a later one in the order. Beyond that, each next repair is the one that
    saves most per day of its own, and `proven` is False. The lost area under a curve of performance is the loss of
    resilience of Bruneau et al. 2003.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 50.0], "capacity": [1e6, 1e6]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [365e3], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> best = cd.recovery(network, demand, {"ferry": 30, "north": 5})
    >>> best.order, best.lost  # 5 days at 190 USD and 30 at 40 for 1,000 t a day
    (('north', 'ferry'), 2150000.0)
    >>> later = cd.recovery(network, demand, {"ferry": 30, "north": 5}, left={"ferry": 0.146}, starts={"north": 10})
    >>> later.order, later.lost  # the ferry keeps 400 t a day, and the other route fails during its repair
    (('north', 'ferry'), 1530000.0)
    >>> later.curve
        day failed repaired      loss  unmet
    0   0.0  ferry            24000.0    0.0
    1  10.0  north           114000.0  600.0
    2  15.0           north   24000.0    0.0
    3  45.0           ferry       0.0    0.0
    """
    groups = closures(network, by)
    arguments.mappings(repairs=repairs)
    arguments.mappings_or_none(left=left, starts=starts)
    days = _days_of(network, repairs, groups, by)
    crews = whole("recovery: crews", crews, 1)
    begin = _named("starts", by, starts, days, float("inf"), "give days >= 0")
    shares = {name: part for name, part in _named("left", by, left, days, 1.0, SHARE).items() if part > 0}
    failures = _failures(network, {name: groups[name] for name in days}, shares)
    support = Support(network, checked_demand(network, demand), failures, progress, shares)
    names = support.names
    plan = _Plan(support, [days[name] for name in names], [begin.get(name, 0.0) for name in names], crews)
    best, proven = plan.best() if order is None else (_numbers_of(order, names), False)
    return plan.outcome(best, proven)


def _days_of(network: Network, repairs: Mapping[str, float], groups: Groups, by: str) -> dict[str, float]:
    """The days of each repair."""
    repairs = keyed_among("repairs", network, by, groups, repairs)
    if not repairs:
        raise InputError("repairs: is empty; name what is down and its days")
    days = {name: a_number(value) for name, value in repairs.items()}
    bad = [name for name, value in days.items() if not 0 <= value < float("inf")]
    if bad:
        raise InputError(complaint("repairs", "is no number of days >= 0", bad, "give the days that a crew needs"))
    return days


def _failures(network: Network, down: Groups, shares: Mapping[str, float]) -> Groups:
    """What fails by name of its repair: all that closes, or what has a capacity that falls to a share of it."""
    found = {name: _limited(network, items) if name in shares else items for name, items in down.items()}
    unlimited = [name for name in shares if not found[name]]
    if unlimited:
        raise InputError(complaint("left", "has no capacity that could fall", unlimited, "give it one, or close it"))
    return found


def _numbers_of(order: Sequence[str], names: Sequence[str]) -> list[int]:
    """A given order of repairs, by their numbers."""
    order = arguments.names_of("order", order)
    if sorted(order) != sorted(names):
        raise InputError("recovery: order does not name what is down, each once; give all of repairs")
    return [names.index(name) for name in order]


def _named(
    what: str, by: str, given: Mapping[str, float] | None, repairs: Mapping[str, float], below: float, remedy: str
) -> dict[str, float]:
    """Numbers of some of the repairs, 0 to below a limit."""
    named = keyed(what, {} if given is None else given, lambda name: as_name(by, name, repairs))
    found = {name: a_number(value) for name, value in named.items()}
    unknown = [name for name in found if name not in repairs]
    if unknown:
        raise InputError(complaint(what, "is not among the repairs", unknown, "name what is repaired"))
    bad = [name for name, value in found.items() if not 0 <= value < below]
    if bad:
        raise InputError(complaint(what, f"is not 0 to below {below:g}", bad, remedy))
    return found


def _limited(network: Network, items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of some links and transfers that have a capacity."""
    capacity = {
        "links": network.links.set_index("link_id").capacity,
        "transfers": network.transfers.set_index("transfer_id").capacity,
    }
    return [(table, name) for table, name in items if capacity[table].notna()[name]]


@dataclass(frozen=True, eq=False)
class _Plan:
    """Repairs by number: days each takes, when each goes down, how many crews."""

    support: Support
    days: list[float]
    starts: list[float]
    crews: int

    def rate(self, closed: int) -> float:
        """USD a day over the base while a set is down."""
        self.support.settle([closed, 0])
        return (self.support.of(closed).loss - self.support.of(0).loss) / YEAR

    def changes(self, order: Sequence[int]) -> list[tuple[float, int, int]]:
        """Days on which something changes, from day 0 on: the day, the set down from then, the set repaired then."""
        free = [0.0] * min(self.crews, len(order))
        finished: dict[float, int] = {}
        for repair in order:
            crew = min(range(len(free)), key=free.__getitem__)
            free[crew] = max(free[crew], self.starts[repair]) + self.days[repair]
            finished[free[crew]] = finished.get(free[crew], 0) | 1 << repair
        closed, found = 0, []
        for day in sorted({0.0, *self.starts, *finished}):
            closed |= sum(1 << i for i, start in enumerate(self.starts) if start == day)
            closed &= ~finished.get(day, 0)
            found.append((day, closed, finished.get(day, 0)))
        return found

    def area(self, order: Sequence[int]) -> float:
        """The loss until all is repaired in an order, USD."""
        changes = self.changes(order)
        return sum((then - day) * self.rate(down) for (day, down, _), (then, *_) in pairwise(changes))

    def best(self) -> tuple[list[int], bool]:
        """The order that loses least, and whether it is proven to."""
        count = len(self.days)
        everything = (1 << count) - 1
        together = not any(self.starts)
        if self.crews == 1 and count <= PROVEN and together:
            self.support.settle(range(everything + 1))
            least: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
            for closed in range(1, everything + 1):
                rate = self.rate(closed)
                cost, first = min((self.days[i] * rate + least[closed & ~(1 << i)][0], i) for i in bits_of(closed))
                least[closed] = (cost, [first, *least[closed & ~(1 << first)][1]])
            return least[everything][1], True
        if count <= ORDERS:
            self.support.settle(range(everything + 1))
            orders = [list(order) for order in permutations(range(count))]
            return min(orders, key=lambda order: (self.area(order), order)), True
        return self._by_rule(), False

    def _by_rule(self) -> list[int]:
        """Whenever a crew is free, the repair of what is down that saves most per day of its own."""
        waiting = set(range(len(self.days)))
        free = [0.0] * self.crews
        order: list[int] = []
        while waiting:
            crew = min(range(len(free)), key=free.__getitem__)
            now = max(free[crew], min(self.starts[i] for i in waiting))
            failed = [i for i in sorted(waiting) if self.starts[i] <= now]
            closed = sum(1 << i for i in failed)
            self.support.settle(closed & ~(1 << i) for i in failed)
            saved = {i: self.rate(closed) - self.rate(closed & ~(1 << i)) for i in failed}
            following = min(failed, key=lambda i: (-saved[i] / max(self.days[i], 1e-9), i))
            free[crew] = now + self.days[following]
            order.append(following)
            waiting.remove(following)
        return order

    def outcome(self, order: Sequence[int], proven: bool) -> Recovery:
        """The curve of an order of repairs, and the area under it."""
        rows, before, digits = [], 0, self.support.digits
        for day, closed, repaired in self.changes(order):
            failed = closed & ~before
            loss = self.rate(closed)
            base = self.support.of(0)
            unmet = (self.support.of(closed).unmet - base.unmet) / YEAR
            rows.append(
                (
                    day,
                    self._names(failed),
                    self._names(repaired),
                    round(loss, digits.loss) + 0.0,
                    round(unmet, digits.tonnes) + 0.0,
                )
            )
            before = closed
        curve = pd.DataFrame(rows, columns=["day", "failed", "repaired", "loss", "unmet"])
        names = tuple(self.support.names[i] for i in order)
        return Recovery(names, curve, round(self.area(order), digits.loss), proven)

    def _names(self, some: int) -> str:
        return together(self.support.names[i] for i in bits_of(some))
