"""
Kazakh crude oil without Russia
===============================

Most of the oil of Kazakhstan enters Russia on its route to the sea. What does each tonne cost that goes elsewhere,
from the first to the last?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = {"commodity": "crude_oil", "origin": "KZ"}
frontier = cd.hedging_frontier(network, demand, bloc="RU", select=oil, values=[1.0])
frontier[["entering_share", "extra_loss", "unmet", "cost_of_autonomy"]].iloc[::8].round(
    3
)

# %%
cd.plot_frontier(
    frontier, bloc="Russia", title="What autonomy of Kazakh crude oil costs"
)

# %%
# **How to read it.** From left to right, less oil enters Russia. The first tonnes change over to Aktau and Baku
# for little more freight; where the right curve jumps, those paths are full, and what no longer enters Russia stays
# in the ground, at the penalty of its demand row.

refused = cd.what_if(network, demand, refuse="RU", select=oil)
cd.plot_difference(
    network,
    refused.base,
    refused.after,
    commodity="crude_oil",
    title="Russia refuses Kazakh crude oil",
)
