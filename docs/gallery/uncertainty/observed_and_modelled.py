"""
Observed and modelled, on a map
===============================

Some links have a published load, and some gates a count. Where does the model agree with them, and where is it off?
"""

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
base = cd.solve(network, demand)
loads = cd.link_loads(network, base)
counts = cd.compare_observed(network, base, cd.load_observed())
print(f"{loads.ratio.between(1 / 1.3, 1.3).mean():.0%} of {len(loads)} link loads are within 30 %")
print(f"{counts.within.mean():.0%} of {len(counts)} gates are within the tolerance of their count")

# %%
# Blue links carry less in the model than was recorded, red ones more, yellow ones as much; the scale ends at a
# factor of two on both sides.

links = gpd.GeoDataFrame(network.links[["link_id", "geometry"]], crs=4326)
recorded = links.merge(loads, left_on="link_id", right_on="link").assign(off=lambda row: np.log2(row.ratio))
fig, ax = plt.subplots(figsize=(12, 6.5))
links.plot(ax=ax, color="0.85", linewidth=0.7)
recorded.plot(ax=ax, column="off", cmap="RdYlBu_r", vmin=-1, vmax=1, linewidth=3.5)
ax.set(xlim=(10, 125), ylim=(22, 62), aspect=1.4, title="Recorded links: model over record")
ax.set_axis_off()
bar = fig.colorbar(ax.collections[-1], ax=ax, shrink=0.6, ticks=[-1, 0, 1])
_ = bar.ax.set_yticklabels(["half", "equal", "twice"])

# %%
_, ax = plt.subplots(figsize=(6.5, 6))
ax.plot([1e5, 1e8], [1e5, 1e8], color="0.6", lw=1)
for restates, mark in ((False, "o"), (True, "x")):
    some = counts[counts.restates == restates]
    label = "says again what the demand has" if restates else "tests the choice of route"
    ax.scatter(some.observed, some.modelled.clip(lower=1e5), marker=mark, label=label)
ax.set(xscale="log", yscale="log", xlabel="observed, t a year", ylabel="modelled, t a year", title="Gates of 2024")
_ = ax.legend()

# %%
# **How to read it.** Crosses agree because demand was made from them, and prove reach only; circles are what a model
# can be wrong about. A gate far off with a parallel one off the other way is one error, not two: goods choose the one
# or the other all at once. The rows that are furthest off:

counts.assign(off=np.log(counts.ratio).abs()).nlargest(6, "off")[["name", "observed", "modelled", "within"]]
