"""The what-if page: what it holds is what sweeps give, and what it quotes stays text."""

import base64
import gzip
import hashlib
import html
import json
import re

import numpy as np
import pandas as pd
import pytest
import valid_calls
from hostile_names import NAMES as HOSTILE
from scarce_grids import closures, scarce_grid

import corridors as cd
from benchmarks.growth import grid
from corridors.datasets import load_sliders
from corridors.methods.piecewise_linear import Search, Tangent
from corridors.page.answers import Answers, comparable
from corridors.page.sliders import sliders_of
from corridors.studies.criticality import compared_with_base, losers
from corridors.sweeping.solve import Sweeps


def content_of(page):
    """What a page holds, unpacked as its script unpacks it."""
    text = page.read_text(encoding="utf-8")
    data = re.search(r'<script type="application/octet-stream" id="data">([\w+/=]+)</script>', text)[1]
    return json.loads(gzip.decompress(base64.b64decode(data)))


def flows_of(content, *parts):
    """Flows in t/year (link, commodity, direction): the base, replaced by what each part changes."""
    flat = np.zeros(len(content["links"]) * len(content["commodities"]) * 2)
    for part in (content["flows"], *parts):
        flat[np.cumsum(part["place"], dtype=int)] = part["value"]
    return flat.reshape(len(content["links"]), -1, 2) * content["flow"]["grain"]


def as_on_page(content, flow):
    grain = content["flow"]["grain"]
    return np.rint(np.round(flow.transpose("link", "commodity", "direction").to_numpy() / grain, 6)) * grain


@pytest.fixture(scope="module")
def eurasia():
    return cd.load_network(), cd.load_demand()


