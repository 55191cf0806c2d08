"""Cost steps as a model lays them out, against the rows of the table that each class meets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, example, model

from corridors.model.steps import costs_when_empty, steps_of

with_ladders = pytest.mark.parametrize("number", range(1, 8 * TIMES, 2))


def met(number: int, link: str, commodity: str, origin: str, direction: str) -> list[tuple[float, float]]:
    """Load and extra cost of the steps that a class meets on a link, from a load of zero on; none without steps."""
    rows = example(number).network.cost_steps
    goods = np.array([not text or commodity in text.split(";") for text in rows.commodities], bool)
    here = (rows.link_id == link) & goods & rows.origin.isin(["", origin]) & rows.direction.isin(["", direction])
    steps = sorted(zip(rows.load[here], rows.extra_cost[here], strict=True))
    return [(0.0, 0.0)] * bool(steps and steps[0][0] > 0) + steps


@with_ladders
def test_a_class_meets_the_ladders_of_its_goods_origin_and_direction(number: int) -> None:
    network, made = example(number).network, model(number)
    steps, links = made.steps, made.network.links.link_id
    seen = 0
    for row in made.classes.itertuples():
        ladder = steps.ladder_of(len(links), row.commodity, row.origin)
        empty = costs_when_empty(network, row.commodity)
        for place, link in enumerate(links):
            for way, direction in enumerate(("fwd", "rev")):
                wanted = met(number, link, row.commodity, row.origin, direction)
                anyone = met(number, link, row.commodity, "", direction)
                assert empty[place, way] == (anyone[0][1] if anyone else 0.0)
                if not wanted:
                    assert ladder[place, way] == -1
                    continue
                first = steps.first[ladder[place, way]]
                own = np.arange(first, first + steps.count[ladder[place, way]])
                assert steps.order[own].tolist() == list(range(len(wanted)))
                assert steps.extra_cost[own].tolist() == [cost for _, cost in wanted]
                assert [*np.cumsum(steps.width[own])[:-1], np.inf] == [*[load for load, _ in wanted[1:]], np.inf]
                assert steps.named(own, links) == [f"cost_steps:{link}"] * len(own)
                seen += 1
    assert seen


def test_without_cost_steps_there_are_no_ladders() -> None:
    network = example(-1).network
    assert steps_of(network).covered.empty
    assert (steps_of(network).ladder_of(len(network.links), "grain", "aktau") == -1).all()
    pd.testing.assert_series_equal(pd.Series(steps_of(network).width), pd.Series(dtype=float))
