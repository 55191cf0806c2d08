"""What if: some changes by name for some days, what they cost, who pays, and where the goods go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.arrays.frames import html
from corridors.edits.selection import selected
from corridors.errors import InputError
from corridors.methods.closure_sets import YEAR
from corridors.methods.digits import places
from corridors.methods.loss_limits import one_of
from corridors.methods.solved import require_solved
from corridors.model.units import units_in
from corridors.network import Network, checked_demand
from corridors.scenarios.batch import Scenarios, closes_link
from corridors.scenarios.make import baseline
from corridors.scenarios.named import named_scenario
from corridors.studies.criticality import losers
from corridors.studies.penalties import about
from corridors.sweeping.solve import sweep_all

KEEP = ("flow", "row_cost", "tied", "throughput")
"""What a sweep must keep for the tables of this study."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What some changes lead to, for some days.

    Parameters
    ----------
    scenario : str
        What changes.
    days : float
        For how long.
    loss, cost : float
        USD more than without the changes in those days; the loss holds the value of what stays behind as well.
    unmet : float
        Tonnes more that stay behind in those days.
    payers : DataFrame
        Who pays: ``end`` (origin or destination), ``country``, ``loss`` (USD in those days), most first at each end.
    diversions : DataFrame
        Where the goods go: ``link_id, before, after, change`` (t/year, both directions together), the largest first.
    goods : DataFrame
        By commodity: ``commodity, wanted, unmet`` (t in those days), ``loss`` (USD in those days).
    base, after : Dataset
        The flows without the changes and with them, a year's, for `corridors.plot_map`, `corridors.plot_difference`.
    closed : tuple of str
        Links that are closed to all goods.

    See Also
    --------
    corridors.what_if : What gives it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> nodes = pd.DataFrame({"node_id": ["aktau", "baku"]})
    >>> links = pd.DataFrame({"link_id": ["ferry", "road"], "from_node_id": "aktau", "to_node_id": "baku",
    ...                       "mode": "ship", "tariff": [10.0, 30.0], "capacity": [60.0, 60.0]})
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [100.0], "value": [220.0]})
    >>> network = cd.Network(nodes, links)
    >>> closed = cd.what_if(network, demand, close="ferry", days=73)
    >>> closed.loss, closed.unmet, closed.closed
    (1760.0, 8.0, ('ferry',))
    """

    scenario: str
    days: float
    loss: float
    cost: float
    unmet: float
    payers: pd.DataFrame
    diversions: pd.DataFrame
    goods: pd.DataFrame
    base: xr.Dataset
    after: xr.Dataset
    closed: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The result as a table of one row: ``scenario, days, loss, cost, unmet``, with ``attrs["units"]``."""
        row = {"scenario": self.scenario, "days": self.days, "loss": self.loss, "cost": self.cost, "unmet": self.unmet}
        table = pd.DataFrame([row])
        table.attrs["units"] = {"days": "d", "loss": "USD", "cost": "USD", "unmet": "t"}
        return table

    def _repr_html_(self) -> str:
        figures = {
            "changes": f"{self.scenario}, for {self.days:g} days",
            "loss": f"{self.loss:,.10g} USD",
            "cost": f"{self.cost:,.10g} USD",
            "unmet": f"{self.unmet:,.10g} t",
        }
        return html("What if", figures, self.payers)


