"""Calibration: the few parameters of the preferences, fitted to observed flows; those held out judge it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corridors import arguments
from corridors.datasets import load_parameters
from corridors.edits.preferences import with_preferences
from corridors.errors import InputError, whole
from corridors.network import Network, checked_demand
from corridors.sweeping.progress import counted
from corridors.validation.compare_published import validate

MOST = 12
"""Free parameters that a fit may have: more would fit noise."""
WORST = 2.0
"""The largest logarithm of a ratio that counts: a flow that a fit cannot reach must not outweigh the others."""
FLOWS = ("calibrated", "held out")


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a calibration found.

    Parameters
    ----------
    parameters : DataFrame
        ``parameter_id, start, low, high, value`` (fitted), ``free, unit, meaning``.
    flows : DataFrame
        Flows of the base year, fitted to or held out: ``fact_id, what, group, reference``, ``before`` (without
        preferences), ``after, unit``.
    solves : int
        How many solves it took.

    Examples
    --------
    >>> import pandas as pd
    >>> import corridors as cd
    >>> parameters = pd.DataFrame({"parameter_id": ["theta"], "start": [10.0], "low": [1.0], "high": [40.0],
    ...                            "value": [14.0], "free": [True], "unit": ["USD/t"], "meaning": ["spread"]})
    >>> flows = pd.DataFrame({"fact_id": ["f1", "f2"], "what": ["Khorgos", "Dostyk"],
    ...                       "group": ["calibrated", "held out"], "reference": [2e6, 1e6],
    ...                       "before": [4e6, 8e5], "after": [2.2e6, 9e5], "unit": "t/year"})
    >>> cd.Calibration(parameters, flows, solves=25).errors()[["group", "when", "median", "within_15"]].round(2)
            group    when  median  within_15
    0  calibrated  before     1.0        0.0
    1  calibrated   after     0.1        1.0
    2    held out  before     0.2        0.0
    3    held out   after     0.1        1.0
    """

    parameters: pd.DataFrame
    flows: pd.DataFrame
    solves: int

    def to_frame(self) -> pd.DataFrame:
        """The parameters, a row each: ``parameter_id, start, low, high, value`` (fitted), ``free, unit, meaning``."""
        return self.parameters.copy()

    def _repr_html_(self) -> str:
        """What a notebook shows: the parameters, and the errors before and after."""
        head = f"<p>{int(self.parameters.free.sum())} parameters fitted in {self.solves} solves</p>"
        errors = self.errors().to_html(index=False, float_format="{:.3f}".format)
        return f"{head}{self.to_frame().to_html(index=False)}<p>Errors of the flows, by group</p>{errors}"

    def errors(self) -> pd.DataFrame:
        """Median error, largest error and share within 15 %, by group, before and after."""
        rows = []
        for group in FLOWS:
            of = self.flows[self.flows.group == group]
            for when in ("before", "after"):
                error = (of[when] / of.reference - 1).abs()
                rows.append((group, when, len(of), error.median(), error.max(), (error <= 0.15).mean()))
        return pd.DataFrame(rows, columns=["group", "when", "flows", "median", "largest", "within_15"])


def calibrate(
    network: Network,
    demand: Any,
    *,
    free: Sequence[str] | None = None,
    evaluations: int = 120,
    progress: bool = True,
) -> Calibration:
    """Fit the parameters of the preferences to the observed flows of the base year that are not held out.

    The error is the mean square of the logarithm of modelled by observed. It is a function in steps: flat nearly
    everywhere, so neither derivatives nor fitted parabolas help (Powell's method stops on the first plateau). A compass
    search asks only whether a step is better (Kolda, Lewis & Torczon 2003, section 1), within each parameter's bounds.

    Parameters
    ----------
    network : Network
        The Eurasian network of 2024, or a version of it. Cost steps of its gates are replaced.
    demand : DataFrame
        Of 2024.
    free : sequence of str, optional
        The parameters to fit; all of them by default. The others stay at their start.
    evaluations : int
        How many times to solve, at most.
    progress : bool
        Whether to show progress bars in a terminal.

    Returns
    -------
    Calibration
        The parameters fitted, and the flows before and after.

    Raises
    ------
    InputError
        An unknown parameter, or more than 12; a gate or a figure's link that the network does not have.

    Examples
    --------
    >>> import corridors as cd
    >>> network = cd.load_network(preferences=False)
    >>> demand = cd.select_demand(network, cd.load_demand(), commodity="containers", origin="CN")
    >>> found = cd.calibrate(network, demand, free=["theta_china"], evaluations=1, progress=False)
    >>> flows = found.flows.set_index("fact_id")[["reference", "before", "after"]]
    >>> found.solves, flows.loc["d092"].astype(int).tolist()  # boxes of the Middle Corridor, TEU
    (2, [46300, 33939, 38939])
    """
    arguments.networks(network=network)
    demand = checked_demand(network, demand)
    table = load_parameters()
    remedy = f"give some of {', '.join(table.parameter_id)}"
    wanted = table.parameter_id if free is None else free
    names = arguments.known_names("free", wanted, table.parameter_id, "is no parameter", remedy)
    if not 1 <= len(names) <= MOST:
        raise InputError(f"free: {len(names)} parameters do not fit; give 1 to {MOST}")
    evaluations = whole("calibrate: evaluations", evaluations, 1)
    start = dict(zip(table.parameter_id, table.start.astype(float), strict=True))
    bounds = table.set_index("parameter_id").loc[names, ["low", "high"]].to_numpy(float)
    best: dict[str, Any] = {"error": np.inf, "solves": 0}

    def error(at: Any) -> float:
        values = start | dict(zip(names, bounds[:, 0] + np.asarray(at) * (bounds[:, 1] - bounds[:, 0]), strict=True))
        flows = modelled(network, demand, values)
        found = misfit(flows[flows.group == "calibrated"])
        best["solves"] += 1
        count(1)
        if found < best["error"] - 1e-9:
            best.update(error=found, values=values, flows=flows)
        return found

    at = [(start[name] - low) / (high - low) for name, (low, high) in zip(names, bounds, strict=True)]
    with counted("calibration", evaluations, "solves", progress) as count:
        compass(error, np.array(at), evaluations)
    before = validate(network.replace(cost_steps=None), demand, kinds=["flow"]).set_index("fact_id").model
    flows = best["flows"][["fact_id", "what", "group", "reference", "model", "unit"]]
    flows = flows.rename(columns={"model": "after"})
    flows.insert(4, "before", flows.fact_id.map(before))
    fitted = table.assign(value=table.parameter_id.map(best["values"]), free=table.parameter_id.isin(names))
    return Calibration(fitted, flows.reset_index(drop=True), best["solves"] + 1)


