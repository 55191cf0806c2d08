"""Whether an optimum is the only one, against the least and most that each flow may be while the objective stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, model
from scipy.optimize import linprog

import corridors as cd
from corridors.arrays.problem import UNCAPACITATED
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.face import Face, face_of
from corridors.model.ties import tied
from corridors.solvers import lp


def widest(made: Model) -> float:
    """The most by which the flow of a class over a link, a transfer or a member differs between two optima, tonnes.

    Each is made as small and as large as it may be while the objective stays.
    """
    problem, bundles = made.problem, made.bundles
    incidence = np.zeros((problem.V, problem.E))
    np.add.at(incidence, (problem.tail, np.arange(problem.E)), 1.0)
    np.add.at(incidence, (problem.head, np.arange(problem.E)), -1.0)
    shared = np.zeros((bundles.B, problem.E))
    shared[bundles.bundle, bundles.arc] = bundles.weight
    bound = bundles.limit != UNCAPACITATED
    limits = {
        "A_eq": incidence,
        "b_eq": np.zeros(problem.V),
        "bounds": [(0, None if c == UNCAPACITATED else float(c)) for c in problem.capacity],
    }
    best = lp.solve(problem, bundles)
    room = {
        "A_ub": np.vstack([shared[bound], problem.cost]),
        "b_ub": np.append(bundles.limit[bound], best.cost + 1e-9 * max(abs(best.cost), 1.0)),
    }
    most = 0.0
    for passage in np.unique(made.arcs.passage).tolist():
        wish = (made.arcs.passage == passage).astype(float)
        ends = [linprog(sign * wish, **limits, **room, method="highs") for sign in (1.0, -1.0)]
        assert {end.status for end in ends} <= {0, 3}
        # Unbounded where a link costs nothing either way: then goods may go round and round on it.
        most = max(most, np.inf if any(end.status == 3 for end in ends) else -ends[1].fun - ends[0].fun)
    return most


@pytest.mark.parametrize("number", [-2, -1, 0, 2, 3, 6, 7, 8, *range(9, 9 * TIMES)])  # of the first the quick ones
def test_an_optimum_is_tied_where_some_flow_differs_between_optima(number: int) -> None:
    made = model(number)
    best = lp.solve(made.problem, made.bundles)
    assert tied(made, np.asarray(best.flow, float), best.rent) == (widest(made) > 1.0)


def test_a_row_that_is_just_worth_its_transport_ties() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"]})
    links = {"link_id": ["l"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["rail"], "tariff": [10.0]}
    row = {"demand_id": ["d"], "commodity": ["ore"], "origin": ["a"], "destination": ["b"], "volume": [1.0]}
    for value, ties in ((9.0, False), (10.0, True), (11.0, False)):
        assert (
            bool(cd.solve(cd.Network(nodes, pd.DataFrame(links)), pd.DataFrame({**row, "value": value})).tied) == ties
        )


def face(tariffs: list[float], capacities: list[float], volume: float, value: float = 99.0) -> Face:
    """The optimal face of ore from a to b over parallel links, x first; another link leads on from b, to c."""
    n = len(tariffs)
    links = {"link_id": [*"xyz"[:n], "on"], "from_node_id": [*"a" * n, "b"], "to_node_id": [*"b" * n, "c"]}
    table = pd.DataFrame({**links, "mode": "rail", "directed": True, "tariff": [*tariffs, 1.0]})
    network = cd.Network(pd.DataFrame({"node_id": [*"abc"]}), table.assign(capacity=[*capacities, np.nan]))
    row = {"demand_id": ["d"], "commodity": ["ore"], "origin": ["a"], "destination": ["b"]}
    made = build(network, pd.DataFrame({**row, "volume": [volume], "value": [value]}))
    best = lp.solve(made.problem, made.bundles)
    return face_of(made, np.asarray(best.flow, float), best.rent)


def test_goods_tie_where_they_may_change_places_on_full_links_and_not_where_all_links_are_full_of_one() -> None:
    """Two links that cost the same: room on one, none on either; and another kind of goods that is on them as well."""
    for capacities, goods, ties in (([9.0, 6.0], ["ore"], True), ([4.0, 6.0], ["ore"], False),
                                    ([4.0, 6.0], ["ore", "coal"], True)):  # fmt: skip
        links = {"link_id": [*"xy"], "from_node_id": "a", "to_node_id": "b", "mode": "rail", "tariff": 2.0}
        network = cd.Network(pd.DataFrame({"node_id": [*"ab"]}), pd.DataFrame({**links, "capacity": capacities}))
        rows = {"demand_id": goods, "commodity": goods, "origin": "a", "destination": "b", "value": 99.0}
        made = build(network, pd.DataFrame({**rows, "volume": 10.0 / len(goods)}))
        best = lp.solve(made.problem, made.bundles)
        assert tied(made, np.asarray(best.flow, float), best.rent) == ties


def links_of(found: Face) -> list[str]:
    arcs = found.model.arcs
    mine = found.arc[arcs.kind[found.arc] == Kind.LINK]
    return found.model.network.links.link_id.iloc[arcs.item[mine]].tolist()


def test_a_face_is_a_point_where_one_link_is_cheapest_and_the_row_is_worth_more() -> None:
    for tariffs, value, links, is_point in (
        ([1.0, 2.0], 99.0, ["x"], True),
        ([2.0, 2.0], 99.0, ["x", "y"], False),
        ([1.0, 2.0], 1.0, ["x"], False),
        ([1.0, 2.0], 0.5, [], True),
    ):
        found = face(tariffs, [np.nan, np.nan], 9.0, value)
        assert (links_of(found), found.is_point) == (links, is_point)  # nothing goes on to c


def test_the_limits_of_a_face_are_what_is_full_and_what_has_an_end() -> None:
    found = face([1.0, 2.0, 2.0], [2.0, 6.0, 8.0], 9.0)
    open_end = found.model.bundles.limit.copy()
    open_end[2] = UNCAPACITATED  # z may carry all
    model = replace(found.model, bundles=replace(found.model.bundles, limit=open_end))
    limits = replace(found, model=model, unit=2.0 * found.unit).limits
    tonne = found.model.units.tonne * 2.0 * found.unit
    place = {link: at for at, link in zip(np.flatnonzero(model.arcs.kind[found.arc] == Kind.LINK), "xyz", strict=True)}
    assert limits["A_ub"].nonzero()[1].tolist() == [place["y"]]
    assert (limits["b_ub"] * tonne).tolist() == pytest.approx([6.0])
    full = limits["A_eq"][[-1]]
    assert full.nonzero()[1].tolist() == [place["x"]]
    assert limits["b_eq"][-1] * tonne == pytest.approx(2.0)
    assert (limits["b_eq"][:-1] == 0).all()


@pytest.mark.parametrize("by", ["links", "rows"])
def test_one_tonne_that_may_go_either_way_is_a_tie(by: str) -> None:
    """By one of two links, or to one of two rows where one tonne has room; not where one of the two costs more."""
    links = pd.DataFrame({"link_id": ["l", "m"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"})
    rows = pd.DataFrame({"demand_id": ["d", "e"], "commodity": "ore", "origin": "a", "destination": "b", "volume": 1.0})
    for other, ties in ((0.0, True), (1.0, False)):
        if by == "links":
            network, demand = links.assign(tariff=[5.0, 5.0 + other]), rows.head(1).assign(value=99.0)
        else:
            network, demand = links.head(1).assign(tariff=5.0, capacity=1.0), rows.assign(value=[99.0, 99.0 - other])
        result = cd.solve(cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), network), demand)
        assert bool(result.tied) == ties
