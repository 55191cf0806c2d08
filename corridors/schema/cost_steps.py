"""Cost steps: ladders of what a tonne pays more on a link, by how much passes.

::

    extra cost
       6 |                 ┌──────     tonnes above 300
       2 |         ┌───────┘           from 100 to 300
       0 |─────────┘                   up to the first load that is given
         └─────────┴───────┴──────► load

A ladder is the rows of one link, list of commodities, origin and direction. What these cover is counted together, and
each tonne pays the step that it comes to. A cost that rises with the load makes the sum convex, so that the least
loss stays a linear programme.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.schema.columns import split


def ladders(steps: pd.DataFrame) -> pd.DataFrame:
    """The steps of every ladder in order of load, from a load of zero on.

    Parameters
    ----------
    steps : DataFrame
        The table `cost_steps` of a network.

    Returns
    -------
    DataFrame
        A row a step, those of a ladder one after another: ``ladder`` (its number), ``link_id``, ``commodities`` (a
        tuple; none for all), ``origin``, ``direction`` (blank: all, both), ``load`` (t/year), ``width`` (t/year; inf
        for the last), ``extra_cost`` (USD/t).

    Examples
    --------
    >>> steps = pd.DataFrame({"link_id": "dostyk", "commodities": "", "origin": "", "direction": "",
    ...                       "load": [100.0, 300.0], "extra_cost": [2.0, 6.0]})
    >>> ladders(steps)[["ladder", "load", "width", "extra_cost"]]
       ladder   load  width  extra_cost
    0       0    0.0  100.0         0.0
    1       0  100.0  200.0         2.0
    2       0  300.0    inf         6.0
    """
    rows = []
    for number, (key, group) in enumerate(_by_ladder(steps).items()):
        ordered = steps.iloc[group].sort_values("load")
        load, extra = ordered.load.to_numpy(float), ordered.extra_cost.to_numpy(float)
        if load[0] > 0:
            load, extra = np.append(0.0, load), np.append(0.0, extra)
        width = np.diff(load, append=np.inf)
        rows += [(number, *key, *step) for step in zip(load, width, extra, strict=True)]
    names = ["ladder", "link_id", "commodities", "origin", "direction", "load", "width", "extra_cost"]
    return pd.DataFrame(rows, columns=names)


def check_cost_steps(steps: pd.DataFrame, directed: set[str]) -> None:
    """Check that each ladder rises, and that no goods meet two ladders of one link.

    Parameters
    ----------
    steps : DataFrame
        The table `cost_steps`, its columns checked.
    directed : set of str
        Links that run one direction only.

    Raises
    ------
    InputError
        Two steps of a ladder at one load; a cost that falls with the load; ladders of one link that share goods; the
        direction back of a directed link.
    """
    never = (steps.direction == "rev") & steps.link_id.isin(directed)
    if never.any():
        problem, remedy = "direction is rev on a directed link", "leave it blank"
        raise InputError(complaint("cost_steps", problem, steps.link_id[never], remedy))
    of_link: dict[str, list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)
    for (link, goods, origin, direction), group in _by_ladder(steps).items():
        rows = steps.iloc[group].sort_values("load")
        if (twice := rows.load.duplicated()).any():
            shown = [f"{link} at {load:g}" for load in rows.load[twice]]
            raise InputError(complaint("cost_steps", "a load is there twice", shown, "keep one row"))
        if (falls := rows.extra_cost.diff() < 0).any():
            shown = [f"{link} at {load:g}" for load in rows.load[falls]]
            problem, remedy = "extra_cost falls as the load rises", "give costs that rise with the load"
            raise InputError(complaint("cost_steps", problem, shown, remedy))
        for other_goods, other_origin, other_direction in of_link[link]:
            shared = set(goods) & set(other_goods) if goods and other_goods else {*goods, *other_goods, "all"}
            if shared and _meet(origin, other_origin) and _meet(direction, other_direction):
                problem, remedy = "goods are in two ladders of a link", "name each commodity, origin and direction once"
                named = ", ".join(sorted(shared - {"all"})) or "all"
                raise InputError(complaint("cost_steps", problem, [f"{link}: {named}"], remedy))
        of_link[link].append((goods, origin, direction))


def _by_ladder(steps: pd.DataFrame) -> dict[tuple[str, tuple[str, ...], str, str], list[int]]:
    """The rows of each ladder, by link, commodities, origin and direction, in the order of the table."""
    found: dict[tuple[str, tuple[str, ...], str, str], list[int]] = defaultdict(list)
    columns = (steps[name] for name in ("link_id", "commodities", "origin", "direction"))
    for row, (link, goods, origin, direction) in enumerate(zip(*columns, strict=True)):
        found[link, tuple(sorted(set(split(goods)))), origin, direction].append(row)
    return found


def _meet(one: str, other: str) -> bool:
    """Whether two narrowings have something in common; blank is all."""
    return one == other or not one or not other
