"""Expansion: the best portfolio against trying all of them, and what is said of it against independent solves."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from candidates import losses, portfolios, some_candidates, yearly
from click.testing import CliRunner
from generated import TIMES, Case, case

import corridors as cd
from corridors.cli import main
from corridors.edits.candidates import prepared
from corridors.methods import portfolio_losses, relaxation, tried
from corridors.methods.benders import Benders
from corridors.methods.choices import Choices
from corridors.methods.portfolio_losses import Future, PortfolioLosses
from corridors.methods.relaxation import Relaxation
from corridors.methods.tried import Aim
from corridors.network import checked_demand
from corridors.schema.candidates import candidates_of
from corridors.solvers.multicommodity.again import SLOTS
from corridors.sweeping.workers import Parcel

RATE = 0.05
QUIET = {"progress": False, "gap": 1e-9, "discount_rate": RATE, "steps": 2}


def generated(number: int, most: int, kinds: tuple[str, ...]) -> tuple[Case, pd.DataFrame]:
    """A network with demand, and candidates for it; the candidate that another requires may be built."""
    random = Random(number)
    example = case(random)
    return example, some_candidates(random, example.network, most, kinds)


def two_years(example: Case) -> cd.Scenarios:
    """As it is, and with the volumes doubled, which weighs less."""
    ids = example.demand.demand_id
    double = pd.DataFrame({"scenario": 1, "table": "demand", "id": ids, "field": "volume", "operation": "scale"})
    return cd.Scenarios(["now", "later"], double.assign(value=2.0), weights=[3.0, 1.0])


@pytest.mark.parametrize("number", range(1 if TIMES == 1 else 100))
def test_the_best_portfolio_is_that_of_trying_all(number: int) -> None:
    example, choices = generated(number, 4 if TIMES == 1 else 4 + number % 9, ("whole", "modules"))
    network, demand = example.network, example.demand
    doubled = demand.assign(volume=2 * demand.volume)
    budget = float(choices.cost.sum()) / 2
    tried = portfolios(choices, budget)
    lost, year = losses(network, [demand, doubled], choices, tried), yearly(choices, tried, RATE)[:, None]

    alone = cd.expansion(network, demand, choices, budget=budget, **QUIET)
    line = alone.frontier.iloc[-1]
    assert line.loss + line.yearly == pytest.approx((lost + year)[:, 0].min(), rel=1e-9, abs=1e-3)
    built = choices.candidate_id.map(alone.portfolio.set_index("candidate_id").modules).fillna(0.0).to_numpy()
    assert losses(network, [demand], choices, built[None])[0, 0] == pytest.approx(line.loss, rel=1e-9, abs=1e-3)

    both = cd.expansion(network, demand, choices, budget=budget, scenarios=two_years(example), **QUIET)
    line = both.frontier.iloc[-1]
    least = (lost @ [0.75, 0.25] + year[:, 0]).min()
    assert line.loss + line.yearly == pytest.approx(least, rel=1e-9, abs=1e-3)

    futures = {"now": demand, "later": doubled}
    robust = cd.expansion(network, futures, choices, budget=budget, criterion="regret", **QUIET)
    least = (lost + year - (lost + year).min(axis=0)).max(axis=1).min()
    assert robust.frontier.regret.iloc[-1] == pytest.approx(least, rel=1e-6, abs=1e-2)


@pytest.fixture
def crossing() -> tuple[cd.Network, pd.DataFrame]:
    """A ferry at 40 USD a tonne that takes 2 Mt of 5, and a planned bridge at 10."""
    nodes = pd.DataFrame({"node_id": ["kz", "az"], "country": ["KZ", "AZ"]})
    links = pd.DataFrame({"link_id": ["ferry", "bridge"], "from_node_id": "kz", "to_node_id": "az", "mode": "ship"})
    links = links.assign(tariff=[40.0, 10.0], capacity=[2e6, 4e6], status=["operating", "planned"])
    row = {"demand_id": "g", "commodity": "grain", "origin": "kz", "destination": "az", "volume": 5e6, "value": 100.0}
    blocs = pd.DataFrame({"bloc": ["eaeu"], "country": ["KZ"]})
    return cd.Network(nodes, links, blocs=blocs), pd.DataFrame([row])


def ships(**columns: object) -> pd.DataFrame:
    """Room on the ferry, a million tonnes a module."""
    row = {"candidate_id": "ship", "id": "ferry", "amount": 1e6, "cost": 50e6, "kind": "modules", "most": 4}
    return pd.DataFrame([row]).assign(**columns)


def test_what_a_candidate_brings_is_what_hands_give(crossing: tuple[cd.Network, pd.DataFrame]) -> None:
    bridge = pd.DataFrame({"candidate_id": ["bridge"], "id": "bridge", "field": "status", "cost": 1e9, "life": 20.0})
    bridge = bridge.assign(lead_time=5.0)
    found = cd.expansion(*crossing, pd.concat([ships(), bridge]), discount_rate=0.0, progress=False)
    # Of 5 Mt, 4 pay 10 USD over the bridge and one 40 on the ferry, in place of 2 at 40 and 3 left behind at 100.
    assert found.portfolio.candidate_id.tolist() == ["bridge"]
    assert found.loss == 380e6
    table = found.candidates.set_index("candidate_id")
    assert table.alone.to_dict() == {"ship": 60e6, "bridge": 300e6}
    assert table["last"].to_dict() == {"ship": 0.0, "bridge": 300e6}
    assert table.last_npv["bridge"] == 20 * 300e6 - 1e9
    assert table.last_bcr["bridge"] == 6.0
    assert table.last_payback["bridge"] == pytest.approx(5 + 10 / 3, abs=1e-4)
    assert np.isnan(table.last_payback["ship"])
    gains = found.gains.set_index("name")
    assert gains.as_origin.to_dict() == {"AZ": 0.0, "KZ": 300e6, "eaeu": 300e6}
    assert gains.as_destination.to_dict() == {"AZ": 300e6, "KZ": 0.0, "eaeu": 0.0}
    assert found.network.links.status.tolist() == ["operating", "operating"]


def test_a_continuous_frontier_is_convex_and_its_slope_is_the_rent(crossing: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = crossing
    parts = ships(kind="continuous", most=4.0)
    found = cd.expansion(network, demand, parts, discount_rate=0.0, steps=6, gap=1e-9, progress=False)
    assert found.portfolio.modules.tolist() == pytest.approx([3.0], abs=1e-6)
    gained = np.diff(found.frontier.net)
    assert (gained >= 0).all()
    assert (np.diff(gained) <= 1.0).all()
    rent = float(cd.solve(network, demand).rent.sel(bundle="link:ferry"))
    assert np.diff(found.frontier.saved)[0] / np.diff(found.frontier.spent)[0] == pytest.approx(rent * 1e6 / 50e6)


def test_a_larger_budget_never_brings_less() -> None:
    example, choices = generated(0, 6, ("whole", "modules"))
    frontier = cd.expansion(example.network, example.demand, choices, **{**QUIET, "steps": 5}).frontier
    assert (np.diff(frontier.net) >= -1e-6).all()
    assert (frontier.spent <= frontier.budget * (1 + 1e-9)).all()
    assert (frontier.gap <= 1e-6).all()


WRONG = {
    "no candidates": (ships().head(0), "candidates: has no rows"),
    "no cost": (ships(cost=np.nan), r"candidates: cost is missing for 1 candidate \(ship\); give USD of a module"),
    "half a module": (ships(most=1.5), "candidates: most is no number of modules"),
    "an unknown link": (ships(id="fery"), r"links: id of a candidate is unknown for 1 link \(fery\).*is it ferry"),
    "an unknown field": (ships(field="gauge"), "candidates: field of links is unknown for 1 candidate"),
    "open what is": (ships(field="status"), "links: is opened by a candidate, and operates for 1 link"),
    "room on what is planned": (ships(id="bridge"), "links: is no part of what operates, and gets room"),
    "too great a cut": (ships(field="tariff", kind="whole", most=1), "tariff is less than what a candidate cuts"),
    "a cut in parts": (ships(field="tariff", amount=1), "a cost or time is cut in parts"),
    "an unknown other": (
        ships(requires="shp"),
        "candidates: requires shp, which is no candidate for 1 candidate .ship.; add it; is it ship",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_candidate_that_can_not_be_says_why(crossing: tuple[cd.Network, pd.DataFrame], name: str) -> None:
    candidates, message = WRONG[name]
    with pytest.raises(cd.InputError, match=message):
        cd.expansion(*crossing, candidates, progress=False)


def test_candidates_of_the_library_fit_its_network_and_say_on_what_they_rest() -> None:
    network, table = cd.load_network(preferences=False), cd.load_candidates()
    first = table.drop_duplicates("candidate_id")
    built = cd.with_candidates(network, table, dict.fromkeys(first.candidate_id, 1))
    assert (built.links.status == "operating").sum() > (network.links.status == "operating").sum()
    assert (first.source != "").all()
    assert first.confidence.isin(["high", "medium", "low"]).all()
    estimate = first.note.str.contains("estimate|idea")
    assert (first.confidence[estimate] != "high").all()
    lines = dict(zip(first.candidate_id, first.id, strict=True))
    projects = cd.load_projects().set_index("project_id").links
    assert lines["cku"] == projects["cku"]
    assert set(lines["transcaspian_oil"].split(";")) == set(projects["transcaspian_oil"].split(";"))


def test_the_figure_has_a_bar_for_each_candidate_drawn(crossing: tuple[cd.Network, pd.DataFrame]) -> None:
    ax = cd.plot_expansion(cd.expansion(*crossing, ships(), steps=2, progress=False))
    panels = {panel.get_gid(): panel for panel in ax.figure.axes}
    assert len(panels["candidates"].patches) == 1
    assert [line.get_label() for line in panels["chart"].lines] == ["saved", "net of capital"]
    plt.close("all")


@pytest.mark.parametrize("number", range(3 * TIMES))
def test_slopes_are_finite_differences_of_the_loss(number: int) -> None:
    example, table = generated(number, 5, ("continuous",))
    choices = candidates_of(table)
    ready = prepared(example.network, choices)
    future = Future("", ready.network, checked_demand(example.network, example.demand), cd.baseline(), ready.rooms)
    losses = PortfolioLosses([future], len(choices), progress=False)
    at = np.random.default_rng(number).uniform(0.1, 0.9, len(choices)) * choices.most
    loss, slope = losses(at[None, :])
    # Rooms are in whole tonnes: a step is many of them, and the loss a chord of it.
    for one in range(len(choices)):
        step = np.zeros(len(choices))
        step[one] = 1e-2
        (below, above), slopes = losses(np.array([at - step, at + step]))
        least, most = slopes[0, 0, one], slopes[1, 0, one]
        rise = (above[0] - below[0]) / 2e-2
        assert least - 1e-6 * abs(least) - 1e5 <= rise <= most + 1e-6 * abs(most) + 1e5
        assert least <= slope[0, 0, one] + 1e-9 <= most + 2e-9
        assert below[0] >= loss[0, 0] - slope[0, 0, one] * 1e-2 - 1e3


def test_a_cut_counts_the_room_that_a_model_in_whole_tonnes_leaves_out(
    crossing: tuple[cd.Network, pd.DataFrame],
) -> None:
    """A ship and 0.9 t lose what a ship does but for these, by the rent: the model has no part of a tonne."""
    network, demand = crossing
    choices = candidates_of(ships())
    ready = prepared(network, choices)
    future = Future("", ready.network, checked_demand(network, demand), cd.baseline(), ready.rooms)
    losses = PortfolioLosses([future], len(choices), progress=False)
    whole, more = np.zeros(len(choices)), np.zeros(len(choices))
    whole[0], more[0] = 1.0, 1.0 + 0.9 / ready.rooms.amount.iloc[0]
    (loss, above), (slope, _) = losses(np.array([whole, more]))
    assert slope[0, 0] < 0
    assert above[0] - loss[0] == pytest.approx((more - whole)[0] * slope[0, 0], rel=1e-6)


def test_the_command_leaves_tables_and_a_figure(crossing: tuple[cd.Network, pd.DataFrame], tmp_path: Path) -> None:
    network, demand = crossing
    cd.write(network, tmp_path / "net")
    demand.to_csv(tmp_path / "demand.csv", index=False)
    ships().to_csv(tmp_path / "ships.csv", index=False)
    files = [f"--network={tmp_path / 'net'}", f"--demand={tmp_path / 'demand.csv'}"]
    files += [f"--candidates={tmp_path / 'ships.csv'}", f"--out={tmp_path / 'out'}", "--budget=100"]
    answer = CliRunner().invoke(main, ["expansion", *files, "--closures=link", "--likelihood=0.1", "--regret"])
    assert answer.exit_code == 0, answer.output
    assert "built for 100 M USD, of 100" in answer.output
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"expansion.csv", "expansion.png", "expansion_frontier.csv", "expansion_gains.csv"} <= left
    (tmp_path / "low.csv").write_text("link_id,link_availability\nferry,0.5\n")
    answer = CliRunner().invoke(main, ["expansion", *files, f"--scenarios={tmp_path / 'low.csv'}"])
    assert answer.exit_code == 0, answer.output
    answer = CliRunner().invoke(main, ["expansion", *files, "--closures=link", "--likelihood=2"])
    assert "2 is no likelihood of each of 1; give 0 to 1" in answer.output


def test_a_scenario_in_which_cuts_prove_nothing_is_refused(crossing: tuple[cd.Network, pd.DataFrame]) -> None:
    network, demand = crossing
    network = network.replace(links=network.links.assign(background=1e6))
    less = pd.DataFrame({"scenario": [0], "table": ["links"], "id": ["ferry"], "field": ["capacity"]})
    low = cd.Scenarios(["low water"], less.assign(operation="scale", value=0.1))
    with pytest.raises(cd.SolverError, match=r"does not fall convexly .* than its background"):
        cd.expansion(network, demand, ships(), scenarios=low, progress=False)


@pytest.mark.parametrize("number", [1, 4])
def test_portfolios_are_solved_from_others_that_are_near(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is found does not depend on which."""
    example, choices = generated(number, 5, ("whole", "modules"))
    scenarios = two_years(example) * cd.outages(example.network)
    near = cd.expansion(example.network, example.demand, choices, scenarios=scenarios, **QUIET)
    monkeypatch.setattr(portfolio_losses, "REBASED", False)
    far = cd.expansion(example.network, example.demand, choices, scenarios=scenarios, **QUIET)
    pd.testing.assert_frame_equal(far.frontier, near.frontier, check_exact=False, atol=1e-6)
    pd.testing.assert_frame_equal(far.candidates, near.candidates, check_exact=False, atol=1e-6)


