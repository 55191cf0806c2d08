"""The what-if page in a real browser, without a network: `python tests/browser.py [--shots FOLDER] [--axe FILE]`.

Needs Chromium and ChromeDriver (Debian: chromium, chromium-driver), so it is no part of `make check`. It writes the
page of the Eurasian network, opens it from disk while the browser is offline, and holds what a reader sees against
`corridors.sweep`: closures by click, by search and by address, all numbers of random ones, sliders, downloads, keys,
the view in the address, a narrow and a dark screen; how soon it paints and what a click costs; that hostile names stay
text, that nothing is asked from a network, and that nothing is written to the console.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hostile_names
import numpy as np
import pandas as pd

import corridors as cd

PORT = 9517
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id in the WebDriver protocol."""
CLOSURES = 50
"""Random closures whose numbers are compared."""
CLICKS = 40
"""Clicks whose cost is measured."""
ENTER, TAB = "\ue007", "\ue004"
"""Keys in the WebDriver protocol."""


class Browser:
    """As much of the WebDriver protocol (W3C 2018) as these checks need."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1400, 900)) -> None:
        flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-component-update "
        flags += f"--disable-background-networking --disable-sync --window-size={size[0]},{size[1]}"
        options = {"args": flags.split(), "prefs": {"download.default_directory": str(folder)}}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        found = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", **wanted}}})
        self.session = f"/session/{found['sessionId']}"
        self.tell("Network.enable")
        self.tell("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def open(self, address: str) -> None:
        self._ask("POST", f"{self.session}/url", {"url": "about:blank"})
        self._ask("POST", f"{self.session}/url", {"url": address})
        self.wait("return document.querySelectorAll('#ranking-rows tr').length > 0")

    def run(self, script: str, *values: Any) -> Any:
        return self._ask("POST", f"{self.session}/execute/sync", {"script": script, "args": list(values)})

    def wait(self, script: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not self.run(script):
            if time.monotonic() > until:
                raise AssertionError(f"never true: {script}")
            time.sleep(0.05)

    def tell(self, command: str, **values: Any) -> Any:
        """A command of the DevTools protocol."""
        return self._ask("POST", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": values})

    def spent(self) -> float:
        """Seconds of a processor that the page's own thread has used."""
        measured = self.tell("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in measured if one["name"] == "TaskDuration"))

    def element(self, selector: str) -> str:
        found = self._ask("POST", f"{self.session}/element", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])

    def click(self, selector: str) -> None:
        self._ask("POST", f"{self.session}/element/{self.element(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._ask("POST", f"{self.session}/element/{self.element(selector)}/value", {"text": text})

    def move_to(self, x: float, y: float, *, press: bool = False) -> None:
        actions: list[dict[str, Any]] = [{"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}]
        actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}] * press
        self._ask(
            "POST", f"{self.session}/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": actions}]}
        )

    def press(self, key: str) -> None:
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        keys = {"type": "key", "id": "keys", "actions": strokes}
        self._ask("POST", f"{self.session}/actions", {"actions": [keys]})

    def resize(self, width: int, height: int) -> None:
        self._ask("POST", f"{self.session}/window/rect", {"width": width, "height": height})

    def shot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", f"{self.session}/screenshot")))

    def log(self, kind: str) -> list[dict[str, Any]]:
        return list(self._ask("POST", f"{self.session}/se/log", {"type": kind}))

    def quit(self) -> None:
        self._ask("DELETE", self.session)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                found = Browser(folder)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit("chromedriver does not answer; install chromium and chromium-driver")
        yield found
        found.quit()
    finally:
        driver.terminate()


def shown(page: Browser) -> tuple[str, str]:
    """Loss and unmet as the caption of the map has them."""
    text = page.run("return document.querySelector('.caption').lastChild.textContent")
    loss, _, unmet = text.partition(" million USD a year; ")
    return loss, unmet.removesuffix(" Mt unmet")


