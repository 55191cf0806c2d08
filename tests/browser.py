"""The what-if page in a real browser, without a network: `python tests/browser.py [--shots FOLDER] [--axe FILE]`.

Needs Chromium and ChromeDriver (Debian: chromium, chromium-driver), so it is no part of `make check`. It writes the
page of the Eurasian network, opens it from disk, and holds what a reader sees against `corridors.sweep`: closures by
click, by search and by address, all numbers of random ones, downloads, keys, a narrow and a dark screen; that nothing
is asked from a network, and that nothing is written to the console.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

import corridors as cd

PORT = 9517
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id in the WebDriver protocol."""
CLOSURES = 50
"""Random closures whose numbers are compared."""


class Browser:
    """As much of the WebDriver protocol (W3C 2018) as these checks need."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1400, 900)) -> None:
        flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-component-update "
        flags += f"--disable-background-networking --disable-sync --window-size={size[0]},{size[1]}"
        options = {"args": flags.split(), "prefs": {"download.default_directory": str(folder)}}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        found = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", **wanted}}})
        self.session = f"/session/{found['sessionId']}"

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
        const {at: [x, y]} = D.drawing.links[i], frame = pane.svg.getBoundingClientRect();
        return [frame.left + pane.left + x * pane.k, frame.top + pane.top + y * pane.k];"""
    )
    page.move_to(*where)
    page.wait("return !document.querySelector('#tip').hidden")
    assert "capacity" in page.run("return document.querySelector('#tip').textContent")
    page.move_to(*where, press=True)
    page.wait("return document.querySelectorAll('#chosen li').length === 1")
    assert page.run("return location.hash").startswith("#what=link:")
    spent = page.run(
        "const t = performance.now(); redraw(); document.body.getBoundingClientRect(); return performance.now() - t"
    )
    page.move_to(*where, press=True)
    page.wait("return document.querySelectorAll('#chosen li').length === 0")
    chosen = page.run(
        """const spent = [];
        for (let i = 0; i < 40; i++) {
          const t = performance.now();
          choose(i % 20);
          document.body.getBoundingClientRect();
          spent.push(performance.now() - t);
        }
        clear();
        return spent.sort((a, b) => a - b);"""
    )
    print(f"a redraw takes {spent:.0f} ms; after a click {chosen[20]:.0f} ms, {chosen[-1]:.0f} ms at the most")
    print("a click closes a link and opens it again")


def search_keys_and_files(page: Browser, address: str, folder: Path) -> None:
    page.open(address)
    page.type("#find", "aktau port")
    page.wait("return document.querySelectorAll('#ranking-rows tr').length < 60")
    page.click("#ranking-rows tr button")
    page.wait("return document.querySelectorAll('#chosen li').length === 1")
    page.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    page.wait("return document.querySelectorAll('#chosen li').length === 0")
    page.type("#find", "\ue000" + "\ue003" * 12)
    before = page.run("return panes[0].world.getAttribute('transform')")
    page.type(".pane svg", "+\ue014")
    page.wait(f"return panes[0].world.getAttribute('transform') !== {json.dumps(before)}")
    page.click("#ranking-csv")
    page.click("#flows-csv")
    for name in ("ranking.csv", "flows.csv"):
        for _ in range(100):
            if (folder / name).is_file():
                break
            time.sleep(0.1)
        assert len((folder / name).read_text(encoding="utf-8").splitlines()) > 100, name
    print("search, keys and downloads work")


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
        a_click_closes_and_opens(page, address)
        search_keys_and_files(page, address, folder)
        shots = options.shots or folder
        shots.mkdir(parents=True, exist_ok=True)
        screens(page, address, shots)
        if options.axe:
            screen_readers_find_no_fault(page, address, options.axe)
        nothing_is_asked_for(page)


if __name__ == "__main__":
    main()
