"""Expansion compared with the same mixed-integer programme written out whole, for HiGHS.

``python -m benchmarks.expansion --nodes 400 --candidates 30`` takes a generated grid, ``--eurasia`` the Eurasian
network. ``--scenarios 1 5 20`` compares over so many sampled closures each, one number after the other: HiGHS then has
all arcs of all scenarios at once. ``--limit 0`` measures ours alone, as over 500. Where both come to the gap, they have
to agree to within it.
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, hstack, vstack

import corridors as cd
from benchmarks.growth import grid
from corridors.arrays.problem import UNCAPACITATED
from corridors.arrays.typing import FloatArray
from corridors.edits.candidates import prepared
from corridors.methods.appraisal import present_value_of_service
from corridors.methods.choices import Choices
from corridors.methods.portfolio_losses import PortfolioLosses
from corridors.methods.tried import Aim
from corridors.model.compile import apply, compiler_of
from corridors.scenarios.atoms import listed_values
from corridors.scenarios.batch import ATOM
from corridors.schema.candidates import candidates_of
from corridors.studies.expansion import _futures as futures_of
from corridors.studies.expansion import _Search as Search

RATE, GAP = 0.06, 1e-4


def second_tracks(network: cd.Network, demand: pd.DataFrame, number: int, seed: int = 0) -> pd.DataFrame:
    """Room on the links whose rents are highest, all or nothing or in modules, at costs about what they save."""
    rng = np.random.default_rng(seed)
    rent = cd.solve(network, demand).rent.to_series().sort_values(ascending=False).head(number)
    links = [name.removeprefix("link:") for name in rent.index]
    amount = rng.integers(2, 20, number) * 1e5
    modules = rng.random(number) < 0.3
    return pd.DataFrame(
        {
            "candidate_id": [f"track {link}" for link in links],
            "id": links,
            "amount": amount,
            "cost": (amount * (rent.to_numpy() + 1) * rng.uniform(2, 20, number)).round(-3),
            "kind": np.where(modules, "modules", "whole"),
            "most": np.where(modules, 3, 1),
        }
    )


def whole(
    network: cd.Network,
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    scenarios: cd.Scenarios,
    budget: float,
    gap: float,
    limit: float,
) -> tuple[float | None, float]:
    """The least loss and yearly cost of capital in a budget, by one programme over flows and what is built.

    The flows of every scenario are in it. To a gap in USD/year, as far as the time `limit` (seconds) allows; gives what
    was found and its bound.
    """
    wanted = candidates_of(candidates)
    ready = prepared(network, wanted)
    rooms = ready.rooms.assign(amount=ready.rooms.amount.replace(np.inf, float(demand.volume.sum())))
    keys = rooms.drop_duplicates(["table", "id", "field"])[["table", "id", "field"]]
    atoms = keys.assign(operation="add", **dict.fromkeys(ATOM[4:], "")).reset_index(drop=True)
    batch = scenarios * listed_values(["nothing"], atoms, np.zeros((1, len(atoms))))
    compiler = compiler_of(ready.network, demand, batch)
    compiled, first = compiler.block(0, len(batch)), compiler.model
    models = [apply(first, compiled, number, compiler.groups) for number in range(len(batch))]
    weight = batch.weights / batch.weights.sum()
    units, bundles, vertices, arcs, n = first.units, first.bundles, first.problem.V, first.problem.E, len(wanted)
    ones, arc = np.ones(arcs), np.arange(arcs)
    ends = (np.concatenate([first.problem.tail, first.problem.head]), np.concatenate([arc, arc]))
    conserved = csr_array((np.concatenate([ones, -ones]), ends), shape=(vertices, arcs))
    counted = csr_array((bundles.weight, (bundles.bundle, bundles.arc)), shape=(len(bundles.limit), arcs))
    room = np.zeros((len(bundles.limit), n))
    of = (first.labels.table + ":" + first.labels.id).to_numpy()
    for key, row in zip(rooms.table.str.removesuffix("s") + ":" + rooms.id, rooms.itertuples(), strict=True):
        room[np.flatnonzero(of == key), row.candidate] += row.amount / units.tonne
    table = wanted.table
    yearly = table.cost.to_numpy() / present_value_of_service(table.life, table.lead_time, RATE)
    choices = Choices.of(wanted, yearly)
    fixed, most = choices.rows(budget)
    high, kinds = choices.variables()
    extra, size = len(high), len(models)
    dollar = units.tonne * units.cost
    # In thousands of units and of USD, so that costs are tens of USD a tonne, far above what HiGHS takes for zero.
    costs = [part * model.problem.cost * dollar for part, model in zip(weight, models, strict=True)]
    cost = np.concatenate([*costs, yearly / 1e3, np.zeros(extra - n)])
    capacity = np.concatenate([limits_of(model.problem.capacity) / 1e3 for model in models])
    built = csr_array(-np.hstack([room / 1e3, np.zeros((len(room), extra - n))]))
    rows = [
        LinearConstraint(
            hstack([block_diag([conserved] * size), csr_array((size * vertices, extra))], format="csr"), 0.0, 0.0
        ),
        LinearConstraint(
            hstack([block_diag([counted] * size), vstack([built] * size)], format="csr"),
            -np.inf,
            np.concatenate([limits_of(model.bundles.limit) / 1e3 for model in models]),
        ),
        LinearConstraint(hstack([csr_array((len(fixed), size * arcs)), csr_array(fixed)], format="csr"), -np.inf, most),
    ]
    bounds = Bounds(np.zeros(size * arcs + extra), np.concatenate([capacity, high]))
    integrality = np.concatenate([np.zeros(size * arcs), kinds.astype(float)])
    worth = float(weight @ [units.usd(model.worth) for model in models])
    options = {"mip_rel_gap": gap / abs(worth), "time_limit": limit}
    found = milp(cost, bounds=bounds, integrality=integrality, constraints=rows, options=options)
    bound = -np.inf if found.mip_dual_bound is None else found.mip_dual_bound * 1e3 + worth
    return None if found.x is None else found.fun * 1e3 + worth, bound


def limits_of(limit: Any) -> FloatArray:
    """Limits as a programme has them."""
    found: FloatArray = np.where(limit == UNCAPACITATED, np.inf, limit.astype(float))
    return found


def main() -> None:
    """Measure what the command line asks for, in CPU time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.expansion", description=__doc__)
    parser.add_argument("--nodes", type=int, default=400)
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument("--eurasia", action="store_true")
    parser.add_argument("--year", default="2030", help="of the demand on the Eurasian network")
    parser.add_argument("--scenarios", type=int, nargs="+", default=[0], help="sampled closures; 0 is the base alone")
    parser.add_argument("--limit", type=float, default=1200.0, help="seconds for HiGHS; 0 leaves it out")
    given = parser.parse_args()
    warnings.simplefilter("ignore", cd.InputWarning)
    if given.eurasia:
        network, demand, candidates = cd.load_network(), cd.load_demand(given.year), cd.load_candidates()
    else:
        network, demand = grid(given.nodes, 12, 10 * given.nodes)
        network = network.replace(links=network.links.assign(capacity=network.links.capacity / 10))
        candidates = second_tracks(network, demand, given.candidates)
    budget = float(candidates.drop_duplicates("candidate_id").cost.sum()) / 4
    options: dict[str, Any] = {"discount_rate": RATE, "gap": GAP, "progress": False}
    cd.expansion(network, demand, candidates.head(1), budget=budget, steps=1, **options)  # compiles
    print(f"{len(network.links)} links, {len(demand)} rows, {candidates.candidate_id.nunique()} candidates")
    for size in given.scenarios:
        drawn = cd.sample(network, size, availability=0.99, seed=1) if size else cd.baseline()
        compared(network, demand, candidates, drawn, budget, options, given.limit)


