"""Parameters by name, and what is said where there is none of that name."""

from __future__ import annotations

import pytest

import corridors as cd
from corridors.errors import InputError


def test_parameters_have_names() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    toll = cd.parameter(network, demand, "toll", "bloc", "eaeu", "add", commodity="grain")
    assert set(toll.field) == {"border_fee"}
    assert set(toll.direction) == {"fwd", "rev"}
    ferries = cd.parameter(network, demand, "capacity", "link", "ferry_*")
    assert set(ferries.id) == {"ferry_kuryk_port_baku_port", "ferry_turkmenbashi_port_baku_port"}
    grown = cd.grid({"ferries": (ferries, [1.0, 2.0])})
    assert len(grown.changes(1)) == 2
    assert (grown.changes(1).value == 2).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tarif", "link", "a"), "a link has no 'tarif'; give one of tariff"),
        (("tariff", "gate", "a"), "by='gate' is unknown; give one of link"),
        (("tariff", "corridor", "ittr"), "is no corridor there for 1 parameter (ittr)"),
        (("tariff", "corridor", "titr"), "give some of TITR"),
        (("tariff", "link", "nowhere_*"), "no link is named nowhere_*"),
        (("border_fee", "border", "KZ;DE"), "no link crosses the border KZ;DE"),
        (("tariff", "link", "rail_*", "double"), "operation='double' is unknown"),
        (("capacity", "link", "ship_poti_port_constanta_port"), "has no capacity to scale; use set"),
    ],
)
def test_a_parameter_that_is_none_says_so(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as error:
        cd.parameter(cd.load_network(), cd.load_demand(), *arguments)
    assert message in str(error.value)
