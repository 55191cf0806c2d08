"""Scenarios mean what editing the tables by hand means, and closures what they are named for."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import isnan
from random import Random

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from generated import TIMES, Case, case
from independent import least_loss

import corridors as cd

COLUMNS = ["scenario", "table", "id", "field", "operation", "value"]
NUMBERS = {
    "links": ["capacity", "background", "tariff", "time", "headway", "border_fee", "border_time"],
    "transfers": ["capacity", "cost", "time"],
    "nodes": ["capacity"],
    "zones": ["limit", "price"],
    "demand": ["volume", "value"],
}
KEYS = {"links": "link_id", "transfers": "transfer_id", "nodes": "node_id", "demand": "demand_id"}
examples = pytest.mark.parametrize("number", range(4 * TIMES))


def keyed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table by the ids that scenarios know its rows by."""
    ids = frame.zone_id + ":" + frame.node_id if table == "zones" else frame[KEYS[table]]
    return frame.set_axis(ids.tolist())


def by_hand(example: Case, changes: pd.DataFrame) -> Case:
    """The tables as somebody would edit them who has never heard of scenarios."""
    tables = {table: keyed(table, getattr(example.network, table)) for table in NUMBERS if table != "demand"}
    tables["demand"] = keyed("demand", example.demand).copy()
    for change in changes.itertuples():
        frame = tables[change.table]
        if change.operation in ("close", "open"):
            frame.loc[change.id, "status"] = "closed" if change.operation == "close" else "operating"
            continue
        now = frame.loc[change.id, change.field]
        then = {"set": change.value, "scale": now * change.value, "add": now + change.value}[change.operation]
        frame.loc[change.id, change.field] = then
    demand = tables.pop("demand").reset_index(drop=True)
    return Case(example.network.replace(**tables), demand)


def some_changes(random: Random, example: Case, scenarios: int) -> pd.DataFrame:
    """One to four changes a scenario, of any table and kind, the same number twice now and then."""
    rows = []
    for scenario in range(scenarios):
        for _ in range(random.randint(1, 4)):
            table = random.choice(list(NUMBERS))
            frame = keyed(table, example.demand if table == "demand" else getattr(example.network, table))
            if not len(frame):
                continue
            row = random.choice(list(frame.index))
            if table in ("links", "transfers") and random.random() < 0.3:
                rows.append((scenario, table, row, "status", random.choice(["close", "open"]), np.nan))
                continue
            field = random.choice(NUMBERS[table])
            operation = "set" if isnan(frame.loc[row, field]) else random.choice(["set", "scale", "add"])
            value = {"set": 5.0 * random.randint(0, 30), "scale": random.choice([0.0, 0.2, 2.0]), "add": 15.0}
            rows.append((scenario, table, row, field, operation, value[operation]))
            if operation == "add" and random.random() < 0.4:
                rows.append((scenario, table, row, field, "scale", 2.0))
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(COLUMNS[:-1], ignore_index=True)


@cache
def swept(number: int) -> tuple[Case, pd.DataFrame, xr.Dataset]:
    random = Random(1000 + number)
    example = case(random)
    changes = some_changes(random, example, 8)
    scenarios = cd.Scenarios([f"s{i}" for i in range(8)], changes)
    keep = ("flow", "transfer_flow", "member_flow", "price", "rent", "throughput", "tied")
    return example, changes, cd.sweep(example.network, example.demand, scenarios, keep=keep, progress=False)


@cache
def edited(number: int, scenario: int) -> Case:
    example, changes, _ = swept(number)
    return by_hand(example, changes[changes.scenario == scenario])


def money(amount: float) -> object:
    return pytest.approx(amount, rel=1e-9, abs=1e-6)


@examples
def test_a_scenario_loses_what_the_tables_edited_by_hand_lose(number: int) -> None:
    _, _, result = swept(number)
    for scenario, loss in enumerate(result.loss.to_numpy()):
        hand = edited(number, scenario)
        assert loss == money(least_loss(hand.network, hand.demand).loss), scenario


@examples
def test_the_loss_of_a_scenario_is_its_cost_and_the_value_of_what_stays_behind(number: int) -> None:
    _, _, result = swept(number)
    for scenario in range(result.sizes["scenario"]):
        demand = edited(number, scenario).demand
        one = result.isel(scenario=scenario)
        unmet = one.unmet.to_numpy()
        assert (unmet >= 0).all()
        assert (unmet <= demand.volume + 1e-6).all(), scenario
        assert float(one.loss) == money(float(one.cost) + unmet @ demand.value), scenario
        assert float(one.loss) == money(float(one.objective) + demand.volume @ demand.value), scenario
        assert float(one.gap) <= 1e-9


