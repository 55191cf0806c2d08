"""What follows from changed numbers: arrays against those of tables changed by hand, and errors against their cause."""

from __future__ import annotations

import re
from functools import cache
from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, Case, case, with_steps

import corridors as cd
from corridors.model.build import build, counted
from corridors.model.compile import Compiler, apply, compiler_of, limits_wanted

FIELDS = {
    "links": ["capacity", "background", "tariff", "time", "headway", "border_fee", "border_time"],
    "transfers": ["capacity", "cost", "time"],
    "nodes": ["capacity"],
    "zones": ["limit", "price"],
    "demand": ["volume", "value"],
    "fleets": ["capacity"],
    "cost_steps": ["load", "extra_cost"],
}
COLUMNS = ["scenario", "table", "id", "field", "operation", "value"]


def tables_of(example: Case) -> dict[str, pd.DataFrame]:
    """Tables by the ids of their rows in scenarios; a fleet has several rows."""
    tables = {table: getattr(example.network, table) for table in FIELDS if table != "demand"}
    tables["demand"] = example.demand
    ids = {table: table[:-1] + "_id" for table in tables} | {"demand": "demand_id", "cost_steps": "step_id"}
    found = {table: frame.set_index(ids[table], drop=False) for table, frame in tables.items() if table != "zones"}
    return found | {"zones": tables["zones"].set_index(example.network.member_ids().to_numpy(object), drop=False)}


def changed(random: Random, example: Case, scenario: int) -> tuple[list[tuple[object, ...]], Case]:
    """Some changes, of one number in turn now and then, and the case with them in its tables."""
    tables, rows = {name: frame.copy() for name, frame in tables_of(example).items()}, []
    for _ in range(random.randint(2, 7)):
        table = random.choice([name for name, frame in tables.items() if len(frame)])
        frame = tables[table]
        name, field = random.choice(frame.index.tolist()), random.choice(FIELDS[table])
        now = float(frame.loc[[name], field].iloc[0])
        if table == "cost_steps":  # only the last of a ladder may rise without the next
            ladder = [*("link_id", "transfer_id", "commodities", "origins", "direction")]
            same = (frame[ladder] == frame.loc[name, ladder]).all(axis=1)
            name = frame[same].sort_values(["load", "extra_cost"]).index[-1]
            now = float(frame.loc[name, field])
            if field == "load" and now == 0:
                continue
        adds = table == "cost_steps" or random.random() < 0.3
        operation = "set" if np.isnan(now) else "add" if adds else random.choice(["set", "scale"])
        value = {"set": 5.0 * random.randint(0, 20), "scale": random.choice([0.0, 0.5, 3.0]), "add": 15.0}[operation]
        if any((table, name, field, operation) == row[1:5] for row in rows):
            continue
        rows.append((scenario, table, name, field, operation, value))
        frame.loc[name, field] = {"set": value, "scale": now * value, "add": now + value}[operation]
    demand = tables.pop("demand").reset_index(drop=True)
    network = example.network.replace(**{name: frame.reset_index(drop=True) for name, frame in tables.items()})
    return rows, Case(network, demand)


SCENARIOS = 5


@cache
def compiled(number: int) -> tuple[Compiler, list[Case]]:
    """Scenarios of a generated case, and the cases that they are by hand."""
    random = Random(number)
    example = with_steps(random, case(random))
    example = Case(example.network.replace(tariffs=None), example.demand)
    made = [changed(random, example, scenario) for scenario in range(SCENARIOS)]
    rows = pd.DataFrame([row for found, _ in made for row in found], columns=COLUMNS)
    scenarios = cd.Scenarios([f"s{i}" for i in range(SCENARIOS)], rows)
    return compiler_of(example.network, example.demand, scenarios), [by_hand for _, by_hand in made]


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
@pytest.mark.parametrize("scenario", range(SCENARIOS))
@pytest.mark.parametrize("number", range(3 * TIMES))
def test_changes_of_arrays_are_those_of_changed_tables(number: int, scenario: int) -> None:
    compiler, cases = compiled(number)
    found = apply(compiler.model, compiler.block(0, SCENARIOS), scenario, compiler.groups)
    by_hand, limits = cases[scenario], limits_wanted(compiler.scenarios)
    wanted = counted(build(by_hand.network, by_hand.demand, limits), compiler.model.units)
    assert found.problem.cost.tolist() == wanted.problem.cost.tolist()
    assert found.problem.capacity.tolist() == wanted.problem.capacity.tolist()
    assert found.bundles.limit.tolist() == wanted.bundles.limit.tolist()


