"""
Which flows are certain?
========================

Optima tie: many flows have the same least loss, and a solver shows one of them. How much may each link carry in others?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
ranges = cd.flow_ranges(network, demand)
cd.plot_flow_ranges(ranges)

# %%
free = ranges[ranges.width > 0]
print(f"{len(free)} of {len(ranges)} links and directions", end=" ")
print("may carry other tonnes at the same loss")
(free.set_index(["link_id", "direction"])[["low", "high"]].head(8) / 1e6).round(2)

# %%
# **How to read it.** A link whose range has no width carries that much in every optimum: there the model says
# something. A wide one says that costs do not decide; what it carries in a table of flows is no forecast.
