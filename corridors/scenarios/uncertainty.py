"""Confidence as distributions: cases in which every figure is what it may be, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray, IntArray
from corridors.datasets import load_spreads
from corridors.errors import InputError, complaint, nearest, whole
from corridors.network import Network, checked_demand
from corridors.scenarios.atoms import listed_values
from corridors.scenarios.batch import FIELDS, Scenarios
from corridors.schema.definitions import CONFIDENCES
from corridors.schema.fleets import capacities

NINE_OF_TEN = 1.6448536269514722
"""Standard deviations to either side of the mean between which nine of ten normal draws lie."""
MOST_DRAWS = 100_000
"""Draws at the most: each changes all figures, and is held."""


def uncertain_cases(network: Network, demand: Any, draws: int = 19, *, spreads: Any = None, seed: int = 0) -> Scenarios:
    """Base cases as they may be: every uncertain figure drawn at once, by the confidence of its row.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    draws : int
        How many cases; the first ones stay what they are where there are more.
    spreads : DataFrame, optional
        ``table, field, factor``: nine of ten true values lie between the figure divided and multiplied by the factor.
        Optionally ``confidence`` (``high``, ``medium`` or ``low``, as which a blank counts in rows; blank here means
        any) and ``per`` (a column of the table: rows with the same value there err together; where the table does not
        have it, each row by itself). Several rows for one figure multiply. By default `corridors.load_spreads`.
    seed : int
        The same seed gives the same cases.

    Returns
    -------
    Scenarios
        Each scales capacities, tariffs, volumes and so on, lognormally, with the figure as the median. Multiply them
        with others, ``uncertain_cases(...) * outages(network)``, and each closure meets the same draws.

    Raises
    ------
    InputError
        A table, field or confidence that there is not; a factor below 1; nothing that is uncertain.

    See Also
    --------
    corridors.criticality, corridors.break_even, corridors.leverage, corridors.hedging_frontier : Take ``draws=``.

    Notes
    -----
    The least and the largest of 19 draws hold a 20th with a probability of 90 %: where the truth is one more draw, that
    is how often the interval holds it, whatever the distribution of what is measured.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["ferry"], "from_node_id": ["aktau"], "to_node_id": ["baku"], "mode": "ferry",
    ...                       "tariff": [10.0], "confidence": "low"})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["baku"],
    ...                        "volume": [100.0], "value": [220.0], "confidence": "high"})
    >>> cases = cd.uncertain_cases(network, demand, draws=3)
    >>> cases.atoms.field.tolist()
    ['tariff', 'volume', 'value']
    """
    arguments.networks(network=network)
    rows = checked_demand(network, demand)
    draws = whole("uncertain_cases: draws", draws, 1, MOST_DRAWS)
    figures = list(_figures(network, rows, _checked(load_spreads() if spreads is None else spreads)))
    if not figures:
        raise InputError("uncertain_cases: none of the spreads is of a figure that is there; give others")
    rng = np.random.Generator(np.random.Philox(whole("uncertain_cases: seed", seed)))
    first = np.cumsum([0, *(figure.errors for figure in figures)])
    drawn = rng.standard_normal((draws, int(first[-1])))
    exponents: dict[tuple[str, str], FloatArray] = {}
    ids: dict[tuple[str, str], list[str]] = {}
    for figure, start in zip(figures, first[:-1], strict=True):
        key = (figure.table, figure.field)
        ids[key] = figure.ids
        spread = np.log(figure.factor) / NINE_OF_TEN * drawn[:, start + figure.error]
        exponents[key] = exponents.get(key, 0.0) + np.where(figure.error >= 0, spread, 0.0)
    atoms = pd.DataFrame(
        [(table, name, field, "scale", "", "", "") for (table, field), names in ids.items() for name in names],
        columns=["table", "id", "field", "operation", "commodity", "origin", "direction"], dtype=object,
    )  # fmt: skip
    values = np.exp(np.concatenate(list(exponents.values()), axis=1))
    varies = (values != 1).any(axis=0)
    return listed_values([f"case {i}" for i in range(draws)], atoms[varies].reset_index(drop=True), values[:, varies])


def errors_of(network: Network, demand: Any, spreads: Any = None) -> pd.DataFrame:
    """What `uncertain_cases` draws: the errors that figures make, each normal and independent of the others.

    Returns
    -------
    DataFrame
        A row a figure and error: ``table, id, field``, the ``error`` by name, and ``size``, what a standard deviation
        of it adds to the logarithm of the figure.
    """
    checked = _checked(load_spreads() if spreads is None else spreads)
    parts = [
        pd.DataFrame(
            {
                "table": each.table,
                "id": np.array(each.ids, object)[each.error >= 0],
                "field": each.field,
                "error": [f"{each.field} of {each.names[number]}" for number in each.error[each.error >= 0]],
                "size": np.log(each.factor) / NINE_OF_TEN,
            }
        )
        for each in _figures(network, checked_demand(network, demand), checked)
    ]
    return pd.concat(parts, ignore_index=True)


class Figures(NamedTuple):
    """The figures of one row of spreads: `ids` of all that have the field, and the error that each makes, -1 for none.

    `errors` is how many different ones there are; `names` what each is of.
    """

    table: str
    field: str
    factor: float
    ids: list[str]
    error: IntArray
    errors: int
    names: list[str]


def _figures(network: Network, rows: pd.DataFrame, spreads: pd.DataFrame) -> Iterator[Figures]:
    """What each row of spreads is about, where there is any of it."""
    tables = _tables(network, rows)
    for spread in spreads.itertuples(index=False):
        table = tables[spread.table]
        figures = table[table[spread.field].notna()]
        if figures.empty:
            continue
        meant = np.full(len(figures), True)
        if spread.confidence:
            meant = (figures.confidence.replace("", "low") == spread.confidence).to_numpy()
        together = figures.get(spread.per, figures.unit)
        together = together.where(together.astype(str) != "", figures.unit)
        error = np.full(len(figures), -1)
        error[meant], names = pd.factorize(together[meant])
        yield Figures(spread.table, spread.field, spread.factor, figures.id.tolist(), error, len(names), list(names))


def _tables(network: Network, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables whose figures may be uncertain, with ``id`` and ``unit``, which all steps of a demand curve share."""
    links, transfers = (t[t.status == "operating"] for t in (network.links, network.transfers))
    found = {
        "links": links.assign(id=links.link_id),
        "transfers": transfers.assign(id=transfers.transfer_id),
        "nodes": network.nodes.assign(id=network.nodes.node_id),
        "zones": network.zones.assign(id=network.member_ids()),
        "fleets": network.fleets.drop_duplicates("fleet_id").assign(id=capacities(network.fleets).fleet_id.to_numpy()),
        "demand": rows.assign(id=rows.demand_id),
    }
    # Of links: by the rate and speed of the mode where there is none.
    timed = network.rates["mode"][(network.rates.commodity == "") & network.rates.speed.notna()]
    by_speed = links["mode"].isin(timed) & links.length.notna()
    found["links"] = found["links"].assign(tariff=1.0, time=links.time.where(~by_speed, 1.0))
    return {name: table.assign(unit=table.get("curve", table.id)) for name, table in found.items()}


def _checked(given: Any) -> pd.DataFrame:
    """Spreads with all their columns."""
    table = arguments.table_of("spreads", given, ["table", "field"], numbers=["factor"], some=True)
    table = table.assign(**{name: table[name].fillna("") if name in table else "" for name in ("confidence", "per")})
    known = {name: fields for name, fields in FIELDS.items() if name != "cost_steps"}
    names = (table.table + " " + table.field + " " + table.confidence).str.strip()
    fields = [f"{name} {field}" for name, of in known.items() for field in of if field not in ("status", "price")]
    pairs = table.table + " " + table.field
    classes = ", ".join(CONFIDENCES)
    for problem, wrong, remedy in (
        ("is no figure", ~pairs.isin(fields), f"give a table and its field{nearest(pairs, fields)}"),
        ("confidence is unknown", ~table.confidence.isin(["", *CONFIDENCES]), f"give {classes}, or leave it blank"),
        ("factor is below 1 or none", ~table.factor.between(1, 1e3), "give a factor, 1 to 1,000"),
    ):
        if wrong.any():
            raise InputError(complaint("spreads", problem, names[wrong], remedy))
    return table
