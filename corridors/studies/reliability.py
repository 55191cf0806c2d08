"""Reliability: the loss to expect when links fail at random, how bad it gets, and which links matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.frames import html
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, whole
from corridors.methods.closure_sets import Support
from corridors.methods.digits import Digits, places
from corridors.methods.solved import require_solved
from corridors.network import Network, checked_demand
from corridors.scenarios.groups import closures
from corridors.scenarios.make import availabilities, baseline, sample
from corridors.scenarios.sources import Draws
from corridors.sweeping.solve import sweep_all

EXACT = 16
"""Groups that may fail up to which every combination is solved instead of drawn."""
LEVELS = (0.5, 0.9, 0.95, 0.99)


@dataclass(frozen=True, eq=False)
class Reliability:
    """What random failures cost.

    Parameters
    ----------
    expected, error : float
        Mean loss over the base, USD/year, and its standard error (zero where every combination is solved, NaN where one
        draw can't tell).
    quantiles : DataFrame
        ``level, loss`` (USD/year) and its confidence interval ``low, high`` (95 %, by order statistics; NaN where
        there are too few draws for one so far out).
    exceedance : DataFrame
        ``loss`` (USD/year) and the ``probability`` that it is reached or exceeded; a row a loss that occurs.
    importance : DataFrame
        A row a group, largest first: ``group, availability, down`` (probability, or share of draws), ``loss_down,
        loss_up`` (mean loss when it is down and up), ``birnbaum`` (their difference: Birnbaum 1969), ``error`` (its
        standard error; NaN where there are too few draws), ``criticality`` (what its failures add to the expected loss:
        birnbaum times down).
    draws : int
        Draws, combinations, or years.
    events : DataFrame, optional
        Of `corridors.yearly_reliability`: ``year, group, start, duration`` (days), a row an outage.

    See Also
    --------
    corridors.reliability, corridors.yearly_reliability : What gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    >>> cd.reliability(network, demand, {"ferry": 0.9, "north": 0.8}).to_frame()[["measure", "level", "loss"]]
        measure  level         loss
    0      mean    NaN    7000000.0
    1  quantile   0.50          0.0
    2  quantile   0.90          0.0
    3  quantile   0.95   40000000.0
    4  quantile   0.99  190000000.0
    """

    expected: float
    error: float
    quantiles: pd.DataFrame
    exceedance: pd.DataFrame
    importance: pd.DataFrame
    draws: int
    events: pd.DataFrame | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the expected loss, USD/year."""
        return self.expected - 1.96 * self.error, self.expected + 1.96 * self.error

    def to_frame(self) -> pd.DataFrame:
        """The expected loss and the quantiles as one table.

        Returns
        -------
        DataFrame
            A row a figure: ``measure`` (``mean`` or ``quantile``), ``level`` (of a quantile, else NaN), ``loss``
            (USD/year) and its 95 % confidence interval ``low, high``, with ``attrs["units"]`` by column and
            ``attrs["draws"]``.
        """
        low, high = self.interval
        mean = pd.DataFrame({"level": [np.nan], "loss": [self.expected], "low": [low], "high": [high]})
        table = pd.concat([mean, self.quantiles], ignore_index=True)
        table.insert(0, "measure", ["mean", *["quantile"] * len(self.quantiles)])
        units = {"level": "1", "loss": "USD/year", "low": "USD/year", "high": "USD/year"}
        table.attrs.update(units=units, draws=self.draws)
        return table

    def _repr_html_(self) -> str:
        low, high = self.interval
        figures = {
            "expected loss": f"{self.expected:,.10g} USD/year over the base",
            "95 % confidence": f"{low:,.10g} to {high:,.10g}",
            "draws": f"{self.draws:,}",
        }
        return html("Reliability", figures, self.importance)


def reliability(
    network: Network,
    demand: Any,
    availability: float | Mapping[str, float],
    *,
    by: str = "link",
    draws: int = 10_000,
    method: str = "auto",
    seed: int = 0,
    progress: bool = True,
) -> Reliability:
    """What failures of links (or of what fails together) cost in a year, if nothing is repaired in it.

    Where outages last days and not all year, `corridors.yearly_reliability` is meant.

    Sources: Birnbaum 1969 (importance); Conover 1999, section 3.2 (intervals of quantiles).

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    availability : float or mapping
        The probability that each group is up, 0 to 1; one number for all. Groups fail independently of each other;
        what has a common cause is one group (``by="corridor"`` or ``"country"``).
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``; several joined by ``+``, as
        ``link+corridor``, with names such as ``corridor:TITR``: links that fail by themselves and by a common cause.
    draws : int
        How many draws.
    method : str
        ``sampled`` draws combinations of failures, ``exact`` lists all of them; ``auto`` is exact up to 16 groups.
    seed : int
        The same seed gives the same draws.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Reliability
        The expected loss with its error, how likely each loss is, and what each group adds to it.

    Raises
    ------
    InputError
        An availability, method, seed or number of draws that does not fit.
    SolverError
        A draw was not solved.

    Notes
    -----
    The result of every combination follows from those in which each closure meets goods (`methods.closure_sets`);
    draws are swept.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu",
    ...                       "mode": "ship", "tariff": [10.0, 50.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"],
    ...                        "volume": [1e6], "value": [200.0]})
    >>> result = cd.reliability(cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand,
    ...                         {"ferry": 0.9, "north": 0.8})
    >>> result.expected, result.error  # 0.1 x 0.8 x 40 million + 0.1 x 0.2 x 190 million
    (7000000.0, 0.0)
    """
    arguments.texts(method=method)
    if method not in ("auto", "exact", "sampled"):
        raise InputError(f"reliability: method={method!r} is unknown; give exact, sampled or auto")
    draws, seed = whole("reliability: draws", draws, 1), whole("reliability: seed", seed)
    groups = closures(network, by)
    up = availabilities(availability, groups, by, network)
    up = {name: share for name, share in up.items() if share < 1}
    rows = checked_demand(network, demand)
    exact = method == "exact" or (method == "auto" and len(up) <= EXACT)
    down = 1.0 - np.array(list(up.values()), float)
    if exact:
        if len(up) > 24:
            raise InputError(f"reliability: {len(up)} groups have too many combinations; give method='sampled'")
        support = Support(network, rows, {name: groups[name] for name in up}, progress)
        loss = support.every_loss()
        base = support.known[0].loss
        failed = (np.arange(len(loss))[:, None] >> np.arange(len(up))) & 1 == 1
        weight = np.where(failed, down, 1 - down).prod(axis=1)
    else:
        drawn = sample(network, draws, availability=up, by=by, seed=seed)
        assert isinstance(drawn.source, Draws)
        failed = drawn.source.failed(0, draws)
        base, *rest = sweep_all(network, rows, baseline() + drawn, progress=progress).loss.to_numpy()
        loss = np.array(rest)
        weight = np.full(draws, 1 / draws)
    require_solved("reliability", np.append(loss, base))
    extra = np.round(loss - base, Digits.of(rows).loss) + 0.0
    return reduced(extra, weight, importance_of(extra, weight, failed, up, exact=exact), exact=exact)


def reduced(
    loss: FloatArray, weight: FloatArray, importance: pd.DataFrame, *, exact: bool, events: pd.DataFrame | None = None
) -> Reliability:
    """The account of losses that occur with some weights: all there are, or draws."""
    n = len(loss)
    expected = float(loss @ weight)
    spread = float(((loss - expected) ** 2) @ weight)
    error = 0.0 if exact else float(np.sqrt(spread / (n - 1))) if n > 1 else np.nan
    occurring, back = np.unique(loss, return_inverse=True)
    probability = np.bincount(back, weight, minlength=len(occurring))
    reached = np.cumsum(probability[::-1])[::-1]
    exceedance = pd.DataFrame({"loss": occurring, "probability": np.minimum(reached.round(12), 1.0)})
    below = np.cumsum(probability)
    ordered = np.sort(loss)
    rows = []
    for level in LEVELS:
        at = float(occurring[min(int(np.searchsorted(below, level - 1e-12)), len(occurring) - 1)])
        low = high = at
        if not exact:
            # Order statistics: the number of draws below the quantile is binomial (Conover 1999, section 3.2).
            half = 1.96 * np.sqrt(n * level * (1 - level))
            first, last = int(np.floor(n * level - half)) - 1, int(np.ceil(n * level + half))
            low = float(ordered[first]) if first >= 0 else np.nan
            high = float(ordered[last]) if last < n else np.nan
        rows.append((level, at, low, high))
    quantiles = pd.DataFrame(rows, columns=["level", "loss", "low", "high"])
    digits = places(2, loss, 1e7)
    return Reliability(round(expected, digits), round(error, digits), quantiles, exceedance, importance, n, events)


def importance_of(
    loss: FloatArray, weight: FloatArray, failed: Any, up: Mapping[str, float], *, exact: bool
) -> pd.DataFrame:
    """The importance of each group, from the loss, weight and failures (N, G) of states or draws."""
    rows = []
    for i, (name, share) in enumerate(up.items()):
        is_down = failed[:, i]
        down, up_weight = float(weight[is_down].sum()), float(weight[~is_down].sum())
        loss_down = float(loss[is_down] @ weight[is_down]) / down if down else np.nan
        loss_up = float(loss[~is_down] @ weight[~is_down]) / up_weight if up_weight else np.nan
        gain = loss_down - loss_up
        noise = 0.0
        if not exact:
            parts = [loss[is_down], loss[~is_down]]
            noise = float(np.sqrt(sum(p.var(ddof=1) / len(p) for p in parts))) if min(map(len, parts)) > 1 else np.nan
        rows.append((name, share, down, loss_down, loss_up, gain, noise, gain * down))
    columns = ["group", "availability", "down", "loss_down", "loss_up", "birnbaum", "error", "criticality"]
    table = pd.DataFrame(rows, columns=columns)
    money = ["loss_down", "loss_up", "birnbaum", "error", "criticality"]
    table[money] = table[money].round(places(2, loss, 1e7)) + 0.0
    table["down"] = table.down.round(12)
    return table.sort_values("criticality", ascending=False, kind="stable", ignore_index=True)
