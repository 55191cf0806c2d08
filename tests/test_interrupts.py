"""Ctrl-C: it is heard while something runs, nothing starts again, and no part of an answer passes for the whole."""

import os
import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner
from coupled_cases import coupled_case
from random_problems import corridor
from toy_networks import demand, network

import corridors as cd
from corridors.cli import INTERRUPTED, main
from corridors.kernels.multicommodity.types import Work
from corridors.kernels.primal import OUT_OF_PIVOTS
from corridors.solvers import multicommodity as coupled
from corridors.solvers import prepared
from corridors.solvers.multicommodity import base as bases
from corridors.solvers.multicommodity import kernel_calls as coupled_running
from corridors.solvers.multicommodity import singles
from corridors.sweeping.engines import LpEngine, WarmEngine
from corridors.sweeping.gathered import Gathered
from corridors.sweeping.solve import sweep_all


@pytest.fixture(autouse=True)
def _heard():
    cd.base_cache.clear()  # whatever ran before: a base that is kept is not solved
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    yield
    signal.signal(signal.SIGINT, before)


def press(stopped=lambda: True):
    """Ctrl-C, from whatever thread; returns when the work was asked to end."""
    os.kill(os.getpid(), signal.SIGINT)
    end = time.monotonic() + 20
    while not stopped() and time.monotonic() < end:
        time.sleep(0.005)
    assert stopped(), "the work was not asked to end"


def pressing(monkeypatch, at, owner, name, stopped):
    """Have Ctrl-C pressed in the call of that number; returns the list of calls."""
    calls, plain = [], getattr(owner, name)

    def wrapped(*args, **named):
        calls.append(name)
        if len(calls) == at:
            press(lambda: stopped(*args, **named))
        return plain(*args, **named)

    monkeypatch.setattr(owner, name, wrapped)
    return calls


def is_stopped(*args):
    """Whether the kernel called with these is to stop."""
    return any(isinstance(one, Work) and one.stop[0] == 1 for one in args)


def press_in_block(monkeypatch, at=1):
    """Have Ctrl-C pressed while the block of that number is solved."""
    return pressing(monkeypatch, at, WarmEngine, "answer", lambda engine, first, last: engine.stop.is_set())


@pytest.fixture
def cold(monkeypatch):
    """Ctrl-C in the first cold solve; a list of what the kernel answered."""
    codes, plain = [], prepared.solve_cold

    def wrapped(start, stop=None, cap=None):
        if not codes:
            press(lambda: stop is not None and stop[0] == 1)
        codes.append(plain(start, stop, cap)[0])
        return codes[-1], None

    monkeypatch.setattr(prepared, "solve_cold", wrapped)
    return codes


@pytest.fixture(scope="module")
def large():
    return corridor(np.random.default_rng(1), 2000)


def test_one_flow_hears_ctrl_c_while_it_is_solved(large, cold):
    with pytest.raises(KeyboardInterrupt):
        cd.min_cost_flow(large)
    assert cold == [OUT_OF_PIVOTS]


def test_a_problem_too_small_for_a_thread_gives_what_a_large_one_gives(large, monkeypatch):
    listened = cd.min_cost_flow(large)
    monkeypatch.setattr(prepared, "SOON", 10**9)
    plain = cd.min_cost_flow(large)
    assert listened.cost == plain.cost
    np.testing.assert_array_equal(listened.flow, plain.flow)
    np.testing.assert_array_equal(listened.potential, plain.potential)


def test_the_base_of_a_sweep_of_flows_hears_ctrl_c_and_nothing_is_done(large, cold):
    with pytest.raises(KeyboardInterrupt) as raised:
        cd.min_cost_flow_sweep(large, cd.Changes.from_coo(3, capacity=([0], [0], [0])))
    assert cold == [OUT_OF_PIVOTS]
    assert (raised.value.partial.status == cd.Status.LIMIT).all()


def test_a_sweep_by_another_solver_keeps_what_was_done(monkeypatch):
    from corridors.solvers import lp

    problem = cd.Problem([0, 0, 1], [1, 2, 2], [4, 9, 5], [2, 5, 1], [5, 0, -5])
    changes = cd.Changes.from_coo(4, capacity=([1, 2], [0, 1], [0, 6]))
    whole = cd.min_cost_flow_sweep(problem, changes, solver="lp")
    pressing(monkeypatch, 3, lp, "solve", lambda *_: True)
    with pytest.raises(KeyboardInterrupt) as raised:
        cd.min_cost_flow_sweep(problem, changes, solver="lp")
    part = raised.value.partial
    assert part.cost[:2].tolist() == whole.cost[:2].tolist()
    assert part.status.tolist() == [cd.Status.OPTIMAL] * 2 + [cd.Status.LIMIT] * 2


