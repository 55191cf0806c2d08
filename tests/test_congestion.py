"""Congestion by cost steps, against SciPy's convex solver on the flows of paths and the error that steps may make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from congested import case, integral, least
from generated import TIMES

import corridors as cd

STEPS = 60


def error_of_steps(curves: pd.DataFrame, flow: np.ndarray, optimum: str) -> float:
    """What chords of the sums lie above them, at most, where links carry some flow."""
    total = 0.0
    for row, load in zip(curves.to_dict("records"), flow, strict=True):
        one = pd.DataFrame([row])
        width = row["capacity"] * (0.98 if row["curve"] == "queue" else 2.0) / STEPS
        ends = np.floor(load / width + 1e-9) * width + np.linspace(0, width, 21)
        values = np.array([integral(one, np.array([end]), optimum)[0] for end in ends])
        total += float(np.max(np.linspace(values[0], values[-1], 21) - values))
    return total


@pytest.mark.parametrize("optimum", ["system", "user"])
@pytest.mark.parametrize("seed", range(4 * TIMES))
def test_the_least_sum_is_that_of_a_convex_solver_but_for_the_error_of_steps(seed: int, optimum: str) -> None:
    network, rows, curves = case(seed)
    result = cd.solve(cd.with_congestion(network, curves, optimum=optimum, steps=STEPS), rows)
    flow = result.flow.sum(["direction", "commodity"]).to_numpy()
    exact, best = least(network, rows, curves, optimum)
    mine = float(network.links.tariff.to_numpy() @ flow + integral(curves, flow, optimum).sum())
    rounding = 1e-4 * flow.sum() + 1e-6 * exact
    assert exact <= mine + rounding
    assert mine <= float(result.loss) + rounding
    assert float(result.loss) <= exact + error_of_steps(curves, best, optimum) + rounding


def test_what_is_no_curve_is_refused() -> None:
    network, _, curves = case(0)
    for changes, says in (
        ({"link_id": "x"}, "curves: link_id is unknown for 8 curves"),
        ({"capacity": 0.0}, "curves: capacity is not above 0 for 8 curves"),
        ({"curve": "cubic"}, "curves: curve is unknown for 8 curves .*; give bpr or queue"),
        ({"alpha": -1.0}, "curves: cost, alpha or beta is below 0 for 8 curves"),
    ):
        with pytest.raises(cd.InputError, match=says):
            cd.with_congestion(network, curves.assign(**changes))
    with pytest.raises(cd.InputError, match=r"goods are in two ladders|a load is there twice"):
        cd.with_congestion(cd.with_congestion(network, curves), curves)
    with pytest.raises(cd.InputError, match="optimum='both' is unknown; give system or user"):
        cd.with_congestion(network, curves, optimum="both")
