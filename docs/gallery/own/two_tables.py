"""
A network of your own
=====================

Two tables are enough, and one of demand. A ferry is too small: what would one of twice its size be worth?
"""

import pandas as pd

import corridors as cd

nodes = pd.DataFrame(
    {
        "node_id": ["aktau", "baku", "poti", "bandar_abbas"],
        "x_coord": [51.2, 49.9, 41.7, 56.2],
        "y_coord": [43.6, 40.3, 42.1, 27.2],
    }
)
links = pd.DataFrame(
    {
        "link_id": ["ferry", "rail", "south"],
        "from_node_id": ["aktau", "baku", "aktau"],
        "to_node_id": ["baku", "poti", "bandar_abbas"],
        "mode": ["ferry", "rail-1520", "rail-1520"],
        "capacity": [2.6e6, 10e6, 1e6],
        "tariff": [10.3, 12.0, 45.0],
    }
)
transfers = pd.DataFrame(
    {
        "transfer_id": ["quay"],
        "node_id": "baku",
        "from_mode": "ferry",
        "to_mode": "rail-1520",
        "cost": 6.0,
    }
)
zones = pd.DataFrame(
    {"zone_id": "sea", "role": "destination", "node_id": ["poti", "bandar_abbas"]}
)
demand = pd.DataFrame(
    {
        "demand_id": ["wheat"],
        "commodity": ["grain"],
        "origin": ["aktau"],
        "destination": ["sea"],
        "volume": [4e6],
        "value": [220.0],
    }
)
network = cd.Network(nodes, links, transfers, zones=zones)
result = cd.solve(network, demand)
table = cd.tidy(result).query(
    "variable in ['loss', 'unmet_total', 'flow'] and value > 0"
)
table[["variable", "link", "direction", "value", "unit"]]

# %%
cd.plot_map(network, result, title="Four million tonnes of wheat to the sea")

# %%
larger = cd.what_if(network, demand, scale={"ferry": 2})
print(f"a ferry of twice the size saves {-larger.loss / 1e6:,.1f} million USD a year")

# %%
# **How to read it.** The loss is freight and the value of what stays behind, so the second ferry earns nearly the
# value of each tonne that it takes. A zone lets the wheat choose its port: what goes south is what the ferry has no
# room for.
