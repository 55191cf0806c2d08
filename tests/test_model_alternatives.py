"""The passages that a demand row may take and the next best paths over them, in cases worked out by hand."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.model.alternatives import MIXED, Alternatives, alternatives_of
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.prices import charged_costs

PLACES = [("west", "m"), ("west", "n"), ("west", "q"), ("east", "e"), ("east", "f")]
"""Zones, each with members of the rows of the table in this order."""


def zoned() -> tuple[cd.Network, pd.DataFrame]:
    """Ore from a member of west to one of east, by rail, or by rail and a ship; coal from m to n.

    Each node of west can change between road and rail, which both start there; f between rail and ship.
    """
    links = pd.DataFrame(
        {
            "link_id": ["mn", "me", "mf", "ship", "road", "qn"],
            "from_node_id": ["m", "m", "m", "f", "m", "q"],
            "to_node_id": ["n", "e", "f", "e", "n", "n"],
            "mode": ["rail", "rail", "rail", "ship", "road", "road"],
            "tariff": [1.0, 20.0, 9.0, 4.0, 6.0, 1.0],
        }
    )
    changes = pd.DataFrame(
        {
            "transfer_id": ["at m", "at n", "at f"],
            "node_id": ["m", "n", "f"],
            "from_mode": ["road", "road", "rail"],
            "to_mode": ["rail", "rail", "ship"],
            "cost": 2.0,
        }
    )
    zones = pd.DataFrame(PLACES, columns=["zone_id", "node_id"])
    zones["role"] = np.where(zones.zone_id == "west", "origin", "destination")
    demand = pd.DataFrame(
        {
            "demand_id": ["coal", "ore"],
            "commodity": ["coal", "ore"],
            "origin": ["m", "west"],
            "destination": ["n", "east"],
            "volume": 10.0,
            "value": 100.0,
        }
    )
    nodes = pd.DataFrame({"node_id": list("mnqef")})
    return cd.Network(nodes, links, changes, zones=zones), demand


def passages(made: Model, row: int = 1, **given: list[int]) -> tuple[Alternatives, list[str]]:
    """Those of the ore, at prices of members by kind, with names of links, transfers and members."""
    charged = charged_costs(made, np.zeros(made.bundles.B))
    for kind, usd in given.items():
        mine = made.arcs.kind == Kind[kind]
        charged[mine] += made.units.costs(np.array(usd))[made.arcs.item[mine]] * (made.arcs.item[mine] >= 0)
    others = alternatives_of(made, charged, row)
    network, names = made.network, []
    columns = (getattr(made.arcs, column)[others.arc].tolist() for column in ("kind", "item", "direction"))
    for kind, item, side in zip(*columns, strict=True):
        if kind in (Kind.LINK, Kind.TRANSFER):
            ids = network.links.link_id if kind == Kind.LINK else network.transfers.transfer_id
            names.append(ids[item] + " back" * side)
        else:
            names.append("" if item < 0 else network.zones.node_id[item])
    return others, names


def test_a_number_tells_links_by_direction_and_members_apart_and_changes_of_mode_have_none() -> None:
    made = build(*zoned())
    others, names = passages(made)
    numbered: dict[int, set[str]] = defaultdict(set)
    for what, name in zip(others.what.tolist(), names, strict=True):
        numbered[what].add(name)
    without = numbered.pop(-1)
    assert without == {"", *changes(names)}
    assert min(numbered) >= 0
    assert all(len(same) == 1 for same in numbered.values())
    links = made.network.links.link_id.tolist()
    assert sorted(name for same in numbered.values() for name in same) == sorted(
        [*links, *(f"{link} back" for link in links), *(node for _, node in PLACES)]
    )
    assert others.vertices == (made.arcs.vertex_owner == 1).sum()
    assert passages(made, 0)[0].vertices == (made.arcs.vertex_owner == 0).sum()
    assert min(others.tail.min(), others.head.min()) >= 0
    assert max(others.tail.max(), others.head.max()) < others.vertices


def test_what_is_closed_is_no_passage() -> None:
    network, demand = zoned()
    shut = network.replace(links=network.links.assign(status=["operating", "operating", "closed", *["operating"] * 3]))
    others, names = passages(build(shut, demand))
    assert {"me", "me back"} <= {*names}
    assert not {"mf", "mf back"} & {*names}
    assert [names[place] for place in others.best() if len(names[place]) > 1] == ["me"]


def changes(names: list[str]) -> set[str]:
    return {name for name in names if name.startswith("at ")}


def test_a_mode_that_goods_may_start_by_is_not_changed_to_at_the_one_node_where_they_start() -> None:
    network, demand = zoned()
    every = {f"at {node}{side}" for node in "mnf" for side in ("", " back")}
    coal, ore = (passages(build(network, demand), row)[1] for row in (0, 1))
    assert changes(coal) == every - {"at m", "at m back"}
    assert {"mn", "mf", "me", "road"} <= {*coal}
    assert changes(ore) == every  # what comes from q by road may go on from n by rail
    by_rail = network.replace(commodities=pd.DataFrame({"commodity": ["coal", "ore"], "start_modes": ["rail", ""]}))
    assert changes(passages(build(by_rail, demand), 0)[1]) == every


@pytest.mark.parametrize(
    ("prices", "cost", "links", "further"),
    [
        ({}, 9.0, ["mf"], ["mn back", "mf"]),
        ({"EGRESS": [0, 0, 0, -8, 0]}, 7.0, ["mf", "at f", "ship"], ["mn back", "mf", "at f", "ship"]),
        ({"ORIGIN": [5, -3, 5, 0, 0]}, 7.0, ["mn back", "mf"], ["mn back", "mf", "at f", "ship"]),
        ({"ORIGIN": [5, 5, -6, 0, 0], "EGRESS": [0, 0, 0, 0, -1]}, 6.0, ["qn", "at n", "mn back", "mf"],
         ["qn", "road back", "at m", "mf"]),
        ({"ORIGIN": [2, 9, 9, 0, 0], "EGRESS": [0, 0, 0, 3, 1]}, 12.0, ["mf"], ["mf", "at f", "ship"]),
    ],
)  # fmt: skip
def test_members_may_pay_less_than_nothing(
    prices: dict[str, list[int]], cost: float, links: list[str], further: list[str]
) -> None:
    """From m to e 20 by rail and 9 + 2 + 4 by ship, to f 9; from n to m 1; from q to n 1, and 2 for rail from there."""
    network, demand = zoned()
    made = build(network, demand)
    others, names = passages(made, 1, **prices)
    passed = {name for name in names if len(name) > 1}
    best = others.best()
    assert made.units.cost * others.cost_of(best) == pytest.approx(cost)
    assert [names[place] for place in best if names[place] in passed] == links
    assert [names[place] for place in others.next([best]) if names[place] in passed] == further


def test_goods_that_change_modes_at_another_node_of_their_zone_are_explained() -> None:
    """At m and n they cost 11 more: from q by road to n is 1, the change 2, and by rail to m and f 1 + 9."""
    network, demand = zoned()
    dear = network.replace(zones=network.zones.assign(price=[11.0, 11.0, 0.0, 0.0, 0.0]))
    for value, unmet in ((100.0, 0.0), (12.0, 10.0)):
        rows = demand.assign(value=value)
        found = cd.explain(dear, rows, cd.solve(dear, rows), "ore", progress=False)
        first = found.routes.iloc[0]
        assert (first.links, first.cost, found.unmet) == ("qn;mn;mf", 13.0, unmet)
    assert cd.explain(dear, demand, cd.solve(dear, demand), "ore", progress=False).routes.cost[1] == 18.0


def by_hand(ends: list[tuple[int, int]], cost: list[float], what: list[int]) -> Alternatives:
    """Passages between vertices from the first to the last."""
    tail, head = np.array(ends).T
    last = int(head.max())
    arc = np.arange(len(ends))
    return Alternatives(arc, tail, head, np.array(what), np.array(cost), 0.5, last + 1, (0, last))


def test_the_best_path_leaves_out_what_it_must_and_what_stands_for_the_same_is_found() -> None:
    others = by_hand([(0, 1), (0, 1), (0, 1), (1, 2), (1, 2)], [1.0, 2.0, 4.0, 1.0, 8.0], [0, 0, 4, -1, -1])
    assert [others.same(place) for place in range(5)] == [[0, 1], [0, 1], [2], [3], [4]]
    assert others.best() == [0, 3]
    assert others.cost_of([0, 3]) == 2.5
    assert others.best(without=others.same(0)) == [2, 3]
    assert others.best(without=[3, 4]) == []


def test_the_next_path_has_a_link_that_none_has_even_where_no_other_has_a_number() -> None:
    others = by_hand([(0, 1), (0, 1), (0, 1)], [1.0, 2.0, 3.0], [4, -1, 1])
    assert others.next([[0]]) == [2]  # what has no number is nothing new, and 1 is a link as any other
    assert others.next([[0], [1]]) == [2]
    assert others.next([[0], [2]]) == [1]  # nothing new is left


def test_of_paths_that_mix_known_ones_the_hundredth_is_the_next() -> None:
    """Seven times one of two, the second 2^i dearer: the mixes of both known paths cost 1, 2, 3 ... 126."""
    ends = [(i, i + 1) for i in range(7) for _ in range(2)]
    cost = [float(dearer * 2**i) for i in range(7) for dearer in range(2)]
    others = by_hand([*ends, (0, 7)], [*cost, 1000.0], [*range(14), 20])
    found = others.next([list(range(0, 14, 2)), list(range(1, 14, 2))])
    assert others.cost_of(found) - 0.5 == 100 == MIXED
