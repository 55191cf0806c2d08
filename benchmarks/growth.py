"""How cost grows with the network: generated grids of 500 to 60,000 links, each measured in a process of its own.

Also a program of its own: ``python -m benchmarks.growth 600 10 40`` prints the figures of one size.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

import corridors as cd
from benchmarks.options import Options
from benchmarks.table import Table, ratio, times
from corridors.model.build import build
from corridors.model.compile import compiler_of
from corridors.sweeping.engines import WarmEngine
from corridors.sweeping.optimum import GAP

LADDER = ((360, 10, 40), (800, 20, 80), (2500, 40, 200), (10_000, 60, 400), (40_000, 100, 1000))
"""Nodes, flow classes and demand rows of each size."""
HIGHS = 4000
"""The most links that HiGHS is given: beyond, its arc LP takes minutes."""
DRAWS, CLOSED = 16, 20
"""How many scenarios of a sweep are timed, and how many links each closes."""
STEPS = ("build", "solve", "base", "first", "draw")
PEERS = ("HiGHS", "AequilibraE")


def grid(nodes: int, classes: int, rows: int, seed: int = 0) -> tuple[cd.Network, pd.DataFrame]:
    """A square grid of tracks without a quarter of them, and demand from some of its nodes to any."""
    rng, side = np.random.default_rng(seed), int(nodes**0.5)
    number = np.arange(side * side).reshape(side, side)
    ends = np.concatenate(
        [
            np.column_stack([one.ravel(), other.ravel()])
            for one, other in ((number[:, :-1], number[:, 1:]), (number[:-1], number[1:]))
        ]
    )
    ends = ends[rng.random(len(ends)) < 0.75]
    name = np.array([f"n{i}" for i in range(side * side)])
    links = pd.DataFrame(
        {
            "link_id": [f"l{i}" for i in range(len(ends))],
            "from_node_id": name[ends[:, 0]],
            "to_node_id": name[ends[:, 1]],
            "mode": "rail-1520",
            "capacity": rng.integers(5, 60, len(ends)) * 1e5,
            "tariff": rng.integers(1, 20, len(ends)).astype(float),
            "length": rng.integers(20, 200, len(ends)).astype(float),
        }
    )
    origins = rng.choice(side * side, classes, replace=False)
    start = origins[np.arange(rows) % classes]
    end = rng.integers(0, side * side - 1, rows)
    end += end >= start
    demand = pd.DataFrame(
        {
            "demand_id": [f"d{i}" for i in range(rows)],
            "commodity": "general",
            "origin": name[start],
            "destination": name[end],
            "volume": rng.integers(1, 20, rows) * 1e4,
            "value": 900.0,
        }
    )
    return cd.Network(pd.DataFrame({"node_id": name}), links), demand


def measure(options: Options) -> Table:
    """A row a size, and one of slopes: by which power of the links each grows, from the third size to the last."""
    table = Table(
        "Growth (generated grids)",
        "CPU time of a process a size, once compiled: tables to arrays; `cd.solve`, all of it; what a sweep prepares; "
        f"its first scenario, and the mean of {DRAWS}, with {CLOSED} links closed each; the most memory held. HiGHS "
        "solves the arc LP of the same case, AequilibraE assigns it all-or-nothing where nothing is scarce.",
        ["links", "classes", "rows", "bundles with a rent", *STEPS, "memory", *(f"{peer} / solve" for peer in PEERS)],
    )
    found = []
    for size in LADDER[:2] if options.quick else LADDER[: len(options.instances) + 2]:
        here = in_process(size)
        found.append(here)
        peers = [f"{times(here[p])} ({ratio(here[p], here[of])})" if p in here else "" for p, of in
                 zip(PEERS, ("solve", "unlimited"), strict=True)]  # fmt: skip
        sizes = [f"{here[name]:,.0f}" for name in ("links", "classes", "rows", "rents")]
        table.rows.append([*sizes, *(times(here[s]) for s in STEPS), f"{here['memory'] / 1e6:,.0f} MB", *peers])
        print("  ".join(table.rows[-1]), flush=True)
    slopes = [slope(found[-3:], name) for name in (*STEPS, "memory")]
    table.rows.append(["slope", "", "", "", *(f"{s:.2f}" for s in slopes), "", ""])
    return table


def slope(found: list[dict[str, float]], name: str) -> float:
    """The power of links by which a figure grows, fitted over some sizes."""
    links, figures = (np.log([here[of] for here in found]) for of in ("links", name))
    return float(np.polyfit(links, figures, 1)[0])


def in_process(size: tuple[int, int, int]) -> dict[str, float]:
    """What `figures` finds, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", *map(str, size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def figures(nodes: int, classes: int, rows: int) -> dict[str, float]:
    """Times (CPU seconds), memory (bytes) and sizes of one case; the peers' objectives are checked."""
    warnings.simplefilter("ignore", cd.InputWarning)  # grids have nodes without links
    once_compiled()
    network, demand = grid(nodes, classes, rows)
    _, built = clocked(lambda: build(network, demand))
    result, solved = clocked(lambda: cd.solve(network, demand))
    found = {"links": len(network.links), "classes": classes, "rows": rows, "rents": int((result.rent > 0).sum())}
    found |= {"build": built, "solve": solved, **swept(network, demand)}
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found |= by_highs(network, demand, float(result.loss)) if len(network.links) <= HIGHS else {}
    return found | by_aequilibrae(cd.without_capacities(network), demand)


def clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    """What some work gives, and the CPU seconds it takes."""
    started = time.process_time()
    return work(), time.process_time() - started


def once_compiled() -> None:
    """Load the compiled code, which is none of the figures."""
    network, demand = grid(9, 1, 2)
    scenarios = cd.outages(network)
    cd.sweep(network, demand, scenarios, progress=False)


def swept(network: cd.Network, demand: pd.DataFrame) -> dict[str, float]:
    """What a sweep prepares, its first scenario, and the mean of some, each by itself."""
    rng = np.random.default_rng(1)
    closed = [rng.choice(network.links.link_id, CLOSED, replace=False) for _ in range(1 + DRAWS)]
    ids = np.repeat(np.arange(len(closed)), CLOSED)
    scenarios = cd.from_table(
        pd.DataFrame({"scenario_id": ids, "link_id": np.concatenate(closed), "link_availability": 0.0})
    )
    compiler = compiler_of(network, demand, scenarios)
    engine, prepared = clocked(lambda: WarmEngine(compiler.model, compiler, ()))
    first, one = clocked(lambda: engine.answer(0, 1))
    rest, many = clocked(lambda: engine.answer(1, 1 + DRAWS))
    for found in (first, rest):
        gap = np.abs(found.objective - found.bound) / np.abs(found.objective)
        assert gap.max() <= GAP, f"a scenario has a gap of {gap.max()}"
    return {"base": prepared, "first": one, "draw": many / DRAWS}


def by_highs(network: cd.Network, demand: pd.DataFrame, loss: float) -> dict[str, float]:
    """The arc LP."""
    result, seconds = clocked(lambda: cd.solve(network, demand, solver="lp"))
    assert abs(float(result.loss) - loss) <= 1e-9 * loss, f"losses differ: {loss} and {float(result.loss)}"
    return {"HiGHS": seconds}


def by_aequilibrae(network: cd.Network, demand: pd.DataFrame) -> dict[str, float]:
    """All-or-nothing assignment where nothing is scarce and all is worth its transport, if the package is there."""
    if find_spec("aequilibrae") is None:
        return {}
    wanted = demand.assign(value=1e6)
    ours, unlimited = clocked(lambda: cd.solve(network, wanted))
    theirs, seconds = clocked(lambda: assigned(network, wanted))
    assert abs(float(ours.cost) - theirs) <= 1e-9 * theirs, f"costs differ: {float(ours.cost)} and {theirs}"
    return {"unlimited": unlimited, "AequilibraE": seconds}


def assigned(network: cd.Network, demand: pd.DataFrame) -> float:
    """What AequilibraE's assignment costs, USD/year."""
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import AssignmentResults, Graph, allOrNothing

    links = network.links
    place = {name: i + 1 for i, name in enumerate(dict.fromkeys([*demand.origin, *demand.destination]))}
    place |= {name: len(place) + 1 + i for i, name in enumerate(n for n in network.nodes.node_id if n not in place)}
    graph = Graph()
    graph.network = pd.DataFrame(
        {
            "link_id": np.arange(1, len(links) + 1),
            "a_node": links.from_node_id.map(place),
            "b_node": links.to_node_id.map(place),
            "direction": 0,
            "cost_ab": links.tariff,
            "cost_ba": links.tariff,
        }
    )
    centroids = np.array(sorted({place[name] for name in (*demand.origin, *demand.destination)}))
    graph.prepare_graph(centroids)
    graph.set_graph("cost")
    graph.set_blocked_centroid_flows(False)
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=len(centroids), matrix_names=["tonnes"], memory_only=True)
    matrix.index[:] = centroids
    matrix.matrices[:] = 0.0
    at = [np.searchsorted(centroids, demand[end].map(place)) for end in ("origin", "destination")]
    np.add.at(matrix.matrices[:, :, 0], tuple(at), demand.volume.to_numpy())
    matrix.computational_view(["tonnes"])
    results = AssignmentResults()
    results.prepare(graph, matrix)
    allOrNothing("all", matrix, graph, results).execute()
    loads = results.get_load_results().reindex(np.arange(1, len(links) + 1))
    return float(loads["tonnes_tot"].fillna(0.0).to_numpy() @ links.tariff.to_numpy())


if __name__ == "__main__":
    print(json.dumps(figures(*map(int, sys.argv[1:]))))
