"""
Many scenarios on a dask cluster
================================

Does a sweep of two thousand draws come out the same on many machines? It takes any executor: here dask within this
process; with ``Client("tcp://scheduler:8786")`` it is a cluster, and no other line changes.
"""

from dask.distributed import Client

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil", origin="KZ")
draws = cd.sample(network, 2_000, availability=0.99, seed=1)

with Client(
    processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None
) as client:
    spread = cd.sweep(
        network,
        oil,
        draws,
        reduce=["loss_mean", "loss_p95"],
        executor=client.get_executor(),
    )
here = cd.sweep(network, oil, draws, reduce=["loss_mean", "loss_p95"])
mean, high = float(spread.loss_mean) / 1e9, float(spread.loss_p95) / 1e9
print(
    f"mean loss {mean:.3f} billion USD a year, {high:.3f} or more in one draw of twenty"
)
print("the same as without dask:", spread.equals(here))

# %%
# **How to read it.** A scenario is drawn from its number and the seed, so blocks can be solved anywhere and in any
# order, and the result is the same to the last bit. With `store=` a folder keeps what is done, and a sweep that was
# killed goes on.
