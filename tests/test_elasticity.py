"""Demand that reacts, against SciPy's convex solver on smooth curves and an independent programme with its steps."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from generated import TIMES, cases, thorough
from hypothesis import given
from independent import least_loss
from scipy.optimize import minimize

import corridors as cd
from corridors.cli import main
from corridors.schema.checks import checked

STEPS = 50
ELASTICITIES = {"grain": 0.4, "ore": 1.0, "boxes": 1.7}


def case(seed: int) -> tuple[cd.Network, pd.DataFrame, np.ndarray]:
    """Five nodes, links some of which are short of room, three or four rows that react; and what tariffs change by."""
    random = Random(seed)
    pairs = [(f"n{i}", f"n{i + 1}") for i in range(4)] + [("n0", "n2"), ("n1", "n3"), ("n2", "n4"), ("n0", "n4")]
    links = pd.DataFrame(pairs, columns=["from_node_id", "to_node_id"])
    links = links.assign(link_id=[f"l{i}" for i in links.index], mode="road", directed=True)
    links["tariff"] = [float(random.randint(5, 40)) for _ in pairs]
    links["capacity"] = [float(random.choice([4000, 9000, 30_000])) for _ in pairs]
    ends = random.sample([("n0", "n4"), ("n0", "n3"), ("n1", "n4"), ("n0", "n2")], random.randint(3, 4))
    rows = pd.DataFrame(ends, columns=["origin", "destination"])
    rows["demand_id"] = [f"d{i}" for i in rows.index]
    rows["commodity"] = [*ELASTICITIES, random.choice([*ELASTICITIES])][: len(ends)]
    rows["volume"] = [float(random.randint(1000, 6000)) for _ in ends]
    rows["price"] = [float(random.randint(100, 400)) for _ in ends]
    rows["value"] = [float(random.randint(150, 600)) for _ in ends]
    factor = np.array(random.choices([1.0, 2.0, 5.0], k=len(pairs)))
    return cd.Network(pd.DataFrame({"node_id": [f"n{i}" for i in range(5)]}), links), rows, factor


def worth(row: dict[str, float], cost: float, tonnes: float) -> float:
    """What some tonnes are worth together: the area under the row's curve, or its value where it does not react."""
    e, price, volume, value = ELASTICITIES[row["commodity"]], row["price"], row["volume"], row["value"]
    least = volume if cost >= value else volume * (1 + (value - cost) / price) ** -e
    if tonnes <= least:
        return value * tonnes
    power = 1 - 1 / e
    curved = ((tonnes / volume) ** power - (least / volume) ** power) / power if power else np.log(tonnes / least)
    return value * least + (cost - price) * (tonnes - least) + price * volume * curved


def least_by_scipy(
    network: cd.Network, rows: pd.DataFrame, cost: np.ndarray, top: np.ndarray
) -> tuple[float, np.ndarray]:
    """The most that worth exceeds transport by, with a minus, and the tonnes of each row, over the flows of paths."""
    graph = nx.DiGraph()
    for place, link in enumerate(network.links.itertuples()):
        graph.add_edge(link.from_node_id, link.to_node_id, place=place)
    paths = [
        (place, path)
        for place, row in enumerate(rows.itertuples())
        for path in nx.all_simple_paths(graph, row.origin, row.destination)
    ]
    uses, serves = np.zeros((len(network.links), len(paths))), np.zeros((len(rows), len(paths)))
    for column, (row, path) in enumerate(paths):
        serves[row, column] = 1.0
        for a, b in pairwise(path):
            uses[graph.edges[a, b]["place"], column] = 1.0
    tariff, room = network.links.tariff.to_numpy(), network.links.capacity.to_numpy()
    records, scale = rows.to_dict("records"), 1e3

    def net(x: np.ndarray) -> float:
        tonnes = np.maximum(serves @ x * scale, 0.0)
        gained = sum(worth(row, c, t) for row, c, t in zip(records, cost, tonnes, strict=True))
        return (float(tariff @ uses @ x) * scale - gained) / 1e6

    limits = [
        {"type": "ineq", "fun": lambda x: room / scale - uses @ x, "jac": lambda x: -uses},
        {"type": "ineq", "fun": lambda x: top / scale - serves @ x, "jac": lambda x: -serves},
    ]
    best = None
    for share in (0.05, 0.5):
        start = serves.T @ (top / serves.sum(axis=1)) / scale * share
        found = minimize(
            net, start, method="SLSQP", bounds=[(0, None)] * len(paths), constraints=limits,
            options={"maxiter": 1000, "ftol": 1e-13},
        )  # fmt: skip
        if found.success and (best is None or found.fun < best.fun):
            best = found
    assert best is not None
    return float(best.fun) * 1e6, serves @ best.x * scale


@pytest.mark.parametrize("seed", range(10 * TIMES))
def test_the_surplus_is_that_of_a_convex_solver_but_for_the_error_of_steps(seed: int) -> None:
    network, rows, factor = case(seed)
    most = 1.0 + 0.3 * (seed % 2)
    base = cd.solve(network, rows)
    cost = base.row_price.to_numpy()
    stepped = cd.with_elasticity(network, rows, base, ELASTICITIES, steps=STEPS, most=most)
    changed = network.replace(links=network.links.assign(tariff=network.links.tariff * factor))
    result = cd.by_curve(changed, stepped, cd.solve(changed, stepped))
    top = stepped.groupby("curve", sort=False).volume.sum().to_numpy()
    mine = float(result.loss) - float(stepped.volume @ stepped.value)
    exact, tonnes = least_by_scipy(changed, rows, cost, top)
    lost = 0.0
    for row, c, t in zip(rows.to_dict("records"), cost, tonnes, strict=True):
        steps = stepped[stepped.curve == row["demand_id"]]
        ends = np.append(0.0, steps.volume.cumsum())
        by_steps = np.interp(t, ends, np.append(0.0, (steps.volume * steps.value).cumsum()))
        assert np.all(np.diff(steps.value) < 0)
        error = worth(row, c, min(t, ends[-1])) - by_steps
        assert (
            -1e-6 * abs(exact)
            <= error
            <= 0.25 * (steps.volume * -steps.value.diff().fillna(0.0)).max() + 1e-6 * by_steps
        )
        lost += error
    slack = 1.0 + 1e-6 * abs(exact)
    assert exact - slack <= mine <= exact + lost + slack


