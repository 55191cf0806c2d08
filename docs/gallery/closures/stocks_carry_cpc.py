"""
How long do stocks carry an outage of CPC?
==========================================

An outage of one month to four, on a year in months: what is lost without tanks, with those there are, with two of each?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil", origin="KZ")
found = cd.ride_through(
    network,
    oil,
    "oil_kropotkin_novorossiysk_cpc",
    storages=cd.load_storages().query("commodities == 'crude_oil'"),
    into="months",
    longest=4,
)
found

# %%
cd.plot_ride_through(found)

# %%
# **How to read it.** Without stock an outage costs the same every day. With it lines rise slowly at first, and from
# where the tanks are full, or empty at the port, as steeply as without: what they save is the gap between the lines,
# and it no longer grows. How large the tanks are is in part an estimate (`confidence` of `load_storages`).
