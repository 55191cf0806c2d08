"""How cost grows with the network: generated grids of 500 to 60,000 links, each measured in a process of its own.

Also a program of its own: ``python -m benchmarks.growth --report docs/benchmarks.md`` measures all sizes and writes
this part of a report, ``python -m benchmarks.growth 600 10 40`` prints the figures of one size.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import corridors as cd
from benchmarks import coupled_highs
from benchmarks.options import Options
from benchmarks.table import Table, ratio, times
from corridors.model.build import build
from corridors.model.compile import compiler_of
from corridors.solvers.multicommodity import CoupledChanges
from corridors.sweeping.engines import WarmEngine
from corridors.sweeping.optimum import GAP

LADDER = ((360, 10, 40), (800, 20, 80), (2500, 40, 200), (10_000, 60, 400), (40_000, 100, 1000))
"""Nodes, flow classes and demand rows of each size."""
HIGHS = 4000
"""The most links that HiGHS is given: beyond, its arc LP takes minutes."""
DRAWS, CLOSED, HOT = 16, 20, 3
"""How many scenarios of a sweep are timed, how many links each closes, and how many of them HiGHS solves."""
STEPS = ("build", "solve", "base", "first", "draw")
HELD = ("solve holds", "sweep holds")
PEERS = {"HiGHS": "solve", "HiGHS hot": "draw", "AequilibraE": "unlimited"}
"""What each peer is compared with."""


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
    """Some sizes, as a table."""
    return tabled([in_process(size) for size in (LADDER[:2] if options.quick else LADDER)])


def tabled(found: list[dict[str, float]]) -> Table:
    """A row a size, and one of slopes: by which power of the links each grows, over the last three sizes."""
    table = Table(
        "Growth (generated grids)",
        "CPU time of a process a size, once compiled: tables to arrays; `cd.solve`, all of it; what a sweep prepares; "
        f"its first scenario, and the mean of {DRAWS}, with {CLOSED} links closed each; the most memory that the "
        "process holds, with Python, its libraries and the tables, in a solve and in a sweep. HiGHS solves the arc LP "
        f"of the same case, and {HOT} of the scenarios hot, from the base's optimal basis; AequilibraE assigns it "
        "all-or-nothing where nothing is scarce. Objectives are compared.",
        [
            *("links", "classes", "rows", "bundles with a rent", *STEPS, *HELD),
            *("HiGHS / solve", "HiGHS hot / draw", "AequilibraE / solve"),
        ],
    )
    for here in found:
        peers = [f"{times(here[p])} ({ratio(here[p], here[of])})" if p in here else "" for p, of in PEERS.items()]
        held = [f"{here[name] / 1e6:,.0f} MB" for name in HELD]
        sizes = [f"{here[name]:,.0f}" for name in ("links", "classes", "rows", "rents")]
        table.rows.append([*sizes, *(times(here[s]) for s in STEPS), *held, *peers])
    slopes = [slope(found[-3:], name) for name in (*STEPS, *HELD)]
    table.rows.append(["slope", "", "", "", *(f"{s:.2f}" for s in slopes), *[""] * len(PEERS)])
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
    print(
        f"growth: {result['links']:,} links, solve {times(result['solve'])}, draw {times(result['draw'])}", flush=True
    )
    return result


def figures(nodes: int, classes: int, rows: int) -> dict[str, float]:
    """Times (CPU seconds), memory (bytes) and sizes of one case; the peers' objectives are checked."""
    warnings.simplefilter("ignore", cd.InputWarning)  # grids have nodes without links
    once_compiled()
    network, demand = grid(nodes, classes, rows)
    most_held()
    result, solved = clocked(lambda: cd.solve(network, demand))
    found = {"links": len(network.links), "classes": classes, "rows": rows, "rents": int((result.rent > 0).sum())}
    found |= {"solve": solved, "solve holds": most_held()}
    anew: dict[str, tuple[str, ...]] = {"links": ()}  # other than what the solve had, whose model is remembered
    _, found["build"] = clocked(lambda: build(network, demand, anew))
    found |= swept(network, demand)
    found |= by_highs(network, demand, float(result.loss)) if len(network.links) <= HIGHS else {}
    return found | by_aequilibrae(cd.without_capacities(network), demand)


def most_held() -> float:
    """The most memory that this process held since the last call, bytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    Path("/proc/self/clear_refs").write_text("5")  # the most from now on
    return float(status["VmHWM"].split()[0]) * 1024


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
    for some in (first, rest):
        gap = np.abs(some.objective - some.bound) / np.abs(some.objective)
        assert gap.max() <= GAP, f"a scenario has a gap of {gap.max()}"
    found = {"base": prepared, "first": one, "draw": many / DRAWS, "sweep holds": most_held()}
    if len(network.links) <= HIGHS and find_spec("highspy") is not None:
        changes = CoupledChanges(*compiler.block(1, 1 + HOT))
        objectives, seconds = coupled_highs.timed(engine.base, {"closures": changes})["closures"]
        ours = rest.objective[:HOT] / compiler.model.units.money
        assert (np.abs(objectives - ours) <= 1e-9 * np.abs(ours)).all(), f"objectives differ: {objectives}, {ours}"
        found["HiGHS hot"] = float(seconds.mean())
    return found


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


def put(table: Table, report: Path) -> None:
    """Write a table to a report, in place of the one with its title."""
    before, _, after = report.read_text(encoding="utf-8").partition(f"## {table.title}\n")
    text = before + table.markdown()
    if "\n## " in after:
        text += "\n## " + after.split("\n## ", 1)[1]
    report.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure one size, or all for a report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("size", nargs="*", type=int, metavar="NUMBER", help="nodes, flow classes, demand rows")
    parser.add_argument("--report", type=Path, help="where the table goes, in place of the one that is there")
    given = parser.parse_args()
    if given.report is None:
        print(json.dumps(figures(*given.size)))
        return
    table = measure(Options())
    table.note += f" Each size by `python -m benchmarks.growth NODES CLASSES ROWS` on {date.today()}."
    put(table, given.report)
    print(table.markdown())


if __name__ == "__main__":
    main()