@examples
def test_what_flows_in_a_scenario_fits_its_tables(number: int) -> None:
    _, _, result = swept(number)
    for scenario in range(result.sizes["scenario"]):
        network = edited(number, scenario).network
        one = result.isel(scenario=scenario)
        flows = one.flow.sum("commodity").to_numpy()
        links = network.links
        used = np.where(links.capacity_scope == "both", flows.sum(axis=1), flows.max(axis=1, initial=0))
        room = (links.capacity - links.background).clip(lower=0).where(links.status == "operating", 0).fillna(np.inf)
        assert (used <= room + 1e-6).all(), scenario
        moved = one.transfer_flow.sum(["direction", "commodity"]).to_numpy()
        transfers = network.transfers
        room = transfers.capacity.where(transfers.status == "operating", 0).fillna(np.inf)
        assert (moved <= room + 1e-6).all(), scenario
        taken = one.member_flow.sum("commodity").to_numpy()
        assert (taken <= network.zones.limit.fillna(np.inf) + 1e-6).all(), scenario


@pytest.mark.parametrize("number", range(0, 8, 3))
def test_the_order_of_scenarios_and_their_neighbours_change_nothing(number: int) -> None:
    example, changes, result = swept(number)
    backwards = changes.assign(scenario=7 - changes.scenario)
    turned = cd.Scenarios([f"s{7 - i}" for i in range(8)], backwards)
    again = cd.sweep(example.network, example.demand, turned, progress=False).sel(scenario=result.scenario)
    assert again.loss.to_numpy() == money(result.loss.to_numpy())
    alone = cd.Scenarios(["s3"], changes[changes.scenario == 3].assign(scenario=0))
    one = cd.sweep(example.network, example.demand, alone, keep=("flow", "rent"), progress=False).isel(scenario=0)
    same = result.sel(scenario="s3")
    assert float(one.loss) == float(same.loss)
    assert (one.unmet.to_numpy() == same.unmet.to_numpy()).all()
    assert (one.flow.to_numpy() == same.flow.to_numpy()).all()


@pytest.mark.parametrize("number", range(0, 8, 3))
def test_a_scenario_without_changes_is_the_base(number: int) -> None:
    example, _, _ = swept(number)
    nothing = cd.Scenarios(["as it is"], pd.DataFrame(columns=COLUMNS))
    result = cd.sweep(example.network, example.demand, nothing, progress=False)
    assert result.loss.item() == money(float(cd.solve(example.network, example.demand).loss))


@pytest.mark.parametrize("number", range(0, 8, 3))
def test_what_is_kept_does_not_change_what_is_found(number: int) -> None:
    example, changes, result = swept(number)
    scenarios = cd.Scenarios([f"s{i}" for i in range(8)], changes)
    little = cd.sweep(example.network, example.demand, scenarios, keep=(), progress=False)
    assert little.loss.to_numpy() == money(result.loss.to_numpy())
    assert "flow" not in little
    assert "flow" in result


#     aktau ~~ferry 10, at most 60~~ baku ──rail 12── poti         grain aktau -> poti 50 t, worth 100
#       └─────────────────────── north 40 ───────────────┘          oil   aktau -> poti 50 t, worth 100
def corridor() -> cd.Network:
    return cd.Network(
        pd.DataFrame({"node_id": ["aktau", "baku", "poti"]}),
        pd.DataFrame(
            {
                "link_id": ["ferry", "rail", "north", "plan"],
                "from_node_id": ["aktau", "baku", "aktau", "aktau"],
                "to_node_id": ["baku", "poti", "poti", "poti"],
                "mode": ["ferry", "rail-1520", "rail-1520", "ship"],
                "tariff": [10.0, 12.0, 40.0, 1.0],
                "capacity": [60.0, None, None, None],
                "country": ["KZ;AZ", "AZ;GE", "KZ;RU;GE", "KZ"],
                "corridors": ["middle", "middle", "northern", ""],
                "status": ["operating", "operating", "operating", "planned"],
            }
        ),
        pd.DataFrame({"transfer_id": ["berth"], "node_id": ["baku"], "from_mode": ["ferry"], "to_mode": ["rail-1520"]}),
    )


def demand() -> pd.DataFrame:
    rows = [("g", "grain", "aktau", "poti", 50.0, 100.0), ("o", "oil", "aktau", "poti", 50.0, 100.0)]
    return pd.DataFrame(rows, columns=["demand_id", "commodity", "origin", "destination", "volume", "value"])


