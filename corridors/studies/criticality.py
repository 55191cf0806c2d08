"""Criticality: what the closure of each part costs, where its flow goes, and who loses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.edits.selection import end_countries
from corridors.errors import InputError, kind_of, whole
from corridors.methods.detours import detours
from corridors.methods.spread import ranked
from corridors.methods.spread_drivers import spread_drivers
from corridors.methods.uses import BY_CLASS
from corridors.model.build import build
from corridors.model.decode import Solution, flows_of
from corridors.model.units import units_in
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline, outages
from corridors.scenarios.uncertainty import uncertain_cases
from corridors.studies.penalties import about
from corridors.sweeping.optimum import solved
from corridors.sweeping.solve import Sweeps

KEEP = ("flow", "row_cost", "transfer_flow")
"""What a sweep must keep for the tables of this study."""


def criticality(
    network: Network,
    demand: Any,
    *,
    by: str = "link",
    scenarios: Scenarios | None = None,
    draws: int = 0,
    drawn: int = 10,
    spreads: Any = None,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Rank closures by what they cost.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    by : str
        ``link, node, port, border, country, corridor, mode`` or ``bloc``: what closes, one at a time.
    scenarios : Scenarios, optional
        Other scenarios instead.
    draws : int
        Uncertain cases (`corridors.uncertain_cases`) in which the worst closures are compared: 19 give intervals of
        90 %; by default none.
    drawn : int
        How many of the worst closures are.
    spreads, seed
        As for `corridors.uncertain_cases`.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        Worst first: ``scenario``; ``loss`` (USD/year more than in the base), ``unmet`` (t/year more), ``cost`` (the
        part of the loss that is not value of goods left behind), ``base_flow`` (t/year that in the base use what is
        closed to them, each tonne once; missing where nothing is closed, as by a toll or a lower capacity),
        ``redundancy`` (the share of it that is still delivered, on other paths), ``length`` and ``time`` (tonne-km and
        tonne-days/year more in transit), ``detour_length`` and ``detour_time`` (km and days more by the tonne that
        takes another path; missing where goods stay behind), ``diverted_to`` (the links that gain most, Mt/year),
        ``losers_origin`` and ``losers_destination`` (loss by country, million USD/year). With draws, of those drawn:
        ``low, high`` (between which the loss lies in 90 % of cases), ``first`` (the share of draws in which it is the
        largest), ``rank_low, rank_high`` (of 90 %), ``drivers`` (the errors of figures with the largest shares in the
        variance of the loss, to first order), ``explained`` (the share of the draws' variance that such shares are of:
        where it is low, more than one error at a time matters, or a capacity that is full in some draws only).
        ``attrs["values"]`` says which goods have a value that is not their price: where they stay behind, the ranking
        depends on it.

    Raises
    ------
    InputError
        An unknown `by`, or nothing of it that could close; demand that does not fit the network.
    KeyboardInterrupt
        Ctrl-C; the table of the closures done by then is its ``partial``.

    See Also
    --------
    corridors.redundancy : The next best path around each link, without demand.
    corridors.n_minus_k : Several closures at once.
    corridors.penalties : What a tonne left behind costs, and its price.

    Notes
    -----
    N-1: every closure is solved to its optimum, with all that is shared, so that goods displaced by others
    count as well. Measures of importance after Jenelius, Petersen & Mattsson 2006, "Importance and exposure in road
    network vulnerability analysis"; see `corridors.methods.detours`.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"], "country": ["KZ", "AZ"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "ship"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": ["ferry", "ship"], "capacity": [2e6, 1e6], "tariff": [10.0, 12.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"],
    ...                        "destination": ["baku"], "volume": [2e6], "value": [220.0]})
    >>> table = cd.criticality(cd.Network(nodes, links), demand)
    >>> table[["scenario", "loss", "unmet", "redundancy", "diverted_to", "losers_origin"]]
      scenario         loss      unmet  redundancy diverted_to losers_origin
    0    ferry  212000000.0  1000000.0         0.5   ship +1.0        KZ 212
    1     ship          0.0        0.0         NaN
    """
    arguments.texts(by=by)
    draws, drawn = whole("criticality: draws", draws), whole("criticality: drawn", drawn, 1)
    rows = checked_demand(network, demand)
    cases = uncertain_cases(network, rows, draws, spreads=spreads, seed=seed) if draws else None
    if scenarios is None:
        scenarios = outages(network, by=by)
    if not isinstance(scenarios, Scenarios):
        raise InputError(f"scenarios: is {kind_of(scenarios)}; give Scenarios, such as outages gives")
    try:
        base, result = compared_with_base(network, rows, scenarios, progress=progress)
    except KeyboardInterrupt as interrupt:
        done = getattr(interrupt, "partial", None)
        if done is not None and done.sizes["scenario"]:
            base, _ = compared_with_base(network, rows, scenarios.take([]), progress=False)
            interrupt.partial = rank(network, rows, base, done, scenarios)  # type: ignore[attr-defined]
        raise
    table = rank(network, rows, base, result, scenarios)
    if cases is None or table.empty:
        return table
    return with_intervals(network, rows, table, scenarios, cases, drawn, spreads=spreads, progress=progress)


