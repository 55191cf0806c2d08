"""A target at a corridor's gate: the factor found is where the gate's volume changes, and the cost is what is lost."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main


@pytest.fixture
def relay() -> tuple[cd.Network, pd.DataFrame]:
    """Two ferries of 2 and 1 Mt, of which the second is the costlier, or a way round."""
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "ship", "north"],
            "from_node_id": "kz",
            "to_node_id": "eu",
            "mode": "ship",
            "tariff": [50.0, 80.0, 40.0],
            "capacity": [2e6, 1e6, None],
            "corridors": ["middle", "middle", "north"],
            "gates": ["middle", "middle", ""],
        }
    )
    demand = pd.DataFrame(
        {"demand_id": ["g"], "commodity": ["grain"], "origin": ["kz"], "destination": ["eu"], "volume": [5e6]}
    )
    return cd.Network(pd.DataFrame({"node_id": ["kz", "eu"]}), links), demand.assign(value=200.0)


@pytest.mark.parametrize(("volume", "tariff", "carried"), [(1e6, 0.8, 2e6), (2.5e6, 0.5, 3e6)])
def test_the_tariff_is_the_highest_that_brings_the_target(
    relay: tuple[cd.Network, pd.DataFrame], volume: float, tariff: float, carried: float
) -> None:
    found = cd.target(*relay, "MIDDLE", volume)
    assert found.met
    assert found.tariff == pytest.approx(tariff, abs=1 / 256)
    assert found.tariff <= tariff
    assert found.reached == carried
    freight = 50.0 * 2e6 + 80.0 * max(carried - 2e6, 0)
    assert found.revenue == pytest.approx((1 - found.tariff) * freight)
    assert found.cost == pytest.approx(freight - 40.0 * carried)  # what the way round costs is saved


def test_where_room_is_missing_it_says_what_is_full(relay: tuple[cd.Network, pd.DataFrame]) -> None:
    found = cd.target(*relay, "middle", 4e6)
    assert (found.met, found.tariff, found.reached, found.today) == (False, 0.0, 3e6, 0.0)
    assert found.binding.bundle.tolist() == ["link:ferry", "link:ship"]
    assert found.binding.rent.tolist() == pytest.approx([40.0, 40.0])


def test_a_target_that_is_met_already_costs_nothing(relay: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = relay
    cheap = network.replace(links=network.links.assign(tariff=[30.0, 80.0, 40.0]))
    found = cd.target(cheap, demand, "middle", 1e6)
    assert (found.met, found.tariff, found.cost, found.revenue) == (True, 1.0, 0.0, 0.0)


def test_a_corridor_without_a_gate_says_so(relay: tuple[cd.Network, pd.DataFrame]) -> None:
    with pytest.raises(cd.InputError, match="corridor: north has no gate; give one of middle"):
        cd.target(*relay, "north", 1e6)


def test_the_command_says_how_far_a_corridor_gets() -> None:
    asked = ["--corridor", "titr", "--volume", "90", "--commodity", "containers", "--year", "2030"]
    run = CliRunner().invoke(main, ["target", *asked])
    assert run.exit_code == 0, run.output
    assert "not met: " in run.output
    assert "TITR: " in run.output
