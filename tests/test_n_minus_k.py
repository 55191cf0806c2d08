"""Several closures at once, against solving every set."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.methods.closure_sets import Support
from corridors.methods.links_in_series import in_series
from corridors.network import checked_demand
from corridors.scenarios.groups import closures


@pytest.mark.parametrize(("number", "by", "k"), [(n, by, k) for n in range(3) for by, k in (("link", 2), ("node", 2))])
def test_every_set_has_the_loss_of_the_sweep_of_all_sets(number: int, by: str, k: int) -> None:
    example = case(Random(number + 40))
    groups = closures(example.network, by)
    if len(groups) < k:
        pytest.skip("too few")
    support = Support(example.network, checked_demand(example.network, example.demand), groups, progress=False)
    support.grow(k)
    every = cd.sweep(example.network, example.demand, cd.outages(example.network, k, by=by), progress=False)
    sets = list(combinations(range(len(groups)), k))
    found = [support.of(sum(1 << i for i in members)) for members in sets]
    assert [t.loss for t in found] == pytest.approx(every.loss.to_numpy(), rel=1e-9, abs=1e-3)
    assert len(support.known) <= len(sets) + len(groups) + 1


def test_triples_are_those_of_the_sweep_and_synergy_is_what_is_not_additive() -> None:
    example = case(Random(1))
    table = cd.n_minus_k(example.network, example.demand, 3, progress=False)
    names = list(closures(example.network, "link"))
    base = float(cd.solve(example.network, example.demand).loss)
    every = cd.sweep(example.network, example.demand, cd.outages(example.network, 3), progress=False).loss.to_series()
    single = cd.sweep(example.network, example.demand, cd.outages(example.network), progress=False).loss.to_series()
    assert len(table)
    for row in table.itertuples():
        members = sorted([row.first, row.second, row.third], key=names.index)
        assert row.loss == pytest.approx(every[" + ".join(members)] - base, rel=1e-9, abs=0.02)
        assert row.synergy == pytest.approx(row.loss - sum(single[m] - base for m in members), rel=1e-9, abs=0.05)
    # What is left out costs no more than a smaller set.
    listed = {frozenset([r.first, r.second, r.third]) for r in table.itertuples()}
    pairs = cd.sweep(example.network, example.demand, cd.outages(example.network, 2), progress=False).loss.to_series()
    for label, loss in every.items():
        members = frozenset(label.split(" + "))
        if members not in listed:
            smaller = max(pairs[" + ".join(p)] for p in combinations(sorted(members, key=names.index), 2))
            assert loss == pytest.approx(smaller, rel=1e-9, abs=1e-3)


def test_two_ports_that_replace_each_other_are_false_redundancy() -> None:
    links = pd.DataFrame({"link_id": ["aktau", "kuryk", "north"], "from_node_id": "kz", "to_node_id": "eu"})
    links = links.assign(mode="ship", tariff=[10.0, 12.0, 50.0])
    network = cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links)
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    table = cd.n_minus_k(network, pd.DataFrame([row]), progress=False)
    assert table[["first", "second", "synergy"]].to_numpy().tolist() == [["aktau", "kuryk", 38e6]]
    assert table.attrs | {"values": ""} == {"sets": 3, "proven": 2, "solved": 3, "values": ""}
    # North costs nothing while the others stand.
    assert cd.n_minus_k(network, pd.DataFrame([row]), most=2, progress=False).attrs["sets"] == 1
    with pytest.raises(cd.InputError, match="k=4 does not fit; give 1 to 3"):
        cd.n_minus_k(network, pd.DataFrame([row]), 4)
    with pytest.raises(cd.InputError, match=r"n_minus_k: k=1.5 does not fit; give 1 to 3, a whole number"):
        cd.n_minus_k(network, pd.DataFrame([row]), 1.5)
    with pytest.raises(cd.InputError, match="most=0 does not fit; give 1 or more"):
        cd.n_minus_k(network, pd.DataFrame([row]), most=0)
    with pytest.raises(cd.InputError, match="among: is no operating link"):
        cd.n_minus_k(network, pd.DataFrame([row]), among=["baku", "aktau"])


def test_links_in_series_stand_for_each_other() -> None:
    links = pd.DataFrame(
        [
            ("well_pump", "well", "pump", "pipeline", 10.0),
            ("pump_tank", "pump", "tank", "pipeline", 10.0),
            ("tank_port", "tank", "port", "pipeline", 10.0),
            ("rail", "well", "port", "rail", 45.0),
            ("road", "well", "tank", "road", 60.0),
        ],
        columns=["link_id", "from_node_id", "to_node_id", "mode", "tariff"],
    )
    rack = {"transfer_id": ["rack"], "node_id": ["tank"], "from_mode": ["road"], "to_mode": ["pipeline"]}
    nodes = pd.DataFrame({"node_id": ["well", "pump", "tank", "port"]})
    network = cd.Network(nodes, links, pd.DataFrame(rack))
    row = {"demand_id": "d", "commodity": "oil", "origin": "well", "destination": "port", "volume": 1e6, "value": 500.0}
    demand = pd.DataFrame([row])
    chain = in_series(network, checked_demand(network, demand))
    # At the tank a rack brings oil from the road: there the chain ends.
    assert chain == {n: n for n in links.link_id} | {"pump_tank": "well_pump"}
    for k in (1, 2, 3):
        table = cd.n_minus_k(network, demand, k, progress=False)
        every = cd.sweep(network, demand, cd.outages(network, k), progress=False).loss.to_series()
        names = list(links.link_id)
        for r in table.itertuples():
            members = sorted(r[1 : k + 1], key=names.index)
            assert r.loss == pytest.approx(every[" + ".join(members)] - 30e6)
    pairs = cd.n_minus_k(network, demand, 2, progress=False)
    assert {("well_pump", "rail"), ("pump_tank", "rail")} <= {(r.first, r.second) for r in pairs.itertuples()}
    assert pairs.attrs | {"values": ""} == {"sets": 10, "proven": 8, "solved": 5, "values": ""}
