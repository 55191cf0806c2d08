"""Interdiction: the worst closures within a budget, proven; and fortification: what to protect against them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, complaint, kind_of, nearest, whole
from corridors.methods.closure_sets import Support, bits_of
from corridors.methods.worst_closures import Interdiction, by_programme, by_search
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import closures_among
from corridors.scenarios.labels import together
from corridors.schema.columns import keyed
from corridors.studies.penalties import about

METHODS = ("search", "milp")


def interdiction(
    network: Network,
    demand: Any,
    budget: float,
    *,
    costs: Mapping[str, float] | None = None,
    by: str = "link",
    among: Iterable[str] | None = None,
    method: str = "search",
    limit: int = 20_000,
    seconds: float = 600.0,
    progress: bool = True,
) -> Interdiction:
    """The closures within a budget that cost the most.

    Parameters
    ----------
    network : Network
        For the interdiction of shortest paths take `corridors.without_capacities` of it; for that of the largest
        flow take `corridors.free_of_charge` of it and demand whose tonnes are all worth the same.
    demand : DataFrame
        As for `corridors.solve`.
    budget : float
        What all closures together may cost; their number where each costs 1.
    costs : mapping, optional
        What each closure costs, above 0; 1 where it is not named, ``inf`` for what can't be closed.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``.
    among : iterable of str, optional
        Only these may close.
    method : str
        ``search`` solves sets of closures, the most promising first; ``milp`` solves one mixed-integer programme on the
        dual. Both are exact; the search is faster where few links carry flow, the programme where many sets are nearly
        the worst.
    limit : int
        At most so many sets to solve, or nodes of branch and bound; the gap says how far the best is proven by then.
    seconds : float
        Time at the most, after which the best found and a proven bound are given.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Interdiction
        ``closed, loss, bound, gap, solved``; as a table of one row by its ``to_frame()``.

    Raises
    ------
    InputError
        A budget, cost, method or name that does not fit.
    SolverError
        The programme found nothing in its time.

    See Also
    --------
    corridors.interdiction_curve : By budget.
    corridors.fortify : What to protect.

    Notes
    -----
    Search: best-first branch and bound. A set is extended only by what its optimum uses. No further closures can add
    more than the value of what goes over them now, since other flows can stay as they are; a continuous knapsack of
    these values within the rest of the budget is the bound.

    Programme: the dual of the flow, in which a closed link costs what a tonne over it can gain, so that no goods use it
    (Israeli & Wood 2002, "Shortest-path network interdiction", section 3; Wood 1993, "Deterministic network
    interdiction", for largest flows); see `corridors.solvers.closures`. The loss given is that of solving the closures
    found.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["aktau", "kuryk", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 12.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> worst = cd.interdiction(cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand, 2)
    >>> worst.closed, worst.loss, worst.gap
    (('aktau', 'kuryk'), 40000000.0, 0.0)
    """
    attack = _attack(network, demand, costs, by, among, method, limit, seconds, progress)
    return attack(_fits(budget), time.monotonic() + seconds)


def interdiction_curve(
    network: Network,
    demand: Any,
    budget: int,
    *,
    costs: Mapping[str, float] | None = None,
    by: str = "link",
    among: Iterable[str] | None = None,
    method: str = "search",
    limit: int = 20_000,
    seconds: float = 600.0,
    progress: bool = True,
) -> pd.DataFrame:
    """The worst closures for every whole budget up to one.

    Sources: Wood 1993; Israeli & Wood 2002.

    Parameters
    ----------
    network, demand, costs, by, among, method, limit, progress
        As for `interdiction`.
    budget : int
        The largest budget.
    seconds : float
        Time for all budgets together: the table ends with the one that was searched when it was over.

    Returns
    -------
    DataFrame
        One row per budget from 0: ``budget, closed`` (names, joined by `` + ``), ``loss`` (USD/year more than base),
        ``bound`` (no closures cost more), ``gap, solved``.

    Raises
    ------
    InputError
        As `interdiction`; a budget for more closures than there can be.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["aktau", "kuryk", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 12.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> cd.interdiction_curve(network, demand, 3)[["budget", "closed", "loss", "gap"]]
       budget                 closed         loss  gap
    0       0                                 0.0  0.0
    1       1                  aktau    2000000.0  0.0
    2       2          aktau + kuryk   40000000.0  0.0
    3       3  aktau + kuryk + north  190000000.0  0.0
    """
    most = int(_fits(budget))
    groups = closures_among(network, by, among)
    if costs is None and most > len(groups):
        raise InputError(f"interdiction: budget={most} is more than can close: {len(groups)} by {by}; give less")
    attack = _attack(network, demand, costs, by, among, method, limit, seconds, progress)
    end, parts = time.monotonic() + seconds, []
    for money in range(most + 1):
        parts.append(attack(float(money), end).to_frame())
        if time.monotonic() > end:
            break
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "budget", range(len(table)))
    table.attrs.update(about(network, demand))
    return table


def fortify(
    network: Network,
    demand: Any,
    protect: int,
    budget: float,
    *,
    by: str = "link",
    among: Iterable[str] | None = None,
    limit: int = 20_000,
    progress: bool = True,
) -> pd.DataFrame:
    """What to protect so that the worst closures cost the least.

    Parameters
    ----------
    network, demand, budget, by, among, limit, progress
        As for `interdiction`; each closure costs 1.
    protect : int
        How many can be made safe from closure.

    Returns
    -------
    DataFrame
        One row per number protected, 0 to `protect`: ``protected, worst`` (names, joined by `` + ``), ``loss``
        (USD/year more than the base, of the worst that is left), ``gap``.

    Raises
    ------
    InputError
        As `interdiction`; a number to protect below 0.

    Notes
    -----
    Protection helps only if it covers one of the worst closures, so the search branches on these only (Scaparra &
    Church 2008, "A bilevel mixed-integer program for critical infrastructure protection planning", section 4). Sets
    once solved are not solved again.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["aktau", "kuryk", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 12.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> cd.fortify(cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand, 1, 2)
       protected          worst        loss  gap
    0             aktau + kuryk  40000000.0  0.0
    1      aktau                        0.0  0.0
    """
    support = _support(network, demand, by, among, progress)
    prices = _prices(support, None)
    protect, limit = whole("fortify: protect", protect), whole("fortify: limit", limit)
    attacks: dict[int, Interdiction] = {}
    rows = []
    layer = [0]
    for size in range(protect + 1):
        for safe in layer:
            attacks[safe] = by_search(support, prices, _fits(budget), limit, protected=safe)
        best = min((s for s in attacks if s.bit_count() <= size), key=lambda s: (attacks[s].loss, s.bit_count(), s))
        names = together(support.names[i] for i in bits_of(best))
        rows.append((names, together(attacks[best].closed), attacks[best].loss, attacks[best].gap))
        position = {name: i for i, name in enumerate(support.names)}
        layer = sorted({safe | 1 << position[name] for safe in layer for name in attacks[safe].closed} - set(attacks))
    table = pd.DataFrame(rows, columns=["protected", "worst", "loss", "gap"])
    table.attrs.update(about(network, demand))
    return table


def _attack(
    network: Network,
    demand: Any,
    costs: Mapping[str, float] | None,
    by: str,
    among: Iterable[str] | None,
    method: str,
    limit: int,
    seconds: float,
    progress: bool,
) -> Callable[[float, float], Interdiction]:
    """From a budget and a time to end to the worst closures; sets once solved are not solved again."""
    arguments.texts(method=method)
    arguments.numbers(0, seconds=seconds)
    if method not in METHODS:
        raise InputError(f"interdiction: method={method!r} is unknown; give one of {', '.join(METHODS)}")
    limit = whole("interdiction: limit", limit)
    support = _support(network, demand, by, among, progress)
    prices = _prices(support, costs)
    if method == "search":
        return lambda budget, end: by_search(support, prices, budget, limit, protected=0, end=end)
    return lambda budget, end: by_programme(support, prices, budget, limit, max(end - time.monotonic(), 1.0))


def _support(network: Network, demand: Any, by: str, among: Iterable[str] | None, progress: bool) -> Support:
    groups = closures_among(network, by, among)
    return Support(network, checked_demand(network, demand), groups, progress, one_for_all=False)


def _prices(support: Support, costs: Mapping[str, float] | None) -> FloatArray:
    arguments.mappings_or_none(costs=costs)
    given = keyed("costs", {} if costs is None else costs)
    unknown = [name for name in given if name not in support.names]
    if unknown:
        remedy = f"give names of the network{nearest(unknown, support.names)}"
        raise InputError(complaint("costs", "is none of what may close", unknown, remedy))
    prices = {str(name): arguments.number_of(price) for name, price in given.items()}
    bad = [name for name, price in prices.items() if not price > 0]
    if bad:
        raise InputError(complaint("costs", "is not above 0", bad, "give what a closure costs, inf if it can't be had"))
    return np.array([prices.get(name, 1.0) for name in support.names])


def _fits(budget: float) -> float:
    money = arguments.number_of(budget)
    if not 0 <= money < np.inf:
        raise InputError(f"interdiction: budget={kind_of(budget)} does not fit; give a finite number >= 0")
    return money
