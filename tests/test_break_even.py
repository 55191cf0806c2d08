"""Break-evens: exact pieces against a dense grid, two routes in closed form, and what each piece says."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from generated import TIMES, case
from shapely import Polygon
from written import assert_is_what_it_is_called

import corridors as cd
from corridors.errors import InputError
from corridors.maps.atlas import regions_of
from corridors.methods.route_groups import KEPT, tonnes_by_route


@pytest.fixture(scope="module")
def two() -> tuple[cd.Network, pd.DataFrame]:
    """Xi'an ── north: 60 USD/t ── Duisburg, and next to it middle: 85 USD/t, 3 Mt a year; 4 Mt, worth 300 USD/t."""
    nodes = pd.DataFrame({"node_id": ["xian", "duisburg"], "country": ["CN", "DE"]})
    links = pd.DataFrame(
        {
            "link_id": ["north", "middle"],
            "from_node_id": "xian",
            "to_node_id": "duisburg",
            "mode": "ship",
            "corridors": ["north", "middle"],
            "country": ["KZ;RU", "KZ;AZ"],
            "tariff": [60.0, 85.0],
            "capacity": [np.nan, 3e6],
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["boxes"],
            "commodity": ["containers"],
            "origin": ["xian"],
            "destination": ["duisburg"],
            "volume": [4e6],
            "value": [300.0],
        }
    )
    return cd.Network(nodes, links), demand


def parameters_of(number: int) -> list[tuple[tuple[str, list[str], str, str], float, float]]:
    """Parameters of every kind on a generated case, each with a range."""
    random, network, demand = Random(number), case(Random(number)).network, case(Random(number)).demand
    links = network.links[network.links.status == "operating"]
    some = random.sample(links.link_id.tolist(), min(len(links), 3))
    roomy = network.links.link_id[(network.links.capacity >= 60) & (network.links.background <= 60)].tolist()
    members = list(dict.fromkeys(network.zones.zone_id + ":" + network.zones.node_id))
    found = [
        (("links", some, "tariff", "add"), 0, 150),
        (("links", some, "tariff", "scale"), 0, 4),
        (("links", some, "time", "scale"), 0, 4),
        (("demand", demand.demand_id.tolist()[:3], "value", "scale"), 0, 3),
        (("links", some[:1], "capacity", "set"), 60, 250),
        (("links", roomy, "capacity", "add"), 0, 150),
        (("transfers", network.transfers.transfer_id.tolist(), "cost", "scale"), 0, 5),
        (("zones", members, "price", "add"), -20, 60),
    ]
    return [one for one in found if one[0][1]]


@pytest.mark.parametrize("number", [8] if TIMES == 1 else [3, 8])
def test_pieces_are_the_loss_of_a_dense_grid(number: int) -> None:
    example = case(Random(number))
    for parameter, low, high in parameters_of(number):
        table = cd.break_even(example.network, example.demand, parameter, low, high, routes_by="link", progress=False)
        grid = np.linspace(low, high, 13)
        grid = grid if parameter[3] == "scale" else np.round(grid)
        tried = cd.from_experiments(pd.DataFrame({"p": grid}), {"p": parameter})
        loss = cd.sweep(example.network, example.demand, tried, solver="lp", progress=False).loss.to_numpy()
        on_pieces = np.interp(grid, [*table.low, high], [*table.loss_low, table.loss_high.iloc[-1]])
        assert on_pieces == pytest.approx(loss, abs=0.1), parameter
        turns = np.diff(table.slope) * (1 if table.attrs["on_cost"] else -1)
        assert (turns <= 0).all(), parameter
        assert table.low.tolist()[1:] == table.high.tolist()[:-1]


