"""Parameters by name, and what is said where there is none of that name."""

from __future__ import annotations

import pytest

import corridors as cd
from corridors.errors import InputError
from corridors.scenarios.groups import closures


def test_parameters_have_names() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    toll = cd.named_parameter(network, demand, "toll", "bloc", "eaeu", "add", commodity="grain")
    assert set(toll.field) == {"border_fee"}
    assert set(toll.direction) == {"fwd", "rev"}
    ferries = cd.named_parameter(network, demand, "capacity", "link", "ferry_*")
    assert set(ferries.id) == {"ferry_kuryk_port_baku_port", "ferry_turkmenbashi_port_baku_port"}
    grown = cd.grid({"ferries": (ferries, [1.0, 2.0])})
    assert len(grown.changes(1)) == 2
    assert (grown.changes(1).value == 2).all()


@pytest.mark.parametrize("name", ["KZ-RU", "RU-KZ", "KZ;RU", "RU;KZ"])
def test_a_border_is_the_same_in_either_spelling_and_order(name: str) -> None:
    network, demand = cd.load_network(), cd.load_demand()
    found = cd.named_parameter(network, demand, "border_time", "border", name)
    assert [("links", link) for link in found.id] == closures(network, "border")["KZ-RU"]
    by_course = cd.named_parameter(network, demand, "tariff", "border", "UZ-TM").id
    assert "rail_karshi_termez" in set(by_course)  # starts and ends at home


def test_parameters_are_of_links_in_operation() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    shut = set(network.links.link_id[network.links.status != "operating"])
    assert "rail_bakhty_baketu" in shut
    assert not shut & set(cd.named_parameter(network, demand, "tariff", "border", "CN-KZ").id)
    assert not shut & set(cd.named_parameter(network, demand, "tariff", "link", "rail_*").id)
    with pytest.raises(InputError, match=r"links: status is not operating for 1 link \(rail_bakhty_baketu\); open"):
        cd.named_parameter(network, demand, "tariff", "link", "rail_bakhty_baketu")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tarif", "link", "a"), "a link has no 'tarif'; give one of tariff"),
        (("tariff", "gate", "a"), "kind='gate' is unknown; give one of link"),
        (("tariff", "corridor", "ittr"), "is no corridor there for 1 parameter (ittr)"),
        (("tariff", "corridor", "titer"), "; is it TITR or "),
        (("tariff", "link", "nowhere_*"), "no link is named nowhere_*"),
        (("border_fee", "border", "KZ;DE"), "no link crosses the border KZ;DE; give two countries, as KZ-RU"),
        (("border_fee", "border", "KZ"), "no link crosses the border KZ; give two"),
        (("tariff", "link", "rail_*", "double"), "operation='double' is unknown"),
        (("capacity", "link", "ship_poti_port_constanta_port"), "has no capacity to scale; use set"),
    ],
)
def test_a_parameter_that_is_none_says_so(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        cd.named_parameter(cd.load_network(), cd.load_demand(), *arguments)
    assert message in str(error.value)