@thorough
@given(cases())
def test_steps_are_those_of_an_independent_programme(case) -> None:
    """On networks with zones, transfers and shared capacities, where some rows react; the base stays what it was."""
    rows = case.demand.assign(price=300.0)
    base = cd.solve(case.network, rows)
    stepped = cd.with_elasticity(case.network, rows, base, {rows.commodity[0]: 0.7}, steps=3)
    result = cd.solve(case.network, stepped)
    assert float(result.loss) == pytest.approx(least_loss(case.network, stepped, unit=1e-4).loss, rel=1e-7, abs=0.01)
    assert cd.by_curve(case.network, stepped, result).unmet.sum() == pytest.approx(float(base.unmet.sum()), abs=0.01)
    assert stepped.groupby("curve").volume.sum()[rows.demand_id].tolist() == pytest.approx(rows.volume.tolist())


def test_a_sweep_finds_what_each_scenario_costs_by_itself() -> None:
    network, rows, _ = case(3)
    stepped = cd.with_elasticity(network, rows, cd.solve(network, rows), ELASTICITIES, steps=5)
    closures = cd.outages(network)
    swept = cd.by_curve(network, stepped, cd.sweep(network, stepped, closures, keep=("row_price", "flow")))
    for link in network.links.link_id:
        links = network.links.assign(status=np.where(network.links.link_id == link, "closed", "operating"))
        alone = network.replace(links=links)
        one = cd.by_curve(network, stepped, cd.solve(alone, stepped))
        assert float(swept.loss.sel(scenario=link)) == pytest.approx(float(one.loss), rel=1e-9)
        assert swept.unmet_total.sel(scenario=link) == pytest.approx(float(one.unmet.sum()))
        assert (swept.unmet.sel(scenario=link).sum()) == pytest.approx(float(one.unmet.sum()))


def test_a_curve_goes_by_the_name_of_its_row_in_parameters() -> None:
    network, rows, _ = case(3)
    stepped = cd.with_elasticity(network, rows, cd.solve(network, rows), {rows.commodity[0]: 0.5}, steps=4)
    change = cd.named_parameter(network, stepped, "volume", "demand", "d0")
    assert change.id.tolist() == stepped.demand_id[stepped.curve == "d0"].tolist()
    assert len(change) > 1


def test_what_does_not_react_stays_as_it_is() -> None:
    network, rows, _ = case(3)
    base = cd.solve(network, rows)
    assert cd.with_elasticity(network, rows, base, {}).drop(columns="curve").equals(checked("demand", rows))
    assert len(cd.with_elasticity(network, rows.assign(elasticity=0.0), base, ELASTICITIES)) == len(rows)


def test_what_is_no_curve_is_refused() -> None:
    network, rows, _ = case(3)
    base = cd.solve(network, rows)
    goods = rows.commodity[0]
    for changes, given_, says in (
        ({}, {goods: -0.5}, r"demand: elasticity is below 0 or too large for \d rows? \(d"),
        ({}, {"gran": 0.5}, "elasticities: commodity gran is not in demand; .*is it grain"),
        ({"price": np.nan}, {goods: 0.5}, r"demand: price is missing or not above 0 for \d rows?"),
        ({"demand_id": [f"x{i}" for i in rows.index]}, {goods: 0.5}, r"base: has no row_price for \d+"),
    ):
        with pytest.raises(cd.InputError, match=says):
            cd.with_elasticity(network, rows.assign(**changes), base, given_)
    for option, says in (({"steps": 0}, "steps"), ({"most": 0.5}, "most"), ({"most": "x"}, "most")):
        with pytest.raises(cd.InputError, match=says):
            cd.with_elasticity(network, rows, base, {goods: 0.5}, **option)
    stepped = cd.with_elasticity(network, rows, base, {goods: 0.5})
    with pytest.raises(cd.InputError, match="demand has a column curve"):
        cd.with_elasticity(network, stepped, base)
    with pytest.raises(cd.InputError, match="demand has no column curve; give what with_elasticity gave"):
        cd.by_curve(network, rows, base)
    with pytest.raises(cd.InputError, match=r"result: \d+ of \d+ demand rows are not in it"):
        cd.by_curve(network, stepped, base)


def test_every_study_takes_goods_that_react(tmp_path: Path) -> None:
    network, rows, _ = case(3)
    cd.write(network, tmp_path / "net", demand=rows)
    command = ["criticality", "--network", str(tmp_path / "net"), "--elastic"]
    done = CliRunner().invoke(main, [*command, "grain"])
    assert done.exit_code == 0, done.output
    cut = cd.with_elasticity(network, rows, cd.solve(network, rows), {"grain": 0.3})
    assert f"{len(cut)} rows with the steps of demand that reacts (grain)" in done.output
    wrong = CliRunner().invoke(main, [*command, "gran"])
    assert wrong.exit_code != 0
    assert "--elastic: is not in the demand, or has no elasticity" in wrong.output
    assert "is it grain?" in wrong.output
