"""Cost steps as a model lays them out, against the rows of the table that each class meets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, example, model

from corridors.model.steps import costs_when_empty, steps_of

with_ladders = pytest.mark.parametrize("number", range(1, 8 * TIMES, 2))


def met(number: int, item: str, commodity: str, origin: str, direction: str) -> list[tuple[float, float]]:
    """Load and extra cost of the steps that a class meets on a link or at a transfer, from a load of zero on."""
    rows = example(number).network.cost_steps
    goods = np.array([not text or commodity in text.split(";") for text in rows.commodities], bool)
    start = np.array([not text or origin in text.split(";") for text in rows.origins], bool)
    here = ((rows.link_id == item) | (rows.transfer_id == item)) & goods & start & rows.direction.isin(["", direction])
    steps = sorted(zip(rows.load[here], rows.extra_cost[here], strict=True))
    return [(0.0, 0.0)] * bool(steps and steps[0][0] > 0) + steps


@with_ladders
@pytest.mark.parametrize("table", ["links", "transfers"])
def test_a_class_meets_the_ladders_of_its_goods_origin_and_direction(table: str, number: int) -> None:
    network, made = example(number).network, model(number)
    steps, ids = made.steps, getattr(network, table).iloc[:, 0]
    for row in made.classes.itertuples():
        ladder = steps.ladder_of(table, len(ids), row.commodity, row.origin)
        empty = costs_when_empty(network, table, row.commodity)
        for place, item in enumerate(ids):
            for way, direction in enumerate(("fwd", "rev")):
                wanted = met(number, item, row.commodity, row.origin, direction)
                anyone = met(number, item, row.commodity, "", direction)
                assert empty[place, way] == (anyone[0][1] if anyone else 0.0)
                if not wanted:
                    assert ladder[place, way] == -1
                    continue
                first = steps.first[ladder[place, way]]
                own = np.arange(first, first + steps.count[ladder[place, way]])
                assert steps.order[own].tolist() == list(range(len(wanted)))
                assert steps.extra_cost[own].tolist() == [cost for _, cost in wanted]
                assert steps.load[own].tolist() == [load for load, _ in wanted]
                assert [*np.cumsum(steps.width[own])[:-1], np.inf] == [*[load for load, _ in wanted[1:]], np.inf]
                assert steps.named(own) == [f"cost_steps:{item}"] * len(own)
                given = steps.row[own][steps.row[own] >= 0]
                assert network.cost_steps.extra_cost[given].tolist() == [cost for _, cost in wanted][-len(given) :]


def test_some_generated_networks_have_ladders_on_links_and_at_transfers() -> None:
    tables = [set(model(number).steps.covered.table) for number in range(1, 8, 2)]
    assert set().union(*tables) == {"links", "transfers"}


def test_without_cost_steps_there_are_no_ladders() -> None:
    network = example(-1).network
    assert steps_of(network).covered.empty
    assert (steps_of(network).ladder_of("links", len(network.links), "grain", "aktau") == -1).all()
    pd.testing.assert_series_equal(pd.Series(steps_of(network).width), pd.Series(dtype=float))
