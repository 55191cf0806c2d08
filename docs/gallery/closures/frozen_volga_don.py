"""
The Volga-Don canal, open and frozen
====================================

The canal from the Volga to the Don is closed by ice from December to March, and the network of the library does not
have it. With two rows it does: what is a canal worth that is there for eight months, and who would use it?
"""

import pandas as pd
import shapely

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")

# %%
# River-sea ships from the Caspian to the Black Sea. Length, freight and capacity are estimates, and are marked so.

rivers = "44.6 48.6, 43.6 48.5, 39.7 47.2, 36.6 45.2, 37.8 44.7"
canal = {
    "link_id": [
        "ship_astrakhan_novorossiysk_port",
        "ship_anzali_port_novorossiysk_port",
    ],
    "name": [
        "Astrakhan - Novorossiysk by the Volga-Don",
        "Anzali - Novorossiysk by the Volga-Don",
    ],
    "from_node_id": ["astrakhan", "anzali_port"],
    "to_node_id": "novorossiysk_port",
    "mode": "ship",
    "length": [1300.0, 2350.0],
    "time": [130.0, 190.0],
    "tariff": [14.0, 22.0],
    "confidence": "low",
    "geometry": shapely.from_wkt(
        [
            f"LINESTRING (48.03 46.35, {rivers})",
            f"LINESTRING (49.46 37.47, 50.2 41.5, 48.6 45.2, {rivers})",
        ]
    ),
}
links = pd.concat([network.links, pd.DataFrame(canal)], ignore_index=True)
both = pd.DataFrame(
    {
        "fleet_id": "volga_don",
        "link_id": canal["link_id"],
        "capacity": 8e6,
        "confidence": "low",
    }
)
with_canal = network.replace(
    links=links, fleets=pd.concat([network.fleets, both], ignore_index=True)
)

# %%
# The year round, the eight months that it is open, and not at all. A winter is a closure for 120 days.

without, always = cd.solve(network, demand), cd.solve(with_canal, demand)
winter = cd.what_if(with_canal, demand, close=canal["link_id"], days=120)
worth = float(without.loss - always.loss) / 1e6
print(f"worth if it never froze: {worth:,.1f} million USD a year")
print(f"lost in a winter:        {winter.loss / 1e6:,.1f} million USD")

# %%
cd.plot_difference(
    with_canal,
    winter.base,
    winter.after,
    closed=winter.closed,
    extent=(33, 35, 56, 51),
    title="When the canal freezes",
)

# %%
# **How to read it.** A canal that is open is worth what its users save against their next best path, and a winter
# takes a third of that away. The rows say who they are: links that gain in winter are where they go by rail instead.

winter.diversions.head(8).round(0)