def test_two_routes_break_even_where_their_costs_meet(two: tuple[cd.Network, pd.DataFrame]) -> None:
    toll = ("links", "north", "tariff", "add")
    table = cd.break_even(*two, toll, -10, 300, progress=False)
    assert table.low.tolist() == [-10, 25, 240]
    assert table.slope.tolist() == [4e6, 1e6, 0]
    assert table.preferred.tolist() == ["north", "middle", "middle"]
    assert table.flips.tolist() == [False, True, False]
    assert table.loss_low.tolist() == [4e6 * 50, 4e6 * 85, 3e6 * 85 + 1e6 * 300]
    assert table.attrs["shares"] == {"north": [1, 0.25, 0], "middle": [0, 0.75, 1]}


def test_a_capacity_is_worth_its_rent_until_it_is_enough(two: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = two
    dear = network.replace(links=network.links.assign(tariff=[110.0, 85.0]))
    table = cd.break_even(dear, demand, ("links", "middle", "capacity", "set"), 0, 6e6, progress=False)
    assert table.low.tolist() == [0, 2e6, 4e6]
    assert table.slope.tolist() == [-25, -25, 0]
    assert table.preferred.tolist() == ["north", "middle", "middle"]  # as it takes over half
    assert table.attrs["shares_low"]["middle"] == [0, 0.5, 1]
    assert table.attrs["shares_high"]["middle"] == [0.5, 1, 1]
    assert not table.attrs["on_cost"]


def test_a_factor_breaks_even_between_grid_values(two: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.break_even(*two, ("links", "north", "tariff", "scale"), 0.5, 2, progress=False)
    assert table.high.iloc[0] == pytest.approx(85 / 60, abs=1e-8)
    assert table.slope.tolist() == [4e6 * 60, 1e6 * 60]


def test_the_value_of_a_commodity_breaks_even_at_its_freight(two: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = two
    value = cd.named_parameter(network, demand, "value", "commodity", "containers")
    table = cd.break_even(network, demand, value, 0.1, 1, progress=False)
    assert table.high.iloc[0] == pytest.approx(60 / 300, abs=1e-8)
    assert table.preferred.tolist() == ["nothing", "north"]
    assert table.slope.tolist() == [4e6 * 300, 0]


def test_a_parameter_that_nobody_meets_has_one_piece(two: tuple[cd.Network, pd.DataFrame]) -> None:
    table = cd.break_even(*two, ("links", "middle", "tariff", "add"), 10, 20, progress=False)
    assert table.slope.tolist() == [0]
    assert table.loss_low.tolist() == table.loss_high.tolist() == [4e6 * 60]


def test_an_atlas_is_a_break_even_at_every_level(two: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = two
    north, middle = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "scale")
    table = cd.atlas(network, demand, (north, 0, 300), (middle, [0.5, 1, 2]), progress=False)
    for level, part in table.groupby("level"):
        links = network.links
        there = network.replace(links=links.assign(tariff=links.tariff.where(links.link_id == "north", 85 * level)))
        alone = cd.break_even(there, demand, north, 0, 300, progress=False)
        columns = list(alone.columns)
        pd.testing.assert_frame_equal(part[columns].reset_index(drop=True), alone, check_dtype=False)
    ax = cd.plot_atlas(table, now=(0, 1))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["middle", "north"]


def test_borders_of_an_atlas_run_straight_between_levels_where_the_same_optima_meet(
    two: tuple[cd.Network, pd.DataFrame],
) -> None:
    network, demand = two
    north, middle = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "add")
    coarse = cd.atlas(network, demand, (north, 0, 100), (middle, [0, 50]), progress=False)
    _, borders, stepped = regions_of(coarse)
    assert stepped == 0
    assert borders == [[(25.0, 0.0), (75.0, 50.0)]]  # north 60 + p, middle 85 + q: they meet where p = 25 + q
    fine = cd.atlas(network, demand, (north, 0, 100), (middle, [20]), progress=False)
    (x0, y0), (x1, y1) = borders[0]
    assert fine.low[fine.flips].item() == pytest.approx(x0 + (20 - y0) / (y1 - y0) * (x1 - x0))


def test_where_another_route_comes_in_between_two_levels_the_border_is_a_step(
    two: tuple[cd.Network, pd.DataFrame],
) -> None:
    network, demand = two
    north, middle = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "add")
    table = cd.atlas(network, demand, (north, 0, 50), (middle, [0, 80]), progress=False)
    regions, borders, stepped = regions_of(table)
    assert stepped == 1
    assert [line for line in borders if line[0][1] == line[1][1]] == [[(25.0, 40.0), (50.0, 40.0)]]
    covered = sum(Polygon(corners).area for corners, *_ in regions)
    assert covered == pytest.approx(50 * 80)


@pytest.mark.parametrize("number", [1, 2])
def test_ways_carry_all_that_is_delivered(number: int) -> None:
    example = case(Random(number))
    result = cd.sweep(
        example.network, example.demand, cd.outages(example.network), keep=[*KEPT, "unmet"], progress=False
    )
    answer = tonnes_by_route(example.network, result, example.demand, "link")
    away = example.demand.origin != example.demand.destination
    delivered = (example.demand.volume.to_numpy() - result.unmet.to_numpy()).sum(axis=1)
    moved = np.array([sum(one.values()) for one in answer])
    # What starts where it ends takes no link.
    assert (moved <= delivered + 1).all()
    if away.all() and example.network.zones.empty:
        assert moved == pytest.approx(delivered, abs=1)
    assert all(list(one.values()) == sorted(one.values(), reverse=True) for one in answer)


def test_ways_are_those_of_the_rows_asked_for(two: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = two
    nodes = pd.concat([network.nodes, pd.DataFrame({"node_id": ["poti"], "country": ["GE"]})], ignore_index=True)
    links = pd.concat(
        [
            network.links,
            pd.DataFrame({"link_id": ["branch"], "from_node_id": "xian", "to_node_id": "poti", "mode": "ship",
                          "corridors": ["branch"], "tariff": [40.0]}),
        ],
        ignore_index=True,
    )  # fmt: skip
    both = pd.concat([demand, demand.assign(demand_id="more", destination="poti", volume=1e6)], ignore_index=True)
    toll = ("links", "north", "tariff", "add")

    def shares(**whose: str) -> dict[str, list[float]]:
        wider = cd.Network(nodes, links)
        table = cd.break_even(wider, both, toll, 0, 20, select=whose, progress=False)
        found: dict[str, list[float]] = table.attrs["shares"]
        return found

    assert shares() == {"north": [0.8], "branch": [0.2]}
    assert shares(destination="DE") == {"north": [1]}
    assert shares(commodity="containers", origin="CN", destination="GE") == {"branch": [1]}


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ({"country": "DE"}, "select: country is no key of it here; give some of commodity, origin, destination"),
        ({"destination": "FR"}, "select: demand: no row has destination FR"),
        ({"origin": ["CN"]}, "select: origin: is a list; give one text"),
        ("containers", "select: is the text 'containers'; give a dict by name"),
    ],
)
def test_a_selection_that_does_not_fit_is_refused_by_its_name(
    two: tuple[cd.Network, pd.DataFrame], select: Any, words: str
) -> None:
    north, middle = ("links", "north", "tariff", "add"), ("links", "middle", "tariff", "add")
    with pytest.raises(cd.InputError, match=words):
        cd.break_even(*two, north, 0, 20, select=select, progress=False)
    with pytest.raises(cd.InputError, match=words):
        cd.atlas(*two, (north, 0, 20), (middle, [1]), select=select, progress=False)


