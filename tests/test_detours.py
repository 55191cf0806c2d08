"""Lines that are missing show: a route much longer than the great circle has a reason that the data names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.places import ground_km
from corridors.schema.checks import split

PLACES = 60
"""How many places, those with most demand of the base year on land."""
STRAIGHT = 1.6
"""Times the great circle: no route may be longer without a reason."""


@pytest.fixture(scope="module")
def detours() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parents[1] / "data" / "facts" / "detours.csv")


def test_no_route_is_much_longer_than_the_great_circle_without_a_reason(detours: pd.DataFrame) -> None:
    network = cd.load_network()
    largest = largest_places(network)
    routes = cd.skim(network, commodity="general", origins=largest, destinations=largest, minimise="length")
    routes = routes[routes.origin < routes.destination]
    at = network.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    straight = ground_km(at.loc[routes.origin].to_numpy(), at.loc[routes.destination].to_numpy())
    routes = routes.assign(ratio=(routes.length / straight).fillna(np.inf))
    long = routes[routes.ratio > STRAIGHT]
    unexplained = long[[row.ratio > allowed(detours, row.origin, row.destination) for row in long.itertuples()]]
    assert unexplained[["origin", "destination", "length", "ratio"]].round(2).to_numpy().tolist() == []


def test_reasons_name_nodes_that_are_there(detours: pd.DataFrame) -> None:
    nodes = set(cd.load_network().nodes.node_id)
    named = {name for column in ("one_side", "other_side") for cell in detours[column] for name in split(cell)}
    assert named <= nodes
    assert (detours.up_to > STRAIGHT).all()


def allowed(detours: pd.DataFrame, origin: str, destination: str) -> float:
    """How many times the great circle a route may be long, by all reasons that hold for its ends."""
    found = [STRAIGHT]
    for row in detours.itertuples():
        one, other = set(split(row.one_side)), set(split(row.other_side))
        if (origin in one and destination in other) or (origin in other and destination in one):
            found.append(row.up_to)
    return max(found)


def largest_places(network: cd.Network) -> list[str]:
    """Nodes of railways and roads by demand that starts or ends there; that of a zone is shared among its members."""
    demand = cd.load_demand()
    ends = pd.concat([demand.set_index(end).volume for end in ("origin", "destination")])
    members = network.zones.groupby("zone_id").node_id.apply(list)
    wanted: dict[str, float] = {}
    for end, volume in ends.items():
        nodes = members.get(end, [end])
        for node in nodes:
            wanted[node] = wanted.get(node, 0.0) + volume / len(nodes)
    on_land = network.links[network.links["mode"].str.startswith(("rail", "road"))]
    ashore = set(on_land.from_node_id) | set(on_land.to_node_id)
    return sorted((node for node in wanted if node in ashore), key=lambda node: -wanted[node])[:PLACES]
