"""
Where more room saves most
==========================

Which capacities are full, and what does one tonne more of each of them save?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
full = cd.rents(network, demand)
full[["id", "kind", "saves_more", "costs_less"]].head(8).round(2)

# %%
cd.plot_rents(network, full, title="What one tonne more of full capacities saves")

# %%
# **How to read it.** `saves_more` is exact for the next tonne, until something else is full. Bottlenecks that lie
# behind one another save nothing alone: they are one group, and only wider together.
