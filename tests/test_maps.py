"""Maps: what is drawn, how wide, where labels and inset come to lie, and that a map is the same every time."""

import contextlib
import re
import zlib
from concurrent.futures import ThreadPoolExecutor

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from matplotlib.lines import Line2D
from matplotlib.text import Text
from pyproj import Geod

import corridors as cd
from corridors import datasets, symbols
from corridors.maps import style
from corridors.maps.basemap import ground
from corridors.maps.lines import courses, smooth
from corridors.maps.parallel_lines import side_by_side
from corridors.maps.projection import view_of, view_of_box

EURASIA = datasets.load_network("eurasia")


def result_of(network, flow, *, tied=False):
    """A result with the flows given by link and commodity, t/year: forward, or backward where negative."""
    commodities = sorted({c for _, c in flow})
    values = np.zeros((len(network.links), 2, len(commodities)))
    at = {link_id: i for i, link_id in enumerate(network.links.link_id)}
    for (link, commodity), tonnes in flow.items():
        values[at[link], int(tonnes < 0), commodities.index(commodity)] = abs(tonnes)
    coords = {"link": list(network.links.link_id), "direction": ["fwd", "rev"], "commodity": commodities}
    return xr.Dataset({"flow": (("link", "direction", "commodity"), values), "tied": tied}, coords=coords)


def invented(network, scale=1e6, **kwargs):
    """Flows on every second operating link, over three orders of magnitude."""
    ids = network.links.link_id[network.links.status == "operating"].tolist()[::2]
    return result_of(network, {(i, "grain"): scale * 0.05 * 1.03**k for k, i in enumerate(ids)}, **kwargs)


def small(x=50.0, y=42.0, names=("Aktau", "Baku", "Poti")):
    nodes = pd.DataFrame(
        {"node_id": ["a", "b", "c"], "name": names, "x_coord": [x, x + 2, x + 5], "y_coord": [y, y + 2, y - 1]}
    )
    links = pd.DataFrame(
        {
            "link_id": ["ab", "bc", "ac"],
            "from_node_id": ["a", "b", "a"],
            "to_node_id": ["b", "c", "c"],
            "mode": ["ferry", "rail-1520", "oil_pipeline"],
        }
    )
    return cd.Network(nodes, links)


def lines(ax, prefix="link-"):
    return {
        str(a.get_gid()).removeprefix(prefix): a
        for a in ax.findobj(Line2D)
        if a.axes is ax and str(a.get_gid()).startswith(prefix)
    }


def texts(ax, prefix):
    return [t for t in ax.findobj(Text) if str(t.get_gid()).startswith(prefix)]


def inset_of(ax):
    return next(c for c in ax.child_axes if c.get_gid() == "inset")


def test_every_link_is_drawn_once_and_those_without_flow_as_hairlines():
    result = invented(EURASIA)
    ax = cd.plot_map(EURASIA, result, inset=False)
    drawn = lines(ax)
    assert sorted(drawn) == sorted(EURASIA.links.link_id)
    flow = result.flow.sum(("direction", "commodity")).to_series()
    assert all((drawn[i].get_linewidth() > 0.75) == (flow[i] > 0) for i in drawn if not i.startswith("road"))


def test_width_grows_with_the_root_of_the_flow():
    network = small()
    ax = cd.plot_map(network, result_of(network, {("bc", "oil"): 16e6, ("ac", "oil"): -4e6, ("ab", "oil"): 1e6}))
    width = {i: line.get_linewidth() for i, line in lines(ax).items()}
    assert width["bc"] == pytest.approx(2 * width["ac"]) == pytest.approx(4 * width["ab"])


def test_both_directions_and_the_chosen_commodities_count():
    network = small()
    result = result_of(network, {("ab", "oil"): 9e6, ("bc", "oil"): 1e6, ("bc", "grain"): -8e6, ("ac", "grain"): 5e5})
    every, oil = cd.plot_map(network, result), cd.plot_map(network, result, commodity="oil")
    assert lines(every)["ab"].get_linewidth() == pytest.approx(lines(every)["bc"].get_linewidth())
    assert lines(oil)["ab"].get_linewidth() == pytest.approx(3 * lines(oil)["bc"].get_linewidth())
    assert lines(oil)["ac"].get_linewidth() < 0.75


