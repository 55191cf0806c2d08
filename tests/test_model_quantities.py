"""The numbers that scenarios change: where each stands, what it is called, and which arcs and bundles depend on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from generated import example, model

from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.bundles import Use
from corridors.model.quantities import PARTS, Quantities

every_model = pytest.mark.parametrize("number", [-1, 0, 1])


def of_tables(q: Quantities) -> Iterator[tuple[str, str, int, str, float]]:
    """Table, field, row, name and value of every number that is in one place only."""
    network, rows = q.model.network, q.model.demand
    for table, ids, frame, fields in (
        ("links", "link_id", network.links, ("capacity", "background")),
        ("transfers", "transfer_id", network.transfers, ("capacity",)),
        ("nodes", "node_id", network.nodes, ("capacity",)),
        ("fleets", "fleet_id", q.fleets, ("capacity",)),
        ("demand", "demand_id", rows, ("volume", "value")),
        ("cost_steps", "step_id", network.cost_steps, ("load", "extra_cost")),
        ("zones", "id", network.zones.assign(id=network.member_ids()), ("limit",)),
    ):
        for row, name in enumerate(frame[ids]):
            for field in fields:
                yield table, field, row, f"{table} {name}: {field}", frame[field].iloc[row]


@every_model
def test_a_number_of_a_table_is_found_by_its_row_and_named_by_its_id(number: int) -> None:
    q = Quantities(model(number))
    seen = set()
    for table, field, row, name, value in of_tables(q):
        (place,) = q.of(table, field, row).tolist()
        assert place >= len(PARTS) * q.arcs
        assert q.named(place) == name
        assert np.array([q.base[place]]) == pytest.approx([value], nan_ok=True)
        assert q.part(np.array([place])).tolist() == [len(PARTS)]
        assert q.ids[table][row] == name.removeprefix(f"{table} ").rpartition(":")[0]
        assert not q.may_be_negative[place]
        seen.add(place)
    unnamed = (q.model.steps.row < 0).sum()  # what stands before the first load that a ladder gives: two numbers each
    assert seen <= set(range(len(PARTS) * q.arcs, q.size))
    assert len(seen) == q.size - len(PARTS) * q.arcs - 2 * unnamed


def carriers(made: Model, kinds: tuple[Kind, ...], row: int, commodity: str, origin: str, direction: str) -> list[int]:
    """Arcs of a link, transfer or member for a commodity, an origin and a direction; blank for all."""
    arcs, classes = made.arcs, made.classes
    chosen = np.isin(arcs.kind, kinds) & (arcs.item == row)
    for column, wanted in (
        (classes.commodity.to_numpy()[arcs.owner], commodity),
        (classes.origin.to_numpy()[arcs.owner], origin),
        (np.array(["fwd", "rev"])[arcs.direction], direction),
    ):
        chosen &= (column == wanted) | (wanted == "")
    return np.flatnonzero(chosen).tolist()


@every_model
def test_a_part_of_a_cost_is_that_of_every_arc_that_pays_it(number: int) -> None:
    made = model(number)
    q, network = Quantities(made), made.network
    goods, start = made.classes.commodity[0], made.classes.origin.iloc[-1]
    narrowed = [("", "", ""), (goods, "", ""), ("", start, ""), (goods, start, ""), ("", "", "rev"), (goods, "", "fwd")]
    for table, kinds, names, fields in (
        ("links", (Kind.LINK,), network.links.link_id, PARTS),
        ("transfers", (Kind.TRANSFER,), network.transfers.transfer_id, ("cost", "time")),
        ("zones", (Kind.ORIGIN, Kind.EGRESS), network.member_ids(), ("price",)),
    ):
        for row, name in enumerate(names):
            for field in fields:
                part = PARTS.index(field) if field in PARTS else 0
                for commodity, origin, direction in narrowed[:4] if table == "zones" else narrowed:
                    found = q.of(table, field, row, commodity, origin, direction)
                    arcs = carriers(made, kinds, row, commodity, origin, direction)
                    assert sorted(found - part * q.arcs) == arcs
                    assert q.part(found).tolist() == [part] * len(arcs)
                    assert [q.named(place) for place in found.tolist()] == [f"{table} {name}: {field}"] * len(arcs)
                    assert (q.may_be_negative[found] == (table == "zones")).all()
            shut = q.of(table, "status", row, goods)
            assert sorted(shut.tolist()) == carriers(made, kinds, row, goods, "", "")


@every_model
def test_limits_depend_on_numbers_of_their_row(number: int) -> None:
    q = Quantities(model(number))
    labels = q.model.labels
    for table, field, row, _, _ in of_tables(q):
        here = labels[(labels.table == table.removesuffix("s")) & (labels.row == row)]
        limits = field in ("capacity", "background", "limit") and len(here) > 0
        assert q.bounded(q.of(table, field, row)).tolist() == [limits]
        if limits:
            name = field if table == "links" else table
            assert sorted(bundle for bundle in q.bundles[name][row].tolist() if bundle >= 0) == here.index.tolist()


@every_model
def test_a_step_is_that_of_its_arcs_and_a_demand_row_of_one(number: int) -> None:
    made = model(number)
    q, arcs = Quantities(made), made.arcs
    for step in range(len(made.steps.row)):
        assert q.arcs_of_step(step).tolist() == np.flatnonzero(arcs.step == step).tolist()
    for row, arc in enumerate(q.demanded.tolist()):
        assert (arcs.kind[arc], arcs.item[arc]) == (Kind.DEMAND, row)


def test_some_users_of_a_link_have_a_number_of_their_own() -> None:
    network, rows = example(-1).network, example(-1).demand
    link, goods = network.links.link_id[1], rows.commodity[0]
    made = build(network, rows, uses=[Use(link, "", "", "fwd"), Use(link, goods, "", "")])
    q = Quantities(made)
    one, other = q.of("links", "capacity", 1, direction="fwd"), q.of("links", "capacity", 1, goods)
    assert (one + 1).tolist() == other.tolist() == [q.last["uses"] - 1]
    assert q.named(int(other[0])) == f"links {link}: capacity"
    assert q.base[other] == pytest.approx(network.links.capacity[[1]].to_numpy(), nan_ok=True)
    assert q.bounded(other).tolist() == [True]


def test_without_arcs_no_number_is_part_of_a_cost() -> None:
    case = example(-1)
    q = Quantities(build(case.network, case.demand.head(0)))
    assert q.arcs == 0
    assert q.part(np.arange(3)).tolist() == [len(PARTS)] * 3
    assert q.named(0) == f"links {case.network.links.link_id[0]}: capacity"
    assert q.of("links", "tariff", 0).tolist() == []


def test_a_link_that_goods_do_not_come_to_has_no_arcs() -> None:
    case = example(-2)
    away = case.network.links.head(1).assign(link_id="away", from_node_id="c", to_node_id="d")
    nodes = pd.DataFrame({"node_id": list("abcd")})
    network = case.network.replace(nodes=nodes, links=pd.concat([case.network.links, away], ignore_index=True))
    q = Quantities(build(network, case.demand))
    assert [len(q.of("links", "tariff", row)) for row in range(3)] == [2, 2, 0]
