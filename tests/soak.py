"""A long search for a disagreement, outside of CI: ``python tests/soak.py --cases 1000000 --scenarios 100000``.

Every case is solved by the simplex and by OR-Tools, a share by NetworkX too, and every result is proven. Every scenario
of a sweep is compared with a cold solve by OR-Tools, and proven. Grids of corridors where room is scarce are solved by
columns and as a linear programme. A disagreement is printed with the call that shows it.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from scarce_grids import crowded_grid, scarce_grid
from small_cases import small_case, small_changes
from solvers import solved

import corridors as cd

CHUNK = 500
SCENARIOS = 50
"""Of one base."""
FULL = 20
"""Bundles that are full, in grids where room is scarce indeed."""
WRONG = ("DISAGREE", "FAIL")


def cases(first: int, size: int) -> Counter[str]:
    """Solve a chunk of cases by several solvers; how they ended, disagreements with their seeds."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        problem = small_case(seed, size)
        try:
            wanted = solved(problem, "ortools")
            agreed = solved(problem, "simplex") == wanted and (seed % 50 or solved(problem, "networkx") == wanted)
            seen[cd.Status(wanted[0]).name if agreed else f"DISAGREE small_case({seed}, {size})"] += 1
        except cd.CorridorsError as error:
            seen[f"FAIL small_case({seed}, {size}): {error}"] += 1
    return seen


def sweeps(first: int, size: int) -> Counter[str]:
    """Sweep a chunk of scenarios warm and cold."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + CHUNK // SCENARIOS):
        problem = small_case(seed, size)
        changes = small_changes(problem, SCENARIOS, seed)
        call = f"small_case({seed}, {size}) with small_changes(problem, {SCENARIOS}, {seed})"
        try:
            warm = cd.min_cost_flow_sweep(problem, changes, keep=("flow", "potential"), threads=1)
            cold = cd.min_cost_flow_sweep(problem, changes, solver="ortools")
            cd.check_sweep(problem, changes, warm)
            wrong = (warm.status != cold.status) | (warm.cost != cold.cost)
            seen.update(f"DISAGREE {call}: scenario {s}" for s in wrong.nonzero()[0])
            seen.update(cd.Status(status).name for status in warm.status[~wrong].tolist())
        except cd.CorridorsError as error:
            seen[f"FAIL {call}: {error}"] += 1
    return seen


def grids(seed: int, size: int) -> Counter[str]:
    """Solve networks where room is scarce by columns and as linear programmes."""
    warnings.simplefilter("ignore", cd.InputWarning)  # grids have nodes without links
    seen: Counter[str] = Counter()
    for make in (scarce_grid, crowded_grid):
        network, demand = make(seed)
        ours, theirs = cd.solve(network, demand), cd.solve(network, demand, solver="lp")
        apart, full = abs(float(ours.loss) / float(theirs.loss) - 1), int((ours.rent > 0).sum())
        if apart > 1e-9 or float(ours.gap) > 1e-9:
            seen[f"DISAGREE {make.__name__}({seed})"] += 1
            continue
        exponent = np.ceil(np.log10(max(apart, 1e-16)))
        many = [f"with {FULL} or more bundles that have a rent"] if full >= FULL else []
        seen.update([f"OPTIMAL by {ours.attrs['solver']}", f"apart by 1e{exponent:.0f} at most", *many])
    return seen


def main() -> int:
    """Search, report, and return 1 where there is a disagreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--scenarios", type=int, default=100_000)
    parser.add_argument("--grids", type=int, default=310)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--size", type=int, default=1, help="how many times more vertices than a small case")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_args()
    started = time.perf_counter()
    failed = False
    with ProcessPoolExecutor(given.workers) as pool:
        for name, work, chunks, step in (
            ("cases", cases, given.cases // CHUNK, CHUNK),
            ("scenarios", sweeps, given.scenarios // CHUNK, CHUNK // SCENARIOS),
            ("grids", grids, given.grids, 1),
        ):
            firsts = range(given.first, given.first + chunks * step, step)
            seen = gathered(pool.map(partial(work, size=given.size), firsts))
            wrong = [each for each in seen if each.startswith(WRONG)]
            fine = ", ".join(f"{each} {seen[each]:,}" for each in sorted(seen.keys() - set(wrong)))
            print(f"{name}: {fine}; {len(wrong)} wrong, {time.perf_counter() - started:.0f} s", *wrong, sep="\n  ")
            failed |= bool(wrong)
    return int(failed)


def gathered(parts: Iterator[Counter[str]]) -> Counter[str]:
    """The sum, with what went wrong printed as it comes."""
    every: Counter[str] = Counter()
    for part in parts:
        every += part
        for each in sorted(part):
            if each.startswith(WRONG):
                print(each, flush=True)
    return every


if __name__ == "__main__":
    raise SystemExit(main())
