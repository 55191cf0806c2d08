"""Sensitivity: which uncertain numbers the loss depends on. Sobol's and Morris's indices by SALib, a tornado."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.arrays.typing import FloatArray
from corridors.errors import InputError, whole
from corridors.methods.digits import places
from corridors.methods.salib_problem import have_ends, problem_of
from corridors.methods.solved import require_solved
from corridors.network import Network, checked_demand
from corridors.scenarios.atoms import Parameter, atoms_of
from corridors.scenarios.batch import Scenarios
from corridors.scenarios.make import baseline, from_experiments
from corridors.sweeping.solve import sweep_all

METHODS = {"sobol": ["S1", "S1_conf", "ST", "ST_conf"], "morris": ["mu", "mu_star", "mu_star_conf", "sigma"]}
"""The indices of each method, by SALib's names."""
MEASURES = ("loss", "cost", "unmet_total")
"""What indices can be of."""
LEVELS = 4
"""Levels of Morris's grid."""


def sensitivity(
    network: Network,
    demand: Any,
    problem: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    *,
    method: str = "sobol",
    samples: int = 256,
    seed: int = 0,
    of: str = "loss",
    progress: bool = True,
) -> pd.DataFrame:
    """Which uncertain numbers the loss depends on, when all of them vary at once.

    Parameters
    ----------
    network : Network
    demand : DataFrame
        As for `corridors.solve`.
    problem : mapping
        SALib's: ``names`` (K), ``bounds`` (K), and optionally ``num_vars, dists`` (``unif, logunif, triang, norm,
        truncnorm, lognorm, weibull``; Morris takes those with two ends); or a low and a high end by name.
    parameters : mapping
        What each name changes, as for `corridors.from_experiments`: ``(table, id, field, operation)``, or what
        `corridors.named_parameter` made.
    method : str
        ``sobol``: shares of the variance; ``morris``: elementary effects, for many parameters and few solves.
    samples : int
        Base samples (a power of 2) for Sobol: n (K + 2) solves. Trajectories for Morris: n (K + 1) solves.
    seed : int
        The same seed gives the same table.
    of : str
        ``loss``, ``cost`` (USD/year) or ``unmet_total`` (t/year).
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    DataFrame
        The most important first. Sobol: ``name, S1`` (share of the variance that the parameter makes alone), ``ST``
        (with all it does together with others), each with the half width of its 95 % interval as ``_conf``. Morris:
        ``name, mu`` (mean effect over its range, in the unit of what is measured), ``mu_star`` (of absolute effects),
        ``mu_star_conf``, ``sigma`` (spread of effects: not linear, or together with others). In ``attrs``: ``method,
        of, solved, mean, std, p05, p95`` of what was measured.

    Raises
    ------
    InputError
        A problem, name, method or size that does not fit; SALib that is not there; a loss that does not vary.
    SolverError
        A sample was not solved.

    Notes
    -----
    Sobol 2001 and, for the estimators, Saltelli et al. 2010; Morris 1991, Campolongo, Cariboni & Saltelli 2007. Samples
    and indices are SALib's (Herman & Usher 2017).

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["rail", "ferry"], "from_node_id": ["xian", "aktau"],
    ...                       "to_node_id": ["aktau", "baku"], "mode": "ship", "tariff": [60.0, 10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["baku"], "volume": [1e6], "value": [900.0]})
    >>> vary = {"rail": ("links", "rail", "tariff", "add"), "ferry": ("links", "ferry", "tariff", "add")}
    >>> table = cd.sensitivity(network, demand, {"rail": (0, 20), "ferry": (0, 10)}, vary, samples=512)
    >>> table[["name", "S1", "ST"]].round(1)  # variances are as 20 squared to 10 squared
        name   S1   ST
    0   rail  0.8  0.8
    1  ferry  0.2  0.2
    """
    arguments.texts(method=method, of=of)
    samples, seed = whole("sensitivity: samples", samples, 2), whole("sensitivity: seed", seed)
    if method not in METHODS:
        raise InputError(f"sensitivity: method={method!r} is unknown; give {' or '.join(METHODS)}")
    if of not in MEASURES:
        raise InputError(f"sensitivity: of={of!r} is unknown; give one of {', '.join(MEASURES)}")
    if method == "sobol" and samples & (samples - 1):
        raise InputError(f"sensitivity: samples={samples} does not fit; give a power of 2")
    asked = problem_of(problem, parameters)
    if method == "morris":
        have_ends(asked, "morris", "give method='sobol', or one of ")
    drawn = _sampled(asked, method, samples, seed)
    experiments = pd.DataFrame(drawn, columns=asked["names"])
    scenarios = from_experiments(experiments, {name: parameters[name] for name in asked["names"]})
    result = sweep_all(network, demand, scenarios, progress=progress)
    measured = result[of].to_numpy()
    require_solved("sensitivity", measured)
    if method == "sobol" and np.ptp(measured) <= 1e-12 * np.abs(measured).max():
        raise InputError(f"sensitivity: {of} does not vary; give wider bounds, or numbers that affect routes in use")
    digits = places(2, measured, 1e7)
    found = _analysed(asked, method, drawn, measured, seed)
    table = pd.DataFrame({"name": asked["names"], **{key: np.asarray(found[key], float) for key in METHODS[method]}})
    table = _rounded(table, 6 if method == "sobol" else digits)
    by = "ST" if method == "sobol" else "mu_star"
    table = table.sort_values(by, ascending=False, kind="stable", ignore_index=True)
    quantiles = {"p05": float(np.quantile(measured, 0.05)), "p95": float(np.quantile(measured, 0.95))}
    moments = {"mean": float(measured.mean()), "std": float(measured.std()), **quantiles}
    table.attrs.update(
        method=method,
        of=of,
        solved=len(measured),
        **{key: round(v, places(2, measured, 1e7)) for key, v in moments.items()},
    )
    return table


