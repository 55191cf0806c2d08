"""A network as one min-cost-flow problem: which limits its arcs take over, and which they can't."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd


def track(tariff: float, directed: bool, room: float = 5.0) -> cd.Network:
    """A line from a to b, and another without an end."""
    links = pd.DataFrame({"link_id": ["line", "road"], "from_node_id": "a", "to_node_id": "b", "mode": "rail"})
    links = links.assign(tariff=[tariff, 3.0], capacity=[room, np.nan], directed=directed)
    return cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)


def wanted(*commodities: str) -> pd.DataFrame:
    row = {"origin": "a", "destination": "b", "volume": 8.0, "value": 9.0}
    return pd.DataFrame({"commodity": commodities, "demand_id": commodities, **row})


@pytest.mark.parametrize(
    ("tariff", "directed", "ends"),
    [(2.0, True, [5]), (0.0, True, [5]), (2.0, False, [5, 5]), (0.0, False, [5, 5])],
)
def test_a_link_or_a_single_track_of_one_flow_is_limited(tariff: float, directed: bool, ends: list[int]) -> None:
    network, demand = track(tariff, directed), wanted("ore")
    problem = cd.to_problem(network, demand)
    assert problem.capacity[problem.capacity != cd.UNCAPACITATED].tolist() == [*ends, 8]  # the last is of the row
    assert cd.min_cost_flow(problem).cost == 10_000 * float(cd.solve(network, demand).loss) == 1e4 * (5 * tariff + 9)


@pytest.mark.parametrize("directed", [True, False])
def test_what_several_flows_share_is_refused_unless_it_has_room_for_all(directed: bool) -> None:
    demand = wanted("ore", "oil")
    with pytest.raises(cd.InputError, match=r"limits: is shared by several flows for 1 limit \(link:line\)"):
        cd.to_problem(track(2.0, directed, 20.0), demand)
    problem = cd.to_problem(track(2.0, directed, 64.0), demand)
    assert problem.capacity[problem.capacity != cd.UNCAPACITATED].tolist() == [8, 8]


def test_a_cost_step_that_several_flows_share_is_refused() -> None:
    steps = pd.DataFrame({"link_id": "road", "load": [0.0, 5.0], "extra_cost": [0.0, 1.0]})
    network = track(2.0, True, 64.0).replace(cost_steps=steps)
    with pytest.raises(cd.InputError, match=r"is shared by several flows for 1 limit \(a cost step\)"):
        cd.to_problem(network, wanted("ore", "oil"))
    problem = cd.to_problem(network, wanted("ore"))
    assert problem.capacity[problem.capacity != cd.UNCAPACITATED].tolist() == [64, 5, 8]


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(cd.InputError, match=r"^network: is "):
        cd.to_problem("line", wanted("ore"))  # type: ignore[arg-type]
