"""Cost steps: ladders of what a tonne pays more on a link or at a transfer, by how much passes.

::

    extra cost
       6 |                 ┌──────     tonnes above 300
       2 |         ┌───────┘           from 100 to 300
       0 |─────────┘                   up to the first load that is given
         └─────────┴───────┴──────► load

A ladder is the rows of one link or transfer, list of commodities, list of origins and direction. What these cover is
counted together, and each tonne pays the step that it comes to. A cost that rises with the load makes the sum convex,
so that the least loss stays a linear programme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np
import pandas as pd

from corridors.errors import InputError, complaint
from corridors.schema.columns import split
from corridors.schema.homes import homes

_COVERED = ("link_id", "transfer_id", "commodities", "origins", "direction")
"""What sets a ladder apart from others."""


def ladders(steps: pd.DataFrame) -> pd.DataFrame:
    """The steps of every ladder in order of load, from a load of zero on.

    Parameters
    ----------
    steps : DataFrame
        The table `cost_steps` of a network.

    Returns
    -------
    DataFrame
        A row a step, those of a ladder one after another: ``ladder`` (its number), ``link_id, transfer_id`` (one of
        them), ``commodities, origins`` (tuples; none for all), ``direction`` (blank: both), ``row`` (of the table; -1
        for the part from a load of zero to the first that is given), ``load`` (t/year), ``width`` (t/year; inf for the
        last), ``extra_cost`` (USD/t).

    Examples
    --------
    >>> steps = pd.DataFrame({"link_id": "dostyk", "transfer_id": "", "commodities": "", "origins": "",
    ...                       "direction": "", "load": [100.0, 300.0], "extra_cost": [2.0, 6.0]})
    >>> ladders(steps)[["ladder", "load", "width", "extra_cost"]]
       ladder   load  width  extra_cost
    0       0    0.0  100.0         0.0
    1       0  100.0  200.0         2.0
    2       0  300.0    inf         6.0
    """
    rows = []
    loads, costs = steps.load.to_numpy(float), steps.extra_cost.to_numpy(float)
    for number, (key, group) in enumerate(_by_ladder(steps).items()):
        row = np.array(group)[np.argsort(loads[group], kind="stable")]
        load, extra = loads[row], costs[row]
        if load[0] > 0:
            row, load, extra = np.append(-1, row), np.append(0.0, load), np.append(0.0, extra)
        width = np.diff(load, append=np.inf)
        rows += [(number, *key, *step) for step in zip(row, load, width, extra, strict=True)]
    names = ["ladder", *_COVERED, "row", "load", "width", "extra_cost"]
    return pd.DataFrame(rows, columns=names)


def with_step_ids(steps: pd.DataFrame) -> pd.DataFrame:
    """The table with a name for each step: where there is none, that of its link or transfer and a number from 1.

    Examples
    --------
    >>> steps = pd.DataFrame({"step_id": "", "link_id": "dostyk", "transfer_id": "", "load": [0.0, 300.0]})
    >>> list(with_step_ids(steps).step_id)
    ['dostyk:1', 'dostyk:2']
    """
    if not len(steps):
        return steps
    of = _items(steps)
    number = steps.groupby(of, sort=False).cumcount() + 1
    return steps.assign(step_id=steps.step_id.where(steps.step_id != "", of + ":" + number.astype(str)))


def origins_named(steps: pd.DataFrame, nodes: pd.DataFrame, zones: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The nodes and zones of origin that each name in the steps stands for: itself, or of a country those in it.

    A zone is in the country that `corridors.schema.homes.homes` says.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node_id": ["tengiz", "uzen", "samara"], "country": ["KZ", "KZ", "RU"]})
    >>> zones = pd.DataFrame({"zone_id": "fields", "role": "origin", "node_id": ["tengiz", "uzen"], "country": ""})
    >>> sorted(origins_named(pd.DataFrame({"origins": ["KZ"]}), nodes, zones)["KZ"])
    ['fields', 'tengiz', 'uzen']
    """
    names = {name for cell in steps.origins.unique() for name in split(cell)}
    if not names:
        return {}
    starts = zones[zones.role == "origin"]
    ids = {*nodes.node_id, *starts.zone_id}
    found = {name: {name} & ids for name in names}
    for name, home in homes(starts, nodes).items():
        if home in found:
            found[home].add(name)
    return {name: frozenset(ids) for name, ids in found.items()}


