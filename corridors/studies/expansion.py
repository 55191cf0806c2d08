"""Capacity expansion: which links, ports, ships or pipelines to build in a budget, for whom it pays, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.frames import html
from corridors.arrays.typing import FloatArray
from corridors.edits.candidates import as_built, prepared
from corridors.edits.selection import end_countries
from corridors.errors import InputError, kind_of, listed, whole
from corridors.methods.appraisal import appraised, present_value_of_service
from corridors.methods.benders import Benders
from corridors.methods.choices import Choices
from corridors.methods.digits import places
from corridors.methods.portfolio_losses import Future, PortfolioLosses
from corridors.methods.tried import Aim, Best, Tried
from corridors.network import Network, case_names, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline
from corridors.schema.candidates import Candidates, candidates_of
from corridors.sweeping.progress import one_bar
from corridors.sweeping.solve import check_places

CRITERIA = ("expected", "regret")
NOTHING = 1e-12
"""A share of the loss that is rounding."""
MOST = 1000
"""Steps of a frontier."""
GROUPS = 64
"""Groups of scenarios of which each has cuts of its own, at the most, where their mean counts."""


@dataclass(frozen=True, eq=False)
class Expansion:
    """What is best built in a budget, and what it brings.

    Parameters
    ----------
    portfolio : DataFrame
        What is built: ``candidate_id, name, modules, cost`` (USD).
    frontier : DataFrame
        The best portfolio in each budget, with ``attrs["units"]``: ``budget, spent`` (USD), ``loss`` (USD/year, mean
        of all scenarios), ``saved`` (USD/year less than with nothing built), ``yearly`` (what its capital costs a
        year), ``net`` (``saved - yearly``), ``regret`` (USD/year, the largest, where that is what is least), ``gap``
        (how far the objective may be from the best there is, as a share of what all candidates together save) and
        ``portfolio`` (in words).
    candidates : DataFrame
        A row a candidate: ``candidate_id, name, built`` (modules), ``modules`` (what its numbers are of: as many as are
        built, else one, or all where it is built in parts), ``cost`` (USD); ``alone`` (USD/year that it saves where
        nothing else is built) and ``last`` (what it saves on top of the rest of the portfolio), each with ``npv``
        (USD), ``bcr`` and ``payback`` (years from the decision; NaN where it never does): ``alone_npv``, ``last_bcr``;
        ``confidence``.
    gains : DataFrame
        Who gains, USD/year: ``kind`` (country or bloc), ``name``, ``as_origin`` and ``as_destination`` of goods. What
        countries gain at either end is all that is saved; blocs overlap.
    loss : float
        USD/year with nothing built, mean of all scenarios.
    gap : float
        Of the portfolio, as in `frontier`.
    network : Network
        The network, of the first future, with the portfolio built.
    solved : int
        How many scenarios were solved.

    See Also
    --------
    corridors.expansion : What gives it.

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
    >>> ships = pd.DataFrame({"candidate_id": ["ship"], "id": ["ferry"], "amount": [5e5], "cost": [5e6],
    ...                       "kind": ["modules"], "most": [4]})
    >>> found = cd.expansion(network, demand, ships, budget=2e7, steps=2, progress=False)
    >>> found.loss, found.portfolio[["candidate_id", "modules", "cost"]].values.tolist()
    (50000000.0, [['ship', 2.0, 10000000.0]])
    >>> found.frontier[["budget", "spent", "saved"]]
           budget       spent       saved
    0         0.0         0.0         0.0
    1   5000000.0   5000000.0  10000000.0
    2  10000000.0  10000000.0  20000000.0
    >>> found.candidates[["candidate_id", "built", "last", "last_bcr"]].round(2)
      candidate_id  built        last  last_bcr
    0         ship    2.0  20000000.0     27.53
    """

    portfolio: pd.DataFrame
    frontier: pd.DataFrame
    candidates: pd.DataFrame
    gains: pd.DataFrame
    loss: float
    gap: float
    network: Network
    solved: int

    def to_frame(self) -> pd.DataFrame:
        """The candidates, as a table with ``attrs["units"]``."""
        return self.candidates

    def _repr_html_(self) -> str:
        last = self.frontier.iloc[-1]
        return html("Expansion", last.drop("portfolio").to_dict(), self.portfolio)


def expansion(
    network: Network | Mapping[str, Network],
    demand: Any,
    candidates: Any,
    *,
    budget: float | None = None,
    scenarios: Scenarios | None = None,
    criterion: str = "expected",
    discount_rate: float = 0.06,
    steps: int = 8,
    weights: Mapping[str, float] | None = None,
    gap: float = 1e-4,
    executor: Executor | None = None,
    store: str | Path | None = None,
    progress: bool = True,
) -> Expansion:
    """What to build of some candidates in a budget, for the least loss and capital cost a year together.

    Parameters
    ----------
    network : Network or mapping
        One, or one for each future by its name.
    demand : DataFrame or mapping
        As for `corridors.solve`; or one for each future by its name: ``{"2030": ..., "2035": ...}``.
    candidates : DataFrame
        A row each thing that a candidate changes, such as `corridors.load_candidates` gives:

        - ``candidate_id``, ``table`` (``links``, the default, ``transfers, nodes, zones, fleets``), ``id`` (several are
          split by ``;``), ``field``, ``amount``: room added a module (``capacity``, ``limit``; t/year); a planned or
          closed row opened (``status``; its own capacity where ``amount`` is blank); what is cut of a link's ``tariff,
          border_fee`` (USD/t), ``time, border_time, headway`` (h);
        - once for each candidate: ``cost`` (USD a module), ``life`` (30 years where blank), ``lead_time`` (years),
          ``kind`` (``whole``, all or nothing, where blank; ``modules`` up to ``most``; ``continuous``, any part of
          ``most``), ``requires, excludes`` (other candidates), ``name, source, confidence``.
    budget : float, optional
        Capital, USD; as much as pays by default.
    scenarios : Scenarios, optional
        What may happen, weighted; by default nothing but the base. Each is combined with each future.
    criterion : str
        ``expected``: the weighted mean over scenarios and futures is least. ``regret``: the largest regret is, what a
        portfolio loses in a scenario against the best one for that scenario in the same budget.
    discount_rate : float
        A year; what spreads capital over the years of service, and discounts benefits.
    steps : int
        Equal steps of the frontier, from no budget to what the best portfolio costs.
    weights : mapping, optional
        Of futures by name, for the mean; equal by default.
    gap : float
        How far the proven bound may be from the portfolio, as a share of what all candidates together save.
    executor : concurrent.futures.Executor, optional
        Who solves the scenarios of a portfolio; by default a thread a core. What is found is as exact, but where
        portfolios tie within the gap it may be another one of them.
    store : str or Path, optional
        A folder that takes what portfolios lose in scenarios: the same question, called again, goes on where the last
        call was stopped or killed, and one with another budget, criterion, rate, weights or gap solves nothing that is
        there.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Expansion
        The best portfolio, the frontier over budgets, what each candidate brings, who gains.

    Raises
    ------
    InputError
        Candidates that do not fit (`corridors.with_candidates`); a budget or rate below 0; futures of other names; a
        `store` of something else.
    SolverError
        A scenario was not solved, or the gap can't be closed.

    See Also
    --------
    with_candidates, plot_expansion

    Notes
    -----
    Benders' decomposition (Benders 1962): a mixed-integer programme over what is built, and cuts from the rents of
    optimal flows, which sweeps find; there is no second model. Room that grows makes the loss fall convexly, so a cut
    holds for all portfolios, and the bound is proven. A planned link is one whose room grows from nothing, and a cost
    that is cut is a lane of its own whose room does; so these are convex too (`corridors.edits.candidates`).

    Capital costs a year what, over the years of service, is worth as much today: a portfolio adds to ``net`` what it
    saves beyond that. The loss is that of a year in service, whatever the lead time.

    There are no reductions, as the tables are means over all scenarios: for quantiles, or what single scenarios lose
    with the portfolio built, sweep the ``network`` of what is found, with ``keep`` and ``reduce``.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry", "bridge"], "from_node_id": "kz", "to_node_id": "az",
    ...                       "mode": "ship", "tariff": [40.0, 10.0], "capacity": [2e6, 6e6],
    ...                       "status": ["operating", "planned"]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["kz", "az"], "country": ["KZ", "AZ"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["az"],
    ...                        "volume": [5e6], "value": [100.0]})
    >>> choices = pd.DataFrame({"candidate_id": ["ship", "bridge"], "id": ["ferry", "bridge"], "amount": [1e6, None],
    ...                         "field": ["capacity", "status"], "cost": [50e6, 4e9], "kind": ["modules", "whole"],
    ...                         "most": [5, 1]})
    >>> found = cd.expansion(network, demand, choices, budget=1e9, steps=2, progress=False)
    >>> found.portfolio[["candidate_id", "modules"]]
      candidate_id  modules
    0         ship      3.0
    >>> found.frontier[["budget", "spent", "saved"]] / 1e6
       budget  spent  saved
    0     0.0    0.0    0.0
    1    75.0   50.0   60.0
    2   150.0  150.0  180.0
    """
    wanted = candidates_of(candidates)
    arguments.numbers(0, discount_rate=discount_rate, gap=gap)
    arguments.numbers_or_none(0, budget=budget)
    steps = whole("expansion: steps", steps, 1, MOST)
    arguments.texts(criterion=criterion)
    if criterion not in CRITERIA:
        raise InputError(f"criterion: is {kind_of(criterion)}; give {' or '.join(CRITERIA)}")
    check_places(executor, store)
    futures, weight = _futures(network, demand, wanted, scenarios, weights)
    with one_bar("expansion"):
        losses = PortfolioLosses([future for _, future in futures], len(wanted), progress, executor, store)
        search = _Search(wanted, futures, weight, criterion, float(discount_rate), float(gap), losses)
        return search.result(np.inf if budget is None else float(budget), steps)


def _futures(
    network: Any, demand: Any, candidates: Candidates, scenarios: Scenarios | None, weights: Any
) -> tuple[list[tuple[Network, Future]], FloatArray]:
    """Each future with the network as it is, and the weight of each scenario in each, which sum to 1."""
    if not isinstance(scenarios, (Scenarios, type(None))):
        raise InputError(f"scenarios: is {kind_of(scenarios)}; give Scenarios, such as outages gives")
    arguments.mappings_or_none(weights=weights)
    named = {"network": network, "demand": demand, "weights": weights}
    by_name = {argument: given for argument, given in named.items() if isinstance(given, (Mapping, pd.Series))}
    names = next((list(given) for argument, given in by_name.items() if argument != "weights"), [""])
    batch = baseline() if scenarios is None else scenarios
    for argument, given in by_name.items():
        if set(given.keys()) != set(names) or not names:
            problem = f"{listed(given.keys()) or 'nothing'}, where the futures are {listed(names) or 'nothing'}"
            raise InputError(f"{argument}: is given for {problem}; give one for each")
    if not len(batch):
        raise InputError("scenarios: is empty; give one or more")
    futures = []
    for name in names:
        one = network[name] if isinstance(network, Mapping) else network
        rows = checked_demand(one, demand[name] if isinstance(demand, Mapping) else demand)
        futures.append((one, Future(name, *_laid_out(one, candidates, rows, batch))))
    share = np.array([1.0 if weights is None else arguments.number_of(weights[name]) for name in names])
    weight = np.outer(share, batch.weights).ravel()
    if not ((weight >= 0).all() and 0 < weight.sum() < np.inf):
        raise InputError("weights: are not all 0 or more, or all are 0; give numbers above 0")
    return futures, weight / weight.sum()


def _laid_out(network: Network, candidates: Candidates, rows: pd.DataFrame, scenarios: Scenarios) -> tuple[Any, ...]:
    ready = prepared(network, candidates)
    return ready.network, rows, scenarios, ready.rooms


class _Search:
    """The portfolios of one question, and what they bring."""

    def __init__(
        self,
        candidates: Candidates,
        futures: list[tuple[Network, Future]],
        weight: FloatArray,
        criterion: str,
        rate: float,
        gap: float,
        losses: PortfolioLosses,
    ) -> None:
        table = candidates.table
        self.candidates, self.futures, self.weight, self.rate, self.gap = candidates, futures, weight, rate, gap
        self.by_regret = criterion == "regret"
        service = present_value_of_service(table.life, table.lead_time, rate)
        self.choices = Choices.of(candidates, table.cost.to_numpy(float) / service)
        self.losses = losses
        of = np.arange(len(weight)) if self.by_regret else np.arange(len(weight)) % GROUPS
        share = (of == np.arange(of.max() + 1)[:, None]) * np.where(self.by_regret, 1.0, weight)
        total = share.sum(axis=1, keepdims=True)
        self.groups = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
        self.mean = self.weight if self.by_regret else total[:, 0]
        self.tried = Tried(self.losses, self.choices, self.groups)
        self.search = Benders(self.tried)

    def best(self, budget: float) -> Best:
        """The best portfolio in a budget."""
        if not self.by_regret:
            return self.search.minimise(Aim(self.mean), budget, self.gap)
        single = np.eye(len(self.mean))
        marks = [self.search.minimise(Aim(only), budget, self.gap).value for only in single]
        return self.search.minimise(Aim(self.mean, np.array(marks)), budget, self.gap)

    def result(self, budget: float, steps: int) -> Expansion:
        """All that is found for a budget."""
        last = self.best(budget)
        budgets = np.linspace(0.0, float(self.choices.cost @ last.modules), steps + 1)
        frontier = self._frontier(budgets, [*(self.best(part) for part in budgets[:-1]), last])
        network, future = self.futures[0]
        names = case_names(network, future.rows)
        tables = {"portfolio": self._portfolio(last.modules), "frontier": frontier,
                  "candidates": self._appraisal(last.modules), "gains": self._gains(last.modules)}  # fmt: skip
        for table in tables.values():
            table.attrs.update(names)
        return Expansion(
            **tables,
            loss=float(self._mean_loss(np.zeros((1, len(self.candidates))))[0]),
            gap=float(frontier.gap.iloc[-1]),
            network=as_built(network, self.candidates, last.modules),
            solved=self.losses.solved,
        )

    def _mean_loss(self, modules: FloatArray) -> FloatArray:
        found: FloatArray = self.tried.try_out(modules) @ self.mean
        return found

    def _portfolio(self, modules: FloatArray) -> pd.DataFrame:
        built = np.flatnonzero(modules > 0)
        table = self.candidates.table.iloc[built][["candidate_id", "name"]].reset_index(drop=True)
        table["modules"] = modules[built]
        table["cost"] = (modules * self.choices.cost)[built].round(2)
        table.attrs["units"] = {"modules": "1", "cost": "USD"}
        return table

    def _frontier(self, budgets: FloatArray, found: list[Best]) -> pd.DataFrame:
        modules = np.array([best.modules for best in found])
        loss = self._mean_loss(modules)
        base = float(self._mean_loss(np.zeros((1, modules.shape[1])))[0])
        yearly, digits = modules @ self.choices.yearly, places(2, [base], 1e7)
        aim = Aim(self.mean, np.zeros(len(self.mean)) if self.by_regret else None)
        ids = self.candidates.table.candidate_id.tolist()
        words = [
            ", ".join(f"{i}" if m == 1 else f"{i} x {m:.4g}" for i, m in zip(ids, row, strict=True) if m > 0)
            for row in modules
        ]
        table = pd.DataFrame(
            {
                "budget": budgets,
                "spent": (modules @ self.choices.cost).round(2),
                "loss": loss.round(digits),
                "saved": (base - loss).round(digits) + 0.0,
                "yearly": yearly.round(digits),
                "net": (base - loss - yearly).round(digits) + 0.0,
                **({"regret": [round(best.value, digits) for best in found]} if self.by_regret else {}),
                "gap": [(best.value - best.bound) / self.tried.saving(aim) for best in found],
                "portfolio": words,
            }
        )
        money = dict.fromkeys(("loss", "saved", "yearly", "net", "regret"), "USD/year")
        table.attrs["units"] = {"budget": "USD", "spent": "USD", **money, "gap": "1"}
        return table

    def _appraisal(self, built: FloatArray) -> pd.DataFrame:
        """Each candidate alone and as the last one in."""
        table, n = self.candidates.table, len(self.candidates)
        one = np.where(self.choices.whole, 1.0, self.choices.most)
        modules = np.where(built > 0, built, one)
        alone = np.diag(modules)
        within = built + np.diag(np.where(built > 0, 0.0, modules))
        without = built - np.diag(np.where(built > 0, modules, 0.0))
        base = float(self._mean_loss(np.zeros((1, n)))[0])
        saved = {
            "alone": self._saved(np.zeros(n), alone),
            "last": self._saved(built, within) + self._mean_loss(without) - self._mean_loss(built[None, :]),
        }
        saved = {name: np.where(np.abs(gain) > NOTHING * base, gain, 0.0) for name, gain in saved.items()}
        cost, digits = modules * self.choices.cost, places(2, [base], 1e7)
        columns: dict[str, Any] = {"built": built, "modules": modules, "cost": cost.round(2)}
        units = {"built": "1", "modules": "1", "cost": "USD"}
        for name, benefit in saved.items():
            columns[name] = benefit.round(digits) + 0.0
            of = appraised(benefit, cost, table.life, table.lead_time, self.rate)
            columns |= {
                f"{name}_{figure}": value.round(digits if figure == "npv" else 4) + 0.0 for figure, value in of.items()
            }
            units |= {name: "USD/year", f"{name}_npv": "USD", f"{name}_bcr": "1", f"{name}_payback": "a"}
        found = table[["candidate_id", "name"]].assign(**columns, confidence=table.confidence)
        found.attrs["units"] = units
        return found

    def _saved(self, modules: FloatArray, more: FloatArray) -> FloatArray:
        """What portfolios, (P, N), save that add to one; those that rents say are worth nothing are not solved."""
        base = self._mean_loss(modules[None, :])
        saved = self.tried.most_saved(modules, more) @ self.mean
        worth = saved > NOTHING * base
        saved[worth] = base - self._mean_loss(more[worth])
        return np.where(worth, saved, 0.0)

    def _gains(self, built: FloatArray) -> pd.DataFrame:
        """What the owners of goods gain at either end, by country and bloc; mean of all scenarios."""
        points = np.array([np.zeros(len(built)), built])
        ends: dict[str, list[pd.Series[float]]] = {"origin": [], "destination": []}
        at = 0
        for (network, future), lost in zip(self.futures, self.losses.by_row(points), strict=True):
            weight = self.weight[at : at + lost.shape[1]]
            at += lost.shape[1]
            gain = weight @ (lost[0] - lost[1])
            for end, parts in ends.items():
                parts.append(pd.Series(gain).groupby(end_countries(network, future.rows, end).to_numpy()).sum())
        sums = {f"as_{end}": pd.concat(parts).groupby(level=0).sum() for end, parts in ends.items()}
        countries = pd.DataFrame(sums).fillna(0.0)
        blocs = self.futures[0][0].blocs
        members: Iterable[tuple[Any, pd.DataFrame]] = blocs.groupby("bloc")
        of_blocs = {bloc: countries[countries.index.isin(rows.country)].sum() for bloc, rows in members}
        parts = [countries, pd.DataFrame(of_blocs, index=countries.columns, dtype=float).T]
        digits = places(2, [float(self._mean_loss(points[:1])[0])], 1e7)
        tables = [
            part.round(digits).rename_axis("name").reset_index().assign(kind=kind)
            for kind, part in zip(("country", "bloc"), parts, strict=True)
        ]
        table = pd.concat(tables, ignore_index=True)[["kind", "name", *sums]]
        gained = table[list(sums)].abs().sum(axis=1)
        table = table.assign(gained=gained)[gained > 0].sort_values(["kind", "gained"], ascending=False, kind="stable")
        table = table.drop(columns="gained").reset_index(drop=True)
        table.attrs["units"] = dict.fromkeys(sums, "USD/year")
        return table
