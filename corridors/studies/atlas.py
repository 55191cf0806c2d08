"""An atlas of two parameters: which corridor is preferred where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.edits.selection import selected
from corridors.errors import InputError, complaint, kind_of
from corridors.methods.route_groups import By, namer
from corridors.network import Network, case_names, checked_demand
from corridors.scenarios.atoms import Parameter, atoms_of
from corridors.studies.break_even import Lines


def atlas(
    network: Network,
    demand: Any,
    along: tuple[Parameter, float, float],
    across: tuple[Parameter, Iterable[float]],
    *,
    routes_by: By = "corridor",
    select: Mapping[str, str | None] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Where the preferred route flips along one parameter, at each level of another.

    Sources: Eisner & Severance 1976, section 3; Murty 1983, chapter 8 (parametric programming).

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`. All of it is solved for, whatever `select` says.
    along : tuple
        A parameter, and the low and high end of its range: flips along it are exact, as in `corridors.break_even`.
    across : tuple
        A second parameter, and its values: the levels at which the first one is searched.
    routes_by, select
        As for `corridors.break_even`.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        ``level`` (of the second parameter), and the columns of `corridors.break_even` for each level.

    Raises
    ------
    InputError
        As `corridors.break_even`; no levels; two parameters that change the same number, other than by adding to it.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["north", "middle"], "from_node_id": "xian", "to_node_id": "duisburg",
    ...                       "mode": "ship", "corridors": ["north", "middle"], "tariff": [60.0, 85.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "duisburg"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["duisburg"], "volume": [4e6], "value": [300.0]})
    >>> north, middle = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "add")
    >>> cd.atlas(network, demand, (north, 0, 100), (middle, [0, 50]))[["level", "low", "high", "preferred"]]
       level   low   high preferred
    0    0.0   0.0   25.0     north
    1    0.0  25.0  100.0    middle
    2   50.0   0.0   75.0     north
    3   50.0  75.0  100.0    middle
    """
    rows = checked_demand(network, demand)
    chosen = selected(network, rows, select)
    for name, given, parts, wanted in (
        ("along", along, 3, "a parameter, its low and its high end"),
        ("across", across, 2, "a parameter and its values"),
    ):
        if not isinstance(given, (tuple, list)) or len(given) != parts:
            raise InputError(f"{name}: is {kind_of(given)}; give {wanted}")
    parameter, low, high = along
    other, values = across
    levels = [arguments.number_of(value) for value in (values if np.iterable(values) else [])]
    if not levels or not np.isfinite(levels).all():
        raise InputError("across: there are no levels of the second parameter; give one or more finite numbers")
    one, two = atoms_of(parameter, "along"), atoms_of(other, "across")
    key = ["table", "id", "field"]
    both = one.merge(two, on=key)
    if len(both) and not ((one.operation == "add").all() and (two.operation == "add").all()):
        remedy = "let both add to it, or name others"
        raise InputError(complaint("parameters", "both change the same number", both.id.unique(), remedy))
    namer(network, routes_by)
    lines = Lines(network, rows, parameter, low, high, [two.assign(value=level) for level in levels], progress)
    table = lines.table(chosen, routes_by)
    table.insert(0, "level", [levels[line] for line in table.line])
    table.attrs["on_cost"] = lines.slope.on_cost
    table.attrs.update(case_names(network, rows))
    return table.drop(columns="line")