def with_intervals(
    network: Network,
    demand: pd.DataFrame,
    table: pd.DataFrame,
    scenarios: Scenarios,
    cases: Scenarios,
    drawn: int,
    *,
    spreads: Any = None,
    progress: bool = True,
) -> pd.DataFrame:
    """The table of `rank` with intervals and ranks of its first rows, each compared with the base of the same case."""
    names = table.scenario.head(drawn).tolist()
    sweeps, closures = Sweeps(network, demand, progress=progress), scenarios.select(names)
    together = cases * (baseline() + closures)
    number, limits = np.arange(len(together)).reshape(len(cases), 1 + len(names)), np.zeros(1)
    case = np.arange(len(cases))  # each is solved first, and what closes in it starts from there
    before = sweeps(together.take(number[:, 0]), again=(case, limits))
    after = sweeps(together.take(number[:, 1:].ravel()), again=(np.repeat(case, len(names)), limits))
    more = after.loss.to_numpy().reshape(len(cases), len(names)) - before.loss.to_numpy()[:, None]
    reasons = spread_drivers(network, demand, closures, cases, more, spreads)
    of_draws = ranked(more).join(reasons).reindex(table.index)
    found = table.copy()
    for place, name in enumerate(of_draws, 2):
        found.insert(place, name, of_draws[name])
    found.attrs = {**table.attrs, "draws": len(cases)}
    return found


def compared_with_base(
    network: Network, demand: Any, scenarios: Scenarios, *, solution: Solution | None = None, progress: bool = True
) -> tuple[xr.Dataset, xr.Dataset]:
    """The base, with `BY_CLASS` too, and the scenarios, both swept with `KEEP`: by one method, on one model.

    Rows of a class share its flow, so their costs are comparable only where one method divides it. The solved base
    saves its solution where it is there.
    """
    sweeps, both = Sweeps(network, demand, keep=KEEP, progress=progress), baseline() + scenarios
    base = sweeps(both.take([0])).isel(scenario=0, drop=True)
    result = sweeps(both.take(range(1, len(both))))
    result = result.assign_coords(scenario=np.array([scenarios.label(i) for i in range(len(scenarios))], object))
    return base.assign(flows_of(solution or solved(build(network, demand)), BY_CLASS)), result


def rank(
    network: Network, demand: pd.DataFrame, base: xr.Dataset, result: xr.Dataset, scenarios: Scenarios
) -> pd.DataFrame:
    """The table of `criticality` from a sweep that kept `KEEP` and its base."""
    names = result.scenario.to_numpy()
    unmet = (result.unmet - base.unmet).sum("demand").to_numpy()
    loss = (result.loss - base.loss).to_numpy()
    measures = detours(network, base, result, scenarios)
    gains, loses = diversions(base, result), losers(network, demand, base, result, scenarios)
    table = pd.DataFrame(
        {
            "scenario": names,
            "loss": loss,
            "unmet": unmet,
            "cost": (result.cost - base.cost).to_numpy(),
            **{str(name): measures[name] for name in measures},
            "diverted_to": _told(gains[gains.change > 0], names, "link", "change", "+"),
            "losers_origin": _told(loses[loses.end == "origin"], names, "country", "loss"),
            "losers_destination": _told(loses[loses.end == "destination"], names, "country", "loss"),
        }
    )
    ranked = table.sort_values("loss", ascending=False, kind="stable", ignore_index=True)
    ranked.attrs.update(about(network, demand))
    return ranked


