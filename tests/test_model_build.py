"""What a model says of its rounding, and what it names when numbers are too small next to others."""

from __future__ import annotations

import pandas as pd
import pytest
from generated import example, model

import corridors as cd
from corridors.model.build import build


def test_whole_tonnes_and_dollars_are_not_rounded() -> None:
    for number in (-2, -1):
        assert model(number).rounding() == {"cost": 0.0, "volume": 0.0, "limit": 0.0}


def test_the_worth_of_a_model_is_the_value_of_all_demand() -> None:
    for number in range(-2, 4):
        rows, units = example(number).demand, model(number).units
        assert model(number).worth * units.cost * units.tonne == pytest.approx((rows.volume * rows.value).sum())


@pytest.mark.parametrize(
    ("steps", "column", "name"),
    [
        ({"extra_cost": [1.0, 1e-12]}, "tariff", "cost_steps:cheap"),
        ({"extra_cost": [1.0, 2.0]}, "tariff", "link:cheap"),
    ],
)
def test_a_cost_that_is_too_small_to_count_is_named(steps: dict[str, list[float]], column: str, name: str) -> None:
    links = example(-2).network.links
    if name.startswith("link"):
        links[column] = [1e-12, 1e9]
    ladder = pd.DataFrame({"link_id": ["just worth it", "cheap"], "load": 0.0, **steps})
    network = example(-2).network.replace(links=links, cost_steps=ladder)
    with pytest.raises(cd.InputError, match=rf"1 too small to count \({name}; 1e-12 next to"):
        build(network, example(-2).demand.assign(value=1e9))