@pytest.mark.parametrize(
    ("kernel", "at"), [("solve_cold", 1), ("solve_cold", 2), ("solve_block", 1), ("solve_block", 2), ("solve_block", 4)]
)
def test_single_closures_end_wherever_ctrl_c_comes_and_nothing_is_kept_of_them(kernel, at, monkeypatch):
    problem, bundles, groups, rows = coupled_case(7)
    calls = pressing(monkeypatch, at, coupled_running, kernel, is_stopped)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    prepared = []

    def sweep_pair():
        prepared.append(coupled.prepare(problem, bundles, demand=rows, groups=groups))
        pair = np.flatnonzero(prepared[0].loaded)[:2]
        coupled.sweep(prepared[0], coupled.CoupledChanges.from_coo(1, closed=([0, 0], pair)), threads=1)

    with pytest.raises(KeyboardInterrupt):
        sweep_pair()
    assert len(calls) == at
    assert not any(base.has_singles for base in prepared)


def test_a_base_prepared_in_another_thread_than_the_first_is_the_same():
    problem, bundles, groups, rows = coupled_case(14)
    found = []

    def prepared():
        base = coupled.prepare(problem, bundles, demand=rows, groups=groups)
        found.append((base, base.singles()))

    thread = threading.Thread(target=prepared)
    thread.start()
    prepared()
    thread.join()
    (one, one_singles), (other, other_singles) = found
    assert one.objective == other.objective
    for start, same in ((one.start, other.start), (one_singles.start, other_singles.start)):
        for part, that in zip((*start.pool, *start.bases), (*same.pool, *same.bases), strict=True):
            np.testing.assert_array_equal(part, that)


def test_a_sweep_stopped_in_its_base_has_no_scenarios_and_solves_it_once(monkeypatch, capsys):
    solved = pressing(monkeypatch, 0, bases, "_solved", lambda *_: True)
    pressing(monkeypatch, 2, coupled_running, "solve_cold", is_stopped)
    result = cd.sweep(network(), demand(), cd.outages(network()), keep=("flow",), reduce=("flow_mean",), progress=False)
    assert len(solved) == 1
    assert result.sizes["scenario"] == 0
    assert result.attrs["stopped"] == "0 of 6 scenarios"
    assert capsys.readouterr().err == "sweep: stopped after 0 of 6 scenarios\n"


def test_a_sweep_stopped_in_its_single_closures_solves_them_once(monkeypatch):
    tried = pressing(monkeypatch, 1, singles, "_pooled", lambda *_: True)
    pairs = cd.outages(network(), k=2)
    result = cd.sweep(network(), demand(), pairs, progress=False)
    assert len(tried) == 1
    assert "stopped" in result.attrs


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(WarmEngine, "block_size", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)


@pytest.mark.usefixtures("small_blocks")
def test_a_sweep_keeps_the_blocks_before_ctrl_c(monkeypatch):
    whole = cd.sweep(network(), demand(), cd.outages(network()), keep=("flow",), progress=False)
    taken, plain, answer = threading.Semaphore(0), Gathered.add, WarmEngine.answer
    monkeypatch.setattr(Gathered, "add", lambda self, block: (plain(self, block), taken.release()))

    def third(engine, first, last):
        if first == 4:
            for _ in range(2):  # the blocks before this one are taken in
                taken.acquire(timeout=20)
            press(engine.stop.is_set)
        return answer(engine, first, last)

    monkeypatch.setattr(WarmEngine, "answer", third)
    part = cd.sweep(network(), demand(), cd.outages(network()), keep=("flow",), progress=False)
    assert part.attrs.pop("stopped") == "4 of 6 scenarios"
    xr.testing.assert_identical(part, whole.isel(scenario=slice(4)))


@pytest.mark.usefixtures("small_blocks")
def test_a_block_is_taken_in_whole_or_not_at_all(monkeypatch):
    whole = cd.sweep(network(), demand(), cd.outages(network()), keep=("flow",), progress=False)
    plain, calls = Gathered.add, []

    def add(self, block):
        calls.append(1)
        if len(calls) == 2:
            press()
            time.sleep(0.3)  # the main thread knows by now
        plain(self, block)

    monkeypatch.setattr(Gathered, "add", add)
    asked = {"keep": ("flow",), "reduce": ("flow_mean", "loss_max"), "progress": False}
    part = cd.sweep(network(), demand(), cd.outages(network()), **asked)
    assert part.attrs["stopped"] == "4 of 6 scenarios"
    np.testing.assert_allclose(part.flow_mean, whole.flow[:4].mean("scenario"), atol=1e-9)
    assert float(part.loss_max) == float(whole.loss[:4].max())


def test_ctrl_c_in_the_last_block_is_not_forgotten(monkeypatch):
    calls = pressing(monkeypatch, 1, Gathered, "add", lambda *_: True)
    plain = Gathered.add
    monkeypatch.setattr(Gathered, "add", lambda self, block: (plain(self, block), time.sleep(0.3)))
    with pytest.raises(KeyboardInterrupt, match="stopped after 6 of 6 scenarios") as raised:
        sweep_all(network(), demand(), cd.outages(network()), progress=False)
    assert len(calls) == 1
    assert raised.value.partial.sizes["scenario"] == 6


def test_the_reference_hears_ctrl_c_between_two_programmes(monkeypatch):
    calls = pressing(monkeypatch, 2, LpEngine, "answer", lambda engine, first, last: engine.stop.is_set())
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    result = cd.sweep(network(), demand(), cd.outages(network()), solver="lp", progress=False)
    assert "stopped" in result.attrs
    assert result.sizes["scenario"] <= 1
    assert len(calls) == 2


