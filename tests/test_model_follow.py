"""What follows from changed numbers: arrays against those of tables changed by hand, and errors against their cause."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, Case, case, with_steps

import corridors as cd
from corridors.model.build import build, counted
from corridors.model.compile import apply, compiler_of, limits_wanted

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


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
@pytest.mark.parametrize("number", range(3 * TIMES))
def test_changes_of_arrays_are_those_of_changed_tables(number: int) -> None:
    random = Random(number)
    example = with_steps(random, case(random))
    example = Case(example.network.replace(tariffs=None), example.demand)
    made = [changed(random, example, scenario) for scenario in range(5)]
    rows = pd.DataFrame([row for found, _ in made for row in found], columns=COLUMNS)
    scenarios = cd.Scenarios([f"s{i}" for i in range(len(made))], rows)
    compiler = compiler_of(example.network, example.demand, scenarios)
    block = compiler.block(0, len(made))
    for scenario, (_, by_hand) in enumerate(made):
        found = apply(compiler.model, block, scenario, compiler.groups)
        wanted = counted(build(by_hand.network, by_hand.demand, limits_wanted(scenarios)), compiler.model.units)
        assert found.problem.cost.tolist() == wanted.problem.cost.tolist(), scenario
        assert found.problem.capacity.tolist() == wanted.problem.capacity.tolist(), scenario
        assert found.bundles.limit.tolist() == wanted.bundles.limit.tolist(), scenario
