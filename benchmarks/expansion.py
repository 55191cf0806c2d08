"""Expansion compared with the same mixed-integer programme written out whole, for HiGHS.

``python -m benchmarks.expansion --nodes 400 --candidates 30`` takes a generated grid, ``--eurasia`` the Eurasian
network; ``--scenarios 500`` measures ours alone over so many sampled closures.
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

import corridors as cd
from benchmarks.growth import grid
from corridors.arrays.problem import UNCAPACITATED
from corridors.edits.candidates import prepared
from corridors.methods.appraisal import present_value_of_service
from corridors.methods.choices import Choices
from corridors.model.build import build
from corridors.schema.candidates import candidates_of

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
    network: cd.Network, demand: pd.DataFrame, candidates: pd.DataFrame, budget: float, gap: float, limit: float
) -> Any:
    """The least loss and yearly cost of capital in a budget, by one programme over flows and what is built.

    To a gap in USD/year, as far as the time `limit` (seconds) allows.
    """
    wanted = candidates_of(candidates)
    ready = prepared(network, wanted)
    rooms = ready.rooms.assign(amount=ready.rooms.amount.replace(np.inf, float(demand.volume.sum())))
    model = build(ready.network, demand, {str(table): set(rows.id) for table, rows in rooms.groupby("table")})
    problem, bundles, units = model.problem, model.bundles, model.units
    arcs, n = problem.E, len(wanted)
    ones, arc = np.ones(arcs), np.arange(arcs)
    ends = (np.concatenate([ones, -ones]), (np.concatenate([problem.tail, problem.head]), np.concatenate([arc, arc])))
    conserved = csr_array(ends, shape=(problem.V, arcs))
    counted = csr_array((bundles.weight, (bundles.bundle, bundles.arc)), shape=(len(bundles.limit), arcs))
    room = np.zeros((len(bundles.limit), n))
    keys = rooms.table.str.removesuffix("s") + ":" + rooms.id
    of = (model.labels.table + ":" + model.labels.id).to_numpy()
    for key, row in zip(keys, rooms.itertuples(), strict=True):
        room[np.flatnonzero(of == key), row.candidate] += row.amount / units.tonne
    table = wanted.table
    yearly = table.cost.to_numpy() / present_value_of_service(table.life, table.lead_time, RATE)
    choices = Choices.of(wanted, yearly)
    fixed, most = choices.rows(budget)
    high, kinds = choices.variables()
    extra = len(high)
    dollar = units.tonne * units.cost
    cost = np.concatenate([problem.cost * dollar, yearly, np.zeros(extra - n)]) / 1e6
    capacity = np.where(problem.capacity == UNCAPACITATED, np.inf, problem.capacity.astype(float))
    rows = [
        LinearConstraint(hstack([conserved, csr_array((problem.V, extra))], format="csr"), 0.0, 0.0),
        LinearConstraint(
            hstack([counted, csr_array(-np.hstack([room, np.zeros((len(room), extra - n))]))], format="csr"),
            -np.inf,
            np.where(bundles.limit == UNCAPACITATED, np.inf, bundles.limit.astype(float)),
        ),
        LinearConstraint(hstack([csr_array((len(fixed), arcs)), csr_array(fixed)], format="csr"), -np.inf, most),
    ]
    bounds = Bounds(np.zeros(arcs + extra), np.concatenate([capacity, high]))
    integrality = np.concatenate([np.zeros(arcs), kinds.astype(float)])
    options = {"mip_rel_gap": gap / abs(units.usd(model.worth)), "time_limit": limit}
    found = milp(cost, bounds=bounds, integrality=integrality, constraints=rows, options=options)
    value = None if found.x is None else found.fun * 1e6 + units.usd(model.worth)
    return value, found.mip_dual_bound * 1e6 + units.usd(model.worth)


def main() -> None:
    """Measure what the command line asks for, in CPU time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.expansion", description=__doc__)
    parser.add_argument("--nodes", type=int, default=400)
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument("--eurasia", action="store_true")
    parser.add_argument("--year", default="2030", help="of the demand on the Eurasian network")
    parser.add_argument("--scenarios", type=int, default=0)
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
    drawn = cd.sample(network, given.scenarios, availability=0.99, seed=1) if given.scenarios else None
    options: dict[str, Any] = {"budget": budget, "discount_rate": RATE, "gap": GAP, "steps": 1, "progress": False}
    cd.expansion(network, demand, candidates.head(1), **options)  # what is compiled at the first call
    wall, cpu = time.perf_counter(), time.process_time()
    found = cd.expansion(network, demand, candidates, scenarios=drawn, **options)
    wall, ours = time.perf_counter() - wall, time.process_time() - cpu
    last = found.frontier.iloc[-1]
    print(f"{len(network.links)} links, {len(demand)} rows, {candidates.candidate_id.nunique()} candidates")
    print(f"ours: {ours:.1f} s of CPU ({wall:.1f} s), {found.solved} solved, gap {found.gap:.1e}, all tables made")
    if given.limit and not given.scenarios:
        cpu = time.process_time()
        value, bound = whole(network, demand, candidates, budget, GAP * last.saved, given.limit)
        theirs = time.process_time() - cpu
        total = last.loss + last.yearly
        print(
            f"whole: {theirs:.1f} s of CPU, {value} found, {bound:.2f} bound; ours {total:.2f}: {theirs / ours:.1f} x"
        )


if __name__ == "__main__":
    main()
