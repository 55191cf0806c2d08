"""Preferences at gates: a logit made of cost steps, so that flows that cost nearly the same divide.

Linear costs are all or nothing. Among gates of one choice, each tonne more finds the gate a little worse: with a volume
V to divide, the x-th tonne of a gate costs theta x ln(x / (V - x)) more, which is the inverse of the logit share
1 / (1 + exp(cost / theta)) (McFadden 1974; as convex costs, Fisk 1980). The ladder replaces it by `steps` cost steps of
V / steps each, the cost at the middle of each step counted from the first, and a constant of the gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, complaint
from corridors.schema.columns import as_id, split

COVERED = ("link_id", "commodities", "origins", "direction")
"""What a row of preferences has in common with its cost steps."""


def steps_of_preferences(preferences: pd.DataFrame, parameters: Mapping[str, float]) -> pd.DataFrame:
    """The cost steps that rows of preferences stand for.

    Parameters
    ----------
    preferences : DataFrame
        As for `corridors.with_preferences`.
    parameters : mapping
        Values by id.

    Returns
    -------
    DataFrame
        Rows of the table `cost_steps`, those of each gate in order of load.

    Raises
    ------
    InputError
        A volume that is none; a parameter that is unknown or below zero; a commodity in two rows of one gate that are
        of the same origins and direction.
    """
    covered = {name: preferences[name].map(as_id) if name in preferences else "" for name in COVERED}
    preferences = preferences.assign(**covered)
    volume = pd.to_numeric(preferences.volume, errors="coerce")
    if (bad := ~(volume.gt(0) & volume.lt(np.inf))).any():
        shown = [
            f"{name}: {given}" for name, given in zip(preferences.link_id[bad], preferences.volume[bad], strict=True)
        ]
        raise InputError(complaint("preferences", "volume does not fit", shown, "give t/year above 0"))
    _require_goods_once(preferences)
    parts = []
    for row, total in zip(preferences.itertuples(), volume, strict=True):
        extra = ladder(_value(row.theta, parameters), int(row.steps)) + _value(row.constant, parameters)
        load = np.arange(len(extra)) * (float(total) / len(extra))
        parts.append(
            pd.DataFrame({**{name: getattr(row, name) for name in COVERED}, "load": load, "extra_cost": extra})
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*COVERED, "load", "extra_cost"])


def ladder(theta: float, steps: int) -> FloatArray:
    """What each step costs more than the first, (steps,) USD/t: theta x ln(share / (1 - share)) at its middle.

    Examples
    --------
    >>> ladder(1.0, 4).round(2)
    array([0.  , 1.44, 2.46, 3.89])
    """
    share = (np.arange(steps) + 0.5) / steps
    rise = np.log(share / (1 - share))
    found: FloatArray = theta * (rise - rise[0])
    return found


def _require_goods_once(table: pd.DataFrame) -> None:
    """Raise where a commodity is in two rows of a gate, and of the same origins and direction."""
    for (gate, *_), cells in table.groupby(["link_id", "origins", "direction"], sort=False).commodities:
        goods = Counter(name for cell in cells for name in set(split(cell)))
        if twice := sorted(name for name, count in goods.items() if count > 1):
            raise InputError(complaint("preferences", f"{gate} has goods twice", twice, "name them once"))


def _value(given: Any, values: Mapping[str, float]) -> float:
    """A number, or the value of a parameter; blank is zero."""
    if isinstance(given, str) and given.strip() == "":
        return 0.0
    if isinstance(given, str) and given not in values:
        raise InputError(
            f"preferences: parameter {given!r} is unknown; parameters has {', '.join(map(str, values)) or 'none'}"
        )
    value = float(values[given]) if isinstance(given, str) else float(np.nan_to_num(given))
    if value < 0:
        raise InputError(f"preferences: {given!r} is {value:g}; give 0 or more")
    return value
