"""NetworkX's own netgen-2 by its network simplex and by the backend: ``python -m benchmarks.backend``."""

from __future__ import annotations

import bz2
import pickle
import statistics
import time
import warnings
from importlib import resources
from typing import Any

import networkx as nx

FILE, OPTIMUM = "netgen-2.gpickle.bz2", 6_749_969_302
ROUNDS, CALLS = 9, 9


def graph() -> Any:
    """The graph as NetworkX's tests read it, anew: 400 nodes, 1,416 edges."""
    file = resources.files("networkx.algorithms.flow.tests") / FILE
    return pickle.loads(bz2.decompress(file.read_bytes()))


def seconds(given: Any, backend: str) -> float:
    """CPU time of a call whose cost is the known one."""
    start = time.process_time()
    cost, _ = nx.network_simplex(given, backend=backend)
    took = time.process_time() - start
    assert cost == OPTIMUM
    return took


def main() -> None:
    """Print medians, and how many times longer NetworkX takes."""
    warnings.filterwarnings("ignore", "Note: conversions")
    nx.network_simplex(graph(), backend="corridors")
    theirs, first, later = [], [], []
    for _ in range(ROUNDS):
        one, other = graph(), graph()
        theirs.append(seconds(one, "networkx"))
        first.append(seconds(other, "corridors"))
        later += [seconds(other, "corridors") for _ in range(CALLS)]
    reference = statistics.median(theirs)
    print(f"NetworkX {reference * 1e3:.1f} ms")
    for name, times in (("with the conversion", first), ("once converted", later)):
        took = statistics.median(times)
        print(f"corridors {name} {took * 1e3:.2f} ms, {reference / took:.0f} times as fast")


if __name__ == "__main__":
    main()
