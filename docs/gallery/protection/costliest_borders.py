"""
Which border is missed most?
============================

Every border closes in turn, with all its railways and roads. What does each closure cost the containers, and how many
of them still arrive?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers")
table = cd.criticality(network, boxes, by="border")
table.iloc[:8, :6].round(3)

# %%
cd.plot_criticality(
    network, table, by="border", title="Containers: what the closure of a border costs"
)

# %%
# **How to read it.** A high loss with a high `redundancy` is the price of a detour, and calls for a second line or a
# cheaper one. A high loss with a low redundancy is goods left behind, and calls for storage and protection.
