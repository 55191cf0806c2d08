"""Numbers that a reader can move: the loss between breakpoints, and the flows there, both exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from corridors.datasets import load_sliders
from corridors.errors import InputError, a_number, kind_of
from corridors.network import Network
from corridors.page.answers import KEEP, Answer, Answers
from corridors.scenarios.atoms import Parameter, atoms_of
from corridors.scenarios.parameters import named_parameter
from corridors.studies.break_even import Lines

UNITS = {"scale": "factor"}
"""What a slider's number is, by operation; else it has the unit of its field."""


@dataclass(frozen=True)
class Slider:
    """The loss and the flows of a case over the range of one number.

    Parameters
    ----------
    name, unit : str
    now : float
        The number that changes nothing; missing where there is none.
    at : list of float
        Breakpoints, from the lowest to the highest.
    loss : list of float
        USD/year more than in the base, at each; in between it is a straight line.
    constant : bool
        Whether flows stay the same between two breakpoints (costs); else they change evenly (capacities).
    answers : list of Answer
        Between breakpoints where flows are constant, else at them.
    """

    name: str
    unit: str
    now: float
    at: list[float]
    loss: list[float]
    constant: bool
    answers: list[Answer]


def checked_sliders(wanted: Any) -> dict[str, tuple[Parameter, float, float]]:
    """Sliders as a user gives them, each with a parameter and a range.

    Raises
    ------
    InputError
        No mapping, or something in it that is no parameter with its least and its largest value.
    """
    if not isinstance(wanted, Mapping):
        raise InputError(f"sliders: is {kind_of(wanted)}; give a mapping from names to (parameter, low, high)")
    for name, of in wanted.items():
        if not isinstance(of, (tuple, list)) or len(of) != 3:
            raise InputError(f"sliders: {name} is {kind_of(of)}; give (parameter, low, high)")
    return {str(name): (of[0], a_number(of[1]), a_number(of[2])) for name, of in wanted.items()}


def sliders_of(
    network: Network,
    demand: pd.DataFrame,
    answers: Answers,
    wanted: Mapping[str, tuple[Parameter, float, float]] | None,
    *,
    fine: Callable[[float], float] = lambda _: 0.0,
    progress: bool,
) -> list[Slider]:
    """The sliders of a page.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        Checked demand.
    answers : Answers
        Of the same case.
    wanted : mapping or None
        Parameter, least and largest number, by name; None for those of `corridors.datasets.load_sliders` whose links
        the network has.
    fine : callable, optional
        Breaks that bend the loss by no more than this gives for its size, USD/year more than in the base, are left out;
        by default none of them are.
    progress : bool

    Raises
    ------
    InputError
        What `corridors.break_even` raises.
    """
    given = _packaged(network, demand) if wanted is None else {name: (*of, "") for name, of in wanted.items()}
    return [
        _slider(network, demand, answers, name, parameter, float(low), float(high), unit, fine, progress)
        for name, (parameter, low, high, unit) in given.items()
    ]


def _packaged(network: Network, demand: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, float, float, str]]:
    found: dict[str, tuple[pd.DataFrame, float, float, str]] = {}
    rows: Any = load_sliders().itertuples(index=False)
    for row in rows:
        try:
            parameter = named_parameter(network, demand, row.field, row.kind, row.which, row.operation)
        except InputError:  # another network has no such link, country or corridor
            continue
        found[row.name] = (parameter, float(row.low), float(row.high), row.unit)
    return found


def _slider(
    network: Network,
    demand: pd.DataFrame,
    answers: Answers,
    name: str,
    parameter: Parameter,
    low: float,
    high: float,
    unit: str,
    fine: Callable[[float], float],
    progress: bool,
) -> Slider:
    atoms, known, base = atoms_of(parameter), dict[float, Answer](), float(answers.base.loss)

    def off(*losses: float) -> float:
        """What may be left out where the loss goes from one to the other: on its way it may be as in the base."""
        low, high = (loss - base for loss in sorted(losses))
        return fine(max(low, -high, 0.0))

    def take(values: Sequence[float], result: xr.Dataset) -> None:
        known.update(zip(values, answers.in_sweep(result), strict=True))

    lines = Lines(network, demand, atoms, low, high, [None], progress, keep=KEEP, take=take, fine=off)
    pieces = lines.searches[0].pieces()
    at = [low, *(end for _, end, _ in pieces)]
    loss = np.array([pieces[0][2].on(low), *(tangent.on(end) for _, end, tangent in pieces)]) - base
    constant = lines.slope.on_cost
    if missing := [] if constant else [(0, value) for value in at if value not in known]:
        take([value for _, value in missing], lines.sweep(missing, lines.keep))
    # A flow whose cost is that of a piece at one value is an optimum on all of it.
    solved = [known[value] for value in ([tangent.at for *_, tangent in pieces] if constant else at)]
    return Slider(
        name, unit or UNITS.get(_operation(atoms), ""), _now(network, atoms), at, loss.tolist(), constant, solved
    )


def _operation(atoms: pd.DataFrame) -> str:
    return str(atoms.operation.iloc[0])


def _now(network: Network, atoms: pd.DataFrame) -> float:
    """The number at which everything is as it is."""
    operation = _operation(atoms)
    if operation != "set":
        return {"add": 0.0, "scale": 1.0}[operation]
    first = atoms.iloc[0]
    table, key = {"links": ("links", "link_id"), "nodes": ("nodes", "node_id")}.get(first.table, ("", ""))
    if not table:
        return float("nan")
    rows = getattr(network, table).set_index(key)
    return float(rows[first.field].get(first.id, np.nan)) if first.field in rows else float("nan")
