"""The data set: whole, connected as it should be, traced to its sources, and made by its script."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

import corridors as cd
from corridors import datasets
from corridors.errors import InputError
from corridors.model.costs import may_carry
from corridors.network import Network
from corridors.schema.checks import split

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "data" / "facts"
BY_HAND = {"candidates.csv", "map_names.csv", "projects.csv", "shocks.csv", "sliders.csv"}
"""Tables that no script makes."""
YEARS = ("2022", "2024", "2025", "2030")
"""The years that there is demand of."""
OUTLYING = 40.0
"""How far (km) a node may lie outside the 1:50m outline of its country: coasts and borders are drawn coarsely."""


@pytest.fixture(scope="module")
def network() -> Network:
    return datasets.load_network("eurasia")


def read(table: str) -> pd.DataFrame:
    return pd.read_csv(datasets.folder() / f"{table}.csv", dtype=str, keep_default_na=False)


def great_circle(a: pd.DataFrame, b: pd.DataFrame) -> np.ndarray:
    """Kilometres between points in degrees."""
    lon, lat, lon2, lat2 = (np.radians(x.to_numpy()) for x in (a.x_coord, a.y_coord, b.x_coord, b.y_coord))
    h = np.sin((lat2 - lat) / 2) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(h))


def test_the_committed_tables_are_what_the_build_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "data.geo.build", str(tmp_path)], cwd=ROOT, check=True)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == sorted({p.name for p in datasets.folder().glob("*.csv")} - BY_HAND)
    assert [n for n in written if (tmp_path / n).read_bytes() != (datasets.folder() / n).read_bytes()] == []


def test_every_node_and_link_of_the_facts_is_there(network: Network) -> None:
    for table, key in (("nodes", "node_id"), ("links", "link_id")):
        facts = pd.read_csv(FACTS / f"{table}.csv", dtype=str)
        assert list(getattr(network, table)[key]) == list(facts.id)
    assert network.links.status.value_counts().to_dict() == {"operating": 579, "planned": 24, "closed": 7}


def test_a_link_is_never_shorter_than_the_great_circle(network: Network) -> None:
    at = network.nodes.set_index("node_id")
    links = network.links
    direct = great_circle(at.loc[links.from_node_id], at.loc[links.to_node_id])
    short = links.link_id[links.length < direct - 1.0]
    assert list(short) == []


def test_a_node_lies_in_or_near_its_country(network: Network) -> None:
    outlines = datasets.basemap("countries_50m").to_crs(4326).dissolve("name").geometry
    names = (
        datasets.load_countries()
        .set_index("country")
        .country_name.replace({"Turkiye": "Turkey", "United States": "United States of America"})
    )
    lands = {"GI": None, "IN": "India"}
    far = []
    for node in network.nodes.itertuples():
        name = lands.get(node.country, names.get(node.country))
        if name not in outlines.index:
            continue
        point = shapely.Point(node.x_coord, node.y_coord)
        nearest = shapely.ops.nearest_points(outlines[name], point)[0]
        km = 111.2 * math.hypot((nearest.x - point.x) * math.cos(math.radians(point.y)), nearest.y - point.y)
        if km > OUTLYING:
            far.append((node.node_id, node.country, round(km)))
    assert far == []


def test_a_course_begins_and_ends_at_the_nodes_of_its_link(network: Network) -> None:
    at = network.nodes.set_index("node_id")
    for link in network.links.itertuples():
        for end, where in ((link.from_node_id, 0), (link.to_node_id, -1)):
            assert link.geometry.coords[where] == (at.x_coord[end], at.y_coord[end]), link.link_id


def test_capacity_is_never_below_what_was_observed(network: Network) -> None:
    links = network.links
    directions = np.where(links.capacity_scope == "each", 2, 1)
    seen = pd.to_numeric(links.flow)
    past = pd.to_numeric(links.flow_year) <= datasets.BASE_YEAR
    assert list(links.link_id[past & (seen > links.capacity * directions)]) == []


@pytest.mark.parametrize("year", [2022, 2024, 2025, 2030])
def test_background_leaves_room(year: int) -> None:
    links = datasets.load_network("eurasia", year=year).links
    assert list(links.link_id[links.background > 0.6 * links.capacity]) == []


def test_two_tracks_have_a_capacity_each_way_and_a_single_track_shares_one(network: Network) -> None:
    rail = network.links[network.links["mode"].str.startswith("rail")]
    assert (rail.capacity_scope == rail.tracks.map({1: "both", 2: "each"})).all()


def test_every_break_of_gauge_is_a_transfer(network: Network) -> None:
    transfers = network.transfers[network.transfers.kind == "gauge"]
    expected = "alashankou khorgos_cn malaszewicze akhalkalaki sarakhs_ir manzhouli erenhot dobra_sk bruzgi astara_ir"
    assert set(expected.split()) <= set(transfers.node_id)
    assert set(network.links["mode"][network.links["mode"].str.startswith("rail")]) == {"rail-1435", "rail-1520"}


def test_crude_leaves_pipelines_for_wagons_at_five_racks_and_never_comes_back(network: Network) -> None:
    oil = network.transfers[network.transfers.commodities == "crude_oil"]
    pairs = oil.groupby(["from_mode", "to_mode"]).node_id.apply(set).to_dict()
    assert pairs["oil_pipeline", "rail-1520"] == {"tengiz", "atyrau", "uzen", "atasu", "shymkent"}
    assert pairs["rail-1520", "ship"] == {"aktau_port", "turkmenbashi_port", "batumi_port"}
    assert set(pairs) == {
        ("oil_pipeline", "rail-1520"),
        ("rail-1520", "ship"),
        ("oil_pipeline", "ship"),
        ("ship", "oil_pipeline"),
    }


def test_no_crude_runs_on_the_gauge_of_1435_nor_on_dry_ships(network: Network) -> None:
    may = may_carry(network, "links", "crude_oil")
    taken = network.links[may]
    assert "rail-1435" not in set(taken["mode"])
    assert taken.directed[taken["mode"] == "ship"].all()
    assert not may_carry(network, "links", "grain")[(network.links.commodities == "crude_oil").to_numpy()].any()


@pytest.mark.parametrize("year", YEARS)
def test_every_demand_row_can_reach_its_destination(year: str) -> None:
    network = datasets.load_network(year=int(year))
    rows = datasets.load_demand(year)
    members = network.zones.groupby("zone_id").node_id.apply(list)
    graphs = {name: places(network, name) for name in rows.commodity.unique()}
    for (commodity, origin), sent in rows.groupby(["commodity", "origin"]):
        graph, starts = graphs[commodity], set(members.get(origin, [origin]))
        reached = set().union(*({place} | nx.descendants(graph, place) for place in graph if place[0] in starts))
        at = {place[0] for place in reached}
        for row in sent.itertuples():
            assert not at.isdisjoint(members.get(row.destination, [row.destination])), row.demand_id


def places(network: Network, commodity: str) -> nx.DiGraph:
    """Node x mode, by the operating links and transfers that take the commodity."""
    graph = nx.DiGraph()
    for table in ("links", "transfers"):
        rows = getattr(network, table)
        for row in rows[may_carry(network, table, commodity) & (rows.status == "operating").to_numpy()].itertuples():
            if table == "links":
                ends = (row.from_node_id, row.mode), (row.to_node_id, row.mode)
            else:
                ends = (row.node_id, row.from_mode), (row.node_id, row.to_mode)
            graph.add_edge(*ends)
            if not row.directed:
                graph.add_edge(*reversed(ends))
    return graph


def test_planned_links_are_open_in_their_year_and_not_before() -> None:
    def status(year: int) -> pd.Series:
        return datasets.load_network("eurasia", year=year).links.set_index("link_id").status

    opening = read("stages").query("field == 'status'").set_index("id").year.astype(int)
    before, after = status(datasets.BASE_YEAR), status(2030)
    assert (before[opening.index] == "planned").all()
    assert (after[opening.index] == "operating").all()
    assert status(2028)["rail_moyinty_kyzylzhar"] == "operating"
    assert status(2028)["rail_kashgar_torugart"] == "planned"


@pytest.mark.parametrize("table", ["links", "transfers", "zones"])
def test_tables_are_what_the_stages_come_to_in_the_base_year(table: str) -> None:
    plain, staged = datasets._read(table), datasets._tables(datasets.BASE_YEAR)[table]
    pd.testing.assert_frame_equal(plain, staged, check_dtype=False)


def test_dostyk_gets_its_second_track_in_2026() -> None:
    lines = [
        datasets.load_network(year=year).links.set_index("link_id").loc["rail_dostyk_beskol"]
        for year in (2024, 2025, 2026)
    ]
    assert [(x.capacity, x.capacity_scope, x.tracks) for x in lines] == [
        (17_520_000, "both", 1),
        (20_556_800, "both", 1),
        (43_800_000, "each", 2),
    ]


def test_every_row_says_where_it_comes_from_and_how_far_to_trust_it() -> None:
    for table in [
        "nodes",
        "links",
        "transfers",
        "zones",
        "commodities",
        "rates",
        "tariffs",
        "fleets",
        "legs",
        "blocs",
        *(f"demand_{year}" for year in YEARS),
        "events",
        "references",
    ]:
        rows = read(table)
        assert (rows.source != "").all(), table
        assert rows.confidence.isin(["high", "medium", "low"]).all(), table


def test_the_ids_named_as_facts_exist() -> None:
    known = set()
    for table in ("demands", "reference_results", "lookups"):
        known |= set(pd.read_csv(FACTS / f"{table}.csv", dtype=str).id)
    demands = [f"demand_{year}" for year in YEARS]
    for table in ("zones", *demands, "observed_2024", "defaults", "repairs", "legs"):
        named = {i for cell in read(table).facts for i in split(cell)}
        assert named <= known, table


def test_a_rule_names_a_default_that_exists(network: Network) -> None:
    defaults = set(read("defaults").default_id)
    cells = [network.transfers.source, network.rates.source, network.links.time_basis, network.links.tariff_basis]
    cells += [network.links.capacity_basis, network.tariffs.source, network.commodities.value_of_time_basis]
    cells += [network.links.border_basis, datasets.load_demand().value_basis]
    named = {name for column in cells for cell in column for name in _defaults_in(cell)}
    assert named
    assert named <= defaults


def _defaults_in(cell: str) -> list[str]:
    """The ids in "default a; b; and words"."""
    names = cell.removeprefix("default ").split("; ") if cell.startswith("default ") else []
    return [name for name in names if " " not in name]


def test_a_repair_is_applied_or_says_why_not() -> None:
    repairs = read("repairs")
    assert repairs.applied.isin(["yes", "no"]).all()
    assert (repairs.note[repairs.applied == "no"] != "").all()
    assert "nothing reads it" not in set(repairs.note)


def test_nothing_in_the_data_points_at_a_local_file() -> None:
    for folder in (FACTS, datasets.folder()):
        for path in folder.rglob("*.csv"):
            assert "file:" not in path.read_text(encoding="utf-8"), path


def test_events_hit_things_that_exist(network: Network) -> None:
    known = {
        "link": set(network.links.link_id),
        "node": set(network.nodes.node_id),
        "country": set(network.nodes.country),
        "corridor": {tag for cell in network.links.corridors for tag in split(cell)},
    }
    events = datasets.load_events()
    for event in events.itertuples():
        assert set(split(event.affected_id)) <= known[event.affected_type], event.event_id
    assert len(events) == 38
    assert len(datasets.load_references()) == 147


def test_observations_name_links_and_say_which_restate_a_demand_row(network: Network) -> None:
    observed = datasets.load_observed("2024")
    assert {i for cell in observed.link_ids for i in split(cell)} <= set(network.links.link_id)
    restating = ["o01", "o02", "o04", "o05", "o06", "o10", "o11", "o29", "o30"]
    assert list(observed.obs_id[observed.restates]) == restating


def test_blocs_are_memberships_of_2024() -> None:
    blocs = datasets.load_blocs()
    assert list(blocs.columns) == ["country", "bloc"]
    members = blocs.groupby("bloc").country.apply(set)
    countries = datasets.load_countries().set_index("country")
    assert {bloc: set(countries.index[countries[bloc]]) for bloc in members.index} == members.to_dict()
    assert members["ots"] == {"KZ", "KG", "UZ", "AZ", "TR"}
    assert "TR" not in members["eu"]
    assert not {"GE", "UA", "TM"} & members["cis"]


def test_a_link_in_operation_carries_something_or_says_why_not(network: Network) -> None:
    base = cd.solve(network, datasets.load_demand("2024"))
    links = network.links.set_index("link_id")
    carried = base.flow.sum(["direction", "commodity"]).to_series().reindex(links.index)
    idle = (links.status == "operating") & (carried < 1.0)
    assert list(links.index[idle & (links.idle_reason == "")]) == [], "give a demand row or a reason in facts/idle.csv"
    assert list(links.index[~idle & (links.idle_reason != "")]) == [], "these carry something: take the reason away"
    assert (links.idle_source[links.idle_reason != ""] != "").all()


def test_lorries_cross_every_border_that_has_a_road(network: Network) -> None:
    base = cd.solve(network, datasets.load_demand("2024"))
    lorries = base.flow.sum("direction").sel(commodity="lorry_goods").to_series() / 1e6
    at_borders = {
        "road_khorgos_cn_nur_zholy": (1.8, 3.6),
        "road_kashgar_torugart": (0.2, 0.9),
        "road_kashgar_irkeshtam": (0.5, 1.4),
        "road_kulma_kashgar": (0.2, 0.6),
        "road_samur_yalama": (1.0, 3.0),
        "road_tbilisi_upper_lars": (1.5, 6.6),
        "road_batumi_port_samsun_port": (1.5, 4.0),
        "ferry_kuryk_port_baku_port": (0.15, 0.70),
        "ferry_turkmenbashi_port_baku_port": (0.35, 0.75),
    }
    outside = {link: lorries[link] for link, (low, high) in at_borders.items() if not low <= lorries[link] <= high}
    assert outside == {}
    modes = set(network.links["mode"][network.links.link_id.isin(lorries.index[lorries > 0])])
    assert modes == {"road", "ferry"}


def test_the_wheel_carries_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["data/geo"] == "corridors/_data/geo"
    installed = tmp_path / "corridors" / "_data" / "geo"
    installed.mkdir(parents=True)
    (installed / "nodes.csv").touch()
    monkeypatch.setattr(datasets, "files", lambda _: tmp_path / "corridors")
    assert datasets.folder() == installed


def test_a_package_without_its_data_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "files", lambda _: tmp_path / "corridors")
    with pytest.raises(InputError, match="no folder _data/geo"):
        datasets.folder()


def test_unknown_names_say_what_there_is() -> None:
    with pytest.raises(InputError, match=r"demand '1999' is unknown; there is 2022, 2024, 2025, 2030"):
        datasets.load_demand("1999")
    with pytest.raises(InputError, match="there is eurasia"):
        datasets.load_network("atlantis")
    with pytest.raises(InputError, match="give 2022 to 2040"):
        datasets.load_network(year=1990)
    with pytest.raises(InputError, match="there is 2024"):
        datasets.load_observed("2031")
    with pytest.raises(InputError, match="land_50m"):
        datasets.basemap("moon")


def test_the_caspian_is_sea_and_the_steppe_is_land() -> None:
    for scale in ("50m", "10m"):
        land = datasets.basemap(f"land_{scale}").union_all()
        assert not land.contains(shapely.Point(51.0, 42.0))
        assert land.contains(shapely.Point(54.0, 44.0))
    borders = datasets.basemap("borders_50m")
    assert {"India;Pakistan", "Kosovo;Serbia", "Russia;Ukraine"} <= set(borders.between[borders.disputed])


@pytest.mark.parametrize("year", YEARS)
def test_the_parts_of_a_flow_sum_to_it_by_their_shares(year: str) -> None:
    flows = pd.read_csv(FACTS / f"demand_{year}.csv", dtype={"demand_id": str}).set_index("demand_id")
    parts = datasets.load_demand(year)
    assert parts.groupby("part_of", sort=False).volume.sum().to_dict() == flows.volume_t.to_dict()
    share = pd.read_csv(FACTS / "shares.csv").set_index(["zone_id", "role", "node_id"]).share
    flow = flows.loc[parts.part_of]
    weight = np.ones(len(parts))
    for end in ("origin", "destination"):
        keys = zip(flow[end], [end] * len(parts), parts[end], strict=True)
        weight *= [float(share.get(key, 1.0)) for key in keys]
    assert (parts.volume.to_numpy() - weight * flow.volume_t.to_numpy() <= 1.0).all()
    members = set(share.index.get_level_values("zone_id"))
    assert not members & {*parts.origin, *parts.destination}


def test_shares_sum_to_one_and_name_nodes(network: Network) -> None:
    shares = pd.read_csv(FACTS / "shares.csv")
    assert shares.groupby(["zone_id", "role"]).share.sum().round(9).eq(1.0).all()
    assert set(shares.node_id) <= set(network.nodes.node_id)
    assert not set(shares.zone_id) & {*network.nodes.node_id, *network.zones.zone_id}
    assert shares.confidence.isin(["high", "medium", "low"]).all()
    assert shares.source.notna().all()


@pytest.mark.parametrize("year", [2022, 2024, 2025, 2030])
def test_of_the_limits_at_zones_only_quotas_and_outputs_are_among_the_most_expensive(year: int) -> None:
    network, demand = datasets.load_network(year=year), datasets.load_demand(str(year))
    most = cd.rents(network, cd.solve(network, demand)).nlargest(10, "dual")
    basis = dict(zip(network.member_ids(), network.zones.limit_basis, strict=True))
    assert {basis[member] for member in most.id[most.kind == "zone"]} <= {"quota", "output"}


def test_the_base_case_delivers_what_is_wanted_and_meets_the_gates(network: Network) -> None:
    demand = datasets.load_demand("2024")
    base = cd.solve(network, demand)
    assert float(base.unmet.sum()) <= 0.02 * demand.volume.sum()
    through = base.flow.sum(["direction", "commodity"]).to_series() / 1e6
    assert through["oil_bolshoy_chagan_samara"] == pytest.approx(8.6, rel=0.3)
    assert through["ship_oil_aktau_sangachal"] == pytest.approx(1.76, rel=0.3)
    assert through[["rail_dostyk_alashankou", "rail_altynkol_khorgos"]].sum() == pytest.approx(32, rel=0.15)


def test_the_readme_tells_every_column() -> None:
    readme = (datasets.folder() / "README.md").read_text(encoding="utf-8")
    found = set(re.findall(r"\w+", readme))
    for path in datasets.folder().glob("*.csv"):
        assert set(pd.read_csv(path, nrows=0)) <= found, path.name


def test_what_was_loaded_is_loaded_again_where_its_file_changed_and_no_reader_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in datasets.folder().glob("*.csv"):
        shutil.copyfile(path, tmp_path / path.name)
    monkeypatch.setattr(datasets, "folder", lambda: tmp_path)
    network, rows = datasets.load_network(), datasets.load_demand()
    assert datasets.load_network() is network
    assert datasets.load_network(year=2025) is not network
    assert datasets.load_network(preferences=False) is not network
    rows["volume"], network.links["capacity"], datasets.load_blocs()["bloc"] = 0.0, 0.0, "none"
    rows.attrs["name"] = "of none"
    again = datasets.load_demand()
    assert again.volume.gt(0).any()
    assert again.attrs["name"] == "2024"
    assert network.links.capacity.gt(0).any()
    assert "none" not in set(datasets.load_blocs().bloc)
    for table, column in (("links", "name"), ("demand_2024", "note")):
        other = pd.read_csv(tmp_path / f"{table}.csv", dtype=str, keep_default_na=False)
        other.assign(**{column: "another"}).to_csv(tmp_path / f"{table}.csv", index=False)
    assert set(datasets.load_network().links.name) == {"another"} != set(network.links.name)
    assert set(datasets.load_demand().note) == {"another"}