def what_if(
    network: Network,
    demand: Any,
    *,
    close: str | Iterable[str] = (),
    open: str | Iterable[str] = (),
    scale: Mapping[str, float] | None = None,
    toll: Mapping[str, float] | None = None,
    refuse: str | Iterable[str] = (),
    scenario: Scenarios | None = None,
    days: float = YEAR,
    select: Mapping[str, str | None] | None = None,
    progress: bool = True,
) -> WhatIf:
    """What changes by name cost in some days, who pays, and where the goods go.

    Names are those of links (``*`` for any letters), nodes, borders (``KZ-RU``), corridors, countries, blocs and modes,
    whatever their case; where several have a name, ``corridor:TITR`` says which.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it moves.
    close : str or iterable of str
        What closes: a node with its links and transfers, a country or bloc with every link that touches it.
    open : str or iterable of str
        What opens: projects (`corridors.load_projects`), corridors with planned links, planned links.
    scale : mapping
        By name, what capacities are multiplied by; those of a node, its links and transfers together.
    toll : mapping
        By name, USD/t more: on every entry into a country or bloc, on handling at a node, else on every link.
    refuse : str or iterable of str
        Countries that let no goods of others leave or pass; their own imports and exports go on.
    scenario : Scenarios, optional
        One scenario more, such as ``cd.shocks(network, demand).select(["cpc_half"])``.
    days : float
        For how long, above 0.
    select : mapping, optional
        For whose goods closures, tolls and refusals hold: ``commodity`` and ``origin`` as for
        `corridors.select_demand`; by default for all.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    WhatIf
        The loss, what stays behind, who pays, which links gain, and both results.

    Raises
    ------
    InputError
        A name that is not there, a number that does not fit; nothing that changes.
    SolverError
        The case could not be solved.

    See Also
    --------
    corridors.criticality : Every closure of a kind, ranked.
    corridors.recovery : Outages that are repaired one after the other.

    Notes
    -----
    Flows and losses are those of a year at the new optimum, and a share of the year's loss is given. So all adapt at
    once, nothing is stored, and nothing is made up for afterwards: in days to weeks goods wait rather than go round,
    and a short closure costs less than this if they can.

    Examples
    --------
    >>> import corridors as cd
    >>> network, demand = cd.load_network(), cd.load_demand()
    >>> found = cd.what_if(network, demand, close="aktau_port", days=60)
    >>> print(f"{found.loss / 1e6:,.0f} million USD, {found.unmet / 1e3:,.0f} thousand tonnes stay behind")
    152 million USD, 134 thousand tonnes stay behind
    >>> ax = cd.plot_difference(network, found.base, found.after, closed=found.closed)
    """
    rows = checked_demand(network, demand)
    arguments.numbers(0, days=days)
    if not days:
        raise InputError("days: is 0; give for how many days it lasts")
    chosen = selected(network, rows, select, by=("commodity", "origin"))
    arguments.mappings_or_none(scale=scale, toll=toll)
    named = {
        **{name: arguments.names_of(name, value) for name, value in (("close", close), ("open", open))},
        "refuse": arguments.names_of("refuse", refuse),
        "scale": scale,
        "toll": toll,
    }
    given = [] if scenario is None else [one_of(scenario, "what_if")]
    if not given or any(value is not None and len(value) for value in named.values()):
        given.append(named_scenario(network, rows, **named, selected=chosen if select else None))  # type: ignore[arg-type]
    together = given[0] if len(given) == 1 else given[0] * given[1]
    result = sweep_all(network, rows, baseline() + together, keep=KEEP, progress=progress)
    require_solved("what_if", result.loss)
    base, after = result.isel(scenario=0, drop=True), result.isel(scenario=[1])
    share = days / YEAR
    changes = together.changes(0)
    paid = losers(network, rows, base, after).drop(columns="scenario")
    found = after.isel(scenario=0, drop=True)
    digits = places(2, [float(base.loss)], 1e7)
    tonnes = places(3, rows.volume, 1e6)
    return WhatIf(
        scenario=together.label(0),
        days=float(days),
        loss=round(float(found.loss - base.loss) * share, digits),
        cost=round(float(found.cost - base.cost) * share, digits),
        unmet=round(float(found.unmet_total - base.unmet_total) * share, tonnes),
        payers=_ranked(paid.assign(loss=(paid.loss * share).round(digits))),
        diversions=_diversions(base, found),
        goods=_goods(rows, base, found, share).round({"loss": digits, "unmet": tonnes}),
        base=base,
        after=found.assign_attrs(about(network, rows)),
        closed=tuple(dict.fromkeys(changes.id[closes_link(changes)].astype(str))),
    )


def _ranked(payers: pd.DataFrame) -> pd.DataFrame:
    return payers.sort_values(["end", "loss"], ascending=[False, False], kind="stable", ignore_index=True)


def _diversions(base: xr.Dataset, after: xr.Dataset) -> pd.DataFrame:
    """Flow on each link that changed, t/year."""
    flows = [part.flow.sum(["direction", "commodity"]).to_series() for part in (base, after)]
    table = pd.DataFrame({"before": flows[0], "after": flows[1]}).rename_axis("link_id").reset_index()
    table["change"] = table.after - table.before
    table = table[table.change.abs() >= units_in(base).tonne]
    return table.iloc[np.argsort(-table.change.abs().to_numpy(), kind="stable")].reset_index(drop=True)


def _goods(rows: pd.DataFrame, base: xr.Dataset, after: xr.Dataset, share: float) -> pd.DataFrame:
    """What is wanted, stays behind and is lost, by commodity."""
    unmet = (after.unmet - base.unmet).to_numpy()
    loss = (after.row_cost - base.row_cost).to_numpy() + rows.value.to_numpy() * unmet
    table = pd.DataFrame({"commodity": rows.commodity, "wanted": rows.volume, "unmet": unmet, "loss": loss})
    summed = table.groupby("commodity", sort=False, as_index=False).sum()
    summed[["wanted", "unmet", "loss"]] *= share
    return summed.sort_values("loss", ascending=False, kind="stable", ignore_index=True)
