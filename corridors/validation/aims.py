"""What the base case should reach, and what it does: shares of figures that are near, and what limits the most."""

from __future__ import annotations

import pandas as pd

from corridors.datasets import load_references
from corridors.network import Network
from corridors.validation.compare_published import NEAR

NEAR_LOAD = 0.3
"""The load of a link is near when it is within this share of the one recorded."""
MOST = 10
"""The most expensive capacities that are looked at."""
QUOTA = "quota"
"""The basis of a limit that is agreed, and no estimate of what a place may give or take."""


def aims(table: pd.DataFrame, loads: pd.DataFrame, rents: pd.DataFrame, network: Network) -> pd.DataFrame:
    """What the base case should reach, next to what it does.

    Parameters
    ----------
    table : DataFrame
        What `corridors.validation.compare_published.validate` gave.
    loads : DataFrame
        What `corridors.link_loads` gave of the base year.
    rents : DataFrame
        What `corridors.rents` gave of the base year's result.
    network : Network
        Of the base year; its zones say on what a limit is based (``limit_basis``).

    Returns
    -------
    DataFrame
        A row an aim: ``aim, wanted, found`` (texts) and ``reached`` (truth).
    """
    unseen = table[table.group == "never seen"]
    flows = table[(table.kind == "flow") & table.group.isin(["never seen", "held out"])]
    near_loads = (loads.ratio - 1).abs() <= NEAR_LOAD
    rows = [
        _share("never seen times, costs and distances within 25 %", 0.75,
               unseen[unseen.kind.isin(["time", "cost", "distance"])].error <= NEAR),
        _share("never seen capacities within 25 %", 4 / 6, unseen[unseen.kind == "capacity"].error <= NEAR),
        _share("never seen and held out flows within 25 %", 0.8, flows.error <= NEAR),
        _share("recorded loads of links within 30 %", 0.7, near_loads),
        *(_median(unseen, corridor) for corridor in ("TITR", "northern")),
        _limits(rents, network),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["aim", "wanted", "found", "reached"])


def _share(aim: str, wanted: float, near: pd.Series[bool]) -> tuple[str, str, str, bool]:
    share = float(near.mean()) if len(near) else 0.0
    return aim, f"{wanted:.0%} or more", f"{int(near.sum())} of {len(near)} ({share:.0%})", share >= wanted


def _median(unseen: pd.DataFrame, corridor: str) -> tuple[str, str, str, bool]:
    """The median ratio of costs of a corridor that were never seen."""
    of = load_references().set_index("reference_id").corridor
    ratio = unseen[(unseen.kind == "cost") & (unseen.fact_id.map(of) == corridor)].ratio
    median = float(ratio.median())
    aim = f"median ratio of model to published cost, {corridor}"
    return aim, "0.9 to 1.1", f"{median:.2f} of {len(ratio)} never seen", 0.9 <= median <= 1.1


def _limits(rents: pd.DataFrame, network: Network) -> tuple[str, str, str, bool]:
    """Limits of zone members among the most expensive capacities, but those that are agreed quotas."""
    highest = rents.sort_values("dual", ascending=False, kind="stable").head(MOST)
    limits = highest.id[highest.kind == "zone"]
    quotas = network.member_ids()[network.zones.limit_basis == QUOTA]
    others = sorted(set(limits) - set(quotas))
    found = f"{len(limits)}, {len(limits) - len(others)} of them quotas" + (f"; {', '.join(others)}" if others else "")
    return f"limits of zones among the {MOST} most expensive capacities", "quotas only", found, not others