def mine() -> tuple[cd.Network, pd.DataFrame]:
    """Ore of two pits, at prices of their own, over a line of 9 t less 1 t of others, or by a road without a limit."""
    nodes = pd.DataFrame({"node_id": ["west", "east", "port"]})
    links = pd.DataFrame({"link_id": ["line", "road"], "from_node_id": ["west", "east"], "to_node_id": "port"})
    links = links.assign(mode="rail", directed=True, tariff=[10.0, 20.0], capacity=[9.0, np.nan], background=[1.0, 0.0])
    pits = pd.DataFrame({"zone_id": "pits", "role": "origin", "node_id": ["west", "east"], "price": [3.0, 5.0]})
    row = {
        "demand_id": ["d"],
        "commodity": "ore",
        "origin": "pits",
        "destination": "port",
        "volume": 7.0,
        "value": 99.0,
    }
    return cd.Network(nodes, links, zones=pits), pd.DataFrame(row)


def scenarios_of(*changes: tuple[int, str, str, str, str, float]) -> cd.Scenarios:
    names = [f"s{i}" for i in range(1 + max(change[0] for change in changes))]
    return cd.Scenarios(names, pd.DataFrame(changes, columns=COLUMNS))


def test_changes_of_one_number_are_made_in_turn_and_from_the_base_in_each_scenario() -> None:
    room = [("set", 8.0), ("scale", 2.0), ("add", 1.0)]
    asked = scenarios_of(
        *((0, "links", "line", "capacity", *change) for change in room),
        *((1, "links", "line", "capacity", *change) for change in room[1:]),
        (1, "links", "line", "tariff", "add", 4.0),
        *((2, "links", "line", "capacity", *change) for change in reversed(room[1:])),
    )
    compiler = compiler_of(*mine(), asked)
    block, unit = compiler.block(0, 3), compiler.model.units.tonne
    assert [(block.limit.of(i)[1] * unit).tolist() for i in range(3)] == [[17 - 1], [19 - 1], [20 - 1]]
    later = compiler.block(2, 3)
    assert (later.limit.of(0)[1] * unit).tolist() == [19]


def test_what_equal_decimals_leave_of_a_changed_capacity_is_no_room() -> None:
    less = [("background", "set", 0.3), ("capacity", "set", 0.1), ("capacity", "add", 0.2)]
    compiler = compiler_of(*mine(), scenarios_of(*((0, "links", "line", *change) for change in less)))
    assert compiler.model.units.places == 0
    assert compiler.block(0, 1).limit.value.tolist() == [0]


def test_a_limit_is_what_changed_background_leaves_of_a_changed_capacity() -> None:
    room = [(0, "links", "line", field, "set", value) for field, value in (("capacity", 20.0), ("background", 6.0))]
    compiler = compiler_of(*mine(), scenarios_of(*room))
    assert (compiler.block(0, 1).limit.value * compiler.model.units.tonne).tolist() == [14]


def test_parts_of_one_cost_are_added_up() -> None:
    parts = [(0, "links", "line", name, "add", value) for name, value in (("tariff", 4.0), ("border_fee", 2.0))]
    compiler = compiler_of(*mine(), scenarios_of(*parts, (1, *parts[0][1:])))
    block, unit = compiler.block(0, 2), compiler.model.units.cost
    assert [(block.cost.of(i)[1] * unit).tolist() for i in (0, 1)] == [[16.0], [14.0]]


def test_the_price_of_each_member_is_changed_alone_and_may_fall_below_nothing() -> None:
    asked = scenarios_of(
        (0, "zones", "pits:east", "price", "add", -15.0), (1, "zones", "pits:west", "price", "set", 4.0)
    )
    compiler = compiler_of(*mine(), asked)
    block, unit = compiler.block(0, 2), compiler.model.units.cost
    assert [(block.cost.of(i)[0].tolist(), (block.cost.of(i)[1] * unit).tolist()) for i in (0, 1)] == [
        ([1], [-10.0]),
        ([0], [4.0]),
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            [("links", "line", "capacity", "scale", 1e12)],
            r"a number is beyond 1e\+12 \(links line: capacity, 9e\+12\) for 1 scenario \(s1\); keep it below",
        ),
        (
            [("links", "line", "capacity", "scale", 1e12), ("links", "line", "capacity", "set", 5.0)],
            r"a number is beyond 1e\+12 \(links line: capacity, 9e\+12\)",
        ),
        (
            [("links", "line", "tariff", "add", -10.5)],
            r"a number falls below 0 \(links line: tariff, to -0.5\) for 1 scenario \(s1\); keep it at 0 or above",
        ),
        (
            [("links", "line", "tariff", "set", 6e8), ("links", "line", "border_fee", "set", 5e8)],
            r"a cost in USD/t is beyond 1e\+09 \(links line: tariff, 1.1e\+09\) for 1 scenario \(s1\)",
        ),
        (
            [("demand", "d", "value", "set", 2e9)],
            r"a value in USD/t is beyond 1e\+09 \(demand d: value, 2e\+09\) for 1 scenario \(s1\)",
        ),
        ([("links", "road", "capacity", "add", 1.0)], r"links: capacity is not there to add for 1 link \(road\); use"),
    ],
)
def test_what_can_not_be_is_refused_by_number_value_and_scenario(
    changes: list[tuple[str, str, str, str, float]], says: str
) -> None:
    dear = ("links", "line", "tariff", "set", 6e8)
    asked = scenarios_of((0, *dear), *((1, *change) for change in changes), (2, *dear))
    compiler = Compiler(build(*mine(), limits_wanted(asked)), asked)
    assert compiler.block(0, 1).size == 1
    for first in (0, 1):
        with pytest.raises(cd.InputError, match=says):
            compiler.block(first, 3)


