"""
Why does Tengiz oil go by CPC?
==============================

What a tonne pays on its route and on the next best one, and what would have to change before it left.
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
why = cd.explain(network, demand, cd.solve(network, demand), "co01")
why.routes[["route", "cost", "tariff", "time", "price", "costlier_by"]].round(2)

# %%
cd.plot_explanation(why.routes)

# %%
# Each leg may cost so much more, in USD a tonne, before goods leave it:

why.flips[["id", "rise", "moves", "to"]].round(2)

# %%
# **How to read it.** The runner-up is the cheapest route over a link that the oil does not use today: what it costs
# more is how much all legs that both do not share may rise. It is the route of the next tonne: if CPC closes, there
# is not room for all of it there.
