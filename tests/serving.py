"""The server of the Eurasian network under load: `python tests/serving.py [--questions 10000]`.

It takes minutes, so it is no part of `make check`. Readers ask generated questions at once, a tenth of them spoilt.
Each answer is held against one sweep of all questions, each refusal against its status; then Ctrl-C while they ask.
"""

from __future__ import annotations

import argparse
import http.client
import json
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from questions import Questions

import corridors as cd
from corridors.network import checked_demand
from corridors.page.choices import choices_of
from corridors.studies.volumes import busiest_links

START = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
START += "from corridors.cli import main; main(sys.argv[1:], prog_name='corridors')"
"""A server that hears Ctrl-C though it runs in the background."""


def started() -> tuple[subprocess.Popen[str], int]:
    """A server of its own, and its port."""
    command = [
        sys.executable,
        "-c",
        START,
        "serve",
        "--port",
        "0",
        "--seconds",
        "120",
    ]  # a busy machine is no wrong answer
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("Open "):
            return server, int(line.split()[1].rstrip("/").rpartition(":")[2])
    raise SystemExit("the server did not start")


def spent(process: int) -> float:
    """Seconds of processors that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def ask(
    port: int, bodies: list[bytes], readers: int, pause: float = 0.0
) -> tuple[list[tuple[int, bytes]], np.ndarray[Any, Any]]:
    """What is answered, and the seconds it took, by that many readers at once, who look at each answer for a while."""
    pauses = np.random.default_rng(0).exponential(pause, len(bodies))
    found: list[Any] = [None] * len(bodies)
    took, numbers = np.zeros(len(bodies)), iter(range(len(bodies)))
    lock = threading.Lock()

    def read() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            if pause:
                line.close()  # the server does not hold it for long
                time.sleep(pauses[number])
            start = time.perf_counter()
            line.request("POST", "/answer", bodies[number], {"Content-Type": "application/json"})
            response = line.getresponse()
            found[number] = response.status, response.read()
            took[number] = time.perf_counter() - start

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds that a reader looks at an answer, on average")
    options = parser.parse_args()
    network = cd.load_network()
    demand = checked_demand(network, cd.load_demand())
    base = cd.solve(network, demand)
    asked = Questions(network, demand, choices_of(network, demand, links=busiest_links(network, base, 1500)), seed=0)
    questions = [None if number % 10 == 9 else asked.one() for number in range(options.questions)]
    bodies = [asked.spoilt() if question is None else json.dumps(question).encode() for question in questions]
    server, port = started()
    # What was answered lately is kept, so others ask other questions.
    first, then, last = ([json.dumps(asked.one()).encode() for _ in range(count)] for count in (200, 500, 500))
    print(f"one reader: {_times(ask(port, first, 1)[1], slice(None))}")
    looking = _times(ask(port, then, options.readers, options.pause)[1], slice(None))
    print(f"{options.readers} readers who look at an answer for {options.pause:g} s on average: {looking}")
    before = spent(server.pid)
    found, took = ask(port, bodies, options.readers)
    good = np.array([number for number, question in enumerate(questions) if question is not None])
    each = (spent(server.pid) - before) / len(found)
    print(f"{options.readers} who ask at once again: {_times(took, good)}; {each * 1e3:.0f} ms of a processor each")
    print(f"statuses {dict(Counter(status for status, _ in found))}")
    for (status, body), question in zip(found, questions, strict=True):
        assert status in ((413, 422) if question is None else (200,)), (status, body)
        assert b"Traceback" not in body
    readers = threading.Thread(target=lambda: _until_gone(port, last, options.readers))
    readers.start()
    time.sleep(1)
    before, ended = spent(server.pid), resource.getrusage(resource.RUSAGE_CHILDREN)
    server.send_signal(signal.SIGINT)
    start = time.perf_counter()
    server.wait(60)
    took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - ended.ru_utime - ended.ru_stime - before
    print(f"Ctrl-C ends it within {took:.2f} s, {used:.2f} s of a processor; {options.readers} readers were asking")
    readers.join()
    result = cd.sweep(network, demand, asked.batch([question for question in questions if question is not None]))
    losses = np.array([json.loads(found[number][1])["loss"] for number in good])
    off = np.abs(losses - (result.loss - base.loss).to_numpy())
    assert (off <= 0.02 + 2e-9 * np.abs(result.objective.to_numpy())).all(), off.max()
    print(f"{len(losses)} losses are those of a sweep, to {off.max():.2g} USD of up to {losses.max():.3g}")


def _times(took: np.ndarray[Any, Any], chosen: Any) -> str:
    return f"median {np.median(took[chosen]) * 1e3:.0f} ms, p95 {np.percentile(took[chosen], 95) * 1e3:.0f} ms"


def _until_gone(port: int, bodies: list[bytes], readers: int) -> None:
    threading.excepthook = lambda _: None  # their server goes
    ask(port, bodies, readers)


if __name__ == "__main__":
    main()
