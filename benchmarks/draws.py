"""A million sampled closures of the Eurasian network: made, solved and reduced, with the share of each method.

A program of its own: ``python -m benchmarks.draws``; it takes some minutes. With ``--workers 2`` the same draws are
then swept by as many processes of a dask cluster and compared, result and time, with the threads.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import xarray as xr

import corridors as cd
from corridors.solvers.multicommodity import threads

REDUCED = ["loss_mean", "loss_p95", "unmet_total_max"]


class Clock:
    """CPU seconds of all threads inside the compiled solver."""

    def __init__(self) -> None:
        self.seconds, self.lock, self.run = 0.0, threading.Lock(), threads.run

    def __call__(self, *given, **named):
        """Run, and count the time."""
        started = time.thread_time()
        found = self.run(*given, **named)
        with self.lock:
            self.seconds += time.thread_time() - started
        return found


def main() -> None:
    """Sweep the draws that the command line asks for, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draws", description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--down", type=float, default=0.002, help="probability that a link is down (%(default)s)")
    parser.add_argument("--workers", type=int, default=0, help="processes of a dask cluster to compare with threads")
    given = parser.parse_args()
    network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
    cd.sweep(network, demand, cd.sample(network, 2, availability=0.9), progress=False)  # compiles
    draws = cd.sample(network, given.draws, availability=1 - given.down, seed=1)

    clock = threads.run = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    result = cd.sweep(network, demand, draws, reduce=REDUCED)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu

    assert (result.status == cd.Status.OPTIMAL).all()
    assert float(result.gap.max()) <= 1e-9
    names = result.attrs["paths"].split(", ")
    shares = {
        names[path]: count / given.draws
        for path, count in zip(*np.unique(result.path, return_counts=True), strict=True)
    }
    print(
        f"{given.draws:,} draws, each link down with {given.down:.1%}: {wall:.1f} s, {given.draws / wall:,.0f} a second"
    )
    print(f"CPU {cpu:.1f} s, of which {clock.seconds:.1f} s in the compiled solver")
    print("settled by: " + ", ".join(f"{name} {share:.1%}" for name, share in shares.items()))
    print(
        f"largest gap {float(result.gap.max()):.1e}; mean loss {float(result.loss_mean) / 1e6:,.1f} million USD a year"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    if given.workers:
        print(compared(network, demand, draws, result, wall, cpu, given.workers))


def compared(network, demand, draws, result, wall, cpu, workers) -> str:
    """The same sweep by processes of a dask cluster, which has to find the same, and how long it takes.

    The base that each worker solves and what it loads for it are part of the time; its start is not.
    """
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
        tempfile.TemporaryDirectory() as folder,
    ):
        client.run(importlib.import_module, "corridors.sweeping.solve")
        taken, spent = [], [sum(client.run(time.process_time).values())]
        for store in (None, Path(folder) / "held"):
            started = time.perf_counter()
            found = cd.sweep(
                network, demand, draws, reduce=REDUCED, executor=client.get_executor(), store=store, progress=False
            )
            taken.append(time.perf_counter() - started)
            spent.append(sum(client.run(time.process_time).values()))
            xr.testing.assert_identical(found, result)
        memory = max(client.run(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024).values())
    lines = [
        f"{workers} processes of dask, {kind}: {each:.1f} s, {wall / each:.0%} of the threads' speed; "
        f"CPU {used:.1f} s, {cpu / used:.0%}"
        for kind, each, used in zip(("no store", "a store"), taken, np.diff(spent), strict=True)
    ]
    return "\n".join([*lines, f"the same result; a worker's peak memory {memory:,.0f} MB"])


if __name__ == "__main__":
    main()
