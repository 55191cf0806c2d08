"""
The Middle Corridor at ten million tonnes
=========================================

Governments want 10 Mt a year on the Trans-Caspian route by 2030. How much cheaper must it get to carry them, or which
capacities are too small?
"""

import corridors as cd

network, demand = cd.load_network(year=2030), cd.load_demand("2030")
aim = cd.target(network, demand, "TITR", 10e6)
met = "met" if aim.met else "not met"
print(f"today's tariffs bring {aim.today / 1e6:.1f} Mt; the target is {met}")
print(f"at {aim.tariff:.2f} times the tariffs: {aim.reached / 1e6:.1f} Mt")
aim.binding.head(8).round(2)

# %%
cd.plot_map(
    network, aim.after, extent="caspian", title="The Trans-Caspian route at its target"
)

# %%
# **How to read it.** The tariffs of all links of the route are lowered together until its gate carries the volume.
# Where even free passage does not bring it, the table says what is full, and its rent what one tonne more of room
# saves.
