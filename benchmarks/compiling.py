"""What the first call costs: with nothing compiled, and with the compiled code on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.options import Options
from benchmarks.table import Table, times

FIRST_CALLS = """
import time
import corridors as cd
problem = cd.Problem([0, 0, 1], [1, 2, 2], [4, 9, 5], [2, 5, 1], [5, 0, -5])
changes = cd.Changes.from_coo(1, capacity=([0], [0], [0]))
import corridors.solvers.simplex
started = time.perf_counter()
cd.min_cost_flow(problem)
middle = time.perf_counter()
cd.min_cost_flow_sweep(problem, changes, threads=1)
print(middle - started, time.perf_counter() - middle)
"""


def measure(options: Options) -> Table:
    """Two rows: the compile cache empty, then full."""
    table = Table(
        "First call",
        "Time of the first solve and the first sweep of a process, imports not counted; wall time.",
        ["compile cache", "first solve", "first sweep"],
    )
    with tempfile.TemporaryDirectory() as cache:
        for state in ("empty", "full"):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_CALLS],
                env=environment(cache),
                capture_output=True,
                text=True,
                check=True,
            )
            table.rows.append([state, *(times(float(t)) for t in done.stdout.split())])
    return table


def environment(cache: str) -> dict[str, str]:
    """Compiled code, and Python's own bytecode, go to the folder, whatever the caller's environment says of them."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "NUMBA_CACHE_DIR": cache, "PYTHONPYCACHEPREFIX": cache}
