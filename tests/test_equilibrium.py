"""User equilibrium: hand-solved networks, and SciPy's convex solver on generated ones."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from congested import case, least
from generated import TIMES

import corridors as cd
from corridors.cli import main


def braess(bridge: str) -> tuple[cd.Network, pd.DataFrame, pd.DataFrame]:
    """Braess's network (1968): six units over 10x + (50 + x) or (50 + x) + 10x, or over a bridge of 10 + x between."""
    ends = {"ab": ("a", "b"), "bd": ("b", "d"), "ac": ("a", "c"), "cd": ("c", "d"), "bc": ("b", "c")}
    links = pd.DataFrame([(i, *of) for i, of in ends.items()], columns=["link_id", "from_node_id", "to_node_id"])
    links = links.assign(mode="road", directed=True, tariff=[0.0, 50.0, 50.0, 0.0, 10.0],
                         status=["operating"] * 4 + [bridge])  # fmt: skip
    curves = pd.DataFrame({"link_id": links.link_id, "capacity": 1.0, "cost": [10.0, 1.0, 1.0, 10.0, 1.0],
                           "alpha": 1.0, "beta": 1.0})  # fmt: skip
    rows = pd.DataFrame({"demand_id": ["d"], "commodity": ["grain"], "origin": ["a"], "destination": ["d"],
                         "volume": [6.0], "value": [1e3]})  # fmt: skip
    return cd.Network(pd.DataFrame({"node_id": list("abcd")}), links), rows, curves


@pytest.mark.parametrize(
    ("bridge", "loads", "cost"), [("closed", [3, 3, 3, 3, 0], 83), ("operating", [4, 2, 2, 4, 2], 92)]
)
def test_a_bridge_makes_all_of_braess_s_travellers_pay_more(bridge, loads, cost):
    found = cd.equilibrium(*braess(bridge), gap=1e-9, progress=False)
    assert found.links["load"].to_numpy() == pytest.approx(loads, abs=1e-5)
    assert found.demand.cost.item() == pytest.approx(cost, abs=1e-5)
    assert found.relative_gap <= 1e-9


@pytest.mark.parametrize("seed", range(8 * TIMES))
def test_the_objective_is_that_of_a_convex_programme(seed):
    network, rows, curves = case(seed)
    objective, loads = least(network, rows, curves, "user")
    found = cd.equilibrium(network, rows, curves, gap=1e-8, progress=False)
    assert found.objective == pytest.approx(objective, rel=1e-6)
    assert found.links["load"].to_numpy() == pytest.approx(loads, abs=0.5)
    assert found.demand.delivered.tolist() == rows.volume.tolist()


def test_tonnes_stay_where_the_cheapest_route_would_cost_more_than_their_value():
    network, rows, curves = braess("closed")
    found = cd.equilibrium(network, rows.assign(value=70.0), curves, gap=1e-9, progress=False)
    assert found.demand.delivered.item() == pytest.approx(2 * (70 - 50) / 11, abs=1e-6)
    assert found.demand.cost.item() == pytest.approx(70.0, abs=1e-6)


def test_steps_come_to_the_equilibrium_as_they_get_narrow():
    network, rows, curves = case(3)
    exact = cd.equilibrium(network, rows, curves, gap=1e-9, progress=False).objective
    for steps, near in ((20, 1e-2), (400, 1e-5)):
        stepped = cd.solve(cd.with_congestion(network, curves, optimum="user", steps=steps), rows)
        assert float(stepped.cost) == pytest.approx(exact, rel=near)
        assert float(stepped.cost) >= exact * (1 - 1e-9)


def test_what_does_not_fit_is_refused():
    network, rows, curves = braess("operating")
    with pytest.raises(cd.InputError, match="cost steps"):
        cd.equilibrium(cd.with_congestion(network, curves), rows, curves)
    with pytest.raises(cd.InputError, match="link_id is unknown"):
        cd.equilibrium(network, rows, curves.assign(link_id="nowhere"))
    one = curves.head(1)
    both = pd.concat([one, one.assign(direction="fwd")])
    for wrong, says in (
        (pd.concat([one, one]), "curves: a second curve is there for 2 curves .*; keep one for both directions"),
        (both, "curves: a second curve is there for 2 curves"),
        (one.assign(direction="back"), "curves: direction is unknown for 1 curve .*; give fwd or rev"),
        (one.assign(link_id=""), "curves: link_id and transfer_id are both given, or both blank for 1 curve"),
    ):
        with pytest.raises(cd.InputError, match=says):
            cd.equilibrium(network, rows, wrong)
    with pytest.raises(cd.InputError, match=r"gap: is 0, .* give a share above it, such as 1e-6"):
        cd.equilibrium(network, rows, curves, gap=0)
    with pytest.raises(cd.SolverError, match=r"relative gap is .* give more iterations"):
        cd.equilibrium(*case(0), gap=1e-15, iterations=1, progress=False)


def test_a_queue_never_takes_more_than_its_capacity_where_there_is_another_route():
    links = pd.DataFrame({"link_id": ["short", "long"], "from_node_id": "a", "to_node_id": "b", "mode": "road",
                          "tariff": [1.0, 100.0]})  # fmt: skip
    network = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    curves = pd.DataFrame({"link_id": ["short"], "capacity": 100.0, "cost": 5.0, "curve": "queue"})
    rows = pd.DataFrame({"demand_id": ["d"], "commodity": ["grain"], "origin": ["a"], "destination": ["b"],
                         "volume": [500.0], "value": [1e3]})  # fmt: skip
    found = cd.equilibrium(network, rows, curves, gap=1e-10, progress=False)
    share = 99 / (5 + 99)  # 5 s / (1 - s) = 99
    assert found.links["load"].item() == pytest.approx(100 * share, rel=1e-6)
    assert np.isfinite(found.objective)


def test_the_command_prints_and_leaves_the_loads(tmp_path):
    network, rows, curves = braess("operating")
    cd.write(network, tmp_path / "net", demand=rows)
    curves.to_csv(tmp_path / "curves.csv", index=False)
    command = ["equilibrium", "--network", str(tmp_path / "net"), "--curves"]
    done = CliRunner().invoke(main, [*command, str(tmp_path / "curves.csv"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "relative gap" in done.output
    assert pd.read_csv(tmp_path / "out" / "equilibrium.csv").load.tolist() == pytest.approx([4, 2, 2, 4, 2], abs=1e-3)
    curves.assign(link_id="x").to_csv(tmp_path / "wrong.csv", index=False)
    wrong = CliRunner().invoke(main, [*command, str(tmp_path / "wrong.csv")])
    assert wrong.exit_code == 1
    assert "curves: link_id is unknown" in wrong.output
