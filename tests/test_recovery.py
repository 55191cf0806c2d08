"""Orders of repair, against trying all of them a day at a time."""

from __future__ import annotations

from itertools import permutations
from random import Random

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.scenarios.groups import closures


def states(example, names: list[str], left: dict[str, float]) -> list[float]:
    """The loss of every set of what is down, USD a day over nothing down: set b has names[i] in it where bit i is 1."""
    rows = [
        (b, "links", name, *(("capacity", "scale", left[name]) if name in left else ("status", "close", np.nan)))
        for b in range(1 << len(names))
        for i, name in enumerate(names)
        if b >> i & 1
    ]
    changes = pd.DataFrame(rows, columns=["scenario", "table", "id", "field", "operation", "value"])
    scenarios = cd.Scenarios([str(b) for b in range(1 << len(names))], changes)
    loss = cd.sweep(example.network, example.demand, scenarios, progress=False).loss.to_numpy()
    return ((loss - loss[0]) / 365).tolist()


def lost(
    order: tuple[str, ...], names: list[str], repairs: dict, starts: dict, crews: int, daily: list[float]
) -> float:
    """A day at a time: what has failed and is not repaired by then is down."""
    free, finished = [0] * crews, {}
    for name in order:
        crew = free.index(min(free))
        free[crew] = max(free[crew], starts.get(name, 0)) + repairs[name]
        finished[name] = free[crew]
    down = [{n for n in names if starts.get(n, 0) <= day < finished[n]} for day in range(max(finished.values()))]
    return sum(daily[sum(1 << i for i, n in enumerate(names) if n in there)] for there in down)


@pytest.mark.parametrize(
    ("number", "crews", "depth", "staggered"),
    [(1, 1, False, False), (11, 2, False, False), (26, 1, True, False), (27, 2, True, True), (11, 1, False, True)],
)
def test_no_other_order_loses_less(number: int, crews: int, depth: bool, staggered: bool) -> None:
    random, example = Random(number), case(Random(number))
    names = list(closures(example.network, "link"))[:4]
    repairs = {name: random.randint(1, 30) for name in names}
    capacity = example.network.links.set_index("link_id").capacity
    left = {name: random.choice([0.25, 0.5, 0.8]) for name in names if depth and capacity[name] > 0}
    starts = {name: random.randint(0, 20) for name in names if staggered}
    daily = states(example, names, left)
    options = {"left": left, "starts": starts, "crews": crews, "progress": False}
    best = cd.recovery(example.network, example.demand, repairs, **options)
    assert best.proven
    every = {order: lost(order, names, repairs, starts, crews, daily) for order in permutations(names)}
    assert best.lost == pytest.approx(min(every.values()), rel=1e-9, abs=0.05)
    assert best.lost == pytest.approx(every[best.order], rel=1e-9, abs=0.05)
    assert best.curve.loss.iloc[-1] == 0
    assert best.curve.day.is_monotonic_increasing
    worst = cd.recovery(example.network, example.demand, repairs, order=best.order[::-1], **options)
    assert worst.lost == pytest.approx(every[best.order[::-1]], rel=1e-9, abs=0.05)


def two_ways(**columns: object) -> tuple[cd.Network, pd.DataFrame]:
    links = pd.DataFrame({"link_id": ["ferry", "north"], "from_node_id": "kz", "to_node_id": "eu", "mode": "ship"})
    links = links.assign(tariff=[10.0, 50.0], **columns)
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "eu", "volume": 365e3, "value": 200.0}
    return cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), pd.DataFrame([row])


def test_what_keeps_a_share_of_its_capacity_loses_the_rest_of_it() -> None:
    network, demand = two_ways(capacity=[365e3, np.nan])
    curve = cd.recovery(network, demand, {"ferry": 10}, left={"ferry": 0.4}, progress=False).curve
    # 600 t a day go over the north, at 40 USD more.
    assert curve.loss.tolist() == [24_000.0, 0.0]
    assert curve.unmet.tolist() == [0.0, 0.0]


def test_nothing_is_lost_before_an_outage_starts_and_no_repair_starts_before_it() -> None:
    network, demand = two_ways()
    result = cd.recovery(network, demand, {"ferry": 10}, starts={"ferry": 7}, progress=False)
    assert result.curve[["day", "failed", "repaired", "loss"]].to_numpy().tolist() == [
        [0.0, "", "", 0.0],
        [7.0, "ferry", "", 40_000.0],
        [17.0, "", "ferry", 0.0],
    ]
    assert result.lost == 400_000.0
    ax = cd.plot_recovery(result.curve, lost=result.lost)
    assert {text.get_text() for text in ax.texts} == {"ferry fails", "ferry repaired"}
    plt.close("all")


def test_a_rule_stands_in_where_there_are_too_many_orders() -> None:
    example = case(Random(27))
    names = list(closures(example.network, "link"))
    many = cd.recovery(example.network, example.demand, dict.fromkeys(names, 3.0), crews=2, progress=False)
    assert many.proven == (len(names) <= 7)
    assert sorted(many.order) == sorted(names)


def test_what_is_not_there_can_not_be_repaired() -> None:
    network, demand = two_ways()
    with pytest.raises(cd.InputError, match="repairs: is no operating link for 1 repair"):
        cd.recovery(network, demand, {"bridge": 3})
    for days in ("x", None, -1):
        with pytest.raises(cd.InputError, match=r"repairs: is no number of days >= 0 for 1 repair \(ferry\)"):
            cd.recovery(network, demand, {"ferry": days})
    with pytest.raises(cd.InputError, match=r"recovery: crews=1.5 does not fit; give 1 or more, a whole number"):
        cd.recovery(network, demand, {"ferry": 3}, crews=1.5)
    with pytest.raises(cd.InputError, match="left: is not 0 to below 1 for 1 left"):
        cd.recovery(network, demand, {"ferry": 3}, left={"ferry": "half"})
    with pytest.raises(cd.InputError, match="starts: is not among the repairs for 1 start"):
        cd.recovery(network, demand, {"ferry": 3}, starts={"north": 2})
    with pytest.raises(cd.InputError, match="left: is not 0 to below 1 for 1 left"):
        cd.recovery(network, demand, {"ferry": 3}, left={"ferry": 1.5})
    with pytest.raises(cd.InputError, match="left: has no capacity that could fall for 1 left"):
        cd.recovery(network, demand, {"ferry": 3}, left={"ferry": 0.5})
