"""The systems that the Eurasian network is for: each works in the base case of 2024 as it does in the world."""

from __future__ import annotations

import pandas as pd
import pytest
import xarray as xr

import corridors as cd
from corridors.model.build import build
from corridors.model.decode import decode, routes
from corridors.schema.checks import split
from corridors.sweeping.solve import solved

CASPIAN = {"ship_aktau_port_baku_port", "ferry_kuryk_port_baku_port"}
AROUND_RUSSIA = ("RU", "IR", "TM", "SG")
"""Countries without which China's goods go west by the Caspian, and not by the Indian Ocean."""


@pytest.fixture(scope="module")
def network() -> cd.Network:
    return cd.load_network("eurasia")


@pytest.fixture(scope="module")
def case(network: cd.Network) -> tuple[xr.Dataset, pd.DataFrame]:
    solution = solved(build(network, cd.load_demand("2024")))
    return decode(solution), routes(solution)


@pytest.fixture(scope="module")
def flow(case: tuple[xr.Dataset, pd.DataFrame]) -> pd.Series:
    """Mt a year on each link, both directions, all commodities."""
    return case[0].flow.sum(["direction", "commodity"]).to_series() / 1e6


@pytest.fixture(scope="module")
def paths(case: tuple[xr.Dataset, pd.DataFrame]) -> pd.DataFrame:
    return case[1]


def without(network: cd.Network, *closed: str) -> cd.Network:
    """The network without some countries or links."""
    links = network.links
    shut = links.link_id.isin(closed) | links.country.map(lambda cell: bool(set(closed) & set(split(cell))))
    return network.replace(links=links.assign(status=links.status.where(~shut, "closed")))


def route(network: cd.Network, commodity: str, origin: str, destination: str) -> pd.Series:
    return cd.skim(network, commodity=commodity, origins=origin, destinations=destination).iloc[0]


def touched(network: cd.Network, paths: pd.DataFrame) -> pd.Series:
    """The links of each path, and the countries that they run through."""
    country = network.links.set_index("link_id").country.map(split)
    return paths.links.map(lambda cell: {*split(cell), *(c for link in split(cell) for c in country[link])})


def test_khorgos_takes_trains_from_one_gauge_to_the_other(case: tuple[xr.Dataset, pd.DataFrame]) -> None:
    base = case[0]
    gate = float(base.flow.sel(link="rail_altynkol_khorgos").sum())
    changed = float(base.transfer_flow.sel(transfer="khorgos_cn_rail1520_rail1435").sum())
    assert gate > 5e6
    assert changed == pytest.approx(gate, rel=0.02)


def test_the_trans_caspian_route_runs_from_khorgos_to_poti_and_on_to_constanta(network: cd.Network) -> None:
    part = without(network, *AROUND_RUSSIA)
    to_poti = split(route(part, "containers", "khorgos_cn", "poti_port").links)
    assert {"rail_altynkol_khorgos", "rail_boyuk_kesik_gardabani", "rail_samtredia_poti_port"} <= set(to_poti)
    assert CASPIAN & set(to_poti)
    to_constanta = route(part, "containers", "khorgos_cn", "constanta_port")
    assert set(split(to_constanta.links)) & {"ship_poti_port_constanta_port", "ship_batumi_port_constanta_port"}
    assert to_constanta.time > route(part, "containers", "khorgos_cn", "poti_port").time


def test_the_trans_caspian_route_runs_through_baku_tbilisi_kars_where_the_black_sea_is_shut(
    network: cd.Network,
) -> None:
    ships = network.links.link_id[network.links.link_id.str.match("ship_(poti|batumi)")]
    through = route(without(network, *AROUND_RUSSIA, *ships), "containers", "khorgos_cn", "istanbul")
    assert {"rail_marabda_akhalkalaki", "rail_kartsakhi_kars"} <= set(split(through.links))
    assert "akhalkalaki_rail1520_rail1435" in split(through.transfers)


def test_aktau_ships_oil_and_dry_cargo_within_its_limits(network: cd.Network, flow: pd.Series) -> None:
    oil = flow[["ship_oil_aktau_sangachal", "ship_oil_aktau_makhachkala"]].sum()
    assert oil == pytest.approx(3.7, rel=0.15)
    assert 0.3 < flow["ship_aktau_port_baku_port"] < 1.2
    assert network.nodes.set_index("node_id").capacity["aktau_port"] == 11e6


