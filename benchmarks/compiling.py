"""What the first call costs: with nothing compiled, and with the compiled code on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.options import Options
from benchmarks.table import Table, times

FLOWS = """
import corridors.solvers.simplex
problem = cd.Problem([0, 0, 1], [1, 2, 2], [4, 9, 5], [2, 5, 1], [5, 0, -5])
changes = cd.Changes.from_coo(1, capacity=([0], [0], [0]))
solve = lambda: cd.min_cost_flow(problem)
sweep = lambda: cd.min_cost_flow_sweep(problem, changes, threads=1)
"""
EURASIA = """
import corridors.sweeping.solve
import corridors.solvers.multicommodity
network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
scenarios = cd.outages(network)
solve = lambda: cd.solve(network, demand)
sweep = lambda: cd.sweep(network, demand, scenarios, progress=False)
"""
FIRST_CALLS = """
import time
import corridors as cd
{calls}
started = time.process_time()
solve()
middle = time.process_time()
sweep()
print(middle - started, time.process_time() - middle)
"""


def measure(options: Options) -> Table:
    """Two rows, the compile cache empty, then full, of three arcs and of the Eurasian network."""
    table = Table(
        "First call",
        "CPU time of the first solve and, after it, the first sweep of a process: three arcs, and the Eurasian network "
        "with each link closed in turn. Imports and reading are not counted. Compiling takes one core.",
        ["network", "compile cache", "first solve", "first sweep"],
    )
    for network, calls in (("three arcs", FLOWS), ("Eurasia", EURASIA)):
        with tempfile.TemporaryDirectory() as cache:
            for state in ("empty", "full"):
                done = subprocess.run(
                    [sys.executable, "-c", FIRST_CALLS.format(calls=calls)],
                    env=environment(cache),
                    capture_output=True,
                    text=True,
                    check=True,
                )
                table.rows.append([network, state, *(times(float(t)) for t in done.stdout.split())])
    return table


def environment(cache: str) -> dict[str, str]:
    """Compiled code, and Python's own bytecode, go to the folder, whatever the caller's environment says of them."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "NUMBA_CACHE_DIR": cache, "PYTHONPYCACHEPREFIX": cache}
