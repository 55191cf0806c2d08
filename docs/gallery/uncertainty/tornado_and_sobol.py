"""
Which number matters: tornado and Sobol indices with SALib
==========================================================

Three numbers are uncertain: a Russian toll, the tariffs of the Trans-Caspian route, and the hours at the Chinese
border. Which should be looked up first?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers")
problem = {
    "toll on Russia": (0, 100),
    "TITR tariffs": (0.7, 1.5),
    "hours CN-KZ": (0.5, 3),
}
parameters = {
    "toll on Russia": cd.named_parameter(
        network, demand, "toll", "country", "RU", "add"
    ),
    "TITR tariffs": cd.named_parameter(
        network, demand, "tariff", "corridor", "TITR", "scale"
    ),
    "hours CN-KZ": cd.named_parameter(
        network, demand, "border_time", "border", "CN-KZ", "scale"
    ),
}
cd.plot_tornado(
    cd.tornado(network, boxes, problem, parameters),
    title="Containers: one number at a time",
)

# %%
shares = cd.sensitivity(
    network, boxes, problem, parameters, method="sobol", samples=64, seed=0
)
cd.plot_sensitivity(shares, title="Containers: share of the variance of the loss")

# %%
# **How to read it.** A wide bar of the tornado is a number worth looking up. Where Sobol's `S1` and `ST` are the same
# the numbers add up, and each can be judged by itself; where `ST` is larger they matter together.
