"""
Druzhba stops
=============

All pipelines of Druzhba beyond Unecha stand still, as they did for days in August 2025. Where does the oil of Russia
and Kazakhstan go, and what can't go anywhere?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
stop = cd.shocks(network, demand).select(["druzhba_stop"])
year = cd.what_if(network, demand, scenario=stop)
loss, behind = year.loss / 1e9, year.unmet / 1e6
print(f"lost in a year: {loss:.2f} billion USD; left behind: {behind:.1f} Mt")

# %%
cd.plot_difference(
    network,
    year.base,
    year.after,
    commodity="crude_oil",
    closed=year.closed,
    title="Crude oil when Druzhba stops",
)

# %%
# **How to read it.** Blue is the detour: by pipeline to the Baltic and Black Sea, and by ship to refineries that have
# a pipeline from a coast. For those without one the oil stays behind, at the penalty of its demand rows, so that most
# of the loss is not freight.

year.diversions.head(8).round(0)
