"""The named shocks: what each does on a network small enough to see it."""

from __future__ import annotations

import pandas as pd
import pytest

import corridors as cd


def case() -> tuple[cd.Network, pd.DataFrame]:
    """KZ sends oil to the sea by RU's port or by AZ, wheat to RU, and through RU and BY to PL; RU sends oil as well."""
    nodes = pd.DataFrame(
        {
            "node_id": ["field", "samara", "port", "baku", "minsk", "warsaw"],
            "country": ["KZ", "RU", "RU", "AZ", "BY", "PL"],
            "capacity": [None, None, None, 200.0, None, None],
        }
    )
    links = pd.DataFrame(
        [
            ("gate", "field", "samara", 10.0, None),
            ("cpc", "samara", "port", 10.0, 80.0),
            ("ferry", "field", "baku", 60.0, 40.0),
            ("west", "samara", "minsk", 5.0, None),
            ("border", "minsk", "warsaw", 5.0, None),
        ],
        columns=["link_id", "from_node_id", "to_node_id", "tariff", "capacity"],
    ).assign(mode="rail")
    zones = pd.DataFrame({"zone_id": "sea", "role": "destination", "node_id": ["port", "baku"]})
    rows = [
        ("kz_oil", "crude_oil", "field", "sea", 50.0),
        ("ru_oil", "crude_oil", "samara", "sea", 30.0),
        ("to_ru", "grain", "field", "samara", 5.0),
        ("to_pl", "grain", "field", "warsaw", 7.0),
        ("ru_pl", "grain", "samara", "warsaw", 9.0),
    ]
    demand = pd.DataFrame(rows, columns=["demand_id", "commodity", "origin", "destination", "volume"])
    return cd.Network(nodes, links, zones=zones, blocs=cd.load_blocs()), demand.assign(value=100.0)


def after(kind: str, target: str, **more: object) -> pd.DataFrame:
    row = {"shock_id": "s", "kind": kind, "target": target, "commodity": "", "origins": "", "value": float("nan")}
    network, demand = case()
    scenarios = cd.shocks(network, demand, pd.DataFrame([row | more]))
    result = cd.sweep(network, demand, scenarios, keep=("row_cost",), progress=False).sel(scenario="s")
    return result[["unmet", "row_cost"]].to_dataframe()


def test_refused_transit_stops_goods_of_others_and_nothing_else() -> None:
    # Oil of KZ can't be loaded in RU, so 40 t take the ferry; wheat for RU arrives, wheat for PL does not.
    assert after("refuse_transit", "RU").unmet.to_dict() == {
        "kz_oil": 10, "ru_oil": 0, "to_ru": 0, "to_pl": 7, "ru_pl": 0,
    }  # fmt: skip


def test_a_toll_is_paid_by_goods_of_the_countries_named_only() -> None:
    tolled = after("toll", "eu", commodity="grain", origins="RU;BY", value=3.0)
    assert tolled.row_cost.to_dict() == {"kz_oil": 1000, "ru_oil": 300, "to_ru": 50, "to_pl": 140, "ru_pl": 9 * 13}
    assert after("toll", "eu", commodity="grain", origins="RU;BY", value=95.0).unmet.to_dict()["ru_pl"] == 9


def test_closures_find_links_by_pattern_nodes_and_borders() -> None:
    assert after("close", "c*c;ferry").unmet.to_dict() == {
        "kz_oil": 50, "ru_oil": 30, "to_ru": 0, "to_pl": 0, "ru_pl": 0,
    }  # fmt: skip
    assert after("close_border", "BY;PL").unmet[["to_pl", "ru_pl"]].tolist() == [7, 9]
    assert after("close_border", "PL-BY").equals(after("close_border", "BY;PL"))
    assert after("close_node", "samara").unmet.to_dict() == {
        "kz_oil": 10, "ru_oil": 30, "to_ru": 5, "to_pl": 7, "ru_pl": 9,
    }  # fmt: skip
    assert after("scale", "cpc;ferry;gate;baku", value=0.5).unmet.sum() == 20


def test_ships_that_load_a_part_carry_less_and_cost_more_a_tonne() -> None:
    light = after("part_load", "ferry;baku", value=0.5)
    # Of the oil, 50 + 30 t, the port at 10 takes the 80 t that cpc has; wheat goes on.
    assert light.unmet.sum() == 0
    network, demand = case()
    row = {"shock_id": "s", "kind": "part_load", "target": "ferry;baku", "commodity": "", "origins": "", "value": 0.5}
    changes = cd.shocks(network, demand, pd.DataFrame([row])).changes(0)
    assert changes[["id", "field", "value"]].to_numpy().tolist() == [
        ["ferry", "capacity", 0.5], ["baku", "capacity", 0.5], ["ferry", "tariff", 2.0],
    ]  # fmt: skip


def test_a_ban_on_exports_keeps_goods_of_the_country_inside() -> None:
    assert after("ban_export", "KZ", commodity="grain").unmet.to_dict() == {
        "kz_oil": 0, "ru_oil": 0, "to_ru": 5, "to_pl": 7, "ru_pl": 0,
    }  # fmt: skip
    assert after("ban_export", "RU").unmet.to_dict()["ru_pl"] == 9


def test_what_is_out_of_reach_says_why_and_is_no_scenario() -> None:
    table = cd.load_shocks().set_index("shock_id")
    out = table.index[table.out_of_reach != ""]
    assert list(out) == ["oil_price", "tenge"]
    assert not set(out) & set(cd.shocks(cd.load_network(), cd.load_demand()).labels)


def test_a_closed_border_shuts_what_crosses_it_on_its_way_but_no_pipeline() -> None:
    network, demand = case()
    links = network.links.assign(country=["KZ;RU", "RU", "KZ;RU;AZ", "RU;BY", "BY;PL"])
    links.loc[links.link_id == "gate", "mode"] = "oil_pipeline"
    row = {"shock_id": "s", "kind": "close_border", "target": "RU;KZ", "commodity": "", "origins": "", "value": None}
    shut = cd.shocks(network.replace(links=links), demand, pd.DataFrame([row]))
    assert shut.changes(0).id.tolist() == ["ferry"]


def test_a_lower_value_leaves_dear_ways_unused() -> None:
    assert after("value", "", commodity="crude_oil", value=0.15).unmet[["kz_oil", "ru_oil"]].tolist() == [50, 0]


def test_every_shock_of_the_data_fits_the_network() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    named = cd.shocks(network, demand)
    assert len(named) == 9
    assert all(len(named.changes(i)) for i in range(9))
    result = cd.sweep(network, demand, named, progress=False)
    assert (result.loss > cd.solve(network, demand).loss + 1e6).all()  # each costs a million USD a year or more
    assert set(named.changes(named.labels.index("pl_by_border")).id) == {
        "rail_brest_malaszewicze", "rail_bruzgi_warsaw", "road_brest_warsaw",
    }  # fmt: skip


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(cd.InputError, match="shocks: kind is unknown for 1 shock"):
        after("bomb", "cpc")
