"""Closures in bulk: all pairs of real arcs on S and M, and 100,000 random triples."""

from __future__ import annotations

import time

import numpy as np

import corridors as cd
from benchmarks import peers
from benchmarks.instances import Instance, instance
from benchmarks.mixes import pairs, triples
from benchmarks.options import Options
from benchmarks.table import Table, ratio, times

TRIPLES = 100_000
SAMPLE = {"S": 500, "M": 200, "L": 20}
"""How many scenarios, at random, are solved by the peers and compared."""


def measure(options: Options) -> Table:
    """A row an instance and kind of closure."""
    table = Table(
        "Closures in bulk",
        "Time a scenario of one whole call on one core, the base and whatever is remembered included; CPU time. "
        "pylmcf's column is how many times longer it takes for a random sample of the same scenarios.",
        ["instance", "closures", "scenarios", "in all", "a scenario", "pylmcf"],
    )
    for name in [name for name in options.instances if name in SAMPLE]:
        case = instance(name)
        table.rows.append(row(case, "triples", triples(case, min(TRIPLES, 5 * options.scenarios))))
        if name != "L" and (name == "S" or options.scenarios >= Options.scenarios):
            table.rows.append(row(case, "all pairs", pairs(case)))
        print("  ".join(table.rows[-1]), flush=True)
    return table


def row(case: Instance, kind: str, changes: cd.Changes) -> list[str]:
    """The time of one call, after its costs are compared with OR-Tools'."""
    some = np.sort(np.random.default_rng(7).choice(changes.S, SAMPLE[case.name], replace=False))
    cd.min_cost_flow_sweep(case.problem, changes[:10], threads=1)
    started = time.process_time()
    result = cd.min_cost_flow_sweep(case.problem, changes, threads=1)
    seconds = time.process_time() - started
    sample = changes[some]
    few = len(some) // 10
    assert peers.ortools(case.problem, sample)(0, few) == result.cost[some[:few]].tolist()
    run = peers.fastest("pylmcf", case.problem, sample, len(some))
    started = time.process_time()
    assert run(0, len(some)) == result.cost[some].tolist(), f"pylmcf differs on {case.name} {kind}"
    theirs = (time.process_time() - started) / len(some)
    each = seconds / changes.S
    return [case.name, kind, f"{changes.S:,}", times(seconds), times(each), ratio(theirs, each)]
