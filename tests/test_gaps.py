"""Gaps of goods that are hardly worth moving: what is gained is summed so that its figures are kept."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from coupled_cases import coupled_case, random_changes
from scipy.sparse import csr_array

import corridors as cd
from corridors.arrays.codes import Path
from corridors.solvers import lp
from corridors.solvers.multicommodity import CoupledChanges, prepare, sweep, threads
from corridors.solvers.multicommodity import fallback as falling_back


def costlier(problem, demand, by):
    """The circulation with the last arc to each demand row costlier, and the row worth more, by the same amount."""
    return replace(problem, cost=problem.cost + by * last(problem, demand))


def last(problem, demand):
    into = np.isin(problem.head, problem.tail[demand]).astype(np.int64)
    into[demand] -= 1
    return into


def costlier_changes(changes, problem, demand, by):
    parts = {name: getattr(changes, name) for name in ("capacity", "cost", "limit", "closed")}
    coo = {name: (part.scenario, part.index, part.value) for name, part in parts.items()}
    scenario, index, value = coo["cost"]
    coo["cost"] = scenario, index, value + by * last(problem, demand)[index]
    return CoupledChanges.from_coo(changes.S, **{**coo, "closed": coo["closed"][:2]})


def gap(result):
    return np.abs(result.objective - result.bound) / np.maximum(np.abs(result.objective), 1.0)


def close(one, other):
    return (np.abs(one - other) <= 1e-9 * np.maximum(1.0, np.abs(other))).all()


@pytest.mark.parametrize("by", [10**8, 10**10, 10**12])
def test_goods_hardly_worth_their_way_have_the_objective_and_gap_of_cheap_ones(by):
    for seed in range(14):
        problem, bundles, groups, demand = coupled_case(seed)
        changes = random_changes(seed, problem, bundles, groups, demand, 6)
        cheap = prepare(problem, bundles, demand=demand, groups=groups)
        costly = prepare(costlier(problem, demand, by), bundles, demand=demand, groups=groups)
        assert close(costly.objective, cheap.objective)
        expected = sweep(cheap, changes)
        found = sweep(costly, costlier_changes(changes, problem, demand, by))
        assert close(found.objective, expected.objective), seed
        assert gap(found).max() <= 1e-9, seed


def test_what_was_given_up_keeps_flows_and_costs_of_rows(monkeypatch):
    problem, bundles, groups, demand = coupled_case(14)
    by, keep, every = 10**6, ("rent", "row_cost"), csr_array(np.eye(problem.E))
    base = prepare(costlier(problem, demand, by), bundles, demand=demand, groups=groups)
    changes = costlier_changes(random_changes(14, problem, bundles, groups, demand, 8), problem, demand, by)
    monkeypatch.setattr(threads, "MOST", 0)
    cold = sweep(base, changes, keep=keep, totals=every)
    assert Path.COLD in cold.path
    assert gap(cold).max() <= 1e-9
    going = np.setdiff1d(np.arange(problem.E), demand)
    for s in range(8):
        scenario, shared = falling_back.changed(base, changes, s)
        assert close(cold.objective[s], lp.solve(scenario, shared).cost)
        assert np.isclose(cold.row_cost[s].sum(), cold.totals[s][going] @ scenario.cost[going])
    monkeypatch.setattr(falling_back, "MOST", 0)
    linear = sweep(base, changes, totals=every)
    assert Path.LP in linear.path
    assert close(linear.objective, cold.objective)


def gate(fee):
    """Three lines to a gate, of which two share a node's room; who passes it pays a fee, and hardly gains by it."""
    ids = ["a", "b", "c", "m", "g", "z"]
    rows = [
        ("a", "m", 3.0, 40.0),
        ("b", "m", 2.0, 30.0),
        ("c", "g", 5.0, None),
        ("m", "g", 1.0, 55.0),
        ("g", "z", 0.0, None),
    ]
    links = pd.DataFrame(rows, columns=["from_node_id", "to_node_id", "tariff", "capacity"])
    links = links.assign(link_id=[f"l{i}" for i in range(5)], mode="rail", length=0.0, border_fee=[0, 0, 0, 0, fee])
    wanted = [("a", 50.0, 4.0003), ("b", 35.0, 3.0002), ("c", 20.0, 5.0001), ("c", 9.0, 4.0)]
    demand = pd.DataFrame(
        [(f"d{i}", "grain", o, "z", v, fee + worth) for i, (o, v, worth) in enumerate(wanted)],
        columns=["demand_id", "commodity", "origin", "destination", "volume", "value"],
    )
    return cd.Network(pd.DataFrame({"node_id": ids}), links), demand


@pytest.mark.parametrize("fee", [0.0, 1e4, 1e6, 1e8])
@pytest.mark.parametrize("solver", ["columns", "lp"])
def test_the_gap_is_small_where_all_demand_is_hardly_worth_serving(fee, solver):
    # a: 40 t gain 0.0003 each; b: what is left of 55, 15 t, 0.0002 each; c: 20 t 0.0001 each, the rest loses
    network, demand = gate(fee)
    base = cd.solve(network, demand)
    assert float(base.gap) <= 1e-9
    assert float(base.objective) == pytest.approx(-(40 * 0.0003 + 15 * 0.0002 + 20 * 0.0001), rel=1e-9)
    result = cd.sweep(network, demand, cd.outages(network, k=1, by="link"), solver=solver, progress=False)
    lost = {"l0": 40 * 0.0003 - 15 * 0.0002, "l1": 15 * 0.0002, "l2": 20 * 0.0001, "l3": 0.015, "l4": 0.017}
    assert float(result.gap.max()) <= 1e-9
    assert result.objective.to_numpy() == pytest.approx([-0.017 + lost[f"l{i}"] for i in range(5)], rel=1e-9, abs=1e-12)
