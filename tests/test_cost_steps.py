"""Cost steps: links that cost more the more they carry, as tables and in optima, sweeps and studies."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case, thorough, with_steps
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import least_loss

import corridors as cd
from corridors.schema.cost_steps import ladders, origins_named

STEPS = {"link_id": "west", "commodities": "boxes", "load": [0.0, 40.0, 70.0], "extra_cost": [1.0, 2.0, 6.0]}


def network(steps: object = STEPS, country: object = "", **columns: object) -> cd.Network:
    """From xian to baku: west for 10 USD/t, and north for 15."""
    nodes = pd.DataFrame({"node_id": ["xian", "baku"], "x_coord": [109.0, 50.0], "y_coord": [34.0, 40.0]})
    nodes["country"] = country
    links = pd.DataFrame(
        {"link_id": ["west", "north"], "from_node_id": "xian", "to_node_id": "baku", "mode": "rail"}
        | {"tariff": [10.0, 15.0]}
        | columns
    )
    return cd.Network(nodes, links, commodities={"commodity": ["boxes", "ore"]}, cost_steps=steps)


def test_a_ladder_starts_at_a_load_of_zero_and_has_no_end() -> None:
    steps = network(STEPS | {"load": [70.0, 30.0, 40.0], "extra_cost": [6.0, 1.0, 2.0]}).cost_steps
    found = ladders(steps)
    assert found.load.tolist() == [0, 30, 40, 70]
    assert found.width.tolist() == [30, 10, 30, np.inf]
    assert found.extra_cost.tolist() == [0, 1, 2, 6]
    assert set(found.ladder) == {0}


def test_rows_of_other_goods_origins_and_directions_are_ladders_of_their_own() -> None:
    rows = pd.DataFrame(
        {
            "link_id": "west",
            "commodities": ["boxes; ore", "ore;boxes", "boxes;ore", "boxes;ore"],
            "direction": ["fwd", "fwd", "rev", "rev"],
            "origins": ["xian;baku", "baku;xian", "xian", "baku"],
            "load": [0.0, 5.0, 0.0, 0.0],
            "extra_cost": 1.0,
        }
    )
    assert ladders(network(rows).cost_steps).ladder.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ({"link_id": "east"}, r"link_id east is not in links for 3 cost_steps \(east:boxes:0"),
        ({"commodities": "tea"}, "commodities tea is not in commodities"),
        ({"origins": "xian;almaty"}, "origins almaty is not in nodes, zones of origin or countries"),
        ({"direction": "back"}, "direction 'back' is unknown"),
        ({"load": [0.0, -1.0, 2.0]}, "load is negative"),
        ({"load": [0.0, np.nan, 2.0]}, "load is missing"),
        ({"extra_cost": [1.0, -2.0, 3.0]}, "extra_cost is negative"),
        ({"extra_cost": [1.0, 3.0, 2.0]}, r"extra_cost falls as the load rises for 1 cost_step \(west at 70\)"),
        ({"load": [0.0, 40.0, 40.0]}, r"a load is there twice for 1 cost_step \(west at 40\)"),
        ({"commodities": ["boxes", "boxes", ""]}, r"goods are in two ladders for 1 cost_step \(west: boxes"),
        ({"commodities": ["boxes", "boxes;ore", "ore"]}, r"goods are in two ladders .* \(west: boxes\)"),
        ({"direction": ["fwd", "fwd", ""]}, "goods are in two ladders"),
        ({"origins": ["xian", "xian", ""]}, "goods are in two ladders"),
        ({"origins": ["xian", "xian;baku", "baku"]}, "goods are in two ladders"),
        ({"link_id": ["west", "west", ""]}, r"link_id and transfer_id are both given, or both blank for 1 cost_step"),
        ({"transfer_id": "gauge"}, "transfer_id gauge is not in transfers"),
        ({"step_id": ["a", "a", "b"]}, r"step_id is there twice for 1 cost_step \(a\)"),
    ],
)
def test_steps_that_do_not_rise_or_fit_are_refused(steps: dict[str, object], says: str) -> None:
    with pytest.raises(cd.InputError, match=f"cost_steps: .*{says}"):
        network(STEPS | steps)


def test_a_country_stands_for_what_starts_in_it() -> None:
    home = ["CN", "AZ"]
    there, other = (network(STEPS | {"origins": origin}, home) for origin in home)
    with pytest.raises(cd.InputError, match="origins CN is not in nodes, zones of origin or countries"):
        network(STEPS | {"origins": "CN"})
    assert float(cd.solve(there, DEMAND).loss) == float(cd.solve(network(), DEMAND).loss)
    assert float(cd.solve(other, DEMAND).loss) == 105 * 10
    with pytest.raises(cd.InputError, match="goods are in two ladders"):
        there.replace(cost_steps=STEPS | {"origins": ["CN", "CN", "xian"]})


def test_a_directed_link_has_no_steps_back() -> None:
    with pytest.raises(cd.InputError, match="direction is rev on a directed link or transfer"):
        network(STEPS | {"direction": "rev"}, directed=True)
    assert len(network(STEPS | {"direction": "fwd"}, directed=True).cost_steps) == 3


def test_steps_go_with_their_links() -> None:
    whole = network()
    assert len(whole.subset(links=["west"]).cost_steps) == 3
    assert len(whole.subset(links=["north"]).cost_steps) == 0
    assert repr(whole) == "Network(nodes=2, links=2, commodities=2, cost_steps=3)"


def test_steps_are_written_and_read(tmp_path: Path) -> None:
    whole = network()
    again = cd.read(cd.write(whole, tmp_path / "network.gpkg")).network
    pd.testing.assert_frame_equal(again.cost_steps, whole.cost_steps)
    for table in ("nodes", "links", "commodities", "cost_steps"):
        getattr(whole, table).to_csv(tmp_path / f"{table}.csv", index=False)
    pd.testing.assert_frame_equal(cd.read(tmp_path).network.cost_steps, whole.cost_steps)


@settings(thorough, max_examples=thorough.max_examples // 2)
@given(seed=st.integers(0, 2**32))
def test_the_least_loss_with_steps_is_that_of_an_independent_programme(seed: int) -> None:
    random = Random(seed)
    example = with_steps(random, case(random))
    result = cd.solve(example.network, example.demand)
    assert float(result.loss) == pytest.approx(least_loss(example.network, example.demand).loss, rel=1e-9, abs=1e-6)
    assert float(result.gap) <= 1e-9
    paid = cd.routes(example.network, example.demand)
    assert float((paid.cost * paid.volume).sum()) == pytest.approx(float(result.cost), rel=1e-9, abs=1e-6)
    assert float(result.row_cost.sum()) == pytest.approx(float(result.cost), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("number", range(2 * TIMES))
def test_closures_and_changes_of_links_with_steps_are_those_of_changed_tables(number: int) -> None:
    random = Random(number)
    example = with_steps(random, case(random))
    network, demand = example.network, example.demand
    chosen = random.sample(network.links.link_id.tolist(), min(3, len(network.links)))
    changes = {
        "close": [("status", "close", np.nan)],
        "narrow": [("capacity", "set", 40.0)],
        "none": [("capacity", "set", 0.0)],
        "costly": [("tariff", "set", 12.25)],
        "late": [("border_time", "add", 8.0), ("capacity", "set", 60.0)],
    }
    names = ("field", "operation", "value")
    cases = [(link, name) for link in chosen for name in changes]
    rows = [
        {"scenario": number, "table": "links", "id": link, **dict(zip(names, change, strict=True))}
        for number, (link, name) in enumerate(cases)
        for change in changes[name]
    ]
    scenarios = cd.Scenarios([" ".join(one) for one in cases], pd.DataFrame(rows))
    keep = ("flow", "rent", "throughput", "row_cost", "price")
    warm, cold = (
        cd.sweep(network, demand, scenarios, keep=keep, solver=solver, progress=False) for solver in ("columns", "lp")
    )
    assert (warm.gap <= 1e-9).all()
    assert warm.loss.to_numpy() == pytest.approx(cold.loss.to_numpy(), rel=1e-9, abs=1e-6)
    for result in (warm, cold):
        paid = result.row_cost.sum("demand").to_numpy()
        assert paid == pytest.approx(result.cost.to_numpy(), rel=1e-9, abs=1e-6)
    for link, name in cases:
        links = network.links.set_index("link_id", drop=False)
        for field, operation, value in changes[name]:
            now = {"close": "closed", "set": value, "add": links.loc[link, field]}[operation]
            links.loc[link, field] = now + value if operation == "add" else now
        tariffs = network.tariffs
        if name == "costly":  # of all that pass, whatever they paid before
            tariffs = tariffs[tariffs.link_id != link]
        least = least_loss(network.replace(links=links, tariffs=tariffs), demand).loss
        found = warm.sel(scenario=f"{link} {name}")
        assert float(found.loss) == pytest.approx(least, rel=1e-9, abs=1e-6)
        if name in ("close", "none"):
            assert float(found.flow.sel(link=link).sum()) == 0


@pytest.mark.parametrize("number", range(2 * TIMES))
def test_scenarios_that_change_steps_are_those_of_changed_tables(number: int) -> None:
    random = Random(number)
    example = with_steps(random, case(random))
    network, demand, steps = example.network, example.demand, example.network.cost_steps
    of = steps.link_id + steps.transfer_id + ":" + steps.commodities + steps.origins + steps.direction
    rows, tables = [], []
    for ladder in random.sample(sorted(set(of)), min(3, of.nunique())):
        mine = steps.step_id[of == ladder].tolist()
        top = steps[of == ladder].sort_values("load").iloc[-1]
        for field, operation, ids, value in (
            ("load", "scale", mine, 0.5),
            ("extra_cost", "add", mine, 3.25),
            ("extra_cost", "add", [top.step_id], 1.5),
            *([("load", "add", [top.step_id], 5.0)] if top.load > 0 else []),
        ):
            rows += [(len(tables), "cost_steps", name, field, operation, value) for name in ids]
            if random.random() < 0.5 and top.link_id:  # and the link itself costs more
                rows.append((len(tables), "links", top.link_id, "border_fee", "add", 2.0))
            changed, links, chosen = steps.copy(), network.links, steps.step_id.isin(ids)
            before = steps.loc[chosen, field]
            changed.loc[chosen, field] = before * value if operation == "scale" else before + value
            if rows[-1][1] == "links":
                links.loc[links.link_id == top.link_id, "border_fee"] += 2.0
            tables.append(network.replace(cost_steps=changed, links=links))
    names = [str(i) for i in range(len(tables))]
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    scenarios = cd.Scenarios(names, pd.DataFrame(rows, columns=columns))
    warm, cold = (cd.sweep(network, demand, scenarios, solver=solver, progress=False) for solver in ("columns", "lp"))
    assert (warm.gap <= 1e-9).all()
    assert warm.loss.to_numpy() == pytest.approx(cold.loss.to_numpy(), rel=1e-9, abs=1e-6)
    for name, table in zip(names, tables, strict=True):
        least = least_loss(table, demand).loss
        assert float(warm.loss.sel(scenario=name)) == pytest.approx(least, rel=1e-9, abs=1e-6)


def change(*rows: tuple[str, str, str, float]) -> cd.Scenarios:
    """One scenario that changes steps: id, field, operation, value."""
    table = pd.DataFrame(rows, columns=["id", "field", "operation", "value"])
    return cd.Scenarios(["changed"], table.assign(scenario=0, table="cost_steps"))


@pytest.mark.parametrize(
    ("scenarios", "says"),
    [
        (
            change(("west:2", "load", "set", 80.0)),
            r"loads fall from a step to the next \(cost_steps west:2: load, 80\)",
        ),
        (
            change(("west:2", "extra_cost", "add", 5.0)),
            r"costs fall from a step to the next \(cost_steps west:2: extra",
        ),
        (
            change(("west:1", "load", "add", 1.0)),
            r"the first step of a ladder starts above 0 \(cost_steps west:1: load",
        ),
        (change(("west:2", "extra_cost", "scale", -1.0)), "a number falls below 0"),
        (change(("west:4", "load", "set", 1.0)), r"cost_steps: id of a scenario is unknown for 1 cost_step \(west:4\)"),
    ],
)
def test_a_ladder_that_no_longer_rises_is_refused_by_scenario(scenarios: cd.Scenarios, says: str) -> None:
    with pytest.raises(cd.InputError, match=says):
        cd.sweep(network(), DEMAND, scenarios, progress=False)


def test_a_step_is_changed_for_all_that_it_counts() -> None:
    wide = change(("west:3", "load", "scale", 2.0), ("west:2", "extra_cost", "set", 4.0))
    result = cd.sweep(network(), DEMAND, wide, keep=("flow",), progress=False).isel(scenario=0)
    assert float(result.loss) == 40 * 11 + 60 * 14 + 5 * 10
    narrowed = pd.DataFrame({"scenario": [0], "table": "cost_steps", "id": "west:3", "field": "load"})
    narrowed = narrowed.assign(operation="set", value=90.0, commodity="boxes")
    with pytest.raises(cd.InputError, match="hold for all that they count"):
        cd.Scenarios(["boxes"], narrowed)
    with pytest.raises(cd.InputError, match="cost steps can't be followed"):
        cd.break_even(network(), DEMAND, ("cost_steps", "west:2", "extra_cost", "set"), 0.0, 5.0, progress=False,
                      routes_by={"west": ["west"], "north": ["north"]})  # fmt: skip


def test_a_transfer_costs_more_the_more_it_handles() -> None:
    nodes = pd.DataFrame({"node_id": ["xian", "dostyk", "baku"]})
    links = pd.DataFrame(
        {
            "link_id": ["narrow", "broad", "around"],
            "from_node_id": ["xian", "dostyk", "xian"],
            "to_node_id": ["dostyk", "baku", "baku"],
            "mode": ["rail-1435", "rail-1520", "ship"],
            "tariff": [1.0, 1.0, 9.0],
        }
    )
    gauge = {"transfer_id": ["gauge"], "node_id": "dostyk", "from_mode": "rail-1435", "to_mode": "rail-1520"}
    steps = {"transfer_id": "gauge", "direction": "fwd", "load": [0.0, 60.0, 80.0], "extra_cost": [2.0, 4.0, 9.0]}
    whole = cd.Network(nodes, links, transfers=pd.DataFrame(gauge), cost_steps=steps)
    result = cd.solve(whole, DEMAND)
    assert float(result.transfer_flow.sel(direction="fwd").sum()) == 80.0
    assert float(result.loss) == 60 * 4 + 20 * 6 + 25 * 9
    assert cd.routes(whole, DEMAND).groupby("links").volume.sum().to_dict() == {"narrow;broad": 80.0, "around": 25.0}
    path = cd.skim(whole, commodity="ore", origins="xian", destinations="baku").iloc[0]
    assert (path.cost, path.links) == (4.0, "narrow;broad")
    assert cd.route_legs(whole, "ore", path)[["id", "cost"]].to_numpy().tolist() == [
        ["narrow", 1.0],
        ["gauge", 2.0],
        ["broad", 1.0],
    ]
    assert cd.skim(whole, commodity="ore", origins="baku", destinations="xian").cost.tolist() == [2.0]
    assert len(whole.subset(nodes=["xian", "dostyk"]).cost_steps) == 3
    assert len(whole.subset(nodes=["xian", "baku"]).cost_steps) == 0


# xian ══ west: 10 USD/t, then 11 up to 40 t of boxes, 12 up to 70 t and 16 above ══ baku; north: 15
DEMAND = pd.DataFrame(
    {
        "demand_id": ["boxes", "more boxes", "ore"],
        "commodity": ["boxes", "boxes", "ore"],
        "origin": "xian",
        "destination": "baku",
        "volume": [60.0, 40.0, 5.0],
        "value": [500.0, 400.0, 300.0],
    }
)


def test_goods_pay_the_steps_that_they_fill_and_leave_where_others_are_cheaper() -> None:
    result = cd.solve(network(), DEMAND)
    boxes = result.flow.sum("direction").sel(commodity="boxes")
    assert boxes.sel(link=["west", "north"]).to_numpy().tolist() == [70.0, 30.0]
    assert float(result.loss) == 40 * 11 + 30 * 12 + 30 * 15 + 5 * 10
    assert result.price.sel(node="baku").to_numpy().tolist() == [15.0, 10.0]
    assert not result.tied
    table = cd.routes(network(), DEMAND)
    assert table.groupby("links").volume.sum().to_dict() == {"west": 75.0, "north": 30.0}


def test_two_classes_fill_one_ladder_together() -> None:
    both = network(STEPS | {"commodities": ""})
    result = cd.solve(both, DEMAND)
    assert float(result.loss) == 40 * 11 + 30 * 12 + 35 * 15
    assert float(result.flow.sel(link="west").sum()) == 70.0
    assert result.tied  # as well ore as boxes may go by north
    alone = cd.solve(both.replace(links=both.links.assign(status=["operating", "closed"])), DEMAND)
    assert float(alone.loss) == 40 * 11 + 30 * 12 + 35 * 16
    assert not alone.tied  # which goods fill which step makes no other flow


def test_steps_are_no_capacities() -> None:
    wide = cd.solve(network(), DEMAND)
    assert wide.sizes["bundle"] == 0
    assert cd.rents(network(), DEMAND).empty
    full = network(capacity=[50.0, np.nan])
    result = cd.solve(full, DEMAND)
    assert result.bundle.to_numpy().tolist() == ["link:west"]
    assert result.throughput.to_numpy().tolist() == [50.0]
    assert result.limit.to_numpy().tolist() == [50.0]
    assert result.rent.to_numpy().tolist() == [3.0]  # 12 there and 15 by north
    table = cd.rents(full, DEMAND)
    assert table[["id", "saves_more", "up_to_more", "costs_less"]].to_numpy().tolist() == [["west", 3.0, 25.0, 3.0]]


def test_rents_of_links_in_series_are_of_one_group_whatever_steps_they_have() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b", "c"]})
    links = pd.DataFrame(
        {
            "link_id": ["first", "second", "around"],
            "from_node_id": ["a", "b", "a"],
            "to_node_id": ["b", "c", "c"],
            "mode": "rail",
            "tariff": [1.0, 1.0, 9.0],
            "capacity": [10.0, 10.0, np.nan],
        }
    )
    steps = {"link_id": "first", "load": [0.0, 5.0], "extra_cost": [0.0, 1.0]}
    demand = pd.DataFrame(
        {"demand_id": ["d"], "commodity": "ore", "origin": "a", "destination": "c", "volume": 20.0, "value": 100.0}
    )
    table = cd.rents(cd.Network(nodes, links, cost_steps=steps), demand).set_index("id")
    assert table.group.to_dict() == {"first": "link:first", "second": "link:first"}
    assert table.saves_together.to_dict() == {"first": 6.0, "second": 6.0}


def test_a_skim_pays_the_step_of_an_empty_link() -> None:
    whole = network()
    route = cd.skim(whole, commodity="boxes", origins="xian", destinations="baku").iloc[0]
    assert (route.cost, route.links) == (11.0, "west")
    assert cd.route_legs(whole, "boxes", route)[["money", "cost"]].to_numpy().tolist() == [[10.0, 11.0]]
    assert cd.skim(whole, commodity="ore", origins="xian", destinations="baku").cost.tolist() == [10.0]
    back = network(STEPS | {"direction": "rev"})
    assert cd.skim(back, commodity="boxes", origins="xian", destinations="baku").cost.tolist() == [10.0]
    assert cd.skim(back, commodity="boxes", origins="baku", destinations="xian").cost.tolist() == [11.0]


def test_a_tariff_that_rises_is_followed_over_the_steps() -> None:
    toll, routes_by = ("links", "west", "tariff", "add"), {"west": ["west"], "north": ["north"]}
    table = cd.break_even(
        network(), DEMAND, toll, 0.0, 10.0, routes_by=routes_by, select={"commodity": "boxes"}, progress=False
    )
    # 70 t of boxes and 5 t of ore, then the first step of boxes and the ore, then the ore, then nothing.
    assert table[["low", "high", "slope"]].to_numpy().tolist() == [[0, 3, 75], [3, 4, 45], [4, 5, 5], [5, 10, 0]]


def test_interdiction_and_outages_know_links_and_no_steps() -> None:
    whole = network()
    assert cd.outages(whole).labels == ("west", "north")
    table = cd.criticality(whole, DEMAND, progress=False).set_index("scenario")
    assert table.loss.to_dict() == {"west": 275.0, "north": 30.0}
    assert table.base_flow.to_dict() == {"west": 75.0, "north": 30.0}
    assert table.diverted_to["north"] == "west +3.0e-05"
    for method in ("search", "milp"):
        worst = cd.interdiction(whole, DEMAND, 1, method=method, progress=False)
        assert (worst.closed, worst.loss, worst.gap) == (("west",), 275.0, 0.0)


def test_origins_of_a_country_are_the_zones_that_say_they_are_in_it():
    nodes = pd.DataFrame({"node_id": ["samara", "uzen", "trieste"], "country": ["RU", "KZ", "IT"]})
    zones = pd.DataFrame({"zone_id": ["urals", "urals", "sea", "sea"], "role": "origin",
                          "node_id": ["samara", "trieste", "samara", "trieste"],
                          "country": ["RU", "", "", ""]})  # fmt: skip
    named = origins_named(pd.DataFrame({"origins": ["RU;IT"]}), nodes, zones)
    assert named == {"RU": {"samara", "urals"}, "IT": {"trieste"}}
