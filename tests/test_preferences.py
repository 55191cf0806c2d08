"""Preferences at gates: steps that make flows divide as a logit does, and leave all else as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import corridors as cd
from corridors.errors import InputError
from corridors.schema.preferences import ladder
from corridors.validation.calibration import MOST, calibrate, compass, misfit


@pytest.fixture
def gates() -> tuple[cd.Network, pd.DataFrame]:
    """From china ══ dostyk 10 USD/t ══ kazakhstan, and altynkol for 13; 1,000 t of boxes and 500 t of ore."""
    links = pd.DataFrame(
        {
            "link_id": ["dostyk", "altynkol"],
            "from_node_id": "china",
            "to_node_id": "kazakhstan",
            "mode": "rail",
            "tariff": [10.0, 13.0],
            "capacity": [5000.0, 5000.0],
        }
    )
    demand = pd.DataFrame(
        {
            "demand_id": ["boxes", "ore"],
            "commodity": ["boxes", "ore"],
            "origin": "china",
            "destination": "kazakhstan",
            "volume": [1000.0, 500.0],
            "value": 500.0,
        }
    )
    commodities = pd.DataFrame({"commodity": ["boxes", "ore"]})
    return cd.Network(pd.DataFrame({"node_id": ["china", "kazakhstan"]}), links, commodities=commodities), demand


def table(theta: float | str, steps: int = 100, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"link_id": ["dostyk", "altynkol"], "commodities": "boxes", "volume": 1000.0, "steps": steps, "theta": theta}
        | {"constant": 0.0}
        | more
    )


@pytest.mark.parametrize("theta", [1.0, 3.0, 10.0])
def test_many_steps_divide_a_flow_as_the_logit_does(gates: tuple[cd.Network, pd.DataFrame], theta: float) -> None:
    network, demand = gates
    flow = cd.solve(cd.with_preferences(network, table(theta)), demand).flow.sum("direction").sel(commodity="boxes")
    # Two gates: theta x (logit of one share - logit of the other) is the difference in cost.
    share = 1 / (1 + np.exp(-3.0 / (2 * theta)))
    assert float(flow.sel(link="dostyk")) / 1000 == pytest.approx(share, abs=0.015)


def test_other_goods_take_the_cheaper_gate_as_before(gates: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = gates
    flow = cd.solve(cd.with_preferences(network, table(3.0)), demand).flow.sum("direction").sel(commodity="ore")
    assert float(flow.sel(link="dostyk")) == 500
    assert float(flow.sel(link="altynkol")) == 0


def test_a_gate_keeps_its_capacity_and_closes_as_a_whole(gates: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = gates
    narrow = network.replace(links=network.links.assign(capacity=[300.0, 5000.0]))
    flow = cd.solve(cd.with_preferences(narrow, table(3.0)), demand).flow.sum(["direction", "commodity"])
    assert float(flow.sel(link="dostyk")) == 300
    shut = network.replace(links=network.links.assign(status=["closed", "operating"]))
    flow = cd.solve(cd.with_preferences(shut, table(3.0)), demand).flow.sum(["direction", "commodity"])
    assert float(flow.sel(link="altynkol")) == 1500


def test_a_network_with_preferences_has_no_other_nodes_links_outages_or_capacities() -> None:
    plain, demand = cd.load_network(preferences=False), cd.load_demand()
    network = cd.with_preferences(plain)
    for table in ("nodes", "links", "transfers", "zones", "commodities", "rates"):
        pd.testing.assert_frame_equal(getattr(network, table), getattr(plain, table))
    assert set(network.cost_steps.link_id) == set(cd.load_preferences().link_id)
    for by in ("link", "node", "corridor"):
        assert cd.outages(network, by=by).labels == cd.outages(plain, by=by).labels
    before, after = cd.solve(plain, demand), cd.solve(network, demand)
    for name in ("link", "node", "transfer", "bundle", "member"):
        assert after[name].to_numpy().tolist() == before[name].to_numpy().tolist()
    assert after.loss > before.loss


def test_a_network_of_the_library_has_the_preferences_as_fitted_and_says_so() -> None:
    plain, network = cd.load_network(year=2030, preferences=False), cd.load_network(year=2030)
    again = cd.with_preferences(plain)
    pd.testing.assert_frame_equal(again.cost_steps, network.cost_steps)
    assert plain.cost_steps.empty
    assert plain.name == "eurasia 2030"
    assert {network.name, again.name, cd.with_preferences(again).name} == {"eurasia 2030 with preferences"}


def test_the_base_year_with_preferences_is_that_of_links_made_for_each_step() -> None:
    # The fitted parameters written out as links: each gate ends at a node of its own, and a link a step goes on.
    plain, demand = cd.load_network(preferences=False), cd.load_demand()
    values = cd.load_parameters().set_index("parameter_id").value
    nodes, links = [plain.nodes], plain.links.set_index("link_id", drop=False)
    steps, rows = [], cd.load_preferences()
    rows = rows[(rows.origins == "") & (rows.direction == "")]  # links can't be for goods of some origins only
    for link_id, groups in rows.groupby("link_id", sort=False):
        link, middle = links.loc[link_id], f"{link_id} gate"
        nodes.append(plain.nodes[plain.nodes.node_id == link.to_node_id].assign(node_id=middle, capacity=np.nan))
        onward = {"from_node_id": middle, "to_node_id": link.to_node_id, "mode": link["mode"], "time": 0.0}
        others = set(plain.commodities.commodity)
        for gate in groups.itertuples():
            share = (np.arange(gate.steps) + 0.5) / gate.steps
            rise = values[gate.theta] * np.log(share / (1 - share))
            tariff = rise - rise[0] + (values[gate.constant] if gate.constant else 0.0)
            room = np.append(np.full(gate.steps - 1, gate.volume / gate.steps), np.nan)
            names = [f"{middle} {gate.Index} {i}" for i in range(gate.steps)]
            own = {"link_id": names, "tariff": tariff, "capacity": room, "commodities": gate.commodities}
            steps.append(pd.DataFrame(own | onward))
            others -= set(gate.commodities.split(";"))
        free = {"link_id": [f"{middle} free"], "tariff": 0.0, "commodities": ";".join(sorted(others))}
        steps.append(pd.DataFrame(free | onward))
        links.loc[link_id, "to_node_id"] = middle
    made = plain.replace(nodes=pd.concat(nodes, ignore_index=True), links=pd.concat([links, *steps], ignore_index=True))
    gates = list(dict.fromkeys(rows.link_id))
    by_links, by_steps = (cd.solve(network, demand) for network in (made, cd.with_preferences(plain, rows)))
    assert float(by_steps.loss) == pytest.approx(float(by_links.loss), rel=1e-12)
    flows = [result.flow.sel(link=gates).sum(["direction", "commodity"]).to_numpy() for result in (by_links, by_steps)]
    assert flows[0] == pytest.approx(flows[1], abs=1.0)


def test_goods_of_all_rows_without_a_list_pay_and_a_second_time_is_as_once(
    gates: tuple[cd.Network, pd.DataFrame],
) -> None:
    network, demand = gates
    every = table(3.0, commodities="")
    once = cd.with_preferences(network, every)
    twice = cd.with_preferences(once, every)
    pd.testing.assert_frame_equal(twice.cost_steps, once.cost_steps)
    flow = cd.solve(once, demand).flow.sum(["direction", "commodity"])
    assert float(flow.sel(link="altynkol")) > 500  # boxes and ore load dostyk together


def test_a_constant_turns_flow_away(gates: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = gates
    against = table(1.0, constant=[8.0, 0.0])
    flow = cd.solve(cd.with_preferences(network, against), demand).flow.sum("direction").sel(commodity="boxes")
    assert float(flow.sel(link="dostyk")) < float(flow.sel(link="altynkol"))


def test_the_ladder_is_level_at_first_and_rises_evenly_about_its_middle() -> None:
    rise = ladder(2.0, 8)
    assert rise[0] == 0
    assert (np.diff(rise) > 0).all()
    assert np.diff(rise) == pytest.approx(np.diff(rise)[::-1])


def test_mistakes_say_what_and_where(gates: tuple[cd.Network, pd.DataFrame]) -> None:
    network, _ = gates
    with pytest.raises(InputError, match="link_id is no link"):
        cd.with_preferences(network, table(1.0, link_id=["dostyk", "bakhty"]))
    with pytest.raises(InputError, match="'theta_x' is unknown"):
        cd.with_preferences(network, table("theta_x"))
    with pytest.raises(InputError, match="give 0 or more"):
        cd.with_preferences(network, table(1.0, constant=-1.0))
    with pytest.raises(InputError, match="goods twice"):
        cd.with_preferences(network, table(1.0, link_id=["dostyk", "dostyk"]))


def test_parameters_are_few_within_bounds_and_named_by_the_preferences() -> None:
    parameters, preferences = cd.load_parameters(), cd.load_preferences()
    assert len(parameters) <= MOST
    for column in ("value", "start"):
        assert (parameters[column] >= parameters.low).all()
        assert (parameters[column] <= parameters.high).all()
    assert {*preferences.theta, *preferences.constant} - {""} == set(parameters.parameter_id)
    assert preferences.steps.between(4, 8).all()


def test_the_compass_finds_the_least_within_the_bounds_and_the_budget() -> None:
    asked = []

    def error(at: np.ndarray) -> float:
        asked.append(at.copy())
        return float(np.round(np.abs(at - [1.4, 0.3]).sum(), 2))

    best = compass(error, np.array([0.5, 0.5]), 60)
    assert best == pytest.approx([1.0, 0.3], abs=0.05)
    assert len(asked) <= 60
    assert all((at >= 0).all() and (at <= 1).all() for at in asked)


def test_a_flow_out_of_reach_counts_no_more_than_a_bound() -> None:
    flows = pd.DataFrame({"model": [1.0, 0.0], "reference": [1.0, 1.0]})
    assert misfit(flows) == pytest.approx(2.0)


def test_a_fit_of_too_many_or_unknown_parameters_is_refused() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    with pytest.raises(InputError, match="is no parameter"):
        calibrate(network, demand, free=["luck"])
    with pytest.raises(InputError, match="give 1 to 12"):
        calibrate(network, demand, free=[])


def test_a_calibration_is_a_table_of_parameters_and_a_page_of_both() -> None:
    parameters = pd.DataFrame(
        {"parameter_id": ["theta"], "start": [1.0], "low": [0.5], "high": [4.0], "value": [2.5], "free": [True]}
    )
    flows = pd.DataFrame(
        {
            "group": ["calibrated", "calibrated", "held out"],
            "reference": [10.0, 20.0, 40.0],
            "before": [20.0, 20.0, 10.0],
            "after": [11.0, 20.0, 30.0],
        }
    )
    fit = cd.Calibration(parameters, flows, solves=7)
    pd.testing.assert_frame_equal(fit.to_frame(), parameters)
    fit.to_frame().loc[0, "value"] = 0.0
    assert fit.parameters.value.tolist() == [2.5]
    assert fit.errors()["median"].tolist() == pytest.approx([0.5, 0.05, 0.75, 0.25])
    page = fit._repr_html_()
    assert "1 parameters fitted in 7 solves" in page
    assert page.count("<table") == 2
    assert "<td>theta</td>" in page
    assert "<td>0.050</td>" in page