class Made:
    """Losses by formula: what lacks of some targets, in tonnes that each scenario values and candidates bring."""

    def __init__(self, seed: int, candidates: int, scenarios: int) -> None:
        rng = np.random.default_rng(seed)
        self.value, self.target = rng.uniform(0, 3, (scenarios, 4)), rng.uniform(2, 8, (scenarios, 4))
        self.brings = rng.uniform(0, 3, (scenarios, 4, candidates)) * (rng.random((scenarios, 4, candidates)) < 0.5)
        self.found, self.solved = portfolio_losses.AllKnown(candidates, scenarios), 0
        self.known = self.found.of

    def lost(self, modules: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lacks = np.maximum(self.target - self.brings @ modules, 0.0)
        slope = -np.einsum("st,stn->sn", self.value * (lacks > 0), self.brings)
        return (self.value * lacks).sum(axis=1), slope

    def solve(self, modules: np.ndarray, some: np.ndarray) -> None:
        loss, slope = self.lost(modules)
        self.found.add(modules, some, loss[some], slope[some])
        self.solved += len(some)


@pytest.mark.parametrize("by_regret", [False, True])
def test_a_portfolio_is_solved_only_as_far_as_it_may_be_the_best(
    by_regret: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best is that of trying all, and of all others a part of the scenarios proves that they are not."""
    n, size = 8, 24
    ids = pd.DataFrame({"candidate_id": [f"c{at}" for at in range(n)], "id": "link", "amount": 1.0, "cost": 1.0})
    choices = Choices.of(candidates_of(ids), np.random.default_rng(9).uniform(1, 6, n))
    aim = Aim(np.ones(size), np.linspace(0, 5, size)) if by_regret else Aim(np.ones(1))
    groups = np.eye(size) if by_regret else np.full((1, size), 1 / size)
    monkeypatch.setattr(tried, "AT_A_TIME", 2)
    losses: Any = Made(3, n, size)
    seen = tried.Tried(losses, choices, groups)
    every = np.array([modules for modules in product([0.0, 1.0], repeat=n) if sum(modules) <= 4.0])
    values = aim.of(np.array([losses.lost(modules)[0] for modules in every]) @ groups.T, every @ choices.yearly)
    for modules, value in zip(every, values, strict=True):
        least, most = seen.weigh(modules, aim, values.min())
        assert values.min() - 1e-9 <= least <= value + 1e-9
        assert value <= most + 1e-9
    assert losses.solved < len(every) * size / 2
    found = Benders(seen).minimise(aim, 4.0, 1e-9)
    assert found.value == pytest.approx(values.min(), abs=1e-6)
    assert found.bound == pytest.approx(values.min(), abs=1e-6)


def test_workers_and_a_store_find_what_threads_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a store holds is not solved again, whatever is asked of it, and a file that is damaged is."""
    example, choices = generated(3, 4, ("whole", "modules"))
    scenarios = two_years(example) * cd.outages(example.network)
    options = {**QUIET, "steps": 1, "scenarios": scenarios}
    alone = cd.expansion(example.network, example.demand, choices, **options)
    with ThreadPoolExecutor(2) as pool:
        kept = {**options, "store": tmp_path / "held"}
        found = cd.expansion(example.network, example.demand, choices, **kept, executor=pool)
    for again, solved in ((found, alone.solved), (cd.expansion(example.network, example.demand, choices, **kept), 0)):
        pd.testing.assert_frame_equal(alone.frontier, again.frontier, check_exact=False, atol=1e-6)
        pd.testing.assert_frame_equal(alone.candidates, again.candidates, check_exact=False, atol=1e-6)
        assert again.solved == solved
    files = sorted((tmp_path / "held").glob("*.npz"))
    files[0].write_bytes(files[0].read_bytes()[:-1])
    less = cd.expansion(example.network, example.demand, choices, **kept, budget=float(choices.cost.sum()) / 2)
    assert 0 < less.solved < alone.solved
    with pytest.raises(cd.InputError, match=r"holds another expansion \(another candidates\); give another folder"):
        cd.expansion(example.network, example.demand, choices.assign(amount=2 * choices.amount), **kept)
    with pytest.raises(cd.InputError, match="holds files that are no sweep"):
        cd.sweep(example.network, example.demand, scenarios, store=tmp_path / "held", progress=False)


def test_a_worker_gets_all_that_it_solves_with() -> None:
    example, choices = generated(1, 3, ("modules",))
    wanted = candidates_of(choices)
    ready = prepared(example.network, wanted)
    future = Future("", ready.network, checked_demand(example.network, example.demand), cd.baseline(), ready.rooms)
    there = pickle.loads(pickle.dumps(Parcel(portfolio_losses.Elsewhere((future,), len(wanted)))))
    found = portfolio_losses._work(there, 0, wanted.most, np.array([0]), -np.inf, 0.0)
    here = PortfolioLosses([future], len(wanted), progress=False)(wanted.most[None])
    assert found[0] == pytest.approx(here[0][0])


def test_a_scenario_starts_from_its_nearest_optimum_and_the_oldest_is_forgotten() -> None:
    example, choices = generated(1, 4, ("modules",))
    wanted = candidates_of(choices)
    ready = prepared(example.network, wanted)
    future = Future("", ready.network, checked_demand(example.network, example.demand), cd.baseline(), ready.rooms)
    losses = PortfolioLosses([future], len(wanted), progress=False)
    one = np.eye(len(wanted))[0]
    for modules in (0 * one, wanted.most, one, 0.5 * one):
        losses.solve(modules, np.array([0]))
    for base in losses.parts[0].bases:
        optima = base.sweeps._last_optima
        for number, known in optima._of.items():
            assert len(known) <= SLOTS
            for standing in list(known):
                assert optima._nearest(number, standing.place) is standing.bases
                assert optima._of[number][-1] is standing
                # of the types of the base's, or kernels would be compiled once more
                start = optima._base.start.bases
                assert [part.dtype for part in standing.bases] == [part.dtype for part in start]


def test_a_programme_that_one_solver_gives_up_is_solved_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Relaxation(np.array([-3.0, -2.0]), np.zeros(2), np.ones(2), np.ones((1, 2)), np.array([1.5]))
    monkeypatch.setattr(two, "_solver", SimpleNamespace(Solve=lambda _: 4))  # which keeps the one that it stands for
    found = two.least(np.zeros(2), np.array([0.25, 1.0]))
    assert found is not None
    assert found[0].tolist() == [0.25, 1.0]
    assert found[1] == -2.75
    assert two.least(np.array([1.0, 0.75]), np.ones(2)) is None


def test_pivots_that_go_round_end_and_the_programme_is_solved_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "PIVOTS", 1)
    asked, by_highs = [], Relaxation._by_highs
    monkeypatch.setattr(Relaxation, "_by_highs", lambda self, *ends: (asked.append(ends), by_highs(self, *ends))[1])
    rng = np.random.default_rng(0)
    rows, most = rng.random((30, 20)), np.ones(30)
    found = Relaxation(-rng.random(20), np.zeros(20), np.ones(20), rows, most).least(np.zeros(20), np.ones(20))
    monkeypatch.setattr(relaxation, "PIVOTS", 1000)
    rng = np.random.default_rng(0)
    rows = rng.random((30, 20))
    again = Relaxation(-rng.random(20), np.zeros(20), np.ones(20), rows, most).least(np.zeros(20), np.ones(20))
    assert len(asked) == 1
    assert found is not None
    assert again is not None
    assert found[1] == pytest.approx(again[1])


def test_parts_of_a_tonne_are_solved_and_not_guessed_where_all_is_small() -> None:
    example, choices = generated(11, 6, ("whole", "modules"))
    budget, scenarios = float(choices.cost.sum()) / 2, two_years(example)
    found = cd.expansion(example.network, example.demand, choices, budget=budget, scenarios=scenarios, **QUIET)
    assert found.frontier.gap.iloc[-1] <= 1e-4
