"""
Khorgos is closed to trains and lorries for 30 days
===================================================

In December 2024 the railway of Kazakhstan took no new cargo to its Chinese border for a month. What does it cost if
rail and road at Khorgos close altogether?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
embargo = cd.shocks(network, demand).select(["khorgos_embargo"])
month = cd.what_if(network, demand, scenario=embargo, days=30)
loss, behind = month.loss / 1e6, month.unmet / 1e3
print(f"lost in 30 days: {loss:,.1f} million USD; left behind: {behind:,.0f} kt")

# %%
# Orange links lose tonnes, blue ones gain them; crosses mark what is closed.

cd.plot_difference(
    network,
    month.base,
    month.after,
    closed=month.closed,
    title="Khorgos closed: change of flow",
)

# %%
# **How to read it.** Dostyk, the other crossing, is full as it is: boxes take the room of loose goods there, and what
# it can't take goes by Kashgar, Mongolia and the Trans-Siberian. The table says who pays, by the country where the
# goods end: it is the same money by either end of a flow, and contracts decide who bears it.

month.payers[month.payers.end == "destination"].head(8).round(0)
