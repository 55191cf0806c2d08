"""
Observed and modelled, on a map
===============================

Some links have a published load, and some gates a count. Where does the model agree with them, and where is it off?
"""

import numpy as np

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
base = cd.solve(network, demand)
loads = cd.link_loads(network, base)
counts = cd.compare_observed(network, base, cd.load_observed())
near = loads.ratio.between(1 / 1.3, 1.3).mean()
print(f"{near:.0%} of {len(loads)} link loads are within 30 %")
print(f"{counts.within.mean():.0%} of {len(counts)} gates are as near as their class")

# %%
# A line is as wide as its recorded load. Orange links carry less of it in the model, blue
# ones more.

cd.plot_link_loads(network, loads, title="Recorded links: model over record")

# %%
# Each gate has a bar as wide as the class of its count allows.

cd.plot_observed(counts, title="Gates of 2024")

# %%
# **How to read it.** Hollow marks agree because demand was made from them, and prove reach only; full ones are what a
# model can be wrong about. A gate far off with a parallel one off the other way is one error, not two: goods choose
# the one or the other all at once. The rows that are furthest off:

counts.assign(off=np.log(counts.ratio).abs()).nlargest(6, "off")[
    ["name", "observed", "modelled", "within"]
]
