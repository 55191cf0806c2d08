"""Networks whose links are congested, and their least sums by SciPy's convex solver on the flows of paths."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import networkx as nx
import numpy as np
import pandas as pd
from scipy.optimize import minimize

import corridors as cd


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
