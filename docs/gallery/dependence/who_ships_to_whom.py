"""
Who ships to whom, and by which gate?
=====================================

Crude oil from where it is produced, by the gate of its corridor, to where it goes; and again without CPC.
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil")
table = cd.flows_by_gate(network, oil, cd.routes(network, oil))
cd.plot_flows_by_gate(table, title="Crude oil: who ships to whom, and by which gate")

# %%
shut = cd.outages(network, by="corridor").select(["CPC"])
swept = cd.sweep(
    network, oil, shut, keep=("class_flow", "class_transfer_flow"), progress=False
)
without = cd.flows_by_gate(network, oil, swept.isel(scenario=0))
cd.plot_flows_by_gate(without, title="The same without CPC")

# %%
# **How to read it.** A band is as thick as its tonnes. Each tonne is in one band on either side of its gate, so all
# three columns of a chart sum to the same; each chart has a scale of its own. What the second has less stays
# behind. A gate is the first corridor that a route counts for. `by="border"` takes the border over which goods
# leave the country in which they start, and `blocs=["eaeu", "eu"]` makes one bar of each bloc.
