"""
When do containers lose most? PRIM with the EMA Workbench
=========================================================

Two hundred futures are drawn over tolls, tariffs and the hours at the Chinese border. In which of them is the loss of
all containers in the worst quarter?
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ema_workbench.analysis import prim

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
boxes = cd.select_demand(network, demand, commodity="containers")
parameters = {
    "toll": cd.named_parameter(network, demand, "toll", "country", "RU", "add"),
    "tariff": cd.named_parameter(
        network, demand, "tariff", "corridor", "TITR", "scale"
    ),
    "hours": cd.named_parameter(
        network, demand, "border_time", "border", "CN-KZ", "scale"
    ),
}
draws = np.random.default_rng(7).uniform([0, 0.7, 0.5], [100, 1.5, 3.0], size=(200, 3))
experiments, outcomes = cd.perform_experiments(
    network, boxes, pd.DataFrame(draws, columns=[*parameters]), parameters
)

# %%
bad = outcomes["loss"] >= np.quantile(outcomes["loss"], 0.75)
box = prim.Prim(experiments[[*parameters]], bad, threshold=0.6).find_box()
box.inspect(style="table")

# %%
_, ax = plt.subplots(figsize=(6, 4))
points = ax.scatter(
    experiments.toll, experiments.tariff, c=outcomes["loss"] / 1e9, cmap="viridis"
)
ax.scatter(
    experiments.toll[bad],
    experiments.tariff[bad],
    facecolors="none",
    edgecolors="crimson",
    s=90,
)
ax.set(
    xlabel="toll on entering Russia, USD/t",
    ylabel="tariffs of TITR, of today's",
    title="The worst quarter of futures",
)
plt.colorbar(points, label="loss of containers, billion USD a year")

# %%
# **How to read it.** `coverage` is the share of the bad futures that lie in the box, `density` the share of the box
# that is bad: a box with much of both says in a sentence when it gets bad. Numbers that it leaves free do not matter
# for that.
