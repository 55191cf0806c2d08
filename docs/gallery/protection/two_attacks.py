"""
The worst two attacks on Kazakh oil, and what to protect
========================================================

Of all pairs of links that carry Kazakh crude, which two cost most if they fail together, and which link should be
made safe first?
"""

import corridors as cd

network, demand = cd.load_network("eurasia"), cd.load_demand("2024")
oil = cd.select_demand(network, demand, commodity="crude_oil", origin="KZ")
curve = cd.interdiction_curve(network, oil, 2)
curve[["budget", "closed", "loss", "gap"]]

# %%
cd.plot_interdiction(network, curve, title="The worst closures for Kazakh crude oil")

# %%
safe = cd.fortify(network, oil, 2, 2)
print(safe.assign(loss=safe.loss / 1e9).round(2).to_string(index=False))

# %%
# **How to read it.** `gap` 0 is a proof that no other two closures cost more. Each row of the second table protects
# one link more, and says what is then the worst: where the loss hardly falls, guarding single links buys little.