def stepped() -> tuple[cd.Network, pd.DataFrame]:
    """The same, where the first 4 t over the line pay nothing more, the next 3 t 2 USD/t, and all others 5 USD/t."""
    ladder = pd.DataFrame({"step_id": ["one", "two", "three"], "link_id": "line", "load": [0.0, 4.0, 7.0]})
    network, rows = mine()
    return network.replace(cost_steps=ladder.assign(extra_cost=[0.0, 2.0, 5.0])), rows


@pytest.mark.parametrize(
    ("changes", "widths", "costs"),
    [
        ([("two", "load", 5.0)], [5, 2], []),
        ([("two", "load", 5.0), ("three", "load", 9.0)], [5, 4], []),
        ([("three", "load", 8.0)], [4], []),
        ([("three", "load", 4.0)], [0], []),
        ([("two", "load", 7.0), ("one", "load", 0.0)], [7, 0], []),
        ([("one", "extra_cost", 2.0)], [], [12]),
        ([("three", "extra_cost", 2.0), ("two", "extra_cost", 1.0)], [], [11, 12]),
    ],
)
def test_steps_move_with_their_loads_and_costs(
    changes: list[tuple[str, str, float]], widths: list[float], costs: list[float]
) -> None:
    steps = [(1, "cost_steps", step, field, "set", value) for step, field, value in changes]
    asked = scenarios_of((0, "links", "line", "tariff", "set", 10.0), *steps)
    compiler = compiler_of(*stepped(), asked)
    block, units = compiler.block(0, 2), compiler.model.units
    assert sorted((block.limit.of(1)[1] * units.tonne).tolist()) == sorted(widths)
    assert sorted((block.cost.of(1)[1] * units.cost).tolist()) == costs


def test_the_widths_of_steps_may_be_all_that_is_shared() -> None:
    network, rows = stepped()
    network = network.replace(links=network.links.assign(capacity=np.nan, background=0.0))
    compiler = compiler_of(network, rows, scenarios_of((0, "cost_steps", "two", "load", "set", 5.0)))
    entry, limit = compiler.block(0, 1).limit.of(0)
    assert dict(zip(entry.tolist(), (limit * compiler.model.units.tonne).tolist(), strict=True)) == {0: 5.0, 1: 2.0}


@pytest.mark.parametrize(
    ("step", "field", "value", "says"),
    [
        ("one", "load", 0.5, "the first step of a ladder starts above 0 (cost_steps one: load, 0.5)"),
        ("two", "load", 7.5, "loads fall from a step to the next (cost_steps two: load, 7.5)"),
        ("three", "load", 3.5, "loads fall from a step to the next (cost_steps three: load, 3.5)"),
        ("one", "extra_cost", 2.5, "costs fall from a step to the next (cost_steps one: extra_cost, 2.5)"),
        ("two", "extra_cost", 5.5, "costs fall from a step to the next (cost_steps two: extra_cost, 5.5)"),
        ("three", "extra_cost", 1.5, "costs fall from a step to the next (cost_steps three: extra_cost, 1.5)"),
        ("three", "extra_cost", 999_999_999.0, "a cost in USD/t is beyond 1e+09 (links line: tariff, 1e+09)"),
    ],
)
def test_steps_that_no_longer_rise_are_refused_by_step(step: str, field: str, value: float, says: str) -> None:
    asked = scenarios_of((0, "cost_steps", step, field, "set", value))
    compiler = Compiler(build(*stepped(), limits_wanted(asked)), asked)
    with pytest.raises(cd.InputError, match=re.escape(says)):
        compiler.block(0, 1)


@pytest.mark.parametrize(("step", "other"), [("two", 1.5), ("three", 2.5)])
def test_a_step_may_not_cost_less_than_the_one_before(step: str, other: float) -> None:
    network, rows = stepped()
    network = network.replace(cost_steps=network.cost_steps.assign(extra_cost=[2.0, 3.0, 5.0]))
    asked = scenarios_of((0, "cost_steps", step, "extra_cost", "set", other))
    with pytest.raises(cd.InputError, match=re.escape(f"costs fall from a step to the next (cost_steps {step}: ")):
        Compiler(build(network, rows, limits_wanted(asked)), asked).block(0, 1)
