"""The progress of long work, as a terminal shows it: one bar, with what goes on and the time left, and none after."""

import io
import re
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import valid_calls
from click.testing import CliRunner

import corridors as cd
from corridors.cli import main
from corridors.sweeping import progress
from corridors.sweeping.progress import counted, one_bar, tell


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    """What is written to a terminal, without the half second in which no bar is shown."""
    screen = _Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=screen))
    monkeypatch.setattr(progress, "DELAY", 0)

    class Bar(progress.tqdm):
        def __init__(self, **given):
            super().__init__(**given, file=screen, mininterval=0)

    monkeypatch.setattr(progress, "tqdm", Bar)
    return screen


def _frames(screen):
    return [frame.strip() for frame in screen.getvalue().split("\r") if frame.strip()]


def test_parts_of_a_whole_share_one_bar_that_says_which_is_going_on(terminal):
    with one_bar("what if"):
        for what, total in (("sweep", 2), ("drawing", 3)):
            with counted(what, total, "things", True) as done:
                for _ in range(total):
                    done(1)
    frames = _frames(terminal)
    assert any(re.match(r"what if: sweep .*\| 1/2 \[\d\d:\d\d, \d\d:\d\d left\]$", frame) for frame in frames)
    assert any(re.match(r"what if: drawing .*\| 4/5 \[", frame) for frame in frames)
    assert "\n" not in terminal.getvalue()  # one line, on which all of it goes on


def test_no_bar_is_left_behind(terminal):
    with one_bar("what if"), counted("sweep", 2, "scenarios", True) as done:
        done(2)
    with counted("sweep", 2, "scenarios", True) as done:
        done(2)
    assert any("2/2 scenarios" in frame for frame in _frames(terminal))
    assert not terminal.getvalue().split("\r")[-1].strip()
    assert not terminal.getvalue().split("\r")[-2].strip()  # the last bar is painted over


def test_a_line_stands_by_itself_while_a_bar_is_there(terminal):
    with one_bar("report"), counted("sweep", 2, "scenarios", True) as done:
        done(2)
        tell("writing the maps")
    before, _, after = terminal.getvalue().partition("corridors: writing the maps ...\n")
    assert not before.split("\r")[-1]
    assert not before.split("\r")[-2].strip()  # the bar is painted over
    assert "report: sweep" in after


@pytest.mark.parametrize("what", [None, "sweep"])
def test_work_that_is_over_before_a_bar_is_due_leaves_none_behind(terminal, monkeypatch, what):
    monkeypatch.setattr(progress, "DELAY", 60)
    with one_bar("ranges") if what is None else nullcontext(), counted("sweep", 2, "scenarios", True) as done:
        done(2)
        tell("writing")
    after = terminal.getvalue().partition("writing ...\n")[2]
    assert "2/2" in after  # it is back after the line
    assert not after.split("\r")[-1].strip()
    assert not after.split("\r")[-2].strip()


def test_ctrl_c_while_figures_are_drawn_says_where_the_tables_are(tmp_path, monkeypatch):
    def stop(*of, **given):
        raise KeyboardInterrupt

    cd.write(valid_calls.network(), tmp_path / "own", demand=valid_calls.demand())
    monkeypatch.setattr("corridors.maps.charts.plot_dependence", stop)
    arguments = ["dependence", "--network", str(tmp_path / "own"), "--out", str(tmp_path / "out")]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 130
    assert run.stderr.endswith(f"Ctrl-C: stopped while figures were drawn; the tables are in {tmp_path / 'out'}\n")
    assert (tmp_path / "out" / "dependence.csv").is_file()
