"""
What emits, and what would a carbon price move?
===============================================

Tonnes of CO2 equivalent by mode, and the flows of boxes when what is emitted has a price.
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
cd.plot_emissions(cd.emissions(network, cd.solve(network, demand)))

# %%
boxes = cd.select_demand(network, demand, commodity="containers")
priced = cd.sweep(
    network,
    boxes,
    cd.carbon_price(network, boxes, [0, 50, 200, 800]),
    keep=("flow",),
    progress=False,
)
(
    cd.emissions(network, priced).pivot_table(
        index="mode", columns="scenario", values="emissions", sort=False
    )
    / 1e6
).round(3)

# %%
# **How to read it.** A scenario is a price in USD a tonne of CO2, paid on every link for what a passage emits. Where
# columns hardly differ, routes are so different in cost that no such price turns them; factors are one figure a mode.
