"""Bases are kept between sweeps of the same case, and only of the same."""

import functools

import numpy as np
import pandas as pd
import pytest
from coupled_cases import coupled_case
from toy_networks import demand, network

import corridors as cd
from corridors.solvers.multicommodity import BaseCache


@pytest.fixture(autouse=True)
def _empty():
    cd.base_cache.clear()
    yield
    cd.base_cache.clear()


def test_studies_of_one_case_solve_its_base_once():
    cd.sweep(network(), demand(), cd.outages(network()), progress=False)
    first = cd.base_cache.info()
    assert first.misses == 1
    cd.sweep(network(), demand(), cd.outages(network()).take(range(2)), keep=("flow",), progress=False)
    cd.n_minus_k(network(), demand(), progress=False)
    assert cd.base_cache.info().misses == 1
    assert cd.base_cache.info().hits >= 2


def test_another_volume_cost_or_capacity_is_another_base():
    def misses(changed_network, changed_demand):
        cd.sweep(changed_network, changed_demand, cd.outages(changed_network), progress=False)
        return cd.base_cache.info().misses

    links = network().links
    assert misses(network(), demand()) == 1
    assert misses(network(), demand().assign(volume=demand().volume * 2)) == 2
    assert misses(network().replace(links=links.assign(tariff=links.tariff + 1)), demand()) == 3
    assert misses(network().replace(links=links.assign(capacity=links.capacity / 2)), demand()) == 4


def test_what_else_closes_together_starts_from_the_optimum_that_is_there(monkeypatch):
    cd.sweep(network(), demand(), cd.outages(network()), progress=False)
    kept = cd.sweep(network(), demand(), cd.outages(network(), by="node"), keep=("flow", "rent"), progress=False)
    assert cd.base_cache.info()[:3] == (1, 1, 2)
    monkeypatch.setattr(cd.base_cache, "most", 0)
    new = cd.sweep(network(), demand(), cd.outages(network(), by="node"), keep=("flow", "rent"), progress=False)
    for name in ("loss", "flow", "rent", "path"):
        np.testing.assert_array_equal(kept[name], new[name])


def test_closures_of_some_goods_alone_have_a_base_of_their_own():
    sweep = functools.partial(cd.sweep, network(), demand(), progress=False)
    sweep(cd.outages(network()))
    link = network().links.link_id[0]
    one = {"table": "links", "id": link, "field": "status", "operation": "close", "commodity": "grain", "value": None}
    found = sweep(cd.Scenarios(["no grain"], pd.DataFrame([{"scenario": 0, **one}])))
    assert cd.base_cache.info().misses == 2
    cd.base_cache.clear()
    assert sweep(cd.Scenarios(["no grain"], pd.DataFrame([{"scenario": 0, **one}]))).loss == found.loss


def test_the_last_few_are_kept_and_none_where_none_may_be():
    cases = [coupled_case(seed) for seed in (1, 2, 3)]
    cache = BaseCache(2)
    made = [cache.prepare(p, b, demand=rows, groups=groups) for p, b, groups, rows in cases]
    assert cache.info()[2:] == (2, 2)
    problem, bundles, groups, rows = cases[2]
    assert cache.prepare(problem, bundles, demand=rows, groups=groups) is made[2]
    problem, bundles, groups, rows = cases[0]
    again = cache.prepare(problem, bundles, demand=rows, groups=groups)
    assert again is not made[0]
    assert again.objective == made[0].objective
    cache.most = 0
    cache.clear()
    one, other = (cache.prepare(problem, bundles, demand=rows, groups=groups) for _ in range(2))
    assert one is not other
    assert cache.info() == (0, 0, 0, 0)


def test_answers_are_the_same_with_and_without_it(monkeypatch):
    scenarios = cd.outages(network(), k=2)
    kept = cd.sweep(network(), demand(), scenarios, keep=("flow", "rent"), progress=False)
    again = cd.sweep(network(), demand(), scenarios, keep=("flow", "rent"), progress=False)
    monkeypatch.setattr(cd.base_cache, "most", 0)
    new = cd.sweep(network(), demand(), scenarios, keep=("flow", "rent"), progress=False)
    for other in (again, new):
        np.testing.assert_array_equal(kept.flow, other.flow)
        np.testing.assert_array_equal(kept.rent, other.rent)
