"""The volume of a corridor is what passes its gate; what uses its links otherwise is kept apart."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import corridors as cd
from corridors.datasets import folder
from corridors.model.build import build
from corridors.model.decode import decode, routes
from corridors.report.tables import flows_by_corridor
from corridors.schema.checks import split
from corridors.sweeping.solve import solved


#   xian ──khorgos (middle; north)── almaty ──aktau (middle)── port ~~ferry, the gate of middle~~ baku
#                                      └──west (north)── moscow
def shared(gates: tuple[str, ...] = ("", "", "middle", "")) -> tuple[cd.Network, pd.DataFrame]:
    nodes = pd.DataFrame({"node_id": ["xian", "almaty", "port", "baku", "moscow"]})
    links = pd.DataFrame(
        {
            "link_id": ["khorgos", "aktau", "ferry", "west"],
            "from_node_id": ["xian", "almaty", "port", "almaty"],
            "to_node_id": ["almaty", "port", "baku", "moscow"],
            "mode": "road",
            "tariff": 1.0,
            "length": [100.0, 10.0, 5.0, 50.0],
            "corridors": ["middle;north", "middle", "middle", "north"],
            "gates": gates,
        }
    )
    rows = [("a", "xian", "baku", 3.0), ("b", "xian", "moscow", 20.0), ("c", "almaty", "port", 4.0)]
    demand = pd.DataFrame(rows, columns=["demand_id", "origin", "destination", "volume"])
    return cd.Network(nodes, links), demand.assign(commodity="boxes", value=100.0)


def test_goods_that_share_a_railway_with_a_corridor_are_not_its_volume() -> None:
    table = cd.dependence(*shared(), on="corridor").set_index("through")
    middle = table.loc["middle"]
    assert (middle.tonnes, middle.otherwise, middle.counted) == (3.0, 24.0, "gate")
    assert middle.touching_share == pytest.approx(3 / 27)
    assert middle.value_share == pytest.approx(3 / 27)
    assert middle.cost_share == pytest.approx(3 * 3 / (3 * 3 + 20 * 2 + 4))


def test_a_corridor_without_a_gate_says_that_any_of_its_links_counts() -> None:
    north = cd.dependence(*shared(), on="corridor").set_index("through").loc["north"]
    assert (north.tonnes, north.counted) == (23.0, "no gate: any of its links")
    assert pd.isna(north.otherwise)
    none = cd.dependence(*shared(("", "", "", "")), on="corridor").set_index("through")
    assert none.tonnes.to_dict() == {"middle": 27.0, "north": 23.0}
    assert none.counted.unique().tolist() == ["no gate: any of its links"]


def test_a_tonne_counts_once_at_a_gate_of_several_links_and_one_that_bears_no_tag() -> None:
    table = cd.dependence(*shared(("", "middle", "middle", "north;west")), on="corridor").set_index("through")
    assert table.tonnes.to_dict() == {"north": 20.0, "west": 20.0, "middle": 7.0}
    assert table.otherwise.to_dict() == {"north": 3.0, "west": 0.0, "middle": 20.0}


def test_shares_of_what_is_no_corridor_are_as_they_were() -> None:
    table = cd.dependence(*shared(), on="link").set_index("through")
    assert table.tonnes.to_dict() == {"khorgos": 23.0, "west": 20.0, "aktau": 7.0, "ferry": 3.0}
    assert "counted" not in table


def test_the_report_tells_what_passes_the_gate_from_what_does_not() -> None:
    network, demand = shared()
    table = flows_by_corridor(network, cd.solve(network, demand), cd.routes(network, demand)).set_index("corridor")
    middle = table.loc["middle"]
    assert (middle.volume, middle.otherwise) == (3.0, 24.0)
    assert middle.tonne_km == 3 * 115 + 20 * 100 + 4 * 10
    assert middle.tonne_km_otherwise == 20 * 100 + 4 * 10
    assert middle.busiest == 23.0
    assert middle.mean_flow == pytest.approx((23 * 100 + 7 * 10 + 3 * 5) / 115)
    assert table.loc["north", ["volume", "tonne_km"]].tolist() == [23.0, 3 * 100 + 20 * 150]


def test_a_gate_that_nothing_passes_has_no_volume() -> None:
    network, demand = shared()
    table = cd.dependence(network, demand[1:], on="corridor").set_index("through")
    assert (table.tonnes["middle"], table.touching_share["middle"], table.otherwise["middle"]) == (0.0, 0.0, 24.0)
    assert flows_by_corridor(network, cd.solve(network, demand[:0]), cd.routes(network, demand[:0])).empty


def test_gates_stay_with_a_network_that_is_cut_written_and_given_preferences(tmp_path: Path) -> None:
    network, demand = shared()
    places = network.nodes.assign(x_coord=range(5), y_coord=40.0)
    own = cd.write(network.replace(nodes=places), tmp_path / "own.gpkg")
    assert cd.read(own).network.links.gates.tolist() == ["", "", "middle", ""]
    part = network.subset(nodes=["xian", "almaty", "port", "baku"])
    assert cd.dependence(part, demand.iloc[[0]], on="corridor").counted.tolist()[0] == "gate"
    steps = {"link_id": ["ferry"], "commodities": "boxes", "volume": 6.0, "steps": 2, "theta": 1.0, "constant": 0.0}
    divided = cd.with_preferences(network, pd.DataFrame(steps))
    assert cd.dependence(divided, demand, on="corridor").set_index("through").tonnes["middle"] == 3.0


def test_the_gates_of_the_data_are_links_and_bear_a_source() -> None:
    gates, network = cd.load_gates(), cd.load_network()
    ids = set(network.links.link_id)
    assert {link for cell in gates.link_ids for link in split(cell)} <= ids
    assert (gates.source != "").all()
    assert gates.confidence.isin(["high", "medium", "low"]).all()
    of_links = network.links.set_index("link_id").gates.map(split).explode().dropna()
    named = {
        (corridor, link) for corridor, cell in zip(gates.corridor, gates.link_ids, strict=True) for link in split(cell)
    }
    assert set(zip(of_links, of_links.index, strict=True)) == named
    assert set(gates.corridor) <= {name for cell in network.links.corridors for name in split(cell)}
    assert (folder() / "gates.csv").is_file()


def test_the_trans_caspian_route_carries_what_crosses_the_caspian() -> None:
    network, demand = cd.load_network(), cd.load_demand()
    solution = solved(build(network, demand))
    volume = cd.dependence(network, demand, routes(solution), on="corridor").set_index("through").tonnes
    flow = cd.compare_observed(network, decode(solution), cd.load_observed()).set_index("obs_id").modelled
    for corridor, observation in (("TITR", "o14"), ("BTC", "o11"), ("CPC", "o02"), ("Trans-Siberian", "o21")):
        assert volume[corridor] == pytest.approx(flow[observation], abs=50), corridor
    assert volume["TITR"] < 5e6


def test_a_chart_marks_corridors_without_a_gate() -> None:
    ax = cd.plot_dependence(cd.dependence(*shared(), on="corridor"))
    texts = {label.get_text() for label in ax.get_yticklabels()}
    plt.close("all")
    assert {"middle", "north*"} <= texts