def test_a_hedge_is_for_a_commodity_and_an_origin_alone(two: tuple[cd.Network, pd.DataFrame]) -> None:
    with pytest.raises(cd.InputError, match="select: destination is no key of it here; give some of commodity, origin"):
        cd.hedging_frontier(*two, bloc="RU", select={"destination": "DE"}, progress=False)


def test_routes_are_named_by_country_link_and_gate(two: tuple[cd.Network, pd.DataFrame]) -> None:
    toll = ("links", "north", "tariff", "add")
    network, demand = two[0].replace(blocs=cd.load_blocs()), two[1]

    def preferred(by: object) -> list[str]:
        return cd.break_even(network, demand, toll, 0, 100, routes_by=by, progress=False).preferred.tolist()  # type: ignore[arg-type]

    assert preferred("country") == ["KZ > RU > DE", "KZ > AZ > DE"]
    assert preferred("link") == ["north", "middle"]
    assert preferred("through:RU,eaeu") == ["through RU + through eaeu", "through eaeu"]
    assert preferred("through:AZ") == ["around", "through AZ"]
    assert preferred({"Russia": ["north"], "all of it": ["north", "middle"]}) == ["Russia + all of it", "all of it"]


def test_what_can_not_be_followed_says_so(two: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = two
    toll = ("links", "north", "tariff", "add")
    for parameter, low, high, message in (
        (toll, 3, 3, "3 to 3 is no range"),
        (toll, -100, 0, "a number falls below 0"),
        (("links", "north", "status", "close"), 0, 1, "status can't be followed"),
        (("links", ["north", "north"], "tariff", "add"), 0, 1, "changes a number twice"),
        (("links", "nowhere", "tariff", "add"), 0, 1, "id of a scenario is unknown"),
    ):
        with pytest.raises(InputError, match=message):
            cd.break_even(network, demand, parameter, low, high, progress=False)
    busy = network.replace(links=network.links.assign(background=[0.0, 1e6]))
    with pytest.raises(InputError, match="below the background for 1 link"):
        cd.break_even(busy, demand, ("links", "middle", "capacity", "scale"), 0, 1, progress=False)
    with pytest.raises(InputError, match="both change the same number"):
        cd.atlas(network, demand, (toll, 0, 1), (("links", "north", "tariff", "scale"), [1, 2]), progress=False)
    with pytest.raises(InputError, match="no levels"):
        cd.atlas(network, demand, (toll, 0, 1), (("links", "middle", "tariff", "scale"), []), progress=False)
    with pytest.raises(InputError, match="by='sea' is unknown"):
        cd.break_even(network, demand, toll, 0, 1, routes_by="sea", progress=False)


def test_the_chart_marks_flips_and_today(two: tuple[cd.Network, pd.DataFrame], tmp_path: Path) -> None:
    table = cd.break_even(*two, ("links", "north", "tariff", "add"), 0, 300, progress=False)
    ax = cd.plot_break_even(table, name="toll, USD a tonne", now=0)
    assert [text.get_text() for text in ax.texts] == ["25"]
    cd.save_figure(ax, tmp_path / "chart.svg")
    assert_is_what_it_is_called(tmp_path / "chart.svg")
    with pytest.raises(InputError, match="give what break_even gave"):
        cd.plot_break_even(pd.DataFrame(table.to_dict("list")))


@pytest.mark.parametrize("operation", ["add", "scale"])
def test_rounding_at_every_value_neither_moves_a_break_nor_makes_one(
    two: tuple[cd.Network, pd.DataFrame], operation: str
) -> None:
    network, demand = two
    halves = network.replace(links=network.links.assign(tariff=[60.00005, 85.00005]))  # between two units of the model
    ends = (0.0, 300.0) if operation == "add" else (0.5, 2.0)
    table = cd.break_even(halves, demand, ("links", "north", "tariff", operation), *ends, progress=False)
    expected = [25.0, 240.0] if operation == "add" else [85 / 60]
    assert table.low.tolist()[1:] == pytest.approx(expected, abs=2e-4 if operation == "add" else 4e-6)
    assert table.slope.iloc[0] == pytest.approx(4e6 if operation == "add" else 4e6 * 60.00005)
