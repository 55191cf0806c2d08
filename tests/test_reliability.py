"""Random failures: draws against every combination, and every combination against a second count."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.scenarios.groups import closures


def up_of(number: int) -> tuple[cd.Network, pd.DataFrame, dict[str, float]]:
    """A generated case in which up to ten links may fail."""
    random, example = Random(number), case(Random(number))
    names = list(closures(example.network, "link"))[:10]
    return example.network, example.demand, {name: random.choice([0.7, 0.8, 0.9, 0.95]) for name in names}


@pytest.mark.parametrize("number", [1, 11])
def test_every_combination_counts_with_its_probability(number: int) -> None:
    network, demand, up = up_of(number)
    up = dict(list(up.items())[:5])
    result = cd.reliability(network, demand, up, progress=False)
    loss = cd.sweep(network, demand, cd.coalitions(network, list(up), by="link"), progress=False).loss.to_numpy()
    states = [tuple(c >> i & 1 for i in range(len(up))) for c in range(len(loss))]
    chance = [np.prod([p if s else 1 - p for s, p in zip(state, up.values(), strict=True)]) for state in states]
    extra = loss - loss[-1]
    assert result.expected == pytest.approx(extra @ chance, rel=1e-9, abs=0.02)
    assert result.error == 0
    worst = result.exceedance.iloc[-1]
    assert worst.loss == pytest.approx(extra.max(), abs=0.02)
    median = result.quantiles.loss[0]
    assert sum(c for c, e in zip(chance, extra, strict=True) if e <= median + 0.02) >= 0.5
    for row in result.importance.itertuples():
        at = list(up).index(row.group)
        by_state = {s: [(e, c) for st, e, c in zip(states, extra, chance, strict=True) if st[at] == s] for s in (0, 1)}
        down, alive = (sum(e * c for e, c in by_state[s]) / sum(c for _, c in by_state[s]) for s in (0, 1))
        assert row.birnbaum == pytest.approx(down - alive, rel=1e-9, abs=0.05)
    assert len(list(product([0, 1], repeat=len(up)))) == result.draws


@pytest.mark.parametrize("number", [1, 11, 27])
def test_draws_agree_with_every_combination_within_their_interval(number: int) -> None:
    network, demand, up = up_of(number)
    exact = cd.reliability(network, demand, up, method="exact", progress=False)
    drawn = cd.reliability(network, demand, up, method="sampled", n=20_000, seed=5, progress=False)
    assert abs(drawn.expected - exact.expected) <= 3.3 * drawn.error + 0.02
    assert drawn.interval[0] <= drawn.expected <= drawn.interval[1]
    for there, known in zip(drawn.quantiles.itertuples(), exact.quantiles.itertuples(), strict=True):
        assert there.low <= known.loss <= there.high
    known = exact.importance.set_index("group").birnbaum
    for row in drawn.importance.itertuples():
        assert abs(row.birnbaum - known[row.group]) <= 4 * row.error + 0.05


def test_the_same_seed_gives_the_same_years_and_common_causes_fail_together() -> None:
    nodes = pd.DataFrame({"node_id": ["kz", "eu"]})
    links = pd.DataFrame({"link_id": ["ferry", "ship", "north"], "from_node_id": "kz", "to_node_id": "eu"})
    links = links.assign(mode="ship", tariff=[10.0, 10.0, 50.0], corridors=["middle", "middle", "northern"])
    network = cd.Network(nodes, links)
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 1e6, "value": 200.0}
    demand = pd.DataFrame([row])
    together = cd.reliability(network, demand, {"middle": 0.9}, by="corridor", progress=False)
    apart = cd.reliability(network, demand, {"ferry": 0.9, "ship": 0.9}, progress=False)
    assert together.expected == pytest.approx(0.1 * 40e6)
    assert apart.expected == pytest.approx(0.01 * 40e6)
    options = {"method": "sampled", "n": 3000, "seed": 2, "progress": False}
    twice = [cd.reliability(network, demand, 0.9, **options) for _ in range(2)]
    assert twice[0].expected == twice[1].expected
    assert twice[0].importance.to_csv() == twice[1].importance.to_csv()
    with pytest.raises(cd.InputError, match="is not between 0 and 1"):
        cd.reliability(network, demand, {"ferry": 1.2})
