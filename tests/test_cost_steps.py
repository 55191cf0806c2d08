"""Cost steps: tables whose links cost more the more they carry, checked, cut, written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.schema.cost_steps import ladders

STEPS = {"link_id": "west", "commodities": "boxes", "load": [0.0, 40.0, 70.0], "extra_cost": [1.0, 2.0, 6.0]}


def network(steps: object = STEPS, **columns: object) -> cd.Network:
    """From xian to baku: west for 10 USD/t, and north for 15."""
    nodes = pd.DataFrame({"node_id": ["xian", "baku"], "x_coord": [109.0, 50.0], "y_coord": [34.0, 40.0]})
    links = pd.DataFrame(
        {"link_id": ["west", "north"], "from_node_id": "xian", "to_node_id": "baku", "mode": "rail"}
        | {"tariff": [10.0, 15.0]}
        | columns
    )
    return cd.Network(nodes, links, commodities={"commodity": ["boxes", "ore"]}, cost_steps=steps)


def test_a_ladder_starts_at_a_load_of_zero_and_has_no_end() -> None:
    steps = network(STEPS | {"load": [70.0, 30.0, 40.0], "extra_cost": [6.0, 1.0, 2.0]}).cost_steps
    found = ladders(steps)
    assert found.load.tolist() == [0, 30, 40, 70]
    assert found.width.tolist() == [30, 10, 30, np.inf]
    assert found.extra_cost.tolist() == [0, 1, 2, 6]
    assert set(found.ladder) == {0}


def test_rows_of_other_goods_origins_and_directions_are_ladders_of_their_own() -> None:
    rows = pd.DataFrame(
        {
            "link_id": "west",
            "commodities": ["boxes; ore", "ore;boxes", "boxes;ore", "boxes;ore"],
            "direction": ["fwd", "fwd", "rev", "rev"],
            "origin": ["xian", "xian", "xian", "baku"],
            "load": [0.0, 5.0, 0.0, 0.0],
            "extra_cost": 1.0,
        }
    )
    assert ladders(network(rows).cost_steps).ladder.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ({"link_id": "east"}, r"link_id east is not in links for 3 cost_steps \(east:boxes:0"),
        ({"commodities": "tea"}, "commodities tea is not in commodities"),
        ({"origin": "almaty"}, "origin almaty is not in nodes or zones of origin"),
        ({"direction": "back"}, "direction 'back' is unknown"),
        ({"load": [0.0, -1.0, 2.0]}, "load is negative"),
        ({"load": [0.0, np.nan, 2.0]}, "load is missing"),
        ({"extra_cost": [1.0, -2.0, 3.0]}, "extra_cost is negative"),
        ({"extra_cost": [1.0, 3.0, 2.0]}, r"extra_cost falls as the load rises for 1 cost_step \(west at 70\)"),
        ({"load": [0.0, 40.0, 40.0]}, r"a load is there twice for 1 cost_step \(west at 40\)"),
        ({"commodities": ["boxes", "boxes", ""]}, r"goods are in two ladders of a link for 1 cost_step \(west: boxes"),
        ({"commodities": ["boxes", "boxes;ore", "ore"]}, r"in two ladders of a link .* \(west: boxes\)"),
        ({"direction": ["fwd", "fwd", ""]}, "goods are in two ladders"),
        ({"origin": ["xian", "xian", ""]}, "goods are in two ladders"),
    ],
)
def test_steps_that_do_not_rise_or_fit_are_refused(steps: dict[str, object], says: str) -> None:
    with pytest.raises(cd.InputError, match=f"cost_steps: .*{says}"):
        network(STEPS | steps)


def test_a_directed_link_has_no_steps_back() -> None:
    with pytest.raises(cd.InputError, match="direction is rev on a directed link"):
        network(STEPS | {"direction": "rev"}, directed=True)
    assert len(network(STEPS | {"direction": "fwd"}, directed=True).cost_steps) == 3


def test_steps_go_with_their_links() -> None:
    whole = network()
    assert len(whole.subset(links=["west"]).cost_steps) == 3
    assert len(whole.subset(links=["north"]).cost_steps) == 0
    assert repr(whole) == "Network(nodes=2, links=2, commodities=2, cost_steps=3)"


def test_steps_are_written_and_read(tmp_path: Path) -> None:
    whole = network()
    again = cd.read(cd.write(whole, tmp_path / "network.gpkg"))
    pd.testing.assert_frame_equal(again.cost_steps, whole.cost_steps)
    for table in ("nodes", "links", "commodities", "cost_steps"):
        getattr(whole, table).to_csv(tmp_path / f"{table}.csv", index=False)
    pd.testing.assert_frame_equal(cd.read(tmp_path).cost_steps, whole.cost_steps)