def lands() -> cd.Network:
    at = {"xian": "CN", "khorgos": "KZ", "aktau": "KZ", "baku": "AZ", "poti": "GE", "batumi": "GE"}
    nodes = network().nodes
    links = network().links.assign(corridors=["c", "c", "c", "c", "c", "n"])
    return network().replace(
        nodes=nodes.assign(
            country=nodes.node_id.map(at),
            x_coord=[109, 80, 51, 50, 41.7, 41.6],
            y_coord=[34, 44, 43.6, 40.4, 42.1, 41.6],
        ),
        links=links,
    )


FARE = ("links", "ferry", "tariff", "add")

STUDIES = {
    "criticality": lambda n, d: cd.criticality(n, d, progress=False),
    "n_minus_k": lambda n, d: cd.n_minus_k(n, d, progress=False),
    "interdiction": lambda n, d: cd.interdiction(n, d, 2, progress=False),
    "interdiction_curve": lambda n, d: cd.interdiction_curve(n, d, 2, progress=False),
    "fortify": lambda n, d: cd.fortify(n, d, 1, 1, progress=False),
    "leverage": lambda n, d: cd.leverage(n, d, ["ferry", "north"], by="link", progress=False),
    "reliability": lambda n, d: cd.reliability(n, d, 0.9, draws=50, progress=False),
    "yearly_reliability": lambda n, d: cd.yearly_reliability(n, d, {"ferry": (300, 10)}, years=5, progress=False),
    "recovery": lambda n, d: cd.recovery(n, d, {"ferry": 30.0}, progress=False),
    "hedging_frontier": lambda n, d: cd.hedging_frontier(n, d, bloc="AZ", progress=False),
    "autonomy": lambda n, d: cd.autonomy(n, d, bloc="AZ", projects=[], progress=False),
    "break_even": lambda n, d: cd.break_even(n, d, FARE, 0, 50, progress=False),
    "atlas": lambda n, d: cd.atlas(
        n, d, (FARE, 0, 50), (("links", "north", "tariff", "add"), [0.0, 5.0]), progress=False
    ),
    "sensitivity": lambda n, d: cd.sensitivity(n, d, {"fare": (0, 20)}, {"fare": FARE}, samples=4, progress=False),
    "tornado": lambda n, d: cd.tornado(n, d, {"fare": (0, 20)}, {"fare": FARE}, progress=False),
    "perform_experiments": lambda n, d: cd.perform_experiments(
        n, d, pd.DataFrame({"fare": [5.0, 9.0]}), {"fare": FARE}, progress=False
    ),
}


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_that_lacks_scenarios_gives_no_table(study, monkeypatch):
    calls = press_in_block(monkeypatch)
    with pytest.raises(KeyboardInterrupt, match=r"stopped after 0 of \d+ scenarios"):
        STUDIES[study](lands(), demand())
    assert len(calls) <= (os.cpu_count() or 1)  # those that ran with it, and none after


def test_a_replay_that_lacks_events_gives_no_table(monkeypatch):
    found, rows = cd.load_network(), cd.load_demand()
    some = cd.load_events()
    some = some[some.date_start.dt.year == 2024].head(3)
    small = rows[rows.commodity == "grain"].reset_index(drop=True)
    press_in_block(monkeypatch)
    with pytest.raises(KeyboardInterrupt, match=f"stopped after 0 of {len(some)} scenarios"):
        cd.replay(found, small, some)


@pytest.mark.usefixtures("small_blocks")
def test_a_command_that_is_stopped_says_how_far_it_came_and_fails(tmp_path, monkeypatch):
    cd.write(lands(), tmp_path / "net.gpkg")
    demand().to_csv(tmp_path / "demand.csv", index=False)
    press_in_block(monkeypatch, 4)  # the first is the base's
    asked = ["--network", str(tmp_path / "net.gpkg"), "--demand", str(tmp_path / "demand.csv")]
    run = CliRunner().invoke(main, ["criticality", *asked, "--out", str(tmp_path / "out")])
    assert run.exit_code == INTERRUPTED == 130
    assert run.stderr.splitlines()[-1] in [
        f"Ctrl-C: stopped after {done} of 6 scenarios; there is no answer"
        for done in (0, 2, 4)  # those that were ready may not have been taken in
    ]
    assert not (tmp_path / "out" / "criticality.csv").exists()
    kept = tmp_path / "out" / "criticality_stopped.csv"
    if "after 0" not in run.stderr:
        assert {"scenario", "loss", "losers_origin"} <= set(pd.read_csv(kept))


def test_a_command_stopped_outside_a_sweep_fails_as_well(monkeypatch):
    def read(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("corridors.commands.inputs.network_of", read)
    run = CliRunner().invoke(main, ["skim", "--commodity", "grain", "--from", "a", "--to", "b"])
    assert run.exit_code == INTERRUPTED
    assert run.stderr == "Ctrl-C: stopped; there is no answer\n"