def compass(
    error: Callable[[Any], float], start: Any, evaluations: int, *, step: float = 0.25, least: float = 0.02
) -> Any:
    """The least of a function in the unit cube that steps along the axes find: a step that is better is taken.

    Parameters
    ----------
    error : callable
    start : (N,) float
        0 to 1.
    evaluations : int
        How many at most.
    step, least : float
        The first step; it is halved when no axis is better, and the search ends below the least.

    Examples
    --------
    >>> compass(lambda x: abs(x[0] - 0.3) + abs(x[1] - 0.9), np.array([0.5, 0.5]), 200).round(1)
    array([0.3, 0.9])
    """
    at, value, left = np.asarray(start, float), error(start), evaluations - 1
    while step >= least:
        better = False
        for axis in range(len(at)):
            for sign in (1, -1):
                trial = at.copy()
                trial[axis] = np.clip(trial[axis] + sign * step, 0.0, 1.0)
                if left <= 0:
                    return at
                if trial[axis] == at[axis]:
                    continue
                left -= 1
                found = error(trial)
                if found < value - 1e-9:
                    at, value, better = trial, found, True
                    break
        step = step if better else step / 2
    return at


def modelled(network: Network, demand: Any, values: Mapping[str, float]) -> pd.DataFrame:
    """The flows of the base year, fitted to or held out, at some values of the parameters, as `validate` gives them."""
    table = validate(with_preferences(network, parameters=values), demand, kinds=["flow"])
    return table[table.group.isin(FLOWS)]


def misfit(flows: pd.DataFrame) -> float:
    """Mean square of the logarithm of modelled by observed, each at most `WORST`."""
    ratio = (flows.model / flows.reference).clip(lower=np.exp(-WORST), upper=np.exp(WORST))
    return float((np.log(ratio.astype(float)) ** 2).mean())


def text(fit: Calibration) -> str:
    """The fit for a terminal: parameters, flows and errors, before and after."""
    lines = [f"{int(fit.parameters.free.sum())} parameters, {fit.solves} solves", ""]
    lines += [f"  {'parameter':24s} {'low':>6s} {'start':>7s} {'fitted':>7s} {'high':>6s}"]
    lines += [
        f"  {row.parameter_id:24s} {row.low:6g} {row.start:7g} {row.value:7.1f} {row.high:6g} {row.unit}"
        f"{'' if row.free else '  (held)'}"
        for row in fit.parameters.itertuples()
    ]
    for group in FLOWS:
        lines += ["", f"  {group:52s} {'observed':>12s} {'before':>12s} {'after':>12s} {'ratio':>6s}"]
        lines += [
            f"  {row.fact_id}  {row.what[:46]:46s} {row.reference:12,.0f} {row.before:12,.0f} {row.after:12,.0f} "
            f"{row.after / row.reference:6.2f}"
            for row in fit.flows[fit.flows.group == group].itertuples()
        ]
    lines += [""]
    lines += [
        f"  {row.group} {row.when}: median error {row.median:.1%}, largest {row.largest:.0%}, "
        f"{row.within_15:.0%} within 15 %"
        for row in fit.errors().itertuples()
    ]
    return "\n".join(lines)
