"""Reliability with durations: years of outages that start, last and end, and what each year costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, listed, whole
from corridors.methods.closure_sets import YEAR, Support
from corridors.methods.digits import places
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import Groups, closures, keyed_among
from corridors.studies.reliability import Reliability, importance_of, reduced

DURATIONS = ("exponential", "fixed", "lognormal")


def yearly_reliability(
    network: Network,
    demand: Any,
    outages: Mapping[str, tuple[float, float]],
    *,
    by: str = "link",
    years: int = 1000,
    durations: str = "exponential",
    spread: float = 1.0,
    seed: int = 0,
    progress: bool = True,
) -> Reliability:
    """What outages that last some days cost in a year.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`; flows adapt at once to what is open, at the yearly rates.
    outages : mapping
        By group, two means in days: how long it is up between outages (MTBF), and how long an outage lasts (MTTR). The
        groups fail independently of each other; what has a common cause is one group (``by="corridor"`` or
        ``"country"``).
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``; several joined by ``+``, as for
        `corridors.reliability`.
    years : int
        How many years to draw, each on its own.
    durations : str
        How outages vary about their mean: ``exponential``, ``fixed`` (not at all) or ``lognormal``. The times between
        them are exponential.
    spread : float
        Standard deviation over mean of lognormal durations, above 0.
    seed : int
        The same seed gives the same years, whatever the threads; each group has draws of its own, which do not depend
        on what else may fail.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Reliability
        ``expected`` loss a year with its standard error, ``quantiles`` and ``exceedance`` of the loss of a year, and
        ``importance`` by group, weighted by time: its ``availability`` is MTBF / (MTBF + MTTR), ``down`` the share of
        time drawn, ``error`` that of the Birnbaum importance over years (NaN where fewer than two years have the
        state). ``events`` has one row per outage: ``year, group, start`` (day), ``duration`` (days within the year).

    Raises
    ------
    InputError
        Groups that do not operate, days that are not above 0, an unknown kind of durations, no year, a seed below 0.
    SolverError
        A state was not solved.

    See Also
    --------
    corridors.reliability : Failures last all year: the same expected loss, but far worse bad years.

    Notes
    -----
    Each group is an alternating renewal process in equilibrium (Barlow & Proschan 1975, chapter 7; Ross 2014, section
    7.5): at the start of a year it is down with probability MTTR / (MTBF + MTTR), and then what is left of the outage
    has the equilibrium distribution. So the expected loss is that of the states' long-run probabilities, whatever the
    durations' distribution; how bad a year gets depends on it. A state costs its share of the year. States that close
    the same, or that differ only in what no goods use, are solved once (`corridors.methods.closure_sets`).

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> result = cd.yearly_reliability(network, demand, {"ferry": (90, 10)}, years=4000)
    >>> float(result.importance.availability[0])
    0.9
    >>> low, high = result.interval
    >>> low < 0.1 * 40e6 < high  # down a tenth of the time, and then 40 million a year
    True
    """
    groups = closures(network, by)
    means = _checked(outages, network, groups, by)
    arguments.texts(durations=durations)
    arguments.numbers(spread=spread)
    if durations not in DURATIONS:
        raise InputError(f"outages: durations={durations!r} is unknown; give one of {', '.join(DURATIONS)}")
    years, seed = whole("outages: years", years, 1, 10**7), whole("outages: seed", seed)
    if not 0 < spread < np.inf:
        raise InputError(f"outages: spread={spread} does not fit; give a number above 0")
    names = list(means)
    events = pd.concat(
        [
            _events(name, *means[name], years, durations, spread, _stream(seed, name)).assign(number=i)
            for i, name in enumerate(names)
        ],
        ignore_index=True,
    )
    year, down, share = _states(events, years)
    support = Support(network, checked_demand(network, demand), {name: groups[name] for name in names}, progress)
    sets = sorted(set(down))
    support.settle([0, *sets])
    base = support.of(0).loss
    cost = {closed: round(support.of(closed).loss - base, support.digits.loss) + 0.0 for closed in sets}
    rate = np.array([cost[closed] for closed in down])
    loss = np.bincount(year, rate * share, minlength=years).astype(float).round(support.digits.loss)
    up = {name: between / (between + lasts) for name, (between, lasts) in means.items()}
    failed = np.array([[closed >> i & 1 == 1 for i in range(len(names))] for closed in down])
    importance = importance_of(rate, share / years, failed, up, exact=True).assign(
        error=lambda t: t.group.map(_errors(rate, share, failed, year, years, names))
    )
    order = events.sort_values(["year", "start", "number"], kind="stable", ignore_index=True)
    return reduced(loss, np.full(years, 1 / years), importance, exact=False, events=order.drop(columns="number"))


def _checked(outages: Any, network: Network, groups: Groups, by: str) -> dict[str, tuple[float, float]]:
    arguments.mappings(outages=outages)
    outages = keyed_among("outages", network, by, groups, outages)
    if not outages:
        raise InputError("outages: is empty; name what may fail")
    found: dict[str, tuple[float, float]] = {}
    bad = []
    for name, pair in dict(outages).items():
        try:
            between, lasts = (float(v) for v in pair)
        except (TypeError, ValueError):
            between = lasts = np.nan
        if not (0 < between < np.inf and 0 < lasts < np.inf):
            bad.append(str(name))
        found[str(name)] = (between, lasts)
    if bad:
        raise InputError(f"outages: no two means above 0 for {listed(bad)}; give days between outages and days of one")
    return found


def _stream(seed: int, name: str) -> np.random.Generator:
    """The draws of one group: by its name, so that they are the same whatever else may fail."""
    return np.random.default_rng([seed, *name.encode()])


def _events(
    name: str, between: float, lasts: float, years: int, durations: str, spread: float, draw: np.random.Generator
) -> pd.DataFrame:
    """The outages of one group in every year: ``year, group, start, duration`` (days)."""
    down = draw.random(years) < lasts / (between + lasts)
    now = np.zeros(years)
    first = _residual(lasts, durations, spread, draw, years)
    parts = [(np.flatnonzero(down), now[down], np.minimum(first, YEAR)[down])]
    now = np.where(down, first, 0.0)
    while (now < YEAR).any():
        start = now + draw.exponential(between, years)
        length = _lengths(lasts, durations, spread, draw, years)
        within = np.flatnonzero(start < YEAR)
        parts.append((within, start[within], np.minimum(length[within], YEAR - start[within])))
        now = np.where(now < YEAR, start + length, now)
        now = np.where(start < YEAR, now, YEAR)
    year, begin, length = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return pd.DataFrame({"year": year, "group": name, "start": begin, "duration": length})


def _lengths(mean: float, durations: str, spread: float, draw: np.random.Generator, n: int) -> FloatArray:
    if durations == "fixed":
        return np.full(n, mean)
    if durations == "exponential":
        return draw.exponential(mean, n)
    sigma = np.sqrt(np.log1p(spread**2))
    return draw.lognormal(np.log(mean) - sigma**2 / 2, sigma, n)


def _residual(mean: float, durations: str, spread: float, draw: np.random.Generator, n: int) -> FloatArray:
    """The rest of an outage in progress: a uniform part of one drawn in proportion to its length (Ross 2014, 7.7)."""
    if durations == "exponential":
        return draw.exponential(mean, n)
    part = draw.random(n)
    if durations == "fixed":
        return part * mean
    sigma = np.sqrt(np.log1p(spread**2))
    return part * draw.lognormal(np.log(mean) + sigma**2 / 2, sigma, n)


def _states(events: pd.DataFrame, years: int) -> tuple[Any, list[int], FloatArray]:
    """Spells of each year without a change: the year, the set that is down, the share of the year."""
    begin = pd.DataFrame({"year": events.year, "day": events.start, "bit": events.number, "begins": 1})
    end = begin.assign(day=events.start + events.duration, begins=0)
    whole = pd.DataFrame({"year": np.arange(years), "day": 0.0, "bit": -1, "begins": 0})
    changes = pd.concat([begin, end, whole], ignore_index=True)
    changes = changes.sort_values(["year", "day", "bit", "begins"], kind="stable")
    year, day = changes.year.to_numpy(), changes.day.to_numpy(float)
    following = np.append(np.where(year[1:] == year[:-1], day[1:], YEAR), YEAR)
    share = np.maximum(np.minimum(following, YEAR) - day, 0.0) / YEAR
    down, closed = [], 0
    for bit, begins in zip(changes.bit.tolist(), changes.begins.tolist(), strict=True):
        closed = 0 if bit < 0 else closed | 1 << bit if begins else closed & ~(1 << bit)
        down.append(closed)
    kept = np.flatnonzero(share > 0)
    return year[kept], [down[i] for i in kept], share[kept]


def _errors(
    rate: FloatArray, share: FloatArray, failed: Any, year: Any, years: int, names: list[str]
) -> dict[str, float]:
    """Standard errors of the Birnbaum importance: of a difference of ratios over years (the delta method).

    A state that occurs in one year only does not show how years differ.
    """
    found = {}
    for i, name in enumerate(names):
        noise = 0.0
        for state in (failed[:, i], ~failed[:, i]):
            time = np.bincount(year[state], share[state], minlength=years)
            cost = np.bincount(year[state], (rate * share)[state], minlength=years)
            if np.count_nonzero(time) < 2:
                noise = np.nan
                continue
            off = cost - cost.sum() / time.sum() * time
            noise += float((off**2).sum()) / float(time.sum()) ** 2
        found[name] = round(float(np.sqrt(noise)), places(2, rate, 1e7))
    return found
