"""Validation: every published figure next to the model's, or the reason why there is no counterpart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import (
    BASE_YEAR,
    DEMAND_YEARS,
    load_demand,
    load_flows,
    load_network,
    load_references,
    load_validation,
)
from corridors.errors import InputError, kind_of, listed, whole
from corridors.network import Network, checked_demand
from corridors.validation.measures import ON_FLOWS, ON_LINKS, Measures, in_unit

NEAR = 0.25
"""A time, cost or distance is near when it is within this share of the published one."""
HOLD_OUT = 3
"""An observed flow whose number is divisible by this is never fitted to."""
YEARS_OF_FIGURES = (1900, 2200)
"""The first and the last year that a figure may be of."""

REASONS = {
    "no demand of its year": "the library has demand of 2022, 2024, 2025 and 2030",
    "part of another figure": "the figures given have it whole, or it is worked out from them",
    "planned or forecast": "by the status of the figure",
    "not in tonnes, hours, USD/t or km": "by the unit of the figure",
    "time or price of another year": "tables hold times and prices of one year",
    "goods or trade that the demand does not have": "no row of the demand has them",
    "what the model does not hold": "demand is given, and stocks are none",
    "measured otherwise": "by the words of the source",
    "route or service not stated": "by the words of the source",
}
"""Why a figure may have no counterpart, and how a reader checks that it is so."""

GROUPS = ("given", "calibrated", "held out", "never seen")
"""How the model came by a figure: it stands in the tables or sizes a demand row; flows were fitted to it; it was kept
from the fit; or neither tables nor fit know of it."""

KINDS = {
    "time": ("time", "running_time", "speed", "running_speed", "border_time", "stay"),
    "cost": ("money", "cost", "rate", "border_fee", "gauge_fee", "road_money"),
    "distance": ("length",),
    "capacity": ON_LINKS,
    "flow": ON_FLOWS,
}


def validate(
    network: Network,
    demand: Any,
    *,
    year: int = BASE_YEAR,
    kinds: Collection[str] = tuple(KINDS),
) -> pd.DataFrame:
    """Compare a network and its demand with the published figures of their year.

    Parameters
    ----------
    network : Network
        The Eurasian network, or a version of it: figures name its nodes and links.
    demand : DataFrame
        What is moved on it. Only flows need it.
    year : int
        The year that network and demand stand for; figures of other years are left out.
    kinds : collection of str
        Which figures: ``time, cost, distance, capacity, flow``. Only flows take a solve.

    Returns
    -------
    DataFrame
        A row a published figure, in the order of the data: ``fact_id``, ``what``, ``kind``, ``group`` (one of `GROUPS`;
        ``not testable``), ``year``, ``reference, low, high, model, unit``, ``ratio``, ``error`` (of the ratio from 1),
        ``confidence, source, note`` (the reason, where it is not tested).

    Raises
    ------
    InputError
        An unknown kind; a node or link that a figure names and the network does not have.

    Examples
    --------
    >>> import corridors as cd
    >>> table = cd.validate(cd.load_network(), cd.load_demand(), kinds=["distance"])
    >>> table[table.group != "not testable"].set_index("fact_id").ratio.round(2)["r086"]
    np.float64(1.08)
    """
    arguments.networks(network=network)
    year = whole("validate: year", year, *YEARS_OF_FIGURES)
    case = Measures(network, checked_demand(network, demand))
    return _compared(lambda _: case, _known_kinds(kinds), [year])


def validate_all(
    *,
    kinds: Collection[str] = tuple(KINDS),
    years: Collection[int] | None = None,
    preferences: bool = True,
) -> pd.DataFrame:
    """Compare the library's networks and demand of all years with all figures that come with it.

    Parameters
    ----------
    kinds : collection of str
        As for `validate`; flows take a solve a year.
    years : collection of int, optional
        Only figures of these years; all by default.
    preferences : bool
        As for `corridors.load_network`.

    Returns
    -------
    DataFrame
        As `validate`.
    """
    if years is not None:
        if not isinstance(years, Iterable) or isinstance(years, (str, bytes)):
            raise InputError(f"years: is {kind_of(years)}; give a list of years")
        years = [whole("validate: years", year, *YEARS_OF_FIGURES) for year in years]
        if not years:
            raise InputError("years: is empty; give one or more, or None for all")

    @cache
    def case_of(year: int) -> Measures:
        demand = load_demand(str(year)) if str(year) in DEMAND_YEARS else None
        return Measures(load_network(year=year, preferences=preferences), demand)

    return _compared(case_of, _known_kinds(kinds), years)


def _known_kinds(kinds: Any) -> list[str]:
    names = arguments.names_of("kinds", kinds, some=True)
    unknown = [kind for kind in names if kind not in KINDS]
    if unknown:
        raise InputError(f"validate: kinds={listed(unknown)} is unknown; give some of {', '.join(KINDS)}")
    return names


def _compared(case_of: Callable[[int], Measures], kinds: list[str], years: Collection[int] | None) -> pd.DataFrame:
    """The published figures of some kinds and years next to the model's, and those that cannot be tested."""
    rows = {str(row.fact_id): row for row in load_validation().itertuples()}
    figures = _figures()
    compared, kept = [], []
    for figure in figures.itertuples(index=False):
        row = rows.get(figure.fact_id)
        if row is None:
            raise InputError(f"validation: {figure.fact_id} has no row; give it a measure or a reason")
        kind = next((name for name, measures in KINDS.items() if row.measure in measures), "")
        if kind and (kind not in kinds or (years is not None and row.year not in years)):
            kept.append(False)
            continue
        model = counterpart(row, figure.unit, rows, case_of) if kind else np.nan
        compared.append((kind, group_of(row), row.year if kind else pd.NA, float(model), note_of(row)))
        kept.append(True)
    table = figures[kept].reset_index(drop=True)
    table[["kind", "group", "year", "model", "note"]] = compared
    table["model"] = table.model.astype(float)
    ratio = table.model / table.reference
    order = ["fact_id", "what", "kind", "group", "year", "reference", "low", "high", "model", "unit"]
    return table.assign(ratio=ratio, error=(ratio - 1).abs())[
        [*order, "ratio", "error", "confidence", "source", "note"]
    ]