def test_kuryk_takes_over_railcars_when_aktau_is_shut(network: cd.Network) -> None:
    open_route = route(without(network, *AROUND_RUSSIA), "general", "karaganda", "baku_port")
    shut = route(without(network, *AROUND_RUSSIA, "ship_aktau_port_baku_port"), "general", "karaganda", "baku_port")
    assert "ferry_kuryk_port_baku_port" in split(shut.links)
    assert shut.cost - open_route.cost < 15


def test_the_road_from_western_europe_to_western_china_is_one_road(network: cd.Network) -> None:
    roads = network.subset(modes=["road"])
    along = route(roads, "general", "st_petersburg", "lianyungang_port")
    assert along.modes == "road"
    assert along.length == pytest.approx(8445, rel=0.1)
    countries = network.links.set_index("link_id").country
    assert {c for link in split(along.links) for c in split(countries[link])} == {"RU", "KZ", "CN"}


def test_kazakh_oil_reaches_schwedt_by_the_northern_druzhba(paths: pd.DataFrame) -> None:
    german = paths[paths.destination == "schwedt"]
    assert german.volume.sum() == pytest.approx(1.5e6, rel=0.01)
    for cell in german.links:
        assert {"oil_bolshoy_chagan_samara", "druzhba_unecha_mozyr", "druzhba_plock_schwedt"} <= set(split(cell))


def test_the_southern_druzhba_feeds_hungary_slovakia_and_czechia(paths: pd.DataFrame) -> None:
    south = paths[paths.destination.isin(["szazhalombatta", "bratislava", "litvinov"])]
    assert set(south.destination) == {"szazhalombatta", "bratislava", "litvinov"}
    russian = south[south.origin == "almetyevsk"]
    assert set(russian.destination) == {"szazhalombatta", "bratislava", "litvinov"}
    assert russian.links.str.contains("druzhba_mozyr_brody").all()
    assert russian.volume.sum() == pytest.approx(12.9e6, rel=0.05)
    by_sea = south.drop(russian.index)  # by the Adria line and the Transalpine, whose quantities are in the data
    assert set(by_sea.origin) == {"omisalj", "trieste_port"}
    assert by_sea.volume.sum() == pytest.approx(5.9e6, rel=0.05)


def test_cpc_carries_63_million_tonnes_from_three_fields_and_russia(paths: pd.DataFrame, flow: pd.Series) -> None:
    assert flow["oil_kropotkin_novorossiysk_cpc"] == pytest.approx(63.01, rel=0.05)
    shippers = set(paths.origin[paths.links.str.contains("oil_kropotkin_novorossiysk_cpc")])
    assert {"tengiz", "kashagan_eskene", "karachaganak", "astrakhan_cpc"} <= shippers


def test_without_cpc_oil_moves_to_baku_tbilisi_ceyhan_and_much_of_it_stays(network: cd.Network) -> None:
    demand = cd.load_demand("2024")
    crude = demand[demand.commodity == "crude_oil"]
    shut = cd.solve(without(network, "oil_kropotkin_novorossiysk_cpc"), crude)
    through = shut.flow.sum(["direction", "commodity"]).to_series() / 1e6
    assert float(shut.unmet.sum()) / 1e6 > 20
    assert through["btc_tbilisi_erzurum"] > 33


def test_atyrau_samara_carries_8_6_million_tonnes(flow: pd.Series) -> None:
    assert flow["oil_bolshoy_chagan_samara"] == pytest.approx(8.6, rel=0.15)


def test_the_pipeline_to_china_carries_russian_transit_and_kazakh_oil(paths: pd.DataFrame) -> None:
    to_china = paths[paths.links.str.contains("oil_atasu_alashankou")]
    by_origin = to_china.groupby(to_china.origin == "omsk").volume.sum() / 1e6
    assert by_origin[True] == pytest.approx(9.979, rel=0.01)
    assert by_origin[False] == pytest.approx(1.2, rel=0.01)


