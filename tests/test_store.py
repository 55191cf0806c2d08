"""The folder of a long sweep: what is damaged is solved again, and two processes share it."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from toy_networks import demand, network

import corridors as cd
from corridors.sweeping import store as storing
from corridors.sweeping.engines import WarmEngine
from corridors.sweeping.store import Store

MANIFEST = "sweep.json"
BLOCK = 8
SIZE = 40
NAMES = [f"{first:010d}-{first + BLOCK:010d}.npz" for first in range(0, SIZE, BLOCK)]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(WarmEngine, "block_size", BLOCK)


@pytest.fixture(scope="module")
def drawn():
    return cd.sample(network(), SIZE, availability=0.8, seed=3)


def swept(drawn, folder=None, seed=None):
    some = drawn if seed is None else cd.sample(network(), SIZE, availability=0.8, seed=seed)
    return cd.sweep(network(), demand(), some, keep=("flow", "rent"), store=folder, progress=False)


@pytest.fixture
def filled(drawn, tmp_path):
    swept(drawn, tmp_path / "filled")
    return tmp_path / "filled"


@pytest.fixture
def plain(drawn):
    return swept(drawn)


def opened(drawn, folder):
    return Store(folder, network(), demand(), drawn, ("unmet", "flow", "rent"), "columns")


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def test_a_block_with_a_byte_flipped_or_cut_short_is_not_read(drawn, filled):
    store, path = opened(drawn, filled), filled / NAMES[1]
    whole = path.read_bytes()
    assert store.read(BLOCK, 2 * BLOCK) is not None
    for at in range(0, len(whole), 101):
        path.write_bytes(flipped(whole, at))
        assert store.read(BLOCK, 2 * BLOCK) is None, f"byte {at} of {len(whole)}"
    for size in [0, 1, 31, 32, 33, len(whole) // 2, len(whole) - 33, len(whole) - 32, len(whole) - 1]:
        path.write_bytes(whole[:size])
        assert store.read(BLOCK, 2 * BLOCK) is None, f"the first {size} bytes"
    path.write_bytes(whole + b"\0")
    assert store.read(BLOCK, 2 * BLOCK) is None


def _flip(folder):
    path = folder / NAMES[1]
    content = path.read_bytes()
    path.write_bytes(flipped(content, len(content) // 2))


def _swap(folder):
    one, other = (folder / NAMES[0]).read_bytes(), (folder / NAMES[1]).read_bytes()
    (folder / NAMES[0]).write_bytes(other)
    (folder / NAMES[1]).write_bytes(one)


def _of_another_sweep(folder):
    swept(None, folder.parent / "other", seed=4)
    (folder / NAMES[1]).write_bytes((folder.parent / "other" / NAMES[1]).read_bytes())


def _without_digest(folder):
    path = folder / NAMES[1]
    path.write_bytes(path.read_bytes()[: -storing.DIGEST])  # as written before there were digests


def _folder(folder):
    (folder / NAMES[1]).unlink()
    (folder / NAMES[1]).mkdir()
    (folder / NAMES[1] / "letter.txt").write_text("keep me")


@pytest.mark.parametrize(
    ("damage", "again"),
    [
        (_flip, 1),
        (_swap, 2),
        (_of_another_sweep, 1),
        (_without_digest, 1),
        (_folder, 1),
        (lambda folder: (folder / NAMES[1]).write_bytes(b""), 1),
        (lambda folder: (folder / NAMES[1]).unlink(), 1),
        (lambda folder: (folder / "0000000008-0000000016-7-abc.part").write_bytes(b"half"), 0),
    ],
    ids=["flipped", "swapped", "of another sweep", "without digest", "a folder", "empty", "gone", "a part left"],
)
def test_a_block_that_is_not_what_was_written_is_solved_again_and_no_other(
    damage, again, drawn, plain, filled, monkeypatch
):
    damage(filled)
    solved, answer = [], WarmEngine.answer
    monkeypatch.setattr(WarmEngine, "answer", lambda engine, *block: (solved.append(block), answer(engine, *block))[1])
    xr.testing.assert_identical(swept(drawn, filled), plain)
    assert len(solved) == again
    xr.testing.assert_identical(swept(drawn, filled), plain)
    assert len(solved) == again


def test_nothing_that_lies_in_the_place_of_a_block_is_deleted(drawn, filled):
    _folder(filled)
    swept(drawn, filled)
    (letter,) = filled.glob("*/letter.txt")
    assert letter.read_text() == "keep me"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, None])
def test_a_damaged_manifest_is_refused(content, drawn, filled):
    manifest = filled / MANIFEST
    manifest.unlink()
    if content is None:
        manifest.mkdir()
    else:
        manifest.write_bytes(content)
    with pytest.raises(cd.InputError, match=r"sweep.json can't be read; give another folder, or delete this one"):
        swept(drawn, filled)


@pytest.mark.parametrize("name", [NAMES[1], MANIFEST])
def test_a_link_to_elsewhere_is_refused_by_its_name(drawn, filled, tmp_path, name):
    elsewhere = (filled / name).rename(tmp_path / "elsewhere")
    (filled / name).symlink_to(elsewhere)
    with pytest.raises(cd.InputError, match=f"has 1 symbolic links .{name}."):
        opened(drawn, filled)
    elsewhere.replace(filled / name)
    (tmp_path / "by link").symlink_to(filled)  # which folder it is, the user says
    opened(drawn, tmp_path / "by link")


def test_a_store_leaves_no_part_behind(filled):
    assert sorted(path.name for path in filled.iterdir()) == [*NAMES, MANIFEST]


def test_who_comes_second_between_look_and_make_takes_what_the_first_made(drawn, tmp_path, monkeypatch):
    begin = Store._begin

    def late(store, *asked):
        monkeypatch.setattr(Store, "_begin", begin)
        swept(drawn, tmp_path)  # another process makes all of it
        begin(store, *asked)

    monkeypatch.setattr(Store, "_begin", late)
    assert opened(drawn, tmp_path).read(0, BLOCK) is not None


def test_who_comes_second_with_another_sweep_is_told(drawn, tmp_path, monkeypatch):
    placed = storing._placed

    def late(partial, path):
        monkeypatch.setattr(storing, "_placed", placed)
        swept(None, tmp_path, seed=4)
        placed(partial, path)

    monkeypatch.setattr(storing, "_placed", late)
    with pytest.raises(cd.InputError, match="holds another sweep"):
        opened(drawn, tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == len(NAMES)


def test_a_file_system_without_links_will_do(drawn, plain, tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    xr.testing.assert_identical(swept(drawn, tmp_path / "fat"), plain)
    assert json.loads((tmp_path / "fat" / MANIFEST).read_text())["solver"] == "columns"


def test_two_processes_that_share_a_store_both_give_the_whole_answer(tmp_path):
    script = textwrap.dedent(
        """
        import sys
        sys.path.insert(0, {tests!r})
        import numpy as np
        import corridors as cd
        from toy_networks import demand, network
        drawn = cd.sample(network(), 12, availability=0.8, seed=3)
        cd.sweep(network(), demand(), drawn.take(range(1)), solver="lp", progress=False)
        print("ready", flush=True)
        for folder in sys.stdin.read().split():
            result = cd.sweep(network(), demand(), drawn, keep=("flow",), store=folder, solver="lp", progress=False)
            np.savez(folder + sys.argv[1], loss=result.loss, flow=result.flow, unmet=result.unmet)
        """
    ).format(tests=str(Path(__file__).parent))
    folders = [tmp_path / f"store{i}" for i in range(4)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen([sys.executable, "-c", script, name], **pipes) for name in ("one", "other")]
    for run in runs:
        assert run.stdout.readline() == "ready\n", run.communicate()[1]
    for run in runs:  # both begin at once, with a block a scenario
        run.stdin.write(" ".join(map(str, folders)))
        run.stdin.close()
    for run in runs:
        outcome = run.stderr.read()
        assert run.wait(120) == 0, outcome
        run.stdout.close()
        run.stderr.close()
    some = cd.sample(network(), 12, availability=0.8, seed=3)
    expected = cd.sweep(network(), demand(), some, keep=("flow",), solver="lp", progress=False)
    for folder in folders:
        assert len(list(folder.glob("*.npz"))) == 12
        assert not list(folder.glob("*.part"))
        for name in ("one", "other"):
            with np.load(f"{folder}{name}.npz") as found:
                for variable in ("loss", "flow", "unmet"):
                    np.testing.assert_array_equal(found[variable], expected[variable])
