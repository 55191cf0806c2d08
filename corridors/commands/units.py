"""Units of the columns of what commands print and write, and the quantities that a screen shows them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MONEY, TONNES, SHARE, PRICE = "USD/year", "t/year", "1", "USD/t"

COLUMNS = {
    **dict.fromkeys(
        (
            *("loss", "cost", "alone", "synergy", "bound", "loss_low", "loss_high", "extra_loss", "saved", "paid"),
            *("loss_down", "loss_up", "birnbaum", "error", "criticality", "low", "high", "shapley", "shapley_before"),
            *("banzhaf", "nucleolus", "last", "before", "after", "change", "at_low", "at_high", "swing"),
            *("mu", "mu_star", "mu_star_conf", "sigma", "saved_shut", "saved_alone"),
        ),
        MONEY,
    ),
    **dict.fromkeys(
        (
            *("unmet", "base_flow", "tonnes", "otherwise", "exported", "through", "volume", "wanted", "limit"),
            *("used", "up_to_more", "up_to_less", "up_to_together"),
        ),
        TONNES,
    ),
    **dict.fromkeys(
        (
            *("redundancy", "gap", "level", "probability", "availability", "down", "share", "touching_share"),
            *("transit_share", "value_share", "cost_share", "largest_share", "herfindahl", "entering_share"),
            *(
                "value_factor",
                "less",
                "budget",
                "solved",
                "alternatives",
                "rank",
                "S1",
                "S1_conf",
                "ST",
                "ST_conf",
                "place",
            ),
            *("gates", "effective_gates"),
        ),
        SHARE,
    ),
    **dict.fromkeys(
        (
            *("cost_of_autonomy", "saves_more", "saves_less", "saves_together", "costs_more", "costs_less"),
            *("cost_low", "cost_high", "dual"),
        ),
        PRICE,
    ),
    "length": "t-km/year",
    "time": "t-d/year",
    "detour_length": "km",
    "detour_time": "d",
    "days": "d",
    "day": "d",
    "start": "d",
    "duration": "d",
}
"""The unit of a column where its table says nothing else."""


def units_of(table: pd.DataFrame, given: Mapping[str, str]) -> dict[str, str]:
    """The unit of each column of numbers.

    Parameters
    ----------
    table : DataFrame
        Its ``attrs["units"]`` come before those of `COLUMNS`.
    given : mapping
        Units that come first.
    """
    known = {**COLUMNS, **table.attrs.get("units", {}), **given}
    numbers = table.select_dtypes("number").columns
    return {
        str(name): known[str(name)] for name in table.columns if name in known and (name in numbers or name in given)
    }


PER_CENT = {
    *("redundancy", "share", "touching_share", "transit_share", "value_share", "cost_share", "largest_share"),
    *("entering_share", "level", "availability", "down", "less"),
}
"""Shares that a screen shows in per cent."""

PERIODS = {"year": 1.0, "month": 1 / 12, "day": 1 / 365}
"""The part of a year over which losses and tonnes are shown."""


def on_screen(unit: str, per: str) -> tuple[str, float]:
    """The unit in which a screen shows a quantity, and what its numbers are multiplied by.

    Examples
    --------
    >>> on_screen("USD/year", "year"), on_screen("t", "year"), on_screen("USD/t", "day")
    (('M USD/year', 1e-06), ('kt', 0.001), ('USD/t', 1.0))
    """
    quantity, slash, time = unit.rpartition("/")
    if time != "year":
        return {"USD": ("M USD", 1e-6), "t": ("kt", 1e-3), SHARE: ("", 1.0)}.get(unit, (unit, 1.0))
    part = PERIODS[per]
    small = per != "year"
    prefixes = {
        "USD": ("M USD", 1e-6),
        "t": ("kt", 1e-3) if small else ("Mt", 1e-6),
        "t CO2e": ("Mt CO2e", 1e-6),
        "t-km": ("billion t-km", 1e-9),
    }
    name, factor = prefixes.get(quantity, (f"M {quantity}", 1e-6))
    return f"{name}{slash}{per}", factor * part