def test_baku_tbilisi_ceyhan_carries_azeri_kazakh_and_turkmen_oil(paths: pd.DataFrame, flow: pd.Series) -> None:
    assert flow["btc_tbilisi_erzurum"] == pytest.approx(29.8, rel=0.05)
    at_ceyhan = paths[(paths.destination == "ceyhan")].groupby("origin").volume.sum() / 1e6
    assert at_ceyhan[["sangachal", "turkmenbashi_port"]].min() > 1
    assert at_ceyhan[["tengiz", "uzen"]].sum() == pytest.approx(1.4, rel=0.15)


def test_central_asian_gas_reaches_china_by_khorgos(flow: pd.Series) -> None:
    assert flow["gas_shymkent_khorgos_cn"] / 0.7 == pytest.approx(37.1 + 5.0, rel=0.05)


def test_belt_and_road_trains_change_gauge_twice_between_xian_and_duisburg(
    network: cd.Network, flow: pd.Series, paths: pd.DataFrame
) -> None:
    train = route(network, "containers", "xian", "duisburg")
    assert train.modes == "rail-1435;rail-1520;rail-1435"
    assert sum("rail1520_rail1435" in transfer for transfer in split(train.transfers)) == 2
    european = paths[
        (paths.commodity == "containers") & paths.destination.isin(["warsaw", "duisburg", "hamburg", "berlin"])
    ]
    assert touched(network, european).map(lambda names: {"CN", "KZ", "RU", "BY", "PL"} <= names).all()
    assert flow["rail_brest_malaszewicze"] == pytest.approx(4.5 + 0.7, rel=0.2)


def test_rail_transit_between_russia_and_central_asia_crosses_kazakhstan_both_ways(
    network: cd.Network, paths: pd.DataFrame
) -> None:
    country = network.nodes.set_index("node_id").country
    general = paths[paths.commodity == "general"]
    home, goal = general.origin.map(country), general.destination.map(country)
    central = {"UZ", "KG", "TJ"}
    for there in ((home == "RU") & goal.isin(central), home.isin(central) & (goal == "RU")):
        transit = general[there]
        over = transit[touched(network, transit).map(lambda names: "KZ" in names).astype(bool)]
        assert over.volume.sum() > 2.5e6
        assert over.volume.sum() == pytest.approx(transit.volume.sum(), rel=0.02)


def test_grain_of_13_4_million_tonnes_reaches_every_destination(network: cd.Network, paths: pd.DataFrame) -> None:
    grain = paths[(paths.commodity == "grain") & paths.demand_id.str.match(r"gr(0\d|1[0-3]|16)(:|$)")]
    assert grain.volume.sum() == pytest.approx(13.4e6, rel=0.01)
    by_country = grain.groupby(grain.destination.map(network.nodes.set_index("node_id").country)).volume.sum() / 1e6
    season = 13.4 / 6.1
    wanted = {"UZ": 2.3, "TJ": 0.899, "AF": 0.256, "KG": 0.233, "IR": 0.718, "AZ": 0.379}
    for name, to_march in wanted.items():
        assert by_country[name] == pytest.approx(to_march * season, rel=0.05), name


def test_uranium_for_the_west_goes_over_the_caspian_and_around_russia(network: cd.Network, paths: pd.DataFrame) -> None:
    western = paths[paths.demand_id.str.startswith("ur01:")]
    assert western.volume.sum() == pytest.approx(2500, rel=0.01)
    for names in touched(network, western):
        assert names & CASPIAN
        assert "RU" not in names


def test_94_to_97_percent_of_kazakh_crude_exports_cross_russia(network: cd.Network, paths: pd.DataFrame) -> None:
    country = network.nodes.set_index("node_id").country
    crude = paths[paths.commodity == "crude_oil"]
    exports = crude[(crude.origin.map(country) == "KZ") & (crude.destination.map(country) != "KZ")]
    over_russia = touched(network, exports).map(lambda names: "RU" in names).astype(bool)
    assert 0.94 <= exports.volume[over_russia].sum() / exports.volume.sum() <= 0.97


def test_results_can_be_grouped_by_bloc(network: cd.Network, paths: pd.DataFrame) -> None:
    country = network.nodes.set_index("node_id").country.rename("country")
    blocs = cd.load_blocs()
    starts = paths.assign(country=paths.origin.map(country)).merge(blocs, on="country")
    by_bloc = starts.groupby("bloc").volume.sum() / 1e6
    assert by_bloc["eaeu"] > by_bloc["ots"] > by_bloc["eu"] > 0
