"""
Through whom do containers go?
==============================

Each tonne counts once for each country that it touches. Who is a customer, and who is a gatekeeper?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers")
shares = cd.dependence(network, boxes, on="country")
shares[["through", "tonnes", "touching_share", "transit_share"]].head(8).round(3)

# %%
cd.plot_dependence(shares, title="Containers by country")

# %%
# **How to read it.** Where `touching_share` and `transit_share` are far apart the country is a customer itself; where
# they are nearly the same it lives of others' goods, and its closure would hurt them more than it. Shares do not sum
# to one: a box from Xi'an to Duisburg touches five countries.
