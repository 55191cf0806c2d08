"""
The Caspian falls
=================

Ships at Aktau and Kuryk already load less as the sea falls. At which share of their capacity does it begin to cost,
and how fast does that rise?
"""

import matplotlib.pyplot as plt

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
capacity = network.links.set_index("link_id").capacity
ships = [
    link
    for link in capacity.index
    if link.startswith(("ship_aktau", "ferry_kuryk")) and capacity[link] > 0
]
depth = cd.named_parameter(network, demand, "capacity", "link", ships, "scale")
table = cd.break_even(network, demand, depth, 0.3, 1.0)
print(table[["low", "high", "slope", "flips"]].round(3).to_string(index=False))

# %%
_, ax = plt.subplots(figsize=(7, 4))
loss = table.loss_low - table.loss_high.iloc[-1]
ax.plot([*table.low, 1.0], [*(loss / 1e6), 0.0], marker="o")
ax.set(
    xlabel="share of today's capacity of ships at Aktau and Kuryk",
    ylabel="loss, million USD a year",
)
ax.set_title("What low water costs")

# %%
# **How to read it.** The loss is made of straight pieces, and each corner is a load that has found its next best
# path; the steeper the piece, the further that is. Where the line is flat, today's ships have room to spare.