@pytest.mark.parametrize("top", [3.0, 999.0, 1e6, 6.3e7, 2e9])
def test_legend_flows_are_round_and_within_the_scale(top):
    steps = style.Widths.up_to(top).steps()
    assert list(steps) == sorted(steps)
    assert steps[-1] <= top < 10 * steps[-1]
    assert all(f"{s:.6e}"[0] in "125" and set(f"{s:.6e}"[2:8]) == {"0"} for s in steps)


def test_no_two_labels_overlap_and_all_lie_in_the_frame():
    ax = cd.plot_map(EURASIA, invented(EURASIA), labels=40)
    ax.get_figure().canvas.draw()
    for part, at_most in ((ax, 40), (inset_of(ax), 24)):
        labels = [t for t in texts(part, "label-") if t.axes is part]
        assert 10 < len(labels) <= at_most
        frame = shapely.box(*part.get_window_extent().extents)
        boxes = [shapely.box(*t.get_window_extent().extents).buffer(-1.0) for t in labels]
        assert all(frame.covers(b) for b in boxes)
        assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_the_inset_lies_in_the_frame_and_names_the_ports_of_the_caspian():
    network = EURASIA.replace(links=EURASIA.links.assign(status="operating"))
    ids = network.links.link_id[network.links["mode"].isin(["ferry", "ship"])]
    flow = {(i, "grain"): 1e6 for i in ids} | {("ship_gibraltar_rotterdam_port", "grain"): 3e7}
    ax = cd.plot_map(network, result_of(network, flow))
    inset = inset_of(ax)
    assert shapely.box(*ax.get_window_extent().extents).covers(shapely.box(*inset.get_window_extent().extents))
    names = {t.get_text() for t in texts(inset, "label-")}
    assert {"Aktau", "Kuryk", "Turkmenbashi", "Makhachkala"} <= names
    assert not names & {t.get_text() for t in texts(ax, "label-") if t.axes is ax}


def test_the_same_map_gives_the_same_bytes(tmp_path):
    network = small(names=("Aktau $100$", "<b>Baku</b> & co", "Poti"))
    result = result_of(network, {("ab", "oil"): 9e6, ("bc", "oil"): 1e6}, tied=True)
    files = [cd.save_figure(cd.plot_map(network, result, figsize=(6, 5)), tmp_path / name) for name in ("one", "two")]
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes()
    page = files[0][1].read_text(encoding="utf-8")
    assert "Aktau $100$</text>" in page
    assert "&lt;b&gt;Baku&lt;/b&gt; &amp; co</text>" in page
    assert "<dc:date>" not in page


