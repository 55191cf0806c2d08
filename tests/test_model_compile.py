"""What scenarios ask of a model before it is built, and how their changes become changes of its arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.arrays.problem import UNCAPACITATED
from corridors.model import compile
from corridors.model.arcs import Kind
from corridors.model.build import build
from corridors.model.bundles import Use
from corridors.model.compile import compiler_of, limits_wanted, uses_wanted


def case() -> tuple[cd.Network, pd.DataFrame]:
    """Two links one way, of which the second is closed, and two goods."""
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"})
    links = links.assign(directed=True, tariff=[1.0, 2.0], capacity=[5.0, np.nan], status=["operating", "closed"])
    rows = pd.DataFrame({"demand_id": ["d", "e"], "commodity": ["ore", "oil"], "origin": "a", "destination": "b"})
    return cd.Network(nodes, links), rows.assign(volume=[6.0, 7.0], value=[9.0, 8.0])


def scenarios(*changes: tuple[int, str, str, str, str, float | None], **narrowed: str) -> cd.Scenarios:
    """Scenarios of changes: number, table, id, field, operation and value."""
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    rows = pd.DataFrame(changes, columns=columns).assign(**narrowed)
    return cd.Scenarios([f"s{i}" for i in range(1 + max(change[0] for change in changes))], rows)


def test_users_are_wanted_where_a_capacity_is_narrowed_and_once() -> None:
    network, _ = case()
    room = [(0, "links", "l", "capacity", "set", 3.0), (1, "links", "l", "capacity", "set", 4.0)]
    assert uses_wanted(network, scenarios(*room, commodity="ore")) == [Use("l", "ore", "", "")]
    assert uses_wanted(network, scenarios(*room, origin="a", direction="fwd")) == [Use("l", "", "a", "fwd")]
    assert uses_wanted(network, scenarios(*room)) == []
    toll = (2, "links", "m", "tariff", "add", 1.0)
    assert uses_wanted(network, scenarios(toll, commodity="ore")) == []
    assert uses_wanted(network, scenarios(*room, toll, commodity="ore")) == [Use("l", "ore", "", "")]
    unknown = (0, "links", "nowhere", "capacity", "set", 3.0)
    assert uses_wanted(network, scenarios(unknown, commodity="ore")) == []


def test_limits_are_wanted_where_a_capacity_or_a_limit_changes() -> None:
    asked = scenarios(
        (0, "links", "m", "capacity", "set", 3.0),
        (0, "links", "l", "tariff", "set", 3.0),
        (1, "nodes", "b", "capacity", "set", 3.0),
        (1, "links", "l", "capacity", "scale", 0.5),
    )
    assert limits_wanted(asked) == {"links": {"l", "m"}, "nodes": {"b"}}
    assert limits_wanted(scenarios((0, "links", "l", "tariff", "set", 3.0))) == {}


def test_blocks_hold_closures_by_group_and_all_else_by_entry() -> None:
    asked = scenarios(
        (0, "links", "l", "status", "close", None),
        (1, "links", "l", "tariff", "add", 0.5),
        (1, "demand", "e", "volume", "set", 9.0),
        (2, "demand", "d", "value", "set", 4.0),
        (2, "links", "l", "capacity", "set", 2.9),
        (2, "links", "l", "status", "close", None),
    )
    compiler = compiler_of(*case(), asked)
    made, groups = compiler.model, compiler.groups
    links = [arc for arc in made.arcs.of(Kind.LINK).tolist() if made.arcs.item[arc] == 0]
    row = {made.arcs.item[arc]: arc for arc in made.arcs.of(Kind.DEMAND).tolist()}
    for first, last in ((0, 3), (1, 3), (2, 3)):
        block = compiler.block(first, last)
        assert block.size == last - first
        shut = {
            number: {a for g in block.closed.of(number)[0] for a in groups[[g]].indices} for number in range(block.size)
        }
        assert shut == {number: set(links) if number + first in (0, 2) else set() for number in range(block.size)}
    block = compiler.block(1, 3)
    changed = [
        [dict(zip(*(part.tolist() for part in array.of(number)), strict=True)) for number in (0, 1)]
        for array in (block.capacity, block.cost, block.limit)
    ]
    assert (made.units.places, made.units.cost_places) == (1, 4)
    assert changed[0] == [{row[1]: 90}, {}]
    assert changed[1] == [dict.fromkeys(links, 15_000), {row[0]: -40_000}]
    assert changed[2][0] == {}
    assert list(changed[2][1].values()) == [29]


def test_of_a_closure_and_an_opening_the_later_counts() -> None:
    opens = (0, "links", "m", "status", "open", None)
    closes = (0, "links", "m", "status", "close", None)
    for changes, shut in (((opens,), False), ((opens, closes), True), ((closes, opens), False), ((closes,), True)):
        compiler = compiler_of(*case(), scenarios(*changes, (1, "links", "l", "status", "open", None)))
        block = compiler.block(0, 2)
        arcs = [arc for arc in compiler.model.arcs.of(Kind.LINK).tolist() if compiler.model.arcs.item[arc] == 1]
        entry, value = block.capacity.of(0)
        assert entry.tolist() == ([] if shut else arcs)
        assert value.tolist() == ([] if shut else [UNCAPACITATED] * len(arcs))
        assert not len(block.capacity.of(1)[0])  # it was open


def test_a_model_counts_finely_enough_for_its_scenarios() -> None:
    network, demand = case()
    assert compiler_of(network, demand, scenarios((0, "links", "l", "tariff", "add", 0.5))).model.units.cost_places == 4
    fine = compiler_of(network, demand, scenarios((0, "links", "l", "tariff", "set", 0.00123)))
    assert fine.model.units.cost_places == 5
    assert 123 in fine.block(0, 1).cost.value
    assert compiler_of(network, demand, scenarios((0, "demand", "d", "volume", "set", 0.5))).model.units.places == 1


@pytest.mark.parametrize(
    ("change", "narrowed", "message"),
    [
        ((0, "links", "x", "tariff", "add", 1.0), {}, r"links: id of a scenario is unknown for 1 link \(x\)"),
        (
            (0, "links", "l", "tariff", "add", 1.0),
            {"commodity": "tin"},
            r"commodities: of a scenario is not moved .*tin",
        ),
        ((0, "links", "l", "tariff", "add", 1.0), {"origin": "b"}, r"origins: of a scenario is not moved .*b"),
    ],
)
def test_what_a_case_does_not_have_is_refused(
    change: tuple[int, str, str, str, str, float | None], narrowed: dict[str, str], message: str
) -> None:
    with pytest.raises(cd.InputError, match=message):
        compiler_of(*case(), scenarios(change, (0, "links", "l", "border_fee", "add", 1.0), **narrowed)).block(0, 1)


def test_scenarios_go_onto_a_model_that_has_all_they_need() -> None:
    first = compiler_of(*case(), scenarios((0, "links", "l", "status", "close", None)))
    fits = scenarios((0, "links", "l", "capacity", "set", 3.0), (0, "links", "m", "status", "open", None))
    other = first.onto(fits)
    assert other is not None
    assert other.model is first.model
    assert not other.by_group.any()
    assert other.rows.tolist() == [0, 1]
    assert first.onto(scenarios((0, "links", "m", "capacity", "set", 3.0))) is None  # m has no limit so far
    assert first.onto(scenarios((0, "links", "l", "tariff", "set", 0.00123))) is None  # which needs a finer unit
    assert first.onto(scenarios((0, "links", "l", "capacity", "set", 3.0), commodity="ore")) is None


def test_scenarios_of_many_numbers_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    tolls = [(i, "links", link, "tariff", "add", 0.5 + i) for i in range(3) for link in ("l", "m")]
    compiler = compiler_of(*case(), scenarios(*tolls, (0, "links", "l", "status", "close", None)))
    numbers = 3 * int(np.diff(compiler.start)[~compiler.is_status].sum())
    for most, looked in ((numbers, True), (numbers - 1, False)):
        monkeypatch.setattr(compile, "LOOKED", most)
        assert (compiler._brought() is not None) == looked


def test_a_number_beyond_all_counting_is_refused_with_its_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "LOOKED", 0)
    wanted = [(i, "demand", "d", "volume", "set", 1e12 if i == 2 else 1.0) for i in range(4)]
    compiler = compiler_of(*case(), scenarios(*wanted))
    assert compiler.block(0, 2).size == 2
    with pytest.raises(cd.InputError, match=r"a number is beyond 9.0072e\+15 units of 1e-07 .* for 1 scenario \(s2\)"):
        compiler.block(1, 4)


def test_a_scenario_as_a_model_is_that_of_its_tables() -> None:
    network, demand = case()
    asked = scenarios(
        (0, "links", "l", "tariff", "add", 0.5),
        (1, "demand", "e", "volume", "set", 9.0),
        (1, "demand", "d", "value", "set", 4.0),
        (2, "links", "m", "status", "open", None),
        (2, "links", "m", "tariff", "set", 3.0),
        (2, "links", "l", "capacity", "set", 4.0),
    )
    links = network.links
    tables = [
        (links.assign(tariff=[1.5, 2.0]), demand),
        (links, demand.assign(volume=[6.0, 9.0], value=[4.0, 8.0])),
        (links.assign(tariff=[1.0, 3.0], status="operating", capacity=[4.0, np.nan]), demand),
    ]
    compiler = compiler_of(network, demand, asked)
    for number, (changed, rows) in enumerate(tables):
        found, expected = compiler.model_of(number), build(network.replace(links=changed), rows)
        assert found.units == expected.units
        assert found.problem.cost.tolist() == expected.problem.cost.tolist()
        assert found.problem.capacity.tolist() == expected.problem.capacity.tolist()
        assert found.bundles.limit.tolist() == expected.bundles.limit.tolist()
        kind = found.arcs.kind == Kind.LINK
        assert (
            found.parts.cost()[found.part_of][kind].tolist() == expected.parts.cost()[expected.part_of][kind].tolist()
        )
        assert found.demand[["volume", "value"]].equals(rows[["volume", "value"]])


def test_a_closure_as_a_model_closes_the_arcs_of_its_group_only() -> None:
    network, demand = case()
    network = network.replace(links=network.links.assign(status="operating"))
    closures = scenarios((0, "links", "l", "status", "close", None), (1, "links", "m", "status", "close", None))
    compiler = compiler_of(network, demand, closures)
    assert compiler.by_group.all()
    for number in (0, 1):
        found = compiler.model_of(number)
        carries = found.problem.capacity[found.arcs.of(Kind.LINK)] > 0
        assert (carries == (found.arcs.item[found.arcs.of(Kind.LINK)] != number)).all()
