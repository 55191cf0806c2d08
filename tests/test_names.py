"""Names are found whatever their case, and where one is not there, what it may mean is suggested."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from valid_calls import demand, network

import corridors as cd


def test_names_are_found_whatever_their_case() -> None:
    found, rows = network(), demand()
    skim = cd.skim(found, commodity="grain", origins="Aktau", destinations=["POTI"])
    assert (skim.origin[0], skim.destination[0]) == ("aktau", "poti")
    assert cd.select_demand(found, rows, commodity="Grain", origin="kz").demand_id.tolist() == ["g"]
    assert cd.criticality(found, rows, by="corridor").scenario.isin(["middle", "north"]).all()
    assert cd.leverage(found, rows, ["Middle", "NORTH"], by="corridor").player.tolist() == ["middle", "north"]
    assert cd.named_parameter(found, rows, "tariff", "corridor", "Middle").id.tolist() == ["ferry", "rail"]
    assert cd.outages(found, by="link").select(["FERRY"]).label(0) == "ferry"
    assert cd.recovery(found, rows, {"Ferry": 3.0}, starts={"FERRY": 1.0}).order == ("ferry",)


def test_two_names_that_differ_in_case_only_are_not_one() -> None:
    rows = demand().assign(commodity=["Ore", "ore"])
    with pytest.warns(cd.InputWarning):
        assert cd.select_demand(network(), rows, commodity="ore").demand_id.tolist() == ["o"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n, d: cd.skim(n, commodity="grain", origins="aktauu"), "give ids in nodes.node_id; is it aktau?"),
        (lambda n, d: cd.select_demand(n, d, commodity="grane"), "commodity is one of grain, ore; is it grain?"),
        (lambda n, d: cd.select_demand(n, d, commodity="ore", destination="GE"), "each is there, but not together"),
        (lambda n, d: cd.leverage(n, d, ["middle"]), "middle is a corridor: give by='corridor', or a country"),
        (lambda n, d: cd.recovery(n, d, {"fery": 3.0}), "such as ferry; is it ferry?"),
        (lambda n, d: cd.outages(n).select(["bargee"]), "is it barge?"),
        (lambda n, d: cd.outages(n, by="contry"), "is it country?"),
        (lambda n, d: cd.named_parameter(n, d, "tariff", "link", "rial"), "* for any letters; is it rail?"),
        (lambda n, d: cd.open_planned(n, ["nort"]), "give a planned link or one of north; is it north?"),
        (lambda n, d: cd.with_projects(n, ["ckuu"]), "is it cku?"),
        (lambda n, d: cd.what_if(n, d, close="Kazakstan"), "close: nothing is called Kazakstan; "),
        (lambda n, d: cd.what_if(n, d, close="Kazakstan"), "; is it KZ (Kazakhstan)?"),
        (lambda n, d: cd.select_demand(n, d, origin="Kazakhstan"), "is it KZ (Kazakhstan)?"),
        (lambda n, d: cd.leverage(n, d, ["georgia"]), "is it GE (Georgia)?"),
        (lambda n, d: cd.hedging_frontier(n, d, bloc="Azerbaijan"), "is it AZ (Azerbaijan)?"),
        (lambda n, d: cd.named_parameter(n, d, "tol", "country", "KZ"), "is it toll?"),
        (lambda n, d: cd.trade(n, d, cd.solve(n, d), of="Georgia"), "is it GE (Georgia)?"),
    ],
    ids=[
        "node",
        "commodity",
        "together",
        "grouping",
        "repair",
        "label",
        "by",
        "link",
        "planned",
        "project",
        "nothing",
        "closed",
        "origin",
        "player",
        "bloc",
        "field",
        "trader",
    ],
)
def test_what_a_name_may_mean_is_suggested(call: Callable[[cd.Network, pd.DataFrame], object], message: str) -> None:
    with pytest.raises(cd.InputError) as error:
        call(network(), demand())
    assert message in str(error.value)


def test_a_year_is_a_number_or_its_digits() -> None:
    assert cd.load_network(year="2025").name == cd.load_network(year=2025).name == "eurasia 2025 with preferences"
    assert cd.load_demand(2025).equals(cd.load_demand("2025"))
