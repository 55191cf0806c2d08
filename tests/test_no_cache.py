"""Where compiled kernels can't be kept on disk: they are compiled all the same, and a line says so once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import corridors
from corridors.kernels import disk
from corridors.kernels.compiled import entry

SOLVE = """
import corridors
from corridors.kernels.multicommodity import block, cold
from corridors.kernels.primal import optimise
from corridors.kernels.ranges import easy
from corridors.solvers.announce import is_ready
assert optimise._cache.cache_path is None and block.solve_block._cache.cache_path is None
assert cold.solve_cold._cache.cache_path is None
assert not is_ready(optimise)
problem = corridors.Problem([0, 0, 1], [1, 2, 2], [4, 2, 5], [2, 5, 1], [5, 0, -5])
print(corridors.__file__, easy(problem)[0].tolist())
"""


@pytest.fixture
def read_only(tmp_path):
    """The package with files in the place of ``__pycache__``: so not even the superuser can write there."""
    package = tmp_path / "corridors"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(corridors.__file__).parent, package, copy_function=os.symlink, ignore=ignored)
    for folder in (package / "kernels", package / "kernels" / "multicommodity"):
        (folder / "__pycache__").touch()
    return package


def test_without_a_folder_to_write_kernels_are_compiled_and_it_is_said_once(read_only, tmp_path):
    no_folder = tmp_path / "a file"
    no_folder.touch()
    unusable = {name: str(no_folder) for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME")}
    done = subprocess.run(
        [sys.executable, "-c", SOLVE],
        cwd=tmp_path,
        env={**os.environ, **unusable, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(" ", 1) == [str(read_only / "__init__.py"), "[4, 2, 5]\n"]
    assert done.stderr.count("can't be kept on disk") == 1
    assert "NUMBA_CACHE_DIR" in done.stderr


@pytest.fixture
def said(caplog):
    """What is logged, as by a process that has said nothing yet."""
    before = disk._said.is_set()
    disk._said.clear()
    yield caplog
    if before:
        disk._said.set()


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A kernel of a module of its own, made again at each call, and the folder of its cache."""
    (tmp_path / "small.py").write_text("def twice(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    import small

    yield lambda: entry(small.twice), tmp_path / "__pycache__"
    del sys.modules["small"]


def test_a_full_disk_stops_no_solve(kernel, monkeypatch, said):
    make, _ = kernel

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile._save_data", full)
    assert [make()(21), make()(4)] == [42, 8]
    assert said.text.count("can't be kept on disk") == said.text.count("No space left") == 1


def test_a_cache_that_was_damaged_is_written_again(kernel, said):
    make, folder = kernel
    assert make()(21) == 42
    for damaged in ("*.nbi", "*.nbc"):
        kept = next(folder.glob(damaged))
        kept.write_bytes(kept.read_bytes()[:20])
        assert make()(21) == 42
        again = make()
        assert again(21) == 42
        assert sum(again.stats.cache_hits.values()) == 1
    assert not said.text


def test_a_cache_that_can_not_be_read_stops_no_solve(kernel, said):
    make, folder = kernel
    assert make()(21) == 42
    index = next(folder.glob("*.nbi"))
    index.unlink()
    index.mkdir()
    assert make()(21) == 42
    assert said.text.count("can't be kept on disk") == 1


def test_a_cache_holds_until_a_source_changes(kernel):
    make, _ = kernel
    make()(21)
    same, other = make(), disk.kept(make(), "other sources")
    assert (same(21), other(21)) == (42, 42)
    assert [sum(k.stats.cache_hits.values()) for k in (same, other)] == [1, 0]


FROM_DISK = """
import sys
sys.path.insert(0, {folder!r})
import small
from corridors.kernels.compiled import entry
kernel = entry(small.twice)
print(kernel(21), "numba.cpython.unicode" in sys.modules, kernel(1.5))
"""


def test_a_kernel_on_disk_waits_for_nothing_that_only_compiling_needs(kernel):
    make, folder = kernel
    assert make()(21) == 42
    found = subprocess.run(
        [sys.executable, "-c", FROM_DISK.format(folder=str(folder.parent))], capture_output=True, text=True, check=True
    )
    assert found.stdout == "42 False 3.0\n"