def as_shown(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    text = text.removeprefix("-") if not text.strip("-0.,") else text
    return ("+" if value > 0 else "") + text.replace("-", "\u2212")


def as_money(usd: float) -> str:
    size = abs(usd) / 1e6
    return as_shown(usd / 1e6, 0 if size >= 100 else 1 if size >= 10 else 2)


def closures_are_those_of_a_sweep(page: Browser, address: str, network: cd.Network, demand: Any) -> None:
    base, every = cd.solve(network, demand), cd.outages(network)
    carried = base.flow.sum(("direction", "commodity")).to_series()
    loaded = [label for label in every.labels if carried[label] > 0]
    chosen = np.random.default_rng(0).choice(loaded, CLOSURES, replace=False).tolist()
    result = cd.sweep(network, demand, every.select(chosen), keep=("flow",), progress=False)
    unmet = result.unmet.sum("demand").to_numpy()
    for number, link in enumerate(chosen):
        page.run("location.hash = arguments[0]", f"what=link:{quote(link, safe='')}")
        page.wait("return document.querySelector('#chosen li') !== null")
        wanted = (
            as_money(float(result.loss[number] - base.loss)),
            as_shown((unmet[number] - float(base.unmet.sum())) / 1e6, 3),
        )
        assert shown(page) == wanted, (link, shown(page), wanted)
        rows = page.run("return flowsTable().map(([link, good, direction, was, now]) => [link, good, direction, now])")
        flows = {(i, good, direction): now for i, good, direction, now in rows}
        after = result.flow[number].to_series()
        for (i, direction, good), value in after[after > 0].items():
            grain = round(value / 1e3, 6)
            assert abs(flows.get((i, good, direction), 0.0) / 1e3 - grain) <= 0.5 + 1e-6, (link, i, good, value)
    print(f"{CLOSURES} closures are those of a sweep")


def a_click_closes_and_opens(page: Browser, address: str) -> None:
    page.open(address)
    where = page.run(
        """const i = D.links.findIndex(link => link.id === "oil_astrakhan_cpc_kropotkin"), pane = panes[0];
        goTo(i);
        pane.place();
        const {at: [x, y]} = D.drawing.links[i], frame = pane.svg.getBoundingClientRect();
        return [frame.left + pane.left + x * pane.k, frame.top + pane.top + y * pane.k];"""
    )
    page.move_to(*where)
    page.wait("return !document.querySelector('#tip').hidden")
    told = page.run("return document.querySelector('#tip').textContent")
    assert all(word in told for word in ("crude oil", "→", "←", "capacity", "tariff", "confidence", "Source")), told
    page.move_to(*where, press=True)
    page.wait("return document.querySelectorAll('#chosen li').length === 1")
    assert page.run("return location.hash").startswith("#what=link:")
    page.move_to(*where, press=True)
    page.wait("return document.querySelectorAll('#chosen li').length === 0")
    print("a click closes a link and opens it again")


def clicks_are_drawn_soon(page: Browser, address: str) -> None:
    """From an input to the next picture, as browsers measure it, and what that costs the page's thread."""
    page.tell("Performance.enable", timeDomain="threadTicks")
    page.open(address)
    page.run(
        """window.drawn = [];
        new PerformanceObserver(list => list.getEntries().forEach(entry => {
          if (entry.name === "click" && entry.duration) drawn.push(entry.duration);
        })).observe({type: "event", durationThreshold: 16});"""
    )
    time.sleep(1)
    places = page.run(
        """const pane = panes[0], frame = pane.svg.getBoundingClientRect();
        const busy = D.choices.map((choice, i) => [choice, i]).filter(([{kind}]) => kind === "link")
          .sort((a, b) => b[0].place.length - a[0].place.length).map(([{links}]) => D.drawing.links[links[0]].at);
        return busy.map(([x, y]) => [frame.left + pane.left + x * pane.k, frame.top + pane.top + y * pane.k])
          .filter(([x, y]) => { const hit = document.elementFromPoint(x, y); return hit && hit.dataset.link; });"""
    )
    before = page.spent()
    for number in range(CLICKS):
        page.move_to(*places[number % len(places)], press=True)
    time.sleep(0.5)
    cost = (page.spent() - before) / CLICKS
    shown = sorted(page.run("return window.drawn"))
    shown = [16.0] * (CLICKS - len(shown)) + shown  # what is faster than the threshold is not told
    print(
        f"{CLICKS} clicks on the links that change most: drawn after {shown[CLICKS // 2]:.0f} ms, {shown[-1]:.0f} at "
        f"the most; {cost * 1e3:.0f} ms of a processor each, with pointing"
    )


def the_ranking_is_of_what_comes_next(page: Browser, address: str) -> None:
    page.open(address)
    first, second, loss = page.run(
        "const {of: [a, b], loss} = D.pairs[D.pairs.length - 1]; return [a, b, money(loss)].map(String)"
    )
    page.run("choose(+arguments[0])", first)
    assert page.run("return document.querySelector('#ranking-title').textContent").startswith(
        "What would be worst next"
    )
    cell = "return document.querySelector(`#ranking-rows [data-choice='${arguments[0]}'] td.n`).textContent"
    assert page.run(cell, second) == loss
    page.run(f"document.querySelector(`#ranking-rows [data-choice='{second}'] button`).click()")
    assert page.run("return document.querySelectorAll('#chosen li').length") == 2
    assert page.run("return document.querySelector('#summary .big').textContent").startswith("+" + loss)
    print("the ranking is of what would be worst next")


def the_address_holds_what_is_seen(page: Browser, address: str) -> None:
    page.open(address)
    page.run("choose(D.choices.findIndex(c => c.kind === 'port')); zoomBy(3, 3000, 2000); moveBy(70, 40, panes[0])")
    page.run(
        "const kind = document.querySelector('#kind'); kind.value = 'port'; kind.dispatchEvent(new Event('change'))"
    )
    page.run("document.querySelector('#compare').click(); document.querySelector('#show-change').click()")
    page.wait("return location.hash.includes('at=')")
    state = (
        "return [panes.map(p => p.world.getAttribute('transform')), rows.map(r => r.i), panes[0].caption.textContent]"
    )
    there, hash_ = page.run(state), page.run("return location.hash")
    page.open(address + hash_)
    time.sleep(0.2)
    (maps, *others), (wanted, *kept) = page.run(state), there
    assert others == kept, hash_
    numbers = [[float(x) for x in re.findall(r"-?[\d.]+", " ".join(of))] for of in (maps, wanted)]
    np.testing.assert_allclose(*numbers, atol=0.5)  # pixels
    print("the address holds what is seen")


def sliders_are_those_of_a_sweep(page: Browser, address: str, network: cd.Network, demand: Any) -> None:
    base = float(cd.solve(network, demand).loss)
    rows = cd.load_sliders()
    for number, row in enumerate(rows.itertuples(index=False)):
        table = cd.named_parameter(network, demand, row.field, row.kind, row.which, row.operation)
        low, high = float(row.low), float(row.high)
        values = np.random.default_rng(number).uniform(low, high, 8).round(3)
        changes = [table.assign(scenario=i, value=value) for i, value in enumerate(values)]
        batch = cd.Scenarios([str(value) for value in values], pd.concat(changes, ignore_index=True))
        losses = cd.sweep(network, demand, batch, progress=False).loss.to_numpy() - base
        for value, loss in zip(values, losses, strict=True):
            page.run("location.hash = arguments[0]", f"what=~{number}:{value}")
            page.wait(f"return state.a.slide && state.a.slide[1] === {value}")
            told = page.run("return current().loss")
            size = abs(loss) / 1e6
            digit = 1e6 if size >= 100 else 1e5 if size >= 10 else 1e4
            assert abs(told - loss) <= 0.5 * digit + 1, (row.name, value, told, loss)
    print(f"{len(rows)} sliders are those of a sweep, to half of the last digit")


def search_keys_and_files(page: Browser, address: str, folder: Path) -> None:
    page.open(address)
    page.type("#find", "aktau port")
    page.wait("return document.querySelectorAll('#ranking-rows tr').length < 60")
    page.type("#ranking-rows tr button", ENTER)
    page.wait("return document.querySelectorAll('#chosen li').length === 1")
    page.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    page.wait("return document.querySelectorAll('#chosen li').length === 0")
    page.type("#find", "\ue000" + "\ue003" * 12)
    for key, changes in (("+", True), ("\ue014", True), ("0", True), ("0", False)):
        before = page.run("return panes[0].world.getAttribute('transform')")
        page.type(".pane svg", key)
        time.sleep(0.2)
        assert (page.run("return panes[0].world.getAttribute('transform')") != before) == changes, key
    inside = """const {left, top, k} = panes[0], {width, height} = panes[0].svg.getBoundingClientRect();
        const shown = D.drawing.nodes.filter(({x, y}) => x * k + left > 0 && x * k + left < width && y * k + top > 0);
        return shown.length / D.drawing.nodes.length;"""
    assert page.run(inside) > 0.9  # what lies far at sea is off the map
    reached = set()
    page.run("document.querySelector('.skip').focus()")
    for _ in range(24):
        page.press(TAB)
        reached.add(page.run("return document.activeElement.id || document.activeElement.tagName"))
    assert {"show-change", "goods", "compare", "theme", "svg", "find", "kind", "ranking-csv"} <= reached, reached
    for name in ("ranking", "flows"):
        page.click(f"#{name}-csv")
        for _ in range(100):
            if (folder / f"{name}.csv").is_file():
                break
            time.sleep(0.1)
        assert len((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()) > 100, name
    print("search, keys and downloads work")


def hostile_names_stay_text(page: Browser, folder: Path) -> None:
    network, demand = hostile_names.case()
    path = cd.write_page(network, demand, folder / "hostile.html", title=hostile_names.NAMES[0], progress=False)
    tags = "return [...document.querySelectorAll('script, img, iframe, style, a')].length"
    page.run("location.hash = ''")
    page.open(path.absolute().as_uri())
    few = page.run(tags)
    names = page.run("return D.choices.filter(c => c.kind === 'link').map(c => c.name)")
    assert sorted(names) == sorted(hostile_names.NAMES)
    for number in page.run("return D.choices.map((_, i) => i)"):
        page.run("clear(); const i = arguments[0]; choose(i); if (D.choices[i].kind === 'link') tellLink(i)", number)
        seen = page.run("return [D.choices[arguments[0]].name, panes[0].caption.firstChild.textContent]", number)
        assert seen[0] == seen[1]
        assert page.run("return location.hash") != ""
        page._ask("POST", f"{page.session}/url", {"url": page.run("return location.href")})
        assert page.run("return state.a.chosen[0]") == number
    assert page.run(tags) == few
    assert page.run("return document.title") == hostile_names.NAMES[0]
    print(f"{len(names)} hostile names stay text")


def screens(page: Browser, address: str, folder: Path) -> None:
    for name, hash_, size in [
        ("plain", "", (1400, 900)),
        ("closed", "#what=link:oil_kropotkin_novorossiysk_cpc&show=change", (1400, 900)),
        ("beside", "#what=port:aktau_port&beside=country:AZ&theme=dark", (1400, 900)),
        ("narrow", "#what=shock:druzhba_stop", (360, 740)),
        ("slider", "#what=~1:30000000", (1000, 700)),
    ]:
        page.resize(*size)
        page.open(address + hash_)
        time.sleep(0.4)
        page.shot(folder / f"page_{name}.png")
        wide = page.run("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (name, wide)
    page.resize(1400, 900)
    print(f"screens are in {folder}")


def screen_readers_find_no_fault(page: Browser, address: str, axe: Path) -> None:
    for hash_, size in [
        ("", (1400, 900)),
        ("#what=port:aktau_port&beside=country:AZ&theme=dark", (1400, 900)),
        ("#what=shock:druzhba_stop&show=change", (360, 740)),
    ]:
        page.resize(*size)
        page.open(address + hash_)
        page.run(axe.read_text(encoding="utf-8") + "; axe.run(document).then(found => window.found = found.violations)")
        page.wait("return window.found !== undefined")
        faults = page.run("return window.found.map(fault => [fault.id, fault.impact, fault.nodes.length])")
        assert not [fault for fault in faults if fault[1] in ("serious", "critical")], (hash_, faults)
    page.resize(1400, 900)
    print("axe finds no serious fault")


def nothing_is_asked_for(page: Browser) -> None:
    faults = [entry["message"] for entry in page.log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert not faults, faults
    asked = []
    for entry in page.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert not outside, outside
    print("nothing is asked for, and the console is empty")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=Path, help="a folder for screenshots")
    parser.add_argument("--page", type=Path, help="a page written before, of the Eurasian network of 2024")
    parser.add_argument("--axe", type=Path, help="axe.min.js of axe-core, which looks for what screen readers miss")
    options = parser.parse_args()
    network, demand = cd.load_network(), cd.load_demand()
    with tempfile.TemporaryDirectory() as name, browser(Path(name)) as page:
        folder = Path(name)
        path = options.page or cd.write_page(network, demand, folder / "page.html")
        address = path.absolute().as_uri()
        page.open(address)
        started = page.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
        print(f"{path.stat().st_size / 1e6:.2f} MB, first paint after {started:.0f} ms")
        closures_are_those_of_a_sweep(page, address, network, demand)
        sliders_are_those_of_a_sweep(page, address, network, demand)
        a_click_closes_and_opens(page, address)
        clicks_are_drawn_soon(page, address)
        the_ranking_is_of_what_comes_next(page, address)
        the_address_holds_what_is_seen(page, address)
        search_keys_and_files(page, address, folder)
        shots = options.shots or folder
        shots.mkdir(parents=True, exist_ok=True)
        screens(page, address, shots)
        if options.axe:
            screen_readers_find_no_fault(page, address, options.axe)
        hostile_names_stay_text(page, folder)
        nothing_is_asked_for(page)


if __name__ == "__main__":
    main()
