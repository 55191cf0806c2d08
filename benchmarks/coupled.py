"""Coupled flows of the Eurasian network, re-optimised, against the same linear programme, warm and from scratch.

Also a program of its own, with a check of thousands of scenarios: ``python -m benchmarks.coupled --check 2000``.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.sparse import csr_array

from benchmarks import coupled_highs
from benchmarks.options import Options
from benchmarks.table import Table, ratio, times
from corridors.datasets import load_demand, load_network
from corridors.kernels.multicommodity.types import DONE
from corridors.model.arcs import Kind
from corridors.model.build import build
from corridors.solvers import lp
from corridors.solvers.multicommodity import CoupledChanges, prepare, sweep
from corridors.solvers.multicommodity.compiling import compile_changes
from corridors.solvers.multicommodity.fallback import changed
from corridors.solvers.multicommodity.kernel_calls import no_weights, room_for, run

HOT, FROM_SCRATCH = 40, 3
"""How many scenarios of a mix HiGHS solves warm, and `lp` from scratch; 8 and 1 of a quick run."""


def measure(options: Options) -> Table:
    """A row a mix."""
    model, base, seconds = prepared()
    mixes = coupled_mixes(model, base, min(options.scenarios, 266))
    warm, scratch = (8, 1) if options.quick else (HOT, FROM_SCRATCH)
    hot = coupled_highs.timed(base, {name: first(changes, warm) for name, changes in mixes.items()})
    table = Table(
        "Coupled flows (Eurasia)",
        f"CPU time a scenario on one core, median / mean, without the memo of closures; the base and its "
        f"single closures took {times(seconds)}. HiGHS solves the same arc formulation from the base's optimal basis, "
        "in a process of its own; from scratch is solvers.lp (SciPy's HiGHS). How many times longer: median / mean.",
        ["mix", "ours", "99 %", "pivots", "HiGHS warm", "times", "from scratch", "times"],
    )
    for name, changes in mixes.items():
        ours, objective, pivots = alone(base, changes)
        objectives, theirs = hot[name]
        worst = np.abs(objective[: len(objectives)] / objectives - 1).max()
        assert worst < 1e-7, f"{name}: objectives differ by {worst}"  # HiGHS stops 1e-7 from feasible
        cold = np.array([from_scratch(base, changes, s, objective[s]) for s in range(scratch)])
        same = ours[: len(theirs)]
        table.rows.append(
            [
                name,
                f"{times(np.median(ours))} / {times(ours.mean())}",
                times(np.percentile(ours, 99)),
                f"{np.median(pivots):.0f}",
                f"{times(np.median(theirs))} / {times(theirs.mean())}",
                f"{ratio(np.median(theirs), np.median(same))} / {ratio(theirs.mean(), same.mean())}",
                times(np.median(cold)),
                f"{ratio(np.median(cold), np.median(ours))} / {ratio(cold.mean(), ours.mean())}",
            ]
        )
        print("  ".join(table.rows[-1]), flush=True)
    return table


def prepared():
    """The model, its base with the optima without each group, and the CPU seconds that took."""
    model = build(load_network("eurasia"), load_demand("2024"))
    links, arcs = len(model.network.links), model.arcs.of(Kind.LINK)
    groups = csr_array((np.ones(len(arcs), np.int8), (model.arcs.item[arcs], arcs)), shape=(links, model.problem.E))
    demand = model.arcs.of(Kind.DEMAND)
    prepare(model.problem, model.bundles, demand=demand, groups=groups)
    started = time.process_time()
    base = prepare(model.problem, model.bundles, demand=demand, groups=groups)
    base.singles()
    return model, base, time.process_time() - started


def coupled_mixes(model, base, S: int, seed: int = 1) -> dict[str, CoupledChanges]:
    """Every loaded link closed; S random double and triple closures, costs, limits, demand, and all of it."""
    rng = np.random.default_rng(seed)
    loaded = np.flatnonzero(base.loaded)
    link, demand = model.arcs.of(Kind.LINK), model.arcs.of(Kind.DEMAND)
    item, cost, limit = model.arcs.item[link], model.problem.cost, model.bundles.limit

    def costs():
        factor = np.ones(len(model.network.links))
        some = rng.choice(len(factor), len(factor) // 20, replace=False)
        factor[some] = rng.uniform(0.8, 1.2, len(some))
        at = np.isin(item, some)
        return link[at], np.rint(cost[link[at]] * factor[item[at]])

    def limits():
        some = rng.choice(len(limit), len(limit) // 20, replace=False)
        return some, np.rint(limit[some] * rng.uniform(0.5, 1.5, len(some)))

    def volumes():
        return demand, np.rint(model.problem.capacity[demand] * rng.uniform(0.9, 1.1, len(demand)))

    def closing(k, among):
        return (rng.choice(among, k, replace=False),)

    everything = np.arange(base.groups.shape[0])
    kinds = {
        "c2": {"closed": lambda: closing(2, loaded)},
        "c3": {"closed": lambda: closing(3, loaded)},
        "cost5": {"cost": costs},
        "cap5": {"limit": limits},
        "dem": {"capacity": volumes},
        "mix": {
            "closed": lambda: closing(len(everything) // 100, everything),
            "cost": costs,
            "limit": limits,
            "capacity": volumes,
        },
    }
    out = {"n1": CoupledChanges.from_coo(len(loaded), closed=(np.arange(len(loaded)), loaded))}
    for name, makers in kinds.items():
        parts = {part: joined([make() for _ in range(S)]) for part, make in makers.items()}
        out[name] = CoupledChanges.from_coo(S, **parts)
    return out


def joined(rows):
    """Scenario by scenario arrays as triples."""
    scenario = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])
    return (scenario, *(np.concatenate([row[i] for row in rows]) for i in range(len(rows[0]))))


def first(changes: CoupledChanges, S: int) -> CoupledChanges:
    """The first S scenarios."""

    def part(name):
        given = getattr(changes, name)
        end = given.start[min(S, changes.S)]
        return given.scenario[:end], given.index[:end], given.value[:end]

    S = min(S, changes.S)
    return CoupledChanges.from_coo(
        S, closed=part("closed")[:2], **{name: part(name) for name in ("capacity", "cost", "limit")}
    )


def alone(base, changes: CoupledChanges, rounds: int = 3):
    """CPU seconds of each scenario in the kernel (the best of a few rounds), its objective and pivots."""
    coupled, cases = base.layout.coupled, compile_changes(base, changes)
    kept, weights = room_for(changes.S), no_weights(len(base.layout.coupled.tail))
    closing = np.diff(changes.closed.start) > 0
    start = base.singles().start if closing.any() else base.start
    w = start.borrow()
    seconds, calls = np.full(changes.S, np.inf), []
    for _ in range(rounds):
        for s in range(changes.S):
            started = time.thread_time()
            run(coupled, start.pool, start.optimum, start.bases, cases, w, first=s, last=s, kept=kept, weights=weights)
            called = time.thread_time()
            run(
                coupled,
                start.pool,
                start.optimum,
                start.bases,
                cases,
                w,
                first=s,
                last=s + 1,
                kept=kept,
                weights=weights,
            )
            ended = time.thread_time()
            calls.append(called - started)
            seconds[s] = min(seconds[s], ended - called)
    start.put_back(w)
    assert (kept.code == DONE).all(), f"{(kept.code != DONE).sum()} scenarios were given up"
    return np.maximum(seconds - np.median(calls), 1e-6), kept.objective, kept.effort[:, 0]


def from_scratch(base, changes: CoupledChanges, s: int, objective: float) -> float:
    """CPU seconds of `lp` on a scenario."""
    problem, bundles = changed(base, changes, s)
    started = time.process_time()
    result = lp.solve(problem, bundles)
    seconds = time.process_time() - started
    assert abs(result.cost / objective - 1) < 1e-9, f"lp {result.cost}, re-optimised {objective}"
    return seconds


def check(scenarios: int) -> None:
    """Compare objectives, through the whole sweep, with HiGHS on the arcs: warm, and by `lp` where these differ."""
    model, base, _ = prepared()
    mixes = coupled_mixes(model, base, -(-scenarios // 7), seed=2)
    for name, changes in mixes.items():
        result = sweep(base, changes)
        found = coupled_highs.timed(base, {name: changes})[name][0]
        differ = np.flatnonzero(np.abs(result.objective / found - 1) > 1e-9)  # HiGHS stops 1e-7 from feasible
        found[differ] = [lp.solve(*changed(base, changes, s)).cost for s in differ]
        worst = np.abs(result.objective / found - 1).max()
        settled_by = dict(zip(*np.unique(result.path, return_counts=True), strict=True))
        print(
            f"{name}: {changes.S} scenarios, largest relative difference {worst:.1e}, {len(differ)} of them found by "
            f"lp, paths {settled_by}",
            flush=True,
        )


def pairs() -> None:
    """All pairs of loaded links, in one sweep on all cores."""
    _, base, _ = prepared()
    loaded = np.flatnonzero(base.loaded)
    one, other = np.triu_indices(len(loaded), 1)
    S = len(one)
    changes = CoupledChanges.from_coo(
        S, closed=(np.repeat(np.arange(S), 2), loaded[np.column_stack([one, other])].ravel())
    )
    started, used = time.perf_counter(), time.process_time()
    result = sweep(base, changes)
    wall, used = time.perf_counter() - started, time.process_time() - used
    settled_by = dict(zip(*np.unique(result.path, return_counts=True), strict=True))
    print(f"{S} pairs: {wall:.1f} s, {used:.1f} s of CPU; paths {settled_by}; statuses {np.unique(result.status)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coupled", description=__doc__)
    parser.add_argument("--check", type=int, default=0, help="scenarios to compare with HiGHS, instead of the table")
    parser.add_argument("--pairs", action="store_true", help="all pairs of loaded links, instead of the table")
    given = parser.parse_args()
    if given.check:
        check(given.check)
    elif given.pairs:
        pairs()
    else:
        print(measure(Options()).markdown())
