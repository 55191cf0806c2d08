"""The process in which a report is drawn."""

import multiprocessing
import os
import signal
import time

import pytest
from toy_networks import network

import corridors as cd
from corridors.report.drawing import Drawing


def test_a_process_of_its_own_does_what_is_asked_and_ends_with_the_context(tmp_path):
    with pytest.raises(cd.InputError, match="x_coord or y_coord is missing"):
        Drawing(network())
    placed = network().replace(nodes=network().nodes.assign(x_coord=50.0, y_coord=40.0))
    with Drawing(placed) as drawing:
        (process,) = multiprocessing.active_children()
        name, wrong = drawing.begin(getattr, "name"), drawing.begin(getattr, "no such thing")
        assert name.result() == placed.name
        with pytest.raises(AttributeError, match="no such thing") as raised:
            wrong.result()
        assert "in _draw" in raised.value.__notes__[0]
        os.kill(process.pid, signal.SIGINT)  # Ctrl-C goes to all processes of a terminal
        assert drawing.begin(getattr, "name").result() == placed.name
        slow, never = drawing.begin(_wait, tmp_path / "slow"), drawing.begin(_wait, tmp_path / "never")
        while not slow.running():
            time.sleep(0.01)
    assert (tmp_path / "slow").exists(), "what has begun is finished"
    assert never.cancelled()
    assert not multiprocessing.active_children()


def test_where_the_process_ends_early_a_report_says_so():
    placed = network().replace(nodes=network().nodes.assign(x_coord=50.0, y_coord=40.0))
    with Drawing(placed) as drawing:
        (process,) = multiprocessing.active_children()
        process.kill()
        with pytest.raises(cd.CorridorsError, match="the process that draws has ended"):
            drawing.begin(getattr, "name").result()


def _wait(network, path):
    time.sleep(0.2)
    path.touch()
