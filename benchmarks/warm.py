"""Many small changes of one base: ours from optimum to optimum, and each peer by its fastest method."""

from __future__ import annotations

import time

import numpy as np

import corridors as cd
from benchmarks import highs, peers
from benchmarks.instances import Instance, instance
from benchmarks.mixes import mix
from benchmarks.options import Options, peers_for
from benchmarks.table import Table, ratio, times

TOLERANCE = 1e-9
"""HiGHS solves in floats; relative."""


def measure(options: Options) -> Table:
    """A row an instance and mix."""
    table = Table(
        "Sweeps of small changes",
        "Time a scenario on one core, once the base is solved; CPU time, median of rounds taken in turn. A peer's "
        "column is how many times longer it takes for the same scenarios (fewer of them where it is slow), HiGHS's "
        "measured in a process of its own.",
        ["instance", "mix", "scenarios", "ours", *options.peers],
    )
    for name in options.instances:
        for kind in options.mixes:
            table.rows.append(row(options, instance(name), kind))
            print("  ".join(table.rows[-1]), flush=True)
    return table


def row(options: Options, case: Instance, kind: str) -> list[str]:
    """Our time and the peers' ratios on one mix of one instance."""
    S = options.sweep_size(case.name)
    changes = mix(case, kind, S)
    ours = cd.min_cost_flow_sweep(case.problem, changes, threads=1)
    assert (ours.status == cd.Status.OPTIMAL).all()

    able = peers_for(case.name, options.peers)
    runs, sizes = {}, {}
    for peer in able:
        if peer == "HiGHS hot":
            continue
        trial = min(S, {"S": 50, "M": 20, "L": 3, "XL": 1}[case.name])
        runs[peer] = peers.fastest(peer, case.problem, changes, trial)
        started = time.process_time()
        assert runs[peer](0, trial) == ours.cost[:trial].tolist(), f"{peer} differs on {case.name} {kind}"
        sizes[peer] = options.affordable((time.process_time() - started) / trial, S)
        assert runs[peer](0, sizes[peer]) == ours.cost[: sizes[peer]].tolist(), f"{peer} differs on {case.name} {kind}"

    seconds: dict[str, list[float]] = {who: [] for who in ("ours", *runs)}
    for _ in range(options.rounds):
        seconds["ours"].append(our_time(case.problem, changes))
        for peer, run in runs.items():
            started = time.process_time()
            run(0, sizes[peer])
            seconds[peer].append((time.process_time() - started) / sizes[peer])
    median = {who: float(np.median(all_)) for who, all_ in seconds.items()}
    if "HiGHS hot" in able:
        few = min(S, {"S": 200, "M": 100, "L": 10, "XL": 1}[case.name])
        cost, median["HiGHS hot"] = highs.timed(case.problem, changes, few, options.rounds)
        assert np.allclose(cost, ours.cost[:few], rtol=TOLERANCE, atol=0), f"HiGHS differs on {case.name} {kind}"
    compared = [ratio(median[peer], median["ours"]) if peer in median else "" for peer in options.peers]
    return [case.name, kind, f"{S:,}", times(median["ours"]), *compared]


def our_time(problem: cd.Problem, changes: cd.Changes) -> float:
    """Seconds a scenario beyond a sweep of one, which solves the base too."""
    one = changes[:1]
    started = time.process_time()
    cd.min_cost_flow_sweep(problem, one, threads=1)
    middle = time.process_time()
    cd.min_cost_flow_sweep(problem, changes, threads=1)
    ended = time.process_time()
    return ((ended - middle) - (middle - started)) / (changes.S - 1)
