"""Two threads compared with one."""

from __future__ import annotations

import os
import time

import numpy as np

import corridors as cd
from benchmarks.instances import instance
from benchmarks.mixes import mix
from benchmarks.options import Options
from benchmarks.table import Table, times


def measure(options: Options) -> Table:
    """A row an instance."""
    table = Table(
        "Threads",
        f"The same call on one thread and on two; wall time, median, on {os.cpu_count()} cores. The base's solve and "
        "the making of arrays, which one thread does, are part of both.",
        ["instance", "mix", "scenarios", "one thread", "two threads", "faster by"],
    )
    for name in options.instances:
        case = instance(name)
        for kind, more in (("close3", 20), ("mix", 1)):
            changes = mix(case, kind, more * options.sweep_size(name))
            seconds: dict[int, list[float]] = {1: [], 2: []}
            for _ in range(options.rounds):
                for count, taken in seconds.items():
                    started = time.perf_counter()
                    cd.min_cost_flow_sweep(case.problem, changes, threads=count)
                    taken.append(time.perf_counter() - started)
            one, two = (float(np.median(taken)) for taken in seconds.values())
            table.rows.append([name, kind, f"{changes.S:,}", times(one), times(two), f"{one / two:.2f}x"])
    return table
