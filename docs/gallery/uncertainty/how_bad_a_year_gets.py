"""
How bad a year gets
===================

Three export pipelines of Kazakhstan fail now and then, for days. What is lost in a year on average, and in one of
twenty?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil", origin="KZ")
outages = {
    "CPC": (350, 15),
    "Atyrau-Samara": (350, 8),
    "BTC": (700, 7),
}  # days up, days down, for the example
year = cd.yearly_reliability(network, oil, outages, by="corridor", years=2000, seed=1)
(year.quantiles.set_index("level") / 1e9).round(2)  # billion USD a year

# %%
cd.plot_exceedance(
    year.exceedance, expected=year.expected, title="Kazakh crude oil: losses of a year"
)

# %%
# **How to read it.** The curve is the probability that a year loses more than this. The mean lies to the right of the
# median, since most years are mild and few are not; outages that last days make bad years far milder than bad days.
