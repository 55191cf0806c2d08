"""
Aktau and Kuryk close together
==============================

Both Caspian ports of Kazakhstan stand on one shallow coast. What does it cost if they close together, compared with
one at a time?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
sets = {
    "Aktau": ["aktau_port"],
    "Kuryk": ["kuryk_port"],
    "both": ["aktau_port", "kuryk_port"],
}
found = {name: cd.what_if(network, demand, close=ports) for name, ports in sets.items()}
for name, case in found.items():
    loss, behind = case.loss / 1e6, case.unmet / 1e6
    print(f"{name:6} {loss:8,.1f} million USD a year, {behind:.2f} Mt stay behind")

# %%
both = found["both"]
cd.plot_difference(
    network,
    both.base,
    both.after,
    closed=both.closed,
    extent="caspian",
    title="Aktau and Kuryk closed",
)

# %%
# **How to read it.** Where both together cost more than the two apart, each port is the other's reserve, and a plan
# that counts on one when the other fails counts on nothing. The rows are goods: what they lose, and how much of them
# has no other path at the price of leaving it behind.

both.goods[both.goods.loss > 0].round(0)
