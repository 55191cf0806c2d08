"""Shared capacities of a model, against what each should count, looked up arc by arc."""

from __future__ import annotations

import numpy as np
import pytest
from generated import TIMES, example, model

import corridors as cd
from corridors.model.arcs import Arcs, Kind
from corridors.model.build import Model, build

every_model = pytest.mark.parametrize("number", range(-1, 5 * TIMES))


def expected(whole: cd.Network, arcs: Arcs) -> dict[str, tuple[float, set[int]]]:
    """The room of each limit and the arcs that it counts, by name."""
    found: dict[str, tuple[float, set[int]]] = {}

    def of(kind: Kind, row: int, direction: int | None = None) -> set[int]:
        there = (arcs.kind == kind) & (arcs.item == row)
        return set(np.flatnonzero(there if direction is None else there & (arcs.direction == direction)).tolist())

    for row, link in enumerate(whole.links.itertuples()):
        room = max(link.capacity - link.background, 0.0)  # NaN where there is no capacity
        if link.capacity_scope == "each" and not link.directed:
            found[f"link:{link.link_id}:fwd"] = room, of(Kind.LINK, row, 0)
            found[f"link:{link.link_id}:rev"] = room, of(Kind.LINK, row, 1)
        else:
            found[f"link:{link.link_id}"] = room, of(Kind.LINK, row)
    for row, transfer in enumerate(whole.transfers.itertuples()):
        found[f"transfer:{transfer.transfer_id}"] = transfer.capacity, of(Kind.TRANSFER, row)
    for row, node in enumerate(whole.nodes.itertuples()):
        found[f"node:{node.node_id}"] = node.capacity, set(np.flatnonzero(arcs.node == row).tolist())
    for row, member in enumerate(whole.zones.itertuples()):
        counted = of(Kind.ORIGIN, row) | of(Kind.EGRESS, row)
        found[f"zone:{member.zone_id}:{member.node_id}"] = member.limit, counted
    for fleet, served in whole.fleets.groupby("fleet_id"):
        rows = [row for row, link in enumerate(whole.links.link_id) if link in set(served.link_id)]
        found[f"fleet:{fleet}"] = served.capacity.iloc[0], set().union(*(of(Kind.LINK, row) for row in rows))
    return found


def counted(made: Model) -> dict[str, set[int]]:
    arcs: dict[str, set[int]] = {name: set() for name in made.labels.bundle}
    for bundle, arc in zip(made.bundles.bundle.tolist(), made.bundles.arc.tolist(), strict=True):
        if bundle < len(made.labels):
            assert arc not in arcs[made.labels.bundle[bundle]]
            arcs[made.labels.bundle[bundle]].add(arc)
    return arcs


@every_model
def test_a_bundle_counts_what_its_limit_is_of(number: int) -> None:
    made = model(number)
    limits = {name: (room, arcs) for name, (room, arcs) in expected(made.network, made.arcs).items() if arcs}
    assert counted(made) == {name: arcs for name, (room, arcs) in limits.items() if not np.isnan(room)}
    assert dict(zip(made.labels.bundle, made.room, strict=False)) == pytest.approx(
        {name: room for name, (room, _) in limits.items() if not np.isnan(room)}
    )


@every_model
def test_labels_say_what_a_bundle_is_of(number: int) -> None:
    made = model(number)
    ids = {"link": made.network.links.link_id, "transfer": made.network.transfers.transfer_id,
           "node": made.network.nodes.node_id, "zone": made.network.member_ids(),
           "fleet": list(dict.fromkeys(made.network.fleets.fleet_id))}  # fmt: skip
    for label in made.labels.itertuples():
        assert ids[label.table][label.row] == label.id
        assert label.bundle == ":".join([label.table, label.id, *[label.direction] * (label.direction != "")])


@every_model
def test_what_scenarios_may_limit_has_a_bundle_without_end(number: int) -> None:
    whole, rows = example(number).network, example(number).demand
    for table, column in (
        ("links", "link_id"),
        ("transfers", "transfer_id"),
        ("nodes", "node_id"),
        ("fleets", "fleet_id"),
    ):
        for name in getattr(whole, table)[column].tolist()[:1]:
            made = build(whole, rows, {table: [name]})
            limits = expected(whole, made.arcs)
            wanted = {
                bundle: (np.inf if np.isnan(room) else room)
                for bundle, (room, arcs) in limits.items()
                if arcs and (not np.isnan(room) or f"{bundle}:".startswith(f"{table[:-1]}:{name}:"))
            }
            assert dict(zip(made.labels.bundle, made.room, strict=False)) == pytest.approx(wanted)
            assert counted(made) == {bundle: limits[bundle][1] for bundle in wanted}


@every_model
def test_the_widths_of_steps_come_after_the_limits(number: int) -> None:
    made = model(number)
    first = len(made.labels)
    steps = [step for step in np.unique(made.arcs.step).tolist() if step >= 0 and np.isfinite(made.steps.width[step])]
    assert made.room[first:].tolist() == made.steps.width[steps].tolist()
    for place, step in enumerate(steps):
        arcs = made.bundles.arc[made.bundles.bundle == first + place]
        assert arcs.tolist() == np.flatnonzero(made.arcs.step == step).tolist()


def test_background_that_fills_a_link_leaves_no_room() -> None:
    links = example(-2).network.links.assign(capacity=[10.0, 10.0], background=[15.0, 9.0])
    made = build(example(-2).network.replace(links=links), example(-2).demand)
    assert made.room.tolist() == [0.0, 1.0]
