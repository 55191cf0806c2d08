"""Twelve months of the Eurasian network: what they take to solve, and then the closure of a link in one month.

A program of its own: ``python -m benchmarks.months``; it takes a minute. ``--links 1000`` measures twelve months of a
generated grid of as many links instead.
"""

from __future__ import annotations

import argparse
import threading
import time
import warnings

import numpy as np

import corridors as cd
from benchmarks.growth import grid
from corridors.solvers.multicommodity import threads


class Clock:
    """CPU seconds of each call of a function."""

    def __init__(self, work) -> None:
        self.seconds, self.lock, self.work = [], threading.Lock(), work

    def __call__(self, *given, **named):
        """Run, and note the time."""
        started = time.thread_time()
        found = self.work(*given, **named)
        with self.lock:
            self.seconds.append(time.thread_time() - started)
        return found


def case(links: int):
    """The year's network and demand, and the seasons that it has."""
    if links:
        return *grid(round(links / 1.32), 40, 160), None
    return cd.load_network("eurasia"), cd.load_demand("2024"), cd.load_seasons()


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.months", description=__doc__)
    parser.add_argument("--links", type=int, default=0, help="of a generated grid; by default the Eurasian network")
    parser.add_argument("--closures", type=int, default=300, help="how many are drawn (%(default)s)")
    parser.add_argument("--times", type=int, default=5, help="how often the solve is repeated (%(default)s)")
    given = parser.parse_args()
    warnings.simplefilter("ignore", cd.InputWarning)  # some rows of a grid have no path
    network, demand, seasons = case(given.links)
    cd.sweep(network, demand, cd.outages(network).take(range(3)), progress=False)  # compiles
    taken, cut = [], []
    for _ in range(given.times):  # a new network each time, of which nothing is remembered
        started = time.process_time()
        months, rows = cd.periods(network, demand, seasons=seasons)
        cut.append(time.process_time() - started)
        started = time.process_time()
        result = cd.solve(months, rows)
        taken.append(time.process_time() - started)
    print(f"{len(months.links):,} links, {result.sizes['class']:,} flow classes, {len(rows):,} demand rows")
    print(
        f"cut into months: CPU {np.median(cut):.2f} s; solved: CPU {np.median(taken):.2f} s ({min(taken):.2f} at best)"
    )

    outages = cd.outages(months)
    drawn = np.random.default_rng(0).choice(len(outages), min(given.closures, len(outages)), replace=False)
    clock = threads.run = Clock(threads.run)
    threads.CHUNK = 1  # a call a scenario
    started = time.process_time()
    swept = cd.sweep(months, rows, outages.take(np.sort(drawn).tolist()), progress=False)
    whole = time.process_time() - started
    assert (swept.status == cd.Status.OPTIMAL).all()
    assert float(swept.gap.max()) <= 1e-9
    each = 1000 * np.array(clock.seconds)
    moved = int((swept.path == swept.attrs["paths"].split(", ").index("warm")).sum())
    print(
        f"{len(drawn):,} closures of a link in one month, {moved:,} of which move something: "
        f"median {np.median(each):.1f} ms, mean {each.mean():.1f}, 95 % up to {np.quantile(each, 0.95):.1f}, "
        f"largest {each.max():.0f}"
    )
    print(f"the sweep as a whole, with its base: CPU {whole:.1f} s")


if __name__ == "__main__":
    main()