BASE = 60 * 22 + 40 * 40
NORTH, MIDDLE, NOTHING = 100 * 40, 60 * 22 + 40 * 100, 100 * 100


def losses(scenarios: cd.Scenarios) -> dict[str, float]:
    result = cd.sweep(corridor(), demand(), scenarios, progress=False)
    return dict(zip(result.scenario.to_numpy().tolist(), result.loss.to_numpy().tolist(), strict=True))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("link", {"ferry": NORTH, "rail": NORTH, "north": MIDDLE}),
        ("node", {"aktau": NOTHING, "baku": NORTH, "poti": NOTHING}),
        ("country", {"AZ": NORTH, "GE": NOTHING, "KZ": NOTHING, "RU": MIDDLE}),
        ("corridor", {"middle": NORTH, "northern": MIDDLE}),
        ("mode", {"ferry": NORTH, "rail-1520": NOTHING}),
    ],
)
def test_an_outage_closes_what_it_is_named_for(by: str, expected: dict[str, float]) -> None:
    assert losses(cd.outages(corridor(), by=by)) == pytest.approx(expected)


def test_outages_of_two_close_both_and_are_named_for_both() -> None:
    scenarios = cd.outages(corridor(), k=2)
    assert scenarios.labels == ("ferry + rail", "ferry + north", "rail + north")
    assert scenarios.weights.tolist() == [1, 1, 1]
    assert list(losses(scenarios).values()) == [NORTH, NOTHING, NOTHING]


@pytest.mark.parametrize("by", ["link", "node", "country", "corridor", "mode"])
@pytest.mark.parametrize("k", [1, 2])
def test_outages_are_all_combinations_of_what_operates(by: str, k: int) -> None:
    names = [scenario.split(" + ") for scenario in cd.outages(corridor(), k=1, by=by).labels]
    expected = [" + ".join(pair) for pair in combinations([name for (name,) in names], k)]
    assert list(cd.outages(corridor(), k=k, by=by).labels) == expected


def test_closing_a_node_closes_its_transfers() -> None:
    batch = cd.outages(corridor(), by="node").select(["baku"])
    assert sorted(batch.changes(0).id) == ["berth", "ferry", "rail"]


def change(*rows: tuple[object, ...]) -> cd.Scenarios:
    return cd.Scenarios(["s"], pd.DataFrame([(0, *row) for row in rows], columns=COLUMNS))


@pytest.mark.parametrize(
    ("rows", "loss"),
    [
        ([("links", "ferry", "capacity", "scale", 0.5)], 30 * 22 + 70 * 40),
        ([("links", "ferry", "capacity", "set", 100)], 100 * 22),
        ([("links", "ferry", "background", "add", 20)], 40 * 22 + 60 * 40),
        ([("links", "ferry", "background", "set", 80)], NORTH),
        ([("links", "ferry", "capacity", "add", 40), ("links", "ferry", "background", "set", 10)], 90 * 22 + 10 * 40),
        ([("links", "rail", "capacity", "set", 10)], 10 * 22 + 90 * 40),
        ([("links", "north", "tariff", "scale", 2)], 60 * 22 + 40 * 80),
        ([("links", "north", "tariff", "add", 70)], MIDDLE),
        ([("links", "plan", "status", "open", None)], 100 * 1),
        ([("links", "ferry", "status", "close", None), ("links", "ferry", "status", "open", None)], BASE),
        ([("links", "ferry", "status", "open", None), ("links", "ferry", "status", "close", None)], NORTH),
        ([("transfers", "berth", "status", "close", None)], NORTH),
        ([("transfers", "berth", "capacity", "set", 10)], 10 * 22 + 90 * 40),
        ([("transfers", "berth", "cost", "add", 5)], 60 * 27 + 40 * 40),
        ([("nodes", "baku", "capacity", "set", 20)], 20 * 22 + 80 * 40),
        ([("nodes", "poti", "capacity", "set", 20)], 20 * 22 + 80 * 100),
        ([("demand", "g", "volume", "scale", 2)], BASE + 50 * 40),
        ([("demand", "g", "volume", "set", 0)], 50 * 22),
        ([("demand", "o", "value", "set", 30)], 60 * 22 + 40 * 30),
    ],
)
def test_a_change_does_what_it_says(rows: list[tuple[object, ...]], loss: float) -> None:
    assert losses(change(*rows)) == pytest.approx({"s": loss})


