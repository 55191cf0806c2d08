"""How sweeps run: executors, blocks, reductions, interrupts."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import xarray as xr
from toy_networks import demand, network

import corridors as cd
from corridors.sweeping import job
from corridors.sweeping.job import Job
from corridors.sweeping.solve import Sweeps
from corridors.sweeping.statistics import BINS, Grouped, make
from corridors.sweeping.store import Store
from corridors.sweeping.workers import Parcel, _work


@pytest.fixture(scope="module")
def drawn():
    return cd.sample(network(), 40, availability=0.8, seed=3)


@pytest.fixture(scope="module")
def plain(drawn):
    with ThreadPoolExecutor(1) as one:
        return cd.sweep(network(), demand(), drawn, keep=("flow", "rent"), executor=one, progress=False)


def test_threads_change_nothing(drawn, plain):
    with ThreadPoolExecutor(3) as three:
        result = cd.sweep(network(), demand(), drawn, keep=("flow", "rent"), executor=three, progress=False)
    xr.testing.assert_identical(result, plain)


def test_processes_change_nothing(drawn, plain):
    with ProcessPoolExecutor(2) as two:
        result = cd.sweep(network(), demand(), drawn, keep=("flow", "rent"), executor=two, progress=False)
    xr.testing.assert_identical(result, plain)


def test_a_dask_cluster_on_the_loopback_changes_nothing(drawn, plain):
    distributed = pytest.importorskip("distributed")
    quiet = {"distributed.worker.memory.terminate": False, "logging.distributed": "error"}
    import dask

    with (
        dask.config.set(quiet),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor(retries=3)
        result = cd.sweep(network(), demand(), drawn, keep=("flow", "rent"), executor=executor, progress=False)
    xr.testing.assert_identical(result, plain)


def test_the_order_of_scenarios_changes_nothing(drawn, plain):
    backwards = cd.sweep(network(), demand(), drawn.take(range(39, -1, -1)), keep=("flow", "rent"), progress=False)
    np.testing.assert_array_equal(backwards.loss[::-1], plain.loss)
    np.testing.assert_array_equal(backwards.flow[::-1], plain.flow)


def test_a_sweep_that_is_forgotten_while_another_is_laid_out_waits_for_nothing(drawn):
    sweeps = Sweeps(network(), demand(), keep=(), progress=False)
    sweeps(drawn)
    with job._LOCK:  # as where garbage is collected in the midst of it
        forgetting = threading.Thread(target=sweeps._job.__exit__, daemon=True)
        forgetting.start()
        forgetting.join(timeout=20)
        assert not forgetting.is_alive()


def test_reductions_equal_those_of_the_kept_array(drawn, plain):
    names = ["flow_mean", "flow_max", "flow_p95", "loss_std", "unmet_total_mean"]
    reduced = cd.sweep(network(), demand(), drawn, reduce=names, progress=False)
    assert "flow" not in reduced
    np.testing.assert_allclose(reduced.flow_mean, plain.flow.mean("scenario"), atol=1e-9)
    np.testing.assert_allclose(reduced.flow_max, plain.flow.max("scenario"))
    np.testing.assert_allclose(reduced.loss_std, plain.loss.std("scenario"))
    exact = np.quantile(plain.flow, 0.95, axis=0, method="inverted_cdf")
    assert (abs(reduced.flow_p95 - exact) <= 2 / BINS * plain.flow.max("scenario") + 1e-9).all()


def test_a_reduction_is_weighted(plain):
    weights = np.arange(1.0, 41.0)
    for statistic, expected in (
        ("mean", np.average(plain.loss, weights=weights)),
        ("p30", np.quantile(plain.loss, 0.3, weights=weights, method="inverted_cdf")),
    ):
        grouped = Grouped(make(statistic, 1))
        for part in (slice(0, 7), slice(7, 40)):
            grouped.add(plain.loss.to_numpy()[part, None], weights[part])
        assert grouped.result()[0] == pytest.approx(float(expected), rel=2 / BINS)


def test_an_unknown_reduction_says_what_there_is(drawn):
    with pytest.raises(cd.InputError, match=r"reduce: 'flow_median' is unknown; give a variable \(flow, "):
        cd.sweep(network(), demand(), drawn, reduce=["flow_median"])


def test_an_experiments_table_goes_in_and_outcomes_come_out():
    experiments = pd.DataFrame({"berths": [60, 90, 60], "worth": [60, 60, 20]})
    scenarios = cd.from_experiments(
        experiments, {"berths": ("links", "ferry", "capacity", "set"), "worth": ("demand", "wheat", "value", "set")}
    )
    outcomes = cd.sweep(network(), demand(), scenarios, progress=False).loss
    assert outcomes.shape == (3,)
    as_it_is = 20 * 63 + 30 * 88 + 30 * 23 + 10 * 30
    all_sail = 50 * 63 + 30 * 23 + 10 * 30
    wheat_stays = 50 * 63 + 40 * 20  # its cheapest route costs 23
    assert outcomes.to_numpy() == pytest.approx([as_it_is, all_sail, wheat_stays])


def test_experiments_and_outcomes_come_out_together():
    rows = pd.DataFrame({"fare": [5.0, 12.0, 40.0], "berths": [60, 30, 60], "policy": "none"})
    vary = {"fare": ("links", "ferry", "tariff", "set"), "berths": ("links", "ferry", "capacity", "set")}
    experiments, outcomes = cd.perform_experiments(network(), demand(), rows, vary, outcomes=["loss", "unmet"])
    assert experiments is rows
    assert outcomes["unmet"].shape == (3, len(demand()))
    for i, row in rows.iterrows():
        links = network().links.copy()
        links.loc[links.link_id == "ferry", ["tariff", "capacity"]] = [row.fare, row.berths]
        alone = cd.solve(network().replace(links=links), demand())
        assert outcomes["loss"][i] == pytest.approx(float(alone.loss))
        assert outcomes["unmet"][i].sum() == pytest.approx(float(alone.unmet.sum()))
    with pytest.raises(cd.InputError, match=r"outcomes=joy is unknown; give some of loss, cost, .*\) or flow, .*unmet"):
        cd.perform_experiments(network(), demand(), rows, vary, outcomes=["joy", "loss"])


def test_an_interrupt_stops_within_a_second_and_keeps_what_is_done(tmp_path):
    script = textwrap.dedent(
        """
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
        sys.path.insert(0, {tests!r})
        import corridors as cd
        from toy_networks import network, demand
        scenarios = cd.sample(network(), 1_000_000, availability=0.8)
        cd.sweep(network(), demand(), cd.outages(network()), progress=False)
        print("ready", flush=True)
        result = cd.sweep(network(), demand(), scenarios, progress=False, keep=())
        print(result.sizes["scenario"], result.attrs["stopped"], flush=True)
        """
    ).format(tests=str(__file__).rpartition("/")[0])
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    time.sleep(1.5)
    run.send_signal(signal.SIGINT)
    asked = time.monotonic()
    out, err = run.communicate(timeout=30)
    took = time.monotonic() - asked
    assert run.returncode == 0, err
    done, *stopped = out.split()
    assert 0 < int(done) < 1_000_000
    assert stopped == [done, "of", "1000000", "scenarios"]
    assert "stopped after" in err
    assert took < 5  # a second by itself; the machine may be busy


def test_a_sweep_that_was_killed_goes_on_where_it_was(drawn, plain, tmp_path, monkeypatch):
    monkeypatch.setattr("corridors.sweeping.engines.WarmEngine.block_size", 8)

    class Killed(Exception):
        pass

    class Worker(ThreadPoolExecutor):
        asked = 0

        def submit(self, *work):
            Worker.asked += 1
            if Worker.asked == 4:
                raise Killed
            return super().submit(*work)

    asked = {"keep": ("flow", "rent"), "store": tmp_path / "long", "progress": False}
    with Worker(1) as worker, pytest.raises(Killed):
        cd.sweep(network(), demand(), drawn, executor=worker, **asked)
    cd.sweep(network(), demand(), drawn, **asked)
    held = sorted(path.name for path in (tmp_path / "long").glob("*.npz"))
    assert len(held) == 5
    (tmp_path / "long" / held[1]).write_bytes(b"half a fi")
    Worker.asked = 10
    broken = (tmp_path / "long" / held[1]).stat().st_size
    with Worker(1) as worker:
        again = cd.sweep(network(), demand(), drawn, executor=worker, **asked)
    assert Worker.asked == 11  # the broken block alone
    assert (tmp_path / "long" / held[1]).stat().st_size > broken
    xr.testing.assert_identical(again, plain)


def test_a_block_that_was_stopped_is_not_stored(drawn, tmp_path):
    store = Store(tmp_path, network(), demand(), drawn, ("flow",), "columns")
    parcel = Parcel(Job(network(), demand(), drawn, ("flow",)))
    with parcel.job:
        parcel.job.engine().stop.set()
        assert _work(parcel, store, 0, 8) is not None
        assert store.read(0, 8) is None
        parcel.job.engine().stop.clear()
        assert _work(parcel, store, 0, 8) is None
        assert store.read(0, 8) is not None


def test_a_store_takes_one_sweep_only(drawn, tmp_path):
    cd.sweep(network(), demand(), drawn, store=tmp_path / "one", progress=False)
    dearer = demand().assign(value=demand().value + 1)
    with pytest.raises(cd.InputError, match=r"holds another sweep \(another demand, keep\)"):
        cd.sweep(network(), dearer, drawn, keep=("flow",), store=tmp_path / "one", progress=False)
    with pytest.raises(cd.InputError, match="another scenarios"):
        cd.sweep(network(), demand(), drawn.take(range(39, -1, -1)), store=tmp_path / "one", progress=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(cd.InputError, match="holds files that are no sweep"):
        cd.sweep(network(), demand(), drawn, store=tmp_path / "mine", progress=False)


def test_a_store_tells_large_batches_apart_by_any_change(tmp_path):
    rows = pd.DataFrame({"berths": np.full(100_500, 60.0)})
    vary = {"berths": ("links", "ferry", "capacity", "set")}
    other = rows.copy()
    other.loc[3000, "berths"] = 0.0

    def store(experiments):
        return Store(tmp_path, network(), demand(), cd.from_experiments(experiments, vary), (), "columns")

    store(rows)
    store(rows.copy())
    with pytest.raises(cd.InputError, match="another scenarios"):
        store(other)


def test_a_store_tells_draws_apart_by_their_laws(tmp_path):
    def draws(seed, high):
        law = {"fare": (("links", "ferry", "tariff", "set"), scipy.stats.uniform(5, high))}
        return cd.sample(network(), 10, distributions=law, seed=seed)

    cd.sweep(network(), demand(), draws(1, 10), store=tmp_path, progress=False)
    cd.sweep(network(), demand(), draws(1, 10), store=tmp_path, progress=False)
    for others in (draws(2, 10), draws(1, 11)):
        with pytest.raises(cd.InputError, match="another scenarios"):
            cd.sweep(network(), demand(), others, store=tmp_path, progress=False)


def test_a_store_takes_demand_in_any_form(drawn, tmp_path):
    rows = demand().to_dict("list")
    first = cd.sweep(network(), rows, drawn, store=tmp_path, progress=False)
    xr.testing.assert_identical(first, cd.sweep(network(), demand(), drawn, store=tmp_path, progress=False))
    rows["volume"][0] += 10.0
    with pytest.raises(cd.InputError, match="another demand"):
        cd.sweep(network(), rows, drawn, store=tmp_path, progress=False)


def test_a_damaged_store_is_mended_or_refused(drawn, plain, tmp_path):
    folder = tmp_path / "killed early"
    folder.mkdir()
    (folder / "sweep.part").write_text("{")
    asked = {"keep": ("flow", "rent"), "progress": False}
    cd.sweep(network(), demand(), drawn, store=folder, **asked)
    (block,) = folder.glob("*.npz")
    whole = bytearray(block.read_bytes())
    whole[len(whole) // 3 : len(whole) // 3 + 40] = bytes(40)
    for damaged in (bytes(whole), b""):
        block.write_bytes(damaged)
        xr.testing.assert_identical(cd.sweep(network(), demand(), drawn, store=folder, **asked), plain)
    np.savez_compressed(block, status=np.zeros(40))
    xr.testing.assert_identical(cd.sweep(network(), demand(), drawn, store=folder, **asked), plain)
    (folder / "sweep.json").write_text("{")
    with pytest.raises(cd.InputError, match="can't be read"):
        cd.sweep(network(), demand(), drawn, store=folder, **asked)
    with pytest.raises(cd.InputError, match="holds files that are no sweep"):
        cd.sweep(network(), demand(), drawn, store=block, **asked)


def test_no_scenarios_have_no_mean():
    nothing = cd.Scenarios([], pd.DataFrame(columns=["scenario", "table", "id", "field", "operation", "value"]))
    result = cd.sweep(network(), demand(), nothing, reduce=["flow_mean"], progress=False)
    assert result.sizes["scenario"] == 0
    assert np.isnan(result.flow_mean).all()
