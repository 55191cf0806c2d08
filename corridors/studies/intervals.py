"""Intervals of any study: the study on each of some uncertain cases, and what its answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.edits.drawn import Drawn, drawn
from corridors.errors import InputError, kind_of, whole
from corridors.methods.spread import interval, ranked
from corridors.methods.spread_drivers import explained, in_words
from corridors.network import Network, checked_demand
from corridors.scenarios.uncertainty import uncertain_cases
from corridors.studies.break_even import break_even
from corridors.studies.expansion import expansion
from corridors.studies.hedging import hedging_frontier
from corridors.studies.leverage import leverage
from corridors.sweeping.progress import counted

FEWEST = 3
"""Draws in which an item has to be found, to say what its spread is of."""


def intervals(
    study: Callable[..., Any],
    network: Network,
    demand: Any,
    *arguments_of_study: Any,
    draws: int = 19,
    spreads: Any = None,
    seed: int = 0,
    drivers: bool = False,
    progress: bool = True,
    **options: Any,
) -> pd.DataFrame:
    """How sure a study's answer is: the same study where every figure is drawn by its confidence.

    Parameters
    ----------
    study : function
        `corridors.leverage`, `corridors.hedging_frontier`, `corridors.break_even` or `corridors.expansion`.
    network, demand
        As for the study.
    *arguments_of_study, **options
        What else the study takes.
    draws : int
        Uncertain cases: 19 give intervals of 90 %.
    spreads, seed
        As for `corridors.uncertain_cases`.
    drivers : bool
        Whether to say what the spread is of, too: the study runs in each draw once for each kind of figure that is
        uncertain as well, a dozen times as long.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        A row an item: a player of `leverage` (its Shapley value, USD/year); a flip of `break_even`, by the routes
        preferred before and after (the value of the parameter); a measure of `hedging_frontier` by value factor (free
        choice: share that enters; nothing enters: loss more, USD/year; first tonnes moved off: USD/t); a candidate of
        `expansion` (modules built). ``value`` is that of the data as they are, NaN where it is not found there;
        ``low, high`` hold it in 90 % of cases; ``found`` is the share of draws in which it is there (a flip within the
        range, a candidate that is built). Of `leverage`, in addition, ``first`` (the share of draws in which it is the
        largest), ``rank_low, rank_high``. With `drivers`, ``drivers`` (the kinds of figures with the largest shares:
        of the variances of the answer where only figures of a kind are other than they are) and ``explained`` (the
        squared correlation of their moves, added, with those of all figures at once: where it is low, kinds matter
        together; NaN where nothing varies, or the item is found in fewer than three draws).

    Raises
    ------
    InputError
        Another study, and what `corridors.uncertain_cases` and the study raise.

    See Also
    --------
    corridors.criticality : Which takes ``draws`` itself, in one sweep with the closures.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "ship", "rail"], "from_node_id": ["aktau", "aktau", "baku"],
    ...                       "to_node_id": ["baku", "baku", "poti"], "mode": "ship", "tariff": [10.0, 12.0, 10.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["poti"], "volume": [6e6], "value": [220.0]})
    >>> spreads = pd.DataFrame({"table": ["demand"], "field": ["volume"], "factor": [1.5]})
    >>> players = ["ferry", "ship", "rail"]
    >>> table = cd.intervals(cd.leverage, cd.Network(nodes, links), demand, players, by="link", spreads=spreads,
    ...                      draws=9)
    >>> table[["player", "first", "rank_low", "rank_high"]]
      player  first  rank_low  rank_high
    0   rail    1.0         1          1
    1  ferry    0.0         2          2
    2   ship    0.0         3          3

    What the worth of each hangs on, where freight is uncertain as well:

    >>> spreads = pd.DataFrame({"table": ["demand", "links"], "field": ["volume", "tariff"], "factor": [1.1, 1.5]})
    >>> table = cd.intervals(cd.leverage, cd.Network(nodes, links), demand, players, by="link", spreads=spreads,
    ...                      drivers=True, draws=5)
    >>> table[["player", "drivers"]]
      player                                      drivers
    0   rail                        volume of demand 98 %
    1  ferry   volume of demand 95 %; tariff of links 5 %
    2   ship  volume of demand 90 %; tariff of links 10 %
    """
    if not callable(study) or study not in _STUDIES:
        known = ", ".join(each.__name__ for each in _STUDIES)
        raise InputError(f"study: is {kind_of(study)}; give one of {known}; criticality takes draws itself")
    arguments.networks(network=network)
    arguments.flags(drivers=drivers)
    rows, draws = checked_demand(network, demand), whole("intervals: draws", draws, 1)
    names, measured = _STUDIES[study]

    def measure(case: Drawn) -> dict[tuple[Any, ...], float]:
        return measured(study(*case, *arguments_of_study, **options, progress=False))

    now, found = measure(Drawn(network, rows)), []
    by_kind: dict[str, list[dict[tuple[Any, ...], float]]] = {}
    cases = uncertain_cases(network, rows, draws, spreads=spreads, seed=seed)
    with counted("intervals", draws, "cases", progress) as count:
        for number in range(len(cases)):
            changes = cases.changes(number)
            found.append(measure(drawn(network, rows, changes)))
            for (table, field), part in changes.groupby(["table", "field"], sort=False) if drivers else ():
                by_kind.setdefault(f"{field} of {table}", []).append(measure(drawn(network, rows, part)))
            count(1)
    table = _compared(names, now, found, ranks=study is leverage)
    if not drivers:
        return table
    items, missing = list(table[names].itertuples(index=False, name=None)), 0.0 if study is expansion else np.nan
    return table.join(_driven(items, found, by_kind, missing))


def _driven(
    items: list[tuple[Any, ...]],
    draws: list[dict[tuple[Any, ...], float]],
    by_kind: dict[str, list[dict[tuple[Any, ...], float]]],
    missing: float,
) -> pd.DataFrame:
    """What the spread of each item is of: ``drivers`` and ``explained``; `missing` stands for what is not found."""
    names, rows = list(by_kind), []
    for item in items:
        moved = np.array([[case.get(item, missing) for case in cases] for cases in (draws, *by_kind.values())])
        moved = moved[:, ~np.isnan(moved).any(axis=0)]
        if moved.shape[1] < FEWEST:
            rows.append(("", np.nan))
            continue
        text = in_words(names, moved[1:].var(axis=1))
        rows.append((text, explained(moved[1:].sum(axis=0), moved[0])))
    return pd.DataFrame(rows, columns=["drivers", "explained"])


def _compared(
    names: list[str], now: dict[tuple[Any, ...], float], draws: list[dict[tuple[Any, ...], float]], *, ranks: bool
) -> pd.DataFrame:
    """The items of the data as they are, then those found in draws alone, with their intervals."""
    items = list(dict.fromkeys([*now, *(item for found in draws for item in found)]))
    values = np.array([[found.get(item, np.nan) for item in items] for found in draws]).reshape(len(draws), len(items))
    low, high = interval(values)
    table = pd.DataFrame(items, columns=names, dtype=object).infer_objects()
    table = table.assign(value=[now.get(item, np.nan) for item in items], low=low, high=high)
    if ranks:
        return table.join(ranked(values)[["first", "rank_low", "rank_high"]])
    return table.assign(found=(~np.isnan(values)).mean(axis=0))


def _of_players(table: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    return {(row.player,): row.shapley for row in table.itertuples()}


def _of_flips(table: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    """Where the preferred route first changes from one to another."""
    flips = table.assign(before=table.preferred.shift())[table.flips.astype(bool)]
    return {(row.before, row.preferred): row.low for row in flips[::-1].itertuples()}


def _of_frontier(table: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    """The ends of the frontier of each factor."""
    found = {}
    for factor, corners in table.groupby("value_factor", sort=False):
        found[factor, "entering_share, free choice"] = float(corners.entering_share.iloc[0])
        found[factor, "cost_of_autonomy, first tonnes"] = float(corners.cost_of_autonomy.iloc[0])
        found[factor, "extra_loss, nothing enters"] = float(corners.extra_loss.iloc[-1])
    return found


def _of_candidates(result: Any) -> dict[tuple[Any, ...], float]:
    """Modules of each candidate that is built."""
    return {(row.candidate_id,): float(row.modules) for row in result.portfolio.itertuples()}


_STUDIES: dict[Callable[..., Any], tuple[list[str], Callable[[Any], dict[tuple[Any, ...], float]]]] = {
    leverage: (["player"], _of_players),
    hedging_frontier: (["value_factor", "measure"], _of_frontier),
    break_even: (["before", "after"], _of_flips),
    expansion: (["candidate_id"], _of_candidates),
}
"""What names an item of each study, and what is measured of it."""
