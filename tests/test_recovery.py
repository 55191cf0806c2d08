"""Orders of repair, against trying all of them."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from generated import case

import corridors as cd
from corridors.scenarios.groups import closures


@pytest.mark.parametrize(("number", "crews"), [(1, 1), (11, 1), (11, 2), (26, 1), (27, 2)])
def test_no_other_order_loses_less(number: int, crews: int) -> None:
    random, example = Random(number), case(Random(number))
    names = list(closures(example.network, "link"))[:4]
    repairs = {name: float(random.randint(1, 30)) for name in names}
    loss = cd.sweep(example.network, example.demand, cd.coalitions(example.network, names, by="link"), progress=False)
    daily = (loss.loss.to_numpy() - loss.loss.to_numpy()[-1]) / 365

    def lost(order: tuple[str, ...]) -> float:
        """A day at a time, in quarters: all that is finished by then is open."""
        free, finished = [0.0] * crews, {}
        for name in order:
            crew = free.index(min(free))
            free[crew] += repairs[name]
            finished[name] = free[crew]
        days = int(max(finished.values()))
        return sum(daily[sum(1 << i for i, n in enumerate(names) if finished[n] <= day)] for day in range(days))

    best = cd.recovery(example.network, example.demand, repairs, crews=crews, progress=False)
    assert best.proven
    assert best.lost == pytest.approx(min(lost(order) for order in permutations(names)), rel=1e-9, abs=0.05)
    assert best.lost == pytest.approx(lost(best.order), rel=1e-9, abs=0.05)
    assert best.curve.loss.iloc[-1] == 0
    worst = cd.recovery(example.network, example.demand, repairs, crews=crews, order=best.order[::-1], progress=False)
    assert worst.lost >= best.lost - 0.05


def test_what_is_not_there_can_not_be_repaired() -> None:
    example = case(Random(1))
    with pytest.raises(cd.InputError, match="repairs: is no operating link for 1 repair"):
        cd.recovery(example.network, example.demand, {"bridge": 3})
