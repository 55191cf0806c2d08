"""Time-cost-distance charts: jumps where goods stop, slopes where they move, names that do not cover each other."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.text import Annotation
from written import assert_is_what_it_is_called

import corridors as cd
from corridors.cli import main
from corridors.errors import InputError
from corridors.maps.charts import chart
from corridors.maps.time_cost_distance import profile


@pytest.fixture(scope="module")
def network() -> cd.Network:
    """Xi'an ══ rail, 1435 mm ══ border 12 h, gauge yard 24 h ══ rail, 1520 mm ══ port 36 h ~~ ferry ~~ Baku."""
    places = {"xian": "Xi'an", "khorgos": "Khorgos", "altynkol": "Altynkol", "kuryk": "Kuryk", "baku": "Baku"}
    nodes = pd.DataFrame({"node_id": list(places), "name": list(places.values())})
    links = pd.DataFrame(
        {
            "link_id": ["china", "border", "steppe", "caspian"],
            "from_node_id": ["xian", "khorgos", "altynkol", "kuryk"],
            "to_node_id": ["khorgos", "altynkol", "kuryk", "baku"],
            "mode": ["rail-1435", "rail-1520", "rail-1520", "ferry"],
            "length": [3000.0, 15.0, 2700.0, 420.0],
            "tariff": [75.0, 0.4, 67.0, 10.0],
            "time": [88.0, 0.5, 87.0, 25.0],
            "border_fee": [0.0, 8.0, 0.0, 0.0],
            "border_time": [0.0, 12.0, 0.0, 0.0],
        }
    )
    transfers = pd.DataFrame(
        {
            "transfer_id": ["yard", "port"],
            "node_id": ["khorgos", "kuryk"],
            "from_mode": ["rail-1435", "rail-1520"],
            "to_mode": ["rail-1520", "ferry"],
            "cost": [8.0, 10.0],
            "time": [24.0, 36.0],
        }
    )
    return cd.Network(nodes, links, transfers)


def test_the_parts_of_a_way_add_up_to_its_skim(network: cd.Network) -> None:
    route = cd.skim(network, commodity="boxes", origins="xian", destinations="baku").iloc[0]
    parts = cd.route_legs(network, "boxes", route)
    assert list(parts.kind) == ["link", "transfer", "link", "border", "link", "transfer", "link"]
    assert parts.length.sum() == route.length
    assert parts.time.sum() == route.time
    assert parts.cost.sum() == route.cost
    assert list(parts.to_node_id)[-1] == "baku"


def test_legs_of_every_kind_of_way_add_up_on_the_library_network() -> None:
    eurasia = cd.load_network()
    ends = [("containers", "xian", "duisburg"), ("crude_oil", "tengiz", "ceyhan"), ("general", "istanbul", "almaty")]
    for commodity, origin, destination in ends:
        route = cd.skim(eurasia, commodity=commodity, origins=origin, destinations=destination).iloc[0]
        parts = cd.route_legs(eurasia, commodity, route)
        assert parts.cost.sum() == pytest.approx(route.cost)
        assert parts.time.sum() == pytest.approx(route.time)
        assert (parts.to_node_id.iloc[:-1].to_numpy() == parts.from_node_id.iloc[1:].to_numpy()).all()


def test_a_profile_rises_in_jumps_at_stops_and_slopes_between(network: cd.Network) -> None:
    days = profile(network, "boxes", "xian", "baku", "time")
    stops = days[days.kind != "link"]
    assert list(stops.distance) == [3000.0, 3015.0, 5715.0]
    assert list((stops.after - stops.before) * 24) == pytest.approx([24.0, 12.0, 36.0])
    assert days.after.iloc[-1] * 24 == pytest.approx(272.5)
    assert (days.after.diff().dropna() >= 0).all()


def test_stops_are_named_once_with_what_they_take(network: cd.Network) -> None:
    ax = cd.plot_time_cost_distance(network, commodity="boxes", origin="xian", destination="baku")
    words = [text.get_text() for text in ax.texts]
    assert words == ["Khorgos (gauge, border) +1.5 d", "Kuryk (port) +1.5 d", "11.4"]
    assert ax.get_title(loc="left") == "Boxes, Xi'an to Baku"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "Rail, 1435 mm",
        "Rail, 1520 mm",
        "Ship, ferry",
    ]


def test_a_route_without_times_is_drawn_by_money_alone(tmp_path: Path) -> None:
    links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"], "mode": "ferry"})
    links = links.assign(length=300.0, tariff=5.0)
    timeless = cd.Network(pd.DataFrame({"node_id": ["a", "b"]}), links)
    ends = {"commodity": "grain", "origin": "a", "destination": "b"}
    with pytest.raises(InputError, match="links of the route have no time; give them a column time"):
        cd.plot_time_cost_distance(timeless, **ends)
    cd.write(timeless, tmp_path / "case")
    asked = ["skim", "--network", str(tmp_path / "case"), "--commodity", "grain", "--from", "a", "--to", "b"]
    done = CliRunner().invoke(main, [*asked, "--chart", str(tmp_path / "ab.png")])
    assert done.exit_code == 0, done.output
    assert_is_what_it_is_called(tmp_path / "ab.png")


def test_names_do_not_cover_each_other(tmp_path: Path) -> None:
    eurasia = cd.load_network()
    shut = eurasia.links.country.map(lambda cell: bool({"RU", "IR", "TM", "SG"} & set(cell.split(";"))))
    caspian = eurasia.replace(links=eurasia.links.assign(status=eurasia.links.status.where(~shut, "closed")))
    ax = cd.plot_time_cost_distance(
        eurasia,
        commodity="containers",
        origin="xian",
        destination="duisburg",
        routes={"north": eurasia, "middle": caspian},
    )
    cd.save_figure(ax, tmp_path / "chart.png")
    assert_is_what_it_is_called(tmp_path / "chart.png")
    labels = [text for text in ax.texts if isinstance(text, Annotation)]
    assert len(labels) >= 7
    figure = ax.get_figure(root=True)
    assert figure is not None
    drawn = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    # The text alone: an annotation's own extent holds its arrow as well.
    boxes = [super(Annotation, label).get_window_extent(drawn) for label in labels]
    assert [(a, b) for a, b in combinations(range(len(boxes)), 2) if boxes[a].overlaps(boxes[b])] == []


def test_an_unknown_measure_or_no_way_says_so(network: cd.Network) -> None:
    with pytest.raises(InputError, match="give one of time, money, cost"):
        cd.plot_time_cost_distance(network, commodity="b", origin="xian", destination="baku", measure="hope")
    alone = network.replace(links=network.links.iloc[:1], transfers=None)
    with pytest.raises(InputError, match="no route for b from xian to baku"):
        cd.plot_time_cost_distance(alone, commodity="b", origin="xian", destination="baku")


def test_a_title_fits_its_chart_however_long() -> None:
    ax = chart("Crude oil from Tengiz to sea terminals, by route: " + "one link closed, " * 4, "Why " * 60)
    ax.figure.canvas.draw()
    wide = ax.figure.bbox.width
    assert max(text.get_window_extent().x1 for text in ax.figure.texts) <= wide
    assert max(text.get_fontsize() for text in ax.figure.texts) < 14