def tornado(
    network: Network,
    demand: Any,
    problem: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    *,
    of: str = "loss",
    progress: bool = True,
) -> pd.DataFrame:
    """What each uncertain number does alone, at its low and its high end.

    Parameters
    ----------
    network, demand, problem, parameters, of, progress
        As for `sensitivity`. A distribution of the problem must have two ends.

    Returns
    -------
    DataFrame
        The widest first: ``name, low, high`` (of the parameter), ``at_low, at_high`` (what is measured, over the base:
        USD/year, or t/year), ``swing`` (from the least to the most of these and the base). The base is in
        ``attrs["base"]``.

    Raises
    ------
    InputError
        A problem or name that does not fit.
    SolverError
        An end was not solved.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> links = pd.DataFrame({"link_id": ["rail", "ferry"], "from_node_id": ["xian", "aktau"],
    ...                       "to_node_id": ["aktau", "baku"], "mode": "ship", "tariff": [60.0, 10.0]})
    >>> network = cd.Network(pd.DataFrame({"node_id": ["xian", "aktau", "baku"]}), links)
    >>> demand = pd.DataFrame({"demand_id": ["boxes"], "commodity": ["containers"], "origin": ["xian"],
    ...                        "destination": ["baku"], "volume": [1e6], "value": [900.0]})
    >>> vary = {"rail": ("links", "rail", "tariff", "scale"), "ferry": ("links", "ferry", "tariff", "scale")}
    >>> table = cd.tornado(network, demand, {"rail": (0.9, 1.2), "ferry": (0.5, 2)}, vary)
    >>> table[["name", "at_low", "at_high", "swing"]]
        name     at_low     at_high       swing
    0   rail -6000000.0  12000000.0  18000000.0
    1  ferry -5000000.0  10000000.0  15000000.0
    """
    arguments.texts(of=of)
    if of not in MEASURES:
        raise InputError(f"tornado: of={of!r} is unknown; give one of {', '.join(MEASURES)}")
    asked = problem_of(problem, parameters)
    have_ends(asked, "tornado", "give bounds without dists, or one of ")
    names, bounds = asked["names"], np.array([ends[:2] for ends in asked["bounds"]], float)
    ends = [
        atoms_of(parameters[name], name).assign(value=end)
        for name, pair in zip(names, bounds, strict=True)
        for end in pair
    ]
    labels = [f"{name} at its {end}" for name in names for end in ("low", "high")]
    changes = pd.concat([part.assign(scenario=i) for i, part in enumerate(ends)], ignore_index=True)
    rows = checked_demand(network, demand)
    result = sweep_all(network, rows, baseline() + Scenarios(labels, changes), progress=progress)
    measured = result[of].to_numpy()
    require_solved("tornado", measured)
    digits = places(2, measured, 1e7)
    over = (measured[1:] - measured[0]).reshape(-1, 2)
    swing = np.maximum(over.max(axis=1), 0.0) - np.minimum(over.min(axis=1), 0.0)
    table = pd.DataFrame(
        {
            "name": names,
            "low": bounds[:, 0],
            "high": bounds[:, 1],
            "at_low": over[:, 0],
            "at_high": over[:, 1],
            "swing": swing,
        }
    )
    table[["at_low", "at_high", "swing"]] = table[["at_low", "at_high", "swing"]].round(digits) + 0.0
    table = table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    table.attrs.update(of=of, base=round(float(measured[0]), digits))
    return table


def _sampled(problem: dict[str, Any], method: str, samples: int, seed: int) -> FloatArray:
    salib = _salib()
    if method == "sobol":
        found: FloatArray = salib["sample.sobol"].sample(problem, samples, calc_second_order=False, seed=seed)
    else:
        found = salib["sample.morris"].sample(problem, samples, num_levels=LEVELS, seed=seed)
    return found


def _analysed(problem: dict[str, Any], method: str, samples: FloatArray, measured: FloatArray, seed: int) -> Any:
    salib = _salib()
    if method == "sobol":
        # SALib takes a seed of 0 for none, and the intervals would differ from run to run.
        return salib["analyze.sobol"].analyze(problem, measured, calc_second_order=False, seed=seed + 1)
    return salib["analyze.morris"].analyze(problem, samples, measured, num_levels=LEVELS, seed=seed)


def _salib() -> dict[str, Any]:
    import importlib

    names = ("sample.sobol", "sample.morris", "analyze.sobol", "analyze.morris")
    try:
        return {name: importlib.import_module(f"SALib.{name}") for name in names}
    except ImportError:
        raise InputError(
            "sensitivity: SALib is not installed; pip install SALib, or in a checkout "
            "pip install --editable '.[sensitivity]'"
        ) from None


def _rounded(table: pd.DataFrame, digits: int) -> pd.DataFrame:
    numbers = table.columns[1:]
    return table.assign(**{key: table[key].round(digits) + 0.0 for key in numbers})