def counterpart(row: Any, unit: str, rows: dict[str, Any], case_of: Callable[[int], Measures]) -> float:
    """The model's value for a row, in a unit: its measure x ``factor``, over or less another's (``/x01``, ``-x02``).

    Missing where the other is 0: of a demand without such goods there is no share.

    Parameters
    ----------
    row : named row
        Of the validation table.
    unit : str
    rows : dict
        All rows by id.
    case_of : callable
        The case on which rows of a year are measured.
    """
    measured = in_unit(case_of(int(row.year)).value(row), row.measure, unit)
    value = measured * (1.0 if pd.isna(row.factor) else row.factor)
    if not row.over:
        return value
    other = counterpart(rows[row.over[1:]], unit, rows, case_of)
    if row.over[0] == "-":
        return value - other
    return value / other if other else np.nan


def group_of(row: Any) -> str:
    """How the model came by a figure: one of `GROUPS`, or ``not testable``."""
    if not row.measure:
        return "not testable"
    if row.given:
        return "given"
    if row.measure in ON_FLOWS and row.year == BASE_YEAR and row.fact_id.startswith("d"):
        return "held out" if int(row.fact_id[1:]) % HOLD_OUT == 0 else "calibrated"
    return "never seen"


def note_of(row: Any) -> str:
    """What is to be said of a row: its reason, where it is not tested, and its note."""
    return ": ".join(text for text in (row.reason, row.note) if text)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Tested figures by kind and group: how many, how many near (within 25 %), the median error."""
    tested = table[table.group != "not testable"]
    counted = tested.assign(near=tested.error <= NEAR).groupby(["kind", "group"], sort=False)
    return counted.agg(tested=("error", "size"), near=("near", "sum"), median_error=("error", "median")).reset_index()


def worst(table: pd.DataFrame, n: int = 10) -> pd.DataFrame:
    """The figures that the model misses most, by the factor it is off, up or down."""
    tested = table[(table.group != "not testable") & (table.group != "given")]
    off = np.maximum(tested.ratio, 1 / tested.ratio.clip(lower=1e-9)).fillna(np.inf)
    return tested.loc[off.sort_values(ascending=False, kind="stable").index[:n]]


def _figures() -> pd.DataFrame:
    """All published figures, references first: ``fact_id, what, reference, low, high, unit, confidence, source``."""
    references, flows = load_references(), load_flows()
    ends = references.origin + "-" + references.destination
    of_references = pd.DataFrame(
        {
            "fact_id": references.reference_id,
            "what": references.metric
            + ", "
            + ends.where(references.origin != references.destination, references.origin),
            "reference": references.value,
            "low": references.value_low,
            "high": references.value_high,
            **{name: references[name] for name in ("unit", "confidence", "source")},
        }
    )
    of_references.what += (", " + references.scenario).where(references.scenario != "", "")
    period = flows.period.where(flows.period != "", flows.year.astype(str))
    of_flows = pd.DataFrame(
        {
            "fact_id": flows.flow_id,
            "what": flows.commodity + ", " + flows.origin + "-" + flows.destination + ", " + period,
            "reference": flows.quantity,
            **{name: flows[name] for name in ("unit", "confidence", "source")},
        }
    )
    return pd.concat([of_references, of_flows], ignore_index=True)
