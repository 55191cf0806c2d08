"""What arcs cost, what a model says of its rounding, and what it names where numbers are too small next to others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import valid_calls
from generated import example, model

import corridors as cd
from corridors.model.arcs import Kind
from corridors.model.build import _Built, build
from corridors.model.costs import link_parts, transfer_parts


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
        ({"extra_cost": [1e-12, 1.0]}, "tariff", "cost_steps:just worth it"),
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


def test_a_limit_or_a_volume_that_is_too_small_to_count_is_named() -> None:
    network, demand = example(-2).network, example(-2).demand
    links = network.links.assign(capacity=[1e9, 1e-12])
    with pytest.raises(cd.InputError, match=r"1 too small to count \(link:just worth it; 1e-12 next to"):
        build(network.replace(links=links), demand)
    rows = pd.concat([demand.assign(volume=1e9), demand.assign(demand_id="little", volume=1e-12)])
    with pytest.raises(cd.InputError, match=r"1 too small to count \(demand:little; 1e-12 next to"):
        build(network, rows)


@pytest.mark.parametrize("number", range(-2, 5))
def test_members_cost_their_price_and_rows_earn_their_value(number: int) -> None:
    made, zones = model(number), example(number).network.zones
    cost = made.parts.cost()[made.part_of]
    for kind in (Kind.ORIGIN, Kind.EGRESS, Kind.ACCESS):
        for arc in made.arcs.of(kind).tolist():
            row = made.arcs.item[arc]
            assert cost[arc] == (zones.price.iloc[row] if row >= 0 and kind != Kind.ACCESS else 0.0)
    earned = made.arcs.of(Kind.DEMAND)
    assert (cost[earned] == -made.demand.value.to_numpy()[made.arcs.item[earned]]).all()
    shut = np.isin(made.arcs.item, np.flatnonzero(made.network.links.status != "operating"))
    closed = made.arcs.of(Kind.LINK)[shut[made.arcs.of(Kind.LINK)]]
    assert not made.problem.capacity[closed].any()


def test_a_model_is_remembered_by_what_it_is_built_from():
    network, demand = valid_calls.network(), valid_calls.demand().copy()
    first = build(network, demand)
    assert build(network, demand.copy()) is first
    free, limited = (
        network.links.link_id[which] for which in (network.links.capacity.isna(), network.links.capacity.notna())
    )
    assert build(network, demand, {"links": free}) is not first
    assert build(network, demand, {"links": limited, "nodes": []}) is first  # these have a bundle anyway
    assert build(network.replace(links=network.links), demand) is not first
    demand.loc[0, "volume"] *= 2  # in place, after it was remembered
    assert build(network, demand).demand.volume[0] == 2 * first.demand.volume[0]
    assert build(network, demand.assign(note="x")) is not first
    demand.attrs["name"] = "more"
    assert build(network, demand).demand.attrs["name"] == "more"


def test_few_models_are_remembered_and_no_large_one(monkeypatch):
    built = _Built()
    models = [build(valid_calls.network(), valid_calls.demand().assign(volume=float(n + 1))) for n in range(6)]
    for one in models:
        built.keep(one, {})
    found = [built.model(one.network, one.demand, {}, ()) for one in models]
    assert found == [None, None, *models[2:]]
    for many in (1, 2):
        monkeypatch.setattr(_Built, "ARCS", many * len(models[0].problem.tail))
        full = _Built()
        for one in models:
            full.keep(one, {})
        found = [full.model(one.network, one.demand, {}, ()) for one in models]
        assert found == [*[None] * (6 - many), *models[6 - many :]]
    monkeypatch.setattr(_Built, "ARCS", len(models[0].problem.tail) - 1)
    large = _Built()
    assert large.keep(models[0], {}) is models[0]
    assert large.model(models[0].network, models[0].demand, {}, ()) is None


@pytest.mark.parametrize("number", [1, 3, 5])
def test_cost_steps_add_what_their_rows_say_and_share_a_bundle_where_they_end(number: int) -> None:
    made = model(number)
    steps, widths, extra = made.steps, made.widths(), made.extra
    assert extra.tolist() == [steps.extra_cost[step] if step >= 0 else 0.0 for step in made.arcs.step]
    assert len(widths) == len(steps.width) > 0
    for step, width in enumerate(steps.width):
        used = np.flatnonzero(made.arcs.step == step)
        if np.isinf(width) or not len(used):
            assert widths[step] == -1
        else:
            assert made.bundles.arc[made.bundles.bundle == widths[step]].tolist() == used.tolist()
            assert made.room[widths[step]] == width


def test_a_result_says_by_how_much_numbers_were_rounded() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"})
    links = links.assign(capacity=[10001.9, np.nan], tariff=[1.00004, 1.0])
    row = {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 12345.4, "value": 99.0}
    assert build(cd.Network(nodes, links), pd.DataFrame(row)).attributes() == {
        "rounding": "counted in 1 t and 0.0001 USD/t; largest rounding: cost 4e-05, volume 0.4, limit 0.9 "
        "(USD/t, t/year, t/year)",
        "quantity_unit": 1.0,
        "cost_unit": 1e-4,
    }
    ladder = pd.DataFrame({"link_id": "m", "load": [0.0, 50.0], "extra_cost": [0.0, 2.00003]})
    assert build(cd.Network(nodes, links, cost_steps=ladder), pd.DataFrame(row)).rounding() == pytest.approx(
        {"cost": 4e-5, "volume": 0.4, "limit": 0.9}
    )


def test_units_fit_the_first_cost_step_too() -> None:
    ladder = pd.DataFrame({"link_id": ["cheap"], "load": [0.0], "extra_cost": [0.00123]})
    made = build(example(-2).network.replace(cost_steps=ladder), example(-2).demand)
    assert made.units.cost_places == 5
    assert made.rounding()["cost"] == pytest.approx(0.0, abs=1e-12)


def test_what_the_first_cost_step_adds_is_counted_and_rounded_by_itself() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"})
    ladder = pd.DataFrame({"link_id": ["m"], "load": [0.0], "extra_cost": [1.00003]})
    network = cd.Network(nodes, links.assign(tariff=2.0, directed=True), cost_steps=ladder)
    row = {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 3e8, "value": 5e4}
    made = build(network, pd.DataFrame(row))
    moved = made.arcs.of(Kind.LINK)
    assert made.extra[moved].tolist() == [0.0, 1.00003]
    assert made.problem.cost[moved].tolist() == [20_000, 30_000]
    assert made.rounding() == pytest.approx({"cost": 3e-5, "volume": 0.0, "limit": 0.0})


def test_a_change_of_mode_costs_each_commodity_the_worth_of_its_time() -> None:
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": ["a", "b"], "to_node_id": ["b", "c"]})
    port = {"transfer_id": ["port"], "node_id": ["b"], "from_mode": ["rail"], "to_mode": ["ship"], "time": [5.0]}
    goods = pd.DataFrame({"commodity": ["ore", "cars"], "value_of_time": [1.0, 3.0]})
    network = cd.Network(
        pd.DataFrame({"node_id": [*"abc"]}),
        links.assign(mode=["rail", "ship"], directed=True, tariff=1.0, time=2.0),
        pd.DataFrame({**port, "cost": [4.0], "directed": True}),
        commodities=goods,
    )
    row = {"demand_id": ["o", "k"], "commodity": ["ore", "cars"], "origin": "a", "destination": "c"}
    made = build(network, pd.DataFrame({**row, "volume": 5.0, "value": 90.0}))
    cost = made.problem.cost * made.units.cost
    assert cost[made.arcs.of(Kind.TRANSFER)].tolist() == pytest.approx([4 + 5, 4 + 15])
    assert cost[made.arcs.of(Kind.LINK)].tolist() == pytest.approx([1 + 2, 1 + 2, 1 + 6, 1 + 6])


@pytest.mark.parametrize(("modes", "places"), [("", 5), ("rail", 4)])
def test_units_fit_what_one_arc_costs_and_not_what_nothing_pays(modes: str, places: int) -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": "a", "to_node_id": "b", "mode": ["rail", "ship"]})
    links = links.assign(directed=True, tariff=[1.0, 0.00123])
    row = {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 5.0, "value": 9.0}
    goods = pd.DataFrame({"commodity": ["ore"], "modes": [modes]})
    made = build(cd.Network(nodes, links, commodities=goods), pd.DataFrame(row))
    assert made.problem.cost[made.arcs.of(Kind.LINK)].tolist() == ([10_000] if modes else [100_000, 123])
    assert made.units.cost_places == places


def test_units_do_not_fit_the_costs_of_what_goods_do_not_come_to() -> None:
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": ["a", "c"], "to_node_id": ["b", "d"], "mode": "rail"})
    row = {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 5.0, "value": 9.0}
    nodes = pd.DataFrame({"node_id": [*"abcd"]})
    for start, places in (("c", 4), ("b", 5)):
        network = cd.Network(nodes, links.assign(from_node_id=["a", start], directed=True, tariff=[1.0, 0.00123]))
        assert build(network, pd.DataFrame(row)).units.cost_places == places


def test_goods_are_not_asked_what_they_would_cost_where_they_do_not_come() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b", "c"]})
    links = pd.DataFrame({"link_id": ["l"], "from_node_id": "b", "to_node_id": "c", "mode": ["rail"]})
    zones = pd.DataFrame({"zone_id": ["at"], "role": "destination", "node_id": "a"})
    row = {"demand_id": ["d"], "commodity": "ore", "volume": 5.0, "value": 9.0}
    network = cd.Network(nodes, links, zones=zones)
    made = build(network, pd.DataFrame({**row, "origin": "a", "destination": "at"}))
    assert not len(made.arcs.of(Kind.LINK))
    with pytest.raises(cd.InputError, match="tariff is missing"):
        build(network, pd.DataFrame({**row, "origin": "b", "destination": "c"}))


@pytest.mark.parametrize("number", [0, 2, 3, 4])
def test_links_and_transfers_cost_each_commodity_its_own(number: int) -> None:
    made, network = model(number), example(number).network
    cost = made.parts.cost()[made.part_of]
    for kind, of_table in ((Kind.LINK, link_parts), (Kind.TRANSFER, transfer_parts)):
        for row, commodity in enumerate(made.classes.commodity):
            arcs = made.arcs.of(kind)[made.arcs.owner[made.arcs.of(kind)] == row]
            assert (cost[arcs] == of_table(network, commodity).cost()[made.arcs.item[arcs]]).all()