def diversions(base: xr.Dataset, result: xr.Dataset) -> pd.DataFrame:
    """How the flow on links changed, by scenario and link, t/year: ``scenario, link, change``; zero rows left out."""
    change = (result.flow - base.flow).sum(["direction", "commodity"], skipna=False).transpose("scenario", "link")
    amount = change.to_numpy()
    scenario, link = np.nonzero(np.abs(amount) >= units_in(base).tonne)
    scenarios, links = (pd.Index(change[name].to_numpy().tolist()) for name in ("scenario", "link"))
    return pd.DataFrame({"scenario": scenarios[scenario], "link": links[link], "change": amount[scenario, link]})


def losers(
    network: Network, demand: pd.DataFrame, base: xr.Dataset, result: xr.Dataset, scenarios: Scenarios | None = None
) -> pd.DataFrame:
    """Who bears the loss, USD/year: ``scenario, end (origin or destination), country, loss``; zero rows left out.

    A demand row's loss is the cost of what it gets and the value of what it does not, which scenarios may change. A
    zone counts for the only country in which goods of its members are at home, and else under its own name.
    """
    value = xr.DataArray(demand.value.to_numpy(), coords={"demand": demand.demand_id.to_numpy(object)})
    after = value if scenarios is None else _values(value, scenarios, result)
    loss = (result.row_cost + after * result.unmet) - (base.row_cost + value * base.unmet)
    table = loss.transpose("scenario", "demand").to_pandas()
    parts = []
    for end in ("origin", "destination"):
        grouped = table.T.groupby(end_countries(network, demand, end).to_numpy()).sum().T.reset_index()
        parts.append(grouped.melt("scenario", var_name="country", value_name="loss").assign(end=end))
    together = pd.concat(parts, ignore_index=True)[["scenario", "end", "country", "loss"]]
    return together[together.loss.abs() >= units_in(base).dollar].reset_index(drop=True)


def _values(value: xr.DataArray, scenarios: Scenarios, result: xr.Dataset) -> xr.DataArray:
    """What a tonne left behind costs in each scenario, by demand row; as it is where no scenario changes it."""
    if not (scenarios.atoms.field == "value").any():
        return value
    row = dict(zip(value.demand.to_numpy(), range(value.sizes["demand"]), strict=True))
    after = np.tile(value.to_numpy().astype(float), (result.sizes["scenario"], 1))
    for number, values in enumerate(after):
        changes = scenarios.changes(number)
        for change in changes[changes.field == "value"].itertuples():
            before = values[row[change.id]]
            becomes = {"set": change.value, "scale": before * change.value, "add": before + change.value}
            values[row[change.id]] = becomes[change.operation]
    return xr.DataArray(after, {"scenario": result.scenario.to_numpy(), "demand": value.demand.to_numpy()})


def _told(table: pd.DataFrame, names: np.ndarray[Any, Any], key: str, value: str, sign: str = "") -> list[str]:
    """The three largest items of each scenario, in millions, as text."""
    table = table[table[value] > 0].sort_values(value, ascending=False, kind="stable")
    largest = table.groupby("scenario", sort=False).head(3)
    texts: dict[Any, list[str]] = {name: [] for name in names}
    for scenario, item, amount in zip(largest.scenario, largest[key], largest[value], strict=True):
        texts[scenario].append(f"{item} {sign}{_millions(amount)}")
    return ["; ".join(texts[name]) for name in names]


def _millions(value: float) -> str:
    """At least two significant figures, and no more decimals than they need.

    >>> [_millions(v) for v in (6100.0, 1.0e6, 12.345e6, 1.6786e10)]
    ['0.0061', '1.0', '12', '16,786']
    """
    millions = value / 1e6
    return f"{millions:,.0f}" if millions >= 10 else f"{millions:#.2g}"
