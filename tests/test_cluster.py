"""Workers that are other processes: a dask cluster, one of whose workers dies, and parts of a job array."""

import os
import signal

import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner
from toy_networks import demand, network

import corridors as cd
from corridors.cli import main
from corridors.io.table import write_table
from corridors.sweeping import solve
from corridors.sweeping.engines import WarmEngine
from corridors.sweeping.store import Store

BLOCK, SIZE = 8, 80
KEEP = ("flow", "rent")


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(WarmEngine, "block_size", BLOCK)


@pytest.fixture(scope="module")
def drawn():
    return cd.sample(network(), SIZE, availability=0.8, seed=3)


@pytest.fixture
def plain(drawn):
    return cd.sweep(network(), demand(), drawn, keep=KEEP, progress=False)


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.worker.memory.terminate": False, "logging.distributed": "critical"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


class Logged(Store):
    """A store that notes which process writes which block; the first to write one dies before, once."""

    def write(self, first, last, answers):
        dead = self.folder.parent / "dead"
        if not dead.exists():
            dead.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        with (self.folder.parent / "written").open("a") as log:
            log.write(f"{os.getpid()} {first}\n")
        super().write(first, last, answers)


def test_a_worker_that_is_killed_costs_its_block_and_others_write_theirs(client, drawn, plain, tmp_path, monkeypatch):
    sent = []
    pickled = cd.Network.__reduce_ex__
    monkeypatch.setattr(cd.Network, "__reduce_ex__", lambda self, way: sent.append(way) or pickled(self, way))
    monkeypatch.setattr(solve, "Store", Logged)
    result = cd.sweep(
        network(), demand(), drawn, keep=KEEP, executor=client.get_executor(), store=tmp_path / "held", progress=False
    )
    xr.testing.assert_identical(result, plain)
    assert (tmp_path / "dead").exists()
    writers, blocks = zip(*(map(int, line.split()) for line in (tmp_path / "written").open()), strict=True)
    assert sorted(blocks) == list(range(0, SIZE, BLOCK))
    assert os.getpid() not in writers
    assert len(sent) <= 4, "the network goes to the scheduler and to each worker, the new one too"


def test_workers_that_do_not_share_the_folder_are_found_out(client, drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(Store, "read", lambda self, first, last: None)
    with pytest.raises(cd.InputError, match="held is not the same folder for all workers; give one that they share"):
        cd.sweep(network(), demand(), drawn, executor=client.get_executor(), store=tmp_path / "held", progress=False)


def test_parts_together_are_the_whole(drawn, plain, tmp_path):
    parts = [
        cd.sweep(network(), demand(), drawn, keep=KEEP, store=tmp_path / "held", part=(i, 3), progress=False)
        for i in (3, 1, 2)
    ]
    assert [part.sizes["scenario"] for part in parts] == [32, 24, 24]
    apart = xr.concat([parts[1], parts[2], parts[0]], "scenario", data_vars="minimal")
    xr.testing.assert_identical(apart, plain)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "held").glob("*.npz")}
    assert len(written) == SIZE // BLOCK
    together = cd.sweep(network(), demand(), drawn, keep=KEEP, store=tmp_path / "held", progress=False)
    xr.testing.assert_identical(together, plain)
    assert written == {path: path.stat().st_mtime_ns for path in (tmp_path / "held").glob("*.npz")}


def test_more_parts_than_blocks_leave_some_without_work(drawn):
    sizes = [cd.sweep(network(), demand(), drawn, part=(i, 12), progress=False).sizes["scenario"] for i in range(1, 13)]
    assert sum(sizes) == SIZE
    assert 0 in sizes


@pytest.mark.parametrize("part", [(0, 3), (4, 3), (1.0, 2), "1/2", (1,), None])
def test_a_part_that_there_is_not_is_refused(drawn, part):
    with pytest.raises(cd.InputError, match=r"part: is .*; give which of how many parts, from 1, such as \(2, 8\)"):
        cd.sweep(network(), demand(), drawn, part=part, progress=False)


@pytest.fixture
def folder(tmp_path):
    """A network, its demand, and closures, as files."""
    drawn = network()
    cd.write(drawn, tmp_path / "net", demand=demand())
    rows = [(number, link) for number in range(20) for link in drawn.links.link_id[number % 3 :: 3]]
    table = pd.DataFrame(rows, columns=["scenario_id", "link_id"]).assign(link_availability=0.0)
    write_table(table, tmp_path / "closures.csv")
    return tmp_path


def ran(folder, *arguments):
    asked = [str(folder / "closures.csv"), "--network", str(folder / "net"), *arguments]
    return CliRunner().invoke(main, ["sweep", *asked])


def test_the_command_of_a_job_array_puts_its_parts_together(folder):
    for part in ("2/2", "1/2"):
        run = ran(folder, "--store", str(folder / "held"), "--part", part)
        assert run.exit_code == 0, run.output
        assert f"part {part[0]} of 2: " in run.output
    held = {path.name: path.stat().st_mtime_ns for path in (folder / "held").glob("*.npz")}
    assert len(held) == 3
    for name, store in (("together", ["--store", str(folder / "held")]), ("plain", [])):
        assert ran(folder, *store, "--out", str(folder / name)).exit_code == 0
    assert held == {path.name: path.stat().st_mtime_ns for path in (folder / "held").glob("*.npz")}
    together, plain = (pd.read_csv(folder / name / "sweep.csv") for name in ("together", "plain"))
    pd.testing.assert_frame_equal(together, plain, check_exact=True)
    assert len(plain) == 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--store", "x", "--part", "3/2"], "'3/2' is no part; give which of how many, such as 2/8"),
        (["--part", "1/2"], "--part needs a --store that the other jobs share"),
    ],
)
def test_a_part_that_a_job_cannot_do_is_refused(folder, arguments, said):
    run = ran(folder, *arguments)
    assert run.exit_code == 2
    assert said in run.stderr
