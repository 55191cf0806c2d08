"""Prices: against shortest paths where there is room, and where a ferry is full."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from generated import case

import corridors as cd
from corridors.edits.selection import without_capacities
from corridors.errors import InputError


@pytest.fixture(scope="module")
def sea() -> tuple[cd.Network, pd.DataFrame]:
    """Aktau ── ferry: 10 USD/t, 60 t; north: 50 USD/t ── Baku ── rail ── Poti; nothing goes to the island."""
    nodes = pd.DataFrame(
        {
            "node_id": ["aktau", "baku", "poti", "island"],
            "name": ["Aktau", "Baku", "Poti", "Island"],
            "country": ["KZ", "AZ", "GE", "XX"],
            "x_coord": [51.2, 49.9, 41.7, 45.0],
            "y_coord": [43.6, 40.4, 42.2, 38.0],
        }
    )
    links = pd.DataFrame(
        {
            "link_id": ["ferry", "north", "rail"],
            "name": ["Ferry", "North", "Rail"],
            "from_node_id": ["aktau", "aktau", "baku"],
            "to_node_id": ["baku", "baku", "poti"],
            "mode": "ship",
            "tariff": [10.0, 50.0, 30.0],
            "capacity": [60.0, np.nan, np.nan],
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["g"],
            "commodity": ["grain"],
            "origin": ["aktau"],
            "destination": ["poti"],
            "volume": [100.0],
            "value": [220.0],
        }
    )
    return cd.Network(nodes, links), demand


@pytest.mark.parametrize("number", [2, 4, 6])
def test_with_room_for_all_delivered_costs_are_shortest_ways(number: int) -> None:
    example = case(Random(number))
    network = without_capacities(example.network)
    network = network.replace(commodities=network.commodities.assign(start_modes=""))  # which a skim does not ask
    result = cd.solve(network, example.demand)
    at_nodes = example.demand[example.demand.origin.isin(network.nodes.node_id)]
    for commodity, origin in at_nodes[["commodity", "origin"]].drop_duplicates().itertuples(index=False):
        found = cd.delivered_costs(network, result, commodity=commodity, origin=origin).set_index("node_id").cost
        costs = cd.skim(network, commodity=commodity, origins=origin).set_index("destination").cost
        reached = costs.index[costs.notna()].difference([origin])
        assert found[reached].to_numpy() == pytest.approx(costs[reached].to_numpy(), abs=1e-3)


def test_a_full_ferry_saves_a_tonne_more_what_the_detour_costs(sea: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = sea
    base = cd.solve(network, demand)
    table = cd.rents(network, demand)
    assert table[["kind", "id", "name", "dual", "used", "limit", "paid"]].to_numpy().tolist() == [
        ["link", "ferry", "Ferry", 40.0, 60.0, 60.0, 2400.0]
    ]
    wider = network.replace(links=network.links.assign(capacity=[61.0, np.nan, np.nan]))
    assert float(base.loss - cd.solve(wider, demand).loss) == table.saves_more[0]
    costs = cd.delivered_costs(network, base, commodity="grain")
    assert costs.cost.tolist()[:3] == [0, 50, 80]
    assert np.isnan(costs.cost[3])


def test_prices_of_a_scenario_are_those_of_the_changed_network(sea: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = sea
    kept = cd.sweep(network, demand, cd.outages(network), keep=("price",), progress=False)
    shut = kept.sel(scenario="ferry")
    assert cd.delivered_costs(network, shut, commodity="grain").cost.tolist()[:3] == [0, 50, 80]
    assert cd.rents(network, demand, scenario=cd.outages(network).select(["ferry"])).empty
    with pytest.raises(InputError, match="has scenarios; choose one"):
        cd.delivered_costs(network, kept, commodity="grain")


def test_directions_and_members_have_names() -> None:
    network, demand = (
        cd.load_network(),
        cd.select_demand(cd.load_network(), cd.load_demand(), commodity="crude_oil", origin="KZ"),
    )
    half = cd.shocks(network, demand).select(["cpc_half"])
    table = cd.rents(network, demand, scenario=half, progress=False)
    assert table[table.kind != "zone"].saves_together.is_monotonic_decreasing
    assert table[table.kind == "zone"].saves_together.is_monotonic_decreasing
    assert set(table.kind) >= {"link", "zone"}
    assert (table.name != "").all()
    assert set(table.id[table.kind == "link"]) <= set(network.links.link_id)


def test_maps_show_prices_and_rents(sea: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = sea
    base = cd.solve(network, demand)
    ax = cd.plot_prices(network, cd.delivered_costs(network, base, commodity="grain"), base)
    dots = next(c for c in ax.collections if c.get_gid() == "prices")
    assert len(dots.get_offsets()) == 3
    assert {"Poti 80", "Baku 50"} <= {text.get_text() for text in ax.texts}
    assert any(line.get_gid() == "link-ferry" for line in cd.plot_rents(network, cd.rents(network, demand)).lines)
    with pytest.raises(InputError, match="give what delivered_costs gave"):
        cd.plot_prices(network, pd.DataFrame({"node_id": ["baku"], "cost": [1.0]}))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"commodity": "tea"}, "commodity: is not moved for 1 commodity (tea); give one of grain"),
        ({"commodity": "grain", "origin": "baku"}, "origin: sends no grain for 1 origin (baku); give one of aktau"),
    ],
)
def test_prices_that_are_not_there_say_so(
    sea: tuple[cd.Network, pd.DataFrame], options: dict[str, str], message: str
) -> None:
    network, demand = sea
    base = cd.solve(network, demand)
    with pytest.raises(InputError) as error:
        cd.delivered_costs(network, base, **options)  # type: ignore[arg-type]
    assert message in str(error.value)
    with pytest.raises(InputError, match="has no price; keep it"):
        cd.delivered_costs(network, base.drop_vars("price"), commodity="grain")
