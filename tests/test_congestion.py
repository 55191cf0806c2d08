"""Congestion by cost steps, against SciPy's convex solver on the flows of paths and the error that steps may make."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from generated import TIMES
from scipy.optimize import minimize

import corridors as cd

STEPS = 60


def case(seed: int) -> tuple[cd.Network, pd.DataFrame, pd.DataFrame]:
    """A directed network of five nodes with one to three demand rows, all its links with BPR or queueing curves."""
    random = Random(seed)
    pairs = [(f"n{i}", f"n{i + 1}") for i in range(4)] + [("n0", "n2"), ("n1", "n3"), ("n2", "n4"), ("n0", "n4")]
    links = pd.DataFrame(pairs, columns=["from_node_id", "to_node_id"])
    links = links.assign(link_id=[f"l{i}" for i in links.index], mode="road", directed=True)
    links["tariff"] = [random.randint(1, 40) for _ in pairs]
    curves = pd.DataFrame({"link_id": links.link_id, "capacity": [random.randint(80, 300) for _ in pairs]})
    curves["cost"] = [random.randint(5, 40) for _ in pairs]
    curves["curve"] = random.choices(["bpr", "bpr", "queue"], k=len(pairs))
    curves["beta"] = random.choices([1.0, 2.0, 4.0], k=len(pairs))
    curves["alpha"] = random.choices([0.15, 1.0], k=len(pairs))
    ends = random.sample([("n0", "n4"), ("n0", "n3"), ("n1", "n4")], random.randint(1, 3))
    rows = pd.DataFrame(ends, columns=["origin", "destination"]).assign(commodity="grain", value=5000.0)
    rows["demand_id"] = [f"d{i}" for i in rows.index]
    rows["volume"] = [float(random.randint(20, 60)) for _ in ends]
    nodes = pd.DataFrame({"node_id": [f"n{i}" for i in range(5)]})
    return cd.Network(nodes, links), rows, curves


def integral(curves: pd.DataFrame, flow: np.ndarray, optimum: str) -> np.ndarray:
    """What the curves sum up to on each link: load times delay, or the integral of the delay."""
    share = flow / curves.capacity.to_numpy()
    alpha, beta = curves.alpha.to_numpy(), curves.beta.to_numpy()
    power = alpha * share ** (beta + 1) / (1 if optimum == "system" else beta + 1)
    near = np.minimum(share, 0.999)
    queue = near**2 / (1 - near) if optimum == "system" else -near - np.log(1 - near)
    return curves.cost.to_numpy() * curves.capacity.to_numpy() * np.where(curves.curve == "queue", queue, power)


def least(network: cd.Network, rows: pd.DataFrame, curves: pd.DataFrame, optimum: str) -> tuple[float, np.ndarray]:
    """The least sum and its flows by SciPy, over the flows of all paths."""
    graph = nx.DiGraph()
    for row, link in enumerate(network.links.itertuples()):
        graph.add_edge(link.from_node_id, link.to_node_id, row=row)
    paths = [(i, path) for i, d in enumerate(rows.itertuples())
             for path in nx.all_simple_paths(graph, d.origin, d.destination)]  # fmt: skip
    uses = np.zeros((len(network.links), len(paths)))
    serves = np.zeros((len(rows), len(paths)))
    for column, (row, path) in enumerate(paths):
        serves[row, column] = 1.0
        for a, b in pairwise(path):
            uses[graph.edges[a, b]["row"], column] = 1.0
    tariff, volume = network.links.tariff.to_numpy(), rows.volume.to_numpy()
    start = serves.T @ (volume / serves.sum(axis=1))
    found = minimize(
        lambda x: (tariff @ uses @ x + integral(curves, uses @ x, optimum).sum()) / 1e3,
        start,
        method="SLSQP",
        bounds=[(0, None)] * len(paths),
        constraints={"type": "eq", "fun": lambda x: serves @ x - volume, "jac": lambda x: serves},
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert found.success, found.message
    return float(found.fun) * 1e3, uses @ found.x


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
@pytest.mark.parametrize("seed", range(25 * TIMES))
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
