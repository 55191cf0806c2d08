"""
At which toll do containers leave Russia?
=========================================

A toll on entering Russia rises from nothing to 300 dollars a tonne. When does the preferred route to Germany change,
and for which places does it change first?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers", destination="DE")
toll = cd.named_parameter(network, demand, "toll", "country", "RU", "add")
table = cd.break_even(network, boxes, toll, 0, 300, routes_by="corridor")
cd.plot_break_even(
    table,
    name="toll on entering Russia, USD/t",
    title="Containers from China to Germany",
)

# %%
places = cd.hinterland(
    network, toll, 0, 300, commodity="containers", origin="xian", routes_by="corridor"
)
cd.plot_hinterland(
    network,
    cd.next_flips(places, 0),
    name="toll, USD/t",
    title="From Xi'an: the cheapest route today",
)

# %%
# **How to read it.** The first figure is one flow with its capacities: within a piece nothing moves, at a break some
# tonnes flip. The map is each tonne on its own: a dot has the colour of today's cheapest route, a ring that of the
# next.
