"""The report's one page, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr

from corridors.network import Network
from corridors.studies.penalties import caution
from corridors.studies.rents import bottlenecks, member_limits

MEGA = 1e6


def summarise(
    network: Network,
    demand: pd.DataFrame,
    base: xr.Dataset,
    tables: dict[str, pd.DataFrame],
    seconds: float,
    closed: int,
) -> str:
    """The summary of one page, as Markdown."""
    unmet, wanted = float(base.unmet.sum()), float(demand.volume.sum())
    parts = [
        "# Corridor report\n",
        f"{network!r}; demand {demand.attrs.get('name', '')}: {len(demand)} rows of "
        f"{demand.commodity.nunique()} commodities.\n",
        "## Base case\n",
        _markdown(
            [
                ("wanted", f"{wanted / MEGA:,.1f} Mt/year"),
                ("unmet", f"{unmet / MEGA:,.3f} Mt/year ({100 * unmet / wanted if wanted else 0:.2f} %)"),
                ("generalised cost", f"{float(base.cost) / MEGA:,.0f} million USD/year"),
                ("loss", f"{float(base.loss) / MEGA:,.0f} million USD/year"),
                ("proven gap", f"{float(base.gap):.1e}"),
                ("other flows of the same loss", "yes: flows shown are those of one optimum" if base.tied else "no"),
                ("solved in", f"{seconds:.1f} s, with what a first run compiles"),
            ],
            ["what", "value"],
        ),
        "\n## Flows by commodity\n",
        _markdown(
            [
                (r.commodity, f"{r.delivered / MEGA:,.2f}", f"{r.unmet / MEGA:,.2f}", f"{r.tonne_km / 1e9:,.1f}",
                 f"{r.cost_per_tonne:,.0f}")
                for r in tables["flows_by_commodity"].itertuples()
            ],
            ["commodity", "delivered, Mt", "unmet, Mt", "bn t-km", "USD/t"],
        ),
        "\n## Full capacities; those in series are one\n",
        _bottlenecks(tables["binding_capacities"]),
        *_members(tables["binding_capacities"]),
        f"\n## Most expensive closures, of {closed} links closed one at a time\n",
        _markdown(
            [
                (r.scenario, f"{r.loss / MEGA:,.0f}", *_how_sure(r), f"{r.unmet / MEGA:,.2f}",
                 f"{r.base_flow / MEGA:,.1f}", r.diverted_to or "-", r.losers_origin or "-")
                for r in tables["criticality"].head(10).itertuples()
            ],
            ["link", "loss, million USD/year", "nine of ten cases", "rank", "first in", "spread depends on",
             "unmet, Mt",
             "carried, Mt",
             "flow went to, Mt", "who loses, M USD"],
        ),
    ]  # fmt: skip
    parts += [
        "\nCases vary volumes, capacities and penalties by the confidence of their rows, not freight.\n",
        f"\nWhat closures cost depends on this: {caution(network, demand)}.\n",
        _markdown(
            [
                (r.commodity, *(f"{v:,.0f}" if v == v else "-" for v in (r.penalty, r.price)))
                for r in tables["penalties"].itertuples()
            ],
            ["commodity", "penalty, USD/t not delivered", "price, USD/t"],
        ),
    ]
    if "gates" in tables:
        parts += ["\n## Modelled and observed flows at gates, Mt/year\n", _gates(tables["gates"])]
    if len(tables["unmet"]):
        parts += [
            "\n## Not delivered\n",
            _markdown(
                [(r.demand_id, r.commodity, f"{r.unmet / MEGA:,.3f}", r.reason) for r in tables["unmet"].itertuples()],
                ["row", "commodity", "unmet, Mt", "reason"],
            ),
        ]
    return "\n".join(parts)


def _how_sure(row: Any) -> tuple[str, str, str, str]:
    """The interval of a closure's loss, its ranks, how often it costs most, and what the spread depends on."""
    if pd.isna(getattr(row, "low", None)):
        return "-", "-", "-", "-"
    ranks = dict.fromkeys([f"{row.rank_low:.0f}", f"{row.rank_high:.0f}"])
    return (
        f"{row.low / MEGA:,.0f} to {row.high / MEGA:,.0f}",
        " to ".join(ranks),
        f"{100 * row.first:.0f} %",
        row.drivers or "-",
    )


def _bottlenecks(rents: pd.DataFrame) -> str:
    """The first ten groups of full capacities."""
    table = bottlenecks(rents)
    return _worth(table, table.bundles, "capacity") if len(table) else "None.\n"


def _members(rents: pd.DataFrame) -> list[str]:
    """The first ten limits of zone members that are reached: quotas and outputs, apart from capacities."""
    table = member_limits(rents)
    if table.empty:
        return []
    return ["\n## Limits of zone members that are reached\n", _worth(table, table.member, "member")]


def _worth(table: pd.DataFrame, names: pd.Series[str], head: str) -> str:
    """The first ten rows: what a tonne more saves and a tonne less costs."""
    rows = [
        (name, f"{r.limit / MEGA:,.2f}", f"{r.saves_more:,.2f}", _megatonnes(r.up_to_more),
         "-" if pd.isna(r.costs_less) else f"{r.costs_less:,.2f}", _megatonnes(r.up_to_less))
        for name, r in zip(names.head(10), table.head(10).itertuples(), strict=True)
    ]  # fmt: skip
    heads = ["limit, Mt/year", "a tonne more saves, USD", "for Mt/year", "a tonne less costs, USD", "for Mt/year"]
    return _markdown(rows, [head, *heads])


def _megatonnes(tonnes: float) -> str:
    return "any" if tonnes == float("inf") else f"{tonnes / MEGA:,.2f}"


def _gates(gates: pd.DataFrame) -> str:
    tested = gates[~gates.restates.astype(bool)]
    rows = [
        (r.obs_id, r.name, f"{r.observed / MEGA:,.2f}", f"{r.modelled / MEGA:,.2f}", f"{r.ratio:.2f}", r.tolerance,
         "restates its input" if r.restates else ("yes" if r.within else "NO"))
        for r in gates.itertuples(index=False)
    ]  # fmt: skip
    note = (
        f"\nOf {len(tested)} observations that the input does not already say, {int(tested.within.sum())} are within.\n"
    )
    return _markdown(rows, ["id", "gate", "observed", "modelled", "ratio", "class", "within"]) + note


def _markdown(rows: Sequence[tuple[Any, ...]], heads: list[str]) -> str:
    cells = [[str(c).replace("|", "\\|") for c in row] for row in rows]
    widths = [max(len(row[i]) for row in [heads, *cells]) for i in range(len(heads))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in [heads, *cells]]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines) + "\n"
