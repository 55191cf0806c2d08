"""Replay: dated events solved at annual rates while they last, compared with what was reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors import arguments
from corridors.datasets import load_demand, load_events, load_network
from corridors.errors import InputError
from corridors.methods.digits import places
from corridors.network import Network, checked_demand
from corridors.results import read_result
from corridors.scenarios.events import affected, events
from corridors.scenarios.short_run import met_within, short_run
from corridors.studies.criticality import diversions
from corridors.sweeping.progress import counted
from corridors.sweeping.solve import solve, sweep_all

DAYS = 365.0
TIMES = {"week": 7.0, "month": DAYS / 12, "year": DAYS}
"""What is added in the short run is known for these times, in days."""
YEARS = range(2022, 2027)
DEMANDS = (2022, 2024, 2025)
"""Past years for which there is demand."""
READ = ("event_id", "date_start", "date_end", "volume_unit", "effect")
"""Columns of an event that are read unchanged."""
SAID = {"unmet": "not delivered", "moved": "moved"}
"""What the measures of `replay` are in words."""
MOST = 5
"""At most so many of the links that gain are named."""


def replay(
    network: Network, demand: Any, event: Any, *, base: xr.Dataset | None = None, within: str | None = None
) -> pd.DataFrame:
    """What the model predicts of one event or several, compared with what was reported.

    The network is solved with the event at annual rates, as if it lasted for a year, and what changes is multiplied
    by its days / 365. Stocks and ships at sea are not modelled; the time to find another route is where `within`
    says how much there is of it.

    Parameters
    ----------
    network : Network
        As it was in the year of the event.
    demand : DataFrame
        Of that year.
    event : str or DataFrame
        The id of an event of the library, or rows as `corridors.load_events` has them.
    base : Dataset, optional
        The solved case without events, if there is one already.
    within : str, optional
        ``week``, ``month`` or ``year``: no more moves than can be added in that time (`corridors.short_run`). By
        default all adapt at once.

    Returns
    -------
    DataFrame
        One row per event: ``event_id, date_start, days``; predicted for these days: ``loss`` (USD), ``unmet`` (t),
        ``moved`` (t that no longer pass the links hit); ``flow_before, flow_after`` (t/year over the busiest link
        hit), ``diverted_to`` (links that gain, thousand t); reported: ``reported`` (t), ``measure`` (which of ``unmet``
        and ``moved`` that is, where the events say so), ``ratio`` (predicted by reported), ``effect``; ``note`` (why it
        is not replayed, where it is not).

    Raises
    ------
    InputError
        No event of that id, or one that hits what is not in the network.

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
    >>> storm = pd.DataFrame({"event_id": ["storm"], "affected_type": ["link"], "affected_id": ["ferry"],
    ...                       "capacity_loss_fraction": [1.0], "date_start": pd.to_datetime(["2025-03-01"]),
    ...                       "date_end": pd.to_datetime(["2025-03-10"]), "duration_days": [10.0], "volume_lost": [3e4],
    ...                       "volume_unit": ["t"], "effect": ["ferries stay in port"], "measure": ["unmet"]})
    >>> cd.replay(network, demand, storm)[["days", "loss", "unmet", "reported", "ratio", "diverted_to"]].round(2)
       days       loss     unmet  reported  ratio diverted_to
    0  10.0  6301370.0  27397.26   30000.0   0.91   barge +27
    """
    arguments.networks(network=network)
    arguments.texts_or_none(within=within)
    rows = _chosen(event)
    demand = checked_demand(network, demand)
    needs = ["loss", "flow", "unmet", *(["member_flow"] if within is not None else [])]
    base = solve(network, demand) if base is None else read_result(network, base, needs, name="base")
    days = days_of(rows)
    scenarios = hits = events(network, rows, base=base)
    if within is not None:
        scenarios = met_within(network, short_run(network, demand, base, within=within), hits)
    result = sweep_all(network, demand, scenarios, keep=("flow",), progress=False)
    gains = diversions(base, result)
    found = []
    for number, row in enumerate(rows.itertuples()):
        change = gains[gains.scenario == scenarios.label(number)].set_index("link").change
        note = _reason(row, days[row.event_id], hits.changes(number))
        found.append(
            {
                "event_id": row.event_id,
                "date_start": row.date_start,
                "days": days[row.event_id],
                **_predicted(network, base, result.isel(scenario=number), row, change, days[row.event_id] / DAYS),
                "reported": _tonnes(row),
                "measure": getattr(row, "measure", ""),
                "effect": row.effect,
                "note": note,
            }
        )
    table = pd.DataFrame(found)
    table.loc[table.note != "", ["loss", "unmet", "moved", "flow_before", "flow_after"]] = float("nan")
    predicted = table.unmet.where(table.measure == "unmet", table.moved.where(table.measure == "moved"))
    table.insert(table.columns.get_loc("effect"), "ratio", predicted / table.reported.where(table.reported > 0))
    return table


def _predicted(
    network: Network, base: xr.Dataset, result: xr.Dataset, row: Any, change: pd.Series[float], share: float
) -> dict[str, Any]:
    """What the model predicts of one event that lasts for a share of the year."""
    before, after = _through(network, base, row), _through(network, result, row)
    busiest = before.idxmax() if len(before) else ""
    return {
        "loss": round(float(result.loss - base.loss) * share, places(0, [float(base.loss)], 1e7)) + 0.0,
        "unmet": float((result.unmet - base.unmet).sum()) * share,
        "moved": float((before - after).clip(lower=0).max() if len(before) else 0.0) * share,
        "flow_before": float(before.get(busiest, 0.0)),
        "flow_after": float(after.get(busiest, 0.0)),
        "diverted_to": _largest(change * share),
    }


def replay_all(table: pd.DataFrame | None = None, *, within: str | None = None) -> pd.DataFrame:
    """All events of the library, each with the network of its year and the demand of the nearest year available.

    Parameters
    ----------
    table : DataFrame, optional
        Some of the events.
    within : str, optional
        As for `replay`.

    Returns
    -------
    DataFrame
        As `replay`, with ``demand`` (the year); events before 2022 are listed but not replayed.
    """
    rows = load_events() if table is None else table
    year = rows.date_start.dt.year
    parts = []
    with counted("events", len(rows), "events", True) as done:
        for when, some in rows.groupby(year.clip(lower=YEARS[0] - 1)):
            if when < YEARS[0]:
                parts.append(_not_replayed(some, f"there is no demand before {YEARS[0]}"))
            else:
                of = _nearest(int(when))
                found = replay(load_network(year=when), load_demand(str(of)), some, within=within)
                parts.append(found.assign(demand=str(of)))
            done(len(some))
    together = pd.concat(parts, ignore_index=True).set_index("event_id", drop=False)
    return together.loc[rows.event_id].reset_index(drop=True)


def replay_reported() -> pd.DataFrame:
    """The events of the library of which a loss was reported, each within the time nearest to its days.

    Goods move elsewhere as far as can be added within a week, a month or a year, whichever is nearest in ratio.

    Returns
    -------
    DataFrame
        As `replay_all`, with ``within`` and ``held_out`` (whether no figure of the short run was chosen by it).
    """
    rows = load_events()
    rows = rows[rows.measure != ""]
    days = rows.event_id.map(days_of(rows))
    distance = pd.DataFrame({name: np.log(days / length).abs() for name, length in TIMES.items()})
    within = distance.idxmin(axis="columns")
    parts = [replay_all(some, within=time).assign(within=time) for time, some in rows.groupby(within)]
    together = pd.concat(parts, ignore_index=True)
    together["held_out"] = together.event_id.map(rows.set_index("event_id").held_out)
    return together.sort_values("date_start", kind="stable", ignore_index=True)


def text(table: pd.DataFrame) -> str:
    """The replay for a terminal: what was replayed, then what was not and why."""
    lines = []
    done, rest = table[table.note == ""], table[table.note != ""]
    for row in done.itertuples():
        reported = "" if row.reported != row.reported else f"; {row.reported / 1e3:,.0f} kt reported lost"
        if row.ratio == row.ratio:
            reported = f"; {row.reported / 1e3:,.0f} kt {SAID[row.measure]}: predicted by reported {row.ratio:.2f}"
        lines += [
            f"{row.event_id}: {row.date_start:%d %B %Y}, {row.days:g} days (demand of {row.demand})",
            f"  predicted  {row.flow_before / 1e6:.1f} -> {row.flow_after / 1e6:.1f} Mt/year where it hits; "
            f"{row.moved / 1e3:,.0f} kt moved, {row.unmet / 1e3:,.0f} kt not delivered, {row.loss / 1e6:,.1f} M USD",
            *([f"             to {row.diverted_to} (kt)"] if row.diverted_to else []),
            f"  reported   {row.effect}{reported}",
        ]
    if len(rest):
        lines += ["", f"Not replayed ({len(rest)}):"]
        lines += [f"  {row.event_id}: {row.note}" for row in rest.itertuples()]
    return "\n".join(lines)


def days_of(rows: pd.DataFrame) -> dict[str, float]:
    """How many days each event lasted: as reported, else from its dates; missing if it has not ended."""
    counted = (rows.date_end - rows.date_start).dt.days + 1
    return dict(zip(rows.event_id, rows.duration_days.fillna(counted).astype(float), strict=True))


def _chosen(event: Any) -> pd.DataFrame:
    if isinstance(event, pd.DataFrame):
        table = arguments.table_of("event", event, READ, numbers=("duration_days", "volume_lost"))
        for day in ("date_start", "date_end"):
            if table[day].dtype.kind != "M":
                raise InputError(f"event: column {day} holds no dates; make them by pandas.to_datetime")
        return table.reset_index(drop=True)
    table = load_events()
    names = arguments.names_of("event", event, some=True)
    unknown = [name for name in names if name not in set(table.event_id)]
    if unknown:
        raise InputError(f"replay: there is no event {', '.join(unknown)}; there is {', '.join(table.event_id)}")
    return table.set_index("event_id", drop=False).loc[names].reset_index(drop=True)


def _nearest(year: int) -> int:
    """The year of demand nearest to a year; of two, the later."""
    return max(DEMANDS, key=lambda other: (-abs(other - year), other))


def _not_replayed(rows: pd.DataFrame, why: str) -> pd.DataFrame:
    days = days_of(rows)
    return pd.DataFrame(
        {
            "event_id": rows.event_id,
            "date_start": rows.date_start,
            "days": rows.event_id.map(days),
            "reported": [_tonnes(row) for row in rows.itertuples()],
            "effect": rows.effect,
            "note": why,
        }
    )


def _reason(row: Any, days: float, changes: pd.DataFrame) -> str:
    """Why an event is not replayed; blank where it is."""
    if days != days:
        return "it has not ended, so its days are not known"
    if len(changes) == 0 and row.capacity_loss_fraction > 0:
        return "what it hits has no capacity that could fall, or carries nothing"
    return ""


def _through(network: Network, result: xr.Dataset, row: Any) -> pd.Series[float]:
    """Flow on each link that was hit, t/year."""
    links = [item for table, item in affected(network, row) if table == "links"]
    return result.flow.sel(link=list(dict.fromkeys(links))).sum(["direction", "commodity"]).to_series()


def _largest(change: pd.Series[float]) -> str:
    gains = change[change >= 500].sort_values(ascending=False, kind="stable").head(MOST)
    return "; ".join(f"{link} {tonnes / 1e3:+,.0f}" for link, tonnes in gains.items())


def _tonnes(row: Any) -> float:
    return float(row.volume_lost) if row.volume_unit == "t" else float("nan")
