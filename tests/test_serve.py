"""The served page: what is composed is answered as a sweep answers it, and what is no question is refused in JSON."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import numpy as np
import pandas as pd
import pytest
import valid_calls
from generated import TIMES
from questions import Questions

import corridors as cd
from benchmarks.growth import grid as small_grid
from corridors.network import checked_demand
from corridors.page.choices import choices_of
from corridors.serve.app import app_of
from corridors.serve.run import bound, prepared
from corridors.serve.solving import WAITING, Solving

ASKED = 200 * TIMES  # a tenth of them spoilt
JSON = ((b"host", b"127.0.0.1:8765"), (b"content-type", b"application/json"))


async def answered(app, body=b"", sent=None, *, method="POST", path="/answer", headers=JSON):
    """What an application answers: status, headers, body; `sent` takes its messages."""
    sent, parts = [] if sent is None else sent, [{"type": "http.request", "body": body}]

    async def receive():
        if not parts:
            await asyncio.sleep(60)
        return parts.pop()

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


def ask(app, body=b"{}", sent=None, **options):
    return asyncio.run(answered(app, body, sent, **options))


def solving_of(network, demand, **options):
    rows = checked_demand(network, demand)
    choices = choices_of(network, rows, links=list(network.links.link_id[network.links.status == "operating"]))
    return Solving(network, rows, cd.solve(network, rows), choices, **{"seconds": 60.0, **options}), choices


@pytest.fixture(scope="module")
def grid():
    """A grid of some countries and corridors, where room is scarce."""
    network, demand = small_grid(36, 4, 15, seed=3)
    countries = np.array(["KZ", "RU", "AZ", "CN"])
    nodes = network.nodes.assign(country=countries[np.arange(len(network.nodes)) % 4])
    links = network.links.assign(corridors=np.where(np.arange(len(network.links)) % 3 == 0, "north", "middle"))
    return cd.Network(nodes, links), demand


@pytest.fixture(scope="module")
def solving(grid):
    found, choices = solving_of(*grid)
    yield found, choices
    found.close()


@pytest.fixture(scope="module")
def toy():
    found, _ = solving_of(valid_calls.network(), valid_calls.demand())
    yield app_of("<!DOCTYPE html><title>page</title>", found)
    found.close()


def test_hundreds_of_questions_are_answered_as_a_sweep_answers_them(grid, solving):
    network, demand = grid
    app, asked = app_of("", solving[0]), Questions(network, demand, solving[1], seed=1)
    spoilt = [number % 10 == 9 for number in range(ASKED)]
    questions = [None if bad else asked.one() for bad in spoilt]
    bodies = [asked.spoilt() if bad else json.dumps(q).encode() for bad, q in zip(spoilt, questions, strict=True)]

    async def all_of_them():
        twenty = asyncio.Semaphore(20)

        async def one(body):
            async with twenty:
                return await answered(app, body)

        return await asyncio.gather(*map(one, bodies))

    found = asyncio.run(all_of_them())
    for (status, _, body), bad, asking in zip(found, spoilt, bodies, strict=True):
        assert status in ((413, 422) if bad else (200,)), (asking, body)
        if bad:
            (text,) = json.loads(body).values()
            assert text
            assert not re.search(r"Traceback|\.py|/(root|home|work|usr|tmp)/", text), text
    good = [question for question in questions if question is not None]
    base = cd.solve(network, demand)
    result = cd.sweep(network, demand, asked.batch(good), progress=False)
    answers = [json.loads(body) for (_, _, body), bad in zip(found, spoilt, strict=True) if not bad]
    proven = 0.02 + 2e-9 * np.abs(result.objective.to_numpy())
    assert (np.abs([a["loss"] for a in answers] - (result.loss - base.loss).to_numpy()) <= proven).all()
    assert len({round(a["loss"]) for a in answers}) > ASKED / 4


def test_what_the_base_has_no_limit_for_is_solved_by_itself(toy):
    network, demand = valid_calls.network(), valid_calls.demand()
    move = [["capacity", "link", "barge", "set", 5], ["volume", "commodity", "grain", "scale", 0.123456789]]
    limited = network.replace(links=network.links.assign(capacity=[60.0, 5.0, 80.0, 90.0]))
    less = demand.assign(volume=demand.volume * [0.123456789, 1.0])
    wanted = float(cd.solve(limited, less).loss - cd.solve(network, demand).loss)
    status, _, body = ask(toy, json.dumps({"move": move}).encode())
    assert status == 200
    assert json.loads(body)["loss"] == pytest.approx(wanted, abs=1e-3)


def test_projects_are_built_before_links_close(monkeypatch):
    network, demand = valid_calls.network(), valid_calls.demand()
    new = {"project_id": "north", "name": "North", "links": "new", "field": "status", "after": "operating"}
    monkeypatch.setattr("corridors.page.choices.load_projects", lambda: pd.DataFrame([new]))
    solving, _ = solving_of(network, demand)
    for closed in ("rail", "ferry"):
        _, _, body = ask(app_of("", solving), json.dumps({"choose": [["link", closed], ["project", "north"]]}).encode())
        status = np.where(network.links.link_id == closed, "planned", "operating")
        built = network.replace(links=network.links.assign(status=status))
        wanted = float(cd.solve(built, demand).loss - cd.solve(network, demand).loss)
        assert json.loads(body)["loss"] == pytest.approx(wanted, abs=0.01)
    solving.close()


def test_numbers_are_moved_together_and_closures_hold(toy):
    network, demand = valid_calls.network(), valid_calls.demand()
    asked = {"choose": [["link", "rail"], ["port", "baku"]], "move": [["tariff", "link", "ferry", "add", 3]] * 2}
    _, _, body = ask(toy, json.dumps(asked).encode())
    tariff, status = [16.0, 30.0, 12.0, 11.0], ["operating", "operating", "planned", "planned"]
    without = network.replace(links=network.links.assign(tariff=tariff, status=status))
    shut = cd.sweep(without, demand, cd.outages(network, by="port").select(["baku"]), progress=False)
    assert json.loads(body)["loss"] == pytest.approx(float(shut.loss[0] - cd.solve(network, demand).loss), abs=0.01)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"choose": [["link", "fery"]]}', "choose: is unknown for 1 choose (link fery); .*is it link ferry"),
        (b'{"move": [["capacity", "link", "ferry", "scale", -1]]}', "capacity, to -60.*keep it at 0 or above"),
        (b'{"move": [["value", "commodity", "grain", "scale", 2]]}', "losses are measured by the value of goods"),
        (b'{"move": [["capacity", "link", "ferry", "scale", true]]}', "move: value is True; give a number"),
        (b'{"move": [["speed", "link", "ferry", "scale", 1]]}', "a link has no 'speed'"),
        (b'{"chose": []}', "request: name is unknown"),
        (b"[" * 9000, "request: is no JSON"),
        (b'{"move": [["volume", "commodity", "grain", "scale", 1e999]]}', "no finite number"),
        (b'{"choose": [["link", "' + b"x" * 300 + b'"]]}', "2 texts of at most 200 letters"),
        (json.dumps({"choose": [["link", "ferry"]] * 101}).encode(), "101 things at once are too many"),
    ],
)
def test_what_does_not_fit_is_refused_as_the_library_refuses_it(toy, body, words):
    status, headers, found = ask(toy, body)
    assert status == 422
    assert headers["content-type"] == "application/json"
    assert re.search(words.replace("(", r"\(").replace(")", r"\)"), json.loads(found)["error"])


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (421, {"headers": (JSON[1], (b"host", b"rebound.example"))}),
        (421, {"headers": (JSON[1],)}),
        (421, {"headers": (*JSON, (b"host", b"localhost"))}),
        (403, {"headers": (*JSON, (b"origin", b"http://elsewhere.example"))}),
        (403, {"headers": (*JSON, (b"origin", b"null"))}),
        (403, {"headers": (*JSON, (b"sec-fetch-site", b"cross-site"))}),
        (415, {"headers": (JSON[0], (b"content-type", b"text/plain"))}),
        (413, {"body": b" " * 40_000}),
        (405, {"method": "GET"}),
        (405, {"method": "DELETE", "path": "/"}),
        (404, {"method": "GET", "path": "/../corridors/cli.py"}),
        (200, {"headers": (*JSON, (b"origin", b"http://127.0.0.1:8765"), (b"sec-fetch-site", b"same-origin"))}),
        (200, {"headers": (JSON[1], (b"host", b"[::1]:80"))}),
        (200, {"headers": (JSON[1], (b"host", b"LOCALHOST:80"))}),
    ],
)
def test_only_the_page_of_this_server_is_let_in(toy, status, options):
    found, headers, body = ask(toy, **options)
    assert found == status
    assert json.loads(body)
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_name_of_the_server_can_be_given():
    app = app_of("page", None, ["Corridors.example.org"])
    for host, status in ((b"corridors.example.org:8765", 200), (b"corridors.example.com", 421)):
        assert ask(app, method="GET", path="/", headers=((b"host", host),))[0] == status


def test_what_takes_too_long_or_is_too_much_is_refused(capsys):
    slow, _ = solving_of(valid_calls.network(), valid_calls.demand(), seconds=0.001)
    status, headers, body = ask(app_of("", slow), b'{"choose": [["link", "ferry"]]}')
    assert (status, headers["retry-after"]) == (503, "1")
    assert "no answer within 0.001 seconds" in json.loads(body)["error"]
    slow.seconds = 60.0
    slow._stops = set(range(WAITING))
    assert ask(app_of("", slow), b"{}")[0] == 503


def test_what_waits_as_the_server_ends_is_refused(monkeypatch):
    ending, _ = solving_of(valid_calls.network(), valid_calls.demand())
    begun = threading.Event()

    def runs(_, composed, stop):
        begun.set()
        assert stop.wait(30)
        raise cd.SolverError("stopped")

    monkeypatch.setattr(Solving, "solved", runs)

    async def many():
        asked = [asyncio.ensure_future(answered(app_of("", ending), b"{}")) for _ in range(20)]
        await asyncio.to_thread(begun.wait)
        ending.close()
        return await asyncio.gather(*asked)

    assert {status for status, *_ in asyncio.run(many())} <= {500, 503}


def test_a_failure_of_the_server_is_no_trace(monkeypatch, toy):
    def fail(*_):
        raise RuntimeError("what readers must not see")

    monkeypatch.setattr(Solving, "solved", fail)
    new = b'{"move": [["tariff", "link", "ferry", "add", 0.125]]}'
    with pytest.raises(RuntimeError):  # raised again for the server's log, when the answer has gone
        ask(toy, new, kept := [])
    assert kept[0]["status"] == 500
    assert json.loads(kept[1]["body"]) == {"error": "the server failed at this; its terminal says how"}


def test_what_was_answered_lately_is_not_solved_again(monkeypatch):
    asked, (solving, _) = [], solving_of(valid_calls.network(), valid_calls.demand())
    once = Solving.solved

    def counted(self, composed, stop):
        asked.append(composed)
        return once(self, composed, stop)

    monkeypatch.setattr(Solving, "solved", counted)
    monkeypatch.setattr("corridors.serve.solving.REMEMBERED", 2)
    app = app_of("", solving)
    bodies = [json.dumps({"move": [["tariff", "link", "ferry", "add", more]]}).encode() for more in (1, 2, 3)]
    first = [ask(app, body)[2] for body in (*bodies, bodies[1])]  # the last is known, the first no more
    assert (len(asked), first[3]) == (3, first[1])
    assert (ask(app, bodies[0])[2], len(asked)) == (first[0], 4)
    solving.close()


def test_the_page_that_is_served_may_ask_its_server_and_nothing_else():
    network, demand = valid_calls.network(), valid_calls.demand()
    page, solving = prepared(network, checked_demand(network, demand), links=10)
    solving.close()
    assert "connect-src 'self'" in page
    assert '<form id="compose"' in page


def test_an_address_that_is_taken_is_an_error_with_a_remedy():
    with bound("127.0.0.1", 0) as taken:
        with pytest.raises(cd.InputError, match=r"127\.0\.0\.1:\d+ can't be served .*give another --port"):
            bound("127.0.0.1", taken.getsockname()[1])
        assert taken.getsockname()[0] == "127.0.0.1"


def test_it_serves_until_ctrl_c(tmp_path):
    cd.write(valid_calls.network(), tmp_path / "toy.gpkg", demand=valid_calls.demand())
    heard = "import atexit, gc, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"  # in a job too
    heard += "; atexit.register(lambda: print('not looked at:', gc.get_freeze_count()))"
    run = f"{heard}; from corridors.cli import main; main(sys.argv[1:], prog_name='corridors')"
    command = [sys.executable, "-c", run, "serve", "--network", str(tmp_path / "toy.gpkg"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stdout:
            if line.startswith("Open "):
                break
        address = line.split()[1]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as page:
            assert page.read(15) == b"<!DOCTYPE html>"
        server.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert server.wait(30) == 0
        assert time.monotonic() - started < 10  # within a second where nothing else runs
        assert "Traceback" not in server.stderr.read()
        assert (
            int(server.stdout.read().split("not looked at:")[1]) > 10_000
        )  # garbage is not looked for in all there is
