"""Why a row goes the way it does: against hand calculation, all paths by NetworkX, and other costs solved."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from generated import TIMES, example

import corridors as cd
from corridors.cli import main
from corridors.methods.route_costs import COSTS
from corridors.model.alternatives import alternatives_of
from corridors.model.build import build
from corridors.model.compile import compiler_of
from corridors.model.prices import charged_costs
from corridors.scenarios.named import named_scenario
from corridors.sweeping.optimum import solved


def sea(**columns: object) -> cd.Network:
    """Over the Caspian by a ferry of 60 t and on by rail, or round the north."""
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "north", "rail"],
            "from_node_id": ["aktau", "aktau", "baku"],
            "to_node_id": ["baku", "poti", "poti"],
            "mode": ["ferry", "ferry", "ferry"],
            "tariff": [10.0, 80.0, 30.0],
            "time": [20.0, 60.0, 10.0],
            "border_fee": [2.0, 0.0, 0.0],
            "border_time": [6.0, 0.0, 0.0],
            "capacity": [60.0, np.nan, np.nan],
        }
    )
    goods = pd.DataFrame({"commodity": ["grain"], "value_of_time": [0.5]})
    steps = pd.DataFrame({"link_id": "rail", "load": [50.0, 90.0], "extra_cost": [1.0, 9.0]})
    nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"]})
    return cd.Network(nodes, links.assign(**columns), commodities=goods, cost_steps=steps)


def wanted(volume: float, value: float = 220.0) -> pd.DataFrame:
    row = {"demand_id": ["g"], "commodity": ["grain"], "origin": ["aktau"], "destination": ["poti"]}
    return pd.DataFrame(row | {"volume": [volume], "value": [value]})


def explained(network: cd.Network, demand: pd.DataFrame, row: str = "g") -> cd.Explanation:
    return cd.explain(network, demand, cd.solve(network, demand), row, progress=False)


def test_costs_by_leg_and_kind_are_those_of_a_hand_calculation() -> None:
    found = explained(sea(), wanted(55.0))
    legs = found.legs[found.legs.route == "1"].set_index("id")
    assert legs.index.tolist() == ["ferry", "rail"]
    assert legs.loc["ferry", ["tariff", "fee", "time", "preference", "rent"]].tolist() == [10, 2, 13, 0, 0]
    assert legs.loc["rail", ["tariff", "fee", "time", "preference", "rent"]].tolist() == [30, 0, 5, 1, 0]
    first, runner_up = found.routes.itertuples()
    assert (first.route, first.volume, first.cost, first.hours) == ("1", 55.0, 61.0, 36.0)
    assert (runner_up.links, runner_up.volume, runner_up.cost) == ("north", 0.0, 110.0)
    assert runner_up.costlier_by == 49.0
    assert found.binding.empty
    assert found.flips[["id", "rise", "moves", "to"]].to_numpy().tolist() == [
        ["ferry", 49.0, 5.0, "north"],
        ["rail", 49.0, 5.0, "north"],  # the first 50 t pay 1 USD less there, and stay
    ]


def test_what_is_full_makes_the_routes_in_use_cost_the_same() -> None:
    found = explained(sea(), wanted(100.0))
    assert found.routes.route.tolist() == ["1", "2"]  # there is no third
    assert found.routes.volume.tolist() == [60.0, 40.0]
    assert found.routes.cost.tolist() == [110.0, 110.0]
    assert found.routes.rent.tolist() == [49.0, 0.0]
    assert found.binding[["bundle", "limit", "rent", "routes"]].to_numpy().tolist() == [["link:ferry", 60.0, 49.0, "1"]]
    assert found.flips.rise.tolist() == [0.0, 0.0]
    assert found.unmet == 0.0


def test_goods_that_are_not_worth_their_transport_are_shown_the_best_route_there_is() -> None:
    found = explained(sea(), wanted(50.0, value=40.0))
    assert found.unmet == 50.0
    assert found.routes.volume.tolist() == [0.0, 0.0]
    assert found.routes.cost.tolist() == [60.0, 110.0]
    assert found.flips.empty
    dearly = explained(sea(), wanted(50.0, value=70.0))
    assert dearly.flips[["rise", "to"]].drop_duplicates().to_numpy().tolist() == [[10.0, "stays behind"]]


def test_a_row_without_a_path_has_no_routes() -> None:
    closed = sea(status="closed")
    with pytest.warns(cd.InputWarning, match="there is no path"):
        found = explained(closed, wanted(50.0))
    assert found.routes.empty
    assert found.legs.empty
    assert found.unmet == 50.0


@pytest.mark.parametrize("number", range(-2, 5 * TIMES))
@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_routes_carry_the_row_at_its_price_and_their_legs_add_up(number: int) -> None:
    case = example(number)
    base = cd.solve(case.network, case.demand)
    row = case.demand.demand_id.iloc[number % len(case.demand)]
    found = cd.explain(case.network, case.demand, base, row, progress=False)
    mine = base.sel(demand=row)
    assert found.routes.volume.sum() == pytest.approx(found.volume - float(mine.unmet), abs=1e-6)
    assert found.unmet == pytest.approx(float(mine.unmet), abs=1e-6)
    used = found.routes[found.routes.volume > 0]
    assert used.cost.tolist() == pytest.approx([float(mine.row_price)] * len(used), abs=1e-3)
    assert (found.routes.costlier_by >= 0).all()
    for route, legs in found.legs.groupby("route"):
        cost = found.routes.set_index("route").cost[route]
        assert legs.cost.sum() == pytest.approx(cost, abs=1e-3)
        assert legs[list(COSTS)].sum().sum() == pytest.approx(cost, abs=1e-3)


@pytest.mark.parametrize("number", range(-1, 4 * TIMES))
@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_the_runner_up_is_the_first_of_all_paths_over_something_that_is_not_used(number: int) -> None:
    case = example(number)
    model = build(case.network, case.demand)
    charged = charged_costs(model, solved(model).rent)
    for row in range(min(len(case.demand), 3)):
        others = alternatives_of(model, charged, row)
        graph, (source, target) = nx.DiGraph(), others.ends
        for place, (tail, head) in enumerate(zip(others.tail.tolist(), others.head.tolist(), strict=True)):
            graph.add_edge(tail, ("passage", place), weight=float(others.cost[place]))
            graph.add_edge(("passage", place), head, weight=0.0)
        if not (graph.has_node(source) and graph.has_node(target) and nx.has_path(graph, source, target)):
            assert others.best() == []
            continue
        paths = islice(nx.shortest_simple_paths(graph, source, target, weight="weight"), 100)
        listed = [[step[1] for step in path if isinstance(step, tuple)] for path in paths]
        best = others.best()
        assert others.cost_of(best) == pytest.approx(others.cost_of(listed[0]), abs=1e-6)
        used = {-1, *others.what[best].tolist()}
        further = [path for path in listed if not used.issuperset(others.what[path].tolist())]
        if further:
            assert others.cost_of(others.next([best])) == pytest.approx(others.cost_of(further[0]), abs=1e-6)


@pytest.mark.parametrize("number", range(2, 6 * TIMES, 2))
@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_a_leg_that_costs_more_than_it_may_loses_the_row_and_before_nothing_changes(number: int) -> None:
    """Without capacities, for the only row of its class."""
    case = example(number)
    free = cd.without_capacities(case.network)
    demand = case.demand.drop_duplicates(["commodity", "origin"])
    base = cd.solve(free, demand)
    for row in demand[base.unmet.to_numpy() == 0].demand_id.iloc[:2]:
        found = cd.explain(free, demand, base, row, progress=False)
        for flip in found.flips[found.flips.kind == "link"].head(2).itertuples():
            atom = ("links", flip.id, "tariff", "add", found.commodity, found.origin, flip.direction)
            names = ["table", "id", "field", "operation", "commodity", "origin", "direction"]
            atoms = pd.DataFrame([atom], columns=names)
            after = cd.sweep(
                free, demand, cd.grid({"rise": (atoms, [0.99 * flip.rise, flip.rise + 0.01])}), keep=("flow",)
            )
            side = flip.direction or "fwd"
            flow = after.flow.sel(link=flip.id, direction=side, commodity=found.commodity).to_numpy()
            assert flow[1] == pytest.approx(flow[0] - flip.moves)
            assert flip.moves == pytest.approx(found.volume)


def by_name(network: cd.Network, demand: pd.DataFrame, **changes: object) -> tuple[cd.Explanation, cd.WhatIf]:
    """What some changes by name do to the first row."""
    after = cd.what_if(network, demand, progress=False, **changes)  # type: ignore[arg-type]
    scenario = named_scenario(network, demand, **changes)  # type: ignore[arg-type]
    row = demand.demand_id.iloc[0]
    return cd.explain(network, demand, after.after, row, scenario=scenario, progress=False), after


def test_a_scenario_is_explained_next_to_the_base() -> None:
    """Of 55 t that went by ferry and rail, 30 stay, which pays as much more as the north does."""
    found, _ = by_name(sea(), wanted(55.0), scale={"ferry": 0.5})
    assert found.scenario == "ferry x 0.5"
    assert found.compared[["route", "links", "before", "after", "cost_before", "cost_after"]].to_numpy().tolist() == [
        ["1", "ferry;rail", 55.0, 30.0, 61.0, 110.0],
        ["2", "north", 0.0, 25.0, 110.0, 110.0],
        ["", "stays behind", 0.0, 0.0, 220.0, 220.0],
    ]
    assert found.binding[["limit", "rent_before", "rent"]].to_numpy().tolist() == [[30.0, 0.0, 50.0]]
    dearer, _ = by_name(sea(), wanted(55.0), toll={"ferry": 45.0})
    assert dearer.routes[["route", "tariff", "fee", "cost", "costlier_by"]].to_numpy().tolist() == [
        ["1", 40.0, 47.0, 106.0, 0.0],
        ["runner-up", 80.0, 0.0, 110.0, 4.0],
    ]
    assert dearer.flips[["id", "rise", "moves", "to"]].to_numpy().tolist() == [
        ["ferry", 4.0, 5.0, "north"],
        ["rail", 4.0, 5.0, "north"],
    ]
    shut, _ = by_name(sea(), wanted(55.0, 100.0), close="ferry")
    assert shut.unmet == 55.0
    assert shut.compared[["links", "before", "after", "cost_before"]].to_numpy().tolist() == [
        ["ferry;rail", 55.0, 0.0, 61.0],
        ["stays behind", 0.0, 55.0, 100.0],
    ]
    assert np.isnan(shut.compared.cost_after.iloc[0])


@pytest.mark.parametrize("number", range(-1, 4 * TIMES))
@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
def test_a_scenario_is_explained_as_the_tables_that_it_makes(number: int) -> None:
    case = example(number)
    demand, links = case.demand, case.network.links
    busy = cd.solve(case.network, demand).flow.sum(["direction", "commodity"]).to_series().nlargest(2).index.tolist()
    changes = pd.DataFrame(
        [
            ("links", busy[0], "status", "close", 0.0),
            ("links", busy[-1], "tariff", "add", 7.0),
            ("links", busy[-1], "border_fee", "add", 3.0),
            ("demand", demand.demand_id.iloc[0], "volume", "scale", 1.5),
        ],
        columns=["table", "id", "field", "operation", "value"],
    ).assign(scenario=0)
    scenario = cd.Scenarios(["worse"], changes)
    result = cd.sweep(case.network, demand, scenario, progress=False)
    row = demand.demand_id.iloc[0]
    found = cd.explain(case.network, demand, result, row, scenario=scenario, progress=False)
    shut, dear = (links.link_id == name for name in (busy[0], busy[-1]))
    model = compiler_of(case.network, demand, scenario).model_of(0)
    assert model.demand.volume.tolist() == (demand.volume * np.where(demand.demand_id == row, 1.5, 1.0)).tolist()
    assert model.units.usd(solved(model).objective + model.worth) == pytest.approx(float(result.loss[0]), rel=1e-6)
    for route, legs in found.legs.groupby("route"):
        cost = found.routes.set_index("route").cost[route]
        assert legs[list(COSTS)].sum().sum() == pytest.approx(cost, abs=1e-3)
        assert not legs.id.isin(links.link_id[shut]).any()
    if links.tariff.notna().all() and busy[0] != busy[-1]:
        tables = links.assign(
            status=links.status.mask(shut, "closed"),
            tariff=links.tariff + 7.0 * dear,
            border_fee=links.border_fee.fillna(0.0) + 3.0 * dear,
        )
        other = case.network.replace(links=tables)
        rows = demand.assign(volume=model.demand.volume.to_numpy())
        alone = cd.explain(other, rows, cd.solve(other, rows), row, progress=False)
        assert alone.routes.cost.min() == pytest.approx(found.routes.cost.min(), abs=1e-3, nan_ok=True)
    moved = found.compared
    assert moved.after.sum() == pytest.approx(found.volume, abs=1e-3)
    assert moved.before.sum() == pytest.approx(float(demand.volume.iloc[0]), abs=1e-3)


def test_what_is_not_there_is_refused() -> None:
    network, demand = sea(), wanted(50.0)
    base = cd.solve(network, demand)
    with pytest.raises(
        cd.InputError, match="demand_id: is no row of demand for 1 demand_id \\(h\\); give a demand_id, such as g"
    ):
        cd.explain(network, demand, base, "h")
    with pytest.raises(cd.InputError, match="result: its loss is 3000, that of this network and demand 3610 USD"):
        cd.explain(network, wanted(60.0), base, "g")
    half = named_scenario(network, demand, scale={"ferry": 0.5})
    with pytest.raises(
        cd.InputError, match=r"its loss is 3000, that of this network and demand in scenario ferry x 0\.5"
    ):
        cd.explain(network, demand, base, "g", scenario=half)
    both = cd.sweep(network, demand, half, progress=False).assign_coords(scenario=["other"])
    with pytest.raises(cd.InputError, match=r"result: has no scenario ferry x 0\.5, but other; give the sweep that"):
        cd.explain(network, demand, both, "g", scenario=half)
    with pytest.raises(cd.InputError, match="explain: scenario holds 3; give one scenario"):
        cd.explain(network, demand, base, "g", scenario=cd.outages(network))


def test_the_commands_list_rows_explain_one_and_say_what_is_certain(tmp_path: Path) -> None:
    cd.write(sea(), tmp_path / "sea", demand=wanted(100.0, 120.0))
    case = ["--network", str(tmp_path / "sea"), "--out", str(tmp_path / "out")]
    listed = CliRunner().invoke(main, ["explain", *case])
    assert "1 rows; name one with --row" in listed.output
    shown = CliRunner().invoke(main, ["explain", "--row", "g", *case])
    assert shown.exit_code == 0, shown.output
    for words in ("all is delivered", "Route 2, leg by leg, where it differs", "link:ferry", "How much more each leg"):
        assert words in shown.output
    half = CliRunner().invoke(main, ["explain", "--row", "g", "--scale", "ferry=0.5", "--toll", "north=5", *case])
    assert half.exit_code == 0, half.output
    for words in ("Scenario: ferry x 0.5, toll of 5 on north", "Next to the base", "rent_before", "stays behind"):
        assert words in half.output
    ranges = CliRunner().invoke(main, ["flow-ranges", *case])
    assert "0 of 3 links and directions" in ranges.output
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"compared.csv", "explanation.csv", "legs.csv", "flips.csv", "explanation.png", "flow_ranges.csv"} <= left
    refused = CliRunner().invoke(main, ["explain", "--row", "h", *case])
    assert "demand_id: is no row of demand for 1 demand_id (h)" in refused.output