def check_cost_steps(
    steps: pd.DataFrame, links: pd.DataFrame, transfers: pd.DataFrame, named: dict[str, frozenset[str]]
) -> None:
    """Check that each ladder rises, and that no goods meet two ladders of one link or transfer.

    Parameters
    ----------
    steps : DataFrame
        The table `cost_steps`, its columns checked.
    links, transfers : DataFrame
        Which of them run one direction only.
    named : dict
        What names of origins stand for, as `origins_named` gives it.

    Raises
    ------
    InputError
        A row with a link and a transfer, or none; a name of two steps; two steps of a ladder at one load; a cost that
        falls with the load; ladders that share goods; the direction back of a directed link or transfer.
    """
    if not len(steps):
        return
    if (odd := (steps.link_id == "") == (steps.transfer_id == "")).any():
        problem, remedy = "link_id and transfer_id are both given, or both blank", "give one of them"
        raise InputError(complaint("cost_steps", problem, steps.step_id[odd], remedy))
    if (twice := steps.step_id.duplicated()).any():
        problem, remedy = "step_id is there twice", "give every row an id of its own"
        raise InputError(complaint("cost_steps", problem, steps.step_id[twice].unique(), remedy))
    one_way = steps.link_id.isin(links.link_id[links.directed])
    one_way |= steps.transfer_id.isin(transfers.transfer_id[transfers.directed])
    if (never := (steps.direction == "rev") & one_way).any():
        problem, remedy = "direction is rev on a directed link or transfer", "leave it blank"
        raise InputError(complaint("cost_steps", problem, _items(steps)[never], remedy))
    others: dict[tuple[str, str], list[tuple[tuple[str, ...], frozenset[str], str]]] = defaultdict(list)
    for (link, transfer, goods, names, direction), group in _by_ladder(steps).items():
        origins = frozenset().union(*(named[name] for name in names))
        rows, name = steps.iloc[group].sort_values("load"), link or transfer
        if (twice := rows.load.duplicated()).any():
            shown = [f"{name} at {load:g}" for load in rows.load[twice]]
            raise InputError(complaint("cost_steps", "a load is there twice", shown, "keep one row"))
        if (falls := rows.extra_cost.diff() < 0).any():
            shown = [f"{name} at {load:g}" for load in rows.load[falls]]
            problem, remedy = "extra_cost falls as the load rises", "give costs that rise with the load"
            raise InputError(complaint("cost_steps", problem, shown, remedy))
        for other_goods, other_origins, other_direction in others[link, transfer]:
            apart = direction and other_direction and direction != other_direction
            if not apart and _meet(goods, other_goods) and _meet(origins, other_origins):
                problem, remedy = "goods are in two ladders", "name each commodity, origin and direction once"
                shared = ", ".join(sorted({*goods} & {*other_goods} or {*goods, *other_goods})) or "all"
                raise InputError(complaint("cost_steps", problem, [f"{name}: {shared}"], remedy))
        others[link, transfer].append((goods, origins, direction))


def _items(steps: pd.DataFrame) -> pd.Series[str]:
    """The link or transfer of each step."""
    found: pd.Series[str] = steps.link_id.where(steps.link_id != "", steps.transfer_id)
    return found


def _by_ladder(steps: pd.DataFrame) -> dict[tuple[str, str, tuple[str, ...], tuple[str, ...], str], list[int]]:
    """The rows of each ladder, by `_COVERED`, in the order of the table."""
    found: dict[tuple[str, str, tuple[str, ...], tuple[str, ...], str], list[int]] = defaultdict(list)
    columns = (steps[name] for name in _COVERED)
    for row, (link, transfer, goods, origins, direction) in enumerate(zip(*columns, strict=True)):
        found[link, transfer, _listed(goods), _listed(origins), direction].append(row)
    return found


def _listed(cell: str) -> tuple[str, ...]:
    """The items of a list, whatever their order."""
    return tuple(sorted(set(split(cell))))


def _meet(one: Collection[str], other: Collection[str]) -> bool:
    """Whether two lists have something in common; an empty one is all."""
    return not one or not other or not set(one).isdisjoint(other)
