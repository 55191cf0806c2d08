"""One meaning of the country of a link: it touches what its cell names and where its ends lie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from independent import least_loss

import corridors as cd
from corridors.methods.route_groups import tonnes_by_route
from corridors.scenarios.crossings import courses, crossings, members
from corridors.scenarios.groups import closures
from corridors.sweeping.solve import sweep
from corridors.validation.observed import gate_flow


#    k (KZ) ──kr── r (RU) ──rp── p (PL)        10 t of grain k -> r worth 9, 10 t k -> p worth 90
#       └─────kr2────┘                         each link costs 1
def three(cells: tuple[str, str, str] = ("KZ;RU", "RU;PL", ""), homes: tuple[str, str, str] = ("KZ", "RU", "PL")):
    nodes = pd.DataFrame({"node_id": ["k", "r", "p"], "country": homes})
    links = pd.DataFrame(
        {
            "link_id": ["kr", "rp", "kr2"],
            "from_node_id": ["k", "r", "k"],
            "to_node_id": ["r", "p", "r"],
            "mode": "ship",
            "tariff": 1.0,
            "country": cells,
        }
    )
    rows = [("d", "grain", "k", "r", 10.0, 9.0), ("e", "grain", "k", "p", 10.0, 90.0)]
    columns = ["demand_id", "commodity", "origin", "destination", "volume", "value"]
    return cd.Network(nodes, links), pd.DataFrame(rows, columns=columns)


CELLS = {
    "all filled": ("KZ;RU", "RU;PL", "KZ;RU"),
    "one blank": ("KZ;RU", "RU;PL", ""),
    "all blank": ("", "", ""),
    "in small letters": (" kz ; ru", "ru;Pl", "Kz;rU "),
    "one end named": ("KZ", "PL", "KZ"),
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_closing_a_country_closes_links_without_a_country_cell(cells: tuple[str, str, str]) -> None:
    network, demand = three(cells)
    shut = cd.sweep(network, demand, cd.outages(network, by="country"), progress=False)
    # RU: nothing arrives. KZ: nothing starts. PL: the 10 t for r still arrive, at a cost of 1.
    nothing = 10 * 9 + 10 * 90
    assert shut.loss.to_series().to_dict() == {"KZ": nothing, "PL": 10 * 1 + 10 * 90, "RU": nothing}
    closed = network.replace(links=network.links[~network.links.link_id.isin(["kr", "kr2", "rp"])])
    assert least_loss(closed, demand).loss == pytest.approx(nothing)


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_every_study_takes_the_same_links_for_those_of_a_country(cells: tuple[str, str, str]) -> None:
    network, demand = three(cells)
    network = network.replace(blocs=cd.load_blocs())
    links = {"KZ": {"kr", "kr2"}, "RU": {"kr", "rp", "kr2"}, "PL": {"rp"}}
    assert {name: {i for _, i in items} for name, items in closures(network, "country").items()} == links
    assert {i for _, i in closures(network, "bloc")["eaeu"]} == links["KZ"] | links["RU"]
    borders = {name: [i for _, i in items] for name, items in closures(network, "border").items()}
    assert borders == {"KZ-RU": ["kr", "kr2"], "PL-RU": ["rp"]}
    alone = cd.coalitions(network, ["RU", "PL"])
    assert set(alone.changes(0).id) == links["RU"]  # nobody is there
    worth = cd.leverage(network, demand, ["RU", "PL"], progress=False).set_index("player")
    assert worth.attrs["worth"] == (10 * 9 + 10 * 90) - (10 * 1 + 10 * 2)
    assert worth["last"].to_dict() == {"RU": worth.attrs["worth"], "PL": 10 * 90 - 10 * 2 + 10 * 0}
    for country, mine in links.items():
        assert set(cd.named_parameter(network, demand, "tariff", "country", country).id) == mine
    toll = cd.named_parameter(network, demand, "toll", "country", "RU", "add")
    assert toll[["id", "direction"]].to_numpy().tolist() == [["kr", "fwd"], ["rp", "rev"], ["kr2", "fwd"]]
    through = cd.dependence(network, demand).set_index("through")
    assert through.tonnes.to_dict() == {"KZ": 20.0, "RU": 20.0, "PL": 10.0}
    assert through.transit_share.to_dict() == {"KZ": 0.0, "RU": 0.5, "PL": 0.0}
    assert cd.concentration(network, demand, of="all")[["gates", "largest"]].iloc[0].tolist() == [1, "RU"]
    frontier = cd.hedging_frontier(network, demand, bloc="RU", values=[1], progress=False)
    assert frontier["through"].tolist() == [20.0, 10.0, 0.0]  # what is worth 9 leaves first
    base = sweep(
        network, demand, cd.outages(network).select(["kr2"]), keep=("class_flow", "class_transfer_flow"), progress=False
    )
    assert tonnes_by_route(network, base, demand, routes_by="country")[0] == {"RU": 10.0, "RU > PL": 10.0}
    assert cd.select_demand(network, demand, destination="PL").demand_id.tolist() == ["e"]


def test_an_end_counts_where_the_cell_leaves_it_out_and_the_cell_where_no_end_is() -> None:
    # The cell says PL alone; the link lands in RU all the same. Another passes BY between two ends in RU.
    network, _ = three(("KZ;RU", "PL", "KZ;BY;RU"))
    assert courses(network) == {"kr": ("KZ", "RU"), "rp": ("RU", "PL"), "kr2": ("KZ", "BY", "RU")}
    assert [i for _, i in closures(network, "country")["BY"]] == ["kr2"]
    assert set(closures(network, "border")) == {"KZ-RU", "PL-RU", "BY-KZ", "BY-RU"}


def test_ends_without_a_country_are_where_the_cell_begins_and_ends() -> None:
    homes = (("KZ", "RU", "PL"), ("", "", ""))
    filled, blank = (three(CELLS["all filled"], of)[0].replace(blocs=cd.load_blocs()) for of in homes)
    for by in ("country", "border", "bloc"):
        assert closures(filled, by) == closures(blank, by)
    for country in ("KZ", "RU", "PL"):
        assert crossings(filled, [country]).equals(crossings(blank, [country]))


def test_a_link_of_which_nobody_says_where_it_is_closes_with_no_country() -> None:
    network, _ = three(("", "", ""), ("KZ", "", ""))
    assert {name: [i for _, i in items] for name, items in closures(network, "country").items()} == {
        "KZ": ["kr", "kr2"]
    }
    assert closures(network, "border") == {}
    # What leaves KZ for somewhere is known to leave it.
    assert crossings(network, ["KZ"]).crossing.tolist() == ["out", "in", "out", "in"]
    with pytest.raises(cd.InputError, match="blocs: is unknown"):
        cd.hedging_frontier(network, three()[1], bloc="")


def test_countries_are_the_same_in_capitals_and_not() -> None:
    network, demand = three(homes=("kz", " ru ", "Pl"))
    assert network.nodes.country.tolist() == ["KZ", "RU", "PL"]
    assert network.subset(countries=["kz", "RU"]).links.link_id.tolist() == ["kr", "kr2"]
    assert cd.coalitions(network, ["ru", "pl"]).labels == cd.coalitions(network, ["RU", "PL"]).labels
    in_blocs = network.replace(blocs=cd.load_blocs())
    assert cd.coalitions(in_blocs, ["EAEU"], by="bloc").labels == ("nobody", "eaeu")
    assert cd.coalitions(network, ["ru-kz"], by="border").labels == ("nobody", "KZ-RU")
    for name in ("RU", "ru"):
        assert len(crossings(network, [name])) == 6
        assert cd.hedging_frontier(network, demand, bloc=name, values=[1], progress=False)["through"][0] == 20
        assert len(cd.select_demand(network, demand, destination=name)) == 1
        assert len(cd.named_parameter(network, demand, "tariff", "country", name)) == 3
        assert len(cd.named_parameter(network, demand, "tariff", "border", f"kz;{name}")) == 2
    flow = cd.solve(network, demand)
    assert gate_flow(network, flow, ("rp",), "to_pl", "all") == gate_flow(network, flow, ("rp",), "to_PL", "all") == 10
    event = {"event_id": ["e"], "affected_type": "country", "affected_id": "ru", "capacity_loss_fraction": 1.0}
    assert set(cd.events(network, pd.DataFrame(event)).changes(0).id) == {"kr", "rp", "kr2"}
    draws = cd.sample(network, 2, availability={"ru": 0.0}, by="country", seed=1)
    assert set(draws.changes(0).id) == {"kr", "rp", "kr2"}


def test_shocks_find_links_without_a_country_cell() -> None:
    found = []
    for cells in (CELLS["all filled"], CELLS["all blank"]):
        network, demand = three(cells)
        rows = [
            ("refused", "refuse_transit", "ru", "", np.nan),
            ("toll", "toll", "RU", "kz", 3.0),
            ("border", "close_border", "pl-ru", "", np.nan),
        ]
        table = pd.DataFrame(rows, columns=["shock_id", "kind", "target", "origins", "value"]).assign(commodity="")
        result = cd.sweep(network, demand, cd.shocks(network, demand, table), progress=False)
        found.append(result.loss.to_series().to_dict())
    assert found[0] == found[1] == {"refused": 10 + 900, "toll": 10 * 1 + 10 * 2 + 20 * 3, "border": 10 + 900}


def test_preferences_at_a_border_are_one_crossing_and_not_two() -> None:
    network, demand = three()
    gates = pd.DataFrame(
        {"link_id": ["kr", "kr2"], "commodities": "grain", "volume": 20.0, "steps": 2, "theta": 1.0, "constant": 0.0}
    )
    divided = cd.with_preferences(network, gates)
    entered = crossings(divided, ["KZ"])
    assert entered[entered.crossing == "in"].link_id.tolist() == ["kr", "kr2"]
    frontier = cd.hedging_frontier(divided, demand, bloc="RU", values=[1], progress=False)
    assert frontier["through"].tolist() == [20.0, 10.0, 0.0]  # what is worth 9 leaves first


BY_BLOC = {
    "outages": lambda network, demand: cd.outages(network, by="bloc"),
    "coalitions": lambda network, demand: cd.coalitions(network, ["eaeu"], by="bloc"),
    "dependence": lambda network, demand: cd.dependence(network, demand, on="bloc"),
    "named_parameter": lambda network, demand: cd.named_parameter(network, demand, "toll", "bloc", "eaeu", "add"),
    "hedging_frontier": lambda network, demand: cd.hedging_frontier(network, demand, bloc="eaeu", progress=False),
    "autonomy": lambda network, demand: cd.autonomy(network, demand, bloc="eaeu", progress=False),
    "concentration": lambda network, demand: cd.concentration(network, demand, blocs=["eaeu"]),
    "min_cut": lambda network, demand: cd.min_cut(network, ["eaeu"], ["p"], commodity="grain"),
    "break_even": lambda network, demand: cd.break_even(
        network, demand, ("links", "rp", "tariff", "add"), 0, 1, routes_by="through:eaeu", progress=False
    ),
}


@pytest.mark.parametrize("study", BY_BLOC.values(), ids=BY_BLOC)
def test_a_network_without_blocs_says_how_to_bring_them(study) -> None:
    network, demand = three()
    with pytest.raises(cd.InputError, match=r"blocs: .* network.replace\(blocs=table\), a row a membership"):
        study(network, demand)
    study(network.replace(blocs=cd.load_blocs()), demand)


def test_blocs_are_those_of_the_network_and_of_no_other_table() -> None:
    network, demand = three()
    own = network.replace(blocs={"bloc": ["Union", "Union"], "country": ["pl", "BY"]})
    assert own.blocs.country.tolist() == ["PL", "BY"]
    assert {name: [i for _, i in items] for name, items in closures(own, "bloc").items()} == {"union": ["rp"]}
    assert members(own, "UNION") == ("PL", "BY")
    assert set(cd.dependence(own, demand, on="bloc").through) == {"union"}
    with pytest.raises(cd.InputError, match=r"blocs: is unknown for 1 bloc \(eaeu\); .* or one of union"):
        members(own, "eaeu")


def test_a_membership_stands_once_and_with_a_country() -> None:
    network, _ = three()
    with pytest.raises(cd.InputError, match=r"blocs: a membership is there twice for 1 bloc \(union:PL\)"):
        network.replace(blocs={"bloc": ["Union", "union"], "country": ["PL", "pl"]})
    with pytest.raises(cd.InputError, match="blocs: country is blank"):
        network.replace(blocs={"bloc": ["union"], "country": [""]})
