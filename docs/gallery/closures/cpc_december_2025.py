"""
The Caspian pipeline at half, December 2025
===========================================

On 29 November 2025 a drone destroyed a mooring of the CPC terminal at Novorossiysk, and exports about halved. What
does the model say of such a stretch, and what was reported?
"""

import corridors as cd

network, demand = cd.load_network(year=2025), cd.load_demand("2025")
events = cd.load_events().set_index("event_id", drop=False)
table = cd.replay(network, demand, events.loc[["cpc_spm2_2025"]])
table[["event_id", "days", "loss", "unmet", "moved", "reported", "effect"]].T

# %%
# What a year like those days would do to Kazakh crude, on the map:

half = cd.what_if(
    network, demand, scenario=cd.shocks(network, demand).select(["cpc_half"]), days=90
)
cd.plot_difference(
    network,
    half.base,
    half.after,
    commodity="crude_oil",
    title="Crude oil with CPC at half",
)

# %%
# **How to read it.** Half of CPC is more than all other pipes have free: some oil changes to Samara, to tankers
# to Baku and Makhachkala and to trains, and the rest stays in the ground. The model adapts at once and stores nothing,
# so it tells what a lasting outage costs; tanks make the first weeks milder.

half.diversions.head(8).round(0)
