"""Skims and the legs of their routes, by hand: waits, borders by fee or time, links and transfers passed backwards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd


def trip(**of_links: object) -> cd.Network:
    """Rail a ══ b ══ c, a ferry c ~~ d, d ── e by a road and a quay given from the other end; f is away."""
    links = pd.DataFrame(
        {
            "link_id": ["east", "west", "ferry", "road", "shortcut"],
            "from_node_id": ["a", "b", "c", "e", "a"],
            "to_node_id": ["b", "c", "d", "d", "e"],
            "mode": ["rail", "rail", "ferry", "road", "road"],
            "length": [30.0, 20.0, 40.0, 10.0, 1.0],
            "tariff": [3.0, 2.0, 4.0, 1.0, 0.0],
            "time": [5.0, 3.0, 6.0, 2.0, 0.0],
            "headway": [24.0, 0.0, 0.0, 0.0, 0.0],
            "border_fee": [0.0, 2.0, 0.0, 0.0, 0.0],
            "border_time": [4.0, 0.0, 0.0, 0.0, 0.0],
            "status": [*["operating"] * 4, "closed"],
        }
    ).assign(**of_links)
    ports = pd.DataFrame(
        {
            "transfer_id": ["cheap", "port", "quay"],
            "node_id": ["c", "c", "d"],
            "from_mode": ["rail", "rail", "road"],
            "to_mode": ["ferry", "ferry", "ferry"],
            "cost": [0.5, 5.0, 7.0],
            "time": [0.0, 8.0, 9.0],
            "status": ["closed", "operating", "operating"],
        }
    )
    steps = pd.DataFrame({"link_id": ["road"] * 2 + [""] * 2, "transfer_id": [""] * 2 + ["quay"] * 2, "load": 0.0})
    steps = steps.assign(direction=["fwd", "rev"] * 2, extra_cost=[30.0, 0.25, 70.0, 0.75])
    goods = pd.DataFrame({"commodity": ["grain", "ore"], "value_of_time": [0.5, 0.0]})
    return cd.Network(pd.DataFrame({"node_id": list("abcdef")}), links, ports, commodities=goods, cost_steps=steps)


def test_a_skim_sums_up_its_route_there_and_back() -> None:
    there, back = (
        cd.skim(trip(), commodity="grain", origins=start, destinations=end).iloc[0].to_dict()
        for start, end in (("a", "e"), ("e", "a"))
    )
    time, money = 5 + 4 + 12 + 3 + 8 + 6 + 9 + 2, 3 + 2 + 2 + 5 + 4 + 7 + 1
    route = {"time": time, "length": 100.0, "modes": "rail;ferry;road", "links": "east;west;ferry;road"}
    ends = {"origin": "a", "destination": "e"}
    assert there == {**ends, "cost": money + 0.5 * time + 0.25 + 0.75, **route, "transfers": "port;quay"}
    assert back["cost"] == money + 0.5 * time + 30 + 70
    assert (back["modes"], back["links"], back["transfers"]) == ("road;ferry;rail", "road;ferry;west;east", "quay;port")


def test_pairs_without_a_route_have_no_numbers_and_others_their_own() -> None:
    table = cd.skim(trip(), commodity="ore", origins=["b", "f"], destinations=["f", "c", "b"], minimise="time").head(5)
    assert [*zip(table.origin, table.destination, strict=True)] == [("b", d) for d in "fcb"] + [("f", d) for d in "fc"]
    assert table.time.to_numpy() == pytest.approx([np.nan, 3, 0, np.nan, np.nan], nan_ok=True)
    assert table.cost.to_numpy() == pytest.approx([np.nan, 4, 0, np.nan, np.nan], nan_ok=True)
    assert table.links.tolist() == ["", "west", "", "", ""]
    every = cd.skim(trip(), commodity="ore")
    assert len(every) == 36
    assert every.length.notna().sum() == 5 * 5


def test_a_measure_that_is_missing_on_an_open_link_is_asked_for() -> None:
    unknown = trip(time=[5.0, np.nan, 6.0, np.nan, np.nan])
    with pytest.raises(cd.InputError, match=r"links: time is missing for 2 links \(west, road\); give it, or skim by"):
        cd.skim(unknown, commodity="ore", origins="a", destinations="b", minimise="time")
    assert cd.skim(unknown, commodity="ore", origins="a", destinations="b").cost.tolist() == [3.0]
    with pytest.raises(cd.InputError, match="skim: minimise='money' is unknown; give one of cost, time, length"):
        cd.skim(trip(), commodity="ore", minimise="money")
    with pytest.raises(cd.InputError, match=r"commodity: is unknown for 1 commodity .*give one of grain, ore"):
        cd.skim(trip(), commodity="tea")


def test_legs_tell_waits_borders_and_changes_in_the_direction_of_travel() -> None:
    network = trip()
    there, back = (
        cd.route_legs(network, "grain", cd.skim(network, commodity="grain", origins=o, destinations=d).iloc[0])
        for o, d in (("a", "e"), ("e", "a"))
    )
    assert there.drop(columns="length").to_numpy().tolist() == [
        ["wait", "east", "rail", "a", "a", 12.0, 0.0, 6.0],
        ["link", "east", "rail", "a", "b", 5.0, 3.0, 5.5],
        ["border", "east", "rail", "b", "b", 4.0, 0.0, 2.0],
        ["link", "west", "rail", "b", "c", 3.0, 2.0, 3.5],
        ["border", "west", "rail", "c", "c", 0.0, 2.0, 2.0],
        ["transfer", "port", "ferry", "c", "c", 8.0, 5.0, 9.0],
        ["link", "ferry", "ferry", "c", "d", 6.0, 4.0, 7.0],
        ["transfer", "quay", "road", "d", "d", 9.0, 7.0, 11.5 + 0.75],
        ["link", "road", "road", "d", "e", 2.0, 1.0, 2.0 + 0.25],
    ]
    assert there.length.tolist() == [0, 30, 0, 20, 0, 0, 40, 0, 10]
    assert back[["id", "mode", "from_node_id", "to_node_id", "cost"]].to_numpy().tolist() == [
        ["road", "road", "e", "d", 2.0 + 30],
        ["quay", "ferry", "d", "d", 11.5 + 70],
        ["ferry", "ferry", "d", "c", 7.0],
        ["port", "rail", "c", "c", 9.0],
        ["west", "rail", "c", "b", 3.5],
        ["west", "rail", "b", "b", 2.0],
        ["east", "rail", "b", "b", 6.0],
        ["east", "rail", "b", "a", 5.5],
        ["east", "rail", "a", "a", 2.0],
    ]


def test_goods_whose_time_is_worth_nothing_pay_for_legs_of_unknown_time() -> None:
    network = trip(time=[np.nan, 3.0, 6.0, 2.0, 0.0])
    legs = cd.route_legs(network, "ore", cd.skim(network, commodity="ore", origins="a", destinations="b").iloc[0])
    assert legs[["kind", "cost"]].to_numpy().tolist() == [["wait", 0.0], ["link", 3.0], ["border", 0.0]]
    assert np.isnan(legs.time[1])


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ({"origin": "a", "links": "east"}, "without origin, links, transfers; give a row"),
        ({"origin": "a", "links": "east", "transfers": 5}, "without origin, links, transfers; give a row"),
        ({"origin": "a", "links": "east;rope", "transfers": "lift"}, "route: lift, rope is not in the network"),
    ],
)
def test_legs_of_what_is_no_route_are_refused(route: dict[str, object], says: str) -> None:
    with pytest.raises(cd.InputError, match=says):
        cd.route_legs(trip(), "grain", pd.Series(route))


def test_arguments_of_the_wrong_kind_are_refused_by_name() -> None:
    route = {"origin": "a", "links": "east", "transfers": ""}
    for call in (
        lambda network, commodity: cd.skim(network, commodity=commodity),
        lambda network, commodity: cd.route_legs(network, commodity, pd.Series(route)),
    ):
        with pytest.raises(cd.InputError, match=r"^network: is "):
            call("trip", "ore")
        with pytest.raises(cd.InputError, match=r"^commodity: is "):
            call(trip(), ["ore"])
    with pytest.raises(cd.InputError, match=r"^minimise: is "):
        cd.skim(trip(), commodity="ore", minimise=["cost"])
    with pytest.raises(cd.InputError, match=r"origins: is no node of the network for 1 origin \(z\); give ids"):
        cd.skim(trip(), commodity="ore", origins="z")