@pytest.fixture(scope="module")
def page(eurasia, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    return cd.write_page(*eurasia, path, links=20, pairs=8, sliders={}, progress=False)


@pytest.fixture(scope="module")
def content(page):
    return content_of(page)


def test_choices_are_those_of_sweeps(eurasia, content):
    network, demand = eurasia
    base = cd.solve(network, demand)
    np.testing.assert_array_equal(flows_of(content), as_on_page(content, base.flow))
    for kind, batch in [
        ("link", cd.outages(network)),
        ("country", cd.outages(network, by="country")),
        ("shock", cd.shocks(network, demand)),
    ]:
        choices = [c for c in content["choices"] if c["kind"] == kind][:4]
        result = cd.sweep(network, demand, batch.select(c["id"] for c in choices), keep=("flow",), progress=False)
        for number, choice in enumerate(choices):
            assert choice["loss"] == pytest.approx(float(result.loss[number] - base.loss), abs=0.02)
            assert choice["unmet"] == pytest.approx(float(result.unmet_total[number] - base.unmet.sum()), abs=1e-3)
            if kind == "link":  # where several close, their order may choose another of flows that cost the same
                np.testing.assert_array_equal(flows_of(content, choice), as_on_page(content, result.flow[number]))


def test_pairs_are_those_of_sweeps(eurasia, content):
    network, demand = eurasia
    base = cd.solve(network, demand)
    batches = {"link": cd.outages(network), "port": cd.outages(network, by="port")}
    assert len(content["pairs"]) >= 6
    for pair in content["pairs"][::3]:
        choices = [content["choices"][i] for i in pair["of"]]
        one, other = (batches[choice["kind"]].select([choice["id"]]) for choice in choices)
        result = cd.sweep(network, demand, one * other, progress=False).isel(scenario=0)
        assert pair["loss"] == pytest.approx(float(result.loss - base.loss), abs=0.02)
        gone = [link for choice in choices for link in choice["links"]]
        assert not flows_of(content, pair)[gone].any()


def test_projects_are_those_of_networks_that_have_them(eurasia, content):
    network, demand = eurasia
    base = float(cd.solve(network, demand).loss)
    projects = [c for c in content["choices"] if c["kind"] == "project"]
    assert {"cku", "transcaspian_oil"} <= {c["id"] for c in projects}
    for project in projects:
        done = float(cd.solve(cd.with_projects(network, [project["id"]]), demand).loss)
        assert project["loss"] == pytest.approx(done - base, abs=0.02)


def test_losers_add_up_to_the_loss_where_all_are_kept(tmp_path):
    network, demand = valid_calls.network(), valid_calls.demand()
    content = content_of(cd.write_page(network, demand, tmp_path / "toy.html", progress=False))
    for choice in content["choices"]:
        for at_destination in (False, True):
            lost = sum(loss for end, _, loss in choice["losers"] if end == at_destination)
            assert lost == pytest.approx(choice["loss"], abs=0.01)


def test_losers_are_those_of_tables(eurasia, content):
    network, demand = eurasia
    choices = [c for c in content["choices"] if c["kind"] == "link"][:5]
    chosen = cd.outages(network).select(c["id"] for c in choices)
    before, result = compared_with_base(network, demand, chosen, progress=False)
    table = losers(network, demand, before, result).set_index(["scenario", "end", "country"]).loss
    for choice in choices:
        for at_destination, country, loss in choice["losers"]:
            end = "destination" if at_destination else "origin"
            assert loss == pytest.approx(table[choice["id"], end, country], abs=0.01)


@pytest.mark.parametrize(
    ("parameter", "constant"),
    [(("links", "ferry", "tariff", "add"), True), (("links", "ferry", "capacity", "set"), False)],
)
def test_sliders_are_exact_between_their_breakpoints(tmp_path, parameter, constant):
    network, demand = valid_calls.network(), valid_calls.demand()
    sliders = {"Ferry": (parameter, 0.0, 90.0)}
    content = content_of(cd.write_page(network, demand, tmp_path / "toy.html", sliders=sliders, progress=False))
    base, (slider,) = cd.solve(network, demand), content["sliders"]
    assert slider["constant"] is constant
    assert slider["now"] == (0.0 if constant else 60.0)
    values = np.linspace(0.5, 89.5, 25)
    table = pd.DataFrame([parameter], columns=["table", "id", "field", "operation"]).merge(
        pd.DataFrame({"value": values, "scenario": range(25)}), how="cross"
    )
    result = cd.sweep(network, demand, cd.Scenarios(list(map(str, range(25))), table), keep=("flow",), progress=False)
    for number, value in enumerate(values):
        assert np.interp(value, slider["at"], slider["loss"]) == pytest.approx(
            float(result.loss[number] - base.loss), abs=0.01
        )
        piece = int(np.clip(np.searchsorted(slider["at"], value) - 1, 0, len(slider["at"]) - 2))
        low, high = slider["at"][piece : piece + 2]
        if constant:
            flow = flows_of(content, slider["answers"][piece])
        else:
            share = (value - low) / (high - low)
            one, other = (flows_of(content, answer) for answer in slider["answers"][piece : piece + 2])
            flow = one + share * (other - one)
        wanted = result.flow[number].transpose("link", "commodity", "direction").to_numpy()
        np.testing.assert_allclose(flow, wanted, atol=2e-3)


@pytest.mark.parametrize("fine", [0.0, 0.5, 8.0])
def test_breaks_that_bend_the_loss_by_less_are_left_out(fine):
    slopes = np.array([9.0, 7.5, 7.4, 4.0, 1.0, 0.9, 0.8, -3.0])
    ends = np.array([0.0, 2.0, 3.0, 5.0, 5.2, 9.0, 12.0, 15.0, 20.0])
    losses = np.concatenate([[0.0], np.cumsum(slopes * np.diff(ends))])
    search, tried = Search(0.0, 20.0, 0.0, 1.0, lambda *_: fine), 0
    while values := search.wanted():
        for at in values:
            piece = min(max(int(np.searchsorted(ends, at)) - 1, 0), len(slopes) - 1)
            search.learn(Tangent(at, float(np.interp(at, ends, losses)), float(slopes[piece]), 1e-12))
            tried += 1
    pieces = search.pieces()
    at = np.linspace(0.0, 20.0, 400)
    shown = [next(line.on(x) for low, high, line in pieces if low <= x <= high) for x in at]
    assert np.abs(shown - np.interp(at, ends, losses)).max() <= fine + 1e-9
    whole = len(slopes)  # all pieces, whose breaks are tried too
    assert (
        (len(pieces), tried) == (whole, 2 * whole - 1) if fine == 0 else len(pieces) < whole and tried < 2 * whole - 1
    )


def test_closures_by_arc_cost_what_they_cost_by_group():
    network, demand = scarce_grid(3)
    closed = closures(network, 6, 3, seed=0)
    by_group, by_arc = (Sweeps(network, demand, progress=False, grouped=grouped)(closed) for grouped in (True, False))
    assert (by_group.loss > float(cd.solve(network, demand).loss)).any()
    np.testing.assert_allclose(by_arc.loss, by_group.loss, rtol=1e-9)


def test_what_a_slider_leaves_out_depends_on_the_digits_shown_there():
    network, demand = valid_calls.network(), valid_calls.demand()
    base, asked = comparable(network, demand, cd.solve(network, demand)), []

    def fine(size):
        asked.append(size)
        return 0.0

    answers = Answers(network, demand, base, progress=False)
    sliders = {"Ferry": (("links", "ferry", "tariff", "add"), -5.0, 90.0)}
    (slider,) = sliders_of(network, demand, answers, sliders, fine=fine, progress=False)
    assert slider.loss[0] < 0 < slider.loss[-1]
    assert asked[0] == 0.0  # from one end to the other the loss is that of the base somewhere
    assert all(any(size <= abs(loss) + 0.01 for loss in slider.loss) for size in asked)


def test_packaged_sliders_fit_the_packaged_network(eurasia):
    network, demand = eurasia
    names = []

    def given(name, *_):
        names.append(name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("corridors.page.sliders._slider", lambda network, demand, answers, name, *_: given(name))
        sliders_of(network, demand, None, None, progress=False)
    assert names == load_sliders().name.tolist()


def test_a_page_asks_for_nothing_and_allows_only_its_own_script(page):
    text = page.read_text(encoding="utf-8")
    assert len(text) < 8e6
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', text)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'")
    for tag in ("script", "style"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_hostile_names_stay_text(tmp_path):
    network = valid_calls.network()
    names = [HOSTILE[i % len(HOSTILE)] for i in range(len(network.links))]
    nodes = network.nodes.assign(name=[f"{HOSTILE[i]} place" for i in range(len(network.nodes))])
    network = network.replace(nodes=nodes, links=network.links.assign(name=names, source=names))
    path = cd.write_page(network, valid_calls.demand(), tmp_path / "x.html", title=HOSTILE[0], progress=False)
    text = path.read_text(encoding="utf-8")
    assert "alert(1)</script>" not in text
    assert "<title>&lt;/script&gt;" in text
    assert [link["name"] for link in content_of(path)["links"]] == names


def test_a_page_that_cannot_be_written_is_an_error_before_anything_is_solved(tmp_path):
    network, demand = valid_calls.network(), valid_calls.demand()
    with pytest.raises(cd.InputError, match="there is no folder"):
        cd.write_page(network, demand, tmp_path / "nowhere" / "page.html")
    bare = network.replace(nodes=network.nodes.assign(x_coord=np.nan))
    with pytest.raises(cd.InputError, match="x_coord or y_coord is missing"):
        cd.write_page(bare, demand, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_nothing_to_close_is_a_page_too(tmp_path):
    network, demand = valid_calls.network(), valid_calls.demand()
    content = content_of(cd.write_page(network, demand.iloc[:0], tmp_path / "page.html", pairs=0, progress=False))
    assert content["flows"] == {"place": [], "value": []}
    assert all(choice["loss"] == 0 for choice in content["choices"])


def test_a_large_network_is_drawn_whole_and_its_scenarios_kept_as_differences(tmp_path):
    network, demand = grid(900, 6, 24, seed=2)
    row, column = np.divmod(np.arange(len(network.nodes)), 30)
    network = network.replace(nodes=network.nodes.assign(x_coord=50 + 0.6 * column, y_coord=40 + 0.4 * row),
                              links=network.links.assign(length=np.nan))  # fmt: skip
    path = cd.write_page(network, demand, tmp_path / "page.html", links=25, pairs=3, sliders={}, progress=False)
    content = content_of(path)
    assert [link["id"] for link in content["links"]] == network.links.link_id.tolist()
    assert all(link["path"] for link in content["drawing"]["links"])
    carried = cd.solve(network, demand).flow.sum(("direction", "commodity")).to_series()
    offered = carried[[c["id"] for c in content["choices"] if c["kind"] == "link"]]
    assert len(offered) == 25
    assert offered.min() >= carried.drop(offered.index).max()
    scenarios = [*content["choices"], *content["pairs"]]
    assert len(scenarios) >= 28
    every = len(scenarios) * flows_of(content).size
    assert 0 < sum(len(scenario["place"]) for scenario in scenarios) < every / 20
    assert path.stat().st_size < 400 * len(network.links)


def test_a_notebook_shows_a_result_in_a_frame_of_its_own(eurasia, tmp_path):
    network, demand = eurasia
    result = cd.solve(network, demand)
    shown = cd.explore(network, result, title='A "map" & more')
    content = content_of(shown.save(tmp_path / "map.html"))
    np.testing.assert_array_equal(flows_of(content), as_on_page(content, result.flow))
    assert content["choices"] == content["pairs"] == content["sliders"] == []
    frame = shown._repr_html_()
    assert frame.startswith("<iframe sandbox=")
    assert re.search(r'srcdoc="([^"]*)"></iframe>$', frame)[1] == html.escape(shown.page)


def test_a_network_alone_is_shown_too(tmp_path):
    content = content_of(cd.explore(valid_calls.network()).save(tmp_path / "map.html"))
    assert content["commodities"] == []
    assert [link["id"] for link in content["links"]] == valid_calls.network().links.link_id.tolist()
