"""Recovery: what an outage costs until all is repaired, and in which order to repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pandas as pd

from corridors.errors import InputError, complaint
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import closures
from corridors.studies.support import Support, bits_of

PROVEN = 10
"""Repairs up to which the best order of one crew is proven, and of several crews up to 7."""
YEAR = 365.0


@dataclass(frozen=True, eq=False)
class Recovery:
    """How an outage ends.

    Parameters
    ----------
    order : tuple of str
        In which order repairs start.
    curve : DataFrame
        The resilience curve, a row a repair and one for the start: ``day`` (when it holds from), ``repaired`` (what was
        finished then), ``loss`` (USD a day over the base, from that day), ``unmet`` (t a day over the base).
    lost : float
        The area under the curve: the loss until all is repaired, USD.
    proven : bool
        Whether no other order loses less.
    """

    order: tuple[str, ...]
    curve: pd.DataFrame
    lost: float
    proven: bool


def recovery(
    network: Network,
    demand: Any,
    repairs: Mapping[str, float],
    *,
    crews: int = 1,
    by: str = "link",
    order: Sequence[str] | None = None,
    progress: bool = True,
) -> Recovery:
    """The order of repairs that loses least, and the curve on the way.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`; flows adapt at once to what is open, at the yearly rates.
    repairs : mapping
        What is down, and how many days a crew needs for it.
    crews : int
        How many repairs go on at a time; a crew that is free takes the next in the order.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``.
    order : sequence of str, optional
        An order to follow, instead of looking for the best.
    progress : bool
        Whether to show progress bars in a terminal.

    Raises
    ------
    InputError
        Something that does not operate, days below 0, no crew, or an order of other things.

    Notes
    -----
    One crew: by dynamic programming over what is repaired (Held & Karp 1962), proven to 10 repairs. Several crews: all
    orders to 7 repairs. Above, each next repair is the one that saves most for its days; then `proven` is False.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [365e3], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> best = cd.recovery(network, demand, {"ferry": 30, "north": 5})
    >>> best.order, best.lost  # 5 days at 190 USD and 30 at 40 for 1,000 t a day
    (('north', 'ferry'), 2150000.0)
    """
    groups = closures(network, by)
    unknown = [name for name in repairs if name not in groups]
    if unknown or not repairs:
        raise InputError(complaint("repairs", f"is no operating {by}", unknown, "name what is down and its days"))
    days = [float(d) for d in repairs.values()]
    bad = [name for name, d in repairs.items() if not 0 <= float(d) < float("inf")]
    if bad or crews < 1:
        raise InputError(complaint("repairs", "has no days >= 0, or there is no crew", bad, "give days, and 1 or more"))
    support = Support(network, checked_demand(network, demand), {name: groups[name] for name in repairs}, progress)
    names = support.names
    if order is not None:
        if sorted(order) != sorted(names):
            raise InputError("recovery: order does not name what is down, each once; give all of repairs")
        best, proven = [names.index(name) for name in order], False
    else:
        best, proven = _best(support, days, crews)
    return _told(support, days, crews, best, proven)


def _rate(support: Support, closed: int) -> float:
    """USD a day over the base while a set is closed."""
    support.settle([closed, 0])
    return (support.of(closed).loss - support.of(0).loss) / YEAR


def _steps(days: Sequence[float], crews: int, order: Sequence[int]) -> list[tuple[float, int]]:
    """When each repair is finished, in time: day and repair."""
    free = [0.0] * min(crews, len(order))
    done = []
    for repair in order:
        crew = min(range(len(free)), key=free.__getitem__)
        free[crew] += days[repair]
        done.append((free[crew], repair))
    return sorted(done, key=lambda step: step[0])


def _area(support: Support, days: Sequence[float], crews: int, order: Sequence[int]) -> float:
    closed, now, lost = (1 << len(days)) - 1, 0.0, 0.0
    for day, repair in _steps(days, crews, order):
        lost += (day - now) * _rate(support, closed)
        closed, now = closed & ~(1 << repair), day
    return lost


def _best(support: Support, days: Sequence[float], crews: int) -> tuple[list[int], bool]:
    count = len(days)
    everything = (1 << count) - 1
    if crews == 1 and count <= PROVEN:
        support.settle(range(everything + 1))
        least: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
        for closed in range(1, everything + 1):
            rate = _rate(support, closed)
            options = [(days[i] * rate + least[closed & ~(1 << i)][0], i) for i in bits_of(closed)]
            cost, first = min(options)
            least[closed] = (cost, [first, *least[closed & ~(1 << first)][1]])
        return least[everything][1], True
    if count <= 7:
        support.settle(range(everything + 1))
        orders = [list(order) for order in permutations(range(count))]
        return min(orders, key=lambda order: (_area(support, days, crews, order), order)), True
    closed, order = everything, []
    while closed:
        now = _rate(support, closed)
        support.settle(closed & ~(1 << i) for i in bits_of(closed))
        saved = {i: now - _rate(support, closed & ~(1 << i)) for i in bits_of(closed)}
        following = min(saved, key=lambda i: (-saved[i] / max(days[i], 1e-9), i))
        order.append(following)
        closed &= ~(1 << following)
    return order, False


def _told(support: Support, days: Sequence[float], crews: int, order: Sequence[int], proven: bool) -> Recovery:
    closed, now, lost = (1 << len(days)) - 1, 0.0, 0.0
    rows = [(0.0, "", _rate(support, closed), support.of(closed).unmet)]
    base = support.of(0)
    for day, repair in _steps(days, crews, order):
        lost += (day - now) * rows[-1][2]
        closed, now = closed & ~(1 << repair), day
        rows.append((day, support.names[repair], _rate(support, closed), support.of(closed).unmet))
    curve = pd.DataFrame(rows, columns=["day", "repaired", "loss", "unmet"])
    curve["unmet"] = ((curve.unmet - base.unmet) / YEAR).round(3)
    curve["loss"] = curve.loss.round(2) + 0.0
    return Recovery(tuple(support.names[i] for i in order), curve, round(lost, 2), proven)
