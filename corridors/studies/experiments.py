"""Tables of experiments, as exploratory modelling asks: a table of experiments in, experiments and outcomes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.errors import InputError, listed
from corridors.network import Network
from corridors.scenarios.atoms import Parameter
from corridors.scenarios.make import from_experiments
from corridors.sweeping.engines import KEEPABLE
from corridors.sweeping.solve import sweep_all

SCALARS = ("loss", "cost", "objective", "unmet_total", "gap", "status")
"""Outcomes of one number an experiment, which every sweep keeps."""


def perform_experiments(
    network: Network,
    demand: Any,
    experiments: pd.DataFrame,
    parameters: Mapping[str, Parameter],
    *,
    outcomes: Iterable[str] = ("loss", "cost", "unmet_total"),
    executor: Executor | None = None,
    store: str | Path | None = None,
    solver: str = "columns",
    progress: bool = True,
) -> tuple[pd.DataFrame, dict[str, np.ndarray[Any, Any]]]:
    """Solve each row of a table of experiments.

    The result is the pair that the EMA Workbench's `perform_experiments` gives (Kwakkel 2017), so that its
    analyses (PRIM, CART, feature scoring) take it as it is.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    experiments : DataFrame
        One row per experiment and one column per parameter; other columns (``scenario, policy, model``) are left alone.
    parameters : mapping
        What each column changes, as for `corridors.from_experiments`.
    outcomes : iterable of str
        ``loss, cost, objective`` (USD/year), ``unmet_total`` (t/year), ``gap, status``; or what `corridors.sweep` can
        keep, such as ``unmet`` (by demand row), ``flow, throughput, rent``.
    executor, store, solver, progress
        As for `corridors.sweep`.

    Returns
    -------
    experiments : DataFrame
        As given.
    outcomes : dict of str to array
        By experiment: (S,), or (S, ...) for outcomes with more dimensions, in the order of a sweep's result. NaN where
        an experiment was not solved.

    Raises
    ------
    InputError
        A parameter without a column, an unknown outcome.
    KeyboardInterrupt
        Ctrl-C before all experiments were solved; with `store` what is done is kept for the next call.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["rail", "ferry"], "from_node_id": ["xian", "aktau"],
    ...                       "to_node_id": ["aktau", "baku"], "mode": "ship", "tariff": [60.0, 10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["baku"], "volume": [1e6], "value": [900.0]})
    >>> rows = pd.DataFrame({"rail": [60.0, 75.0], "policy": "as it is"})
    >>> vary = {"rail": ("links", "rail", "tariff", "set")}
    >>> experiments, outcomes = cd.perform_experiments(network, demand, rows, vary, outcomes=["cost"])
    >>> list(experiments.columns), outcomes["cost"]
    (['rail', 'policy'], array([70000000., 85000000.]))
    """
    wanted = arguments.names_of("outcomes", outcomes)
    unknown = [name for name in wanted if name not in (*SCALARS, *KEEPABLE)]
    if unknown:
        raise InputError(
            f"experiments: outcomes={listed(unknown)} is unknown; give some of {', '.join(SCALARS)} (a number an "
            f"experiment) or {', '.join(KEEPABLE)}"
        )
    kept = [name for name in wanted if name in KEEPABLE]
    result = sweep_all(
        network,
        demand,
        from_experiments(experiments, parameters),
        keep=kept,
        executor=executor,
        store=store,
        solver=solver,
        progress=progress,
    )
    return experiments, {name: result[name].to_numpy() for name in wanted}
