"""Who ships to whom by which gate: every tonne once, from routes and from sweeps, in the table and on the chart."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import valid_calls

import corridors as cd
from benchmarks.growth import grid as small_grid
from corridors.errors import InputError

KEEP = ("class_flow", "class_transfer_flow")
ENDS = ("origin", "gate", "destination")


@pytest.fixture(scope="module")
def grid():
    """A grid of some countries and corridors, where room is scarce, and a zone to which three places belong."""
    network, demand = small_grid(36, 4, 15, seed=3)
    countries = np.array(["KZ", "RU", "AZ", "CN", "GE", "TR"])
    nodes = network.nodes.assign(country=countries[np.arange(len(network.nodes)) % 6])
    links = network.links.assign(corridors=np.where(np.arange(len(network.links)) % 3 == 0, "north", "middle"))
    zones = pd.DataFrame({"zone_id": "sea", "node_id": nodes.node_id[-3:], "role": "destination", "country": "TR"})
    other = demand.iloc[:1].assign(demand_id="to_sea", destination="sea")
    return cd.Network(nodes, links, zones=zones), pd.concat([demand, other], ignore_index=True)


def moved(routes):
    return routes[routes.links != ""]


@pytest.mark.parametrize("by", ["corridor", "border"])
def test_each_tonne_that_moves_is_there_once(grid, by):
    network, demand = grid
    routes = cd.routes(network, demand)
    table = cd.flows_by_gate(network, demand, routes, by=by)
    pd.testing.assert_series_equal(
        table.groupby("commodity").volume.sum(), moved(routes).groupby("commodity").volume.sum()
    )
    country = network.nodes.set_index("node_id").country
    starts = moved(routes).groupby(moved(routes).origin.map(country)).volume.sum()
    assert table.groupby("origin").volume.sum().to_dict() == pytest.approx(starts.to_dict())
    assert "sea" not in {*table.destination}  # its members say where its goods are at home
    if by == "border":
        crossed = table[table.gate != "no gate"]
        assert all(origin in gate.split("-") for origin, gate in zip(crossed.origin, crossed.gate, strict=True))
        assert (table[table.gate == "no gate"].eval("origin == destination")).all()


def test_a_scenario_of_a_sweep_is_the_same_as_its_routes(grid):
    network, demand = grid
    closed = network.links.link_id[0]
    batch = cd.baseline() + cd.outages(network).select([closed])
    swept = cd.sweep(network, demand, batch, keep=KEEP, progress=False)
    without = network.replace(links=network.links[network.links.link_id != closed])
    for number, other in enumerate((network, without)):
        routes = cd.routes(other, demand)
        tables = [
            cd.flows_by_gate(network, demand, swept.isel(scenario=number)),
            cd.flows_by_gate(other, demand, routes),
        ]
        for end in ("origin", "destination", "commodity"):  # of optima that tie, gates may differ
            one, two = (table.groupby(end).volume.sum().to_dict() for table in tables)
            assert one == pytest.approx(two, rel=1e-6, abs=1.0)


def test_gates_of_ones_own_and_blocs():
    network, demand = valid_calls.network(), valid_calls.demand()
    routes = cd.routes(network, demand)
    table = cd.flows_by_gate(network, demand, routes, by={"the sea": ["ferry"]}, blocs=["KZ"])
    by_sea = routes[routes.links.str.split(";").map(lambda links: "ferry" in links)].volume.sum()
    assert table[table.gate == "the sea"].volume.sum() == pytest.approx(by_sea)
    with pytest.raises(InputError, match="is no link of the network"):
        cd.flows_by_gate(network, demand, routes, by={"x": ["nowhere"]})
    with pytest.raises(InputError, match="give corridor, border"):
        cd.flows_by_gate(network, demand, routes, by="port")
    with pytest.raises(InputError, match="keep"):
        cd.flows_by_gate(network, demand, cd.solve(network, demand))
    batch = cd.sweep(network, demand, cd.outages(network), keep=KEEP, progress=False)
    with pytest.raises(InputError, match="choose one"):
        cd.flows_by_gate(network, demand, batch)


@pytest.mark.parametrize("most", [2, 20])
def test_bands_and_bars_are_in_proportion_to_what_is_drawn(grid, most):
    network, demand = grid
    table = cd.flows_by_gate(network, demand, cd.routes(network, demand), by="border")
    abroad = table[table.origin != table.destination]
    ax = cd.plot_flows_by_gate(table, most=most)
    bars = {bar.get_gid(): bar for bar in ax.patches if str(bar.get_gid()).startswith("bar-")}
    bands = [band for band in ax.patches if str(band.get_gid()).startswith("band-")]
    texts = [text.get_text() for text in ax.texts]
    plt.close("all")
    high = {end: sum(bar.get_height() for gid, bar in bars.items() if gid.startswith(f"bar-{end}-")) for end in ENDS}
    assert high["origin"] == pytest.approx(high["gate"])
    assert high["origin"] == pytest.approx(high["destination"])
    scale = high["origin"] / abroad.volume.sum()
    thick = [band.get_path().vertices[4, 1] - band.get_path().vertices[3, 1] for band in bands]
    assert sum(thick) == pytest.approx(2 * high["origin"])
    largest = abroad.groupby("origin").volume.sum().idxmax()
    names = dict(zip(*(cd.load_countries()[name] for name in ("country", "country_name")), strict=True))
    bar = bars[f"bar-origin-{names[largest]}"]
    assert bar.get_height() == pytest.approx(scale * abroad.volume[abroad.origin == largest].sum())
    if most == 2:
        joined = abroad.groupby("gate").volume.sum().sort_values(ascending=False).iloc[2:]
        assert bars[f"bar-gate-{len(joined)} others"].get_height() == pytest.approx(scale * joined.sum())
    assert any(text.startswith("4 others") for text in texts) == (most == 2)


def test_a_zone_at_home_in_no_country_is_called_by_its_name():
    nodes = pd.DataFrame({"node_id": ["aktau", "baku", "poti"], "country": ["KZ", "AZ", "GE"]})
    links = pd.DataFrame({"link_id": ["ferry", "rail"], "from_node_id": "aktau", "to_node_id": ["baku", "poti"]})
    zones = pd.DataFrame({"zone_id": "any_sea", "node_id": ["baku", "poti"], "role": "destination"})
    demand = pd.DataFrame({"demand_id": ["o"], "commodity": "oil", "origin": "aktau", "destination": "any_sea",
                           "volume": 2e6, "value": 600.0})  # fmt: skip
    for name, called in (("Terminals of both seas", "Terminals of both seas"), ("", "any sea")):
        network = cd.Network(nodes, links.assign(mode="ship", tariff=10.0), zones=zones.assign(name=name))
        table = cd.flows_by_gate(network, demand, cd.routes(network, demand))
        assert table.destination.tolist() == ["any_sea"]
        ax = cd.plot_flows_by_gate(table)
        assert f"{called}  2" in [text.get_text() for text in ax.texts]
        plt.close(ax.figure)


def test_names_of_a_column_do_not_cover_each_other(grid):
    network, demand = grid
    ax = cd.plot_flows_by_gate(cd.flows_by_gate(network, demand, cd.routes(network, demand), by="border"))
    figure = ax.get_figure()
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    inside = figure.bbox
    plt.close("all")
    assert all(box.x0 >= inside.x0 and box.x1 <= inside.x1 for box in boxes)
    assert not [1 for i, one in enumerate(boxes) for other in boxes[i + 1 :] if one.overlaps(other)]
