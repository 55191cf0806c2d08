"""Networks that edits have made go through every format and back: seasons, stores, shared fleets, steps, curves."""

import warnings

import pandas as pd
import pytest
import toy_networks

import corridors as cd
from corridors.network import checked_demand
from corridors.schema import TABLES

FORMATS = {"a.gpkg": None, "a.xlsx": None, "a.geojson": None, "csv": None, "gmns": "gmns", "parquet": "geoparquet"}
PLACES = {"xian": (109, 34.3), "khorgos": (80.4, 44.2), "aktau": (51.2, 43.6), "baku": (49.9, 40.4),
          "poti": (41.7, 42.1), "batumi": (41.6, 41.6)}  # fmt: skip


def placed():
    """The toy network with coordinates, times, a fleet that two links share, and columns of its own."""
    network = toy_networks.network()
    nodes, links = network.nodes, network.links
    x, y = (nodes.node_id.map({name: place[i] for name, place in PLACES.items()}) for i in (0, 1))
    zones = network.zones.assign(limit=network.zones.limit * 1e4)
    return network.replace(
        nodes=nodes.assign(x_coord=x, y_coord=y),
        links=links.assign(capacity=links.capacity * 1e4, time=[20.0, 60, 730, 9, 11, 90], surge=1.5, owner="railway"),
        zones=zones,
        fleets={"fleet_id": "wagons", "link_id": ["to_poti", "to_batumi"], "capacity": 6e5},
    )


def rows():
    demand = toy_networks.demand()
    return demand.assign(volume=demand.volume * 1e4, price=150.0, delay_days=[0, 3])


def by_months():
    seasons = {"season_id": "ice", "table": "links", "ids": "ferry", "commodities": "", "start": "01-01",
               "end": "03-31", "factor": 0.5, "keeps_total": True}  # fmt: skip
    store = {"storage_id": "silo", "node_id": "aktau", "modes": "rail-1520", "commodities": "grain", "capacity": 5e4,
             "handling": 1.0, "cost": 2.0}  # fmt: skip
    return cd.periods(
        placed(), rows(), into=3, seasons=pd.DataFrame(seasons, index=[0]), storages=pd.DataFrame(store, index=[0]),
        delays=True,
    )  # fmt: skip


def with_curves():
    congested = cd.with_congestion(
        placed(), pd.DataFrame({"link_id": ["to_poti"], "capacity": 5e5, "cost": 4.0, "alpha": 1.0}), steps=5
    )
    base = cd.solve(congested, rows())
    return congested, cd.with_elasticity(congested, rows(), base, {"containers": 0.8, "grain": 0.4}, steps=4)


def with_a_second_ferry():
    ships = pd.DataFrame({"candidate_id": ["ship"], "id": "ferry", "amount": 2e5, "cost": 1e3, "kind": "modules",
                          "most": 4})  # fmt: skip
    return cd.with_candidates(placed(), ships, {"ship": 2}), rows()


@pytest.fixture(scope="module", params=[by_months, with_curves, with_a_second_ferry])
def edited(request):
    network, demand = request.param()
    return network, demand, float(cd.solve(network, demand).loss)


def plain(table):
    """A table with None where cells are missing or blank, which CSV can not tell apart."""
    cells = table.reset_index(drop=True).astype(object)
    return cells.where(cells.notna() & (cells != ""), None)


@pytest.mark.filterwarnings("ignore::corridors.InputWarning")
@pytest.mark.parametrize(("name", "format"), FORMATS.items())
def test_what_edits_made_comes_back_as_it_was_and_costs_the_same(tmp_path, edited, name, format):
    network, demand, loss = edited
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", cd.InputWarning)
        case = cd.read(cd.write(network, tmp_path / name, demand=demand, format=format))
    for table in TABLES:
        made, back = (
            (checked_demand(network, demand), case.demand)
            if table == "demand"
            else (getattr(network, table), getattr(case.network, table))
        )
        if len(made):
            pd.testing.assert_frame_equal(plain(made), plain(back))
    assert round(float(cd.solve(*case).loss), 2) == round(loss, 2)
