"""Where many optima tie, a scenario shows the same one whatever else is swept, in whatever order, by whom."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.sweeping.engines import WarmEngine


def tied_grid(side, seed):
    """A square grid whose links all cost the same, with room that is scarce."""
    rng = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    across, along = (number[:, :-1], number[:, 1:]), (number[:-1], number[1:])
    ends = np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in (across, along)])
    links = pd.DataFrame(
        {
            "link_id": [f"l{k}" for k in range(len(ends))],
            "from_node_id": [f"n{k}" for k in ends[:, 0]],
            "to_node_id": [f"n{k}" for k in ends[:, 1]],
            "mode": "ship",
            "tariff": 10.0,
            "capacity": rng.integers(2, 9, len(ends)) * 1e5,
        }
    )
    rows = pd.DataFrame(
        {
            "demand_id": [f"d{k}" for k in range(30)],
            "commodity": "general",
            "origin": [f"n{4 * k}" for k in rng.integers(side * side // 4, size=30)],
            "destination": [f"n{k}" for k in rng.integers(side * side, size=30)],
            "volume": rng.integers(1, 9, 30) * 1e5,
            "value": 900.0,
        }
    )
    nodes = pd.DataFrame({"node_id": [f"n{k}" for k in number.ravel()]})
    return cd.Network(nodes, links), rows[rows.origin != rows.destination]


def closing(sets):
    rows = [(label, link, 0.0) for label, links in sets.items() for link in links]
    return cd.from_table(pd.DataFrame(rows, columns=["scenario_id", "link_id", "link_availability"]))


@pytest.fixture(scope="module")
def case():
    """Network, demand, closures of two to four loaded links, and what a sweep of all of them finds."""
    network, demand = tied_grid(8, 0)
    base = cd.solve(network, demand)
    assert bool(base.tied)
    flow = base.flow.sum(["direction", "commodity"]).to_series()
    rng = np.random.default_rng(0)
    loaded = flow.index[flow > 0].to_numpy()
    sets = {f"s{k}": list(rng.choice(loaded, 2 + k % 3, replace=False)) for k in range(12)}
    return network, demand, sets, swept(network, demand, sets)


def swept(network, demand, sets, **options):
    return cd.sweep(network, demand, closing(sets), keep=("flow", "rent"), progress=False, **options)


def same(one, other):
    return all(np.array_equal(one[name].values, other[name].values) for name in ("loss", "unmet", "flow", "rent"))


def test_alone_as_among_others(case):
    network, demand, sets, together = case
    for label, links in sets.items():
        assert same(swept(network, demand, {label: links[::-1]}), together.sel(scenario=[label])), label


def test_in_any_order_by_one_worker_and_without_what_is_remembered(case):
    network, demand, sets, together = case
    cd.base_cache.clear()
    backwards = {label: sets[label][::-1] for label in reversed(sets)}
    with ThreadPoolExecutor(1) as one:
        found = swept(network, demand, backwards, executor=one)
    assert same(found.sel(scenario=list(sets)), together)


@pytest.mark.parametrize("block", [1, 5, 12])
def test_in_blocks_of_any_size_in_a_store_and_by_parts(case, monkeypatch, tmp_path, block):
    network, demand, sets, together = case
    monkeypatch.setattr(WarmEngine, "block_size", block)
    with ThreadPoolExecutor(2) as two:
        assert same(swept(network, demand, sets, executor=two, store=tmp_path / "held"), together)
    assert same(swept(network, demand, sets, store=tmp_path / "held"), together), "as they were read back"
    half = swept(network, demand, sets, part=(2, 2))
    assert same(half, together.sel(scenario=half.scenario))


def test_the_base_of_a_sweep_is_what_solve_gives(case):
    network, demand, _, _ = case
    solved = cd.solve(network, demand)
    base = cd.sweep(network, demand, cd.baseline(), keep=("flow", "rent"), progress=False).isel(scenario=0)
    for name in ("unmet", "flow", "rent"):
        np.testing.assert_allclose(
            base[name].values, solved[name].values, rtol=1e-12, atol=1e-6
        )  # sums in another order