def compared(
    network: cd.Network,
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    drawn: cd.Scenarios,
    budget: float,
    options: dict[str, Any],
    limit: float,
) -> None:
    """Print what a portfolio takes over some scenarios, and HiGHS where it has time."""
    wanted = candidates_of(candidates)
    wall, cpu = time.perf_counter(), time.process_time()
    futures, weight = futures_of(network, demand, wanted, drawn, None)
    losses = PortfolioLosses([future for _, future in futures], len(wanted), progress=False)
    search = Search(wanted, futures, weight, "expected", RATE, GAP, losses)
    best = search.best(budget)
    wall, ours = time.perf_counter() - wall, time.process_time() - cpu
    saved = search.tried.saving(Aim(search.mean))
    print(
        f"{len(drawn)} scenarios, ours: {ours:.1f} s of CPU ({wall:.1f} s), {search.losses.solved} solved of "
        f"{len(search.tried.modules)} portfolios, gap {(best.value - best.bound) / saved:.1e} of what all save",
        flush=True,
    )
    assert best.value - best.bound <= GAP * saved
    if not limit:
        wall, cpu = time.perf_counter(), time.process_time()
        found = search.result(budget, 1)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"all tables of it: {cpu:.1f} s of CPU ({wall:.1f} s) more, {found.solved} solved, gap {found.gap:.1e}")
        print(found.portfolio.to_string(index=False), flush=True)
        return
    cpu = time.process_time()
    value, bound = whole(network, demand, candidates, drawn, budget, GAP * saved, limit)
    theirs = time.process_time() - cpu
    ended = value is not None and value - bound <= 1.01 * GAP * saved
    if value is not None:
        assert bound <= best.value + 1e-9 * abs(best.value)
        assert best.bound <= value + 1e-9 * abs(value)
        assert not ended or abs(value - best.value) <= GAP * saved + 1e-9 * abs(value)
    print(
        f"whole: {theirs:.1f} s of CPU{'' if ended else ', stopped'}, {value} found, {bound:.2f} bound; "
        f"ours {best.value:.2f}: {'' if ended else 'more than '}{theirs / ours:.1f} x",
        flush=True,
    )


if __name__ == "__main__":
    main()