REFUSED = {
    "an unknown link": (
        [("links", "fery", "capacity", "set", 1)],
        "links: id of a scenario is unknown for 1 link (fery); give ids of the network and demand that are solved",
    ),
    "an unknown demand row": (
        [("demand", "x", "volume", "set", 1)],
        "demand: id of a scenario is unknown for 1 row (x); give ids of the network and demand that are solved",
    ),
    "an unknown table": (
        [("edges", "ferry", "capacity", "set", 1)],
        "changes: table is unknown for 1 change (0); give one of links, transfers, nodes, zones, fleets, demand, "
        "cost_steps",
    ),
    "an unknown operation": (
        [("links", "ferry", "capacity", "multiply", 1)],
        "changes: operation is unknown for 1 change (0); give one of close, open, set, scale, add",
    ),
    "a field that does not fit": (
        [("links", "ferry", "capacity", "set", 1), ("links", "ferry", "length", "set", 1)],
        "changes: field does not fit for 1 change (1); close and open take status, the rest a number; there is links: "
        "status, capacity, background, tariff, time, headway, border_fee, border_time; transfers: status, capacity, "
        "cost, time; nodes: capacity; zones: status, limit, price; fleets: capacity; demand: volume, value; "
        "cost_steps: load, extra_cost",
    ),
    "no value": (
        [("links", "ferry", "capacity", "set", "lots")],
        "scenarios: links ferry: capacity, to set to nan, is no finite number for 1 scenario (s); "
        "give a finite number, or inf for no limit",
    ),
    "scaling what there is not": (
        [("links", "rail", "capacity", "scale", 0.5)],
        "links: capacity is not there to scale for 1 link (rail); use the operation set, or give it one",
    ),
    "a number below zero": (
        [("links", "ferry", "capacity", "add", -100)],
        "scenarios: a number falls below 0 (links ferry: capacity, to -40) for 1 scenario (s); keep it at 0 or above",
    ),
    "a number beyond all sums": (
        [("links", "ferry", "capacity", "scale", 1e300)],
        "scenarios: links ferry: capacity, to scale by 1e+300, is beyond 1e+12 for 1 scenario (s); "
        "give a finite number",
    ),
    "a tariff beyond all sums": (
        [("links", "ferry", "tariff", "set", 1e11)],
        "scenarios: a cost in USD/t is beyond 1e+09 (links ferry: tariff, 1e+11) for 1 scenario (s); keep it below",
    ),
    "a value beyond all sums": (
        [("demand", "g", "value", "scale", 1e9)],
        "scenarios: a value in USD/t is beyond 1e+09 (demand g: value, 1e+11) for 1 scenario (s); keep it below",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_change_that_cannot_be_made_is_refused_with_a_remedy(what: str) -> None:
    rows, message = REFUSED[what]
    with pytest.raises(cd.InputError) as refused:
        losses(change(*rows))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: cd.outages(corridor(), by="lane"),
            "outages: by='lane' is unknown; give one of link, node, port, border, country, corridor, mode, bloc",
        ),
        (
            lambda: cd.outages(corridor(), k=9),
            "outages: k=9 does not fit; give 1 to 3, the number of link groups",
        ),
        (
            lambda: cd.Scenarios(["a", "a"], pd.DataFrame(columns=COLUMNS)),
            "scenarios: label is there twice for 1 scenario (a); name each scenario once",
        ),
        (
            lambda: cd.Scenarios(["a", "b"], pd.DataFrame(columns=COLUMNS), [1, np.nan]),
            "scenarios: weights do not fit; give 2 finite numbers >= 0",
        ),
        (
            lambda: cd.Scenarios(["a"], pd.DataFrame(columns=COLUMNS[:-2])),
            "changes: column operation, value is missing; give scenario, table, id, field, operation, value",
        ),
        (
            lambda: cd.Scenarios(
                ["a"], pd.DataFrame([(1, "links", "ferry", "status", "close", None)], columns=COLUMNS)
            ),
            "changes: scenario is no number of a scenario for 1 change (0); give 0 to 0",
        ),
        (
            lambda: cd.sweep(corridor(), demand(), cd.outages(corridor()), keep=("flows",)),
            "sweep: keep=flows is unknown; give some of flow",
        ),
    ],
)
def test_a_batch_that_cannot_be_made_is_refused_with_a_remedy(call, message: str) -> None:
    with pytest.raises(cd.InputError) as refused:
        call()
    assert str(refused.value).startswith(message)


def test_ids_in_changes_may_be_numbers() -> None:
    links = corridor().links.assign(link_id=[1, 2, 3, 4])
    shut = cd.Scenarios(["s"], pd.DataFrame([(0, "links", 1.0, "status", "close", None)], columns=COLUMNS))
    result = cd.sweep(corridor().replace(links=links), demand(), shut, progress=False)
    assert result.loss.item() == NORTH
