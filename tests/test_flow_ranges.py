"""Ranges of flows over all optima, against a pair of linear programmes a link with the loss held at its least."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, example, model
from scipy.optimize import linprog
from scipy.sparse import csr_array

import corridors as cd
from corridors.arrays.problem import UNCAPACITATED
from corridors.model.arcs import Kind
from corridors.model.build import Model, build
from corridors.model.face import face_of
from corridors.model.ranges import Deviations, _parts
from corridors.solvers import lp


def by_pairs(made: Model) -> dict[tuple[int, int], tuple[float, float]]:
    """By link and direction, the least and the most in tonnes: the whole programme with its objective as a limit."""
    problem, bundles, arcs = made.problem, made.bundles, made.arcs
    incidence = np.zeros((problem.V, problem.E))
    np.add.at(incidence, (problem.tail, np.arange(problem.E)), 1.0)
    np.add.at(incidence, (problem.head, np.arange(problem.E)), -1.0)
    shared = np.zeros((bundles.B, problem.E))
    shared[bundles.bundle, bundles.arc] = bundles.weight
    bound = bundles.limit != UNCAPACITATED
    demanded = arcs.of(Kind.DEMAND)
    moved = np.bincount(arcs.owner[demanded], problem.capacity[demanded])  # no cycle carries more than the class
    best = lp.solve(problem, bundles)
    unit = max(float(np.abs(best.flow).max()), 1.0)
    limits = {
        "A_eq": incidence,
        "b_eq": np.zeros(problem.V),
        "bounds": np.column_stack([np.zeros(problem.E), np.minimum(problem.capacity, moved[arcs.owner]) / unit]),
        "A_ub": np.vstack([shared[bound], problem.cost / max(abs(best.cost) / unit, 1.0)]),
        "b_ub": np.append(bundles.limit[bound], best.cost / max(abs(best.cost) / unit, 1.0)) / unit,
    }
    found = {}
    for link, side in {(int(i), int(d)) for i, d in zip(arcs.item, arcs.direction, strict=True)}:
        wish = ((arcs.kind == Kind.LINK) & (arcs.item == link) & (arcs.direction == side)).astype(float)
        if wish.any():
            low, high = (linprog(sign * wish, method="highs", **limits).fun for sign in (1.0, -1.0))
            found[link, side] = (made.units.tonnes(low * unit), made.units.tonnes(-high * unit))
    return found


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
@pytest.mark.parametrize("number", sorted({*range(-2, 8 * TIMES), 46}))  # 46: a part of the face with no room at all
def test_the_range_of_each_link_is_that_of_a_pair_of_programmes(number: int) -> None:
    case = example(number)
    table = cd.flow_ranges(case.network, case.demand, progress=False).set_index(["link_id", "direction"])
    for (link, side), (low, high) in by_pairs(model(number)).items():
        key = (case.network.links.link_id[link], ("fwd", "rev")[side])
        mine = (table.low[key], table.high[key]) if key in table.index else (0.0, 0.0)
        assert mine == pytest.approx((low, high), abs=2e-3)


def test_a_result_is_tied_where_a_range_has_a_width() -> None:
    for number in range(-2, 6):
        case = example(number)
        base = cd.solve(case.network, case.demand)
        table = cd.flow_ranges(case.network, case.demand, progress=False)
        shown = base.flow.sum("commodity").to_series()
        assert table.set_index(["link_id", "direction"]).flow.to_dict() == pytest.approx(
            shown[shown.index.isin([*zip(table.link_id, table.direction, strict=True)])].to_dict()
        )
        assert bool(base.tied) or not (table.width > 0.01).any()


def test_ranges_are_of_one_commodity_where_it_is_named() -> None:
    case = example(4)
    goods = case.demand.commodity.iloc[0]
    whole, mine = (cd.flow_ranges(case.network, case.demand, commodity=of, progress=False) for of in (None, goods))
    flow = cd.solve(case.network, case.demand).flow.sel(commodity=goods).sum().item()
    assert mine.flow.sum() == pytest.approx(flow)
    assert whole.flow.sum() >= mine.flow.sum()
    with pytest.raises(cd.InputError, match="commodity: is not moved for 1 commodity"):
        cd.flow_ranges(case.network, case.demand, commodity="tea")
    assert isinstance(whole, pd.DataFrame)


def lines(*rows: tuple[str, str, str, float, float | None], directed: bool = True) -> cd.Network:
    """Links: id, ends, tariff and capacity."""
    links = pd.DataFrame(rows, columns=["link_id", "from_node_id", "to_node_id", "tariff", "capacity"])
    nodes = pd.DataFrame({"node_id": sorted({*links.from_node_id, *links.to_node_id})})
    return cd.Network(nodes, links.assign(mode="rail", directed=directed))


def goods(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """Demand rows: commodity, ends, volume and value."""
    table = pd.DataFrame(rows, columns=["commodity", "origin", "destination", "volume", "value"])
    return table.assign(demand_id=[f"d{row}" for row in range(len(table))])


ORE, COAL = ("ore", "a", "b", 5.0, 99.0), ("coal", "a", "b", 4.0, 99.0)
P, Q = ("p", "a", "b", 10.0, None), ("q", "a", "b", 10.0, None)


@pytest.mark.parametrize(
    ("network", "rows", "commodity", "expected"),
    [
        (lines((*P[:4], 3.0), (*Q[:4], 4.0)), [ORE], None, {"p": (1, 3), "q": (2, 4)}),
        (lines(*((i, "a", "b", 1.0, 2.0) for i in "pqr")), [ORE], None, dict.fromkeys("pqr", (1, 2))),
        (lines(P, Q, ("r", "b", "c", 1.0, None)), [("ore", "a", "c", 5.0, 99.0)], None,
         {"p": (0, 5), "q": (0, 5), "r": (5, 5)}),
        (lines(("p", "a", "c", 1.0, None), ("q", "c", "b", 2.0, 4.0), ("r", "a", "d", 2.0, None),
               ("s", "d", "b", 1.0, None)), [ORE], None, {"p": (0, 4), "q": (0, 4), "r": (1, 5), "s": (1, 5)}),
        (lines((*P[:4], 6.0), Q), [ORE, COAL], None, {"p": (0, 6), "q": (3, 9)}),
        (lines((*P[:4], 6.0), Q), [ORE, COAL], "ore", {"p": (0, 5), "q": (0, 5)}),
        (lines((*P[:3], 1.0, 6.0), Q), [ORE, COAL], None, {"p": (6, 6), "q": (3, 3)}),
        (lines((*P[:3], 1.0, 6.0), Q), [ORE, COAL], "ore", {"p": (2, 5), "q": (0, 3)}),
        (lines((*P[:3], 1.0, 3.0), Q, ("r", *Q[1:])), [ORE], None, {"p": (3, 3), "q": (0, 2), "r": (0, 2)}),
        (lines(P), [(*ORE[:4], 10.0)], None, {"p": (0, 5)}),
        (lines(P), [(*ORE[:4], 5.0)], None, {}),
        (lines(P), [ORE, ("ore", "a", "b", 3.0, 10.0)], None, {"p": (5, 8)}),
        (lines(P, Q, ("r", "c", "d", 1.0, 2e6), ("s", "c", "d", 1.0, 4e6)), [ORE, ("oil", "c", "d", 5e6, 99.0)], None,
         {"p": (0, 5), "q": (0, 5), "r": (1e6, 2e6), "s": (3e6, 4e6)}),
        (lines((*P[:3], 0.0, None), directed=False), [ORE], None, {"p": (5, 5)}),
        (lines((*P[:3], 0.0, None), (*Q[:3], 0.0, None), directed=False), [ORE], None,
         {"p": (0, 5), "p rev": (0, 5), "q": (0, 5), "q rev": (0, 5)}),
    ],
)  # fmt: skip
def test_ranges_are_those_worked_out_by_hand(
    network: cd.Network,
    rows: list[tuple[str, str, str, float, float]],
    commodity: str | None,
    expected: dict[str, tuple],
) -> None:
    table = cd.flow_ranges(network, goods(*rows), commodity=commodity, progress=False)
    names = table.link_id + np.where(table.direction == "rev", " rev", "")
    assert dict(zip(names, zip(table.low, table.high, strict=True), strict=True)) == expected
    assert (table.low <= table.flow).all()
    assert (table.flow <= table.high).all()


@pytest.mark.parametrize(("tonnes", "expected"), [(5, (-5, 0)), (2, (-2, 3)), (0, (0, 5))])
def test_deviations_are_counted_from_the_flow_that_is_shown(tonnes: float, expected: tuple[float, float]) -> None:
    made = build(lines(P), goods((*ORE[:4], 10.0)))  # worth no more than its transport
    best = lp.solve(made.problem, made.bundles)
    flow = np.full(made.problem.E, float(made.units.nearest(np.array(tonnes))))
    deviations = Deviations(face_of(made, flow, best.rent), flow)
    low, high = next(deviations.of(np.flatnonzero(made.arcs.kind[deviations.face.arc] == Kind.LINK)))
    assert (made.units.tonnes(low), made.units.tonnes(high)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("balances", "bundles", "together"),
    [
        ([[1, -1, 0, 0]], [[0, 0, 1, 0]], [{0, 1}, {2}, {3}]),
        ([[1, -1, 0, 0]], [[0, 1, 1, 0]], [{0, 1, 2}, {3}]),
        ([[1, 0], [0, 1]], [[0, 0], [0, 1], [0, 1]], [{0}, {1}]),
        ([[1, 0], [0, 1], [0, 1]], [[1, 0]], [{0}, {1}]),
        ([[0, 0]], [[0, 0], [0, 0], [1, 1]], [{0, 1}]),
    ],
)
def test_deviations_are_parted_by_the_balances_and_bundles_that_they_share(
    balances: list[list[int]], bundles: list[list[int]], together: list[set[int]]
) -> None:
    part = _parts(csr_array(balances, dtype=float), csr_array(bundles, dtype=float), len(balances[0]))
    found = {number: {*np.flatnonzero(part == number).tolist()} for number in part.tolist()}
    assert sorted(found.values(), key=min) == together
