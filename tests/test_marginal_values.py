"""What one more tonne of room or demand changes, and one less: against solving with it, capacity by capacity."""

from __future__ import annotations

from random import Random

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from generated import Case, case, with_steps

import corridors as cd
from corridors.errors import InputError
from corridors.methods.piecewise_linear import Tangent, first_piece
from corridors.model.build import build
from corridors.studies.rents import bottlenecks, member_limits

TABLES = {"link": "links", "transfer": "transfers", "node": "nodes", "zone": "zones", "fleet": "fleets"}


def _loss(network: cd.Network, demand: pd.DataFrame) -> float:
    return float(cd.solve(network, demand).loss)


def _ring(tariffs: dict[str, tuple[str, str, float, float]], **columns: object) -> cd.Network:
    """Links by id: from, to, tariff, capacity."""
    links = pd.DataFrame(
        [(i, *ends) for i, ends in tariffs.items()],
        columns=["link_id", "from_node_id", "to_node_id", "tariff", "capacity"],
    )
    links = links.assign(**{"mode": "ship", **columns})
    nodes = dict.fromkeys([*links.from_node_id, *links.to_node_id])
    return cd.Network(pd.DataFrame({"node_id": list(nodes)}), links)


def _wanted(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    columns = ["commodity", "origin", "destination", "volume", "value"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "demand_id", [f"d{i}" for i in range(len(rows))])
    return table


def _losses(example: Case, changed: list[dict[tuple[str, str], float]], solver: str = "lp") -> list[float]:
    """The loss with other limits (room, which is a link's capacity over its background), each by the LP by default."""
    link = example.network.links.set_index("link_id")
    rows = [
        (i, TABLES[kind], name, "limit" if kind == "zone" else "capacity", "set",
         to + (link.background[name] if kind == "link" else 0.0))
        for i, limits in enumerate(changed)
        for (kind, name), to in limits.items()
    ]  # fmt: skip
    columns = ["scenario", "table", "id", "field", "operation", "value"]
    scenarios = cd.Scenarios([str(i) for i in range(len(changed))], pd.DataFrame(rows, columns=columns))
    result = cd.sweep(example.network, example.demand, scenarios, solver=solver, progress=False)
    assert result.gap.max() <= 1e-9
    return result.loss.to_numpy().tolist()


def _check_against_solving(example: Case) -> int:
    network, demand = example.network, example.demand
    table = cd.rents(network, demand, progress=False)
    model = build(network, demand)
    keys = [*zip(model.labels.table, model.labels.id, strict=True)]
    limit = dict(zip(keys, model.bundles.limit[: len(keys)].tolist(), strict=True))
    base = _loss(network, demand)
    found = table.drop_duplicates(["kind", "id"]).set_index(["kind", "id"])
    tries: list[tuple[dict[tuple[str, str], float], float, bool]] = []
    for number, now in limit.items():
        one = found.loc[number] if number in found.index else None
        tries.append(({number: now + 1}, 0.0 if one is None else -one.saves_more, True))
        if now >= 1:
            tries.append(({number: now - 1}, 0.0 if one is None else one.costs_less, True))
        else:
            assert one is None or np.isnan(one.costs_less)
    for _, group in table.groupby("group"):
        first = group.iloc[0]
        members = [*zip(group.kind, group.id, strict=True)]
        more, less = first.up_to_together, first.up_to_less
        steps = [(1.0, -first.saves_together, True)]
        if np.isfinite(more):
            steps += [(more, -first.saves_together * more, True), (more + 1, -first.saves_together * (more + 1), False)]
        if less > 0:
            steps += [(-less, first.costs_less * less, True)]
        if 0 < less < first.limit:
            steps += [(-less - 1, first.costs_less * (less + 1), False)]
        tries += [({m: limit[m] + by for m in members}, change, exact) for by, change, exact in steps]
    losses = _losses(example, [changed for changed, _, _ in tries]) if tries else []
    for loss, (changed, change, exact) in zip(losses, tries, strict=True):
        if exact:
            assert loss - base == pytest.approx(change, abs=5e-3), changed
        else:
            assert loss - base > change + 5e-3, changed
    return int(table.group.nunique())


@pytest.mark.parametrize("number", [9, 33])
def test_a_tonne_more_and_a_tonne_less_of_each_limit_change_what_the_table_says(number: int) -> None:
    assert _check_against_solving(case(Random(number))) > 0


@pytest.mark.parametrize("number", [4, 9, 11])
def test_steps_of_the_cost_of_links_change_what_limits_are_worth_and_are_none(number: int) -> None:
    random = Random(number)
    assert _check_against_solving(with_steps(random, case(random))) > 0


def test_links_in_series_save_nothing_alone_and_together_what_the_detour_costs() -> None:
    """From a ── 60 t ── b ── 60 t ── c, 10 USD/t each; a ── c around, 50 USD/t."""
    network = _ring({"ab": ("a", "b", 10, 60), "bc": ("b", "c", 10, 60), "around": ("a", "c", 50, np.nan)})
    demand = _wanted(("grain", "a", "c", 100, 220))
    table = cd.rents(network, demand, progress=False).set_index("id")
    assert table.group.tolist() == ["link:ab", "link:ab"]
    assert table.saves_more.tolist() == [0, 0]
    assert table.up_to_more.tolist() == [np.inf, np.inf]
    assert table.costs_less.tolist() == [30, 30]
    assert table.up_to_less.tolist() == [60, 60]
    assert table.saves_together.tolist() == [30, 30]
    assert table.up_to_together.tolist() == [40, 40]
    assert table.dual.sum() == pytest.approx(30)
    wider = {"link_id": ["ab", "bc", "around"], "capacity": [61, 61, np.nan]}
    links = network.links.assign(capacity=wider["capacity"])
    assert _loss(network, demand) - _loss(network.replace(links=links), demand) == 30


def test_limits_of_a_transfer_and_a_link_behind_it_are_in_series_and_those_of_a_branch_are_not() -> None:
    """From a ── ship ── b │ transfer 60 t │ b ── rail 60 t ── c; steel that enters at b, worth 5 USD/t, parts them."""
    links = pd.DataFrame(
        {
            "link_id": ["ab", "bc"],
            "from_node_id": ["a", "b"],
            "to_node_id": ["b", "c"],
            "mode": ["ship", "rail-1520"],
            "tariff": 10.0,
            "capacity": [np.nan, 60.0],
        }
    )
    transfers = pd.DataFrame(
        {"transfer_id": ["port"], "node_id": ["b"], "from_mode": ["ship"], "to_mode": ["rail-1520"], "capacity": [60.0]}
    )
    network = cd.Network(pd.DataFrame({"node_id": ["a", "b", "c"]}), links, transfers)
    demand = _wanted(("grain", "a", "c", 100, 220))
    table = cd.rents(network, demand, progress=False)
    assert len(set(table.group)) == 1
    assert table.kind.tolist() == ["link", "transfer"]
    assert table.saves_together.tolist() == [200, 200]
    more = pd.concat([demand, _wanted(("steel", "b", "c", 5, 15))]).assign(demand_id=["g", "s"])
    apart = cd.rents(network, more, progress=False).set_index("kind")
    assert apart.group.nunique() == 2
    assert apart.saves_more.to_dict() == {"link": 5, "transfer": 0}
    assert apart.costs_less.to_dict() == {"link": 200, "transfer": 195}


def test_a_pipeline_and_the_terminal_where_all_of_it_ends_are_one_bottleneck() -> None:
    """All comes by the pipe, but a row and a zone take it at b, so they are in series by what they carry."""
    network = _ring({"pipe": ("a", "b", 10, 60), "spur": ("b", "c", 5, np.nan)})
    nodes = network.nodes.assign(capacity=[np.nan, 60.0, np.nan])
    zones = pd.DataFrame(
        {"zone_id": ["sea", "sea"], "role": "destination", "node_id": ["b", "c"], "price": [0.0, 400.0]}
    )
    network = network.replace(nodes=nodes, zones=zones)
    demand = _wanted(("oil", "a", "b", 50, 220), ("oil", "a", "sea", 50, 300))
    table = cd.rents(network, demand, progress=False)
    assert table.group.tolist() == ["link:pipe", "link:pipe"]
    assert table.kind.tolist() == ["link", "node"]
    assert table.saves_more.tolist() == [0, 0]
    assert table.saves_together.tolist() == table.costs_less.tolist() == [210, 210]
    assert table.up_to_together.tolist() == [40, 40]
    assert table.up_to_less.tolist() == [10, 10]


def test_ferries_that_carry_the_same_by_chance_are_not_one_bottleneck() -> None:
    ends = {f"{name}{i}": (f"a{i}", f"b{i}", cost, room) for i in (1, 2) for name, cost, room in
            (("ferry", 10, 60), ("by", 20, 40), ("north", 50, np.nan))}  # fmt: skip
    demand = _wanted(("grain", "a1", "b1", 100, 220), ("grain", "a2", "b2", 100, 220))
    table = cd.rents(_ring(ends), demand, progress=False)
    assert table.group.nunique() == 4
    assert (table.costs_less > table.saves_together).all()


def test_a_capacity_each_way_changes_both_ways() -> None:
    network = _ring({"ab": ("a", "b", 10, 60), "ship": ("a", "b", 50, np.nan)}, capacity_scope="each", directed=False)
    demand = _wanted(("grain", "a", "b", 100, 220), ("steel", "b", "a", 80, 220))
    table = cd.rents(network, demand, progress=False)
    assert table.direction.tolist() == ["fwd", "rev"]
    assert table.saves_more.tolist() == [80, 80]
    assert table.up_to_more.tolist() == [20, 20]
    assert table.costs_less.tolist() == [80, 80]


def test_what_is_full_by_chance_costs_a_tonne_less_and_saves_nothing_more() -> None:
    """All that is wanted just fits: the dual may be any number from 0 to 40."""
    network = _ring({"ferry": ("aktau", "baku", 10, 100), "north": ("aktau", "baku", 50, np.nan)})
    demand = _wanted(("grain", "aktau", "baku", 100, 220))
    row = cd.rents(network, demand, progress=False).iloc[0]
    assert (row.saves_more, row.up_to_more, row.costs_less, row.up_to_less) == (0, np.inf, 40, 100)
    assert 0 <= row.dual <= 40


def test_a_link_without_room_saves_more_and_has_none_to_lose() -> None:
    network = _ring({"shut": ("a", "b", 10, 0), "load": ("a", "b", 20, 10), "north": ("a", "b", 50, np.nan)})
    network = network.replace(links=network.links.assign(background=[0.0, 30.0, 0.0]))
    table = cd.rents(network, _wanted(("grain", "a", "b", 7, 220)), progress=False).set_index("id")
    assert table.saves_more.to_dict() == {"shut": 40, "load": 30}
    assert table.up_to_more.to_dict() == {"shut": 7, "load": 7}
    assert table.costs_less.isna().all()
    assert table.up_to_less.tolist() == [0, 0]


def test_rents_under_a_scenario_are_those_of_the_changed_network() -> None:
    network = _ring({"ferry": ("a", "b", 10, 120), "north": ("a", "b", 50, 70), "road": ("a", "b", 90, np.nan)})
    demand = _wanted(("grain", "a", "b", 100, 220))
    assert cd.rents(network, demand, progress=False).empty
    half = cd.grid({"ferry": (("links", "ferry", "capacity", "scale"), [0.25])})
    found = cd.rents(network, demand, scenario=half, progress=False)
    changed = network.replace(links=network.links.assign(capacity=[30.0, 70.0, np.nan]))
    columns = [name for name in found if name not in ("dual", "paid")]
    pd.testing.assert_frame_equal(found[columns], cd.rents(changed, demand, progress=False)[columns])
    assert found.set_index("id").costs_less.to_dict() == {"ferry": 80, "north": 40}
    with pytest.raises(InputError, match="rents: scenario holds 3; give one"):
        cd.rents(network, demand, scenario=cd.outages(network))


def test_of_a_result_that_is_solved_the_duals_are_listed_and_nothing_else_is_known() -> None:
    network = _ring({"ferry": ("a", "b", 10, 60), "north": ("a", "b", 50, np.nan)})
    base = cd.solve(network, _wanted(("grain", "a", "b", 100, 220)))
    table = cd.rents(network, base)
    assert table[["id", "dual", "used", "limit", "paid"]].to_numpy().tolist() == [["ferry", 40.0, 60.0, 60.0, 2400.0]]
    assert table[["saves_more", "costs_less", "saves_together"]].isna().all(axis=None)


def test_where_nothing_is_limited_or_wanted_no_room_is_full() -> None:
    free = _ring({"ab": ("a", "b", 10, np.nan)})
    assert cd.rents(free, _wanted(("grain", "a", "b", 5, 20)), progress=False).empty
    full = _ring({"ab": ("a", "b", 10, 5)})
    assert cd.rents(full, _wanted(("grain", "a", "b", 5, 20)).iloc[:0], progress=False).empty
    assert cd.marginal_costs(full, _wanted(("grain", "a", "b", 5, 20)).iloc[:0], progress=False).empty


@pytest.mark.parametrize("number", [33])
def test_a_tonne_more_and_less_of_each_demand_row_costs_what_solving_with_it_says(number: int) -> None:
    example = case(Random(number))
    network, demand = example.network, example.demand
    table = cd.marginal_costs(network, demand, progress=False)
    base = _loss(network, demand)
    for i, row in enumerate(table.itertuples()):
        for by, change in ((1, row.costs_more), (-1, -row.saves_less)):
            if np.isfinite(change):
                volume = demand.volume.astype(float).copy()
                volume.iloc[i] += by
                assert _loss(network, demand.assign(volume=volume)) - base == pytest.approx(change, abs=5e-3)
    assert (table.costs_more >= table.saves_less.fillna(0) - 1e-3).all()
    assert (table.costs_more <= demand.value.to_numpy() + 1e-3).all()


@pytest.mark.parametrize("number", [9])
def test_a_tonne_wanted_at_a_node_costs_at_least_its_price(number: int) -> None:
    example = case(Random(number))
    network, demand = example.network, example.demand
    base = cd.solve(network, demand)
    row = demand[demand.origin.isin(network.nodes.node_id)].iloc[0]
    prices = cd.delivered_costs(network, base, commodity=row.commodity, origin=row.origin).set_index("node_id").cost
    assert prices.notna().any()
    for node, price in prices.dropna().drop(row.origin).items():
        one = {**row, "demand_id": "one", "destination": node, "volume": 1.0, "value": 1e6}
        costs = _loss(network, pd.concat([demand, pd.DataFrame([one])], ignore_index=True)) - float(base.loss)
        assert costs >= price - 1e-3, node


def test_a_demand_that_just_fits_costs_more_than_it_saves() -> None:
    network = _ring({"ferry": ("aktau", "baku", 10, 100), "north": ("aktau", "baku", 50, np.nan)})
    demand = _wanted(("grain", "aktau", "baku", 100, 220), ("steel", "baku", "aktau", 7, 3))
    table = cd.marginal_costs(network, demand, progress=False)
    assert table[["costs_more", "saves_less", "unmet"]].to_numpy().tolist() == [[50, 10, 0], [3, 3, 7]]
    only = cd.marginal_costs(network, demand, commodity="steel", origin="baku", progress=False)
    assert only.demand_id.tolist() == ["d1"]
    with pytest.raises(InputError, match=r"commodity: has no demand for 1 commodity \(tea\); give one of grain, steel"):
        cd.marginal_costs(network, demand, commodity="tea")
    base = cd.solve(network, demand)
    assert cd.delivered_costs(network, base, commodity="grain").attrs["tied"] == bool(base.tied)


@pytest.mark.parametrize("seed", range(20))
def test_the_first_piece_of_a_convex_function_is_found_whatever_tangent_it_starts_from(seed: int) -> None:
    random = np.random.default_rng(seed)
    breaks = np.sort(random.choice(np.arange(0, 60), 4, replace=False)).astype(float) + random.choice([0.0, 0.5])
    slopes = np.sort(random.integers(-40, 0, 5)).astype(float) + np.arange(5) * 0.25

    def loss(x: float) -> float:
        ends = np.concatenate([[0.0], np.minimum(breaks, x), [x]])
        return 1e4 + float(slopes @ np.diff(ends))

    def tangent(x: float) -> Tangent:
        low = slopes[np.searchsorted(breaks, x, side="left")]
        high = slopes[np.searchsorted(breaks, x, side="right")]
        return Tangent(x, loss(x), float(low + (high - low) * random.random()), 1e-6)

    search = first_piece(Tangent(0.0, loss(0.0), tangent(0.0).slope - random.choice([0, 7]), 1e-6), 100.0, 1.0)
    value = next(search)
    try:
        while True:
            value = search.send(tangent(value))
    except StopIteration as end:
        slope, up_to = end.value
    assert slope == pytest.approx(loss(1.0) - loss(0.0))
    assert loss(up_to) == pytest.approx(loss(0.0) + slope * up_to)
    assert up_to == 100 or loss(up_to + 1) > loss(0.0) + slope * (up_to + 1) + 1e-6


@pytest.fixture(scope="module")
def of_eurasia() -> pd.DataFrame:
    return cd.rents(cd.load_network(), cd.load_demand(), progress=False)


def test_links_in_series_of_the_eurasian_base_are_one_bottleneck(of_eurasia: pd.DataFrame) -> None:
    """A thousand tonnes more of one of them alone save nothing; of both what a thousand less of either costs."""
    network, demand, table = cd.load_network(), cd.load_demand(), of_eurasia
    links = table[(table.kind == "link") & (table.up_to_together > 1000) & (table.up_to_less > 1000)]
    group = next(group for _, group in links.groupby("group", sort=False) if len(group) == 2)
    assert (group.saves_more == 0.0).all()
    worth = group.saves_together.iloc[0]
    assert worth == group.dual.sum() > 0.0
    room = {("link", str(row.id)): float(row.limit) for row in group.itertuples()}
    first = next(iter(room))
    more, less = {first: room[first] + 1000.0}, {first: room[first] - 1000.0}
    both = {key: limit + 1000.0 for key, limit in room.items()}
    one, fewer, two = _losses(Case(network, demand), [more, less, both], solver="columns")  # the LP takes 8 s
    assert (round(fewer - one), round(one - two)) == (round(1000.0 * worth), round(1000.0 * worth))


def test_limits_of_members_stand_apart_from_capacities(of_eurasia: pd.DataFrame) -> None:
    table = of_eurasia
    assert {"link", "zone"} <= set(table.kind)
    assert table.kind.eq("zone").is_monotonic_increasing
    assert not bottlenecks(table).kind.eq("zone").any()
    limits = member_limits(table)
    assert list(limits.member) == list(table.id[table.kind == "zone"])
    assert limits.name.ne("").all()


def test_the_map_draws_what_saves_wide_and_what_only_costs_pale() -> None:
    network = _ring(
        {
            "ab": ("a", "b", 10, 60),
            "wide": ("a", "b", 50, np.nan),
            "bc": ("b", "c", 10, 100),
            "far": ("b", "c", 30, 1e3),
        },
        name=["First", "Wide", "Just", "Far"],
    )
    network = network.replace(nodes=network.nodes.assign(x_coord=[50.0, 52.0, 54.0], y_coord=[40.0, 42.0, 44.0]))
    table = cd.rents(network, _wanted(("grain", "a", "c", 100, 220)), progress=False)
    ax = cd.plot_rents(network, table)
    drawn = {str(line.get_gid()) for line in ax.lines}
    assert {"link-ab", "link-bc"} <= drawn
    texts = {text.get_text() for figure in [ax.get_figure()] for text in figure.findobj(plt.Text)}
    assert "40.00 | 40.00  First" in texts
    assert "0.00 | 20.00  Just" in texts


def test_the_map_of_a_result_draws_the_duals_and_calls_what_has_no_name_by_its_id() -> None:
    network = _ring({"ab": ("a", "b", 10, 60), "wide": ("a", "b", 50, np.nan)})
    network = network.replace(nodes=network.nodes.assign(x_coord=[50.0, 52.0], y_coord=[40.0, 42.0]))
    ax = cd.plot_rents(network, cd.rents(network, cd.solve(network, _wanted(("grain", "a", "b", 100, 220)))))
    widths = {str(line.get_gid()): float(line.get_linewidth()) for line in ax.lines}
    assert widths["link-ab"] > 2 * widths["link-wide"]
    texts = {text.get_text() for text in ax.get_figure().findobj(plt.Text)}
    assert "40.00  ab" in texts
    assert "All that are full, USD: dual" in texts
