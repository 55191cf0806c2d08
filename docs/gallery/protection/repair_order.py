"""
In which order to repair
========================

Three pipelines and the tankers to Baku are out, and one crew repairs them one after the other. Which first?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil", origin="KZ")
days = {
    "oil_atyrau_astrakhan_cpc": 30,
    "oil_bolshoy_chagan_samara": 10,
    "oil_kenkiyak_kumkol": 15,
    "ship_oil_aktau_sangachal": 20,
}
best = cd.recovery(network, oil, days)
worst = cd.recovery(network, oil, days, order=tuple(reversed(best.order)))
print("best order:", " > ".join(best.order))
print(f"lost until all is repaired: {best.lost / 1e9:.2f} billion USD,", end=" ")
print(f"in the opposite order {worst.lost / 1e9:.2f}")

# %%
cd.plot_recovery(
    best.curve, lost=best.lost, title="Kazakh crude oil until all is repaired"
)

# %%
# **How to read it.** The area under the curve is the loss, and the best order makes it least: what saves most per day
# of work comes first, unless two repairs are worth something together only. All orders were tried; `proven` says so.

best.proven
