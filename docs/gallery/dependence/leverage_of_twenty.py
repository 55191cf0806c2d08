"""
The leverage of twenty countries
================================

Twenty countries could each close their links. What is each of them worth to all, on average over the orders in which
they may join?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers")
twenty = ["CN", "KZ", "RU", "BY", "UZ", "TM", "AZ", "GE", "TR", "IR"]
twenty += ["KG", "MN", "AM", "UA", "PL", "TJ", "AF", "RO", "BG", "DE"]
worth = cd.leverage(network, boxes, twenty, orders=100, seed=1)
worth[["player", "alone", "last", "shapley", "error", "share"]].head(10).round(3)

# %%
cd.plot_leverage(worth, title="Containers: what twenty countries are worth to all")

# %%
# **How to read it.** `last` is what is lost if a country alone closes, the Shapley value what it adds on average over
# all orders. A country whose bar is far longer than its `last` is strong only while others are shut; with twenty
# players a million coalitions are sampled by random orders, and `error` is the standard error.