def text_of(pdf):
    """The texts that a PDF shows, a line each, as a reader of it copies them."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    found = []
    for stream in streams:
        with contextlib.suppress(zlib.error):  # pictures are packed in other formats
            page = zlib.decompress(stream)
            shown = re.findall(rb"\[([^\[\]]*)\]\s*TJ", page)
            found += [b"".join(re.findall(rb"\(([^()]*)\)", line)) for line in shown]
    return [line.replace(b"\0", b"").decode("latin-1") for line in found]


def test_letters_of_a_pdf_are_text_with_a_halo_under_them(tmp_path):
    network = small(names=("Aktau", "Baku", "Poti"))
    ax = cd.plot_map(network, result_of(network, {("ab", "oil"): 9e6}), title="Where it goes", figsize=(6, 5))
    haloed = {t.get_text() for t in texts(ax, "label-")}
    assert {"Aktau", "Baku"} <= haloed
    files = [cd.save_figure(ax, tmp_path / name)[0] for name in ("one.pdf", "two.pdf")]
    assert files[0].read_bytes() == files[1].read_bytes()
    read = text_of(files[0].read_bytes())
    assert {*haloed, "Where it goes"} <= set(read)
    assert all(read.count(name) == 1 for name in haloed)
    assert all(t.get_path_effects() for t in texts(ax, "label-"))
    assert b"/Subtype /Type3" not in files[0].read_bytes()


def test_a_map_of_one_optimum_among_several_says_so():
    network = small()
    flow = {("ab", "oil"): 9e6}
    notes = [texts(cd.plot_map(network, result_of(network, flow, tied=tied)), "note")[0] for tied in (True, False)]
    assert "one optimum" in notes[0].get_text()
    assert notes[1].get_text() == ""


def test_differences_are_blue_where_gained_and_orange_where_lost_and_closures_are_crossed():
    network = small()
    before = result_of(network, {("ab", "oil"): 4e6, ("bc", "oil"): 4e6, ("ac", "oil"): 1e6})
    after = result_of(network, {("ab", "oil"): 0.0, ("bc", "oil"): 4e6, ("ac", "oil"): -17e6})
    ax = cd.plot_difference(network, before, after, closed=["ab"])
    drawn = lines(ax)
    assert [drawn[i].get_color() for i in ("ab", "bc", "ac")] == [style.LOST, style.UNCHANGED, style.GAINED]
    assert drawn["ac"].get_linewidth() == pytest.approx(2 * drawn["ab"].get_linewidth())
    assert len(next(a for a in ax.findobj(Line2D) if a.get_gid() == "closed").get_xdata()) == 1


def test_no_difference_at_all_is_drawn_too():
    network = small()
    result = result_of(network, {("ab", "oil"): 4e6})
    assert lines(cd.plot_difference(network, result, result))["ab"].get_color() == style.UNCHANGED


@pytest.mark.parametrize(("x", "y"), [(-70, -35), (20, 0), (178, -18), (10, 79), (0, 50)])
def test_a_network_anywhere_is_drawn(x, y, tmp_path):
    nodes = small(0, 42).nodes
    nodes["x_coord"] = (nodes.x_coord + x + 180) % 360 - 180
    nodes["y_coord"] = nodes.y_coord - 42 + y
    ax = cd.plot_map(small(0, 42).replace(nodes=nodes), figsize=(5, 5))
    width = np.diff(ax.get_xlim())[0]
    assert 3e5 < width < 3e6
    for line in lines(ax).values():
        assert np.ptp(line.get_xdata()) < width


def test_a_far_cape_does_not_rule_the_map_but_a_port_across_the_sea_is_on_it():
    ax = cd.plot_map(small(), figsize=(5, 5))
    assert {t.get_text() for t in texts(ax, "label-")} == {"Aktau", "Baku", "Poti"}
    assert np.diff(cd.plot_map(EURASIA, inset=False).get_xlim())[0] < 1.0e7


def test_one_node_alone_is_drawn():
    ax = cd.plot_map(small().subset(nodes=["a"]), figsize=(4, 4))
    assert [t.get_text() for t in texts(ax, "label-")] == ["Aktau"]


def test_a_kilometre_of_the_scale_bar_is_a_kilometre_at_the_middle_of_the_map():
    view = view_of_box((4.0, 24.0, 124.0, 57.0))
    x, y = np.mean(view.xlim), np.mean(view.ylim)
    ends = view.lonlat([x - 50e3 * view.factor, x + 50e3 * view.factor], [y, y])
    assert Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2] == pytest.approx(100e3, rel=2e-3)


def test_lines_at_sea_keep_off_the_land_as_well_as_their_way_points_do():
    view = view_of_box((0.0, 30.0, 60.0, 62.0))
    land = shapely.union_all(ground(view, "land").geometry.to_numpy())
    at_sea = EURASIA.links[EURASIA.links["mode"].isin(symbols.WATER)]
    bent = courses(at_sea, EURASIA.nodes, view, land)
    for link_id, shape in zip(at_sea.link_id, at_sea.geometry, strict=True):
        straight = shapely.LineString(view.project(*shapely.get_coordinates(shape).T))
        ashore = [g.intersection(land).length for g in (shapely.LineString(bent[link_id]), straight)]
        assert ashore[0] <= ashore[1] + 0.02 * straight.length, link_id


def test_smoothing_keeps_every_bend():
    line = np.array([[0.0, 0.0], [3.0, 1.0], [3.0, 4.0], [9.0, 4.0]])
    curve = shapely.LineString(smooth(line))
    assert all(curve.distance(shapely.Point(p)) < 1e-9 for p in line)


def test_a_pipeline_along_a_railway_runs_beside_it_and_ends_where_it_did():
    track = np.column_stack([np.linspace(0, 200, 50), np.zeros(50)])
    looks = pd.DataFrame(
        {"kind": ["rail-1520", "oil_pipeline"], "width": [6.0, 4.0], "drawn": "flow", "load": 1e6},
        index=["rail", "oil"],
    )
    moved = side_by_side({"rail": track, "oil": track}, looks, 1.0)
    assert moved["rail"] is track
    assert np.abs(moved["oil"][30:-30, 1]).min() > (6 + 4) / 2
    assert np.allclose(moved["oil"][[0, -1]], track[[0, -1]])


def test_a_map_keeps_within_the_axes_it_is_given():
    figure, axes = plt.subplots(1, 2, figsize=(14, 5))
    room = axes[1].get_window_extent().extents
    ax = cd.plot_map(small(), ax=axes[1])
    figure.canvas.draw()
    assert ax is axes[1]
    assert shapely.box(*room).buffer(2.0).covers(shapely.box(*ax.get_tightbbox().extents))


def test_the_view_holds_what_it_is_asked_to_show():
    places = np.array([[4.0, 52.0], [131.0, 44.0], [60.0, 25.0]])
    view = view_of(places).shaped(0.6)
    x, y = view.project(*places.T).T
    assert view.aspect == pytest.approx(0.6)
    assert view.xlim[0] < x.min() <= x.max() < view.xlim[1]
    assert view.ylim[0] < y.min() <= y.max() < view.ylim[1]


def test_a_view_that_is_too_narrow_for_an_inset_grows_to_both_sides():
    for east, middle in ((60.0, 0.5), (150.0, 0.8)):
        view = view_of(np.array([[41.0, 42.0], [east, 44.0]]))
        grown = view.shaped(0.6)
        more = grown.ylim[1] - grown.ylim[0] - (view.ylim[1] - view.ylim[0])
        assert (view.ylim[0] - grown.ylim[0]) / more == pytest.approx(middle)


def test_names_of_countries_and_seas_stay_near_their_places_on_small_maps():
    """They give way to what is drawn, by points; on a map a few inches wide a point is many kilometres."""
    ax = cd.plot_map(small(60, 43), extent="eurasia", figsize=(4, 5), labels=0)
    wide = ax.get_position().width * ax.figure.get_size_inches()[0] * 72
    scale = (ax.get_xlim()[1] - ax.get_xlim()[0]) / 1e3 / wide
    names = [text for text in ax.texts if str(text.get_gid()).startswith("name-")]
    assert len(names) >= 3
    assert scale > 30
    assert max(np.hypot(*text.xyann) * scale for text in names) <= 700


RESULT = result_of(small(), {("ab", "oil"): 4e6})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda n: cd.plot_map(n, RESULT, commodity="tea"),
            r"commodity: 1 not in the result \(tea\); give some of oil",
        ),
        (lambda n: cd.plot_map(n, RESULT, commodity=[]), "commodity: none given"),
        (lambda n: cd.plot_map(n, commodity="oil"), "commodity: there is no result"),
        (lambda n: cd.plot_map(n, RESULT.drop_vars("flow")), r"result: has no flow; keep it: .*keep=\('flow',\)"),
        (lambda n: cd.plot_map(n, RESULT.expand_dims(scenario=3)), r"flow has scenarios; .*isel\(scenario=0\)"),
        (lambda n: cd.plot_map(n, RESULT * np.nan), "flow is missing for 3 links .*result.status"),
        (lambda n: cd.plot_map(n, RESULT.isel(link=[0])), r"result: has no link bc, ac of the network"),
        (lambda n: cd.plot_map(n, extent="mars"), "no extent is named 'mars'; give one of eurasia, "),
        (lambda n: cd.plot_map(n, extent=(60, 40, 50, 45)), "west < east"),
        (lambda n: cd.plot_map(n, figsize=(1, 1)), "figsize: leaves a map of"),
        (lambda n: cd.plot_difference(n, RESULT, RESULT, closed=["zz"]), r"closed: 1 not in the network \(zz\)"),
        (lambda n: cd.save_figure(cd.plot_map(n), "map.bmp"), "can't save a map as 'map.bmp'"),
        (
            lambda n: cd.plot_map(n.replace(nodes=n.nodes.assign(x_coord=[np.nan, 1.0, np.nan]))),
            r"nodes: x_coord or y_coord is missing for 2 nodes \(a, c\); give longitude",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_remedy(call, words):
    with pytest.raises(cd.InputError, match=words):
        call(small())


def test_a_map_drawn_beside_other_work_opens_no_window():
    nodes = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [51.2, 49.4], "y_coord": [43.6, 40.0]})
    links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": ["ferry"]})
    windows = plt.get_fignums()
    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(cd.plot_map, cd.Network(nodes, links), figsize=(5, 5)).result()
    assert plt.get_fignums() == windows
    (line,) = [line for line in drawn.lines if line.get_gid() == "link-ab"]
    np.testing.assert_allclose(line.get_clip_box().extents, drawn.patch.get_window_extent().extents)
