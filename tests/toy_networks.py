"""A corridor small enough to solve by hand, for several tests.

::

    xian ──rail-1435, 10── khorgos ──rail-1520, 20── aktau ~~ferry, 5, at most 60~~ baku ──rail-1520, 15── poti
                           (gauge yard: 8)      (loading: 2)              (unloading: 3) └──rail-1520, 18── batumi
                              └────────────────────── rail-1520, 70, at most 50 ───────────────────────── poti

    containers  xian  -> poti       50 t, worth 200   by the ferry 63 USD/t, by the north 88
    grain       aktau -> black_sea  40 t, worth  60   to poti (which takes 30 t) 23 USD/t, to batumi 26 + 4 = 30

The ferry takes 60 of the 90 tonnes that want it. A tonne of containers that is displaced costs 25 more, a tonne of
grain at least 30 (its whole gain): so 30 tonnes of containers go by the north, and a berth on the ferry is worth 25
USD. Poti takes 30 tonnes of grain; one more would save 30 - 23 = 7 USD.
"""

import pandas as pd

import corridors as cd


def network() -> cd.Network:
    nodes = pd.DataFrame({"node_id": ["xian", "khorgos", "aktau", "baku", "poti", "batumi"]})
    links = pd.DataFrame(
        [
            ("plain", "xian", "khorgos", "rail-1435", 10, None),
            ("steppe", "khorgos", "aktau", "rail-1520", 20, None),
            ("ferry", "aktau", "baku", "ferry", 5, 60),
            ("to_poti", "baku", "poti", "rail-1520", 15, None),
            ("to_batumi", "baku", "batumi", "rail-1520", 18, None),
            ("north", "khorgos", "poti", "rail-1520", 70, 50),
        ],
        columns=["link_id", "from_node_id", "to_node_id", "mode", "tariff", "capacity"],
    )
    transfers = pd.DataFrame(
        [
            ("gauge_yard", "khorgos", "rail-1435", "rail-1520", 8),
            ("loading", "aktau", "rail-1520", "ferry", 2),
            ("unloading", "baku", "ferry", "rail-1520", 3),
        ],
        columns=["transfer_id", "node_id", "from_mode", "to_mode", "cost"],
    )
    zones = pd.DataFrame(
        [("black_sea", "destination", "poti", 30, 0), ("black_sea", "destination", "batumi", None, 4)],
        columns=["zone_id", "role", "node_id", "limit", "price"],
    )
    return cd.Network(nodes, links, transfers, zones)


def demand() -> pd.DataFrame:
    return pd.DataFrame(
        [("boxes", "containers", "xian", "poti", 50, 200), ("wheat", "grain", "aktau", "black_sea", 40, 60)],
        columns=["demand_id", "commodity", "origin", "destination", "volume", "value"],
    )
